//! Differences that are meant, with the reason for each.

use serde::Deserialize;

use super::report::Report;

#[derive(Deserialize)]
pub struct Accepted {
    accepted: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    difference: String,
    because: String,
}

impl Accepted {
    /// Reads the list beside a test, `path` from the project's folder on.
    pub fn read(path: &str) -> Self {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(path).expect("a readable file");
        serde_yaml::from_str(&text).expect("a list of accepted differences")
    }

    /// What is left to be told: differences without a reason, reasons without a
    /// difference, and manifests that are wrong.
    pub fn apply(&self, report: &Report) -> Vec<String> {
        let mut problems = report.manifests.clone();
        for (difference, fixtures) in &report.differences {
            if self
                .accepted
                .iter()
                .all(|entry| entry.difference != *difference)
            {
                let fixtures: Vec<_> = fixtures.iter().map(String::as_str).collect();
                problems.push(format!("{difference} (in {})", fixtures.join(", ")));
            }
        }
        for entry in &self.accepted {
            if entry.because.trim().is_empty() {
                problems.push(format!("no reason is given for: {}", entry.difference));
            }
            if !report.differences.contains_key(&entry.difference) {
                problems.push(format!("accepted, but found nowhere: {}", entry.difference));
            }
        }
        problems
    }
}

#[test]
fn an_accepted_difference_must_occur_and_have_a_reason() {
    let accepted = |difference: &str, because: &str| Accepted {
        accepted: vec![Entry {
            difference: difference.to_owned(),
            because: because.to_owned(),
        }],
    };
    let mut report = Report::default();
    report.of("name").difference("kind", "what");
    let none: [&str; 0] = [];
    assert_eq!(accepted("kind: what", "it is so").apply(&report), none);
    assert_eq!(accepted("kind: what", " ").apply(&report).len(), 1);
    assert_eq!(
        accepted("kind: gone", "it was so").apply(&report),
        [
            "kind: what (in name)",
            "accepted, but found nowhere: kind: gone"
        ]
    );
}
