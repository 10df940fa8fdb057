//! Times relative to another one.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::unit::Unit;
use super::{seconds_of, zoned};

/// So many steps may a modifier take.
const MOST_STEPS: usize = 64;

/// A time relative to another one: `-1d@d`, `+2h`, `@w0`, `now`; `None` if the modifier
/// is none.
///
/// Source: Splunk, "Specify time modifiers in your search".
#[must_use]
pub fn relative(from: f64, modifier: &str, zone: &TimeZone) -> Option<f64> {
    let mut time = zoned(from, zone)?;
    let mut rest = modifier.trim();
    if matches!(rest, "now" | "now()") {
        return Some(from);
    }
    if rest.is_empty() {
        return None;
    }
    for _ in 0..MOST_STEPS {
        let Some(sign) = rest.chars().next() else {
            return Some(seconds_of(time.timestamp()));
        };
        let after = rest.get(sign.len_utf8()..)?;
        let end = after.find(['+', '-', '@']).unwrap_or(after.len());
        let (step, next) = after.split_at_checked(end)?;
        time = match sign {
            '@' => Snap::parse(step)?.of(&time)?,
            '+' => moved(&time, 1, step)?,
            '-' => moved(&time, -1, step)?,
            _ => return None,
        };
        rest = next;
    }
    None
}

/// The time so many units away: `3h`, `d`, `30`.
fn moved(time: &Zoned, sign: i64, step: &str) -> Option<Zoned> {
    let digits = step.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, word) = step.split_at_checked(digits)?;
    let amount: i64 = match (digits, word) {
        ("", "") => return None,
        ("", _) => 1,
        (digits, _) => digits.parse().ok()?,
    };
    let unit = match word {
        "" => Unit::Second,
        word => Unit::parse(word)?,
    };
    add(time, sign.checked_mul(amount)?, unit)
}

/// The time so many units away.
pub(super) fn add(time: &Zoned, amount: i64, unit: Unit) -> Option<Zoned> {
    let span = match unit {
        Unit::Second => 0.seconds().try_seconds(amount),
        Unit::Minute => 0.seconds().try_minutes(amount),
        Unit::Hour => 0.seconds().try_hours(amount),
        Unit::Day => 0.seconds().try_days(amount),
        Unit::Week => 0.seconds().try_weeks(amount),
        Unit::Month => 0.seconds().try_months(amount),
        Unit::Quarter => 0.seconds().try_months(amount.checked_mul(3)?),
        Unit::Year => 0.seconds().try_years(amount),
    };
    time.checked_add(span.ok()?).ok()
}

/// What a time is snapped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Snap {
    /// The beginning of the unit that it is in.
    Start(Unit),
    /// The beginning of the last day of the week with that number, counted from Sunday,
    /// which is both the first and the last day.
    Weekday(i8),
}

impl Snap {
    /// Reads `d`, `mon`, or `w1`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word.strip_prefix('w').map(str::parse) {
            Some(Ok(day)) => (0..=7).contains(&day).then_some(Self::Weekday(day)),
            _ => Unit::parse(word).map(Self::Start),
        }
    }

    /// The time that a time is snapped to.
    pub(super) fn of(self, time: &Zoned) -> Option<Zoned> {
        let date = time.date();
        let start = |date: Date| date.to_zoned(time.time_zone().clone()).ok();
        let unit = match self {
            Self::Weekday(day) => return start(weekday_before(date, day)?),
            Self::Start(unit) => unit,
        };
        let clock = time.with().subsec_nanosecond(0);
        match unit {
            Unit::Second => clock.build().ok(),
            Unit::Minute => clock.second(0).build().ok(),
            Unit::Hour => clock.second(0).minute(0).build().ok(),
            Unit::Day => start(date),
            Unit::Week => start(weekday_before(date, 0)?),
            Unit::Month => start(date.first_of_month()),
            Unit::Quarter => {
                let month = (date.month() - 1) / 3 * 3 + 1;
                start(Date::new(date.year(), month, 1).ok()?)
            }
            Unit::Year => start(date.first_of_year()),
        }
    }
}

/// The last day of the week with that number, counted from Sunday, up to a date.
fn weekday_before(date: Date, day: i8) -> Option<Date> {
    let today = date.weekday().to_sunday_zero_offset();
    let back = (today - day % 7).rem_euclid(7);
    date.checked_sub(i64::from(back).days()).ok()
}
