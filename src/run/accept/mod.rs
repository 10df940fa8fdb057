//! Judging detections against tests that they were not written with: as their products
//! would take them and as their authors meant them, in every deployment, on every
//! recording, with what would make them fire.

mod columns;
mod judged;
mod outcome;
mod plan;
mod repair;
mod widen;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

pub use outcome::{
    AcceptOutcome, Acceptance, AcceptedControl, AcceptedTest, Cell, Column, ControlCell, Mending,
    Repair, Step,
};

use super::choose::choose;
use super::event::Interrupt;
use super::search::interruption;
use super::selection::Selection;
use crate::content::{
    Content, ContentRequest, LoadedDetections, QuerySettings, load_detections_with,
};
use crate::detect::sigma::{Role, described_in};
use crate::detect::{Detection, DetectionId, Language, Reading};
use crate::diagnostic::{self, At, Code, Diagnostic, Severity, SourceText};
use crate::verdict::Verdict;
use columns::{Variant, has_deployments, variants};
use judged::{Judged, judged};
use plan::{Wanted, tests_of, with_detections};
use repair::Workshop;

/// What is to be judged.
#[derive(Debug)]
pub struct AcceptRequest {
    /// Files and folders of the detections.
    pub detections: Vec<PathBuf>,
    /// Where tests, expectations, and recordings are.
    pub content: ContentRequest,
    /// The tests that are wanted; those of the techniques of each detection, if nothing
    /// is said.
    pub selection: Selection,
    /// The deployments that are wanted; all, if none is named.
    pub deployments: Vec<String>,
    /// Whether repairs are looked for.
    pub repairs: Repairs,
    /// How many threads search; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Whether repairs are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repairs {
    /// They are, and each is tried.
    Tried,
    /// They are not.
    None,
}

/// Judges detections.
#[must_use]
pub fn accept(request: &AcceptRequest) -> AcceptOutcome {
    let mut outcome = AcceptOutcome::default();
    let variants = match variants(&request.deployments) {
        Ok(variants) => variants,
        Err(problem) => {
            outcome.problems.push(*problem);
            return outcome;
        }
    };
    let content = Content::load(&request.content);
    let choice = choose(&content, &request.selection);
    let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
    outcome
        .problems
        .extend(content.problems.into_iter().filter(is_error));
    outcome.problems.extend(choice.problems);
    let said = content.config.map(|config| config.queries);
    let base = said.unwrap_or_default().overruled(&request.content.queries);
    let workplace = Workplace {
        request,
        base,
        plan: choice.plan,
    };
    let Some(first) = variants.first() else {
        return outcome;
    };
    let loaded = workplace.load(first, Reading::Strict);
    let subjects = workplace.subjects(&loaded);
    let told = loaded.problems.iter().filter(|problem| is_error(problem));
    // What is wrong with a detection is its verdict.
    let is_verdict = |problem: &&Diagnostic| {
        let place = problem.place.as_ref();
        let mut own = subjects.iter().map(|subject| &subject.source.file);
        (problem.code.is_about_queries() || problem.code.is_about_sigma())
            && place.is_some_and(|place| own.any(|file| *file == place.file))
    };
    outcome
        .problems
        .extend(told.filter(|problem| !is_verdict(problem)).cloned());
    if subjects
        .iter()
        .all(|subject| subject.wanted.tests.is_empty())
        && !diagnostic::has_error(&outcome.problems)
    {
        outcome.problems.push(no_tests(&workplace.plan));
    }
    let findings = loaded.findings();
    let mut table = Table::default();
    for (index, variant) in variants.iter().enumerate() {
        for reading in [Reading::Strict, Reading::Intent] {
            if request.interrupt.is_set() {
                break;
            }
            let own: Vec<_> = subjects
                .iter()
                .filter(|subject| subject.has_column(variant, index, reading))
                .collect();
            if own.is_empty() {
                continue;
            }
            let column = workplace.column(variant, reading, &own);
            outcome.records = outcome.records.max(column.records);
            outcome.problems.extend(column.problems.clone());
            table.columns.push((index, reading, column));
        }
    }
    for subject in &subjects {
        table.tell_of_names(&subject.wanted.id);
    }
    for subject in subjects {
        if request.interrupt.is_set() {
            break;
        }
        let mut acceptance = table.acceptance(&subject, &variants, &findings);
        if request.repairs == Repairs::Tried {
            Workshop::new(&workplace, &subject, &variants).mend(&mut acceptance);
        }
        outcome.detections.push(acceptance);
    }
    if request.interrupt.is_set() {
        outcome.interrupted = true;
        outcome.problems.push(interruption());
    }
    diagnostic::sort(&mut outcome.problems);
    outcome.problems.dedup();
    outcome
}

fn no_tests(plan: &crate::content::Plan) -> Diagnostic {
    let known: BTreeSet<_> = plan
        .tests
        .iter()
        .map(|test| test.atomic.technique.to_string())
        .collect();
    let known: Vec<_> = known.into_iter().collect();
    Diagnostic::error(
        Code::RUN_NO_TESTS,
        "there is no test of the techniques that the detections name",
    )
    .help(format!(
        "name tests with a filter; there are tests of {}",
        known.join(", ")
    ))
}

/// What everything is judged with.
struct Workplace<'r> {
    request: &'r AcceptRequest,
    base: QuerySettings,
    plan: crate::content::Plan,
}

/// A detection that is judged.
struct Subject {
    detection: Detection,
    source: Arc<SourceText>,
    wanted: Wanted,
}

impl Subject {
    fn language(&self) -> Language {
        self.detection.language
    }

    /// Whether it is judged in a variant, which is the one at that place.
    fn has_column(&self, variant: &Variant, index: usize, reading: Reading) -> bool {
        if has_deployments(self.language()) {
            variant.deployment(self.language()).is_some()
        } else {
            index == 0 && reading == Reading::Strict
        }
    }
}

impl Workplace<'_> {
    fn load(&self, variant: &Variant, reading: Reading) -> LoadedDetections {
        let settings = variant.settings(&self.base, reading);
        load_detections_with(&self.request.detections, &settings)
    }

    fn subjects(&self, loaded: &LoadedDetections) -> Vec<Subject> {
        let is_everything = self.request.selection.is_everything();
        let queries = loaded.plans.planned.iter();
        let queries = queries.map(|planned| (&planned.detection, &planned.source));
        let foreign = loaded.foreign.iter();
        let foreign = foreign.map(|(detection, source)| (detection, source));
        let others = queries
            .chain(foreign)
            .map(|(detection, source)| (detection.clone(), Arc::clone(source)));
        let rules = loaded.sigma.listed().into_iter();
        let rules = rules.filter(|rule| rule.role == Role::Alone).map(|rule| {
            (
                sigma(&rule.id, rule.title, rule.tags, rule.source),
                Arc::clone(rule.source),
            )
        });
        let known: BTreeSet<_> = loaded
            .listed()
            .into_iter()
            .map(|listed| listed.id)
            .collect();
        let broken = broken(&loaded.problems, &known);
        let mut subjects: Vec<_> = rules
            .chain(broken)
            .chain(others)
            .map(|(detection, source)| Subject {
                wanted: Wanted {
                    id: detection.id.clone(),
                    tests: if is_everything {
                        tests_of(&self.plan, &detection.tags)
                    } else {
                        tests_of(&self.plan, &[])
                    },
                },
                detection,
                source,
            })
            .collect();
        subjects.sort_by(|left, right| left.detection.file.cmp(&right.detection.file));
        subjects
    }

    fn column(&self, variant: &Variant, reading: Reading, own: &[&Subject]) -> Judged {
        let wanted: Vec<_> = own.iter().map(|subject| subject.wanted.clone()).collect();
        let mut loaded = self.load(variant, reading);
        let ids: BTreeSet<_> = wanted.iter().map(|wanted| wanted.id.clone()).collect();
        loaded
            .plans
            .planned
            .retain(|planned| ids.contains(&planned.detection.id));
        let plan = with_detections(&self.plan, &wanted, reading);
        judged(self, loaded, variant, plan)
    }
}

/// The Sigma rules that do not load.
fn broken(
    problems: &[Diagnostic],
    known: &BTreeSet<DetectionId>,
) -> Vec<(Detection, Arc<SourceText>)> {
    let mut broken: Vec<(Detection, Arc<SourceText>)> = Vec::new();
    for problem in problems {
        let is_fault = problem.severity == Severity::Error && problem.code.is_about_sigma();
        let place = problem.place.as_ref().map(|place| &place.at);
        let (true, Some(At::Span { source, .. })) = (is_fault, place) else {
            continue;
        };
        for rule in described_in(&source.text) {
            let id = DetectionId::new(&rule.id);
            let mut told = broken.iter().map(|(detection, _)| &detection.id);
            if !known.contains(&id) && !told.any(|other| *other == id) {
                let detection = sigma(&id, &rule.title, &rule.tags, source);
                broken.push((detection, Arc::clone(source)));
            }
        }
    }
    broken
}

fn sigma(id: &DetectionId, title: &str, tags: &[String], source: &Arc<SourceText>) -> Detection {
    Detection {
        id: id.clone(),
        name: None,
        title: title.to_owned(),
        language: Language::Sigma,
        reading: Reading::Strict,
        level: None,
        tags: tags.to_vec(),
        log_source: String::new(),
        file: source.file.clone(),
        companion: None,
        agrees_with: Vec::new(),
    }
}

/// Everything that was judged, by column.
#[derive(Default)]
struct Table {
    columns: Vec<(usize, Reading, Judged)>,
}

impl Table {
    /// Where a query looks at nothing in one column and at something in another, it is
    /// for other names of the same logs.
    fn tell_of_names(&mut self, id: &DetectionId) {
        let nothing = |judged: &Judged| judged.looks_at_nothing(id);
        let looks = |judged: &Judged| {
            judged.tests_of(id).next().is_some() && !nothing(judged) && judged.is_evaluated(id)
        };
        if !self.columns.iter().any(|(_, _, judged)| looks(judged)) {
            return;
        }
        for (_, _, judged) in &mut self.columns {
            if judged.looks_at_nothing(id) {
                judged.tell_of_names(id);
            }
        }
    }

    fn acceptance(
        &self,
        subject: &Subject,
        variants: &[Variant],
        findings: &[crate::detect::lint::Finding],
    ) -> Acceptance {
        let own: Vec<_> = self
            .columns
            .iter()
            .filter(|(index, reading, _)| {
                variants
                    .get(*index)
                    .is_some_and(|variant| subject.has_column(variant, *index, *reading))
            })
            .collect();
        let columns = own.iter().map(|(index, reading, judged)| {
            let variant = variants.get(*index);
            let deployment = variant.and_then(|variant| variant.deployment(subject.language()));
            let told = judged.told_of(&subject.source.file);
            Column {
                deployment: deployment.map(str::to_owned),
                reading: *reading,
                repairs: told.repairs,
                needs: told.needs,
            }
        });
        let columns = columns.collect();
        let of_file = |finding: &&crate::detect::lint::Finding| {
            let place = finding.diagnostic.place.as_ref();
            place.is_some_and(|place| place.file == subject.source.file)
        };
        let judged: Vec<_> = own.iter().map(|(_, _, judged)| judged).collect();
        Acceptance {
            detection: subject.detection.clone(),
            source: Arc::clone(&subject.source),
            findings: findings.iter().filter(of_file).cloned().collect(),
            columns,
            tests: tests(&judged, &subject.wanted.id),
            controls: controls(&judged, &subject.wanted.id),
        }
    }
}

fn tests(columns: &[&Judged], id: &DetectionId) -> Vec<AcceptedTest> {
    let Some(first) = columns.first() else {
        return Vec::new();
    };
    let mut accepted = Vec::new();
    for test in first.tests_of(id) {
        let cells: Vec<_> = columns
            .iter()
            .filter_map(|column| column.verdict(test, id))
            .map(|verdict| Cell {
                verdict: verdict.clone(),
                repair: None,
            })
            .collect();
        if cells.len() == columns.len() {
            let mut test = test.clone();
            test.verdicts.clear();
            test.controls.clear();
            test.hits.clear();
            test.agreements.clear();
            accepted.push(AcceptedTest { test, cells });
        }
    }
    accepted
}

fn controls(columns: &[&Judged], id: &DetectionId) -> Vec<AcceptedControl> {
    let Some(first) = columns.first() else {
        return Vec::new();
    };
    let mut accepted: Vec<AcceptedControl> = Vec::new();
    for control in first.controls_of(id) {
        if accepted.iter().any(|known| known.name == control.name) {
            continue;
        }
        let cells: Vec<_> = columns
            .iter()
            .filter_map(|column| {
                column
                    .controls_of(id)
                    .find(|other| other.name == control.name)
            })
            .map(|control| ControlCell {
                outcome: control.outcome,
                reason: control.reason.clone(),
                events: control.events.clone(),
            })
            .collect();
        if cells.len() == columns.len() {
            accepted.push(AcceptedControl {
                name: control.name.clone(),
                why: control.why.clone(),
                evidence: control.evidence,
                cells,
            });
        }
    }
    accepted.sort_by(|left, right| left.name.cmp(&right.name));
    accepted
}

/// Whether something could be done about a verdict in the detection.
fn can_be_mended(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Invalid | Verdict::Misfire | Verdict::Blind | Verdict::Stray
    )
}
