//! Which hosts atomics may be performed on.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;

/// The name of this host, as its kernel knows it.
pub(super) fn this_host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

/// A host that an atomic is to be performed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    names: Vec<String>,
}

impl Target {
    /// This host, under its own name and as `localhost`.
    #[must_use]
    pub fn this_host() -> Self {
        let own = this_host_name();
        let names = [own.as_str(), "localhost"]
            .into_iter()
            .filter(|name| !name.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        Self { names }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names.first().map_or("localhost", String::as_str))
    }
}

/// The hosts on which a user allows atomics.
///
/// It is empty unless somebody fills it, and knows no wildcards: a name that was not
/// written down was not meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList {
    names: BTreeSet<String>,
}

impl AllowList {
    /// The list of these hosts.
    pub fn of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self {
            names: names
                .into_iter()
                .map(|name| name.as_ref().trim().to_ascii_lowercase())
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }

    /// Whether it names a host.
    #[must_use]
    pub fn allows(&self, target: &Target) -> bool {
        target.names.iter().any(|name| self.names.contains(name))
    }
}
