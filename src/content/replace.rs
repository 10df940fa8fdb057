//! Putting a new text in the place of a file, whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file's text. The new one is written beside it and renamed; a link stays a
/// link, and the permissions stay.
///
/// # Errors
///
/// The file cannot be written; then what was there is left.
pub fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    let place = fs::canonicalize(path)?;
    let permissions = fs::metadata(&place)?.permissions();
    if permissions.readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".misfire-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    fs::set_permissions(file.path(), permissions)?;
    file.persist(&place).map_err(|error| error.error)?;
    Ok(())
}
