//! What this host is: its platform, the runner's rights, and the programs on its path.

use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::content::atomic::{Elevation, Platform};

/// The facts of a host that decide whether an atomic can be performed there.
#[derive(Debug, Clone)]
pub struct Host {
    /// What it runs.
    pub platform: Platform,
    /// The rights of the runner: `Required` if it has those of an administrator.
    pub rights: Elevation,
    /// The folders in which programs are looked for.
    pub path: Vec<PathBuf>,
    /// The folder in which commands run unless they say otherwise.
    pub temporary: PathBuf,
}

impl Host {
    /// The host that this process runs on.
    #[must_use]
    pub fn this() -> Self {
        Self {
            platform: Platform::Linux,
            rights: if geteuid().is_root() {
                Elevation::Required
            } else {
                Elevation::NotRequired
            },
            path: env::var_os("PATH")
                .map(|path| env::split_paths(&path).collect())
                .unwrap_or_default(),
            // A relative one would be another folder for whoever recovers.
            temporary: std::path::absolute(env::temp_dir()).unwrap_or_else(|_| env::temp_dir()),
        }
    }

    /// The first program of that name on the path that can be executed.
    #[must_use]
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        self.path
            .iter()
            // A relative folder would mean another program in each directory.
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(program))
            .find(|path| is_executable(path))
    }

    /// Whether an atomic for any of these platforms can be performed from here.
    #[must_use]
    pub fn serves(&self, platforms: &[Platform]) -> bool {
        platforms
            .iter()
            .any(|platform| platform.is_service() || *platform == self.platform)
    }
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}
