//! The bundled fixtures hold records as the real products write them: every
//! record is compared with real ones of its kind, and what differs, or has no
//! real counterpart, is written down.

mod bent;
pub mod cloudtrail;
use crate::support::corpora;
use crate::support::manifest;
use crate::support::shapes;
mod unverified;

use std::path::Path;

use corpora::corpus;
use shapes::accepted::Accepted;
use shapes::report::Report;
use shapes::windows::{self, Verified};

/// Where real event logs are.
const RECORDINGS: [&str; 2] = ["evtx-attack-samples", "sigma/regression_data"];

#[test]
fn every_record_has_the_shape_of_a_real_one() {
    let Some(trails) = corpus("cloudtrail") else {
        return;
    };
    let recordings: Vec<_> = RECORDINGS.into_iter().filter_map(corpus).collect();
    let real_events = windows::RealEvents::read(&recordings);
    let real_calls = cloudtrail::RealCalls::read(&trails);
    let mut report = Report::default();
    for fixture in manifest::fixtures() {
        let mut kinds = unverified::Kinds::default();
        for file in &fixture.manifest.files {
            let path = fixture.folder.join(&file.path);
            let source = &file.source;
            match source.as_str() {
                "cloudtrail" => {
                    for call in cloudtrail::calls(&path) {
                        let verified = real_calls.compare(&call, &mut report.of(&fixture.name));
                        kinds.add(source, cloudtrail::names(&call), verified);
                    }
                }
                "azure-activity" => {
                    for name in azure_operations(&path) {
                        // No real record of this log is at hand.
                        kinds.add(source, vec![name], Verified::No);
                    }
                }
                _ => {
                    for event in windows::events(&path) {
                        let verified = real_events.compare(&event, &mut report.of(&fixture.name));
                        kinds.add(source, event.names(), verified);
                    }
                }
            }
        }
        kinds.check(
            &fixture.manifest.unverified_shape,
            &mut report.of(&fixture.name),
        );
    }
    println!("{} records compared", report.compared);
    assert!(report.compared > 500, "{} records", report.compared);
    let unexpected = Accepted::read("tests/suite/fixture_shapes/accepted.yaml").apply(&report);
    assert!(
        unexpected.is_empty(),
        "{} problems:\n{}",
        unexpected.len(),
        unexpected.join("\n")
    );
}

/// The operations in an Azure log, without their provider.
fn azure_operations(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a readable log");
    let log: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let records = log["records"].as_array().or(log["value"].as_array());
    records
        .expect("a list of records")
        .iter()
        .map(|record| {
            let operation = record["operationName"]
                .as_str()
                .or(record["operationName"]["value"].as_str())
                .expect("an operation");
            let (_, operation) = operation.split_once('/').expect("a provider");
            operation.to_lowercase()
        })
        .collect()
}
