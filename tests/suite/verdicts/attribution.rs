use std::collections::BTreeSet;

use misfire::content::expectation::RunBlock;
use misfire::event::{EventId, FileId, OwnedValue};
use misfire::recording::{NotRun, Outcome};
use misfire::verdict::{
    ClaimState, FiringFacts, FiringKind, Repeated, SignalState, Trace, is_due_to, judge_claim,
    not_run,
};
use proptest::prelude::*;

fn event(record: u64) -> EventId {
    EventId {
        file: FileId(0),
        record,
    }
}

fn firing(kind: FiringKind, group: &str, records: &[u64]) -> FiringFacts {
    FiringFacts {
        events: records.iter().copied().map(event).collect(),
        group: vec![("host".into(), OwnedValue::Text(group.into()))],
        kind,
    }
}

fn events(records: &[u64]) -> BTreeSet<EventId> {
    records.iter().copied().map(event).collect()
}

#[test]
fn one_event_decides_for_itself() {
    let hit = firing(FiringKind::Single, "", &[4]);
    assert!(is_due_to(&hit, &events(&[4]), &Repeated::default()));
    assert!(!is_due_to(&hit, &events(&[5]), &Repeated::default()));
}

#[test]
fn a_group_that_would_be_there_anyway_is_not_due() {
    let kind = FiringKind::Aggregated;
    let hit = firing(kind, "host", &[1, 2, 3]);
    let signal = events(&[3]);
    let without = |others: &[FiringFacts]| Repeated {
        without: others.to_vec(),
        ..Repeated::default()
    };
    assert!(is_due_to(&hit, &signal, &without(&[])));
    let other_group = firing(kind, "other", &[1, 2]);
    assert!(is_due_to(&hit, &signal, &without(&[other_group])));
    let same_group = firing(kind, "host", &[1, 2]);
    assert!(!is_due_to(
        &hit,
        &signal,
        &without(std::slice::from_ref(&same_group))
    ));
    let another_time = firing(kind, "host", &[8, 9]);
    assert!(is_due_to(&hit, &signal, &without(&[another_time])));

    // It would be there anyway, and is there by the signal alone as well.
    let mut repeated = without(std::slice::from_ref(&same_group));
    repeated.alone = vec![firing(kind, "other", &[3])];
    assert!(!is_due_to(&hit, &signal, &repeated));
    repeated.alone = vec![firing(kind, "host", &[3])];
    assert!(is_due_to(&hit, &signal, &repeated));

    // The test's events do it together, and only with the signal's.
    let mut repeated = without(std::slice::from_ref(&same_group));
    repeated.test = vec![firing(kind, "host", &[2, 3])];
    assert!(is_due_to(&hit, &signal, &repeated));
    repeated.rest = vec![firing(kind, "host", &[2])];
    assert!(!is_due_to(&hit, &signal, &repeated));
}

proptest! {
    /// A firing without any of the events is never due to them.
    #[test]
    fn a_firing_is_due_to_its_own_events_only(
        own in proptest::collection::vec(0_u64..6, 1..5),
        signal in proptest::collection::vec(6_u64..12, 0..5),
        aggregated in any::<bool>(),
    ) {
        let kind = if aggregated { FiringKind::Aggregated } else { FiringKind::Single };
        prop_assert!(!is_due_to(&firing(kind, "", &own), &events(&signal), &Repeated::default()));
    }
}

#[test]
fn a_trace_proves_the_performance() {
    let exits = RunBlock::Exits {
        exit_codes: vec![0],
    };
    let blocked = Outcome::NotRun {
        reason: NotRun::Blocked,
        because: "by the antivirus".to_owned(),
    };
    assert_eq!(not_run(&Outcome::Performed, &exits, Trace::None), None);
    assert_eq!(not_run(&Outcome::Exited(0), &exits, Trace::None), None);
    assert!(not_run(&Outcome::Exited(255), &exits, Trace::None).is_some());
    assert_eq!(not_run(&Outcome::Exited(255), &exits, Trace::Found), None);
    let why = not_run(&blocked, &exits, Trace::None).expect("a reason");
    assert!(
        why.contains("blocked") && why.contains("antivirus"),
        "{why}"
    );
    assert_eq!(not_run(&blocked, &exits, Trace::Found), None);
    let keeps_running = RunBlock::KeepsRunning {
        observe_for: jiff::SignedDuration::from_secs(60),
    };
    assert!(not_run(&Outcome::Exited(0), &keeps_running, Trace::None).is_some());
}

#[test]
fn a_claim_is_proven_by_every_signal_it_names() {
    use SignalState::{Missing, NotDue, Seen, Unknown};
    assert_eq!(judge_claim(&[Seen, Seen]), ClaimState::Proven);
    assert_eq!(judge_claim(&[Seen, Missing]), ClaimState::Contradicted);
    assert_eq!(judge_claim(&[Seen, Unknown]), ClaimState::Unproven);
    assert_eq!(judge_claim(&[NotDue]), ClaimState::Unproven);
    assert_eq!(judge_claim(&[]), ClaimState::Unproven);
}
