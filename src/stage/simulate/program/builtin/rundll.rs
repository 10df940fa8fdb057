//! `rundll32.exe`: a function of a library.

use super::super::paths::{ending_of, full_path, name_of};
use super::super::{carry_out::Running, run_line};
use super::script;
use crate::activity::ActivityKind;
use crate::stage::simulate::world::{CommandOutcome, Content, Exhausted, Finished, World};

/// Functions that start what they are given.
const STARTERS: &[(&str, &str)] = &[
    ("url.dll", "openurl"),
    ("url.dll", "fileprotocolhandler"),
    ("shell32.dll", "shellexec_rundll"),
    ("shell32.dll", "shellexec_rundlla"),
    ("zipfldr.dll", "routethecall"),
    ("pcwutl.dll", "launchapplication"),
    ("advpack.dll", "registerocx"),
    ("ieadvpack.dll", "registerocx"),
    ("shdocvw.dll", "openurl"),
    ("ieframe.dll", "openurl"),
];

/// Loads the library, and does what the function is known to do.
pub fn rundll32(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let rest = running.rest.trim();
    let lower = rest.to_ascii_lowercase();
    if lower.contains("javascript:") || lower.contains("vbscript:") {
        return script::inline(world, running);
    }
    if let Some(class) = class_of(rest) {
        com_server(world, running, class);
        return Ok(None);
    }
    let (library, after) = library_of(rest);
    if library.is_empty() {
        return Ok(None);
    }
    let after = after.trim_start_matches([',', ' ']);
    let (function, given) = after.split_once([' ', ',']).unwrap_or((after, ""));
    let given = given.trim();
    load(world, running, &library);
    let name = with_ending(name_of(&library)).to_lowercase();
    let function = function.trim_matches('"').to_ascii_lowercase();
    if STARTERS.contains(&(name.as_str(), function.as_str())) {
        return run_line(world, running.context, given).map(|_| None);
    }
    match (name.as_str(), function.as_str()) {
        ("comsvcs.dll", "minidump" | "#24" | "#+000024" | "#-4294967272") => {
            let path = given.split_whitespace().nth(1).unwrap_or_default();
            if !path.is_empty() {
                let path = full_path(running.context, path);
                world.write_file(&running.context.process, &path, Content::Unknown);
            }
        }
        ("keymgr.dll" | "shell32.dll" | "user32.dll" | "powrprof.dll" | "printui.dll", _) => {}
        _ => world.note_outcome(CommandOutcome::OnlyStarted),
    }
    Ok(None)
}

/// The class whose server is started: `-sta {CLSID}` and `-localserver {CLSID}` instead of
/// a library (LOLBAS, Rundll32.exe).
fn class_of(rest: &str) -> Option<&str> {
    let (option, class) = rest.split_once([' ', '\t'])?;
    let option = option.strip_prefix(['-', '/'])?.to_ascii_lowercase();
    ["sta", "localserver", "localserver64"]
        .contains(&option.as_str())
        .then(|| class.trim().trim_matches('"'))
}

/// Loads the server of a class, if the registry is known to name one.
fn com_server(world: &mut World, running: &Running<'_>, class: &str) {
    let process = &running.context.process;
    let server = format!(r"CLSID\{class}\InprocServer32");
    let Some(library) = world.class_value(process, &server, "") else {
        world.note_outcome(CommandOutcome::OnlyStarted);
        return;
    };
    load(world, running, &library);
    // `scrobj.dll` is the server of a script, which it fetches.
    let scriptlet = format!(r"CLSID\{class}\ScriptletURL");
    match world.class_value(process, &scriptlet, "") {
        Some(url) if url.contains("://") => {
            world.fetch(process, &url);
        }
        _ => world.note_outcome(CommandOutcome::OnlyStarted),
    }
}

/// The library that a command line begins with, and what follows it.
fn library_of(rest: &str) -> (String, &str) {
    if let Some(inside) = rest.strip_prefix('"') {
        let (library, after) = inside.split_once('"').unwrap_or((inside, ""));
        // The comma may stand within the quotation marks.
        return match library.split_once(',') {
            Some((library, _)) => (library.to_owned(), after),
            None => (library.to_owned(), after),
        };
    }
    let end = rest.find([',', ' ']).unwrap_or(rest.len());
    let (library, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (library.to_owned(), after)
}

fn with_ending(name: &str) -> String {
    if ending_of(name).is_empty() {
        format!("{name}.dll")
    } else {
        name.to_owned()
    }
}

fn load(world: &mut World, running: &Running<'_>, library: &str) {
    let library = with_ending(library);
    let path = if library.contains(['\\', '/']) {
        full_path(running.context, &library)
    } else {
        format!(r"C:\Windows\System32\{library}")
    };
    let program = world.program_at(&path);
    world.happen(
        Some(&running.context.process),
        ActivityKind::ImageLoaded { path, program },
    );
}
