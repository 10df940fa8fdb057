//! What PowerShell's interpreter makes of scripts, on the bundled Windows host.

mod commands;
mod effects;
mod language;
mod scripts;

use std::sync::Arc;

use misfire::activity::{Account, ActivityKind, Integrity, LogonSession};
use misfire::content::atomic::Platform;
use misfire::stage::simulate::shell::powershell;
use misfire::stage::simulate::world::{
    CommandOutcome, Context, Environment, Finished, Profile, World,
};

pub const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

/// What a script left.
pub struct Left {
    pub world: World,
    pub finished: Option<Finished>,
}

/// Runs a script as the command of a PowerShell of the signed-in user.
pub fn run(script: &str) -> Left {
    let profile = Arc::new(Profile::bundled(Platform::Windows).expect("bundled"));
    let now = "2026-11-02T13:05:11Z".parse().expect("a time");
    let mut world = World::new(profile, now, 7);
    let account = Arc::new(Account {
        domain: "CORP".to_owned(),
        name: "avery".to_owned(),
        sid: "S-1-5-21-1004336348-1177238915-682003330-1128".to_owned(),
    });
    let logon = Arc::new(LogonSession {
        id: 0x52e6b,
        terminal: 1,
    });
    let home = r"C:\Users\avery";
    let process = world.existing_process(
        None,
        POWERSHELL,
        "powershell.exe",
        home,
        account,
        logon,
        Integrity::High,
    );
    let mut environment = Environment::windows();
    for (name, value) in [
        ("TEMP", r"C:\Users\avery\AppData\Local\Temp"),
        ("USERPROFILE", home),
        ("USERNAME", "avery"),
        ("COMPUTERNAME", "WS01"),
        ("APPDATA", r"C:\Users\avery\AppData\Roaming"),
        ("ProgramFiles", r"C:\Program Files"),
        ("SystemRoot", r"C:\Windows"),
        ("windir", r"C:\Windows"),
        ("ComSpec", r"C:\Windows\system32\cmd.exe"),
    ] {
        environment.set(name, value);
    }
    let mut context = Context {
        process,
        directory: home.to_owned(),
        environment,
    };
    let finished = powershell::run(&mut world, &mut context, script, None, &[], None).ok();
    Left { world, finished }
}

impl Left {
    /// The command lines of the processes that were started.
    pub fn started(&self) -> Vec<String> {
        self.processes().into_iter().map(|(line, _)| line).collect()
    }

    /// The command lines of the processes that were started, and their parents' programs.
    pub fn processes(&self) -> Vec<(String, String)> {
        let activities = self.world.activities().iter();
        activities
            .filter(|traced| matches!(traced.activity.kind, ActivityKind::ProcessStarted))
            .filter_map(|traced| {
                let process = traced.activity.process.as_ref()?;
                let parent = process.parent.as_ref()?;
                Some((process.command_line.clone(), parent.name().to_owned()))
            })
            .collect()
    }

    /// What happened, without what every start of PowerShell leaves.
    pub fn kinds(&self) -> Vec<ActivityKind> {
        self.world
            .activities()
            .iter()
            .map(|traced| traced.activity.kind.clone())
            .filter(|kind| !matches!(kind, ActivityKind::File(file) if file.path.contains("PSScriptPolicyTest")))
            .collect()
    }

    /// What the script wrote, line by line.
    pub fn output(&self) -> Vec<String> {
        let finished = self.finished.as_ref().expect("within the budget");
        let output = finished.output.as_ref().expect("known output");
        output.lines().map(str::to_owned).collect()
    }

    /// The commands that were not interpreted, and why.
    pub fn not_interpreted(&self) -> Vec<(String, String)> {
        self.world
            .commands()
            .iter()
            .filter_map(|command| match &command.outcome {
                CommandOutcome::NotInterpreted { because } => {
                    Some((command.text.clone(), because.clone()))
                }
                _ => None,
            })
            .collect()
    }
}
