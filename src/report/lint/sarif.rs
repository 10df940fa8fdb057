//! Findings in the Static Analysis Results Interchange Format 2.1.0
//! (OASIS Standard, 27 March 2020), which code hosts show beside the lines.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value as Json, json};

use crate::detect::lint::{Finding, Fix, rule_of};
use crate::diagnostic::{At, Code, Place, Severity};
use crate::run::LintOutcome;

/// What a path of a URI reference cannot hold as it is (RFC 3986, section 3.3).
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Writes the findings as a SARIF log of one run.
///
/// # Errors
///
/// The output cannot be written.
pub fn lint_sarif(out: &mut dyn Write, outcome: &LintOutcome) -> io::Result<()> {
    let codes: BTreeMap<Code, usize> = outcome
        .findings
        .iter()
        .map(|finding| finding.diagnostic.code)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .zip(0..)
        .collect();
    let rules: Vec<_> = codes.keys().map(|code| descriptor(*code)).collect();
    let results: Vec<_> = outcome
        .findings
        .iter()
        .map(|finding| result(finding, &codes))
        .collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "misfire",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": outcome.problems.is_empty() && !outcome.interrupted}],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn descriptor(code: Code) -> Json {
    let mut descriptor = json!({"id": code});
    if let (Some(rule), Json::Object(told)) = (rule_of(code), &mut descriptor) {
        told.insert("shortDescription".to_owned(), json!({"text": rule.meaning}));
        told.insert(
            "defaultConfiguration".to_owned(),
            json!({"level": level(rule.severity)}),
        );
        if !rule.page.address.is_empty() {
            told.insert("helpUri".to_owned(), json!(rule.page.address));
        }
        told.insert("help".to_owned(), json!({"text": rule.page.title}));
    }
    descriptor
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Finding, codes: &BTreeMap<Code, usize>) -> Json {
    let diagnostic = &finding.diagnostic;
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.get(&diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": text},
    });
    if let (Some(place), Json::Object(told)) = (&diagnostic.place, &mut result) {
        told.insert("locations".to_owned(), json!([location(place)]));
        if let Some(fix) = &finding.fix {
            told.insert("fixes".to_owned(), json!([change(fix, place)]));
        }
    }
    result
}

fn location(place: &Place) -> Json {
    let mut physical = json!({"artifactLocation": {"uri": uri(&place.file)}});
    let region = match &place.at {
        At::Span { source, bytes } => {
            let (line, column) = source.line_and_column(bytes.start);
            let (end_line, end_column) = source.line_and_column(bytes.end.max(bytes.start));
            Some(json!({
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            }))
        }
        At::Line(line) => Some(json!({"startLine": line})),
        At::File | At::Record(_) | At::Byte(_) => None,
    };
    if let (Some(region), Json::Object(physical)) = (region, &mut physical) {
        physical.insert("region".to_owned(), region);
    }
    json!({"physicalLocation": physical})
}

fn change(fix: &Fix, place: &Place) -> Json {
    let file = &place.file;
    let in_file = |byte| match &place.at {
        At::Span { source, .. } => source.byte_in_file(byte),
        _ => byte,
    };
    let replacements = fix.edits.iter().map(|edit| {
        json!({
            "deletedRegion": {
                "byteOffset": in_file(edit.range.start),
                "byteLength": edit.range.len(),
            },
            "insertedContent": {"text": edit.text},
        })
    });
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(file)},
            "replacements": replacements.collect::<Vec<_>>(),
        }],
    })
}

/// A path as a URI reference.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text);
    let encoded = utf8_percent_encode(text, UNSAFE).to_string();
    if path.is_absolute() {
        let slash = if encoded.starts_with('/') { "" } else { "/" };
        return format!("file://{slash}{encoded}");
    }
    // What stands before the first colon would be a scheme.
    match encoded.split_once('/') {
        Some((first, _)) if !first.contains(':') => encoded,
        None if !encoded.contains(':') => encoded,
        _ => format!("./{encoded}"),
    }
}
