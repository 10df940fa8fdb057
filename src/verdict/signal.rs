//! Judging an expected event.

use super::outcome::{SignalKind, SignalState};
use super::source::SourceFacts;
use crate::content::expectation::CountRange;

/// The facts of one signal on one recording.
#[derive(Debug, Clone)]
pub struct SignalFacts {
    /// What it is to its test.
    pub kind: SignalKind,
    /// Why the atomic counts as not performed, if it does.
    pub not_run: Option<String>,
    /// The condition that did not hold, if it depends on one that did not.
    pub not_due: Option<String>,
    /// Why it could not be looked for, as a fragment of a sentence, if it could not.
    pub unusable: Option<String>,
    /// The logs that it may stand in.
    pub sources: Vec<SourceFacts>,
    /// How many events match it, relations to other signals included.
    pub count: u64,
    /// Why of some event it cannot be told whether it matches, as a fragment of a
    /// sentence, if there is such an event.
    pub undecided: Option<String>,
    /// How many there must be.
    pub wanted: CountRange,
}

/// Judges one signal: its state, and why as a fragment of a sentence.
#[must_use]
pub fn judge_signal(facts: &SignalFacts) -> (SignalState, String) {
    if let Some(why) = &facts.unusable {
        return (SignalState::Unknown, why.clone());
    }
    if let Some(condition) = &facts.not_due {
        let seen = match facts.count {
            0 => String::new(),
            count => format!(", though {} there", events_are(count)),
        };
        return (
            SignalState::NotDue,
            format!("due only if {condition}{seen}"),
        );
    }
    if let Some(why) = &facts.not_run {
        return (
            SignalState::Unknown,
            format!("the atomic was not performed: {why}"),
        );
    }
    let undecided = facts.undecided.as_ref();
    let undecided =
        undecided.map(|why| format!("of an event that looks like it nobody can tell: {why}"));
    let doubt = facts.sources.iter().find_map(SourceFacts::doubt);
    let doubt = if facts.sources.is_empty() {
        Some("no log was looked at".to_owned())
    } else {
        doubt.or(undecided)
    };
    if facts.kind == SignalKind::Absent {
        return match (facts.count, doubt) {
            (0, None) => (SignalState::Seen, "not there, as it must be".to_owned()),
            (0, Some(doubt)) => (SignalState::Unknown, doubt),
            (count, _) => (
                SignalState::Missing,
                format!("{} there, and none may be", events_are(count)),
            ),
        };
    }
    let CountRange { min, max } = facts.wanted;
    if let Some(max) = max.filter(|max| facts.count > *max) {
        return (
            SignalState::Missing,
            format!(
                "{} there, and at most {max} may be",
                events_are(facts.count)
            ),
        );
    }
    if facts.count >= min && facts.count > 0 {
        return match (max, doubt) {
            // More may come than are allowed.
            (Some(_), Some(doubt)) => (SignalState::Unknown, doubt),
            _ => (SignalState::Seen, events(facts.count)),
        };
    }
    if let Some(doubt) = doubt {
        return (SignalState::Unknown, doubt);
    }
    let wanted = match facts.count {
        0 => "no event matches".to_owned(),
        1 => format!("1 event matches, and {min} must"),
        count => format!("{count} events match, and {min} must"),
    };
    (SignalState::Missing, wanted)
}

fn events(count: u64) -> String {
    match count {
        1 => "1 event".to_owned(),
        _ => format!("{count} events"),
    }
}

fn events_are(count: u64) -> String {
    match count {
        1 => "1 event is".to_owned(),
        _ => format!("{count} events are"),
    }
}
