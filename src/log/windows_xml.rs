//! Windows events as XML into batches.

use std::path::Path;
use std::sync::Arc;

use super::chunk::Decoded;
use super::flatten::Met;
use super::open::ReadOptions;
use super::problems::Problems;
use super::split::Piece;
use super::text::{TextPiece, to_text};
use super::xml::{Element, Node, ParseError, Whitespace, parse};
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::event::{BatchBuilder, EventTime, FieldId, FileId, Section, Slot, Span};

/// A piece of a log whose records are `<Event>` elements.
#[derive(Debug)]
pub(super) struct XmlChunk {
    pub(super) piece: Piece,
}

impl XmlChunk {
    pub(super) fn decode(self, file: FileId, path: &Path, options: &ReadOptions) -> Decoded {
        let mut problems = Problems::new(path);
        let is_cut = self.piece.is_cut;
        let TextPiece { text, items } = to_text(self.piece, &mut problems);
        let mut builder = BatchBuilder::new(file, Arc::clone(&options.names), text.len());
        let mut met = Met::default();
        let last = items.len().saturating_sub(1);
        for (place, item) in items.iter().enumerate() {
            let span = item.span();
            match add(&text[span.range()], &mut builder, &mut met) {
                Ok(head) => head.end(&mut builder, span, item.number),
                Err(cause) => {
                    builder.abandon_record();
                    let problem = if is_cut && place == last {
                        Diagnostic::error(
                            Code::LOG_TRUNCATED,
                            format!("the file ends within record {}", item.number),
                        )
                        .help("copy the log again; the records before the cut were read")
                    } else {
                        Diagnostic::error(
                            Code::LOG_BAD_RECORD,
                            format!("the record cannot be read: {cause}"),
                        )
                        .help("correct the record, or copy the log again; the others were read")
                    };
                    problems.push(problem.at(Place::new(path, At::Line(item.line))));
                }
            }
        }
        Decoded {
            batch: builder.finish(text),
            problems: problems.finish(),
        }
    }
}

/// Where an `<Event>` element starts.
pub(super) fn event_start(text: &str) -> Option<usize> {
    text.match_indices("<Event")
        .map(|(start, _)| start)
        .find(|start| text[start + "<Event".len()..].starts_with([' ', '\t', '\r', '\n', '>', '/']))
}

/// Whether text without an [`event_start`] is what is left of an event;
/// `is_sysmon` is whether Sysmon wrote it, which also writes a few plain lines.
pub(super) fn is_fragment(text: &[u8], is_sysmon: bool) -> bool {
    let parts = [&b"</Event>"[..], b"<System>", b"<EventData"];
    parts
        .iter()
        .any(|part| memchr::memmem::find(text, part).is_some())
        || (is_sysmon && memchr::memchr2(b'<', b'>', text).is_some())
}

/// What the frame of an event says about where it belongs.
#[derive(Debug, Default)]
pub(super) struct XmlHead {
    provider: Option<String>,
    channel: Option<String>,
    event_id: Option<u32>,
    time: EventTime,
}

impl XmlHead {
    /// Ends the record that was added.
    pub(super) fn end(&self, builder: &mut BatchBuilder, raw: Span, number: u64) {
        let log = (
            self.provider.as_deref(),
            self.channel.as_deref(),
            self.event_id,
        );
        builder.end_event_log_record(raw, number, self.time, log);
    }

    fn note(&mut self, name: &str, text: &str, slot: Slot) {
        match name {
            "Provider_Name" => self.provider = Some(text.to_owned()),
            "Channel" => self.channel = Some(text.to_owned()),
            "EventID" => self.event_id = text.trim().parse().ok(),
            "TimeCreated_SystemTime" => {
                if let Slot::Text(span) = slot {
                    self.time = EventTime::Text(span);
                }
            }
            _ => {}
        }
    }
}

/// Adds the fields of an event, under the names that the binary form gives them.
///
/// # Errors
///
/// Why the text is no event; the open record is then to be abandoned.
pub(super) fn add(
    text: &str,
    builder: &mut BatchBuilder,
    met: &mut Met,
) -> Result<XmlHead, String> {
    met.start_record();
    let event = parse(text, Whitespace::Drop).map_err(|error| match error {
        ParseError::Incomplete => "it ends before its root element does".to_owned(),
        other => other.to_string(),
    })?;
    let mut fields = Fields {
        builder,
        met,
        path: String::new(),
        head: XmlHead::default(),
    };
    let mut parts = 0;
    for part in event.elements() {
        let section = match local(&part.name) {
            "System" => Section::System,
            "EventData" => Section::EventData,
            "UserData" => Section::UserData,
            "ProcessingErrorData" => Section::ProcessingErrorData,
            "RenderingInfo" => Section::RenderingInfo,
            _ => continue,
        };
        parts += 1;
        match section {
            Section::UserData => {
                for root in part.elements() {
                    fields.user_data(root);
                }
            }
            _ => fields.part(section, part),
        }
    }
    if parts == 0 {
        return Err("it holds no part of a Windows event".to_owned());
    }
    Ok(fields.head)
}

/// A name without its namespace prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

struct Fields<'b> {
    builder: &'b mut BatchBuilder,
    met: &'b mut Met,
    path: String,
    head: XmlHead,
}

impl Fields<'_> {
    /// A part of the event: its children are fields, and so are its attributes.
    fn part(&mut self, section: Section, part: &Element) {
        self.attributes(section, part, "#attributes");
        for child in part.elements() {
            self.child(section, child);
        }
        if part.elements().next().is_none() {
            let text = part.text();
            if !text.is_empty() {
                self.text(section, "#text", &text);
            }
        }
    }

    /// The provider's own root element; its name is no part of field names,
    /// unless it holds a bare value.
    fn user_data(&mut self, root: &Element) {
        if root.elements().next().is_some() || has_attributes(root) {
            self.part(Section::UserData, root);
        } else {
            self.child(Section::UserData, root);
        }
    }

    fn child(&mut self, section: Section, element: &Element) {
        // Unnamed data keeps the element's name, named data goes without it.
        let name = match element.attribute("Name") {
            Some(name) if section == Section::EventData && local(&element.name) == "Data" => {
                let name = name.text().into_owned();
                self.value(section, &name, element);
                return;
            }
            _ => local(&element.name).to_owned(),
        };
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(&name);
        let path = self.path.clone();
        self.attributes(section, element, &path);
        if element.elements().next().is_some() {
            for child in element.elements() {
                self.child(section, child);
            }
        } else if !has_attributes(element) || !element.text().is_empty() {
            self.value(section, &path, element);
        }
        self.path.truncate(length);
    }

    fn attributes(&mut self, section: Section, element: &Element, path: &str) {
        for (name, value) in &element.attributes {
            if !is_namespace(name) && !value.is_empty() {
                let name = format!("{path}_{}", local(name));
                let value = value.text().into_owned();
                self.text(section, &name, &value);
            }
        }
    }

    fn value(&mut self, section: Section, name: &str, element: &Element) {
        // In the frame the binary form tells empty from absent as null.
        let is_absent = match section {
            Section::System => element.text().is_empty(),
            _ => !element
                .children
                .iter()
                .any(|child| matches!(child, Node::Text(_))),
        };
        if is_absent {
            let id = self.builder.name(name);
            self.put(section, id, Slot::Null);
        } else {
            let text = element.text().into_owned();
            self.text(section, name, &text);
        }
    }

    fn text(&mut self, section: Section, name: &str, text: &str) {
        let id = self.builder.name(name);
        let number = (section == Section::System && is_number(name))
            .then(|| text.trim().parse().ok())
            .flatten();
        let slot = match number {
            Some(number) => Slot::Integer(number),
            None => Slot::Text(self.builder.decoded(text)),
        };
        if section == Section::System {
            self.head.note(name, text, slot);
        }
        self.put(section, id, slot);
    }

    fn put(&mut self, section: Section, id: FieldId, slot: Slot) {
        if self.met.again(id) {
            self.builder.repeatable_field(section, id, slot);
        } else {
            self.builder.field(section, id, slot);
        }
    }
}

fn has_attributes(element: &Element) -> bool {
    element
        .attributes
        .iter()
        .any(|(name, value)| !is_namespace(name) && !value.is_empty())
}

fn is_namespace(name: &str) -> bool {
    name.starts_with("xmlns")
}

/// The fields of the frame that are numbers in the binary form.
fn is_number(name: &str) -> bool {
    matches!(
        name,
        "EventID"
            | "EventID_Qualifiers"
            | "Version"
            | "Level"
            | "Task"
            | "Opcode"
            | "EventRecordID"
            | "Execution_ProcessID"
            | "Execution_ThreadID"
            | "Execution_SessionID"
            | "Execution_KernelTime"
            | "Execution_UserTime"
            | "Execution_ProcessorID"
            | "Execution_ProcessorTime"
    )
}
