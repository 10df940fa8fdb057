//! What a run left behind, in words.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::overlay::{Changed, could_lay};
use super::perform::Performance;
use super::ports::Listening;
use super::prerequisites::Met;
use super::process::Seen;
use super::residue::OverlayNotes;
use super::undertaking::CleanUp;
use crate::collect::trace::{Watched, WatchedChange, WatchedKind};

/// What a performance left, each thing as a fragment of a sentence; what is to be known of
/// how that was looked for is noted.
pub(super) fn behind(performance: &Performance, notes: &mut Vec<String>) -> Vec<String> {
    let mut residue = Vec::new();
    if let Some(cleaned) = &performance.cleaned_up {
        match &cleaned.clean_up {
            CleanUp::Ran(result) if !cleaned.clean_up.is_done() => {
                notes.push(format!("its clean-up did not succeed: {}", result.end));
            }
            CleanUp::Failed(why) => notes.push(format!("its clean-up could not be run: {why}")),
            CleanUp::Ran(_) | CleanUp::NotOwed | CleanUp::NoCommand => {}
        }
        if let Some(why) = &cleaned.still_in_journal {
            notes.push(format!("`misfire recover` has still to see to it: {why}"));
        }
        residue.extend(
            cleaned
                .survivors
                .iter()
                .map(|seen| format!("process {} still runs: {}", seen.pid, seen.command_line)),
        );
        residue.extend(cleaned.left_running.iter().map(|seen| {
            format!(
                "process {} had to be ended: {}",
                seen.pid, seen.command_line
            )
        }));
    }
    let overlay = performance
        .residue
        .as_ref()
        .and_then(|left| left.overlay.as_ref());
    match (overlay, &performance.watched) {
        // It has shown every file, and those of this host tell nothing.
        (Some(overlay), _) => notes.extend(overlay_notes(overlay, performance)),
        (None, watched) => {
            residue.extend(watched.iter().flat_map(left_files));
            notes.extend(performance.residue.as_ref().map(|_| without_overlay()));
        }
    }
    if let Some(left) = &performance.residue {
        residue.extend(
            left.listening
                .iter()
                .map(|port| listened(port, performance)),
        );
        if !left.meanwhile.is_empty() {
            notes.push(opened_meanwhile(&left.meanwhile));
        }
        let files = left.added.iter().map(|path| ("was added", path));
        let files = files.chain(left.removed.iter().map(|path| ("was removed", path)));
        let files = files.chain(left.mounted.iter().map(|path| ("is mounted", path)));
        residue.extend(files.map(|(what, path)| format!("`{}` {what}", path.display())));
        residue.extend(left.changed.iter().map(changed));
        if left.is_partial {
            notes.push("not all of the watched folders was looked at".to_owned());
        }
    }
    residue
}

fn changed(changed: &Changed) -> String {
    let what: Vec<_> = changed.what.iter().map(|aspect| aspect.as_str()).collect();
    let path = changed.path.display();
    match what.is_empty() {
        true => format!("`{path}` was changed"),
        false => format!("`{path}` was changed: {}", what.join(", ")),
    }
}

/// What an overlay did not show, in sentences.
fn overlay_notes(overlay: &OverlayNotes, performance: &Performance) -> Vec<String> {
    let mut notes = vec![
        "its files were those of an overlay, which is gone: no file of this host was changed; \
         processes, the network, services, and the settings of the kernel are not covered"
            .to_owned(),
    ];
    notes.extend(overlay.uncovered.iter().cloned());
    if overlay.is_full {
        notes.push(
            "the overlay, which is in memory, had no room left: what was written last may have \
             failed for that"
                .to_owned(),
        );
    }
    let is_got = |met: &Met| matches!(met, Met::Got(_));
    if performance.prerequisites.iter().any(is_got) {
        notes.push("what was got for it was in the overlay, too, and is gone".to_owned());
    }
    notes
}

/// That not every change to files was shown, and what would.
fn without_overlay() -> String {
    match could_lay() {
        Ok(()) => "only files that it was seen to change were looked at: `--overlay` would show \
                   every change"
            .to_owned(),
        Err(why) => format!(
            "only files that it was seen to change were looked at, as there can be no overlay: \
             {why}"
        ),
    }
}

fn listened(port: &Listening, performance: &Performance) -> String {
    let Listening { address, process } = port;
    let Seen { pid, command_line } = process;
    let mut survivors = performance
        .cleaned_up
        .iter()
        .flat_map(|cleaned| &cleaned.survivors);
    match survivors.any(|survivor| survivor.pid == *pid) {
        true => format!("process {pid} still listens on {address}: {command_line}"),
        false => format!("process {pid} listened on {address} until it was ended: {command_line}"),
    }
}

fn opened_meanwhile(ports: &[SocketAddr]) -> String {
    let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
    format!(
        "ports were opened meanwhile, by no process that is known to be of the test: {}",
        ports.join(", ")
    )
}

/// What the watched program did to files that is still so: files that it made and that
/// are there, and files that it found and that are gone or were written.
fn left_files(watched: &Watched) -> Vec<String> {
    let mut fates: BTreeMap<&str, Fate> = BTreeMap::new();
    for event in &watched.events {
        let WatchedKind::File { path, kind, .. } = &event.kind else {
            continue;
        };
        if !is_on_disk(path) {
            continue;
        }
        match kind {
            WatchedChange::Created => {
                fates.entry(path).or_insert(Fate::Made);
            }
            WatchedChange::Overwritten | WatchedChange::Written => {
                fates.entry(path).or_insert(Fate::Changed);
            }
            WatchedChange::Deleted => {
                fates.entry(path).or_insert(Fate::Removed);
            }
            WatchedChange::Renamed { to, replaced } => {
                let was = fates.get(path.as_str()).copied();
                fates.entry(path).or_insert(Fate::Removed);
                if is_on_disk(to) {
                    let fate = match (*replaced, was) {
                        (true, _) => Fate::Changed,
                        (false, _) => Fate::Made,
                    };
                    fates.entry(to).or_insert(fate);
                }
            }
        }
    }
    fates
        .into_iter()
        .filter_map(|(path, fate)| {
            let is_there = std::fs::symlink_metadata(path).is_ok();
            match fate {
                Fate::Made if is_there => Some(format!("`{path}` was added")),
                // One that was removed and is there was made anew.
                Fate::Changed | Fate::Removed if is_there => Some(format!("`{path}` was changed")),
                Fate::Changed | Fate::Removed => Some(format!("`{path}` was removed")),
                Fate::Made => None,
            }
        })
        .collect()
}

/// What a file is compared with what it was before.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Made,
    Changed,
    Removed,
}

/// Whether a path is one of a disk, and not of the kernel.
fn is_on_disk(path: &str) -> bool {
    let is_of_kernel = ["/dev/", "/proc/", "/sys/"]
        .iter()
        .any(|folder| path.starts_with(folder));
    !is_of_kernel || path.starts_with("/dev/shm/")
}
