//! From the tree of a search to a plan.

mod aggregation;
mod combine;
mod command;
mod expression;
mod function;
mod search;
mod shape;
mod text;

use std::sync::Arc;

use super::Environment;
use super::syntax::{self, Command, Pipeline as Tree, SpanMap, Spanned};
use crate::detect::Refusal;
use crate::detect::plan::{Expr, Pipeline, Source, Span, Stage, StageKind};
use crate::detect::query::Codes;
use crate::diagnostic::{Code, Diagnostic};

pub(super) use crate::detect::query::Fault;
pub use crate::detect::query::{Lowered, Query};
pub(super) use expression::EVAL;

/// The codes of what is wrong with searches.
const CODES: Codes = Codes {
    unsupported: Code::SPL_UNSUPPORTED,
    invalid: Code::SPL_INVALID,
};

/// Lowers a search.
#[must_use]
pub fn lower(query: Query<'_>, environment: &Environment) -> Lowered {
    let mut lowered = Lowered::new();
    let expanded = match syntax::expand(query.text, &environment.macros) {
        Ok(expanded) => expanded,
        Err(error) => {
            let message = error.to_string();
            lowered.plan = Err(Refusal::Unsupported(message.clone()));
            lowered.problems.push(
                Diagnostic::warning(Code::SPL_MACRO, message)
                    .at(query.place(error.span))
                    .help("give the folder of its macros with `--macros`, or define it in `misfire.toml`"),
            );
            return lowered;
        }
    };
    let tree = match syntax::parse(&expanded.text) {
        Ok(tree) => tree,
        Err(error) => {
            let place = query.place(expanded.map.original(error.span));
            lowered.refuse(error, Code::SPL_SYNTAX, place);
            return lowered;
        }
    };
    let mut lowerer = Lowerer {
        query: &query,
        map: &expanded.map,
        environment,
        faults: Vec::new(),
        problems: Vec::new(),
        sources: Vec::new(),
        only_indexed: false,
    };
    let pipeline = lowerer.pipeline(&tree.pipeline, Position::Outermost);
    let faults = std::mem::take(&mut lowerer.faults);
    lowered.problems.append(&mut lowerer.problems);
    lowered.log_source = lowerer.sources.join(", ");
    lowered.settle(pipeline, faults, CODES, |span| {
        query.place(expanded.map.original(span))
    });
    lowered
}

/// Where a pipeline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// It is the search itself.
    Outermost,
    /// It brings its own rows to another one.
    Inner,
    /// It works on the rows of the one around it.
    Given,
}

/// Lowers one search.
pub(super) struct Lowerer<'l> {
    query: &'l Query<'l>,
    map: &'l SpanMap,
    environment: &'l Environment,
    faults: Vec<Fault>,
    problems: Vec<Diagnostic>,
    /// What the search looks at.
    sources: Vec<String>,
    /// Whether only fields that are indexed can be asked for.
    only_indexed: bool,
}

impl Lowerer<'_> {
    /// Where a part of the expanded text stands in the file.
    fn span(&self, span: syntax::Span) -> Span {
        self.query.range(self.map.original(span))
    }

    fn looks_at(&mut self, source: String) {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
    }

    /// A pipeline; what cannot be lowered becomes a fault and is left out.
    fn pipeline(&mut self, tree: &Tree, position: Position) -> Pipeline {
        let (source, skipped) = match position {
            Position::Given => (Ok(Source::Given), 0),
            Position::Outermost | Position::Inner => self.source(tree),
        };
        let source = source.unwrap_or_else(|fault| {
            self.faults.push(fault);
            Source::Single
        });
        let mut stages = Vec::new();
        for command in tree.commands.iter().skip(skipped) {
            self.add(command, &mut stages);
        }
        Pipeline::new(source, stages)
    }

    fn add(&mut self, command: &Spanned<Command>, stages: &mut Vec<Stage>) {
        match self.command(command) {
            Ok(kinds) => {
                let span = self.span(command.span);
                let name = command.node.name();
                stages.extend(kinds.into_iter().map(|kind| Stage::new(kind, name, span)));
            }
            Err(fault) => self.faults.push(fault),
        }
    }

    /// Where the rows of a pipeline come from, and how many commands that takes.
    fn source(&mut self, tree: &Tree) -> (Result<Source, Fault>, usize) {
        let Some(first) = tree.commands.first() else {
            return (Ok(Source::Single), 0);
        };
        match &first.node {
            Command::Tstats(tstats) => (self.tstats_source(tstats), 0),
            Command::InputLookup(input) => {
                let table = self.table(&input.table);
                (Ok(Source::Table(table)), 0)
            }
            Command::MakeResults(_) => (Ok(Source::Single), 0),
            Command::Search(condition) => {
                let about = search::about(condition);
                self.looks_at(about.unwrap_or_else(|| "any log".to_owned()));
                let view = Arc::clone(&self.environment.deployment.records);
                (Ok(Source::Records(view)), 0)
            }
            other => {
                let what = format!("the command `{}` at the start", other.name());
                (Err(Fault::unsupported(what, first.span)), 1)
            }
        }
    }
}

/// An expression of a field definition.
///
/// # Errors
///
/// Why it cannot be read.
pub(super) fn definition(text: &str) -> Result<Expr, String> {
    let tree = syntax::parse_expression(text).map_err(|error| error.message)?;
    expression::standing_alone(&tree).map_err(|fault| fault.message())
}

/// A stage that keeps rows.
fn filter(predicate: crate::detect::plan::Predicate) -> StageKind {
    StageKind::Filter(Box::new(crate::detect::plan::Filter {
        predicate,
        rows: Vec::new(),
    }))
}
