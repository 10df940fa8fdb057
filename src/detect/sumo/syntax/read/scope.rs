//! The scope.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::name::{Field, FieldName};
use crate::detect::sumo::syntax::scope::{Scope, ScopeKind, ScopeOperator, Value};
use crate::detect::sumo::syntax::span::{Span, Spanned};

const TERM: &[&str] = &["keyword", "field", "text", "`(`"];

impl<'t> Cursor<'t> {
    /// The scope, up to the pipe or the bracket that ends it.
    pub(super) fn scope(&mut self) -> Result<Scope, SyntaxError> {
        let mut terms = Vec::new();
        loop {
            terms.push(self.conjunction()?);
            if !self.eat_scope_word("or") {
                break;
            }
        }
        self.one_or(terms, ScopeKind::Or)
    }

    fn conjunction(&mut self) -> Result<Scope, SyntaxError> {
        let mut terms = vec![self.term()?];
        loop {
            self.skip_blanks();
            let joined = self.eat_scope_word("and");
            if !joined && (self.at_operator_end() || self.at_scope_word("or")) {
                break;
            }
            terms.push(self.term()?);
        }
        self.one_or(terms, ScopeKind::And)
    }

    fn one_or(
        &mut self,
        mut terms: Vec<Scope>,
        many: fn(Vec<Scope>) -> ScopeKind,
    ) -> Result<Scope, SyntaxError> {
        if terms.len() > 1 {
            let start = terms.first().map_or(0, |first| first.span.start);
            let end = terms.last().map_or(start, |last| last.span.end);
            return Ok(Spanned::new(many(terms), Span::new(start, end)));
        }
        match terms.pop() {
            Some(only) => Ok(only),
            None => Err(self.unexpected(TERM)),
        }
    }

    fn term(&mut self) -> Result<Scope, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if self.at_scope_word("not") || (self.at("!") && !self.at("!=")) {
            let term = self.nested(1, |cursor| {
                if !cursor.eat("!") {
                    cursor.eat_scope_word("not");
                }
                cursor.term()
            })?;
            return Ok(Spanned::new(
                ScopeKind::Not(Box::new(term)),
                self.span_from(start),
            ));
        }
        let kind = match self.peek() {
            Some('(') => {
                let inner = self.nested(1, |cursor| cursor.scope_group(start))?;
                return Ok(Spanned::new(inner.node, self.span_from(start)));
            }
            Some('[') => ScopeKind::Subquery(Box::new(self.subquery()?.node)),
            Some('`') => ScopeKind::Macro(self.macro_call()?),
            Some('"') => ScopeKind::Keyword(Value::Quoted(self.text()?.node)),
            Some('%') if self.peek_second() == Some('"') => {
                let field = self.percent_field()?;
                self.skip_blanks();
                match self.scope_operator() {
                    Some(operator) => self.scope_comparison(field, operator)?,
                    None => return Err(self.unexpected(&["`=`", "`!=`"])),
                }
            }
            _ => self.word_term()?,
        };
        Ok(Spanned::new(kind, self.span_from(start)))
    }

    fn scope_group(&mut self, opened: usize) -> Result<Scope, SyntaxError> {
        self.bump();
        if self.eat_mark(")") {
            return Err(
                SyntaxError::new(self.span_from(opened), "these parentheses are empty")
                    .expecting(TERM),
            );
        }
        let inner = self.scope()?;
        self.expect_closing(')', opened, &["keyword"])?;
        Ok(inner)
    }

    /// A keyword, or a field and what it is compared with.
    fn word_term(&mut self) -> Result<ScopeKind, SyntaxError> {
        let start = self.position();
        let word = self.bare_word();
        if word.is_empty() || word.starts_with("/*") || Self::is_scope_operator(word) {
            self.rewind(start);
            return Err(self.unexpected(TERM));
        }
        let name = Spanned::new(FieldName::bare(word), self.span_from(start));
        let end = self.position();
        self.skip_blanks();
        // `a! =b` would be `a!=b` but for the blank: it is neither.
        if word.ends_with('!') && self.at("=") {
            return Err(self.unexpected(TERM));
        }
        if let Some(operator) = self.scope_operator() {
            return self.scope_comparison(name, operator);
        }
        if matches!(self.peek(), Some('<' | '>')) {
            return Err(self.comparison_in_scope());
        }
        if self.eat_scope_word("in") {
            self.skip_blanks();
            if self.at("(") {
                let values = self.scope_values()?;
                return Ok(ScopeKind::In {
                    field: name,
                    values,
                });
            }
        }
        self.rewind(end);
        Ok(match word {
            "*" => ScopeKind::Everything,
            _ => ScopeKind::Keyword(Value::Bare(word.to_owned())),
        })
    }

    fn comparison_in_scope(&self) -> SyntaxError {
        let start = self.position();
        SyntaxError::new(
            Span::new(start, start + 1),
            "the scope does not compare by size",
        )
        .expecting(&["`=`", "`!=`"])
        .with_help("compare in `| where`, or put quotes around a keyword with this letter")
    }

    fn scope_operator(&mut self) -> Option<ScopeOperator> {
        if self.eat("!=") {
            Some(ScopeOperator::NotEqual)
        } else if self.eat("=") {
            Some(ScopeOperator::Equal)
        } else {
            None
        }
    }

    fn scope_comparison(
        &mut self,
        field: Field,
        operator: ScopeOperator,
    ) -> Result<ScopeKind, SyntaxError> {
        self.skip_spaces();
        let value = self.scope_value()?.node;
        Ok(ScopeKind::Comparison {
            field,
            operator,
            value,
        })
    }

    fn scope_values(&mut self) -> Result<Vec<Spanned<Value>>, SyntaxError> {
        let opened = self.position();
        self.bump();
        let values = self.list(|cursor| {
            cursor.skip_blanks();
            cursor.scope_value()
        })?;
        self.expect_closing(')', opened, &["`,`"])?;
        Ok(values)
    }

    fn scope_value(&mut self) -> Result<Spanned<Value>, SyntaxError> {
        let start = self.position();
        if self.at("\"") {
            let text = self.text()?;
            return Ok(Spanned::new(Value::Quoted(text.node), text.span));
        }
        let word = match self.peek() {
            Some('\'' | '=') => "",
            _ => self.take_while(|letter| !ends_value(letter)),
        };
        if word.is_empty() {
            return Err(self.unexpected(&["value"]));
        }
        Ok(Spanned::new(
            Value::Bare(word.to_owned()),
            self.span_from(start),
        ))
    }

    /// A word without quotes, up to what may follow the name of a field.
    fn bare_word(&mut self) -> &'t str {
        let start = self.position();
        if self.at("'") {
            return "";
        }
        loop {
            self.take_while(|letter| {
                !ends_value(letter) && !matches!(letter, '=' | '<' | '>' | '!')
            });
            if !self.at("!") || self.at("!=") {
                return self.since(start);
            }
            self.bump();
        }
    }

    fn is_scope_operator(word: &str) -> bool {
        ["and", "or", "not"]
            .iter()
            .any(|operator| word.eq_ignore_ascii_case(operator))
    }

    /// Whether a word stands here that is an operator of the scope. Unlike a
    /// field's name, a keyword may go on after it with any letter.
    fn at_scope_word(&self, word: &str) -> bool {
        let mut ahead = self.clone();
        ahead.bare_word().eq_ignore_ascii_case(word)
    }

    fn eat_scope_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let found = self.at_scope_word(word);
        if found {
            self.rewind(self.position() + word.len());
        }
        found
    }
}

/// Whether a letter ends a word of the scope.
fn ends_value(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | ')' | '[' | ']' | '|' | ',' | '"' | '`')
}
