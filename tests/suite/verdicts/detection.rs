use misfire::recording::Closure;
use misfire::verdict::{
    AwaitedSignal, ControlFacts, ControlOutcome, DetectionFacts, Later, Search, SignalState,
    SourceFacts, SourceState, Verdict, View, judge_control, judge_detection,
};
use proptest::prelude::*;

use super::{any_source, id, source};

fn awaited(name: &str, state: SignalState) -> AwaitedSignal {
    AwaitedSignal {
        id: id(name),
        state,
        reason: "a reason".to_owned(),
        view: View::InSight,
    }
}

/// A detection that fired as it should.
fn facts() -> DetectionFacts {
    DetectionFacts {
        search: Search::Done,
        not_run: None,
        log_source: "windows/process_creation".to_owned(),
        sources: vec![source(SourceState::Read(Closure::Closed))],
        records: 3,
        fires_on: vec![awaited("start", SignalState::Seen)],
        fired_on: vec![id("start")],
        others: 0,
        perhaps_on: Vec::new(),
        wrongly_on: Vec::new(),
        anyway: Vec::new(),
        lacking: Vec::new(),
        later: Later::MayUndo,
    }
}

fn verdict(facts: &DetectionFacts) -> Verdict {
    judge_detection(facts).0
}

fn any_search() -> impl Strategy<Value = Search> {
    prop_oneof![
        3 => Just(Search::Done),
        1 => Just(Search::Invalid("not loaded".to_owned())),
        1 => Just(Search::Unsupported("not evaluated".to_owned())),
        1 => Just(Search::Damaged("cut off".to_owned())),
    ]
}

fn any_facts() -> impl Strategy<Value = DetectionFacts> {
    let state = proptest::sample::select(SignalState::ALL.to_vec());
    let view = prop_oneof![Just(View::InSight), Just(View::OutOfSight)];
    let signals = proptest::collection::vec((state, view), 0..4).prop_map(|signals| {
        let named = signals.into_iter().zip(["a", "b", "c", "d"]);
        named
            .map(|((state, view), name)| AwaitedSignal {
                view,
                ..awaited(name, state)
            })
            .collect::<Vec<_>>()
    });
    let fired = proptest::sample::subsequence(vec!["a", "b", "c", "d", "e"], 0..5);
    let lacking = proptest::sample::subsequence(vec!["CommandLine".to_owned()], 0..=1);
    let perhaps = proptest::sample::subsequence(vec!["a", "b"], 0..=2);
    let later = prop_oneof![Just(Later::Keeps), Just(Later::MayUndo)];
    (
        any_search(),
        proptest::option::of(Just("it was blocked".to_owned())),
        proptest::collection::vec(any_source(), 0..3),
        0_u64..3,
        signals,
        fired,
        0_u64..3,
        lacking,
        (perhaps, later),
    )
        .prop_map(
            |(search, not_run, sources, records, fires_on, fired, others, lacking, more)| {
                let (perhaps, later) = more;
                DetectionFacts {
                    search,
                    not_run,
                    log_source: "windows/process_creation".to_owned(),
                    sources,
                    records,
                    fires_on,
                    fired_on: fired.into_iter().map(id).collect(),
                    others,
                    perhaps_on: perhaps.into_iter().map(id).collect(),
                    wrongly_on: Vec::new(),
                    anyway: Vec::new(),
                    lacking,
                    later,
                }
            },
        )
}

proptest! {
    /// Nothing that was not parsed, not of the source, or not caused by the test
    /// ever counts as fired.
    #[test]
    fn what_fired_was_read_and_caused(facts in any_facts()) {
        if verdict(&facts) == Verdict::Fired {
            prop_assert_eq!(&facts.search, &Search::Done);
            prop_assert!(facts.not_run.is_none());
            prop_assert!(!facts.sources.is_empty());
            let is_read = |source: &SourceFacts| match facts.later {
                Later::Keeps => matches!(source.state, SourceState::Read(_)),
                Later::MayUndo => source.state == SourceState::Read(Closure::Closed),
            };
            prop_assert!(facts.sources.iter().all(is_read));
            prop_assert!(facts.records > 0);
            // A signal that was not due may be there all the same; what is due must be.
            let is_hit = |signal: &AwaitedSignal| {
                matches!(signal.state, SignalState::Seen | SignalState::NotDue)
                    && facts.fired_on.contains(&signal.id)
            };
            prop_assert!(facts.fires_on.iter().any(is_hit));
            prop_assert!(facts.fires_on.iter().any(|signal| signal.state == SignalState::Seen));
        }
    }

    /// A firing that no later record can undo, on a signal that is there, is one whether
    /// or not more may come; any other waits for the window.
    #[test]
    fn an_open_window_hides_nothing_that_fired(facts in any_facts()) {
        let open = DetectionFacts {
            search: Search::Done,
            not_run: None,
            sources: vec![source(SourceState::Read(Closure::Open))],
            records: 1,
            ..facts
        };
        let is_hit = |signal: &AwaitedSignal| {
            signal.state == SignalState::Seen && open.fired_on.contains(&signal.id)
        };
        let is_settled = open.later == Later::Keeps && open.fires_on.iter().any(is_hit);
        let wanted = if is_settled { Verdict::Fired } else { Verdict::Inconclusive };
        prop_assert_eq!(verdict(&open), wanted);
    }

    /// A miss is only told of a test that ran, on a log that was read to the end,
    /// in which a signal is.
    #[test]
    fn what_is_missed_was_there(facts in any_facts()) {
        if matches!(verdict(&facts), Verdict::Misfire | Verdict::Stray) {
            prop_assert_eq!(&facts.search, &Search::Done);
            prop_assert!(facts.not_run.is_none());
            prop_assert!(!facts.sources.is_empty());
            prop_assert!(facts.sources.iter().all(|source| source.doubt().is_none()));
            prop_assert!(facts.fires_on.iter().any(|signal| signal.state == SignalState::Seen));
        }
    }

    /// What may be a signal is no stray.
    #[test]
    fn what_is_stray_is_surely_none_of_its_signals(facts in any_facts()) {
        if verdict(&facts) == Verdict::Stray {
            prop_assert!(facts.others > 0 && facts.perhaps_on.is_empty());
        }
    }

    /// A gap in telemetry is only told of a log that was read to the end.
    #[test]
    fn what_is_blind_was_looked_at(facts in any_facts()) {
        if verdict(&facts) == Verdict::Blind {
            prop_assert!(facts.not_run.is_none());
            prop_assert!(facts.sources.iter().all(|source| source.doubt().is_none()));
            prop_assert!(!facts.sources.is_empty());
        }
    }

    /// A test that was not performed is never judged by its events.
    #[test]
    fn what_did_not_run_is_told(facts in any_facts()) {
        let is_judged = !matches!(facts.search, Search::Invalid(_) | Search::Unsupported(_));
        prop_assert_eq!(
            verdict(&facts) == Verdict::NotRun,
            is_judged && facts.not_run.is_some()
        );
    }

    /// Every verdict has a reason.
    #[test]
    fn every_verdict_has_a_reason(facts in any_facts()) {
        prop_assert!(!judge_detection(&facts).1.is_empty());
    }

    /// A benign recording is only quiet for a detection that looked at it whole, and
    /// an alert is one whatever the window says.
    #[test]
    fn what_is_quiet_was_looked_at(
        search in any_search(),
        searched in 0_u64..3,
        unseen in proptest::option::of(Just("windows/dns_query".to_owned())),
        (firings, outside, timeless) in (0_u64..2, 0_u64..2, 0_u64..2),
    ) {
        let facts = ControlFacts { search, searched, unseen, firings, outside, timeless };
        let (outcome, reason) = judge_control(&facts);
        let fired = firings + outside + timeless > 0;
        prop_assert!(!reason.is_empty());
        prop_assert_eq!(
            outcome == ControlOutcome::Quiet,
            facts.search == Search::Done && searched > 0 && facts.unseen.is_none() && !fired
        );
        prop_assert_eq!(
            outcome == ControlOutcome::FalseAlarm,
            facts.search == Search::Done && fired
        );
    }
}

/// The facts of each row hold those of every later one, so that only their order
/// decides.
#[test]
fn the_rows_are_looked_at_in_their_order() {
    let mut facts = facts();
    assert_eq!(verdict(&facts), Verdict::Fired);
    facts.fired_on.clear();
    facts.others = 2;
    assert_eq!(verdict(&facts), Verdict::Stray);
    facts.others = 0;
    assert_eq!(verdict(&facts), Verdict::Misfire);
    facts.lacking = vec!["CommandLine".to_owned()];
    assert_eq!(verdict(&facts), Verdict::Blind);
    facts.sources = vec![source(SourceState::Read(Closure::Open))];
    assert_eq!(verdict(&facts), Verdict::Inconclusive);
    facts.not_run = Some("it was blocked".to_owned());
    assert_eq!(verdict(&facts), Verdict::NotRun);
    facts.search = Search::Unsupported("not evaluated".to_owned());
    assert_eq!(verdict(&facts), Verdict::Unsupported);
    facts.search = Search::Invalid("not loaded".to_owned());
    assert_eq!(verdict(&facts), Verdict::Invalid);
}

/// What is known to be there is told; why nothing else is known goes along.
#[test]
fn an_open_window_says_why() {
    let mut facts = facts();
    facts.sources = vec![SourceFacts {
        why_open: vec![
            "processes of it still ran".to_owned(),
            "it was cut off".to_owned(),
        ],
        ..source(SourceState::Read(Closure::Open))
    }];
    let (given, why) = judge_detection(&facts);
    assert_eq!(given, Verdict::Inconclusive);
    assert_eq!(
        why,
        "the window of `sysmon` is not proven closed: processes of it still ran; it was cut off"
    );
    facts.later = Later::Keeps;
    assert_eq!(verdict(&facts), Verdict::Fired);
    facts
        .sources
        .push(source(SourceState::Damaged("cut off".to_owned())));
    assert_eq!(verdict(&facts), Verdict::Inconclusive);
    facts.sources = vec![source(SourceState::Read(Closure::Open))];
    facts.fires_on[0].state = SignalState::NotDue;
    assert_eq!(verdict(&facts), Verdict::Inconclusive);
}

#[test]
fn nobody_looked() {
    let facts = DetectionFacts {
        sources: Vec::new(),
        ..facts()
    };
    assert_eq!(verdict(&facts), Verdict::Inconclusive);
}

#[test]
fn a_log_that_holds_nothing() {
    let mut facts = DetectionFacts {
        records: 0,
        fired_on: Vec::new(),
        ..facts()
    };
    assert_eq!(verdict(&facts), Verdict::Blind);
    facts.records = 1;
    assert_eq!(verdict(&facts), Verdict::Misfire);
}

#[test]
fn signals_that_are_not_there() {
    let with = |states: &[SignalState]| DetectionFacts {
        fires_on: states.iter().map(|state| awaited("a", *state)).collect(),
        fired_on: Vec::new(),
        ..facts()
    };
    use SignalState::{Missing, NotDue, Seen, Unknown};
    assert_eq!(verdict(&with(&[Missing, Missing])), Verdict::Blind);
    assert_eq!(verdict(&with(&[Missing, NotDue])), Verdict::Blind);
    assert_eq!(verdict(&with(&[NotDue, NotDue])), Verdict::Inconclusive);
    assert_eq!(verdict(&with(&[Missing, Unknown])), Verdict::Inconclusive);
    assert_eq!(verdict(&with(&[Missing, Seen])), Verdict::Misfire);
    assert_eq!(verdict(&with(&[])), Verdict::Inconclusive);
}

/// A log that it looks at was not read, and what is there it does not look at.
#[test]
fn a_signal_out_of_sight_is_no_excuse_for_one_that_is_unknown() {
    let mut facts = DetectionFacts {
        fires_on: vec![
            AwaitedSignal {
                view: View::OutOfSight,
                ..awaited("a", SignalState::Seen)
            },
            awaited("b", SignalState::Unknown),
        ],
        fired_on: Vec::new(),
        ..facts()
    };
    assert_eq!(verdict(&facts), Verdict::Inconclusive);
    facts.fires_on[1].state = SignalState::Missing;
    assert_eq!(verdict(&facts), Verdict::Misfire);
}

/// A field that one of the events has is no gap in telemetry.
#[test]
fn a_firing_needs_no_further_field() {
    let facts = DetectionFacts {
        lacking: vec!["CommandLine".to_owned()],
        ..facts()
    };
    assert_eq!(verdict(&facts), Verdict::Fired);
}
