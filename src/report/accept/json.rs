//! An acceptance test as one JSON document.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use crate::diagnostic::to_json;
use crate::report::json::{claim, events, signal, verdict};
use crate::report::lint::finding_json;
use crate::run::{AcceptOutcome, Acceptance, AcceptedControl, AcceptedTest, Cell, Column, Mending};

/// Writes one JSON document: `detections`, each with its tests and a verdict for each
/// deployment and reading, `diagnostics`, and `summary`.
///
/// # Errors
///
/// The output cannot be written.
pub fn accept_json(out: &mut dyn Write, outcome: &AcceptOutcome) -> io::Result<()> {
    let accepted = outcome.detections.iter().filter(|one| one.is_accepted());
    let document = json!({
        "detections": outcome.detections.iter().map(detection).collect::<Vec<_>>(),
        "diagnostics": outcome.problems.iter().map(to_json).collect::<Vec<_>>(),
        "summary": {
            "detections": outcome.detections.len(),
            "accepted": accepted.count(),
            "records": outcome.records,
            "interrupted": outcome.interrupted,
        },
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn detection(accepted: &Acceptance) -> Json {
    let detection = &accepted.detection;
    let tests = accepted.tests.iter();
    let controls = accepted.controls.iter();
    json!({
        "detection": detection.id,
        "title": detection.title,
        "language": detection.language,
        "file": detection.file.display().to_string(),
        "accepted": accepted.is_accepted(),
        "findings": accepted.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "columns": accepted.columns.iter().map(column).collect::<Vec<_>>(),
        "tests": tests.map(|one| test(one, &accepted.columns)).collect::<Vec<_>>(),
        "controls": controls.map(|one| control(one, &accepted.columns)).collect::<Vec<_>>(),
    })
}

fn column(column: &Column) -> Json {
    json!({
        "deployment": column.deployment,
        "reading": column.reading,
        "repairs": column.repairs,
        "needs": column.needs,
    })
}

fn test(accepted: &AcceptedTest, columns: &[Column]) -> Json {
    let test = &accepted.test;
    let atomic = test.atomic.as_ref();
    let signals: serde_json::Map<_, _> = test
        .signals
        .iter()
        .map(|given| (given.id.to_string(), json!(signal(given, test))))
        .collect();
    let cells = accepted.cells.iter().zip(columns);
    json!({
        "technique": atomic.map(|atomic| atomic.technique.as_str()),
        "atomic": atomic.and_then(|atomic| Some(atomic.guid?.to_string())),
        "name": test.name,
        "recording": test.recording.to_string_lossy(),
        "evidence": test.evidence,
        "stand_in": test.stand_in,
        "not_run": test.not_run,
        "telemetry": signals,
        "claims": test.claims.iter().map(claim).collect::<Vec<_>>(),
        "verdicts": cells.map(|(one, column)| cell(one, column, accepted)).collect::<Vec<_>>(),
    })
}

fn cell(cell: &Cell, column: &Column, accepted: &AcceptedTest) -> Json {
    let mut told = json!(verdict(&cell.verdict, &accepted.test));
    if let Json::Object(told) = &mut told {
        for key in [
            "expected",
            "known_gap",
            "surplus",
            "file",
            "title",
            "language",
        ] {
            told.shift_remove(key);
        }
        told.insert("deployment".to_owned(), json!(column.deployment));
        told.insert("repair".to_owned(), json!(cell.repair.as_ref().map(repair)));
    }
    told
}

fn repair(mending: &Mending) -> Json {
    match mending {
        Mending::Found(repair) => {
            let steps = repair
                .steps
                .iter()
                .map(|step| json!({"code": step.code, "title": step.title, "places": step.places}));
            json!({
                "found": true,
                "steps": steps.collect::<Vec<_>>(),
                "text": repair.text,
                "false_alarms": repair.false_alarms,
                "reason": null,
            })
        }
        Mending::NotFound(why) => json!({
            "found": false,
            "steps": [],
            "text": null,
            "false_alarms": [],
            "reason": why,
        }),
    }
}

fn control(control: &AcceptedControl, columns: &[Column]) -> Json {
    let cells = control.cells.iter().zip(columns).map(|(cell, column)| {
        json!({
            "deployment": column.deployment,
            "reading": column.reading,
            "outcome": cell.outcome,
            "reason": cell.reason,
            "events": events(&cell.events),
        })
    });
    json!({
        "name": control.name,
        "why": control.why,
        "evidence": control.evidence,
        "outcomes": cells.collect::<Vec<_>>(),
    })
}
