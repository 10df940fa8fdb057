//! Writing records in the wanted format, one after the other.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::target::Target;
use crate::diagnostic::{Code, Diagnostic};
use crate::event::{Batch, Origin};
use crate::log::evtx::copy::{self, CopiedRecord};
use crate::log::evtx::write::{EvtxWriter, WriteError};
use crate::log::infoset::{Other, Tree};
use crate::log::shift::Shift;
use crate::log::{JsonWriteError, JsonWriter};

/// The reason of a record that a shift would move out of time.
const TOO_FAR: &str = "its times cannot be moved that far";

/// A record that was not written, or all that follow.
pub(super) enum LeftOut {
    /// One record.
    Record(Box<Reason>),
    /// The output failed.
    Failed(io::Error),
}

/// Why one record was left out.
pub(super) struct Reason {
    /// The record's number in its file.
    pub(super) number: u64,
    /// The reason in a few words, the same for all records of a kind.
    pub(super) reason: String,
    /// Whether other records of its log could be written.
    pub(super) kind: Kind,
    /// The whole problem; its place is still to be said.
    pub(super) problem: Diagnostic,
}

/// Why a record cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The format holds other logs.
    OtherLog,
    /// Something about this very record.
    Record,
}

/// The output under way.
pub(super) enum Writer {
    Evtx(Box<Evtx>),
    Json(JsonWriter<Box<dyn Write>>),
}

/// A binary event log under way.
pub(super) struct Evtx {
    log: EvtxWriter<File>,
    shift: Option<Shift>,
    numbering: Numbering,
}

impl Writer {
    /// Writes a file.
    pub(super) fn file(
        file: File,
        target: Target,
        shift: Option<Shift>,
        order: Order,
    ) -> io::Result<Self> {
        let Some(format) = target.json() else {
            let log = EvtxWriter::new(file).map_err(io::Error::other)?;
            return Ok(Self::Evtx(Box::new(Evtx {
                log,
                shift,
                numbering: Numbering::new(order),
            })));
        };
        let out: Box<dyn Write> = Box::new(BufWriter::new(file));
        Ok(Self::Json(JsonWriter::new(out, format, shift)))
    }

    /// Writes a stream, which cannot hold a binary event log.
    pub(super) fn stream(out: Box<dyn Write>, target: Target, shift: Option<Shift>) -> Self {
        let format = target.json().unwrap_or(crate::log::JsonFormat::JsonLines);
        let out: Box<dyn Write> = Box::new(BufWriter::new(out));
        Self::Json(JsonWriter::new(out, format, shift))
    }

    /// Adds one of a batch's records.
    pub(super) fn record(&mut self, batch: &Batch, place: usize) -> Result<(), LeftOut> {
        let (Self::Json(log), Some(event)) = (self, batch.events().nth(place)) else {
            return Ok(());
        };
        let number = event.id().record;
        log.write(event).map_err(|error| match error {
            JsonWriteError::Io(error) => LeftOut::Failed(error),
            other => {
                let problem = other.diagnostic(std::path::Path::new(""), number);
                let (reason, kind) = match (&other, event.origin()) {
                    (JsonWriteError::OtherLog { format, .. }, Origin::EventLog { .. }) => (
                        format!("{format} logs cannot hold a Windows event"),
                        Kind::OtherLog,
                    ),
                    (JsonWriteError::Time(_), _) => (TOO_FAR.to_owned(), Kind::Record),
                    _ => (problem.message.clone(), Kind::OtherLog),
                };
                left_out(number, kind, reason, problem)
            }
        })
    }

    /// Adds a Windows event.
    pub(super) fn tree(&mut self, tree: Tree) -> Result<(), LeftOut> {
        match self {
            Self::Evtx(log) => log.add(tree),
            Self::Json(_) => Ok(()),
        }
    }

    /// Leaves out a record that is no Windows event.
    pub(super) fn other(&self, other: &Other) -> LeftOut {
        let Other { number, origin } = other;
        let reason = format!("a record of {origin} cannot stand in a binary event log");
        left_out(
            *number,
            Kind::OtherLog,
            reason.clone(),
            Diagnostic::error(Code::LOG_UNWRITABLE_RECORD, reason)
                .help("convert it with `--to jsonl`, or leave the file out"),
        )
    }

    /// How many records got another id than they had.
    pub(super) fn renumbered(&self) -> u64 {
        match self {
            Self::Evtx(log) => log.numbering.renumbered,
            Self::Json(_) => 0,
        }
    }

    /// Completes the output.
    ///
    /// # Errors
    ///
    /// The output fails.
    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Self::Evtx(log) => log.log.finish().map(|_| ()).map_err(io::Error::other),
            Self::Json(log) => log.finish()?.flush(),
        }
    }
}

impl Evtx {
    fn add(&mut self, mut tree: Tree) -> Result<(), LeftOut> {
        let number = tree.number;
        if let Some(shift) = self.shift {
            tree.shift(shift).map_err(|error| {
                left_out(
                    number,
                    Kind::Record,
                    TOO_FAR.to_owned(),
                    Diagnostic::error(Code::LOG_BAD_TIME, error.to_string())
                        .help("move the records to a nearer time"),
                )
            })?;
        }
        let given = self.numbering.give(tree.id);
        tree.number_event(given.id());
        let mut record = CopiedRecord {
            id: given.id(),
            time: tree.time,
            event: std::mem::take(&mut tree.event),
        };
        match copy::write(&mut self.log, &mut record) {
            Ok(()) => {
                self.numbering.take(given);
                Ok(())
            }
            Err(WriteError::Io(error)) => Err(LeftOut::Failed(error)),
            Err(error @ WriteError::FileFull { .. }) => {
                Err(LeftOut::Failed(io::Error::other(error)))
            }
            Err(error) => Err(left_out(
                number,
                Kind::Record,
                "a binary event log cannot hold it".to_owned(),
                Diagnostic::error(Code::LOG_UNWRITABLE_RECORD, shortened(error.to_string()))
                    .help("convert it with `--to jsonl`, which takes every record"),
            )),
        }
    }
}

/// A message without most of a long name in it.
fn shortened(message: String) -> String {
    const LONGEST: usize = 300;
    const KEPT: usize = 140;
    let length = message.chars().count();
    if length <= LONGEST {
        return message;
    }
    let start: String = message.chars().take(KEPT).collect();
    let end: String = message.chars().skip(length - KEPT).collect();
    format!("{start} [...] {end}")
}

fn left_out(number: u64, kind: Kind, reason: String, problem: Diagnostic) -> LeftOut {
    LeftOut::Record(Box::new(Reason {
        number,
        reason,
        kind,
        problem,
    }))
}

/// What the records of a new log come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// One log, whose numbers are kept.
    OneLog,
    /// Several, whose numbers say nothing together.
    Merged,
}

/// Gives records their ids in the new log.
///
/// Windows numbers a log's records without repetition and in their order.
/// Records of several logs are numbered from 1. One of a single log keeps its
/// id where that leaves it so, and otherwise gets the next one; such a log may
/// also start again below where it began, as one that wrapped around does.
struct Numbering {
    order: Order,
    first: Option<u64>,
    last: u64,
    highest: u64,
    wrapped: bool,
    renumbered: u64,
}

/// A record's id in the new log.
#[derive(Clone, Copy)]
enum Given {
    /// Its own, or the first that it has.
    Own(u64),
    /// Its own, with which the log starts again.
    Wrapped(u64),
    /// Another one.
    New(u64),
}

impl Given {
    fn id(self) -> u64 {
        match self {
            Self::Own(id) | Self::Wrapped(id) | Self::New(id) => id,
        }
    }
}

impl Numbering {
    fn new(order: Order) -> Self {
        Self {
            order,
            first: None,
            last: 0,
            highest: 0,
            wrapped: false,
            renumbered: 0,
        }
    }

    fn give(&self, own: Option<u64>) -> Given {
        let next = self.highest.saturating_add(1);
        let Some(own) = own.filter(|own| *own != next) else {
            return Given::Own(next);
        };
        if self.order == Order::Merged {
            return Given::New(next);
        }
        let Some(first) = self.first else {
            return Given::Own(own);
        };
        if own > self.last && (!self.wrapped || own < first) {
            Given::Own(own)
        } else if !self.wrapped && own < first {
            Given::Wrapped(own)
        } else {
            Given::New(next)
        }
    }

    fn take(&mut self, given: Given) {
        let id = given.id();
        self.first.get_or_insert(id);
        self.last = id;
        self.highest = self.highest.max(id);
        match given {
            Given::Own(_) => {}
            Given::Wrapped(_) => self.wrapped = true,
            Given::New(_) => self.renumbered += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Numbering, Order};

    fn numbered(order: Order, own: &[Option<u64>]) -> (Vec<u64>, u64) {
        let mut numbering = Numbering::new(order);
        let mut ids = Vec::new();
        for id in own {
            let given = numbering.give(*id);
            ids.push(given.id());
            numbering.take(given);
        }
        (ids, numbering.renumbered)
    }

    #[test]
    fn one_log_keeps_its_numbers_and_its_gaps() {
        let own = [Some(41), Some(42), Some(50)];
        assert_eq!(numbered(Order::OneLog, &own), (vec![41, 42, 50], 0));
    }

    #[test]
    fn a_log_that_wrapped_around_keeps_its_numbers() {
        let own = [Some(90), Some(91), Some(80), Some(81)];
        assert_eq!(numbered(Order::OneLog, &own), (vec![90, 91, 80, 81], 0));
    }

    #[test]
    fn a_repeated_number_is_replaced() {
        let own = [Some(5), Some(5), None, Some(5)];
        assert_eq!(numbered(Order::OneLog, &own), (vec![5, 6, 7, 8], 2));
    }

    #[test]
    fn several_logs_are_numbered_from_one() {
        let own = [Some(41), Some(2), Some(43)];
        assert_eq!(numbered(Order::Merged, &own), (vec![1, 2, 3], 2));
    }
}
