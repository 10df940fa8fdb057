//! The values of arguments, from what a user writes to what it means.

use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

use crate::content::atomic::{AtomicGuid, Platform, TechniqueId};
use crate::diagnostic::did_you_mean;
use crate::event::{LogSource, parse_time};
use crate::recording::{ActivityPlace, LogGroupPlace, TrailPlace};
use crate::run::Revision;

pub(super) fn parse_technique(text: &str) -> Result<TechniqueId, String> {
    TechniqueId::parse(&text.to_ascii_uppercase())
        .ok_or_else(|| "a technique is `T1219`, or `T1219.001` for a sub-technique".to_owned())
}

pub(super) fn parse_platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text).ok_or_else(|| {
        let known = || Platform::ALL.iter().map(|platform| platform.as_str());
        match did_you_mean(text, known()) {
            Some(meant) => format!("`{text}` is no platform, did you mean `{meant}`?"),
            None => format!(
                "`{text}` is no platform; there are {}",
                known().collect::<Vec<_>>().join(", ")
            ),
        }
    })
}

pub(super) fn parse_revision(text: &str) -> Result<Revision, String> {
    Revision::parse(text)
        .ok_or_else(|| "a revision is what git calls one, such as `main` or `HEAD~1`".to_owned())
}

/// The name of a fixture: one part of a path that every system can have.
pub(super) fn parse_fixture_name(text: &str) -> Result<String, String> {
    let is_tame = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.bytes().all(is_tame) && text.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        Ok(text.to_owned())
    } else {
        Err("a name is of letters, digits, hyphens, dots, and underscores".to_owned())
    }
}

/// Why something is benign: any text but blanks.
pub(super) fn parse_reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say what is benign about it".to_owned()),
        reason => Ok(reason.to_owned()),
    }
}

/// A report that is asked for.
#[derive(Debug, Clone)]
pub(super) struct ReportTarget {
    pub(super) kind: ReportKind,
    pub(super) path: PathBuf,
}

impl ReportTarget {
    /// Whether it goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    /// Whether its file has the ending of JSON, which a badge has a form of.
    pub(super) fn is_json_file(&self) -> bool {
        let ending = self.path.extension();
        ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportKind {
    Junit,
    Json,
    Markdown,
    Html,
    Navigator,
    Badge,
    ArtCsv,
    Attire,
}

impl ReportKind {
    const ALL: [Self; 8] = [
        Self::Junit,
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Navigator,
        Self::Badge,
        Self::ArtCsv,
        Self::Attire,
    ];

    /// Whether it tells of nothing but what was executed.
    pub(super) fn is_run_log(self) -> bool {
        matches!(self, Self::ArtCsv | Self::Attire)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Navigator => "navigator",
            Self::Badge => "badge",
            Self::ArtCsv => "art-csv",
            Self::Attire => "attire",
        }
    }
}

impl FromStr for ReportTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("a report is KIND=PATH, such as `junit=report.xml`")?;
        let known = || ReportKind::ALL.iter().map(|kind| kind.as_str());
        let found = ReportKind::ALL.iter().find(|known| known.as_str() == kind);
        let Some(found) = found else {
            return Err(match did_you_mean(kind, known()) {
                Some(meant) => format!("`{kind}` is no kind of report, did you mean `{meant}`?"),
                None => format!(
                    "`{kind}` is no kind of report; there are {}",
                    known().collect::<Vec<_>>().join(", ")
                ),
            });
        };
        Ok(Self {
            kind: *found,
            path: PathBuf::from(path),
        })
    }
}

pub(super) fn parse_guid(text: &str) -> Result<AtomicGuid, String> {
    AtomicGuid::parse(text.trim()).ok_or_else(|| {
        "a GUID is 8-4-4-4-12 hexadecimal digits, such as \
         d6e8f711-03b6-4375-b189-94ae331a10ba"
            .to_owned()
    })
}

/// Reads `tunnel_name=build-box`.
pub(super) fn parse_argument(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "an argument is NAME=VALUE, such as `tunnel_name=build-box`".to_owned())
}

/// Reads `90s` or `2m`: more than nothing, and at most a day.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a time is a number with its unit, such as `90s` or `2m`".to_owned();
    let read: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    let read = Duration::try_from(read).map_err(|_| wrong())?;
    if read.is_zero() || read > Duration::from_secs(24 * 60 * 60) {
        return Err("a time is more than nothing, and at most a day".to_owned());
    }
    Ok(read)
}

/// Reads a time to wait: `15m`; `0s` is not to wait.
pub(super) fn parse_wait(text: &str) -> Result<Duration, String> {
    match text.parse::<jiff::SignedDuration>() {
        Ok(none) if none.is_zero() => Ok(Duration::ZERO),
        _ => parse_duration(text),
    }
}

/// Reads where CloudTrail is read from.
pub(super) fn parse_trail(text: &str) -> Result<TrailPlace, String> {
    TrailPlace::parse(text).map_err(|error| format!("{error}; {}", TrailPlace::FORMS))
}

/// Reads a log group.
pub(super) fn parse_log_group(text: &str) -> Result<LogGroupPlace, String> {
    LogGroupPlace::parse(text).map_err(|error| format!("{error}; {}", LogGroupPlace::FORMS))
}

/// Reads where the Azure activity log is read from.
pub(super) fn parse_activity(text: &str) -> Result<ActivityPlace, String> {
    ActivityPlace::parse(text).map_err(|error| format!("{error}; {}", ActivityPlace::FORMS))
}

/// Reads `2026-11-02T09:14:00Z/2026-11-02T09:16:00Z`.
pub(super) fn parse_window(text: &str) -> Result<(Timestamp, Timestamp), String> {
    let (start, end) = text
        .split_once('/')
        .and_then(|(start, end)| Some((parse_time(start)?, parse_time(end)?)))
        .ok_or("a window is START/END, such as `2026-11-02T09:14:00Z/2026-11-02T09:16:00Z`")?;
    if end <= start {
        return Err("the window ends before it starts".to_owned());
    }
    Ok((start, end))
}

/// Reads a point in time; one without an offset is in UTC.
pub(super) fn parse_shift(text: &str) -> Result<Timestamp, String> {
    if text == "now" {
        return Ok(Timestamp::now());
    }
    parse_time(text).ok_or_else(|| {
        "a time is `2026-03-04T05:06:07Z`, a date such as `2026-03-04`, or `now`".to_owned()
    })
}

/// More threads than this are no use on any machine.
const MOST_THREADS: usize = 1024;

pub(super) fn parse_threads(text: &str) -> Result<NonZero<usize>, String> {
    match text.parse() {
        Ok(threads) if NonZero::get(threads) <= MOST_THREADS => Ok(threads),
        _ => Err(format!("it is a number from 1 to {MOST_THREADS}")),
    }
}

/// Reads `product=aws,service=cloudtrail`.
pub(super) fn parse_source(text: &str) -> Result<LogSource, String> {
    const DIMENSIONS: [&str; 3] = ["product", "category", "service"];
    let mut values: [Option<&str>; 3] = [None; 3];
    for part in text.split(',') {
        let (name, value) = part
            .split_once('=')
            .filter(|(_, value)| !value.trim().is_empty())
            .ok_or("a source is `product=…,category=…,service=…`, each part optional")?;
        let name = name.trim();
        let Some(index) = DIMENSIONS.iter().position(|known| *known == name) else {
            return Err(match did_you_mean(name, DIMENSIONS) {
                Some(meant) => format!("`{name}` is no part of a source, did you mean `{meant}`?"),
                None => format!("`{name}` is no part of a source"),
            });
        };
        values[index] = Some(value);
    }
    Ok(LogSource::new(values[0], values[1], values[2]))
}
