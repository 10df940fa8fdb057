//! What the event model promises, on the odd records that real logs hold.

use std::path::Path;
use std::sync::Arc;

use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, Event, FileId, Names, Origin, OwnedEvent, OwnedValue, Section, Value};
use misfire::log::{ReadOptions, read_bytes};

/// One Windows event as `evtx_dump` renders it; `parts` stands beside `System`.
fn windows(system: &str, parts: &str) -> String {
    format!(
        r##"{{"Event":{{"#attributes":{{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"}},"System":{{{system}}}{parts}}}}}"##
    )
}

const SYSTEM: &str = r##""Provider":{"#attributes":{"Name":"Example-Provider","Guid":"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"}},"EventID":7,"Version":2,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-02T09:14:03.1182046Z"}},"EventRecordID":41,"Correlation":null,"Execution":{"#attributes":{"ProcessID":4,"ThreadID":8}},"Channel":"Example/Operational","Computer":"WS01.corp.example","Security":{"#attributes":{"UserID":"S-1-5-18"}}"##;

fn read_with(names: Names, text: &str) -> Batch {
    let options = ReadOptions {
        names: Arc::new(names),
        ..ReadOptions::default()
    };
    let bytes = text.as_bytes().to_vec();
    let mut log = read_bytes(Path::new("test.jsonl"), bytes, FileId(3), &options).expect("a log");
    let chunk = log.next_chunk().expect("a chunk").expect("a whole chunk");
    let decoded = chunk.decode(&options);
    assert_eq!(decoded.problems, []);
    decoded.batch
}

fn read(text: &str) -> Batch {
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    read_with(names.freeze(), text)
}

fn only(batch: &Batch) -> Event<'_> {
    assert_eq!(batch.len(), 1);
    batch.events().next().expect("one event")
}

fn text<'b>(event: Event<'b>, section: Section, name: &str) -> Option<&'b str> {
    event.find(section, name).and_then(|value| value.as_text())
}

#[test]
fn the_frame_is_flat_under_sigmas_names() {
    let batch = read(&windows(SYSTEM, ""));
    let event = only(&batch);
    assert_eq!(
        text(event, Section::System, "Provider_Name"),
        Some("Example-Provider")
    );
    assert_eq!(
        text(event, Section::System, "Security_UserID"),
        Some("S-1-5-18")
    );
    assert_eq!(
        text(event, Section::System, "Computer"),
        Some("WS01.corp.example")
    );
    let process = event.find(Section::System, "Execution_ProcessID");
    assert!(matches!(process, Some(Value::Integer(4))));
    assert_eq!(
        event.time().map(|time| time.to_string()).as_deref(),
        Some("2026-11-02T09:14:03.1182046Z")
    );
    assert_eq!(event.id().file, FileId(3));
    let Origin::EventLog {
        provider,
        channel,
        event_id,
    } = event.origin()
    else {
        panic!("{:?}", event.origin());
    };
    assert_eq!(provider.as_deref(), Some("Example-Provider"));
    assert_eq!(channel.as_deref(), Some("Example/Operational"));
    assert_eq!(*event_id, Some(7));
}

#[test]
fn an_event_id_with_qualifiers_is_still_a_number() {
    let system = SYSTEM.replace(
        r#""EventID":7"#,
        r##""EventID":{"#attributes":{"Qualifiers":16384},"#text":7036}"##,
    );
    let batch = read(&windows(&system, ""));
    let event = only(&batch);
    assert!(matches!(
        event.find(Section::System, "EventID"),
        Some(Value::Integer(7036))
    ));
    assert!(matches!(
        event.find(Section::System, "EventID_Qualifiers"),
        Some(Value::Integer(16384))
    ));
    assert!(matches!(
        event.origin(),
        Origin::EventLog {
            event_id: Some(7036),
            ..
        }
    ));
}

#[test]
fn a_null_channel_is_no_channel() {
    let system = SYSTEM.replace(r#""Channel":"Example/Operational""#, r#""Channel":null"#);
    let batch = read(&windows(&system, ""));
    let event = only(&batch);
    assert!(matches!(
        event.find(Section::System, "Channel"),
        Some(Value::Null)
    ));
    assert!(matches!(
        event.origin(),
        Origin::EventLog { channel: None, .. }
    ));
}

#[test]
fn a_channel_in_user_data_does_not_route() {
    let batch = read(&windows(
        SYSTEM,
        r##","UserData":{"LogFileCleared":{"#attributes":{"xmlns":"http://example"},"SubjectUserName":"avery","Channel":"Security"}}"##,
    ));
    let event = only(&batch);
    assert_eq!(
        text(event, Section::System, "Channel"),
        Some("Example/Operational")
    );
    assert_eq!(text(event, Section::UserData, "Channel"), Some("Security"));
    assert_eq!(
        text(event, Section::UserData, "SubjectUserName"),
        Some("avery")
    );
    let Origin::EventLog { channel, .. } = event.origin() else {
        panic!("{:?}", event.origin());
    };
    assert_eq!(channel.as_deref(), Some("Example/Operational"));
}

#[test]
fn a_record_that_windows_could_not_render_keeps_its_data() {
    let batch = read(&windows(
        SYSTEM,
        r#","ProcessingErrorData":{"ErrorCode":15005,"DataItemName":"shellId","EventPayload":"6800"}"#,
    ));
    let event = only(&batch);
    assert!(matches!(
        event.find(Section::ProcessingErrorData, "ErrorCode"),
        Some(Value::Integer(15005))
    ));
    let id = event.names().get("EventPayload").expect("a known name");
    assert_eq!(
        event.payload(id).and_then(|value| value.as_text()),
        Some("6800")
    );
}

#[test]
fn absent_null_and_empty_are_three_things() {
    let batch = read(&windows(SYSTEM, r#","EventData":{"A":null,"B":""}"#));
    let event = only(&batch);
    assert!(matches!(
        event.find(Section::EventData, "A"),
        Some(Value::Null)
    ));
    assert_eq!(text(event, Section::EventData, "B"), Some(""));
    assert!(event.find(Section::EventData, "C").is_none());
}

#[test]
fn blanks_at_the_end_of_a_value_are_kept() {
    let batch = read(&windows(
        SYSTEM,
        r#","EventData":{"LogonProcessName":"NtLmSsp "}"#,
    ));
    assert_eq!(
        text(only(&batch), Section::EventData, "LogonProcessName"),
        Some("NtLmSsp ")
    );
}

#[test]
fn unnamed_data_is_a_list() {
    let batch = read(&windows(
        SYSTEM,
        r##","EventData":{"Data":{"#text":["one","two"]},"Binary":"6100"}"##,
    ));
    let event = only(&batch);
    let Some(Value::List(list)) = event.find(Section::EventData, "Data") else {
        panic!("{:?}", event.find(Section::EventData, "Data"));
    };
    let items: Vec<_> = list.iter().filter_map(|item| item.as_text()).collect();
    assert_eq!(items, ["one", "two"]);
    assert_eq!(text(event, Section::EventData, "Binary"), Some("6100"));
}

#[test]
fn a_name_with_blanks_answers_to_the_name_without() {
    let event_data = r#","EventData":{"Odd Name":"x"}"#;
    let mut asked = Names::builder();
    asked.intern("OddName");
    let batch = read_with(asked.freeze(), &windows(SYSTEM, event_data));
    let id = only(&batch).names().get("OddName").expect("the asked name");
    assert_eq!(
        only(&batch).payload(id).and_then(|value| value.as_text()),
        Some("x")
    );
    // Where the full spelling is known, it is the name.
    let batch = read(&windows(SYSTEM, r#","EventData":{"Threat Name":"EICAR"}"#));
    assert_eq!(
        text(only(&batch), Section::EventData, "Threat Name"),
        Some("EICAR")
    );
}

#[test]
fn escapes_are_decoded_once() {
    let batch = read(&windows(
        SYSTEM,
        r#","EventData":{"Path":"C:\\Temp\\\u00e4\n","Plain":"D:/x"}"#,
    ));
    let event = only(&batch);
    assert_eq!(
        text(event, Section::EventData, "Path"),
        Some("C:\\Temp\\\u{e4}\n")
    );
    assert_eq!(text(event, Section::EventData, "Plain"), Some("D:/x"));
}

#[test]
fn numbers_beyond_the_signed_range_keep_their_digits() {
    let batch = read(&windows(
        SYSTEM,
        r#","EventData":{"Big":18446744073709551615,"Small":-9223372036854775808}"#,
    ));
    let event = only(&batch);
    assert_eq!(
        text(event, Section::EventData, "Big"),
        Some("18446744073709551615")
    );
    assert!(matches!(
        event.find(Section::EventData, "Small"),
        Some(Value::Integer(i64::MIN))
    ));
}

#[test]
fn nested_json_has_dotted_names_and_lists_gather() {
    let record = r#"{"eventVersion":"1.11","eventSource":"ssm.amazonaws.com","eventName":"SendCommand","eventTime":"2026-11-03T08:31:00Z","awsRegion":"eu-central-1","eventID":"6f1c2f60-1f52-4a83-90a4-1b0f6bfb0001","userIdentity":{"type":"IAMUser","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"requestParameters":{"instanceIds":["i-1","i-2"],"targets":[{"key":"a","values":["x","y"]},{"key":"b","values":[]}],"empty":{}},"responseElements":null}"#;
    let batch = read(&format!(r#"{{"Records":[{record}]}}"#));
    let event = only(&batch);
    let body = |name| event.find(Section::Body, name);
    assert_eq!(
        body("userIdentity.type").and_then(|value| value.as_text()),
        Some("IAMUser")
    );
    let nested = "userIdentity.sessionContext.attributes.mfaAuthenticated";
    assert_eq!(
        body(nested).and_then(|value| value.as_text()),
        Some("false")
    );
    let list = |name| match body(name) {
        Some(Value::List(list)) => list
            .iter()
            .filter_map(|item| item.as_text().map(str::to_owned))
            .collect::<Vec<_>>(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(list("requestParameters.instanceIds"), ["i-1", "i-2"]);
    assert_eq!(list("requestParameters.targets.key"), ["a", "b"]);
    assert_eq!(list("requestParameters.targets.values"), ["x", "y"]);
    assert!(matches!(
        body("requestParameters.empty"),
        Some(Value::Node("{}"))
    ));
    assert!(matches!(body("responseElements"), Some(Value::Null)));
    assert_eq!(event.origin().to_string(), "aws/cloudtrail");
}

#[test]
fn an_owned_event_is_the_event() {
    let batch = read(&windows(
        SYSTEM,
        r#","EventData":{"A":"x","B":[1,2],"C":true}"#,
    ));
    let event = only(&batch);
    let owned = OwnedEvent::from(event);
    assert_eq!(owned.id, event.id());
    assert_eq!(owned.fields.len(), event.fields().count());
    assert_eq!(
        owned.get(Section::EventData, "A"),
        Some(&OwnedValue::Text("x".into()))
    );
    assert_eq!(
        owned.get(Section::EventData, "B"),
        Some(&OwnedValue::List(vec![
            OwnedValue::Integer(1),
            OwnedValue::Integer(2)
        ]))
    );
    assert_eq!(
        owned.get(Section::EventData, "C"),
        Some(&OwnedValue::Bool(true))
    );
}

#[test]
fn names_that_nobody_asked_for_stay_in_their_batch() {
    // A hostile log cannot grow the shared table.
    let fields: Vec<String> = (0..2000)
        .map(|index| format!(r#""F{index}":{index}"#))
        .collect();
    let batch = read(&windows(
        SYSTEM,
        &format!(r#","EventData":{{{}}}"#, fields.join(",")),
    ));
    let event = only(&batch);
    assert!(matches!(
        event.find(Section::EventData, "F1999"),
        Some(Value::Integer(1999))
    ));
    assert!(event.names().get("F1999").is_none());
}
