use misfire::content::expectation::CountRange;
use misfire::recording::Closure;
use misfire::verdict::{SignalFacts, SignalKind, SignalState, SourceState, judge_signal};
use proptest::prelude::*;
use rstest::rstest;

use super::{any_source, source};

fn facts() -> SignalFacts {
    SignalFacts {
        kind: SignalKind::Required,
        not_run: None,
        not_due: None,
        unusable: None,
        sources: vec![source(SourceState::Read(Closure::Closed))],
        count: 1,
        undecided: None,
        wanted: CountRange::default(),
    }
}

fn state(facts: &SignalFacts) -> SignalState {
    judge_signal(facts).0
}

fn any_facts() -> impl Strategy<Value = SignalFacts> {
    let reason = || proptest::option::of(Just("a reason".to_owned()));
    let kind = prop_oneof![
        Just(SignalKind::Required),
        Just(SignalKind::Conditional),
        Just(SignalKind::Absent)
    ];
    let wanted =
        (0_u64..4, proptest::option::of(0_u64..6)).prop_map(|(min, max)| CountRange { min, max });
    (
        kind,
        reason(),
        reason(),
        reason(),
        proptest::collection::vec(any_source(), 0..4),
        0_u64..6,
        reason(),
        wanted,
    )
        .prop_map(
            |(kind, not_run, not_due, unusable, sources, count, undecided, wanted)| SignalFacts {
                kind,
                not_run,
                not_due,
                unusable,
                sources,
                count,
                undecided,
                wanted,
            },
        )
}

proptest! {
    /// An event that is said to be there was counted, and one that is said to be
    /// absent was looked for everywhere to the end.
    #[test]
    fn what_is_seen_was_there(facts in any_facts()) {
        let (state, reason) = judge_signal(&facts);
        prop_assert!(!reason.is_empty());
        if state == SignalState::Seen {
            prop_assert!(facts.unusable.is_none() && facts.not_run.is_none() && facts.not_due.is_none());
            if facts.kind == SignalKind::Absent {
                prop_assert_eq!(facts.count, 0);
                prop_assert!(!facts.sources.is_empty());
                prop_assert!(facts.sources.iter().all(|source| source.doubt().is_none()));
                prop_assert!(facts.undecided.is_none());
            } else {
                prop_assert!(facts.count > 0 && facts.count >= facts.wanted.min);
                prop_assert!(facts.wanted.max.is_none_or(|max| facts.count <= max));
            }
        }
    }

    /// Nothing is missing where it was not looked for to the end, unless too much
    /// is there.
    #[test]
    fn what_is_missing_was_looked_for(facts in any_facts()) {
        if state(&facts) == SignalState::Missing {
            let too_many = facts.kind == SignalKind::Absent
                || facts.wanted.max.is_some_and(|max| facts.count > max);
            let looked = !facts.sources.is_empty()
                && facts.sources.iter().all(|source| source.doubt().is_none());
            prop_assert!((looked && facts.undecided.is_none()) || (too_many && facts.count > 0));
        }
    }

    /// Only a condition makes a signal not due.
    #[test]
    fn only_a_condition_excuses(facts in any_facts()) {
        prop_assert_eq!(
            state(&facts) == SignalState::NotDue,
            facts.not_due.is_some() && facts.unusable.is_none()
        );
    }
}

#[rstest]
#[case::there(1, SourceState::Read(Closure::Closed), SignalState::Seen)]
#[case::not_there(0, SourceState::Read(Closure::Closed), SignalState::Missing)]
#[case::not_there_yet(0, SourceState::Read(Closure::Open), SignalState::Unknown)]
#[case::there_already(1, SourceState::Read(Closure::Open), SignalState::Seen)]
#[case::nobody_looked(0, SourceState::NotLookedAt, SignalState::Unknown)]
#[case::damaged(0, SourceState::Damaged("cut off".to_owned()), SignalState::Unknown)]
fn a_required_signal(#[case] count: u64, #[case] log: SourceState, #[case] wanted: SignalState) {
    let facts = SignalFacts {
        count,
        sources: vec![source(log)],
        ..facts()
    };
    assert_eq!(state(&facts), wanted);
}

#[rstest]
#[case::not_there(0, SourceState::Read(Closure::Closed), SignalState::Seen)]
#[case::there(1, SourceState::Read(Closure::Closed), SignalState::Missing)]
#[case::may_come_yet(0, SourceState::Read(Closure::Open), SignalState::Unknown)]
#[case::nobody_looked(0, SourceState::NotLookedAt, SignalState::Unknown)]
fn an_absent_signal(#[case] count: u64, #[case] log: SourceState, #[case] wanted: SignalState) {
    let facts = SignalFacts {
        kind: SignalKind::Absent,
        count,
        sources: vec![source(log)],
        ..facts()
    };
    assert_eq!(state(&facts), wanted);
}

#[rstest]
#[case::enough(2, SignalState::Seen)]
#[case::too_few(1, SignalState::Missing)]
#[case::as_many_as_may_be(3, SignalState::Seen)]
#[case::too_many(4, SignalState::Missing)]
fn a_counted_signal(#[case] count: u64, #[case] wanted: SignalState) {
    let facts = SignalFacts {
        count,
        wanted: CountRange {
            min: 2,
            max: Some(3),
        },
        ..facts()
    };
    assert_eq!(state(&facts), wanted);
}

/// Of two logs, one was not looked at: the event may stand there.
#[test]
fn every_log_counts() {
    let facts = SignalFacts {
        count: 0,
        sources: vec![
            source(SourceState::Read(Closure::Closed)),
            source(SourceState::NotLookedAt),
        ],
        ..facts()
    };
    assert_eq!(state(&facts), SignalState::Unknown);
}
