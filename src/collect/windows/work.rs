//! One collection under way.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::collector::ChannelCollector;
use super::export::{Exported, ExportedRecord, read_export};
use super::failure::WindowsError;
use super::query::ChannelQuery;
use super::settings::{ChannelSettings, Hole, LogStatus, hole};
use crate::collect::closing::{
    Canary, Closing, Extent, Pass, Reading, Seen, Skew, Stream, StreamPass, canary_of,
};
use crate::collect::{CollectError, Collected, CollectedFile, Collector, Interrupt};
use crate::recording::{Closure, Window};

/// What the last reading that could be read found.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    pub(super) exported: Exported,
}

/// A channel's collector, and what it has found.
pub(super) struct Work<'w> {
    pub(super) of: &'w ChannelCollector,
    pub(super) window: Window,
    pub(super) folder: &'w Path,
    pub(super) interrupt: Interrupt<'w>,
    pub(super) found: RefCell<Option<Found>>,
    pub(super) notes: RefCell<Vec<String>>,
}

impl Work<'_> {
    pub(super) fn settings(&self) -> Result<ChannelSettings, WindowsError> {
        let command = self.of.tools.settings(&self.of.channel);
        let finished = self
            .of
            .run(&command, self.of.limits.command, self.interrupt)?;
        let settings = ChannelSettings::parse(&text(&finished.stdout))
            .map_err(|unparsed| self.of.unreadable(unparsed))?;
        if settings.enabled {
            Ok(settings)
        } else {
            Err(WindowsError::Disabled {
                channel: self.of.channel.clone(),
            })
        }
    }

    /// One reading. It blocks, since there is nothing else to do meanwhile; the
    /// runner keeps to the time and minds interruptions.
    pub(super) async fn read(&self, limit: Duration) -> Reading<WindowsError> {
        self.provoke(limit);
        let began = self.of.clock.now();
        match self.export(&self.wanted(None), limit) {
            Ok(found) => {
                let pass = self.pass(began, &found.exported);
                *self.found.borrow_mut() = Some(found);
                Reading::Done(pass)
            }
            Err(error) if error.is_lasting() => Reading::Hopeless(error),
            Err(error) => Reading::Failed(error),
        }
    }

    /// Leaves a record from after the window's end, if that can be done. Whether it
    /// came is seen by reading; so a failure here is no more than worth a note.
    fn provoke(&self, limit: Duration) {
        let late_enough = SignedDuration::try_from(Stream::CHANNEL_SLACK)
            .ok()
            .and_then(|slack| self.window.end.checked_add(slack).ok())
            .is_some_and(|late| self.of.clock.now() > late);
        if canary_of(&self.of.stream()) != Canary::Process || !late_enough {
            return;
        }
        let nothing = self.of.tools.nothing();
        if let Err(error) =
            self.of
                .runner
                .run(&nothing, limit.min(self.of.limits.command), self.interrupt)
        {
            let note = format!("no process could be started to close the window: {error}");
            let mut notes = self.notes.borrow_mut();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }

    /// What is asked for. Without an end, the later record that closes the channel
    /// has to be among it, whatever its event id.
    fn wanted(&self, until: Option<Timestamp>) -> ChannelQuery {
        let query = ChannelQuery::since(self.window.start);
        match until {
            Some(until) => query
                .until(until)
                .event_ids(self.of.event_ids.iter().copied()),
            None => query,
        }
    }

    fn export(&self, query: &ChannelQuery, limit: Duration) -> Result<Found, WindowsError> {
        let file = self.folder.join(self.of.channel.file_name());
        // What an earlier reading left must not pass for this one's.
        if let Err(error) = fs::remove_file(&file)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(self.of.unreadable(error));
        }
        let command = self.of.tools.export(&self.of.channel, query, &file);
        self.of.run(&command, limit, self.interrupt)?;
        let size = fs::metadata(&file)
            .map_err(|error| self.of.unreadable(format!("no file was exported: {error}")))?
            .len();
        if size > self.of.limits.export {
            let most = self.of.limits.export;
            let because =
                format!("the export has {size} bytes, more than the {most} that are read");
            return Err(self.of.unreadable(because));
        }
        let bytes = fs::read(&file).map_err(|error| self.of.unreadable(error))?;
        let exported = read_export(&file, bytes.clone());
        Ok(Found { bytes, exported })
    }

    fn pass(&self, began: Timestamp, exported: &Exported) -> Pass {
        let seen = exported.records.iter().filter_map(|record| {
            Some(Seen {
                time: record.time?,
                record: record.number,
                performed: None,
            })
        });
        let timeless = exported
            .records
            .iter()
            .filter(|record| record.time.is_none());
        let extent = match (&exported.problem, timeless.count()) {
            (Some(problem), _) => Extent::Cut(problem.clone()),
            (None, 0) => Extent::Whole,
            (None, count) => Extent::Cut(format!("{count} records have no time that can be read")),
        };
        Pass {
            began,
            ended: self.of.clock.now(),
            streams: vec![StreamPass {
                stream: self.of.stream(),
                skew: Skew::NONE,
                extent,
                seen: seen.collect(),
            }],
        }
    }

    pub(super) fn conclude(
        &self,
        settings: &ChannelSettings,
        closing: &Closing,
        found: Found,
        failure: Option<WindowsError>,
    ) -> Result<Collected, CollectError> {
        let mut notes = self.notes.take();
        let mut closure = closing.closure();
        let mut because = closing.because();
        if let Some(failure) = failure {
            notes.push(format!("the last reading failed: {failure}"));
        }
        match self.hole(settings) {
            Ok(None) => {}
            Ok(Some(hole)) => {
                closure = Closure::Open;
                because = format!("{}: {hole}", self.of.stream());
            }
            Err(WindowsError::Interrupted) => return Err(CollectError::Interrupted),
            Err(error) => {
                closure = Closure::Open;
                because = format!(
                    "{}: whether old records were overwritten cannot be told: {error}",
                    self.of.stream()
                );
            }
        }
        if let Some(problem) = &found.exported.problem {
            notes.push(format!("not all of the export can be read: {problem}"));
        }
        let inside = |record: &&ExportedRecord| self.window.holds(record.time);
        let of_the_window = found.exported.records.iter().filter(inside).count();
        let kept = match closing.closure() {
            Closure::Open => found,
            Closure::Closed => self.without_later(found, of_the_window, &mut notes)?,
        };
        Ok(Collected {
            from: format!("channel {}", self.of.channel),
            source: self.of.source(),
            files: vec![CollectedFile {
                name: self.of.channel.file_name(),
                records: kept.exported.records.len() as u64,
                bytes: kept.bytes,
            }],
            closure,
            because,
            latency: closing.appearances().of(&self.of.stream()),
            notes,
        })
    }

    /// The same records without those from after the window. If they are not the
    /// same, what was read first is kept.
    fn without_later(
        &self,
        found: Found,
        of_the_window: usize,
        notes: &mut Vec<String>,
    ) -> Result<Found, CollectError> {
        let query = self.wanted(Some(self.window.end));
        let because = match self.export(&query, self.of.limits.command) {
            Ok(exact) => {
                let inside = |record: &&ExportedRecord| self.window.holds(record.time);
                let again = exact.exported.records.iter().filter(inside).count();
                let narrowed = !self.of.event_ids.is_empty();
                if exact.exported.problem.is_none() && (again == of_the_window || narrowed) {
                    return Ok(exact);
                }
                format!(
                    "a second export held {again} records of the window instead of {of_the_window}"
                )
            }
            Err(WindowsError::Interrupted) => return Err(CollectError::Interrupted),
            Err(error) => error.to_string(),
        };
        notes.push(format!(
            "records from after the window are kept, too: {because}"
        ));
        Ok(found)
    }

    /// Whether records of the window are gone for good. It is asked last, since
    /// they may have gone meanwhile.
    fn hole(&self, settings: &ChannelSettings) -> Result<Option<Hole>, WindowsError> {
        let limit = self.of.limits.command;
        let command = self.of.tools.status(&self.of.channel);
        let finished = self.of.run(&command, limit, self.interrupt)?;
        let status = LogStatus::parse(&text(&finished.stdout))
            .map_err(|unparsed| self.of.unreadable(unparsed))?;
        let command = self.of.tools.oldest(&self.of.channel);
        let finished = self.of.run(&command, limit, self.interrupt)?;
        if finished.stdout.iter().all(u8::is_ascii_whitespace) {
            if status.records > 0 {
                return Err(self.of.unreadable("no oldest record is printed"));
            }
            return Ok(hole(settings, &status, None, self.window.start));
        }
        let printed = text(&finished.stdout).into_bytes();
        let oldest = read_export(Path::new("oldest.xml"), printed);
        match (oldest.records.first(), oldest.problem) {
            (Some(oldest), _) => Ok(hole(settings, &status, Some(oldest), self.window.start)),
            (None, problem) => {
                let because = problem.unwrap_or_else(|| "it holds no record".to_owned());
                Err(self.of.unreadable(format!("the oldest record: {because}")))
            }
        }
    }
}

/// What was printed. Its letters beyond ASCII may be of any code page; nothing that
/// is read of it has any.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
