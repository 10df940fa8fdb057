//! Stretches of time.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A stretch of time, as rules write it: `T05M`, `30m`, or milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// Its length.
    pub milliseconds: u64,
}

/// A text that is no stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWindow {
    /// The text.
    pub text: String,
}

impl Window {
    /// A stretch of so many days.
    #[must_use]
    pub fn days(count: u32) -> Self {
        Self {
            milliseconds: u64::from(count) * DAY,
        }
    }
}

impl FromStr for Window {
    type Err = UnknownWindow;

    /// Reads a window. `CUSTOM` is none: its length stands in another field,
    /// `window_size_millis` / `window_size_milliseconds`.
    fn from_str(text: &str) -> Result<Self, UnknownWindow> {
        let unknown = || UnknownWindow {
            text: text.to_owned(),
        };
        let count = text.strip_prefix('T').unwrap_or(text);
        let digits = count
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(count.len());
        let unit = match &count[digits..] {
            "M" | "m" => MINUTE,
            "H" | "h" => HOUR,
            "D" | "d" => DAY,
            "" if digits == text.len() => 1,
            _ => return Err(unknown()),
        };
        let count: u64 = count[..digits].parse().map_err(|_| unknown())?;
        let milliseconds = count.checked_mul(unit).ok_or_else(unknown)?;
        Ok(Self { milliseconds })
    }
}

impl fmt::Display for UnknownWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no stretch of time", self.text)
    }
}

impl Error for UnknownWindow {}
