//! The registry.

use crate::activity::{RegistryChange, RegistryData};

/// A change's event id, its `EventType`, its `TargetObject`, and for values that are
/// set its `Details`.
pub(super) fn event(change: &RegistryChange) -> (u32, &'static str, String, Option<String>) {
    match change {
        RegistryChange::KeyCreated { key } => (12, "CreateKey", rooted(key), None),
        RegistryChange::KeyDeleted { key } => (12, "DeleteKey", rooted(key), None),
        RegistryChange::ValueDeleted { key, name } => (12, "DeleteValue", value(key, name), None),
        RegistryChange::ValueSet { key, name, data } => {
            (13, "SetValue", value(key, name), Some(details(data)))
        }
    }
}

fn value(key: &str, name: &str) -> String {
    let name = if name.is_empty() { "(Default)" } else { name };
    format!(r"{}\{name}", rooted(key))
}

/// Kernel paths and the short roots that stand for them (Sysmon's documentation of
/// events 12 to 14, and real records).
const ROOTS: [(&str, &str); 4] = [
    (r"HKLM\SOFTWARE\Classes", "HKCR"),
    (
        r"HKLM\SYSTEM\CurrentControlSet",
        r"HKLM\System\CurrentControlSet",
    ),
    (
        r"HKLM\SYSTEM\ControlSet001",
        r"HKLM\System\CurrentControlSet",
    ),
    (
        r"HKLM\SYSTEM\ControlSet002",
        r"HKLM\System\CurrentControlSet",
    ),
];

fn rooted(key: &str) -> String {
    for (path, root) in ROOTS {
        if let Some(start) = key.get(..path.len())
            && start.eq_ignore_ascii_case(path)
            && let Some(rest) = key.get(path.len()..)
            && (rest.is_empty() || rest.starts_with('\\'))
        {
            return format!("{root}{rest}");
        }
    }
    user_classes(key).unwrap_or_else(|| key.to_owned())
}

/// A user's classes, which are a hive of their own: `HKU\SID_Classes`.
fn user_classes(key: &str) -> Option<String> {
    const CLASSES: &str = r"Software\Classes";
    let (root, rest) = key.split_once('\\')?;
    let (sid, rest) = rest.split_once('\\')?;
    let start = rest.get(..CLASSES.len())?;
    let below = rest.get(CLASSES.len()..)?;
    let is_it = root.eq_ignore_ascii_case("HKU")
        && start.eq_ignore_ascii_case(CLASSES)
        && (below.is_empty() || below.starts_with('\\'));
    is_it.then(|| format!("{root}\\{sid}_Classes{below}"))
}

/// What was set; lists of texts are binary to Sysmon, as real records show.
fn details(data: &RegistryData) -> String {
    match data {
        RegistryData::Text(text) | RegistryData::ExpandText(text) if text.is_empty() => {
            "(Empty)".to_owned()
        }
        RegistryData::Text(text) | RegistryData::ExpandText(text) => text.clone(),
        RegistryData::Dword(number) => format!("DWORD (0x{number:08x})"),
        RegistryData::Qword(number) => {
            let (high, low) = (number >> 32, number & 0xffff_ffff);
            format!("QWORD (0x{high:08x}-0x{low:08x})")
        }
        RegistryData::Texts(_) | RegistryData::Binary(_) => "Binary Data".to_owned(),
    }
}
