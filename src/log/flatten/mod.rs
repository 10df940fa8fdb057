//! JSON text into the fields of a batch, without a tree in between.
//!
//! Text without escapes stays where it is and becomes a span; only text that
//! has to be decoded is copied, once, behind the batch's text.

mod visit;

use serde::de::DeserializeSeed;

use crate::event::{BatchBuilder, EventTime, FieldId, Section, Slot, Span, parse_time};
use visit::{EventDocument, Object};

/// Where a field of a record that is no plain rendering of an event belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target<'p> {
    /// The part of the event.
    pub(super) section: Section,
    /// The name there.
    pub(super) name: &'p str,
    /// How the value is to be read.
    pub(super) form: Form,
}

/// How a value is written, where that differs from what Windows renders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As Windows renders it.
    Same,
    /// A whole number that may be text.
    Integer,
    /// Bits that may be a signed decimal number instead of `0x…`.
    Bits,
    /// A time in whatever notation.
    Time,
}

/// Says where the field of a path belongs; `None` leaves it out.
pub(super) type Dialect = for<'p> fn(&'p str, Option<&str>) -> Option<Target<'p>>;

/// What the frame of a Windows event says about where it belongs.
///
/// Kept between records to reuse its memory.
#[derive(Debug, Default)]
pub(super) struct Head {
    provider: Text,
    channel: Text,
    time: EventTime,
    event_id: Option<u32>,
}

#[derive(Debug, Default)]
struct Text {
    present: bool,
    text: String,
}

impl Text {
    fn set(&mut self, text: &str) {
        self.present = true;
        self.text.clear();
        self.text.push_str(text);
    }

    fn get(&self) -> Option<&str> {
        self.present.then_some(self.text.as_str())
    }
}

impl Head {
    /// `System/Provider/@Name`.
    pub(super) fn provider(&self) -> Option<&str> {
        self.provider.get()
    }

    /// `System/Channel`.
    pub(super) fn channel(&self) -> Option<&str> {
        self.channel.get()
    }

    /// `System/EventID`.
    pub(super) fn event_id(&self) -> Option<u32> {
        self.event_id
    }

    /// `System/TimeCreated/@SystemTime`.
    pub(super) fn time(&self) -> EventTime {
        self.time
    }

    fn clear(&mut self) {
        self.provider.present = false;
        self.channel.present = false;
        self.time = EventTime::Unknown;
        self.event_id = None;
    }

    /// Notes a field of the frame.
    fn note(&mut self, name: &str, text: Option<&str>, slot: Slot) {
        match name {
            "Provider_Name" => self.provider.set(text.unwrap_or_default()),
            "Channel" => {
                if let Some(text) = text {
                    self.channel.set(text);
                }
            }
            "TimeCreated_SystemTime" => {
                if let Slot::Text(span) = slot {
                    self.time = EventTime::Text(span);
                }
            }
            "EventID" => {
                self.event_id = match slot {
                    Slot::Integer(number) => u32::try_from(number).ok(),
                    _ => text.and_then(|text| text.trim().parse().ok()),
                }
            }
            _ => {}
        }
    }
}

/// A record's JSON.
#[derive(Debug, Clone, Copy)]
pub(super) enum Record<'r> {
    /// A part of the batch's own text.
    Given(Span),
    /// Any other text; what is kept of it is copied.
    Other(&'r str),
}

/// Flattens JSON records that are parts of one text.
#[derive(Debug)]
pub(super) struct Flattener<'t> {
    text: &'t str,
    path: String,
    head: Head,
    met: Met,
}

/// The names that the open record has had: one that comes again is repeated.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// For each name's number, the record in which it was last met.
    last: Vec<u32>,
    record: u32,
}

impl Met {
    /// Starts the next record.
    pub(super) fn start_record(&mut self) {
        self.record += 1;
    }

    /// Whether the open record has had the name; from now on it has.
    pub(super) fn again(&mut self, id: FieldId) -> bool {
        let place = id.index();
        if place >= self.last.len() {
            self.last.resize(place + 1, 0);
        }
        std::mem::replace(&mut self.last[place], self.record) == self.record
    }
}

impl<'t> Flattener<'t> {
    /// A flattener for records that stand in `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            path: String::new(),
            head: Head::default(),
            met: Met::default(),
        }
    }

    /// Adds the fields of a Windows event as the `evtx` library renders it:
    /// `{"Event": {"System": …, "EventData": …}}`.
    ///
    /// # Errors
    ///
    /// The text is not such an event; the open record is then to be abandoned.
    pub(super) fn windows_event(
        &mut self,
        record: Record<'_>,
        builder: &mut BatchBuilder,
    ) -> serde_json::Result<&Head> {
        let (text, mut context) = self.start(record, None, builder);
        let mut json = serde_json::Deserializer::from_str(text);
        EventDocument(&mut context).deserialize(&mut json)?;
        json.end()?;
        Ok(&self.head)
    }

    /// Adds the fields of any other JSON object, nested names joined by dots.
    ///
    /// # Errors
    ///
    /// The text is not a JSON object; the open record is then to be abandoned.
    pub(super) fn object(
        &mut self,
        record: Record<'_>,
        builder: &mut BatchBuilder,
    ) -> serde_json::Result<()> {
        self.object_in(record, None, builder).map(|_| ())
    }

    /// Adds the fields of a Windows event in a dialect that puts them in other
    /// places.
    ///
    /// # Errors
    ///
    /// The text is not a JSON object; the open record is then to be abandoned.
    pub(super) fn dialect(
        &mut self,
        record: Record<'_>,
        dialect: Dialect,
        builder: &mut BatchBuilder,
    ) -> serde_json::Result<&Head> {
        self.object_in(record, Some(dialect), builder)
    }

    fn object_in(
        &mut self,
        record: Record<'_>,
        dialect: Option<Dialect>,
        builder: &mut BatchBuilder,
    ) -> serde_json::Result<&Head> {
        let (text, mut context) = self.start(record, dialect, builder);
        let mut json = serde_json::Deserializer::from_str(text);
        Object {
            context: &mut context,
            section: Section::Body,
        }
        .deserialize(&mut json)?;
        json.end()?;
        Ok(&self.head)
    }

    fn start<'c, 'r>(
        &'c mut self,
        record: Record<'r>,
        dialect: Option<Dialect>,
        builder: &'c mut BatchBuilder,
    ) -> (&'r str, Context<'c>)
    where
        't: 'r,
    {
        self.head.clear();
        self.path.clear();
        self.met.start_record();
        let (text, base) = match record {
            Record::Given(span) => (
                self.text.get(span.range()).unwrap_or_default(),
                Some(self.text.as_ptr() as usize),
            ),
            Record::Other(text) => (text, None),
        };
        let context = Context {
            base,
            builder,
            path: &mut self.path,
            head: &mut self.head,
            in_list: false,
            dialect,
            met: &mut self.met,
        };
        (text, context)
    }
}

struct Context<'c> {
    /// The address at which the batch's text starts: the place of a borrowed
    /// string is its own address less this one. Without one, text is copied.
    base: Option<usize>,
    builder: &'c mut BatchBuilder,
    path: &'c mut String,
    head: &'c mut Head,
    in_list: bool,
    dialect: Option<Dialect>,
    met: &'c mut Met,
}

impl Context<'_> {
    fn borrowed(&mut self, text: &str) -> Slot {
        let Some(base) = self.base else {
            return Slot::Text(self.builder.decoded(text));
        };
        let start = (text.as_ptr() as usize).wrapping_sub(base);
        Slot::Text(Span::new(start, start.wrapping_add(text.len())).unwrap_or_default())
    }

    /// Adds a field under the current path; `text` is its text, if it is text.
    fn put(&mut self, section: Section, slot: Slot, text: Option<&str>) {
        let Some(dialect) = self.dialect else {
            if section == Section::System {
                self.head.note(self.path, text, slot);
            }
            let id = self.builder.name(self.path);
            self.add(section, id, slot);
            return;
        };
        let Some(target) = dialect(self.path, text) else {
            return;
        };
        let (slot, time) = converted(target.form, slot, text, self.builder);
        if target.section == Section::System {
            self.head.note(target.name, text, slot);
            if let Some(time) = time {
                self.head.time = time;
            }
        }
        let id = self.builder.name(target.name);
        self.add(target.section, id, slot);
    }

    fn add(&mut self, section: Section, id: FieldId, slot: Slot) {
        let again = self.met.again(id);
        if again || self.in_list {
            self.builder.repeatable_field(section, id, slot);
        } else {
            self.builder.field(section, id, slot);
        }
    }

    /// Runs `inner` with `part` added to the path.
    fn below<R>(&mut self, separator: &str, part: &str, inner: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.path.len();
        if length > 0 {
            self.path.push_str(separator);
        }
        self.path.push_str(part);
        let result = inner(self);
        self.path.truncate(length);
        result
    }
}

/// A value as Windows would have rendered it, and the time that it says.
fn converted(
    form: Form,
    slot: Slot,
    text: Option<&str>,
    builder: &mut BatchBuilder,
) -> (Slot, Option<EventTime>) {
    match (form, slot) {
        (Form::Integer, Slot::Text(_)) => {
            let number = text.and_then(|text| text.trim().parse().ok());
            (number.map_or(slot, Slot::Integer), None)
        }
        (Form::Bits, Slot::Integer(bits)) => {
            let bits = format!("0x{:x}", bits.cast_unsigned());
            (Slot::Text(builder.decoded(&bits)), None)
        }
        (Form::Time, Slot::Text(_)) => {
            let Some(text) = text else {
                return (slot, None);
            };
            if parse_time(text).is_some() {
                return (slot, None);
            }
            // PowerShell 5: `/Date(milliseconds)/`, perhaps with an offset that
            // does not change the instant.
            let time = text
                .strip_prefix("/Date(")
                .and_then(|text| text.strip_suffix(")/"))
                .and_then(|text| {
                    let end = text[1..].find(['+', '-']).map_or(text.len(), |at| at + 1);
                    text[..end].parse().ok()
                })
                .and_then(|milliseconds| jiff::Timestamp::from_millisecond(milliseconds).ok());
            match time {
                Some(time) => (
                    Slot::Text(builder.decoded(&time.to_string())),
                    Some(EventTime::At(time)),
                ),
                None => (slot, None),
            }
        }
        _ => (slot, None),
    }
}
