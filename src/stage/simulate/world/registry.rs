//! The registry of a modelled host: what was changed, and what is known to be there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::World;
use super::files::Presence;
use super::profile::Profile;
use crate::activity::{ActivityKind, Process, RegistryChange, RegistryData};

/// The keys and values that are known, in lower case.
#[derive(Debug, Default)]
pub(super) struct Registry {
    keys: BTreeMap<String, bool>,
    values: BTreeMap<(String, String), Option<RegistryData>>,
}

impl Registry {
    pub(super) fn of(_profile: &Profile) -> Self {
        let mut registry = Self::default();
        for key in KEYS_OF_EVERY_HOST {
            registry.keys.insert(key.to_lowercase(), true);
        }
        registry
    }
}

/// Keys below which programs keep theirs; they are there on every host, and a key
/// directly below one of them is not unless its owner is installed.
const KEYS_OF_EVERY_HOST: &[&str] = &[
    r"HKLM\SOFTWARE",
    r"HKLM\SYSTEM\CurrentControlSet\Services",
    r"HKU\*\SOFTWARE",
];

impl World {
    /// A key as the kernel knows it: `HKCU` is the user's own hive, `HKCR` a part of
    /// the machine's, and short and long names of the roots are one. `None` if the
    /// root is no root.
    #[must_use]
    pub fn registry_key(&self, process: &Process, key: &str) -> Option<String> {
        let key = key.trim_matches('\\');
        let key = key.strip_prefix("Registry::").unwrap_or(key);
        let (root, rest) = key.split_once('\\').unwrap_or((key, ""));
        let root = root.trim_end_matches(':').to_ascii_uppercase();
        let root = match root.as_str() {
            "HKLM" | "HKEY_LOCAL_MACHINE" => "HKLM".to_owned(),
            "HKU" | "HKEY_USERS" => "HKU".to_owned(),
            "HKCU" | "HKEY_CURRENT_USER" => format!(r"HKU\{}", process.account.sid),
            "HKCR" | "HKEY_CLASSES_ROOT" => r"HKLM\SOFTWARE\Classes".to_owned(),
            "HKCC" | "HKEY_CURRENT_CONFIG" => {
                r"HKLM\SYSTEM\CurrentControlSet\Hardware Profiles\Current".to_owned()
            }
            _ => return None,
        };
        Some(if rest.is_empty() {
            root
        } else {
            format!(r"{root}\{}", rest.trim_end_matches('\\'))
        })
    }

    /// Whether a key is there. What no one knows of is taken to be there below
    /// `Microsoft` and `System`, where Windows itself keeps its keys, and not elsewhere.
    #[must_use]
    pub fn key_presence(&self, key: &str) -> Presence {
        let key = key.to_lowercase();
        let mut above = key.as_str();
        loop {
            match self.registry.keys.get(above) {
                Some(true) if above == key => return Presence::There,
                Some(false) => return Presence::Absent,
                _ => {}
            }
            match above.rfind('\\') {
                Some(end) => above = &above[..end],
                None => break,
            }
        }
        if self
            .registry
            .keys
            .range(format!("{key}\\")..)
            .next()
            .is_some_and(|(known, is_there)| *is_there && known.starts_with(&format!("{key}\\")))
        {
            return Presence::There;
        }
        Presence::Unknown
    }

    /// What a value holds: `None` if nobody knows, `Some(None)` if it is not there.
    #[must_use]
    pub fn registry_value(&self, key: &str, name: &str) -> Option<&Option<RegistryData>> {
        self.registry
            .values
            .get(&(key.to_lowercase(), name.to_lowercase()))
    }

    /// The text of a value below the classes of files and components, if it is known:
    /// the user's own classes come before the machine's, as `HKCR` joins them.
    #[must_use]
    pub fn class_value(&self, process: &Process, class: &str, name: &str) -> Option<String> {
        ["HKCU", "HKLM"].iter().find_map(|root| {
            let key = self.registry_key(process, &format!(r"{root}\Software\Classes\{class}"))?;
            match self.registry_value(&key, name)? {
                Some(RegistryData::Text(text) | RegistryData::ExpandText(text)) => {
                    Some(text.clone())
                }
                _ => None,
            }
        })
    }

    /// Makes a key, and notes it unless it is there already.
    pub fn create_key(&mut self, process: &Arc<Process>, key: &str) {
        let is_new = match self.key_presence(key) {
            Presence::There => false,
            Presence::Absent => true,
            Presence::Unknown => !is_windows_own(key),
        };
        self.registry.keys.insert(key.to_lowercase(), true);
        if is_new {
            self.note_key(process, key);
        }
    }

    /// Makes a key that nobody else has by that name, and notes it unless it was made
    /// before.
    pub fn create_own_key(&mut self, process: &Arc<Process>, key: &str) {
        if self.key_presence(key) != Presence::There {
            self.registry.keys.insert(key.to_lowercase(), true);
            self.note_key(process, key);
        }
    }

    fn note_key(&mut self, process: &Arc<Process>, key: &str) {
        self.pause(1);
        self.happen(
            Some(process),
            ActivityKind::Registry(RegistryChange::KeyCreated {
                key: key.to_owned(),
            }),
        );
    }

    /// Sets a value, and notes it; the key is made if it is not there.
    pub fn set_value(&mut self, process: &Arc<Process>, key: &str, name: &str, data: RegistryData) {
        self.create_key(process, key);
        self.registry.values.insert(
            (key.to_lowercase(), name.to_lowercase()),
            Some(data.clone()),
        );
        self.pause(1);
        self.happen(
            Some(process),
            ActivityKind::Registry(RegistryChange::ValueSet {
                key: key.to_owned(),
                name: name.to_owned(),
                data,
            }),
        );
    }

    /// Deletes a value, and notes it unless it is known not to be there; says whether
    /// it may have been there.
    pub fn delete_value(&mut self, process: &Arc<Process>, key: &str, name: &str) -> bool {
        if matches!(self.registry_value(key, name), Some(None)) {
            return false;
        }
        self.registry
            .values
            .insert((key.to_lowercase(), name.to_lowercase()), None);
        self.pause(1);
        self.happen(
            Some(process),
            ActivityKind::Registry(RegistryChange::ValueDeleted {
                key: key.to_owned(),
                name: name.to_owned(),
            }),
        );
        true
    }

    /// Deletes a key with all below it, and notes it unless it is known not to be
    /// there; says whether it may have been there.
    pub fn delete_key(&mut self, process: &Arc<Process>, key: &str) -> bool {
        if self.key_presence(key) == Presence::Absent {
            return false;
        }
        let lower = key.to_lowercase();
        let below = format!("{lower}\\");
        let is_below = |known: &str| known == lower || known.starts_with(&below);
        for (known, is_there) in &mut self.registry.keys {
            if is_below(known) {
                *is_there = false;
            }
        }
        for ((known, _), value) in &mut self.registry.values {
            if is_below(known) {
                *value = None;
            }
        }
        self.registry.keys.insert(lower, false);
        self.pause(1);
        self.happen(
            Some(process),
            ActivityKind::Registry(RegistryChange::KeyDeleted {
                key: key.to_owned(),
            }),
        );
        true
    }
}

/// Whether a key is one that Windows brings along.
fn is_windows_own(key: &str) -> bool {
    let key = key.to_lowercase();
    [
        r"\software\microsoft",
        r"\software\policies",
        r"hklm\system",
        r"\environment",
        r"\control panel",
    ]
    .iter()
    .any(|part| key.contains(part))
}
