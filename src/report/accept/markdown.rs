//! An acceptance test as a page that can be sent to the vendor.

use std::io::{self, Write};

use super::tell::{branch, diff, name, names, promise, repairs, same, steps, summary};
use crate::diagnostic::Severity;
use crate::report::markdown::text as escaped;
use crate::run::{Acceptance, AcceptedTest, Mending};
use crate::verdict::Verdict;

/// Writes the page of one detection.
///
/// # Errors
///
/// The output cannot be written.
pub fn accept_markdown(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    let detection = &accepted.detection;
    writeln!(out, "# Acceptance of {}\n", plain(&detection.title))?;
    writeln!(
        out,
        "**{}** ({}, `{}`)\n",
        if accepted.is_accepted() {
            "accepted"
        } else {
            "not accepted"
        },
        detection.language,
        detection.id
    )?;
    writeln!(out, "{}\n", plain(&summary(accepted)))?;
    matrix(out, accepted)?;
    findings(out, accepted)?;
    if !accepted.tests.is_empty() {
        writeln!(out, "## Test by test\n")?;
    }
    for test in &accepted.tests {
        one_test(out, test, accepted)?;
    }
    controls(out, accepted)?;
    changes(out, accepted)?;
    how(out, accepted)
}

fn matrix(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    if accepted.tests.is_empty() {
        return Ok(());
    }
    let heads: Vec<_> = accepted
        .columns
        .iter()
        .map(|column| plain(&name(column)))
        .collect();
    writeln!(out, "| test | recording | {} |", heads.join(" | "))?;
    writeln!(out, "| --- | --- |{}", " --- |".repeat(heads.len()))?;
    for test in &accepted.tests {
        let cells: Vec<_> = test
            .cells
            .iter()
            .map(|cell| match cell.verdict.verdict {
                Verdict::Fired => "**fired**".to_owned(),
                other => other.to_string(),
            })
            .collect();
        writeln!(
            out,
            "| {} | {} | {} |",
            plain(&test.test.name),
            plain(&branch(test)),
            cells.join(" | ")
        )?;
    }
    writeln!(out)
}

fn findings(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    let told: Vec<_> = accepted
        .findings
        .iter()
        .filter(|finding| finding.diagnostic.severity < Severity::Note)
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out, "## What its product rejects, or reads otherwise\n")?;
    writeln!(out, "| line | what | documented | repair |")?;
    writeln!(out, "| --: | --- | --- | --- |")?;
    for finding in told {
        let diagnostic = &finding.diagnostic;
        let place = diagnostic.place.as_ref();
        let line = place.and_then(|place| place.line_and_column());
        let page = finding.rule.map(|rule| rule.page);
        let page = page.map_or_else(String::new, |page| match page.address {
            "" => plain(page.title),
            address => format!("[{}]({address})", plain(page.title)),
        });
        let word = match diagnostic.severity {
            Severity::Error => "**error**",
            _ => "warning",
        };
        writeln!(
            out,
            "| {} | {word}: {} | {page} | {} |",
            line.map_or_else(String::new, |(line, _)| line.to_string()),
            plain(&diagnostic.message),
            plain(diagnostic.help.as_deref().unwrap_or_default())
        )?;
    }
    writeln!(out)
}

fn one_test(out: &mut dyn Write, test: &AcceptedTest, accepted: &Acceptance) -> io::Result<()> {
    writeln!(
        out,
        "### {}: {}\n",
        plain(&test.test.name),
        plain(&branch(test))
    )?;
    writeln!(out, "Evidence: {}.\n", plain(&test.test.grade()))?;
    if !test.test.claims.is_empty() {
        writeln!(out, "| promised | by | the records | because |")?;
        writeln!(out, "| --- | --- | --- | --- |")?;
        for claim in &test.test.claims {
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                plain(&claim.text),
                plain(&claim.page),
                promise(claim),
                plain(claim.because.as_deref().unwrap_or_default())
            )?;
        }
        writeln!(out)?;
    }
    writeln!(out, "| expected event | is | state |")?;
    writeln!(out, "| --- | --- | --- |")?;
    for signal in &test.test.signals {
        writeln!(
            out,
            "| {} | {} | {} |",
            plain(signal.id.as_str()),
            plain(&signal.looks_like),
            signal.state
        )?;
    }
    writeln!(out)?;
    for same in same(test, &accepted.columns) {
        let verdict = &same.cell.verdict;
        let columns = match names(&same.columns, &accepted.columns) {
            names if names.is_empty() => names,
            names => format!(" ({})", plain(&names)),
        };
        writeln!(
            out,
            "- **{}**{columns}: {}",
            verdict.verdict,
            plain(&verdict.reason)
        )?;
        if verdict.verdict != Verdict::Fired
            && let Some(near) = &verdict.near_miss
        {
            for change in &near.change {
                writeln!(out, "  - what came closest: {}", plain(change))?;
            }
        }
        match &same.cell.repair {
            Some(Mending::Found(repair)) => {
                writeln!(out, "  - smallest repair: {}", plain(&steps(repair)))?;
            }
            Some(Mending::NotFound(why)) => {
                writeln!(out, "  - no repair found: {}", plain(why))?;
            }
            None => {}
        }
    }
    writeln!(out)
}

fn controls(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    if accepted.controls.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Benign recordings\n")?;
    let heads: Vec<_> = accepted
        .columns
        .iter()
        .map(|column| plain(&name(column)))
        .collect();
    writeln!(
        out,
        "| recording | why it is benign | {} |",
        heads.join(" | ")
    )?;
    writeln!(out, "| --- | --- |{}", " --- |".repeat(heads.len()))?;
    for control in &accepted.controls {
        let cells: Vec<_> = control
            .cells
            .iter()
            .map(|cell| cell.outcome.to_string())
            .collect();
        writeln!(
            out,
            "| {} | {} | {} |",
            plain(&control.name),
            plain(&control.why),
            cells.join(" | ")
        )?;
    }
    writeln!(out)
}

fn changes(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    let repairs = repairs(accepted);
    if repairs.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Repairs\n")?;
    writeln!(
        out,
        "Each was tried: with all of its changes the query fires as its product reads it, and without any one kind of them it does not.\n"
    )?;
    for (repair, tests) in repairs {
        let tests: Vec<_> = tests.iter().map(|test| plain(test)).collect();
        writeln!(
            out,
            "For {}: {}.\n",
            tests.join(", "),
            plain(&steps(repair))
        )?;
        let diff = diff(accepted, repair);
        let fence = fence(&diff);
        writeln!(out, "{fence}diff\n{}\n{fence}\n", diff.trim_end())?;
    }
    Ok(())
}

/// A fence that does not stand in the text.
fn fence(text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    fence
}

fn how(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    writeln!(out, "## How this was judged\n")?;
    writeln!(
        out,
        "By misfire {}, from recordings of the tests. \"As published\" is what the product does by its documentation; \"as meant\" takes what it would reject the way its author can only have meant it.",
        env!("CARGO_PKG_VERSION")
    )?;
    for column in &accepted.columns {
        for repair in &column.repairs {
            writeln!(out, "- {}: {}", plain(&name(column)), plain(repair))?;
        }
        for need in &column.needs {
            writeln!(out, "- {}: {}", plain(&name(column)), plain(need))?;
        }
    }
    Ok(())
}

/// Text on one line of a table, with what stands between backticks as code.
fn plain(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let mut told = String::new();
    for (place, part) in parts.iter().enumerate() {
        let is_code = place % 2 == 1 && !part.is_empty() && !part.contains('\n');
        if is_code {
            told.push('`');
            told.push_str(&part.replace('|', "\\|"));
            told.push('`');
        } else {
            told.push_str(&escaped(part));
        }
    }
    told
}
