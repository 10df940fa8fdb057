//! A run as one JSON document: everything that people are shown.
//!
//! The document is built from types, so that its JSON Schema can be generated from
//! them. Keys are only ever added.

mod document;
mod execution;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::explain::explanation_document;
use super::judged::claim_word;
use crate::content::config::Folders;
use crate::diagnostic;
use crate::verdict::{
    AgreementReport, ClaimReport, ClaimState, ControlReport, EventRef, HitReport, MarkReport,
    NearMissReport, Report, SignalReport, TestReport, Verdict, VerdictReport,
};
pub(super) use document::DiagnosticDocument;
use document::{
    AbsentDocument, AgreementDocument, BundledWord, ClaimDocument, ContentDocument,
    ControlDocument, EventDocument, HitDocument, HomeDocument, KnownGapDocument, LeftOutDocument,
    MarkDocument, MarkedFieldDocument, NearMissDocument, RunDocument, SignalDocument,
    SummaryDocument, TestDocument, VerdictCounts, VerdictDocument,
};

/// Writes a run as JSON; `docs/json.md` describes the document.
///
/// # Errors
///
/// The output cannot be written.
pub fn run_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    writeln!(out)
}

/// The JSON Schema of what [`run_json`] writes.
#[must_use]
pub fn report_schema() -> Json {
    schemars::schema_for!(RunDocument<'_>).to_value()
}

fn document(report: &Report) -> RunDocument<'_> {
    RunDocument {
        summary: summary(report),
        tests: report.tests.iter().map(test).collect(),
        content: report.content.as_ref().map(content),
        left_out: report
            .left_out
            .iter()
            .map(|test| LeftOutDocument {
                technique: test.technique.as_deref(),
                name: &test.name,
            })
            .collect(),
        absent: report
            .absent
            .iter()
            .map(|absent| AbsentDocument {
                detection: &absent.detection,
                file: lossy(&absent.file),
            })
            .collect(),
        diagnostics: report.diagnostics.iter().map(diagnostic::to_json).collect(),
    }
}

fn summary(report: &Report) -> SummaryDocument<'_> {
    let summary = report.summary();
    let count = |verdict: Verdict| {
        let count = summary.verdicts.get(verdict.as_str());
        count.copied().unwrap_or_default()
    };
    let mut claims = BTreeMap::from(
        [
            ClaimState::Proven,
            ClaimState::Contradicted,
            ClaimState::Unproven,
        ]
        .map(|state| (claim_word(state), 0)),
    );
    for claim in report.tests.iter().flat_map(|test| &test.claims) {
        *claims.entry(claim_word(claim.state)).or_default() += 1;
    }
    SummaryDocument {
        verdicts: VerdictCounts {
            fired: count(Verdict::Fired),
            stray: count(Verdict::Stray),
            misfire: count(Verdict::Misfire),
            blind: count(Verdict::Blind),
            inconclusive: count(Verdict::Inconclusive),
            not_run: count(Verdict::NotRun),
            unsupported: count(Verdict::Unsupported),
            invalid: count(Verdict::Invalid),
        },
        controls: summary.controls,
        telemetry: summary.signals,
        claims,
        evidence: summary.evidence,
        unexpected: summary.unexpected,
        judged: report.judged(),
        planned: report.planned,
        left_out: report.left_out.len(),
        splunk_deployment: report.deployment.as_deref(),
        sumo_deployment: report.sumo_deployment.as_deref(),
        records: report.records,
        interrupted: report.interrupted,
        commented_out: report.commented_out,
    }
}

fn content(folders: &Folders) -> ContentDocument {
    let home = |folders: &Option<Vec<PathBuf>>| match folders {
        None => HomeDocument::Bundled(BundledWord::Bundled),
        Some(folders) => {
            let folders = folders.iter();
            HomeDocument::Folders(folders.map(|folder| lossy(folder).into_owned()).collect())
        }
    };
    ContentDocument {
        atomics: home(&folders.atomics),
        expectations: home(&folders.expectations),
        detections: home(&folders.detections),
        fixtures: home(&folders.fixtures),
    }
}

pub(in crate::report) fn test(test: &TestReport) -> TestDocument<'_> {
    let atomic = test.atomic.as_ref();
    TestDocument {
        technique: atomic.map(|atomic| atomic.technique.as_str()),
        atomic: atomic.and_then(|atomic| Some(atomic.guid?.to_string())),
        number: atomic.map(|atomic| atomic.number),
        name: &test.name,
        platforms: atomic.map_or_else(Vec::new, |atomic| {
            atomic
                .platforms
                .iter()
                .map(|platform| platform.as_str())
                .collect()
        }),
        stage: test.stage,
        recording: lossy(&test.recording),
        files: test.files.iter().map(|file| lossy(file)).collect(),
        arguments: &test.arguments,
        evidence: test.evidence,
        stand_in: test.stand_in.as_deref(),
        not_run: test.not_run.as_deref(),
        unseen: test.unseen.as_deref(),
        execution: test.execution.as_deref().map(execution::document),
        records: test.records,
        telemetry: test
            .signals
            .iter()
            .map(|given| (given.id.as_str(), signal(given, test)))
            .collect(),
        verdicts: test
            .verdicts
            .iter()
            .map(|given| verdict(given, test))
            .collect(),
        controls: test.controls.iter().map(control).collect(),
        claims: test.claims.iter().map(claim).collect(),
        agreements: test.agreements.iter().map(agreement).collect(),
        hits: test.hits.iter().map(hit).collect(),
    }
}

fn agreement(given: &AgreementReport) -> AgreementDocument<'_> {
    AgreementDocument {
        recording: &given.recording,
        detection: given.detection.as_str(),
        title: &given.title,
        other: given.other.as_str(),
        other_title: &given.other_title,
        agrees: given.agrees(),
        both: given.both,
        only_this: events(&given.only_this),
        only_other: events(&given.only_other),
    }
}

pub(in crate::report) fn signal<'r>(
    given: &'r SignalReport,
    test: &TestReport,
) -> SignalDocument<'r> {
    SignalDocument {
        state: given.state,
        kind: given.kind,
        expected: given.expected,
        looks_like: &given.looks_like,
        condition: given.condition.as_deref(),
        reason: &given.reason,
        events: events(&given.events),
        near_miss: near_miss(given.near_miss.as_ref(), test),
    }
}

pub(in crate::report) fn verdict<'r>(
    given: &'r VerdictReport,
    test: &TestReport,
) -> VerdictDocument<'r> {
    VerdictDocument {
        detection: given.detection.as_str(),
        title: &given.title,
        file: given.file.as_deref().map(lossy),
        language: given.language.to_string(),
        reading: given.reading,
        verdict: given.verdict,
        expected: given.expected,
        known_gap: given
            .known_gap
            .as_ref()
            .map(|(verdict, reason)| KnownGapDocument {
                verdict: *verdict,
                reason,
            }),
        reason: &given.reason,
        fires_on: given
            .fires_on
            .iter()
            .map(|signal| signal.as_str())
            .collect(),
        events: events(&given.events),
        extra: events(&given.extra),
        surplus: given.surplus,
        mark: given.mark.as_ref().map(mark),
        near_miss: near_miss(given.near_miss.as_ref(), test),
    }
}

pub(in crate::report) fn near_miss(
    given: Option<&NearMissReport>,
    test: &TestReport,
) -> Option<NearMissDocument> {
    given.map(|given| NearMissDocument {
        explanation: explanation_document(&given.explanation, &test.files),
        change: given.change.clone(),
        relation: given.relation.clone(),
    })
}

fn control(given: &ControlReport) -> ControlDocument<'_> {
    ControlDocument {
        name: &given.name,
        why: &given.why,
        detection: given.detection.as_str(),
        title: &given.title,
        file: given.file.as_deref().map(lossy),
        reading: given.reading,
        outcome: given.outcome,
        expected: given.expected,
        reason: &given.reason,
        evidence: given.evidence,
        events: events(&given.events),
    }
}

pub(in crate::report) fn claim(given: &ClaimReport) -> ClaimDocument<'_> {
    ClaimDocument {
        text: &given.text,
        page: &given.page,
        holds: given.holds,
        because: given.because.as_deref(),
        state: given.state,
    }
}

fn hit(given: &HitReport) -> HitDocument<'_> {
    HitDocument {
        detection: given.detection.as_str(),
        title: &given.title,
        events: events(&given.events),
        mark: given.mark.as_ref().map(mark),
    }
}

fn mark(given: &MarkReport) -> MarkDocument<'_> {
    MarkDocument {
        fields: given
            .fields
            .iter()
            .map(|marked| MarkedFieldDocument {
                field: &marked.field,
                added: &marked.added,
            })
            .collect(),
        influence: given.influence,
        reason: &given.reason,
    }
}

pub(in crate::report) fn events(events: &[EventRef]) -> Vec<EventDocument<'_>> {
    events
        .iter()
        .map(|event| EventDocument {
            file: lossy(&event.file),
            record: event.record,
        })
        .collect()
}

/// A path as text, whatever its bytes are.
fn lossy(path: &Path) -> Cow<'_, str> {
    path.to_string_lossy()
}
