//! A rule's condition, written out down to single items.

use std::collections::HashMap;
use std::ops::Range;

use rsigma_eval::CompiledRule;
use rsigma_parser::fieldpath::unescape_brackets;
use rsigma_parser::{
    ConditionExpr, Detection as Part, DetectionItem, Detections, Modifier, Quantifier, SigmaRule,
    SigmaValue,
};

use crate::detect::sigma::compile;
use crate::detect::sigma::document::Parsed;
use crate::detect::sigma::filter::name_of_part;
use crate::detect::sigma::xml_path;
use crate::detect::tree::{Standing, leaves};
use crate::detect::{FieldOrigin, Predicate, ProgramId, Quantity};
use crate::diagnostic::YamlNode;

/// A rule's items as a tree.
pub(super) type Tree = crate::detect::tree::Tree<Box<Leaf>>;

pub(super) struct Leaf {
    pub(super) predicate: Predicate,
    /// The field as the engine asks for it.
    pub(super) field: Option<String>,
    /// `None` where the item cannot be evaluated on its own.
    pub(super) rule: Option<CompiledRule>,
}

/// What of a rule's items is made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// They are compiled, and can be held against events.
    Compiled,
    /// They can only be told.
    Told,
}

/// The predicates of a tree, in the order of its condition.
pub(super) fn collect(tree: &Tree, found: &mut Vec<Predicate>) {
    leaves(tree, Standing::default(), &mut |leaf, standing| {
        found.push(Predicate {
            negated: standing.negated,
            nested: standing.nested,
            ..leaf.predicate.clone()
        });
    });
}

/// The tree of a rule.
pub(super) fn tree_of(parsed: &Parsed<SigmaRule>, made: Made) -> Tree {
    let mut builder = Builder {
        rule: &parsed.document,
        made,
        spans: parsed.visit("detection", spans).unwrap_or_default(),
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

/// Where the items of each part stand, in order, with their keys as written.
type Spans = HashMap<String, Vec<(Range<usize>, String)>>;

struct Builder<'r> {
    rule: &'r SigmaRule,
    made: Made,
    spans: Spans,
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
        let mut all = |parts: &[Part]| -> Vec<Tree> {
            parts.iter().map(|part| self.part(name, part)).collect()
        };
        match part {
            Part::AnyOf(parts) => Tree::Any(all(parts)),
            Part::And(parts) => Tree::All(all(parts)),
            Part::AllOf(items) => {
                Tree::All(items.iter().map(|item| self.item(name, item)).collect())
            }
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
        let operator = match &item.field.name {
            None => "contains",
            Some(_) => "equals",
        };
        self.leaf(
            name,
            Part::AllOf(vec![item.clone()]),
            item.field.name.as_deref(),
            operator,
            &item.values,
            quantity,
        )
    }

    /// A leaf. `operator` is what an item without modifiers does.
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
        let shown = field.map(|field| xml_path::shown(&unescape_brackets(field)));
        // The text is trusted only where it speaks of the same field.
        let place = place.filter(|(_, key)| {
            let written = key.split('|').next().filter(|name| !name.is_empty());
            written == shown.as_deref()
        });
        let modifiers = match (place, &part) {
            (Some((_, key)), _) => key.split_once('|').map(|(_, rest)| rest.to_owned()),
            (None, Part::AllOf(items)) => items.first().and_then(modifiers_of),
            (None, _) => None,
        };
        Tree::Leaf(Box::new(Leaf {
            predicate: Predicate {
                part: name_of_part(name).to_owned(),
                reads: shown.iter().cloned().collect(),
                field: shown,
                operator: modifiers.unwrap_or_else(|| operator.to_owned()),
                values: values.iter().map(as_written).collect(),
                quantity,
                negated: false,
                nested: false,
                origin: FieldOrigin::Record,
                span: place.map(|(span, _)| span.clone()),
            },
            field: field.map(Into::into),
            rule: self.single(part),
        }))
    }

    /// A rule that asks for one item only.
    fn single(&self, part: Part) -> Option<CompiledRule> {
        if self.made == Made::Told {
            return None;
        }
        let mut rule = self.rule.clone();
        let name = "item".to_owned();
        rule.detection.named = HashMap::from([(name.clone(), part)]);
        rule.detection.conditions = vec![ConditionExpr::Identifier(name)];
        rsigma_eval::compile_rule(&compile::prepare(&rule, ProgramId(0))).ok()
    }
}

/// The modifiers of an item that stands in another file.
fn modifiers_of(item: &DetectionItem) -> Option<String> {
    if item.field.modifiers.is_empty() {
        return None;
    }
    let modifiers = item.field.modifiers.iter();
    let names: Vec<_> = modifiers
        .map(|modifier| match modifier {
            Modifier::IgnoreCase => "i".to_owned(),
            Modifier::Multiline => "m".to_owned(),
            Modifier::DotAll => "s".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        })
        .collect();
    Some(names.join("|"))
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

fn spans(detection: YamlNode<'_>) -> Spans {
    let mut spans = Spans::new();
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
}

/// The items below a node, as the parser counts them: a list of nothing but
/// keywords is one.
fn item_spans(node: YamlNode<'_>, spans: &mut Vec<(Range<usize>, String)>) {
    if node.is_mapping() {
        for (key, value) in node.pairs() {
            let end = value.bytes().end.max(key.bytes().end);
            let text = key.as_str().unwrap_or_default();
            spans.push((key.bytes().start..end, text.to_owned()));
        }
        return;
    }
    let is_plain = |node: YamlNode<'_>| !node.is_mapping() && !node.is_list();
    if is_plain(node) || node.elements().all(is_plain) {
        spans.push((node.bytes(), String::new()));
        return;
    }
    for element in node.elements() {
        item_spans(element, spans);
    }
}
