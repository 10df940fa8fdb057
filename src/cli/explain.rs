//! `misfire explain`.

use std::io;

use super::args::{ExplainArgs, Format};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::report::mask::Secrets;
use crate::report::{explain_json, explain_text};
use crate::run::{ExplainRequest, Interrupt, explain as why};

/// Explain, report.
pub(super) fn explain(
    args: ExplainArgs,
    output: &Output,
    interrupt: Interrupt,
) -> io::Result<Exit> {
    let splunk = match args.queries.here() {
        Ok(settings) => args.reading.of(settings),
        Err(problems) => {
            output.tell(&problems)?;
            return Ok(Exit::Wrong);
        }
    };
    let outcome = why(ExplainRequest {
        detection: args.detection,
        folders: args.detections,
        queries: splunk,
        logs: args.logs,
        declared: args.source,
        interrupt,
    });
    let mut secrets = Secrets::default();
    for (_, _, explanation) in &outcome.explanations {
        secrets.add_explanation(explanation);
    }
    output.hide(secrets);
    output.tell(&outcome.content_problems)?;
    output.tell(&outcome.log_problems)?;
    match output.format {
        Format::Json => output.write(|out| explain_json(out, &outcome))?,
        Format::Text => output.write(|out| explain_text(out, &outcome, output.paint()))?,
    }
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: outcome.content_is_wrong() || outcome.explanations.is_empty(),
        damaged: outcome.logs_are_damaged(),
        unexpected: false,
    }
    .exit())
}
