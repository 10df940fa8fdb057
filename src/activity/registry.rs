//! The registry of Windows.

/// A change of the registry. Keys are full paths as the kernel knows them, with
/// `HKLM\…` and `HKU\SID\…` for their roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryChange {
    /// A key was created.
    KeyCreated {
        /// The key.
        key: String,
    },
    /// A key was deleted, with everything below it.
    KeyDeleted {
        /// The key.
        key: String,
    },
    /// A value was set.
    ValueSet {
        /// The key that holds it.
        key: String,
        /// The value's name; empty is the key's default value.
        name: String,
        /// What it was set to.
        data: RegistryData,
    },
    /// A value was deleted.
    ValueDeleted {
        /// The key that held it.
        key: String,
        /// The value's name.
        name: String,
    },
}

/// What a value of the registry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryData {
    /// `REG_SZ`.
    Text(String),
    /// `REG_EXPAND_SZ`.
    ExpandText(String),
    /// `REG_MULTI_SZ`.
    Texts(Vec<String>),
    /// `REG_DWORD`.
    Dword(u32),
    /// `REG_QWORD`.
    Qword(u64),
    /// `REG_BINARY` and `REG_NONE`.
    Binary(Vec<u8>),
}
