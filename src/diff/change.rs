//! What changed between two runs, as a value that every report renders.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::document::NearMiss;

/// Two runs compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The run that came first.
    pub old: RunFacts,
    /// The run that is judged.
    pub new: RunFacts,
    /// What differs: the worst first, and then by test.
    pub changes: Vec<Change>,
}

impl Diff {
    /// How many changes there are of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.class == class).count()
    }

    /// Whether both runs came to their end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.old.is_whole() && self.new.is_whole()
    }

    /// Whether the new run is no worse than the old one: nothing got worse, it judged
    /// something, and both came to their end.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.count(Class::Worse) == 0 && self.new.proves() && self.is_whole()
    }
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunFacts {
    /// How many tests there are.
    pub tests: u64,
    /// How many were to be judged.
    pub planned: u64,
    /// How many verdicts, outcomes of controls, and states of signals there are.
    pub judged: u64,
    /// How many judgements are not as expected.
    pub unexpected: u64,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

impl RunFacts {
    /// Whether everything that was to be judged was.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.interrupted && self.tests >= self.planned
    }

    /// Whether anything was judged: nothing judged is nothing proven.
    #[must_use]
    pub fn proves(&self) -> bool {
        self.tests > 0 && self.judged > 0
    }
}

/// What is thought of what is not judged any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Removal {
    /// It is worse, if it proved something.
    #[default]
    Worse,
    /// It was meant, and is only told.
    Allowed,
}

/// Whether a change is for the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Something is proven no longer, or is no longer as expected.
    Worse,
    /// Something is proven that was not.
    Better,
    /// It is another, and proves neither more nor less.
    Changed,
}

impl Class {
    /// Every class, the worst first.
    pub const ALL: [Self; 3] = [Self::Worse, Self::Better, Self::Changed];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Changed => "changed",
        }
    }
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A detection fired, and does not.
    StoppedFiring,
    /// A detection has another verdict, and fired neither time, or both times.
    VerdictChanged,
    /// A detection fires that did not.
    FiresNow,
    /// A detection is judged as before, and something else about it is another.
    DetailChanged,
    /// A detection is not judged on this test any more.
    DetectionRemoved,
    /// A detection is judged on this test for the first time.
    DetectionAdded,
    /// A signal was seen, and is not.
    SignalGone,
    /// A signal has another state, and was seen neither time.
    SignalChanged,
    /// A signal is seen that was not.
    SignalSeen,
    /// A signal is not expected any more.
    SignalRemoved,
    /// A signal is expected for the first time.
    SignalAdded,
    /// A detection fires on something benign, and did not.
    FalseAlarm,
    /// A control proves nothing any more: it has no event of the detection's source.
    ControlVacuous,
    /// A control has another outcome.
    ControlChanged,
    /// A false alarm is gone.
    FalseAlarmGone,
    /// A control is not judged any more.
    ControlRemoved,
    /// A control is judged for the first time.
    ControlAdded,
    /// A claim of a page has another state.
    ClaimChanged,
    /// A claim is not judged any more.
    ClaimRemoved,
    /// A claim is judged for the first time.
    ClaimAdded,
    /// Two detections agree, or do not, other than before.
    AgreementChanged,
    /// Two detections are not compared here any more.
    AgreementRemoved,
    /// Two detections are compared here for the first time.
    AgreementAdded,
    /// A detection that no expectation names fired, and does not.
    HitGone,
    /// A detection that no expectation names fires, and did not.
    HitAdded,
    /// The recording has another evidence grade.
    EvidenceChanged,
    /// Another program stood in for the real one, or none does, or one does now.
    StandInChanged,
    /// What was performed anew is recorded under another name.
    RecordingChanged,
    /// A test has another name.
    TestRenamed,
    /// A test is not judged any more.
    TestRemoved,
    /// A test is judged for the first time.
    TestAdded,
    /// There is an error with content or a recording that was not.
    ProblemAdded,
    /// An error with content or a recording is gone.
    ProblemGone,
    /// The tests were judged in another deployment, or with content of other folders.
    SettingChanged,
}

impl ChangeKind {
    /// What it is called, as people read it.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::StoppedFiring => "stopped firing",
            Self::VerdictChanged => "another verdict",
            Self::FiresNow => "fires now",
            Self::DetailChanged => "judged otherwise",
            Self::DetectionRemoved => "detection removed",
            Self::DetectionAdded => "detection added",
            Self::SignalGone => "signal gone",
            Self::SignalChanged => "another state of a signal",
            Self::SignalSeen => "signal seen",
            Self::SignalRemoved => "signal removed",
            Self::SignalAdded => "signal added",
            Self::FalseAlarm => "false alarm",
            Self::ControlVacuous => "control gone vacuous",
            Self::ControlChanged => "another outcome of a control",
            Self::FalseAlarmGone => "false alarm gone",
            Self::ControlRemoved => "control removed",
            Self::ControlAdded => "control added",
            Self::ClaimChanged => "another state of a claim",
            Self::ClaimRemoved => "claim removed",
            Self::ClaimAdded => "claim added",
            Self::AgreementChanged => "agreement",
            Self::AgreementRemoved => "not compared any more",
            Self::AgreementAdded => "compared for the first time",
            Self::HitGone => "hit gone",
            Self::HitAdded => "hit",
            Self::EvidenceChanged => "another evidence grade",
            Self::StandInChanged => "another stand-in",
            Self::RecordingChanged => "another recording",
            Self::TestRenamed => "test renamed",
            Self::TestRemoved => "test removed",
            Self::TestAdded => "test added",
            Self::ProblemAdded => "error",
            Self::ProblemGone => "error gone",
            Self::SettingChanged => "another setting",
        }
    }
}

/// A test, as changes name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct TestName {
    /// The technique; null for a case of a suite in SigmaHQ's format.
    pub technique: Option<String>,
    /// The name.
    pub name: String,
    /// The GUID of the atomic, where it has one.
    pub atomic: Option<String>,
    /// A log, or the name of a fixture.
    pub recording: String,
    /// The arguments of the performance.
    pub arguments: BTreeMap<String, String>,
    /// The evidence grade; null if there is no recording.
    pub evidence: Option<String>,
}

/// What it is that changed; what does not belong to it is null.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Subject {
    /// The id of the detection.
    pub detection: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// How it was read.
    pub reading: Option<String>,
    /// The id of the detection that it is compared with.
    pub other: Option<String>,
    /// The name of the signal.
    pub signal: Option<String>,
    /// The name of the control, or of the recording that two detections are compared on.
    pub control: Option<String>,
    /// The text of the claim, the message of the problem, or the name of the setting.
    pub text: Option<String>,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.as_deref().unwrap_or_default();
        if let Some(signal) = &self.signal {
            write!(f, "signal {signal}")?;
            return match text {
                "" => Ok(()),
                looks_like => write!(f, " ({looks_like})"),
            };
        }
        let Some(title) = self.title.as_ref().or(self.detection.as_ref()) else {
            return match &self.control {
                Some(control) => write!(f, "control {control}"),
                None => f.write_str(text),
            };
        };
        f.write_str(title)?;
        if let Some(reading) = &self.reading {
            write!(f, " [{reading}]")?;
        }
        if self.other.is_some() {
            write!(f, " and {text}")?;
        }
        match &self.control {
            Some(control) => write!(f, " on {control}"),
            None => Ok(()),
        }
    }
}

/// One side of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Side {
    /// The word: a verdict, an outcome, a state, a grade, or a value.
    pub word: String,
    /// Whether it is as expected; null where nothing is expected.
    pub expected: Option<bool>,
    /// Why, as a fragment of a sentence; null where there is no more to say.
    pub reason: Option<String>,
}

/// How a judgement was and is; null is not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Transition {
    /// In the old run.
    pub old: Option<Side>,
    /// In the new run.
    pub new: Option<Side>,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Change {
    /// Whether it is for the worse.
    pub class: Class,
    /// The test; null where it is about the whole run.
    pub test: Option<TestName>,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What changed.
    #[serde(flatten)]
    pub subject: Subject,
    /// How it was and is.
    #[serde(flatten)]
    pub transition: Transition,
    /// What else there is to say, a line each.
    pub details: Vec<String>,
    /// Whether it would be worse if removals were not allowed.
    pub allowed: bool,
    /// What came closest in the new run, where it stayed silent or is missing.
    pub near_miss: Option<NearMiss>,
}
