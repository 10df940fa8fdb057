//! Reading a capture once: what it holds, and what kinds of records.
//!
//! Records are streamed; what is kept of them is bounded.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rayon::prelude::*;

use super::draft::slug;
use super::host::Facts;
use super::kinds::Kind;
use super::record::{Signs, key, program, row, signs, source_of, taken, text};
use super::stable::Names;
use crate::content::LogInput;
use crate::diagnostic::{Code, Diagnostic};
use crate::event::catalogue::SourceId;
use crate::event::{Batch, Event, EventId, FileId};
use crate::log::{Chunk, Format, ReadOptions, cap_problems, open};
use crate::recording::Window;
use crate::run::event::{Interrupt, RunEvent, Sink};

/// How many kinds of records are told apart.
pub(super) const MOST_KINDS: usize = 50_000;

/// How logs are read.
pub(super) struct Reading<'r> {
    /// How many chunks are read at once.
    pub(super) threads: usize,
    pub(super) interrupt: &'r Interrupt,
    pub(super) sink: &'r dyn Sink,
}

/// What is to be looked at.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    /// Arguments, by their names.
    pub(super) names: &'w Names,
    /// The time of the test, if it was said.
    pub(super) window: Option<Window>,
}

/// What a capture holds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Its logs, in their order.
    pub(super) files: Vec<Held>,
    pub(super) facts: Facts,
    /// The kinds of its records.
    pub(super) kinds: HashMap<Box<str>, Seen>,
    /// How many records had kinds that were too many.
    pub(super) uncounted: u64,
    /// When its earliest and its latest record happened.
    pub(super) span: Option<(Timestamp, Timestamp)>,
    /// How many records have no time.
    pub(super) timeless: u64,
    /// How many have one outside the window.
    pub(super) outside: u64,
    pub(super) problems: Vec<Diagnostic>,
}

/// What a log holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    pub(super) format: Option<Format>,
    /// How many records there are of each source.
    pub(super) sources: BTreeMap<SourceId, u64>,
    /// How many records are of no source that has a name, by their origin.
    pub(super) unnamed: BTreeMap<String, u64>,
}

impl Held {
    /// How many records the log holds.
    pub(super) fn records(&self) -> u64 {
        self.sources.values().chain(self.unnamed.values()).sum()
    }
}

/// What is known of the records of a kind.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) source: SourceId,
    pub(super) event_id: Option<u32>,
    /// How many of them there are inside the window.
    pub(super) count: u64,
    /// How many there are outside of it.
    pub(super) outside: u64,
    /// The first inside the window, in the order of the logs.
    pub(super) first: Option<EventId>,
    /// The program that did it, in lower case; in a cloud, the words of the call;
    /// empty if nothing is known.
    pub(super) actor: Box<str>,
    /// The program that started that one; in a cloud, who called.
    pub(super) parent: Box<str>,
    pub(super) signs: Signs,
}

/// What a part of a log holds.
#[derive(Default)]
struct Part {
    held: Held,
    facts: Facts,
    kinds: HashMap<Box<str>, Seen>,
    /// The keys in the order in which they came.
    order: Vec<Box<str>>,
    span: Option<(Timestamp, Timestamp)>,
    timeless: u64,
    outside: u64,
    problems: Vec<Diagnostic>,
}

/// Reads a capture.
pub(super) fn survey(inputs: &[LogInput], wanted: Wanted<'_>, reading: &Reading<'_>) -> Survey {
    let mut survey = Survey {
        files: vec![Held::default(); inputs.len()],
        ..Survey::default()
    };
    let sizes: Vec<u64> = inputs
        .iter()
        .map(|input| std::fs::metadata(&input.path).map_or(0, |metadata| metadata.len()))
        .collect();
    reading.sink.note(RunEvent::Started {
        files: inputs.len(),
        bytes: sizes.iter().sum(),
        detections: 0,
    });
    for (index, (input, bytes)) in inputs.iter().zip(sizes).enumerate() {
        reading
            .sink
            .note(RunEvent::FileOpened { path: &input.path });
        survey.read(index, input, wanted, reading);
        let path = &input.path;
        reading.sink.note(RunEvent::FileDone { path, bytes });
    }
    reading.sink.note(RunEvent::Finished);
    cap_problems(&mut survey.problems);
    survey
}

impl Survey {
    fn read(&mut self, index: usize, input: &LogInput, wanted: Wanted<'_>, reading: &Reading<'_>) {
        let options = ReadOptions::default();
        let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let mut log = match open(&input.path, file, &options) {
            Ok(log) => log,
            Err(problem) => return self.problems.push(problem),
        };
        self.files[index].format = Some(log.format());
        let told = self.problems.len();
        let mut is_done = false;
        while !is_done && !reading.interrupt.is_set() {
            let mut chunks = Vec::with_capacity(reading.threads);
            while chunks.len() < reading.threads && !is_done {
                match log.next_chunk() {
                    Some(Ok(chunk)) => chunks.push(chunk),
                    Some(Err(problem)) => self.problems.push(problem),
                    None => is_done = true,
                }
            }
            let parts: Vec<Part> = chunks
                .into_par_iter()
                .map(|chunk| {
                    let bytes = chunk.size();
                    let part = part(chunk, &options, wanted);
                    reading.sink.note(RunEvent::Searched {
                        records: part.held.records(),
                        firings: 0,
                        bytes,
                    });
                    part
                })
                .collect();
            for part in parts {
                self.merge(index, part);
            }
        }
        let is_empty = self.files[index].records() == 0 && self.problems.len() == told;
        if is_empty && !reading.interrupt.is_set() {
            self.problems.push(
                Diagnostic::error(Code::LOG_EMPTY, "the log holds no record")
                    .in_file(&input.path)
                    .help("check how the log was exported, or leave it out"),
            );
        }
    }

    fn merge(&mut self, index: usize, part: Part) {
        let Part {
            held,
            facts,
            mut kinds,
            order,
            span,
            timeless,
            outside,
            problems,
        } = part;
        let file = &mut self.files[index];
        for (source, records) in held.sources {
            *file.sources.entry(source).or_default() += records;
        }
        for (origin, records) in held.unnamed {
            *file.unnamed.entry(origin).or_default() += records;
        }
        self.facts.merge(facts);
        self.span = union(self.span, span);
        self.timeless += timeless;
        self.outside += outside;
        self.problems.extend(problems);
        for key in order {
            let Some(seen) = kinds.remove(&key) else {
                continue;
            };
            if let Some(known) = self.kinds.get_mut(&key) {
                known.merge(seen);
            } else if self.kinds.len() < MOST_KINDS {
                self.kinds.insert(key, seen);
            } else {
                self.uncounted += seen.count + seen.outside;
            }
        }
    }

    /// How many records there are of a source.
    pub(super) fn records_of(&self, source: &SourceId) -> u64 {
        let counts = self
            .files
            .iter()
            .filter_map(|file| file.sources.get(source));
        counts.sum()
    }

    /// How many records there are.
    pub(super) fn records(&self) -> u64 {
        self.files.iter().map(Held::records).sum()
    }
}

impl Seen {
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.outside += other.outside;
        self.first = self.first.or(other.first);
        self.signs.argument |= other.signs.argument;
        // One record that is not the system's own is enough.
        self.signs.background &= other.signs.background;
        self.signs.noise &= other.signs.noise;
    }
}

fn union(
    one: Option<(Timestamp, Timestamp)>,
    other: Option<(Timestamp, Timestamp)>,
) -> Option<(Timestamp, Timestamp)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

fn part(chunk: Chunk, options: &ReadOptions, wanted: Wanted<'_>) -> Part {
    let decoded = chunk.decode(options);
    let mut part = Part {
        problems: decoded.problems,
        ..Part::default()
    };
    let batch: &Batch = &decoded.batch;
    for event in batch.events() {
        part.note(event, wanted);
    }
    part
}

impl Part {
    fn note(&mut self, event: Event<'_>, wanted: Wanted<'_>) {
        let time = event.time();
        match time {
            Some(time) => self.span = union(self.span, Some((time, time))),
            None => self.timeless += 1,
        }
        let is_inside = wanted.window.is_none_or(|window| window.holds(time));
        self.outside += u64::from(!is_inside && time.is_some());
        let (source, event_id) = source_of(event.origin());
        let Some(source) = source else {
            let origin = event.origin().to_string();
            *self.held.unnamed.entry(origin).or_default() += 1;
            return;
        };
        *self.held.sources.entry(source.id.clone()).or_default() += 1;
        self.facts.note(event, source, event_id);
        let kind = row(source, event_id);
        let key = key(event, source, event_id, wanted.names).into_boxed_str();
        let seen = Seen {
            source: source.id.clone(),
            event_id,
            count: u64::from(is_inside),
            outside: u64::from(!is_inside),
            first: is_inside.then(|| event.id()),
            actor: actor(event, kind).into(),
            parent: parent(event, kind).into(),
            signs: signs(event, kind, wanted.names),
        };
        match self.kinds.get_mut(&key) {
            Some(known) => known.merge(seen),
            None => {
                self.order.push(key.clone());
                self.kinds.insert(key, seen);
            }
        }
    }
}

fn program_in(event: Event<'_>, field: Option<&String>) -> String {
    let path = field.and_then(|field| text(event, field));
    path.map(|path| program(&path)).unwrap_or_default()
}

/// What started that, or who called.
fn parent(event: Event<'_>, kind: Option<&Kind>) -> String {
    let Some(kind) = kind else {
        return String::new();
    };
    let caller = kind.callers.iter().find_map(|field| text(event, field));
    caller.unwrap_or_else(|| program_in(event, kind.parent.as_ref()))
}

/// What did it, as it would stand in a command.
fn actor(event: Event<'_>, kind: Option<&Kind>) -> String {
    let Some(kind) = kind else {
        return String::new();
    };
    if kind.event_ids.is_empty() {
        let call = kind
            .takes
            .iter()
            .find(|take| Some(&take.field) == kind.named_by.as_ref());
        let call = call.and_then(|take| taken(event, take));
        return call.map(|(_, call)| slug(&call)).unwrap_or_default();
    }
    program_in(event, kind.actor.as_ref())
}
