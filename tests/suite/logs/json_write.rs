//! Writing CloudTrail, Azure activity, and JSON lines.

use std::path::{Path, PathBuf};

use crate::logs::common::{Log, read, read_file};
use crate::support::corpora::corpora;
use jiff::{SignedDuration, Timestamp};
use misfire::event::catalogue::LogSource;
use misfire::event::{EventId, FileId, Origin, OwnedEvent, OwnedField, OwnedValue, Section};
use misfire::log::shift::Shift;
use misfire::log::{JsonFormat, JsonWriter, ReadOptions, open};
use proptest::prelude::*;
use rstest::rstest;

fn options() -> ReadOptions {
    ReadOptions {
        declared: Some(LogSource::new(Some("okta"), None, Some("okta"))),
        ..ReadOptions::default()
    }
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/formats")
        .join(name)
}

/// Reads a log and writes it again.
fn rewrite(path: &Path, format: JsonFormat, shift: Option<Shift>) -> String {
    let options = options();
    let mut reader = open(path, FileId(0), &options).expect("a readable log");
    let mut writer = JsonWriter::new(Vec::new(), format, shift);
    while let Some(chunk) = reader.next_chunk() {
        let Ok(chunk) = chunk else { continue };
        for event in chunk.decode(&options).batch.events() {
            writer.write(event).expect("a writable record");
        }
    }
    String::from_utf8(writer.finish().expect("memory can be written")).expect("text")
}

/// What must survive, with the fields in a fixed order.
fn essence(event: &OwnedEvent) -> (Option<Timestamp>, Origin, Vec<String>) {
    let mut fields: Vec<_> = event
        .fields
        .iter()
        .map(|field| format!("{:?} {} {:?}", field.section, field.name, field.value))
        .collect();
    fields.sort();
    (event.time, event.origin.clone(), fields)
}

fn assert_equal(before: &Log, after: &Log, name: &str) {
    assert_eq!(after.codes(), [""; 0], "{name}: {:?}", after.problems);
    assert_eq!(after.events.len(), before.events.len(), "{name}");
    for (before, after) in before.events.iter().zip(&after.events) {
        assert_eq!(essence(after), essence(before), "{name}");
    }
}

#[test]
fn json_lines_of_every_sample_are_read_back_equal() {
    let mut files = 0;
    for entry in ignore::Walk::new(sample("")).flatten() {
        let path = entry.path();
        let before = read_file(path, &options());
        if !path.is_file() || before.events.is_empty() {
            continue;
        }
        files += 1;
        let text = rewrite(path, JsonFormat::JsonLines, None);
        assert_eq!(text.lines().count(), before.events.len());
        let mut after = read(text, &options());
        // Written without its values, it is read without them.
        if path.ends_with("powershell-shallow.json") {
            after.problems.clear();
        }
        assert_equal(&before, &after, &path.display().to_string());
    }
    assert!(files > 35, "only {files} samples");
}

#[test]
fn json_lines_of_recordings_are_read_back_equal() {
    let Some(folder) = corpora() else {
        return;
    };
    let mut records = 0;
    for entry in ignore::Walk::new(folder).flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "evtx") {
            continue;
        }
        let before = read_file(path, &options());
        let after = read(rewrite(path, JsonFormat::JsonLines, None), &options());
        assert_equal(&before, &after, &path.display().to_string());
        records += before.events.len();
        // From the fields alone, as for events without JSON of their own.
        let mut writer = JsonWriter::new(Vec::new(), JsonFormat::JsonLines, None);
        for event in &before.events {
            writer.write_owned(event).expect("a writable record");
        }
        let after = read(writer.finish().expect("memory"), &options());
        assert_equal(&before, &after, &path.display().to_string());
    }
    assert!(records > 8000, "only {records} records");
}

#[rstest]
#[case("cloudtrail-array-pretty.json", JsonFormat::CloudTrail)]
#[case("cloudtrail-lookup.json", JsonFormat::CloudTrail)]
#[case("cloudtrail-eventbridge.jsonl", JsonFormat::CloudTrail)]
#[case("azure-lines.jsonl", JsonFormat::AzureActivity)]
#[case("azure-rest.json", JsonFormat::AzureActivity)]
fn cloud_logs_are_read_back_equal(#[case] name: &str, #[case] format: JsonFormat) {
    let text = rewrite(&sample(name), format, None);
    let start = match format {
        JsonFormat::CloudTrail => "{\"Records\":[",
        _ => "{\"records\":[",
    };
    assert!(text.starts_with(start));
    let _: serde_json::Value = serde_json::from_str(&text).expect("one JSON document");
    let before = read_file(&sample(name), &options());
    assert_equal(&before, &read(text, &options()), name);
}

#[test]
fn records_of_other_logs_are_refused() {
    let log = read_file(&sample("evtx-dump-lines.jsonl"), &options());
    for format in [JsonFormat::CloudTrail, JsonFormat::AzureActivity] {
        let mut writer = JsonWriter::new(Vec::new(), format, None);
        let error = writer.write_owned(&log.events[0]).expect_err("another log");
        let problem = error.diagnostic(Path::new("log"), 1);
        assert_eq!(problem.code.as_str(), "misfire::log::unwritable_record");
        let text = writer.finish().expect("memory can be written");
        assert_eq!(read(text, &options()).codes(), ["misfire::log::empty"]);
    }
}

#[test]
fn a_record_keeps_what_values_cannot_hold() {
    let record = r#"{"eventSource":"a","eventName":"b","eventTime":"2026-03-04T05:06:07Z","z":1,"a":1.50,"n":123456789012345678901234567890,"z":2,"u":"\u00e9\/"}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    std::fs::write(&path, record.replace(",\"", " ,\r\n \"")).expect("a file");
    let shift = Shift::new(SignedDuration::from_hours(1));
    let text = rewrite(&path, JsonFormat::JsonLines, Some(shift));
    assert_eq!(text, record.replace("T05", "T06") + "\n");
}

#[test]
fn times_move_together() {
    let shift = Shift::new(SignedDuration::new(86_400 * 366 + 61, 0));
    let mut moved = 0;
    for entry in ignore::Walk::new(sample("")).flatten() {
        let path = entry.path();
        let before = read_file(path, &options());
        if before.events.is_empty() {
            continue;
        }
        let after = read(
            rewrite(path, JsonFormat::JsonLines, Some(shift)),
            &options(),
        );
        assert_eq!(before.events.len(), after.events.len());
        for (before, after) in before.events.iter().zip(&after.events) {
            let mut expected = before.clone();
            shift.event(&mut expected).expect("a time in range");
            assert_eq!(essence(after), essence(&expected), "{}", path.display());
            let all = format!("{:?}", after.fields);
            for name in [
                "UtcTime",
                "eventTime",
                "creationDate",
                "submissionTimestamp",
            ] {
                let field = after.fields.iter().find(|field| field.name.ends_with(name));
                if let Some(field) = field {
                    let text = format!("{:?}", field.value);
                    assert!(text.contains("2027-03-05"), "{name}: {text}");
                    moved += 1;
                }
            }
            // Values without names are not known to be times.
            let has_names = !path.display().to_string().contains("powershell");
            assert!(!has_names || !all.contains("2026-03-04"), "{all}");
        }
    }
    assert!(moved > 30, "only {moved} times");
}

#[rstest]
#[case("2026-03-04T05:06:07Z", "2026-03-04T06:06:08Z")]
#[case("2026-03-04T05:06:07.8901234Z", "2026-03-04T06:06:08.8901234Z")]
#[case(
    "2026-03-04T05:06:07.890123456000Z",
    "2026-03-04T06:06:08.890123456000Z"
)]
#[case("2026-12-31 23:06:07.889", "2027-01-01 00:06:08.889")]
#[case("2026-03-04T05:06:07+02:00", "2026-03-04T06:06:08+02:00")]
#[case("/Date(1772600767890)/", "/Date(1772604368890)/")]
#[case("/Date(1772600767890+0100)/", "/Date(1772604368890+0100)/")]
#[case("1772600767", "1772604368")]
#[case("1772600767.5", "1772604368.5")]
#[case("1772600767890123", "1772604368890123")]
#[case("Mar 4, 2026, 5:06:07 AM", "Mar 4, 2026, 6:06:08 AM")]
#[case("Mar 4, 2026 11:06:07 PM", "Mar 5, 2026 12:06:08 AM")]
fn a_moved_time_keeps_its_notation(#[case] before: &str, #[case] after: &str) {
    let shift = Shift::new(SignedDuration::from_secs(3601));
    assert_eq!(shift.text(before), Ok(Some(after.to_owned())));
    let back = Shift::new(SignedDuration::from_secs(-3601));
    assert_eq!(back.text(after), Ok(Some(before.to_owned())));
}

#[test]
fn what_is_no_time_stays_and_what_leaves_the_range_is_told() {
    let shift = Shift::new(SignedDuration::from_hours(24 * 365 * 9000));
    for text in [
        "",
        "-",
        "tomorrow",
        "2026-13-45T00:00:00Z",
        "17",
        "%%1794",
        "ä2026-03-04T",
    ] {
        assert_eq!(shift.text(text), Ok(None), "{text}");
    }
    assert!(shift.text("2026-03-04T05:06:07Z").is_err());
    let mut event = read_file(&sample("cloudtrail-lines.jsonl"), &options())
        .events
        .remove(0);
    assert!(shift.event(&mut event).is_err());
}

fn scalar() -> impl Strategy<Value = OwnedValue> {
    prop_oneof![
        any::<String>().prop_map(|text| OwnedValue::Text(text.into())),
        any::<i64>().prop_map(OwnedValue::Integer),
        any::<f64>()
            .prop_filter("JSON has no such numbers", |number| number.is_finite())
            .prop_map(OwnedValue::Float),
        any::<bool>().prop_map(OwnedValue::Bool),
        Just(OwnedValue::Null),
    ]
}

fn value() -> impl Strategy<Value = OwnedValue> {
    prop_oneof![
        4 => scalar(),
        1 => prop::collection::vec(scalar(), 0..4)
            .prop_map(OwnedValue::List),
    ]
}

fn fields(sections: Vec<Section>) -> impl Strategy<Value = Vec<OwnedField>> {
    let name = prop_oneof![
        "[A-Za-z][A-Za-z0-9 ]{0,8}",
        "[a-z]{1,3}(\\.[a-z]{1,3}){0,3}",
        "[a-z.]{1,4}",
    ];
    let field = (prop::sample::select(sections), name, value());
    prop::collection::vec(field, 0..12).prop_map(|fields| {
        let mut seen = std::collections::HashSet::new();
        fields
            .into_iter()
            .filter(|(section, name, _)| seen.insert((*section, name.clone())))
            .map(|(section, name, value)| OwnedField {
                section,
                name: name.into(),
                value,
            })
            .collect()
    })
}

fn event(origin: Origin, fields: Vec<OwnedField>) -> OwnedEvent {
    OwnedEvent {
        id: EventId {
            file: FileId(0),
            record: 1,
        },
        time: None,
        origin,
        fields,
    }
}

fn written(event: &OwnedEvent) -> Log {
    let mut writer = JsonWriter::new(Vec::new(), JsonFormat::JsonLines, None);
    writer.write_owned(event).expect("a writable record");
    read(writer.finish().expect("memory can be written"), &options())
}

proptest! {
    #[test]
    fn any_windows_event_is_read_back_equal(
        fields in fields(vec![Section::EventData, Section::UserData, Section::RenderingInfo]),
        channel in "[A-Za-z/-]{1,20}",
        id in any::<u16>(),
    ) {
        let mut event = event(
            Origin::EventLog {
                provider: Some("Example".into()),
                channel: Some(channel.clone().into()),
                event_id: Some(id.into()),
            },
            fields,
        );
        let mut system = |name: &str, value: OwnedValue| event.fields.push(OwnedField {
            section: Section::System,
            name: name.into(),
            value,
        });
        system("Provider_Name", OwnedValue::Text("Example".into()));
        system("EventID_Qualifiers", OwnedValue::Integer(3));
        system("EventID", OwnedValue::Integer(id.into()));
        system("Correlation", OwnedValue::Null);
        system("Channel", OwnedValue::Text(channel.into()));
        let log = written(&event);
        prop_assert_eq!(log.codes(), [""; 0]);
        prop_assert_eq!(essence(&log.events[0]), essence(&event));
    }

    #[test]
    fn any_other_event_is_read_back_equal(fields in fields(vec![Section::Body])) {
        prop_assume!(!fields.is_empty());
        let origin = Origin::Stream(LogSource::new(Some("okta"), None, Some("okta")));
        let event = event(origin, fields);
        let log = written(&event);
        prop_assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
        prop_assert_eq!(&essence(&log.events[0]).2, &essence(&event).2);
    }
}
