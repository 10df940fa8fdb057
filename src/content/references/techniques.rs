//! Techniques that content names, compared with those of ATT&CK.

use super::place_of;
use crate::content::atomic::TechniqueId;
use crate::content::attack::{AttackTable, Resolution};
use crate::detect::sigma::Listed;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// What is to be said of the techniques in the tags of detections.
pub(in crate::content) fn of_tags(
    detections: &[Listed<'_>],
    attack: &AttackTable,
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for detection in detections {
        for tag in detection.tags {
            let technique = tag
                .strip_prefix("attack.")
                .and_then(|name| TechniqueId::parse(&name.to_uppercase()));
            let problem = technique.and_then(|technique| problem(&technique, attack));
            problems.extend(problem.map(|problem| problem.at(place_of(detection.source, tag))));
        }
    }
    problems
}

/// What is to be said of a technique that ATT&CK does not have.
pub(super) fn problem(technique: &TechniqueId, attack: &AttackTable) -> Option<Diagnostic> {
    let version = attack.version();
    match attack.resolve(technique) {
        Resolution::Current => None,
        Resolution::Replaced(current) => Some(
            Diagnostic::warning(
                Code::REFERENCE_REPLACED_TECHNIQUE,
                format!("ATT&CK {version} has {technique} under another id"),
            )
            .help(format!("write {current}, which took its place")),
        ),
        Resolution::Unknown => {
            let known: Vec<_> = attack.techniques().map(|known| known.id.as_str()).collect();
            let parent = technique.parent();
            let has_parent = attack.resolve(&parent) == Resolution::Current;
            let help = match did_you_mean(technique.as_str(), known) {
                _ if has_parent => {
                    format!("correct the number behind the dot, or write {parent}")
                }
                Some(meant) => format!("did you mean {meant}?"),
                None => "correct the id".to_owned(),
            };
            Some(
                Diagnostic::warning(
                    Code::REFERENCE_UNKNOWN_TECHNIQUE,
                    format!("ATT&CK {version} has no technique {technique}"),
                )
                .help(help),
            )
        }
    }
}
