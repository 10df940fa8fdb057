//! Bins.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::super::value::Value;
use super::relative::Snap;
use super::unit::Unit;
use super::{seconds_of, zoned};

/// The width of a bin.
///
/// Bins of seconds, minutes, and hours are counted from the epoch; those of days and
/// longer ones begin with a day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    width: Width,
    /// Where bins begin, if not where they are counted from: `@w1`.
    snap: Option<Snap>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Width {
    /// A number, of seconds where times are put into bins.
    Number(f64),
    Days(i64),
    Months(i64),
}

impl Span {
    /// Reads `30s`, `1h`, `1mon`, `1w@w1`, or `100`.
    ///
    /// Source: Splunk, "Search Reference: bin".
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (length, snap) = match text.trim().split_once('@') {
            Some((length, snap)) => (length, Some(snap)),
            None => (text.trim(), None),
        };
        let digits = length.find(|character: char| !character.is_ascii_digit() && character != '.');
        let (amount, unit) = length.split_at_checked(digits.unwrap_or(length.len()))?;
        let amount: f64 = match (amount, unit) {
            ("", "") => return None,
            ("", _) => 1.0,
            (digits, _) => digits.parse().ok()?,
        };
        if !amount.is_finite() || amount <= 0.0 {
            return None;
        }
        let width = match unit {
            "" => Width::Number(amount),
            "us" => Width::Number(amount / 1_000_000.0),
            "ms" => Width::Number(amount / 1_000.0),
            "cs" => Width::Number(amount / 100.0),
            "ds" => Width::Number(amount / 10.0),
            word => match Unit::parse(word)? {
                Unit::Second => Width::Number(amount),
                Unit::Minute => Width::Number(amount * 60.0),
                Unit::Hour => Width::Number(amount * 3600.0),
                Unit::Day => Width::Days(whole(amount)?),
                Unit::Week => Width::Days(whole(amount)? * 7),
                Unit::Month => Width::Months(whole(amount)?),
                Unit::Quarter => Width::Months(whole(amount)? * 3),
                Unit::Year => Width::Months(whole(amount)? * 12),
            },
        };
        let snap = match snap {
            Some(word) => Some(Snap::parse(word)?),
            None => None,
        };
        Some(Self { width, snap })
    }

    /// The width as a number, of seconds for times; none for months, whose widths
    /// differ.
    #[must_use]
    pub fn width(&self) -> Option<f64> {
        match self.width {
            Width::Number(width) => Some(width),
            Width::Days(_) | Width::Months(_) => None,
        }
    }

    /// Where the bin of a value begins, days being those of Greenwich; the value itself
    /// if it is no number.
    #[must_use]
    pub fn bin(&self, value: &Value) -> Value {
        self.bin_in(value, &TimeZone::UTC)
    }

    /// Where the bin of a value begins in a time zone; the value itself if it is no
    /// number.
    #[must_use]
    pub fn bin_in(&self, value: &Value, zone: &TimeZone) -> Value {
        let start = value
            .as_number()
            .and_then(|number| self.start(number, zone));
        start.map_or_else(|| value.clone(), Value::number)
    }

    fn start(&self, number: f64, zone: &TimeZone) -> Option<f64> {
        match self.width {
            Width::Number(width) => {
                let origin = match &self.snap {
                    Some(snap) => seconds_of(snap.of(&zoned(number, zone)?)?.timestamp()),
                    None => 0.0,
                };
                Some(((number - origin) / width).floor() * width + origin)
            }
            Width::Days(days) => {
                let time = zoned(number, zone)?;
                let origin = match &self.snap {
                    Some(snap) => snap.of(&zoned(0.0, &TimeZone::UTC)?)?.date(),
                    None => epoch(),
                };
                let since = i64::from((time.date() - origin).get_days());
                let first = since.div_euclid(days).checked_mul(days)?;
                let date = origin.checked_add(0.days().try_days(first).ok()?).ok()?;
                at(date, &time)
            }
            Width::Months(months) => {
                let time = zoned(number, zone)?;
                let date = time.date();
                let count = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
                let first = count.div_euclid(months).checked_mul(months)?;
                let year = i16::try_from(first.div_euclid(12)).ok()?;
                let month = i8::try_from(first.rem_euclid(12) + 1).ok()?;
                at(Date::new(year, month, 1).ok()?, &time)
            }
        }
    }
}

fn at(date: Date, like: &Zoned) -> Option<f64> {
    let start = date.to_zoned(like.time_zone().clone()).ok()?;
    Some(seconds_of(start.timestamp()))
}

fn epoch() -> Date {
    jiff::civil::date(1970, 1, 1)
}

/// A whole number of units, not more than are of any use.
fn whole(amount: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    (amount.fract() == 0.0 && (1.0..1e6).contains(&amount)).then_some(amount as i64)
}
