//! How a trail names its folders and files.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// The most days that one window may span; CloudTrail's own history has 90.
const MOST_DAYS: usize = 400;

/// What a log file's name says:
/// `111122223333_CloudTrail_us-east-2_20260801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// The minute in which it was delivered.
    delivered: Timestamp,
}

impl Named {
    /// Reads a name; nothing, if it is none of a log file.
    pub(super) fn of(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".json.gz")?;
        let mut parts = stem.split('_');
        let account = parts.next()?;
        let (kind, _region, time, unique) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if !is_account(account) || kind != "CloudTrail" || unique.is_empty() {
            return None;
        }
        let time = DateTime::strptime("%Y%m%dT%H%MZ", time).ok()?;
        Some(Self {
            delivered: Offset::UTC.to_timestamp(time).ok()?,
        })
    }

    /// Whether what happened from `start` on can be in it, and it was delivered by
    /// `until`. The seconds of its delivery are not known.
    pub(super) fn may_hold(&self, start: Timestamp, until: Timestamp) -> bool {
        let start = start.as_second().div_euclid(60) * 60;
        self.delivered.as_second() >= start && self.delivered <= until
    }
}

/// Whether a text is the number of an account.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.chars().all(|character| character.is_ascii_digit())
}

/// The folders of the days from one time to another, `2026/11/03`.
pub(super) fn days(from: Timestamp, to: Timestamp) -> Vec<String> {
    let date = |time: Timestamp| Offset::UTC.to_datetime(time).date();
    let last = date(to);
    let next = |day: &Date| day.checked_add(1.day()).ok();
    std::iter::successors(Some(date(from)), next)
        .take_while(|day| *day <= last)
        .take(MOST_DAYS)
        .map(|day| day.strftime("%Y/%m/%d").to_string())
        .collect()
}

/// The key before the first that can have been delivered from `start` on, in the folder
/// `…/ACCOUNT/CloudTrail/REGION/`, of whose day `prefix` is the folder.
pub(super) fn first_of_day(folder: &str, prefix: &str, start: Timestamp) -> Option<String> {
    let mut parts = folder.trim_end_matches('/').rsplit('/');
    let (region, _, account) = (parts.next()?, parts.next()?, parts.next()?);
    let minute = Offset::UTC.to_datetime(start).strftime("%Y%m%dT%H%M");
    Some(format!("{prefix}{account}_CloudTrail_{region}_{minute}"))
}
