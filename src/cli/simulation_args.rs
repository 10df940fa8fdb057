//! The arguments of what is simulated, as a user writes them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args as ClapArgs, ValueEnum};
use jiff::Timestamp;

use super::args::ContentArgs;
use super::execution_args::ExecutionArgs;
use super::output::Output;
use super::values::{parse_argument, parse_fixture_name, parse_reason};
use crate::diagnostic::Diagnostic;
use crate::run::{Interrupt, SimulateOptions, load_profile};

/// Where and how atomics are simulated.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Simulation")]
pub(super) struct SimulationArgs {
    /// Profile of a host or account to simulate on, in the place of the bundled one for
    /// its platform; may be given several times
    #[arg(long, value_name = "FILE")]
    host: Vec<PathBuf>,
    /// When each simulated test begins
    #[arg(long, value_name = "TIME", default_value = "2026-11-02T09:14:00Z")]
    at: Timestamp,
    /// What all that looks random is derived from: the same number gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

impl SimulationArgs {
    /// What is asked for.
    ///
    /// # Errors
    /// What is wrong with a profile.
    pub(super) fn options(
        &self,
        output: &Output,
        interrupt: &Interrupt,
    ) -> Result<SimulateOptions, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut profiles = Vec::new();
        for path in &self.host {
            match load_profile(path) {
                Ok(profile) => profiles.push(Arc::new(profile)),
                Err(problem) => problems.push(*problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(SimulateOptions {
            profiles,
            arguments: BTreeMap::new(),
            start: self.at,
            seed: self.seed,
            threads: output.threads,
            interrupt: interrupt.clone(),
        })
    }
}

/// Show what atomics would leave in the logs.
///
/// Interprets the commands of each atomic on a modelled host or account and shows the
/// records that its products would log. Nothing is executed, and nothing is known of
/// what is expected: an unknown program only starts, and an unknown branch follows the
/// path that the atomic intends, and is marked.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire simulate T1219 --explain
  misfire simulate 'AnyDesk started' --arg program_name=viewer.exe -o logs
  misfire simulate --atomics atomic-red-team/atomics T1053.005 --format json

Exit codes: 0 simulated, 1 none of it can be, 2 wrong usage or content, 3 it cannot be
written.")]
pub(super) struct SimulateArgs {
    /// Only atomics whose technique, name, or GUID holds one of these texts
    #[arg(value_name = "ATOMIC", required = true)]
    pub(super) filters: Vec<String>,
    /// Show for each record the command and the line of the model that caused it
    #[arg(long)]
    pub(super) explain: bool,
    /// Folder for the logs: a folder for each atomic, with the files of its products
    #[arg(long, short, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// An argument of the atomics; the others have their defaults; may be given several
    /// times
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_argument)]
    pub(super) arg: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) simulation: SimulationArgs,
    #[command(flatten)]
    pub(super) content: ContentArgs,
}

/// Save what a stage makes of an atomic as a fixture.
///
/// Writes the logs of its products, and the manifest with hashes, host, sensors, and
/// window, so that `misfire run` judges it like any recording.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire record c0635981-54fe-41bd-b511-fa5ec73b98ba --stage simulate --name from-temp
  misfire record 'VNC server started' --stage simulate --name vnc --out fixtures
  misfire record 'Remote Desktop' --atomics benign --stage simulate --name rdp \
    --control 'the client of Remote Desktop is no VNC server'

Exit codes: 0 recorded, 2 wrong usage or content, or nothing to record, 3 it cannot be
written.")]
pub(super) struct RecordArgs {
    /// The atomic: its GUID, or a part of its name that no other has
    #[arg(value_name = "ATOMIC")]
    pub(super) atomic: String,
    /// How it comes about
    #[arg(long, value_enum, value_name = "STAGE")]
    pub(super) stage: RecordStage,
    /// The name of the fixture
    #[arg(long, value_name = "NAME", value_parser = parse_fixture_name)]
    pub(super) name: String,
    /// Save it as a benign control: WHY says what is benign about it
    #[arg(long, value_name = "WHY", value_parser = parse_reason)]
    pub(super) control: Option<String>,
    /// What stood in the place of the real program on this profile, for the manifest
    #[arg(long, value_name = "WHAT", value_parser = parse_reason, conflicts_with = "control")]
    pub(super) stand_in: Option<String>,
    /// The folder of fixtures
    #[arg(long, value_name = "DIR", default_value = "fixtures")]
    pub(super) out: PathBuf,
    /// Replace the fixture if it is there
    #[arg(long)]
    pub(super) force: bool,
    /// Keep the identities of this host in what was executed; without it they are
    /// replaced by pseudonyms
    #[arg(long)]
    pub(super) no_scrub: bool,
    /// An argument of the atomic; the others have their defaults; may be given several
    /// times
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_argument)]
    pub(super) arg: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) simulation: SimulationArgs,
    #[command(flatten)]
    pub(super) execution: ExecutionArgs,
    #[command(flatten)]
    pub(super) content: ContentArgs,
}

/// A stage that makes something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RecordStage {
    /// It is derived from the atomic's commands on a modelled host or account
    Simulate,
    /// It is executed on this host, and what it does is watched
    Execute,
}
