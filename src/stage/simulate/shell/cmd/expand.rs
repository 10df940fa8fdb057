//! Variables in texts: `%NAME%`, `%1`, `!NAME!`, and the variables of `for`.

use super::Source;
use super::path;

/// The longest that a line may grow to, in bytes: what a command line of Windows
/// may have (`CreateProcessW`).
pub(super) const LONGEST_LINE: usize = 32_767;

/// Where the values of variables come from.
pub(super) trait Values {
    /// The value of an environment variable or of one that the shell makes up.
    fn value(&mut self, name: &str) -> Option<String>;
    /// The arguments of the batch file, its own name first; none on a command line.
    fn arguments(&self) -> &[String];
    /// The folder that relative paths begin at.
    fn directory(&self) -> String;
}

/// Expands percent signs, which is done before a line is read as commands.
///
/// A variable that is not defined vanishes in a batch file, and stays as it is
/// written on a command line.
pub(super) fn percent(text: &str, source: Source, values: &mut impl Values) -> Option<String> {
    let signs: Vec<char> = text.chars().collect();
    let mut expanded = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(sign) = signs.get(at).copied() {
        if expanded.len() > LONGEST_LINE {
            return None;
        }
        if sign != '%' {
            expanded.push(sign);
            at += 1;
            continue;
        }
        if source == Source::Batch {
            if signs.get(at + 1) == Some(&'%') {
                expanded.push('%');
                at += 2;
                continue;
            }
            if let Some((value, length)) = argument(signs.get(at + 1..).unwrap_or(&[]), values) {
                expanded.push_str(&value);
                at += 1 + length;
                continue;
            }
        }
        let rest = signs.get(at + 1..).unwrap_or(&[]);
        match (variable(rest, '%', values), source) {
            (Found::Value(value, length), _) => {
                expanded.push_str(&value);
                at += 1 + length;
            }
            (Found::Undefined(length), Source::Batch) => at += 1 + length,
            (Found::Open, Source::Batch) => at += 1,
            (_, Source::CommandLine) => {
                expanded.push('%');
                at += 1;
            }
        }
    }
    (expanded.len() <= LONGEST_LINE).then_some(expanded)
}

/// Expands `!NAME!`, which is done after a line is read. Where there is an
/// exclamation mark, carets escape once more.
pub(super) fn delayed(text: &str, values: &mut impl Values) -> String {
    if !text.contains('!') {
        return text.to_owned();
    }
    let signs: Vec<char> = text.chars().collect();
    let mut expanded = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(sign) = signs.get(at).copied() {
        at += 1;
        match sign {
            '^' => {
                expanded.extend(signs.get(at));
                at += 1;
            }
            '!' => match variable(signs.get(at..).unwrap_or(&[]), '!', values) {
                Found::Value(value, length) => {
                    expanded.push_str(&value);
                    at += length;
                }
                Found::Undefined(length) => at += length,
                Found::Open => {}
            },
            _ => expanded.push(sign),
        }
        if expanded.len() > LONGEST_LINE {
            break;
        }
    }
    expanded
}

/// Expands the variables of `for` that are set.
pub(super) fn repeated(text: &str, variables: &[(char, String)], directory: &str) -> String {
    if variables.is_empty() || !text.contains('%') {
        return text.to_owned();
    }
    let signs: Vec<char> = text.chars().collect();
    let value_of = |name: &char| {
        let mut known = variables.iter().rev();
        known.find(|(known, _)| known == name)
    };
    let mut expanded = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(sign) = signs.get(at).copied() {
        at += 1;
        if sign != '%' || expanded.len() > LONGEST_LINE {
            expanded.push(sign);
            continue;
        }
        if let Some((_, value)) = signs.get(at).and_then(value_of) {
            expanded.push_str(value);
            at += 1;
            continue;
        }
        if signs.get(at) == Some(&'~') {
            // The longest run of letters that are parts of a path, whose last may be
            // the variable itself.
            let parts = signs.get(at + 1..).unwrap_or(&[]);
            let run = parts.iter().take_while(|sign| is_part(**sign)).count();
            let found = (0..=run).rev().find_map(|length| {
                let (_, value) = parts.get(length).and_then(value_of)?;
                Some((length, value))
            });
            if let Some((length, value)) = found {
                let letters: String = parts.iter().take(length).collect();
                expanded.push_str(&path::parts(value, &letters, directory));
                at += 2 + length;
                continue;
            }
        }
        expanded.push('%');
    }
    expanded
}

fn is_part(sign: char) -> bool {
    "fdpnxsatz".contains(sign.to_ascii_lowercase())
}

/// An argument of a batch file, as `1`, `*`, or `~dp0`, and how many signs name it.
fn argument(rest: &[char], values: &impl Values) -> Option<(String, usize)> {
    let arguments = values.arguments();
    let of = |digit: char| {
        let place = digit.to_digit(10)? as usize;
        Some(arguments.get(place).cloned().unwrap_or_default())
    };
    match rest.first()? {
        '*' => {
            let all = arguments.get(1..).unwrap_or(&[]).join(" ");
            Some((all, 1))
        }
        digit @ '0'..='9' => Some((of(*digit)?, 1)),
        '~' => {
            let parts = rest.get(1..)?;
            let length = parts.iter().take_while(|sign| is_part(**sign)).count();
            let value = of(*parts.get(length)?)?;
            let letters: String = parts.iter().take(length).collect();
            Some((
                path::parts(&value, &letters, &values.directory()),
                2 + length,
            ))
        }
        _ => None,
    }
}

enum Found {
    /// Its value, and how many signs name it, with the one that closes it.
    Value(String, usize),
    /// It is not defined; how many signs are to be passed over.
    Undefined(usize),
    /// Nothing closes it.
    Open,
}

/// A variable that begins behind its opening sign.
fn variable(rest: &[char], sign: char, values: &mut impl Values) -> Found {
    let Some(end) = rest.iter().position(|here| *here == sign) else {
        return Found::Open;
    };
    let whole: String = rest.iter().take(end).collect();
    if whole.is_empty() {
        return Found::Open;
    }
    if let Some(value) = values.value(&whole) {
        return Found::Value(value, end + 1);
    }
    let Some((name, change)) = whole.split_once(':') else {
        return Found::Undefined(end + 1);
    };
    match values.value(name) {
        Some(value) => Found::Value(changed(&value, change), end + 1),
        // Only the name is gone then, and what follows the colon stays.
        None => Found::Undefined(name.chars().count() + 1),
    }
}

/// A value changed as `~2,3` or `old=new` says.
fn changed(value: &str, change: &str) -> String {
    if let Some(range) = change.strip_prefix('~') {
        return part_of(value, range);
    }
    let Some((old, new)) = change.split_once('=') else {
        return value.to_owned();
    };
    let up_to = old.strip_prefix('*').filter(|old| !old.is_empty());
    match up_to {
        Some(old) => match find_ignoring_case(value, old) {
            Some(at) => format!("{new}{}", value.get(at + old.len()..).unwrap_or_default()),
            None => value.to_owned(),
        },
        None => replaced(value, old, new),
    }
}

fn find_ignoring_case(value: &str, wanted: &str) -> Option<usize> {
    value
        .to_ascii_lowercase()
        .find(&wanted.to_ascii_lowercase())
}

fn replaced(value: &str, old: &str, new: &str) -> String {
    if old.is_empty() {
        return value.to_owned();
    }
    let mut changed = String::new();
    let mut rest = value;
    while let Some(at) = find_ignoring_case(rest, old) {
        changed.push_str(rest.get(..at).unwrap_or_default());
        changed.push_str(new);
        rest = rest.get(at + old.len()..).unwrap_or_default();
        if changed.len() > LONGEST_LINE {
            break;
        }
    }
    changed + rest
}

/// The part of a value that `start,length` names; negative numbers count from its end.
fn part_of(value: &str, range: &str) -> String {
    let (start, length) = range.split_once(',').unwrap_or((range, ""));
    let signs: Vec<char> = value.chars().collect();
    let count = i64::try_from(signs.len()).unwrap_or(i64::MAX);
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let from_end = |at: i64| if at < 0 { count.saturating_add(at) } else { at };
    let start = from_end(number(start).unwrap_or(0)).clamp(0, count);
    let end = match number(length) {
        Some(length) if length < 0 => count.saturating_add(length),
        Some(length) => start.saturating_add(length),
        None => count,
    };
    let end = end.clamp(start, count);
    signs
        .iter()
        .skip(usize::try_from(start).unwrap_or(0))
        .take(usize::try_from(end - start).unwrap_or(0))
        .collect()
}
