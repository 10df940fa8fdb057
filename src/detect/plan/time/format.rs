//! Times as text.

use jiff::Zoned;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::zoned;

/// The variables that mean the same everywhere.
const COMMON: &str = "aAbBCdeFgGhHIjklmMnpPRStTuUVwWyYZzD";

/// A time as text; variables that are none are left as they are. `None` beyond the range
/// of the calendar.
///
/// Source: Splunk, "Date and time format variables".
#[must_use]
pub fn format(seconds: f64, format: &str, zone: &TimeZone) -> Option<String> {
    let time = zoned(seconds, zone)?;
    let mut out = String::with_capacity(format.len() * 2);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (before, variable) = rest.split_at_checked(at)?;
        out.push_str(before);
        let length = variable_length(variable);
        let (variable, after) = variable.split_at_checked(length)?;
        out.push_str(&written(variable, &time));
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// How many bytes a variable has that begins a text.
fn variable_length(text: &str) -> usize {
    let marks = text.char_indices().skip(1).find(|(_, character)| {
        !(matches!(character, ':' | '-' | '_' | '^' | 'E') || character.is_ascii_digit())
    });
    marks.map_or(text.len(), |(at, last)| at + last.len_utf8())
}

fn written(variable: &str, time: &Zoned) -> String {
    let with = |spec: &str| strtime::format(spec, time).unwrap_or_default();
    match variable {
        "%%" => "%".to_owned(),
        "%s" => time.timestamp().as_second().to_string(),
        "%f" => fraction(time, 6),
        "%N" => fraction(time, 9),
        "%Q" => fraction(time, 3),
        "%+" => with("%a %b %e %H:%M:%S %Z %Y"),
        "%c" => with("%a %b %e %H:%M:%S %Y"),
        "%x" => with("%-m/%-d/%Y"),
        "%X" => with("%-H:%M:%S"),
        "%v" => with("%e-%b-%Y"),
        "%Ez" => (time.offset().seconds() / 60).to_string(),
        "%:z" | "%::z" | "%:::z" => with(variable),
        _ => {
            let mut characters = variable.chars().skip(1);
            match (characters.next(), characters.next(), characters.next()) {
                (Some(digit), Some('N' | 'Q'), None) if digit.is_ascii_digit() => {
                    fraction(time, digit.to_digit(10).unwrap_or(9) as usize)
                }
                (Some(letter), None, None) if COMMON.contains(letter) => with(variable),
                (Some('-' | '_' | '^'), Some(letter), None) if COMMON.contains(letter) => {
                    with(variable)
                }
                _ => variable.to_owned(),
            }
        }
    }
}

fn fraction(time: &Zoned, digits: usize) -> String {
    let nanos = format!("{:09}", time.subsec_nanosecond());
    nanos.chars().take(digits.clamp(1, 9)).collect()
}
