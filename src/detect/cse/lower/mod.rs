//! From the tree of an expression to a plan: one filter over normalised records.

mod about;
mod condition;
mod field;
mod function;
mod rule;
mod value;

pub use rule::lower_rule;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Environment;
use super::syntax::{self, Expression, ExpressionKind, FieldPath};
use crate::detect::plan::compare::{Case, Coercion};
use crate::detect::plan::{
    Expr, Filter, Items, Modes, Nulls, Pipeline, Predicate, Source, Span, Stage, StageKind,
};
use crate::detect::query::{Codes, Fault, Lowered, Query};
use crate::diagnostic::Code;

/// How expressions compare.
///
/// Source: Sumo Logic, "Cloud SIEM Rules Syntax": comparisons mind the case, and none
/// of them holds where a side is null.
const MODES: Modes = Modes {
    case: Case::Sensitive,
    nulls: Nulls::False,
    items: Items::Any,
    coercion: Coercion::ByType,
};

/// The codes of what is wrong with expressions.
const CODES: Codes = Codes {
    unsupported: Code::CSE_UNSUPPORTED,
    invalid: Code::CSE_INVALID,
};

/// Lowers an expression.
#[must_use]
pub fn lower(query: Query<'_>, environment: &Environment) -> Lowered {
    let mut lowered = Lowered::new();
    let tree = match syntax::parse(query.text) {
        Ok(tree) => tree,
        Err(error) => {
            let place = query.place(error.span);
            lowered.refuse(error, Code::CSE_SYNTAX, place);
            return lowered;
        }
    };
    let place = |span| query.range(span);
    let mut expressions = Expressions::new(&place, Some(environment));
    let predicate = expressions.whole(&tree);
    lowered.log_source = about::of(&tree).unwrap_or_else(|| "any log".to_owned());
    let span = predicate.span;
    let filter = StageKind::Filter(Box::new(Filter {
        predicate,
        rows: Vec::new(),
    }));
    let pipeline = Pipeline::new(
        Source::Records(Arc::clone(&environment.records)),
        vec![Stage::new(filter, "expression", span)],
    );
    let faults = expressions.faults.into_inner();
    lowered.settle(pipeline, faults, CODES, |span| query.place(span));
    lowered
}

/// The expression of a normalised field.
///
/// # Errors
///
/// Why it cannot be read.
pub(super) fn definition(text: &str) -> Result<Expr, String> {
    let tree = syntax::parse(text).map_err(|error| error.message)?;
    let place = |_| Span::default();
    let expressions = Expressions::new(&place, None);
    let value = expressions.value(&tree).map_err(|fault| fault.message())?;
    match expressions.faults.into_inner().first() {
        None => Ok(value),
        Some(fault) => Err(fault.message()),
    }
}

/// Lowers the parts of an expression, and knows where they stand.
struct Expressions<'s> {
    place: &'s dyn Fn(syntax::Span) -> Span,
    /// What bare names are looked up in; in definitions they may be anything.
    environment: Option<&'s Environment>,
    /// What the `json` pipes have taken out.
    aliases: BTreeMap<String, FieldPath>,
    /// What could not be lowered.
    faults: RefCell<Vec<Fault>>,
}

impl<'s> Expressions<'s> {
    fn new(place: &'s dyn Fn(syntax::Span) -> Span, environment: Option<&'s Environment>) -> Self {
        Self {
            place,
            environment,
            aliases: BTreeMap::new(),
            faults: RefCell::new(Vec::new()),
        }
    }

    /// An expression with its pipes.
    fn whole(&mut self, tree: &Expression) -> Predicate {
        let ExpressionKind::Piped(piped) = &tree.node else {
            return self.part(tree);
        };
        let mut parts = Vec::new();
        for extraction in &piped.extractions {
            for (path, alias) in &extraction.outputs {
                match self.extracted(&extraction.source, path) {
                    Ok(field) => {
                        parts.push(self.exists(&field, path.span));
                        self.aliases.insert(alias.node.clone(), field);
                    }
                    Err(fault) => self.faults.get_mut().push(fault),
                }
            }
        }
        parts.push(self.part(&piped.condition));
        Predicate::all(parts, (self.place)(tree.span))
    }
}
