//! Judging a benign recording.

use super::count::Search;
use super::outcome::ControlOutcome;

/// The facts of one detection on one benign recording.
#[derive(Debug, Clone)]
pub struct ControlFacts {
    /// Whether the detection could search.
    pub search: Search,
    /// How many records are of the detection's log source.
    pub searched: u64,
    /// How often it fired.
    pub firings: u64,
}

/// Judges one detection on one benign recording.
#[must_use]
pub fn judge_control(facts: &ControlFacts) -> (ControlOutcome, String) {
    match &facts.search {
        Search::Invalid(reason) => return (ControlOutcome::Invalid, reason.clone()),
        Search::Unsupported(reason) => return (ControlOutcome::Unsupported, reason.clone()),
        Search::Damaged(reason) => return (ControlOutcome::Unread, reason.clone()),
        Search::Done => {}
    }
    if facts.searched == 0 {
        return (
            ControlOutcome::Vacuous,
            "no record is of the rule's log source".to_owned(),
        );
    }
    if facts.firings > 0 {
        return (
            ControlOutcome::FalseAlarm,
            format!(
                "it fires on {} of {}",
                facts.firings,
                records(facts.searched)
            ),
        );
    }
    (
        ControlOutcome::Quiet,
        format!("silent on {}", records(facts.searched)),
    )
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        _ => format!("{count} records"),
    }
}
