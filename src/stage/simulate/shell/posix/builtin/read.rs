//! `read` and `mapfile`.

use super::super::state::{Interpreter, Target, Value};
use super::super::unknown;
use crate::stage::simulate::world::Exhausted;

/// What was read.
enum Line {
    /// Text, and whether its end was there.
    Text(String, bool),
    /// There is something, and what is not known.
    Unknown,
    /// There is nothing more.
    End,
}

impl Interpreter<'_> {
    fn read_line(&mut self, descriptor: u32, end: Option<char>, most: Option<usize>) -> Line {
        let Some(Target::Source(at)) = self.shell.descriptors.get(&descriptor) else {
            return Line::End;
        };
        let Some(source) = self.sources.get_mut(*at) else {
            return Line::End;
        };
        let Some(text) = &source.text else {
            // It is read once, and is then at its end.
            source.text = Some(String::new());
            source.at = 0;
            return Line::Unknown;
        };
        let rest = text.get(source.at..).unwrap_or_default();
        if rest.is_empty() {
            return Line::End;
        }
        let length = end.and_then(|end| rest.find(end));
        let (mut line, has_end) = match length {
            Some(length) => (rest.get(..length).unwrap_or_default(), true),
            None => (rest, false),
        };
        let mut used = line.len() + usize::from(has_end);
        if let Some((cut, _)) = most.and_then(|most| line.char_indices().nth(most)) {
            line = line.get(..cut).unwrap_or_default();
            used = cut;
        }
        let line = line.to_owned();
        source.at += used;
        if unknown::is_known(&line) {
            Line::Text(line, has_end || most.is_some())
        } else {
            Line::Unknown
        }
    }

    pub(super) fn read(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        self.world.budget.step()?;
        let mut is_raw = false;
        let mut list = None;
        let mut descriptor = 0;
        let mut end = Some('\n');
        let mut most = None;
        let mut names: Vec<String> = Vec::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let Some(letters) = argument.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                names.push(argument.clone());
                continue;
            };
            for (at, letter) in letters.char_indices() {
                if letter == 'r' {
                    is_raw = true;
                }
                if "aduinNpt".contains(letter) {
                    let after = letters.get(at + 1..).unwrap_or_default();
                    let value = if after.is_empty() {
                        rest.next().cloned().unwrap_or_default()
                    } else {
                        after.to_owned()
                    };
                    match letter {
                        'a' => list = Some(value),
                        'd' => end = value.chars().next(),
                        'u' => descriptor = value.parse().unwrap_or(0),
                        'n' | 'N' => most = value.parse().ok(),
                        _ => {}
                    }
                    break;
                }
            }
        }
        let (line, is_whole) = match self.read_line(descriptor, end, most) {
            Line::Text(line, is_whole) => (line, is_whole),
            Line::Unknown => {
                self.end(0);
                for name in &names {
                    let value = unknown::hidden(&format!("${name}"));
                    self.set(name, value);
                }
                return Ok(());
            }
            Line::End => {
                for name in &names {
                    self.set(name, "");
                }
                self.end(1);
                return Ok(());
            }
        };
        let line = if is_raw { line } else { unescaped(&line) };
        let separators = self.variable("IFS").unwrap_or_else(|| " \t\n".to_owned());
        self.end(i32::from(!is_whole));
        if let Some(list) = list {
            let values = fields(&line, &separators, usize::MAX);
            let variable = self.shell.variables.entry(list).or_default();
            variable.value = Value::List((0..).zip(values).collect());
            return Ok(());
        }
        if names.is_empty() {
            self.set("REPLY", line);
            return Ok(());
        }
        let mut values = fields(&line, &separators, names.len()).into_iter();
        for name in &names {
            self.set(name, values.next().unwrap_or_default());
        }
        Ok(())
    }

    pub(super) fn map_file(&mut self, arguments: &[String]) {
        let strips = arguments.iter().any(|argument| argument == "-t");
        let name = arguments
            .iter()
            .rfind(|argument| !argument.starts_with('-'));
        let name = name.cloned().unwrap_or_else(|| "MAPFILE".to_owned());
        let mut lines = Vec::new();
        while lines.len() < 10_000 {
            match self.read_line(0, Some('\n'), None) {
                Line::Text(line, has_end) => {
                    let end = if has_end && !strips { "\n" } else { "" };
                    lines.push(line + end);
                }
                Line::Unknown => lines.push(unknown::hidden(&format!("${name}"))),
                Line::End => break,
            }
        }
        let variable = self.shell.variables.entry(name).or_default();
        variable.value = Value::List((0..).zip(lines).collect());
        self.end(0);
    }
}

fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        if sign == '\\' {
            out.extend(signs.next());
        } else {
            out.push(sign);
        }
    }
    out
}

/// At most so many fields of a line; the last holds all that is left.
fn fields(line: &str, separators: &str, most: usize) -> Vec<String> {
    let is_blank = |sign: char| sign.is_ascii_whitespace() && separators.contains(sign);
    let mut rest = line.trim_matches(is_blank);
    let mut values = Vec::new();
    while values.len() + 1 < most && !rest.is_empty() {
        let Some(end) = rest.find(|sign| separators.contains(sign)) else {
            break;
        };
        let (value, after) = rest.split_at(end);
        values.push(value.to_owned());
        let after = after.trim_start_matches(is_blank);
        let mut signs = after.chars();
        rest = match signs.next() {
            Some(sign) if separators.contains(sign) => signs.as_str().trim_start_matches(is_blank),
            _ => after,
        };
    }
    if !rest.is_empty() {
        values.push(rest.to_owned());
    }
    values
}
