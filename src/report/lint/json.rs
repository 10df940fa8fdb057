//! Findings as one JSON document.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::Counts;
use crate::detect::lint::{Finding, Remedy, Rule};
use crate::diagnostic::{At, to_json};
use crate::run::LintOutcome;

/// Writes one JSON document: `findings`, `mended`, `diagnostics`, and `summary`.
///
/// # Errors
///
/// The output cannot be written.
pub fn lint_json(out: &mut dyn Write, outcome: &LintOutcome) -> io::Result<()> {
    let counts = Counts::of(&outcome.findings);
    let mended = outcome.mended.iter().map(|file| {
        let codes: Vec<_> = file
            .fixed
            .iter()
            .map(|finding| finding.diagnostic.code)
            .collect();
        json!({"file": file.before.file.display().to_string(), "codes": codes})
    });
    let document = json!({
        "findings": outcome.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "mended": mended.collect::<Vec<_>>(),
        "diagnostics": outcome.problems.iter().map(to_json).collect::<Vec<_>>(),
        "summary": {
            "detections": outcome.detections,
            "files": outcome.files,
            "errors": counts.errors,
            "warnings": counts.warnings,
            "notes": counts.notes,
            "allowed": outcome.allowed,
            "fixable": counts.certain,
        },
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// What a rule says, with its page.
pub(super) fn rule(rule: &Rule) -> Json {
    json!({
        "code": rule.code,
        "language": rule.language,
        "severity": rule.severity,
        "meaning": rule.meaning,
        "page": {"title": rule.page.title, "address": rule.page.address},
        "remedy": word(rule.remedy),
    })
}

fn word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::None => "none",
        Remedy::Proposed => "proposed",
        Remedy::Certain => "certain",
    }
}

/// A finding with its rule and its fix.
pub(in crate::report) fn finding_json(finding: &Finding) -> Json {
    let mut told = to_json(&finding.diagnostic);
    let place = finding.diagnostic.place.as_ref();
    let end = place.and_then(|place| match &place.at {
        At::Span { source, bytes } => Some(source.line_and_column(bytes.end)),
        _ => None,
    });
    let fix = finding.fix.as_ref().map(|fix| {
        let in_file = |byte| match place.map(|place| &place.at) {
            Some(At::Span { source, .. }) => source.byte_in_file(byte),
            _ => byte,
        };
        let edits = fix.edits.iter().map(|edit| {
            json!({
                "start": in_file(edit.range.start),
                "end": in_file(edit.range.end),
                "text": edit.text,
            })
        });
        json!({
            "title": fix.title,
            "remedy": word(fix.remedy),
            "edits": edits.collect::<Vec<_>>(),
        })
    });
    if let Json::Object(told) = &mut told {
        told.remove("record");
        told.remove("byte");
        told.insert("end_line".to_owned(), json!(end.map(|(line, _)| line)));
        told.insert(
            "end_column".to_owned(),
            json!(end.map(|(_, column)| column)),
        );
        told.insert("rule".to_owned(), json!(finding.rule.map(rule)));
        told.insert("fix".to_owned(), json!(fix));
    }
    told
}
