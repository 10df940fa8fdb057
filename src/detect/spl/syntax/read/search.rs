//! Conditions of `search`, by rank: terms side by side and `AND`, `OR`, `NOT`.

use super::cursor::{Cursor, is_breaker};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::name::{Field, FieldName, Quoting};
use crate::detect::spl::syntax::search::{
    SearchExpression, SearchExpressionKind, SearchOperator, TimeModifier,
};
use crate::detect::spl::syntax::span::{Span, Spanned};
use crate::detect::spl::syntax::value::{SearchValue, ValueForm};

const TERM: &[&str] = &["field", "keyword", "`NOT`", "`(`"];

impl Cursor<'_> {
    /// A condition up to the end of the command. Nothing at all is everything.
    pub(super) fn search_expression(&mut self) -> Result<SearchExpression, SyntaxError> {
        self.search_until(&[])
    }

    /// A condition up to one of these words.
    pub(super) fn search_until(&mut self, words: &[&str]) -> Result<SearchExpression, SyntaxError> {
        if self.search_ends(words) {
            return Ok(Spanned::new(SearchExpressionKind::Everything, self.here()));
        }
        self.conjunction(words)
    }

    fn search_ends(&mut self, words: &[&str]) -> bool {
        self.skip_separators();
        self.at_command_end() || self.at(")") || words.iter().any(|word| self.at_word(word))
    }

    fn conjunction(&mut self, words: &[&str]) -> Result<SearchExpression, SyntaxError> {
        let mut terms = vec![self.disjunction(words)?];
        while !self.search_ends(words) {
            if self.eat_operator("AND") && self.search_ends(words) {
                return Err(self.unexpected(TERM));
            }
            terms.push(self.disjunction(words)?);
        }
        Ok(joined(terms, SearchExpressionKind::And))
    }

    fn disjunction(&mut self, words: &[&str]) -> Result<SearchExpression, SyntaxError> {
        let mut terms = vec![self.search_term(words)?];
        loop {
            self.skip_separators();
            if !self.eat_operator("OR") {
                return Ok(joined(terms, SearchExpressionKind::Or));
            }
            if self.search_ends(words) {
                return Err(self.unexpected(TERM));
            }
            terms.push(self.search_term(words)?);
        }
    }

    /// Whether an operator stands here; only capitals are one.
    fn at_operator(&self, word: &str) -> bool {
        self.at(word)
            && self
                .rest()
                .get(word.len()..)
                .and_then(|after| after.chars().next())
                .is_none_or(|after| after.is_whitespace() || is_breaker(after))
    }

    fn eat_operator(&mut self, word: &str) -> bool {
        self.at_operator(word) && self.eat(word)
    }

    fn search_term(&mut self, words: &[&str]) -> Result<SearchExpression, SyntaxError> {
        self.skip_separators();
        let start = self.position();
        if self.at_operator("NOT") {
            return self.nested(1, |cursor| cursor.negated_term(words));
        }
        if self.at_operator("AND") || self.at_operator("OR") {
            return Err(self.unexpected(TERM));
        }
        match self.peek() {
            Some('(') => {
                let inner = self.parenthesised_search()?;
                Ok(Spanned::new(inner.node, self.span_from(start)))
            }
            Some('[') => {
                let kind = SearchExpressionKind::Subsearch(self.subsearch()?.node);
                Ok(Spanned::new(kind, self.span_from(start)))
            }
            _ => self.predicate(),
        }
    }

    fn negated_term(&mut self, words: &[&str]) -> Result<SearchExpression, SyntaxError> {
        let start = self.position();
        self.eat("NOT");
        if self.search_ends(words) {
            return Err(self.unexpected(TERM));
        }
        let term = Box::new(self.search_term(words)?);
        Ok(Spanned::new(
            SearchExpressionKind::Not(term),
            self.span_from(start),
        ))
    }

    /// A condition in parentheses.
    pub(super) fn parenthesised_search(&mut self) -> Result<SearchExpression, SyntaxError> {
        self.nested(1, |cursor| {
            let opened = cursor.position();
            cursor.bump();
            cursor.skip_separators();
            if cursor.eat(")") {
                return Err(SyntaxError::new(
                    cursor.span_from(opened),
                    "these parentheses are empty",
                )
                .expecting(TERM));
            }
            if cursor.at_command_end() {
                cursor.expect_closing(')', opened, TERM)?;
            }
            let inner = cursor.conjunction(&[])?;
            cursor.expect_closing(')', opened, TERM)?;
            Ok(inner)
        })
    }

    /// A comparison or a keyword.
    fn predicate(&mut self) -> Result<SearchExpression, SyntaxError> {
        let start = self.position();
        if let Some(keyword) = self.directive()? {
            return Ok(Spanned::new(
                SearchExpressionKind::Keyword(keyword.node),
                keyword.span,
            ));
        }
        let (field, keyword) = self.left_side()?;
        let end = self.position();
        self.skip_blanks();
        if let Some(operator) = self.search_operator() {
            let value = self.search_value()?;
            let kind = match TimeModifier::from_name(&field.node.text) {
                Some(modifier) if operator == SearchOperator::Equal => {
                    SearchExpressionKind::TimeModifier { modifier, value }
                }
                _ => SearchExpressionKind::Comparison {
                    field,
                    operator,
                    value,
                },
            };
            return Ok(Spanned::new(kind, self.span_from(start)));
        }
        if self.at_word("IN") && self.list_follows() {
            let values = self.value_list()?;
            return Ok(Spanned::new(
                SearchExpressionKind::In { field, values },
                self.span_from(start),
            ));
        }
        self.rewind(end);
        let kind = match keyword.form() {
            ValueForm::Bare if keyword.raw() == "*" => SearchExpressionKind::Everything,
            _ => SearchExpressionKind::Keyword(keyword),
        };
        Ok(Spanned::new(kind, self.span_from(start)))
    }

    /// What stands before an operator, as a field and as a keyword.
    fn left_side(&mut self) -> Result<(Field, SearchValue), SyntaxError> {
        let start = self.position();
        if self.at("\"") {
            let raw = self.quoted('"')?;
            let value = SearchValue::new(raw, ValueForm::Quoted);
            let name = FieldName {
                text: value.text(),
                quoting: Quoting::Double,
            };
            return Ok((Spanned::new(name, self.span_from(start)), value));
        }
        self.take_bare(|cursor, letter| matches!(letter, '=' | '<' | '>') || cursor.at("!="));
        let text = self.since(start);
        if text.is_empty() {
            return Err(self.unexpected(TERM));
        }
        Ok((
            Spanned::new(FieldName::bare(text), self.span_from(start)),
            SearchValue::new(text, ValueForm::Bare),
        ))
    }

    /// Takes a word without quotes. A backslash keeps a quote in the word, and
    /// so do empty parentheses that follow directly: `*GetCurrent()*`.
    fn take_bare(&mut self, ends: impl Fn(&Self, char) -> bool) {
        let start = self.position();
        while let Some(letter) = self.peek() {
            let pair =
                self.at("\\\"") || self.at("\\\\") || (self.at("()") && self.position() > start);
            if pair {
                self.bump();
            } else if letter.is_whitespace() || is_breaker(letter) || ends(self, letter) {
                return;
            }
            self.bump();
        }
    }

    fn search_operator(&mut self) -> Option<SearchOperator> {
        use SearchOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        [
            ("==", Equal),
            ("!=", NotEqual),
            ("<=", LessOrEqual),
            (">=", GreaterOrEqual),
            ("=", Equal),
            ("<", Less),
            (">", Greater),
        ]
        .into_iter()
        .find(|(mark, _)| self.eat(mark))
        .map(|(_, operator)| operator)
    }

    /// `TERM(…)` or `CASE(…)`, if one stands here.
    fn directive(&mut self) -> Result<Option<Spanned<SearchValue>>, SyntaxError> {
        let start = self.position();
        let form = if self.eat("TERM(") {
            ValueForm::Term
        } else if self.eat("CASE(") {
            ValueForm::Case
        } else {
            return Ok(None);
        };
        let inner = self.position();
        if self.at("\"") {
            self.quoted('"')?;
        } else {
            self.take_while(|letter| !matches!(letter, '(' | ')' | '[' | ']' | '|' | '"' | '`'));
        }
        let raw = self.since(inner);
        if raw.trim().is_empty() {
            return Err(self.unexpected(&["term"]));
        }
        let value = SearchValue::new(raw, form);
        self.expect_closing(')', inner - 1, &[])?;
        Ok(Some(Spanned::new(value, self.span_from(start))))
    }

    /// What a field is compared with.
    pub(super) fn search_value(&mut self) -> Result<Spanned<SearchValue>, SyntaxError> {
        self.skip_blanks();
        if let Some(value) = self.directive()? {
            return Ok(value);
        }
        let start = self.position();
        if self.at("\"") {
            let value = SearchValue::new(self.quoted('"')?, ValueForm::Quoted);
            return Ok(Spanned::new(value, self.span_from(start)));
        }
        self.take_bare(|_, _| false);
        let raw = self.since(start);
        if raw.is_empty() {
            let error = self.unexpected(&["value"]);
            return Err(match self.peek() {
                Some('(') => error.with_help("compare with several values by `field IN (a, b)`"),
                _ => error,
            });
        }
        Ok(Spanned::new(
            SearchValue::new(raw, ValueForm::Bare),
            self.span_from(start),
        ))
    }

    /// Takes `IN` if a parenthesis follows.
    fn list_follows(&mut self) -> bool {
        let start = self.position();
        self.eat_word("IN");
        self.skip_blanks();
        let found = self.at("(");
        if !found {
            self.rewind(start);
        }
        found
    }

    fn value_list(&mut self) -> Result<Vec<Spanned<SearchValue>>, SyntaxError> {
        let opened = self.position();
        self.bump();
        let mut values = Vec::new();
        loop {
            self.skip_separators();
            match self.peek() {
                Some(')') if values.is_empty() => {
                    self.bump();
                    return Err(
                        SyntaxError::new(self.span_from(opened), "this list is empty")
                            .expecting(&["value"]),
                    );
                }
                None | Some('|' | ')' | '(' | '[' | ']' | '`') => {
                    self.expect_closing(')', opened, &["value"])?;
                    return Ok(values);
                }
                Some(_) => values.push(self.search_value()?),
            }
        }
    }
}

fn joined(
    mut terms: Vec<SearchExpression>,
    join: impl FnOnce(Vec<SearchExpression>) -> SearchExpressionKind,
) -> SearchExpression {
    match (terms.pop(), terms.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            let start = terms.first().map_or(0, |first| first.span.start);
            let end = last.as_ref().map_or(start, |last| last.span.end);
            terms.extend(last);
            Spanned::new(join(terms), Span::new(start, end))
        }
    }
}
