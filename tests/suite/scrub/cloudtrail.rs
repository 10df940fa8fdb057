//! The public CloudTrail recordings, whose own anonymiser invented regions, wrote
//! octets such as `07`, and left the user's name and the public key.

use std::collections::BTreeSet;
use std::net::IpAddr;

use misfire::diagnostic::Code;
use misfire::log::scrub::Kind;
use serde_json::Value;

use super::{ScrubLog, replaced, request, scrubbed, source, text};
use crate::support;
use support::{corpus, files};

/// Every text of a document, with the name of the member that it is of.
fn texts<'v>(name: &'v str, value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => found.push((name, text)),
        Value::Array(items) => items.iter().for_each(|item| texts(name, item, found)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| texts(name, value, found)),
        _ => {}
    }
}

fn all(value: &Value) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    texts("", value, &mut found);
    found
}

/// The values of a member, in order.
fn values<'v>(texts: &[(&str, &'v str)], name: &str) -> Vec<&'v str> {
    let of_name = texts.iter().filter(|(known, _)| *known == name);
    of_name.map(|(_, text)| *text).collect()
}

fn arns(texts: &[(&str, &str)]) -> Vec<Vec<String>> {
    let words = texts.iter().flat_map(|(_, text)| text.split([' ', '"']));
    let arns = words.filter(|word| word.starts_with("arn:"));
    arns.map(|arn| arn.splitn(6, ':').map(str::to_owned).collect())
        .collect()
}

#[test]
fn what_the_public_anonymiser_broke_is_not_broken_further() {
    let Some(folder) = corpus("cloudtrail") else {
        return;
    };
    let recordings = files(&folder, "json");
    assert!(recordings.len() >= 15, "{}", recordings.len());
    let mut broken = 0;
    let mut keys = 0;
    for path in recordings {
        let before = std::fs::read_to_string(&path).expect("a recording");
        let mut request = request(before.as_bytes());
        request.logs = vec![ScrubLog {
            name: "cloudtrail.json".to_owned(),
            bytes: before.as_bytes().into(),
            sources: vec![source("cloudtrail")],
        }];
        let scrubbed = scrubbed(&request);
        let after = text(&scrubbed.logs[0]);
        let name = path.display();
        assert!(!after.contains("christophe"), "{name}");
        let (before, after): (Value, Value) = (
            serde_json::from_str(&before).expect("JSON"),
            serde_json::from_str(&after).expect("JSON after the scrub"),
        );
        let (before, after) = (all(&before), all(&after));
        assert_eq!(before.len(), after.len());
        for (member, text) in &before {
            let is_key = *member == "sSHPublicKey" || *member == "accessKeyId";
            keys += usize::from(is_key);
            assert!(
                !is_key || !after.iter().any(|(_, other)| other == text),
                "{name}"
            );
        }
        assert_eq!(values(&before, "awsRegion"), values(&after, "awsRegion"));
        for (old, new) in values(&before, "sourceIPAddress")
            .into_iter()
            .zip(values(&after, "sourceIPAddress"))
        {
            match old.parse::<IpAddr>() {
                Ok(address) => {
                    let other: IpAddr = new.parse().expect("a valid one stays valid");
                    assert_ne!(other, address);
                }
                Err(_) => {
                    assert_eq!(old, new);
                    let is_told = scrubbed.doubts.iter().any(|doubt| {
                        doubt.code == Code::SCRUB_BROKEN
                            && doubt.message.contains("sourceIPAddress")
                            && !doubt.message.contains(old)
                    });
                    let is_address = old.contains(|sign: char| sign.is_ascii_digit());
                    assert!(is_told || !is_address, "{name}: {old}");
                    broken += usize::from(is_address);
                }
            }
        }
        let (old, new) = (arns(&before), arns(&after));
        assert_eq!(old.len(), new.len());
        for (old, new) in old.iter().zip(&new) {
            assert_eq!(old.len(), new.len(), "{name}");
            // Partition, service, and region.
            assert_eq!(old[..4], new[..4], "{name}");
            if old.len() == 6 {
                assert_eq!(old[4].len(), new[4].len(), "{name}");
                assert_eq!(
                    old[4] == new[4],
                    matches!(old[4].as_str(), "" | "aws"),
                    "{name}"
                );
                assert_eq!(
                    old[5].matches('/').count(),
                    new[5].matches('/').count(),
                    "{name}"
                );
            }
        }
        let accounts: BTreeSet<_> = values(&before, "recipientAccountId").into_iter().collect();
        assert!(
            replaced(&scrubbed, Kind::Account) >= accounts.len(),
            "{name}"
        );
    }
    // What the test is about was there.
    assert!(broken > 50 && keys > 50, "{broken} {keys}");
}
