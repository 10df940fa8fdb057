//! Placeholders of models: `{option.f}`, `{word.1}`, `{env.APPDATA}`, and others.

use super::command_line::join_windows;
use super::model::Arguments;
use super::paths::{folder_of, full_path, name_of};
use crate::stage::simulate::world::{Context, World};

/// What placeholders are filled from.
pub struct Filling<'a> {
    /// The program's process and state.
    pub context: &'a Context,
    /// What it was started with.
    pub arguments: &'a Arguments,
    /// The folder that its files are in, and its path.
    pub image: &'a str,
    /// The rest of its command line, after the program.
    pub rest: &'a str,
}

/// Fills the placeholders of a text; `None` if one stands for nothing. `{a|b}` is the
/// first that stands for something, and `'text'` in it stands for itself.
pub fn fill(world: &mut World, filling: &Filling<'_>, text: &str) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at_checked(at)?;
        filled.push_str(before);
        let after = after.strip_prefix('{')?;
        let Some((names, next)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        if names.starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '\'') {
            let value = names
                .split('|')
                .find_map(|name| value(world, filling, name))?;
            filled.push_str(&value);
            rest = next;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    world.budget.text(filled.len()).ok()?;
    Some(filled)
}

/// Fills the environment variables of a path.
pub fn of_context(world: &World, context: &Context, text: &str) -> Option<String> {
    let mut filled = text.to_owned();
    for _ in 0..4 {
        let Some(start) = filled.find("{env.") else {
            break;
        };
        let end = filled.get(start..)?.find('}')? + start;
        let name = filled.get(start + 5..end)?;
        let value = context.environment.get(name).map_or_else(
            || usual_variable(world, name),
            |value| Some(value.to_owned()),
        )?;
        filled.replace_range(start..=end, &value);
    }
    Some(filled)
}

fn usual_variable(world: &World, name: &str) -> Option<String> {
    let user = &world.profile.host.as_ref()?.user.name;
    let home = format!(r"C:\Users\{user}");
    Some(match name.to_ascii_uppercase().as_str() {
        "USERPROFILE" => home,
        "APPDATA" => format!(r"{home}\AppData\Roaming"),
        "LOCALAPPDATA" => format!(r"{home}\AppData\Local"),
        "TEMP" | "TMP" => format!(r"{home}\AppData\Local\Temp"),
        "PROGRAMDATA" => r"C:\ProgramData".to_owned(),
        "PROGRAMFILES" => r"C:\Program Files".to_owned(),
        "PROGRAMFILES(X86)" => r"C:\Program Files (x86)".to_owned(),
        "SYSTEMROOT" | "WINDIR" => r"C:\Windows".to_owned(),
        "PUBLIC" => r"C:\Users\Public".to_owned(),
        _ => return None,
    })
}

fn value(world: &mut World, filling: &Filling<'_>, name: &str) -> Option<String> {
    let name = name.trim();
    if let Some(text) = name.strip_prefix('\'') {
        return Some(text.trim_end_matches('\'').to_owned());
    }
    let (name, form) = name.split_once(':').unwrap_or((name, ""));
    let text = plain_value(world, filling, name)?;
    match form {
        "" => Some(text),
        "path" => (!text.is_empty()).then(|| full_path(filling.context, &text)),
        "name" => Some(name_of(&text).to_owned()),
        "folder" => Some(folder_of(&text).to_owned()),
        // The name in a web address, without what follows a question mark.
        "url-name" => {
            let path = text.split(['?', '#']).next().unwrap_or(&text);
            let name = name_of(path);
            (!name.is_empty()).then(|| name.to_owned())
        }
        "host" => super::builtin::host_of(&text),
        // The host in `user@host`.
        "after-at" => text.rsplit('@').next().map(str::to_owned),
        "lower" => Some(text.to_lowercase()),
        _ => None,
    }
}

fn plain_value(world: &mut World, filling: &Filling<'_>, name: &str) -> Option<String> {
    let (group, item) = name.split_once('.').unwrap_or((name, ""));
    let number = || item.parse::<usize>().ok().and_then(|at| at.checked_sub(1));
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match group {
        "image" => filled(filling.image),
        "folder" => filled(folder_of(filling.image)),
        "arguments" => Some(filling.rest.trim_start().to_owned()),
        "rest" => Some(filling.rest.to_owned()),
        "directory" => filled(&filling.context.directory),
        "option" => filled(filling.arguments.option(item)?),
        "word" => filled(filling.arguments.word(number()?)?),
        "last-word" => filled(&filling.arguments.words.last()?.1),
        "from" => Some(join_windows(filling.arguments.from_word(number()?)?)),
        "env" => of_context(world, filling.context, &format!("{{env.{item}}}")),
        "host" => {
            let host = world.profile.host.as_ref()?;
            match item {
                "name" => filled(&host.name),
                "domain" => filled(&host.domain),
                "os" => filled(&host.os),
                "build" => filled(&host.build),
                "address" => Some(host.address.to_string()),
                _ => None,
            }
        }
        "user" => {
            let account = &filling.context.process.account;
            match item {
                "name" => filled(&account.name),
                "domain" => filled(&account.domain),
                "sid" => filled(&account.sid),
                "qualified" => Some(account.qualified().to_lowercase()),
                _ => None,
            }
        }
        "random" => {
            let digits = item.trim_start_matches(char::is_alphabetic);
            let count = digits.parse::<usize>().unwrap_or(8).min(64);
            match item.trim_end_matches(char::is_numeric) {
                "hex" => Some(world.numbers.hex(count)),
                "alnum" => Some(
                    world
                        .numbers
                        .pick(count, b"abcdefghijklmnopqrstuvwxyz012345"),
                ),
                "guid" => Some(world.numbers.guid()),
                _ => None,
            }
        }
        _ => None,
    }
}
