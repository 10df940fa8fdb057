//! Program files, and their hashes when somebody asks.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use md5::Md5;
use nix::unistd::Pid;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The most files that are kept open for their hashes.
const MOST_OPEN: usize = 256;

/// The largest program that is hashed.
const LARGEST: u64 = 1 << 30;

/// The file of a program, as it was when it was run.
#[derive(Debug)]
pub struct ProgramFile {
    /// Its full path. A file that was deleted, or never had a name, is marked by the
    /// kernel with ` (deleted)`.
    pub path: PathBuf,
    /// Kept open, so that a program that deletes itself can still be hashed.
    file: Option<File>,
}

/// The hashes of a file, in lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hashes {
    /// MD5.
    pub md5: String,
    /// SHA-1.
    pub sha1: String,
    /// SHA-256.
    pub sha256: String,
}

impl ProgramFile {
    /// A program that could not be looked at, under the name it was called by.
    pub(super) fn unseen(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    /// Reads the file and hashes it.
    ///
    /// # Errors
    /// The file cannot be read, or is larger than 1 GiB.
    pub fn hashes(&self) -> io::Result<Hashes> {
        match &self.file {
            Some(file) => hash(file),
            None => hash(&File::open(&self.path)?),
        }
    }
}

fn hash(file: &File) -> io::Result<Hashes> {
    if file.metadata()?.len() > LARGEST {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    let (mut md5, mut sha1, mut sha256) = (Md5::new(), Sha1::new(), Sha256::new());
    let mut reader = FromStart { file, at: 0 };
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = reader.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else {
            break;
        };
        md5.update(read);
        sha1.update(read);
        sha256.update(read);
    }
    Ok(Hashes {
        md5: hex(&md5.finalize()),
        sha1: hex(&sha1.finalize()),
        sha256: hex(&sha256.finalize()),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads without moving the file's place, which its copies share.
struct FromStart<'file> {
    file: &'file File,
    at: u64,
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// What tells one state of a program file from another.
type Identity = (u64, u64, u64, i64, i64, PathBuf);

/// The program files of a trace, each once.
#[derive(Debug, Default)]
pub(super) struct Programs {
    known: HashMap<Identity, (Arc<ProgramFile>, Raises)>,
}

/// Whether running a file raises privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raises {
    No,
    /// It is set-uid to this user, or set-gid.
    User(u32),
    Group,
    Capabilities,
}

impl Programs {
    /// The program that a process runs.
    pub(super) fn of(&mut self, process: Pid) -> io::Result<(Arc<ProgramFile>, Raises)> {
        let link = format!("/proc/{process}/exe");
        let path = fs::read_link(&link)?;
        let metadata = fs::metadata(&link)?;
        let identity = (
            metadata.dev(),
            metadata.ino(),
            metadata.size(),
            metadata.mtime(),
            metadata.mtime_nsec(),
            path.clone(),
        );
        if let Some((program, raises)) = self.known.get(&identity) {
            return Ok((Arc::clone(program), *raises));
        }
        let file = (self.known.len() < MOST_OPEN)
            .then(|| File::open(&link).ok())
            .flatten();
        let raises = raises(&metadata, Path::new(&link));
        let program = Arc::new(ProgramFile { path, file });
        self.known.insert(identity, (Arc::clone(&program), raises));
        Ok((program, raises))
    }
}

fn raises(metadata: &fs::Metadata, link: &Path) -> Raises {
    const SET_UID: u32 = 0o4000;
    const SET_GID_AND_RUNNABLE: u32 = 0o2010;
    let mode = metadata.mode();
    let link = std::ffi::CString::new(link.as_os_str().as_encoded_bytes());
    if mode & SET_UID != 0 {
        Raises::User(metadata.uid())
    } else if mode & SET_GID_AND_RUNNABLE == SET_GID_AND_RUNNABLE {
        Raises::Group
    } else if link.is_ok_and(|link| super::sys::has_capabilities(&link)) {
        Raises::Capabilities
    } else {
        Raises::No
    }
}
