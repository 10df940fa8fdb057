//! Comparisons, and tests with a word for their operator.

use super::cursor::{Cursor, Place};
use crate::detect::cse::syntax::error::SyntaxError;
use crate::detect::cse::syntax::expression::{
    ComparisonOperator, Expression, ExpressionKind, Sense, Test,
};
use crate::detect::cse::syntax::span::{Span, Spanned};

const NEGATABLE: &[&str] = &["`LIKE`", "`RLIKE`", "`IN`", "`BETWEEN`"];

impl Cursor<'_> {
    /// A comparison, a test, or only what could be compared.
    pub(super) fn test(&mut self) -> Result<Expression, SyntaxError> {
        let operand = self.sum()?;
        let end = self.position();
        self.skip_blanks();
        let start = operand.span.start;
        let kind = if let Some(operator) = self.comparison_operator() {
            ExpressionKind::Comparison {
                left: Box::new(operand),
                operator,
                right: Box::new(self.sum()?),
            }
        } else if let Some((sense, test)) = self.predicate()? {
            ExpressionKind::Predicate {
                operand: Box::new(operand),
                sense,
                test,
            }
        } else {
            self.rewind(end);
            return Ok(operand);
        };
        let tested = Spanned::new(kind, self.span_from(start));
        self.refuse_second_test()?;
        Ok(tested)
    }

    fn comparison_operator(&mut self) -> Option<ComparisonOperator> {
        use ComparisonOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        if self.place == Place::ThreatFilter {
            // The page on `hasThreatMatch` writes these two the other way.
            if self.eat("=<") {
                return Some(LessOrEqual);
            }
            if self.eat("=>") {
                return Some(GreaterOrEqual);
            }
        }
        [
            ("==", Equal),
            ("!=", NotEqual),
            ("<>", NotEqual),
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

    fn predicate(&mut self) -> Result<Option<(Sense, Test)>, SyntaxError> {
        if self.eat_word("IS") {
            self.skip_blanks();
            let sense = self.sense();
            self.expect_word("NULL")?;
            return Ok(Some((sense, Test::Null)));
        }
        let sense = self.sense();
        self.skip_blanks();
        let test = if self.eat_word("LIKE") {
            self.like()?
        } else if self.eat_word("RLIKE") {
            self.rlike()?
        } else if self.eat_word("matches") {
            self.glob_or_regex()?
        } else if self.eat_word("IN") {
            self.membership()?
        } else if self.eat_word("BETWEEN") {
            let low = Box::new(self.sum()?);
            self.expect_word("AND")?;
            let high = Box::new(self.sum()?);
            Test::Between { low, high }
        } else if sense == Sense::Negated {
            return Err(self.unexpected(NEGATABLE));
        } else {
            return Ok(None);
        };
        Ok(Some((sense, test)))
    }

    fn sense(&mut self) -> Sense {
        if self.eat_word("NOT") {
            Sense::Negated
        } else {
            Sense::Affirmed
        }
    }

    fn like(&mut self) -> Result<Test, SyntaxError> {
        let pattern = Box::new(self.sum()?);
        let end = self.position();
        self.skip_blanks();
        let escape = if self.eat_word("ESCAPE") {
            Some(self.escape()?)
        } else {
            self.rewind(end);
            None
        };
        Ok(Test::Like { pattern, escape })
    }

    /// The one letter after `ESCAPE`. A backslash is written as two, as one
    /// would take the quote into the text.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        self.skip_blanks();
        let Some(text) = self.quoted()? else {
            return Err(self.unexpected(&["text"]));
        };
        let value = text.node.value();
        let mut letters = value.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            (Some('\\'), Some('\\')) if letters.next().is_none() => Ok('\\'),
            _ => Err(SyntaxError::new(text.span, "an escape is one letter").expecting(&["`'!'`"])),
        }
    }

    fn rlike(&mut self) -> Result<Test, SyntaxError> {
        self.skip_blanks();
        if self.at("/") {
            return Err(self
                .unexpected(&["text"])
                .with_help("write `RLIKE '…'` or `matches /…/`"));
        }
        Ok(Test::Rlike(Box::new(self.sum()?)))
    }

    fn glob_or_regex(&mut self) -> Result<Test, SyntaxError> {
        self.skip_blanks();
        if !self.at("/") || self.at("/*") {
            return Ok(Test::Glob(Box::new(self.sum()?)));
        }
        let start = self.position();
        match self.enclosed('/') {
            Some(regex) => Ok(Test::Regex(regex.to_owned())),
            None => Err(SyntaxError::new(
                Span::new(start, start + 1),
                "this regular expression is never closed",
            )
            .expecting(&["`/`"])
            .with_help("put a backslash before a slash that belongs to it")),
        }
    }

    fn membership(&mut self) -> Result<Test, SyntaxError> {
        self.skip_blanks();
        let opened = self.position();
        if !self.at("(") {
            return Err(self
                .unexpected(&["`(`"])
                .with_help("write the values as `field IN ('a', 'b')`"));
        }
        let values = self.nested(Self::arguments)?;
        if values.is_empty() {
            return Err(
                SyntaxError::new(self.span_from(opened), "this list is empty")
                    .expecting(&["value"]),
            );
        }
        Ok(Test::In(values))
    }

    fn refuse_second_test(&mut self) -> Result<(), SyntaxError> {
        let end = self.position();
        self.skip_blanks();
        let start = self.position();
        if self.comparison_operator().is_none() {
            self.rewind(end);
            return Ok(());
        }
        Err(SyntaxError::new(
            self.span_from(start),
            "a comparison cannot be compared again",
        )
        .expecting(&["`AND`", "`OR`"])
        .with_help("join two comparisons with `AND`"))
    }
}
