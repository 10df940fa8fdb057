//! Why `wevtutil` did not do what it was asked.

use std::time::Duration;

use super::channel::ChannelName;
use crate::collect::CollectError;
use crate::collect::process::{Finished, RunError};

/// Why a channel could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowsError {
    /// The host has no such channel.
    #[error("this host has no channel {channel}")]
    NoChannel {
        /// The channel.
        channel: ChannelName,
    },
    /// Whoever runs this may not read it.
    #[error("channel {channel} may not be read: {says}")]
    Denied {
        /// The channel.
        channel: ChannelName,
        /// What Windows says.
        says: String,
    },
    /// The channel records nothing.
    #[error("channel {channel} is disabled, so it records nothing")]
    Disabled {
        /// The channel.
        channel: ChannelName,
    },
    /// The service behind all channels does not run.
    #[error("the Windows Event Log service does not answer: {says}")]
    NoService {
        /// What Windows says.
        says: String,
    },
    /// Windows does not take the query.
    #[error("the query for channel {channel} is refused: {says}")]
    Query {
        /// The channel.
        channel: ChannelName,
        /// What Windows says.
        says: String,
    },
    /// There is no room for the export.
    #[error("there is no room for what channel {channel} holds")]
    NoRoom {
        /// The channel.
        channel: ChannelName,
    },
    /// This is not Windows, or a very small one.
    #[error("there is no wevtutil on this host")]
    NoTool,
    /// It took too long.
    #[error("reading channel {channel} did not end within {:.1} s", limit.as_secs_f64())]
    TimedOut {
        /// The channel.
        channel: ChannelName,
        /// How long it had.
        limit: Duration,
    },
    /// Someone wanted it to end.
    #[error("collecting was interrupted")]
    Interrupted,
    /// What was printed or exported is not what was expected.
    #[error("what wevtutil gave of channel {channel} cannot be read: {because}")]
    Unreadable {
        /// The channel.
        channel: ChannelName,
        /// What is wrong with it.
        because: String,
    },
    /// Something else.
    #[error("wevtutil failed on channel {channel} with {}: {says}", in_words(*code))]
    Other {
        /// The channel.
        channel: ChannelName,
        /// Its exit code.
        code: Option<i32>,
        /// What it says.
        says: String,
    },
}

fn in_words(code: Option<i32>) -> String {
    code.map_or_else(|| "no exit code".to_owned(), |code| format!("code {code}"))
}

/// What an exit means; nothing if it was a success.
///
/// `wevtutil` ends with the Win32 error, whose numbers are those of Microsoft's
/// "System error codes". Its texts are in the language of Windows; so they are asked
/// only, and in English, where the code is a general one.
#[must_use]
pub fn failure_of(channel: &ChannelName, finished: &Finished) -> Option<WindowsError> {
    let channel = channel.clone();
    let says = says(finished);
    let code = match finished.code {
        Some(0) => return None,
        Some(code) => win32(code),
        None => -1,
    };
    let has = |text: &str| says.contains(text);
    Some(match code {
        5 | 1314 => WindowsError::Denied { channel, says },
        15007 => WindowsError::NoChannel { channel },
        15001 => WindowsError::Query { channel, says },
        1058 | 1062 | 1717 | 1722 | 1753 => WindowsError::NoService { says },
        39 | 112 => WindowsError::NoRoom { channel },
        _ if has("Access is denied") => WindowsError::Denied { channel, says },
        _ if has("channel could not be found") => WindowsError::NoChannel { channel },
        _ if has("RPC server is unavailable") => WindowsError::NoService { says },
        _ if has("query is invalid") => WindowsError::Query { channel, says },
        _ => WindowsError::Other {
            channel,
            code: finished.code,
            says,
        },
    })
}

/// The Win32 error that an `HRESULT` wraps (`0x8007…`), or the code itself.
fn win32(code: i32) -> i32 {
    const FACILITY_WIN32: u32 = 0x8007_0000;
    let bits = code.cast_unsigned();
    if bits & 0xffff_0000 == FACILITY_WIN32 {
        (bits & 0xffff).cast_signed()
    } else {
        code
    }
}

/// The first lines that were written, in one.
fn says(finished: &Finished) -> String {
    let both = [&finished.stderr, &finished.stdout];
    let text = both
        .into_iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .find(|text| !text.trim().is_empty())
        .unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.take(3).collect::<Vec<_>>().join(" ");
    let clean: String = line
        .chars()
        .filter(|sign| !sign.is_control())
        .take(300)
        .collect();
    if clean.is_empty() {
        "it says nothing".to_owned()
    } else {
        clean.trim_end_matches('.').to_owned()
    }
}

impl WindowsError {
    /// Why a program did not end by itself.
    #[must_use]
    pub fn of_run(channel: &ChannelName, error: RunError) -> Self {
        let channel = channel.clone();
        match error {
            RunError::NotFound => Self::NoTool,
            RunError::TimedOut(limit) => Self::TimedOut { channel, limit },
            RunError::Interrupted => Self::Interrupted,
            RunError::NotRun(says) => Self::Other {
                channel,
                code: None,
                says,
            },
        }
    }

    /// Whether it will be the same the next time.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::NoChannel { .. }
            | Self::Denied { .. }
            | Self::Disabled { .. }
            | Self::Query { .. }
            | Self::NoRoom { .. }
            | Self::NoTool
            | Self::Interrupted => true,
            Self::NoService { .. }
            | Self::TimedOut { .. }
            | Self::Unreadable { .. }
            | Self::Other { .. } => false,
        }
    }
}

impl From<WindowsError> for CollectError {
    fn from(error: WindowsError) -> Self {
        let service = "the Windows event log".to_owned();
        let because = error.to_string();
        match error {
            WindowsError::Interrupted => Self::Interrupted,
            WindowsError::Denied { .. } => Self::Denied { service, because },
            WindowsError::NoChannel { .. } | WindowsError::Query { .. } => {
                Self::Refused { service, because }
            }
            WindowsError::Disabled { .. } | WindowsError::NoRoom { .. } => {
                Self::Misconfigured { service, because }
            }
            WindowsError::Unreadable { .. } => Self::Malformed { service, because },
            WindowsError::NoService { .. }
            | WindowsError::NoTool
            | WindowsError::TimedOut { .. }
            | WindowsError::Other { .. } => Self::Unreachable { service, because },
        }
    }
}
