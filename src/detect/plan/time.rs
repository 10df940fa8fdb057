//! Times: formats, relative times, and spans.
//!
//! A time is a number of seconds since the epoch.

mod format;
mod parse;
mod relative;
mod span;
mod unit;

pub use format::format;
pub use parse::parse;
pub use relative::relative;
pub use span::Span;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The calendar's view of a time; `None` beyond the range of the calendar.
fn zoned(seconds: f64, zone: &TimeZone) -> Option<Zoned> {
    let micros = (seconds * 1_000_000.0).round();
    if !micros.is_finite() {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "times beyond the range of a timestamp are refused by it"
    )]
    let time = Timestamp::from_microsecond(micros as i64).ok()?;
    Some(time.to_zoned(zone.clone()))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times of this millennium keep their microseconds"
)]
fn seconds_of(time: Timestamp) -> f64 {
    time.as_microsecond() as f64 / 1_000_000.0
}

/// The zone of a name such as `Europe/London`, whatever its case; `None` if there is none.
#[must_use]
pub fn zone_named(name: &str) -> Option<TimeZone> {
    /// They are there even where the system has no list of zones.
    const GREENWICH: [&str; 5] = ["UTC", "GMT", "Etc/UTC", "Etc/GMT", "Z"];
    let name = name.trim();
    match GREENWICH
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        true => Some(TimeZone::UTC),
        false => TimeZone::get(name).ok(),
    }
}
