//! The records of several logs in one stream, ordered by time.
//!
//! Each log keeps its own order; of the next records of all logs the earliest
//! goes first. A log is opened when its turn comes, so that any number of logs
//! can be merged.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use rayon::prelude::*;

use crate::content::LogInput;
use crate::diagnostic::Diagnostic;
use crate::event::{Batch, FileId};
use crate::log::infoset::{Other, Tree};
use crate::log::xml::FileTime;
use crate::log::{Chunk, Format, LogReader, ReadOptions};
use crate::run::event::{Interrupt, RunEvent, Sink};

/// As what records are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Fields, with the record's own text.
    Fields,
    /// XML trees.
    Trees,
}

/// How logs are read.
pub(super) struct Reader<'r> {
    pub(super) inputs: &'r [LogInput],
    pub(super) sizes: &'r [u64],
    pub(super) options: &'r ReadOptions,
    /// How many chunks are decoded at once.
    pub(super) threads: usize,
    pub(super) interrupt: &'r Interrupt,
    pub(super) sink: &'r dyn Sink,
}

/// Something that reading a log gave.
pub(super) enum Found<'f> {
    /// The log's format.
    Opened(Format),
    /// One of the batch's records.
    Record(&'f Batch, usize),
    /// A Windows event.
    Tree(Tree),
    /// A record that is no Windows event, where trees are read.
    Other(Other),
    /// Something that could not be read.
    Problem(Diagnostic),
}

/// Whether to go on.
pub(super) type Flow = std::ops::ControlFlow<()>;

impl Reader<'_> {
    /// Opens one of the logs.
    pub(super) fn open(&self, index: usize) -> Result<LogReader, Diagnostic> {
        let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        crate::log::open(&self.inputs[index].path, file, self.options)
    }

    /// Decodes the next chunks of a log, several at once; nothing at its end.
    pub(super) fn next<T: Send>(
        &self,
        log: &mut LogReader,
        decode: impl Fn(Chunk) -> T + Sync,
    ) -> Vec<Result<T, Diagnostic>> {
        if self.interrupt.is_set() {
            return Vec::new();
        }
        let mut chunks = Vec::with_capacity(self.threads);
        while chunks.len() < self.threads {
            match log.next_chunk() {
                Some(chunk) => chunks.push(chunk),
                None => break,
            }
        }
        if chunks.len() < 2 {
            return chunks.into_iter().map(|chunk| chunk.map(&decode)).collect();
        }
        chunks
            .into_par_iter()
            .map(|chunk| chunk.map(&decode))
            .collect()
    }

    /// Hands out everything in all logs; `take` gets the log's place among the
    /// inputs. `starts` are the times of their first records.
    pub(super) fn merge(
        &self,
        starts: &[Option<u64>],
        reading: Reading,
        mut take: impl FnMut(usize, Found<'_>) -> Flow,
    ) -> Flow {
        let mut turns: BinaryHeap<_> = starts
            .iter()
            .enumerate()
            .map(|(index, start)| Reverse((start.unwrap_or(0), index)))
            .collect();
        let mut open: Vec<Option<Stream>> = Vec::new();
        open.resize_with(self.inputs.len(), || None);
        while let Some(Reverse((_, index))) = turns.pop() {
            if self.interrupt.is_set() {
                return Flow::Break(());
            }
            if open[index].is_none() {
                self.sink.note(RunEvent::FileOpened {
                    path: &self.inputs[index].path,
                });
                match self.open(index) {
                    Ok(log) => {
                        take(index, Found::Opened(log.format()))?;
                        open[index] = Some(Stream::new(log));
                    }
                    Err(problem) => {
                        take(index, Found::Problem(problem))?;
                        self.done(index);
                        continue;
                    }
                }
            }
            let Some(stream) = &mut open[index] else {
                continue;
            };
            // As long as no other log has an earlier record.
            let others = turns.peek().map(|Reverse(turn)| *turn);
            loop {
                if stream.held.is_empty() {
                    self.refill(stream, reading, &mut |found| take(index, found))?;
                }
                let Some(time) = stream.next_time() else {
                    open[index] = None;
                    self.done(index);
                    break;
                };
                if others.is_some_and(|other| other < (time, index)) {
                    turns.push(Reverse((time, index)));
                    break;
                }
                stream.hand_out(&mut |found| take(index, found))?;
            }
        }
        Flow::Continue(())
    }

    fn done(&self, index: usize) {
        self.sink.note(RunEvent::FileDone {
            path: &self.inputs[index].path,
            bytes: self.sizes[index],
        });
    }

    /// The time of each log's first record, in 100 ns intervals since 1601;
    /// `None` for a file without records. A file alone is not looked at, since
    /// there is nothing to compare it with.
    pub(super) fn starts(&self) -> Vec<Option<u64>> {
        match self.inputs.len() {
            1 => vec![Some(0)],
            logs => (0..logs).map(|index| self.start(index)).collect(),
        }
    }

    fn start(&self, index: usize) -> Option<u64> {
        if self.interrupt.is_set() {
            return None;
        }
        let mut log = self.open(index).ok()?;
        while let Some(chunk) = log.next_chunk() {
            let Ok(chunk) = chunk else { continue };
            let batch = chunk.decode(self.options).batch;
            if let Some(first) = batch.events().next() {
                let time = first.time().and_then(FileTime::from_timestamp);
                return Some(time.map_or(0, |time| time.0));
            }
        }
        None
    }

    fn refill(
        &self,
        stream: &mut Stream,
        reading: Reading,
        take: &mut impl FnMut(Found<'_>) -> Flow,
    ) -> Flow {
        while stream.held.is_empty() && !stream.ended {
            match reading {
                Reading::Fields => {
                    let chunks = self.next(&mut stream.log, |chunk| chunk.decode(self.options));
                    stream.ended = chunks.is_empty();
                    for chunk in chunks {
                        match chunk {
                            Ok(decoded) => {
                                for problem in decoded.problems {
                                    take(Found::Problem(problem))?;
                                }
                                self.progress(decoded.batch.len());
                                if !decoded.batch.is_empty() {
                                    stream.held.push_back(Held::Fields(decoded.batch, 0));
                                }
                            }
                            Err(problem) => take(Found::Problem(problem))?,
                        }
                    }
                }
                Reading::Trees => {
                    let chunks =
                        self.next(&mut stream.log, |chunk| chunk.decode_trees(self.options));
                    stream.ended = chunks.is_empty();
                    for chunk in chunks {
                        match chunk {
                            Ok(decoded) => {
                                for problem in decoded.problems {
                                    take(Found::Problem(problem))?;
                                }
                                self.progress(decoded.trees.len() + decoded.others.len());
                                for other in decoded.others {
                                    take(Found::Other(other))?;
                                }
                                if !decoded.trees.is_empty() {
                                    stream.held.push_back(Held::Trees(decoded.trees.into()));
                                }
                            }
                            Err(problem) => take(Found::Problem(problem))?,
                        }
                    }
                }
            }
        }
        Flow::Continue(())
    }

    fn progress(&self, records: usize) {
        self.sink.note(RunEvent::Searched {
            records: records as u64,
            firings: 0,
            // Several logs are read at once; how far is known once one is done.
            bytes: 0,
        });
    }
}

/// An open log, and what of it is decoded.
struct Stream {
    log: LogReader,
    held: VecDeque<Held>,
    ended: bool,
    /// The time of the last record that had one: a record without stays behind
    /// it.
    last: u64,
}

enum Held {
    Fields(Batch, usize),
    Trees(VecDeque<Tree>),
}

impl Stream {
    fn new(log: LogReader) -> Self {
        Self {
            log,
            held: VecDeque::new(),
            ended: false,
            last: 0,
        }
    }

    /// The time of the next record.
    fn next_time(&mut self) -> Option<u64> {
        let time = match self.held.front()? {
            Held::Fields(batch, next) => batch
                .events()
                .nth(*next)
                .and_then(|event| event.time())
                .and_then(FileTime::from_timestamp)
                .map_or(0, |time| time.0),
            Held::Trees(trees) => trees.front().map_or(0, |tree| tree.time),
        };
        if time > 0 {
            self.last = time;
        }
        Some(self.last)
    }

    fn hand_out(&mut self, take: &mut impl FnMut(Found<'_>) -> Flow) -> Flow {
        let (flow, is_empty) = match self.held.front_mut() {
            Some(Held::Fields(batch, next)) => {
                let flow = take(Found::Record(batch, *next));
                *next += 1;
                (flow, *next == batch.len())
            }
            Some(Held::Trees(trees)) => {
                let flow = match trees.pop_front() {
                    Some(tree) => take(Found::Tree(tree)),
                    None => Flow::Continue(()),
                };
                (flow, trees.is_empty())
            }
            None => return Flow::Continue(()),
        };
        if is_empty {
            self.held.pop_front();
        }
        flow
    }
}
