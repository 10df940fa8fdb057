//! The folder in which this stage keeps what must survive it: the lock and the journal.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

/// Why the state folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The operating system said no.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// What was used.
        path: PathBuf,
        /// Why it cannot be.
        source: io::Error,
    },
    /// It is not known where it is.
    #[error("neither `XDG_STATE_HOME` nor `HOME` says where the state folder is")]
    Homeless,
    /// Somebody else could write commands into it, and `recover` would execute them.
    #[error("`{}` can be written to by others than its user", path.display())]
    NotPrivate {
        /// The folder or file.
        path: PathBuf,
    },
}

impl StateError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// A folder that only its user can write to.
#[derive(Debug, Clone)]
pub struct StateDir {
    root: PathBuf,
    /// Whether all users of the host exclude each other, and not only those of the
    /// folder.
    pub(super) is_of_host: bool,
}

impl StateDir {
    /// Opens the folder, and makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be made, or others can write to it.
    pub fn open(root: &Path) -> Result<Self, StateError> {
        let state = Self {
            root: root.to_owned(),
            is_of_host: false,
        };
        for folder in [state.root.clone(), state.journal(), state.scripts()] {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)
                .map_err(StateError::at(&folder))?;
            require_private(&folder)?;
        }
        Ok(state)
    }

    /// Opens this user's own folder: `misfire` below `$XDG_STATE_HOME`, or below
    /// `~/.local/state` (XDG Base Directory Specification). One run at a time then is one
    /// of all users of the host.
    ///
    /// # Errors
    /// Nobody has said where the user's folders are, or it cannot be made, or others can
    /// write to it.
    pub fn open_own() -> Result<Self, StateError> {
        Ok(Self {
            is_of_host: true,
            ..Self::open(&Self::own_root()?)?
        })
    }

    /// The same if the folder is there already.
    ///
    /// # Errors
    /// As [`StateDir::open_own`].
    pub fn existing_own() -> Result<Option<Self>, StateError> {
        match Self::own_root()?.is_dir() {
            true => Self::open_own().map(Some),
            false => Ok(None),
        }
    }

    fn own_root() -> Result<PathBuf, StateError> {
        let folder = |name, below: &str| {
            let path = PathBuf::from(std::env::var_os(name)?).join(below);
            path.is_absolute().then_some(path)
        };
        folder("XDG_STATE_HOME", "misfire")
            .or_else(|| folder("HOME", ".local/state/misfire"))
            .ok_or(StateError::Homeless)
    }

    /// The command that finishes what was left here.
    #[must_use]
    pub fn recovery(&self) -> String {
        match self.is_of_host {
            true => "misfire recover".to_owned(),
            false => format!("misfire recover --state '{}'", self.root.display()),
        }
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("host.lock")
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// The folder on which an overlay is put together; it stays empty for all others.
    pub(super) fn make_staging(&self) -> Result<PathBuf, StateError> {
        let folder = self.root.join("overlay");
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(StateError::at(&folder))?;
        require_private(&folder)?;
        Ok(folder)
    }

    pub(super) fn scripts(&self) -> PathBuf {
        self.root.join("scripts")
    }
}

/// Requires that nobody else can write to what stands there.
pub(super) fn require_private(path: &Path) -> Result<(), StateError> {
    // What a link points to may change hands later.
    let facts = fs::symlink_metadata(path).map_err(StateError::at(path))?;
    let is_private =
        !facts.is_symlink() && facts.uid() == geteuid().as_raw() && facts.mode() & 0o022 == 0;
    if is_private {
        Ok(())
    } else {
        Err(StateError::NotPrivate {
            path: path.to_owned(),
        })
    }
}

/// Makes the entries of a folder survive a loss of power.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StateError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(StateError::at(folder))
}
