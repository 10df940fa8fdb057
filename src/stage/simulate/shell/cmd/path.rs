//! Paths of Windows, as text.

/// A path without quotes.
pub(super) fn unquoted(text: &str) -> String {
    text.trim().replace('"', "")
}

/// A full path, for one that may be relative to a folder. Slashes become backslashes,
/// `.` and `..` are resolved.
pub(super) fn full(path: &str, directory: &str) -> String {
    let path = unquoted(path).replace('/', "\\");
    if path.starts_with(r"\\?\") || path.starts_with(r"\\.\") {
        return path;
    }
    if let Some(share) = path.strip_prefix(r"\\") {
        return format!(r"\\{}", resolved(share, 2));
    }
    let drive = path.get(..2).filter(|drive| is_drive(drive));
    let (drive, rest) = match drive {
        Some(drive) => (drive.to_owned(), path.get(2..).unwrap_or_default()),
        None => (drive_of(directory), path.as_str()),
    };
    let whole = if rest.starts_with('\\') {
        rest.to_owned()
    } else if drive.eq_ignore_ascii_case(&drive_of(directory)) {
        let folder = directory.get(drive.len()..).unwrap_or_default();
        format!(r"{folder}\{rest}")
    } else {
        format!(r"\{rest}")
    };
    format!(r"{drive}\{}", resolved(&whole, 0))
}

/// Whether a text is the name of a drive, as `C:`.
pub(super) fn is_drive(text: &str) -> bool {
    let mut signs = text.chars();
    matches!(
        (signs.next(), signs.next(), signs.next()),
        (Some(letter), Some(':'), None) if letter.is_ascii_alphabetic()
    )
}

/// The drive of a full path, or the share that it stands on.
pub(super) fn drive_of(path: &str) -> String {
    if let Some(share) = path.strip_prefix(r"\\") {
        let parts: Vec<_> = share.splitn(3, '\\').take(2).collect();
        return format!(r"\\{}", parts.join("\\"));
    }
    path.get(..2)
        .filter(|drive| is_drive(drive))
        .unwrap_or("C:")
        .to_owned()
}

fn resolved(path: &str, least: usize) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('\\') {
        match part {
            "" | "." => {}
            ".." if parts.len() > least => {
                parts.pop();
            }
            ".." => {}
            _ => parts.push(part),
        }
    }
    parts.join("\\")
}

/// A path of a drive's root keeps its backslash, any other loses it.
pub(super) fn as_directory(path: &str) -> String {
    let bare = path.trim_end_matches('\\');
    if is_drive(bare) {
        format!(r"{bare}\")
    } else {
        bare.to_owned()
    }
}

/// The folder of a path, with no backslash at its end unless it is a root, and the name
/// in it.
pub(super) fn split(path: &str) -> (String, String) {
    match path.rsplit_once('\\') {
        Some((folder, name)) => (as_directory(&format!("{folder}\\")), name.to_owned()),
        None => (String::new(), path.to_owned()),
    }
}

/// A path in a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    format!(r"{}\{name}", folder.trim_end_matches('\\'))
}

/// The ending of a name with its dot, in lower case; empty without one.
pub(super) fn ending(path: &str) -> String {
    let name = path.rsplit('\\').next().unwrap_or(path);
    name.rfind('.')
        .and_then(|at| name.get(at..))
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// The parts of a path that the letters of `%~dpnx1` name; without letters, the text
/// without quotes around it. What only the file system knows (`a`, `t`, `z`, and short
/// names) is left out.
pub(super) fn parts(value: &str, letters: &str, directory: &str) -> String {
    let bare = value.trim_matches('"');
    if letters.is_empty() {
        return bare.to_owned();
    }
    let whole = full(bare, directory);
    let letters = letters.to_ascii_lowercase();
    let has = |letter: char| letters.contains(letter);
    if has('f') || (has('s') && !letters.contains(['d', 'p', 'n', 'x'])) {
        return whole;
    }
    let drive = drive_of(&whole);
    let rest = whole.get(drive.len()..).unwrap_or_default();
    let (folder, name) = rest.rsplit_once('\\').unwrap_or(("", rest));
    let (stem, extension) = match name.rfind('.') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut text = String::new();
    if has('d') {
        text.push_str(&drive);
    }
    if has('p') {
        text.push_str(folder);
        text.push('\\');
    }
    if has('n') {
        text.push_str(stem);
    }
    if has('x') {
        text.push_str(extension);
    }
    text
}

/// Whether a text holds wildcards.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a name fits a pattern with `*` and `?`, in any case; `*.*` fits all.
pub(super) fn fits(name: &str, pattern: &str) -> bool {
    if pattern == "*.*" {
        return true;
    }
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let (mut at, mut wanted) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() {
        match pattern.get(wanted) {
            Some('*') => {
                star = Some((wanted, at));
                wanted += 1;
            }
            Some(sign) if *sign == '?' || Some(sign) == name.get(at) => {
                at += 1;
                wanted += 1;
            }
            _ => match star {
                Some((from, passed)) => {
                    star = Some((from, passed + 1));
                    wanted = from + 1;
                    at = passed + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(wanted..)
        .is_none_or(|rest| rest.iter().all(|sign| *sign == '*'))
}
