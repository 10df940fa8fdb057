//! What a field of a view is called in the records themselves.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::expression::Expr;
use super::field::NamePattern;
use super::stage::{Aggregate, Argument, Output, Parse, Stage, StageKind, Target, Window};
use super::view::{Beyond, Definition, RecordKind, Wire};
use super::walk;
use crate::event::catalogue::Catalogue;

/// Definitions refer to each other to this depth at most; they never do so endlessly.
const DEEPEST: usize = 16;

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
        Wire::Named { .. } => Catalogue::bundled()
            .field_names()
            .any(|known| known == *name),
        Wire::Paths(_) | Wire::Keys => true,
    };
    found.extend(names.iter().find(is_known).cloned());
}

/// A field may have had so many other names.
const MOST_CANDIDATES: usize = 16;

/// What stages make of the names of fields, so that names behind them can be followed
/// back to the record.
#[derive(Debug, Default)]
pub(super) struct Trail {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// A field made of these names of the record.
    Made(Arc<str>, BTreeSet<String>),
    /// Fields that had other names before.
    Renamed {
        before: NamePattern,
        after: NamePattern,
    },
}

impl Trail {
    /// The names that the record has for what a field is made of here; `of_record` knows
    /// those of the record's own fields.
    pub(super) fn names(
        &self,
        name: &str,
        of_record: &dyn Fn(&str) -> Vec<String>,
    ) -> BTreeSet<String> {
        // A pattern such as `Processes.*` to `*` does not tell which fields it has renamed.
        let mut candidates = vec![name.to_owned()];
        for step in self.steps.iter().rev() {
            match step {
                Step::Made(made, names) => {
                    if candidates.iter().any(|name| **made == **name) {
                        return names.clone();
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
        names.collect()
    }

    /// Goes on behind a stage.
    pub(super) fn pass(&mut self, stage: &Stage, of_record: &dyn Fn(&str) -> Vec<String>) {
        match &stage.kind {
            StageKind::Extend(assignments) => {
                for assignment in assignments {
                    if let Target::Field(field) = &assignment.target {
                        self.made(&field.name, &assignment.value, of_record);
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
                self.steps.push(Step::Made(name, BTreeSet::new()));
            }
            StageKind::Parse(Parse::Regex { field, regex, .. }) => {
                let names = self.names(&field.name, of_record);
                for group in regex.group_names() {
                    self.steps.push(Step::Made(group.into(), names.clone()));
                }
            }
            StageKind::Parse(Parse::Path { field, output, .. }) => {
                let names = self.names(&field.name, of_record);
                self.steps.push(Step::Made(Arc::clone(&output.name), names));
            }
            StageKind::Lookup(lookup) => {
                for (_, field) in &lookup.outputs {
                    self.steps
                        .push(Step::Made(Arc::clone(&field.name), BTreeSet::new()));
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
                    self.made(&output.name.as_str().into(), value, of_record);
                }
                Argument::Rows | Argument::RowsWhere(_) => {
                    let name = output.name.as_str().into();
                    self.steps.push(Step::Made(name, BTreeSet::new()));
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

    fn made(&mut self, name: &Arc<str>, value: &Expr, of_record: &dyn Fn(&str) -> Vec<String>) {
        let mut value = value.clone();
        let mut names = BTreeSet::new();
        walk::fields_of_expr(&mut value, &mut |field| {
            names.extend(self.names(&field.name, of_record));
        });
        self.steps.push(Step::Made(Arc::clone(name), names));
    }
}
