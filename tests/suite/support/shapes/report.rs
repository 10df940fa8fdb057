//! What the comparison found.

use std::collections::{BTreeMap, BTreeSet};

/// Differences between fixtures and real records, with the fixtures that have them.
#[derive(Default)]
pub struct Report {
    pub compared: usize,
    /// A difference, and where it occurs; `kind: what`.
    pub differences: BTreeMap<String, BTreeSet<String>>,
    /// Manifests that say something wrong.
    pub manifests: Vec<String>,
}

/// The part of a report that one fixture adds to.
pub struct Page<'r> {
    report: &'r mut Report,
    fixture: &'r str,
}

impl Report {
    pub fn of<'r>(&'r mut self, fixture: &'r str) -> Page<'r> {
        Page {
            report: self,
            fixture,
        }
    }
}

impl Page<'_> {
    pub fn compared(&mut self) {
        self.report.compared += 1;
    }

    pub fn difference(&mut self, kind: &str, what: &str) {
        self.report
            .differences
            .entry(format!("{kind}: {what}"))
            .or_default()
            .insert(self.fixture.to_owned());
    }

    pub fn manifest(&mut self, problem: &str) {
        self.report
            .manifests
            .push(format!("{}/fixture.yaml {problem}", self.fixture));
    }
}
