//! Searching logs for firings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::benign::Known;
use super::compile::compile;
use super::event::{Interrupt, Sink};
use super::search::{Correlate, FileOutcome, SearchRequest, search};
use crate::content::{BenignEntry, BenignList, FoundFile, LoadedDetections, LogInput, find_files};
use crate::detect::{Coverage, Detection, Engine, Firing, JointEngine, ProgramId};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::event::{LogSource, Origin};
use crate::log::ReadOptions;

/// What is to be searched, and with what.
#[derive(Debug)]
pub struct ScanRequest {
    /// Logs, and folders of logs.
    pub logs: Vec<PathBuf>,
    /// The detections.
    pub detections: LoadedDetections,
    /// The hits that are known to be benign.
    pub benign: Option<BenignList>,
    /// What plain JSON lines are.
    pub declared: Option<LogSource>,
    /// How many threads search; `None` takes every core.
    pub threads: Option<std::num::NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// What a scan found.
#[derive(Debug)]
pub struct ScanOutcome {
    /// The firings that no list knows, sorted by file, record, and detection.
    pub firings: Vec<Found>,
    /// The firings that the list of benign hits knows.
    pub benign: Vec<Found>,
    /// Entries of the list that no firing needed; `None` without a list.
    pub unused_benign: Option<Vec<BenignEntry>>,
    /// The files in order.
    pub files: Vec<FileOutcome>,
    /// How many detections could search, had their log been there.
    pub detections: usize,
    /// How many of them looked at any record.
    pub searched: usize,
    /// The deployment of Splunk that its searches were read in; none without any.
    pub deployment: Option<String>,
    /// The deployment of Sumo Logic that its queries were read in; none without any.
    pub sumo_deployment: Option<String>,
    /// What was not searched, and why.
    pub unsearched: Unsearched,
    /// What is wrong with the detections or the list.
    pub content_problems: Vec<Diagnostic>,
    /// What is wrong with the logs.
    pub log_problems: Vec<Diagnostic>,
    /// Whether the scan ended early.
    pub interrupted: bool,
}

/// A firing with what is needed to tell of it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The detection.
    pub detection: Detection,
    /// The firing.
    pub firing: Firing,
    /// The file of the deciding event.
    pub file: PathBuf,
}

/// What a scan did not search.
#[derive(Debug, Default)]
pub struct Unsearched {
    /// Detections whose log source nothing readable has, by reason.
    pub detections: BTreeMap<String, usize>,
    /// Detections whose log source did not occur in these logs.
    pub without_events: usize,
    /// Files in a folder that are no logs.
    pub files: Vec<PathBuf>,
    /// Records that no detection looks at, by origin.
    pub records: BTreeMap<Origin, u64>,
}

impl ScanOutcome {
    /// How many records were read.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.files.iter().map(FileOutcome::record_count).sum()
    }
}

/// Searches logs with detections.
#[must_use]
pub fn scan(request: ScanRequest, sink: &dyn Sink) -> ScanOutcome {
    let LoadedDetections {
        mut sigma,
        plans,
        deployment,
        sumo_deployment,
        foreign,
        problems: mut content_problems,
        ..
    } = request.detections;
    let (known, problems) = match &request.benign {
        Some(list) => Known::add(list, &mut sigma),
        None => (Known::default(), Vec::new()),
    };
    content_problems.extend(problems);
    let (engine, names, problems) = compile(sigma, plans);
    content_problems.extend(problems);
    diagnostic::sort(&mut content_problems);

    let (found, mut log_problems) = find_files(&request.logs);
    let inputs: Vec<_> = found
        .iter()
        .map(|file| LogInput::on_disk(&file.path))
        .collect();
    let outcome = search(
        &SearchRequest {
            inputs: &inputs,
            options: ReadOptions {
                names,
                declared: request.declared,
            },
            correlate: Correlate::Together,
            window: None,
            threads: request.threads,
            interrupt: request.interrupt,
        },
        &engine,
        sink,
    );
    let (problems, not_logs) = sort_out(outcome.problems, &found);
    log_problems.extend(problems);
    diagnostic::sort(&mut log_problems);
    let (others, benign) = known.split(outcome.firings, engine.programs());
    let used: Vec<_> = benign.iter().map(|(entry, _)| *entry).collect();
    let has_list = request.benign.is_some();
    let unused_benign = request.benign.map(|list| {
        let entries = list.entries.into_iter().enumerate();
        entries
            .filter(|(index, _)| !used.contains(index))
            .map(|(_, entry)| entry)
            .collect()
    });
    let tell = |firing: Firing| tell(firing, &engine, &inputs);
    let (mut unsearched, searched) = unsearched(&engine, &outcome.records, not_logs);
    for (detection, _) in foreign {
        let why = format!("their language, {}, is not evaluated", detection.language);
        *unsearched.detections.entry(why).or_default() += 1;
    }
    let proves_nothing = if outcome.files.iter().all(|file| !file.opened) {
        Some("there is no log here, so nothing was searched")
    } else if own_programs(&engine).next().is_none() && !diagnostic::has_error(&content_problems) {
        Some("none of the detections can be evaluated, so nothing was searched")
    } else if searched == 0 && has_list {
        Some("no detection looks at any record of these logs, so the baseline proves nothing")
    } else {
        None
    };
    if let Some(why) = proves_nothing
        && !diagnostic::has_error(&log_problems)
    {
        log_problems.push(
            Diagnostic::error(Code::IO_NOTHING_FOUND, why)
                .help("give logs that the detections are written for"),
        );
    }
    ScanOutcome {
        firings: others.into_iter().filter_map(tell).collect(),
        benign: benign
            .into_iter()
            .filter_map(|(_, firing)| tell(firing))
            .collect(),
        unused_benign,
        deployment,
        sumo_deployment,
        unsearched,
        detections: own_programs(&engine).count(),
        searched,
        files: outcome.files,
        content_problems,
        log_problems,
        interrupted: outcome.interrupted,
    }
}

/// The detections that were compiled, without those of the benign list.
fn own_programs(engine: &JointEngine) -> impl Iterator<Item = ProgramId> {
    (0..)
        .map(ProgramId)
        .zip(engine.programs())
        .filter(|(program, detection)| engine.is_compiled(*program) && !Known::is_own(detection))
        .map(|(program, _)| program)
}

fn tell(firing: Firing, engine: &JointEngine, inputs: &[LogInput]) -> Option<Found> {
    let detection = engine.programs().get(firing.program.0 as usize)?.clone();
    let event = firing.event()?;
    let file = inputs.get(event.file.0 as usize)?.path.clone();
    Some(Found {
        detection,
        firing,
        file,
    })
}

/// In a folder, a file of no known format is no log and no damage, unless its
/// name says that it is one.
pub(super) fn sort_out(
    problems: Vec<Diagnostic>,
    found: &[FoundFile],
) -> (Vec<Diagnostic>, Vec<PathBuf>) {
    const LOG_ENDINGS: [&str; 7] = ["evtx", "json", "jsonl", "ndjson", "xml", "log", "gz"];
    let mut not_logs = Vec::new();
    let problems = problems
        .into_iter()
        .filter(|problem| {
            if problem.code != Code::LOG_UNKNOWN_FORMAT {
                return true;
            }
            let Some(place) = &problem.place else {
                return true;
            };
            let named = found
                .binary_search_by(|file| file.path.cmp(&place.file))
                .is_ok_and(|index| found[index].named);
            // A rotated log is called `Security.evtx.1` or the like.
            let name = place.file.file_name().unwrap_or_default().to_string_lossy();
            let says_log = name
                .split('.')
                .skip(1)
                .any(|ending| LOG_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()));
            if named || says_log {
                return true;
            }
            not_logs.push(place.file.clone());
            false
        })
        .collect();
    (problems, not_logs)
}

fn unsearched(
    engine: &JointEngine,
    records: &BTreeMap<Origin, u64>,
    files: Vec<PathBuf>,
) -> (Unsearched, usize) {
    let mut unsearched = Unsearched {
        files,
        records: records.clone(),
        ..Unsearched::default()
    };
    let known = engine.programs().iter();
    let refused = (0..)
        .map(ProgramId)
        .zip(known)
        .filter(|(program, detection)| !engine.is_compiled(*program) && !Known::is_own(detection))
        .count();
    if refused > 0 {
        let why = "they cannot be evaluated, see the problems".to_owned();
        unsearched.detections.insert(why, refused);
    }
    let mut searched = 0;
    for program in own_programs(engine) {
        let mut looked = false;
        for origin in records.keys() {
            if engine.looks_at(program, origin) {
                looked = true;
                unsearched.records.remove(origin);
            }
        }
        if looked {
            searched += 1;
            continue;
        }
        match engine.coverage(program) {
            Coverage::Unsearchable(why) => *unsearched.detections.entry(why).or_default() += 1,
            Coverage::Searchable => unsearched.without_events += 1,
        }
    }
    (unsearched, searched)
}

impl ScanOutcome {
    /// Whether a problem of the detections is an error.
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
