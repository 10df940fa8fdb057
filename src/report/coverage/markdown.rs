//! Coverage in Markdown.

use std::io::{self, Write};

use super::tell::{
    field, gap, index_summary, operators, proof, reach, recordings, summary, title, top,
};
use crate::coverage::{ExclusionRow, FieldRow, Index, Page};
use crate::report::markdown::text as escaped;
use crate::report::words::one_line;

/// Writes the page of a technique; tables have so many rows at most, all where that is
/// zero.
///
/// # Errors
///
/// The output cannot be written.
pub fn coverage_markdown(out: &mut dyn Write, page: &Page, most: usize) -> io::Result<()> {
    writeln!(out, "# {}\n", escaped(&title(page)))?;
    for line in summary(page) {
        writeln!(out, "- {}", escaped(&line))?;
    }
    writeln!(out, "\n## Events\n")?;
    let proven = page.proof.is_some();
    let (shown, left) = top(&page.events, most);
    let rows = shown.iter().map(|row| {
        let mut cells = vec![row.rules.to_string()];
        if proven {
            cells.push(recordings(row.recordings));
        }
        cells.push(escaped(&row.provider));
        cells.push(row.id.map_or_else(|| "any".to_owned(), |id| id.to_string()));
        cells.push(escaped(&row.title));
        cells
    });
    table(
        out,
        &heads(&["rules", "recorded", "provider", "id", "title"], proven),
        rows,
        left,
    )?;
    fields(out, "Fields filtered most", &page.fields, most, proven)?;
    let (shown, left) = top(&page.indicators, most);
    let rows = shown.iter().map(|row| {
        let mut cells = vec![row.rules.to_string(), reach(row)];
        if proven {
            cells.push(row.proven.unwrap_or_default().to_string());
            cells.push(recordings(row.recordings));
        }
        cells.push(escaped(field(row.field.as_deref())));
        cells.push(escaped(&row.operator));
        cells.push(code(&row.value));
        cells
    });
    if !page.indicators.is_empty() {
        writeln!(out, "## Indicators\n")?;
        let all = [
            "rules", "reach", "proven", "recorded", "field", "how", "value",
        ];
        table(out, &heads(&all, proven), rows, left)?;
    }
    exclusions(
        out,
        "Exclusions, whatever else holds",
        &page.exclusions,
        most,
    )?;
    exclusions(
        out,
        "Exclusions inside an alternative",
        &page.nested_exclusions,
        most,
    )?;
    let heading = "Not in any record: lookups, counts, and what queries compute";
    fields(out, heading, &page.computed, most, proven)?;
    if !page.gaps.is_empty() {
        writeln!(out, "## Fields that not every event carries\n")?;
        let (shown, left) = top(&page.gaps, most);
        let rows = shown
            .iter()
            .map(|row| vec![row.rules.to_string(), code(&row.field), escaped(&gap(row))]);
        table(out, &["rules", "field", "carried"], rows, left)?;
    }
    rules(out, page)
}

fn heads(all: &[&'static str], proven: bool) -> Vec<&'static str> {
    let is_shown = |head: &&&str| proven || !matches!(**head, "proven" | "recorded");
    all.iter().filter(is_shown).copied().collect()
}

fn table(
    out: &mut dyn Write,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    left: usize,
) -> io::Result<()> {
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|{}", " --- |".repeat(heads.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    if left > 0 {
        writeln!(out, "\nAnd {left} more.")?;
    }
    writeln!(out)
}

fn fields(
    out: &mut dyn Write,
    heading: &str,
    rows: &[FieldRow],
    most: usize,
    proven: bool,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {heading}\n")?;
    let (shown, left) = top(rows, most);
    let rows = shown.iter().map(|row| {
        let samples: Vec<_> = row.samples.iter().map(|value| code(value)).collect();
        let mut cells = vec![row.rules.to_string(), row.rules_excluding.to_string()];
        cells.extend(row.proven.map(|proven| proven.to_string()));
        cells.push(escaped(field(row.field.as_deref())));
        cells.push(escaped(&operators(row)));
        cells.push(samples.join(", "));
        cells
    });
    let all = ["rules", "excluding", "proven", "field", "how", "samples"];
    table(out, &heads(&all, proven), rows, left)
}

fn exclusions(
    out: &mut dyn Write,
    heading: &str,
    rows: &[ExclusionRow],
    most: usize,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "## {heading}\n")?;
    let (shown, left) = top(rows, most);
    let rows = shown.iter().map(|row| {
        vec![
            row.rules.to_string(),
            escaped(field(row.field.as_deref())),
            escaped(&row.operator),
            row.value.as_deref().map_or_else(String::new, code),
        ]
    });
    table(out, &["rules", "field", "how", "value"], rows, left)
}

fn rules(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    writeln!(out, "## Rules\n")?;
    for row in &page.rules {
        let proof = proof(row).map_or_else(String::new, |told| format!(": {}", escaped(&told)));
        writeln!(
            out,
            "- {}, {}, {}{proof}",
            row.language,
            escaped(&row.title),
            code(&row.detection)
        )?;
    }
    for row in &page.unread {
        writeln!(
            out,
            "- {}, {}, {}: **not evaluated**: {}",
            row.language,
            escaped(&row.title),
            code(&row.detection),
            escaped(&row.why)
        )?;
    }
    Ok(())
}

/// A value as code, on one line of a table.
fn code(value: &str) -> String {
    let line = one_line(value, usize::MAX);
    if line.trim().is_empty() || line.contains('`') {
        return format!("\"{}\"", escaped(&line));
    }
    format!("`{}`", line.replace('|', "\\|"))
}

/// Writes the index of a corpus.
///
/// # Errors
///
/// The output cannot be written.
pub fn index_markdown(out: &mut dyn Write, index: &Index) -> io::Result<()> {
    writeln!(out, "# Coverage\n")?;
    for line in index_summary(index) {
        writeln!(out, "- {}", escaped(&line))?;
    }
    writeln!(out)?;
    let proven = index.proven.is_some();
    let rows = index.techniques.iter().map(|row| {
        let languages: Vec<_> = row
            .languages
            .iter()
            .map(|(language, rules)| format!("{rules} {language}"))
            .collect();
        let mut cells = vec![
            row.technique.clone(),
            escaped(row.name.as_deref().unwrap_or("unknown to ATT&CK")),
            (row.rules + row.unread).to_string(),
            row.unread.to_string(),
        ];
        cells.extend(row.proven.map(|proven| proven.to_string()));
        cells.extend([
            row.events.to_string(),
            row.fields.to_string(),
            languages.join(", "),
        ]);
        cells
    });
    let all = [
        "technique",
        "name",
        "rules",
        "not evaluated",
        "proven",
        "events",
        "fields",
        "languages",
    ];
    table(out, &heads(&all, proven), rows, 0)?;
    if !index.unread_because.is_empty() {
        writeln!(out, "## Not evaluated\n")?;
        let rows = index.unread_because.iter();
        let rows = rows.map(|(why, rules)| vec![rules.to_string(), escaped(why)]);
        table(out, &["rules", "since"], rows, 0)?;
    }
    Ok(())
}
