//! Where a problem is.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text file that diagnostics point into.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The file's name as the user gave or would give it.
    pub file: PathBuf,
    /// Its whole text, without a byte order mark.
    pub text: String,
    /// Whether a byte order mark stands in front of it in the file.
    pub has_mark: bool,
}

/// The mark that some editors put in front of UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

impl SourceText {
    /// A text under the name of its file.
    #[must_use]
    pub fn new(file: impl Into<PathBuf>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self {
            file: file.into(),
            text: text.into(),
            has_mark: false,
        })
    }

    /// The text of a file that may begin with a byte order mark.
    #[must_use]
    pub fn of_file(file: impl Into<PathBuf>, text: &str) -> Arc<Self> {
        let unmarked = text.strip_prefix(BYTE_ORDER_MARK);
        Arc::new(Self {
            file: file.into(),
            text: unmarked.unwrap_or(text).to_owned(),
            has_mark: unmarked.is_some(),
        })
    }

    /// Where a byte of the text stands in the file.
    #[must_use]
    pub fn byte_in_file(&self, byte: usize) -> usize {
        let mark = if self.has_mark {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        byte + mark
    }

    /// What the file holds if this is its text.
    #[must_use]
    pub fn with_mark_of_file(&self, text: &str) -> String {
        let mark = if self.has_mark { BYTE_ORDER_MARK } else { "" };
        format!("{mark}{text}")
    }

    /// The one-based line and column of a byte, the column in characters.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &self.text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The byte at which a one-based line and column stand.
    #[must_use]
    pub fn byte_at(&self, line: usize, column: usize) -> usize {
        let mut start = 0;
        for _ in 1..line {
            match self.text[start..].find('\n') {
                Some(newline) => start += newline + 1,
                None => return self.text.len(),
            }
        }
        let rest = &self.text[start..];
        let end = rest.find('\n').unwrap_or(rest.len());
        rest[..end]
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(start + end, |(byte, _)| start + byte)
    }
}

/// A file, and a place in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The file as the user gave or would give it.
    pub file: PathBuf,
    /// Where in it.
    pub at: At,
}

/// The part of a file that a problem is in.
#[derive(Debug, Clone, PartialEq)]
pub enum At {
    /// The whole file.
    File,
    /// A span of a text that is at hand.
    Span {
        /// The text.
        source: Arc<SourceText>,
        /// The bytes to underline.
        bytes: Range<usize>,
    },
    /// A one-based line of a text that is too large to keep.
    Line(u64),
    /// A record of a log, by its number.
    Record(u64),
    /// A byte of a binary file.
    Byte(u64),
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: &Path) -> Self {
        Self::new(file, At::File)
    }

    /// A place in a file.
    #[must_use]
    pub fn new(file: &Path, at: At) -> Self {
        Self {
            file: file.to_owned(),
            at,
        }
    }

    /// A span of a text.
    #[must_use]
    pub fn span(source: &Arc<SourceText>, bytes: Range<usize>) -> Self {
        Self {
            file: source.file.clone(),
            at: At::Span {
                source: Arc::clone(source),
                bytes,
            },
        }
    }

    /// The one-based line and, where known, column.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(u64, Option<u64>)> {
        match &self.at {
            At::Span { source, bytes } => {
                let (line, column) = source.line_and_column(bytes.start);
                Some((line as u64, Some(column as u64)))
            }
            At::Line(line) => Some((*line, None)),
            At::File | At::Record(_) | At::Byte(_) => None,
        }
    }

    /// What places are sorted by: the file, then where in it.
    pub(crate) fn sort_key(&self) -> (&Path, u64) {
        let position = match &self.at {
            At::File => 0,
            At::Span { bytes, .. } => bytes.start as u64,
            At::Line(number) | At::Record(number) | At::Byte(number) => *number,
        };
        (&self.file, position)
    }
}
