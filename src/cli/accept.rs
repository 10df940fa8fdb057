//! `misfire accept`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::accept_args::AcceptArgs;
use super::args::Format;
use super::exit::{Exit, Facts};
use super::output::Output;
use super::patience::unless_interrupted;
use crate::content::Start;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::report::mask::{Form, Secrets};
use crate::report::{accept_json, accept_markdown, accept_text, write_file};
use crate::run::{
    AcceptOutcome, AcceptRequest, Acceptance, Interrupt, Repairs, accept as judge, interruption,
};

/// Load, judge, report.
pub(super) fn accept(args: AcceptArgs, output: &Output, interrupt: Interrupt) -> io::Result<Exit> {
    let (detections, selection) = args.split();
    let markdown_is_stdout = args.markdown.as_deref().is_some_and(is_stdout);
    if markdown_is_stdout && output.format == Format::Json {
        let problem = Diagnostic::error(
            Code::USAGE_REPORT_TWICE,
            "standard output takes either --format json or --markdown -",
        )
        .help("write one of them to a file");
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    let request = AcceptRequest {
        detections,
        content: args.content.request(Start::default()),
        selection,
        deployments: args.content.queries.deployment.clone(),
        repairs: if args.no_repair {
            Repairs::None
        } else {
            Repairs::Tried
        },
        threads: output.threads,
        interrupt: interrupt.clone(),
    };
    let outcome = unless_interrupted(&interrupt, move || judge(&request))?;
    let outcome = outcome.unwrap_or_else(|| AcceptOutcome {
        problems: vec![interruption()],
        interrupted: true,
        ..AcceptOutcome::default()
    });
    output.tell(&outcome.problems)?;
    let mut unwritten = false;
    if let Some(path) = &args.markdown {
        unwritten = !write_pages(path, &outcome, output)?;
    }
    match output.format {
        Format::Json => output.write(|out| accept_json(out, &outcome))?,
        Format::Text if markdown_is_stdout => {}
        Format::Text => output.write(|out| accept_text(out, &outcome, output.paint()))?,
    }
    let errors = || {
        let problems = outcome.problems.iter();
        problems.filter(|problem| problem.severity == Severity::Error)
    };
    Ok(Facts {
        interrupted: outcome.interrupted,
        wrong: errors().any(|problem| !problem.code.is_about_input()),
        damaged: unwritten || errors().any(|problem| problem.code.is_about_input()),
        unexpected: !outcome.detections.iter().all(Acceptance::is_accepted),
    }
    .exit())
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Writes the pages; whether that could be done.
fn write_pages(path: &Path, outcome: &AcceptOutcome, output: &Output) -> io::Result<bool> {
    let write_all = |out: &mut dyn Write, pages: &[&Acceptance]| -> io::Result<()> {
        for (place, page) in pages.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            accept_markdown(out, page)?;
        }
        Ok(())
    };
    let all: Vec<_> = outcome.detections.iter().collect();
    if is_stdout(path) {
        output.write_as(Form::Text, |out| write_all(out, &all))?;
        return Ok(true);
    }
    let is_folder = path.is_dir() || path.to_string_lossy().ends_with(['/', '\\']);
    let files: BTreeMap<PathBuf, Vec<&Acceptance>> = if is_folder {
        let mut files: BTreeMap<PathBuf, Vec<&Acceptance>> = BTreeMap::new();
        for page in all {
            let name = format!("{}.md", page.page_name());
            files.entry(path.join(name)).or_default().push(page);
        }
        files
    } else {
        BTreeMap::from([(path.to_owned(), all)])
    };
    let mut problems = Vec::new();
    if is_folder && let Err(error) = std::fs::create_dir_all(path) {
        problems.push(unwritable(path, &error));
    }
    for (file, pages) in files {
        if !problems.is_empty() {
            break;
        }
        let secrets = Secrets::default();
        if let Err(error) = write_file(&file, Form::Text, &secrets, |out| write_all(out, &pages)) {
            problems.push(unwritable(&file, &error));
        }
    }
    output.tell(&problems)?;
    Ok(problems.is_empty())
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(Code::IO_UNWRITABLE, format!("not written: {error}")).in_file(path)
}
