//! What a watched program did, as lines that pass from the tracer's process to the
//! runner's.
//!
//! Names that are not UTF-8 are told with replacement characters, as logs have them.

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{
    Connection, DnsQuestion, FileChangeKind, FileType, ProcessKey, TraceEvent, TraceEventKind,
};
use super::problem::Problem;
use super::program::{Hashes, ProgramFile};

/// What is to be run and watched: the one line that the tracer's process reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The program's path.
    pub program: String,
    /// The name that it is called by.
    pub name: String,
    /// Its arguments, without its name.
    pub arguments: Vec<String>,
    /// The variable that each of its processes is asked for.
    pub marker: String,
    /// How many events are kept.
    pub events: usize,
    /// How many processes and threads may run at once.
    pub tasks: usize,
}

/// A line of the tracer's process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    /// Something happened.
    Event(WatchedEvent),
    /// The program itself ended; what came of it may run on.
    Ended { code: i32, signal: Option<i32> },
    /// A program file that was run, by its number.
    Program { number: usize, file: WatchedProgram },
    /// What was not seen.
    Problem(Problem),
    /// The program could not be watched, and was not run.
    Refused(String),
    /// Nothing of the program is left, and everything was told.
    Whole,
}

/// A program file that was run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedProgram {
    /// Its path.
    pub path: String,
    /// Its hashes, where it could be read.
    pub hashes: Option<Hashes>,
}

/// Something that a watched process did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedEvent {
    /// When.
    pub time: Timestamp,
    /// Who.
    pub process: ProcessKey,
    /// What.
    pub kind: WatchedKind,
}

/// What a watched process did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchedKind {
    /// It came to be as a copy of its parent.
    Forked {
        /// Its parent.
        parent: ProcessKey,
    },
    /// It now runs this program.
    Executed(Box<WatchedProcess>),
    /// It ended.
    Ended {
        /// Its exit code, or 128 and the number of the signal that ended it.
        code: i32,
    },
    /// It connected, was refused, or accepted a connection.
    Connection(Connection),
    /// It asked for a name.
    DnsQuestion(DnsQuestion),
    /// It changed a file.
    File {
        /// Its full path.
        path: String,
        /// What became of it.
        kind: WatchedChange,
        /// What sort of file it is.
        file_type: FileType,
    },
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchedChange {
    /// It was not there before.
    Created,
    /// It was emptied and written anew.
    Overwritten,
    /// It grew or changed.
    Written,
    /// It is gone.
    Deleted,
    /// It has a new name.
    Renamed {
        /// The name that it has now.
        to: String,
        /// Whether another file had that name.
        replaced: bool,
    },
}

/// A process that runs a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedProcess {
    /// What started it; none for the first.
    pub parent: Option<ProcessKey>,
    /// The number of its program file.
    pub program: usize,
    /// The path of its program file.
    pub path: String,
    /// Its arguments, its name first.
    pub arguments: Vec<String>,
    /// Its working directory.
    pub directory: String,
    /// The real user id.
    pub user: u32,
    /// Whether it carries the marker.
    pub is_marked: bool,
}

fn text(name: impl AsRef<std::ffi::OsStr>) -> String {
    name.as_ref().to_string_lossy().into_owned()
}

/// Writes lines.
pub(super) struct LineWriter<W> {
    out: W,
    /// The line that is being written; its memory is used again.
    text: Vec<u8>,
    programs: Vec<Arc<ProgramFile>>,
    is_broken: bool,
}

/// How long all hashes may take; a host with a slow disk is not held up by them.
const HASHING: Duration = Duration::from_secs(10);

impl<W: Write> LineWriter<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            text: Vec::new(),
            programs: Vec::new(),
            is_broken: false,
        }
    }

    /// Writes one line. Nobody may be left to read it: then the program is followed all the
    /// same, since it must not go on unwatched for the worse.
    pub(super) fn line(&mut self, line: &Line) {
        if self.is_broken {
            return;
        }
        self.text.clear();
        let is_written = serde_json::to_writer(&mut self.text, line).is_ok() && {
            self.text.push(b'\n');
            self.out.write_all(&self.text).is_ok()
        };
        self.is_broken = !is_written;
    }

    pub(super) fn event(&mut self, event: &TraceEvent) {
        let kind = match &event.kind {
            TraceEventKind::Forked { parent } => WatchedKind::Forked { parent: *parent },
            TraceEventKind::Executed(process) => WatchedKind::Executed(Box::new(WatchedProcess {
                parent: process.parent,
                program: self.number(&process.program),
                path: text(&process.program.path),
                arguments: process.arguments.iter().map(text).collect(),
                directory: text(&process.directory),
                user: process.user,
                is_marked: !process.environment.is_empty(),
            })),
            TraceEventKind::Ended { code, .. } => WatchedKind::Ended { code: *code },
            TraceEventKind::Connection(connection) => WatchedKind::Connection(connection.clone()),
            TraceEventKind::DnsQuestion(question) => WatchedKind::DnsQuestion(question.clone()),
            TraceEventKind::File(change) => WatchedKind::File {
                path: text(&change.path),
                kind: match &change.kind {
                    FileChangeKind::Created => WatchedChange::Created,
                    FileChangeKind::Overwritten => WatchedChange::Overwritten,
                    FileChangeKind::Written => WatchedChange::Written,
                    FileChangeKind::Deleted => WatchedChange::Deleted,
                    FileChangeKind::Renamed { to, replaced } => WatchedChange::Renamed {
                        to: text(to),
                        replaced: *replaced,
                    },
                },
                file_type: change.file_type,
            },
        };
        self.line(&Line::Event(WatchedEvent {
            time: event.time,
            process: event.process,
            kind,
        }));
    }

    fn number(&mut self, program: &Arc<ProgramFile>) -> usize {
        let known = self
            .programs
            .iter()
            .position(|other| Arc::ptr_eq(other, program));
        known.unwrap_or_else(|| {
            self.programs.push(Arc::clone(program));
            self.programs.len() - 1
        })
    }

    /// Writes the program files, with their hashes as far as time allows.
    pub(super) fn programs(&mut self) {
        let started = std::time::Instant::now();
        for (number, program) in std::mem::take(&mut self.programs).iter().enumerate() {
            let is_late = started.elapsed() > HASHING;
            let file = WatchedProgram {
                path: text(&program.path),
                hashes: (!is_late).then(|| program.hashes().ok()).flatten(),
            };
            self.line(&Line::Program { number, file });
        }
    }
}

/// What the tracer's process told of a program.
#[derive(Debug, Default)]
pub struct Watched {
    /// What it did, by time.
    pub events: Vec<WatchedEvent>,
    /// The program files that were run.
    pub programs: Vec<WatchedProgram>,
    /// What was not seen.
    pub problems: Vec<Problem>,
    /// How the program itself ended: its exit code, and the signal that ended it.
    pub ended: Option<(i32, Option<i32>)>,
    /// Why it could not be watched, and so was not run.
    pub refused: Option<String>,
    /// Whether everything was told, to the end.
    pub is_whole: bool,
}

impl Watched {
    pub(super) fn take(&mut self, line: Line) {
        match line {
            Line::Event(event) => self.events.push(event),
            Line::Ended { code, signal } => self.ended = Some((code, signal)),
            Line::Program { number, file } => {
                if number >= self.programs.len() && number < MOST_PROGRAMS {
                    self.programs
                        .resize_with(number + 1, WatchedProgram::default);
                }
                if let Some(place) = self.programs.get_mut(number) {
                    *place = file;
                }
            }
            Line::Problem(problem) => self.problems.push(problem),
            Line::Refused(why) => self.refused = Some(why),
            Line::Whole => self.is_whole = true,
        }
    }
}

/// More program files than this are not told of.
const MOST_PROGRAMS: usize = 100_000;

/// The longest line: arguments have a limit of their own.
const LONGEST: u64 = 16 << 20;

/// Reads lines to their end, each told to `take`. What is no line ends it.
pub(super) fn read_lines(source: impl io::Read, mut take: impl FnMut(Line)) -> io::Result<()> {
    let mut source = io::BufReader::new(source);
    loop {
        let mut line = Vec::new();
        let read = io::Read::take(&mut source, LONGEST).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        take(serde_json::from_slice(&line)?);
    }
}
