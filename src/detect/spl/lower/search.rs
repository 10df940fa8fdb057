//! Conditions of `search` and `tstats … where`.
//!
//! Source: Splunk, "Search Reference: search" and "Difference between != and NOT";
//! values are compared without regard to case, a field that is not there matches
//! nothing, and of several values any counts.

use jiff::tz::TimeZone;

use super::super::syntax::{
    Command, Field, Piece as Part, Pipeline as Tree, Returned, SearchExpression,
    SearchExpressionKind, SearchOperator, SearchValue, Spanned, Target, TimeModifier, ValueForm,
};
use super::aggregation::INDEXED;
use super::{Fault, Lowerer, Position};
use crate::detect::Reading;
use crate::detect::plan::compare::{Case, Coercion, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::{
    AmongRows, Bounds, Comparing, Expr, ExprKind, Filter, Items, Keyword, Membership, Modes,
    Network, Nulls, Pattern, Pipeline, Predicate, PredicateKind, Span, StageKind, TIME, Truth,
    Value, Within, time,
};
use crate::diagnostic::{Code, Diagnostic, Place};

/// How `search` compares.
pub(super) const SEARCH: Modes = Modes {
    case: Case::Insensitive,
    nulls: Nulls::False,
    items: Items::Any,
    coercion: Coercion::NumberFirst,
};

impl Lowerer<'_> {
    /// The stage of a condition.
    pub(super) fn search(&mut self, condition: &SearchExpression) -> Result<StageKind, Fault> {
        let mut rows = Vec::new();
        let predicate = self.top(condition, &mut rows)?;
        Ok(StageKind::Filter(Box::new(Filter { predicate, rows })))
    }

    /// A condition whose subsearches may be told apart from the rest.
    fn top(
        &mut self,
        condition: &SearchExpression,
        rows: &mut Vec<AmongRows>,
    ) -> Result<Predicate, Fault> {
        let span = self.span(condition.span);
        match &condition.node {
            SearchExpressionKind::And(parts) => {
                let mut all = Vec::with_capacity(parts.len());
                for part in parts {
                    let part = self.top(part, rows)?;
                    if !matches!(part.kind, PredicateKind::Constant(Truth::True)) {
                        all.push(part);
                    }
                }
                if all.is_empty() {
                    return Ok(always(span));
                }
                Ok(Predicate::all(all, span))
            }
            SearchExpressionKind::Subsearch(tree) => {
                let pipeline = self.subsearch(tree)?;
                rows.push(AmongRows {
                    pipeline,
                    wanted: Membership::In,
                    comparing: Comparing::AsPatterns,
                });
                Ok(always(span))
            }
            SearchExpressionKind::Not(part) => match &part.node {
                SearchExpressionKind::Subsearch(tree) => {
                    let pipeline = self.subsearch(tree)?;
                    rows.push(AmongRows {
                        pipeline,
                        wanted: Membership::NotIn,
                        comparing: Comparing::AsPatterns,
                    });
                    Ok(always(span))
                }
                _ => self.predicate(condition),
            },
            _ => self.predicate(condition),
        }
    }

    /// A search whose rows become conditions.
    fn subsearch(&mut self, tree: &Tree) -> Result<Pipeline, Fault> {
        let gives_text = |command: &&Spanned<Command>| {
            match &command.node {
            Command::Return(given) => given
                .fields
                .iter()
                .any(|field| matches!(field, Returned::Value(_))),
            Command::Rename(renamings) => renamings
                .iter()
                .any(|one| is_search_text(&one.to.node.text)),
            Command::Eval(assignments) => assignments
                .iter()
                .any(|one| matches!(&one.target, Target::Named(field) if is_search_text(&field.node.text))),
            _ => false,
        }
        };
        if let Some(command) = tree.commands.iter().find(gives_text) {
            return Err(Fault::unsupported(
                "a subsearch that yields text of a search",
                command.span,
            ));
        }
        Ok(self.pipeline(tree, Position::Inner))
    }

    /// A condition without subsearches.
    pub(super) fn predicate(&mut self, condition: &SearchExpression) -> Result<Predicate, Fault> {
        let span = self.span(condition.span);
        if let SearchExpressionKind::Comparison { field, .. }
        | SearchExpressionKind::In { field, .. } = &condition.node
            && field.node.text == "nodename"
        {
            return Err(Fault::unsupported(
                "`nodename` of a data model",
                condition.span,
            ));
        }
        match &condition.node {
            SearchExpressionKind::Everything => Ok(always(span)),
            SearchExpressionKind::And(parts) => Ok(Predicate::all(self.parts(parts)?, span)),
            SearchExpressionKind::Or(parts) => Ok(Predicate::any(self.parts(parts)?, span)),
            SearchExpressionKind::Not(part) => Ok(Predicate::new(
                PredicateKind::Not(Box::new(self.predicate(part)?)),
                span,
            )),
            SearchExpressionKind::Comparison {
                field,
                operator,
                value,
            } => Ok(self.comparison(field, *operator, value, span)),
            SearchExpressionKind::In { field, values } => Ok(self.meant(field, values, span)),
            SearchExpressionKind::Keyword(value) => Ok(Predicate::new(
                PredicateKind::Keyword(Keyword {
                    glob: glob(value),
                    bounds: match value.form() {
                        ValueForm::Term => Bounds::Terms,
                        _ => Bounds::Tokens,
                    },
                    within: Within::Values,
                }),
                span,
            )),
            SearchExpressionKind::TimeModifier { modifier, value } => {
                Ok(self.time_bound(*modifier, value, span))
            }
            SearchExpressionKind::Subsearch(_) => Err(Fault::unsupported(
                "a subsearch inside `OR`, or inside `NOT (…)` with other conditions",
                condition.span,
            )),
        }
    }

    fn parts(&mut self, parts: &[SearchExpression]) -> Result<Vec<Predicate>, Fault> {
        parts.iter().map(|part| self.predicate(part)).collect()
    }

    fn field(&self, field: &Field) -> Expr {
        let span = self.span(field.span);
        let name = field.node.text.as_str();
        if self.only_indexed && !INDEXED.contains(&name) {
            return Expr::literal(Value::Null, span);
        }
        Expr::field(name, span)
    }

    fn comparison(
        &mut self,
        field: &Field,
        operator: SearchOperator,
        value: &Spanned<SearchValue>,
        span: Span,
    ) -> Predicate {
        let subject = self.field(field);
        let right = Expr::literal(number_or_text(&value.node), self.span(value.span));
        let compared = |operator| {
            Predicate::new(
                PredicateKind::Compare {
                    left: subject.clone(),
                    operator,
                    right,
                    modes: SEARCH,
                },
                span,
            )
        };
        match operator {
            SearchOperator::Equal => self.meant(field, std::slice::from_ref(value), span),
            // The field must be there, and hold another value.
            SearchOperator::NotEqual => {
                let exists = Predicate::new(PredicateKind::Exists(subject.clone()), span);
                let mut same = self.one_of(&subject, std::slice::from_ref(value), span);
                each_item(&mut same);
                Predicate::all(vec![exists, same.negated()], span)
            }
            SearchOperator::Less => compared(CompareOp::Less),
            SearchOperator::LessOrEqual => compared(CompareOp::LessOrEqual),
            SearchOperator::Greater => compared(CompareOp::Greater),
            SearchOperator::GreaterOrEqual => compared(CompareOp::GreaterOrEqual),
        }
    }

    /// A field that has one of several values, as its author meant it where that is
    /// how searches are read: an index is the choice of a site, and what another
    /// deployment calls the records of a log means these records.
    fn meant(&mut self, field: &Field, values: &[Spanned<SearchValue>], span: Span) -> Predicate {
        let own = self.one_of(&self.field(field), values, span);
        if self.environment.reading == Reading::Strict {
            return own;
        }
        let name = field.node.text.as_str();
        if name == "index" {
            self.repaired(
                "`index` is taken as any index, since its name is a site's choice",
                span,
            );
            return always(span);
        }
        let globs: Vec<Glob> = values.iter().map(|value| glob(&value.node)).collect();
        let elsewhere = std::sync::Arc::clone(&self.environment.deployment.elsewhere);
        let mut others: Vec<_> = elsewhere
            .iter()
            .filter(|other| other.field == name)
            .filter(|other| globs.iter().any(|glob| glob.matches(&other.value)))
            .collect();
        others.dedup_by(|left, right| left.source == right.source);
        let Some(first) = others.first() else {
            return own;
        };
        let message = format!(
            "`{name}` is taken as in the deployment `{}`, in which `{}` are these records",
            first.deployment, first.value
        );
        self.repaired(&message, span);
        let sources = others.iter().map(|other| {
            let exact = Piece::Literal(other.source.clone());
            Glob::new(vec![exact], Case::Insensitive)
        });
        let here = Predicate::new(
            PredicateKind::Matches {
                subject: Expr::field("source", span),
                pattern: Pattern::Globs(sources.collect()),
                modes: SEARCH,
            },
            span,
        );
        Predicate::any(vec![own, here], span)
    }

    fn repaired(&mut self, message: &str, span: Span) {
        let place = Place::span(self.query.source, span.range());
        let problem = Diagnostic::note(Code::SPL_REPAIRED, message).at(place);
        if !self
            .problems
            .iter()
            .any(|known| known.message == problem.message)
        {
            self.problems.push(problem);
        }
    }

    /// A field that has one of several values.
    fn one_of(&self, subject: &Expr, values: &[Spanned<SearchValue>], span: Span) -> Predicate {
        let mut globs = Vec::new();
        let mut networks = Vec::new();
        let mut others = Vec::new();
        for value in values {
            let own = self.span(value.span);
            if matches!(value.node.pieces(), [Part::Wildcard]) {
                others.push(Predicate::new(PredicateKind::Exists(subject.clone()), own));
            } else if let Value::Text(_) = number_or_text(&value.node) {
                globs.push(glob(&value.node));
                networks.extend(Network::parse(&value.node.text()));
            } else {
                others.push(Predicate::new(
                    PredicateKind::Compare {
                        left: subject.clone(),
                        operator: CompareOp::Equal,
                        right: Expr::literal(number_or_text(&value.node), own),
                        modes: SEARCH,
                    },
                    own,
                ));
            }
        }
        let mut any = Vec::new();
        let matches = |pattern| {
            Predicate::new(
                PredicateKind::Matches {
                    subject: subject.clone(),
                    pattern,
                    modes: SEARCH,
                },
                span,
            )
        };
        if !globs.is_empty() {
            any.push(matches(Pattern::Globs(globs)));
        }
        if !networks.is_empty() {
            any.push(matches(Pattern::Networks(networks)));
        }
        any.append(&mut others);
        Predicate::any(any, span)
    }

    /// Source: Splunk, "Specify time modifiers in your search".
    fn time_bound(
        &self,
        modifier: TimeModifier,
        value: &Spanned<SearchValue>,
        span: Span,
    ) -> Predicate {
        let text = value.node.text();
        let now = Expr::new(
            ExprKind::Call {
                function: Function::Now,
                arguments: Vec::new(),
            },
            span,
        );
        let absolute = time::parse(&text, "%m/%d/%Y:%H:%M:%S", &TimeZone::UTC, 0.0);
        let bound = match text.parse::<f64>().map_err(|_| absolute) {
            Err(Some(seconds)) => Expr::literal(Value::number(seconds), span),
            Ok(seconds) => Expr::literal(Value::number(seconds), span),
            Err(None) if matches!(text.as_str(), "now" | "now()") => now,
            Err(None) => Expr::new(
                ExprKind::Call {
                    function: Function::RelativeTime,
                    arguments: vec![now, Expr::literal(Value::text(&text), span)],
                },
                span,
            ),
        };
        let operator = match modifier {
            TimeModifier::Earliest | TimeModifier::IndexEarliest => CompareOp::GreaterOrEqual,
            TimeModifier::Latest | TimeModifier::IndexLatest => CompareOp::Less,
        };
        Predicate::new(
            PredicateKind::Compare {
                left: Expr::field(TIME, span),
                operator,
                right: bound,
                modes: SEARCH,
            },
            span,
        )
    }
}

/// Whether what a field of that name holds becomes a part of the outer search as it is.
///
/// Source: Splunk, "Change the format of subsearch results".
fn is_search_text(name: &str) -> bool {
    matches!(name, "search" | "query")
}

fn always(span: Span) -> Predicate {
    Predicate::new(PredicateKind::Constant(Truth::True), span)
}

/// Of several values, all must be so for the contrary to fail.
fn each_item(predicate: &mut Predicate) {
    match &mut predicate.kind {
        PredicateKind::Any(parts) => parts.iter_mut().for_each(each_item),
        PredicateKind::Matches { modes, .. } | PredicateKind::Compare { modes, .. } => {
            modes.items = Items::All;
        }
        _ => {}
    }
}

/// A value without wildcards that is a number, or text.
fn number_or_text(value: &SearchValue) -> Value {
    let text = value.text();
    if value.has_wildcard() || value.form() == ValueForm::Case {
        return Value::text(&text);
    }
    let looks_like = Value::text(&text).as_number();
    match looks_like {
        // Leading zeros and hexadecimal numbers are kept as they are written.
        Some(number) if number.to_string() == text => Value::number(number),
        _ => Value::text(&text),
    }
}

pub(super) fn glob(value: &SearchValue) -> Glob {
    let pieces = value.pieces().iter().map(|piece| match piece {
        Part::Literal(text) => Piece::Literal(text.clone()),
        Part::Wildcard => Piece::AnyRun,
    });
    let case = match value.form() {
        ValueForm::Case => Case::Sensitive,
        ValueForm::Bare | ValueForm::Quoted | ValueForm::Term => Case::Insensitive,
    };
    Glob::new(pieces.collect(), case)
}

/// What a search says of the records that it looks at: its conditions on metadata.
pub(super) fn about(condition: &SearchExpression) -> Option<String> {
    const METADATA: [&str; 5] = ["index", "sourcetype", "source", "eventtype", "Channel"];
    let of_field = |field: &Field| METADATA.contains(&field.node.text.as_str());
    match &condition.node {
        SearchExpressionKind::And(parts) => {
            let told: Vec<_> = parts.iter().filter_map(about).collect();
            (!told.is_empty()).then(|| told.join(" "))
        }
        SearchExpressionKind::Or(parts) => {
            let told: Option<Vec<_>> = parts.iter().map(about).collect();
            told.map(|told| told.join(" OR "))
        }
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::Equal,
            value,
        } if of_field(field) => Some(format!("{}={}", field.node.text, value.node.text())),
        SearchExpressionKind::In { field, values } if of_field(field) => {
            let values: Vec<_> = values.iter().map(|value| value.node.text()).collect();
            Some(format!("{} IN ({})", field.node.text, values.join(", ")))
        }
        _ => None,
    }
}
