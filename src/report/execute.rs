//! What would be executed, and what was recovered.

use std::io::{self, Write};

use serde::Serialize;

use crate::recording::Outcome;
use crate::run::DryTest;
use crate::stage::execute::{CleanUp, ExecutionPlan, Recovered};

/// Writes what would be executed, for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn dry_run_text(out: &mut dyn Write, tests: &[DryTest]) -> io::Result<()> {
    for (number, test) in tests.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        match &test.plan {
            Ok(plan) => write!(out, "{} {plan}", test.atomic.technique)?,
            Err(outcome) => {
                writeln!(out, "{} {}", test.atomic.technique, test.atomic.name)?;
                writeln!(out, "would not be executed: {}", why(outcome))?;
            }
        }
    }
    Ok(())
}

fn why(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NotRun { reason, because } if because.is_empty() => reason.to_string(),
        Outcome::NotRun { reason, because } => format!("{reason}: {because}"),
        Outcome::Performed | Outcome::Exited(_) => String::new(),
    }
}

#[derive(Serialize)]
struct DryRunDocument<'a> {
    tests: Vec<DryTestDocument<'a>>,
}

#[derive(Serialize)]
struct DryTestDocument<'a> {
    technique: &'a str,
    atomic: Option<String>,
    name: &'a str,
    plan: Option<&'a ExecutionPlan>,
    not_run: Option<NotRunDocument<'a>>,
}

#[derive(Serialize)]
struct NotRunDocument<'a> {
    reason: &'a str,
    because: &'a str,
}

/// Writes what would be executed as JSON.
///
/// # Errors
///
/// The output cannot be written.
pub fn dry_run_json(out: &mut dyn Write, tests: &[DryTest]) -> io::Result<()> {
    let tests = tests
        .iter()
        .map(|test| DryTestDocument {
            technique: test.atomic.technique.as_str(),
            atomic: test.atomic.guid.map(|guid| guid.to_string()),
            name: &test.atomic.name,
            plan: test.plan.as_ref().ok(),
            not_run: match &test.plan {
                Err(Outcome::NotRun { reason, because }) => Some(NotRunDocument {
                    reason: reason.as_str(),
                    because,
                }),
                _ => None,
            },
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &DryRunDocument { tests })?;
    writeln!(out)
}

/// What became of a clean-up, as a fragment of a sentence.
fn clean_up(clean_up: &CleanUp) -> String {
    match clean_up {
        CleanUp::NotOwed => "nothing had been done".to_owned(),
        CleanUp::NoCommand => "it has no clean-up command".to_owned(),
        CleanUp::Ran(_) if clean_up.is_done() => "cleaned up".to_owned(),
        CleanUp::Ran(result) => format!("its clean-up did not succeed: {}", result.end),
        CleanUp::Failed(why) => format!("its clean-up could not be run: {why}"),
    }
}

/// Writes what was recovered, for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn recovered_text(out: &mut dyn Write, runs: &[Recovered]) -> io::Result<()> {
    if runs.is_empty() {
        return writeln!(out, "nothing was left");
    }
    for run in runs {
        let done = &run.cleaned_up;
        writeln!(
            out,
            "{} (run {}): {}",
            run.name,
            run.run,
            clean_up(&done.clean_up)
        )?;
        for seen in &done.left_running {
            writeln!(out, "  ended process {}: {}", seen.pid, seen.command_line)?;
        }
        for seen in &done.survivors {
            writeln!(
                out,
                "  could not end process {}: {}",
                seen.pid, seen.command_line
            )?;
        }
        if let Some(why) = &done.still_in_journal {
            writeln!(out, "  it stays in the journal: {why}")?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct RecoveredDocument {
    runs: Vec<RecoveredRunDocument>,
}

#[derive(Serialize)]
struct RecoveredRunDocument {
    run: String,
    atomic: String,
    name: String,
    clean_up: String,
    ended: Vec<String>,
    survivors: Vec<String>,
    still_in_journal: Option<String>,
}

/// Writes what was recovered as JSON.
///
/// # Errors
///
/// The output cannot be written.
pub fn recovered_json(out: &mut dyn Write, runs: &[Recovered]) -> io::Result<()> {
    let runs = runs
        .iter()
        .map(|run| RecoveredRunDocument {
            run: run.run.to_string(),
            atomic: run.atomic.to_string(),
            name: run.name.clone(),
            clean_up: clean_up(&run.cleaned_up.clean_up),
            ended: lines(&run.cleaned_up.left_running),
            survivors: lines(&run.cleaned_up.survivors),
            still_in_journal: run.cleaned_up.still_in_journal.clone(),
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &RecoveredDocument { runs })?;
    writeln!(out)
}

fn lines(seen: &[crate::stage::execute::Seen]) -> Vec<String> {
    let lines = seen.iter();
    lines.map(|seen| seen.command_line.clone()).collect()
}
