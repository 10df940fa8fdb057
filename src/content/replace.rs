//! Putting a new text in the place of a file, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file's text. The new one is written beside it and renamed; a link stays a
/// link, and owner and permissions stay. A file that goes by several names is written
/// in place, since a rename would tear them apart.
///
/// # Errors
///
/// The file cannot be written; then what was there is left, unless it goes by several
/// names.
pub fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    let place = fs::canonicalize(path)?;
    let known = fs::metadata(&place)?;
    if known.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if has_other_names(&known) {
        return fs::write(&place, text);
    }
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".misfire-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if !keep_owner(file.path(), &known) {
        // Someone else's file stays theirs.
        return fs::write(&place, text);
    }
    fs::set_permissions(file.path(), known.permissions())?;
    file.persist(&place).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn has_other_names(known: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(known) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &fs::Metadata) -> bool {
    false
}

/// Gives a file the owner of another one; whether it has that owner now.
#[cfg(unix)]
fn keep_owner(path: &Path, known: &fs::Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt, chown};
    let is_same =
        fs::metadata(path).is_ok_and(|new| new.uid() == known.uid() && new.gid() == known.gid());
    is_same || chown(path, Some(known.uid()), Some(known.gid())).is_ok()
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) -> bool {
    true
}
