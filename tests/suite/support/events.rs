//! Events without files.

use std::sync::Arc;

use misfire::event::{
    Batch, BatchBuilder, EventTime, FileId, LogSource, Names, Origin, Section, Slot, Span,
};
use serde_json::Value as Json;

/// One event to be: where it comes from, when, and its fields.
#[derive(Debug, Clone)]
pub struct Made {
    pub origin: Origin,
    pub time: Option<jiff::Timestamp>,
    pub number: Option<u64>,
    pub fields: Vec<(Section, String, Json)>,
}

const SYSMON: &str = "Microsoft-Windows-Sysmon";

impl Made {
    /// A record of a Windows event log without fields of its own.
    pub fn windows(provider: &str, channel: Option<&str>, id: u32) -> Self {
        let mut fields = vec![(Section::System, "EventID".to_owned(), Json::from(id))];
        fields.push((Section::System, "Provider_Name".to_owned(), provider.into()));
        if let Some(channel) = channel {
            fields.push((Section::System, "Channel".to_owned(), channel.into()));
        }
        Self {
            origin: Origin::EventLog {
                provider: Some(provider.into()),
                channel: channel.map(Into::into),
                event_id: Some(id),
            },
            time: Some(jiff::Timestamp::from_second(1_700_000_000).expect("a time")),
            number: None,
            fields,
        }
    }

    /// A record of Sysmon's.
    pub fn sysmon(id: u32) -> Self {
        Self::windows(SYSMON, Some("Microsoft-Windows-Sysmon/Operational"), id)
    }

    /// A record of the Security log.
    pub fn security(id: u32) -> Self {
        Self::windows("Microsoft-Windows-Security-Auditing", Some("Security"), id)
    }

    /// A record of a stream that is no event log.
    pub fn stream(product: &str, service: &str) -> Self {
        Self {
            origin: Origin::Stream(LogSource::new(Some(product), None, Some(service))),
            time: Some(jiff::Timestamp::from_second(1_700_000_000).expect("a time")),
            number: None,
            fields: Vec::new(),
        }
    }

    /// With a field of the event's own data.
    pub fn with(self, name: &str, value: impl Into<Json>) -> Self {
        let section = match self.origin {
            Origin::EventLog { .. } => Section::EventData,
            Origin::Stream(_) => Section::Body,
        };
        self.in_section(section, name, value)
    }

    /// With a field of a section.
    pub fn in_section(mut self, section: Section, name: &str, value: impl Into<Json>) -> Self {
        self.fields.push((section, name.to_owned(), value.into()));
        self
    }

    /// Seconds after the first event's time.
    pub fn at(mut self, seconds: i64) -> Self {
        self.time = Some(jiff::Timestamp::from_second(1_700_000_000 + seconds).expect("a time"));
        self
    }

    /// Milliseconds after the first event's time.
    pub fn at_millis(mut self, millis: i64) -> Self {
        let start = 1_700_000_000_000;
        self.time = Some(jiff::Timestamp::from_millisecond(start + millis).expect("a time"));
        self
    }

    /// Without a time.
    pub fn timeless(mut self) -> Self {
        self.time = None;
        self
    }

    /// With a record number of its own.
    pub fn numbered(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }
}

fn slot(builder: &mut BatchBuilder, value: &Json) -> Slot {
    match value {
        Json::Null => Slot::Null,
        Json::Bool(truth) => Slot::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Slot::Integer(number),
            None => Slot::Float(number.as_f64().expect("a number")),
        },
        Json::String(text) => Slot::Text(builder.decoded(text)),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| slot(builder, item)).collect();
            builder.list(&items)
        }
        Json::Object(_) => Slot::Node(builder.decoded(&value.to_string())),
    }
}

/// A batch of events; record numbers count from one unless given.
pub fn batch(names: &Arc<Names>, events: &[Made]) -> Batch {
    let mut builder = BatchBuilder::new(FileId(0), Arc::clone(names), 0);
    for (place, made) in events.iter().enumerate() {
        for (section, name, value) in &made.fields {
            let id = builder.name(name);
            let slot = slot(&mut builder, value);
            builder.field(*section, id, slot);
        }
        let time = made.time.map_or(EventTime::Unknown, EventTime::At);
        let number = made.number.unwrap_or(place as u64 + 1);
        builder.end_record(Span::default(), number, time, &made.origin);
    }
    builder.finish(String::new())
}
