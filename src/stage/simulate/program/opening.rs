//! What the classes of the registry say of opening a file or address: what a user has
//! chosen comes before what Windows brings along.

use super::paths::ending_of;
use super::{Invocation, Window, resolve, start};
use crate::activity::Process;
use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

/// The classes that endings have on a fresh installation of Windows.
const CLASSES: &[(&str, &str)] = &[
    (".msc", "mscfile"),
    (".txt", "txtfile"),
    (".log", "txtfile"),
    (".ini", "inifile"),
    (".inf", "inffile"),
    (".ps1", "Microsoft.PowerShellScript.1"),
    (".vbs", "VBSFile"),
    (".vbe", "VBEFile"),
    (".js", "JSFile"),
    (".jse", "JSEFile"),
    (".wsf", "WSFFile"),
    (".wsh", "WSHFile"),
    (".hta", "htafile"),
    (".reg", "regfile"),
    (".chm", "chm.file"),
    (".msi", "Msi.Package"),
    (".cpl", "cplfile"),
];

/// The command that opens files of a path's kind, if the registry was written to say so.
#[must_use]
pub fn chosen(world: &World, process: &Process, path: &str) -> Option<String> {
    let ending = ending_of(path);
    // Programs are started, whatever their class says: most callers ask no class.
    if ending.len() < 2 || [".exe", ".com", ".bat", ".cmd"].contains(&ending.as_str()) {
        return None;
    }
    let usual = || {
        let known = CLASSES.iter().find(|(known, _)| *known == ending);
        known.map(|(_, class)| (*class).to_owned())
    };
    let class = world.class_value(process, &ending, "").or_else(usual)?;
    world.class_value(process, &format!(r"{class}\shell\open\command"), "")
}

/// Opens a file with a command of the registry as `ShellExecute` does: `%1` is the file,
/// `%*` what follows it, and the program is put in quotes.
///
/// # Errors
/// The simulation's budget is spent.
pub fn by_command(
    world: &mut World,
    caller: &Context,
    command: &str,
    file: &str,
    arguments: &str,
) -> Result<Finished, Exhausted> {
    let command = expanded(caller, command);
    let program = resolve::program_of(world, caller, &command);
    let rest = command
        .trim_start()
        .trim_start_matches('"')
        .get(program.len()..)
        .unwrap_or_default()
        .trim_start_matches('"')
        .trim_start()
        .replace("%1", file)
        .replace("%L", file)
        .replace("%*", arguments);
    let line = format!("\"{program}\" {rest}");
    let invocation = Invocation {
        window: Window::Own,
        ..Invocation::of_line(program, line)
    };
    start::run(world, caller, &invocation)
}

/// A text with the variables of the environment in it.
fn expanded(caller: &Context, text: &str) -> String {
    let mut parts = text.split('%');
    let mut expanded = parts.next().unwrap_or_default().to_owned();
    let mut is_after_value = false;
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let value = caller.environment.get(part).filter(|_| !is_after_value);
        match value {
            Some(value) if parts.peek().is_some() => {
                expanded.push_str(value);
                is_after_value = true;
            }
            _ => {
                if !is_after_value {
                    expanded.push('%');
                }
                expanded.push_str(part);
                is_after_value = false;
            }
        }
    }
    expanded
}
