//! Correlations: detections that look at several events.
//!
//! Their base rules are searched like all others, on any thread. What they
//! find is held back, put in the order of time, and correlated once everything
//! has been read. The result does not depend on threads or on the order in
//! which logs were read.
//!
//! Source: Sigma correlation rules specification 2.1.0. Where it is silent: an
//! event without a field that is grouped by is in no group; a condition that
//! goes on being met is one firing, not one an event; events exactly a time
//! span apart are within it.
//!
//! The windows are ours. Those of `rsigma-eval` 0.23 count whole seconds, take
//! one rule of a `temporal` correlation for all of them, lose the events
//! behind a correlation of correlations, and never chain correlations without
//! an id; `tests/suite/sigma_correlations.rs` has a case of each.

mod condition;
mod evaluate;
mod window;

use std::collections::{BTreeSet, HashMap, HashSet};

use rsigma_parser::{CorrelationCondition, CorrelationRule, SigmaRule, WindowMode};

use super::document::Parsed;
use super::filter::is_called;
use super::parse::level;
use super::relations::unknown_rule;
use crate::detect::{
    Conclusion, Detection, DetectionId, Firing, GroupState, Held, Language, ProgramId, Reading,
};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use condition::{Refusal, Wanted};
use evaluate::Evaluation;

/// The correlations of a set.
#[derive(Debug, Default)]
pub(super) struct Correlations {
    /// Each behind all that it refers to.
    accepted: Vec<Correlation>,
    /// The correlations that refer to a program, as places in `accepted`.
    used_by: HashMap<ProgramId, Vec<usize>>,
    /// The base rules of each correlation, through other correlations too.
    bases_of: HashMap<ProgramId, Vec<ProgramId>>,
    /// What is to be held back of what each base rule finds.
    held: HashMap<ProgramId, Vec<Box<str>>>,
    /// Programs that fire only through the correlations that refer to them.
    quiet: HashSet<ProgramId>,
}

/// One correlation.
#[derive(Debug)]
struct Correlation {
    program: ProgramId,
    kind: rsigma_parser::CorrelationType,
    /// In the order of the rule's list.
    references: Vec<ProgramId>,
    group_by: Vec<GroupField>,
    /// The fields whose values are counted.
    counted: Vec<Box<str>>,
    /// In microseconds.
    span: i64,
    wanted: Wanted,
}

/// A field that a correlation groups by.
#[derive(Debug)]
struct GroupField {
    /// The name, or the alias that stands for several.
    name: Box<str>,
    /// What it is called in what each rule finds.
    aliased: HashMap<ProgramId, Box<str>>,
}

impl GroupField {
    fn of(&self, program: ProgramId) -> &str {
        self.aliased.get(&program).unwrap_or(&self.name)
    }
}

impl Correlation {
    fn is_temporal(&self) -> bool {
        condition::is_temporal(self.kind)
    }

    fn places_of(&self, program: ProgramId) -> Vec<usize> {
        if !self.is_temporal() {
            return Vec::new();
        }
        let places = self.references.iter().enumerate();
        places
            .filter(|(_, reference)| **reference == program)
            .map(|(place, _)| place)
            .collect()
    }
}

impl Correlations {
    /// Takes in the correlations of a set; each accepted one is added to the
    /// detections. A correlation that names a rule which is not there or does
    /// not compile, or that goes round in a circle, is left out and becomes a
    /// problem.
    pub(super) fn new(
        rules: &[Parsed<SigmaRule>],
        correlations: Vec<Parsed<CorrelationRule>>,
        is_compiled: impl Fn(ProgramId) -> bool,
        detections: &mut Vec<Detection>,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut this = Self::default();
        let mut generating = HashSet::new();
        let known: Vec<_> = correlations
            .iter()
            .flat_map(|parsed| names(&parsed.document))
            .collect();
        let mut refused_names: HashSet<String> = HashSet::new();
        let mut waiting = Vec::with_capacity(correlations.len());
        for parsed in correlations {
            let missing = parsed.document.rules.iter().find(|name| {
                let is_rule = rules.iter().any(|rule| is_called(&rule.document, name));
                !is_rule && !known.contains(name)
            });
            let problem = match (missing, Wanted::of(&parsed.document)) {
                (Some(name), _) => {
                    let others = known.iter().map(String::as_str);
                    unknown_rule(&parsed, name, rules, others, "correlation")
                }
                (None, Err(refusal)) => refused(&parsed, refusal),
                (None, Ok(wanted)) => match unsupported(&parsed) {
                    Some(problem) => problem,
                    None => {
                        waiting.push((parsed, wanted));
                        continue;
                    }
                },
            };
            // That it names no rules has been told with the file's faults.
            if !(parsed.is_told && parsed.document.rules.is_empty()) {
                problems.push(problem);
            }
            refused_names.extend(names(&parsed.document));
        }
        // A correlation is accepted once all that it refers to is.
        let mut accepted: HashMap<String, ProgramId> = HashMap::new();
        loop {
            let before = waiting.len();
            let mut still_waiting = Vec::new();
            for (parsed, wanted) in waiting {
                match resolve(&parsed.document, rules, &accepted) {
                    None => still_waiting.push((parsed, wanted)),
                    Some(references) => {
                        if let Some((name, _)) =
                            parsed
                                .document
                                .rules
                                .iter()
                                .zip(&references)
                                .find(|(_, program)| {
                                    rules.len() > program.0 as usize && !is_compiled(**program)
                                })
                        {
                            problems.push(needs(&parsed, name));
                            refused_names.extend(names(&parsed.document));
                            continue;
                        }
                        let number = u32::try_from(detections.len()).unwrap_or(u32::MAX);
                        let program = ProgramId(number);
                        for name in names(&parsed.document) {
                            accepted.insert(name, program);
                        }
                        detections.push(describe(&parsed));
                        if parsed.document.generate {
                            generating.extend(references.iter().copied());
                        }
                        this.accept(program, &parsed.document, references, wanted);
                    }
                }
            }
            waiting = still_waiting;
            if waiting.len() == before {
                break;
            }
        }
        this.quiet = this
            .used_by
            .keys()
            .copied()
            .filter(|program| !generating.contains(program))
            .collect();
        for (parsed, _) in waiting {
            problems.push(stuck(&parsed, &refused_names));
        }
        this
    }

    fn accept(
        &mut self,
        program: ProgramId,
        rule: &CorrelationRule,
        references: Vec<ProgramId>,
        wanted: Wanted,
    ) {
        let by_name: HashMap<&str, ProgramId> = rule
            .rules
            .iter()
            .map(String::as_str)
            .zip(references.iter().copied())
            .collect();
        let group_by: Vec<_> = rule
            .group_by
            .iter()
            .map(|name| GroupField {
                name: name.as_str().into(),
                aliased: rule
                    .aliases
                    .iter()
                    .filter(|alias| alias.alias == *name)
                    .flat_map(|alias| &alias.mapping)
                    .filter_map(|(rule, field)| {
                        Some((*by_name.get(rule.as_str())?, field.as_str().into()))
                    })
                    .collect(),
            })
            .collect();
        let counted: Vec<Box<str>> = match &rule.condition {
            CorrelationCondition::Threshold { field, .. } => {
                let fields = field.iter().flatten();
                fields.map(|field| field.as_str().into()).collect()
            }
            CorrelationCondition::Extended(_) => Vec::new(),
        };
        let mut bases = Vec::new();
        for reference in &references {
            let used_by = self.used_by.entry(*reference).or_default();
            if !used_by.contains(&self.accepted.len()) {
                used_by.push(self.accepted.len());
            }
            if let Some(inner) = self.bases_of.get(reference) {
                bases.extend(inner.iter().copied());
                continue;
            }
            bases.push(*reference);
            let held = self.held.entry(*reference).or_default();
            let fields = group_by
                .iter()
                .map(|field| field.of(*reference))
                .chain(counted.iter().map(AsRef::as_ref));
            for field in fields {
                if !held.iter().any(|known| **known == *field) {
                    held.push(field.into());
                }
            }
        }
        bases.sort_unstable();
        bases.dedup();
        self.bases_of.insert(program, bases);
        let seconds = i64::try_from(rule.timespan.seconds).unwrap_or(i64::MAX);
        self.accepted.push(Correlation {
            program,
            kind: rule.correlation_type,
            references,
            group_by,
            counted,
            span: seconds.saturating_mul(1_000_000),
            wanted,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.accepted.len()
    }

    pub(super) fn is_correlation(&self, program: ProgramId) -> bool {
        self.bases_of.contains_key(&program)
    }

    /// The base rules of a correlation; `None` for a rule.
    pub(super) fn bases(&self, program: ProgramId) -> Option<&[ProgramId]> {
        self.bases_of.get(&program).map(Vec::as_slice)
    }

    /// The rules and correlations that a correlation cannot do without; none
    /// where each of its rules can fire it alone.
    pub(super) fn needs_all(&self, program: ProgramId) -> &[ProgramId] {
        let correlation = self
            .accepted
            .iter()
            .find(|correlation| correlation.program == program);
        match correlation {
            Some(correlation)
                if correlation.wanted.needs_all_rules() || correlation.references.len() == 1 =>
            {
                &correlation.references
            }
            _ => &[],
        }
    }

    /// The fields to hold back of what a rule finds; `None` where nothing is.
    pub(super) fn held_fields(&self, program: ProgramId) -> Option<&[Box<str>]> {
        self.held.get(&program).map(Vec::as_slice)
    }

    /// Whether a program fires by itself, too.
    pub(super) fn fires_alone(&self, program: ProgramId) -> bool {
        !self.quiet.contains(&program)
    }

    /// Lets what others refer to fire by itself as well.
    pub(super) fn let_all_fire(&mut self) {
        self.quiet.clear();
    }

    /// Puts what was held back in the order of time and correlates it.
    pub(super) fn conclude(&self, held: Vec<Held>, out: &mut Vec<Firing>) -> Conclusion {
        let mut evaluation = Evaluation::new(self);
        let without_time = evaluation.run(held);
        out.extend(
            evaluation
                .firings()
                .filter(|firing| !self.quiet.contains(&firing.program)),
        );
        Conclusion {
            without_time,
            ..Conclusion::default()
        }
    }

    /// What one correlation finds in what was held back for its base rules, in
    /// the order of [`sort`](crate::detect::sort). The others are not evaluated.
    pub(super) fn conclude_one(&self, program: ProgramId, held: Vec<Held>) -> Vec<Firing> {
        if self.quiet.contains(&program) {
            return Vec::new();
        }
        let mut evaluation = Evaluation::of_one(self, program);
        evaluation.run(held);
        Self::firings_of(program, evaluation)
    }

    fn firings_of(program: ProgramId, evaluation: Evaluation<'_>) -> Vec<Firing> {
        let mut firings: Vec<_> = evaluation
            .firings()
            .filter(|firing| firing.program == program)
            .collect();
        crate::detect::sort(&mut firings);
        firings
    }

    /// A correlation and those that it refers to, as places in `accepted`.
    fn needed_for(&self, program: ProgramId) -> HashSet<usize> {
        let mut needed = HashSet::new();
        let mut programs = HashSet::from([program]);
        // Each correlation is behind all that it refers to.
        for (place, correlation) in self.accepted.iter().enumerate().rev() {
            if programs.contains(&correlation.program) {
                needed.insert(place);
                programs.extend(correlation.references.iter().copied());
            }
        }
        needed
    }

    /// What one correlation finds, whether it fires alone or not, and how far
    /// each of its groups came, the best first.
    pub(super) fn explain(
        &self,
        program: ProgramId,
        held: Vec<Held>,
    ) -> (Vec<Firing>, Vec<GroupState>) {
        let mut evaluation = Evaluation::of_one(self, program);
        evaluation.watch(program);
        evaluation.run(held);
        let groups = evaluation.groups();
        (Self::firings_of(program, evaluation), groups)
    }
}

/// Every field that correlations group by or count.
pub(super) fn fields(correlations: &[Parsed<CorrelationRule>]) -> BTreeSet<String> {
    correlations
        .iter()
        .flat_map(|parsed| super::compile::fields_of_correlation(&parsed.document))
        .map(Into::into)
        .collect()
}

/// The programs that a correlation refers to, if all of them are known.
fn resolve(
    correlation: &CorrelationRule,
    rules: &[Parsed<SigmaRule>],
    accepted: &HashMap<String, ProgramId>,
) -> Option<Vec<ProgramId>> {
    correlation
        .rules
        .iter()
        .map(|name| {
            let found = rules
                .iter()
                .zip(0..)
                .find(|(rule, _)| is_called(&rule.document, name));
            match found {
                Some((_, number)) => Some(ProgramId(number)),
                None => accepted.get(name).copied(),
            }
        })
        .collect()
}

fn names(correlation: &CorrelationRule) -> Vec<String> {
    let ids = correlation.id.iter().chain(&correlation.name);
    ids.chain([&correlation.title]).cloned().collect()
}

fn describe(parsed: &Parsed<CorrelationRule>) -> Detection {
    let rule = &parsed.document;
    let own_id = rule.id.as_deref().or(rule.name.as_deref());
    Detection {
        id: own_id.map_or_else(|| parsed.fallback_id(), DetectionId::new),
        name: rule.name.clone(),
        title: rule.title.clone(),
        language: Language::Sigma,
        reading: Reading::Strict,
        level: rule.level.map(level),
        tags: rule.tags.clone(),
        log_source: format!(
            "{} of {}",
            rule.correlation_type.as_str(),
            rule.rules.join(", ")
        ),
        file: parsed.source.file.clone(),
        companion: None,
        agrees_with: Vec::new(),
    }
}

fn refused(parsed: &Parsed<CorrelationRule>, refusal: Refusal) -> Diagnostic {
    let rule = &parsed.document;
    let kind = rule.correlation_type.as_str();
    let at = |word: &str| parsed.place(&["correlation", "condition"], word);
    let invalid = |message: String| Diagnostic::error(Code::SIGMA_INVALID, message);
    match refusal {
        Refusal::NoThreshold => invalid(format!(
            "a condition over rules is for temporal correlations, and this is `{kind}`"
        ))
        .at(at(""))
        .help("write a number instead, such as `gte: 5`"),
        Refusal::NoField => invalid(format!(
            "the `{kind}` correlation does not say which field it looks at"
        ))
        .at(at(""))
        .help("add `field:` to the condition"),
        Refusal::ManyFields => invalid(format!(
            "a `{kind}` correlation looks at one field, and this names several"
        ))
        .at(at("field"))
        .help("write a correlation for each field"),
        Refusal::Percentile => invalid("the percentile is not between 0 and 100".to_owned())
            .at(at("percentile"))
            .help("write a number from 0 to 100"),
        Refusal::UnknownRule(name) => {
            let help = did_you_mean(&name, rule.rules.iter().map(String::as_str)).map_or_else(
                || "add it to the correlation's `rules`".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            invalid(format!(
                "the condition names `{name}`, which is not among the correlation's rules"
            ))
            .at(at(&name))
            .help(help)
        }
        Refusal::Selector => invalid("a correlation's condition cannot have `of`".to_owned())
            .at(at(""))
            .help("join the names of rules by `and`, `or`, and `not`"),
    }
}

/// What a correlation asks for that is an extension of one engine's.
fn unsupported(parsed: &Parsed<CorrelationRule>) -> Option<Diagnostic> {
    if parsed.document.rules.is_empty() {
        return Some(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                "the correlation does not say which rules it looks at",
            )
            .at(parsed.place(&["correlation"], ""))
            .help("add `rules:` with their ids or names"),
        );
    }
    (parsed.document.window != WindowMode::Sliding).then(|| {
        Diagnostic::error(
            Code::SIGMA_UNSUPPORTED,
            format!(
                "`window: {}` is not part of Sigma",
                parsed.document.window.as_str()
            ),
        )
        .at(parsed.place(&["correlation", "window"], ""))
        .help("leave it out: a time span moves along with the events")
    })
}

fn needs(parsed: &Parsed<CorrelationRule>, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::SIGMA_UNSUPPORTED,
        format!("the correlation needs the rule `{name}`, which cannot be evaluated"),
    )
    .at(parsed.place(&["correlation", "rules"], name))
    .help("see the problem with that rule")
}

/// A correlation that waits for another which was never accepted.
fn stuck(parsed: &Parsed<CorrelationRule>, refused: &HashSet<String>) -> Diagnostic {
    if let Some(name) = parsed
        .document
        .rules
        .iter()
        .find(|name| refused.contains(*name))
    {
        return needs(parsed, name);
    }
    Diagnostic::error(
        Code::SIGMA_INVALID,
        "the correlation refers to itself, directly or through another",
    )
    .at(parsed.place(&["correlation", "rules"], ""))
    .help("let it refer to rules, or to correlations that do not need it")
}
