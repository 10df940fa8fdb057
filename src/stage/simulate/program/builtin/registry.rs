//! `reg.exe`: keys and values.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::paths::full_path;
use crate::activity::{Process, RegistryData};
use crate::stage::simulate::world::{
    CommandOutcome, Content, Exhausted, Finished, Presence, World,
};

/// What a value holds by the name of its type and its text; multiple texts are parted
/// by `separator`. What is no number where one is asked for is 0.
#[must_use]
pub fn data(kind: &str, text: &str, separator: &str) -> RegistryData {
    match kind.trim().to_ascii_uppercase().as_str() {
        "REG_EXPAND_SZ" | "EXPANDSTRING" => RegistryData::ExpandText(text.to_owned()),
        "REG_MULTI_SZ" | "MULTISTRING" => RegistryData::Texts(
            text.split(separator)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        "REG_DWORD" | "REG_DWORD_LITTLE_ENDIAN" | "REG_DWORD_BIG_ENDIAN" | "DWORD" => {
            RegistryData::Dword(u32::try_from(number(text) & 0xffff_ffff).unwrap_or(0))
        }
        "REG_QWORD" | "QWORD" => RegistryData::Qword(number(text)),
        "REG_BINARY" | "REG_NONE" | "BINARY" | "NONE" => RegistryData::Binary(bytes(text)),
        _ => RegistryData::Text(text.to_owned()),
    }
}

fn number(text: &str) -> u64 {
    let text = text.trim();
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = match hex {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    number.unwrap_or(0)
}

/// Bytes from hexadecimal digits, with or without commas between them.
fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter_map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect()
}

/// The key that a command names, as the kernel knows it.
fn key_of(world: &World, running: &Running<'_>) -> Option<String> {
    let key = running.arguments.word(1)?;
    world.registry_key(&running.context.process, key)
}

/// The value that a command names: none, or its name, which is empty for the default.
fn value_of(running: &Running<'_>) -> Option<String> {
    let arguments = &running.arguments;
    match arguments.option("v") {
        Some(name) => Some(name.to_owned()),
        None if arguments.has("ve") => Some(String::new()),
        None => None,
    }
}

/// `reg add`.
pub fn add(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let Some(key) = key_of(world, running) else {
        return Ok(Some(Finished::with(1)));
    };
    let process = &running.context.process;
    let arguments = &running.arguments;
    let text = arguments.option("d");
    let name = value_of(running).or_else(|| text.map(|_| String::new()));
    match name {
        None => world.create_key(process, &key),
        Some(name) => {
            let kind = arguments.option("t").unwrap_or("REG_SZ");
            let separator = arguments.option("s").unwrap_or(r"\0");
            let separator = if separator.is_empty() {
                r"\0"
            } else {
                separator
            };
            let data = data(kind, text.unwrap_or_default(), separator);
            world.set_value(process, &key, &name, data);
        }
    }
    Ok(Some(done()))
}

fn done() -> Finished {
    Finished::said("The operation completed successfully.\r\n")
}

/// `reg delete`.
pub fn delete(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let Some(key) = key_of(world, running) else {
        return Ok(Some(Finished::with(1)));
    };
    let process = &running.context.process;
    let was_there = match value_of(running) {
        Some(name) => world.delete_value(process, &key, &name),
        None if running.arguments.has("va") => {
            world.note_outcome(CommandOutcome::NotInterpreted {
                because: "which values the key holds is not known".to_owned(),
            });
            true
        }
        None => world.delete_key(process, &key),
    };
    Ok(Some(if was_there { done() } else { Finished::with(1) }))
}

/// `reg query`: fails where a key or value is known not to be there.
pub fn query(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let Some(key) = key_of(world, running) else {
        return Ok(Some(Finished::with(1)));
    };
    let is_gone = match value_of(running) {
        Some(name) => matches!(world.registry_value(&key, &name), Some(None)),
        None => false,
    };
    let finished = match world.key_presence(&key) {
        Presence::Absent => Finished::with(1),
        _ if is_gone => Finished::with(1),
        Presence::There => Finished::well(),
        Presence::Unknown => {
            world.assume(format!("{key} is there"));
            Finished::well()
        }
    };
    Ok(Some(finished))
}

/// `reg import` and `regedit /s`.
pub fn import_file(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    let Some((_, file)) = running.arguments.words.last() else {
        return Ok(None);
    };
    let path = full_path(running.context, file);
    let Content::Text(text) = world.content(&path) else {
        world.note_outcome(CommandOutcome::NotInterpreted {
            because: format!("what {path} holds is not known"),
        });
        return Ok(Some(Finished::well()));
    };
    import(world, &running.context.process, &text);
    Ok(Some(done()))
}

/// Carries out a registration file (`Windows Registry Editor Version 5.00`).
pub fn import(world: &mut World, process: &Arc<Process>, text: &str) {
    // A line that ends with a backslash goes on.
    let text = text.replace("\\\r\n", "").replace("\\\n", "");
    let mut key = None;
    for line in text.lines().map(str::trim) {
        if let Some(inside) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            if let Some(gone) = inside.strip_prefix('-') {
                key = None;
                if let Some(gone) = world.registry_key(process, gone) {
                    world.delete_key(process, &gone);
                }
            } else {
                key = world.registry_key(process, inside);
                if let Some(key) = &key {
                    world.create_key(process, key);
                }
            }
        } else if let (Some(key), Some((name, value))) = (&key, named_value(line)) {
            if value == "-" {
                world.delete_value(process, key, &name);
            } else if let Some(data) = written_data(value) {
                world.set_value(process, key, &name, data);
            }
        }
    }
}

/// The name of a value, unescaped, and what is written for it.
fn named_value(line: &str) -> Option<(String, &str)> {
    if let Some(value) = line.strip_prefix("@=") {
        return Some((String::new(), value.trim()));
    }
    let (name, rest) = quoted(line)?;
    Some((name, rest.trim_start().strip_prefix('=')?.trim()))
}

/// The text between quotation marks, in which a backslash escapes, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut content = String::new();
    let mut signs = inside.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((content, inside.get(at + 1..).unwrap_or_default())),
            '\\' => content.extend(signs.next().map(|(_, escaped)| escaped)),
            _ => content.push(sign),
        }
    }
    None
}

fn written_data(value: &str) -> Option<RegistryData> {
    if value.starts_with('"') {
        return quoted(value).map(|(text, _)| RegistryData::Text(text));
    }
    let (kind, rest) = value.split_once(':')?;
    Some(match kind.to_ascii_lowercase().as_str() {
        "dword" => RegistryData::Dword(u32::from_str_radix(rest.trim(), 16).ok()?),
        "hex(2)" => RegistryData::ExpandText(wide_text(rest).trim_end_matches('\0').to_owned()),
        "hex(1)" => RegistryData::Text(wide_text(rest).trim_end_matches('\0').to_owned()),
        "hex(7)" => RegistryData::Texts(
            wide_text(rest)
                .split('\0')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        "hex(b)" => {
            let bytes = bytes(rest);
            RegistryData::Qword(u64::from_le_bytes(bytes.try_into().ok()?))
        }
        kind if kind.starts_with("hex") => RegistryData::Binary(bytes(rest)),
        _ => return None,
    })
}

fn wide_text(text: &str) -> String {
    let units: Vec<u16> = bytes(text)
        .chunks_exact(2)
        .filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)))
        .collect();
    String::from_utf16_lossy(&units)
}
