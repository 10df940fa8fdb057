//! Finding the program that a command names.

use super::model::Models;
use super::paths::{ending_of, folder_of, full_path, is_absolute, name_of};
use crate::stage::simulate::world::{Context, Presence, World};

/// The endings that are tried where `PATHEXT` is not set.
const ENDINGS: &str = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC";

/// Where Windows looks when `PATH` is not set.
const FOLDERS: &[&str] = &[
    r"C:\Windows\System32",
    r"C:\Windows",
    r"C:\Windows\System32\Wbem",
    r"C:\Windows\System32\WindowsPowerShell\v1.0",
    r"C:\Windows\System32\OpenSSH",
];

/// The full path of the program that a name means: in the current folder, in those of
/// `PATH`, or registered as an installed program. A name that nothing is known of is
/// taken to be a program in the current folder; `None` if it cannot be one, or is
/// known not to be there.
#[must_use]
pub fn resolve(world: &World, caller: &Context, name: &str) -> Option<String> {
    let name = name.trim().trim_matches('"');
    if name.is_empty() || name.contains(['<', '>', '|', '*', '?', '\n', '\0', '"']) {
        return None;
    }
    if !world.is_windows() {
        return Some(super::unix::resolve(caller, name));
    }
    let endings = endings(caller);
    if name.contains(['\\', '/']) || is_absolute(name) {
        return at_path(world, &full_path(caller, name), &endings);
    }
    let mut folders = vec![caller.directory.clone()];
    let path = caller.environment.get("PATH").unwrap_or_default();
    folders.extend(path.split(';').map(|folder| folder.trim().to_owned()));
    folders.extend(FOLDERS.iter().map(|folder| (*folder).to_owned()));
    for folder in folders.iter().filter(|folder| !folder.is_empty()) {
        let base = full_path(caller, &format!(r"{folder}\{name}"));
        if let Some(found) = there(world, &base, &endings) {
            return Some(found);
        }
    }
    installed(world, caller, name).or_else(|| unknown(world, caller, name))
}

/// The program that a command line begins with: quoted, or as much of it as is there,
/// or up to the first blank.
#[must_use]
pub fn program_of(world: &World, caller: &Context, command_line: &str) -> String {
    let line = command_line.trim_start();
    if let Some(rest) = line.strip_prefix('"') {
        return rest.split('"').next().unwrap_or(rest).to_owned();
    }
    if is_absolute(line) {
        for (end, _) in line.match_indices(' ') {
            let start = line.get(..end).unwrap_or(line);
            if there(world, &full_path(caller, start), &endings(caller)).is_some() {
                return start.to_owned();
            }
        }
        let lower = line.to_lowercase();
        for ending in [".exe", ".cmd", ".bat", ".com"] {
            if let Some(at) = lower.find(&format!("{ending} ")) {
                return line.get(..at + ending.len()).unwrap_or(line).to_owned();
            }
        }
    }
    line.split([' ', '\t']).next().unwrap_or(line).to_owned()
}

/// What opens a file or address that is no program, with the command line that it is
/// then given.
#[must_use]
pub fn opener(path: &str) -> Option<(&'static str, String)> {
    let lower = path.to_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        let edge = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";
        return Some((edge, format!("\"{edge}\" --single-argument {path}")));
    }
    let system = |name: &'static str, rest: String| {
        let line = format!("\"{name}\" {rest}");
        Some((name, line))
    };
    match ending_of(path).as_str() {
        ".vbs" | ".vbe" | ".js" | ".jse" | ".wsf" | ".wsh" => {
            system(r"C:\Windows\System32\WScript.exe", format!("\"{path}\" "))
        }
        ".hta" => system(
            r"C:\Windows\SysWOW64\mshta.exe",
            format!(
                "\"{path}\" {{1E460BD7-F1C3-4B2E-88BF-4E770A288AF5}}{{1E460BD7-F1C3-4B2E-88BF-4E770A288AF5}} "
            ),
        ),
        ".msc" => system(r"C:\Windows\System32\mmc.exe", format!("\"{path}\" ")),
        ".msi" => system(
            r"C:\Windows\System32\msiexec.exe",
            format!("/i \"{path}\" "),
        ),
        ".cpl" => system(r"C:\Windows\System32\control.exe", format!("\"{path}\",")),
        ".txt" | ".log" | ".ps1" | ".ini" | ".inf" => {
            system(r"C:\Windows\System32\notepad.exe", path.to_owned())
        }
        ".reg" => system("regedit.exe", format!("\"{path}\"")),
        ".chm" => system(r"C:\Windows\hh.exe", path.to_owned()),
        _ => None,
    }
}

fn endings(caller: &Context) -> Vec<String> {
    let known = caller.environment.get("PATHEXT").unwrap_or(ENDINGS);
    known
        .split(';')
        .filter(|ending| ending.starts_with('.'))
        .map(str::to_lowercase)
        .collect()
}

/// The program at a path, with or without its ending, if it is known to be there.
fn there(world: &World, base: &str, endings: &[String]) -> Option<String> {
    let with_ending = || {
        let candidates = endings.iter().map(|ending| format!("{base}{ending}"));
        candidates
            .into_iter()
            .find_map(|path| spelled(world, &path))
    };
    if ending_of(base).len() > 1 {
        spelled(world, base).or_else(with_ending)
    } else {
        with_ending()
    }
}

/// The path as its file system spells it, if something is there.
fn spelled(world: &World, path: &str) -> Option<String> {
    if let Some((_, _, spelling)) = Models::bundled().at(path) {
        return (world.presence(path) == Presence::There).then(|| spelling.to_owned());
    }
    (world.presence(path) == Presence::There).then(|| path.to_owned())
}

/// The program at a path, unless it is known to be absent.
fn at_path(world: &World, path: &str, endings: &[String]) -> Option<String> {
    if let Some(found) = there(world, path, endings) {
        return Some(found);
    }
    let ending = ending_of(path);
    let path = if ending.is_empty() {
        format!("{path}.exe")
    } else {
        path.to_owned()
    };
    (world.presence(&path) != Presence::Absent).then_some(path)
}

/// What is installed under that name: by the profile, or where its model says.
fn installed(world: &World, caller: &Context, name: &str) -> Option<String> {
    let with_ending = if ending_of(name).is_empty() {
        format!("{name}.exe")
    } else {
        name.to_owned()
    };
    let host = world.profile.host.as_ref()?;
    let by_profile = host.programs.iter().find(|program| {
        name_of(&program.path).eq_ignore_ascii_case(&with_ending)
            && world.presence(&program.path) != Presence::Absent
    });
    if let Some(program) = by_profile {
        return Some(program.path.clone());
    }
    let models = Models::bundled();
    let batch = format!("{name}.cmd");
    let found = [batch.as_str(), name, &with_ending];
    let found = found.iter().filter_map(|name| models.named(name));
    found
        .filter_map(|model| model.paths.first())
        .filter_map(|path| super::placeholders::of_context(world, caller, path))
        .find(|path| world.presence(path) != Presence::Absent)
}

fn unknown(world: &World, caller: &Context, name: &str) -> Option<String> {
    let is_name = name
        .chars()
        .all(|sign| sign.is_alphanumeric() || " ._-+()#@&~!'$%^,".contains(sign));
    if !is_name || is_cmdlet(name) {
        return None;
    }
    let path = full_path(caller, name);
    let path = if ending_of(&path).is_empty() {
        format!("{path}.exe")
    } else {
        path
    };
    let is_there = world.presence(&path) != Presence::Absent && !folder_of(&path).is_empty();
    is_there.then_some(path)
}

/// Whether a name is that of a command of PowerShell, as `Get-Item`.
fn is_cmdlet(name: &str) -> bool {
    let Some((verb, noun)) = name.split_once('-') else {
        return false;
    };
    let starts_big = |part: &str| part.chars().next().is_some_and(char::is_uppercase);
    ending_of(name).is_empty()
        && starts_big(verb)
        && starts_big(noun)
        && verb.chars().all(char::is_alphabetic)
}
