//! Every form of every readable log format.

mod common;

use common::{read_file, shared};
use misfire::event::{LogSource, Origin};
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
