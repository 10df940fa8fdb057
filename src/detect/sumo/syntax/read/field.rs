//! Fields, numbers, and lengths of time.

use super::cursor::{Cursor, begins_name, continues_name, short};
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::name::{Field, FieldName, Quoting};
use crate::detect::sumo::syntax::span::{Span, Spanned};
use crate::detect::sumo::syntax::time::{Duration, TimeUnit};

impl Cursor<'_> {
    /// A field.
    pub(super) fn field(&mut self) -> Result<Field, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        match self.peek() {
            Some('%') => self.percent_field(),
            Some(letter) if begins_name(letter) => {
                let name = self.take_while(continues_name);
                Ok(Spanned::new(FieldName::bare(name), self.span_from(start)))
            }
            Some('"') => {
                let text = self.clone().text()?;
                Err(SyntaxError::new(text.span, "this is a text, not a field")
                    .expecting(&["field"])
                    .with_help(format!(
                        "write the field as `%\"{}\"`",
                        short(text.node.raw())
                    )))
            }
            _ => Err(self.unexpected(&["field"])),
        }
    }

    /// `%"name"`, or `%name[0]`.
    pub(super) fn percent_field(&mut self) -> Result<Field, SyntaxError> {
        let start = self.position();
        self.bump();
        if self.at("\"") {
            let text = self.text()?.node.text();
            return Ok(Spanned::new(FieldName::quoted(text), self.span_from(start)));
        }
        let name = self.take_while(|letter| continues_name(letter) || matches!(letter, '[' | ']'));
        if name.is_empty() {
            return Err(self
                .unexpected(&["`\"`", "field"])
                .with_help("a percent sign before a name escapes it: `%\"first name\"`"));
        }
        Ok(Spanned::new(
            FieldName {
                text: name.to_owned(),
                quoting: Quoting::Percent,
            },
            self.span_from(start),
        ))
    }

    /// The name of a new field, which may begin with a digit.
    pub(super) fn new_name(&mut self) -> Result<Field, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        if self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            let name = self.take_while(continues_name);
            return Ok(Spanned::new(FieldName::bare(name), self.span_from(start)));
        }
        self.field()
    }

    pub(super) fn fields(&mut self) -> Result<Vec<Field>, SyntaxError> {
        self.list(Self::field)
    }

    /// The names after `as`, if any, with or without parentheses.
    pub(super) fn names(&mut self) -> Result<Vec<Field>, SyntaxError> {
        if !self.eat_word("as") {
            return Ok(Vec::new());
        }
        self.skip_blanks();
        let opened = self.position();
        if !self.eat("(") {
            return self.name_list();
        }
        let names = self.list(Self::new_name)?;
        self.expect_closing(')', opened, &["`,`"])?;
        Ok(names)
    }

    /// Names with commas between them, up to a comma before another pattern.
    fn name_list(&mut self) -> Result<Vec<Field>, SyntaxError> {
        let mut names = vec![self.new_name()?];
        loop {
            self.skip_blanks();
            let end = self.position();
            if !self.eat(",") {
                return Ok(names);
            }
            self.skip_blanks();
            if self.at("\"") {
                self.rewind(end);
                return Ok(names);
            }
            names.push(self.new_name()?);
        }
    }

    /// The name after `as`, if there is one.
    pub(super) fn alias(&mut self) -> Result<Option<Field>, SyntaxError> {
        if self.eat_word("as") {
            self.new_name().map(Some)
        } else {
            Ok(None)
        }
    }

    /// The fields after `by` or `group by`, if any.
    pub(super) fn by_fields(&mut self) -> Result<Vec<Field>, SyntaxError> {
        if self.eat_by()? {
            self.fields()
        } else {
            Ok(Vec::new())
        }
    }

    pub(super) fn eat_by(&mut self) -> Result<bool, SyntaxError> {
        // `group` alone is `by`, and so are both.
        let is_grouped = self.eat_word("group");
        Ok(self.eat_word("by") || is_grouped)
    }

    /// A whole number.
    pub(super) fn whole_number(&mut self) -> Result<u64, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let word = self.take_while(|letter| letter.is_alphanumeric() || letter == '.');
        match word.parse() {
            Ok(number) => Ok(number),
            Err(_) if word.is_empty() => Err(self.unexpected(&["whole number"])),
            Err(_) => Err(SyntaxError::new(
                self.span_from(start),
                format!("`{}` is not a whole number", short(word)),
            )
            .expecting(&["whole number"])),
        }
    }

    /// A whole number, if one stands here.
    pub(super) fn optional_number(&mut self) -> Result<Option<u64>, SyntaxError> {
        self.skip_blanks();
        if self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.whole_number().map(Some)
        } else {
            Ok(None)
        }
    }

    /// A length of time.
    pub(super) fn duration(&mut self) -> Result<Duration, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let word = self.take_while(|letter| letter.is_alphanumeric() || letter == '.');
        if word.is_empty() {
            return Err(self.unexpected(&["length of time"]));
        }
        let digits = word.trim_end_matches(|letter: char| !letter.is_ascii_digit());
        let unit = word.get(digits.len()..).unwrap_or_default();
        match (digits.parse(), TimeUnit::named(unit)) {
            (Ok(count), Some(unit)) => Ok(Duration { count, unit }),
            _ => Err(not_a_duration(self.span_from(start), word)),
        }
    }
}

fn not_a_duration(span: Span, word: &str) -> SyntaxError {
    SyntaxError::new(span, format!("`{}` is not a length of time", short(word)))
        .expecting(&["length of time"])
        .with_help("write a whole number and a unit: `15m`, `1h`, or `2d`")
}
