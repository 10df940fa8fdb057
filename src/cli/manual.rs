//! `misfire completions` and `misfire man`.

use std::fs;
use std::io;

use clap::CommandFactory;

use super::args::{Args, CompletionsArgs, ManArgs};
use super::command_pages::command_pages;
use super::exit::Exit;
use super::output::Output;
use crate::diagnostic::{Code, Diagnostic};

/// Print what completes a command line in a shell.
pub(super) fn completions(args: &CompletionsArgs, output: &Output) -> io::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "misfire", &mut text);
    output.write(|out| out.write_all(&text))?;
    Ok(Exit::Expected)
}

/// Print the manual, or write its pages.
pub(super) fn man(args: &ManArgs, output: &Output) -> io::Result<Exit> {
    let Some(folder) = &args.folder else {
        output.write(|out| clap_mangen::Man::new(Args::command()).render(out))?;
        return Ok(Exit::Expected);
    };
    let written = fs::create_dir_all(folder).and_then(|()| match args.markdown {
        true => command_pages(Args::command())
            .iter()
            .try_for_each(|(file, page)| fs::write(folder.join(file), page)),
        false => clap_mangen::generate_to(Args::command(), folder),
    });
    if let Err(error) = written {
        output.tell(&[Diagnostic::error(
            Code::IO_UNWRITABLE,
            format!("the manual cannot be written: {error}"),
        )
        .in_file(folder)
        .help("check that the folder can be written to")])?;
        return Ok(Exit::Unfinished);
    }
    Ok(Exit::Expected)
}
