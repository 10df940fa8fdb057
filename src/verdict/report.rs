//! The one value that all reporters render.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::outcome::{ControlOutcome, Verdict};
use crate::detect::{DetectionId, Explanation, Language, Reading};
use crate::diagnostic::{Diagnostic, Severity};
use crate::recording::Evidence;

/// What a run found out.
#[derive(Debug, Default)]
pub struct Report {
    /// The tests in order.
    pub tests: Vec<TestReport>,
    /// What was wrong with content and recordings.
    pub diagnostics: Vec<Diagnostic>,
    /// Rules that name a suite which is absent altogether.
    pub absent: Vec<Absent>,
    /// How many suites their owner has commented out.
    pub commented_out: usize,
    /// How many records were read.
    pub records: u64,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// A rule that names a suite which is absent altogether.
#[derive(Debug, Clone, Serialize)]
pub struct Absent {
    /// The rule's id.
    pub detection: String,
    /// The rule's file.
    pub file: PathBuf,
}

/// One recording and what became of the detections on it.
#[derive(Debug, Clone)]
pub struct TestReport {
    /// The test's name.
    pub name: String,
    /// The recording.
    pub recording: PathBuf,
    /// How much it proves.
    pub evidence: Evidence,
    /// How many records it holds.
    pub records: u64,
    /// The verdicts, by detection.
    pub verdicts: Vec<VerdictReport>,
    /// The outcomes, if the recording is a benign one.
    pub controls: Vec<ControlReport>,
}

/// One verdict.
#[derive(Debug, Clone)]
pub struct VerdictReport {
    /// The detection.
    pub detection: DetectionId,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// How it was read.
    pub reading: Reading,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it is as expected.
    pub expected: bool,
    /// Why, as a fragment of a sentence.
    pub reason: String,
    /// The events that it fired on.
    pub events: Vec<EventRef>,
    /// How many events more than asked for it fired on.
    pub surplus: u64,
    /// What came closest, where it stayed silent.
    pub near_miss: Option<NearMissReport>,
}

/// What came closest to firing, with what is needed to show it.
#[derive(Debug, Clone)]
pub struct NearMissReport {
    /// The explanation.
    pub explanation: Explanation,
}

/// One outcome of a benign recording.
#[derive(Debug, Clone)]
pub struct ControlReport {
    /// The control's name.
    pub name: String,
    /// The detection.
    pub detection: DetectionId,
    /// Its title.
    pub title: String,
    /// How it was read.
    pub reading: Reading,
    /// The outcome.
    pub outcome: ControlOutcome,
    /// Whether it is as expected.
    pub expected: bool,
    /// Why, as a fragment of a sentence.
    pub reason: String,
    /// The events that it fired on.
    pub events: Vec<EventRef>,
}

/// An event, as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EventRef {
    /// The file.
    pub file: PathBuf,
    /// The record's number there.
    pub record: u64,
}

/// A report counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How often each verdict was given, zeros included.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// How often each outcome of a control was given, zeros included.
    pub controls: BTreeMap<&'static str, usize>,
    /// How many verdicts and outcomes were not as expected.
    pub unexpected: usize,
    /// How many verdicts each evidence grade carries.
    pub evidence: BTreeMap<String, usize>,
}

impl Report {
    /// Counts the report.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut verdicts: BTreeMap<_, _> = Verdict::ALL
            .iter()
            .map(|verdict| (verdict.as_str(), 0))
            .collect();
        let mut controls: BTreeMap<_, _> = ControlOutcome::ALL
            .iter()
            .map(|outcome| (outcome.as_str(), 0))
            .collect();
        let mut evidence = BTreeMap::new();
        let mut unexpected = 0;
        for test in &self.tests {
            for verdict in &test.verdicts {
                *verdicts.entry(verdict.verdict.as_str()).or_default() += 1;
                *evidence.entry(test.evidence.to_string()).or_default() += 1;
                unexpected += usize::from(!verdict.expected);
            }
            for control in &test.controls {
                *controls.entry(control.outcome.as_str()).or_default() += 1;
                unexpected += usize::from(!control.expected);
            }
        }
        Summary {
            verdicts,
            controls,
            unexpected,
            evidence,
        }
    }

    /// How many verdicts and outcomes the report holds.
    #[must_use]
    pub fn judged(&self) -> usize {
        self.tests
            .iter()
            .map(|test| test.verdicts.len() + test.controls.len())
            .sum()
    }
}

impl Report {
    /// Whether something is wrong with content.
    #[must_use]
    pub fn content_is_wrong(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|problem| problem.severity == Severity::Error && !problem.code.is_about_input())
    }

    /// Whether a recording could not be read whole.
    #[must_use]
    pub fn logs_are_damaged(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|problem| problem.severity == Severity::Error && problem.code.is_about_input())
    }
}
