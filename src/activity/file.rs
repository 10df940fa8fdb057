//! Files.

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The full path.
    pub path: String,
    /// What became of it.
    pub kind: FileChangeKind,
    /// Whether it is a program by its content, where that is known.
    pub is_executable: Option<bool>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChangeKind {
    /// It was not there before.
    Created,
    /// It was there before, and was emptied and written anew.
    Overwritten,
    /// It was there before, and grew or changed.
    Written,
    /// It is gone.
    Deleted,
}
