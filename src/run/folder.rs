//! The folder that is written: it appears when it is complete, or not at all.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::convert::Existing;
use super::event::Interrupt;

/// The name of a log in a fixture is not longer, in bytes.
const LONGEST_NAME: usize = 120;

/// A folder under a name of its own beside the place that it is for, gone unless it
/// is kept.
#[derive(Debug)]
pub(super) struct PartialFolder {
    path: PathBuf,
    /// Folders that were made for it, the innermost last.
    made: Vec<PathBuf>,
    kept: bool,
}

impl PartialFolder {
    /// Makes the folder, and those above it.
    ///
    /// # Errors
    ///
    /// It cannot be made there.
    pub(super) fn create(target: &Path) -> io::Result<Self> {
        let above = target.parent().unwrap_or(Path::new(""));
        let mut partial = Self {
            path: PathBuf::new(),
            made: Vec::new(),
            kept: false,
        };
        partial.make_all(above)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let mut attempt = 0_u32;
        loop {
            let path = beside(above, &name, "part", attempt);
            match fs::create_dir(&path) {
                Ok(()) => {
                    partial.path = path;
                    return Ok(partial);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn make_all(&mut self, folder: &Path) -> io::Result<()> {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make_all(above)?;
        }
        fs::create_dir(folder)?;
        self.made.push(folder.to_owned());
        Ok(())
    }

    /// Its path for now.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the complete folder its name; a folder that is to be replaced is put
    /// aside first, and is gone when this one is in its place.
    ///
    /// # Errors
    ///
    /// It cannot be renamed, or another folder has taken the name meanwhile.
    pub(super) fn keep(mut self, target: &Path, existing: Existing) -> io::Result<()> {
        if target.symlink_metadata().is_err() {
            fs::rename(&self.path, target)?;
            self.kept = true;
            return Ok(());
        }
        if existing == Existing::Keep {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let above = target.parent().unwrap_or(Path::new(""));
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let aside = beside(above, &name, "old", 0);
        fs::rename(target, &aside)?;
        if let Err(error) = fs::rename(&self.path, target) {
            // What was there is there again.
            let _ = fs::rename(&aside, target);
            return Err(error);
        }
        self.kept = true;
        fs::remove_dir_all(&aside)
    }
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // Nothing is left to be done about what does not go.
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_dir_all(&self.path);
        }
        for made in self.made.iter().rev() {
            let _ = fs::remove_dir(made);
        }
    }
}

fn beside(above: &Path, name: &str, ending: &str, attempt: u32) -> PathBuf {
    let process = std::process::id();
    above.join(format!(".{name}.{process}-{attempt}.{ending}"))
}

/// Copies a log byte for byte; the SHA-256 of its bytes, or nothing if the copy
/// was interrupted.
///
/// # Errors
///
/// It cannot be read or written.
pub(super) fn copy(from: &Path, to: &Path, interrupt: &Interrupt) -> io::Result<Option<String>> {
    let mut from = File::open(from)?;
    let mut to = File::options().write(true).create_new(true).open(to)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        if interrupt.is_set() {
            return Ok(None);
        }
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
    }
    to.flush()?;
    let digest = hasher.finalize();
    Ok(Some(
        digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    ))
}

/// Names for logs in one folder: their own, tamed, and each once.
pub(super) fn names(paths: &[PathBuf]) -> Vec<String> {
    let mut taken = HashSet::new();
    taken.insert("fixture.yaml".to_owned());
    paths
        .iter()
        .map(|path| {
            let tame = tame(&path.file_name().unwrap_or_default().to_string_lossy());
            let (stem, ending) = match tame.find('.') {
                Some(dot) if dot > 0 => tame.split_at(dot),
                _ => (tame.as_str(), ""),
            };
            let mut name = tame.clone();
            let mut number = 1;
            while !taken.insert(name.to_lowercase()) {
                number += 1;
                name = format!("{stem}-{number}{ending}");
            }
            name
        })
        .collect()
}

fn tame(name: &str) -> String {
    let tame: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-' | '+' | ' ')
            {
                character
            } else {
                '-'
            }
        })
        .collect();
    let tame = tame.trim_matches([' ', '.', '-']);
    let start = tame.len().saturating_sub(LONGEST_NAME);
    match tame[start..].trim_start_matches([' ', '.', '-']) {
        "" => "log".to_owned(),
        tame => tame.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::names;

    #[test]
    fn logs_have_names_of_their_own() {
        let paths = [
            "a/Security.evtx",
            "b/Security.evtx",
            "c/security.evtx",
            "x/fixture.yaml",
            "..",
            "a\u{1b}[31m:b\\c.json",
            "x/trail.json.gz",
            "y/trail.json.gz",
            "-x.json",
        ];
        let paths: Vec<_> = paths.into_iter().map(PathBuf::from).collect();
        assert_eq!(
            names(&paths),
            [
                "Security.evtx",
                "Security-2.evtx",
                "security-3.evtx",
                "fixture-2.yaml",
                "log",
                "a--31m-b-c.json",
                "trail.json.gz",
                "trail-2.json.gz",
                "x.json",
            ]
        );
    }
}
