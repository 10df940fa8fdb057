//! The rules of the linters.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::json::rule as to_json;
use crate::detect::lint::{Remedy, Rule};
use crate::diagnostic::Severity;

/// Writes the rules as a table. `width` is the terminal's, or `None` for unbroken lines.
///
/// # Errors
///
/// The output cannot be written.
pub fn rules_text(
    out: &mut dyn Write,
    rules: &[&'static Rule],
    width: Option<u16>,
) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["CODE", "SEVERITY", "FIX", "MEANING", "PAGE"]);
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
    for rule in rules {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let remedy = match rule.remedy {
            Remedy::None => "-",
            Remedy::Proposed => "proposed",
            Remedy::Certain => "--fix",
        };
        table.add_row([
            rule.code.as_str(),
            severity,
            remedy,
            rule.meaning,
            rule.page.title,
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Writes the rules as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn rules_json(out: &mut dyn Write, rules: &[&'static Rule]) -> io::Result<()> {
    let rules: Vec<_> = rules.iter().map(|rule| to_json(rule)).collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"rules": rules}))?;
    writeln!(out)
}
