//! Times from text.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::{seconds_of, zoned};

/// The time that a text is, in seconds since the epoch; `None` if it does not begin as the
/// format says.
///
/// What the format leaves out is that of `today` for the date, and the start of the day
/// for the clock.
///
/// Source: Splunk, "Date and time format variables".
#[must_use]
pub fn parse(text: &str, format: &str, zone: &TimeZone, today: f64) -> Option<f64> {
    let mut reader = Reader {
        rest: text.trim_start(),
        parts: Parts::default(),
    };
    let mut characters = format.trim_start().chars();
    while let Some(character) = characters.next() {
        match character {
            '%' => {
                let mut variable = characters.next()?;
                while matches!(variable, ':' | 'E' | '-' | '_' | '0'..='9') {
                    variable = characters.next()?;
                }
                reader.variable(variable, 0)?;
            }
            blank if blank.is_whitespace() => reader.rest = reader.rest.trim_start(),
            literal => reader.rest = reader.rest.strip_prefix(literal)?,
        }
    }
    // Seconds since the epoch may have a fraction that the format does not tell of.
    if reader.parts.epoch.is_some()
        && let Some(fraction) = reader.rest.strip_prefix('.')
    {
        reader.rest = fraction;
        reader.parts.nanosecond = reader.fraction().unwrap_or_default();
    }
    reader.parts.time(zone, today)
}

#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i16>,
    hour: Option<i8>,
    is_afternoon: Option<bool>,
    minute: i8,
    second: i8,
    nanosecond: i32,
    offset: Option<i32>,
    epoch: Option<f64>,
}

struct Reader<'t> {
    rest: &'t str,
    parts: Parts,
}

/// Variables that stand for others.
const SHORT: &[(char, &str)] = &[
    ('T', "H:M:S"),
    ('X', "H:M:S"),
    ('R', "H:M"),
    ('F', "Y-m-d"),
    ('D', "m/d/y"),
    ('x', "m/d/Y"),
    ('v', "e-b-Y"),
    ('c', "a b e T Y"),
    ('+', "a b e T Z Y"),
];

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const DAYS: &[&str] = &[
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

/// Abbreviations of time zones, and their minutes east of Greenwich.
const ZONES: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("IST", 330),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
];

impl Reader<'_> {
    fn variable(&mut self, variable: char, depth: u8) -> Option<()> {
        if let Some((_, longer)) = SHORT.iter().find(|(short, _)| *short == variable) {
            if depth > 1 {
                return None;
            }
            for character in longer.chars() {
                match character {
                    ' ' => self.rest = self.rest.trim_start(),
                    ':' | '-' | '/' => self.rest = self.rest.strip_prefix(character)?,
                    variable => self.variable(variable, depth + 1)?,
                }
            }
            return Some(());
        }
        match variable {
            '%' => self.rest = self.rest.strip_prefix('%')?,
            'n' | 't' => self.rest = self.rest.trim_start(),
            'Y' | 'G' => self.parts.year = Some(self.number(4)?),
            'y' | 'g' => {
                let year: i16 = self.number(2)?;
                self.parts.year = Some(year + if year < 69 { 2000 } else { 1900 });
            }
            'm' => self.parts.month = Some(self.number(2)?),
            'd' | 'e' => self.parts.day = Some(self.number(2)?),
            'j' => self.parts.day_of_year = Some(self.number(3)?),
            'H' | 'I' | 'k' | 'l' => self.parts.hour = Some(self.number(2)?),
            'M' => self.parts.minute = self.number(2)?,
            // Leap seconds are the last one of their minute.
            'S' => self.parts.second = self.number::<i8>(2)?.min(59),
            'f' | 'N' | 'Q' => self.parts.nanosecond = self.fraction()?,
            'p' | 'P' => {
                let place = self.word(&["am", "pm"], 2)?;
                self.parts.is_afternoon = Some(place == 1);
            }
            'b' | 'B' | 'h' => {
                self.parts.month = i8::try_from(self.word(MONTHS, 3)? + 1).ok();
            }
            'a' | 'A' => {
                self.word(DAYS, 3)?;
            }
            'u' | 'w' => {
                self.number::<i8>(1)?;
            }
            'U' | 'V' | 'W' => {
                self.number::<i8>(2)?;
            }
            's' => self.parts.epoch = Some(self.epoch()?),
            'z' | 'Z' => self.parts.offset = Some(self.offset()?),
            _ => return None,
        }
        Some(())
    }

    fn digits(&mut self, most: usize) -> Option<&str> {
        let count = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let (digits, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        (!digits.is_empty()).then_some(digits)
    }

    fn number<N: std::str::FromStr>(&mut self, most: usize) -> Option<N> {
        self.rest = self.rest.trim_start_matches(' ');
        self.digits(most)?.parse().ok()
    }

    fn fraction(&mut self) -> Option<i32> {
        let digits = self.digits(32)?;
        let nanos: String = digits.chars().chain("000000000".chars()).take(9).collect();
        nanos.parse().ok()
    }

    /// Whole seconds since the epoch.
    fn epoch(&mut self) -> Option<f64> {
        let after = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let sign = if after.len() < self.rest.len() {
            -1.0
        } else {
            1.0
        };
        self.rest = after;
        let seconds: f64 = self.digits(18)?.parse().ok()?;
        Some(sign * seconds)
    }

    /// The place of the word that comes next among some, whole or cut to so many letters.
    fn word(&mut self, words: &[&str], short: usize) -> Option<usize> {
        let starts = |word: &str| {
            self.rest
                .get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let (place, length) = words.iter().enumerate().find_map(|(place, word)| {
            let cut = word.get(..short)?;
            let fit = [*word, cut].into_iter().find(|form| starts(form))?;
            Some((place, fit.len()))
        })?;
        self.rest = self.rest.get(length..)?;
        Some(place)
    }

    /// Seconds east of Greenwich: `+0200`, `-05:00`, `Z`, or an abbreviation.
    fn offset(&mut self) -> Option<i32> {
        self.rest = self.rest.trim_start_matches(' ');
        let sign = match self.rest.bytes().next()? {
            b'+' => 1,
            b'-' => -1,
            _ => {
                let end = self
                    .rest
                    .bytes()
                    .take_while(u8::is_ascii_alphabetic)
                    .count();
                let (word, rest) = self.rest.split_at_checked(end)?;
                let (_, minutes) = ZONES
                    .iter()
                    .find(|(known, _)| known.eq_ignore_ascii_case(word))?;
                self.rest = rest;
                return Some(minutes * 60);
            }
        };
        self.rest = self.rest.get(1..)?;
        let hours: i32 = self.digits(2)?.parse().ok()?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let minutes: i32 = self.digits(2).unwrap_or("0").parse().ok()?;
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

impl Parts {
    fn time(&self, zone: &TimeZone, today: f64) -> Option<f64> {
        if let Some(epoch) = self.epoch {
            return Some(epoch + f64::from(self.nanosecond) / 1e9);
        }
        let hour = match (self.hour, self.is_afternoon) {
            (Some(hour), None) => hour,
            (Some(hour), Some(_)) if !(1..=12).contains(&hour) => return None,
            (Some(hour), Some(is_afternoon)) => hour % 12 + if is_afternoon { 12 } else { 0 },
            (None, _) => 0,
        };
        let clock = Time::new(hour, self.minute, self.second, self.nanosecond).ok()?;
        let civil = DateTime::from_parts(self.date(zone, today)?, clock);
        let time: Timestamp = match self.offset {
            Some(offset) => Offset::from_seconds(offset)
                .ok()?
                .to_timestamp(civil)
                .ok()?,
            None => civil.to_zoned(zone.clone()).ok()?.timestamp(),
        };
        Some(seconds_of(time))
    }

    fn date(&self, zone: &TimeZone, today: f64) -> Option<Date> {
        let now = zoned(today, zone).map_or(jiff::civil::date(1970, 1, 1), |now| now.date());
        let year = self.year.unwrap_or(now.year());
        if let Some(day) = self.day_of_year {
            let first = Date::new(year, 1, 1).ok()?;
            return first.checked_add(i64::from(day - 1).days()).ok();
        }
        let is_dated = self.year.is_some() || self.month.is_some();
        let month = match self.month {
            Some(month) => month,
            None if self.year.is_some() => 1,
            None => now.month(),
        };
        let day = match self.day {
            Some(day) => day,
            None if is_dated => 1,
            None => now.day(),
        };
        Date::new(year, month, day).ok()
    }
}
