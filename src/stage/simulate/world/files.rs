//! Files of a modelled host: those that were written, and what is known of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::World;
use super::profile::Profile;
use crate::activity::{ActivityKind, FileChange, FileChangeKind, Process, ProgramFile};

/// What a file holds, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// This text.
    Text(String),
    /// This program.
    Program(Arc<ProgramFile>),
    /// Something.
    Unknown,
}

/// Whether a file is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    There,
    /// It is not.
    Absent,
    /// Nobody knows.
    Unknown,
}

#[derive(Debug, Clone)]
enum Entry {
    File(Content),
    Folder,
    Gone,
}

/// The files of a host by path, in lower case on Windows.
#[derive(Debug, Default)]
pub(super) struct Files {
    entries: BTreeMap<String, Entry>,
}

impl Files {
    pub(super) fn of(profile: &Profile) -> Self {
        let mut files = Self::default();
        let Some(host) = &profile.host else {
            return files;
        };
        let is_windows = profile.is_windows();
        for installed in &host.programs {
            // What a profile does not say of a program, its model may know.
            let likely = crate::stage::simulate::program::likely_file(&installed.path)
                .filter(|_| installed.metadata.is_none() && installed.signer.is_none());
            let file = likely.unwrap_or_else(|| Arc::new(installed.file()));
            let content = Content::Program(file);
            files
                .entries
                .insert(key_of(&installed.path, is_windows), Entry::File(content));
        }
        for path in &host.absent {
            files.entries.insert(key_of(path, is_windows), Entry::Gone);
        }
        files
    }
}

fn key_of(path: &str, is_windows: bool) -> String {
    if is_windows {
        path.trim_end_matches('\\').to_lowercase()
    } else {
        path.to_owned()
    }
}

impl World {
    /// Whether the host is one with Windows.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.profile.is_windows()
    }

    fn file_key(&self, path: &str) -> String {
        key_of(path, self.is_windows())
    }

    /// Whether a file or folder is there.
    #[must_use]
    pub fn presence(&self, path: &str) -> Presence {
        let key = self.file_key(path);
        match self.files.entries.get(&key) {
            Some(Entry::File(_) | Entry::Folder) => return Presence::There,
            Some(Entry::Gone) => return Presence::Absent,
            None => {}
        }
        // A folder above something that is there is there.
        let below = format!("{key}{}", if self.is_windows() { '\\' } else { '/' });
        let holds = self
            .files
            .entries
            .range(below.clone()..)
            .take_while(|(path, _)| path.starts_with(&below))
            .any(|(_, entry)| !matches!(entry, Entry::Gone));
        if holds || self.program_file(path).is_some() {
            Presence::There
        } else if self.profile.is_absent(path) {
            Presence::Absent
        } else {
            Presence::Unknown
        }
    }

    /// What a file holds, if that is known.
    #[must_use]
    pub fn content(&self, path: &str) -> Content {
        match self.files.entries.get(&self.file_key(path)) {
            Some(Entry::File(content)) => content.clone(),
            // What was never looked into is what its name says, if a model knows it.
            None => self
                .program_file(path)
                .or_else(|| crate::stage::simulate::program::likely_file(path))
                .or_else(|| crate::stage::simulate::program::windows_library(path))
                .map(Content::Program)
                .or_else(|| crate::stage::simulate::program::likely_text(path).map(Content::Text))
                .unwrap_or(Content::Unknown),
            Some(_) => Content::Unknown,
        }
    }

    /// The program at a path, if what is there is known to be one.
    #[must_use]
    pub fn program_file(&self, path: &str) -> Option<Arc<ProgramFile>> {
        match self.files.entries.get(&self.file_key(path)) {
            Some(Entry::File(Content::Program(program))) => Some(Arc::clone(program)),
            Some(_) => None,
            None => crate::stage::simulate::program::known_file(path),
        }
    }

    /// Writes a file, and notes it: created if it was not there.
    pub fn write_file(&mut self, process: &Arc<Process>, path: &str, content: Content) {
        let kind = match self.presence(path) {
            Presence::There => FileChangeKind::Overwritten,
            Presence::Absent | Presence::Unknown => FileChangeKind::Created,
        };
        self.put_file(process, path, content, kind);
    }

    /// Adds text to a file, and notes it.
    pub fn append_file(&mut self, process: &Arc<Process>, path: &str, text: &str) {
        let kind = match self.presence(path) {
            Presence::There => FileChangeKind::Written,
            Presence::Absent | Presence::Unknown => FileChangeKind::Created,
        };
        let content = match self.content(path) {
            Content::Text(before) => Content::Text(before + text),
            _ if kind == FileChangeKind::Created => Content::Text(text.to_owned()),
            _ => Content::Unknown,
        };
        self.put_file(process, path, content, kind);
    }

    fn put_file(
        &mut self,
        process: &Arc<Process>,
        path: &str,
        content: Content,
        kind: FileChangeKind,
    ) {
        let is_executable = match &content {
            Content::Program(_) => true,
            Content::Text(_) => false,
            Content::Unknown => has_program_ending(path),
        };
        self.files
            .entries
            .insert(self.file_key(path), Entry::File(content));
        self.pause(2);
        self.happen(
            Some(process),
            ActivityKind::File(FileChange {
                path: path.to_owned(),
                kind,
                is_executable: Some(is_executable),
            }),
        );
    }

    /// Knows better what a file holds that was opened for writing before; no sensor
    /// logs each piece that is written.
    pub fn fill_file(&mut self, path: &str, content: Content) {
        self.files
            .entries
            .insert(self.file_key(path), Entry::File(content));
    }

    /// Whether a folder is known to be at a path.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        let key = self.file_key(path);
        match self.files.entries.get(&key) {
            Some(Entry::Folder) => return true,
            Some(_) => return false,
            None => {}
        }
        let below = format!("{key}{}", if self.is_windows() { '\\' } else { '/' });
        self.files
            .entries
            .range(below.clone()..)
            .take_while(|(path, _)| path.starts_with(&below))
            .any(|(_, entry)| !matches!(entry, Entry::Gone))
    }

    /// Lets a file that was opened for writing grow; `None` is text that is not known.
    /// Nothing is noted: that was done when it was opened.
    pub fn grow_file(&mut self, path: &str, text: Option<&str>) {
        let content = match (self.content(path), text) {
            (Content::Text(before), Some(text)) => Content::Text(before + text),
            _ => Content::Unknown,
        };
        let key = self.file_key(path);
        self.files.entries.insert(key, Entry::File(content));
    }

    /// Makes a folder; no sensor logs that.
    pub fn make_folder(&mut self, path: &str) {
        self.files
            .entries
            .insert(self.file_key(path), Entry::Folder);
    }

    /// Deletes a file, and notes it unless it is known not to be there; says whether
    /// it may have been there.
    pub fn delete_file(&mut self, process: &Arc<Process>, path: &str) -> bool {
        if self.presence(path) == Presence::Absent {
            return false;
        }
        let is_executable = has_program_ending(path);
        self.files.entries.insert(self.file_key(path), Entry::Gone);
        self.pause(2);
        self.happen(
            Some(process),
            ActivityKind::File(FileChange {
                path: path.to_owned(),
                kind: FileChangeKind::Deleted,
                is_executable: Some(is_executable),
            }),
        );
        true
    }

    /// The files that are known to be below a folder, by path.
    #[must_use]
    pub fn files_below(&self, folder: &str) -> Vec<String> {
        let separator = if self.is_windows() { '\\' } else { '/' };
        let below = format!("{}{separator}", self.file_key(folder));
        self.files
            .entries
            .range(below.clone()..)
            .take_while(|(path, _)| path.starts_with(&below))
            .filter(|(_, entry)| matches!(entry, Entry::File(_)))
            .map(|(path, _)| path.clone())
            .collect()
    }
}

/// Whether a name ends as those of programs do.
fn has_program_ending(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".exe", ".dll", ".sys", ".scr", ".com", ".cpl", ".ocx"]
        .iter()
        .any(|ending| path.ends_with(ending))
}
