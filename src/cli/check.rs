//! `misfire check`.

use std::io;
use std::path::Path;

use super::args::{CheckArgs, Format};
use super::exit::{Exit, Facts};
use super::output::Output;
use super::patience::unless_interrupted;
use crate::content::{Content, ContentRequest, LooseFiles, QuerySettings, Start, check_files};
use crate::diagnostic::{self, has_error};
use crate::report::{check_json, check_text};
use crate::run::{Interrupt, inspect, interruption};

/// Load, report.
pub(super) fn check(args: CheckArgs, output: &Output, interrupt: &Interrupt) -> io::Result<Exit> {
    let mut seen = LooseFiles::default();
    let splunk = match args.content.queries.here() {
        Ok(splunk) => splunk,
        // What is wrong with the project is told with the project.
        Err(_) => args.content.queries.over(QuerySettings::default()),
    };
    if args.paths.is_empty() {
        let request = args.content.request(Start::default());
        add(&mut seen, request, interrupt)?;
    }
    for path in &args.paths {
        if interrupt.is_set() {
            break;
        }
        if is_project(path) {
            let request = args.content.request(Start::Folder(path.clone()));
            add(&mut seen, request, interrupt)?;
        } else {
            let path = path.clone();
            let splunk = splunk.clone();
            let check = move || check_files(&path, &splunk);
            if let Some(files) = unless_interrupted(interrupt, check)? {
                seen.loaded += files.loaded;
                seen.problems.extend(files.problems);
            }
        }
    }
    if interrupt.is_set() {
        // What was not loaded has no problems that could be told.
        seen.problems.push(interruption());
    }
    diagnostic::sort(&mut seen.problems);
    seen.problems.dedup();
    output.tell(&seen.problems)?;
    match output.format {
        Format::Json => output.write(|out| check_json(out, &seen))?,
        Format::Text if output.quiet => {}
        Format::Text => output.write(|out| check_text(out, &seen, output.paint()))?,
    }
    Ok(Facts {
        interrupted: interrupt.is_set(),
        wrong: has_error(&seen.problems),
        ..Facts::default()
    }
    .exit())
}

fn add(seen: &mut LooseFiles, request: ContentRequest, interrupt: &Interrupt) -> io::Result<()> {
    if let Some(content) = unless_interrupted(interrupt, move || Content::load(&request))? {
        seen.loaded += content.loaded();
        seen.problems.extend(inspect(content, interrupt.clone()));
    }
    Ok(())
}

/// Whether a folder is laid out as a project.
fn is_project(path: &Path) -> bool {
    ["misfire.toml", "atomics", "expectations", "fixtures"]
        .iter()
        .any(|name| path.join(name).exists())
}
