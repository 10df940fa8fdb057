//! From what is written to what is meant.

mod fields;
mod signal;
mod test;
mod xml_path;

use std::collections::HashMap;
use std::sync::Arc;

use super::model::Expectation;
use super::raw::RawExpectations;
use crate::content::atomic::{AtomicGuid, TechniqueId};
use crate::content::places;
use crate::diagnostic::{Code, Diagnostic, YamlNode, did_you_mean};

/// What a file says, as far as it is right.
#[derive(Debug, Default)]
pub(super) struct Refined {
    pub(super) expectations: Vec<Arc<Expectation>>,
    pub(super) problems: Vec<Diagnostic>,
    /// The atomics of expectations that are wrong.
    pub(super) refused: Vec<AtomicGuid>,
}

/// Turns what is written in a file into expectations, and tells of everything that
/// is wrong with it.
pub(super) fn refine(raw: &RawExpectations, root: YamlNode<'_>) -> Refined {
    let mut refined = Refined::default();
    let technique = technique(raw, root, &mut refined.problems);
    let mut seen = HashMap::new();
    let nodes = places::elements(root, "tests");
    for (raw, node) in raw.tests.iter().zip(nodes) {
        let Some(atomic) = AtomicGuid::parse(&raw.atomic) else {
            refined.problems.push(
                Diagnostic::error(
                    Code::EXPECTATION_BAD_ID,
                    format!("`{}` is no GUID", raw.atomic),
                )
                .at(places::of(node, "atomic"))
                .help("copy the `auto_generated_guid` of the atomic"),
            );
            continue;
        };
        if seen.insert(atomic, ()).is_some() {
            refined.problems.push(
                Diagnostic::error(
                    Code::EXPECTATION_DUPLICATE_ATOMIC,
                    format!("the file has two expectations of the atomic {atomic}"),
                )
                .at(places::of(node, "atomic"))
                .help("merge the two"),
            );
            continue;
        }
        let (test, problems) = test::refine(raw, node, atomic, technique.as_ref());
        refined.problems.extend(problems);
        match test {
            Some(test) => refined.expectations.push(Arc::new(test)),
            None => refined.refused.push(atomic),
        }
    }
    refined
}

fn technique(
    raw: &RawExpectations,
    root: YamlNode<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<TechniqueId> {
    let place = places::of(root, "attack_technique");
    let Some(technique) = TechniqueId::parse(&raw.attack_technique) else {
        problems.push(
            Diagnostic::error(
                Code::EXPECTATION_BAD_ID,
                format!("`{}` is no technique", raw.attack_technique),
            )
            .at(place)
            .help("write an id such as `T1219` or `T1219.001`"),
        );
        return None;
    };
    let file = &root.source().file;
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    if stem != Some(technique.as_str()) {
        problems.push(
            Diagnostic::error(
                Code::EXPECTATION_WRONG_FILE,
                format!(
                    "the expectations of {technique} stand in a file called `{}`",
                    stem.unwrap_or_default()
                ),
            )
            .at(place)
            .help(format!(
                "call the file `{technique}.yaml`, or correct the technique"
            )),
        );
    }
    Some(technique)
}

/// Says that a key is of no use beside another.
fn contradiction(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::EXPECTATION_CONTRADICTION, message)
}

/// Says that a key needs another.
fn incomplete(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::EXPECTATION_INCOMPLETE, message)
}

/// What to do about a name that is not among those that are there.
fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match did_you_mean(name, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            let mut known: Vec<_> = known.collect();
            known.sort_unstable();
            known.dedup();
            match known.as_slice() {
                [] => "there is none to refer to".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            }
        }
    }
}
