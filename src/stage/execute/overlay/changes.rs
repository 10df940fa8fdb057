//! What is different in an overlay.
//!
//! Three views are compared: what the overlay holds itself (the upper folder), what is seen
//! through it, and the host below. So marks of removal, folders that hide what is below
//! them, renamed folders, and files of which only the attributes were copied are told by
//! what they amount to: a file that was written and is as before is no difference.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{lgetxattr, llistxattr};
use serde::Serialize;

/// How many names are looked at.
const MOST_NAMES: usize = 500_000;

/// The attributes by which the kernel marks folders of an upper folder.
const OPAQUE: &str = "trusted.overlay.opaque";
const REDIRECT: &str = "trusted.overlay.redirect";

/// The most that an attribute can hold, and a list of their names (`xattr(7)`).
const LARGEST_ATTRIBUTE: usize = 64 * 1024;

/// What of a file is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// What it is: a file, a folder, a link, a device.
    Kind,
    /// What it holds, or where it points.
    Content,
    /// Its permissions.
    Permissions,
    /// Its owner or its group.
    Owner,
    /// When it was changed, as it says.
    Time,
    /// Its extended attributes, which hold capabilities and access lists.
    Attributes,
}

impl Aspect {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Content => "content",
            Self::Permissions => "permissions",
            Self::Owner => "owner",
            Self::Time => "time",
            Self::Attributes => "attributes",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A file that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The file.
    pub path: PathBuf,
    /// What of it, as far as that is known.
    pub what: BTreeSet<Aspect>,
}

/// What a file is compared with the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::stage::execute) enum Difference {
    /// The host has none.
    Added,
    /// The host's is another.
    Changed(BTreeSet<Aspect>),
    /// The host has one.
    Removed,
}

/// All differences by their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::stage::execute) struct Changes {
    pub(in crate::stage::execute) found: BTreeMap<PathBuf, (Difference, Option<Stamp>)>,
    /// Whether there was more to look at than was looked at.
    pub(in crate::stage::execute) is_partial: bool,
    names: usize,
}

/// What tells that a file was changed once more.
pub(in crate::stage::execute) type Stamp = (u64, i64, i64);

/// A folder in the three views.
struct Folder {
    /// In the overlay itself; nothing below a renamed folder.
    upper: Option<PathBuf>,
    /// As it is seen.
    merged: PathBuf,
    /// On the host, if that has such a folder.
    lower: Option<PathBuf>,
    /// Its path for those who are in it.
    path: PathBuf,
}

impl Changes {
    /// Takes in what an overlay over `point` holds.
    pub(super) fn look(&mut self, upper: &Path, merged: &Path, point: &Path) {
        let mut left = vec![Folder {
            upper: Some(upper.to_owned()),
            merged: merged.to_owned(),
            lower: Some(point.to_owned()),
            path: point.to_owned(),
        }];
        // The folder itself is what the overlay was laid with, unless it was changed.
        self.compare(merged, point, point);
        while let Some(folder) = left.pop() {
            self.look_into(&folder, &mut left);
        }
    }

    fn look_into(&mut self, folder: &Folder, left: &mut Vec<Folder>) {
        let is_renamed = match &folder.upper {
            Some(upper) => has(upper, REDIRECT),
            None => true,
        };
        let own: BTreeSet<OsString> = match &folder.upper {
            Some(upper) if !is_renamed => self.names(upper),
            _ => self.names(&folder.merged),
        };
        let hides_all = match &folder.upper {
            Some(upper) => is_renamed || has(upper, OPAQUE),
            None => true,
        };
        let mut names = own.clone();
        if let (true, Some(lower)) = (hides_all, &folder.lower) {
            names.extend(self.names(lower));
        }
        for name in names {
            let merged = folder.merged.join(&name);
            let lower = folder.lower.as_ref().map(|lower| lower.join(&name));
            let path = folder.path.join(&name);
            let now = fs::symlink_metadata(&merged).ok();
            let was = lower
                .as_ref()
                .and_then(|lower| fs::symlink_metadata(lower).ok());
            match (&now, &was, &lower) {
                (None, None, _) | (_, Some(_), None) => {}
                (None, Some(_), _) => {
                    self.found.insert(path, (Difference::Removed, None));
                    continue;
                }
                (Some(now), None, _) => {
                    let found = (Difference::Added, Some(stamp(now)));
                    self.found.insert(path.clone(), found);
                }
                (Some(_), Some(_), Some(lower)) => self.compare(&merged, lower, &path),
            }
            if now.is_some_and(|now| now.is_dir()) {
                let upper = folder.upper.as_ref().filter(|_| !is_renamed);
                left.push(Folder {
                    upper: upper.map(|upper| upper.join(&name)),
                    merged,
                    lower: lower.filter(|_| was.is_some_and(|was| was.is_dir())),
                    path,
                });
            }
        }
    }

    /// The names in a folder, as long as there is room for more.
    fn names(&mut self, folder: &Path) -> BTreeSet<OsString> {
        let Ok(entries) = fs::read_dir(folder) else {
            self.is_partial |= folder.exists();
            return BTreeSet::new();
        };
        let room = MOST_NAMES.saturating_sub(self.names);
        let mut entries = entries.flatten().map(|entry| entry.file_name());
        let names: BTreeSet<_> = entries.by_ref().take(room).collect();
        self.names += names.len();
        self.is_partial |= names.len() == room && entries.next().is_some();
        names
    }

    fn compare(&mut self, merged: &Path, lower: &Path, path: &Path) {
        let (Ok(now), Ok(was)) = (fs::symlink_metadata(merged), fs::symlink_metadata(lower)) else {
            return;
        };
        let what = aspects((merged, &now), (lower, &was));
        if !what.is_empty() {
            let found = (Difference::Changed(what), Some(stamp(&now)));
            self.found.insert(path.to_owned(), found);
        }
    }
}

fn stamp(facts: &Metadata) -> Stamp {
    // What is in a folder is listed anyway.
    match facts.is_dir() {
        true => (u64::from(facts.mode()), 0, 0),
        false => (facts.ino(), facts.ctime(), facts.ctime_nsec()),
    }
}

/// What is different between two files that have the same path.
fn aspects(now: (&Path, &Metadata), was: (&Path, &Metadata)) -> BTreeSet<Aspect> {
    let ((at_now, now), (at_was, was)) = (now, was);
    let mut what = BTreeSet::new();
    let kind = |facts: &Metadata| (facts.mode() & 0o170_000, facts.rdev());
    if kind(now) != kind(was) {
        what.insert(Aspect::Kind);
        return what;
    }
    if now.mode() != was.mode() {
        what.insert(Aspect::Permissions);
    }
    if (now.uid(), now.gid()) != (was.uid(), was.gid()) {
        what.insert(Aspect::Owner);
    }
    let time = |facts: &Metadata| (facts.mtime(), facts.mtime_nsec());
    // The time of a folder changes with what is in it, which is listed anyway.
    if !now.is_dir() && time(now) != time(was) {
        what.insert(Aspect::Time);
    }
    let is_other = match (now.is_file(), now.is_symlink()) {
        (true, _) => now.size() != was.size() || differ(at_now, at_was).unwrap_or(true),
        (_, true) => fs::read_link(at_now).ok() != fs::read_link(at_was).ok(),
        _ => false,
    };
    if is_other {
        what.insert(Aspect::Content);
    }
    if attributes(at_now) != attributes(at_was) {
        what.insert(Aspect::Attributes);
    }
    what
}

fn differ(one: &Path, other: &Path) -> io::Result<bool> {
    const PIECE: usize = 256 * 1024;
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut left, mut right) = (Vec::with_capacity(PIECE), Vec::with_capacity(PIECE));
    loop {
        left.clear();
        right.clear();
        one.by_ref().take(PIECE as u64).read_to_end(&mut left)?;
        other.by_ref().take(PIECE as u64).read_to_end(&mut right)?;
        if left != right {
            return Ok(true);
        }
        if left.is_empty() {
            return Ok(false);
        }
    }
}

/// The extended attributes, but for those of overlays; none where there can be none.
fn attributes(path: &Path) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut names = Vec::with_capacity(LARGEST_ATTRIBUTE);
    let Ok(_) = llistxattr(path, rustix::buffer::spare_capacity(&mut names)) else {
        return BTreeMap::new();
    };
    names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty() && !name.starts_with(b"trusted.overlay."))
        .filter_map(|name| Some((name.to_owned(), attribute(path, name)?)))
        .collect()
}

fn attribute(path: &Path, name: &[u8]) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(LARGEST_ATTRIBUTE);
    lgetxattr(path, name, rustix::buffer::spare_capacity(&mut value)).ok()?;
    Some(value)
}

fn has(path: &Path, name: &str) -> bool {
    attribute(path, name.as_bytes()).is_some_and(|value| !value.is_empty() && value != b"n")
}
