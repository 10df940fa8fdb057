//! What misfire can do on this host.

use std::env;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

pub use super::abilities::Ability;
use super::abilities::abilities;

/// What is known of the host.
#[derive(Debug, Clone)]
pub struct Host {
    /// The operating system and the processor, such as `linux x86_64`.
    pub platform: String,
    /// Whether misfire has the rights of an administrator, where that is known.
    pub elevated: Option<bool>,
    /// How many threads can search at once.
    pub threads: usize,
    /// The folders of content, and what is in them.
    pub content: Vec<ContentFolder>,
    /// The programs that stages and filters need.
    pub tools: Vec<Tool>,
    /// What executing needs.
    pub abilities: Vec<Ability>,
}

/// A folder of content below the current one.
#[derive(Debug, Clone)]
pub struct ContentFolder {
    /// Its name, or that of the configuration file.
    pub name: &'static str,
    /// How many files it holds; `None` if it is not there.
    pub files: Option<usize>,
}

/// A program.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// Where it is, if it is on the path.
    pub path: Option<PathBuf>,
}

/// What content lies in.
const FOLDERS: [&str; 5] = [
    "misfire.toml",
    "atomics",
    "expectations",
    "detections",
    "fixtures",
];

/// Programs, and what for.
const TOOLS: [(&str, &str); 8] = [
    ("git", "run --since"),
    ("pwsh", "executing atomics in PowerShell"),
    ("powershell", "executing atomics in Windows PowerShell"),
    ("bash", "executing atomics in Bash"),
    ("ssh", "executing atomics on other hosts"),
    ("aws", "executing atomics in AWS"),
    ("az", "executing atomics in Azure"),
    ("wevtutil", "collecting Windows events"),
];

/// More files than this are not counted.
const MOST_FILES: usize = 100_000;

/// Looks at this host, from a folder; nothing is started but `true`, to see whether it
/// can be watched.
#[must_use]
pub fn examine(folder: &Path) -> Host {
    Host {
        platform: format!("{} {}", env::consts::OS, env::consts::ARCH),
        elevated: elevated(),
        threads: available_parallelism().map_or(1, NonZero::get),
        content: FOLDERS
            .into_iter()
            .map(|name| ContentFolder {
                name,
                files: count_files(&folder.join(name)),
            })
            .collect(),
        tools: TOOLS
            .into_iter()
            .map(|(name, purpose)| Tool {
                name,
                purpose,
                path: find(name),
            })
            .collect(),
        abilities: abilities(folder),
    }
}

fn count_files(path: &Path) -> Option<usize> {
    path.exists().then(|| {
        ignore::WalkBuilder::new(path)
            .standard_filters(false)
            .build()
            .flatten()
            .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
            .take(MOST_FILES)
            .count()
    })
}

/// The program of that name on the path.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let endings = if cfg!(windows) {
        let endings = env::var("PATHEXT").unwrap_or_else(|_| ".EXE;.CMD;.BAT".to_owned());
        endings.split(';').map(str::to_lowercase).collect()
    } else {
        vec![String::new()]
    };
    env::split_paths(&env::var_os("PATH")?)
        .flat_map(|folder| {
            endings
                .iter()
                .map(move |ending| folder.join(format!("{name}{ending}")))
                .collect::<Vec<_>>()
        })
        .find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|known| known.is_file() && known.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// A new file belongs to whoever makes it.
#[cfg(unix)]
fn elevated() -> Option<bool> {
    use std::os::unix::fs::MetadataExt;
    let file = tempfile::tempfile().ok()?;
    Some(file.metadata().ok()?.uid() == 0)
}

#[cfg(not(unix))]
fn elevated() -> Option<bool> {
    None
}
