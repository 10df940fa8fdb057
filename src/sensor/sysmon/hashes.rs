//! Stand-ins for the hashes of files.
//!
//! There are no files, only texts that stand for their contents, so no hash here is
//! one that a real file has. Equal files have equal ones.

use crate::activity::ProgramFile;
use crate::sensor::derive;

/// A hash of files that Sysmon can log (`HashAlgorithms`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// SHA-1.
    Sha1,
    /// MD5.
    Md5,
    /// SHA-256.
    Sha256,
    /// The hash of a program's imports.
    Imphash,
}

/// What kind of file is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sensor) enum FileKind {
    /// A program or library, which has imports.
    Program,
    /// Anything else.
    Other,
}

/// The hashes of a program file: its own where there is a file, else stand-ins.
pub(in crate::sensor) fn of_program(algorithms: &[HashAlgorithm], program: &ProgramFile) -> String {
    let Some(hashes) = &program.hashes else {
        return of(algorithms, &program.content, FileKind::Program);
    };
    let hashes: Vec<_> = algorithms
        .iter()
        .filter_map(|algorithm| match algorithm {
            HashAlgorithm::Sha1 => Some(format!("SHA1={}", hashes.sha1.to_ascii_uppercase())),
            HashAlgorithm::Md5 => Some(format!("MD5={}", hashes.md5.to_ascii_uppercase())),
            HashAlgorithm::Sha256 => Some(format!("SHA256={}", hashes.sha256.to_ascii_uppercase())),
            // Nobody has computed it.
            HashAlgorithm::Imphash => None,
        })
        .collect();
    if hashes.is_empty() {
        return "-".to_owned();
    }
    hashes.join(",")
}

/// The hashes of a file, as `MD5=…,SHA256=…`; a dash if none are configured.
pub(in crate::sensor) fn of(algorithms: &[HashAlgorithm], content: &str, kind: FileKind) -> String {
    if algorithms.is_empty() {
        return "-".to_owned();
    }
    let hashes: Vec<_> = algorithms
        .iter()
        .map(|algorithm| {
            let (name, digits) = match algorithm {
                HashAlgorithm::Sha1 => ("SHA1", 40),
                HashAlgorithm::Md5 => ("MD5", 32),
                HashAlgorithm::Sha256 => ("SHA256", 64),
                HashAlgorithm::Imphash => ("IMPHASH", 32),
            };
            let value = match (algorithm, kind) {
                // What has no imports has a hash of zeros.
                (HashAlgorithm::Imphash, FileKind::Other) => "0".repeat(digits),
                _ => derive::hex(digits, &[name, content]),
            };
            format!("{name}={value}")
        })
        .collect();
    hashes.join(",")
}
