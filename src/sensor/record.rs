//! A log under way, and the frame of its records.

use jiff::{SignedDuration, Timestamp};

use super::host::LoggingHost;
use super::{LostRecord, derive};
use crate::event::{EventId, FileId, Origin, OwnedEvent, OwnedField, OwnedValue, Section};

/// The longest texts that a record can hold together, in bytes of UTF-16. Windows does
/// not log events of more than 64 KiB (`EventWrite`), and their frame takes its part.
/// Whether a product shortens its texts first is not documented, so what would be longer
/// is lost, and told.
const MAX_TEXT: usize = 60_000;

/// Who writes into a log (`System/Provider`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Provider {
    /// Its name.
    pub(super) name: &'static str,
    /// Its GUID in braces; classic providers have none.
    pub(super) guid: Option<&'static str>,
    /// The name that it had as a classic source.
    pub(super) source: Option<&'static str>,
    /// The log that it writes to.
    pub(super) channel: &'static str,
    /// The name of the attribute of `Security` that says who.
    pub(super) user: &'static str,
    /// How many digits of a second `TimeCreated` has.
    pub(super) digits: Digits,
}

/// The precision of `TimeCreated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    /// Windows: ticks of 100 ns.
    Seven,
    /// Sysmon for Linux: microseconds, written as nanoseconds.
    Nine,
}

/// What `System` says of one record beyond its log.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The event's id.
    pub(super) id: u32,
    /// The qualifiers of a classic event's id.
    pub(super) qualifiers: Option<u16>,
    /// The version of the event's fields.
    pub(super) version: u8,
    /// The level: 0 is for audits, 3 warning, 4 information, 5 verbose.
    pub(super) level: u8,
    /// The task.
    pub(super) task: u16,
    /// The operation code.
    pub(super) opcode: u8,
    /// The keywords as `0x…`.
    pub(super) keywords: &'static str,
    /// The activity's GUID in braces.
    pub(super) correlation: Option<String>,
    /// The process that wrote the record.
    pub(super) process: u32,
    /// Its thread.
    pub(super) thread: u32,
    /// The SID of the user who wrote it.
    pub(super) user: Option<String>,
}

/// A log that records are added to.
#[derive(Debug)]
pub(super) struct Log {
    provider: Provider,
    computer: String,
    seed: String,
    next: u64,
    last: Timestamp,
    lost: Vec<LostRecord>,
}

impl Log {
    /// A log that has records of earlier days already.
    pub(super) fn new(provider: Provider, host: &LoggingHost) -> Self {
        let next = 2_000 + derive::below(80_000, &[&host.machine_guid, provider.channel]);
        Self {
            provider,
            computer: host.computer.clone(),
            seed: host.machine_guid.clone(),
            next,
            last: Timestamp::MIN,
            lost: Vec::new(),
        }
    }

    /// A delay between something and its record: some milliseconds, with a fraction.
    pub(super) fn delay(&self) -> SignedDuration {
        let parts = [&*self.seed, self.provider.channel, &self.next.to_string()];
        let ticks = 20_000 + derive::below(90_000, &parts);
        SignedDuration::from_nanos(100 * i64::try_from(ticks).unwrap_or(0))
    }

    /// Adds a record, never before the one that is there; `None` if it is too large to
    /// be logged, which [`Log::lost`] tells.
    pub(super) fn write(
        &mut self,
        time: Timestamp,
        frame: Frame,
        data: Data,
    ) -> Option<OwnedEvent> {
        let origin = Origin::EventLog {
            provider: Some(self.provider.name.into()),
            channel: Some(self.provider.channel.into()),
            event_id: Some(frame.id),
        };
        if data.size() > MAX_TEXT {
            self.lost.push(LostRecord {
                origin,
                because: "its texts are too large for a record",
            });
            return None;
        }
        let time = self.next_time(time);
        let number = self.next;
        self.last = time;
        self.next += 1;
        let mut fields = self.system(time, number, frame);
        fields.extend(data.fields);
        Some(OwnedEvent {
            id: EventId {
                file: FileId(0),
                record: number,
            },
            time: Some(time),
            origin,
            fields,
        })
    }

    /// The records that were too large since this was last asked.
    pub(super) fn lost(&mut self) -> Vec<LostRecord> {
        std::mem::take(&mut self.lost)
    }

    /// The time in whole ticks, after the last record's.
    fn next_time(&self, time: Timestamp) -> Timestamp {
        let tick = match self.provider.digits {
            Digits::Seven => 100,
            Digits::Nine => 1_000,
        };
        let after = self.last.as_nanosecond().saturating_add(tick);
        let nanoseconds = time.as_nanosecond().max(after);
        Timestamp::from_nanosecond(nanoseconds - nanoseconds.rem_euclid(tick)).unwrap_or(time)
    }

    fn system(&self, time: Timestamp, number: u64, frame: Frame) -> Vec<OwnedField> {
        let provider = &self.provider;
        let mut system = Data::in_section(Section::System).text("Provider_Name", provider.name);
        if let Some(guid) = provider.guid {
            system = system.text("Provider_Guid", guid);
        }
        if let Some(source) = provider.source {
            system = system.text("Provider_EventSourceName", source);
        }
        if let Some(qualifiers) = frame.qualifiers {
            system = system.number("EventID_Qualifiers", qualifiers);
        }
        system = system
            .number("EventID", frame.id)
            .number("Version", frame.version)
            .number("Level", frame.level)
            .number("Task", frame.task)
            .number("Opcode", frame.opcode)
            .text("Keywords", frame.keywords)
            .text("TimeCreated_SystemTime", created(time, provider.digits))
            .number("EventRecordID", i64::try_from(number).unwrap_or(i64::MAX));
        system = match frame.correlation {
            Some(activity) => system.text("Correlation_ActivityID", activity),
            None => system.null("Correlation"),
        };
        system = system
            .number("Execution_ProcessID", frame.process)
            .number("Execution_ThreadID", frame.thread)
            .text("Channel", provider.channel)
            .text("Computer", &*self.computer);
        match frame.user {
            Some(user) => system.text(provider.user, user),
            None => system.null("Security"),
        }
        .fields
    }
}

/// `TimeCreated` as the product writes it.
fn created(time: Timestamp, digits: Digits) -> String {
    let seconds = time.strftime("%Y-%m-%dT%H:%M:%S");
    let fraction = time.subsec_nanosecond().unsigned_abs();
    match digits {
        Digits::Seven => format!("{seconds}.{:07}Z", fraction / 100),
        Digits::Nine => format!("{seconds}.{fraction:09}Z"),
    }
}

/// A time in Sysmon's form, with milliseconds.
pub(super) fn utc(time: Timestamp) -> String {
    let milliseconds = time.subsec_nanosecond().unsigned_abs() / 1_000_000;
    format!("{}.{milliseconds:03}", time.strftime("%Y-%m-%d %H:%M:%S"))
}

/// A number as Windows writes one in hexadecimal.
pub(super) fn hexadecimal(number: impl std::fmt::LowerHex) -> String {
    format!("{number:#x}")
}

/// The fields of a record, in order.
#[derive(Debug)]
pub(super) struct Data {
    section: Section,
    fields: Vec<OwnedField>,
}

impl Data {
    /// Fields of `EventData`.
    pub(super) fn new() -> Self {
        Self::in_section(Section::EventData)
    }

    fn in_section(section: Section) -> Self {
        Self {
            section,
            fields: Vec::new(),
        }
    }

    /// Adds text.
    pub(super) fn text(self, name: &str, value: impl AsRef<str>) -> Self {
        self.value(name, text(value.as_ref()))
    }

    /// Adds several texts under one name.
    pub(super) fn texts(self, name: &str, values: &[&str]) -> Self {
        let values = values.iter().copied().map(text).collect();
        self.value(name, OwnedValue::List(values))
    }

    /// Adds text, or a dash where there is none.
    pub(super) fn or_dash(self, name: &str, value: Option<&str>) -> Self {
        self.text(name, value.filter(|value| !value.is_empty()).unwrap_or("-"))
    }

    /// Adds a whole number.
    pub(super) fn number(self, name: &str, value: impl Into<i64>) -> Self {
        self.value(name, OwnedValue::Integer(value.into()))
    }

    /// Adds a truth value.
    pub(super) fn truth(self, name: &str, is_true: bool) -> Self {
        self.value(name, OwnedValue::Bool(is_true))
    }

    /// Adds nothing under a name.
    pub(super) fn null(self, name: &str) -> Self {
        self.value(name, OwnedValue::Null)
    }

    /// How much room the texts take, in bytes of UTF-16.
    fn size(&self) -> usize {
        self.fields.iter().map(|field| size(&field.value)).sum()
    }

    fn value(mut self, name: &str, value: OwnedValue) -> Self {
        self.fields.push(OwnedField {
            section: self.section,
            name: name.into(),
            value,
        });
        self
    }
}

/// Text as a log can hold it: it ends at a NUL.
fn text(value: &str) -> OwnedValue {
    let value = value.split('\0').next().unwrap_or_default();
    OwnedValue::Text(value.into())
}

fn size(value: &OwnedValue) -> usize {
    match value {
        OwnedValue::Text(text) => 2 * text.encode_utf16().count(),
        OwnedValue::List(values) => values.iter().map(size).sum(),
        _ => 0,
    }
}
