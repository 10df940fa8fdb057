//! The scope: what messages are looked at.
//!
//! Source: Sumo Logic, "Keyword Search Expressions", "Built-in Metadata", "Wildcards in Full
//! Text Searches": nothing in a scope regards case, and quotes and wildcards cannot be used
//! together.

use super::super::syntax::{
    Field, Piece as Part, Scope, ScopeKind, ScopeOperator, Span, Value as Written, pieces,
};
use super::{Fault, Lowerer};
use crate::detect::plan::compare::{Case, Coercion};
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::{
    Bounds, Items, Keyword, Modes, Nulls, Pattern, Predicate, PredicateKind, Truth, Within,
};

/// How a scope compares.
const SCOPE: Modes = Modes {
    case: Case::Insensitive,
    nulls: Nulls::False,
    items: Items::Any,
    coercion: Coercion::Text,
};

impl Lowerer<'_> {
    pub(super) fn scope(&mut self, scope: &Scope) -> Result<Predicate, Fault> {
        let span = self.span(scope.span);
        let parts = |this: &mut Self, parts: &[Scope]| {
            let parts = parts.iter().map(|part| this.scope(part));
            parts.collect::<Result<Vec<_>, _>>()
        };
        match &scope.node {
            ScopeKind::Everything => Ok(Predicate::new(PredicateKind::Constant(Truth::True), span)),
            ScopeKind::And(all) => Ok(Predicate::all(parts(self, all)?, span)),
            ScopeKind::Or(any) => Ok(Predicate::any(parts(self, any)?, span)),
            ScopeKind::Not(part) => {
                let part = self.scope(part)?;
                Ok(Predicate::new(PredicateKind::Not(Box::new(part)), span))
            }
            ScopeKind::Keyword(value) => Ok(Predicate::new(
                PredicateKind::Keyword(Keyword {
                    glob: keyword(value),
                    bounds: Bounds::Tokens,
                    within: Within::Message,
                }),
                span,
            )),
            ScopeKind::Comparison {
                field,
                operator,
                value,
            } => {
                let glob = self.glob(value, scope.span);
                let same = self.one_of(field, vec![glob], scope.span)?;
                Ok(match operator {
                    ScopeOperator::Equal => same,
                    ScopeOperator::NotEqual => same.negated(),
                })
            }
            ScopeKind::In { field, values } => {
                let globs = values
                    .iter()
                    .map(|value| self.glob(&value.node, value.span))
                    .collect();
                self.one_of(field, globs, scope.span)
            }
            ScopeKind::Subquery(_) => Err(Fault::unsupported("a subquery", scope.span)),
            ScopeKind::Macro(_) => Err(Fault::unsupported("a macro", scope.span)),
        }
    }

    fn one_of(&mut self, field: &Field, globs: Vec<Glob>, span: Span) -> Result<Predicate, Fault> {
        // `name=*` leaves out messages that do not have the field, as any pattern does.
        let subject = self
            .field(&field.node, field.span)
            .map_err(|fault| match fault {
                // A site may give its messages fields of its own.
                Fault::Invalid { span, .. } => {
                    Fault::unsupported(format!("the metadata field `{}`", field.node), span)
                }
                other => other,
            })?;
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern: Pattern::Globs(globs),
                modes: SCOPE,
            },
            self.span(span),
        ))
    }

    /// What the value of a field matches. As its author meant it, a wildcard is one in quotes as well.
    fn glob(&mut self, value: &Written, span: Span) -> Glob {
        let mut parts = value.pieces();
        if let Written::Quoted(text) = value
            && text.text().contains('*')
            && self.is_meant()
        {
            self.repaired(
                format!("the `*` in {text} is taken as a wildcard: in quotes it is not one"),
                span,
            );
            parts = pieces(&text.text());
        }
        let parts = parts.into_iter().map(|part| match part {
            Part::Literal(text) => Piece::Literal(text),
            Part::AnyText => Piece::AnyRun,
            Part::AnyLetter => Piece::AnyOne,
        });
        Glob::new(parts.collect(), Case::Insensitive)
    }
}

/// What a keyword or a phrase matches: in the midst of it `*` stands for one term, and a
/// blank for any run of blanks.
fn keyword(value: &Written) -> Glob {
    let parts = value.pieces();
    let last = parts.len().saturating_sub(1);
    let mut pieces = Vec::with_capacity(parts.len());
    for (place, part) in parts.into_iter().enumerate() {
        match part {
            Part::Literal(text) => {
                for (index, word) in text.split(char::is_whitespace).enumerate() {
                    if index > 0 && pieces.last() != Some(&Piece::Blanks) {
                        pieces.push(Piece::Blanks);
                    }
                    if !word.is_empty() {
                        pieces.push(Piece::Literal(word.to_owned()));
                    }
                }
            }
            Part::AnyText if place == 0 || place == last => pieces.push(Piece::AnyRun),
            Part::AnyText => pieces.push(Piece::Term),
            Part::AnyLetter => pieces.push(Piece::AnyOne),
        }
    }
    Glob::new(pieces, Case::Insensitive)
}

/// What a scope says of the messages that it looks at: its conditions on metadata.
pub(super) fn about(scope: Option<&Scope>) -> String {
    fn of(scope: &Scope) -> Option<String> {
        match &scope.node {
            ScopeKind::And(parts) => {
                let told: Vec<_> = parts.iter().filter_map(of).collect();
                (!told.is_empty()).then(|| told.join(" "))
            }
            ScopeKind::Or(parts) => {
                let told: Option<Vec<_>> = parts.iter().map(of).collect();
                told.map(|told| told.join(" OR "))
            }
            ScopeKind::Comparison {
                field,
                operator: ScopeOperator::Equal,
                value,
            } if field.node.text.starts_with('_') => Some(format!("{field}={value}")),
            _ => None,
        }
    }
    scope.and_then(of).unwrap_or_else(|| "any log".to_owned())
}
