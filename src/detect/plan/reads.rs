//! What a field of a view is called in the records themselves.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, LazyLock};

use super::aggregate::Aggregation;
use super::expression::{Expr, ExprKind};
use super::field::NamePattern;
use super::function::Function;
use super::stage::{Aggregate, Argument, Output, Parse, Stage, StageKind, Target, Window};
use super::view::{Beyond, Definition, RecordKind, Wire};
use super::walk;
use crate::detect::FieldOrigin;
use crate::event::catalogue::Catalogue;

/// Definitions refer to each other to this depth at most; they never do so endlessly.
const DEEPEST: usize = 16;

/// The names of fields that the catalogue knows.
static KNOWN: LazyLock<HashSet<&str>> =
    LazyLock::new(|| Catalogue::bundled().field_names().collect());

/// The names that records of a kind have for what a query calls `name`: the field
/// itself, or those that it is computed of. None of what records do not hold, such as
/// the name of an index.
pub(super) fn of(kind: &RecordKind, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let shown = kind.shown.get(name);
    if shown.is_none() && kind.beyond == Beyond::Nothing {
        return found;
    }
    match shown {
        Some(definition) => defined(kind, definition, DEEPEST, &mut found),
        None => inner(kind, name, DEEPEST, &mut found),
    }
    found
}

fn defined(kind: &RecordKind, definition: &Definition, depth: usize, found: &mut BTreeSet<String>) {
    let Definition::Computed(expr) = definition else {
        return;
    };
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let mut expr: Expr = expr.clone();
    walk::fields_of_expr(&mut expr, &mut |field| {
        inner(kind, &field.name, depth, found);
    });
}

/// A name that a definition uses.
fn inner(kind: &RecordKind, name: &str, depth: usize, found: &mut BTreeSet<String>) {
    if let Some(definition) = kind.base.get(name) {
        defined(kind, definition, depth, found);
        return;
    }
    let names = super::record::wire_names(kind.wire, name);
    let is_known = |name: &&String| match kind.wire {
        Wire::Named { .. } => KNOWN.contains(name.as_str()),
        Wire::Paths(_) | Wire::Keys => true,
    };
    found.extend(names.iter().find(is_known).cloned());
}

/// A field may have had so many other names.
const MOST_CANDIDATES: usize = 16;

/// What a field is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Traced {
    /// The names that the record has for what it is made of.
    pub(super) names: BTreeSet<String>,
    /// Whether it is a value of the record, or something that the query makes.
    pub(super) origin: FieldOrigin,
}

impl Traced {
    fn computed(names: BTreeSet<String>) -> Self {
        Self {
            names,
            origin: FieldOrigin::Computed,
        }
    }
}

/// The field whose value an expression is, but for its letters' case and the like.
pub(super) fn value_of(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Call {
            function: Function::Lower | Function::Upper | Function::Trim | Function::TruthToText,
            arguments,
        } => arguments.first().map_or(expr, value_of),
        _ => expr,
    }
}

/// The expressions of which one is the value: with a constant for where there is none,
/// they are still the values of the fields.
fn choices_of(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Coalesce(parts) => parts.iter().collect(),
        ExprKind::Case(arms) | ExprKind::Unless(arms) => {
            arms.iter().map(|(_, value)| value).collect()
        }
        _ => Vec::new(),
    }
}

/// What stages make of the names of fields, so that names behind them can be followed
/// back to the record.
#[derive(Debug, Default)]
pub(super) struct Trail {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// A field made of these names of the record.
    Made(Arc<str>, Traced),
    /// Fields that had other names before.
    Renamed {
        before: NamePattern,
        after: NamePattern,
    },
}

impl Trail {
    /// What a field is made of here; `of_record` knows the names of the record's own
    /// fields.
    pub(super) fn trace(&self, name: &str, of_record: &dyn Fn(&str) -> Vec<String>) -> Traced {
        // A pattern such as `Processes.*` to `*` does not tell which fields it has renamed.
        let mut candidates = vec![name.to_owned()];
        for step in self.steps.iter().rev() {
            match step {
                Step::Made(made, traced) => {
                    if candidates.iter().any(|name| **made == **name) {
                        return traced.clone();
                    }
                }
                Step::Renamed { before, after } => {
                    let is_exact = after.exact().is_some();
                    let earlier: Vec<String> = candidates
                        .iter()
                        .filter_map(|name| Some(before.fill(&after.captures(name)?)))
                        .collect();
                    if is_exact && !earlier.is_empty() {
                        candidates = earlier;
                    } else {
                        candidates.extend(earlier);
                        candidates.truncate(MOST_CANDIDATES);
                    }
                }
            }
        }
        let names = candidates.iter().flat_map(|name| of_record(name));
        Traced {
            names: names.collect(),
            origin: FieldOrigin::Record,
        }
    }

    /// What the value of an expression is made of here.
    pub(super) fn trace_expr(
        &self,
        expr: &Expr,
        of_record: &dyn Fn(&str) -> Vec<String>,
    ) -> Traced {
        if let ExprKind::Field(field) = &value_of(expr).kind {
            return self.trace(&field.name, of_record);
        }
        let choices: Vec<_> = choices_of(expr)
            .into_iter()
            .filter(|choice| choice.as_literal().is_none())
            .map(|choice| self.trace_expr(choice, of_record))
            .collect();
        let is_of_record = |traced: &Traced| traced.origin == FieldOrigin::Record;
        if !choices.is_empty() && choices.iter().all(is_of_record) {
            return Traced {
                names: choices
                    .into_iter()
                    .flat_map(|traced| traced.names)
                    .collect(),
                origin: FieldOrigin::Record,
            };
        }
        let mut expr = expr.clone();
        let mut names = BTreeSet::new();
        walk::fields_of_expr(&mut expr, &mut |field| {
            names.extend(self.trace(&field.name, of_record).names);
        });
        Traced::computed(names)
    }

    /// Goes on behind a stage.
    pub(super) fn pass(&mut self, stage: &Stage, of_record: &dyn Fn(&str) -> Vec<String>) {
        match &stage.kind {
            StageKind::Extend(assignments) => {
                for assignment in assignments {
                    if let Target::Field(field) = &assignment.target {
                        let traced = self.trace_expr(&assignment.value, of_record);
                        self.made(Arc::clone(&field.name), traced);
                    }
                }
            }
            StageKind::Rename(pairs) => {
                for (before, after) in pairs {
                    self.renamed(before, after);
                }
            }
            StageKind::Aggregate(Aggregate { outputs, .. })
            | StageKind::Window(Window { outputs, .. }) => {
                self.computed(outputs, of_record);
            }
            StageKind::Correlate(correlate) => {
                self.computed(&correlate.outputs, of_record);
                let name = Arc::clone(&correlate.in_order_name);
                self.made(name, Traced::computed(BTreeSet::new()));
            }
            StageKind::Parse(Parse::Regex { field, regex, .. }) => {
                let names = self.trace(&field.name, of_record).names;
                for group in regex.group_names() {
                    self.made(group.into(), Traced::computed(names.clone()));
                }
            }
            StageKind::Parse(Parse::Path { field, output, .. }) => {
                let traced = self.trace(&field.name, of_record);
                self.made(Arc::clone(&output.name), traced);
            }
            StageKind::Lookup(lookup) => {
                for (_, field) in &lookup.outputs {
                    let name = Arc::clone(&field.name);
                    self.made(name, Traced::computed(BTreeSet::new()));
                }
            }
            _ => {}
        }
    }

    fn computed(&mut self, outputs: &[Output], of_record: &dyn Fn(&str) -> Vec<String>) {
        for output in outputs {
            match &output.argument {
                Argument::Fields(before) => self.renamed(before, &output.name),
                Argument::Values(value) => {
                    let mut traced = self.trace_expr(value, of_record);
                    if !is_one_of_them(&output.aggregation) {
                        traced.origin = FieldOrigin::Computed;
                    }
                    self.made(output.name.as_str().into(), traced);
                }
                Argument::Rows | Argument::RowsWhere(_) => {
                    let name = output.name.as_str().into();
                    self.made(name, Traced::computed(BTreeSet::new()));
                }
            }
        }
    }

    fn renamed(&mut self, before: &NamePattern, after: &NamePattern) {
        self.steps.push(Step::Renamed {
            before: before.clone(),
            after: after.clone(),
        });
    }

    fn made(&mut self, name: Arc<str>, traced: Traced) {
        self.steps.push(Step::Made(name, traced));
    }
}

/// Whether what is aggregated is one or more of the values themselves.
fn is_one_of_them(aggregation: &Aggregation) -> bool {
    matches!(
        aggregation,
        Aggregation::Values
            | Aggregation::List
            | Aggregation::ByTime
            | Aggregation::First
            | Aggregation::Last
            | Aggregation::Earliest
            | Aggregation::Latest
            | Aggregation::Min
            | Aggregation::Max
            | Aggregation::Mode
    )
}
