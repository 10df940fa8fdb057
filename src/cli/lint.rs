//! `misfire lint`.

use std::io;
use std::path::Path;

use super::args::Format;
use super::exit::{Exit, Facts};
use super::lint_args::LintArgs;
use super::output::Output;
use super::patience::unless_interrupted;
use crate::detect::lint::rules;
use crate::diagnostic::{Code, Diagnostic, Severity, has_error};
use crate::report::mask::{Form, Secrets};
use crate::report::{lint_json, lint_sarif, lint_text, rules_json, rules_text, write_file};
use crate::run::{Fixing, Interrupt, LintOutcome, LintRequest, interruption, lint as look};

/// Load, look over, change, report.
pub(super) fn lint(args: LintArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    if args.rules {
        match output.format {
            Format::Json => output.write(|out| rules_json(out, rules()))?,
            Format::Text => output.write(|out| rules_text(out, rules(), output.width()))?,
        }
        return Ok(Exit::Expected);
    }
    let settings = match args.queries.here() {
        Ok(settings) => settings,
        Err(problems) => {
            output.tell(&problems)?;
            return Ok(Exit::Wrong);
        }
    };
    let sarif_is_stdout = args.sarif.as_deref().is_some_and(is_stdout);
    if sarif_is_stdout && output.format == Format::Json {
        let problem = Diagnostic::error(
            Code::USAGE_REPORT_TWICE,
            "standard output takes either --format json or --sarif -",
        )
        .help("write one of them to a file");
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    let fixing = match (args.fix, args.dry_run) {
        (false, _) => Fixing::Never,
        (true, true) => Fixing::Show,
        (true, false) => Fixing::Write,
    };
    let request = LintRequest {
        paths: args.paths,
        settings,
        allowed: args.allow,
        fixing,
        interrupt: interrupt.clone(),
    };
    let outcome = unless_interrupted(&interrupt, move || look(&request))?;
    let mut outcome = outcome.unwrap_or_default();
    if interrupt.is_set() {
        outcome.interrupted = true;
        outcome.problems.push(interruption());
    }
    output.tell(&outcome.problems)?;
    let mut unwritten = false;
    if let Some(path) = &args.sarif {
        unwritten = !write_sarif(path, &outcome, output)?;
    }
    match output.format {
        Format::Json => output.write(|out| lint_json(out, &outcome))?,
        Format::Text if sarif_is_stdout => {}
        Format::Text => {
            let least = if output.quiet {
                Severity::Warning
            } else {
                Severity::Note
            };
            output.write(|out| lint_text(out, &outcome, fixing, least, output.paint()))?;
        }
    }
    let fail_on = args.fail_on.severity();
    let mut findings = outcome.findings.iter();
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: has_error(&outcome.problems),
        damaged: unwritten,
        unexpected: findings.any(|finding| finding.diagnostic.severity <= fail_on),
    }
    .exit())
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Writes the findings as SARIF; whether that could be done.
fn write_sarif(path: &Path, outcome: &LintOutcome, output: &Output) -> io::Result<bool> {
    if is_stdout(path) {
        output.write_as(Form::Json, |out| lint_sarif(out, outcome))?;
        return Ok(true);
    }
    let written = write_file(path, Form::Json, &Secrets::default(), |out| {
        lint_sarif(out, outcome)
    });
    let Err(error) = written else {
        return Ok(true);
    };
    let problem = Diagnostic::error(Code::IO_UNWRITABLE, format!("not written: {error}"));
    output.tell(&[problem.in_file(path)])?;
    Ok(false)
}
