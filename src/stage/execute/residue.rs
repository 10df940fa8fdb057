//! What a run leaves although it was cleaned up: files, listening ports, processes.
//!
//! Snapshots are of the host, not of the run: what somebody else did meanwhile is in the
//! difference, too. It is a report to look at, never a verdict by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

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
    pub changed: Vec<PathBuf>,
    /// Files that are gone.
    pub removed: Vec<PathBuf>,
    /// Ports on which somebody listens who did not before.
    pub listening: Vec<SocketAddr>,
    /// Processes that the clean-up had left and that had to be ended, or could not be.
    pub processes: Vec<Seen>,
    /// Whether there was more to look at than was looked at.
    pub is_partial: bool,
}

impl Snapshot {
    /// Looks at everything below the folders, and at the ports.
    #[must_use]
    pub fn take(folders: &[PathBuf]) -> Self {
        let mut snapshot = Self::default();
        for folder in folders {
            snapshot.look_below(folder);
        }
        for (table, parse) in [
            ("/proc/net/tcp", port_v4 as fn(&str) -> Option<SocketAddr>),
            ("/proc/net/tcp6", port_v6),
        ] {
            // A host without IPv6 has no such table.
            let text = fs::read_to_string(table).unwrap_or_default();
            snapshot.ports.extend(listening(&text).filter_map(parse));
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
    /// What is different, and the processes that were left.
    #[must_use]
    pub fn between(before: &Snapshot, after: &Snapshot, processes: Vec<Seen>) -> Self {
        let mut residue = Self {
            processes,
            listening: after.ports.difference(&before.ports).copied().collect(),
            is_partial: before.is_partial || after.is_partial,
            ..Self::default()
        };
        for (path, facts) in &after.files {
            match before.files.get(path) {
                None => residue.added.push(path.clone()),
                Some(was) if was != facts => residue.changed.push(path.clone()),
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

    /// Whether nothing was left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.changed.is_empty()
            && self.removed.is_empty()
            && self.listening.is_empty()
            && self.processes.is_empty()
    }
}

/// The local addresses of the sockets that listen (state `0A`).
fn listening(table: &str) -> impl Iterator<Item = &str> {
    table.lines().skip(1).filter_map(|line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let local = fields.next()?;
        (fields.nth(1)? == "0A").then_some(local)
    })
}

fn port_v4(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    // The kernel prints the number as this machine holds it in memory.
    let address = u32::from_str_radix(address, 16).ok()?.to_ne_bytes();
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(address)), port))
}

fn port_v6(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let mut bytes = [0; 16];
    for (index, into) in bytes.chunks_exact_mut(4).enumerate() {
        let word = address.get(index * 8..index * 8 + 8)?;
        into.copy_from_slice(&u32::from_str_radix(word, 16).ok()?.to_ne_bytes());
    }
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(IpAddr::V6(Ipv6Addr::from(bytes)), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_are_read_as_the_kernel_writes_them() {
        let table = "  sl  local_address rem_address   st\n   \
            0: 0100007F:1F90 00000000:0000 0A x\n   1: 0100007F:1F91 00000000:0000 01 x\n";
        let found: Vec<_> = listening(table).map(port_v4).collect();
        assert_eq!(found, ["127.0.0.1:8080".parse().ok()]);
        let six = port_v6("00000000000000000000000001000000:0050");
        assert_eq!(six, "[::1]:80".parse().ok());
    }
}
