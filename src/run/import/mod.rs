//! Turning a capture into a fixture, with a draft of what is to be expected of it.

mod check;
mod draft;
mod host;
mod inputs;
mod kinds;
mod known;
mod rank;
mod record;
mod refusals;
mod scrubbing;
mod stable;
mod survey;
mod target;
mod text;
mod value;
mod write;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::convert::Existing;
use super::event::{Interrupt, Sink};
use super::search::interruption;
use crate::content::LogInput;
use crate::content::atomic::{Atomic, AtomicGuid, Executor, Platform, TechniqueId};
use crate::content::fixture::Fixture;
use crate::diagnostic::{self, Code, Diagnostic, has_error};
use crate::event::catalogue::SourceId;
use crate::log::Format;
use crate::recording::{Closure, Evidence, Window};

use inputs::Inputs;
use known::Places;
use stable::Names;
use survey::{MOST_KINDS, Reading, Survey, Wanted, survey};
use target::Target;
use write::Finished;

/// What is to be imported.
#[derive(Debug)]
pub struct ImportRequest {
    /// Logs, and folders of logs.
    pub logs: Vec<PathBuf>,
    /// What was recorded.
    pub subject: ImportSubject,
    /// The name of the fixture.
    pub name: Option<String>,
    /// The folder of fixtures; the project's, if none is given.
    pub out: Option<PathBuf>,
    /// Where the project is looked for.
    pub start: PathBuf,
    /// How much the capture proves.
    pub evidence: Evidence,
    /// The time of the test; from the first record to the last, if none is given.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Whether every source was collected until after the end.
    pub closure: Closure,
    /// The conditions that held.
    pub given: Vec<String>,
    /// Sources that were collected and held no record.
    pub looked_at: Vec<String>,
    /// The name of the host or account.
    pub host: Option<String>,
    /// Its platform.
    pub platform: Option<Platform>,
    /// Logs of the same host without the test.
    pub baseline: Vec<PathBuf>,
    /// Whether identities are replaced by pseudonyms.
    pub scrubbing: Scrubbing,
    /// Where the draft goes.
    pub draft_to: DraftTo,
    /// What happens to a fixture that is there already.
    pub existing: Existing,
    /// Whether anything is written.
    pub effect: Effect,
    /// How many threads read; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Whether identities in a capture are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrubbing {
    /// The logs are copied byte for byte.
    Off,
    /// By pseudonyms, if nothing is judged otherwise then.
    On,
}

/// What was recorded.
#[derive(Debug)]
pub enum ImportSubject {
    /// The performance of an atomic.
    Atomic {
        /// The atomic.
        guid: AtomicGuid,
        /// The arguments that were given.
        arguments: Vec<(String, String)>,
        /// Folders of atomics to find it in; the project's, if there are none.
        atomics: Vec<PathBuf>,
    },
    /// Something benign.
    Control {
        /// Why it is benign.
        why: String,
        /// The technique whose tests it is a twin of.
        technique: TechniqueId,
    },
}

/// Where a draft goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftTo {
    /// To the project's file of the technique if there is none yet, else to standard
    /// output.
    Project,
    /// To that file, which must not be there yet.
    File(PathBuf),
    /// To standard output, and nothing else there.
    Stream,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The fixture and the draft are.
    Write,
    /// Nothing is; everything else is done.
    Nothing,
}

/// What became of an import.
#[derive(Debug, Default)]
pub struct ImportOutcome {
    /// The fixture, if it is complete and in its place, or would be.
    pub fixture: Option<ImportedFixture>,
    /// The draft, if something stands out.
    pub draft: Option<Draft>,
    /// Whether something was written.
    pub written: bool,
    /// Files in a folder that are no logs.
    pub not_logs: Vec<PathBuf>,
    /// Why nothing was imported.
    pub refusals: Vec<Diagnostic>,
    /// What else is to be known.
    pub problems: Vec<Diagnostic>,
    /// Whether it ended early.
    pub interrupted: bool,
}

/// A fixture that was made.
#[derive(Debug)]
pub struct ImportedFixture {
    /// Its folder.
    pub folder: PathBuf,
    /// Its name, its path below the folder of fixtures.
    pub name: String,
    /// The atomic that it is a recording of; a control is of none.
    pub atomic: Option<Arc<Atomic>>,
    /// The text of its manifest.
    pub manifest: String,
    /// Its logs.
    pub files: Vec<ImportedFile>,
    /// The host or account.
    pub host: String,
    /// Its platform.
    pub platform: Platform,
    /// The time that it covers.
    pub window: Window,
    /// How many records lie outside of it.
    pub outside: u64,
    /// How many identities were replaced, in how many places, by what they are of;
    /// none if the capture was not scrubbed.
    pub scrubbed: Option<BTreeMap<&'static str, (usize, u64)>>,
    /// The folders of fixtures and of expectations, where there is no `misfire.toml`
    /// that leads to them.
    pub loose: Option<[PathBuf; 2]>,
    /// The file of the atomic, where the project has no such atomic.
    pub stray_atomic: Option<PathBuf>,
}

/// A log of a fixture that was made.
#[derive(Debug)]
pub struct ImportedFile {
    /// The log that it is a copy of.
    pub from: PathBuf,
    /// Its name in the fixture.
    pub name: String,
    /// Its format.
    pub format: Option<Format>,
    /// How many records there are of each source.
    pub sources: BTreeMap<SourceId, u64>,
    /// How many records are of logs that have no name.
    pub unnamed: u64,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

impl ImportedFile {
    /// How many records it holds.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.sources.values().sum::<u64>() + self.unnamed
    }
}

/// A drafted expectation.
#[derive(Debug)]
pub struct Draft {
    /// The file that it was written to, or would be.
    pub file: Option<PathBuf>,
    /// The file that it belongs into, if it is not written to one.
    pub belongs_to: Option<PathBuf>,
    /// What stands once at the top of a file.
    pub head: String,
    /// The test, as it stands below `tests:`.
    pub test: String,
    /// Its signals: the name, the log with the event id, and why it stands out.
    pub signals: Vec<(String, String, String)>,
}

impl ImportOutcome {
    /// Whether what was asked for is wrong, or the content that it needs.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.refusals
            .iter()
            .any(|problem| !problem.code.is_about_input())
    }

    /// Whether something could not be read or written.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        has_error(&self.problems)
            || self
                .refusals
                .iter()
                .any(|problem| problem.code.is_about_input())
    }

    fn refuse(mut self, problems: impl IntoIterator<Item = Diagnostic>) -> Self {
        self.refusals.extend(problems);
        diagnostic::sort(&mut self.refusals);
        self
    }

    fn interrupt(mut self) -> Self {
        self.interrupted = true;
        self.problems.push(interruption());
        self
    }
}

/// Imports a capture.
///
/// The fixture appears under its name only when it is complete, and when the
/// project's own loader finds nothing wrong with it; each drafted signal is seen by
/// the project's own judge.
#[must_use]
pub fn import(request: &ImportRequest, sink: &dyn Sink) -> ImportOutcome {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(request.threads.map_or(0, NonZero::get))
        .build();
    match pool {
        Ok(pool) => pool.install(|| import_here(request, sink)),
        Err(_) => import_here(request, sink),
    }
}

fn import_here(request: &ImportRequest, sink: &dyn Sink) -> ImportOutcome {
    let mut outcome = ImportOutcome::default();
    let places = match Places::of(&request.start, request.out.as_deref()) {
        Ok(places) => places,
        Err(problems) => return outcome.refuse(problems),
    };
    let inputs = Inputs::find(&request.logs);
    let mut target = match Target::of(request, &places, &inputs) {
        Ok(target) => target,
        Err(problems) => return outcome.refuse(problems),
    };
    if has_error(&inputs.problems) {
        return outcome.refuse(inputs.problems);
    }
    let reading = Reading {
        threads: rayon::current_num_threads(),
        interrupt: &request.interrupt,
        sink,
    };
    let window = request.window.map(|(start, end)| Window {
        start,
        end,
        closure: request.closure,
    });
    let mut names = Names::new(target.arguments());
    let wanted = Wanted {
        names: &names,
        window,
    };
    let mut read = survey(&inputs.logs, wanted, &reading);
    if request.interrupt.is_set() {
        return outcome.interrupt();
    }
    let mut inputs = inputs.without_what_is_none(&mut read);
    outcome.not_logs.clone_from(&inputs.not_logs);
    let (wrong, worth_knowing): (Vec<_>, _) = std::mem::take(&mut read.problems)
        .into_iter()
        .partition(|problem| problem.severity == diagnostic::Severity::Error);
    outcome.problems.extend(worth_knowing);
    if !wrong.is_empty() {
        return outcome.refuse(wrong);
    }
    let mut scrubbed = scrubbing::Said::default();
    let mut clean = None;
    if request.scrubbing == Scrubbing::On {
        let done = match scrubbing::scrubbed(request, &mut target, &inputs, &read) {
            Ok(done) => done,
            Err(_) if request.interrupt.is_set() => return outcome.interrupt(),
            Err(problems) => return outcome.refuse(problems),
        };
        names = Names::new(target.arguments());
        let wanted = Wanted {
            names: &names,
            window,
        };
        read = survey(&done.inputs.logs, wanted, &reading);
        if request.interrupt.is_set() {
            return outcome.interrupt();
        }
        if has_error(&read.problems) {
            return outcome.refuse(std::mem::take(&mut read.problems));
        }
        let (logs, originals, said, folder) = done.into_parts();
        inputs = logs;
        scrubbed = said;
        outcome.problems.append(&mut scrubbed.doubts);
        clean = Some((originals, folder));
    }
    let wanted = Wanted {
        names: &names,
        window,
    };
    let made = match target.manifest(request, &inputs, &read, &scrubbed) {
        Ok(made) => made,
        Err(problems) => return outcome.refuse(problems),
    };
    outcome.problems.extend(made.doubts.iter().cloned());
    let baseline = match Baseline::read(request, &names, &reading) {
        Ok(baseline) => baseline,
        Err(problems) if request.interrupt.is_set() => {
            drop(problems);
            return outcome.interrupt();
        }
        Err(problems) => return outcome.refuse(problems),
    };
    let finished = match write::write(request, &target, &inputs, made) {
        Ok(Some(finished)) => finished,
        Ok(None) => return outcome.interrupt(),
        Err(problems) => return outcome.refuse(problems),
    };
    let draft = draft_of(
        request,
        &target,
        &finished,
        &read,
        wanted,
        baseline.as_ref(),
    );
    if request.interrupt.is_set() {
        return outcome.interrupt();
    }
    if let Some((draft, problems)) = draft {
        outcome.problems.extend(problems);
        outcome.draft = draft;
    }
    match finished.keep(request, outcome.draft.as_mut(), &places) {
        Ok((mut fixture, failure)) => {
            if let Some((originals, _)) = clean {
                for (file, original) in fixture.files.iter_mut().zip(originals) {
                    file.from = original;
                }
                fixture.scrubbed = Some(scrubbing::counted(&scrubbed.changes));
            }
            outcome.fixture = Some(fixture);
            outcome.problems.extend(failure);
        }
        Err(problems) => {
            outcome.draft = None;
            return outcome.refuse(problems);
        }
    }
    outcome.written = request.effect == Effect::Write;
    diagnostic::sort(&mut outcome.problems);
    outcome
}

/// Logs of the same host without the test.
struct Baseline {
    inputs: Vec<LogInput>,
    read: Survey,
}

impl Baseline {
    fn read(
        request: &ImportRequest,
        names: &Names,
        reading: &Reading<'_>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        if request.baseline.is_empty() {
            return Ok(None);
        }
        let inputs = Inputs::find(&request.baseline);
        if has_error(&inputs.problems) {
            return Err(inputs.problems);
        }
        let wanted = Wanted {
            names,
            window: None,
        };
        let mut read = survey(&inputs.logs, wanted, reading);
        let inputs = inputs.without_what_is_none(&mut read);
        if has_error(&read.problems) || reading.interrupt.is_set() {
            return Err(std::mem::take(&mut read.problems));
        }
        Ok(Some(Self {
            inputs: inputs.logs,
            read,
        }))
    }
}

/// Drafts an expectation; nothing for a control.
fn draft_of(
    request: &ImportRequest,
    target: &Target,
    finished: &Finished,
    read: &Survey,
    wanted: Wanted<'_>,
    baseline: Option<&Baseline>,
) -> Option<(Option<Draft>, Vec<Diagnostic>)> {
    let (atomic, guid) = target.atomic()?;
    let commands = commands(atomic);
    let ranked = rank::rank(
        read,
        &rank::Known {
            commands: &commands,
            baseline: baseline.map(|baseline| &baseline.read.kinds),
        },
    );
    let fixture = &finished.fixture;
    let inputs: Vec<_> = fixture
        .files
        .iter()
        .map(|file| file.input.clone())
        .collect();
    let facts = fixture.host.facts.iter();
    let facts = facts
        .filter(|(key, _)| DRAFTED_FACTS.contains(&key.as_str()))
        .map(|(key, value)| (format!("host.{key}"), value.as_str()));
    let all_names = Names::new(target.arguments().into_iter().chain(facts));
    let wanted = Wanted {
        window: Some(fixture.window),
        ..wanted
    };
    let signals = draft::draft(
        &ranked,
        read,
        &inputs,
        wanted,
        &all_names,
        &request.interrupt,
    );
    let bench = check::Bench {
        atomic,
        guid,
        technique: &target.technique,
        fixture,
        threads: request.threads,
        interrupt: &request.interrupt,
    };
    let mut checked = bench.check(signals);
    if let Some(baseline) = baseline {
        let fixture = baseline_fixture(fixture, baseline);
        checked.signals = bench.without_those_of(&fixture, checked.signals);
    }
    let mut problems = std::mem::take(&mut checked.problems);
    if read.uncounted > 0 {
        problems.push(
            Diagnostic::note(
                Code::IMPORT_MANY_KINDS,
                format!(
                    "the capture holds more than {MOST_KINDS} kinds of records, and the draft \
                     knows only the first"
                ),
            )
            .help("cut the capture down with `--window`, or leave logs out"),
        );
    }
    if checked.signals.is_empty() {
        problems.push(
            Diagnostic::warning(
                Code::IMPORT_NOTHING_STANDS_OUT,
                "nothing that a signal could name stands out in the capture, so no expectation was drafted",
            )
            .help("check that the test is in it, and that the baseline is without it"),
        );
        return Some((None, problems));
    }
    let draft = Draft {
        file: None,
        belongs_to: None,
        head: text::head(&target.technique),
        test: text::test(guid, &atomic.name, &checked.signals, baseline.is_some()),
        signals: checked
            .signals
            .iter()
            .map(|signal| {
                let log = match signal.event_id {
                    Some(id) => format!("{} {id}", signal.source),
                    None => signal.source.to_string(),
                };
                (
                    signal.id.clone(),
                    log,
                    text::why(signal, baseline.is_some()),
                )
            })
            .collect(),
    };
    Some((Some(draft), problems))
}

/// The facts of a host that a draft names.
const DRAFTED_FACTS: [&str; 5] = ["account", "subscription", "temp", "user", "user_sid"];

/// The baseline, as if it were a recording of the same atomic.
fn baseline_fixture(fixture: &Fixture, baseline: &Baseline) -> Arc<Fixture> {
    let mut like = fixture.clone();
    like.files = baseline
        .inputs
        .iter()
        .zip(&baseline.read.files)
        .map(|(input, held)| crate::content::fixture::FixtureFile {
            input: input.clone(),
            sources: held.sources.keys().cloned().collect(),
            records: held.records(),
            closure: Closure::Open,
        })
        .collect();
    if let Some((start, end)) = baseline.read.span {
        like.window = Window {
            start,
            end,
            closure: Closure::Open,
        };
    }
    Arc::new(like)
}

/// What an atomic runs, in lower case.
fn commands(atomic: &Atomic) -> String {
    match &atomic.executor {
        Executor::Command { command, .. } => command.to_lowercase(),
        Executor::Manual { .. } => String::new(),
    }
}
