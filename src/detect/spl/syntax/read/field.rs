//! Names of fields, words of options, and numbers.

use super::cursor::{Cursor, is_breaker};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::name::{Field, FieldName, Quoting, unescape};
use crate::detect::spl::syntax::options::EventCondition;
use crate::detect::spl::syntax::span::{Span, Spanned};

impl Cursor<'_> {
    /// A field's name in a list of fields. A name may go on with parentheses,
    /// for columns that `stats` named (`count(user)`).
    pub(in crate::detect::spl::syntax) fn field(&mut self) -> Result<Field, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if let Some(quoted) = self.quoted_field()? {
            return Ok(quoted);
        }
        self.take_while(|letter| !ends_field(letter));
        if self.position() > start && self.at("(") {
            self.balanced_parentheses()?;
        }
        let text = self.since(start);
        if text.is_empty() {
            return Err(self.unexpected(&["field"]));
        }
        Ok(Spanned::new(FieldName::bare(text), self.span_from(start)))
    }

    /// A field's name in quotes, if one stands here.
    pub(super) fn quoted_field(&mut self) -> Result<Option<Field>, SyntaxError> {
        let start = self.position();
        let (mark, quoting) = match self.peek() {
            Some('"') => ('"', Quoting::Double),
            Some('\'') => ('\'', Quoting::Single),
            _ => return Ok(None),
        };
        let text = unescape(self.quoted(mark)?, mark);
        Ok(Some(Spanned::new(
            FieldName { text, quoting },
            self.span_from(start),
        )))
    }

    fn balanced_parentheses(&mut self) -> Result<(), SyntaxError> {
        let opened = self.position();
        let mut depth = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                '|' | '[' | ']' | '`' => break,
                '"' => {
                    self.quoted('"')?;
                    continue;
                }
                _ => {}
            }
            self.bump();
            if depth == 0 {
                return Ok(());
            }
        }
        Err(SyntaxError::new(
            Span::new(opened, opened + 1),
            "this parenthesis is never closed",
        )
        .expecting(&["`)`"]))
    }

    /// Fields up to the end of the command, a word, or an option.
    pub(super) fn fields_until(&mut self, words: &[&str]) -> Result<Vec<Field>, SyntaxError> {
        let mut fields = Vec::new();
        loop {
            self.skip_separators();
            if self.at_command_end()
                || self.at("[")
                || self.at_option()
                || words.iter().any(|word| self.at_word(word))
            {
                return Ok(fields);
            }
            fields.push(self.field()?);
        }
    }

    /// `AS name`, if it stands here.
    pub(super) fn alias(&mut self) -> Result<Option<Field>, SyntaxError> {
        let start = self.position();
        self.skip_blanks();
        if self.eat_word("as") {
            return self.field().map(Some);
        }
        self.rewind(start);
        Ok(None)
    }

    /// The value of an option, without quotes and escapes.
    pub(in crate::detect::spl::syntax) fn option_text(
        &mut self,
    ) -> Result<Spanned<String>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if self.at("\"") {
            let text = unescape(self.quoted('"')?, '"');
            return Ok(Spanned::new(text, self.span_from(start)));
        }
        let text = self.take_while(|letter| !letter.is_whitespace() && !is_breaker(letter));
        if text.is_empty() {
            return Err(self.unexpected(&["value"]));
        }
        Ok(Spanned::new(text.to_owned(), self.span_from(start)))
    }

    /// A whole number that stands alone, if one does.
    pub(super) fn count(&mut self) -> Result<Option<u64>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let digits = self.take_while(|letter| letter.is_ascii_digit());
        let alone = self
            .peek()
            .is_none_or(|letter| letter.is_whitespace() || is_breaker(letter));
        if digits.is_empty() || !alone {
            self.rewind(start);
            return Ok(None);
        }
        digits.parse().map(Some).map_err(|_| {
            SyntaxError::new(self.span_from(start), "this number is too large")
                .expecting(&["whole number"])
        })
    }

    /// What begins or ends a transaction.
    pub(in crate::detect::spl::syntax) fn event_condition(
        &mut self,
    ) -> Result<EventCondition, SyntaxError> {
        self.skip_blanks();
        if self.at_word("eval") {
            self.eat_word("eval");
            self.skip_blanks();
            return self.parenthesised_expression().map(EventCondition::Eval);
        }
        if self.at("(") {
            return self.parenthesised_search().map(EventCondition::Search);
        }
        Ok(EventCondition::Text(self.option_text()?.node))
    }
}

fn ends_field(letter: char) -> bool {
    letter.is_whitespace() || is_breaker(letter) || letter == '='
}
