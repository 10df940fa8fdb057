//! Every form of every readable log format.

mod common;

use common::{read, read_file, shared};
use misfire::event::{LogSource, Origin, OwnedEvent, OwnedValue, Section};
use misfire::log::{Format, ReadOptions};

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
    let Some(folder) = shared("corpora/cloudtrail") else {
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
    let Some(folder) = shared("corpora/sigma/regression_data") else {
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
    let Some(folder) = shared("corpora") else {
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
                    binary.iter().filter(|field| !xml.contains(field)).collect::<Vec<_>>(),
                    xml.iter().filter(|field| !binary.contains(field)).collect::<Vec<_>>(),
                ));
            }
        }
    }
    eprintln!("{records} records, {} differ", different.len());
    different.truncate(30);
    assert!(different.is_empty(), "{}", different.join("\n"));
}
