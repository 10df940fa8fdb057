//! Windows times and their text: `2026-11-20T03:54:09.1234567Z`.
//!
//! The text is what `evtx` 0.15.1 renders, which follows Windows: seven digits
//! of a second for both kinds of time.

use std::fmt;

/// Ticks of 100 ns in a second.
const TICKS_PER_SECOND: u64 = 10_000_000;
/// Ticks from 1601 to 1970.
const TICKS_TO_UNIX: i128 = 11_644_473_600 * TICKS_PER_SECOND as i128;
/// Ticks in a day.
const TICKS_PER_DAY: u64 = 86_400 * TICKS_PER_SECOND;
/// Days from 0000-03-01 to 1601-01-01 in the proleptic Gregorian calendar.
const DAYS_TO_1601: u64 = 584_694;
/// Days in four centuries.
const DAYS_PER_ERA: u64 = 146_097;

/// 100-nanosecond intervals since 1601-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(pub u64);

/// A calendar time as stored: year, month, day of the week (Sunday is 0), day,
/// hour, minute, second, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SystemTime(pub [u16; 8]);

/// A calendar time of any source, with 100 ns ticks.
#[derive(Default)]
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    ticks: u64,
}

impl FileTime {
    /// Reads the 28 characters that [`fmt::Display`] writes; years 1601 to 9999.
    pub fn parse(text: &str) -> Option<Self> {
        let civil = Civil::parse(text)?;
        let seconds = (civil.hour * 60 + civil.minute) * 60 + civil.second;
        Some(Self(
            civil.days_since_1601() * TICKS_PER_DAY + seconds * TICKS_PER_SECOND + civil.ticks,
        ))
    }

    /// The tick in which a point in time lies; `None` before 1601.
    pub fn from_timestamp(time: jiff::Timestamp) -> Option<Self> {
        let ticks = time.as_nanosecond().div_euclid(100) + TICKS_TO_UNIX;
        u64::try_from(ticks).ok().map(Self)
    }

    fn civil(self) -> Civil {
        // Windows shows what its calendar cannot hold as zeros.
        if self.0 > i64::MAX as u64 {
            return Civil::default();
        }
        let seconds = self.0 % TICKS_PER_DAY / TICKS_PER_SECOND;
        let (year, month, day) = date(self.0 / TICKS_PER_DAY);
        Civil {
            year: year % 10_000,
            month,
            day,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            ticks: self.0 % TICKS_PER_SECOND,
        }
    }
}

/// The date a number of days after 1601-01-01. Years are counted from March, so
/// that the leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_1601;
    let (era, day_of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months_since_march + 2) / 5 + 1;
    let month = (months_since_march + 2) % 12 + 1;
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

impl Civil {
    fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 28] = text.as_bytes().try_into().ok()?;
        for (place, mark) in [
            (4, b'-'),
            (7, b'-'),
            (10, b'T'),
            (13, b':'),
            (16, b':'),
            (19, b'.'),
            (27, b'Z'),
        ] {
            if bytes[place] != mark {
                return None;
            }
        }
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + u64::from(digit - b'0'))
            })
        };
        let civil = Self {
            year: number(&bytes[0..4])?,
            month: number(&bytes[5..7])?,
            day: number(&bytes[8..10])?,
            hour: number(&bytes[11..13])?,
            minute: number(&bytes[14..16])?,
            second: number(&bytes[17..19])?,
            ticks: number(&bytes[20..27])?,
        };
        civil.is_valid().then_some(civil)
    }

    fn is_valid(&self) -> bool {
        self.year >= 1601
            && (1..=12).contains(&self.month)
            && (1..=days_in(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
    }

    fn days_since_1601(&self) -> u64 {
        let year = self.year - u64::from(self.month <= 2);
        let months_since_march = (self.month + 9) % 12;
        let (era, year_of_era) = (year / 400, year % 400);
        let day_of_year = (153 * months_since_march + 2) / 5 + self.day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_PER_ERA + day_of_era - DAYS_TO_1601
    }
}

fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl SystemTime {
    /// Reads the text of a time with whole milliseconds; the day of the week is
    /// worked out.
    pub fn parse(text: &str) -> Option<Self> {
        let civil = Civil::parse(text)?;
        if !civil.ticks.is_multiple_of(10_000) {
            return None;
        }
        // 1601-01-01 was a Monday.
        let day_of_week = (civil.days_since_1601() + 1) % 7;
        let fields = [
            civil.year,
            civil.month,
            day_of_week,
            civil.day,
            civil.hour,
            civil.minute,
            civil.second,
            civil.ticks / 10_000,
        ];
        Some(Self(fields.map(|field| field as u16)))
    }

    fn civil(self) -> Civil {
        let [year, month, _, day, hour, minute, second, milliseconds] = self.0.map(u64::from);
        let civil = Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ticks: milliseconds * 10_000,
        };
        if !civil.is_valid() || year > 30_827 || milliseconds >= 1_000 {
            // Windows shows an unset or impossible time as the first of its calendar.
            return Civil {
                year: 1601,
                month: 1,
                day: 1,
                ..Civil::default()
            };
        }
        Civil {
            year: year % 10_000,
            ..civil
        }
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"0000-00-00T00:00:00.0000000Z";
        let mut put = |place: std::ops::Range<usize>, mut value: u64| {
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + (value % 10) as u8;
                value /= 10;
            }
        };
        put(0..4, self.year);
        put(5..7, self.month);
        put(8..10, self.day);
        put(11..13, self.hour);
        put(14..16, self.minute);
        put(17..19, self.second);
        put(20..27, self.ticks);
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Display for FileTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}

impl fmt::Display for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}
