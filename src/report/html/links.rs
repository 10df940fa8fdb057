//! Where on the page a test and a verdict stand.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::verdict::{Report, TestReport, VerdictReport};

/// The names of the places on a page. A name is of letters, digits, and hyphens,
/// whatever a test is called, and is the same in each run.
pub(super) struct Links {
    tests: Vec<String>,
}

impl Links {
    pub(super) fn of(report: &Report) -> Self {
        let bases: Vec<_> = report.tests.iter().map(base).collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for base in &bases {
            *counts.entry(base).or_default() += 1;
        }
        let mut taken = BTreeSet::new();
        let tests = report.tests.iter().zip(&bases).map(|(test, base)| {
            let is_alone = counts.get(base.as_str()).copied() == Some(1);
            let wanted = match is_alone {
                true => base.clone(),
                // One atomic, several recordings.
                false => format!("{base}-{}", digest(&test.recording.to_string_lossy())),
            };
            let mut name = wanted.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{wanted}-{number}");
                number += 1;
            }
            name
        });
        Self {
            tests: tests.collect(),
        }
    }

    /// The place of a test, by its number in the report.
    pub(super) fn test(&self, index: usize) -> &str {
        self.tests.get(index).map_or("", String::as_str)
    }

    /// The place of the verdicts of a detection in a test.
    pub(super) fn verdict(&self, index: usize, given: &VerdictReport) -> String {
        format!("{}--{}", self.test(index), digest(given.detection.as_str()))
    }
}

fn base(test: &TestReport) -> String {
    let guid = test.atomic.as_ref().and_then(|atomic| atomic.guid);
    match guid {
        Some(guid) => format!("test-{guid}"),
        None => format!("test-{}", digest(&test.name)),
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
