//! Where a recording was made.

use std::collections::BTreeMap;

/// The host or account that a recording was made on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Host {
    /// Its name, or the account's number.
    pub name: String,
    /// Its platform, in the words of Atomic Red Team (`windows`, `iaas:aws`).
    pub platform: String,
    /// Everything that is known of it, its name and platform included, by the key
    /// under which `#{host.KEY}` finds it.
    pub facts: BTreeMap<String, String>,
}
