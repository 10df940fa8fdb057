//! Expressions of Cloud SIEM over logs: on which records they fire, and how they are
//! judged.

use misfire::content::{LoadedDetections, load_detections_from};
use misfire::detect::Engine;
use misfire::detect::ProgramId;
use misfire::diagnostic::{Ink, SourceText, to_text};
use misfire::event::FileId;
use misfire::event::catalogue::Catalogue;
use serde_json::{Value, json};

use crate::spl_search::{engine, found};
use crate::support::project::{
    Project, RULE, Recording, security, sysmon, sysmon_event, verdict_of, windows,
};
use crate::support::read;

/// A bare query.
fn query(id: &str, expression: &str) -> String {
    format!(
        "id: {id}\ntitle: Whoami\nlanguage: sumo-cse\nquery: |\n  {}\n",
        expression.trim().replace('\n', "\n  ")
    )
}

fn loaded(expression: &str) -> LoadedDetections {
    let source = SourceText::new("query.yml", query(RULE, expression));
    let loaded = load_detections_from(vec![Ok(source)], None);
    assert_eq!(
        to_text(&loaded.problems, Ink::Plain),
        "",
        "in: {expression}"
    );
    loaded
}

/// The records of a log that an expression fires on.
fn fired(expression: &str, log: &[Value]) -> Vec<u64> {
    let (engine, names) = engine(loaded(expression));
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    let lines: String = log.iter().map(|record| format!("{record}\n")).collect();
    std::fs::write(&path, lines).expect("a writable file");
    let batches = read(&path, FileId(0), &names);
    let firings = found(&engine, &batches);
    let events = firings.iter().flat_map(|firing| &firing.events);
    events.map(|event| event.record).collect()
}

/// The records of a small log of process starts that an expression fires on.
fn records(expression: &str) -> Vec<u64> {
    let log = [
        sysmon(1, 5, r"C:\Windows\System32\whoami.exe"),
        sysmon(2, 6, r"C:\Windows\System32\notepad.exe"),
        sysmon(3, 7, r"C:\Tools\WHOAMI.EXE"),
        security(
            4,
            8,
            json!({"NewProcessName": r"C:\Windows\System32\whoami.exe", "CommandLine": ""}),
        ),
        windows(
            "Microsoft-Windows-PowerShell",
            "Microsoft-Windows-PowerShell/Operational",
            4104,
            5,
            9,
            json!({"ScriptBlockText": "whoami /all", "Path": ""}),
        ),
        sysmon_event(
            3,
            6,
            10,
            json!({"Image": r"C:\Tools\whoami.exe", "DestinationPort": "443", "SourcePort": "50112"}),
        ),
    ];
    fired(expression, &log)
}

#[test]
fn an_expression_fires_on_each_record_by_itself() {
    assert_eq!(records(r"baseImage LIKE '%\whoami.exe'"), [1, 4, 6]);
    assert_eq!(
        records(r"lower(baseImage) LIKE '%\whoami.exe'"),
        [1, 3, 4, 6]
    );
    assert_eq!(records("NOT baseImage LIKE '%whoami%'"), [2, 3, 5]);
    // What is missing is like nothing, so that its contrary holds.
    assert_eq!(records("NOT commandLine LIKE '%all%'"), [4, 6]);
    assert_eq!(records("commandLine matches /whoami|notepad/"), [1, 2, 5]);
}

#[test]
fn records_are_told_apart_by_the_fields_of_all() {
    let sysmon = "metadata_deviceEventId = 'Microsoft-Windows-Sysmon/Operational-1'";
    assert_eq!(records(sysmon), [1, 2, 3]);
    let several = "metadata_deviceEventId IN ('Security-4688',
        'Microsoft-Windows-Sysmon/Operational-3')";
    assert_eq!(records(several), [4, 6]);
    assert_eq!(
        records("metadata_vendor = 'Microsoft' AND objectType = 'EndpointProcess'"),
        [1, 2, 3, 4]
    );
    assert_eq!(records("metadata_product = 'CloudTrail'"), [0; 0]);
    assert_eq!(records("metadata_deviceEventId RLIKE '-4104$'"), [5]);
}

#[test]
fn keys_reach_what_the_parser_found() {
    assert_eq!(
        records(r#"fields["EventData.Image"] LIKE '%notepad.exe'"#),
        [2]
    );
    assert_eq!(records("fields['EventID'] = 4688"), [4]);
    assert_eq!(records("fields['Channel'] = 'Security'"), [4]);
    assert_eq!(records("fields['EventData.Nothing'] IS NOT NULL"), [0; 0]);
    assert_eq!(
        records(
            "| json field=fields \"['EventData.DestinationPort']\" as port | where toInt(port) > 442"
        ),
        [6]
    );
}

#[test]
fn numbers_are_compared_as_such() {
    assert_eq!(records("dstPort < 1024 AND srcPort > dstPort"), [6]);
    assert_eq!(records("dstPort IN ('443')"), [6]);
    assert_eq!(records("dstPort BETWEEN 444 AND 500"), [0; 0]);
}

/// An expression looks at the logs that its event ids are of, and at no other.
#[test]
fn an_expression_covers_its_own_logs_only() {
    let covered = |expression: &str| {
        let (engine, _) = engine(loaded(expression));
        let sources = Catalogue::bundled().sources().iter();
        let covered = sources.filter(|source| engine.covers(ProgramId(0), source));
        covered
            .map(|source| source.id.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        covered("metadata_deviceEventId = 'Security-4688' AND commandLine LIKE '%x%'"),
        ["security"]
    );
    assert_eq!(
        covered("metadata_product = 'CloudTrail' AND action = 'SendCommand'"),
        ["cloudtrail"]
    );
    // What CloudTrail and Azure call an event may be anything.
    let both = "metadata_product = 'Windows' AND metadata_deviceEventId IN ('Security-4688', 'Microsoft-Windows-Sysmon/Operational-1')";
    assert_eq!(covered(both), ["sysmon", "security"]);
}

#[test]
fn cloud_records_have_their_keys() {
    let log = [
        json!({"eventVersion": "1.08", "eventTime": "2026-11-03T08:31:00Z", "eventSource": "ssm.amazonaws.com",
            "eventName": "SendCommand", "eventType": "AwsApiCall", "awsRegion": "eu-central-1",
            "userIdentity": {"type": "IAMUser", "userName": "avery"}, "errorCode": "AccessDenied",
            "requestParameters": {"instanceIds": ["i-1", "i-2"]}, "eventID": "1", "recipientAccountId": "111122223333"}),
        json!({"eventVersion": "1.08", "eventTime": "2026-11-03T08:31:01Z", "eventSource": "ssm.amazonaws.com",
            "eventName": "StartSession", "eventType": "AwsApiCall", "awsRegion": "eu-central-1",
            "userIdentity": {"type": "IAMUser", "userName": "avery"}, "eventID": "2", "recipientAccountId": "111122223333"}),
    ];
    let count = |expression: &str| fired(expression, &log).len();
    assert_eq!(
        count("metadata_deviceEventId = 'AwsApiCall-SendCommand' AND user_username = 'avery'"),
        1
    );
    assert_eq!(count("fields['userIdentity.type'] = 'IAMUser'"), 2);
    assert_eq!(count("fields['errorCode'] IS NULL"), 1);
    assert_eq!(
        count("fields['requestParameters.instanceIds.2'] = 'i-2'"),
        1
    );
    assert_eq!(
        count("fields['requestParameters.instanceIds.1'] = 'i-2'"),
        0
    );
}

/// A project with one expression for its rule.
fn judged(expression: &str) -> Project {
    Project::new().ruled(query(RULE, expression))
}

#[test]
fn an_expression_is_judged_as_any_rule_is() {
    let fires = r"metadata_deviceEventId = 'Microsoft-Windows-Sysmon/Operational-1'
        AND baseImage LIKE '%\whoami.exe'";
    let done = judged(fires).run().exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
    assert_eq!(
        done.json()["tests"][0]["verdicts"][0]["language"],
        "sumo-cse"
    );

    let silent = r"baseImage LIKE '%\whoami2.exe'";
    let done = judged(silent).run().exits(1);
    let verdict = &done.json()["tests"][0]["verdicts"][0];
    assert_eq!(verdict["verdict"], "misfire", "{verdict}");
    let text = verdict["near_miss"].to_string();
    assert!(
        text.contains("baseImage") && text.contains("whoami.exe"),
        "{text}"
    );
}

#[test]
fn what_is_not_evaluated_is_unsupported() {
    for expression in [
        "hasThreatMatch([srcDevice_ip])",
        "dstDevice_ip_isInternal = false",
    ] {
        let done = judged(expression).run().exits(1);
        assert_eq!(verdict_of(&done).0, "unsupported", "{expression}");
    }
}

/// A recording of another log proves nothing.
#[test]
fn an_expression_of_another_log_is_not_judged_on_this_one() {
    let expression = "metadata_deviceEventId = 'Security-4688' AND baseImage LIKE '%whoami.exe'";
    let done = judged(expression).run().exits(1);
    assert_eq!(verdict_of(&done).0, "inconclusive");
    let recording = Recording::of_atomic("plain").with(
        "security",
        vec![security(1, 5, json!({"NewProcessName": r"C:\whoami.exe"}))],
    );
    let expectation = "    run: {ends: exits, exit_codes: [0]}
    signals:
      - id: start
        source: security
        event_id: 4688
        fields:
          NewProcessName|endswith: '\\whoami.exe'
    detections:
      - rule: b7a7c1de-5b0f-4a0e-9d55-6a1d3c9e2f10
";
    let done = judged(expression)
        .recorded(recording)
        .expecting(expectation)
        .run()
        .exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
}
