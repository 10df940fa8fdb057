//! Two runs compared, told to people, to programs, and on a page.

mod json;
mod markdown;
mod near;
mod text;

pub use json::{changes_json, changes_schema};
pub use markdown::changes_markdown;
pub use text::changes_text;

use super::mask::Secrets;
use super::words::count;
use crate::diff::{Class, Diff, RunFacts, Side};
use crate::secret::is_secret_argument;

/// The secrets that a comparison knows the values of: arguments with a name that says so.
#[must_use]
pub fn secrets_of_diff(diff: &Diff) -> Secrets {
    let mut secrets = Secrets::default();
    let tests = diff
        .changes
        .iter()
        .filter_map(|change| change.test.as_ref());
    for (name, value) in tests.flat_map(|test| &test.arguments) {
        if is_secret_argument(name) {
            secrets.add(name, value);
        }
    }
    secrets
}

/// What a comparison comes to, in a few words.
fn verdict(diff: &Diff) -> &'static str {
    if !diff.is_whole() {
        "not compared to the end"
    } else if !diff.new.proves() {
        "nothing is proven"
    } else if diff.count(Class::Worse) > 0 {
        "something got worse"
    } else {
        "nothing got worse"
    }
}

/// How many changes there are of each class.
fn counts(diff: &Diff) -> String {
    if diff.changes.is_empty() {
        return "no change".to_owned();
    }
    let told = |class: Class| format!("{} {}", diff.count(class), class.as_str());
    let mut counts: Vec<_> = Class::ALL.into_iter().map(told).collect();
    let allowed = diff.changes.iter().filter(|change| change.allowed).count();
    if allowed > 0 {
        counts.push(format!("{allowed} of them removed as allowed"));
    }
    counts.join(", ")
}

/// What a run came to.
fn facts(facts: &RunFacts) -> String {
    let mut told = format!(
        "{}, {}, {} not as expected",
        count(facts.tests, "test"),
        count(facts.judged, "judgement"),
        facts.unexpected
    );
    if facts.interrupted {
        told.push_str(", interrupted");
    }
    if facts.tests < facts.planned {
        told.push_str(&format!(
            ", {} not judged",
            count(facts.planned - facts.tests, "planned test")
        ));
    }
    told
}

/// Why a comparison does not pass though nothing got worse, a sentence each.
fn doubts(diff: &Diff) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if !diff.old.is_whole() {
        doubts.push("the old run did not come to its end: what it would have proven is unknown");
    }
    if !diff.new.is_whole() {
        doubts.push("the new run did not come to its end: what it would have proven is unknown");
    }
    if !diff.new.proves() {
        doubts.push("the new run judged nothing");
    } else if !diff.old.proves() {
        doubts.push("the old run judged nothing, so nothing can be worse than it");
    }
    doubts
}

/// The word of a side.
fn word(side: Option<&Side>) -> String {
    let Some(side) = side else {
        return "not judged".to_owned();
    };
    match side.expected {
        Some(false) => format!("{} (not as expected)", side.word),
        _ => side.word.clone(),
    }
}
