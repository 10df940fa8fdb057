//! How a channel is set up, how full it is, and what that means for a window.

use std::fmt;

use jiff::Timestamp;

use super::export::ExportedRecord;

/// What `wevtutil gl` prints of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSettings {
    /// Whether it records.
    pub enabled: bool,
    /// How large its log may become, in bytes.
    pub max_size: Option<u64>,
    /// Whether old records are kept when it is full; else the oldest are overwritten.
    pub retention: bool,
    /// Whether a full log that keeps its records is archived and begun anew; else
    /// new records are lost.
    pub auto_backup: bool,
}

/// What `wevtutil gli` prints of a channel's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogStatus {
    /// How large it is, in bytes.
    pub size: Option<u64>,
    /// How many records it holds.
    pub records: u64,
    /// The number of the oldest.
    pub oldest: Option<u64>,
}

/// Why what was printed cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unparsed {
    /// A line that is needed is not there.
    #[error("it does not name `{0}`")]
    Missing(&'static str),
    /// A line has a value that it cannot have.
    #[error("its `{0}` has a value that is none")]
    Value(&'static str),
}

impl ChannelSettings {
    /// Reads what `wevtutil gl` prints: lines of `key: value`, some of them indented.
    ///
    /// # Errors
    /// It does not say whether the channel is enabled, or says something that is not
    /// understood.
    pub fn parse(text: &str) -> Result<Self, Unparsed> {
        Ok(Self {
            enabled: truth(text, "enabled")?.ok_or(Unparsed::Missing("enabled"))?,
            max_size: number(text, "maxSize")?,
            retention: truth(text, "retention")?.unwrap_or_default(),
            auto_backup: truth(text, "autoBackup")?.unwrap_or_default(),
        })
    }
}

impl LogStatus {
    /// Reads what `wevtutil gli` prints.
    ///
    /// # Errors
    /// It does not say how many records there are, or says something that is not
    /// understood.
    pub fn parse(text: &str) -> Result<Self, Unparsed> {
        const RECORDS: &str = "numberOfLogRecords";
        Ok(Self {
            size: number(text, "fileSize")?,
            records: number(text, RECORDS)?.ok_or(Unparsed::Missing(RECORDS))?,
            oldest: number(text, "oldestRecordNumber")?,
        })
    }
}

/// The value of the first line with that key; an empty one is none.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case(key))
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

fn truth(text: &str, key: &'static str) -> Result<Option<bool>, Unparsed> {
    match value(text, key).map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Unparsed::Value(key)),
    }
}

fn number(text: &str, key: &'static str) -> Result<Option<u64>, Unparsed> {
    value(text, key)
        .map(|text| text.parse().map_err(|_| Unparsed::Value(key)))
        .transpose()
}

/// Why records of a window may be missing for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hole {
    /// The oldest record that is left is younger than the start of the window.
    Overwritten {
        /// Its time; nothing if none is left.
        oldest: Option<Timestamp>,
        /// Whether an archive may hold what is missing.
        archived: bool,
    },
    /// The log is full and takes no more.
    Full,
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overwritten { oldest, archived } => {
                match oldest {
                    Some(oldest) => write!(
                        f,
                        "its oldest record is of {oldest}, after the window's start, so earlier \
                         ones are gone"
                    )?,
                    None => f.write_str("it is empty although it held records before")?,
                }
                if *archived {
                    f.write_str("; they may be in an archive of the log")?;
                }
                Ok(())
            }
            Self::Full => {
                f.write_str("its log is full and keeps old records, so new ones are lost")
            }
        }
    }
}

/// Whether records of a window that began then may be missing for good. `oldest` is
/// the oldest record that the log holds.
#[must_use]
pub fn hole(
    settings: &ChannelSettings,
    status: &LogStatus,
    oldest: Option<&ExportedRecord>,
    start: Timestamp,
) -> Option<Hole> {
    let is_full = status
        .size
        .zip(settings.max_size)
        .is_some_and(|(size, most)| size >= most);
    if is_full && settings.retention && !settings.auto_backup {
        return Some(Hole::Full);
    }
    let number = oldest.and_then(|oldest| oldest.number).or(status.oldest);
    // Record 1 was never preceded by any.
    if number.is_some_and(|number| number <= 1) {
        return None;
    }
    let archived = settings.retention && settings.auto_backup;
    match oldest {
        None if status.records == 0 => number.map(|_| Hole::Overwritten {
            oldest: None,
            archived,
        }),
        None => None,
        Some(oldest) => match oldest.time {
            Some(time) if time <= start => None,
            time => Some(Hole::Overwritten {
                oldest: time,
                archived,
            }),
        },
    }
}
