//! Moving all times of a record by the same amount.
//!
//! Which fields hold times is listed here per log, after the vendors' own field
//! lists; a time elsewhere, such as a date inside a command line, is what the
//! record is about and stays.
//!
//! - CloudTrail ("CloudTrail record contents", AWS): `eventTime`, the session's
//!   `creationDate`, and the `expiration` of credentials in answers.
//! - Azure activity ("Azure activity log event schema", Microsoft): `time`,
//!   `eventTimestamp`, `submissionTimestamp`, and the token claims `iat`, `nbf`,
//!   and `exp`.
//! - Windows events: `TimeCreated`, the fields that the source catalogue
//!   declares as `FILETIME` or `SYSTEMTIME`, Sysmon's times, which are text, and
//!   the times that winlogbeat, NXLog, and PowerShell write instead.
//! - Declared logs: the members that their time is looked for in.

use std::fmt;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::event::catalogue::{Catalogue, WireType};
use crate::event::{Origin, OwnedEvent, OwnedValue, Section};

/// The members of a declared log that may hold its time, best first.
pub(super) const DECLARED_TIMES: [&str; 14] = [
    "@timestamp",
    "timestamp",
    "time",
    "eventTime",
    "event_time",
    "EventTime",
    "TimeCreated",
    "TimeGenerated",
    "UtcTime",
    "datetime",
    "date",
    "ts",
    "_time",
    "published",
];

/// A record's time would leave the range that times can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfRange {
    /// The time as it was.
    pub time: String,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the time `{}` cannot be moved that far", self.time)
    }
}

impl std::error::Error for OutOfRange {}

/// An amount of time by which records are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    by: SignedDuration,
}

impl Shift {
    /// Moves later by `by`, earlier if it is negative.
    #[must_use]
    pub fn new(by: SignedDuration) -> Self {
        Self { by }
    }

    /// The shift that moves `from` to `to`.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp) -> Self {
        Self::new(to.duration_since(from))
    }

    /// The amount.
    #[must_use]
    pub fn by(self) -> SignedDuration {
        self.by
    }

    /// A point in time, moved.
    ///
    /// # Errors
    ///
    /// The result is beyond the years that times can have.
    pub fn time(self, time: Timestamp) -> Result<Timestamp, OutOfRange> {
        time.checked_add(self.by).map_err(|_| OutOfRange {
            time: time.to_string(),
        })
    }

    /// A time as text, moved and in the same notation; `None` if it is no time.
    ///
    /// Notations: ISO 8601 with `T` or a blank, with or without an offset and
    /// any number of fractional digits; `/Date(ms)/`; digits since 1970; and
    /// CloudTrail's `Mar 4, 2026, 5:06:07 AM`.
    ///
    /// # Errors
    ///
    /// The result is beyond the years that times can have.
    pub fn text(self, text: &str) -> Result<Option<String>, OutOfRange> {
        let moved = match Notation::of(text) {
            Some(notation) => notation.moved(self.by),
            None => return Ok(None),
        };
        moved.map(Some).ok_or_else(|| OutOfRange {
            time: text.to_owned(),
        })
    }

    /// Moves all times of an event.
    ///
    /// # Errors
    ///
    /// A time leaves the range; the event is then partly moved.
    pub fn event(self, event: &mut OwnedEvent) -> Result<(), OutOfRange> {
        if let Some(time) = &mut event.time {
            *time = self.time(*time)?;
        }
        let version = version_of(event);
        for field in &mut event.fields {
            if is_time(&event.origin, version, field.section, &field.name) {
                self.value(&mut field.value)?;
            }
        }
        Ok(())
    }

    fn value(self, value: &mut OwnedValue) -> Result<(), OutOfRange> {
        match value {
            OwnedValue::Text(text) => {
                if let Some(moved) = self.text(text)? {
                    *text = moved.into();
                }
            }
            OwnedValue::Integer(number) => {
                if let Some(moved) = self.text(&number.to_string())? {
                    *number = moved.parse().unwrap_or(*number);
                }
            }
            OwnedValue::Float(number) => {
                if let Some(moved) = self.text(&number.to_string())? {
                    *number = moved.parse().unwrap_or(*number);
                }
            }
            OwnedValue::List(items) => {
                for item in items {
                    self.value(item)?;
                }
            }
            OwnedValue::Bool(_) | OwnedValue::Null | OwnedValue::Node(_) => {}
        }
        Ok(())
    }
}

fn version_of(event: &OwnedEvent) -> u8 {
    match event.get(Section::System, "Version") {
        Some(OwnedValue::Integer(version)) => u8::try_from(*version).unwrap_or(0),
        Some(OwnedValue::Text(version)) => version.parse().unwrap_or(0),
        _ => 0,
    }
}

/// Whether a field of an event holds a time that moves with the event.
///
/// `version` is the event's `System/Version`; it only matters for Windows
/// events.
#[must_use]
pub fn is_time(origin: &Origin, version: u8, section: Section, name: &str) -> bool {
    match origin {
        Origin::Stream(source) => match source.product.as_deref() {
            Some("aws") if source.service.as_deref() == Some("cloudwatch-logs") => {
                matches!(name, "timestamp" | "ingestionTime")
            }
            Some("aws") => is_cloudtrail_time(name),
            Some("azure") => is_azure_time(name),
            _ => DECLARED_TIMES.contains(&name),
        },
        Origin::EventLog {
            provider, event_id, ..
        } => {
            if section == Section::System {
                return name == "TimeCreated_SystemTime";
            }
            is_sysmon_time(name)
                || provider
                    .as_deref()
                    .zip(*event_id)
                    .is_some_and(|(provider, id)| is_declared_time(provider, id, version, name))
        }
    }
}

/// Whether a member of a record's own JSON, by its whole path, holds a time.
pub(super) fn is_time_member(origin: &Origin, version: u8, path: &str) -> bool {
    if let Origin::Stream(_) = origin {
        return is_time(origin, version, Section::Body, path);
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    match path {
        "@timestamp" | "_source.@timestamp" | "EventTime" | "EventReceivedTime" | "TimeCreated"
        | "TimeCreated.value" => true,
        _ if name == "SystemTime" => path.contains("TimeCreated"),
        _ => is_time(origin, version, Section::EventData, name),
    }
}

fn is_cloudtrail_time(path: &str) -> bool {
    matches!(
        path,
        "eventTime"
            | "userIdentity.sessionContext.attributes.creationDate"
            | "responseElements.credentials.expiration"
    )
}

fn is_azure_time(path: &str) -> bool {
    matches!(
        path,
        "time"
            | "eventTimestamp"
            | "submissionTimestamp"
            | "claims.iat"
            | "claims.nbf"
            | "claims.exp"
            | "identity.claims.iat"
            | "identity.claims.nbf"
            | "identity.claims.exp"
    )
}

/// Sysmon's times; its manifest declares them as text.
fn is_sysmon_time(name: &str) -> bool {
    matches!(
        name,
        "UtcTime" | "CreationUtcTime" | "PreviousCreationUtcTime"
    )
}

fn is_declared_time(provider: &str, event_id: u32, version: u8, name: &str) -> bool {
    Catalogue::bundled()
        .event(provider, event_id, version)
        .is_some_and(|schema| {
            schema.fields.iter().any(|field| {
                field.name == name
                    && matches!(field.wire_type, WireType::FileTime | WireType::SystemTime)
            })
        })
}

/// How a time is written, and what it says.
enum Notation<'t> {
    Iso {
        time: DateTime,
        separator: char,
        digits: usize,
        offset: &'t str,
    },
    PowerShell {
        milliseconds: i64,
        offset: &'t str,
    },
    Digits {
        number: i64,
        /// How many of them are a second.
        per_second: i64,
        /// What follows the whole number.
        fraction: &'t str,
    },
    /// `Mar 4, 2026, 5:06:07 AM`, or without the second comma.
    Words {
        time: DateTime,
        comma: &'static str,
    },
}

const WORDS: [(&str, &str); 2] = [
    (",", "%b %d, %Y, %I:%M:%S %p"),
    ("", "%b %d, %Y %I:%M:%S %p"),
];

impl<'t> Notation<'t> {
    fn of(text: &'t str) -> Option<Self> {
        Self::iso(text)
            .or_else(|| Self::powershell(text))
            .or_else(|| Self::digits(text))
            .or_else(|| Self::words(text))
    }

    fn iso(text: &'t str) -> Option<Self> {
        // `YYYY-MM-DD`, a separator, `HH:MM:SS`, a fraction, and an offset.
        let (date, rest) = text.split_at_checked(10)?;
        let separator = rest.chars().next().filter(|c| matches!(c, 'T' | ' '))?;
        let (clock, rest) = rest[1..].split_at_checked(8)?;
        let (fraction, offset) = match rest.strip_prefix('.') {
            Some(rest) => {
                let end = rest
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(rest.len());
                rest.split_at(end)
            }
            None => ("", rest),
        };
        let is_offset = matches!(offset, "" | "Z" | "z" | " UTC")
            || (offset.starts_with(['+', '-']) && offset.len() <= 6);
        if !is_offset {
            return None;
        }
        let kept = &fraction[..fraction.len().min(9)];
        let time = if kept.is_empty() {
            format!("{date}T{clock}").parse().ok()?
        } else {
            format!("{date}T{clock}.{kept}").parse().ok()?
        };
        Some(Self::Iso {
            time,
            separator,
            digits: fraction.len(),
            offset,
        })
    }

    fn powershell(text: &'t str) -> Option<Self> {
        let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
        let end = inner
            .char_indices()
            .skip(1)
            .find(|(_, c)| matches!(c, '+' | '-'))
            .map_or(inner.len(), |(at, _)| at);
        Some(Self::PowerShell {
            milliseconds: inner[..end].parse().ok()?,
            offset: &inner[end..],
        })
    }

    fn digits(text: &'t str) -> Option<Self> {
        let whole = text.find('.').unwrap_or(text.len());
        let (number, fraction) = text.split_at(whole);
        if !fraction.chars().skip(1).all(|c| c.is_ascii_digit()) {
            return None;
        }
        let per_second = match number.len() {
            9..=11 => 1,
            12..=14 => 1_000,
            15..=17 => 1_000_000,
            18..=19 => 1_000_000_000,
            _ => return None,
        };
        Some(Self::Digits {
            number: number.parse().ok()?,
            per_second,
            fraction,
        })
    }

    fn words(text: &'t str) -> Option<Self> {
        WORDS.iter().find_map(|(comma, format)| {
            let time = DateTime::strptime(format, text).ok()?;
            Some(Self::Words { time, comma })
        })
    }

    fn moved(self, by: SignedDuration) -> Option<String> {
        Some(match self {
            Self::Iso {
                time,
                separator,
                digits,
                offset,
            } => {
                let moved = time.checked_add(by).ok()?;
                let mut text = moved
                    .strftime(&format!("%Y-%m-%d{separator}%H:%M:%S"))
                    .to_string();
                if digits > 0 {
                    let fraction = format!("{:09}", moved.subsec_nanosecond());
                    text.push('.');
                    text.extend(fraction.chars().chain(std::iter::repeat('0')).take(digits));
                }
                text.push_str(offset);
                text
            }
            Self::PowerShell {
                milliseconds,
                offset,
            } => {
                let by = i64::try_from(by.as_millis()).ok()?;
                format!("/Date({}{offset})/", milliseconds.checked_add(by)?)
            }
            Self::Digits {
                number,
                per_second,
                fraction,
            } => {
                let by = by.as_nanos() / (1_000_000_000 / i128::from(per_second));
                let moved = number.checked_add(i64::try_from(by).ok()?)?;
                format!("{moved}{fraction}")
            }
            Self::Words { time, comma } => {
                let moved = time.checked_add(by).ok()?;
                moved
                    .strftime(&format!("%b %-d, %Y{comma} %-I:%M:%S %p"))
                    .to_string()
            }
        })
    }
}
