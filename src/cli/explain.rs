//! `misfire explain`.

use std::io;
use std::path::{Path, PathBuf};

use super::args::{ExplainArgs, Format};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::content::load_detections;
use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};
use crate::report::{explain_json, explain_text};
use crate::run::{ExplainRequest, Interrupt, explain as why};

/// Load, explain, report.
pub(super) fn explain(
    args: ExplainArgs,
    output: &Output,
    interrupt: Interrupt,
) -> io::Result<Exit> {
    let is_file = Path::new(&args.detection).exists();
    let mut paths = args.detections.clone();
    if is_file {
        paths.push(PathBuf::from(&args.detection));
    }
    if paths.is_empty() {
        output.tell(&[unknown(&args.detection, None)])?;
        return Ok(Exit::Wrong);
    }
    let mut detections = load_detections(&paths);
    if !is_file {
        let known: Vec<String> = detections.sigma.names().map(Into::into).collect();
        detections
            .sigma
            .retain(|names| names.contains(&args.detection.as_str()));
        if detections.sigma.is_empty() {
            output.tell(&detections.problems)?;
            let meant = did_you_mean(&args.detection, known.iter().map(String::as_str));
            output.tell(&[unknown(&args.detection, meant)])?;
            return Ok(Exit::Wrong);
        }
    }
    let outcome = why(ExplainRequest {
        detections,
        logs: args.logs,
        declared: args.source,
        interrupt,
    });
    output.tell(&outcome.content_problems)?;
    output.tell(&outcome.log_problems)?;
    match output.format {
        Format::Json => output.write(|out| explain_json(out, &outcome))?,
        Format::Text => output.write(|out| explain_text(out, &outcome, output.paint()))?,
    }
    let has_error = |problems: &[Diagnostic]| {
        problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
    };
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: has_error(&outcome.content_problems) || outcome.explanations.is_empty(),
        damaged: has_error(&outcome.log_problems),
        unexpected: false,
    }
    .exit())
}

fn unknown(detection: &str, meant: Option<&str>) -> Diagnostic {
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "give a rule's file, or its id, name, or title and `--detections DIR`".to_owned(),
    };
    Diagnostic::error(
        Code::CONTENT_UNKNOWN_DETECTION,
        format!("there is no detection `{detection}`"),
    )
    .help(help)
}
