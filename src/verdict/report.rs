//! The one value that all reporters render.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::mark::MarkReport;
use super::outcome::{ClaimState, ControlOutcome, SignalKind, SignalState, Verdict};
use crate::content::atomic::{Argument, AtomicGuid, Platform, TechniqueId};
use crate::content::config::Folders;
use crate::content::expectation::{Holds, SignalId};
use crate::detect::{DetectionId, Explanation, Language, Reading};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::event::OwnedEvent;
use crate::recording::{Evidence, ExecutedCommand, Execution};

/// What a run found out.
#[derive(Debug, Default)]
pub struct Report {
    /// The tests in order.
    pub tests: Vec<TestReport>,
    /// The folders that the content is from, none where it is bundled; unknown for a
    /// suite in SigmaHQ's format.
    pub content: Option<Folders>,
    /// The tests that a filter left out, in order.
    pub left_out: Vec<LeftOut>,
    /// How many tests were to be judged; fewer are, if the run was interrupted.
    pub planned: usize,
    /// What was wrong with content and recordings.
    pub diagnostics: Vec<Diagnostic>,
    /// Rules that name a suite which is absent altogether.
    pub absent: Vec<Absent>,
    /// How many suites their owner has commented out.
    pub commented_out: usize,
    /// The deployment of Splunk that its searches were read in; none without any.
    pub deployment: Option<String>,
    /// The deployment of Sumo Logic that its queries were read in; none without any.
    pub sumo_deployment: Option<String>,
    /// How many records were read.
    pub records: u64,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// A test that a filter left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its technique, where it has one.
    pub technique: Option<String>,
    /// Its name.
    pub name: String,
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
    /// The atomic that was recorded; none for a case of a suite in SigmaHQ's
    /// format.
    pub atomic: Option<AtomicReport>,
    /// The test's name.
    pub name: String,
    /// The recording: a log, or the name of a fixture.
    pub recording: PathBuf,
    /// The logs of the recording; events point into them by their place here.
    pub files: Vec<PathBuf>,
    /// How the recording came about.
    pub stage: StageName,
    /// The arguments of the performance, all of them.
    pub arguments: BTreeMap<String, String>,
    /// How much it proves; nothing, if there is no recording.
    pub evidence: Option<Evidence>,
    /// The program that stood in for the real one, if any did.
    pub stand_in: Option<String>,
    /// Why the atomic counts as not performed, if it does.
    pub not_run: Option<String>,
    /// Why nothing could be seen of a test of which nothing is expected, as a fragment
    /// of a sentence: that no detection fired proves nothing then.
    pub unseen: Option<String>,
    /// What was executed, if anything was.
    pub execution: Option<Arc<Execution>>,
    /// How many records it holds.
    pub records: u64,
    /// The expected events, in the order of the expectation.
    pub signals: Vec<SignalReport>,
    /// The verdicts, in the order of the expectation.
    pub verdicts: Vec<VerdictReport>,
    /// The outcomes on benign recordings.
    pub controls: Vec<ControlReport>,
    /// What published pages promise, and whether it holds.
    pub claims: Vec<ClaimReport>,
    /// Detections that are one idea in several languages, compared on the recording
    /// and on the benign ones.
    pub agreements: Vec<AgreementReport>,
    /// Detections that fired and that no expectation names.
    pub hits: Vec<HitReport>,
}

/// Two detections that are said to be one idea, on one recording on which one of
/// them fired.
#[derive(Debug, Clone)]
pub struct AgreementReport {
    /// The recording's name.
    pub recording: String,
    /// The detection that says so.
    pub detection: DetectionId,
    /// Its title.
    pub title: String,
    /// Its file.
    pub file: Option<PathBuf>,
    /// The detection that it is compared with.
    pub other: DetectionId,
    /// Its title.
    pub other_title: String,
    /// How many events both fired on.
    pub both: u64,
    /// The events that only the first one fired on.
    pub only_this: Vec<EventRef>,
    /// The events that only the other one fired on.
    pub only_other: Vec<EventRef>,
}

impl AgreementReport {
    /// Whether both fired on the same events.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.only_this.is_empty() && self.only_other.is_empty()
    }

    /// What differs, as a fragment of a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        let events = |count: usize| match count {
            1 => "1 event".to_owned(),
            count => format!("{count} events"),
        };
        if self.agrees() {
            return format!("both fired on the same {}", self.both);
        }
        format!(
            "on {} only this one fires, on {} only `{}` does",
            events(self.only_this.len()),
            events(self.only_other.len()),
            self.other_title
        )
    }
}

/// An atomic, as reports name it.
#[derive(Debug, Clone)]
pub struct AtomicReport {
    /// Its technique.
    pub technique: TechniqueId,
    /// Its identity.
    pub guid: Option<AtomicGuid>,
    /// Its place in its file, from one: the number of the test in its technique.
    pub number: usize,
    /// What it does.
    pub description: String,
    /// The arguments that it takes, by name.
    pub takes: BTreeMap<String, Argument>,
    /// Where it works.
    pub platforms: Vec<Platform>,
    /// Where its expectation stands, or it itself if it has none.
    pub place: Place,
}

/// How a recording came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StageName {
    /// It was read from disk.
    #[default]
    Replay,
    /// It was derived from the atomic's commands.
    Simulate,
    /// The atomic was performed.
    Execute,
}

impl StageName {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Simulate => "simulate",
            Self::Execute => "execute",
        }
    }
}

/// What became of one expected event.
#[derive(Debug, Clone)]
pub struct SignalReport {
    /// Its name.
    pub id: SignalId,
    /// Where it is looked for and what it is: `sysmon 1`, `security 4688`.
    pub looks_like: String,
    /// Whether every performance must leave it, it depends, or it must not be there.
    pub kind: SignalKind,
    /// What it depends on, if it does: the condition and why.
    pub condition: Option<String>,
    /// What became of it.
    pub state: SignalState,
    /// Whether that is as expected.
    pub expected: bool,
    /// Why, as a fragment of a sentence.
    pub reason: String,
    /// Its events; for an absent signal, those that should not be there.
    pub events: Vec<EventRef>,
    /// What came closest, where it is missing.
    pub near_miss: Option<NearMissReport>,
}

/// One verdict.
#[derive(Debug, Clone)]
pub struct VerdictReport {
    /// The detection.
    pub detection: DetectionId,
    /// Its title.
    pub title: String,
    /// Its file, where it is known.
    pub file: Option<PathBuf>,
    /// Its language.
    pub language: Language,
    /// How it was read.
    pub reading: Reading,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it is as expected.
    pub expected: bool,
    /// The verdict that was expected, where it is another than `fired`, and why.
    pub known_gap: Option<(Verdict, String)>,
    /// Why, as a fragment of a sentence.
    pub reason: String,
    /// The signals that it must fire on, any of them.
    pub fires_on: Vec<SignalId>,
    /// The events that it fired on, among those of its signals.
    pub events: Vec<EventRef>,
    /// The events that it fired on besides.
    pub extra: Vec<EventRef>,
    /// How many events more than asked for it fired on.
    pub surplus: u64,
    /// The mark of the run in fields that it reads, if it stands in any.
    pub mark: Option<MarkReport>,
    /// What came closest, where it stayed silent.
    pub near_miss: Option<NearMissReport>,
}

/// What came closest, with what is needed to show it.
#[derive(Debug, Clone)]
pub struct NearMissReport {
    /// The explanation; its events point into the test's files.
    pub explanation: Explanation,
    /// The event that came closest, copied out, where one did.
    pub event: Option<OwnedEvent>,
    /// What the fields alone do not say: a relation to another signal that does not
    /// hold, as a fragment of a sentence.
    pub relation: Option<String>,
    /// The smallest change that would flip it, each part as a fragment of a
    /// sentence; empty if nothing would.
    pub change: Vec<String>,
}

/// One outcome of a benign recording.
#[derive(Debug, Clone)]
pub struct ControlReport {
    /// The control's name.
    pub name: String,
    /// Why it is benign.
    pub why: String,
    /// The detection.
    pub detection: DetectionId,
    /// Its title.
    pub title: String,
    /// Its file, where it is known.
    pub file: Option<PathBuf>,
    /// How it was read.
    pub reading: Reading,
    /// The outcome.
    pub outcome: ControlOutcome,
    /// Whether it is as expected.
    pub expected: bool,
    /// Why, as a fragment of a sentence.
    pub reason: String,
    /// How much the recording proves; nothing, if there is none.
    pub evidence: Option<Evidence>,
    /// The events that it fired on.
    pub events: Vec<EventRef>,
}

/// What became of a claim.
#[derive(Debug, Clone)]
pub struct ClaimReport {
    /// The promise.
    pub text: String,
    /// The page that makes it.
    pub page: String,
    /// What the expectation says of it.
    pub holds: Holds,
    /// Why, as the expectation says.
    pub because: Option<String>,
    /// What this recording says of it.
    pub state: ClaimState,
}

/// A detection that fired and that no expectation names.
#[derive(Debug, Clone)]
pub struct HitReport {
    /// The detection.
    pub detection: DetectionId,
    /// Its title.
    pub title: String,
    /// The events that it fired on.
    pub events: Vec<EventRef>,
    /// The mark of the run in fields that it reads, if it stands in any.
    pub mark: Option<MarkReport>,
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
    /// How often each state of a signal was found, zeros included.
    pub signals: BTreeMap<&'static str, usize>,
    /// How many verdicts, outcomes, signals, claims, and agreements were not as
    /// expected.
    pub unexpected: usize,
    /// How many verdicts each evidence grade carries.
    pub evidence: BTreeMap<String, usize>,
}

impl TestReport {
    /// What was executed, and the command that performed the atomic, if that was begun.
    #[must_use]
    pub fn executed(&self) -> Option<(&Execution, &ExecutedCommand)> {
        let execution = self.execution.as_deref()?;
        Some((execution, execution.performed()?))
    }

    /// The evidence grade, and whether a stand-in played the part.
    #[must_use]
    pub fn grade(&self) -> String {
        let grade = self.evidence.map(|evidence| evidence.to_string());
        let grade = grade.unwrap_or_else(|| "no recording".to_owned());
        match self.stand_in {
            Some(_) => format!("{grade}, stand-in"),
            None => grade,
        }
    }
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
        let mut signals: BTreeMap<_, _> = SignalState::ALL
            .iter()
            .map(|state| (state.as_str(), 0))
            .collect();
        for test in &self.tests {
            for verdict in &test.verdicts {
                *verdicts.entry(verdict.verdict.as_str()).or_default() += 1;
                *evidence.entry(test.grade()).or_default() += 1;
                unexpected += usize::from(!verdict.expected);
            }
            for control in &test.controls {
                *controls.entry(control.outcome.as_str()).or_default() += 1;
                unexpected += usize::from(!control.expected);
            }
            for signal in &test.signals {
                *signals.entry(signal.state.as_str()).or_default() += 1;
                unexpected += usize::from(!signal.expected);
            }
            let contradicted = |claim: &&ClaimReport| claim.state == ClaimState::Contradicted;
            unexpected += test.claims.iter().filter(contradicted).count();
            let apart = |given: &&AgreementReport| !given.agrees();
            unexpected += test.agreements.iter().filter(apart).count();
        }
        Summary {
            verdicts,
            controls,
            signals,
            unexpected,
            evidence,
        }
    }

    /// How many verdicts, outcomes of controls, and states of signals the report
    /// holds. A signal that was not due was not judged.
    #[must_use]
    pub fn judged(&self) -> usize {
        self.tests
            .iter()
            .map(|test| {
                let signals = test.signals.iter();
                let due = signals.filter(|signal| signal.state != SignalState::NotDue);
                test.verdicts.len() + test.controls.len() + due.count()
            })
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
