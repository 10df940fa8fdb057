//! `conhost.exe`, which Windows starts for a console program that gets no console
//! from its parent.

use std::sync::Arc;

use super::Window;
use super::model::{Models, Subsystem};
use crate::activity::Process;
use crate::stage::simulate::world::{Start, World};

/// Starts the console of a process that has just been started, if it needs its own.
pub fn attend(world: &mut World, process: &Arc<Process>, subsystem: Subsystem, window: Window) {
    if subsystem != Subsystem::Console {
        return;
    }
    let shares = process.parent.as_ref().is_some_and(|parent| {
        window == Window::Shared && has_console(&parent.program.content, parent.name())
    });
    if shares {
        return;
    }
    world.by_model("models/conhost.exe.yaml: console".to_owned(), |world| {
        let options = if build(world) >= FIRST_OF_11 {
            "0x4"
        } else {
            "0xffffffff -ForceV1"
        };
        world.start_process(
            process,
            Start {
                image: r"C:\Windows\System32\conhost.exe".to_owned(),
                command_line: format!(r"\??\C:\WINDOWS\system32\conhost.exe {options}"),
                directory: r"C:\WINDOWS".to_owned(),
                ..Start::default()
            },
        );
    });
}

/// The build from which on Windows is called 11; since then consoles are started with
/// `0x4`.
const FIRST_OF_11: u32 = 22_000;

fn build(world: &World) -> u32 {
    let host = world.profile.host.as_ref();
    host.and_then(|host| host.build.rsplit('.').next()?.parse().ok())
        .unwrap_or(FIRST_OF_11)
}

/// Whether a program runs in a console: it is known as a console program. What is
/// not known has one if it runs in a shell.
fn has_console(content: &str, name: &str) -> bool {
    let models = Models::bundled();
    match models.named(content).or_else(|| models.named(name)) {
        Some(model) => model.subsystem == Subsystem::Console && !runs_without_console(name),
        None => true,
    }
}

/// Services have no console.
fn runs_without_console(name: &str) -> bool {
    ["services.exe", "svchost.exe", "WmiPrvSE.exe", "wininit.exe"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}
