//! What an acceptance test finds out.

use std::path::PathBuf;
use std::sync::Arc;

use crate::detect::lint::Finding;
use crate::detect::{Detection, Reading};
use crate::diagnostic::{Code, Diagnostic, SourceText};
use crate::recording::Evidence;
use crate::verdict::{ControlOutcome, EventRef, TestReport, Verdict, VerdictReport};

/// What became of detections on tests that they were not written with.
#[derive(Debug, Default)]
pub struct AcceptOutcome {
    /// The detections, in the order of their files.
    pub detections: Vec<Acceptance>,
    /// What is wrong with the content, the recordings, or the choice.
    pub problems: Vec<Diagnostic>,
    /// How many records were read for one look at everything.
    pub records: u64,
    /// Whether it ended early.
    pub interrupted: bool,
}

/// One detection.
#[derive(Debug)]
pub struct Acceptance {
    /// It.
    pub detection: Detection,
    /// Its file.
    pub source: Arc<SourceText>,
    /// What its linter says of its file.
    pub findings: Vec<Finding>,
    /// The ways in which it was judged.
    pub columns: Vec<Column>,
    /// The tests, on each of their recordings.
    pub tests: Vec<AcceptedTest>,
    /// The benign recordings.
    pub controls: Vec<AcceptedControl>,
}

/// A way in which a detection is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The deployment of its product; none where its language knows none.
    pub deployment: Option<String>,
    /// How it is read.
    pub reading: Reading,
    /// How it is taken that its product would not take, a sentence each; nothing where
    /// it is read as it stands.
    pub repairs: Vec<String>,
    /// What it needs of the deployment, a sentence each.
    pub needs: Vec<String>,
}

/// A test on one of its recordings.
#[derive(Debug)]
pub struct AcceptedTest {
    /// The test, its signals, and what pages claim of it; without verdicts.
    pub test: TestReport,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// What became of a detection on a recording, in one column.
#[derive(Debug)]
pub struct Cell {
    /// The verdict, with its reason and what came closest.
    pub verdict: VerdictReport,
    /// What would make it fire, where it does not and where that was looked for.
    pub repair: Option<Mending>,
}

/// What would make a detection fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mending {
    /// Changes of its file, tried: with all of them it fires, and with none of them
    /// left out it does.
    Found(Repair),
    /// Nothing that is known, and why, as a fragment of a sentence.
    NotFound(String),
}

/// Changes that make a detection fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What is changed, the kinds of change one by one.
    pub steps: Vec<Step>,
    /// The detection's file with the changes made.
    pub text: String,
    /// The benign recordings on which the changed detection fires.
    pub false_alarms: Vec<String>,
}

/// One kind of change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The rule of the linter that asks for it, if one does.
    pub code: Option<Code>,
    /// What is done, as an instruction.
    pub title: String,
    /// In how many places.
    pub places: usize,
}

/// A benign recording.
#[derive(Debug)]
pub struct AcceptedControl {
    /// Its name.
    pub name: String,
    /// Why it is benign.
    pub why: String,
    /// How much it proves.
    pub evidence: Option<Evidence>,
    /// The outcome in each column, and why.
    pub cells: Vec<ControlCell>,
}

/// What became of a detection on a benign recording, in one column.
#[derive(Debug, Clone)]
pub struct ControlCell {
    /// The outcome.
    pub outcome: ControlOutcome,
    /// Why, as a fragment of a sentence.
    pub reason: String,
    /// The events that it fired on.
    pub events: Vec<EventRef>,
}

impl Acceptance {
    /// Whether its product would find every test in each deployment, and raise no false
    /// alarm.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        let strict: Vec<_> = self
            .columns
            .iter()
            .map(|column| column.reading == Reading::Strict)
            .collect();
        let fires = |test: &AcceptedTest| {
            let mut cells = test.cells.iter().zip(&strict);
            cells.all(|(cell, strict)| !strict || cell.verdict.verdict == Verdict::Fired)
        };
        let is_quiet = |control: &AcceptedControl| {
            let mut cells = control.cells.iter().zip(&strict);
            cells.all(|(cell, strict)| {
                let proves_no_harm = matches!(
                    cell.outcome,
                    ControlOutcome::Quiet | ControlOutcome::Vacuous
                );
                !strict || proves_no_harm
            })
        };
        !self.tests.is_empty() && self.tests.iter().all(fires) && self.controls.iter().all(is_quiet)
    }

    /// The name of its page among others: its file's, without the ending.
    #[must_use]
    pub fn page_name(&self) -> String {
        let stem = self.detection.file.file_stem();
        let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
        stem.unwrap_or_else(|| self.detection.id.to_string())
    }

    /// Where its file stands.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.detection.file.clone()
    }
}
