//! A run for people: a line for each test, what is not as expected in detail, and
//! a summary.

mod line;
mod miss;
mod suite;
mod summary;

use std::io::{self, Write};

use super::judged::judged;
use super::paint::Paint;
use super::pick::Words;
use super::words::one_line;
use crate::verdict::{Report, TestReport};

pub(super) use line::{Columns, HEADER, test_line};
pub(super) use miss::{miss_details, nothing_seen};
pub(super) use summary::{counts, marked, nothing_changed};

/// How much of a run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Every verdict.
    #[default]
    All,
    /// Only what is not as expected.
    Unexpected,
}

/// How a run is shown to people.
#[derive(Debug, Clone, Default)]
pub struct Show {
    /// How much of it.
    pub detail: Detail,
    /// Only what has one of these words; everything, if there are none.
    pub words: Words,
    /// In colour or plain.
    pub paint: Paint,
    /// The width of the terminal, if it is one.
    pub width: Option<u16>,
}

impl Show {
    /// Whether a test has a line of its own.
    pub(super) fn shows(&self, test: &TestReport) -> bool {
        let is_notable =
            || judged(test).any(|given| !given.is_expected()) || judged(test).next().is_none();
        self.words.show_test(test) && (self.detail == Detail::All || is_notable())
    }
}

/// Writes a run, but for the first `told` tests, whose lines were written while it
/// ran.
///
/// # Errors
///
/// The output cannot be written.
pub fn run_text(out: &mut dyn Write, report: &Report, show: &Show, told: usize) -> io::Result<()> {
    let is_told = |test: &&TestReport| test.atomic.is_some() && show.shows(test);
    let mut header = report.tests.iter().take(told).any(|test| is_told(&test));
    let mut lines = header;
    for test in &report.tests[told.min(report.tests.len())..] {
        if test.atomic.is_none() {
            suite::case_text(out, test, show)?;
        } else if show.shows(test) {
            if !std::mem::replace(&mut header, true) {
                writeln!(out, "{}", show.paint.faint(HEADER))?;
            }
            writeln!(out, "{}", test_line(test, show))?;
            lines = true;
        }
    }
    for test in report.tests.iter().filter(is_told) {
        miss::test_text(out, test, show)?;
    }
    if lines {
        writeln!(out)?;
    }
    summary::summary_text(out, report, show)
}

/// Text from outside on one line; it must not steer a terminal.
fn told(text: &str) -> String {
    one_line(text, usize::MAX)
}
