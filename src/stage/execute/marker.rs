//! The mark that every process of a run carries in its environment.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The variable that carries the mark.
pub const VARIABLE: &str = "MISFIRE_RUN";

/// The identity of one run, and the value of its mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

impl RunId {
    /// A new one, unlike all others.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// It as a number.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }

    /// Whether an environment, as `/proc/<pid>/environ` shows it, carries this mark.
    #[must_use]
    pub fn is_in(self, environment: &[u8]) -> bool {
        let wanted = format!("{VARIABLE}={self}");
        environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == wanted.as_bytes())
    }
}

impl Default for RunId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
