//! Judging a benign recording.

use super::count::Search;
use super::outcome::ControlOutcome;

/// The facts of one detection on one benign recording.
#[derive(Debug, Clone)]
pub struct ControlFacts {
    /// Whether the detection could search.
    pub search: Search,
    /// How many records inside the window are of the detection's log source.
    pub searched: u64,
    /// A log source that the detection cannot do without and that no record inside
    /// the window is of, where it needs several.
    pub unseen: Option<String>,
    /// How often it fired inside the window.
    pub firings: u64,
    /// How often it fired outside the window.
    pub outside: u64,
    /// How often it fired on what has no time.
    pub timeless: u64,
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
    let mut fired = Vec::new();
    if facts.firings > 0 {
        let searched = records(facts.searched);
        fired.push(format!("{} of {searched}", facts.firings));
    }
    if facts.outside > 0 {
        fired.push(format!("{} outside the window", records(facts.outside)));
    }
    if facts.timeless > 0 {
        fired.push(format!("{} without a time", records(facts.timeless)));
    }
    // Whatever a window says: an alert on benign work is one.
    if !fired.is_empty() {
        let reason = format!("it fires on {}", fired.join(", and on "));
        return (ControlOutcome::FalseAlarm, reason);
    }
    if let Some(log_source) = &facts.unseen {
        return (
            ControlOutcome::Vacuous,
            format!(
                "no record inside the window is of {log_source}, without which the rule cannot fire"
            ),
        );
    }
    if facts.searched == 0 {
        return (
            ControlOutcome::Vacuous,
            "no record inside the window is of the rule's log source".to_owned(),
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
