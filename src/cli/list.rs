//! `misfire list`.

use std::io;

use super::args::{Format, ListArgs};
use super::exit::{Exit, Facts};
use super::output::Output;
use super::patience::unless_interrupted;
use crate::content::{Content, Start};
use crate::diagnostic::{Diagnostic, Severity, has_error};
use crate::report::{Titles, list_json, list_text};
use crate::run::{Interrupt, choose, interruption};

/// Load, choose, show.
pub(super) fn list(args: ListArgs, output: &Output, interrupt: &Interrupt) -> io::Result<Exit> {
    let request = args.content.request(Start::default());
    let selection = args.select.selection(args.filters);
    let found = unless_interrupted(interrupt, move || {
        let content = Content::load(&request);
        let choice = choose(&content, &selection);
        (content, choice)
    })?;
    let Some((content, choice)) = found.filter(|_| !interrupt.is_set()) else {
        output.tell(&[interruption()])?;
        return Ok(Exit::Unfinished);
    };
    let problems: Vec<Diagnostic> = [&content.problems[..], &choice.problems[..]]
        .concat()
        .into_iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    output.tell(&problems)?;
    let titles: Titles = content
        .detections
        .titles()
        .map(|(id, title)| (id.to_owned(), title.to_owned()))
        .collect();
    match output.format {
        Format::Json => output.write(|out| list_json(out, &choice.plan, &titles))?,
        Format::Text => {
            output.write(|out| list_text(out, &choice.plan, &titles, output.paint()))?;
        }
    }
    Ok(Facts {
        wrong: has_error(&problems),
        ..Facts::default()
    }
    .exit())
}
