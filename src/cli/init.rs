//! `misfire init`.

use std::io;

use jiff::Timestamp;

use super::args::{Format, InitArgs};
use super::exit::Exit;
use super::output::Output;
use crate::content::start_project;
use crate::diagnostic::Code;
use crate::report::{init_json, init_text};

/// Write, report.
pub(super) fn init(args: &InitArgs, output: &Output) -> io::Result<Exit> {
    match start_project(&args.folder, Timestamp::now()) {
        Ok(files) => {
            match output.format {
                Format::Json => output.write(|out| init_json(out, &files))?,
                Format::Text if output.quiet => {}
                Format::Text => output.write(|out| init_text(out, &args.folder, &files))?,
            }
            Ok(Exit::Expected)
        }
        Err(problem) => {
            let is_occupied = problem.code == Code::INIT_NOT_EMPTY;
            output.tell(&[*problem])?;
            Ok(if is_occupied {
                Exit::Wrong
            } else {
                Exit::Unfinished
            })
        }
    }
}
