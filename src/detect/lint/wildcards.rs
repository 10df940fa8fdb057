//! Wildcards that are written where they are none.

use super::holds::Holds;

/// Whether letters of a text may well have another case than those that are logged.
pub(in crate::detect) fn varies(holds: Holds, says: &str) -> bool {
    says.chars().any(char::is_alphabetic) && holds.varies_in(says)
}

/// Whether a text is a pattern with asterisks that its author took for wildcards.
pub(in crate::detect) fn is_glob(says: &str, holds: Option<Holds>) -> bool {
    let inner = says.trim_matches('*');
    if !inner.chars().any(char::is_alphanumeric) {
        return false;
    }
    let (starts, ends) = (says.starts_with('*'), says.ends_with('*'));
    match holds {
        // No file has an asterisk in its name, and no operation either.
        Some(Holds::Path | Holds::PathPart | Holds::Operation) => says.contains('*'),
        // Command lines and keys have.
        Some(Holds::Command | Holds::Registry) => starts && ends,
        None => (starts && ends) || (says.contains('\\') && (starts || ends)),
    }
}

/// What is between the percent signs of a pattern of SQL, and whether one stands at its
/// beginning and at its end.
pub(in crate::detect) fn sql_pattern(
    says: &str,
    holds: Option<Holds>,
) -> Option<(bool, &str, bool)> {
    if says.contains('*') {
        return None;
    }
    let inner = says.trim_matches('%');
    let (starts, ends) = (says.starts_with('%'), says.ends_with('%'));
    let is_variable = starts
        && ends
        && VARIABLES
            .iter()
            .any(|name| name.eq_ignore_ascii_case(inner));
    let is_path = inner.starts_with('\\') || matches!(holds, Some(Holds::Path | Holds::PathPart));
    let is_pattern = (starts && ends) || ((starts || ends) && is_path);
    if !is_pattern || is_variable || inner.contains('%') || inner.is_empty() {
        return None;
    }
    Some((starts, inner, ends))
}

/// A text between these marks, where they are wanted.
pub(in crate::detect) fn between((starts, inner, ends): (bool, &str, bool), mark: &str) -> String {
    let mark = |is_there: bool| if is_there { mark } else { "" };
    format!("{}{inner}{}", mark(starts), mark(ends))
}

/// Variables of the environment that commands and settings hold as they are.
const VARIABLES: [&str; 16] = [
    "allusersprofile",
    "appdata",
    "comspec",
    "computername",
    "homedrive",
    "homepath",
    "localappdata",
    "path",
    "programdata",
    "programfiles",
    "public",
    "systemdrive",
    "systemroot",
    "temp",
    "userprofile",
    "windir",
];
