//! Processes that WMI starts.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::{Invocation, Window, resolve, start as starting};
use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

/// Starts a command line as `Win32_Process` does: as a child of `WmiPrvSE.exe`, in the
/// caller's name, in the folder of the system unless another one is given.
///
/// # Errors
/// The simulation's budget is spent.
pub fn start(
    world: &mut World,
    caller: &Context,
    command_line: &str,
    directory: Option<&str>,
) -> Result<Finished, Exhausted> {
    let provider = world.wmi_provider();
    let context = Context {
        process: provider,
        directory: directory.unwrap_or(r"C:\WINDOWS\system32").to_owned(),
        environment: caller.environment.clone(),
    };
    let program = resolve::program_of(world, &context, command_line);
    let caller = &caller.process;
    let invocation = Invocation {
        account: Some((Arc::clone(&caller.account), Arc::clone(&caller.logon))),
        integrity: Some(caller.integrity),
        window: Window::Own,
        ..Invocation::of_line(program, command_line)
    };
    starting::run(world, &context, &invocation)
}

/// `wmic process call create "…"`: on another host it leaves nothing here but the
/// connection.
pub fn wmic_create(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    let words = &running.arguments.words;
    let place = words
        .iter()
        .position(|(_, word)| word.eq_ignore_ascii_case("create"));
    let Some(line) = place.and_then(|at| running.arguments.word(at + 1)) else {
        return Ok(None);
    };
    // A comma parts the command line from the folder that it is started in.
    let line = line.trim_matches(['"', '\'']).to_owned();
    match running.arguments.option("node").map(str::to_owned) {
        Some(node) if !is_here(world, &node) => {
            let process = &running.context.process;
            let node = node.trim_matches(['"', '\'']);
            world.connect(process, node, 135, crate::activity::Protocol::Tcp);
        }
        _ => {
            start(world, running.context, &line, None)?;
        }
    }
    Ok(Some(Finished::well()))
}

/// Whether a host's name means this one.
pub fn is_here(world: &World, node: &str) -> bool {
    let node = node.trim_matches(['"', '\'']);
    let host = world.profile.host.as_ref();
    matches!(node, "." | "127.0.0.1" | "localhost" | "::1")
        || host.is_some_and(|host| host.name.eq_ignore_ascii_case(node))
}
