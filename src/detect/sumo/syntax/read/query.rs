//! Queries, and queries within them.

use super::cursor::{Cursor, SUBQUERY_DEPTH};
use crate::detect::sumo::syntax::documented::documented_operator;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::operator::{Operator, Query, Subquery};
use crate::detect::sumo::syntax::scope::Scope;
use crate::detect::sumo::syntax::span::{Span, Spanned};

impl Cursor<'_> {
    /// The whole text.
    pub(super) fn main_query(&mut self) -> Result<Query, SyntaxError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Err(
                SyntaxError::new(self.here(), "the query is empty").expecting(&["scope", "`|`"])
            );
        }
        let query = self.query()?;
        match self.peek() {
            None => Ok(query),
            Some(']') => Err(self.stray("this bracket closes nothing")),
            Some(_) => Err(self.stray("this parenthesis closes nothing")),
        }
    }

    fn stray(&self, message: &str) -> SyntaxError {
        let start = self.position();
        SyntaxError::new(Span::new(start, start + 1), message)
            .with_help("put quotes around text with brackets or parentheses in it")
    }

    /// A query, up to the bracket that ends it.
    fn query(&mut self) -> Result<Query, SyntaxError> {
        self.skip_blanks();
        if self.at_table_operator() {
            let operators = self.operators()?;
            return Ok(Query {
                scope: None,
                operators,
            });
        }
        let scope = self.optional_scope()?;
        self.piped(scope)
    }

    fn optional_scope(&mut self) -> Result<Option<Scope>, SyntaxError> {
        if self.at_operator_end() {
            Ok(None)
        } else {
            self.scope().map(Some)
        }
    }

    /// What follows a scope.
    fn piped(&mut self, scope: Option<Scope>) -> Result<Query, SyntaxError> {
        let mut operators = Vec::new();
        if self.at_operator_end() && self.eat("|") {
            operators = self.operators()?;
        }
        Ok(Query { scope, operators })
    }

    /// Whether `cat` stands here, the one operator that needs no scope.
    fn at_table_operator(&self) -> bool {
        let mut ahead = self.clone();
        ahead.eat_word("cat") && {
            ahead.skip_blanks();
            ahead.at("path://") || ahead.at("sumo://")
        }
    }

    /// Operators with pipes between them.
    fn operators(&mut self) -> Result<Vec<Spanned<Operator>>, SyntaxError> {
        let mut operators = Vec::new();
        loop {
            let operator = self.operator()?;
            if !self.at_operator_end() {
                let name = operator.node.name();
                return Err(self
                    .unexpected(&["`|`"])
                    .with_help_if_none(|| format!("this is no part of `{name}`")));
            }
            operators.push(operator);
            if !self.eat("|") {
                return Ok(operators);
            }
        }
    }

    /// A query in parentheses, which is operators and seldom has a scope.
    pub(super) fn parenthesised_query(&mut self) -> Result<Spanned<Query>, SyntaxError> {
        self.nested(SUBQUERY_DEPTH, |cursor| {
            cursor.skip_blanks();
            let opened = cursor.position();
            cursor.expect("(")?;
            cursor.skip_blanks();
            let query = if cursor.at_documented_operator() {
                Query {
                    scope: None,
                    operators: cursor.operators()?,
                }
            } else {
                cursor.query()?
            };
            cursor.expect_closing(')', opened, &["`|`"])?;
            Ok(Spanned::new(query, cursor.span_from(opened)))
        })
    }

    fn at_documented_operator(&self) -> bool {
        let name = self.peek_name();
        let mut after = self.clone();
        after.rewind(self.position() + name.len());
        after.skip_blanks();
        documented_operator(name).is_some() && !after.at("=") && !after.at("!=")
    }

    /// `[subquery: …]`.
    pub(super) fn subquery(&mut self) -> Result<Spanned<Subquery>, SyntaxError> {
        self.nested(SUBQUERY_DEPTH, |cursor| {
            cursor.skip_blanks();
            let opened = cursor.position();
            cursor.expect("[")?;
            cursor.skip_blanks();
            if !cursor.eat_word("subquery") {
                return Err(cursor
                    .unexpected(&["`subquery`"])
                    .with_help("brackets hold a subquery: `[subquery: … | compose field]`"));
            }
            let mut from = None;
            let mut to = None;
            loop {
                if cursor.eat_word("from") {
                    from = Some(cursor.subquery_time()?);
                } else if cursor.eat_word("to") {
                    to = Some(cursor.subquery_time()?);
                } else {
                    break;
                }
            }
            cursor.expect(":")?;
            let query = cursor.query()?;
            cursor.expect_closing(']', opened, &["`|`"])?;
            Ok(Spanned::new(
                Subquery { from, to, query },
                cursor.span_from(opened),
            ))
        })
    }

    /// `=(-15m)`.
    fn subquery_time(&mut self) -> Result<String, SyntaxError> {
        self.expect("=")?;
        self.skip_blanks();
        let opened = self.position();
        self.expect("(")?;
        let time = self.take_while(|letter| !matches!(letter, '(' | ')' | '[' | ']' | '|'));
        let time = time.trim().to_owned();
        self.expect_closing(')', opened, &[])?;
        Ok(time)
    }
}
