//! What an export holds.

use std::path::Path;

use jiff::Timestamp;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::event::{Batch, FileId, Section, Value};
use crate::log::{ReadOptions, read_bytes};

/// One record, as far as collecting needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportedRecord {
    /// `EventRecordID`.
    pub number: Option<u64>,
    /// `TimeCreated`.
    pub time: Option<Timestamp>,
}

/// The records of an export.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// The records that could be read.
    pub records: Vec<ExportedRecord>,
    /// What could not be read: the first problem, as a fragment of a sentence.
    pub problem: Option<String>,
}

/// Reads an export, or a printed event, as any other log is read. An export without
/// a record is one.
#[must_use]
pub fn read_export(name: &Path, bytes: Vec<u8>) -> Exported {
    let options = ReadOptions::default();
    let mut exported = Exported::default();
    let mut log = match read_bytes(name, bytes, FileId(0), &options) {
        Ok(log) => log,
        Err(problem) => {
            exported.problem = Some(problem.message);
            return exported;
        }
    };
    while let Some(chunk) = log.next_chunk() {
        match chunk {
            Ok(chunk) => {
                let decoded = chunk.decode(&options);
                note(&decoded.batch, &mut exported.records);
                decoded
                    .problems
                    .into_iter()
                    .for_each(|problem| exported.tell(problem));
            }
            Err(problem) if problem.code == Code::LOG_EMPTY => {}
            Err(problem) => exported.tell(problem),
        }
    }
    exported
}

impl Exported {
    fn tell(&mut self, problem: Diagnostic) {
        if problem.severity != Severity::Note {
            self.problem.get_or_insert(problem.message);
        }
    }
}

fn note(batch: &Batch, records: &mut Vec<ExportedRecord>) {
    for event in batch.events() {
        let number = match event.find(Section::System, "EventRecordID") {
            Some(Value::Integer(number)) => u64::try_from(number).ok(),
            Some(Value::Text(text)) => text.parse().ok(),
            _ => None,
        };
        records.push(ExportedRecord {
            number,
            time: event.time(),
        });
    }
}
