//! The host or account that commands are interpreted on.

mod budget;
mod cloud;
mod context;
mod environment;
mod files;
mod network;
mod numbers;
mod processes;
mod profile;
mod registry;
mod system;
mod trace;
mod unix;
mod windows;

pub use budget::{Budget, Exhausted};
pub use cloud::{CloudState, RemoteCommand};
pub use context::{Context, Finished};
pub use environment::Environment;
pub use files::{Content, Presence};
pub use numbers::{KEY_SIGNS, Numbers};
pub use processes::Start;
pub use profile::{
    AwsCallerProfile, AwsProfile, AzureCallerProfile, AzureExport, AzureProfile, HostProfile,
    InstalledProgram, Profile, ProfileError, Switches,
};
pub use trace::{Cause, Command, CommandOutcome, Traced};
pub use unix::linux_environment;
pub use windows::windows_environment;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::activity::{Activity, ActivityKind, Process};

/// A modelled host or account, and what has happened on it so far.
#[derive(Debug)]
pub struct World {
    /// What it is like.
    pub profile: Arc<Profile>,
    /// Where all that looks random comes from.
    pub numbers: Numbers,
    /// How much may still be done.
    pub budget: Budget,
    /// What calls have left in the modelled account.
    pub cloud: CloudState,
    started: Timestamp,
    now: Timestamp,
    files: files::Files,
    registry: registry::Registry,
    next_process: u64,
    next_port: u16,
    next_script_block: u64,
    activities: Vec<Traced>,
    commands: Vec<Command>,
    /// The commands that are being carried out, the innermost last.
    open: Vec<usize>,
    /// The line of a program's model that is being carried out.
    model: Option<String>,
    /// The processes of Windows itself, by command line.
    system: std::collections::BTreeMap<String, Arc<Process>>,
}

impl World {
    /// A world at rest at `now`. Equal seeds give equal worlds.
    #[must_use]
    pub fn new(profile: Arc<Profile>, now: Timestamp, seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        let next_port = 49_700 + u16::try_from(numbers.below(9_000)).unwrap_or(0);
        Self {
            files: files::Files::of(&profile),
            registry: registry::Registry::of(&profile),
            profile,
            numbers,
            budget: Budget::default(),
            cloud: CloudState::default(),
            started: now,
            now,
            next_process: 0,
            next_port,
            next_script_block: 0,
            activities: Vec::new(),
            commands: Vec::new(),
            open: Vec::new(),
            model: None,
            system: std::collections::BTreeMap::new(),
        }
    }

    /// The time that it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The time at which it began.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.started
    }

    /// Lets time pass.
    pub fn pass(&mut self, time: Duration) {
        let time = jiff::SignedDuration::try_from(time).unwrap_or_default();
        self.now = self.now.checked_add(time).unwrap_or(self.now);
    }

    /// Lets a time pass that looks measured: between `least` and twice as many
    /// milliseconds, with a fraction.
    pub fn pause(&mut self, least: u64) {
        let micros = least * 1_000 + self.numbers.below(least * 1_000 + 1);
        self.pass(Duration::from_micros(micros));
    }

    /// Notes that something happened now.
    pub fn happen(&mut self, process: Option<&Arc<Process>>, kind: ActivityKind) {
        let cause = Cause {
            command: self.open.last().copied(),
            model: self.model.clone(),
        };
        self.activities.push(Traced {
            activity: Activity {
                time: self.now,
                process: process.cloned(),
                kind,
            },
            cause,
        });
    }

    /// What has happened, in order.
    #[must_use]
    pub fn activities(&self) -> &[Traced] {
        &self.activities
    }

    /// What became of the commands, in the order in which they were begun.
    #[must_use]
    pub fn commands(&self) -> &[Command] {
        &self.commands
    }

    /// Notes that a command of a script is carried out; what happens until
    /// [`end_command`](Self::end_command) is due to it.
    pub fn begin_command(&mut self, text: &str) {
        self.open.push(self.commands.len());
        self.commands.push(Command {
            text: text.to_owned(),
            depth: self.open.len() - 1,
            outcome: CommandOutcome::Modelled,
            assumed: Vec::new(),
        });
    }

    /// Notes what became of the innermost command that is being carried out.
    pub fn note_outcome(&mut self, outcome: CommandOutcome) {
        let innermost = self.open.last().copied();
        if let Some(command) = innermost.and_then(|at| self.commands.get_mut(at)) {
            command.outcome = outcome;
        }
    }

    /// The command that was begun last is carried out.
    pub fn end_command(&mut self) {
        self.open.pop();
    }

    /// The place of the innermost command that is open among [`commands`](Self::commands).
    #[must_use]
    pub fn innermost_command(&self) -> Option<usize> {
        self.open.last().copied()
    }

    /// Notes what the innermost command took for granted, as a fragment of a
    /// sentence: `C:\tools\x.exe is there`.
    pub fn assume(&mut self, what: impl Into<String>) {
        let innermost = self.open.last().copied();
        if let Some(command) = innermost.and_then(|at| self.commands.get_mut(at)) {
            let what = what.into();
            if !command.assumed.contains(&what) {
                command.assumed.push(what);
            }
        }
    }

    /// Does something that a line of a program's model causes.
    pub fn by_model<T>(&mut self, line: String, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.model.replace(line);
        let done = work(self);
        self.model = outer;
        done
    }

    /// What has happened, and what became of the commands, once all is over.
    #[must_use]
    pub fn into_trace(self) -> (Vec<Traced>, Vec<Command>) {
        (self.activities, self.commands)
    }

    /// A number for a script block.
    pub fn script_block_number(&mut self) -> u64 {
        self.next_script_block += 1;
        self.next_script_block
    }
}
