//! What the sensors of clouds write: beside real records, beside the bundled fixtures,
//! and beside what is documented.

mod azure;
mod behaviour;
mod calls;
mod cloudtrail;
mod compare;
mod operations;

use jiff::Timestamp;
use misfire::activity::{Activity, ActivityKind};
use misfire::event::OwnedEvent;
use misfire::log::{JsonFormat, JsonWriter};
use misfire::sensor::Sensor;
use serde_json::Value;

use crate::sensors::given;

/// What a sensor writes of something that no process of a host does.
fn observed(sensor: &mut dyn Sensor, time: Timestamp, kind: ActivityKind) -> Vec<OwnedEvent> {
    let activity = Activity {
        time,
        process: None,
        kind,
    };
    let mut out = Vec::new();
    sensor.observe(&activity, &given::recorded_host(), &mut out);
    out
}

/// The bytes of the log that holds the events.
fn bytes(format: JsonFormat, events: &[OwnedEvent]) -> Vec<u8> {
    let mut writer = JsonWriter::new(Vec::new(), format, None);
    for event in events {
        writer.write_owned(event).expect("a writable record");
    }
    writer.finish().expect("memory can be written")
}

/// The records as they stand in a log whose records are in `list`.
fn written(format: JsonFormat, list: &str, events: &[OwnedEvent]) -> Vec<Value> {
    let mut log: Value = serde_json::from_slice(&bytes(format, events)).expect("JSON");
    match log[list].take() {
        Value::Array(records) => records,
        other => panic!("{list} is {other}"),
    }
}
