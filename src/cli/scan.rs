//! `misfire scan`.

use std::io;

use super::args::{Format, ScanArgs};
use super::exit::{Exit, Facts};
use super::output::Output;
use crate::content::{BenignList, load_detections_with};
use crate::report::{scan_json, scan_text};
use crate::run::{Interrupt, ScanRequest, scan as search};

/// Load, search, report.
pub(super) fn scan(args: ScanArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    let benign = match args.benign.as_deref().map(BenignList::load).transpose() {
        Ok(benign) => benign,
        Err(problem) => {
            output.tell(&[*problem])?;
            return Ok(Exit::Wrong);
        }
    };
    let only_listed = benign.is_some();
    let splunk = match args.queries.here() {
        Ok(settings) => args.reading.of(settings),
        Err(problems) => {
            output.tell(&problems)?;
            return Ok(Exit::Wrong);
        }
    };
    let request = ScanRequest {
        logs: args.logs,
        detections: load_detections_with(&args.detections, &splunk),
        benign,
        declared: args.source,
        threads: output.threads,
        interrupt,
    };
    let outcome = search(request, &*output.sink());
    output.tell(&outcome.content_problems)?;
    output.tell(&outcome.log_problems)?;
    match output.format {
        Format::Json => output.write(|out| scan_json(out, &outcome))?,
        Format::Text => {
            output.write(|out| scan_text(out, &outcome, output.paint(), output.width()))?;
        }
    }
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: outcome.content_is_wrong(),
        damaged: outcome.logs_are_damaged(),
        unexpected: only_listed && !outcome.firings.is_empty(),
    }
    .exit())
}
