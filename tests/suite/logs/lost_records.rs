//! Records that cannot be read are told as errors, never only counted as noise.

use std::fmt::Write as _;

use crate::logs::common::{Log, read};
use misfire::diagnostic::{Severity, sort};
use misfire::event::{FileId, LogSource, Origin};
use misfire::log::{Format, ReadOptions, read_bytes};
use rstest::rstest;
use serde_json::json;

const EVENT: &str = "<Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>1</EventID>\
    <Channel>Linux-Sysmon/Operational</Channel></System>\
    <EventData><Data Name=\"Image\">/usr/bin/code</Data></EventData></Event>";
const TRAIL: &str =
    r#"{"eventSource":"a","eventName":"b","eventTime":"2026-03-04T05:06:07Z","eventVersion":"1"}"#;

fn plain(text: impl Into<Vec<u8>>) -> Log {
    read(text, &ReadOptions::default())
}

fn declared() -> ReadOptions {
    ReadOptions {
        declared: Some(LogSource::new(Some("okta"), None, Some("okta"))),
        ..ReadOptions::default()
    }
}

/// Whether the only problem is an error that a record is bad.
fn assert_one_bad_record(log: &Log) {
    assert_eq!(
        log.codes(),
        ["misfire::log::bad_record"],
        "{:?}",
        log.problems
    );
    assert_eq!(log.problems[0].severity, Severity::Error);
}

#[rstest]
#[case(&TRAIL[..30])]
#[case(&TRAIL[..TRAIL.len() - 1])]
#[case(&TRAIL[1..])]
#[case("")]
#[case("{}")]
#[case("lost")]
fn a_damaged_embedded_cloudtrail_event_is_told(#[case] damaged: &str) {
    let answer = json!({"Events": [
        {"EventId": "1", "CloudTrailEvent": TRAIL},
        {"EventId": "2", "CloudTrailEvent": damaged},
        {"EventId": "3", "CloudTrailEvent": TRAIL},
    ]});
    let log = plain(answer.to_string());
    assert_eq!(log.events.len(), 2);
    assert_one_bad_record(&log);
}

#[test]
fn a_damaged_cloudwatch_message_is_told_and_text_is_passed_over() {
    let entry = |message: &str| json!({"logStreamName": "s", "timestamp": 1, "message": message});
    let answer = json!({"events": [entry(TRAIL), entry(&TRAIL[..40]), entry(TRAIL)]});
    let log = plain(answer.to_string());
    assert_eq!(log.events.len(), 2);
    assert_one_bad_record(&log);
    let answer = json!({"events": [entry(TRAIL), entry("START RequestId: 1"), entry(TRAIL)]});
    assert_eq!(
        plain(answer.to_string()).codes(),
        ["misfire::log::passed_over"]
    );
}

fn journal(identifier: &str, message: &serde_json::Value) -> String {
    json!({
        "__REALTIME_TIMESTAMP": "1772600767890121",
        "SYSLOG_IDENTIFIER": identifier,
        "MESSAGE": message,
    })
    .to_string()
}

#[rstest]
#[case("sysmon", EVENT.replace("<Event>", "<Evemt>").into())]
#[case("other", EVENT.replace("<Event>", "<Evemt>").into())]
#[case("other", EVENT[..80].replace("<Event>", "").into())]
#[case("other", "Image\">a</Data></Event>".into())]
#[case("sysmon", "<Even".into())]
// What `journalctl` does with long fields unless asked for all.
#[case("sysmon", serde_json::Value::Null)]
fn a_damaged_journal_entry_of_sysmon_is_told(
    #[case] identifier: &str,
    #[case] message: serde_json::Value,
) {
    let lines = [
        journal("sysmon", &EVENT.into()),
        journal(identifier, &message),
        journal("sysmon", &EVENT.into()),
    ];
    let log = plain(lines.join("\n") + "\n");
    assert_eq!(log.format, Some(Format::SysmonLinux));
    assert_eq!(log.events.len(), 2);
    assert_one_bad_record(&log);
}

#[test]
fn journal_entries_of_other_programs_are_passed_over() {
    let lines = [
        journal("sysmon", &EVENT.into()),
        journal("cron", &"session <opened>".into()),
        journal("sysmon", &"Sysmon v1.3 - Monitors system events".into()),
        journal("audit", &serde_json::Value::Null),
        json!({"__REALTIME_TIMESTAMP": "1772600767890121"}).to_string(),
    ];
    let log = plain(lines.join("\n") + "\n");
    assert_eq!(log.events.len(), 1);
    assert_eq!(
        log.codes(),
        ["misfire::log::passed_over"],
        "{:?}",
        log.problems
    );
    assert_eq!(log.problems[0].more, 4);
}

#[rstest]
#[case(format!("Mar  4 05:06:07 host1 sysmon: {}", EVENT.replace("<Event>", "<Evemt>")))]
#[case(format!("Mar  4 05:06:07 host1 other: {}", &EVENT[7..]))]
#[case(format!("Mar  4 05:06:07 host1 {}", &EVENT[60..]))]
#[case("<14>Mar  4 05:06:07 host1 sysmon[77]: <Even".to_owned())]
#[case("</Event>".to_owned())]
fn a_damaged_syslog_line_of_sysmon_is_told(#[case] damaged: String) {
    let whole = format!("Mar  4 05:06:07 host1 sysmon: {EVENT}");
    for text in [
        format!("{whole}\n{damaged}\n{whole}\n"),
        format!("{whole}\n{whole}\n{damaged}"),
    ] {
        let log = plain(text);
        assert_eq!(log.format, Some(Format::SysmonLinux));
        assert_eq!(log.events.len(), 2);
        assert_one_bad_record(&log);
    }
}

#[test]
fn syslog_lines_of_other_programs_are_passed_over() {
    let text = format!(
        "<14>Mar  4 05:06:07 host1 sysmon: {EVENT}\n\
         <14>Mar  4 05:06:07 host1 cron[9]: session <opened>\n\
         <14>Mar  4 05:06:07 host1 sysmon[77]: Sysmon v1.3 - Monitors system events\n"
    );
    let log = plain(text);
    assert_eq!(log.events.len(), 1);
    assert_eq!(
        log.codes(),
        ["misfire::log::passed_over"],
        "{:?}",
        log.problems
    );
    assert_eq!(log.problems[0].more, 2);
}

#[test]
fn records_of_other_kinds_after_a_journal_entry_are_read() {
    let nxlog = r#"{"EventTime":"2026-03-04T05:06:07Z","EventID":104,"SourceName":"a","Channel":"System","Message":"m"}"#;
    let search = json!({"preview": false, "result": {"_raw": EVENT}}).to_string();
    for first in [
        journal("sysmon", &EVENT.into()),
        journal("cron", &"session opened".into()),
        search,
    ] {
        let log = plain(format!("{first}\n{nxlog}\n{nxlog}\n{TRAIL}\n{first}\n"));
        let found = log
            .events
            .iter()
            .filter(|event| {
                matches!(
                    &event.origin,
                    Origin::EventLog {
                        event_id: Some(104),
                        ..
                    }
                ) || matches!(&event.origin, Origin::Stream(_))
            })
            .count();
        assert_eq!(found, 3, "{first}: {:?}", log.problems);
        assert!(
            !log.codes().contains(&"misfire::log::bad_record"),
            "{:?}",
            log.problems
        );
    }
}

#[test]
fn a_search_result_without_its_event_is_told() {
    let whole = json!({"result": {"_raw": EVENT}});
    let without = json!({"result": {"EventCode": "1"}});
    let log = plain(format!("{whole}\n{without}\n"));
    assert_eq!(log.events.len(), 1);
    assert_one_bad_record(&log);
}

/// The problems that the reader itself gives, in its order.
fn problems_of_reader(text: String) -> (u64, usize, u64) {
    let options = ReadOptions::default();
    let mut reader = read_bytes("log".as_ref(), text.into(), FileId(0), &options).expect("a log");
    let (mut events, mut problems, mut counted) = (0, 0, 0);
    while let Some(chunk) = reader.next_chunk() {
        let told = match chunk {
            Ok(chunk) => {
                let decoded = chunk.decode(&options);
                events += decoded.batch.events().count() as u64;
                decoded.problems
            }
            Err(problem) => vec![problem],
        };
        problems += told.len();
        counted += told.iter().map(|problem| problem.more.max(1)).sum::<u64>();
    }
    (events, problems, counted)
}

#[test]
fn stray_lines_take_bounded_memory() {
    let strays = 2_000_000;
    let mut xml = String::new();
    let mut pretty = String::from("[\n");
    for _ in 0..1000 {
        writeln!(xml, "{EVENT}").expect("memory can be written");
        writeln!(pretty, "{TRAIL},").expect("memory can be written");
    }
    pretty.truncate(pretty.len() - 2);
    pretty.push_str("\n]\n");
    for start in [xml, pretty] {
        let (events, problems, counted) = problems_of_reader(start + &"x\n".repeat(strays));
        assert_eq!(events, 1000);
        assert!(problems <= 21, "{problems} problems");
        assert_eq!(counted, strays as u64);
    }
}

#[test]
fn a_declaration_beats_a_guess() {
    let okta = Origin::Stream(LogSource::new(Some("okta"), None, Some("okta")));
    for record in [
        r#"{"result":"SUCCESS","eventType":"user.login"}"#,
        r#"{"result":{"code":7},"eventType":"user.login"}"#,
        r#"{"_raw":"a line","eventType":"user.login"}"#,
        r#"{"MESSAGE":"a line","eventType":"user.login"}"#,
    ] {
        for text in [
            format!("{record}\n{record}\n"),
            format!("[{record},{record}]"),
        ] {
            let log = read(text, &declared());
            assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
            assert_eq!(log.events.len(), 2, "{record}");
            for event in &log.events {
                assert_eq!(event.origin, okta);
            }
        }
    }
    // What really holds events says what it is.
    let noise = journal("cron", &"session opened".into());
    for record in [
        json!({"_raw": EVENT}).to_string(),
        journal("sysmon", &EVENT.into()),
        journal("sysmon", &EVENT.as_bytes().into()),
    ] {
        let log = read(format!("{noise}\n{record}\n"), &declared());
        assert_eq!(log.events.len(), 1, "{:?}", log.problems);
        assert!(matches!(log.events[0].origin, Origin::EventLog { .. }));
    }
}

#[test]
fn the_count_of_further_problems_stands_behind_the_first_ones() {
    let mut log = plain(format!("{TRAIL}\n{}", "broken\n".repeat(50)));
    sort(&mut log.problems);
    let more: Vec<_> = log.problems.iter().map(|problem| problem.more).collect();
    assert_eq!(more.len(), 21);
    assert_eq!(more[20], 30);
}

#[test]
fn formats_serialise_as_users_know_them() {
    let names = [
        (Format::Evtx, "evtx"),
        (Format::CloudTrail, "cloudtrail"),
        (Format::AzureActivity, "azure-activity"),
        (Format::WindowsXml, "windows-xml"),
        (Format::WindowsJson, "windows-json"),
        (Format::Winlogbeat, "winlogbeat"),
        (Format::Nxlog, "nxlog"),
        (Format::PowerShell, "powershell"),
        (Format::SysmonLinux, "sysmon-linux"),
        (Format::JsonLines, "json"),
    ];
    for (format, name) in names {
        assert_eq!(json!(format), json!(name));
    }
}
