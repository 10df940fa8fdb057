//! The journal: what would have to be undone, written before it is done.
//!
//! Each run has a file of JSON lines. The first line is the undo, and the file appears
//! whole or not at all; a second line says that the act begins. Both are on the disk
//! before the act is. Further lines note processes that do not carry the mark. The file goes
//! when the clean-up has succeeded, and only then.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::marker::RunId;
use super::plan::visible;
use super::process::{Identity, boot};
use super::state::{StateDir, StateError, require_private, sync_folder};
use super::target::this_host_name;
use crate::content::atomic::Shell;

/// More than a script, its variables, and their escapes need.
const LARGEST_ENTRY: u64 = 16 * 1024 * 1024;

/// The undo of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The host that it is on; a folder can be that of several.
    pub host: String,
    /// The run.
    pub run: RunId,
    /// The atomic.
    pub atomic: Uuid,
    /// Its name.
    pub name: String,
    /// When this was written.
    pub written: Timestamp,
    /// Where the clean-up runs.
    pub directory: PathBuf,
    /// The variables that it gets.
    pub environment: BTreeMap<String, String>,
    /// The clean-up, if the atomic has one.
    pub clean_up: Option<EntryCleanUp>,
    /// How long it may take.
    pub limit_ms: u64,
    /// Whether it runs in an overlay, as the act did.
    #[serde(default)]
    pub in_overlay: bool,
}

/// The clean-up of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCleanUp {
    /// Its shell.
    pub executor: Shell,
    /// Its script.
    pub script: String,
}

/// How far a run had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// Its undo was written; nothing was done.
    Written,
    /// Its act may have begun.
    Act,
}

#[derive(Serialize, Deserialize)]
struct Step {
    reached: Reached,
    time: Timestamp,
}

/// Processes that are known to be of a run, and the start of the host since which.
#[derive(Serialize, Deserialize)]
struct Note {
    boot: String,
    processes: Vec<Identity>,
}

/// A run whose undo is written.
#[derive(Debug)]
pub(super) struct Written {
    path: PathBuf,
}

/// What a file of the journal says.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) reached: Reached,
    /// Processes of it that do not carry its mark.
    pub(super) known: Vec<Identity>,
    pub(super) written: Written,
}

/// Writes the undo of a run, so that it survives whatever comes.
pub(super) fn write(state: &StateDir, entry: &Entry) -> Result<Written, StateError> {
    let folder = state.journal();
    let path = folder.join(format!("{}.jsonl", entry.run));
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(&folder)?;
        file.write_all(&line(entry)?)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(StateError::at(&path))?;
    let written = Written { path };
    if let Err(error) = sync_folder(&folder) {
        // Nothing has been done yet, so nothing is lost with the entry.
        let _ = fs::remove_file(&written.path);
        return Err(error);
    }
    Ok(written)
}

impl Written {
    /// Notes that the act begins.
    pub(super) fn begin_act(&self) -> Result<(), StateError> {
        let step = Step {
            reached: Reached::Act,
            time: Timestamp::now(),
        };
        let append = || -> io::Result<()> {
            let mut file = OpenOptions::new().append(true).open(&self.path)?;
            file.write_all(&line(&step)?)?;
            file.sync_all()
        };
        append().map_err(StateError::at(&self.path))
    }

    /// Notes processes that are of the run. It need not survive a loss of power, as they
    /// do not.
    pub(super) fn note(&self, processes: &[Identity]) -> io::Result<()> {
        let boot = boot().ok_or_else(|| io::Error::other("the host has no boot id"))?;
        let note = Note {
            boot,
            processes: processes.to_vec(),
        };
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        file.write_all(&line(&note)?)
    }

    /// Strikes the run out: there is nothing to undo any more.
    pub(super) fn remove(&self) -> Result<(), StateError> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StateError::at(&self.path)(error))
            }
            _ => match self.path.parent() {
                Some(folder) => sync_folder(folder),
                None => Ok(()),
            },
        }
    }
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Every run that was not undone, the oldest first, and every file that cannot be read.
pub(super) fn read(state: &StateDir) -> Result<(Vec<Found>, Vec<Unreadable>), StateError> {
    let folder = state.journal();
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    for file in fs::read_dir(&folder).map_err(StateError::at(&folder))? {
        let path = file.map_err(StateError::at(&folder))?.path();
        if path.extension() != Some(OsStr::new("jsonl")) {
            continue;
        }
        match read_file(&path) {
            Ok(run) => found.push(run),
            Err(why) => unreadable.push(Unreadable { path, why }),
        }
    }
    found.sort_by_key(|run| (run.entry.written, run.entry.run));
    Ok((found, unreadable))
}

/// A file of the journal that cannot be read.
#[derive(Debug, Clone)]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// Why it cannot be read.
    pub why: String,
}

fn read_file(path: &Path) -> Result<Found, String> {
    require_private(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST_ENTRY).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let entry: Entry = serde_json::from_slice(first).map_err(|error| error.to_string())?;
    if path.file_stem() != Some(OsStr::new(&entry.run.to_string())) {
        return Err("its name is not that of its run".to_owned());
    }
    let here = this_host_name();
    if entry.host != here {
        let host = visible(&entry.host);
        return Err(format!(
            "it was left on host `{host}`, and this is `{here}`; recover it there"
        ));
    }
    let boot = boot();
    let mut known = Vec::new();
    let mut reached = Reached::Written;
    for line in lines.filter(|line| !line.is_empty()) {
        match serde_json::from_slice::<Note>(line) {
            Ok(note) if Some(&note.boot) == boot.as_ref() => known.extend(note.processes),
            Ok(_) => {}
            // A line of which only a part was written counts as the act: a clean-up too
            // many is less harm than one too few.
            Err(_) => reached = Reached::Act,
        }
    }
    Ok(Found {
        entry,
        reached,
        known,
        written: Written {
            path: path.to_owned(),
        },
    })
}

/// Removes what a killed writer left beside the journal. Needs the lock.
pub(super) fn tidy(state: &StateDir) {
    for folder in [state.journal(), state.scripts()] {
        let Ok(files) = fs::read_dir(folder) else {
            continue;
        };
        for file in files.flatten() {
            let name = file.file_name();
            if name.to_string_lossy().starts_with(".new-") {
                // What cannot be removed now is tried again the next time.
                let _ = fs::remove_file(file.path());
            }
        }
    }
}
