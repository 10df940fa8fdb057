//! A run as one JSON document: everything that people are shown.
//!
//! The document is built from types, so that its JSON Schema can be generated from
//! them. Keys are only ever added.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::explain::{ExplanationDocument, explanation_document};
use super::judged::claim_word;
use crate::content::config::Folders;
use crate::content::expectation::Holds;
use crate::detect::Reading;
use crate::diagnostic;
use crate::recording::Evidence;
use crate::verdict::{
    AgreementReport, ClaimReport, ClaimState, ControlOutcome, ControlReport, EventRef, HitReport,
    NearMissReport, Report, SignalKind, SignalReport, SignalState, StageName, TestReport, Verdict,
    VerdictReport,
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

/// What `misfire run --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "misfire run")]
struct RunDocument<'r> {
    summary: SummaryDocument<'r>,
    /// The tests, in the order of the run.
    tests: Vec<TestDocument<'r>>,
    /// Where the content is from; null where none was loaded, and for a suite in SigmaHQ's format.
    content: Option<ContentDocument>,
    /// The tests that a filter left out.
    left_out: Vec<LeftOutDocument<'r>>,
    /// Rules that name a suite which is absent altogether.
    absent: Vec<AbsentDocument<'r>>,
    /// What was wrong with content and recordings.
    #[schemars(with = "Vec<DiagnosticDocument>")]
    diagnostics: Vec<Json>,
}

/// Where each kind of content is from.
#[derive(Debug, Serialize, JsonSchema)]
struct ContentDocument {
    atomics: HomeDocument,
    expectations: HomeDocument,
    detections: HomeDocument,
    fixtures: HomeDocument,
}

/// Where a kind of content is from: `bundled`, or folders.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum HomeDocument {
    Bundled(BundledWord),
    Folders(Vec<String>),
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum BundledWord {
    Bundled,
}

/// A run counted.
#[derive(Debug, Serialize, JsonSchema)]
struct SummaryDocument<'r> {
    /// How often each verdict was given.
    #[serde(flatten)]
    verdicts: VerdictCounts,
    /// How often each outcome of a control was given.
    controls: BTreeMap<&'static str, usize>,
    /// How often each state of a signal was found.
    telemetry: BTreeMap<&'static str, usize>,
    /// How often each state of a claim was found.
    claims: BTreeMap<&'static str, usize>,
    /// How many verdicts each evidence grade carries.
    evidence: BTreeMap<String, usize>,
    /// How many verdicts, outcomes, signals, claims, and agreements are not as expected.
    unexpected: usize,
    /// How many verdicts, outcomes, and signals there are.
    judged: usize,
    /// How many tests were to be judged.
    planned: usize,
    /// How many tests a filter left out.
    left_out: usize,
    /// The deployment of Splunk that its searches were read in; null without any.
    splunk_deployment: Option<&'r str>,
    /// The deployment of Sumo Logic that its queries were read in; null without any.
    sumo_deployment: Option<&'r str>,
    /// How many records were read.
    records: u64,
    /// Whether Ctrl-C ended the run early.
    interrupted: bool,
    /// How many suites their owner has commented out.
    commented_out: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct VerdictCounts {
    fired: usize,
    stray: usize,
    misfire: usize,
    blind: usize,
    inconclusive: usize,
    not_run: usize,
    unsupported: usize,
    invalid: usize,
}

/// A test that a filter left out.
#[derive(Debug, Serialize, JsonSchema)]
struct LeftOutDocument<'r> {
    technique: Option<&'r str>,
    name: &'r str,
}

/// A rule whose suite is absent.
#[derive(Debug, Serialize, JsonSchema)]
struct AbsentDocument<'r> {
    /// The rule's id.
    detection: &'r str,
    /// The rule's file.
    file: Cow<'r, str>,
}

/// A problem.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; diagnostics render themselves"
)]
struct DiagnosticDocument {
    /// The stable code.
    code: String,
    severity: SeverityWord,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    record: Option<u64>,
    byte: Option<u64>,
    message: String,
    help: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum SeverityWord {
    Error,
    Warning,
    Note,
}

/// One recording and what became of the detections on it.
#[derive(Debug, Serialize, JsonSchema)]
struct TestDocument<'r> {
    /// The technique of the atomic; null for a case of a suite in SigmaHQ's format.
    technique: Option<&'r str>,
    /// The GUID of the atomic, where it has one.
    atomic: Option<String>,
    name: &'r str,
    /// Where the atomic works.
    platforms: Vec<&'static str>,
    #[schemars(extend("enum" = ["replay", "simulate", "execute"]))]
    #[schemars(with = "String")]
    stage: StageName,
    /// A log, or the name of a fixture.
    recording: Cow<'r, str>,
    /// The logs of the recording.
    files: Vec<Cow<'r, str>>,
    /// The arguments of the performance.
    arguments: &'r BTreeMap<String, String>,
    /// Null if there is no recording.
    #[schemars(with = "Option<String>")]
    #[schemars(extend("enum" = ["authored", "simulated", "executed", "recorded", null]))]
    evidence: Option<Evidence>,
    /// The program that stood in for the real one, if any did.
    stand_in: Option<&'r str>,
    /// Why the atomic counts as not performed, if it does.
    not_run: Option<&'r str>,
    /// How many records the recording holds.
    records: u64,
    /// What became of each expected event, by the signal's name.
    telemetry: BTreeMap<&'r str, SignalDocument<'r>>,
    verdicts: Vec<VerdictDocument<'r>>,
    controls: Vec<ControlDocument<'r>>,
    claims: Vec<ClaimDocument<'r>>,
    /// Detections that are one idea in several languages, where one of them fired.
    agreements: Vec<AgreementDocument<'r>>,
    /// Detections that fired and that no expectation names.
    hits: Vec<HitDocument<'r>>,
}

/// Two detections that are said to be one idea, on one recording.
#[derive(Debug, Serialize, JsonSchema)]
struct AgreementDocument<'r> {
    /// The recording, or the benign one.
    recording: &'r str,
    /// The detection that says so.
    detection: &'r str,
    title: &'r str,
    /// The detection that it is compared with.
    other: &'r str,
    other_title: &'r str,
    /// Whether both fired on the same events.
    agrees: bool,
    /// How many events both fired on.
    both: u64,
    /// The events that only the first one fired on.
    only_this: Vec<EventDocument<'r>>,
    /// The events that only the other one fired on.
    only_other: Vec<EventDocument<'r>>,
}

/// What became of an expected event.
#[derive(Debug, Serialize, JsonSchema)]
struct SignalDocument<'r> {
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["seen", "missing", "unknown", "not-due"]))]
    state: SignalState,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["required", "conditional", "absent"]))]
    kind: SignalKind,
    /// Whether the state is as expected.
    expected: bool,
    /// Where it is looked for and what it is, such as `sysmon 1`.
    looks_like: &'r str,
    /// What it depends on, and why.
    condition: Option<&'r str>,
    reason: &'r str,
    /// Its events; for an absent signal, those that should not be there.
    events: Vec<EventDocument<'r>>,
    /// What came closest, where it is missing.
    near_miss: Option<NearMissDocument>,
}

/// What became of a detection.
#[derive(Debug, Serialize, JsonSchema)]
struct VerdictDocument<'r> {
    /// The detection's id.
    detection: &'r str,
    title: &'r str,
    /// The detection's file, where it is known.
    file: Option<Cow<'r, str>>,
    language: String,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["strict", "intent"]))]
    reading: Reading,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["fired", "stray", "misfire", "blind", "inconclusive", "not-run", "unsupported", "invalid"]))]
    verdict: Verdict,
    /// Whether the verdict is as expected.
    expected: bool,
    /// The verdict that is expected, where it is another than `fired`.
    known_gap: Option<KnownGapDocument<'r>>,
    reason: &'r str,
    /// The signals that it must fire on, any of them.
    fires_on: Vec<&'r str>,
    /// The events that it fired on, among those of its signals.
    events: Vec<EventDocument<'r>>,
    /// The events that it fired on besides.
    extra: Vec<EventDocument<'r>>,
    /// How many events more than asked for it fired on.
    surplus: u64,
    /// What came closest, where it stayed silent.
    near_miss: Option<NearMissDocument>,
}

/// A verdict that is expected though it is not `fired`.
#[derive(Debug, Serialize, JsonSchema)]
struct KnownGapDocument<'r> {
    #[schemars(with = "String")]
    verdict: Verdict,
    reason: &'r str,
}

/// What came closest.
#[derive(Debug, Serialize, JsonSchema)]
struct NearMissDocument {
    #[serde(flatten)]
    explanation: ExplanationDocument,
    /// The parts of the smallest change that would flip it; empty if none would.
    change: Vec<String>,
    /// A relation to another signal that does not hold.
    relation: Option<String>,
}

/// What became of a detection on a benign recording.
#[derive(Debug, Serialize, JsonSchema)]
struct ControlDocument<'r> {
    /// The control's name.
    name: &'r str,
    /// Why it is benign.
    why: &'r str,
    /// The detection's id.
    detection: &'r str,
    title: &'r str,
    /// The detection's file, where it is known.
    file: Option<Cow<'r, str>>,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["strict", "intent"]))]
    reading: Reading,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["quiet", "false-alarm", "vacuous", "unread", "unsupported", "invalid"]))]
    outcome: ControlOutcome,
    /// Whether the outcome is as expected.
    expected: bool,
    reason: &'r str,
    /// Null if there is no recording.
    #[schemars(with = "Option<String>")]
    #[schemars(extend("enum" = ["authored", "simulated", "executed", "recorded", null]))]
    evidence: Option<Evidence>,
    /// The events that it fired on.
    events: Vec<EventDocument<'r>>,
}

/// What a published page promises, and what this recording says of it.
#[derive(Debug, Serialize, JsonSchema)]
struct ClaimDocument<'r> {
    text: &'r str,
    page: &'r str,
    /// What the expectation says of it.
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["true", "false", "unobservable"]))]
    holds: Holds,
    because: Option<&'r str>,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["proven", "contradicted", "unproven"]))]
    state: ClaimState,
}

/// A detection that fired and that no expectation names.
#[derive(Debug, Serialize, JsonSchema)]
struct HitDocument<'r> {
    /// The detection's id.
    detection: &'r str,
    title: &'r str,
    events: Vec<EventDocument<'r>>,
}

/// An event.
#[derive(Debug, Serialize, JsonSchema)]
struct EventDocument<'r> {
    file: Cow<'r, str>,
    /// The record's number in the file.
    record: u64,
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

fn test(test: &TestReport) -> TestDocument<'_> {
    let atomic = test.atomic.as_ref();
    TestDocument {
        technique: atomic.map(|atomic| atomic.technique.as_str()),
        atomic: atomic.and_then(|atomic| Some(atomic.guid?.to_string())),
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

fn signal<'r>(given: &'r SignalReport, test: &TestReport) -> SignalDocument<'r> {
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

fn verdict<'r>(given: &'r VerdictReport, test: &TestReport) -> VerdictDocument<'r> {
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
        near_miss: near_miss(given.near_miss.as_ref(), test),
    }
}

fn near_miss(given: Option<&NearMissReport>, test: &TestReport) -> Option<NearMissDocument> {
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

fn claim(given: &ClaimReport) -> ClaimDocument<'_> {
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
    }
}

fn events(events: &[EventRef]) -> Vec<EventDocument<'_>> {
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
