//! Why a Sigma rule fired or stayed silent, in its own words.
//!
//! Every item of the rule is compiled on its own and evaluated by the same
//! engine. How far an event is from a firing is the least number of items that
//! would have to turn out otherwise.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use rsigma_eval::{CompiledRule, evaluate_rule};
use rsigma_parser::{
    ConditionExpr, Detection as Part, DetectionItem, Detections, Modifier, Quantifier, SigmaRule,
    SigmaValue,
};

use super::compile;
use super::engine::{SigmaEngine, table_for};
use super::view::{FieldTable, Seen as View};
use crate::detect::{Engine, Explanation, NearMiss, Outcome, Predicate, ProgramId, Quantity, Seen};
use crate::diagnostic::{SourceText, YamlNode, YamlSource};
use crate::event::{Event, OwnedValue};

/// A rule's condition, written out down to single items.
enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    AtLeast(usize, Vec<Tree>),
    Not(Box<Tree>),
    Leaf(Box<Leaf>),
}

struct Leaf {
    predicate: Predicate,
    /// `None` where the item cannot be evaluated on its own.
    rule: Option<CompiledRule>,
}

/// What became of a tree on one event.
struct Distance {
    changes: u32,
    outcomes: Vec<Outcome>,
}

/// See [`Engine::explain`].
pub(super) fn explain(
    engine: &SigmaEngine,
    program: ProgramId,
    events: &mut dyn FnMut(&mut dyn FnMut(Event<'_>)),
) -> Explanation {
    if let Some(bases) = engine.correlations.bases(program) {
        let bases = bases.to_vec();
        return explain_correlation(engine, program, &bases, events);
    }
    let tree = tree_of(engine, program);
    let mut explanation = Explanation {
        records: 0,
        searched: 0,
        fired: Vec::new(),
        nearest: None,
        groups: Vec::new(),
    };
    events(&mut |event| {
        explanation.records += 1;
        let Some(table) = table_for(engine, program, event) else {
            return;
        };
        explanation.searched += 1;
        let view = View::new(event, table);
        let distance = measure(&tree, true, event, &view, table);
        if distance.changes == 0 {
            explanation.fired.push(event.id());
        }
        let nearest = explanation
            .nearest
            .as_ref()
            .map_or(u32::MAX, |nearest| nearest.distance);
        if distance.changes < nearest {
            let mut outcomes = distance.outcomes;
            outcomes.sort_by_key(|outcome| {
                outcome
                    .predicate
                    .span
                    .as_ref()
                    .map_or(usize::MAX, |span| span.start)
            });
            explanation.nearest = Some(NearMiss {
                event: event.id(),
                time: event.time(),
                distance: distance.changes,
                outcomes,
            });
        }
    });
    explanation
}

fn explain_correlation(
    engine: &SigmaEngine,
    program: ProgramId,
    bases: &[ProgramId],
    events: &mut dyn FnMut(&mut dyn FnMut(Event<'_>)),
) -> Explanation {
    let mut search = engine.start();
    let (mut records, mut searched) = (0, 0);
    let mut unwanted = Vec::new();
    events(&mut |event| {
        records += 1;
        if bases
            .iter()
            .any(|base| table_for(engine, *base, event).is_some())
        {
            searched += 1;
        }
        search.feed_event(event, &mut unwanted);
        unwanted.clear();
    });
    let mut held = search.finish().held;
    held.retain(|held| bases.contains(&held.program));
    let fields: Vec<_> = held
        .iter()
        .map(|held| crate::detect::Held {
            program: held.program,
            event: held.event,
            time: held.time,
            fields: held.fields.clone(),
        })
        .collect();
    let mut firings = Vec::new();
    engine.conclude(held, &mut firings);
    Explanation {
        records,
        searched,
        fired: firings
            .iter()
            .filter(|firing| firing.program == program)
            .filter_map(crate::detect::Firing::event)
            .collect(),
        nearest: None,
        groups: engine.correlations.groups(program, fields),
    }
}

/// See [`Engine::predicates`].
pub(super) fn predicates(engine: &SigmaEngine, program: ProgramId) -> Vec<Predicate> {
    if let Some(bases) = engine.correlations.bases(program) {
        return bases
            .iter()
            .flat_map(|base| predicates(engine, *base))
            .collect();
    }
    let mut found = Vec::new();
    collect(&tree_of(engine, program), false, &mut found);
    found
}

fn collect(tree: &Tree, negated: bool, found: &mut Vec<Predicate>) {
    match tree {
        Tree::All(parts) | Tree::Any(parts) | Tree::AtLeast(_, parts) => {
            for part in parts {
                collect(part, negated, found);
            }
        }
        Tree::Not(part) => collect(part, !negated, found),
        Tree::Leaf(leaf) => found.push(Predicate {
            negated,
            ..leaf.predicate.clone()
        }),
    }
}

/// How many items would have to turn out otherwise for the tree to come out as
/// `wanted`.
fn measure(
    tree: &Tree,
    wanted: bool,
    event: Event<'_>,
    view: &View<'_, '_>,
    table: &FieldTable,
) -> Distance {
    let each = |parts: &[Tree]| -> Vec<Distance> {
        parts
            .iter()
            .map(|part| measure(part, wanted, event, view, table))
            .collect()
    };
    match tree {
        Tree::Leaf(leaf) => measure_leaf(leaf, wanted, event, view, table),
        Tree::Not(part) => {
            let mut distance = measure(part, !wanted, event, view, table);
            // Exclusions that did not get in the way are not worth telling.
            if wanted && distance.changes == 0 {
                distance.outcomes.clear();
            }
            distance
        }
        Tree::All(parts) if wanted => sum(each(parts)),
        Tree::Any(parts) if !wanted => sum(each(parts)),
        Tree::Any(parts) => nearest(each(parts), 1),
        // One failing item is enough to undo an exclusion; all of them are
        // told, since any of them would do.
        Tree::All(parts) => {
            let distances = each(parts);
            let changes = distances
                .iter()
                .map(|distance| distance.changes)
                .min()
                .unwrap_or(u32::MAX);
            Distance {
                changes,
                outcomes: distances
                    .into_iter()
                    .flat_map(|distance| distance.outcomes)
                    .collect(),
            }
        }
        Tree::AtLeast(count, parts) if wanted => nearest(each(parts), *count),
        Tree::AtLeast(count, parts) => {
            nearest(each(parts), (parts.len() + 1).saturating_sub(*count))
        }
    }
}

fn sum(distances: Vec<Distance>) -> Distance {
    let mut total = Distance {
        changes: 0,
        outcomes: Vec::new(),
    };
    for distance in distances {
        total.changes = total.changes.saturating_add(distance.changes);
        total.outcomes.extend(distance.outcomes);
    }
    total
}

/// The `count` alternatives that are nearest; among equally near ones those
/// with more satisfied predicates.
fn nearest(mut distances: Vec<Distance>, count: usize) -> Distance {
    if distances.len() < count {
        return Distance {
            changes: u32::MAX / 2,
            outcomes: Vec::new(),
        };
    }
    distances.sort_by_key(|distance| {
        let satisfied = distance
            .outcomes
            .iter()
            .filter(|outcome| outcome.satisfied)
            .count();
        (distance.changes, std::cmp::Reverse(satisfied))
    });
    distances.truncate(count);
    sum(distances)
}

fn measure_leaf(
    leaf: &Leaf,
    wanted: bool,
    event: Event<'_>,
    view: &View<'_, '_>,
    table: &FieldTable,
) -> Distance {
    let held = leaf
        .rule
        .as_ref()
        .is_some_and(|rule| evaluate_rule(rule, view).is_some());
    let seen = match &leaf.predicate.field {
        None => Seen::WholeEvent,
        Some(field) => table
            .value(event, field)
            .map_or(Seen::Absent, |value| Seen::Value(OwnedValue::from(value))),
    };
    Distance {
        changes: u32::from(held != wanted),
        outcomes: vec![Outcome {
            predicate: Predicate {
                negated: !wanted,
                ..leaf.predicate.clone()
            },
            seen,
            satisfied: held == wanted,
        }],
    }
}

fn tree_of(engine: &SigmaEngine, program: ProgramId) -> Tree {
    let Some(parsed) = engine.rules.get(program.0 as usize) else {
        return Tree::Any(Vec::new());
    };
    let mut builder = Builder {
        rule: &parsed.document,
        spans: spans(&parsed.source),
        next: HashMap::new(),
    };
    let detection = &parsed.document.detection;
    let conditions = detection.conditions.iter();
    let mut parts: Vec<_> = conditions
        .map(|condition| builder.condition(condition, detection))
        .collect();
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        Tree::Any(parts)
    }
}

struct Builder<'r> {
    rule: &'r SigmaRule,
    /// Where the items of each part stand, in order.
    spans: HashMap<String, Vec<(Range<usize>, String)>>,
    /// The next item of each part.
    next: HashMap<String, usize>,
}

impl Builder<'_> {
    fn condition(&mut self, condition: &ConditionExpr, detection: &Detections) -> Tree {
        match condition {
            ConditionExpr::Identifier(name) => match detection.named.get(name) {
                Some(part) => {
                    self.next.insert(name.clone(), 0);
                    self.part(name, part)
                }
                None => Tree::Any(Vec::new()),
            },
            ConditionExpr::And(parts) => Tree::All(self.conditions(parts, detection)),
            ConditionExpr::Or(parts) => Tree::Any(self.conditions(parts, detection)),
            ConditionExpr::Not(part) => Tree::Not(Box::new(self.condition(part, detection))),
            ConditionExpr::Selector {
                quantifier,
                pattern,
            } => {
                let mut names: Vec<_> = detection
                    .named
                    .keys()
                    .filter(|name| pattern.matches_detection_name(name))
                    .cloned()
                    .collect();
                names.sort();
                let count = names.len();
                let parts = names
                    .into_iter()
                    .map(ConditionExpr::Identifier)
                    .map(|part| self.condition(&part, detection))
                    .collect();
                match quantifier {
                    Quantifier::Any => Tree::Any(parts),
                    Quantifier::All => Tree::All(parts),
                    Quantifier::Count(wanted) => {
                        Tree::AtLeast(usize::try_from(*wanted).unwrap_or(count + 1), parts)
                    }
                }
            }
        }
    }

    fn conditions(&mut self, parts: &[ConditionExpr], detection: &Detections) -> Vec<Tree> {
        parts
            .iter()
            .map(|part| self.condition(part, detection))
            .collect()
    }

    fn part(&mut self, name: &str, part: &Part) -> Tree {
        match part {
            Part::AllOf(items) => {
                Tree::All(items.iter().map(|item| self.item(name, item)).collect())
            }
            Part::AnyOf(parts) => {
                Tree::Any(parts.iter().map(|part| self.part(name, part)).collect())
            }
            Part::And(parts) => Tree::All(parts.iter().map(|part| self.part(name, part)).collect()),
            Part::Keywords(values) => {
                self.leaf(name, part.clone(), None, "contains", values, Quantity::Any)
            }
            Part::ArrayMatch { field, .. } => {
                self.leaf(name, part.clone(), Some(field), "has", &[], Quantity::All)
            }
            Part::Conditional { .. } => {
                self.leaf(name, part.clone(), None, "has", &[], Quantity::All)
            }
        }
    }

    fn item(&mut self, name: &str, item: &DetectionItem) -> Tree {
        let quantity = if item.field.has_modifier(Modifier::All) {
            Quantity::All
        } else {
            Quantity::Any
        };
        let operator = match item.field.modifiers.is_empty() {
            true if item.field.name.is_none() => "contains".to_owned(),
            true => "equals".to_owned(),
            false => {
                let names = item.field.modifiers.iter();
                let names: Vec<_> = names
                    .map(|modifier| format!("{modifier:?}").to_lowercase())
                    .collect();
                names.join("|")
            }
        };
        self.leaf(
            name,
            Part::AllOf(vec![item.clone()]),
            item.field.name.as_deref(),
            &operator,
            &item.values,
            quantity,
        )
    }

    fn leaf(
        &mut self,
        name: &str,
        part: Part,
        field: Option<&str>,
        operator: &str,
        values: &[SigmaValue],
        quantity: Quantity,
    ) -> Tree {
        let next = self.next.entry(name.to_owned()).or_default();
        let place = self.spans.get(name).and_then(|spans| spans.get(*next));
        *next += 1;
        // The text is trusted only where it speaks of the same field.
        let place =
            place.filter(|(_, key)| key.split('|').next().filter(|name| !name.is_empty()) == field);
        let operator = place
            .and_then(|(_, key)| key.split_once('|'))
            .map_or(operator, |(_, modifiers)| modifiers);
        Tree::Leaf(Box::new(Leaf {
            predicate: Predicate {
                part: name.to_owned(),
                field: field.map(Into::into),
                operator: operator.to_owned(),
                values: values.iter().map(as_written).collect(),
                quantity,
                negated: false,
                span: place.map(|(span, _)| span.clone()),
            },
            rule: self.single(part),
        }))
    }

    /// A rule that asks for one item only.
    fn single(&self, part: Part) -> Option<CompiledRule> {
        let mut rule = self.rule.clone();
        let name = "item".to_owned();
        rule.detection.named = HashMap::from([(name.clone(), part)]);
        rule.detection.conditions = vec![ConditionExpr::Identifier(name)];
        rsigma_eval::compile_rule(&compile::prepare(&rule, ProgramId(0))).ok()
    }
}

fn as_written(value: &SigmaValue) -> String {
    match value {
        SigmaValue::String(text) => text.original.clone(),
        SigmaValue::Integer(number) => number.to_string(),
        SigmaValue::Float(number) => number.to_string(),
        SigmaValue::Bool(truth) => truth.to_string(),
        SigmaValue::Null => "null".to_owned(),
    }
}

/// Where the items of each part of a rule stand, with their keys as written.
fn spans(source: &Arc<SourceText>) -> HashMap<String, Vec<(Range<usize>, String)>> {
    let yaml = YamlSource::new(source);
    let visited = yaml.visit(|documents| {
        let mut spans: HashMap<String, Vec<(Range<usize>, String)>> = HashMap::new();
        // In a file of several rules one part's name can stand in each of
        // them; only the first rule's parts are told apart by name.
        let Some(detection) = documents
            .iter()
            .find_map(|document| document.get("detection"))
        else {
            return spans;
        };
        for (key, value) in detection.pairs() {
            if let Some(name) = key.as_str() {
                let items = spans.entry(name.to_owned()).or_default();
                item_spans(value, items);
                if items.is_empty() {
                    items.push((key.bytes(), String::new()));
                }
            }
        }
        spans
    });
    visited.unwrap_or_default()
}

fn item_spans(node: YamlNode<'_>, spans: &mut Vec<(Range<usize>, String)>) {
    for (key, value) in node.pairs() {
        if let Some(text) = key.as_str() {
            let end = value.bytes().end.max(key.bytes().end);
            spans.push((key.bytes().start..end, text.to_owned()));
        }
    }
    for element in node.elements() {
        item_spans(element, spans);
    }
}
