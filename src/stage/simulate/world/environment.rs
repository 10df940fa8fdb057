//! Environment variables.

use std::collections::BTreeMap;

/// The environment of a process. On Windows names are compared without regard to
/// case, and keep the spelling that they were first set with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    ignores_case: bool,
    variables: BTreeMap<String, (String, String)>,
}

impl Environment {
    /// An empty environment of Windows.
    #[must_use]
    pub fn windows() -> Self {
        Self {
            ignores_case: true,
            variables: BTreeMap::new(),
        }
    }

    /// An empty environment of a Unix.
    #[must_use]
    pub fn unix() -> Self {
        Self::default()
    }

    fn key(&self, name: &str) -> String {
        if self.ignores_case {
            name.to_lowercase()
        } else {
            name.to_owned()
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.variables.get(&self.key(name))?;
        Some(value)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let key = self.key(name);
        let value = value.into();
        match self.variables.get_mut(&key) {
            Some(known) => known.1 = value,
            None => {
                self.variables.insert(key, (name.to_owned(), value));
            }
        }
    }

    /// Removes a variable.
    pub fn remove(&mut self, name: &str) {
        self.variables.remove(&self.key(name));
    }

    /// Every variable and its value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .values()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
