//! The name of a channel.

use std::fmt;

/// How many characters a channel's name has at most.
const LONGEST: usize = 254;

/// A channel of the Windows event log, such as `Security`.
///
/// Microsoft, "ChannelType complex type": a name has fewer than 255 characters, and
/// holds no control character and none of `> < & " | \ : ' ? *`. So it needs no
/// escaping, neither on a command line nor in a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelName(String);

/// Why something is no channel's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAChannel {
    /// It is empty, or blank.
    #[error("a channel's name is not empty")]
    Empty,
    /// It is too long.
    #[error("a channel's name has fewer than {} characters", LONGEST + 1)]
    TooLong,
    /// It holds what a name does not.
    #[error("a channel's name does not hold {0:?}")]
    Holds(char),
    /// It would be read as an option.
    #[error("a channel's name does not begin with {0:?}")]
    Begins(char),
}

impl ChannelName {
    /// Takes a name.
    ///
    /// # Errors
    /// It cannot be the name of a channel.
    pub fn new(name: &str) -> Result<Self, NotAChannel> {
        let name = name.trim();
        if name.is_empty() {
            return Err(NotAChannel::Empty);
        }
        if name.chars().count() > LONGEST {
            return Err(NotAChannel::TooLong);
        }
        let refused = |sign: &char| sign.is_control() || "><&\"|\\:'?*".contains(*sign);
        if let Some(sign) = name.chars().find(refused) {
            return Err(NotAChannel::Holds(sign));
        }
        match name.chars().next() {
            Some(sign @ ('/' | '-')) => Err(NotAChannel::Begins(sign)),
            _ => Ok(Self(name.to_owned())),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name for a file of its records, without a folder.
    #[must_use]
    pub fn file_name(&self) -> String {
        let safe = |sign: char| {
            if sign.is_ascii_alphanumeric() || sign == '-' || sign == '_' {
                sign
            } else {
                '-'
            }
        };
        format!("{}.evtx", self.0.chars().map(safe).collect::<String>())
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
