//! Names of fields in plans, and patterns of them.

use std::fmt;
use std::sync::Arc;

/// A part of a query's text, in bytes of the detection's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The same as a range.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// A field that a plan reads or writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRef {
    /// Its name, as the query writes it.
    pub name: Arc<str>,
    /// Its place in the tables of the engine, once the plan is part of one.
    pub(super) slot: Slot,
}

/// The place of a name in an engine's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot(pub(super) u32);

impl Slot {
    /// No place yet.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl FieldRef {
    /// A field of that name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            slot: Slot::NONE,
        }
    }
}

/// What stands before a name whose case counts where that of others does not. No query can
/// write it.
const AS_WRITTEN: char = '\0';

/// The name of a field of the record whose case counts, whatever that of others does.
#[must_use]
pub fn as_written(name: &str) -> String {
    format!("{AS_WRITTEN}{name}")
}

/// The name itself, if its case counts whatever that of others does.
pub(super) fn written(name: &str) -> Option<&str> {
    name.strip_prefix(AS_WRITTEN)
}

impl From<&str> for FieldRef {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A pattern of field names, in which `*` stands for any run of characters. Names
/// are compared with regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    text: Arc<str>,
}

impl NamePattern {
    /// The pattern of that text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.into() }
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The only name that the pattern stands for, if it has no `*`.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        (!self.text.contains('*')).then_some(&*self.text)
    }

    /// Whether a name is of the pattern.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.captures(name).is_some()
    }

    /// What each `*` stands for in a name; `None` if the name is not of the pattern.
    /// Of several ways the one in which earlier `*` are shortest.
    #[must_use]
    pub fn captures<'n>(&self, name: &'n str) -> Option<Vec<&'n str>> {
        let mut parts = self.text.split('*');
        let first = parts.next().unwrap_or_default();
        let mut rest = name.strip_prefix(first)?;
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else {
            return rest.is_empty().then(Vec::new);
        };
        let mut captures = Vec::with_capacity(parts.len());
        for part in middle {
            let at = rest.find(part)?;
            captures.push(&rest[..at]);
            rest = &rest[at + part.len()..];
        }
        captures.push(rest.strip_suffix(last)?);
        Some(captures)
    }

    /// The name that this pattern makes of what each `*` of another one stood for.
    /// Where it has more `*` than there are captures, the rest stands for nothing.
    #[must_use]
    pub fn fill(&self, captures: &[&str]) -> String {
        let mut filled = String::with_capacity(self.text.len());
        let mut captures = captures.iter();
        for (index, part) in self.text.split('*').enumerate() {
            if index > 0 {
                filled.push_str(captures.next().copied().unwrap_or_default());
            }
            filled.push_str(part);
        }
        filled
    }
}
