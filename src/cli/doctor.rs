//! `misfire doctor`.

use std::io;
use std::path::Path;

use super::args::Format;
use super::exit::Exit;
use super::output::Output;
use crate::report::{Terminal, doctor_json, doctor_text};
use crate::run::examine;

/// Examine, report.
pub(super) fn doctor(output: &Output) -> io::Result<Exit> {
    let host = examine(Path::new("."));
    let terminal = Terminal {
        width: output.width(),
    };
    output.write(|out| match output.format {
        Format::Json => doctor_json(out, &host, terminal),
        Format::Text => doctor_text(out, &host, terminal, output.paint()),
    })?;
    Ok(Exit::Expected)
}
