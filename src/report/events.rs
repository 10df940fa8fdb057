//! A run as it goes, for programs: an event a line.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::json::DiagnosticDocument;
use super::judged::judged;
use super::mask::{Form, Masked, Secrets};
use crate::diagnostic::{self, Diagnostic};
use crate::run::{RunEvent, Sink};
use crate::verdict::TestReport;

/// How long nothing more is told of records that are searched.
const PAUSE: Duration = Duration::from_millis(200);

/// A line of `--progress json`: what happened, and when.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "misfire --progress json")]
struct Line<'e> {
    /// How long the program has run, in milliseconds.
    elapsed_ms: u64,
    #[serde(flatten)]
    event: Event<'e>,
}

/// Something that happened.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'e> {
    /// Logs are read and searched from now on.
    SearchStarted {
        files: usize,
        /// The size of the files together, in bytes.
        bytes: u64,
        detections: usize,
    },
    /// A log is opened.
    FileOpened { path: String },
    /// So much was searched so far; told now and then, and once when the search is done.
    Records {
        records: u64,
        /// How often a detection fired.
        firings: u64,
    },
    /// A log is read to its end.
    FileDone {
        path: String,
        /// The size of the file, in bytes.
        bytes: u64,
    },
    /// The search has ended.
    SearchFinished { records: u64, firings: u64 },
    /// It is known how many atomics are simulated.
    AtomicsPlanned { count: usize },
    /// An atomic is simulated, or cannot be.
    AtomicSimulated {
        /// Its place, from zero.
        index: usize,
        /// How many are simulated by now, this one included.
        done: usize,
        technique: &'e str,
        name: &'e str,
        /// How many records it leaves on all hosts and accounts together; null if it
        /// cannot be simulated.
        records: Option<u64>,
        /// Why it cannot be simulated; null if it can.
        reason: Option<&'e str>,
    },
    /// The simulation has ended.
    AtomicsDone { done: usize },
    /// It is known how many tests are judged.
    TestsPlanned { count: usize },
    /// A test is judged; tests are judged in any order.
    TestFinished {
        /// Its place in the report, from zero.
        index: usize,
        /// How many are judged by now, this one included.
        done: usize,
        /// Null for a case of a suite in SigmaHQ's format.
        technique: Option<&'e str>,
        atomic: Option<String>,
        name: &'e str,
        recording: String,
        /// How many records its recording holds.
        records: u64,
        /// How often each verdict was given.
        verdicts: BTreeMap<&'static str, usize>,
        /// How often each outcome of a control was given.
        controls: BTreeMap<&'static str, usize>,
        /// How often each state of a signal was found.
        telemetry: BTreeMap<&'static str, usize>,
        /// How many judgements are not as expected.
        unexpected: usize,
    },
    /// All tests are judged, or there was an interruption.
    TestsFinished {
        done: usize,
        /// How many judgements are not as expected.
        unexpected: usize,
    },
    /// There is a problem.
    Problem {
        #[schemars(with = "DiagnosticDocument")]
        problem: Json,
    },
    /// There is something to say to people.
    Message { text: &'e str },
}

/// Tells programs what happens in a run.
pub struct Events {
    started: Instant,
    state: Mutex<State>,
}

struct State {
    /// Where the lines go; nowhere once nobody reads them.
    out: Option<Box<dyn Write + Send>>,
    records: u64,
    firings: u64,
    /// When records were told of last.
    told: Option<Instant>,
    simulated: usize,
    /// How many tests are judged; none before it is known how many there are.
    judged: Option<usize>,
    unexpected: usize,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

impl Events {
    /// Writes the events of a program that has started then.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, started: Instant) -> Self {
        Self {
            started,
            state: Mutex::new(State {
                out: Some(out),
                records: 0,
                firings: 0,
                told: None,
                simulated: 0,
                judged: None,
                unexpected: 0,
            }),
        }
    }
}

impl Sink for Events {
    fn note(&self, event: RunEvent<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let secrets = match event {
            RunEvent::TestJudged { test, .. } => Secrets::of_test(test),
            _ => Secrets::default(),
        };
        let Some(event) = state.told(event) else {
            return;
        };
        let Some(out) = &mut state.out else {
            return;
        };
        // A reader that has seen enough has gone away.
        if line(out, event, self.started, secrets).is_err() {
            state.out = None;
        }
    }
}

impl State {
    /// What of an event programs are told.
    fn told<'e>(&mut self, event: RunEvent<'e>) -> Option<Event<'e>> {
        Some(match event {
            RunEvent::Started {
                files,
                bytes,
                detections,
            } => Event::SearchStarted {
                files,
                bytes,
                detections,
            },
            RunEvent::FileOpened { path } => Event::FileOpened {
                path: path.to_string_lossy().into_owned(),
            },
            RunEvent::Searched {
                records, firings, ..
            } => {
                self.records += records;
                self.firings += firings;
                if self.told.is_some_and(|told| told.elapsed() < PAUSE) {
                    return None;
                }
                self.told = Some(Instant::now());
                Event::Records {
                    records: self.records,
                    firings: self.firings,
                }
            }
            RunEvent::FileDone { path, bytes } => Event::FileDone {
                path: path.to_string_lossy().into_owned(),
                bytes,
            },
            RunEvent::Finished => match self.judged {
                Some(done) => Event::TestsFinished {
                    done,
                    unexpected: self.unexpected,
                },
                None => Event::SearchFinished {
                    records: self.records,
                    firings: self.firings,
                },
            },
            RunEvent::AtomicsPlanned { count } => Event::AtomicsPlanned { count },
            RunEvent::AtomicSimulated { index, test } => {
                self.simulated += 1;
                let runs = test.result.as_ref();
                let records = |runs: &Vec<crate::stage::simulate::Simulated>| {
                    runs.iter().map(|run| run.events.len() as u64).sum()
                };
                Event::AtomicSimulated {
                    index,
                    done: self.simulated,
                    technique: test.atomic.technique.as_str(),
                    name: &test.atomic.name,
                    records: runs.ok().map(records),
                    reason: test.result.as_ref().err().map(String::as_str),
                }
            }
            RunEvent::AtomicsDone => Event::AtomicsDone {
                done: self.simulated,
            },
            RunEvent::TestsPlanned { count } => {
                self.judged = Some(0);
                Event::TestsPlanned { count }
            }
            RunEvent::TestJudged { index, test } => {
                let done = self.judged.unwrap_or_default() + 1;
                self.judged = Some(done);
                let event = finished(index, done, test);
                if let Event::TestFinished { unexpected, .. } = event {
                    self.unexpected += unexpected;
                }
                event
            }
        })
    }
}

fn finished(index: usize, done: usize, test: &TestReport) -> Event<'_> {
    let atomic = test.atomic.as_ref();
    let verdicts = test.verdicts.iter().map(|given| given.verdict.as_str());
    let controls = test.controls.iter().map(|given| given.outcome.as_str());
    let states = test.signals.iter().map(|given| given.state.as_str());
    Event::TestFinished {
        index,
        done,
        technique: atomic.map(|atomic| atomic.technique.as_str()),
        atomic: atomic.and_then(|atomic| Some(atomic.guid?.to_string())),
        name: &test.name,
        recording: test.recording.to_string_lossy().into_owned(),
        records: test.records,
        verdicts: tallied(verdicts),
        controls: tallied(controls),
        telemetry: tallied(states),
        unexpected: judged(test).filter(|given| !given.is_expected()).count(),
    }
}

fn tallied(words: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, usize> {
    let mut tally = BTreeMap::new();
    for word in words {
        *tally.entry(word).or_default() += 1;
    }
    tally
}

/// Writes one line, whole and at once: others write to standard error as well.
fn line(
    out: &mut dyn Write,
    event: Event<'_>,
    started: Instant,
    secrets: Secrets,
) -> io::Result<()> {
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut text = serde_json::to_vec(&Line { elapsed_ms, event })?;
    text.push(b'\n');
    let mut whole = Vec::with_capacity(text.len());
    let mut masked = Masked::new(&mut whole, Form::Json, secrets);
    masked.write_all(&text)?;
    masked.finish()?;
    drop(masked);
    out.write_all(&whole)?;
    out.flush()
}

/// Writes a problem as an event.
///
/// # Errors
///
/// The output cannot be written.
pub fn problem_event(
    out: &mut dyn Write,
    problem: &Diagnostic,
    started: Instant,
) -> io::Result<()> {
    let problem = diagnostic::to_json(problem);
    line(out, Event::Problem { problem }, started, Secrets::default())
}

/// Writes a message to people as an event.
///
/// # Errors
///
/// The output cannot be written.
pub fn message_event(out: &mut dyn Write, text: &str, started: Instant) -> io::Result<()> {
    let text = text.trim_end();
    line(out, Event::Message { text }, started, Secrets::default())
}

/// The JSON Schema of one line of `--progress json`.
#[must_use]
pub fn progress_schema() -> Json {
    schemars::schema_for!(Line<'_>).to_value()
}
