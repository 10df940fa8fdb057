//! An acceptance test for a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use comfy_table::{Table, presets};

use super::tell::{branch, holds, name, promise, reading, shared, steps, summary};
use crate::diagnostic::Severity;
use crate::report::paint::Paint;
use crate::report::words::{count_of, one_line};
use crate::run::{AcceptOutcome, Acceptance, AcceptedControl, Mending};
use crate::verdict::{ControlOutcome, Verdict};

/// Longer texts are cut.
const WIDTH: usize = 400;

/// Writes a page for each detection, and a line that sums up.
///
/// # Errors
///
/// The output cannot be written.
pub fn accept_text(out: &mut dyn Write, outcome: &AcceptOutcome, paint: Paint) -> io::Result<()> {
    for accepted in &outcome.detections {
        page(out, accepted, paint)?;
    }
    let accepted = outcome.detections.iter().filter(|one| one.is_accepted());
    let accepted = accepted.count();
    let total = outcome.detections.len();
    let word = format!("{accepted} of {} accepted", count_of(total, "detection"));
    let word = if accepted == total && total > 0 {
        paint.good(word)
    } else {
        paint.bad(word)
    };
    writeln!(out, "{word}")
}

fn page(out: &mut dyn Write, accepted: &Acceptance, paint: Paint) -> io::Result<()> {
    let detection = &accepted.detection;
    writeln!(
        out,
        "{}  {} {}",
        paint.bold(one_line(&detection.title, WIDTH)),
        detection.language,
        paint.faint(detection.file.display())
    )?;
    writeln!(out, "{}\n", summary(accepted))?;
    findings(out, accepted, paint)?;
    matrix(out, accepted)?;
    why(out, accepted, paint)?;
    promises(out, accepted, paint)?;
    controls(out, accepted, paint)
}

fn findings(out: &mut dyn Write, accepted: &Acceptance, paint: Paint) -> io::Result<()> {
    let mut told = false;
    for finding in &accepted.findings {
        let diagnostic = &finding.diagnostic;
        let word = match diagnostic.severity {
            Severity::Error => paint.bad("error  "),
            Severity::Warning => paint.doubtful("warning"),
            Severity::Note => continue,
        };
        let line = diagnostic
            .place
            .as_ref()
            .and_then(|place| place.line_and_column());
        let line = line.map_or_else(String::new, |(line, _)| format!("line {line}: "));
        writeln!(
            out,
            "  {word}  {line}{}",
            one_line(&diagnostic.message, WIDTH)
        )?;
        told = true;
    }
    if told { writeln!(out) } else { Ok(()) }
}

fn matrix(out: &mut dyn Write, accepted: &Acceptance) -> io::Result<()> {
    if accepted.tests.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    let heads = accepted
        .columns
        .iter()
        .map(|column| match &column.deployment {
            Some(deployment) => format!("{deployment}\n{}", reading(column.reading)),
            None => reading(column.reading).to_owned(),
        });
    let heads: Vec<_> = ["RECORDING".to_owned()].into_iter().chain(heads).collect();
    table.load_style(presets::NOTHING).set_header(heads);
    for test in &accepted.tests {
        let cells = test
            .cells
            .iter()
            .map(|cell| cell.verdict.verdict.to_string());
        let row: Vec<_> = [branch(test)].into_iter().chain(cells).collect();
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)
}

/// Why it did not fire where it did not, and what would make it.
fn why(out: &mut dyn Write, accepted: &Acceptance, paint: Paint) -> io::Result<()> {
    let total = accepted.tests.len();
    for shared in shared(accepted) {
        let verdict = &shared.cell.verdict;
        let word = match verdict.verdict {
            Verdict::Inconclusive | Verdict::NotRun => paint.doubtful(verdict.verdict),
            _ => paint.bad(verdict.verdict),
        };
        let on = match shared.branches.len() {
            count if count == total && total > 1 => format!("on all {total}"),
            _ => format!("on {}", shared.branches.join(", ")),
        };
        let heads = [word, shared.columns.clone(), paint.faint(on)];
        let heads: Vec<_> = heads.into_iter().filter(|head| !head.is_empty()).collect();
        writeln!(out, "{}", heads.join(" "))?;
        writeln!(out, "  {}", one_line(&verdict.reason, WIDTH))?;
        if let Some(near) = &verdict.near_miss {
            for change in &near.change {
                writeln!(out, "  nearest: {}", one_line(change, WIDTH))?;
            }
        }
        match &shared.cell.repair {
            Some(Mending::Found(repair)) => {
                writeln!(
                    out,
                    "  {} {}",
                    paint.good("repair:"),
                    one_line(&steps(repair), WIDTH)
                )?;
            }
            Some(Mending::NotFound(why)) if *why == verdict.reason => {
                writeln!(out, "  no repair is known")?;
            }
            Some(Mending::NotFound(why)) => {
                writeln!(out, "  no repair is known: {}", one_line(why, WIDTH))?;
            }
            None => {}
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The promises of pages that do not hold; how many do.
fn promises(out: &mut dyn Write, accepted: &Acceptance, paint: Paint) -> io::Result<()> {
    let mut kept = BTreeSet::new();
    let mut broken = Vec::new();
    for test in &accepted.tests {
        for claim in &test.test.claims {
            let key = (test.test.name.as_str(), claim.text.as_str());
            if holds(claim) {
                kept.insert(key);
            } else if !broken.iter().any(|(known, _)| *known == key) {
                broken.push((key, claim));
            }
        }
    }
    let total = kept.len() + broken.len();
    if total == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "promises of pages: {} of {total} hold{}",
        kept.len(),
        if broken.is_empty() { "" } else { ", but not" }
    )?;
    let mut test = "";
    for ((name, text), claim) in broken {
        if name != test {
            writeln!(out, "  {}", one_line(name, WIDTH))?;
            test = name;
        }
        let why = claim.because.as_deref().unwrap_or_default();
        writeln!(
            out,
            "    {} {}",
            one_line(text, WIDTH),
            paint.faint(format!("({})", one_line(&claim.page, WIDTH)))
        )?;
        writeln!(out, "      {}; {}", promise(claim), one_line(why, WIDTH))?;
    }
    writeln!(out)
}

fn controls(out: &mut dyn Write, accepted: &Acceptance, paint: Paint) -> io::Result<()> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for control in &accepted.controls {
        let mut alarms = Vec::new();
        for (cell, column) in control.cells.iter().zip(&accepted.columns) {
            if cell.outcome == ControlOutcome::FalseAlarm {
                alarms.push(name(column));
            }
        }
        if !alarms.is_empty() {
            writeln!(
                out,
                "{} {}: {} ({})",
                paint.bad("false alarm"),
                control.name,
                one_line(&control.why, WIDTH),
                alarms.join("; ")
            )?;
            continue;
        }
        *counts.entry(told_of(control)).or_default() += 1;
    }
    let total = accepted.controls.len();
    if total > 0 {
        let counts: Vec<_> = counts
            .iter()
            .map(|(what, count)| format!("{what} {count}"))
            .collect();
        if !counts.is_empty() {
            let total = count_of(total, "benign recording");
            writeln!(out, "of {total}: {}\n", counts.join(", "))?;
        }
    }
    Ok(())
}

/// What a benign recording without a false alarm tells.
fn told_of(control: &AcceptedControl) -> &'static str {
    let has = |outcome| control.cells.iter().any(|cell| cell.outcome == outcome);
    if has(ControlOutcome::Quiet) {
        "quiet on"
    } else if has(ControlOutcome::Vacuous) {
        "nothing to look at in"
    } else {
        "not searched:"
    }
}
