//! Why one detection fired, or did not, on some logs.

use std::path::PathBuf;

use super::compile::compile;
use super::event::Interrupt;
use crate::content::{LoadedDetections, LogInput, find_files};
use crate::detect::{Coverage, Detection, Engine, Explanation, ProgramId};
use crate::diagnostic::{self, Diagnostic};
use crate::event::{Event, FileId, LogSource};
use crate::log::{ReadOptions, cap_problems, open};

/// What is to be explained.
#[derive(Debug)]
pub struct ExplainRequest {
    /// The detections; each is explained.
    pub detections: LoadedDetections,
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

/// Explains detections on logs.
#[must_use]
pub fn explain(request: ExplainRequest) -> ExplainOutcome {
    let LoadedDetections {
        sigma,
        problems: mut content_problems,
        ..
    } = request.detections;
    let (engine, names, problems) = compile(sigma);
    content_problems.extend(problems);
    diagnostic::sort(&mut content_problems);
    let (found, mut log_problems) = find_files(&request.logs);
    let inputs: Vec<_> = found
        .into_iter()
        .map(|file| LogInput::on_disk(file.path))
        .collect();
    let options = ReadOptions {
        names,
        declared: request.declared,
    };
    let mut explanations = Vec::new();
    for (program, detection) in (0..).map(ProgramId).zip(engine.programs()) {
        if !engine.is_compiled(program) {
            continue;
        }
        let mut problems = Vec::new();
        let explanation = engine.explain(program, &mut |visit| {
            visit_events(&inputs, &options, &request.interrupt, &mut problems, visit);
        });
        if explanations.is_empty() {
            log_problems.append(&mut problems);
        }
        explanations.push((detection.clone(), engine.coverage(program), explanation));
    }
    cap_problems(&mut log_problems);
    ExplainOutcome {
        explanations,
        files: inputs.into_iter().map(|input| input.path).collect(),
        content_problems,
        log_problems,
        interrupted: request.interrupt.is_set(),
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
    for (input, number) in inputs.iter().zip(0..) {
        let opened = match input.bytes {
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
                    let decoded = chunk.decode(options);
                    problems.extend(decoded.problems);
                    decoded.batch.events().for_each(&mut *visit);
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
}
