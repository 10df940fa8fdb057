use std::collections::BTreeSet;

use misfire::event::{EventId, FileId};
use misfire::verdict::{Influence, MarkFacts, MarkedField, judge_mark};

fn events(records: &[u64]) -> BTreeSet<EventId> {
    let events = records.iter().map(|record| EventId {
        file: FileId(0),
        record: *record,
    });
    events.collect()
}

/// A field that holds the mark, and that the detection reads or does not.
fn facts(is_read: bool, fired_on: &[u64], without: Option<&[u64]>) -> MarkFacts {
    let field = MarkedField {
        field: "userAgent".to_owned(),
        added: "app/misfire-1".to_owned(),
    };
    MarkFacts {
        fields: vec![(field, is_read)],
        fired_on: events(fired_on),
        without: without.map(events),
    }
}

fn judged(facts: &MarkFacts) -> Option<(Influence, String)> {
    judge_mark(facts).map(|report| (report.influence, report.reason))
}

#[test]
fn what_is_read_is_told_and_whether_it_mattered() {
    let told = |influence, reason: &str| Some((influence, reason.to_owned()));
    assert_eq!(
        judged(&facts(true, &[1], Some(&[1]))),
        told(Influence::None, "it fires without it as well")
    );
    assert_eq!(
        judged(&facts(true, &[], Some(&[]))),
        told(Influence::None, "it stays silent without it as well")
    );
    assert_eq!(
        judged(&facts(true, &[1], Some(&[]))),
        told(
            Influence::Decisive,
            "without it the detection would have stayed silent"
        )
    );
    assert_eq!(
        judged(&facts(true, &[], Some(&[1]))),
        told(
            Influence::Decisive,
            "without it the detection would have fired"
        )
    );
    assert_eq!(
        judged(&facts(true, &[1], Some(&[2]))),
        told(
            Influence::Decisive,
            "without it the detection would have fired on other events"
        )
    );
    assert_eq!(
        judged(&facts(true, &[1], None)),
        told(
            Influence::Unknown,
            "whether that matters could not be found out"
        )
    );
}

/// What a detection does not read touches nothing, unless it turns out that it does.
#[test]
fn what_is_not_read_is_told_only_if_it_decides() {
    assert_eq!(judged(&facts(false, &[1], Some(&[1]))), None);
    assert_eq!(judged(&facts(false, &[1], None)), None);
    let report = judge_mark(&facts(false, &[1], Some(&[]))).expect("a report");
    assert_eq!(report.influence, Influence::Decisive);
    assert_eq!(report.fields.len(), 1);
    assert_eq!(
        report.short(),
        "`userAgent` holds `app/misfire-1`; without it the detection would have stayed silent"
    );
}
