//! A project to start from.

use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};
use jiff::Timestamp;
use uuid::Uuid;

use super::fixture::sha256;
use crate::diagnostic::{Code, Diagnostic};

static PROJECT: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/project");

/// Writes a project that has one of everything, with ids of its own, into a folder
/// that is empty or not there yet. What was written is returned, sorted.
///
/// # Errors
///
/// A diagnostic: the folder holds something, or cannot be written.
pub fn start_project(folder: &Path, now: Timestamp) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    refuse_occupied(folder)?;
    let ids = Ids {
        atomic: Uuid::new_v4().to_string(),
        rule: Uuid::new_v4().to_string(),
        date: now.strftime("%Y-%m-%d").to_string(),
    };
    let mut files = Vec::new();
    collect(&PROJECT, &mut files);
    let mut written = Vec::new();
    for file in files {
        let path = folder.join(file.path());
        let unwritable = |error: std::io::Error| {
            Box::new(
                Diagnostic::error(
                    Code::IO_UNWRITABLE,
                    format!("the file cannot be written: {error}"),
                )
                .in_file(&path)
                .help("check the permissions, and that there is room"),
            )
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(unwritable)?;
        }
        std::fs::write(&path, ids.fill_in(file)).map_err(unwritable)?;
        written.push(path);
    }
    written.sort();
    Ok(written)
}

fn refuse_occupied(folder: &Path) -> Result<(), Box<Diagnostic>> {
    let mut entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Box::new(
                Diagnostic::error(
                    Code::IO_UNREADABLE,
                    format!("the path cannot be read: {error}"),
                )
                .in_file(folder)
                .help("give a folder that is empty or not there yet"),
            ));
        }
    };
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Box::new(
            Diagnostic::error(Code::INIT_NOT_EMPTY, "the folder is not empty")
                .in_file(folder)
                .help("give a folder that is empty or not there yet"),
        )),
    }
}

fn collect(folder: &'static Dir<'static>, files: &mut Vec<&'static File<'static>>) {
    files.extend(folder.files());
    for folder in folder.dirs() {
        collect(folder, files);
    }
}

/// What differs from project to project.
struct Ids {
    atomic: String,
    rule: String,
    date: String,
}

impl Ids {
    /// A template's text, with what it leaves open filled in.
    fn fill_in(&self, file: &'static File<'static>) -> Vec<u8> {
        let Some(text) = file.contents_utf8() else {
            return file.contents().to_vec();
        };
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            filled.push_str(before);
            let Some((name, behind)) = behind.split_once("}}") else {
                filled.push_str("{{");
                rest = behind;
                continue;
            };
            match self.value(name, file) {
                Some(value) => filled.push_str(&value),
                None => filled.extend(["{{", name, "}}"]),
            }
            rest = behind;
        }
        filled.push_str(rest);
        filled.into_bytes()
    }

    fn value(&self, name: &str, file: &File<'static>) -> Option<String> {
        match name {
            "atomic" => Some(self.atomic.clone()),
            "rule" => Some(self.rule.clone()),
            "date" => Some(self.date.clone()),
            _ => {
                let beside = file.path().parent()?.join(name.strip_prefix("sha256 ")?);
                Some(sha256(PROJECT.get_file(beside)?.contents()))
            }
        }
    }
}
