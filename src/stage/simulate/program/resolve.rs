//! Finding the program that a command names.

use super::model::Models;
use super::paths::{ending_of, folder_of, full_path, is_absolute, name_of};
use crate::stage::simulate::world::{Context, Presence, World};

/// The endings that are tried where `PATHEXT` is not set.
const ENDINGS: &str = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC";

/// The endings of files that are opened by programs which nobody knows here.
const DOCUMENTS: &[&str] = &[
    ".lnk",
    ".url",
    ".html",
    ".htm",
    ".pdf",
    ".doc",
    ".docx",
    ".docm",
    ".xls",
    ".xlsx",
    ".xlsm",
    ".rtf",
    ".xml",
    ".iso",
    ".img",
    ".vhd",
    ".zip",
    ".py",
    ".jar",
    ".appref-ms",
    ".application",
    ".settingcontent-ms",
    ".library-ms",
    ".search-ms",
    ".theme",
    ".rdp",
    ".one",
];

/// Where the paths of usual folders end whose blank is taken for the end of a program.
const CUT_SHORT: &[&str] = &[r"C:\Program", r"C:\Documents"];

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
    let here = there(world, &full_path(caller, name), &endings);
    here.or_else(|| on_path(world, caller, name))
        .or_else(|| unknown(world, caller, name))
}

/// The full path of the program that a bare name means where the current folder is not
/// looked into: in the folders of `PATH`, or registered as an installed program.
#[must_use]
pub fn on_path(world: &World, caller: &Context, name: &str) -> Option<String> {
    let endings = endings(caller);
    let mut folders = Vec::new();
    let path = caller.environment.get("PATH").unwrap_or_default();
    folders.extend(path.split(';').map(|folder| folder.trim().to_owned()));
    folders.extend(FOLDERS.iter().map(|folder| (*folder).to_owned()));
    for folder in folders.iter().filter(|folder| !folder.is_empty()) {
        let base = full_path(caller, &format!(r"{folder}\{name}"));
        if let Some(found) = there(world, &base, &endings) {
            return Some(found);
        }
    }
    installed(world, caller, name)
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
        return meant(line).to_owned();
    }
    line.split([' ', '\t']).next().unwrap_or(line).to_owned()
}

/// The program that the author of a line with blanks and no quotes means: of the longer
/// ones that `CreateProcess` tries after `C:\Program.exe`, the last that is one path.
fn meant(line: &str) -> &str {
    let mut end = line.find(' ').unwrap_or(line.len());
    while let Some(rest) = line.get(end + 1..) {
        let next = rest.split(' ').next().unwrap_or(rest);
        let goes_on = next.contains('\\')
            && !next.starts_with(['\\', '-', '/', '"'])
            && !next.contains([':', '=', '"']);
        if !goes_on {
            break;
        }
        end += 1 + next.len();
    }
    line.get(..end).unwrap_or(line)
}

/// Whether a text may be the name of a program's file, as far as that can be told: there
/// are names that no file has (Microsoft, "Naming Files, Paths, and Namespaces"), and
/// some that only come about where quotes got lost.
#[must_use]
pub fn is_plausible(caller: &Context, name: &str) -> bool {
    let name = name.trim().trim_matches('"');
    // Where a bare name is looked for does not make it a better one.
    let path = if name.contains(['\\', '/']) {
        full_path(caller, name)
    } else {
        name.to_owned()
    };
    let path = path
        .strip_prefix(r"\\?\")
        .or_else(|| path.strip_prefix(r"\\.\"))
        .unwrap_or(&path);
    let rest = if path.get(1..2) == Some(":") {
        path.get(2..).unwrap_or_default()
    } else {
        path
    };
    let file = name_of(rest);
    let folders = folder_of(rest);
    let has_arguments = |part: &str| {
        let part = part.to_lowercase();
        [".exe ", ".com ", ".bat ", ".cmd "]
            .iter()
            .any(|ending| part.contains(ending))
    };
    !rest.contains(['<', '>', '|', '*', '?', '"'])
        && !rest.chars().any(char::is_control)
        // A colon names a stream of the file, and nothing else.
        && !folders.contains(':')
        && !file.contains(['$', '='])
        && !file.starts_with('\'')
        && !has_arguments(rest)
}

/// Whether a text with blanks is, in all likelihood, the path of a program and nothing
/// else.
#[must_use]
pub fn may_be_program(world: &World, caller: &Context, text: &str) -> bool {
    let text = text.trim();
    if !is_plausible(caller, text) {
        return false;
    }
    let path = full_path(caller, text);
    if there(world, &path, &endings(caller)).is_some() {
        return true;
    }
    let known = endings(caller);
    text.contains(['\\', '/'])
        && known.contains(&ending_of(&path))
        && world.presence(&path) != Presence::Absent
}

/// The scheme of an address, as `shell` of `shell:AppsFolder`; a drive is none.
#[must_use]
pub fn scheme_of(name: &str) -> Option<String> {
    let (scheme, _) = name.trim().trim_matches('"').split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && !scheme.contains('.')
        && scheme
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || "+-".contains(sign));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// Whether a file is one that is no program, and that a program opens which nobody knows
/// here: a shortcut names another file, and a document belongs to what is installed.
#[must_use]
pub fn is_document(path: &str) -> bool {
    DOCUMENTS.contains(&ending_of(path.trim().trim_matches('"')).as_str())
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
    // These are what is left of `C:\Program Files` and the like without quotes.
    if CUT_SHORT
        .iter()
        .any(|start| path.eq_ignore_ascii_case(start))
    {
        return None;
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
        .all(|sign| sign.is_alphanumeric() || "._-+()#@&~!".contains(sign));
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
