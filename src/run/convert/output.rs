//! The file that is written: it appears when it is complete, or not at all.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic};

/// Where a converted log goes.
pub enum Destination {
    /// A file.
    File {
        /// Its path.
        path: PathBuf,
        /// What is to happen if there is one already.
        existing: Existing,
    },
    /// A stream that cannot be read back, such as standard output.
    Stream(Box<dyn io::Write>),
}

/// What happens to a file that is where the output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is converted.
    Keep,
    /// It is replaced when the new one is complete.
    Replace,
}

impl std::fmt::Debug for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, existing } => f
                .debug_struct("File")
                .field("path", path)
                .field("existing", existing)
                .finish(),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// Why nothing may be written there.
pub(super) fn refusal<'i>(
    out: &Path,
    existing: Existing,
    mut inputs: impl Iterator<Item = &'i Path>,
) -> Option<Diagnostic> {
    let metadata = std::fs::metadata(out).ok()?;
    if metadata.is_dir() {
        return Some(
            Diagnostic::error(Code::IO_UNWRITABLE, "the output is a folder")
                .in_file(out)
                .help("give the name of the file that is to be written"),
        );
    }
    if !metadata.is_file() {
        return Some(
            Diagnostic::error(
                Code::IO_NOT_A_FILE,
                "the output is neither a new file nor a regular one",
            )
            .in_file(out)
            .help("give the name of a file, or `-o -` for standard output"),
        );
    }
    if inputs.any(|input| is_same_file(input, out)) {
        return Some(
            Diagnostic::error(
                Code::CONVERT_OUTPUT_IS_INPUT,
                "the output is one of the inputs, which are never overwritten",
            )
            .in_file(out)
            .help("give another name for the output"),
        );
    }
    (existing == Existing::Keep).then(|| exists(out))
}

fn exists(out: &Path) -> Diagnostic {
    Diagnostic::error(Code::CONVERT_OUTPUT_EXISTS, "the output is there already")
        .in_file(out)
        .help("give another name, or replace the file with `--force`")
}

#[cfg(unix)]
fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path| std::fs::metadata(path).map(|file| (file.dev(), file.ino()));
    matches!((identity(one), identity(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(not(unix))]
fn is_same_file(one: &Path, other: &Path) -> bool {
    let identity = std::fs::canonicalize::<&Path>;
    matches!((identity(one), identity(other)), (Ok(one), Ok(other)) if one == other)
}

/// A file under a name of its own beside the output, gone unless it is kept.
#[derive(Debug)]
pub(super) struct PartialFile {
    path: PathBuf,
    out: PathBuf,
    kept: bool,
}

impl PartialFile {
    /// Creates the file.
    ///
    /// # Errors
    ///
    /// It cannot be created beside the output.
    pub(super) fn create(out: &Path) -> io::Result<(Self, File)> {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let mut attempt = 0_u32;
        loop {
            let process = std::process::id();
            let path = out.with_file_name(format!(".{name}.{process}-{attempt}.part"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    let partial = Self {
                        path,
                        out: out.to_owned(),
                        kept: false,
                    };
                    return Ok((partial, file));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 100 => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the complete file the output's name.
    ///
    /// # Errors
    ///
    /// It cannot be renamed, or another file has taken the name meanwhile.
    pub(super) fn keep(mut self, existing: Existing) -> Result<(), Diagnostic> {
        if existing == Existing::Keep && self.out.exists() {
            return Err(exists(&self.out));
        }
        std::fs::rename(&self.path, &self.out)
            .map_err(|error| unwritable(Some(&self.out), &error))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing is left to be done about a file that does not go.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The problem that the output cannot be written.
pub(super) fn unwritable(out: Option<&Path>, cause: &dyn std::fmt::Display) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::IO_UNWRITABLE,
        format!("the output cannot be written: {cause}"),
    )
    .help("check that the folder exists, has room, and can be written to");
    match out {
        Some(out) => problem.in_file(out),
        None => problem,
    }
}
