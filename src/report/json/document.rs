//! The types of the document that a run is written as.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::execution::ExecutionDocument;
use crate::content::expectation::Holds;
use crate::detect::Reading;
use crate::recording::Evidence;
use crate::report::explain::ExplanationDocument;
use crate::verdict::{
    ClaimState, ControlOutcome, Influence, SignalKind, SignalState, StageName, Verdict,
};

/// What `misfire run --format json` prints.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "misfire run")]
pub(in crate::report) struct RunDocument<'r> {
    pub(in crate::report) summary: SummaryDocument<'r>,
    /// The tests, in the order of the run.
    pub(in crate::report) tests: Vec<TestDocument<'r>>,
    /// Where the content is from; null where none was loaded, and for a suite in SigmaHQ's format.
    pub(in crate::report) content: Option<ContentDocument>,
    /// The tests that a filter left out.
    pub(in crate::report) left_out: Vec<LeftOutDocument<'r>>,
    /// Rules that name a suite which is absent altogether.
    pub(in crate::report) absent: Vec<AbsentDocument<'r>>,
    /// What was wrong with content and recordings.
    #[schemars(with = "Vec<DiagnosticDocument>")]
    pub(in crate::report) diagnostics: Vec<Json>,
}

/// Where each kind of content is from.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct ContentDocument {
    pub(in crate::report) atomics: HomeDocument,
    pub(in crate::report) expectations: HomeDocument,
    pub(in crate::report) detections: HomeDocument,
    pub(in crate::report) fixtures: HomeDocument,
}

/// Where a kind of content is from: `bundled`, or folders.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::report) enum HomeDocument {
    Bundled(BundledWord),
    Folders(Vec<String>),
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::report) enum BundledWord {
    Bundled,
}

/// A run counted.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct SummaryDocument<'r> {
    /// How often each verdict was given.
    #[serde(flatten)]
    pub(in crate::report) verdicts: VerdictCounts,
    /// How often each outcome of a control was given.
    pub(in crate::report) controls: BTreeMap<&'static str, usize>,
    /// How often each state of a signal was found.
    pub(in crate::report) telemetry: BTreeMap<&'static str, usize>,
    /// How often each state of a claim was found.
    pub(in crate::report) claims: BTreeMap<&'static str, usize>,
    /// How many verdicts each evidence grade carries.
    pub(in crate::report) evidence: BTreeMap<String, usize>,
    /// How many verdicts, outcomes, signals, claims, and agreements are not as expected.
    pub(in crate::report) unexpected: usize,
    /// How many verdicts, outcomes, and signals there are.
    pub(in crate::report) judged: usize,
    /// How many tests were to be judged.
    pub(in crate::report) planned: usize,
    /// How many tests a filter left out.
    pub(in crate::report) left_out: usize,
    /// The deployment of Splunk that its searches were read in; null without any.
    pub(in crate::report) splunk_deployment: Option<&'r str>,
    /// The deployment of Sumo Logic that its queries were read in; null without any.
    pub(in crate::report) sumo_deployment: Option<&'r str>,
    /// How many records were read.
    pub(in crate::report) records: u64,
    /// Whether Ctrl-C ended the run early.
    pub(in crate::report) interrupted: bool,
    /// How many suites their owner has commented out.
    pub(in crate::report) commented_out: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::report) struct VerdictCounts {
    pub(in crate::report) fired: usize,
    pub(in crate::report) stray: usize,
    pub(in crate::report) misfire: usize,
    pub(in crate::report) blind: usize,
    pub(in crate::report) inconclusive: usize,
    pub(in crate::report) not_run: usize,
    pub(in crate::report) unsupported: usize,
    pub(in crate::report) invalid: usize,
}

/// A test that a filter left out.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct LeftOutDocument<'r> {
    pub(in crate::report) technique: Option<&'r str>,
    pub(in crate::report) name: &'r str,
}

/// A rule whose suite is absent.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct AbsentDocument<'r> {
    /// The rule's id.
    pub(in crate::report) detection: &'r str,
    /// The rule's file.
    pub(in crate::report) file: Cow<'r, str>,
}

/// A problem.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "only its schema is used; diagnostics render themselves"
)]
pub(in crate::report) struct DiagnosticDocument {
    /// The stable code.
    pub(in crate::report) code: String,
    pub(in crate::report) severity: SeverityWord,
    pub(in crate::report) file: Option<String>,
    pub(in crate::report) line: Option<u64>,
    pub(in crate::report) column: Option<u64>,
    pub(in crate::report) record: Option<u64>,
    pub(in crate::report) byte: Option<u64>,
    pub(in crate::report) message: String,
    pub(in crate::report) help: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::report) enum SeverityWord {
    Error,
    Warning,
    Note,
}

/// One recording and what became of the detections on it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct TestDocument<'r> {
    /// The technique of the atomic; null for a case of a suite in SigmaHQ's format.
    pub(in crate::report) technique: Option<&'r str>,
    /// The GUID of the atomic, where it has one.
    pub(in crate::report) atomic: Option<String>,
    /// The number of the test in its technique, from one.
    pub(in crate::report) number: Option<usize>,
    pub(in crate::report) name: &'r str,
    /// Where the atomic works.
    pub(in crate::report) platforms: Vec<&'static str>,
    #[schemars(extend("enum" = ["replay", "simulate", "execute"]))]
    #[schemars(with = "String")]
    pub(in crate::report) stage: StageName,
    /// A log, or the name of a fixture.
    pub(in crate::report) recording: Cow<'r, str>,
    /// The logs of the recording.
    pub(in crate::report) files: Vec<Cow<'r, str>>,
    /// The arguments of the performance.
    pub(in crate::report) arguments: &'r BTreeMap<String, String>,
    /// Null if there is no recording.
    #[schemars(with = "Option<String>")]
    #[schemars(extend("enum" = ["authored", "simulated", "executed", "recorded", null]))]
    pub(in crate::report) evidence: Option<Evidence>,
    /// The program that stood in for the real one, if any did.
    pub(in crate::report) stand_in: Option<&'r str>,
    /// Why the atomic counts as not performed, if it does.
    pub(in crate::report) not_run: Option<&'r str>,
    /// Why nothing could be seen of a test of which nothing is expected; null if anything
    /// could, or something is expected.
    pub(in crate::report) unseen: Option<&'r str>,
    /// What was executed; null if nothing was.
    pub(in crate::report) execution: Option<ExecutionDocument<'r>>,
    /// How many records the recording holds.
    pub(in crate::report) records: u64,
    /// What became of each expected event, by the signal's name.
    pub(in crate::report) telemetry: BTreeMap<&'r str, SignalDocument<'r>>,
    pub(in crate::report) verdicts: Vec<VerdictDocument<'r>>,
    pub(in crate::report) controls: Vec<ControlDocument<'r>>,
    pub(in crate::report) claims: Vec<ClaimDocument<'r>>,
    /// Detections that are one idea in several languages, where one of them fired.
    pub(in crate::report) agreements: Vec<AgreementDocument<'r>>,
    /// Detections that fired and that no expectation names.
    pub(in crate::report) hits: Vec<HitDocument<'r>>,
}

/// Two detections that are said to be one idea, on one recording.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct AgreementDocument<'r> {
    /// The recording, or the benign one.
    pub(in crate::report) recording: &'r str,
    /// The detection that says so.
    pub(in crate::report) detection: &'r str,
    pub(in crate::report) title: &'r str,
    /// The detection that it is compared with.
    pub(in crate::report) other: &'r str,
    pub(in crate::report) other_title: &'r str,
    /// Whether both fired on the same events.
    pub(in crate::report) agrees: bool,
    /// How many events both fired on.
    pub(in crate::report) both: u64,
    /// The events that only the first one fired on.
    pub(in crate::report) only_this: Vec<EventDocument<'r>>,
    /// The events that only the other one fired on.
    pub(in crate::report) only_other: Vec<EventDocument<'r>>,
}

/// What became of an expected event.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct SignalDocument<'r> {
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["seen", "missing", "unknown", "not-due"]))]
    pub(in crate::report) state: SignalState,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["required", "conditional", "absent"]))]
    pub(in crate::report) kind: SignalKind,
    /// Whether the state is as expected.
    pub(in crate::report) expected: bool,
    /// Where it is looked for and what it is, such as `sysmon 1`.
    pub(in crate::report) looks_like: &'r str,
    /// What it depends on, and why.
    pub(in crate::report) condition: Option<&'r str>,
    pub(in crate::report) reason: &'r str,
    /// Its events; for an absent signal, those that should not be there.
    pub(in crate::report) events: Vec<EventDocument<'r>>,
    /// What came closest, where it is missing.
    pub(in crate::report) near_miss: Option<NearMissDocument>,
}

/// What became of a detection.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct VerdictDocument<'r> {
    /// The detection's id.
    pub(in crate::report) detection: &'r str,
    pub(in crate::report) title: &'r str,
    /// The detection's file, where it is known.
    pub(in crate::report) file: Option<Cow<'r, str>>,
    pub(in crate::report) language: String,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["strict", "intent"]))]
    pub(in crate::report) reading: Reading,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["fired", "stray", "misfire", "blind", "inconclusive", "not-run", "unsupported", "invalid"]))]
    pub(in crate::report) verdict: Verdict,
    /// Whether the verdict is as expected.
    pub(in crate::report) expected: bool,
    /// The verdict that is expected, where it is another than `fired`.
    pub(in crate::report) known_gap: Option<KnownGapDocument<'r>>,
    pub(in crate::report) reason: &'r str,
    /// The signals that it must fire on, any of them.
    pub(in crate::report) fires_on: Vec<&'r str>,
    /// The events that it fired on, among those of its signals.
    pub(in crate::report) events: Vec<EventDocument<'r>>,
    /// The events that it fired on besides.
    pub(in crate::report) extra: Vec<EventDocument<'r>>,
    /// How many events more than asked for it fired on.
    pub(in crate::report) surplus: u64,
    /// The mark of the run in fields that it reads; null if it stands in none.
    pub(in crate::report) mark: Option<MarkDocument<'r>>,
    /// What came closest, where it stayed silent.
    pub(in crate::report) near_miss: Option<NearMissDocument>,
}

/// The mark of a run in fields that a detection reads.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct MarkDocument<'r> {
    /// The fields that hold it.
    pub(in crate::report) fields: Vec<MarkedFieldDocument<'r>>,
    /// Whether what the detection did depends on it: it does the same without it, it does
    /// something else, or that could not be found out.
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["none", "decisive", "unknown"]))]
    pub(in crate::report) influence: Influence,
    pub(in crate::report) reason: &'r str,
}

/// A field that holds the mark of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct MarkedFieldDocument<'r> {
    /// The record's own name for it.
    pub(in crate::report) field: &'r str,
    /// What the run has added to its value.
    pub(in crate::report) added: &'r str,
}

/// A verdict that is expected though it is not `fired`.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct KnownGapDocument<'r> {
    #[schemars(with = "String")]
    pub(in crate::report) verdict: Verdict,
    pub(in crate::report) reason: &'r str,
}

/// What came closest.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct NearMissDocument {
    #[serde(flatten)]
    pub(in crate::report) explanation: ExplanationDocument,
    /// The parts of the smallest change that would flip it; empty if none would.
    pub(in crate::report) change: Vec<String>,
    /// A relation to another signal that does not hold.
    pub(in crate::report) relation: Option<String>,
}

/// What became of a detection on a benign recording.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct ControlDocument<'r> {
    /// The control's name.
    pub(in crate::report) name: &'r str,
    /// Why it is benign.
    pub(in crate::report) why: &'r str,
    /// The detection's id.
    pub(in crate::report) detection: &'r str,
    pub(in crate::report) title: &'r str,
    /// The detection's file, where it is known.
    pub(in crate::report) file: Option<Cow<'r, str>>,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["strict", "intent"]))]
    pub(in crate::report) reading: Reading,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["quiet", "false-alarm", "vacuous", "unread", "unsupported", "invalid"]))]
    pub(in crate::report) outcome: ControlOutcome,
    /// Whether the outcome is as expected.
    pub(in crate::report) expected: bool,
    pub(in crate::report) reason: &'r str,
    /// Null if there is no recording.
    #[schemars(with = "Option<String>")]
    #[schemars(extend("enum" = ["authored", "simulated", "executed", "recorded", null]))]
    pub(in crate::report) evidence: Option<Evidence>,
    /// The events that it fired on.
    pub(in crate::report) events: Vec<EventDocument<'r>>,
}

/// What a published page promises, and what this recording says of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct ClaimDocument<'r> {
    pub(in crate::report) text: &'r str,
    pub(in crate::report) page: &'r str,
    /// What the expectation says of it.
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["true", "false", "unobservable"]))]
    pub(in crate::report) holds: Holds,
    pub(in crate::report) because: Option<&'r str>,
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["proven", "contradicted", "unproven"]))]
    pub(in crate::report) state: ClaimState,
}

/// A detection that fired and that no expectation names.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct HitDocument<'r> {
    /// The detection's id.
    pub(in crate::report) detection: &'r str,
    pub(in crate::report) title: &'r str,
    pub(in crate::report) events: Vec<EventDocument<'r>>,
    /// The mark of the run in fields that it reads; null if it stands in none.
    pub(in crate::report) mark: Option<MarkDocument<'r>>,
}

/// An event.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct EventDocument<'r> {
    pub(in crate::report) file: Cow<'r, str>,
    /// The record's number in the file.
    pub(in crate::report) record: u64,
}
