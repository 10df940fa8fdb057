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
    replace(path, Rights::Default, |file| {
        masked(file, form, secrets, write)
    })
}

/// Adds to a log in a file, masked, or begins one with its first line. What stands in
/// the file is left as it is, and the file is another only once it is whole. What is
/// there and is no regular file has the first line and the new ones written to it.
///
/// # Errors
///
/// The file cannot be read or written, or does not begin as such a log does
/// (`is_first`); whatever was there before is left.
pub fn append_file(
    path: &Path,
    secrets: &Secrets,
    first: &str,
    is_first: fn(&str) -> bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let known = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let mut before = match known {
        Some(_) => fs::read(path)?,
        None => Vec::new(),
    };
    if before.is_empty() {
        before.extend(first.bytes());
    } else {
        let line = before.split(|byte| *byte == b'\n').next();
        let line = line.and_then(|line| std::str::from_utf8(line).ok());
        if !line.is_some_and(is_first) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the file holds something else, and is left as it is",
            ));
        }
        if !before.ends_with(b"\n") {
            before.push(b'\n');
        }
    }
    let rights = known.map_or(Rights::Default, |known| Rights::These(known.permissions()));
    replace(path, rights, |file| {
        file.write_all(&before)?;
        masked(file, Form::Text, secrets, write)
    })
}

/// What rights a file gets that takes the place of another.
enum Rights {
    /// Those of any new file.
    Default,
    These(fs::Permissions),
}

fn replace(
    path: &Path,
    rights: Rights,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // A link stays one, and what it points to is replaced.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let is_special = fs::metadata(&place).is_ok_and(|known| !known.is_file() && !known.is_dir());
    if is_special {
        let file = fs::OpenOptions::new().write(true).open(&place)?;
        return buffered(file, write).map(drop);
    }
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let file = temporary_in(&folder).map_err(plain)?;
    let file = buffered(file, write)?;
    if let Rights::These(rights) = rights {
        file.as_file().set_permissions(rights)?;
    }
    file.persist(&place)
        .map(drop)
        .map_err(|error| plain(error.error))
}

fn buffered<W: Write>(
    file: W,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<W> {
    let mut file = BufWriter::new(file);
    write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

fn masked(
    file: &mut dyn Write,
    form: Form,
    secrets: &Secrets,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = Masked::new(file, form, secrets.clone());
    write(&mut out)?;
    out.finish()
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
