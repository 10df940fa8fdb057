//! An overlay: what a test does to files is seen, all of it, and does not reach the host.
//!
//! As root on Linux, the commands of a run can be started in a namespace of mounts in which
//! an overlay lies over each file system. The runner stays outside: the journal, the lock,
//! and the recording are files of the host.
//!
//! - `mounts`: what is mounted, and what of it can be changed;
//! - `lay`: the namespace;
//! - `changes`: what is different in it.

mod changes;
mod lay;
mod mounts;

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::statvfs::fstatvfs;

pub use changes::{Aspect, Changed};
pub(super) use changes::{Changes, Difference};

use super::state::{StateDir, StateError};

/// Why there can be no overlay.
#[derive(Debug, thiserror::Error)]
pub enum OverlayError {
    /// Mounting needs the rights of root.
    #[error("only root may lay one over the root folder")]
    NotRoot,
    /// There is no such file system.
    #[error("the kernel has none")]
    NotInKernel,
    /// The operating system said no.
    #[error("{what} cannot be had: {source}")]
    Refused {
        /// What was wanted.
        what: &'static str,
        /// Why it is not.
        source: io::Error,
    },
    /// The state folder cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
}

impl OverlayError {
    fn at(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Refused { what, source }
    }
}

/// Overlays over the file systems of this host, in a namespace that lasts as long as this,
/// or a process in it.
#[derive(Debug, Clone)]
pub(super) struct Overlay {
    namespace: Arc<File>,
    root: Arc<File>,
    layers: Vec<Layer>,
    /// What is mounted in it to begin with.
    mounted: Vec<PathBuf>,
    /// What it does not cover, in sentences.
    pub(super) notes: Vec<String>,
}

/// An overlay over one file system.
#[derive(Debug, Clone)]
struct Layer {
    /// Where that is mounted.
    point: PathBuf,
    /// The folder that holds what is different.
    upper: Arc<File>,
}

/// Whether this host can have an overlay: lays one, and lets go of it.
///
/// # Errors
/// Why it cannot.
pub fn probe_overlay() -> Result<(), OverlayError> {
    let folder = tempfile::tempdir().map_err(OverlayError::at("the folder for it"))?;
    lay::lay(folder.path(), None).map(drop)
}

/// Whether this host could have an overlay, as far as can be told without trying.
///
/// # Errors
/// Why it could not.
pub(super) fn could_lay() -> Result<(), OverlayError> {
    lay::could_lay()
}

impl Overlay {
    /// Lays one for a run with that state folder.
    pub(super) fn lay(state: &StateDir) -> Result<Self, OverlayError> {
        lay::lay(&state.make_staging()?, Some(&state.scripts()))
    }

    /// The namespace of its mounts.
    pub(super) fn namespace(&self) -> Arc<File> {
        Arc::clone(&self.namespace)
    }

    /// The path by which a file in it can be reached from outside.
    pub(super) fn reach(&self, path: &Path) -> PathBuf {
        let root = through(&self.root);
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// What is different from the host by now.
    pub(super) fn changes(&self) -> Changes {
        let mut changes = Changes::default();
        for layer in &self.layers {
            changes.look(
                &through(&layer.upper),
                &self.reach(&layer.point),
                &layer.point,
            );
        }
        changes
    }

    /// What is mounted in it that was not to begin with.
    pub(super) fn mounted(&self) -> Result<Vec<PathBuf>, OverlayError> {
        let namespace = self.namespace();
        let points = thread::Builder::new()
            .name("misfire-overlay".to_owned())
            .spawn(move || {
                unshare(CloneFlags::CLONE_FS)
                    .and_then(|()| setns(namespace.as_fd(), CloneFlags::CLONE_NEWNS))
                    .map_err(|error| OverlayError::at("the namespace")(error.into()))?;
                lay::points()
            })
            .map_err(OverlayError::at("a thread"))?
            .join()
            .unwrap_or_else(|_| Ok(Vec::new()))?;
        let is_new = |point: &PathBuf| !self.mounted.contains(point);
        Ok(points.into_iter().filter(is_new).collect())
    }

    /// Whether it has no room left, so that what was written last may have failed.
    pub(super) fn is_full(&self) -> bool {
        // All changes are in one file system.
        let room = self.layers.first().map(|layer| fstatvfs(&*layer.upper));
        matches!(room, Some(Ok(room)) if room.blocks_available() == 0 || room.files_available() == 0)
    }
}

/// The path of an open folder.
fn through(folder: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()))
}
