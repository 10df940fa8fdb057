//! A run as a layer of the ATT&CK Navigator: each technique with a score, a colour, and
//! what fired on which test.
//!
//! The format is that of "ATT&CK Navigator Layer File Format Definition", version 4.5, of
//! the Navigator's repository.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::judged::{Judged, judged};
use super::run::counts;
use super::words::{count_of, one_line};
use crate::content::atomic::TechniqueId;
use crate::content::attack::{AttackTable, Resolution};
use crate::verdict::{Report, TestReport, Verdict};

/// The version of the format.
const LAYER: &str = "4.5";

/// The version of the Navigator whose documentation the layer was written by; the format
/// asks for 4.9.0 at least.
const NAVIGATOR: &str = "5.2.0";

/// The longest comment on a technique, in characters: it is shown in a tooltip.
const LONGEST_COMMENT: usize = 4_000;

/// What a run says of a technique, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Detections were judged, and none fired.
    Silent,
    /// Some fired, and something is not as expected.
    Partly,
    /// Some fired, the others are stated gaps, and everything is as expected.
    KnownGap,
    /// Every detection fired, and everything is as expected.
    Proven,
    /// No detection could be judged.
    NotJudged,
}

impl Standing {
    const ALL: [Self; 5] = [
        Self::Proven,
        Self::KnownGap,
        Self::Partly,
        Self::Silent,
        Self::NotJudged,
    ];

    fn of(tests: &[&TestReport]) -> Self {
        let verdicts = || tests.iter().flat_map(|test| &test.verdicts);
        let fired = verdicts().filter(|given| given.verdict == Verdict::Fired);
        let fired = fired.count();
        let is_open = |verdict: Verdict| {
            matches!(
                verdict,
                Verdict::Inconclusive | Verdict::NotRun | Verdict::Unsupported
            )
        };
        let mut all = tests.iter().flat_map(|test| judged(test));
        if verdicts().all(|given| is_open(given.verdict)) {
            Self::NotJudged
        } else if fired == 0 {
            Self::Silent
        } else if !all.all(Judged::is_expected) {
            Self::Partly
        } else if fired < verdicts().count() {
            Self::KnownGap
        } else {
            Self::Proven
        }
    }

    /// The score; what was not judged has none.
    fn score(self) -> Option<u32> {
        match self {
            Self::Proven => Some(100),
            Self::KnownGap => Some(70),
            Self::Partly => Some(40),
            Self::Silent => Some(0),
            Self::NotJudged => None,
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Proven => "#66bd63",
            Self::KnownGap => "#d9ef8b",
            Self::Partly => "#fdae61",
            Self::Silent => "#f46d43",
            Self::NotJudged => "#bdbdbd",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Proven => "100: every detection fired, all as expected",
            Self::KnownGap => "70: some fired, the others are stated gaps",
            Self::Partly => "40: some fired, something is not as expected",
            Self::Silent => "0: no detection fired",
            Self::NotJudged => "no score: no detection could be judged",
        }
    }
}

/// Writes a run as a layer of the ATT&CK Navigator. A technique has the id that is used
/// today; cases of a suite in SigmaHQ's format have none, and are only counted.
///
/// # Errors
///
/// The output cannot be written.
pub fn navigator(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let table = AttackTable::bundled();
    let mut techniques: BTreeMap<&TechniqueId, Vec<&TestReport>> = BTreeMap::new();
    for test in &report.tests {
        if let Some(atomic) = &test.atomic {
            let id = table.current(&atomic.technique);
            techniques.entry(id).or_default().push(test);
        }
    }
    let parents: BTreeSet<_> = techniques
        .keys()
        .filter(|id| id.parent() != ***id)
        .map(|id| id.parent())
        .collect();
    let entries: Vec<_> = techniques
        .iter()
        .map(|(id, tests)| technique(id, tests, parents.contains(*id)))
        .collect();
    let legend: Vec<_> = Standing::ALL
        .iter()
        .map(|standing| json!({"label": standing.label(), "color": standing.colour()}))
        .collect();
    let document = json!({
        "name": "misfire",
        "versions": {
            "attack": table.version().to_string(),
            "navigator": NAVIGATOR,
            "layer": LAYER,
        },
        "domain": "enterprise-attack",
        "description": description(report),
        "sorting": 0,
        "layout": {
            "layout": "side",
            "showID": true,
            "showName": true,
            "expandedSubtechniques": "annotated",
        },
        "techniques": entries,
        "gradient": {
            "colors": [
                Standing::Silent.colour(),
                Standing::KnownGap.colour(),
                Standing::Proven.colour(),
            ],
            "minValue": 0,
            "maxValue": 100,
        },
        "legendItems": legend,
        "metadata": metadata(report, &techniques, table),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn description(report: &Report) -> String {
    let mut told = format!("What a run of misfire proved: {}.", counts(report));
    if report.interrupted {
        told.push_str(" The run was interrupted: what it would have proven is unknown.");
    }
    if report.judged() == 0 {
        told.push_str(" Nothing was judged.");
    }
    told
}

fn metadata(
    report: &Report,
    techniques: &BTreeMap<&TechniqueId, Vec<&TestReport>>,
    table: &AttackTable,
) -> Vec<Json> {
    let summary = report.summary();
    let mut facts = vec![
        entry("misfire", env!("CARGO_PKG_VERSION")),
        entry("judgements", &report.judged().to_string()),
        entry("not as expected", &summary.unexpected.to_string()),
        entry("interrupted", if report.interrupted { "yes" } else { "no" }),
    ];
    for (grade, count) in &summary.evidence {
        facts.push(entry(
            &format!("evidence: {grade}"),
            &count_of(*count, "verdict"),
        ));
    }
    let unknown: Vec<_> = techniques
        .keys()
        .filter(|id| table.resolve(id) == Resolution::Unknown)
        .map(|id| id.as_str())
        .collect();
    if !unknown.is_empty() {
        let name = format!("not in ATT&CK {}", table.version());
        facts.push(entry(&name, &unknown.join(", ")));
    }
    let others = report.tests.iter().filter(|test| test.atomic.is_none());
    match others.count() {
        0 => {}
        count => facts.push(entry("cases without a technique", &count.to_string())),
    }
    facts
}

fn technique(id: &TechniqueId, tests: &[&TestReport], is_parent: bool) -> Json {
    let standing = Standing::of(tests);
    let mut metadata = vec![
        entry("tests", &tests.len().to_string()),
        entry("evidence", &tallied(tests.iter().map(|test| test.grade()))),
    ];
    let verdicts = tests.iter().flat_map(|test| &test.verdicts);
    let verdicts = tallied(verdicts.map(|given| given.verdict.to_string()));
    if !verdicts.is_empty() {
        metadata.push(entry("verdicts", &verdicts));
    }
    let controls = tests.iter().flat_map(|test| &test.controls);
    let controls = tallied(controls.map(|given| given.outcome.to_string()));
    if !controls.is_empty() {
        metadata.push(entry("controls", &controls));
    }
    let former: BTreeSet<_> = tests
        .iter()
        .filter_map(|test| test.atomic.as_ref())
        .filter(|atomic| atomic.technique != *id)
        .map(|atomic| atomic.technique.as_str())
        .collect();
    if !former.is_empty() {
        let former: Vec<_> = former.into_iter().collect();
        metadata.push(entry("also as", &former.join(", ")));
    }
    let mut technique = json!({
        "techniqueID": id.as_str(),
        "color": standing.colour(),
        "comment": comment(tests),
        "enabled": true,
        "metadata": metadata,
        "showSubtechniques": is_parent,
    });
    if let Some(score) = standing.score() {
        technique["score"] = Json::from(score);
    }
    technique
}

fn entry(name: &str, value: &str) -> Json {
    json!({"name": name, "value": value})
}

/// Words counted, such as `2 fired; 1 misfire`.
fn tallied(words: impl Iterator<Item = String>) -> String {
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    for word in words {
        *tally.entry(word).or_default() += 1;
    }
    let told = tally.iter().map(|(word, count)| format!("{count} {word}"));
    told.collect::<Vec<_>>().join("; ")
}

/// What became of each test: what is not as expected first, then what fired.
fn comment(tests: &[&TestReport]) -> String {
    let lines = tests.iter().flat_map(|test| {
        let heading = format!(
            "{} ({}):",
            one_line(&test.name, usize::MAX),
            one_line(&test.grade(), usize::MAX)
        );
        let all = || judged(test);
        let wrong = all().filter(|given| !given.is_expected());
        let right =
            all().filter(|given| given.is_expected() && matches!(given, Judged::Verdict(_)));
        let told = |given: Judged<'_>| {
            let mark = if given.is_expected() { "" } else { "! " };
            let subject = match given {
                Judged::Verdict(verdict) => {
                    format!(
                        "{} ({}, {})",
                        verdict.title, verdict.language, verdict.reading
                    )
                }
                other => other.subject(),
            };
            let subject = one_line(&subject, usize::MAX);
            format!("- {mark}{}: {subject}", given.word())
        };
        let not_run = test
            .not_run
            .iter()
            .map(|why| format!("- not-run: {}", one_line(why, usize::MAX)));
        let lines: Vec<_> = not_run.chain(wrong.chain(right).map(told)).collect();
        std::iter::once(heading).chain(lines)
    });
    let mut comment = String::new();
    let (mut length, mut left_out) = (0, 0);
    for line in lines {
        let size = line.chars().count() + 1;
        if left_out > 0 || length + size > LONGEST_COMMENT {
            left_out += 1;
            continue;
        }
        length += size;
        comment.push_str(&line);
        comment.push('\n');
    }
    if left_out > 0 {
        comment.push_str(&format!("and {}\n", count_of(left_out, "more line")));
    }
    comment.truncate(comment.trim_end().len());
    comment
}
