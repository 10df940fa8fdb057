//! What a scan found: a table, or JSON lines.

use std::collections::BTreeSet;
use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde_json::{Map, Value as Json, json};

use super::paint::Paint;
use super::words::{self, count, count_of};
use crate::diagnostic::{self, Diagnostic};
use crate::run::{Found, ScanOutcome};

/// How much of one value a table shows, in characters.
const VALUE_WIDTH: usize = 120;

/// How many reasons for not searching a summary names.
const MOST_REASONS: usize = 6;

/// Writes a scan as a table and a summary. `width` is the terminal's, or `None`
/// for unbroken lines.
///
/// # Errors
///
/// The output cannot be written.
pub fn scan_text(
    out: &mut dyn Write,
    outcome: &ScanOutcome,
    paint: Paint,
    width: Option<u16>,
) -> io::Result<()> {
    if !outcome.firings.is_empty() {
        for line in table(&outcome.firings, width).lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    summary_text(out, outcome, paint)
}

fn table(firings: &[Found], width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header([
        "LEVEL",
        "DETECTION",
        "FILE",
        "RECORD",
        "TIME",
        "MATCHED",
    ]);
    match width {
        Some(width) => {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width);
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    for found in firings {
        let matched: Vec<_> = found
            .firing
            .matched
            .iter()
            .map(|(field, value)| format!("{field}={}", words::value(value, VALUE_WIDTH)))
            .collect();
        let record = found.firing.event().map(|event| event.record.to_string());
        let others = found.firing.events.len().saturating_sub(1);
        let record = record.unwrap_or_default();
        let record = match others {
            0 => record,
            _ => format!("{record} (+{others})"),
        };
        table.add_row([
            found
                .detection
                .level
                .map_or_else(|| "-".to_owned(), |level| level.to_string()),
            words::one_line(&found.detection.title, VALUE_WIDTH),
            words::one_line(&found.file.to_string_lossy(), usize::MAX),
            record,
            time(found),
            matched.join("  "),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    // What is short stays on one line, whatever the terminal's width.
    for short in [0, 3, 4] {
        if let Some(column) = table.column_mut(short) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

fn time(found: &Found) -> String {
    // To the second; JSON has all digits.
    found
        .firing
        .time
        .map(|time| time.strftime("%F %T").to_string())
        .unwrap_or_default()
}

fn summary_text(out: &mut dyn Write, outcome: &ScanOutcome, paint: Paint) -> io::Result<()> {
    let fired: BTreeSet<_> = outcome
        .firings
        .iter()
        .map(|found| &found.detection.id)
        .collect();
    let firings = match outcome.firings.len() {
        0 => "no firing".to_owned(),
        count => format!(
            "{} of {}",
            count_of(count, "firing"),
            count_of(fired.len(), "detection")
        ),
    };
    writeln!(
        out,
        "{} in {} searched with {} of {}: {}",
        count(outcome.records(), "record"),
        count_of(opened(outcome), "log"),
        words::grouped(outcome.searched as u64),
        count_of(outcome.detections, "detection"),
        paint.bold(firings),
    )?;
    benign_text(out, outcome, paint)?;
    for (queries, deployment) in [
        ("Splunk searches", &outcome.deployment),
        ("Sumo Logic queries", &outcome.sumo_deployment),
    ] {
        if let Some(deployment) = deployment {
            let deployment = words::one_line(deployment, VALUE_WIDTH);
            writeln!(out, "{queries} are read in the deployment `{deployment}`")?;
        }
    }
    let lines = unsearched(outcome);
    if !lines.is_empty() {
        writeln!(out, "not searched:")?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
    }
    if outcome.interrupted {
        writeln!(
            out,
            "{}",
            paint.bad("interrupted: the rest was not searched")
        )?;
    }
    Ok(())
}

fn benign_text(out: &mut dyn Write, outcome: &ScanOutcome, paint: Paint) -> io::Result<()> {
    let Some(unused) = &outcome.unused_benign else {
        return Ok(());
    };
    writeln!(
        out,
        "{} on the list of benign hits, {} not",
        count_of(outcome.benign.len(), "firing"),
        if outcome.firings.is_empty() {
            paint.good("none")
        } else {
            paint.bad(words::grouped(outcome.firings.len() as u64))
        },
    )?;
    for entry in unused {
        let line = entry
            .place
            .line_and_column()
            .map_or(String::new(), |(line, _)| format!(" (line {line})"));
        writeln!(
            out,
            "the list's entry for `{}`{line} met no firing",
            words::one_line(&entry.rule, VALUE_WIDTH)
        )?;
    }
    Ok(())
}

fn opened(outcome: &ScanOutcome) -> usize {
    outcome.files.iter().filter(|file| file.opened).count()
}

fn unsearched(outcome: &ScanOutcome) -> Vec<String> {
    let unsearched = &outcome.unsearched;
    let mut lines = Vec::new();
    let mut reasons: Vec<_> = unsearched.detections.iter().collect();
    reasons.sort_by_key(|(why, number)| (std::cmp::Reverse(**number), *why));
    for (why, number) in reasons.iter().take(MOST_REASONS) {
        lines.push(format!("{}: {why}", count_of(**number, "detection")));
    }
    let rest: usize = reasons
        .iter()
        .skip(MOST_REASONS)
        .map(|(_, number)| **number)
        .sum();
    if rest > 0 {
        lines.push(format!(
            "{}: {} more reasons (all in JSON)",
            count_of(rest, "detection"),
            reasons.len() - MOST_REASONS
        ));
    }
    if unsearched.without_events > 0 {
        lines.push(format!(
            "{}: {}",
            count_of(unsearched.without_events, "detection"),
            if outcome.interrupted {
                "their log source did not occur so far"
            } else {
                "their log source does not occur in these logs"
            }
        ));
    }
    let unopened = outcome.files.iter().filter(|file| !file.opened).count();
    let unopened = unopened.saturating_sub(unsearched.files.len());
    if unopened > 0 {
        let why = if outcome.interrupted {
            "not reached, or not readable"
        } else {
            "not readable, see above"
        };
        lines.push(format!("{}: {why}", count_of(unopened, "file")));
    }
    if !unsearched.files.is_empty() {
        lines.push(format!(
            "{}: no log, such as {}",
            count_of(unsearched.files.len(), "file"),
            words::one_line(&unsearched.files[0].to_string_lossy(), VALUE_WIDTH)
        ));
    }
    let records: u64 = unsearched.records.values().sum();
    if records > 0 {
        let mut origins: Vec<_> = unsearched.records.iter().collect();
        origins.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named: Vec<_> = origins
            .iter()
            .take(3)
            .map(|(origin, _)| origin.to_string())
            .collect();
        lines.push(format!(
            "{}: no detection looks at their kind ({}{})",
            count(records, "record"),
            named.join("; "),
            if origins.len() > named.len() {
                format!("; {} more", origins.len() - named.len())
            } else {
                String::new()
            }
        ));
    }
    lines
}

/// Writes a scan as JSON lines: one a firing, and a closing summary.
///
/// # Errors
///
/// The output cannot be written.
pub fn scan_json(out: &mut dyn Write, outcome: &ScanOutcome) -> io::Result<()> {
    for found in &outcome.firings {
        writeln!(out, "{}", firing(found))?;
    }
    let unsearched = &outcome.unsearched;
    let problems = |problems: &[Diagnostic]| -> Vec<Json> {
        problems.iter().map(diagnostic::to_json).collect()
    };
    let records: Map<String, Json> = unsearched
        .records
        .iter()
        .map(|(origin, count)| (origin.to_string(), Json::from(*count)))
        .collect();
    let summary = json!({
        "summary": {
            "splunk_deployment": outcome.deployment,
            "sumo_deployment": outcome.sumo_deployment,
            "files": opened(outcome),
            "records": outcome.records(),
            "detections": outcome.detections,
            "detections_searched": outcome.searched,
            "firings": outcome.firings.len(),
            "benign": outcome.benign.len(),
            "unused_benign": outcome.unused_benign.iter().flatten().map(|entry| {
                json!({
                    "rule": entry.rule,
                    "line": entry.place.line_and_column().map(|(line, _)| line),
                })
            }).collect::<Vec<_>>(),
            "interrupted": outcome.interrupted,
            "not_searched": {
                "detections": unsearched.detections,
                "detections_without_events": unsearched.without_events,
                "files": unsearched.files,
                "records": records,
            },
            "content_problems": problems(&outcome.content_problems),
            "log_problems": problems(&outcome.log_problems),
        }
    });
    writeln!(out, "{summary}")
}

fn firing(found: &Found) -> Json {
    let matched: Map<String, Json> = found
        .firing
        .matched
        .iter()
        .map(|(field, value)| (field.to_string(), words::json(value)))
        .collect();
    json!({
        "detection": found.detection.id,
        "title": found.detection.title,
        "level": found.detection.level,
        "language": found.detection.language,
        "reading": found.detection.reading,
        "file": found.file,
        "record": found.firing.event().map(|event| event.record),
        "records": found.firing.events.iter().map(|event| event.record).collect::<Vec<_>>(),
        "time": found.firing.time.map(|time| time.to_string()),
        "matched": matched,
    })
}
