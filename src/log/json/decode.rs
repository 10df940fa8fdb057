//! JSON records into batches.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::dialect;
use super::kind::{Kind, kind_of};
use super::repair::repair;
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::event::{
    BatchBuilder, EventTime, FileId, LogSource, Origin, Section, Slot, Span, parse_time,
};
use crate::log::chunk::Decoded;
use crate::log::flatten::{Dialect, Flattener, Head, Met, Record};
use crate::log::open::ReadOptions;
use crate::log::problems::Problems;
use crate::log::shift::DECLARED_TIMES;
use crate::log::split::{Item, Piece};
use crate::log::text::{TextPiece, to_text};
use crate::log::windows_xml;

/// A piece of a JSON log.
#[derive(Debug)]
pub(in crate::log) struct JsonChunk {
    pub(in crate::log) piece: Piece,
    /// What the log's first record is.
    pub(in crate::log) kind: Kind,
}

impl JsonChunk {
    pub(in crate::log) fn decode(
        self,
        file: FileId,
        path: &Path,
        options: &ReadOptions,
    ) -> Decoded {
        let mut problems = Problems::new(path);
        let is_cut = self.piece.is_cut;
        let TextPiece { text, items } = to_text(self.piece, &mut problems);
        let builder = BatchBuilder::new(file, Arc::clone(&options.names), text.len());
        let mut decoder = Decoder {
            text: &text,
            flattener: Flattener::new(&text),
            met: Met::default(),
            builder,
            problems,
            kind: self.kind,
            origin: options.declared.clone().unwrap_or_default(),
        };
        let last = items.len().saturating_sub(1);
        for (place, item) in items.iter().enumerate() {
            decoder.item(item, is_cut && place == last);
        }
        let Decoder {
            builder, problems, ..
        } = decoder;
        Decoded {
            batch: builder.finish(text),
            problems: problems.finish(),
        }
    }
}

struct Decoder<'t, 'p> {
    text: &'t str,
    flattener: Flattener<'t>,
    /// The names that an event as XML has had.
    met: Met,
    builder: BatchBuilder,
    problems: Problems<'p>,
    /// The kind that the last record had.
    kind: Kind,
    /// What records are that do not say so themselves.
    origin: LogSource,
}

/// Whether a record could be read as a kind.
enum Fit {
    Read,
    /// It is JSON of another kind.
    Other,
}

type Outcome = Result<Fit, Failure>;

enum Failure {
    Json(serde_json::Error),
    Xml(String),
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl<'t> Decoder<'t, '_> {
    fn source<'r>(&self, record: Record<'r>) -> &'r str
    where
        't: 'r,
    {
        match record {
            Record::Given(span) => &self.text[span.range()],
            Record::Other(text) => text,
        }
    }

    fn item(&mut self, item: &Item, is_cut: bool) {
        let text = &self.text[item.span().range()];
        let given = Record::Given(item.span());
        match self.attempt(self.kind, given, item) {
            Ok(Fit::Read) => return,
            Ok(Fit::Other) => {
                self.builder.abandon_record();
                match kind_of(text) {
                    Some(kind) if kind != self.kind => match self.attempt(kind, given, item) {
                        Ok(Fit::Read) => self.kind = kind,
                        Ok(Fit::Other) => self.unknown(item),
                        Err(failure) => self.failed(item, &failure, is_cut),
                    },
                    _ => self.unknown(item),
                }
                return;
            }
            Err(failure) => {
                self.builder.abandon_record();
                let Failure::Json(error) = &failure else {
                    return self.failed(item, &failure, is_cut);
                };
                if error.is_eof() || !self.repaired(text, item) {
                    self.builder.abandon_record();
                    self.failed(item, &failure, is_cut);
                }
            }
        }
        self.builder.abandon_record();
    }

    /// Reads a record that our parser refuses, after repair.
    fn repaired(&mut self, text: &str, item: &Item) -> bool {
        let Some(repaired) = repair(text) else {
            return false;
        };
        let kinds = [Some(self.kind), kind_of(&repaired.text)];
        let is_read = kinds.into_iter().flatten().any(|kind| {
            self.builder.abandon_record();
            matches!(
                self.attempt(kind, Record::Other(&repaired.text), item),
                Ok(Fit::Read)
            )
        });
        if !is_read {
            return false;
        }
        if repaired.lost_text {
            self.tell(
                item,
                Diagnostic::error(
                    Code::LOG_NOT_UTF8,
                    "the record holds half a surrogate pair, which is no text; it was replaced",
                )
                .help("nothing can be done about it; the rest of the record was searched"),
            );
        }
        if repaired.was_invalid {
            self.tell(
                item,
                Diagnostic::warning(
                    Code::LOG_BAD_RECORD,
                    "the record is not quite JSON; it was read with what is odd as text",
                )
                .help("have the tool that wrote it quote such values"),
            );
        }
        true
    }

    /// Reads a record as one kind.
    fn attempt(&mut self, kind: Kind, record: Record<'_>, item: &Item) -> Outcome {
        match kind {
            Kind::CloudTrail => self.cloudtrail(record, item),
            Kind::CloudTrailText => {
                let holder: CloudTrailText<'_> = serde_json::from_str(self.source(record))?;
                // CloudWatch also keeps the plain text of other programs; a
                // `CloudTrailEvent` is never anything but JSON.
                let text = match (holder.event, holder.message) {
                    (Some(event), _) => event,
                    (None, Some(message)) if message.trim_start().starts_with('{') => message,
                    (None, Some(_)) => return Ok(self.pass_over()),
                    (None, None) => return Ok(Fit::Other),
                };
                match kind_of(&text) {
                    Some(Kind::Insight | Kind::Digest) => Ok(self.pass_over()),
                    _ => self.cloudtrail(Record::Other(&text), item),
                }
            }
            Kind::EventBridge => {
                let holder: EventBridge<'_> = serde_json::from_str(self.source(record))?;
                let detail = holder.detail.get().to_owned();
                match kind_of(&detail) {
                    Some(Kind::CloudTrail) => self.cloudtrail(Record::Other(&detail), item),
                    _ => Ok(self.pass_over()),
                }
            }
            Kind::Insight | Kind::Digest => Ok(match kind_of(self.source(record)) {
                Some(found) if found == kind => self.pass_over(),
                _ => Fit::Other,
            }),
            Kind::Azure => self.azure(record, item),
            Kind::Evtx => {
                let source = self.source(record);
                match self.flattener.windows_event(record, &mut self.builder) {
                    Ok(head) => {
                        let raw = raw(record, &mut self.builder);
                        end_windows(&mut self.builder, raw, item, head);
                        Ok(Fit::Read)
                    }
                    // Of its shape, and damaged within.
                    Err(error) if error.is_data() && kind_of(source) != Some(Kind::Evtx) => {
                        Ok(Fit::Other)
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Kind::Winlogbeat => self.windows(dialect::winlogbeat, record, item),
            Kind::PowerShell => self.powershell(record, item),
            Kind::Flat => {
                let source = self.source(record).as_bytes();
                let is_newer = memchr::memmem::find(source, b"\"ExecutionProcessID\"").is_some();
                let dialect: Dialect = if is_newer {
                    dialect::nxlog_with_execution
                } else {
                    dialect::nxlog
                };
                self.windows(dialect, record, item)
            }
            Kind::Journal | Kind::SearchResult => self.xml(record, item),
            Kind::LogLine => {
                self.flattener.object(record, &mut self.builder)?;
                let time = self.time_of(&["timestamp"], item);
                let service = Some("cloudwatch-logs");
                let origin = Origin::Stream(LogSource::new(Some("aws"), None, service));
                self.end(record, item, time, &origin);
                Ok(Fit::Read)
            }
            Kind::Declared => {
                self.flattener.object(record, &mut self.builder)?;
                let time = self.declared_time();
                let origin = Origin::Stream(self.origin.clone());
                self.end(record, item, time, &origin);
                Ok(Fit::Read)
            }
        }
    }

    fn cloudtrail(&mut self, record: Record<'_>, item: &Item) -> Outcome {
        self.flattener.object(record, &mut self.builder)?;
        let has_name = self.find("eventName").is_some() && self.find("eventSource").is_some();
        if !has_name || self.find("insightDetails.state").is_some() {
            return Ok(Fit::Other);
        }
        let time = self.time_of(&["eventTime"], item);
        let origin = Origin::Stream(LogSource::new(Some("aws"), None, Some("cloudtrail")));
        self.end(record, item, time, &origin);
        Ok(Fit::Read)
    }

    fn azure(&mut self, record: Record<'_>, item: &Item) -> Outcome {
        self.flattener.object(record, &mut self.builder)?;
        let is_nested = self.find("operationName.value").is_some();
        let category = self
            .find("category")
            .or_else(|| self.find("category.value"));
        let is_azure = category.is_some()
            || ["time", "eventTimestamp", "resourceId"]
                .into_iter()
                .any(|name| self.find(name).is_some());
        if (self.find("operationName").is_none() && !is_nested) || !is_azure {
            return Ok(Fit::Other);
        }
        let category = category.and_then(|slot| self.builder.text(slot, self.text));
        let Some(service) = azure_service(category) else {
            return Ok(self.pass_over());
        };
        let time = self.time_of(&["time", "eventTimestamp"], item);
        let origin = Origin::Stream(LogSource::new(Some("azure"), None, Some(service)));
        self.end(record, item, time, &origin);
        Ok(Fit::Read)
    }

    fn windows(&mut self, dialect: Dialect, record: Record<'_>, item: &Item) -> Outcome {
        let head = self.flattener.dialect(record, dialect, &mut self.builder)?;
        if head.event_id().is_none() || (head.channel().is_none() && head.provider().is_none()) {
            return Ok(Fit::Other);
        }
        let raw = raw(record, &mut self.builder);
        end_windows(&mut self.builder, raw, item, head);
        Ok(Fit::Read)
    }

    fn powershell(&mut self, record: Record<'_>, item: &Item) -> Outcome {
        let head = self
            .flattener
            .dialect(record, dialect::powershell, &mut self.builder)?;
        if head.event_id().is_none() || head.provider().is_none() {
            return Ok(Fit::Other);
        }
        let version = self.builder.name("Version");
        let version = match self.builder.find(Section::System, version) {
            Some(Slot::Integer(version)) => u8::try_from(version).unwrap_or(0),
            _ => 0,
        };
        dialect::name_properties(head.provider(), head.event_id(), version, &mut self.builder);
        let raw = raw(record, &mut self.builder);
        end_windows(&mut self.builder, raw, item, head);
        let source = self.source(record);
        if source.contains("\"System.Diagnostics.Eventing.Reader.EventProperty\"") {
            self.tell(
                item,
                Diagnostic::error(
                    Code::LOG_BAD_RECORD,
                    "the event's values were left out when it was exported",
                )
                .help("export again with `ConvertTo-Json -Depth 4`, or copy the .evtx file"),
            );
        }
        Ok(Fit::Read)
    }

    fn xml(&mut self, record: Record<'_>, item: &Item) -> Outcome {
        let holder: XmlText<'_> = serde_json::from_str(self.source(record))?;
        let is_sysmon = holder.is_sysmon();
        let Some(message) = holder.text() else {
            if is_sysmon {
                // The journal's tool does this with long fields.
                let cause = "its message was left out; `journalctl --all` keeps long ones";
                return Err(Failure::Xml(cause.to_owned()));
            }
            // Only a journal has entries without a text.
            return Ok(match kind_of(self.source(record)) {
                Some(Kind::Journal) => self.pass_over(),
                _ => Fit::Other,
            });
        };
        let Some(xml) = event_in(&message) else {
            if windows_xml::is_fragment(message.as_bytes(), is_sysmon) {
                let cause = "it holds parts of an event, and not where the event starts";
                return Err(Failure::Xml(cause.to_owned()));
            }
            return Ok(self.pass_over());
        };
        let head = windows_xml::add(xml, &mut self.builder, &mut self.met).map_err(Failure::Xml)?;
        let raw = raw(record, &mut self.builder);
        head.end(&mut self.builder, raw, item.number);
        Ok(Fit::Read)
    }

    /// Takes note of a record that is no event.
    fn pass_over(&mut self) -> Fit {
        self.builder.abandon_record();
        self.problems.pass_over(1);
        Fit::Read
    }

    fn end(&mut self, record: Record<'_>, item: &Item, time: EventTime, origin: &Origin) {
        let raw = raw(record, &mut self.builder);
        self.builder.end_record(raw, item.number, time, origin);
    }

    fn find(&mut self, name: &str) -> Option<Slot> {
        let id = self.builder.name(name);
        self.builder.find(Section::Body, id)
    }

    fn time_of(&mut self, names: &[&str], item: &Item) -> EventTime {
        for name in names {
            if let Some(Slot::Text(span)) = self.find(name) {
                return EventTime::Text(span);
            }
        }
        self.tell(
            item,
            Diagnostic::warning(
                Code::LOG_BAD_TIME,
                format!("the record's `{}` is no time", names[0]),
            )
            .help("correct the record, or leave it out; it was searched without a time"),
        );
        EventTime::Unknown
    }

    /// The time of a record of a declared log: the first member that holds one.
    fn declared_time(&mut self) -> EventTime {
        for name in DECLARED_TIMES {
            let time = match self.find(name) {
                Some(Slot::Text(span)) => {
                    let text = self.builder.text(Slot::Text(span), self.text);
                    match text.map(|text| (parse_time(text), text.trim().parse())) {
                        Some((Some(_), _)) => return EventTime::Text(span),
                        Some((None, Ok(number))) => epoch(number),
                        _ => None,
                    }
                }
                Some(Slot::Integer(number)) => epoch(number as f64),
                Some(Slot::Float(number)) => epoch(number),
                _ => None,
            };
            if let Some(time) = time {
                return EventTime::At(time);
            }
        }
        EventTime::Unknown
    }

    fn unknown(&mut self, item: &Item) {
        self.builder.abandon_record();
        self.tell(
            item,
            Diagnostic::error(
                Code::LOG_BAD_RECORD,
                "the record is of no kind that misfire knows, unlike others in the file",
            )
            .help("see `docs/formats.md` for the formats; the other records were read"),
        );
    }

    fn failed(&mut self, item: &Item, failure: &Failure, is_cut: bool) {
        self.builder.abandon_record();
        let (cause, is_eof) = match failure {
            Failure::Json(error) => (without_position(error), error.is_eof()),
            Failure::Xml(cause) => (cause.clone(), false),
        };
        let problem = if is_eof && is_cut {
            Diagnostic::error(
                Code::LOG_TRUNCATED,
                format!("the file ends within record {}", item.number),
            )
            .help("copy the log again; the records before the cut were read")
        } else if cause.starts_with("recursion limit") {
            Diagnostic::error(
                Code::LOG_LIMIT,
                "the record is nested more than 127 levels deep",
            )
            .help("leave the record out; the other records were read")
        } else {
            Diagnostic::error(
                Code::LOG_BAD_RECORD,
                format!("the record cannot be read: {cause}"),
            )
            .help("correct the record, or copy the log again; the other records were read")
        };
        self.tell(item, problem);
    }

    fn tell(&mut self, item: &Item, problem: Diagnostic) {
        let place = Place::new(self.problems.path(), At::Line(item.line));
        self.problems.push(problem.at(place));
    }
}

/// Where the record's own text stands.
fn raw(record: Record<'_>, builder: &mut BatchBuilder) -> Span {
    match record {
        Record::Given(span) => span,
        Record::Other(text) => builder.decoded(text),
    }
}

fn end_windows(builder: &mut BatchBuilder, raw: Span, item: &Item, head: &Head) {
    builder.end_event_log_record(
        raw,
        item.number,
        head.time(),
        (head.provider(), head.channel(), head.event_id()),
    );
}

/// A number of seconds, milliseconds, microseconds, or nanoseconds since 1970,
/// told apart by size: each unit covers the years 1973 to 5138.
fn epoch(number: f64) -> Option<jiff::Timestamp> {
    let seconds = match number.abs() {
        size if size < 1e8 => return None,
        size if size < 1e11 => number,
        size if size < 1e14 => number / 1e3,
        size if size < 1e17 => number / 1e6,
        _ => number / 1e9,
    };
    let microseconds = (seconds * 1e6).round();
    jiff::Timestamp::from_microsecond(microseconds as i64).ok()
}

/// The service that Sigma names the records of an Azure log category by.
///
/// The activity log's categories are those of "Categories in the Azure activity
/// log"; `Write`, `Delete`, and `Action` are what event hubs held before 2019.
/// The others are log categories of Microsoft Entra.
fn azure_service(category: Option<&str>) -> Option<&'static str> {
    let Some(category) = category else {
        return Some("activitylogs");
    };
    match category {
        "Administrative" | "Security" | "ServiceHealth" | "Alert" | "Recommendation" | "Policy"
        | "Autoscale" | "ResourceHealth" | "Write" | "Delete" | "Action" => Some("activitylogs"),
        "AuditLogs" => Some("auditlogs"),
        _ if category.ends_with("SignInLogs") => Some("signinlogs"),
        _ => None,
    }
}

/// An error without the place that serde_json adds, which is one in the record.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[derive(Deserialize)]
struct CloudTrailText<'t> {
    #[serde(borrow, rename = "CloudTrailEvent")]
    event: Option<Cow<'t, str>>,
    #[serde(borrow)]
    message: Option<Cow<'t, str>>,
}

#[derive(Deserialize)]
struct EventBridge<'t> {
    #[serde(borrow)]
    detail: &'t RawValue,
}

/// The `<Event>` element in a text.
fn event_in(message: &str) -> Option<&str> {
    let xml = &message[windows_xml::event_start(message)?..];
    let end = xml.rfind("</Event>").map_or(xml.len(), |end| end + 8);
    Some(&xml[..end])
}

/// The XML of the event that a journal entry or a search result holds.
pub(in crate::log) fn xml_of(record: &str) -> Option<String> {
    if !matches!(kind_of(record), Some(Kind::Journal | Kind::SearchResult)) {
        return None;
    }
    let holder: XmlText<'_> = serde_json::from_str(record).ok()?;
    event_in(&holder.text()?).map(str::to_owned)
}

/// What journals and search exports put an event's XML into.
#[derive(Deserialize)]
struct XmlText<'t> {
    #[serde(borrow, rename = "MESSAGE")]
    message: Option<Message<'t>>,
    #[serde(borrow, rename = "_raw")]
    raw: Option<Cow<'t, str>>,
    #[serde(borrow)]
    result: Option<SearchResult<'t>>,
    /// Text, bytes, or a list where the field was given more than once.
    #[serde(borrow, rename = "SYSLOG_IDENTIFIER")]
    identifier: Option<&'t RawValue>,
}

#[derive(Deserialize)]
struct SearchResult<'t> {
    #[serde(borrow, rename = "_raw")]
    raw: Option<Cow<'t, str>>,
}

/// A journal field: text, or bytes where it holds control characters.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message<'t> {
    Text(#[serde(borrow)] Cow<'t, str>),
    Bytes(Vec<u8>),
}

impl<'t> XmlText<'t> {
    /// Whether a journal entry says that Sysmon wrote it.
    fn is_sysmon(&self) -> bool {
        self.identifier
            .is_some_and(|identifier| identifier.get() == "\"sysmon\"")
    }

    fn text(self) -> Option<Cow<'t, str>> {
        match self.message {
            Some(Message::Text(text)) => Some(text),
            Some(Message::Bytes(bytes)) => {
                Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
            }
            None => self.raw.or(self.result.and_then(|result| result.raw)),
        }
    }
}
