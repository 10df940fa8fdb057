//! Why one detection fired, or did not, on some logs.

use std::path::{Path, PathBuf};

use super::compile::compile;
use super::event::Interrupt;
use super::scan::sort_out;
use super::search::interruption;
use crate::content::{LogInput, QuerySettings, find_files, load_detections_with};
use crate::detect::plan::{PlanSet, PlannedDetection};
use crate::detect::sigma::SigmaRuleSet;
use crate::detect::{Coverage, Detection, Engine, Explanation, Language, ProgramId, Refusal};
use crate::diagnostic::{self, Code, Diagnostic, did_you_mean};
use crate::event::{Batch, Event, FileId, LogSource};
use crate::log::{ReadOptions, cap_problems, open};

/// What is to be explained.
#[derive(Debug)]
pub struct ExplainRequest {
    /// A detection: its file, or its id, name, or title.
    pub detection: String,
    /// Folders and files of detections to find it in, and what it refers to.
    pub folders: Vec<PathBuf>,
    /// What queries refer to, and how they are read.
    pub queries: QuerySettings,
    /// Logs, and folders of logs.
    pub logs: Vec<PathBuf>,
    /// What plain JSON lines are.
    pub declared: Option<LogSource>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Why the detections fired, or did not.
#[derive(Debug)]
pub struct ExplainOutcome {
    /// Each detection with its explanation.
    pub explanations: Vec<(Detection, Coverage, Explanation)>,
    /// The files that the events' numbers point into.
    pub files: Vec<PathBuf>,
    /// What is wrong with the detections.
    pub content_problems: Vec<Diagnostic>,
    /// What is wrong with the logs.
    pub log_problems: Vec<Diagnostic>,
    /// Whether the search ended early.
    pub interrupted: bool,
}

/// Explains a detection on logs; every one of them if it is a file of several.
#[must_use]
pub fn explain(request: ExplainRequest) -> ExplainOutcome {
    let (rules, plans, wanted, mut content_problems) = choose(&request);
    let (engine, names, problems) = compile(rules, plans);
    content_problems.extend(problems);
    diagnostic::sort(&mut content_problems);
    let (found, mut log_problems) = find_files(&request.logs);
    let inputs: Vec<_> = found
        .iter()
        .map(|file| LogInput::on_disk(&file.path))
        .collect();
    let options = ReadOptions {
        names,
        declared: request.declared,
    };
    let mut explanations = Vec::new();
    for (program, detection) in (0..).map(ProgramId).zip(engine.programs()) {
        let is_wanted = wanted.iter().any(|name| {
            detection.id.as_str().eq_ignore_ascii_case(name)
                || detection.title.eq_ignore_ascii_case(name)
        });
        if !is_wanted {
            continue;
        }
        if let Some(refusal) = engine.refusal(program) {
            let (Refusal::Invalid(why) | Refusal::Unsupported(why)) = refusal;
            if detection.language != Language::Sigma {
                let nothing = Explanation::default();
                explanations.push((detection.clone(), Coverage::Unsearchable(why), nothing));
            }
            continue;
        }
        let mut problems = Vec::new();
        let explanation = engine.explain(program, None, &mut |visit| {
            visit_events(&inputs, &options, &request.interrupt, &mut problems, visit);
        });
        if explanations.is_empty() {
            log_problems.append(&mut problems);
        }
        explanations.push((detection.clone(), engine.coverage(program), explanation));
    }
    let (mut log_problems, _) = sort_out(log_problems, &found);
    let interrupted = request.interrupt.is_set();
    if interrupted {
        log_problems.push(interruption());
    }
    cap_problems(&mut log_problems);
    ExplainOutcome {
        explanations,
        files: inputs.into_iter().map(|input| input.path).collect(),
        content_problems,
        log_problems,
        interrupted,
    }
}

/// Loads the detection that is asked for and what it may refer to; also the names
/// that it goes by, and what is wrong.
fn choose(request: &ExplainRequest) -> (SigmaRuleSet, PlanSet, Vec<String>, Vec<Diagnostic>) {
    let load = |paths: &[PathBuf]| load_detections_with(paths, &request.queries);
    let file = Path::new(&request.detection);
    let wanted: Vec<String> = if file.exists() {
        let own = load(&[file.to_owned()]);
        let names: Vec<String> = own.names().map(Into::into).collect();
        if request.folders.is_empty() {
            return (own.sigma, own.plans, names, own.problems);
        }
        names
    } else {
        vec![request.detection.clone()]
    };
    let mut paths = request.folders.clone();
    let is_below = |folder: &PathBuf| match (folder.canonicalize(), file.canonicalize()) {
        (Ok(folder), Ok(file)) => file.starts_with(folder),
        _ => false,
    };
    if file.exists() && !paths.iter().any(is_below) {
        paths.push(file.to_owned());
    }
    let mut loaded = load(&paths);
    let known: Vec<String> = loaded.names().map(Into::into).collect();
    let is_wanted = |name: &str| {
        wanted
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    if !known.iter().any(|name| is_wanted(name)) {
        loaded.problems.push(unknown(&request.detection, &known));
        let nothing = (SigmaRuleSet::default(), PlanSet::default());
        return (nothing.0, nothing.1, Vec::new(), loaded.problems);
    }
    loaded
        .sigma
        .retain(|names| names.iter().any(|name| is_wanted(name)));
    let is_named = |planned: &PlannedDetection| {
        is_wanted(planned.detection.id.as_str()) || is_wanted(&planned.detection.title)
    };
    loaded.plans.planned.retain(is_named);
    // What is to be said of other queries is nothing to this one.
    let files = loaded.plans.planned.iter();
    let files: Vec<_> = files
        .map(|planned| planned.detection.file.clone())
        .collect();
    loaded.problems.retain(|problem| {
        let place = problem.place.as_ref();
        !problem.code.is_about_queries() || place.is_none_or(|place| files.contains(&place.file))
    });
    // A rule may have been asked for by a name that is neither its id nor title.
    let mut names = wanted.clone();
    if !file.exists() {
        names.extend(loaded.sigma.aliases(&request.detection));
    }
    (loaded.sigma, loaded.plans, names, loaded.problems)
}

fn unknown(detection: &str, known: &[String]) -> Diagnostic {
    let help = match did_you_mean(detection, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "give a rule's file, or its id, name, or title and `--detections DIR`".to_owned(),
    };
    Diagnostic::error(
        Code::CONTENT_UNKNOWN_DETECTION,
        format!("there is no detection `{detection}`"),
    )
    .help(help)
}

impl ExplainOutcome {
    /// Whether something is wrong with the detections.
    #[must_use]
    pub fn content_is_wrong(&self) -> bool {
        diagnostic::has_error(&self.content_problems)
    }

    /// Whether a log could not be read whole.
    #[must_use]
    pub fn logs_are_damaged(&self) -> bool {
        diagnostic::has_error(&self.log_problems)
    }
}

/// Visits every event of some logs, in order.
pub(super) fn visit_events(
    inputs: &[LogInput],
    options: &ReadOptions,
    interrupt: &Interrupt,
    problems: &mut Vec<Diagnostic>,
    visit: &mut dyn FnMut(Event<'_>),
) {
    visit_batches(inputs, options, interrupt, problems, &mut |batch, _| {
        batch.events().for_each(&mut *visit);
    });
}

/// Visits every batch of some logs, in order, each with the bytes that it stands for.
pub(super) fn visit_batches(
    inputs: &[LogInput],
    options: &ReadOptions,
    interrupt: &Interrupt,
    problems: &mut Vec<Diagnostic>,
    visit: &mut dyn FnMut(Batch, u64),
) {
    for (input, number) in inputs.iter().zip(0..) {
        let opened = match &input.bytes {
            Some(bytes) => {
                crate::log::read_bytes(&input.path, bytes.to_vec(), FileId(number), options)
            }
            None => open(&input.path, FileId(number), options),
        };
        let mut reader = match opened {
            Ok(reader) => reader,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        while let Some(chunk) = reader.next_chunk() {
            if interrupt.is_set() {
                return;
            }
            match chunk {
                Ok(chunk) => {
                    let size = chunk.size();
                    let decoded = chunk.decode(options);
                    problems.extend(decoded.problems);
                    visit(decoded.batch, size);
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
}
