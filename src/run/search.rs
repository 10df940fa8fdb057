//! Searching any number of logs with one engine, on every core.
//!
//! Workers take chunks from one queue; taking is cheap and in order, decoding
//! and searching is not, and needs no order. Whatever depends on the order of
//! threads is sorted at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::event::{Interrupt, RunEvent, Sink};
use super::hosts;
use super::repeated::{self, Mark, Repeated};
use crate::content::LogInput;
use crate::detect::{self, Engine, Firing, GaveUp, Held, Limit, ProgramId, SearchTime, Tally};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::event::{Batch, FileId, Origin};
use crate::log::{Chunk, Format, LogReader, ReadOptions, cap_problems};
use crate::recording::Window;

/// What is to be searched.
#[derive(Debug)]
pub struct SearchRequest<'r> {
    /// The logs.
    pub inputs: &'r [LogInput],
    /// How they are read.
    pub options: ReadOptions,
    /// Which events may be counted together.
    pub correlate: Correlate,
    /// The time whose records are counted apart; with one, the inputs are a recording,
    /// and records that cannot be told from others of it are looked for.
    pub window: Option<Window>,
    /// How many threads search; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Which events a correlation may count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correlate {
    /// Those of all inputs, as parts of one log.
    Together,
    /// Those of one input only, as a recording of its own.
    EachInput,
}

/// What a search found.
#[derive(Debug, Default)]
pub struct SearchOutcome {
    /// The firings, sorted by file, record, and detection.
    pub firings: Vec<Firing>,
    /// What became of each input, in their order.
    pub files: Vec<FileOutcome>,
    /// How many records of each origin were read.
    pub records: BTreeMap<Origin, u64>,
    /// The detections that could not be searched to the end, and why, as a fragment of
    /// a sentence.
    pub limits: BTreeMap<ProgramId, String>,
    /// Everything that could not be read, sorted.
    pub problems: Vec<Diagnostic>,
    /// Whether the search ended early.
    pub interrupted: bool,
}

/// What became of one input.
#[derive(Debug, Clone, Default)]
pub struct FileOutcome {
    /// Its path.
    pub path: PathBuf,
    /// Its format, if it was recognised.
    pub format: Option<Format>,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many records of each origin it holds.
    pub records: BTreeMap<Origin, u64>,
    /// How many of them are inside the window, if one was asked for.
    pub inside: BTreeMap<Origin, u64>,
    /// The computers that its event-log records name, if a window was asked for.
    pub computers: BTreeSet<String>,
    /// Why its records cannot be told from others of the recording, if they cannot.
    pub repeated: Option<Repeated>,
    /// How many errors reading it had.
    pub problems: usize,
    /// Whether it could be opened as a log at all.
    pub opened: bool,
}

impl FileOutcome {
    /// How many records the file holds.
    #[must_use]
    pub fn record_count(&self) -> u64 {
        self.records.values().sum()
    }
}

impl SearchOutcome {
    /// How many records were read.
    #[must_use]
    pub fn record_count(&self) -> u64 {
        self.records.values().sum()
    }
}

/// Searches all logs with one engine.
#[must_use]
pub fn search(request: &SearchRequest<'_>, engine: &dyn Engine, sink: &dyn Sink) -> SearchOutcome {
    let (mut outcome, found) = search_with(request, &[engine], sink);
    for found in found {
        outcome.firings.extend(found.firings);
        outcome.limits.extend(found.limits);
    }
    outcome
}

/// What one of several engines found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Its firings, sorted.
    pub firings: Vec<Firing>,
    /// What it held back, if the inputs are a recording: parts of one are searched
    /// again for detections that look at several events.
    pub held: Vec<Held>,
    /// The detections that could not be searched to the end, and why, as a fragment
    /// of a sentence.
    pub limits: BTreeMap<ProgramId, String>,
}

/// Searches all logs with several engines, reading them once. What each engine found
/// is handed out apart, in the order of the engines.
#[must_use]
pub fn search_with(
    request: &SearchRequest<'_>,
    engines: &[&dyn Engine],
    sink: &dyn Sink,
) -> (SearchOutcome, Vec<Findings>) {
    let sizes: Vec<u64> = request.inputs.iter().map(size).collect();
    sink.note(RunEvent::Started {
        files: request.inputs.len(),
        bytes: sizes.iter().sum(),
        detections: engines.iter().map(|engine| engine.programs().len()).sum(),
    });
    let queue = Mutex::new(Queue::new(request, sink));
    let threads = request
        .threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZero::get);
    let parts: Vec<Part> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| work(&queue, request, engines, sink)))
            .collect();
        workers
            .into_iter()
            .map(|worker| match worker.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    let queue = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut outcome = SearchOutcome {
        files: request
            .inputs
            .iter()
            .zip(&sizes)
            .map(|(input, bytes)| FileOutcome {
                path: input.path.clone(),
                bytes: *bytes,
                ..FileOutcome::default()
            })
            .collect(),
        interrupted: request.interrupt.is_set(),
        ..SearchOutcome::default()
    };
    let found = merge(&mut outcome, queue, parts, request, engines);
    sink.note(RunEvent::Finished);
    (outcome, found)
}

fn size(input: &LogInput) -> u64 {
    match &input.bytes {
        Some(bytes) => bytes.len() as u64,
        None => std::fs::metadata(&input.path).map_or(0, |metadata| metadata.len()),
    }
}

/// The inputs, as a queue of chunks.
struct Queue<'r> {
    request: &'r SearchRequest<'r>,
    sink: &'r dyn Sink,
    next: usize,
    open: Option<(usize, LogReader)>,
    formats: Vec<(usize, Format)>,
    problems: Vec<(usize, Diagnostic)>,
}

impl<'r> Queue<'r> {
    fn new(request: &'r SearchRequest<'r>, sink: &'r dyn Sink) -> Self {
        Self {
            request,
            sink,
            next: 0,
            open: None,
            formats: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn next_chunk(&mut self) -> Option<(usize, Chunk)> {
        loop {
            if self.request.interrupt.is_set() {
                return None;
            }
            let Some((index, reader)) = &mut self.open else {
                self.open_next()?;
                continue;
            };
            match reader.next_chunk() {
                Some(Ok(chunk)) => return Some((*index, chunk)),
                Some(Err(problem)) => self.problems.push((*index, problem)),
                None => {
                    let input = &self.request.inputs[*index];
                    self.sink.note(RunEvent::FileDone {
                        path: &input.path,
                        bytes: size(input),
                    });
                    self.open = None;
                }
            }
        }
    }

    fn open_next(&mut self) -> Option<()> {
        let index = self.next;
        let input = self.request.inputs.get(index)?;
        self.next += 1;
        self.sink.note(RunEvent::FileOpened { path: &input.path });
        let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let options = &self.request.options;
        let opened = match &input.bytes {
            Some(bytes) => crate::log::read_bytes(&input.path, bytes.to_vec(), file, options),
            None => crate::log::open(&input.path, file, options),
        };
        match opened {
            Ok(reader) => {
                self.formats.push((index, reader.format()));
                self.open = Some((index, reader));
            }
            Err(problem) => {
                self.problems.push((index, problem));
                self.sink.note(RunEvent::FileDone {
                    path: &input.path,
                    bytes: size(input),
                });
            }
        }
        Some(())
    }
}

/// What one worker brings home.
struct Part {
    /// The firings of each engine.
    firings: Vec<Vec<Firing>>,
    /// What each engine has seen.
    tallies: Vec<Tally>,
    records: Vec<Counted>,
    marks: Vec<Mark>,
    /// The computers that the records of each input name.
    computers: BTreeMap<usize, BTreeSet<String>>,
    problems: Vec<(usize, Diagnostic)>,
}

/// How many records of an origin a chunk of an input holds.
struct Counted {
    input: usize,
    origin: Origin,
    records: u64,
    inside: u64,
}

fn work<'r>(
    queue: &Mutex<Queue<'r>>,
    request: &SearchRequest<'r>,
    engines: &[&dyn Engine],
    sink: &dyn Sink,
) -> Part {
    let mut searches: Vec<_> = engines.iter().map(|engine| engine.start()).collect();
    let mut part = Part {
        firings: engines.iter().map(|_| Vec::new()).collect(),
        tallies: Vec::new(),
        records: Vec::new(),
        marks: Vec::new(),
        computers: BTreeMap::new(),
        problems: Vec::new(),
    };
    loop {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next_chunk();
        let Some((index, chunk)) = next else { break };
        let bytes = chunk.size();
        let decoded = chunk.decode(&request.options);
        let mut fired = 0;
        for (search, firings) in searches.iter_mut().zip(&mut part.firings) {
            let before = firings.len();
            search.feed(&decoded.batch, firings);
            fired += firings.len() - before;
        }
        part.records
            .extend(count(index, &decoded.batch, request.window));
        if request.window.is_some() {
            part.marks.extend(repeated::marks(index, &decoded.batch));
            hosts::collect(&decoded.batch, part.computers.entry(index).or_default());
        }
        part.problems
            .extend(decoded.problems.into_iter().map(|problem| (index, problem)));
        sink.note(RunEvent::Searched {
            records: decoded.batch.len() as u64,
            firings: fired as u64,
            bytes,
        });
    }
    part.tallies = searches.into_iter().map(|search| search.finish()).collect();
    part
}

fn count(input: usize, batch: &Batch, window: Option<Window>) -> impl Iterator<Item = Counted> {
    let mut counts = vec![(0_u64, 0_u64); batch.origins().len()];
    for event in batch.events() {
        let (records, inside) = &mut counts[event.origin_index()];
        *records += 1;
        *inside += u64::from(window.is_some_and(|window| window.holds(event.time())));
    }
    batch
        .origins()
        .iter()
        .zip(counts)
        .map(move |(origin, (records, inside))| Counted {
            input,
            origin: origin.clone(),
            records,
            inside,
        })
}

/// Puts together what the workers brought home; what each engine found.
fn merge(
    outcome: &mut SearchOutcome,
    queue: Queue<'_>,
    parts: Vec<Part>,
    request: &SearchRequest<'_>,
    engines: &[&dyn Engine],
) -> Vec<Findings> {
    let mut found: Vec<Findings> = engines.iter().map(|_| Findings::default()).collect();
    let mut tallies: Vec<Tally> = engines.iter().map(|_| Tally::default()).collect();
    let mut problems = queue.problems;
    let mut marks = Vec::new();
    for part in parts {
        marks.extend(part.marks);
        for (all, own) in found.iter_mut().zip(part.firings) {
            all.firings.extend(own);
        }
        for (all, own) in tallies.iter_mut().zip(part.tallies) {
            all.merge(own);
        }
        problems.extend(part.problems);
        for (index, computers) in part.computers {
            if let Some(file) = outcome.files.get_mut(index) {
                file.computers.extend(computers);
            }
        }
        for counted in part.records {
            if let Some(file) = outcome.files.get_mut(counted.input) {
                let origin = counted.origin;
                *file.inside.entry(origin.clone()).or_default() += counted.inside;
                *file.records.entry(origin).or_default() += counted.records;
            }
        }
    }
    for ((engine, mut tally), found) in engines.iter().zip(tallies).zip(&mut found) {
        if request.window.is_some() {
            found.held.clone_from(&tally.held);
        }
        let firings = &mut found.firings;
        conclude(outcome, &mut tally, request, *engine, firings);
        found.limits = limits_of(&tally);
        // Every engine has seen the same records.
        outcome.records = tally.records;
        detect::sort(firings);
    }
    for (index, repeated) in repeated::find(marks) {
        if let Some(file) = outcome.files.get_mut(index) {
            file.repeated = Some(repeated);
        }
    }
    for (index, format) in queue.formats {
        if let Some(file) = outcome.files.get_mut(index) {
            file.format = Some(format);
            file.opened = true;
        }
    }
    for (index, problem) in problems {
        if let Some(file) = outcome.files.get_mut(index)
            && problem.severity == Severity::Error
        {
            file.problems += 1;
        }
        outcome.problems.push(problem);
    }
    for file in &mut outcome.files {
        if file.opened && file.record_count() == 0 && file.problems == 0 && !outcome.interrupted {
            file.problems += 1;
            outcome.problems.push(
                Diagnostic::error(
                    Code::LOG_EMPTY,
                    "the log holds no record, so nothing was searched in it",
                )
                .in_file(&file.path)
                .help("check how the log was exported, or leave it out"),
            );
        }
    }
    if outcome.interrupted {
        outcome.problems.push(interruption());
    }
    cap_problems(&mut outcome.problems);
    found
}

/// What is said of a run that someone ended early.
#[must_use]
pub fn interruption() -> Diagnostic {
    Diagnostic::error(
        Code::RUN_INTERRUPTED,
        "the run was interrupted, so the rest was not searched",
    )
    .help("run it again")
}

/// Lets correlations fire on what was held back. Records without a time cannot be
/// put in order: the file that holds them was not searched whole.
fn conclude(
    outcome: &mut SearchOutcome,
    tally: &mut Tally,
    request: &SearchRequest<'_>,
    engine: &dyn Engine,
    firings: &mut Vec<Firing>,
) {
    let mut held = std::mem::take(&mut tally.held);
    // Part of the rows would make a lie of the result.
    held.retain(|held| !tally.exhausted.contains(&held.program));
    let now = |latest| match request.window {
        Some(window) => SearchTime(window.end),
        None => SearchTime::after(latest),
    };
    let mut by_file: BTreeMap<FileId, Vec<Held>> = BTreeMap::new();
    let mut timeless: BTreeMap<FileId, BTreeSet<u64>> = BTreeMap::new();
    for held in held {
        let event = held.event;
        if held.time.is_none() {
            timeless.entry(event.file).or_default().insert(event.record);
            continue;
        }
        let file = match request.correlate {
            Correlate::Together => FileId(0),
            Correlate::EachInput => event.file,
        };
        by_file.entry(file).or_default().push(held);
    }
    for (file, held) in by_file {
        let latest = match request.correlate {
            Correlate::Together => tally.latest(),
            Correlate::EachInput => tally.latest.get(&file).copied(),
        };
        let conclusion = engine.conclude(held, now(latest), firings);
        tally.exhausted.extend(conclusion.exhausted);
        tally.causeless.extend(conclusion.causeless);
        for (program, count) in conclusion.gave_up {
            *tally.gave_up.entry(program).or_default() += count;
        }
    }
    told_limits(outcome, tally, engine);
    for (file, records) in timeless {
        let Some(file) = outcome.files.get_mut(file.0 as usize) else {
            continue;
        };
        file.problems += 1;
        outcome.problems.push(
            Diagnostic::error(
                Code::LOG_BAD_TIME,
                match records.len() {
                    1 => {
                        "1 record that correlations count has no time, and was left out".to_owned()
                    }
                    count => format!(
                        "{count} records that correlations count have no time, and were left out"
                    ),
                },
            )
            .in_file(&file.path)
            .help("export the log with the time of each record"),
        );
    }
}

/// The detections that were not searched to the end, and why.
fn limits_of(tally: &Tally) -> BTreeMap<ProgramId, String> {
    let of = |program: &ProgramId, limit: Limit| (*program, limit.to_string());
    let values = tally.gave_up.iter();
    let values = values.filter_map(|(program, gave_up)| Some(of(program, gave_up.limit()?)));
    let causeless = tally.causeless.iter();
    let causeless = causeless.map(|program| of(program, Limit::Causeless));
    let rows = tally.exhausted.iter();
    let rows = rows.map(|program| of(program, Limit::Rows));
    values.chain(causeless).chain(rows).collect()
}

/// Tells which detections were not searched to the end.
fn told_limits(outcome: &mut SearchOutcome, tally: &Tally, engine: &dyn Engine) {
    let title = |program: &ProgramId| {
        let detection = engine.programs().get(program.0 as usize);
        detection.map_or_else(String::new, |detection| detection.title.clone())
    };
    for program in &tally.exhausted {
        let message = format!(
            "`{}` keeps more rows in memory than it may, and was not searched to the end",
            title(program)
        );
        outcome.problems.push(
            Diagnostic::error(Code::RUN_TOO_MANY_ROWS, message)
                .help("search fewer logs at once, or narrow what the query keeps"),
        );
    }
    let programs = (0..).map(ProgramId).take(engine.programs().len());
    let mut causeless = tally.causeless.clone();
    causeless.extend(programs.filter(|program| engine.fires_on_nothing(*program)));
    for program in &causeless {
        let message = format!(
            "of `{}`, {}, and is not told",
            title(program),
            Limit::Causeless
        );
        outcome
            .problems
            .push(Diagnostic::warning(Code::RUN_CAUSELESS_ROW, message).help(
                "its product alerts on it whatever was recorded, so that no record proves it right \
                 or wrong",
            ));
    }
    for (program, GaveUp { steps, length }) in &tally.gave_up {
        if *steps > 0 {
            let message = format!(
                "a regular expression of `{}` took too many steps on {steps} values, which count \
                 as not matched",
                title(program)
            );
            outcome.problems.push(
                Diagnostic::error(Code::RUN_REGEX_LIMIT, message)
                    .help("simplify it: nested repetitions are the usual cause"),
            );
        }
        if *length > 0 {
            let message = format!(
                "`{}` computes {length} values that are longer than they may be, and count as null",
                title(program)
            );
            outcome.problems.push(
                Diagnostic::error(Code::RUN_LONG_VALUE, message)
                    .help("take a part of the text before joining or replacing"),
            );
        }
    }
}
