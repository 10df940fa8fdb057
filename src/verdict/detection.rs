//! Judging a detection on the recording of an atomic.

use super::count::Search;
use super::outcome::{SignalState, Verdict};
use super::source::{SourceFacts, SourceState};
use crate::content::expectation::SignalId;

/// The facts of one detection on one recording.
#[derive(Debug, Clone)]
pub struct DetectionFacts {
    /// Whether the detection could search.
    pub search: Search,
    /// Why the atomic counts as not performed, if it does.
    pub not_run: Option<String>,
    /// What the detection looks at, in its author's words (`windows/dns_query`).
    pub log_source: String,
    /// The logs of the recording that the detection looks at; none, if nobody
    /// looked there.
    pub sources: Vec<SourceFacts>,
    /// How many records inside the window the detection looked at.
    pub records: u64,
    /// The signals that it must fire on, any of them.
    pub fires_on: Vec<AwaitedSignal>,
    /// The signals among them that it fired on.
    pub fired_on: Vec<SignalId>,
    /// How many other events inside the window it fired on.
    pub others: u64,
    /// Signals that are unknown, and may be what it fired on.
    pub perhaps_on: Vec<SignalId>,
    /// Signals that are not as they must be, and that it fired on.
    pub wrongly_on: Vec<SignalId>,
    /// Signals whose events are part of a firing that would be there without them.
    pub anyway: Vec<SignalId>,
    /// Fields that it needs and that every event of its signals lacks.
    pub lacking: Vec<String>,
    /// What records that are not there yet could do to its firings.
    pub later: Later,
}

/// What records that come later can do to a firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// Nothing: one record made it, and no other is looked at.
    Keeps,
    /// They can take it away, as where rows are counted, compared, or joined.
    MayUndo,
}

impl DetectionFacts {
    /// The facts of a detection that has not searched anything.
    #[must_use]
    pub fn unsearched(search: Search, not_run: Option<String>) -> Self {
        Self {
            search,
            not_run,
            log_source: String::new(),
            sources: Vec::new(),
            records: 0,
            fires_on: Vec::new(),
            fired_on: Vec::new(),
            others: 0,
            perhaps_on: Vec::new(),
            wrongly_on: Vec::new(),
            anyway: Vec::new(),
            lacking: Vec::new(),
            later: Later::MayUndo,
        }
    }
}

/// A signal that a detection must fire on.
#[derive(Debug, Clone)]
pub struct AwaitedSignal {
    /// Its name.
    pub id: SignalId,
    /// What became of it.
    pub state: SignalState,
    /// Why that is so, as a fragment of a sentence.
    pub reason: String,
    /// Whether the detection looks at the logs that it stands in.
    pub view: View,
}

/// Whether a detection looks at the logs that a signal stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// It does.
    InSight,
    /// It looks elsewhere.
    OutOfSight,
}

/// Judges one detection: the verdict, and why as a fragment of a sentence. The
/// facts are looked at in the order of the table in `docs/verdicts.md`.
#[must_use]
pub fn judge_detection(facts: &DetectionFacts) -> (Verdict, String) {
    match &facts.search {
        Search::Invalid(why) => return (Verdict::Invalid, why.clone()),
        Search::Unsupported(why) => return (Verdict::Unsupported, why.clone()),
        Search::Damaged(_) | Search::Done => {}
    }
    if let Some(why) = &facts.not_run {
        return (Verdict::NotRun, why.clone());
    }
    if is_settled(facts) {
        return by_firings(facts);
    }
    inconclusive(facts)
        .map(|why| (Verdict::Inconclusive, why))
        .or_else(|| blind(facts))
        .unwrap_or_else(|| by_firings(facts))
}

/// Whether it fired on a signal that is there, and no record that may still come can
/// change that, so that its window need not be closed.
fn is_settled(facts: &DetectionFacts) -> bool {
    let is_read = |source: &SourceFacts| matches!(source.state, SourceState::Read(_));
    facts.later == Later::Keeps
        && facts.search == Search::Done
        && facts.records > 0
        && !facts.sources.is_empty()
        && facts.sources.iter().all(is_read)
        && facts
            .fires_on
            .iter()
            .any(|signal| signal.state == SignalState::Seen && facts.fired_on.contains(&signal.id))
}

/// Why nothing can be known, if nothing can.
fn inconclusive(facts: &DetectionFacts) -> Option<String> {
    if let Search::Damaged(why) = &facts.search {
        return Some(why.clone());
    }
    if facts
        .sources
        .iter()
        .all(|source| source.state == SourceState::NotLookedAt)
    {
        return Some(format!("its log ({}) was not looked at", facts.log_source));
    }
    if let Some(doubt) = facts.sources.iter().find_map(SourceFacts::doubt) {
        return Some(doubt);
    }
    let in_sight = |state| {
        facts
            .fires_on
            .iter()
            .find(move |signal| signal.view == View::InSight && signal.state == state)
    };
    match (in_sight(SignalState::Seen), in_sight(SignalState::Unknown)) {
        (None, Some(signal)) => Some(format!(
            "signal `{}` is unknown: {}",
            signal.id, signal.reason
        )),
        _ => None,
    }
}

/// Why it could see nothing, if it could not.
fn blind(facts: &DetectionFacts) -> Option<(Verdict, String)> {
    let of = |state| {
        facts
            .fires_on
            .iter()
            .filter(move |signal| signal.state == state)
    };
    if of(SignalState::Seen).next().is_none() {
        if let Some(signal) = of(SignalState::Unknown).next() {
            return Some((
                Verdict::Inconclusive,
                format!("signal `{}` is unknown: {}", signal.id, signal.reason),
            ));
        }
        let missing: Vec<_> = of(SignalState::Missing)
            .map(|signal| format!("`{}` ({})", signal.id, signal.reason))
            .collect();
        if !missing.is_empty() {
            return Some((
                Verdict::Blind,
                format!(
                    "none of its signals is there as it must be, although their log was read: {}",
                    missing.join(", ")
                ),
            ));
        }
        let why = of(SignalState::NotDue)
            .map(|signal| format!("signal `{}` is {}", signal.id, signal.reason))
            .next()
            .unwrap_or_else(|| "it has no signal to fire on".to_owned());
        return Some((Verdict::Inconclusive, why));
    }
    if facts.records == 0 {
        return Some((
            Verdict::Blind,
            format!(
                "its log ({}) was read and holds nothing inside the window",
                facts.log_source
            ),
        ));
    }
    if !facts.lacking.is_empty() && fired_on(facts).next().is_none() {
        let fields: Vec<_> = facts
            .lacking
            .iter()
            .map(|field| format!("`{field}`"))
            .collect();
        return Some((
            Verdict::Blind,
            format!(
                "it needs {}, which is absent or empty in every event of its signals",
                fields.join(" and ")
            ),
        ));
    }
    None
}

/// The signals that are there, due or not, and that it fired on.
fn fired_on(facts: &DetectionFacts) -> impl Iterator<Item = &SignalId> {
    facts.fires_on.iter().filter_map(|signal| {
        let is_there = matches!(signal.state, SignalState::Seen | SignalState::NotDue);
        (is_there && facts.fired_on.contains(&signal.id)).then_some(&signal.id)
    })
}

/// What it fired on, if on none of its signals.
fn stray(facts: &DetectionFacts) -> String {
    let named = |ids: &[SignalId]| {
        let ids: Vec<_> = ids.iter().map(|id| format!("`{id}`")).collect();
        ids.join(", ")
    };
    if !facts.anyway.is_empty() {
        return format!("it fires without {} as well", named(&facts.anyway));
    }
    if !facts.wrongly_on.is_empty() {
        return format!(
            "it fired on events of {}, which is not as it must be",
            named(&facts.wrongly_on)
        );
    }
    match facts.others {
        1 => "it fired on 1 event, which is none of its signals".to_owned(),
        count => format!("it fired on {count} events, none of them of its signals"),
    }
}

fn by_firings(facts: &DetectionFacts) -> (Verdict, String) {
    let hit: Vec<_> = fired_on(facts).map(|id| format!("`{id}`")).collect();
    if !hit.is_empty() {
        let others = match facts.others {
            0 => String::new(),
            1 => ", and on 1 other event".to_owned(),
            count => format!(", and on {count} other events"),
        };
        return (
            Verdict::Fired,
            format!("it fired on {}{others}", hit.join(", ")),
        );
    }
    if let Some(id) = facts.perhaps_on.first() {
        let signal = facts.fires_on.iter().find(|signal| signal.id == *id);
        let why = signal.map_or("", |signal| signal.reason.as_str());
        return (
            Verdict::Inconclusive,
            format!("it fired on what may be `{id}`, which is unknown: {why}"),
        );
    }
    if facts.others > 0 {
        return (Verdict::Stray, stray(facts));
    }
    let seen: Vec<_> = facts
        .fires_on
        .iter()
        .filter(|signal| signal.state == SignalState::Seen)
        .collect();
    let names: Vec<_> = seen
        .iter()
        .map(|signal| format!("`{}`", signal.id))
        .collect();
    let are_there = match names.len() {
        1 => format!("its signal {} is there", names[0]),
        _ => format!("its signals {} are there", names.join(", ")),
    };
    let elsewhere = if seen.iter().all(|signal| signal.view == View::OutOfSight) {
        format!(
            ", in logs that it does not look at (it looks at {})",
            facts.log_source
        )
    } else {
        String::new()
    };
    (
        Verdict::Misfire,
        format!("{are_there}{elsewhere}, and it stayed silent"),
    )
}
