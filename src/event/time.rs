//! When an event happened.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::span::Span;

/// A record's time, as far as its reader has looked at it.
#[derive(Debug, Clone, Copy, Default)]
pub enum EventTime {
    /// The record has no time that can be read.
    #[default]
    Unknown,
    /// The time's text; it is parsed only when someone asks.
    Text(Span),
    /// The time itself.
    At(Timestamp),
}

/// Reads a time as logs write it.
///
/// RFC 3339 with any number of fractional digits, and the same with a blank in
/// place of the `T`. A time without an offset is taken as UTC, as CloudTrail,
/// Sysmon's `UtcTime`, and Azure Activity mean it.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil = text.parse::<DateTime>().ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}
