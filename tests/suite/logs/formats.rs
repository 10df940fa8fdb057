//! Every form of every readable log format.

use std::path::{Path, PathBuf};

use crate::logs::common::{Log, gzip, read, read_file};
use crate::support::corpora::{corpora, corpus};
use misfire::event::{LogSource, Origin, OwnedEvent, OwnedValue, Section};
use misfire::log::{Format, ReadOptions};
use rstest::rstest;

/// The public CloudTrail recordings and their numbers of records.
const CLOUDTRAIL: [(&str, usize); 17] = [
    (
        "aws.credential-access.secretsmanager-batch-retrieve-secrets",
        5,
    ),
    ("aws.defense-evasion.dns-delete-logs", 1),
    ("aws.discovery.ec2-download-user-data", 19),
    ("aws.execution.ec2-launch-unusual-instances", 3),
    ("aws.execution.ssm-send-command", 56),
    ("aws.exfiltration.ec2-share-ami", 1),
    ("aws.exfiltration.rds-share-snapshot", 1),
    ("aws.impact.bedrock-invoke-model", 15),
    ("aws.initial-access.console-login-without-mfa", 1),
    ("aws.lateral-movement.ec2-instance-connect", 3),
    ("aws.persistence.iam-backdoor-role", 1),
    ("aws.persistence.iam-backdoor-user", 1),
    ("aws.persistence.iam-create-backdoor-role", 2),
    ("aws.persistence.iam-create-user-login-profile", 3),
    ("aws.persistence.lambda-layer-extension", 1),
    ("aws.persistence.rolesanywhere-create-trust-anchor", 2),
    ("aws.persistence.sts-federation-token", 2),
];

#[test]
fn every_shared_cloudtrail_file_is_read_whole() {
    let Some(folder) = corpus("cloudtrail") else {
        return;
    };
    let cloudtrail = Origin::Stream(LogSource::new(Some("aws"), None, Some("cloudtrail")));
    for (name, records) in CLOUDTRAIL {
        let log = read_file(
            &folder.join(format!("{name}.json")),
            &ReadOptions::default(),
        );
        assert_eq!(log.codes(), [""; 0], "{name}");
        assert_eq!(log.format, Some(Format::CloudTrail), "{name}");
        assert_eq!(log.events.len(), records, "{name}");
        for event in &log.events {
            assert!(event.time.is_some(), "{name}");
            assert_eq!(event.origin, cloudtrail);
        }
    }
}

#[test]
fn every_shared_json_of_the_regression_suite_is_read_whole() {
    let Some(folder) = corpus("sigma/regression_data") else {
        return;
    };
    let mut files = 0;
    for entry in ignore::Walk::new(folder).flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        files += 1;
        let options = ReadOptions::default();
        let json = read_file(path, &options);
        let evtx = read_file(&path.with_extension("evtx"), &options);
        assert_eq!(json.codes(), [""; 0], "{}", path.display());
        assert_eq!(json.format, Some(Format::WindowsJson));
        assert_eq!(json.events.len(), evtx.events.len(), "{}", path.display());
    }
    assert_eq!(files, 106);
}

/// One of our own small logs.
fn sample(name: &str) -> Log {
    sample_of(name, &ReadOptions::default())
}

fn sample_of(name: &str, options: &ReadOptions) -> Log {
    read_file(&sample_path(name), options)
}

fn sample_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/formats")
        .join(name)
}

fn time(text: &str) -> Option<jiff::Timestamp> {
    Some(text.parse().expect("a time"))
}

fn value(event: &OwnedEvent, section: Section, name: &str) -> String {
    event
        .get(section, name)
        .map_or_else(|| format!("no {name}"), text)
}

#[rstest]
#[case("cloudtrail-records.json")]
#[case("cloudtrail-records-pretty.json")]
#[case("cloudtrail-array.json")]
#[case("cloudtrail-array-pretty.json")]
#[case("cloudtrail-lines.jsonl")]
#[case("cloudtrail-lines-crlf.jsonl")]
#[case("cloudtrail-lookup.json")]
#[case("cloudtrail-lookup-api.json")]
#[case("cloudtrail-eventbridge.jsonl")]
#[case("cloudtrail-cloudwatch.json")]
fn cloudtrail_in_every_form(#[case] name: &str) {
    let log = sample(name);
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    assert_eq!(log.format, Some(Format::CloudTrail));
    assert_eq!(log.events.len(), 3);
    let plain = sample("cloudtrail-records.json");
    for (number, (event, plain)) in log.events.iter().zip(&plain.events).enumerate() {
        assert_eq!(event.id.record, number as u64 + 1);
        assert_eq!(fields(event), fields(plain));
        assert_eq!(event.time, plain.time);
        assert_eq!(event.origin, stream("aws", "cloudtrail"));
    }
    let first = &log.events[0];
    assert_eq!(first.time, time("2026-03-04T05:06:07Z"));
    let body = |name| first.get(Section::Body, name).cloned();
    assert_eq!(body("readOnly"), Some(OwnedValue::Bool(false)));
    assert_eq!(body("responseElements"), Some(OwnedValue::Null));
    assert_eq!(
        body("userIdentity.sessionContext.attributes.mfaAuthenticated"),
        Some(OwnedValue::Text("false".into()))
    );
    let texts = |texts: &[&str]| {
        let items = texts.iter().map(|text| OwnedValue::Text((*text).into()));
        Some(OwnedValue::List(items.collect()))
    };
    assert_eq!(
        body("requestParameters.instanceIds"),
        texts(&["i-0123456789abcdef0", "i-0123456789abcdef1"])
    );
    assert_eq!(
        body("requestParameters.filters.key"),
        texts(&["tag", "zone"])
    );
    assert_eq!(
        body("requestParameters.filters.valueSet"),
        texts(&["a", "b", "c"])
    );
    let raw: serde_json::Value = serde_json::from_str(&log.raws[1]).expect("the record as JSON");
    assert_eq!(raw["errorCode"], "AccessDenied");
}

#[test]
fn gzip_is_undone_whatever_the_name() {
    let bytes = std::fs::read(sample_path("cloudtrail-records.json")).expect("a sample");
    let options = ReadOptions::default();
    let once = gzip(&bytes);
    assert_eq!(read(once.clone(), &options).events.len(), 3);
    assert_eq!(read(gzip(&once), &options).events.len(), 3);
    let lines = std::fs::read(sample_path("cloudtrail-lines.jsonl")).expect("a sample");
    let members = [gzip(&lines), gzip(&lines)].concat();
    assert_eq!(read(members, &options).events.len(), 6);
}

#[test]
fn insights_and_digests_hold_no_events() {
    let log = sample("cloudtrail-insight.json");
    assert_eq!(log.events.len(), 0);
    assert_eq!(log.codes(), ["misfire::log::passed_over"]);
    let log = sample("cloudtrail-digest.json");
    assert_eq!(log.codes(), ["misfire::log::empty"]);
}

#[rstest]
#[case(
    "azure-records.json",
    "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION"
)]
#[case(
    "azure-lines.jsonl",
    "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION"
)]
#[case(
    "azure-record-lines.jsonl",
    "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION"
)]
#[case("azure-rest.json", "no operationName")]
#[case("azure-rest-2014.json", "no operationName")]
#[case("azure-cli.json", "no operationName")]
fn azure_activity_in_both_shapes(#[case] name: &str, #[case] operation: &str) {
    let log = sample(name);
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    assert_eq!(log.format, Some(Format::AzureActivity));
    let times: Vec<_> = log.events.iter().map(|event| event.time).collect();
    let expected = [1, 2, 3].map(|second| time(&format!("2026-03-04T05:06:0{second}.1234567Z")));
    assert_eq!(times, expected);
    let numbers: Vec<_> = log.events.iter().map(|event| event.id.record).collect();
    assert_eq!(numbers, [1, 2, 3]);
    for event in &log.events {
        assert_eq!(event.origin, stream("azure", "activitylogs"));
        assert_eq!(value(event, Section::Body, "operationName"), operation);
        if operation.starts_with("no") {
            assert_eq!(
                value(event, Section::Body, "operationName.value"),
                "Microsoft.Compute/virtualMachines/runCommand/action"
            );
            assert_eq!(value(event, Section::Body, "caller"), "user@example.com");
        } else {
            assert_eq!(
                value(event, Section::Body, "callerIpAddress"),
                "198.51.100.7"
            );
        }
    }
}

/// Records of the older REST interface share two members with CloudTrail.
#[test]
fn older_azure_records_beside_cloudtrail_are_told_apart() {
    let text = |name: &str| std::fs::read_to_string(sample_path(name)).expect("a sample");
    let azure: serde_json::Value =
        serde_json::from_str(&text("azure-rest-2014.json")).expect("a sound sample");
    let azure = format!("{}\n", azure["value"][0]);
    let cloudtrail = text("cloudtrail-lines.jsonl");
    for mixed in [
        format!("{azure}{cloudtrail}"),
        format!("{cloudtrail}{azure}"),
    ] {
        let log = read(mixed, &ReadOptions::default());
        assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
        let from = |origin: &Origin| {
            let events = log.events.iter();
            events.filter(|event| event.origin == *origin).count()
        };
        assert_eq!(from(&stream("azure", "activitylogs")), 1);
        assert_eq!(from(&stream("aws", "cloudtrail")), 3);
    }
}

#[test]
fn azure_categories_tell_the_logs_apart() {
    let log = sample("azure-mixed-categories.jsonl");
    let origins: Vec<_> = log.events.iter().map(|event| &event.origin).collect();
    let expected = ["activitylogs", "signinlogs", "auditlogs"].map(|name| stream("azure", name));
    assert_eq!(origins, expected.iter().collect::<Vec<_>>());
    assert_eq!(log.codes(), ["misfire::log::passed_over"]);
}

/// The fields that a Windows event in `log` shares with the same one as
/// `evtx_dump` writes it, and those that are equal.
fn shared_fields(event: &OwnedEvent, reference: &OwnedEvent) -> (usize, Vec<String>) {
    let reference = fields(reference);
    let mut equal = 0;
    let mut different = Vec::new();
    for (section, name, value) in fields(event) {
        // Times are compared apart; unnamed data has an invented name there.
        if name == "TimeCreated_SystemTime" || name.starts_with("param") {
            continue;
        }
        // One format does not tell the event's own two parts apart.
        let known = reference.iter().find(|(other_section, other, _)| {
            *other == name
                && (*other_section == section
                    || (section.is_payload() && other_section.is_payload()))
        });
        match known {
            // Letter case and braces of a GUID differ between tools.
            Some((_, _, known)) if plain(known) == plain(&value) => equal += 1,
            Some((_, _, known)) => different.push(format!("{name}: {value} for {known}")),
            None if section == Section::RenderingInfo => {}
            None => different.push(format!("{section:?} {name}: {value} is extra")),
        }
    }
    (equal, different)
}

fn plain(value: &str) -> String {
    value.trim_matches(['{', '}']).to_lowercase()
}

#[rstest]
#[case("windows-lines.xml", Format::WindowsXml)]
#[case("windows-concatenated.xml", Format::WindowsXml)]
#[case("windows-events.xml", Format::WindowsXml)]
#[case("windows-events-utf16.xml", Format::WindowsXml)]
#[case("windows-rendered.xml", Format::WindowsXml)]
#[case("windows-indented.xml", Format::WindowsXml)]
#[case("evtx-dump.xml", Format::WindowsXml)]
#[case("evtx-dump-lines.jsonl", Format::WindowsJson)]
#[case("evtx-dump-pretty.json", Format::WindowsJson)]
#[case("evtx-dump-records.json", Format::WindowsJson)]
#[case("evtx-dump-record-lines.jsonl", Format::WindowsJson)]
#[case("evtx-dump-separate.jsonl", Format::WindowsJson)]
#[case("evtx-dump-array.json", Format::WindowsJson)]
#[case("search-result.jsonl", Format::WindowsXml)]
fn windows_events_in_forms_that_carry_everything(#[case] name: &str, #[case] format: Format) {
    let log = sample(name);
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    assert_eq!(log.format, Some(format));
    let reference = sample("evtx-dump-lines.jsonl");
    assert_eq!(log.events.len(), 3);
    for (number, (event, reference)) in log.events.iter().zip(&reference.events).enumerate() {
        let mut found = fields(event);
        found.retain(|(section, ..)| *section != Section::RenderingInfo);
        assert_eq!(found, fields(reference));
        assert_eq!(event.origin, reference.origin);
        assert_eq!(event.time, reference.time);
        assert_eq!(event.id.record, number as u64 + 1);
    }
    let [process, cleared, service] = &log.events[..] else {
        unreachable!("there are three events");
    };
    assert_eq!(process.time, time("2026-03-04T05:06:07.8901234Z"));
    assert_eq!(
        process.origin,
        event_log(
            "Microsoft-Windows-Sysmon",
            "Microsoft-Windows-Sysmon/Operational",
            1
        )
    );
    let command = value(process, Section::EventData, "CommandLine");
    assert!(command.ends_with("\"a<b>&c\" "), "{command}");
    assert_eq!(
        cleared.origin,
        event_log("Microsoft-Windows-Eventlog", "System", 104)
    );
    assert_eq!(value(cleared, Section::System, "Channel"), "System");
    assert_eq!(
        value(cleared, Section::UserData, "Channel"),
        "Example-Channel/Operational"
    );
    assert_eq!(
        service.origin,
        event_log("Service Control Manager", "System", 7036)
    );
    assert_eq!(
        value(service, Section::EventData, "Data"),
        "Example Service|running"
    );
    assert_eq!(
        value(service, Section::System, "EventID_Qualifiers"),
        "16384"
    );
    if name == "windows-rendered.xml" {
        assert_eq!(
            value(process, Section::RenderingInfo, "Message"),
            "Process Create"
        );
    }
}

#[rstest]
#[case("winlogbeat.jsonl", Format::Winlogbeat, &[18, 13, 10])]
#[case("winlogbeat-dotted.jsonl", Format::Winlogbeat, &[18, 13, 10])]
#[case("winlogbeat-search.jsonl", Format::Winlogbeat, &[18, 13, 10])]
#[case("winlogbeat-6.jsonl", Format::Winlogbeat, &[18, 13, 10])]
#[case("nxlog.jsonl", Format::Nxlog, &[21, 15])]
fn windows_events_in_forms_that_carry_most(
    #[case] name: &str,
    #[case] format: Format,
    #[case] equal: &[usize],
) {
    let log = sample(name);
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    assert_eq!(log.format, Some(format));
    assert_eq!(log.events.len(), equal.len());
    let reference = sample("evtx-dump-lines.jsonl");
    for (event, reference) in log.events.iter().zip(&reference.events) {
        let (_, different) = shared_fields(event, reference);
        assert_eq!(different, [""; 0]);
        assert_eq!(event.origin, reference.origin);
        let millisecond = |event: &OwnedEvent| event.time.expect("a time").as_millisecond();
        assert_eq!(millisecond(event), millisecond(reference));
    }
    let counts: Vec<_> = log
        .events
        .iter()
        .zip(&reference.events)
        .map(|(event, reference)| shared_fields(event, reference).0)
        .collect();
    assert_eq!(counts, equal);
}

#[test]
fn flat_data_sets_keep_what_the_event_says() {
    let log = sample("flat-dataset.jsonl");
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    let [event] = &log.events[..] else {
        panic!("one event, not {}", log.events.len());
    };
    assert_eq!(event.time, time("2026-03-04T05:06:07Z"));
    // Sysmon's own EventType, not the one that NXLog adds.
    assert_eq!(value(event, Section::EventData, "EventType"), "SetValue");
    assert_eq!(value(event, Section::System, "Execution_ProcessID"), "3208");
    assert_eq!(
        value(event, Section::System, "Keywords"),
        "0x8000000000000000"
    );
    assert!(event.get(Section::EventData, "@timestamp").is_none());
}

#[rstest]
#[case("powershell-5.json", "2026-03-04T05:06:07.890Z")]
#[case("powershell-7.json", "2026-03-04T05:06:07.8901234Z")]
#[case("powershell-date-object.json", "2026-03-04T05:06:07.890Z")]
fn powershell_exports(#[case] name: &str, #[case] first: &str) {
    let log = sample(name);
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    assert_eq!(log.format, Some(Format::PowerShell));
    let event = &log.events[0];
    assert_eq!(
        event.origin,
        event_log(
            "Microsoft-Windows-Sysmon",
            "Microsoft-Windows-Sysmon/Operational",
            1
        )
    );
    assert_eq!(event.time, time(first));
    assert_eq!(value(event, Section::System, "Security_UserID"), "S-1-5-18");
    assert_eq!(
        value(event, Section::System, "Keywords"),
        "0x8000000000000000"
    );
    assert_eq!(
        value(event, Section::RenderingInfo, "Message"),
        "Process Create"
    );
    let Some(OwnedValue::List(values)) = event.get(Section::EventData, "Data") else {
        panic!("the values of the event");
    };
    assert_eq!(values.len(), 8);
    assert_eq!(values[3], OwnedValue::Integer(6180));
}

#[test]
fn a_powershell_export_without_values_says_so() {
    let log = sample("powershell-shallow.json");
    assert_eq!(log.events.len(), 1);
    assert_eq!(log.codes(), ["misfire::log::bad_record"]);
    assert!(
        log.problems[0]
            .help
            .as_ref()
            .is_some_and(|help| help.contains("-Depth"))
    );
    assert_eq!(
        sample("powershell-clixml.xml").codes(),
        ["misfire::log::unknown_format"]
    );
}

#[rstest]
#[case("sysmon-syslog.log", &["misfire::log::passed_over"])]
#[case("sysmon-syslog-priority.log", &[])]
#[case("sysmon-journal.jsonl", &["misfire::log::passed_over"])]
#[case("sysmon-journal-export.txt", &["misfire::log::passed_over"])]
fn sysmon_for_linux(#[case] name: &str, #[case] codes: &[&str]) {
    let log = sample(name);
    assert_eq!(log.codes(), codes, "{:?}", log.problems);
    assert_eq!(log.format, Some(Format::SysmonLinux));
    assert_eq!(log.events.len(), 2);
    for (event, image) in log.events.iter().zip(["/usr/bin/code", "/usr/bin/other"]) {
        assert_eq!(
            event.origin,
            event_log("Linux-Sysmon", "Linux-Sysmon/Operational", 1)
        );
        assert_eq!(event.time, time("2026-03-04T05:06:07.890123Z"));
        assert_eq!(value(event, Section::EventData, "Image"), image);
        assert_eq!(value(event, Section::System, "Security_UserID"), "0");
    }
}

#[test]
fn plain_json_lines_need_a_declaration() {
    assert_eq!(
        sample("plain.jsonl").codes(),
        ["misfire::log::unknown_format"]
    );
    let options = ReadOptions {
        declared: Some(LogSource::new(Some("okta"), None, Some("okta"))),
        ..ReadOptions::default()
    };
    let log = sample_of("plain.jsonl", &options);
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    let times: Vec<_> = log.events.iter().map(|event| event.time).collect();
    let expected = [
        time("2026-03-04T05:06:07Z"),
        time("2026-03-04T05:06:08.5Z"),
        None,
    ];
    assert_eq!(times, expected);
    let event = &log.events[0];
    assert_eq!(event.origin, stream("okta", "okta"));
    let body = |name| event.get(Section::Body, name).cloned();
    assert_eq!(
        body("actor.email"),
        Some(OwnedValue::Text("user@example.com".into()))
    );
    assert_eq!(body("count"), Some(OwnedValue::Integer(3)));
    assert_eq!(body("none"), Some(OwnedValue::Null));
    assert_eq!(body("empty"), Some(OwnedValue::Node("{}".into())));
    assert_eq!(body("absent"), None);
    // A declaration does not change what a log says of itself.
    let log = sample_of("cloudtrail-records.json", &options);
    assert_eq!(log.events[0].origin, stream("aws", "cloudtrail"));
}

fn stream(product: &str, service: &str) -> Origin {
    Origin::Stream(LogSource::new(Some(product), None, Some(service)))
}

fn event_log(provider: &str, channel: &str, id: u32) -> Origin {
    Origin::EventLog {
        provider: Some(provider.into()),
        channel: Some(channel.into()),
        event_id: Some(id),
    }
}

/// A value as the text that every format can carry.
fn text(value: &OwnedValue) -> String {
    match value {
        OwnedValue::Text(text) | OwnedValue::Node(text) => text.to_string(),
        OwnedValue::Integer(number) => number.to_string(),
        OwnedValue::Float(number) => number.to_string(),
        OwnedValue::Bool(truth) => truth.to_string(),
        OwnedValue::Null => String::new(),
        OwnedValue::List(items) => items.iter().map(text).collect::<Vec<_>>().join("|"),
    }
}

/// An event's fields that are not empty, sorted.
fn fields(event: &OwnedEvent) -> Vec<(Section, String, String)> {
    let mut fields: Vec<_> = event
        .fields
        .iter()
        .map(|field| (field.section, field.name.to_string(), text(&field.value)))
        .filter(|(_, _, value)| !value.is_empty())
        .collect();
    fields.sort();
    fields
}

/// Characters that XML 1.0 cannot hold; Windows shows them as underscores.
fn is_forbidden_in_xml(character: char) -> bool {
    matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

#[test]
fn the_binary_and_the_xml_form_give_equal_fields() {
    let Some(folder) = corpora() else {
        return;
    };
    let options = ReadOptions::default();
    let mut records = 0;
    let mut different = Vec::new();
    for entry in ignore::Walk::new(folder).flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "evtx") {
            continue;
        }
        let binary = read_file(path, &options);
        let mut parser = evtx::EvtxParser::from_path(path).expect("an EVTX file");
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>\n");
        for record in parser.records().flatten() {
            let text = record.data;
            xml.push_str(text.trim_start_matches("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
            xml.push('\n');
        }
        xml.push_str("</Events>\n");
        let xml = read(xml, &options);
        assert_eq!(xml.codes(), [""; 0], "{}", path.display());
        assert_eq!(xml.events.len(), binary.events.len(), "{}", path.display());
        for (binary, xml) in binary.events.iter().zip(&xml.events) {
            records += 1;
            assert_eq!(binary.origin, xml.origin);
            assert_eq!(binary.time, xml.time);
            let (mut binary, xml) = (fields(binary), fields(xml));
            for (_, _, value) in &mut binary {
                *value = value.replace(is_forbidden_in_xml, "_");
            }
            if binary != xml {
                different.push(format!(
                    "{}\n  binary {:?}\n  xml {:?}",
                    path.display(),
                    binary
                        .iter()
                        .filter(|field| !xml.contains(field))
                        .collect::<Vec<_>>(),
                    xml.iter()
                        .filter(|field| !binary.contains(field))
                        .collect::<Vec<_>>(),
                ));
            }
        }
    }
    eprintln!("{records} records, {} differ", different.len());
    different.truncate(30);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn values_without_names_are_named_where_the_catalogue_knows_them() {
    let event = r#"[{"Id":5,"Version":3,"ProviderName":"Microsoft-Windows-Sysmon","LogName":"Microsoft-Windows-Sysmon/Operational","TimeCreated":"2026-03-04T05:06:07Z","Properties":[{"Value":"-"},{"Value":"2026-03-04 05:06:07.889"},{"Value":"00000000-0000-4000-8000-00000000000a"},{"Value":6180},{"Value":"C:\\code.exe"},{"Value":"EXAMPLE\\tester"}]}]"#;
    let log = read(event, &ReadOptions::default());
    assert_eq!(log.codes(), [""; 0], "{:?}", log.problems);
    let event = &log.events[0];
    assert_eq!(value(event, Section::EventData, "Image"), "C:\\code.exe");
    assert_eq!(value(event, Section::EventData, "ProcessId"), "6180");
    assert!(event.get(Section::EventData, "Data").is_none());
}
