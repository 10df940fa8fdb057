//! Why something that is asked for cannot be.

use std::collections::BTreeSet;
use std::path::Path;

use super::Existing;
use super::draft::slug;
use crate::content::atomic::{Atomic, Platform};
use crate::content::expectation::SignalId;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::event::catalogue::Catalogue;

pub(super) fn wrong_arguments(atomic: &Atomic, given: &[(String, String)]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, _) in given {
        if !seen.insert(name) {
            problems.push(
                Diagnostic::error(
                    Code::IMPORT_BAD_ARGUMENT,
                    format!("the argument `{name}` is given twice"),
                )
                .help("give each argument the value that it had"),
            );
            continue;
        }
        if atomic.arguments.contains_key(name) {
            continue;
        }
        let known = || atomic.arguments.keys().map(String::as_str);
        let help = match did_you_mean(name, known()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if atomic.arguments.is_empty() => "it has none; leave `--arg` out".to_owned(),
            None => format!("there are: {}", known().collect::<Vec<_>>().join(", ")),
        };
        problems.push(
            Diagnostic::error(
                Code::REFERENCE_UNKNOWN_ARGUMENT,
                format!("`{}` has no argument `{name}`", atomic.name),
            )
            .help(help),
        );
    }
    problems
}

/// Why a fixture cannot have that name.
pub(super) fn wrong_name(name: &str) -> Option<Diagnostic> {
    let is_right = SignalId::parse(name).is_some() && name != "controls" && name.len() <= 100;
    (!is_right).then(|| {
        let meant = slug(name);
        let help = if meant.is_empty() || meant == "controls" || meant == name {
            "use at most 100 lower-case letters, digits, and hyphens".to_owned()
        } else {
            format!("use lower-case letters, digits, and hyphens, such as `{meant}`")
        };
        Diagnostic::error(
            Code::IMPORT_BAD_NAME,
            format!("a fixture cannot be called `{name}`"),
        )
        .help(help)
    })
}

pub(super) fn wrong_condition(name: &str) -> Option<Diagnostic> {
    SignalId::parse(name).is_none().then(|| {
        Diagnostic::error(
            Code::FIXTURE_BAD_ID,
            format!("`{name}` cannot be the name of a condition"),
        )
        .help("use lower-case letters, digits, and hyphens")
    })
}

pub(super) fn wrong_source(name: &str) -> Option<Diagnostic> {
    let catalogue = Catalogue::bundled();
    if catalogue.source(name).is_some() {
        return None;
    }
    let known = catalogue.sources().iter().map(|source| source.id.as_str());
    let help = match did_you_mean(name, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write the short name of a log, such as `sysmon` or `cloudtrail`".to_owned(),
    };
    Some(
        Diagnostic::error(
            Code::FIXTURE_UNKNOWN_SOURCE,
            format!("there is no source `{name}`"),
        )
        .help(help),
    )
}

/// What is where the fixture goes, if it may not be replaced.
pub(super) fn in_the_way(folder: &Path, existing: Existing) -> Option<Diagnostic> {
    let metadata = folder.symlink_metadata().ok()?;
    let is_fixture = metadata.is_dir() && folder.join("fixture.yaml").is_file();
    if is_fixture && existing == Existing::Replace {
        return None;
    }
    let exists = |message: &str| Diagnostic::error(Code::IMPORT_EXISTS, message).in_file(folder);
    Some(if is_fixture {
        exists("the fixture is there already")
            .help("give another name with `--name`, or replace it with `--force`")
    } else {
        exists("something that is no fixture is where the fixture goes")
            .help("give another name with `--name`; `--force` replaces fixtures only")
    })
}

pub(super) fn wrong_platform(platform: Platform, atomic: &Atomic) -> Diagnostic {
    let platforms: Vec<_> = atomic
        .platforms
        .iter()
        .map(|known| known.as_str())
        .collect();
    Diagnostic::warning(
        Code::IMPORT_OTHER_PLATFORM,
        format!(
            "the records are of {platform}, and the atomic is for {}",
            platforms.join(", ")
        ),
    )
    .help("check the GUID, or say the platform with `--platform`")
}
