//! `misfire coverage`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use super::args::Format;
use super::coverage_args::{CoverageArgs, PageKind, PageTarget};
use super::exit::{Exit, Facts};
use super::output::Output;
use super::patience::unless_interrupted;
use crate::content::atomic::TechniqueId;
use crate::content::attack::{AttackTable, Resolution};
use crate::content::{Content, ContentRequest, Plan, QuerySettings, Start, load_detections_with};
use crate::coverage::{
    Corpus, Index, NoRule, Page, Probes, Proofs, Scope, SearchedRecording, index, page, probes,
    proofs_of_run,
};
use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean, has_error};
use crate::report::mask::{Form, Secrets};
use crate::report::{
    coverage_html, coverage_json, coverage_markdown, coverage_text, index_html, index_json,
    index_markdown, index_text, write_file,
};
use crate::run::{Interrupt, ProveRequest, SimulateOptions, compile, interruption, prove};

/// Load, survey, prove, report.
pub(super) fn coverage(
    args: CoverageArgs,
    output: &Output,
    interrupt: Interrupt,
) -> io::Result<Exit> {
    if let Some(problem) = refused(&args.report, output) {
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    if let Some(problem) = args.technique.as_ref().and_then(unknown) {
        output.tell(&[problem])?;
        return Ok(Exit::Wrong);
    }
    let settings = match args.content.queries.here() {
        Ok(settings) => args.reading.of(settings),
        Err(problems) => {
            output.tell(&problems)?;
            return Ok(Exit::Wrong);
        }
    };
    let mut proofs = Vec::new();
    let mut problems = Vec::new();
    for path in &args.proof {
        match proofs_of_run(path) {
            Ok(found) => proofs.push(found),
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        output.tell(&problems)?;
        let is_gone = problems.iter().any(|problem| problem.code.is_about_input());
        return Ok(if is_gone {
            Exit::Unfinished
        } else {
            Exit::Wrong
        });
    }
    let work = Work {
        paths: args.paths,
        settings,
        technique: args.technique.clone(),
        scope: match args.sub_techniques {
            true => Scope::SubTechniques,
            false => Scope::Technique,
        },
        proofs,
        prove: args.prove.then(|| args.content.request(Start::default())),
        simulate: args
            .prove
            .then(|| SimulateOptions::usual(output.threads, &interrupt)),
        interrupt: interrupt.clone(),
    };
    let done = unless_interrupted(&interrupt, move || work.done())?;
    let Some(done) = done.filter(|_| !interrupt.is_set()) else {
        output.tell(&[interruption()])?;
        return Ok(Exit::Unfinished);
    };
    tell_problems(&done, output)?;
    let unwritten = match &done.result {
        Some(result) => write(result, &args.report, args.top, output)?,
        None => false,
    };
    let errors = || {
        let problems = done.problems.iter();
        problems.filter(|problem| problem.severity == Severity::Error)
    };
    Ok(Facts {
        interrupted: false,
        wrong: done.result.is_none() || errors().any(|problem| !problem.code.is_about_input()),
        damaged: unwritten || errors().any(|problem| problem.code.is_about_input()),
        unexpected: false,
    }
    .exit())
}

/// A technique that ATT&CK does not have.
fn unknown(technique: &TechniqueId) -> Option<Diagnostic> {
    let attack = AttackTable::bundled();
    if attack.resolve(technique) != Resolution::Unknown {
        return None;
    }
    let known: Vec<_> = attack.techniques().map(|known| known.id.as_str()).collect();
    let parent = technique.parent();
    let help = match did_you_mean(technique.as_str(), known) {
        _ if parent != *technique && attack.resolve(&parent) != Resolution::Unknown => {
            format!("correct the number behind the dot, or write {parent}")
        }
        Some(meant) => format!("did you mean {meant}?"),
        None => "correct the id".to_owned(),
    };
    Some(
        Diagnostic::error(
            Code::REFERENCE_UNKNOWN_TECHNIQUE,
            format!("ATT&CK {} has no technique {technique}", attack.version()),
        )
        .help(help),
    )
}

/// What is to be done where it can be interrupted.
struct Work {
    paths: Vec<std::path::PathBuf>,
    settings: QuerySettings,
    technique: Option<TechniqueId>,
    scope: Scope,
    proofs: Vec<Proofs>,
    prove: Option<ContentRequest>,
    simulate: Option<SimulateOptions>,
    interrupt: Interrupt,
}

/// What it came to.
struct Done {
    result: Option<Rendered>,
    problems: Vec<Diagnostic>,
}

enum Rendered {
    Page(Box<Page>),
    Index(Index),
}

impl Work {
    fn done(mut self) -> Done {
        let loaded = load_detections_with(&self.paths, &self.settings);
        let mut problems = loaded.problems;
        let (engine, names, found) = compile(loaded.sigma, loaded.plans);
        problems.extend(found);
        let corpus = Corpus::survey(&engine, &loaded.foreign);
        if corpus.is_empty() && has_error(&problems) {
            return Done {
                result: None,
                problems,
            };
        }
        let built = |proofs: Option<&Proofs>| match &self.technique {
            Some(technique) => page(&corpus, technique, self.scope, proofs)
                .map(|page| Rendered::Page(Box::new(page)))
                .map_err(|why| no_rule(technique, &why, &self.paths)),
            None => Ok(Rendered::Index(index(&corpus, proofs))),
        };
        let first = match built(None) {
            Ok(first) => first,
            Err(problem) => {
                problems.push(problem);
                return Done {
                    result: None,
                    problems,
                };
            }
        };
        let mut proofs = std::mem::take(&mut self.proofs);
        if let Some(request) = &self.prove {
            let mut sought = match &first {
                Rendered::Page(page) => probes(page),
                Rendered::Index(_) => Probes::default(),
            };
            let content = Content::load(request);
            // How parts of content refer to each other, no recording depends on.
            let is_told = |problem: &Diagnostic| {
                problem.severity == Severity::Error && !problem.code.is_about_references()
            };
            problems.extend(content.problems.into_iter().filter(is_told));
            let outcome = prove(ProveRequest {
                engine: &engine,
                names,
                probes: std::mem::take(&mut sought.rules),
                plan: self.plan(content.plan),
                simulate: self.simulate.clone(),
                threads: self.simulate.as_ref().and_then(|options| options.threads),
                interrupt: self.interrupt.clone(),
            });
            sought.keep(&outcome.probed);
            problems.extend(outcome.problems);
            let searched = outcome.recordings.into_iter();
            let searched = searched.map(|recording| SearchedRecording {
                name: recording.fixture.name.clone(),
                test: recording.test.atomic.name.clone(),
                technique: Some(recording.test.atomic.technique.to_string()),
                evidence: recording.fixture.evidence,
                fired: recording.fired,
                held: recording.held,
                origins: recording.origins,
            });
            proofs.push(Proofs::of_recordings(&corpus, sought, searched.collect()));
        }
        let mut all = proofs.into_iter();
        let result = match all.next() {
            None => Ok(first),
            Some(mut joined) => {
                all.for_each(|other| joined.extend(other));
                built(Some(&joined))
            }
        };
        match result {
            Ok(result) => Done {
                result: Some(result),
                problems,
            },
            Err(problem) => {
                problems.push(problem);
                Done {
                    result: None,
                    problems,
                }
            }
        }
    }

    /// The tests with recordings, and those of the technique without one.
    fn plan(&self, mut plan: Plan) -> Plan {
        let attack = AttackTable::bundled();
        plan.retain(|test| {
            let technique = &test.atomic.technique;
            !test.recordings.is_empty()
                || self
                    .technique
                    .as_ref()
                    .is_none_or(|wanted| attack.covers(wanted, technique))
        });
        plan
    }
}

fn no_rule(technique: &TechniqueId, why: &NoRule, paths: &[std::path::PathBuf]) -> Diagnostic {
    let name = AttackTable::bundled().name(technique);
    let named = name.map_or_else(String::new, |name| format!(" ({name})"));
    let problem = Diagnostic::error(
        Code::COVERAGE_NO_RULE,
        format!("no detection here is of {technique}{named}"),
    );
    let subs: Vec<_> = why
        .sub_techniques
        .iter()
        .map(|sub| format!("{} of {}", sub.rules, sub.technique))
        .collect();
    let problem = match (subs.as_slice(), &why.parent) {
        ([], None) => problem.help("`--all` shows the techniques that there are rules of"),
        ([], Some(parent)) => problem.help(format!(
            "there are {} of {}: ask for that",
            parent.rules, parent.technique
        )),
        (subs, _) => problem.help(format!(
            "`--sub-techniques` takes in those of its sub-techniques: {}",
            subs.join(", ")
        )),
    };
    match paths {
        [path] => problem.in_file(path),
        _ => problem,
    }
}

/// Tells what is wrong; of what may be worth mending, what stands in files of the page.
fn tell_problems(done: &Done, output: &Output) -> io::Result<()> {
    let files: BTreeSet<&str> = match &done.result {
        Some(Rendered::Page(page)) => {
            let read = page.rules.iter().map(|rule| rule.file.as_str());
            let unread = page.unread.iter().map(|rule| rule.file.as_str());
            read.chain(unread).collect()
        }
        Some(Rendered::Index(_)) | None => BTreeSet::new(),
    };
    let is_told = |problem: &Diagnostic| {
        let place = problem.place.as_ref();
        problem.severity == Severity::Error
            || place.is_some_and(|place| files.contains(place.file.display().to_string().as_str()))
    };
    let (told, left): (Vec<_>, Vec<_>) = done.problems.iter().cloned().partition(is_told);
    output.tell(&told)?;
    let warnings = left
        .iter()
        .filter(|problem| problem.severity == Severity::Warning)
        .count();
    if warnings == 0 || output.quiet || output.format == Format::Json {
        return Ok(());
    }
    let plural = if warnings == 1 { "" } else { "s" };
    output.note(|out| {
        writeln!(
            out,
            "`misfire check` tells of {warnings} warning{plural} about other detections"
        )
    })
}

/// What of the wanted reports cannot be: standard output takes one thing, and so does a
/// file.
fn refused(reports: &[PageTarget], output: &Output) -> Option<Diagnostic> {
    let mut places = BTreeSet::new();
    for report in reports {
        if report.is_stdout() && output.format == Format::Json {
            return Some(
                Diagnostic::error(
                    Code::USAGE_REPORT_TWICE,
                    "standard output cannot take both a report and `--format json`",
                )
                .help("give the report the name of a file, or leave `--format json` out"),
            );
        }
        if !places.insert(&report.path) {
            return Some(
                Diagnostic::error(
                    Code::USAGE_REPORT_TWICE,
                    format!("`{}` cannot take two reports", report.path.display()),
                )
                .help("give each report a file of its own"),
            );
        }
    }
    None
}

/// Writes everything; whether a report could not be written.
fn write(
    result: &Rendered,
    targets: &[PageTarget],
    top: usize,
    output: &Output,
) -> io::Result<bool> {
    let mut unwritten = false;
    for target in targets {
        let form = match target.kind {
            PageKind::Json => Form::Json,
            PageKind::Markdown => Form::Text,
            PageKind::Html => Form::Xml,
        };
        let render = |out: &mut dyn Write| match (target.kind, result) {
            (PageKind::Json, Rendered::Page(page)) => coverage_json(out, page),
            (PageKind::Json, Rendered::Index(index)) => index_json(out, index),
            (PageKind::Markdown, Rendered::Page(page)) => coverage_markdown(out, page, top),
            (PageKind::Markdown, Rendered::Index(index)) => index_markdown(out, index),
            (PageKind::Html, Rendered::Page(page)) => coverage_html(out, page),
            (PageKind::Html, Rendered::Index(index)) => index_html(out, index),
        };
        if target.is_stdout() {
            output.write_as(form, render)?;
        } else if let Err(error) = write_file(&target.path, form, &Secrets::default(), render) {
            unwritten = true;
            output.tell(&[unwritable(&target.path, &error)])?;
        }
    }
    let is_free = !targets.iter().any(PageTarget::is_stdout);
    match (output.format, result) {
        (Format::Json, Rendered::Page(page)) => output.write(|out| coverage_json(out, page))?,
        (Format::Json, Rendered::Index(index)) => output.write(|out| index_json(out, index))?,
        (Format::Text, Rendered::Page(page)) if is_free => {
            output.write(|out| coverage_text(out, page, top, output.paint()))?;
        }
        (Format::Text, Rendered::Index(index)) if is_free => {
            output.write(|out| index_text(out, index, output.paint()))?;
        }
        (Format::Text, _) => {}
    }
    Ok(unwritten)
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(
        Code::IO_UNWRITABLE,
        format!("the report cannot be written: {error}"),
    )
    .in_file(path)
    .help("check that the folder exists and can be written to")
}
