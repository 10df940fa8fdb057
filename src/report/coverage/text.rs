//! Coverage for a terminal.

use std::io::{self, Write};

use comfy_table::{Table, presets};

use super::tell::{
    field, gap, index_summary, operators, proof, quoted, reach, recordings, summary, title, top,
};
use crate::coverage::{ExclusionRow, FieldRow, Index, Page};
use crate::report::paint::Paint;
use crate::report::words::one_line;

/// Longer values are cut.
const WIDTH: usize = 60;

/// Longer titles and reasons are cut.
const LINE: usize = 200;

/// Writes the page of a technique; tables have so many rows at most, all where that is
/// zero.
///
/// # Errors
///
/// The output cannot be written.
pub fn coverage_text(
    out: &mut dyn Write,
    page: &Page,
    most: usize,
    paint: Paint,
) -> io::Result<()> {
    let tactics = page.tactics.join(", ");
    writeln!(
        out,
        "{}  {}",
        paint.bold(one_line(&title(page), LINE)),
        paint.faint(tactics)
    )?;
    for line in summary(page) {
        writeln!(out, "{}", one_line(&line, LINE))?;
    }
    let proven = page.proof.is_some();
    events(out, page, most, paint)?;
    let heading = "fields filtered most";
    fields(out, heading, &page.fields, most, proven, paint)?;
    indicators(out, page, most, paint)?;
    let heading = "exclusions, whatever else holds";
    exclusions(out, heading, &page.exclusions, most, paint)?;
    let heading = "exclusions inside an alternative";
    exclusions(out, heading, &page.nested_exclusions, most, paint)?;
    let heading = "not in any record: lookups, counts, and what queries compute";
    fields(out, heading, &page.computed, most, proven, paint)?;
    gaps(out, page, most, paint)?;
    rules(out, page, most, paint)
}

/// A heading, with how many rows there are.
fn heading(out: &mut dyn Write, text: &str, rows: usize, paint: Paint) -> io::Result<()> {
    writeln!(
        out,
        "\n{} {}",
        paint.bold(text),
        paint.faint(format!("({rows})"))
    )
}

fn write_table(
    out: &mut dyn Write,
    heads: &[&str],
    rows: Vec<Vec<String>>,
    left: usize,
) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(heads.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        writeln!(out, "  {}", line.trim_end())?;
    }
    if left > 0 {
        writeln!(out, "  and {left} more")?;
    }
    Ok(())
}

/// The heads of a table; that of what is proven only where something was looked at.
fn heads(all: &[&'static str], proven: bool) -> Vec<&'static str> {
    let is_shown = |head: &&&str| proven || !matches!(**head, "PROVEN" | "RECORDED");
    all.iter().filter(is_shown).copied().collect()
}

fn events(out: &mut dyn Write, page: &Page, most: usize, paint: Paint) -> io::Result<()> {
    heading(out, "events", page.events.len(), paint)?;
    if page.events.is_empty() {
        return writeln!(out, "  none that the catalogue knows");
    }
    let (shown, left) = top(&page.events, most);
    let rows = shown
        .iter()
        .map(|row| {
            let mut cells = vec![row.rules.to_string()];
            if page.proof.is_some() {
                cells.push(recordings(row.recordings));
            }
            cells.push(row.provider.clone());
            cells.push(row.id.map_or_else(|| "any".to_owned(), |id| id.to_string()));
            cells.push(one_line(&row.title, WIDTH));
            cells
        })
        .collect();
    let heads = heads(
        &["RULES", "RECORDED", "PROVIDER", "ID", "TITLE"],
        page.proof.is_some(),
    );
    write_table(out, &heads, rows, left)
}

fn fields(
    out: &mut dyn Write,
    text: &str,
    rows: &[FieldRow],
    most: usize,
    proven: bool,
    paint: Paint,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    heading(out, text, rows.len(), paint)?;
    let (shown, left) = top(rows, most);
    let rows = shown
        .iter()
        .map(|row| {
            let samples: Vec<_> = row.samples.iter().map(|value| quoted(value, 24)).collect();
            let mut cells = vec![row.rules.to_string(), row.rules_excluding.to_string()];
            cells.extend(row.proven.map(|proven| proven.to_string()));
            cells.push(one_line(field(row.field.as_deref()), WIDTH));
            cells.push(operators(row));
            cells.push(samples.join(", "));
            cells
        })
        .collect();
    let all = ["RULES", "NOT", "PROVEN", "FIELD", "HOW", "SAMPLES"];
    write_table(out, &heads(&all, proven), rows, left)
}

fn indicators(out: &mut dyn Write, page: &Page, most: usize, paint: Paint) -> io::Result<()> {
    if page.indicators.is_empty() {
        return Ok(());
    }
    heading(out, "indicators", page.indicators.len(), paint)?;
    let (shown, left) = top(&page.indicators, most);
    let proven = page.proof.is_some();
    let rows = shown
        .iter()
        .map(|row| {
            let mut cells = vec![row.rules.to_string(), reach(row)];
            if proven {
                cells.push(row.proven.unwrap_or_default().to_string());
                cells.push(recordings(row.recordings));
            }
            cells.push(one_line(field(row.field.as_deref()), WIDTH));
            cells.push(row.operator.clone());
            cells.push(quoted(&row.value, WIDTH));
            cells
        })
        .collect();
    let all = [
        "RULES", "REACH", "PROVEN", "RECORDED", "FIELD", "HOW", "VALUE",
    ];
    write_table(out, &heads(&all, proven), rows, left)
}

fn exclusions(
    out: &mut dyn Write,
    text: &str,
    rows: &[ExclusionRow],
    most: usize,
    paint: Paint,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    heading(out, text, rows.len(), paint)?;
    let (shown, left) = top(rows, most);
    let rows = shown
        .iter()
        .map(|row| {
            vec![
                row.rules.to_string(),
                one_line(field(row.field.as_deref()), WIDTH),
                row.operator.clone(),
                value(row.value.as_deref()),
            ]
        })
        .collect();
    write_table(out, &["RULES", "FIELD", "HOW", "VALUE"], rows, left)
}

fn value(value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| quoted(value, WIDTH))
}

fn gaps(out: &mut dyn Write, page: &Page, most: usize, paint: Paint) -> io::Result<()> {
    if page.gaps.is_empty() {
        return Ok(());
    }
    let text = "fields that not every event carries";
    heading(out, text, page.gaps.len(), paint)?;
    let (shown, left) = top(&page.gaps, most);
    let rows = shown
        .iter()
        .map(|row| {
            vec![
                row.rules.to_string(),
                one_line(&row.field, WIDTH),
                one_line(&gap(row), LINE),
            ]
        })
        .collect();
    write_table(out, &["RULES", "FIELD", "CARRIED"], rows, left)
}

/// The rules; of those that are not evaluated, none is left out.
fn rules(out: &mut dyn Write, page: &Page, most: usize, paint: Paint) -> io::Result<()> {
    heading(out, "rules", page.rules.len() + page.unread.len(), paint)?;
    let (shown, left) = top(&page.rules, most);
    for row in shown {
        let title = one_line(&row.title, LINE);
        let proof = match proof(row) {
            None => String::new(),
            Some(told) if row.proofs.as_ref().is_some_and(|all| !all.is_empty()) => {
                format!("  {}", paint.good(told))
            }
            Some(told) => format!("  {}", paint.doubtful(told)),
        };
        writeln!(out, "  {:8}  {title}{proof}", row.language)?;
    }
    if left > 0 {
        writeln!(out, "  and {left} more")?;
    }
    for row in &page.unread {
        writeln!(
            out,
            "  {:8}  {}  {}",
            row.language,
            one_line(&row.title, LINE),
            paint.bad(format!("not evaluated: {}", one_line(&row.why, LINE)))
        )?;
    }
    Ok(())
}

/// Writes the index of a corpus.
///
/// # Errors
///
/// The output cannot be written.
pub fn index_text(out: &mut dyn Write, index: &Index, paint: Paint) -> io::Result<()> {
    for line in index_summary(index) {
        writeln!(out, "{}", paint.bold(one_line(&line, LINE)))?;
    }
    writeln!(out)?;
    let proven = index.proven.is_some();
    let rows = index
        .techniques
        .iter()
        .map(|row| {
            let languages: Vec<_> = row
                .languages
                .iter()
                .map(|(language, rules)| format!("{rules} {language}"))
                .collect();
            let mut cells = vec![
                row.technique.clone(),
                (row.rules + row.unread).to_string(),
                row.unread.to_string(),
            ];
            cells.extend(row.proven.map(|proven| proven.to_string()));
            cells.extend([
                row.events.to_string(),
                row.fields.to_string(),
                languages.join(", "),
                one_line(row.name.as_deref().unwrap_or("unknown to ATT&CK"), WIDTH),
            ]);
            cells
        })
        .collect();
    let all = [
        "TECHNIQUE",
        "RULES",
        "UNREAD",
        "PROVEN",
        "EVENTS",
        "FIELDS",
        "LANGUAGES",
        "NAME",
    ];
    write_table(out, &heads(&all, proven), rows, 0)?;
    if !index.unread_because.is_empty() {
        writeln!(out, "\nnot evaluated, since")?;
    }
    let mut reasons: Vec<_> = index.unread_because.iter().collect();
    reasons.sort_by_key(|(_, rules)| std::cmp::Reverse(**rules));
    for (why, rules) in reasons {
        writeln!(out, "  {rules:5}  {}", one_line(why, LINE))?;
    }
    Ok(())
}
