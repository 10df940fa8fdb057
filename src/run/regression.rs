//! Judging the recordings of a suite, each against its rule.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::compile::compile_with;
use super::event::{Interrupt, Sink};
use super::explain::visit_events;
use super::search::{Correlate, FileOutcome, SearchOutcome, SearchRequest, search};
use crate::content::{Case, LoadedDetections, LogInput, Suite};
use crate::detect::sigma::SigmaEngine;
use crate::detect::{
    Coverage, DetectionId, Engine, Firing, JointEngine, Language, ProgramId, Reading,
};
use crate::diagnostic::{self, Code, Diagnostic, did_you_mean};
use crate::event::{Event, FileId, Origin, OwnedEvent};
use crate::log::ReadOptions;
use crate::recording::Evidence;
use crate::verdict::{
    Absent, ControlFacts, ControlReport, CountFacts, Counts, EventRef, NearMissReport, Report,
    Search, StageName, TestReport, Verdict, VerdictReport, judge_control, judge_count,
};

/// A suite, and how it is judged.
#[derive(Debug)]
pub struct RegressionRequest {
    /// The suite.
    pub suite: Suite,
    /// The detections.
    pub detections: LoadedDetections,
    /// How much the recordings prove.
    pub evidence: Evidence,
    /// Whether more matches than asked for are a failure.
    pub counts: Counts,
    /// Only tests whose name, rule, title, or recording holds one of these.
    pub filters: Vec<String>,
    /// How many threads search; `None` takes every core.
    pub threads: Option<std::num::NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Judges a suite.
#[must_use]
pub fn run_suite(request: RegressionRequest, sink: &dyn Sink) -> Report {
    let RegressionRequest {
        mut suite,
        detections,
        ..
    } = request;
    let mut diagnostics = std::mem::take(&mut suite.problems);
    diagnostics.extend(detections.problems);
    filter(&mut suite, &request.filters, &mut diagnostics);
    let mut sigma = detections.sigma;
    let known: Vec<String> = sigma.names().map(Into::into).collect();
    sigma.retain(|names| named_rules(&suite).any(|rule| names.contains(&rule)));
    let (engine, names, problems) = compile_with(
        sigma,
        detections.plans,
        [],
        // A rule that a correlation counts is judged like any other.
        SigmaEngine::with_base_firings,
    );
    diagnostics.extend(problems);

    let inputs = inputs(&suite);
    let options = ReadOptions {
        names,
        declared: None,
    };
    let outcome = search(
        &SearchRequest {
            inputs: &inputs,
            options: options.clone(),
            correlate: Correlate::EachInput,
            window: None,
            threads: request.threads,
            interrupt: request.interrupt.clone(),
        },
        &engine,
        sink,
    );
    let judge = Judge {
        engine: &engine,
        inputs: &inputs,
        outcome: &outcome,
        options,
        counts: request.counts,
        evidence: request.evidence,
        known,
        interrupt: request.interrupt,
        reached: RefCell::default(),
    };
    let mut tests = judge.cases(&suite.cases);
    tests.extend(judge.controls(&suite));
    diagnostics.extend(judge.missing_rules(&suite.cases));
    let records = outcome.record_count();
    diagnostics.extend(outcome.problems);
    diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    Report {
        content: None,
        left_out: Vec::new(),
        planned: tests.len(),
        tests,
        diagnostics,
        absent: suite
            .absent
            .into_iter()
            .map(|(detection, file)| Absent { detection, file })
            .collect(),
        commented_out: suite.commented_out,
        deployment: detections.deployment,
        sumo_deployment: detections.sumo_deployment,
        records,
        interrupted: outcome.interrupted,
    }
}

fn filter(suite: &mut Suite, filters: &[String], diagnostics: &mut Vec<Diagnostic>) {
    if filters.is_empty() {
        return;
    }
    let wanted = |texts: [&str; 4]| {
        texts.iter().any(|text| {
            let text = text.to_lowercase();
            filters
                .iter()
                .any(|filter| text.contains(&filter.to_lowercase()))
        })
    };
    suite.cases.retain(|case| {
        let path = case.recording.path.to_string_lossy();
        wanted([&case.name, &case.rule, &case.title, &path])
    });
    suite.controls.retain(|control| {
        let path = control.recording.path.to_string_lossy();
        let rules = control.rules.join(" ");
        wanted([&control.why, &rules, "", &path])
    });
    if suite.cases.is_empty() && suite.controls.is_empty() {
        diagnostics.push(
            Diagnostic::error(
                Code::SUITE_NO_CASES,
                format!(
                    "no test is called anything like `{}`",
                    filters.join("` or `")
                ),
            )
            .help("filters are parts of a test's name, rule, title, or recording"),
        );
    }
}

/// The ids of the rules that the suite names, some more than once.
fn named_rules(suite: &Suite) -> impl Iterator<Item = &str> {
    let controls = suite.controls.iter().flat_map(|control| &control.rules);
    suite
        .cases
        .iter()
        .map(|case| &case.rule)
        .chain(controls)
        .map(String::as_str)
}

/// Every recording once.
fn inputs(suite: &Suite) -> Vec<LogInput> {
    let mut inputs: Vec<_> = suite
        .cases
        .iter()
        .map(|case| case.recording.clone())
        .chain(
            suite
                .controls
                .iter()
                .map(|control| control.recording.clone()),
        )
        .collect();
    inputs.sort();
    inputs.dedup();
    inputs
}

/// Which program goes by a rule's id.
#[derive(Debug, Clone, Copy)]
enum Program {
    One(ProgramId),
    None,
    /// More than one: no verdict can tell which is meant.
    Several,
}

impl Program {
    fn one(self) -> Option<ProgramId> {
        match self {
            Self::One(program) => Some(program),
            Self::None | Self::Several => None,
        }
    }
}

/// More missing rules than this are told as one problem.
const MOST_MISSING: usize = 5;

struct Judge<'j> {
    engine: &'j JointEngine,
    inputs: &'j [LogInput],
    outcome: &'j SearchOutcome,
    options: ReadOptions,
    counts: Counts,
    evidence: Evidence,
    known: Vec<String>,
    interrupt: Interrupt,
    /// How many records of a recording programs of one reach look at, where that had
    /// to be counted.
    reached: RefCell<HashMap<(PathBuf, Vec<usize>), u64>>,
}

impl Judge<'_> {
    fn cases(&self, cases: &[Case]) -> Vec<TestReport> {
        let mut tests: BTreeMap<(&Path, &str), TestReport> = BTreeMap::new();
        for case in cases {
            let Some((file, outcome)) = self.file(&case.recording) else {
                continue;
            };
            let verdict = self.case(case, file, outcome);
            tests
                .entry((&case.recording.path, &case.name))
                .or_insert_with(|| self.test(&case.name, outcome))
                .verdicts
                .push(verdict);
        }
        tests.into_values().collect()
    }

    /// A benign recording speaks for the rules whose twin it is, and for every
    /// other rule of the suite that looks at it.
    fn controls(&self, suite: &Suite) -> Vec<TestReport> {
        let named: BTreeSet<&str> = named_rules(suite).collect();
        let mut tests = Vec::new();
        for control in &suite.controls {
            let Some((file, outcome)) = self.file(&control.recording) else {
                continue;
            };
            let mut test = self.test(&control.why, outcome);
            for rule in &named {
                let own = control.rules.iter().any(|own| own == rule);
                let looked = match self.program(rule) {
                    Program::One(program) => self.searched(program, outcome) > 0,
                    Program::None | Program::Several => false,
                };
                if own || looked {
                    let report = self.control(rule, &control.why, file, outcome);
                    test.controls.push(report);
                }
            }
            tests.push(test);
        }
        tests
    }

    fn test(&self, name: &str, outcome: &FileOutcome) -> TestReport {
        TestReport {
            atomic: None,
            name: name.to_owned(),
            recording: outcome.path.clone(),
            files: vec![outcome.path.clone()],
            stage: StageName::Replay,
            arguments: BTreeMap::new(),
            evidence: Some(self.evidence),
            stand_in: None,
            not_run: None,
            unseen: None,
            execution: None,
            records: outcome.record_count(),
            signals: Vec::new(),
            verdicts: Vec::new(),
            controls: Vec::new(),
            claims: Vec::new(),
            agreements: Vec::new(),
            hits: Vec::new(),
        }
    }

    fn file(&self, input: &LogInput) -> Option<(FileId, &FileOutcome)> {
        let index = self.inputs.binary_search(input).ok()?;
        let file = FileId(u32::try_from(index).ok()?);
        Some((file, self.outcome.files.get(index)?))
    }

    fn program(&self, rule: &str) -> Program {
        let mut found = (0..)
            .map(ProgramId)
            .zip(self.engine.programs())
            .filter(|(_, detection)| detection.id.as_str() == rule)
            .map(|(program, _)| program);
        match (found.next(), found.next()) {
            (None, _) => Program::None,
            (Some(program), None) => Program::One(program),
            (Some(_), Some(_)) => Program::Several,
        }
    }

    /// How many records of a recording a program looks at.
    fn searched(&self, program: ProgramId, outcome: &FileOutcome) -> u64 {
        let records = outcome.records.iter();
        let own: Vec<_> = records
            .filter(|(origin, _)| self.engine.looks_at(program, origin))
            .collect();
        let chooses = |(origin, _): &(&Origin, &u64)| self.engine.chooses(program, origin);
        if !own.iter().any(chooses) {
            return own.into_iter().map(|(_, count)| count).sum();
        }
        let key = (outcome.path.clone(), self.engine.reach_of(program));
        if let Some(count) = self.reached.borrow().get(&key) {
            return *count;
        }
        let mut count = 0;
        let is_its = |input: &&LogInput| input.path == outcome.path;
        let inputs: Vec<_> = self.inputs.iter().filter(is_its).cloned().collect();
        // Its problems were told when it was searched.
        let mut told = Vec::new();
        visit_events(
            &inputs,
            &self.options,
            &self.interrupt,
            &mut told,
            &mut |event| count += u64::from(self.engine.reaches(program, event)),
        );
        self.reached.borrow_mut().insert(key, count);
        count
    }

    fn firings(&self, program: ProgramId, file: FileId) -> Vec<&Firing> {
        self.outcome
            .firings
            .iter()
            .filter(|firing| {
                firing.program == program && firing.event().is_some_and(|event| event.file == file)
            })
            .collect()
    }

    fn refs(&self, firings: &[&Firing]) -> Vec<EventRef> {
        let mut events: Vec<_> = firings
            .iter()
            .filter_map(|firing| firing.event())
            .filter_map(|event| {
                let input = self.inputs.get(event.file.0 as usize)?;
                Some(EventRef {
                    file: input.path.clone(),
                    record: event.record,
                })
            })
            .collect();
        events.sort();
        events.dedup();
        events
    }

    /// Whether a program could search a recording.
    fn could_search(&self, program: Program, outcome: &FileOutcome) -> Search {
        let program = match program {
            Program::One(program) => program,
            Program::None => return Search::Invalid("the rule is not loaded".to_owned()),
            Program::Several => {
                return Search::Invalid("several loaded rules have this id".to_owned());
            }
        };
        if !self.engine.is_compiled(program) {
            return Search::Unsupported("the rule cannot be evaluated".to_owned());
        }
        if let Coverage::Unsearchable(why) = self.engine.coverage(program) {
            return Search::Unsupported(why);
        }
        if let Some(why) = self.outcome.limits.get(&program) {
            return Search::Damaged(why.clone());
        }
        if let Some(why) = self.engine.caveat(program) {
            return Search::Damaged(why);
        }
        if self.outcome.interrupted {
            return Search::Damaged("the run was interrupted".to_owned());
        }
        if !outcome.opened || outcome.problems > 0 {
            return Search::Damaged("the recording could not be read whole".to_owned());
        }
        Search::Done
    }

    fn case(&self, case: &Case, file: FileId, outcome: &FileOutcome) -> VerdictReport {
        let found = self.program(&case.rule);
        let program = found.one();
        let firings = program.map_or_else(Vec::new, |program| self.firings(program, file));
        let matches = firings.len() as u64;
        let facts = CountFacts {
            search: self.could_search(found, outcome),
            records: outcome.record_count(),
            searched: program.map_or(0, |program| self.searched(program, outcome)),
            matches,
            wanted: case.match_count,
            counts: self.counts,
        };
        let (verdict, expected, reason) = judge_count(&facts);
        let detection = program.and_then(|program| self.engine.programs().get(program.0 as usize));
        let near_miss = match (verdict, program) {
            (Verdict::Misfire, Some(program)) if !expected => {
                Some(self.near_miss(program, &case.recording))
            }
            _ => None,
        };
        VerdictReport {
            detection: detection.map_or_else(
                || DetectionId::new(&case.rule),
                |detection| detection.id.clone(),
            ),
            title: detection.map_or_else(|| case.title.clone(), |known| known.title.clone()),
            file: detection.map(|known| known.file.clone()),
            language: Language::Sigma,
            reading: Reading::Strict,
            verdict,
            expected,
            known_gap: None,
            reason,
            fires_on: Vec::new(),
            events: self.refs(&firings),
            extra: Vec::new(),
            mark: None,
            surplus: case
                .match_count
                .map_or(0, |wanted| matches.saturating_sub(wanted)),
            near_miss,
        }
    }

    fn near_miss(&self, program: ProgramId, input: &LogInput) -> NearMissReport {
        let inputs = [input.clone()];
        let visit_all = |visit: &mut dyn FnMut(Event<'_>)| {
            // Its problems were told when it was searched.
            let mut told = Vec::new();
            visit_events(&inputs, &self.options, &self.interrupt, &mut told, visit);
        };
        let explanation = self
            .engine
            .explain(program, None, &mut |visit| visit_all(visit));
        let mut event = None;
        if let Some(nearest) = &explanation.nearest {
            visit_all(&mut |seen| {
                if seen.id() == nearest.event {
                    event.get_or_insert_with(|| OwnedEvent::from(seen));
                }
            });
        }
        NearMissReport {
            explanation,
            event,
            relation: None,
            change: Vec::new(),
        }
    }

    fn control(&self, rule: &str, why: &str, file: FileId, outcome: &FileOutcome) -> ControlReport {
        let found = self.program(rule);
        let program = found.one();
        let firings = program.map_or_else(Vec::new, |program| self.firings(program, file));
        let (result, reason) = judge_control(&ControlFacts {
            search: self.could_search(found, outcome),
            searched: program.map_or(0, |program| self.searched(program, outcome)),
            unseen: None,
            firings: firings.len() as u64,
            outside: 0,
            timeless: 0,
        });
        let detection = program.and_then(|program| self.engine.programs().get(program.0 as usize));
        ControlReport {
            name: why.to_owned(),
            why: why.to_owned(),
            detection: DetectionId::new(rule),
            title: detection.map_or_else(String::new, |detection| detection.title.clone()),
            file: detection.map(|detection| detection.file.clone()),
            reading: Reading::Strict,
            evidence: Some(self.evidence),
            outcome: result,
            expected: result == crate::verdict::ControlOutcome::Quiet,
            reason,
            events: self.refs(&firings),
        }
    }

    fn missing_rules(&self, cases: &[Case]) -> Vec<Diagnostic> {
        let mut missing: Vec<(&str, &PathBuf)> = cases
            .iter()
            .filter(|case| matches!(self.program(&case.rule), Program::None))
            .map(|case| (case.rule.as_str(), &case.recording.path))
            .collect();
        missing.sort_unstable();
        if missing.len() > MOST_MISSING {
            let count = missing.len();
            let (rule, _) = missing[0];
            return vec![
                Diagnostic::error(
                    Code::CONTENT_UNKNOWN_DETECTION,
                    format!("{count} rules of the suite are not loaded, `{rule}` among them"),
                )
                .help("load the folders that hold them with `--detections`"),
            ];
        }
        missing
            .into_iter()
            .map(|(rule, recording)| {
                let known = self.known.iter().map(String::as_str);
                let help = did_you_mean(rule, known).map_or_else(
                    || "load the folder that holds the rule with `--detections`".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                Diagnostic::error(
                    Code::CONTENT_UNKNOWN_DETECTION,
                    format!("the rule `{rule}` of this recording is not loaded"),
                )
                .in_file(recording)
                .help(help)
            })
            .collect()
    }
}
