//! What a run leaves although it was cleaned up: files, listening ports, processes.
//!
//! Snapshots are of the host, not of the run: what somebody else did to files meanwhile is
//! in the difference, too. Ports are told apart by who listens. It is a report to look at,
//! never a verdict by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::overlay::{Changed, Changes, Difference, Overlay};
use super::ports::{self, Listening};
use super::process::Seen;

/// How many files a snapshot holds, and how deep it looks.
const MOST_FILES: usize = 50_000;
const DEEPEST: usize = 32;

/// The files and ports of a host at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    files: BTreeMap<PathBuf, FileFacts>,
    ports: BTreeSet<SocketAddr>,
    is_partial: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileFacts {
    inode: u64,
    mode: u32,
    size: u64,
    changed: (i64, i64),
}

/// What a run left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Residue {
    /// Files that are new.
    pub added: Vec<PathBuf>,
    /// Files that are not what they were.
    pub changed: Vec<Changed>,
    /// Files that are gone.
    pub removed: Vec<PathBuf>,
    /// Ports on which processes listened that the clean-up had left.
    pub listening: Vec<Listening>,
    /// Ports that were opened meanwhile by nobody who is known to be of the run: by
    /// others, or by a service on its behalf. They are not counted as left.
    pub meanwhile: Vec<SocketAddr>,
    /// Processes that the clean-up had left and that had to be ended, or could not be.
    pub processes: Vec<Seen>,
    /// Where something is mounted that was not before; seen in an overlay only.
    pub mounted: Vec<PathBuf>,
    /// Whether there was more to look at than was looked at.
    pub is_partial: bool,
    /// What an overlay showed, and what it did not; nothing without one.
    pub overlay: Option<OverlayNotes>,
}

/// What is to be known of an overlay besides the files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OverlayNotes {
    /// What it did not cover, in sentences.
    pub uncovered: Vec<String>,
    /// Whether it had no room left.
    pub is_full: bool,
}

/// What there was before an act.
#[derive(Debug)]
pub(super) enum Files {
    /// On the host, in these folders.
    OfHost(Snapshot, Vec<PathBuf>),
    /// In an overlay; what is on the host besides files.
    InOverlay(Changes, Snapshot),
}

impl Files {
    /// Looks at an overlay, or if there is none, at folders.
    pub(super) fn look(overlay: Option<&Overlay>, folders: &[PathBuf]) -> Self {
        match overlay {
            Some(overlay) => Self::InOverlay(overlay.changes(), Snapshot::take(&[])),
            None => Self::OfHost(Snapshot::take(folders), folders.to_owned()),
        }
    }

    /// What is different by now, and what else was left.
    pub(super) fn residue(
        self,
        overlay: Option<&Overlay>,
        processes: Vec<Seen>,
        listening: Vec<Listening>,
    ) -> Residue {
        let (before, folders) = match &self {
            Self::OfHost(before, folders) => (before, folders.as_slice()),
            Self::InOverlay(_, before) => (before, [].as_slice()),
        };
        let mut residue = Residue::between(before, &Snapshot::take(folders), processes, listening);
        if let (Self::InOverlay(before, _), Some(overlay)) = (&self, overlay) {
            residue.take_overlay(before, overlay);
        }
        residue
    }
}

impl Snapshot {
    /// Looks at everything below the folders, and at the ports.
    #[must_use]
    pub fn take(folders: &[PathBuf]) -> Self {
        let mut snapshot = Self {
            ports: ports::all(),
            ..Self::default()
        };
        for folder in folders {
            snapshot.look_below(folder);
        }
        snapshot
    }

    fn look_below(&mut self, root: &Path) {
        let mut left = vec![(root.to_owned(), 0)];
        while let Some((folder, depth)) = left.pop() {
            let Ok(entries) = fs::read_dir(&folder) else {
                self.is_partial |= folder.exists();
                continue;
            };
            for entry in entries.flatten() {
                if self.files.len() >= MOST_FILES {
                    self.is_partial = true;
                    return;
                }
                // Of a link it says what the link is: links are not followed.
                let Ok(facts) = entry.metadata() else {
                    continue;
                };
                let is_folder = facts.is_dir();
                if is_folder && depth < DEEPEST {
                    left.push((entry.path(), depth + 1));
                }
                self.is_partial |= is_folder && depth >= DEEPEST;
                self.files.insert(entry.path(), FileFacts::of(&facts));
            }
        }
    }
}

impl FileFacts {
    fn of(facts: &fs::Metadata) -> Self {
        // The size and the times of a folder change with what is in it, which is listed
        // anyway.
        let is_folder = facts.is_dir();
        Self {
            inode: facts.ino(),
            mode: facts.mode(),
            size: if is_folder { 0 } else { facts.size() },
            // The time of the last change of anything: that of the content can be set.
            changed: if is_folder {
                (0, 0)
            } else {
                (facts.ctime(), facts.ctime_nsec())
            },
        }
    }
}

impl Residue {
    /// What is different, and the processes that were left with the ports on which they
    /// listened.
    #[must_use]
    pub fn between(
        before: &Snapshot,
        after: &Snapshot,
        processes: Vec<Seen>,
        listening: Vec<Listening>,
    ) -> Self {
        let is_of_run = |port: &&SocketAddr| listening.iter().any(|own| own.address == **port);
        let opened = after.ports.difference(&before.ports);
        let mut residue = Self {
            processes,
            meanwhile: opened.filter(|port| !is_of_run(port)).copied().collect(),
            listening,
            is_partial: before.is_partial || after.is_partial,
            ..Self::default()
        };
        for (path, facts) in &after.files {
            match before.files.get(path) {
                None => residue.added.push(path.clone()),
                Some(was) if was != facts => residue.changed.push(Changed {
                    path: path.clone(),
                    what: BTreeSet::new(),
                }),
                Some(_) => {}
            }
        }
        residue.removed = before
            .files
            .keys()
            .filter(|path| !after.files.contains_key(*path))
            .cloned()
            .collect();
        residue
    }

    /// Takes in what is different in an overlay since `before`: what prerequisites did
    /// is not of the act.
    fn take_overlay(&mut self, before: &Changes, overlay: &Overlay) {
        let after = overlay.changes();
        self.is_partial |= before.is_partial || after.is_partial;
        for (path, found) in &after.found {
            if before.found.get(path) == Some(found) {
                continue;
            }
            match &found.0 {
                Difference::Added if before.found.contains_key(path) => {
                    self.changed.push(Changed {
                        path: path.clone(),
                        what: BTreeSet::new(),
                    });
                }
                Difference::Added => self.added.push(path.clone()),
                Difference::Removed => self.removed.push(path.clone()),
                Difference::Changed(what) => self.changed.push(Changed {
                    path: path.clone(),
                    what: what.clone(),
                }),
            }
        }
        // What prerequisites had made, and is gone.
        let made = before.found.iter().filter(|(path, found)| {
            found.0 == Difference::Added && !after.found.contains_key(*path)
        });
        self.removed.extend(made.map(|(path, _)| path.clone()));
        let mut notes = OverlayNotes {
            uncovered: overlay.notes.clone(),
            is_full: overlay.is_full(),
        };
        match overlay.mounted() {
            Ok(mounted) => self.mounted = mounted,
            Err(error) => notes
                .uncovered
                .push(format!("what it mounted could not be looked at: {error}")),
        }
        self.overlay = Some(notes);
    }

    /// Whether nothing was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.changed.is_empty()
            && self.removed.is_empty()
            && self.mounted.is_empty()
            && self.listening.is_empty()
            && self.processes.is_empty()
    }
}
