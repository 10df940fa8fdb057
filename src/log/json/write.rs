//! Writing logs whose records are JSON.

use std::io::{self, Write};
use std::path::Path;

use super::build::build;
use super::kind::{Kind, kind_of};
use super::rewrite::{Change, rewrite};
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::event::{Event, Origin, OwnedEvent, OwnedValue, Section};
use crate::log::infoset::{shift_event, to_json, xml_event};
use crate::log::shift::{OutOfRange, Shift};

/// A JSON format that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonFormat {
    /// `{"Records": […]}` of CloudTrail events.
    CloudTrail,
    /// `{"records": […]}` of Azure log records, as diagnostic settings export.
    AzureActivity,
    /// One record a line, of any log.
    JsonLines,
}

impl JsonFormat {
    /// Whether a record of this log can stand in such a file.
    #[must_use]
    pub fn takes(self, origin: &Origin) -> bool {
        let product = match self {
            Self::CloudTrail => "aws",
            Self::AzureActivity => "azure",
            Self::JsonLines => return true,
        };
        match origin {
            Origin::Stream(source) => source.product.as_deref() == Some(product),
            Origin::EventLog { .. } => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::CloudTrail => "CloudTrail",
            Self::AzureActivity => "Azure activity",
            Self::JsonLines => "JSON lines",
        }
    }
}

/// Why a record was not written.
#[derive(Debug, thiserror::Error)]
pub enum JsonWriteError {
    /// The output failed.
    #[error("the log cannot be written: {0}")]
    Io(#[from] io::Error),
    /// The record belongs to another log.
    #[error("{format} logs cannot hold a record of {origin}")]
    OtherLog {
        /// The log that the record belongs to.
        origin: String,
        /// The log that was to hold it.
        format: &'static str,
    },
    /// A time cannot be moved.
    #[error(transparent)]
    Time(#[from] OutOfRange),
}

impl JsonWriteError {
    /// The problem as users are told; `record` is the record's number in the
    /// file that it was read from.
    #[must_use]
    pub fn diagnostic(&self, file: &Path, record: u64) -> Diagnostic {
        let (code, help) = match self {
            Self::Io(_) => (
                Code::IO_UNWRITABLE,
                "check that the folder is there and has room",
            ),
            Self::OtherLog { .. } => (
                Code::LOG_UNWRITABLE_RECORD,
                "convert it with `--to jsonl`, or leave the file out",
            ),
            Self::Time(_) => (Code::LOG_BAD_TIME, "move the records to a nearer time"),
        };
        Diagnostic::error(code, self.to_string())
            .at(Place::new(file, At::Record(record)))
            .help(help)
    }
}

/// Writes records one after the other.
///
/// A record that was JSON keeps its own text, so that nothing is lost; one that
/// was XML is written as `evtx_dump` would, and any other from its fields.
#[derive(Debug)]
pub struct JsonWriter<W> {
    out: W,
    format: JsonFormat,
    shift: Option<Shift>,
    records: u64,
    line: String,
}

impl<W: Write> JsonWriter<W> {
    /// Starts a log; `shift` moves the times of all its records.
    pub fn new(out: W, format: JsonFormat, shift: Option<Shift>) -> Self {
        Self {
            out,
            format,
            shift,
            records: 0,
            line: String::new(),
        }
    }

    /// How many records have been written.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Adds a record that was read.
    ///
    /// # Errors
    ///
    /// The record cannot stand in such a log, or the output fails; other
    /// records can still be written after the former.
    pub fn write(&mut self, event: Event<'_>) -> Result<(), JsonWriteError> {
        let raw = event.raw();
        self.check(event.origin())?;
        if !has_own_json(event.origin(), raw, self.shift) {
            let Some(mut tree) = xml_event(raw) else {
                return self.write_owned(&event.into());
            };
            if let Some(shift) = self.shift {
                shift_event(&mut tree, shift)?;
            }
            self.line = to_json(&tree);
            return self.put();
        }
        let version = match event.find(Section::System, "Version").map(OwnedValue::from) {
            Some(OwnedValue::Integer(version)) => u8::try_from(version).unwrap_or(0),
            _ => 0,
        };
        let change = self.shift.map(|shift| Change {
            shift,
            origin: event.origin(),
            version,
        });
        self.line.clear();
        rewrite(raw, change, &mut self.line)?;
        self.put()
    }

    /// Adds a record from its fields.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub fn write_owned(&mut self, event: &OwnedEvent) -> Result<(), JsonWriteError> {
        self.check(&event.origin)?;
        self.line.clear();
        match self.shift {
            Some(shift) => {
                let mut moved = event.clone();
                shift.event(&mut moved)?;
                build(&moved, &mut self.line);
            }
            None => build(event, &mut self.line),
        }
        self.put()
    }

    fn check(&self, origin: &Origin) -> Result<(), JsonWriteError> {
        if self.format.takes(origin) {
            return Ok(());
        }
        Err(JsonWriteError::OtherLog {
            origin: origin.to_string(),
            format: self.format.name(),
        })
    }

    fn put(&mut self) -> Result<(), JsonWriteError> {
        let before = match (self.format, self.records) {
            (JsonFormat::JsonLines, _) => "",
            (_, 0) => self.start(),
            _ => ",\n",
        };
        self.out.write_all(before.as_bytes())?;
        self.out.write_all(self.line.as_bytes())?;
        if self.format == JsonFormat::JsonLines {
            self.out.write_all(b"\n")?;
        }
        self.records += 1;
        Ok(())
    }

    fn start(&self) -> &'static str {
        match self.format {
            JsonFormat::CloudTrail => "{\"Records\":[\n",
            JsonFormat::AzureActivity => "{\"records\":[\n",
            JsonFormat::JsonLines => "",
        }
    }

    /// Ends the log.
    ///
    /// # Errors
    ///
    /// The output fails.
    pub fn finish(mut self) -> io::Result<W> {
        if self.format != JsonFormat::JsonLines {
            if self.records == 0 {
                self.out.write_all(self.start().as_bytes())?;
            }
            self.out.write_all(b"\n]}\n")?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Whether a record's own text is JSON that says everything by itself, and whose
/// times can be moved in place.
fn has_own_json(origin: &Origin, raw: &str, shift: Option<Shift>) -> bool {
    if !raw.starts_with('{') {
        return false;
    }
    let Origin::EventLog { .. } = origin else {
        return true;
    };
    match kind_of(raw) {
        // These hold the event as XML.
        Some(Kind::Journal | Kind::SearchResult) => false,
        // These hold values without their names.
        Some(Kind::PowerShell) => shift.is_none(),
        _ => true,
    }
}
