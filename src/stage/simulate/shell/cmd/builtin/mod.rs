//! The commands that the shell carries out itself: no process is started for them.

mod copying;
mod files;
mod flow;
mod folders;
mod starting;
mod variables;

use super::parse::is_separator;
use super::session::{Done, Session};
use super::words;
use crate::activity::RegistryData;
use crate::stage::simulate::world::{Environment, Exhausted, World};

/// Every built-in command.
const NAMES: &[&str] = &[
    "assoc", "break", "call", "cd", "chdir", "cls", "color", "copy", "date", "del", "dir", "dpath",
    "echo", "endlocal", "erase", "exit", "ftype", "goto", "keys", "md", "mkdir", "mklink", "move",
    "path", "pause", "popd", "prompt", "pushd", "rd", "ren", "rename", "rmdir", "set", "setlocal",
    "shift", "start", "time", "title", "type", "ver", "verify", "vol",
];

/// Those that a backslash may touch, as `cd\`.
const BEFORE_PATHS: &[&str] = &[
    "cd", "chdir", "md", "mkdir", "rd", "rmdir", "dir", "pushd", "del", "erase", "type", "copy",
    "echo",
];

/// The built-in command that a first word names, and what of the word is already an
/// argument: `cd` and `..` of `cd..`.
pub(super) fn split(word: &str) -> Option<(&'static str, String)> {
    let end = word
        .find(|sign: char| !sign.is_ascii_alphabetic())
        .unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    let name = *NAMES
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name))?;
    let touches = match rest.chars().next() {
        None | Some('/' | ',' | ';' | '=' | '+' | '[' | ']') => true,
        Some('"') => name != "start",
        Some('\\') => BEFORE_PATHS.contains(&name),
        Some('.') => {
            let ending = rest.to_ascii_lowercase();
            let is_file = [".exe", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js"];
            BEFORE_PATHS.contains(&name) && !is_file.contains(&ending.as_str())
        }
        Some(':' | '(') => name == "echo" || name == "goto" || name == "call",
        Some(sign) => is_separator(sign),
    };
    touches.then(|| (name, rest.to_owned()))
}

/// The path of the shell as it is written on the command lines of its children.
pub(super) fn shell(environment: &Environment) -> String {
    let path = environment.get("ComSpec").unwrap_or_default();
    if path.is_empty() {
        r"C:\Windows\system32\cmd.exe".to_owned()
    } else {
        path.to_owned()
    }
}

/// The path of the shell's program as the system records it.
pub(super) fn shell_image(environment: &Environment) -> String {
    let path = shell(environment);
    if path.eq_ignore_ascii_case(r"C:\Windows\system32\cmd.exe") {
        r"C:\Windows\System32\cmd.exe".to_owned()
    } else {
        path
    }
}

fn local_time(world: &World, format: &str) -> String {
    let zone = world.profile.host.as_ref().map(|host| &host.time_zone);
    let zone = zone.and_then(|name| jiff::tz::TimeZone::get(name).ok());
    let now = world
        .now()
        .to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC));
    now.strftime(format).to_string()
}

/// `%DATE%`, as it is written where English of the United States is set.
pub(super) fn date(world: &World) -> String {
    local_time(world, "%a %m/%d/%Y")
}

/// `%TIME%`, with a blank before an hour of one digit.
pub(super) fn time(world: &World) -> String {
    let hundredths = world.now().subsec_nanosecond() / 10_000_000;
    format!("{}.{hundredths:02}", local_time(world, "%k:%M:%S"))
}

impl Session<'_> {
    /// Carries out a built-in command. Those that only look or set something leave the
    /// error level as it is if they succeed.
    pub fn builtin(&mut self, name: &str, arguments: &str) -> Result<Done, Exhausted> {
        if words::words(arguments).iter().any(|word| word == "/?") {
            return Ok(Done::said_something());
        }
        let done = match name {
            "call" => return self.call(arguments),
            "exit" => return Ok(self.exit(arguments)),
            "goto" => return self.goto(arguments),
            "start" => return self.start_apart(arguments),
            "shift" => self.shift(arguments),
            "setlocal" => self.set_local(arguments),
            "endlocal" => self.end_local(),
            "set" => self.set(arguments),
            "path" => self.set_path(arguments),
            "echo" => self.echo(arguments),
            "type" => self.type_files(arguments)?,
            "copy" => self.copy(arguments)?,
            "move" => self.move_files(arguments)?,
            "ren" | "rename" => self.rename(arguments)?,
            "del" | "erase" => self.delete(arguments)?,
            "mklink" => self.link(arguments),
            "md" | "mkdir" => self.make_folders(arguments),
            "rd" | "rmdir" => self.remove_folders(arguments)?,
            "cd" | "chdir" => self.change_folder(arguments),
            "pushd" => self.push_folder(arguments),
            "popd" => self.pop_folder(),
            "assoc" => self.associate(arguments, Associated::Ending),
            "ftype" => self.associate(arguments, Associated::Class),
            "date" | "time" => self.clock(name, arguments),
            "dir" | "ver" | "vol" | "verify" => Done::said_something(),
            "pause" => Done::said("Press any key to continue . . . \r\n"),
            _ => Done::well(),
        };
        let keeps_level = matches!(
            name,
            "set"
                | "path"
                | "echo"
                | "cd"
                | "chdir"
                | "pushd"
                | "popd"
                | "setlocal"
                | "endlocal"
                | "shift"
                | "assoc"
                | "ftype"
                | "title"
                | "prompt"
                | "color"
                | "cls"
                | "break"
        );
        match done.code {
            Some(0) if keeps_level => {}
            Some(code) => self.error_level = code,
            None => {}
        }
        Ok(done)
    }

    fn echo(&mut self, arguments: &str) -> Done {
        match arguments.trim().to_ascii_lowercase().as_str() {
            "off" => {
                self.echoes = false;
                return Done::well();
            }
            "on" => {
                self.echoes = true;
                return Done::well();
            }
            "" if arguments.trim_start_matches(is_separator).is_empty() => {
                return Done::said(if self.echoes {
                    "ECHO is on.\r\n"
                } else {
                    "ECHO is off.\r\n"
                });
            }
            _ => {}
        }
        let mut signs = arguments.chars();
        // The sign that ends the name is no part of the text.
        signs.next();
        Done::said(format!("{}\r\n", signs.as_str()))
    }

    fn clock(&mut self, name: &str, arguments: &str) -> Done {
        let (switches, operands) = words::switches(arguments);
        if switches.iter().any(|switch| switch == "t") {
            return Done::said(match name {
                "date" => format!("{}\r\n", date(self.world)),
                _ => format!("{}\r\n", local_time(self.world, "%I:%M %p")),
            });
        }
        if operands.is_empty() && self.input.is_none() {
            self.world
                .assume(format!("nothing is typed when `{name}` asks"));
        }
        Done::said_something()
    }

    /// `assoc .x=class` and `ftype class=command`, which are kept in the registry.
    fn associate(&mut self, arguments: &str, what: Associated) -> Done {
        let Some((left, right)) = arguments.trim().split_once('=') else {
            return Done::said_something();
        };
        let key = match what {
            Associated::Ending => format!(r"HKLM\SOFTWARE\Classes\{}", left.trim()),
            Associated::Class => {
                format!(r"HKLM\SOFTWARE\Classes\{}\Shell\Open\Command", left.trim())
            }
        };
        let process = self.context.process.clone();
        let right = right.trim();
        if right.is_empty() {
            self.world.delete_key(&process, &key);
        } else {
            let data = match what {
                Associated::Ending => RegistryData::Text(right.to_owned()),
                Associated::Class => RegistryData::ExpandText(right.to_owned()),
            };
            self.world.set_value(&process, &key, "", data);
        }
        Done::said(format!("{}={right}\r\n", left.trim()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Associated {
    Ending,
    Class,
}
