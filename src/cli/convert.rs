//! `misfire convert`.

use std::io;

use super::args::{ConvertArgs, Format, To};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::diagnostic::{Code, Diagnostic};
use crate::report::{convert_json, convert_text};
use crate::run::{ConvertRequest, Destination, Existing, Interrupt, Target, convert as turn};

/// Convert, report.
pub(super) fn convert(
    args: ConvertArgs,
    output: &Output,
    interrupt: Interrupt,
) -> io::Result<Exit> {
    let to_stdout = args.out.as_os_str() == "-";
    if to_stdout && output.format == Format::Json {
        output.tell(&[Diagnostic::error(
            Code::CONVERT_UNKNOWN_TARGET,
            "standard output cannot take both the records and the report",
        )
        .help("give `-o` the name of a file, or leave `--format json` out")])?;
        return Ok(Exit::Wrong);
    }
    let request = ConvertRequest {
        inputs: args.logs,
        out: if to_stdout {
            Destination::Stream(Box::new(io::stdout()))
        } else {
            Destination::File {
                path: args.out,
                existing: if args.force {
                    Existing::Replace
                } else {
                    Existing::Keep
                },
            }
        },
        target: args.to.map(target),
        shift_to: args.shift_to,
        declared: args.source,
        threads: output.threads,
        interrupt,
    };
    let outcome = turn(request, &*output.sink());
    output.tell(&outcome.refusals)?;
    output.tell(&outcome.problems)?;
    match output.format {
        Format::Json => output.write(|out| convert_json(out, &outcome))?,
        Format::Text if output.quiet => {}
        Format::Text if to_stdout => {
            output.note(|out| convert_text(out, &outcome, output.paint_messages()))?;
        }
        Format::Text => output.write(|out| convert_text(out, &outcome, output.paint()))?,
    }
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: outcome.is_refused(),
        damaged: outcome.is_incomplete(),
        unexpected: false,
    }
    .exit())
}

fn target(to: To) -> Target {
    match to {
        To::Evtx => Target::Evtx,
        To::CloudTrail => Target::CloudTrail,
        To::AzureActivity => Target::AzureActivity,
        To::JsonLines => Target::JsonLines,
    }
}
