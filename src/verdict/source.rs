//! What a recording knows of the logs that a judgement rests on.

use crate::recording::Closure;

/// One log of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// Its short name.
    pub name: String,
    /// What became of it.
    pub state: SourceState,
    /// Why its window stayed open, each as a fragment of a sentence; none if it is
    /// closed, or if nobody said why.
    pub why_open: Vec<String>,
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
                let why = match self.why_open.as_slice() {
                    [] => String::new(),
                    why => format!(": {}", why.join("; ")),
                };
                Some(format!("the window of `{name}` is not proven closed{why}"))
            }
            SourceState::NotLookedAt => Some(format!("`{name}` was not looked at")),
            SourceState::Damaged(why) => Some(format!("`{name}` could not be read whole: {why}")),
        }
    }
}
