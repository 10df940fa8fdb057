//! Converting logs from one format to another.

mod merge;
mod output;
mod survey;
mod target;
mod writer;

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::event::{Interrupt, RunEvent, Sink};
use super::scan::sort_out;
use crate::content::{LogInput, find_files};
use crate::diagnostic::{At, Code, Diagnostic, Place, Severity};
use crate::event::LogSource;
use crate::log::shift::Shift;
use crate::log::{Format, ReadOptions, cap_problems};

pub use output::{Destination, Existing};
pub use target::Target;

use merge::{Flow, Found, Reader, Reading};
use output::{PartialFile, refusal, unwritable};
use survey::{earliest, first_cloud_target};
use target::{Named, by_ending, no_cloud_record, unknown};
use writer::{LeftOut, Order, Writer};

/// How many records that are left out are told one by one, for each file and
/// reason.
const TOLD: u64 = 2;

/// What is to be converted, and to what.
#[derive(Debug)]
pub struct ConvertRequest {
    /// Logs, and folders of logs.
    pub inputs: Vec<PathBuf>,
    /// Where the result goes.
    pub out: Destination,
    /// The format of the result; `None` follows the output's ending.
    pub target: Option<Target>,
    /// When the earliest record is to have happened.
    pub shift_to: Option<Timestamp>,
    /// What plain JSON lines are.
    pub declared: Option<LogSource>,
    /// How many threads read; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// What became of a conversion.
#[derive(Debug, Default)]
pub struct ConvertOutcome {
    /// The format that was written, if it came to that.
    pub target: Option<Target>,
    /// The output's path, unless it is a stream.
    pub out: Option<PathBuf>,
    /// What became of each input.
    pub files: Vec<ConvertedFile>,
    /// Files in a folder that are no logs.
    pub not_logs: Vec<PathBuf>,
    /// How the times were moved.
    pub shift: Option<Moved>,
    /// How many records have another id than they had, being numbered anew.
    pub renumbered: u64,
    /// Why nothing was converted at all: the request is wrong.
    pub refusals: Vec<Diagnostic>,
    /// Everything that could not be read or written.
    pub problems: Vec<Diagnostic>,
    /// Whether the output is complete and in its place.
    pub written: bool,
    /// Whether it ended early.
    pub interrupted: bool,
}

/// How the times of all records were moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// When the earliest record happened.
    pub from: Timestamp,
    /// When it happens now.
    pub to: Timestamp,
}

/// What became of one input.
#[derive(Debug, Clone, Default)]
pub struct ConvertedFile {
    /// Its path.
    pub path: PathBuf,
    /// Its format, if it was recognised.
    pub format: Option<Format>,
    /// How many records it holds that could be read.
    pub read: u64,
    /// How many of them were written.
    pub written: u64,
    /// How many were not, by reason.
    pub left_out: BTreeMap<String, u64>,
}

impl ConvertOutcome {
    /// How many records were read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.files.iter().map(|file| file.read).sum()
    }

    /// How many records were written.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.files.iter().map(|file| file.written).sum()
    }

    /// How many records were left out, by reason.
    #[must_use]
    pub fn left_out(&self) -> BTreeMap<&str, u64> {
        let mut all = BTreeMap::new();
        for (reason, records) in self.files.iter().flat_map(|file| &file.left_out) {
            *all.entry(reason.as_str()).or_default() += records;
        }
        all
    }

    /// Whether the request is wrong, so that nothing was converted.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.refusals.is_empty()
    }

    /// Whether something was not read or not written.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        !self.written
            || self
                .problems
                .iter()
                .any(|problem| problem.severity == Severity::Error)
    }

    fn refuse(mut self, problem: Diagnostic) -> Self {
        self.refusals.push(problem);
        self
    }
}

/// Converts logs.
///
/// The output appears under its name only when it is complete; records that
/// cannot be read or cannot stand in it are left out and told.
#[must_use]
pub fn convert(request: ConvertRequest, sink: &dyn Sink) -> ConvertOutcome {
    let (found, problems) = find_files(&request.inputs);
    let inputs: Vec<_> = found
        .iter()
        .map(|file| LogInput::on_disk(&file.path))
        .collect();
    let mut outcome = ConvertOutcome {
        files: inputs
            .iter()
            .map(|input| ConvertedFile {
                path: input.path.clone(),
                ..ConvertedFile::default()
            })
            .collect(),
        problems,
        ..ConvertOutcome::default()
    };
    if let Destination::File { path, existing } = &request.out {
        outcome.out = Some(path.clone());
        let paths = inputs.iter().map(|input| input.path.as_path());
        if let Some(problem) = refusal(path, *existing, paths) {
            return outcome.refuse(problem);
        }
    }
    let sizes: Vec<u64> = inputs
        .iter()
        .map(|input| std::fs::metadata(&input.path).map_or(0, |metadata| metadata.len()))
        .collect();
    let options = ReadOptions {
        // Field names are wanted as they are, not as detections ask for them.
        declared: request.declared.clone(),
        ..ReadOptions::default()
    };
    let threads = request
        .threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZero::get);
    let reader = Reader {
        inputs: &inputs,
        sizes: &sizes,
        options: &options,
        threads,
        interrupt: &request.interrupt,
        sink,
    };
    let target = match choose(&request, &reader) {
        Ok(target) => target,
        Err(problem) => return outcome.refuse(problem),
    };
    outcome.target = Some(target);
    if let Some(to) = request.shift_to {
        match earliest(&reader, target) {
            Some(from) => outcome.shift = Some(Moved { from, to }),
            // Without a single record to move the rest says what is wrong.
            None => outcome.shift = None,
        }
    }
    sink.note(RunEvent::Started {
        files: inputs.len(),
        bytes: sizes.iter().sum(),
        detections: 0,
    });
    write(&mut outcome, &reader, target, request.out);
    sink.note(RunEvent::Finished);
    outcome.interrupted = request.interrupt.is_set();
    let (problems, not_logs) = sort_out(std::mem::take(&mut outcome.problems), &found);
    outcome.problems = problems;
    outcome.not_logs = not_logs;
    cap_problems(&mut outcome.problems);
    outcome
}

fn choose(request: &ConvertRequest, reader: &Reader<'_>) -> Result<Target, Diagnostic> {
    match (request.target, &request.out) {
        (Some(Target::Evtx), Destination::Stream(_)) => Err(Diagnostic::error(
            Code::CONVERT_UNKNOWN_TARGET,
            "a binary event log cannot be written to standard output",
        )
        .help("give the name of a file: its header is written last")),
        (Some(target), _) => Ok(target),
        (None, Destination::Stream(_)) => Err(unknown(None)),
        (None, Destination::File { path, .. }) => match by_ending(path) {
            Named::One(target) => Ok(target),
            Named::CloudJson => first_cloud_target(reader).ok_or_else(|| no_cloud_record(path)),
            Named::Nothing => Err(unknown(Some(path))),
        },
    }
}

/// Writes everything, and puts the result in its place.
fn write(
    outcome: &mut ConvertOutcome,
    reader: &Reader<'_>,
    target: Target,
    destination: Destination,
) {
    let out = outcome.out.clone();
    let shift = outcome
        .shift
        .map(|moved| Shift::between(moved.from, moved.to));
    let fail = |outcome: &mut ConvertOutcome, cause: &dyn std::fmt::Display| {
        outcome.problems.push(unwritable(out.as_deref(), cause));
    };
    let starts = reader.starts();
    let order = match starts.iter().flatten().count() {
        0 | 1 => Order::OneLog,
        _ => Order::Merged,
    };
    let (partial, mut writer) = match destination {
        Destination::Stream(stream) => (None, Writer::stream(stream, target, shift)),
        Destination::File { path, .. } => {
            let created = PartialFile::create(&path).and_then(|(partial, file)| {
                Ok((Some(partial), Writer::file(file, target, shift, order)?))
            });
            match created {
                Ok(created) => created,
                Err(error) => return fail(outcome, &error),
            }
        }
    };
    let reading = match target {
        Target::Evtx => Reading::Trees,
        _ => Reading::Fields,
    };
    let mut failure = None;
    let mut untold: BTreeMap<(usize, Code), u64> = BTreeMap::new();
    let flow = reader.merge(&starts, reading, |index, found| {
        let file = &mut outcome.files[index];
        let written = match found {
            Found::Opened(format) => {
                file.format = Some(format);
                return Flow::Continue(());
            }
            Found::Problem(problem) => {
                outcome.problems.push(problem);
                return Flow::Continue(());
            }
            Found::Other(other) => Err(writer.other(&other)),
            Found::Tree(tree) => writer.tree(tree),
            Found::Record(batch, place) => writer.record(batch, place),
        };
        file.read += 1;
        match written {
            Ok(()) => file.written += 1,
            Err(LeftOut::Failed(cause)) => {
                failure = Some(cause);
                return Flow::Break(());
            }
            Err(LeftOut::Record(left_out)) => {
                let count = file.left_out.entry(left_out.reason).or_default();
                *count += 1;
                let mut problem = left_out.problem;
                if *count <= TOLD {
                    problem.place = Some(Place::new(&file.path, At::Record(left_out.number)));
                    outcome.problems.push(problem);
                } else {
                    *untold.entry((index, problem.code)).or_default() += 1;
                }
            }
        }
        Flow::Continue(())
    });
    match failure {
        // Whoever reads the stream has seen enough.
        Some(cause) if partial.is_none() && cause.kind() == io::ErrorKind::BrokenPipe => {
            outcome.written = true;
            return;
        }
        Some(cause) => return fail(outcome, &cause),
        None => {}
    }
    if flow.is_break() || reader.interrupt.is_set() {
        return;
    }
    outcome.renumbered = writer.renumbered();
    for ((index, code), records) in untold {
        let mut more = Diagnostic::error(code, "more of them").in_file(&outcome.files[index].path);
        more.more = records;
        outcome.problems.push(more);
    }
    conclude(outcome, target);
    if outcome.records() == 0 {
        return;
    }
    match writer.finish() {
        Err(error) if partial.is_none() && error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => return fail(outcome, &error),
        Ok(()) => {}
    }
    if let Some(partial) = partial
        && let Err(error) = partial.keep()
    {
        return fail(outcome, &error);
    }
    outcome.written = true;
}

/// Tells what stands out in the counts: empty logs, and an output that nothing
/// fits.
fn conclude(outcome: &mut ConvertOutcome, target: Target) {
    for file in &outcome.files {
        let has_problem = |path: &Path| {
            let of_file = |problem: &Diagnostic| {
                problem
                    .place
                    .as_ref()
                    .is_some_and(|place| place.file == path)
            };
            outcome.problems.iter().any(of_file)
        };
        if file.format.is_some() && file.read == 0 && !has_problem(&file.path) {
            outcome.problems.push(
                Diagnostic::error(Code::LOG_EMPTY, "the log holds no record")
                    .in_file(&file.path)
                    .help("check how the log was exported, or leave it out"),
            );
        }
    }
    if outcome.records() == 0 && outcome.files.iter().any(|file| !file.left_out.is_empty()) {
        let problem = Diagnostic::error(
            Code::CONVERT_NOTHING_FITS,
            format!("none of the records can stand in {target}, so nothing was written"),
        )
        .help("choose another format with `--to`; `--to jsonl` takes every record");
        outcome.refusals.push(match &outcome.out {
            Some(out) => problem.in_file(out),
            None => problem,
        });
    }
}
