//! A run as one JSON document.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::explain::explanation_json;
use crate::diagnostic;
use crate::verdict::{ControlReport, Report, TestReport, VerdictReport};

/// Writes a run as JSON; `docs/json.md` describes the document.
///
/// # Errors
///
/// The output cannot be written.
pub fn run_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let summary = report.summary();
    let mut counts = serde_json::Map::new();
    for (word, number) in &summary.verdicts {
        counts.insert((*word).to_owned(), Json::from(*number));
    }
    let others = [
        ("controls", json!(summary.controls)),
        ("evidence", json!(summary.evidence)),
        ("unexpected", json!(summary.unexpected)),
        ("judged", json!(report.judged())),
        ("records", json!(report.records)),
        ("interrupted", json!(report.interrupted)),
        ("commented_out", json!(report.commented_out)),
    ];
    counts.extend(others.map(|(name, value)| (name.to_owned(), value)));
    let document = json!({
        "summary": counts,
        "tests": report.tests.iter().map(test).collect::<Vec<_>>(),
        "absent": report.absent,
        "diagnostics": report.diagnostics.iter().map(diagnostic::to_json).collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn test(test: &TestReport) -> Json {
    json!({
        "name": test.name,
        "stage": "replay",
        "recording": test.recording,
        "evidence": test.evidence,
        "records": test.records,
        "verdicts": test.verdicts.iter().map(|given| verdict(given, test)).collect::<Vec<_>>(),
        "controls": test.controls.iter().map(control).collect::<Vec<_>>(),
    })
}

fn verdict(given: &VerdictReport, test: &TestReport) -> Json {
    let files = [test.recording.clone()];
    json!({
        "detection": given.detection,
        "title": given.title,
        "language": given.language,
        "reading": given.reading,
        "verdict": given.verdict,
        "expected": given.expected,
        "reason": given.reason,
        "surplus": given.surplus,
        "events": given.events,
        "near_miss": given.near_miss.as_ref().map(|near_miss| explanation_json(&near_miss.explanation, &files)),
    })
}

fn control(given: &ControlReport) -> Json {
    json!({
        "name": given.name,
        "detection": given.detection,
        "title": given.title,
        "reading": given.reading,
        "outcome": given.outcome,
        "expected": given.expected,
        "reason": given.reason,
        "events": given.events,
    })
}
