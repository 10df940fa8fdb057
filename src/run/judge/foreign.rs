//! Recordings whose records are of other hosts than their manifests say.

use std::collections::BTreeSet;

use crate::content::fixture::Fixture;
use crate::diagnostic::{Code, Diagnostic};
use crate::run::hosts::is_same;
use crate::run::search::FileOutcome;

/// So many of the hosts that were seen are named.
const MOST_NAMED: usize = 3;

/// Platforms of which a host has a name that its event logs give; elsewhere, the name
/// is that of an account.
const WITH_NAMES: [&str; 3] = ["windows", "linux", "macos"];

/// Why a recording cannot be trusted, if none of the event-log records that say where
/// they are from is of its host; that is a problem as well.
pub(super) fn damage(
    fixture: &Fixture,
    files: &[FileOutcome],
    problems: &mut Vec<Diagnostic>,
) -> Option<String> {
    let host = &fixture.host;
    // The records of the host may be those that are lost.
    let is_whole =
        fixture.damage.is_none() && files.iter().all(|file| file.opened && file.problems == 0);
    let seen: BTreeSet<&str> = files
        .iter()
        .flat_map(|file| &file.computers)
        .map(String::as_str)
        .collect();
    let is_host = |computer: &&str| is_same(computer, &host.name);
    if !is_whole
        || !WITH_NAMES.contains(&host.platform.as_str())
        || seen.is_empty()
        || seen.iter().any(is_host)
    {
        return None;
    }
    let seen = named(&seen);
    problems.push(
        Diagnostic::error(
            Code::FIXTURE_OTHER_HOST,
            format!(
                "no record of `{}` is of `{}`, the host of its manifest: they are of {seen}",
                fixture.name, host.name
            ),
        )
        .at(fixture.place.clone())
        .help("put the logs of that host there, or correct the `name` of the `host`"),
    );
    Some(format!(
        "its manifest says that it is of `{}`, and its records are of {seen}",
        host.name
    ))
}

fn named(seen: &BTreeSet<&str>) -> String {
    let names = seen.iter().take(MOST_NAMED);
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match seen.len().saturating_sub(MOST_NAMED) {
        0 => names.join(", "),
        more => format!("{}, and {more} more", names.join(", ")),
    }
}
