//! Logs of what was executed, in the forms that tools around Atomic Red Team read.
//!
//! They tell of the tests that were performed and of nothing else: prerequisites and
//! clean-ups are no tests, and what was replayed or simulated was not executed.

mod art_csv;
mod attire;

pub use art_csv::{ART_CSV_HEADER, art_csv, is_art_csv_header};
pub use attire::attire;

use crate::recording::{ExecutedCommand, Execution};
use crate::verdict::{AtomicReport, Report, TestReport};

/// A test that was performed.
#[derive(Debug, Clone, Copy)]
struct Performed<'r> {
    test: &'r TestReport,
    atomic: &'r AtomicReport,
    execution: &'r Execution,
    command: &'r ExecutedCommand,
}

/// The tests that were performed, in the order of the run.
fn performed(report: &Report) -> impl Iterator<Item = Performed<'_>> {
    report.tests.iter().filter_map(|test| {
        let (execution, command) = test.executed()?;
        Some(Performed {
            test,
            atomic: test.atomic.as_ref()?,
            execution,
            command,
        })
    })
}
