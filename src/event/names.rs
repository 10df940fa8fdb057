//! Field names, interned.

use std::collections::HashMap;

/// A field name as a number.
///
/// Numbers below [`Names::len`] mean the same name in every batch that shares
/// the table; higher ones are names that only one batch knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub(crate) u32);

impl FieldId {
    /// The number as a place in a list with one entry a name.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The table of names that readers and detections agree on before reading.
///
/// It is frozen: names met later stay local to their batch. This keeps look-ups
/// free of locks, and a hostile log with millions of names from growing it.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<Box<str>>,
    ids: HashMap<Box<str>, FieldId, ahash::RandomState>,
}

impl Names {
    /// Starts a table.
    #[must_use]
    pub fn builder() -> NamesBuilder {
        NamesBuilder::default()
    }

    /// The number of `name`, if the table has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<FieldId> {
        self.ids.get(name).copied()
    }

    /// The name behind a number of this table.
    #[must_use]
    pub fn name(&self, id: FieldId) -> Option<&str> {
        self.list.get(id.0 as usize).map(AsRef::as_ref)
    }

    /// How many names the table holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether the table holds no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Collects the names of a [`Names`] table.
#[derive(Debug, Default)]
pub struct NamesBuilder {
    names: Names,
}

impl NamesBuilder {
    /// Adds a name, or finds the number it already has.
    pub fn intern(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.names.get(name) {
            return id;
        }
        let id = FieldId(u32::try_from(self.names.list.len()).unwrap_or(u32::MAX));
        self.names.list.push(name.into());
        self.names.ids.insert(name.into(), id);
        id
    }

    /// Ends the table.
    #[must_use]
    pub fn freeze(self) -> Names {
        self.names
    }
}

impl<'a> Extend<&'a str> for NamesBuilder {
    fn extend<T: IntoIterator<Item = &'a str>>(&mut self, names: T) {
        for name in names {
            self.intern(name);
        }
    }
}
