//! From the tree of a query to a plan.

mod aggregate;
mod arrange;
mod combine;
mod expression;
mod extract;
mod function;
mod json;
mod names;
mod operator;
mod parsing;
mod scope;
mod series;
mod transaction;

use std::sync::Arc;

use names::Names;

use super::Environment;
use super::syntax::{self, Operator, Spanned};
use crate::detect::Reading;
use crate::detect::plan::{Filter, Pipeline, Predicate, Source, Span, Stage, StageKind};
use crate::detect::query::{Codes, Fault, Lowered, Query};
use crate::diagnostic::{Code, Diagnostic, Place};

/// The codes of what is wrong with queries.
const CODES: Codes = Codes {
    unsupported: Code::SUMO_UNSUPPORTED,
    invalid: Code::SUMO_INVALID,
};

/// Lowers a query.
#[must_use]
pub fn lower(query: Query<'_>, environment: &Environment) -> Lowered {
    let mut lowered = Lowered::new();
    let tree = match syntax::parse(query.text) {
        Ok(tree) => tree,
        Err(error) => {
            let place = query.place(error.span);
            lowered.refuse(error, Code::SUMO_SYNTAX, place);
            return lowered;
        }
    };
    let mut lowerer = Lowerer {
        query: &query,
        environment,
        faults: Vec::new(),
        problems: Vec::new(),
        names: Names::of_messages(&environment.deployment),
        before: Vec::new(),
        texts: 0,
    };
    let pipeline = lowerer.pipeline(&tree);
    lowered.log_source = scope::about(tree.scope.as_ref());
    lowerer.tell_extracted();
    lowered.problems.append(&mut lowerer.problems);
    lowered.settle(pipeline, lowerer.faults, CODES, |span| query.place(span));
    lowered
}

/// Lowers one query.
struct Lowerer<'l> {
    query: &'l Query<'l>,
    environment: &'l Environment,
    faults: Vec<Fault>,
    problems: Vec<Diagnostic>,
    /// The fields that there are at the place that is lowered.
    names: Names,
    /// What happens to a row before the operator that is lowered looks at it.
    before: Vec<StageKind>,
    /// How many texts `json auto` has taken apart.
    texts: usize,
}

impl Lowerer<'_> {
    /// Where a part of the text stands in the file.
    fn span(&self, span: syntax::Span) -> Span {
        self.query.range(span)
    }

    fn is_meant(&self) -> bool {
        self.environment.reading == Reading::Intent
    }

    /// Tells how a query is taken that its product would not take.
    fn repaired(&mut self, message: impl Into<String>, span: syntax::Span) {
        let place = Place::span(self.query.source, self.span(span).range());
        let problem = Diagnostic::note(Code::SUMO_REPAIRED, message).at(place);
        self.problems.push(problem);
    }

    fn pipeline(&mut self, tree: &syntax::Query) -> Pipeline {
        let view = Arc::clone(&self.environment.deployment.records);
        let mut stages = Vec::new();
        if let Some(condition) = &tree.scope {
            if !self.environment.deployment.may_be_of(condition) {
                // Nothing is known of the fields of logs that are not read.
                self.names.lose_track();
            }
            match self.looking_at(condition) {
                Ok(kind) => {
                    let span = self.span(condition.span);
                    let kinds = self.before.drain(..).chain([kind]);
                    stages.extend(kinds.map(|kind| Stage::new(kind, "scope", span)));
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        let (source, operators) = match tree.operators.split_first() {
            Some((first, rest)) if let Operator::Cat(place) = &first.node => {
                match self.contents(place, tree.scope.as_ref(), first.span) {
                    Ok(source) => (source, rest),
                    Err(fault) => {
                        self.names.lose_track();
                        self.faults.push(fault);
                        (Source::Records(view), rest)
                    }
                }
            }
            _ => (Source::Records(view), tree.operators.as_slice()),
        };
        for operator in operators {
            self.add(operator, &mut stages);
        }
        Pipeline::new(source, stages)
    }

    fn add(&mut self, operator: &Spanned<Operator>, stages: &mut Vec<Stage>) {
        match self.operator(operator, stages) {
            Ok(kinds) => {
                let span = self.span(operator.span);
                let name = operator.node.name();
                let kinds = self.before.drain(..).chain(kinds);
                stages.extend(kinds.map(|kind| Stage::new(kind, name, span)));
            }
            Err(fault) => {
                self.before.clear();
                if matches!(fault, Fault::Unsupported { .. }) {
                    self.names.lose_track();
                }
                self.faults.push(fault);
            }
        }
    }

    /// Tells which fields are there only by rules that a site must have.
    fn tell_extracted(&mut self) {
        let names = self.names.extracted();
        let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            return;
        }
        let message = format!(
            "{} {} only by field extraction rules, which the deployment `{}` has",
            names.join(", "),
            if names.len() == 1 { "exists" } else { "exist" },
            self.environment.deployment.name
        );
        let problem = Diagnostic::note(Code::SUMO_EXTRACTED, message)
            .in_file(&self.query.source.file)
            .help("name the keys of the record (`EventData.Image`) to need no rule");
        self.problems.push(problem);
    }
}

/// A stage that keeps rows.
fn filter(predicate: Predicate) -> StageKind {
    StageKind::Filter(Box::new(Filter {
        predicate,
        rows: Vec::new(),
    }))
}
