//! Judging a recording by how often a rule matches it.

use super::outcome::Verdict;

/// Whether and how the detection could search the recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// It is not loaded, or does not compile; why, as a sentence.
    Invalid(String),
    /// It holds a construct that is not evaluated; why, as a sentence.
    Unsupported(String),
    /// The recording could not be read whole; why, as a sentence.
    Damaged(String),
    /// It searched.
    Done,
}

/// Whether more matches than asked for are a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counts {
    /// They are reported, as SigmaHQ's own runner does.
    #[default]
    AtLeast,
    /// They are a failure.
    Exact,
}

/// The facts of one case.
#[derive(Debug, Clone)]
pub struct CountFacts {
    /// Whether the detection could search.
    pub search: Search,
    /// How many records the recording holds.
    pub records: u64,
    /// How many of them are of the detection's log source.
    pub searched: u64,
    /// How many of them matched.
    pub matches: u64,
    /// How many must match; without it, at least one.
    pub wanted: Option<u64>,
    /// Whether a surplus is a failure.
    pub counts: Counts,
}

/// Judges one case; the facts are looked at in the order of the table in
/// `docs/verdicts.md`.
#[must_use]
pub fn judge_count(facts: &CountFacts) -> (Verdict, bool, String) {
    let unexpected = |verdict, reason| (verdict, false, reason);
    match &facts.search {
        Search::Invalid(reason) => return unexpected(Verdict::Invalid, reason.clone()),
        Search::Unsupported(reason) => return unexpected(Verdict::Unsupported, reason.clone()),
        Search::Damaged(reason) => return unexpected(Verdict::Inconclusive, reason.clone()),
        Search::Done => {}
    }
    if facts.records == 0 {
        return unexpected(
            Verdict::Inconclusive,
            "the recording holds no record".to_owned(),
        );
    }
    if facts.searched == 0 {
        return unexpected(
            Verdict::Blind,
            format!(
                "none of the {} records is of the rule's log source",
                facts.records
            ),
        );
    }
    let wanted = facts.wanted.unwrap_or(1);
    let matches = facts.matches;
    if wanted == 0 {
        // A suite that asks for no match at all asks for silence.
        return if matches == 0 {
            (Verdict::Misfire, true, "silent, as asked for".to_owned())
        } else {
            unexpected(
                Verdict::Stray,
                format!("{} where none may match", records_match(matches)),
            )
        };
    }
    if matches < wanted {
        let asked = match facts.wanted {
            Some(wanted) => format!("{wanted} must"),
            None => "at least one must".to_owned(),
        };
        return unexpected(
            Verdict::Misfire,
            format!("{}, and {asked}", records_match(matches)),
        );
    }
    match facts.wanted {
        Some(wanted) if matches > wanted => (
            Verdict::Fired,
            facts.counts == Counts::AtLeast,
            format!(
                "{}, {} more than asked for",
                records_match(matches),
                matches - wanted
            ),
        ),
        _ => (Verdict::Fired, true, records_match(matches)),
    }
}

fn records_match(count: u64) -> String {
    match count {
        0 => "no record matches".to_owned(),
        1 => "1 record matches".to_owned(),
        _ => format!("{count} records match"),
    }
}
