//! Paths of Windows.

use crate::stage::simulate::world::Context;

/// The full path that a path means in a context: relative ones start at the current
/// folder, slashes are backslashes, and `.` and `..` are gone.
#[must_use]
pub fn full_path(context: &Context, path: &str) -> String {
    let path = path.trim().trim_matches('"').replace('/', "\\");
    let drive = context
        .directory
        .get(..2)
        .filter(|drive| drive.ends_with(':'));
    let joined = if is_absolute(&path) {
        path
    } else if path.starts_with('\\') {
        format!("{}{path}", drive.unwrap_or("C:"))
    } else if let Some(rest) = drive.and_then(|drive| strip_drive(&path, drive)) {
        format!(r"{}\{rest}", context.directory.trim_end_matches('\\'))
    } else {
        format!(r"{}\{path}", context.directory.trim_end_matches('\\'))
    };
    normal(&joined)
}

/// `C:name` means a file of the drive's current folder.
fn strip_drive<'p>(path: &'p str, drive: &str) -> Option<&'p str> {
    let start = path.get(..2)?;
    start.eq_ignore_ascii_case(drive).then(|| path.get(2..))?
}

/// Whether a path starts at a drive or a share.
#[must_use]
pub fn is_absolute(path: &str) -> bool {
    path.starts_with(r"\\")
        || path
            .get(1..3)
            .is_some_and(|start| start == r":\" || start == ":/")
}

/// The path without `.` and `..`.
fn normal(path: &str) -> String {
    let (root, rest) = if let Some(rest) = path.strip_prefix(r"\\") {
        (r"\\", rest)
    } else {
        path.split_at_checked(3).unwrap_or(("", path))
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('\\') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("\\"))
}

/// The folder of a path, without a separator at its end.
#[must_use]
pub fn folder_of(path: &str) -> &str {
    path.rfind(['\\', '/'])
        .and_then(|end| path.get(..end))
        .unwrap_or("")
}

/// The last part of a path.
#[must_use]
pub fn name_of(path: &str) -> &str {
    path.rsplit(['\\', '/']).next().unwrap_or(path)
}

/// The ending of a path's name with its full stop, in lower case; empty if it has none.
#[must_use]
pub fn ending_of(path: &str) -> String {
    let name = name_of(path);
    name.rfind('.')
        .and_then(|at| name.get(at..))
        .map(str::to_lowercase)
        .unwrap_or_default()
}
