//! The POSIX shell and Bash on a modelled host.

mod atomics;
mod behaviour;
mod expansion;
mod hostile;
mod programs;
use crate::support;
mod unknown;

use std::sync::Arc;

use misfire::activity::{Account, ActivityKind, FileChangeKind, Integrity, LogonSession};
use misfire::content::atomic::Platform;
use misfire::stage::simulate::shell::posix;
use misfire::stage::simulate::world::{
    Content, Context, Exhausted, Finished, Profile, World, linux_environment,
};

/// A shell on the bundled Linux host.
struct Host {
    world: World,
    context: Context,
}

impl Host {
    fn with(shell: &str) -> Self {
        let profile = Profile::bundled(Platform::Linux).expect("a profile of Linux");
        let host = profile.host.clone().expect("a host");
        let now = "2026-03-02T09:00:00Z".parse().expect("a time");
        let mut world = World::new(Arc::new(profile), now, 7);
        let account = Arc::new(Account {
            domain: String::new(),
            name: host.user.name.clone(),
            sid: host.user.sid.clone(),
        });
        let logon = Arc::new(LogonSession { id: 3, terminal: 1 });
        let process = world.existing_process(
            None,
            &format!("/usr/bin/{shell}"),
            shell,
            "/home/avery",
            account,
            logon,
            Integrity::Medium,
        );
        let context = Context {
            process,
            directory: "/home/avery".to_owned(),
            environment: linux_environment(&host),
        };
        Self { world, context }
    }

    fn bash() -> Self {
        Self::with("bash")
    }

    fn sh() -> Self {
        Self::with("dash")
    }

    fn try_run(&mut self, script: &str) -> Result<Finished, Exhausted> {
        posix::run(&mut self.world, &mut self.context, script, &[], None)
    }

    fn run(&mut self, script: &str) -> Finished {
        self.try_run(script).expect("within the budget")
    }

    /// What a script writes, all of which must be known.
    fn said(&mut self, script: &str) -> String {
        let finished = self.run(script);
        finished
            .output
            .unwrap_or_else(|| panic!("what `{script}` writes is not known"))
    }

    fn command_lines(&self) -> Vec<String> {
        self.world
            .activities()
            .iter()
            .filter(|traced| traced.activity.kind == ActivityKind::ProcessStarted)
            .filter_map(|traced| traced.activity.process.as_ref())
            .map(|process| process.command_line.clone())
            .collect()
    }

    fn files(&self) -> Vec<(String, FileChangeKind)> {
        self.world
            .activities()
            .iter()
            .filter_map(|traced| match &traced.activity.kind {
                ActivityKind::File(change) => Some((change.path.clone(), change.kind)),
                _ => None,
            })
            .collect()
    }

    fn text(&self, path: &str) -> String {
        match self.world.content(path) {
            Content::Text(text) => text,
            other => panic!("{path} holds {other:?}"),
        }
    }

    fn assumed(&self) -> Vec<String> {
        let commands = self.world.commands().iter();
        commands
            .flat_map(|command| command.assumed.clone())
            .collect()
    }
}
