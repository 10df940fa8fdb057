//! The whole of an expression, and the pipes it may hold.

use super::cursor::{Cursor, begins_name, continues_name};
use crate::detect::cse::syntax::error::SyntaxError;
use crate::detect::cse::syntax::expression::{Expression, ExpressionKind};
use crate::detect::cse::syntax::pipe::{Extraction, Piped};
use crate::detect::cse::syntax::span::{Span, Spanned};

/// Whether a `|` stands before a pipe.
#[derive(Clone, Copy)]
enum Mark {
    Written,
    /// As it may be before the first pipe.
    LeftOut,
    /// Where there must be one.
    Missing,
}

impl Cursor<'_> {
    /// An expression with the pipes before it. The first pipe's mark may be
    /// left out.
    pub(super) fn whole(&mut self) -> Result<Expression, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let mut extractions = Vec::new();
        loop {
            self.skip_blanks();
            let mark = if self.eat("|") {
                Mark::Written
            } else if extractions.is_empty() {
                Mark::LeftOut
            } else {
                Mark::Missing
            };
            self.skip_blanks();
            if self.at_pipe("json", mark) {
                extractions.push(self.extraction()?);
            } else if self.at_pipe("where", mark) {
                self.eat_word("where");
                break;
            } else {
                return match mark {
                    Mark::Written => Err(self.unexpected(&["`json`", "`where`"])),
                    Mark::LeftOut => self.expression(),
                    Mark::Missing => Err(self.unexpected(&["`| where`", "`| json`"])),
                };
            }
        }
        let condition = Box::new(self.expression()?);
        self.refuse_further_pipe()?;
        Ok(Spanned::new(
            ExpressionKind::Piped(Piped {
                extractions,
                condition,
            }),
            self.span_from(start),
        ))
    }

    /// Whether a pipe of this name begins here. Without its mark, it must not
    /// look like a field of that name.
    fn at_pipe(&self, name: &str, mark: Mark) -> bool {
        if !self.at_word(name) {
            return false;
        }
        let after = self.rest().get(name.len()..).unwrap_or_default();
        match mark {
            Mark::Written => true,
            Mark::LeftOut if name == "json" => begins_extraction(after.trim_start()),
            Mark::LeftOut => begins_condition(after.trim_start()),
            Mark::Missing => false,
        }
    }

    fn refuse_further_pipe(&mut self) -> Result<(), SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let marked = self.eat("|");
        self.skip_blanks();
        if !self.at_word("where") {
            self.rewind(start);
            return Ok(());
        }
        let word = if marked { start } else { self.position() };
        let span = Span::new(word, self.position() + "where".len());
        Err(
            SyntaxError::new(span, "only one `where` may stand in an expression")
                .expecting(&["`AND`", "`OR`"]),
        )
    }

    fn extraction(&mut self) -> Result<Extraction, SyntaxError> {
        self.eat_word("json");
        self.skip_blanks();
        if !self.at_word("field") {
            return Err(self.unexpected(&["`field=`"]).with_help(
                "say which field holds the document: `json field=fields \"a.b\" as c`",
            ));
        }
        self.eat_word("field");
        self.expect("=")?;
        let source = self.field()?;
        let first = self.position();
        let mut paths = Vec::new();
        loop {
            self.skip_blanks();
            match self.quoted()? {
                Some(path) => paths.push(path),
                None => return Err(self.unexpected(&["text"])),
            }
            self.skip_blanks();
            if !self.eat(",") {
                break;
            }
        }
        self.expect_word("as")?;
        let mut names = vec![self.alias()?];
        loop {
            self.skip_blanks();
            if !self.eat(",") {
                break;
            }
            names.push(self.alias()?);
        }
        if names.len() != paths.len() {
            let start = paths.first().map_or(first, |path| path.span.start);
            let end = names.last().map_or(start, |name| name.span.end);
            return Err(SyntaxError::new(
                Span::new(start, end),
                "there must be as many names as paths",
            ));
        }
        Ok(Extraction {
            source,
            outputs: paths.into_iter().zip(names).collect(),
        })
    }

    fn alias(&mut self) -> Result<Spanned<String>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if !self.peek().is_some_and(begins_name) {
            return Err(self.unexpected(&["name"]));
        }
        let name = self.take_while(continues_name).to_owned();
        Ok(Spanned::new(name, self.span_from(start)))
    }
}

fn begins_extraction(text: &str) -> bool {
    text.starts_with(['"', '\'']) || first_word(text).eq_ignore_ascii_case("field")
}

fn begins_condition(text: &str) -> bool {
    const TESTS: [&str; 8] = [
        "and", "or", "in", "like", "rlike", "matches", "between", "is",
    ];
    let word = first_word(text);
    let named = !word.is_empty() && !TESTS.iter().any(|test| word.eq_ignore_ascii_case(test));
    named || text.is_empty() || (text.starts_with(['(', '"', '\'', '!']) && !text.starts_with("!="))
}

fn first_word(text: &str) -> &str {
    let end = text.find(|letter| !continues_name(letter));
    &text[..end.unwrap_or(text.len())]
}
