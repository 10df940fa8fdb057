//! What has changed since a revision of git.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::files::normal;
use crate::diagnostic::{Code, Diagnostic};

/// Files that differ from a revision, those that git does not know yet included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are there, by their one name.
    pub changed: BTreeSet<PathBuf>,
    /// Files that are gone.
    pub deleted: BTreeSet<PathBuf>,
}

impl Changes {
    /// Whether a file has changed.
    #[must_use]
    pub fn holds(&self, file: &Path) -> bool {
        // Of a repository inside the repository, git tells only that it differs.
        let file = normal(file);
        file.ancestors().any(|part| self.changed.contains(part))
    }

    /// Whether anything in a folder has changed or is gone.
    #[must_use]
    pub fn is_below(&self, folder: &Path) -> bool {
        let folder = normal(folder);
        let mut all = self.changed.iter().chain(&self.deleted);
        all.any(|file| file.starts_with(&folder) || folder.starts_with(file))
    }

    /// What is gone from a folder.
    pub fn gone_below(&self, folder: &Path) -> impl Iterator<Item = &Path> {
        let folder = normal(folder);
        let below = move |file: &&PathBuf| file.starts_with(&folder);
        self.deleted.iter().filter(below).map(PathBuf::as_path)
    }

    /// The files in a folder that are there and have changed.
    pub fn changed_below(&self, folder: &Path) -> impl Iterator<Item = &Path> {
        let folder = normal(folder);
        let below = move |file: &&PathBuf| file.starts_with(&folder);
        self.changed.iter().filter(below).map(PathBuf::as_path)
    }
}

/// Asks git which files below some folders differ from a revision. What git ignores
/// counts as different, since nobody knows.
///
/// # Errors
///
/// A diagnostic: git is not there, a folder is in no repository, or the revision is
/// not known.
pub fn changed_since(revision: &str, folders: &[PathBuf]) -> Result<Changes, Box<Diagnostic>> {
    let mut changes = Changes::default();
    if revision.starts_with('-') {
        return Err(Box::new(unknown(revision, "it starts with a hyphen")));
    }
    for folder in folders.iter().filter(|folder| folder.exists()) {
        let (folder, inside) = if folder.is_dir() {
            (folder.clone(), OsStr::new("."))
        } else {
            let parent = folder.parent().filter(|parent| *parent != Path::new(""));
            let parent = parent.unwrap_or(Path::new("."));
            (parent.to_owned(), folder.file_name().unwrap_or_default())
        };
        let top = git(&folder, ["rev-parse", "--show-toplevel"]).map_err(|why| {
            Box::new(
                Diagnostic::error(
                    Code::CONTENT_NO_REVISION,
                    format!("git does not know this folder: {why}"),
                )
                .in_file(&folder)
                .help(
                    "`--since` compares with a revision, so the content must stand in a repository",
                ),
            )
        })?;
        let top = normal(Path::new(top.trim_end_matches(['\n', '\r'])));
        let commit = format!("{revision}^{{commit}}");
        let found = git(
            &folder,
            [
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &commit,
            ],
        );
        let commit =
            found.map_err(|_| Box::new(unknown(revision, "git knows no such revision")))?;
        let differing = git(
            &folder,
            [
                "diff".as_ref(),
                "--name-only".as_ref(),
                "--no-renames".as_ref(),
                "--no-relative".as_ref(),
                "-z".as_ref(),
                OsStr::new(commit.trim()),
                "--".as_ref(),
                inside,
            ],
        )
        .map_err(|why| Box::new(unknown(revision, &why)))?;
        let new = git(
            &folder,
            [
                "ls-files".as_ref(),
                "--others".as_ref(),
                "--full-name".as_ref(),
                "-z".as_ref(),
                "--".as_ref(),
                inside,
            ],
        )
        .map_err(|why| Box::new(unknown(revision, &why)))?;
        for name in differing.split('\0').chain(new.split('\0')) {
            if name.is_empty() {
                continue;
            }
            let path = top.join(name);
            if path.exists() {
                changes.changed.insert(normal(&path));
            } else {
                changes.deleted.insert(path);
            }
        }
    }
    Ok(changes)
}

fn unknown(revision: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        Code::CONTENT_NO_REVISION,
        format!("nothing can be compared with `{revision}`: {why}"),
    )
    .help("give a commit, a branch, or a tag that this clone holds, such as `origin/main`")
}

/// Runs git in a folder; its output, or the first line that it complains with.
fn git<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<String, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let first = complaint.lines().next().unwrap_or("it gives no reason");
    Err(first.trim_start_matches("fatal: ").to_owned())
}
