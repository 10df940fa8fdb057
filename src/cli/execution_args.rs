//! The arguments of what is executed, as a user writes them.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use super::values::{
    parse_activity, parse_argument, parse_duration, parse_log_group, parse_reason, parse_trail,
    parse_wait,
};
#[cfg(target_os = "linux")]
use crate::recording::RecordPlaces;
use crate::recording::{ActivityPlace, LogGroupPlace, TrailPlace};

/// Whether and how atomics are executed.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Execution (--stage execute)")]
pub(super) struct ExecutionArgs {
    /// Agree beforehand to every command; they are shown all the same
    #[arg(long)]
    pub(super) yes: bool,
    /// Get the prerequisites that are missing; they stay afterwards
    #[arg(long)]
    pub(super) get_prereqs: bool,
    /// A condition of the expectations that holds here, such as signed-in; may be given
    /// several times
    #[arg(long, value_name = "CONDITION")]
    pub(super) given: Vec<String>,
    /// How long a command may take before it and all that it has started is ended
    /// [default: 2m]
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(super) timeout: Option<Duration>,
    /// How long to wait for a cloud's log to hold all that a test left there; 0s asks once
    /// [default: 15m]
    #[arg(long, value_name = "TIME", value_parser = parse_wait)]
    pub(super) wait: Option<Duration>,
    /// Where CloudTrail is read from: lookup-events, s3://BUCKET/PREFIX, log-group:NAME, or
    /// the ARN of a log group; may be given several times [default: lookup-events]
    #[arg(long, value_name = "WHERE", value_parser = parse_trail)]
    pub(super) cloudtrail: Vec<TrailPlace>,
    /// A log group that Systems Manager writes to, by its name or ARN; may be given
    /// several times
    #[arg(long, value_name = "GROUP", value_parser = parse_log_group)]
    pub(super) ssm_logs: Vec<LogGroupPlace>,
    /// Where the Azure activity log is read from: list, or the address of the container that
    /// it is exported to; may be given several times [default: list]
    #[arg(long, value_name = "WHERE", value_parser = parse_activity)]
    pub(super) activity_log: Vec<ActivityPlace>,
    /// The Azure subscription whose activity log is read [default: an argument of the
    /// atomic, AZURE_SUBSCRIPTION_ID, misfire.toml, or the one that `az` uses]
    #[arg(long, value_name = "ID")]
    pub(super) subscription: Option<uuid::Uuid>,
    /// The folder of the lock and of the journal [default: misfire below XDG_STATE_HOME,
    /// or below ~/.local/state]
    #[arg(long, value_name = "DIR")]
    pub(super) state: Option<PathBuf>,
    /// Keep what the atomics do to files in an overlay, which shows every change and is gone
    /// afterwards; needs root on Linux
    #[arg(long)]
    pub(super) overlay: bool,
}

impl ExecutionArgs {
    /// Where the records of clouds are read from; those of the project where nothing is
    /// given. A subscription that is given is told apart, since it wins over all others.
    #[cfg(target_os = "linux")]
    pub(super) fn places(&self, of_project: Option<&RecordPlaces>) -> RecordPlaces {
        let given = RecordPlaces {
            cloudtrail: self.cloudtrail.clone(),
            ssm_logs: self.ssm_logs.clone(),
            activity: self.activity_log.clone(),
            subscription: None,
        };
        given.or(of_project.cloned().unwrap_or_default())
    }

    /// The flag that is given and has a meaning for executing only.
    pub(super) fn given_flag(&self) -> Option<&'static str> {
        [
            ("--yes", self.yes),
            ("--get-prereqs", self.get_prereqs),
            ("--given", !self.given.is_empty()),
            ("--timeout", self.timeout.is_some()),
            ("--wait", self.wait.is_some()),
            ("--cloudtrail", !self.cloudtrail.is_empty()),
            ("--ssm-logs", !self.ssm_logs.is_empty()),
            ("--activity-log", !self.activity_log.is_empty()),
            ("--subscription", self.subscription.is_some()),
            ("--state", self.state.is_some()),
            ("--overlay", self.overlay),
        ]
        .into_iter()
        .find(|(_, is_given)| *is_given)
        .map(|(flag, _)| flag)
    }
}

/// What is executed when `misfire run` executes.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Execution (--stage execute)")]
pub(super) struct RunExecutionArgs {
    /// Show what would be executed, and execute nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// An argument of the atomics; the others have their defaults; may be given several
    /// times
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_argument)]
    pub(super) arg: Vec<(String, String)>,
    /// What stands in the place of the real program on this host, for the report
    #[arg(long, value_name = "WHAT", value_parser = parse_reason)]
    pub(super) stand_in: Option<String>,
    #[command(flatten)]
    pub(super) common: ExecutionArgs,
}

impl RunExecutionArgs {
    /// The flag that is given and has a meaning for executing only.
    pub(super) fn given_flag(&self) -> Option<&'static str> {
        [
            ("--dry-run", self.dry_run),
            ("--arg", !self.arg.is_empty()),
            ("--stand-in", self.stand_in.is_some()),
        ]
        .into_iter()
        .find(|(_, is_given)| *is_given)
        .map(|(flag, _)| flag)
        .or_else(|| self.common.given_flag())
    }
}

/// Finish what an interrupted execution has left.
///
/// A run writes down how it is undone before it does anything. If it is killed, this
/// ends the processes that are left of it and runs its clean-up; it can be repeated.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire recover
  misfire recover --yes
  misfire recover --forget 7f1c7ce6-2d8e-4a49-9d0e-5c3a5a1f6a52

Exit codes: 0 nothing is left, 1 a clean-up did not succeed, 2 wrong usage, 3 another
run is under way, or the journal cannot be read.")]
pub(super) struct RecoverArgs {
    /// Agree beforehand to every command; they are shown all the same
    #[arg(long)]
    pub(super) yes: bool,
    /// Strike a run out of the journal whose clean-up will not succeed: you have seen to
    /// it otherwise
    #[arg(long, value_name = "RUN", conflicts_with = "yes")]
    pub(super) forget: Option<uuid::Uuid>,
    /// The folder of the lock and of the journal [default: misfire below XDG_STATE_HOME,
    /// or below ~/.local/state]
    #[arg(long, value_name = "DIR")]
    pub(super) state: Option<PathBuf>,
}

/// Run a program and tell who asked what it does; for misfire itself.
#[derive(Debug, ClapArgs)]
pub(super) struct WatchProgramArgs {}
