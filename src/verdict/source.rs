//! What a recording knows of the logs that a judgement rests on.

use crate::recording::Closure;

/// One log of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its short name.
    pub name: String,
    /// What became of it.
    pub state: SourceState,
}

/// What became of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceState {
    /// It was read whole.
    Read(Closure),
    /// The recording does not say that anyone looked at it.
    NotLookedAt,
    /// Some of it could not be read; why, as a fragment of a sentence.
    Damaged(String),
}

impl SourceFacts {
    /// Why what is not there may be there all the same, as a fragment of a
    /// sentence; `None` if it is not there.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        let name = &self.name;
        match &self.state {
            SourceState::Read(Closure::Closed) => None,
            SourceState::Read(Closure::Open) => {
                Some(format!("the window of `{name}` is not proven closed"))
            }
            SourceState::NotLookedAt => Some(format!("`{name}` was not looked at")),
            SourceState::Damaged(why) => Some(format!("`{name}` could not be read whole: {why}")),
        }
    }
}
