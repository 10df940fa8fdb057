//! Detections that are one idea in several languages, compared event by event.

use std::collections::BTreeSet;

use super::recordings::Searched;
use super::test::Bench;
use crate::detect::{Detection, Engine, ProgramId, Reading};
use crate::event::EventId;
use crate::verdict::AgreementReport;

/// Compares, on one recording, each detection with those that it says it agrees
/// with; `name` is the recording's. Where one of the two cannot be evaluated, there is
/// nothing to compare, and its own verdict says why.
pub(super) fn compare(bench: &Bench<'_>, searched: &Searched, name: &str) -> Vec<AgreementReport> {
    let programs = (0..).map(ProgramId).zip(bench.engine.programs());
    let mut reports = Vec::new();
    for (program, detection) in programs {
        if detection.reading != Reading::Strict {
            continue;
        }
        for other in &detection.agrees_with {
            let Some(partner) = bench.program(other, Reading::Strict).one() else {
                continue;
            };
            let both = [program, partner];
            let is_unproven = |program: &ProgramId| {
                !bench.engine.is_compiled(*program) || bench.limit(*program, searched).is_some()
            };
            if both.iter().any(is_unproven) {
                continue;
            }
            let Some(known) = bench.engine.programs().get(partner.0 as usize) else {
                continue;
            };
            reports.extend(one(searched, name, (program, detection), (partner, known)));
        }
    }
    reports
}

/// One pair; none if neither of the two has fired.
fn one(
    searched: &Searched,
    name: &str,
    (program, detection): (ProgramId, &Detection),
    (partner, other): (ProgramId, &Detection),
) -> Option<AgreementReport> {
    let of = |program: ProgramId| -> BTreeSet<EventId> {
        let firings = searched.firings.iter();
        let own = firings.filter(|firing| firing.program == program);
        own.flat_map(|firing| firing.events.iter().copied())
            .collect()
    };
    let (own, others) = (of(program), of(partner));
    if own.is_empty() && others.is_empty() {
        return None;
    }
    Some(AgreementReport {
        recording: name.to_owned(),
        detection: detection.id.clone(),
        title: detection.title.clone(),
        file: Some(detection.file.clone()),
        other: other.id.clone(),
        other_title: other.title.clone(),
        both: own.intersection(&others).count() as u64,
        only_this: searched.event_refs(own.difference(&others).copied()),
        only_other: searched.event_refs(others.difference(&own).copied()),
    })
}
