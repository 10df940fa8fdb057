//! Writing a report to a file, whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::mask::{Form, Masked, Secrets};

/// Writes a file, masked. The file is there only once it is whole: it is written
/// under another name beside its place and then renamed. What is there already and
/// is no regular file, such as a pipe, is written to.
///
/// # Errors
///
/// The file cannot be written; whatever was there before is left.
pub fn write_file(
    path: &Path,
    form: Form,
    secrets: &Secrets,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // A link stays one, and what it points to is replaced.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let is_special = fs::metadata(&place).is_ok_and(|known| !known.is_file() && !known.is_dir());
    if is_special {
        let file = fs::OpenOptions::new().write(true).open(&place)?;
        return masked(file, form, secrets, write).map(drop);
    }
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let file = temporary_in(&folder).map_err(plain)?;
    let file = masked(file, form, secrets, write)?;
    file.persist(&place)
        .map(drop)
        .map_err(|error| plain(error.error))
}

fn masked<W: Write>(
    file: W,
    form: Form,
    secrets: &Secrets,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<W> {
    let mut file = BufWriter::new(file);
    let mut out = Masked::new(&mut file, form, secrets.clone());
    write(&mut out)?;
    out.finish()?;
    drop(out);
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

fn temporary_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".misfire-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Those of any new file; the user's mask takes from them.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// The error of the system without the name of the temporary file, which its user
/// has never heard of.
fn plain(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path \"") {
        Some((cause, _)) => io::Error::new(error.kind(), cause.to_owned()),
        None => error,
    }
}
