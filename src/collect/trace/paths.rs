//! Turns the paths of a task's calls into full paths of this host.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

use nix::libc;
use nix::unistd::Pid;

use super::event::FileType;
use super::procfs;

/// A path as a task means it.
#[derive(Debug, Clone)]
pub(super) struct TaskPath {
    /// Goes through `/proc`, so that it means to us what it means to the task, also
    /// after a chroot.
    reach: PathBuf,
    /// Where it starts, and how it goes on from there.
    base: PathBuf,
    path: PathBuf,
}

impl TaskPath {
    /// A path that is relative to an open folder, or to the working directory.
    pub(super) fn new(task: Pid, folder: Option<i32>, path: &OsStr) -> Self {
        let path = Path::new(path);
        if path.is_absolute() {
            return Self::absolute(task, path);
        }
        let base = match folder {
            None | Some(libc::AT_FDCWD) => PathBuf::from(format!("/proc/{task}/cwd")),
            Some(descriptor) => procfs::descriptor_link(task, descriptor),
        };
        // An empty path is the descriptor itself (AT_EMPTY_PATH).
        let reach = if path.as_os_str().is_empty() {
            base.clone()
        } else {
            base.join(path)
        };
        Self {
            reach,
            base,
            path: path.to_owned(),
        }
    }

    fn absolute(task: Pid, path: &Path) -> Self {
        let base = PathBuf::from(format!("/proc/{task}/root"));
        let below = path.strip_prefix("/").unwrap_or(path);
        // `/proc/self` would be ours, not the task's.
        let own = below
            .strip_prefix("proc/self")
            .or_else(|_| below.strip_prefix("proc/thread-self"));
        let reach = own.map_or_else(
            |_| base.join(below),
            |own| Path::new("/proc").join(task.to_string()).join(own),
        );
        Self {
            reach,
            base,
            path: below.to_owned(),
        }
    }

    /// The path as it was asked for, from the root on.
    fn shown(&self) -> PathBuf {
        fs::read_link(&self.base).map_or_else(|_| self.reach.clone(), |base| base.join(&self.path))
    }

    /// What is there, a link itself.
    pub(super) fn is(&self) -> Option<Metadata> {
        fs::symlink_metadata(&self.reach).ok()
    }

    /// What is there, behind links.
    pub(super) fn leads_to(&self) -> Option<Metadata> {
        fs::metadata(&self.reach).ok()
    }

    /// The full path: links of its folder resolved, the last name kept.
    pub(super) fn named(&self) -> PathBuf {
        let name = match self.reach.components().next_back() {
            Some(Component::Normal(name)) => OsString::from(name),
            _ => return fs::canonicalize(&self.reach).unwrap_or_else(|_| self.shown()),
        };
        let Some(folder) = self.reach.parent() else {
            return self.shown();
        };
        fs::canonicalize(folder).map_or_else(|_| self.shown(), |folder| folder.join(name))
    }

    /// The full path with all links resolved.
    pub(super) fn resolved(&self) -> PathBuf {
        fs::canonicalize(&self.reach).unwrap_or_else(|_| self.named())
    }
}

/// What sort of file something is.
pub(super) fn file_type(metadata: &Metadata) -> FileType {
    let kind = metadata.file_type();
    if kind.is_file() {
        FileType::Regular
    } else if kind.is_dir() {
        FileType::Directory
    } else if kind.is_symlink() {
        FileType::Link
    } else {
        debug_assert!(
            kind.is_fifo() || kind.is_socket() || kind.is_block_device() || kind.is_char_device()
        );
        FileType::Other
    }
}

/// Tells whether a file changed between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) device: u64,
    pub(super) inode: u64,
    size: u64,
    modified: i128,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: i128::from(metadata.mtime()) * 1_000_000_000
                + i128::from(metadata.mtime_nsec()),
        }
    }

    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }

    /// Nanoseconds since 1970.
    pub(super) fn modified(&self) -> i128 {
        self.modified
    }
}
