//! Programs of Windows that are raised without asking, and that open what the user's own
//! classes say.

use super::super::carry_out::Running;
use super::super::opening;
use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

/// What the settings are addressed by.
const SETTINGS: &str = "ms-settings";
/// What `WSReset.exe` opens: the class of the Store's address.
const STORE: &str = "AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2";
/// The class of consoles.
const CONSOLE: &str = "mscfile";
/// The first build whose event viewer starts the console itself (UACME, method 25).
const FIRST_FIXED: u32 = 15_031;

/// `fodhelper.exe` and `ComputerDefaults.exe`: they open an address of the settings.
pub fn settings(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    by_address(world, running, SETTINGS)
}

/// `WSReset.exe`: it opens the Store.
pub fn store(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    by_address(world, running, STORE)
}

/// `eventvwr.exe`: it opens its console.
pub fn event_viewer(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    let console = r"C:\Windows\system32\eventvwr.msc";
    let process = &running.context.process;
    let chosen = format!(r"{CONSOLE}\shell\open\command");
    let command = world
        .class_value(process, &chosen, "")
        .filter(|_| build(world) < FIRST_FIXED)
        .unwrap_or_else(|| r#"C:\Windows\system32\mmc.exe "%1" /s"#.to_owned());
    opening::by_command(world, &in_system(running), &command, console, "")?;
    Ok(Some(Finished::well()))
}

/// Opens an address. Its class has a handler of Windows' own (`DelegateExecute`), so that
/// a command counts only where an empty one stands beside it.
fn by_address(
    world: &mut World,
    running: &Running<'_>,
    class: &str,
) -> Result<Option<Finished>, Exhausted> {
    let process = &running.context.process;
    let key = format!(r"{class}\shell\open\command");
    let has_no_handler = world
        .class_value(process, &key, "DelegateExecute")
        .is_some_and(|handler| handler.is_empty());
    match world.class_value(process, &key, "") {
        Some(command) if has_no_handler && !command.is_empty() => {
            opening::by_command(world, &in_system(running), &command, "", "")?;
            Ok(Some(Finished::well()))
        }
        // An app is shown, which others start.
        _ => Ok(Some(Finished::well())),
    }
}

/// What is raised is started in the folder of the system.
fn in_system(running: &Running<'_>) -> Context {
    Context {
        directory: r"C:\Windows\system32".to_owned(),
        ..running.context.clone()
    }
}

fn build(world: &World) -> u32 {
    let host = world.profile.host.as_ref();
    host.and_then(|host| host.build.rsplit('.').next()?.parse().ok())
        .unwrap_or(FIRST_FIXED)
}
