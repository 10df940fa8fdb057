//! `misfire import`.

use std::io;
use std::path::PathBuf;

use super::args::{Format, Grade, ImportArgs};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::diagnostic::{Code, Diagnostic};
use crate::recording::{Closure, Evidence};
use crate::report::mask::Form;
use crate::report::{import_json, import_text};
use crate::run::{
    DraftTo, Effect, Existing, ImportRequest, ImportSubject, Interrupt, Scrubbing, import as turn,
};

/// Import, report.
pub(super) fn import(args: ImportArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    let subject = match (args.atomic, args.control, args.technique) {
        (Some(guid), ..) => ImportSubject::Atomic {
            guid,
            arguments: args.arg,
            atomics: args.atomics,
        },
        (None, Some(why), Some(technique)) => ImportSubject::Control { why, technique },
        (None, ..) => {
            // The command line is refused before it comes to this.
            return Ok(Exit::Wrong);
        }
    };
    let draft_to = match args.expectation {
        None => DraftTo::Project,
        Some(path) if path.as_os_str() == "-" => DraftTo::Stream,
        Some(path) => DraftTo::File(path),
    };
    if draft_to == DraftTo::Stream && output.format == Format::Json {
        output.tell(&[Diagnostic::error(
            Code::IMPORT_EXPECTATION_EXISTS,
            "standard output cannot take both the draft and the report",
        )
        .help("leave `--expectation -` out: the report holds the draft")])?;
        return Ok(Exit::Wrong);
    }
    let request = ImportRequest {
        logs: args.logs,
        subject,
        name: args.name,
        out: args.out,
        start: PathBuf::new(),
        evidence: match args.evidence {
            Grade::Recorded => Evidence::Recorded,
            Grade::Executed => Evidence::Executed,
            Grade::Simulated => Evidence::Simulated,
            Grade::Authored => Evidence::Authored,
        },
        window: args.window,
        closure: if args.closed {
            Closure::Closed
        } else {
            Closure::Open
        },
        given: args.given,
        looked_at: args.looked_at,
        host: args.host,
        platform: args.platform,
        baseline: args.baseline,
        scrubbing: if args.scrub {
            Scrubbing::On
        } else {
            Scrubbing::Off
        },
        draft_to,
        existing: if args.force {
            Existing::Replace
        } else {
            Existing::Keep
        },
        effect: if args.dry_run {
            Effect::Nothing
        } else {
            Effect::Write
        },
        threads: output.threads,
        interrupt,
    };
    let outcome = turn(&request, &*output.sink());
    output.tell(&outcome.refusals)?;
    output.tell(&outcome.problems)?;
    match output.format {
        Format::Json => output.write(|out| import_json(out, &outcome))?,
        Format::Text if request.draft_to == DraftTo::Stream => {
            if !output.quiet {
                output.note(|out| import_text(out, &outcome, output.paint_messages()))?;
            }
            if let Some(draft) = &outcome.draft {
                output.write_as(Form::Text, |out| {
                    write!(out, "{}{}", draft.head, draft.test)
                })?;
            }
        }
        Format::Text if output.quiet => {}
        Format::Text => output.write(|out| {
            import_text(out, &outcome, output.paint())?;
            match &outcome.draft {
                Some(draft) if draft.file.is_none() => write!(out, "\n{}", draft.test),
                _ => Ok(()),
            }
        })?,
    }
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: outcome.is_wrong(),
        damaged: outcome.is_damaged(),
        unexpected: false,
    }
    .exit())
}
