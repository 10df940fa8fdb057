//! What is done to files.

use std::fs;
use std::path::Path;

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    Remove,
    Empty,
    Halve,
    Garble,
    FlipOneBit,
}

impl Damage {
    pub const ALL: [Self; 5] = [
        Self::Remove,
        Self::Empty,
        Self::Halve,
        Self::Garble,
        Self::FlipOneBit,
    ];

    /// Whether the damage can be told from an edit: a flipped bit in a text is
    /// another text.
    pub fn applies_to(self, path: &Path) -> bool {
        let binary = path.extension().is_some_and(|ending| ending == "evtx");
        binary || !matches!(self, Self::FlipOneBit)
    }

    pub fn inflict(self, path: &Path) {
        let bytes = fs::read(path).expect("a readable file");
        // The file may be a second name of one that others read.
        fs::remove_file(path).expect("a removable file");
        let damaged = match self {
            Self::Remove => return,
            Self::Empty => Vec::new(),
            Self::Halve => bytes[..bytes.len() / 2].to_vec(),
            Self::Garble => (0..=255_u8).rev().cycle().take(bytes.len()).collect(),
            Self::FlipOneBit => flipped(path, bytes),
        };
        fs::write(path, damaged).expect("a writable file");
    }
}

fn flipped(path: &Path, mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    match path.extension().and_then(|ending| ending.to_str()) {
        // In the records of the first chunk, behind its header.
        Some("evtx") => bytes[4096 + 512 + 700] ^= 0x10,
        // Still a text, and another one.
        Some("json" | "jsonl") => bytes[middle] ^= 0x01,
        // No text any more: any other bit makes another text, as an edit does.
        _ => bytes[middle] ^= 0x80,
    }
    bytes
}

pub fn copy_folder(from: &Path, to: &Path) {
    each_file(from, to, |source, target| {
        // Not `fs::copy`, which would copy a read-only mark along.
        let bytes = fs::read(source).expect("a readable file");
        fs::write(target, bytes).expect("a writable file");
    });
}

/// A copy that costs nothing: second names of the same files.
pub fn link_folder(from: &Path, to: &Path) {
    each_file(from, to, |source, target| {
        fs::hard_link(source, target).expect("a second name");
    });
}

fn each_file(from: &Path, to: &Path, copy: impl Fn(&Path, &Path)) {
    for entry in ignore::WalkBuilder::new(from)
        .standard_filters(false)
        .build()
        .flatten()
    {
        let inside = entry.path().strip_prefix(from).expect("a path below");
        let target = to.join(inside);
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
        } else {
            copy(entry.path(), &target);
        }
    }
}
