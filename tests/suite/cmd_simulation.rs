//! The language of `cmd.exe`, carried out on the bundled host.

use crate::support::corpora;

mod atomics;
mod bounds;
mod builtins;
mod flow;
mod programs;
mod variables;
mod wine;

use std::sync::Arc;

use misfire::activity::{Account, ActivityKind, FileChangeKind, Integrity, LogonSession};
use misfire::content::atomic::Platform;
use misfire::stage::simulate::shell::cmd::{self, Source};
use misfire::stage::simulate::world::{
    Command, CommandOutcome, Content, Context, Finished, Profile, World, windows_environment,
};

/// A shell on the bundled host with Windows.
pub struct Host {
    pub world: World,
    pub context: Context,
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// A shell that was started with that command line.
    pub fn with(command_line: &str) -> Self {
        let profile = Arc::new(Profile::bundled(Platform::Windows).expect("a bundled profile"));
        let host = profile.host.clone().expect("a host");
        let now = "2026-03-02T09:00:00Z".parse().expect("a time");
        let mut world = World::new(profile, now, 7);
        let account = Account {
            domain: host.user.domain.clone(),
            name: host.user.name.clone(),
            sid: host.user.sid.clone(),
        };
        let logon = LogonSession {
            id: 0x5_1234,
            terminal: 1,
        };
        let process = world.existing_process(
            None,
            r"C:\Windows\System32\cmd.exe",
            command_line,
            r"C:\work",
            Arc::new(account),
            Arc::new(logon),
            Integrity::High,
        );
        let context = Context {
            process,
            directory: r"C:\work".to_owned(),
            environment: windows_environment(&host),
        };
        Self { world, context }
    }

    /// A shell.
    pub fn new() -> Self {
        Self::with("\"cmd.exe\" /c …")
    }

    /// Carries out what follows `/c`.
    pub fn line(&mut self, text: &str) -> Finished {
        cmd::run(
            &mut self.world,
            &mut self.context,
            text,
            Source::CommandLine,
            &[],
            None,
        )
        .expect("a budget that lasts")
    }

    /// Carries out a batch file.
    pub fn batch(&mut self, text: &str, arguments: &[&str]) -> Finished {
        let mut all = vec![r"C:\work\test.bat".to_owned()];
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        let text = format!("@echo off\n{text}");
        cmd::run(
            &mut self.world,
            &mut self.context,
            &text,
            Source::Batch,
            &all,
            None,
        )
        .expect("a budget that lasts")
    }

    /// What is in a file, if it is text.
    pub fn text_of(&self, path: &str) -> Option<String> {
        match self.world.content(path) {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Puts a text into a file, as if it had been there.
    pub fn put(&mut self, path: &str, text: &str) {
        self.world.fill_file(path, Content::Text(text.to_owned()));
    }

    /// The command lines of the processes that were started, in order.
    pub fn started(&self) -> Vec<String> {
        let started = self.world.activities().iter().filter_map(|traced| {
            matches!(traced.activity.kind, ActivityKind::ProcessStarted)
                .then(|| traced.activity.process.as_ref())
                .flatten()
        });
        started
            .map(|process| process.command_line.clone())
            .collect()
    }

    /// The changes of files, in order.
    pub fn files(&self) -> Vec<(String, FileChangeKind)> {
        let changes =
            self.world
                .activities()
                .iter()
                .filter_map(|traced| match &traced.activity.kind {
                    ActivityKind::File(change) => Some((change.path.clone(), change.kind)),
                    _ => None,
                });
        changes.collect()
    }

    /// Why commands were not interpreted.
    pub fn refused(&self) -> Vec<String> {
        refused(self.world.commands())
    }
}

/// Why commands were not interpreted.
pub fn refused(commands: &[Command]) -> Vec<String> {
    let because = commands
        .iter()
        .filter_map(|command| match &command.outcome {
            CommandOutcome::NotInterpreted { because } => {
                Some(format!("{}: {because}", command.text))
            }
            _ => None,
        });
    because.collect()
}

/// What a command line writes.
pub fn said(text: &str) -> String {
    let finished = Host::new().line(text);
    finished.output.unwrap_or_else(|| "(unknown)".to_owned())
}

/// What a batch file writes that does not show its commands.
pub fn batch_said(text: &str, arguments: &[&str]) -> String {
    let finished = Host::new().batch(text, arguments);
    finished.output.unwrap_or_else(|| "(unknown)".to_owned())
}
