//! What conditions make of the parts of a detection.

use std::collections::BTreeSet;

use rsigma_parser::{ConditionExpr, Quantifier, SelectorPattern};

use super::edits;
use super::file_name::is_impossible;
use super::logic::{clash, clashes_with_itself, exclude_each_other, implies};
use super::rule::{Item, Part, Rule};
use super::rules::{
    ALWAYS_HOLDS, FILTER_REQUIRED, IDLE_PART, IMPOSSIBLE_PART, NEVER_HOLDS, ONE_OF_ONE, TIMEFRAME,
    UNUSED_PART,
};
use crate::detect::lint::{Finding, Remedy};
use crate::diagnostic::{Place, Severity, YamlNode};

/// With more parts than these, not every combination is tried.
const MOST: usize = 12;

pub(super) fn check(rule: &Rule<'_>, document: YamlNode<'_>, findings: &mut Vec<Finding>) {
    if let Some((key, _)) = document
        .get("detection")
        .and_then(|detection| detection.pair("timeframe"))
    {
        findings.push(
            Finding::new(
                &TIMEFRAME,
                "`timeframe` does nothing in a rule",
                key.place(),
            )
            .help("write a correlation that counts the rule's events"),
        );
    }
    unused(rule, findings);
    let has_impossible = impossible(rule, findings);
    for (node, condition) in &rule.conditions {
        selectors(rule, *node, condition, true, findings);
        if !has_impossible && rule.parts.len() <= MOST {
            Table::of(rule).check(*node, condition, findings);
        }
    }
}

fn names(condition: &ConditionExpr, name: &str) -> bool {
    match condition {
        ConditionExpr::Identifier(used) => used == name,
        ConditionExpr::And(inner) | ConditionExpr::Or(inner) => {
            inner.iter().any(|inner| names(inner, name))
        }
        ConditionExpr::Not(inner) => names(inner, name),
        ConditionExpr::Selector { pattern, .. } => pattern.matches_detection_name(name),
    }
}

fn unused(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    let is_used = |part: &&Part<'_>| {
        let mut conditions = rule.conditions.iter();
        conditions.any(|(_, condition)| names(condition, part.name))
    };
    for part in rule.parts.iter().filter(|part| !is_used(part)) {
        findings.push(
            Finding::new(
                &UNUSED_PART,
                format!(
                    "the condition does not name `{}`, so it does nothing",
                    part.name
                ),
                part.key.place(),
            )
            .help("name it in the condition, or remove it"),
        );
    }
}

/// Fields of which an event has one value.
fn is_single(rule: &Rule<'_>, field: &str) -> bool {
    let product = rule.log_source.product.as_deref();
    // The event log has no lists; unnamed data items share a name.
    let is_event_log = product == Some("windows")
        || (product == Some("linux") && rule.log_source.category.is_some());
    is_event_log && field != "Data"
}

/// Tells of mappings that nothing can match; whether there is one.
fn impossible(rule: &Rule<'_>, findings: &mut Vec<Finding>) -> bool {
    let before = findings.len();
    for part in &rule.parts {
        for group in &part.groups {
            let Some((item, other)) = clash_in(rule, group) else {
                continue;
            };
            let message = match other {
                Some(other) => format!(
                    "no `{}` can be both this and what `{}` asks for",
                    item.field,
                    other.key.as_str().unwrap_or_default()
                ),
                None => format!("no `{}` can be all of these at once", item.field),
            };
            let mut finding = Finding::new(&IMPOSSIBLE_PART, message, item.key.place())
                .help("keep one of them, or make a list of what may be there");
            let is_needed = part.groups.len() == 1 && !rule.is_only_excluded(part.name);
            if !is_needed {
                finding.diagnostic.severity = Severity::Warning;
            }
            findings.push(finding);
        }
    }
    findings.len() > before
}

fn clash_in<'i, 'y>(
    rule: &Rule<'_>,
    group: &'i [Item<'y>],
) -> Option<(&'i Item<'y>, Option<&'i Item<'y>>)> {
    let itself = group
        .iter()
        .find(|item| is_single(rule, item.field) && clashes_with_itself(item));
    itself.map(|item| (item, None)).or_else(|| {
        let (item, other) = clash(group, group)?;
        is_single(rule, item.field).then_some((other, Some(item)))
    })
}

/// `1 of x` that can only be one, and `all of them` with filters.
fn selectors(
    rule: &Rule<'_>,
    node: YamlNode<'_>,
    condition: &ConditionExpr,
    is_asked: bool,
    findings: &mut Vec<Finding>,
) {
    match condition {
        ConditionExpr::Identifier(_) => {}
        ConditionExpr::And(inner) | ConditionExpr::Or(inner) => {
            for inner in inner {
                selectors(rule, node, inner, is_asked, findings);
            }
        }
        ConditionExpr::Not(inner) => selectors(rule, node, inner, !is_asked, findings),
        ConditionExpr::Selector {
            quantifier,
            pattern,
        } => {
            let meant = || {
                let parts = rule.parts.iter();
                parts.filter(|part| pattern.matches_detection_name(part.name))
            };
            let is_all = *quantifier == Quantifier::All && *pattern == SelectorPattern::Them;
            if is_all && is_asked {
                filters(node, meant(), findings);
            }
            let mut all = meant();
            if let (Some(only), None) = (all.next(), all.next()) {
                one_of_one(rule, node, condition, pattern, only, findings);
            }
        }
    }
}

fn filters<'p, 'y: 'p>(
    node: YamlNode<'_>,
    mut parts: impl Iterator<Item = &'p Part<'y>>,
    findings: &mut Vec<Finding>,
) {
    if let Some(filter) = parts.find(|part| part.name.starts_with("filter")) {
        findings.push(
            Finding::new(
                &FILTER_REQUIRED,
                format!("`all of them` asks for `{}`, too", filter.name),
                place_of(node, "all of them"),
            )
            .help("write `all of selection* and not 1 of filter*`"),
        );
    }
}

fn place_of(node: YamlNode<'_>, words: &str) -> Place {
    match node.as_str().and_then(|text| text.find(words)) {
        Some(start) => edits::place_in(node, start..start + words.len()),
        None => node.first_line(),
    }
}

fn one_of_one(
    rule: &Rule<'_>,
    node: YamlNode<'_>,
    condition: &ConditionExpr,
    pattern: &SelectorPattern,
    only: &Part<'_>,
    findings: &mut Vec<Finding>,
) {
    // A pattern leaves room for parts to come; `them`, or a name, does not.
    let leaves_room = match pattern {
        SelectorPattern::Them => rule.parts.len() > 1,
        SelectorPattern::Pattern(pattern) => pattern.contains('*'),
    };
    if leaves_room {
        return;
    }
    let words = condition.to_string();
    let start = node.as_str().and_then(|text| text.find(&words));
    let edit = start.and_then(|start| edits::part(node, start..start + words.len(), only.name));
    let name = only.name;
    findings.push(
        Finding::new(
            &ONE_OF_ONE,
            format!("`{words}` means `{name}` alone"),
            place_of(node, &words),
        )
        .fix(
            Remedy::Proposed,
            format!("write `{name}`"),
            edit.into_iter().collect(),
        ),
    );
}

/// Which of the parts match, a bit for each.
type Row = u32;

fn matches(row: Row, part: usize) -> bool {
    row >> part & 1 == 1
}

/// What keeps two parts from matching as they like.
#[derive(Debug, Clone, Copy)]
enum Relation {
    /// The first matches only if the second does.
    Implies(usize, usize),
    /// They never both match.
    Excludes(usize, usize),
}

impl Relation {
    fn allows(self, row: Row) -> bool {
        match self {
            Self::Implies(one, other) => !matches(row, one) || matches(row, other),
            Self::Excludes(one, other) => !matches(row, one) || !matches(row, other),
        }
    }
}

/// Which parts can match together.
struct Table<'r, 'y> {
    rule: &'r Rule<'y>,
    parts: &'r [Part<'y>],
    relations: Vec<Relation>,
}

impl<'r, 'y> Table<'r, 'y> {
    fn of(rule: &'r Rule<'y>) -> Self {
        let parts = &rule.parts;
        let is_single = |part: &Part<'_>| {
            let mut items = part.groups.iter().flatten();
            items.all(|item| is_single(rule, item.field))
        };
        let mut relations = Vec::new();
        for (one, part) in parts.iter().enumerate() {
            for (other, second) in parts.iter().enumerate() {
                if one != other && implies(part, second) {
                    relations.push(Relation::Implies(one, other));
                }
                let are_single = one < other && is_single(part) && is_single(second);
                if are_single && exclude_each_other(part, second) {
                    relations.push(Relation::Excludes(one, other));
                }
            }
        }
        Self {
            rule,
            parts,
            relations,
        }
    }

    /// The combinations that some relations leave.
    fn rows<'t>(&self, relations: &'t [Relation]) -> impl Iterator<Item = Row> + 't {
        let all = 0..1 << self.parts.len();
        all.filter(|row| relations.iter().all(|relation| relation.allows(*row)))
    }

    fn holds(&self, condition: &ConditionExpr, row: Row) -> bool {
        let parts = || self.parts.iter().enumerate();
        match condition {
            ConditionExpr::Identifier(name) => {
                parts().any(|(index, part)| part.name == name && matches(row, index))
            }
            ConditionExpr::And(inner) => inner.iter().all(|inner| self.holds(inner, row)),
            ConditionExpr::Or(inner) => inner.iter().any(|inner| self.holds(inner, row)),
            ConditionExpr::Not(inner) => !self.holds(inner, row),
            ConditionExpr::Selector {
                quantifier,
                pattern,
            } => {
                let meant = parts().filter(|(_, part)| pattern.matches_detection_name(part.name));
                let mut held = meant.map(|(index, _)| matches(row, index));
                match quantifier {
                    Quantifier::Any => held.any(|held| held),
                    Quantifier::All => held.all(|held| held),
                    Quantifier::Count(least) => held.filter(|held| *held).count() as u64 >= *least,
                }
            }
        }
    }

    fn never_holds(&self, condition: &ConditionExpr, relations: &[Relation]) -> bool {
        self.rows(relations).all(|row| !self.holds(condition, row))
    }

    fn check(&self, node: YamlNode<'_>, condition: &ConditionExpr, findings: &mut Vec<Finding>) {
        if self.never_holds(condition, &self.relations) {
            findings.push(self.never(node, condition));
        } else if self
            .rows(&self.relations)
            .all(|row| self.holds(condition, row))
        {
            findings.push(
                Finding::new(
                    &ALWAYS_HOLDS,
                    "the condition holds for every event",
                    node.first_line(),
                )
                .help("ask for something that only some events have"),
            );
        } else {
            self.idle(condition, findings);
        }
    }

    fn never(&self, node: YamlNode<'_>, condition: &ConditionExpr) -> Finding {
        let name = |index: usize| self.parts.get(index).map_or("", |part| part.name);
        // Without any relation, the condition contradicts itself.
        let is_enough = |relation: &&Relation| {
            !self.never_holds(condition, &[]) && self.never_holds(condition, &[**relation])
        };
        let (because, help) = match self.relations.iter().find(is_enough) {
            Some(Relation::Implies(one, other)) => (
                format!(
                    "whatever matches `{}` matches `{}`",
                    name(*one),
                    name(*other)
                ),
                format!("make `{}` narrower", name(*other)),
            ),
            Some(Relation::Excludes(one, other)) => (
                format!("none matches both `{}` and `{}`", name(*one), name(*other)),
                "join the two by `or`, or count their events by a correlation".to_owned(),
            ),
            None => (
                "it asks for something and for its opposite".to_owned(),
                "remove one of the two".to_owned(),
            ),
        };
        Finding::new(
            &NEVER_HOLDS,
            format!("no event meets the condition: {because}"),
            node.first_line(),
        )
        .help(help)
    }

    /// Tells of a part that a relation makes superfluous.
    fn idle(&self, condition: &ConditionExpr, findings: &mut Vec<Finding>) {
        let mut told = BTreeSet::new();
        for relation in &self.relations {
            let (Relation::Implies(one, other) | Relation::Excludes(one, other)) = *relation;
            // Of two that say the same, the later one.
            for (index, cause) in [
                (one.max(other), one.min(other)),
                (one.min(other), one.max(other)),
            ] {
                let is_idle = !told.contains(&cause)
                    && !self.is_idle(index, condition, &[])
                    && self.is_idle(index, condition, &[*relation])
                    && told.insert(index);
                let (Some(part), Some(cause)) = (self.parts.get(index), self.parts.get(cause))
                else {
                    continue;
                };
                // What a part that matches nothing was to match is not known.
                let is_sound = [part, cause]
                    .iter()
                    .all(|part| !is_impossible(self.rule, part));
                if is_idle && is_sound && names(condition, part.name) {
                    findings.push(idle_part(part, cause, *relation, index == one));
                }
            }
        }
    }

    /// Whether a condition holds for the same events whether or not a part matches.
    fn is_idle(&self, part: usize, condition: &ConditionExpr, relations: &[Relation]) -> bool {
        let bit: Row = 1 << part;
        let is_same_with = |changed: fn(Row, Row) -> Row| {
            self.rows(relations)
                .all(|row| self.holds(condition, row) == self.holds(condition, changed(row, bit)))
        };
        is_same_with(|row, bit| row | bit) || is_same_with(|row, bit| row & !bit)
    }
}

fn idle_part(part: &Part<'_>, cause: &Part<'_>, relation: Relation, is_narrow: bool) -> Finding {
    let (name, other) = (part.name, cause.name);
    let because = match (relation, is_narrow) {
        (Relation::Implies(..), true) => format!("whatever matches it matches `{other}`"),
        (Relation::Implies(..), false) => format!("it matches whatever `{other}` does"),
        (Relation::Excludes(..), _) => format!("it matches nothing that `{other}` does"),
    };
    Finding::new(
        &IDLE_PART,
        format!("`{name}` changes nothing: {because}"),
        part.key.place(),
    )
    .help("remove it, or correct what it asks for")
}
