//! `misfire diff`.

use std::io;
use std::path::{Path, PathBuf};

use clap::{ArgAction, Args as ClapArgs};

use super::args::Format;
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::diagnostic::{Code, Diagnostic};
use crate::diff::{Class, Diff, Removal, compare, read_run};
use crate::report::mask::{Form, Secrets};
use crate::report::{
    Detail, changes_json, changes_markdown, changes_text, secrets_of_diff, write_file,
};

/// Say what changed between two runs.
///
/// Compares what two runs wrote as JSON: detections that stopped firing or fire now,
/// signals that are gone, new false alarms, controls that prove nothing any more, weaker
/// evidence, and what was removed or added. What got worse comes first, with the reasons of
/// both runs. The order of tests is of no account.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire diff main.json run.json
  misfire diff main.json run.json --markdown comment.md
  misfire diff main.json run.json --allow-removed --format json

Exit codes: 0 nothing got worse, 1 something got worse, or the new run judged
nothing, 2 wrong usage, or no document of a run, 3 a file could not be read or
written, or a run did not come to its end.")]
pub(super) struct DiffArgs {
    /// The document of the run that came first, of `misfire run --format json` or
    /// `--report json=PATH`
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The document of the run that is compared with it
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Do not fail for what proved something and is not judged any more; it is still told
    #[arg(long, action = ArgAction::SetTrue)]
    allow_removed: bool,
    /// Also write a page for a pull request, or - for standard output in the place of the
    /// text
    #[arg(long, value_name = "PATH")]
    markdown: Option<PathBuf>,
}

/// Read, compare, report.
pub(super) fn diff(args: &DiffArgs, output: &Output) -> io::Result<Exit> {
    let is_stdout = |path: &Path| path.as_os_str() == "-";
    let page_is_stdout = args.markdown.as_deref().is_some_and(is_stdout);
    if page_is_stdout && output.format == Format::Json {
        output.tell(&[Diagnostic::error(
            Code::USAGE_REPORT_TWICE,
            "standard output takes either --format json or --markdown -",
        )
        .help("write one of them to a file")])?;
        return Ok(Exit::Wrong);
    }
    let (old, new) = match (read_run(&args.old), read_run(&args.new)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => {
            let problems: Vec<_> = [old.err(), new.err()]
                .into_iter()
                .flatten()
                .map(|problem| *problem)
                .collect();
            output.tell(&problems)?;
            let is_about_input = |problem: &Diagnostic| problem.code.is_about_input();
            return Ok(Facts {
                wrong: !problems.iter().all(is_about_input),
                damaged: true,
                ..Facts::default()
            }
            .exit());
        }
    };
    let removal = match args.allow_removed {
        true => Removal::Allowed,
        false => Removal::Worse,
    };
    let diff = compare(&old, &new, removal);
    let secrets = secrets_of_diff(&diff);
    output.hide(secrets.clone());
    let unwritten = match args.markdown.as_deref() {
        Some(path) if !is_stdout(path) => !write_page(path, &diff, &secrets, output)?,
        _ => false,
    };
    match output.format {
        Format::Json => output.write(|out| changes_json(out, &diff))?,
        Format::Text if page_is_stdout => {
            output.write_as(Form::Text, |out| changes_markdown(out, &diff))?;
        }
        Format::Text => {
            let detail = match output.quiet {
                true => Detail::Unexpected,
                false => Detail::All,
            };
            output.write(|out| changes_text(out, &diff, detail, output.paint()))?;
        }
    }
    Ok(Facts {
        // Half of a run is never a pass, and no proof that something is worse.
        interrupted: !diff.is_whole(),
        wrong: false,
        damaged: unwritten,
        unexpected: diff.count(Class::Worse) > 0 || !diff.passes(),
    }
    .exit())
}

/// Writes the page; whether that could be done.
fn write_page(path: &Path, diff: &Diff, secrets: &Secrets, output: &Output) -> io::Result<bool> {
    let written = write_file(path, Form::Text, secrets, |out| changes_markdown(out, diff));
    let Err(error) = written else {
        return Ok(true);
    };
    output.tell(&[Diagnostic::error(
        Code::IO_UNWRITABLE,
        format!("the page cannot be written: {error}"),
    )
    .in_file(path)
    .help("check that the folder exists and can be written to")])?;
    Ok(false)
}
