//! Finding and reading files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place, SourceText, did_you_mean};

/// A content file larger than this is not read, in bytes.
const LARGEST_CONTENT: u64 = 16 * 1024 * 1024;

/// A file, and whether someone asked for it by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    /// Its path: the given one, or one below the given folder.
    pub path: PathBuf,
    /// Whether the user gave this very path.
    pub named: bool,
}

/// Finds all files below the given paths, sorted by path, each once. Links to
/// files are read; links to folders are not followed, but for those that are
/// given themselves. What cannot be listed becomes a problem.
#[must_use]
pub fn find_files(paths: &[PathBuf]) -> (Vec<FoundFile>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => problems.push(unreadable(path, &error)),
            Ok(metadata) if metadata.is_dir() => list(path, &mut found, &mut problems),
            Ok(_) => found.push(FoundFile {
                path: path.clone(),
                named: true,
            }),
        }
    }
    found.sort();
    found.dedup_by(|later, earlier| {
        let same = later.path == earlier.path;
        earlier.named |= same && later.named;
        same
    });
    if paths.len() > 1 {
        // `rules` and `./rules` are the same files under other names.
        let mut seen = HashSet::new();
        found.retain(|file| seen.insert(normal(&file.path)));
    }
    (found, problems)
}

fn list(folder: &Path, found: &mut Vec<FoundFile>, problems: &mut Vec<Diagnostic>) {
    let before = (found.len(), problems.len());
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .follow_links(false)
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let Some(kind) = entry.file_type() else {
                    continue;
                };
                // The given folder itself may be a link; it is asked for.
                if kind.is_dir() || entry.depth() == 0 {
                    continue;
                }
                let is_linked_folder = kind.is_symlink()
                    && std::fs::metadata(entry.path()).is_ok_and(|target| target.is_dir());
                if is_linked_folder {
                    problems.push(
                        Diagnostic::warning(Code::IO_NOT_A_FILE, "a linked folder is not followed")
                            .in_file(entry.path())
                            .help("give the folder itself as well, if it is meant"),
                    );
                    continue;
                }
                found.push(FoundFile {
                    path: entry.into_path(),
                    named: false,
                });
            }
            Err(error) => problems.push(
                Diagnostic::error(
                    Code::IO_UNREADABLE,
                    format!("the folder cannot be listed: {error}"),
                )
                .in_file(folder)
                .help("check the permissions"),
            ),
        }
    }
    if (found.len(), problems.len()) == before {
        problems.push(
            Diagnostic::error(Code::IO_NOTHING_FOUND, "the folder holds no file")
                .in_file(folder)
                .help("give a folder that holds what is looked for"),
        );
    }
}

/// Reads a content file as text, without the mark that some editors put in front
/// of UTF-8.
///
/// # Errors
///
/// A diagnostic: the file cannot be read, is no regular file, is too large, or
/// is not UTF-8.
pub fn read_text(path: &Path) -> Result<Arc<SourceText>, Box<Diagnostic>> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(Box::new(
            Diagnostic::error(Code::IO_NOT_A_FILE, "the path is not a regular file")
                .in_file(path)
                .help("give a file, or a folder of files"),
        ));
    }
    if metadata.len() > LARGEST_CONTENT {
        let size = metadata.len();
        return Err(Box::new(
            Diagnostic::error(
                Code::YAML_LIMIT,
                format!("the file has {size} bytes, and at most {LARGEST_CONTENT} are read"),
            )
            .in_file(path)
            .help("split it into several files"),
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let valid = match String::from_utf8(bytes) {
        Ok(text) => {
            return Ok(SourceText::of_file(path, &text));
        }
        Err(error) => error,
    };
    let start = valid.utf8_error().valid_up_to();
    let source = SourceText::new(path, String::from_utf8_lossy(valid.as_bytes()));
    let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
    Err(Box::new(
        Diagnostic::error(Code::YAML_SYNTAX, "the file is not UTF-8 text")
            .at(Place::span(&source, start..end))
            .help("save it as UTF-8"),
    ))
}

/// What is wrong with a YAML text, without the place, and what to do about a
/// misspelled key.
pub(super) fn cause_of_error(error: &serde_yaml::Error) -> (String, Option<String>) {
    let message = error.to_string();
    let cause = match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    };
    // The library names the keys that it knows in the same sentence.
    let mut quoted = cause.split('`').skip(1).step_by(2);
    let help = match (cause.contains("unknown field"), quoted.next()) {
        (true, Some(unknown)) => did_you_mean(unknown, quoted)
            .map(|meant| format!("did you mean `{meant}` by `{unknown}`?")),
        _ => None,
    };
    let told = cause.split(", expected one of").next().unwrap_or_default();
    (in_our_words(told).unwrap_or_else(|| told.to_owned()), help)
}

/// What the library says of a number in terms of the program's types.
fn in_our_words(told: &str) -> Option<String> {
    let (before, what) = told.split_once("invalid ")?;
    let (kind, what) = what.split_once(": ")?;
    let number = what.split('`').nth(1)?;
    let wants_whole = [
        "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64",
    ]
    .iter()
    .any(|kind| what.ends_with(&format!("expected {kind}")));
    match kind {
        "type" if what.contains("` as u128") || what.contains("` as i128") => {
            Some(format!("{before}the number `{number}` is out of range"))
        }
        "type" if what.starts_with("floating point") && wants_whole => Some(format!(
            "{before}`{number}` is not written as a whole number"
        )),
        "value" if what.starts_with("integer") => {
            Some(format!("{before}the number `{number}` is out of range"))
        }
        _ => None,
    }
}

/// Where a YAML text does not say what it should.
pub(super) fn place_of_error(source: &Arc<SourceText>, error: &serde_yaml::Error) -> Place {
    match error.location() {
        Some(location) => {
            let byte = source.byte_at(location.line(), location.column());
            Place::span(source, byte..byte)
        }
        None => Place::file(&source.file),
    }
}

/// The one name of a path that is there, whatever it was called; any other path as
/// it is.
pub(super) fn normal(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether a file's name says that it is TOML.
pub(super) fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

/// Whether a file is YAML by its name.
pub(crate) fn is_yaml(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| {
            ending.eq_ignore_ascii_case("yml") || ending.eq_ignore_ascii_case("yaml")
        })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let help = if error.kind() == std::io::ErrorKind::NotFound {
        "check the path"
    } else {
        "check the permissions"
    };
    Diagnostic::error(
        Code::IO_UNREADABLE,
        format!("the path cannot be read: {error}"),
    )
    .in_file(path)
    .help(help)
}
