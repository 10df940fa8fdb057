//! Correlations: detections that look at several events.
//!
//! Their base rules are searched like all others, on any thread. What they
//! find is held back, put in the order of time, and given to `rsigma`'s
//! correlation engine once everything has been read.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rsigma_eval::result::{DetectionBody, ResultBody, RuleHeader};
use rsigma_eval::{
    CorrelationConfig, CorrelationEngine, CorrelationEventMode, EvaluationResult, EventValue,
};
use rsigma_parser::{CorrelationRule, SigmaCollection, SigmaRule};

use super::check::place_of_words;
use super::compile::fields_of_correlation;
use super::engine::unknown_rule;
use super::filter::is_called;
use super::parse::{Parsed, level};
use crate::detect::{
    Detection, DetectionId, Firing, GroupState, Held, Language, ProgramId, Reading,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::{EventId, FileId, OwnedValue};

/// How many events of one group a firing names at most.
const MOST_EVENTS: usize = 1000;

/// The correlations of a set.
#[derive(Debug, Default)]
pub(super) struct Correlations {
    /// The correlations that were accepted, with their programs.
    accepted: Vec<(ProgramId, CorrelationRule)>,
    /// The rules that they refer to, with what they go by.
    bases: HashMap<ProgramId, SigmaRule>,
    /// The base rules of each correlation, through other correlations too.
    bases_of: HashMap<ProgramId, Vec<ProgramId>>,
    /// Base rules that do not fire on their own.
    quiet: HashSet<ProgramId>,
    fields: BTreeSet<String>,
}

/// What a rule does apart from searching.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    pub(super) is_base: bool,
    pub(super) fires_alone: bool,
}

impl Correlations {
    /// Takes in the correlations of a set; each accepted one is added to the
    /// detections. A correlation that names a rule which is not there, or that
    /// goes round in a circle, is left out and becomes a problem.
    pub(super) fn new(
        rules: &[Parsed<SigmaRule>],
        correlations: Vec<Parsed<CorrelationRule>>,
        detections: &mut Vec<Detection>,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut this = Self::default();
        let known: Vec<_> = correlations
            .iter()
            .map(|parsed| names(&parsed.document))
            .collect();
        let mut waiting = correlations;
        waiting.retain(|parsed| {
            let missing = parsed.document.rules.iter().find(|name| {
                let is_rule = rules.iter().any(|rule| is_called(&rule.document, name));
                !is_rule && !known.iter().any(|known| known.contains(name))
            });
            if let Some(name) = missing {
                problems.push(unknown_rule(parsed, name, rules, "correlation"));
            }
            missing.is_none()
        });
        // A correlation is accepted once all that it refers to is.
        let mut accepted_names: HashMap<String, ProgramId> = HashMap::new();
        loop {
            let before = waiting.len();
            let mut still_waiting = Vec::new();
            for parsed in waiting {
                match resolve(&parsed.document, rules, &accepted_names) {
                    None => still_waiting.push(parsed),
                    Some(references) => {
                        let number = u32::try_from(detections.len()).unwrap_or(u32::MAX);
                        let program = ProgramId(number);
                        for name in names(&parsed.document) {
                            accepted_names.insert(name, program);
                        }
                        detections.push(describe(&parsed));
                        this.accept(program, parsed.document, &references, rules);
                    }
                }
            }
            waiting = still_waiting;
            if waiting.len() == before {
                break;
            }
        }
        for parsed in waiting {
            problems.push(
                Diagnostic::error(
                    Code::SIGMA_INVALID,
                    "the correlation refers to itself, directly or through another",
                )
                .at(place_of_words(&parsed.source, &["rules:"]))
                .help("let it refer to rules, or to correlations that do not need it"),
            );
        }
        this
    }

    fn accept(
        &mut self,
        program: ProgramId,
        correlation: CorrelationRule,
        references: &[ProgramId],
        rules: &[Parsed<SigmaRule>],
    ) {
        let mut bases = Vec::new();
        for reference in references {
            match self.bases_of.get(reference) {
                Some(inner) => bases.extend(inner.iter().copied()),
                None => bases.push(*reference),
            }
        }
        bases.sort_unstable();
        bases.dedup();
        for base in &bases {
            if let Some(rule) = rules.get(base.0 as usize) {
                self.bases.insert(*base, rule.document.clone());
            }
            if !correlation.generate {
                self.quiet.insert(*base);
            }
        }
        self.fields.extend(
            fields_of_correlation(&correlation)
                .into_iter()
                .map(Into::into),
        );
        self.bases_of.insert(program, bases);
        self.accepted.push((program, correlation));
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

    /// The correlation itself.
    pub(super) fn rule(&self, program: ProgramId) -> Option<&CorrelationRule> {
        self.accepted
            .iter()
            .find(|(accepted, _)| *accepted == program)
            .map(|(_, correlation)| correlation)
    }

    /// Every field that a correlation groups by or counts.
    pub(super) fn fields(&self) -> Vec<&str> {
        self.fields.iter().map(String::as_str).collect()
    }

    pub(super) fn role(&self, program: ProgramId) -> Role {
        let is_base = self.bases.contains_key(&program);
        Role {
            is_base,
            fires_alone: !(is_base && self.quiet.contains(&program)),
        }
    }

    /// Puts what was held back in the order of time and correlates it.
    pub(super) fn conclude(&self, held: Vec<Held>, out: &mut Vec<Firing>) {
        if self.accepted.is_empty() {
            return;
        }
        self.replay(held, |_, firings| out.extend(firings));
    }

    /// How far each group of a correlation came, the best first.
    pub(super) fn groups(&self, program: ProgramId, held: Vec<Held>) -> Vec<GroupState> {
        let Some(correlation) = self.rule(program) else {
            return Vec::new();
        };
        let wanted = correlation
            .id
            .as_deref()
            .unwrap_or(&correlation.title)
            .to_owned();
        let mut best: HashMap<String, GroupState> = HashMap::new();
        self.replay_with(held, |engine, event, _| {
            for group in engine.introspect_filtered(Some(&wanted), None).groups {
                let got = group.got.unwrap_or_default();
                let state = best
                    .entry(group.group_key_display.clone())
                    .or_insert_with(|| GroupState {
                        key: group
                            .group_key
                            .iter()
                            .map(|part| {
                                (part.field.clone(), part.value.clone().unwrap_or_default())
                            })
                            .collect(),
                        got: f64::MIN,
                        wanted: group.threshold.clone(),
                        met: false,
                        events: Vec::new(),
                    });
                let touched = group.latest == Some(seconds(event.time));
                if touched && belongs(&state.key, event) {
                    state.events.push(event.event);
                }
                state.got = state.got.max(got);
                state.met |= group.met;
            }
        });
        let mut groups: Vec<_> = best.into_values().collect();
        groups.sort_by(|left, right| {
            right
                .got
                .total_cmp(&left.got)
                .then_with(|| left.key.cmp(&right.key))
        });
        groups
    }

    fn replay(&self, held: Vec<Held>, mut each: impl FnMut(&Held, Vec<Firing>)) {
        self.replay_with(held, |_, event, firings| each(event, firings));
    }

    fn replay_with(
        &self,
        mut held: Vec<Held>,
        mut each: impl FnMut(&CorrelationEngine, &Held, Vec<Firing>),
    ) {
        // An event without a time cannot be put in order.
        held.retain(|held| held.time.is_some());
        held.sort_by(|left, right| {
            (left.time, left.event, left.program).cmp(&(right.time, right.event, right.program))
        });
        let Some(mut engine) = self.engine() else {
            return;
        };
        for held in held {
            let Some(rule) = self.bases.get(&held.program) else {
                continue;
            };
            let event = HeldEvent(&held);
            let results =
                engine.process_with_detections(&event, vec![base_result(rule)], seconds(held.time));
            let firings = results
                .iter()
                .filter_map(|result| self.firing(result, &held))
                .collect();
            each(&engine, &held, firings);
        }
    }

    fn engine(&self) -> Option<CorrelationEngine> {
        let mut engine = CorrelationEngine::new(CorrelationConfig {
            correlation_event_mode: CorrelationEventMode::Refs,
            max_correlation_events: MOST_EVENTS,
            max_state_entries: usize::MAX / 2,
            ..CorrelationConfig::default()
        });
        let mut bases: Vec<_> = self.bases.iter().collect();
        bases.sort_by_key(|(program, _)| **program);
        let collection = SigmaCollection {
            rules: bases.into_iter().map(|(_, rule)| rule.clone()).collect(),
            correlations: self
                .accepted
                .iter()
                .map(|(_, correlation)| correlation.clone())
                .collect(),
            ..SigmaCollection::new()
        };
        engine.add_collection(&collection).ok()?;
        Some(engine)
    }

    fn firing(&self, result: &EvaluationResult, deciding: &Held) -> Option<Firing> {
        let body = result.as_correlation()?;
        let (program, _) = self.accepted.iter().find(|(_, correlation)| {
            correlation.id == result.header.rule_id && correlation.title == result.header.rule_title
        })?;
        let mut events: Vec<_> = body
            .event_refs
            .iter()
            .flatten()
            .filter_map(|reference| decode(reference.id.as_deref()?))
            .filter(|event| *event != deciding.event)
            .collect();
        events.push(deciding.event);
        Some(Firing {
            program: *program,
            events,
            time: deciding.time,
            matched: body
                .group_key
                .iter()
                .map(|(field, value)| {
                    (
                        field.as_str().into(),
                        OwnedValue::Text(value.as_str().into()),
                    )
                })
                .collect(),
        })
    }
}

/// The programs that a correlation refers to, if all of them are known.
fn resolve(
    correlation: &CorrelationRule,
    rules: &[Parsed<SigmaRule>],
    accepted: &HashMap<String, ProgramId>,
) -> Option<Vec<ProgramId>> {
    let mut references = Vec::new();
    for name in &correlation.rules {
        let found = rules
            .iter()
            .zip(0..)
            .find(|(rule, _)| is_called(&rule.document, name));
        let program = match found {
            Some((_, number)) => ProgramId(number),
            None => *accepted.get(name)?,
        };
        references.push(program);
    }
    Some(references)
}

fn names(correlation: &CorrelationRule) -> Vec<String> {
    correlation
        .id
        .iter()
        .chain(&correlation.name)
        .cloned()
        .collect()
}

fn describe(parsed: &Parsed<CorrelationRule>) -> Detection {
    let rule = &parsed.document;
    let file = parsed.source.file.clone();
    let own_id = rule.id.as_deref().or(rule.name.as_deref());
    Detection {
        id: own_id.map_or_else(
            || DetectionId::new(&file.display().to_string()),
            DetectionId::new,
        ),
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
        file,
    }
}

/// What the engine would have said of a base rule, had it searched itself.
fn base_result(rule: &SigmaRule) -> EvaluationResult {
    EvaluationResult {
        header: RuleHeader {
            rule_title: rule.title.clone(),
            rule_id: rule.id.clone().or_else(|| rule.name.clone()),
            level: rule.level,
            tags: Vec::new(),
            custom_attributes: Arc::default(),
            enrichments: None,
        },
        body: ResultBody::Detection(DetectionBody {
            matched_selections: Vec::new(),
            matched_fields: Vec::new(),
            event: None,
        }),
    }
}

fn seconds(time: Option<Timestamp>) -> i64 {
    time.map_or(0, Timestamp::as_second)
}

fn belongs(key: &[(String, String)], held: &Held) -> bool {
    key.iter().all(|(field, value)| {
        held.fields.iter().any(|(name, held)| {
            **name == **field && text_of(held).is_some_and(|text| text == *value)
        })
    })
}

fn text_of(value: &OwnedValue) -> Option<Cow<'_, str>> {
    match value {
        OwnedValue::Text(text) => Some(Cow::Borrowed(text)),
        OwnedValue::Integer(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

fn encode(event: EventId) -> String {
    format!("{}:{}", event.file.0, event.record)
}

fn decode(text: &str) -> Option<EventId> {
    let (file, record) = text.split_once(':')?;
    Some(EventId {
        file: FileId(file.parse().ok()?),
        record: record.parse().ok()?,
    })
}

/// What was held back of an event, as the engine takes it.
struct HeldEvent<'h>(&'h Held);

fn convert(value: &OwnedValue) -> EventValue<'_> {
    match value {
        OwnedValue::Text(text) | OwnedValue::Node(text) => EventValue::Str(Cow::Borrowed(text)),
        OwnedValue::Integer(number) => EventValue::Int(*number),
        OwnedValue::Float(number) => EventValue::Float(*number),
        OwnedValue::Bool(truth) => EventValue::Bool(*truth),
        OwnedValue::Null => EventValue::Null,
        OwnedValue::List(items) => EventValue::Array(items.iter().map(convert).collect()),
    }
}

impl rsigma_eval::Event for HeldEvent<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.0
            .fields
            .iter()
            .find(|(name, _)| **name == *path)
            .map(|(_, value)| convert(value))
    }

    fn any_string_value(&self, _: &dyn Fn(&str) -> bool) -> bool {
        false
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        Vec::new()
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::json!({ "id": encode(self.0.event) })
    }
}
