//! `parse`, `json`, and what else makes fields of texts.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::operator::{
    Extracted, Json, JsonArrays, JsonMode, Occurrences, Operator, Parse, ParseRegex, ParseTerm,
    ParseXml, References, Split, SplitKind, Unmatched,
};
use crate::detect::sumo::syntax::span::{Span, Spanned};
use crate::detect::sumo::syntax::text::Text;

impl Cursor<'_> {
    /// `parse` in any of its forms.
    pub(super) fn parse_operator(&mut self) -> Result<Operator, SyntaxError> {
        if self.eat_word("regex") {
            return self.parse_regex();
        }
        if self.eat_word("xml") {
            return self.parse_xml();
        }
        if self.eat_word("using") {
            let end = self.position();
            let name = Spanned::new("parse using".to_owned(), Span::new(end - 5, end));
            return self.other(name);
        }
        let field = self.field_option()?;
        let terms = self.list(Self::parse_term)?;
        let unmatched = self.unmatched();
        self.refuse_late_field()?;
        Ok(Operator::Parse(Parse {
            field,
            terms,
            unmatched,
        }))
    }

    fn parse_term(&mut self) -> Result<ParseTerm, SyntaxError> {
        let pattern = self.expect_text("pattern")?;
        let names = self.names()?;
        if names.is_empty() {
            return Err(self.unexpected(&["`as`"]));
        }
        let wildcards = pattern.node.text().matches('*').count();
        check_names(&names, wildcards, "wildcard")?;
        Ok(ParseTerm { pattern, names })
    }

    /// `parse regex`, after its name.
    pub(super) fn parse_regex(&mut self) -> Result<Operator, SyntaxError> {
        let field = self.field_option()?;
        let patterns = self.list(|cursor| cursor.expect_text("regular expression"))?;
        let mut occurrences = Occurrences::First;
        let mut unmatched = Unmatched::Drop;
        loop {
            if self.eat_word("multi") {
                occurrences = Occurrences::Every;
            } else if self.eat_word("nodrop") {
                unmatched = Unmatched::Keep;
            } else {
                break;
            }
        }
        self.refuse_late_field()?;
        Ok(Operator::ParseRegex(ParseRegex {
            field,
            patterns,
            occurrences,
            unmatched,
        }))
    }

    /// `parse xml`, after its name.
    pub(super) fn parse_xml(&mut self) -> Result<Operator, SyntaxError> {
        let field = self.field_option()?;
        let paths = self.list(|cursor| cursor.expect_text("path"))?;
        let names = self.names()?;
        check_names(&names, paths.len(), "path")?;
        let unmatched = self.unmatched();
        self.refuse_late_field()?;
        Ok(Operator::ParseXml(ParseXml {
            field,
            paths,
            names,
            unmatched,
        }))
    }

    /// `field=name`, if it stands here.
    pub(super) fn field_option(&mut self) -> Result<Option<Field>, SyntaxError> {
        if !self.at_option("field") {
            return Ok(None);
        }
        self.eat_word("field");
        self.expect("=")?;
        self.field().map(Some)
    }

    /// Whether an option with a value stands here.
    pub(super) fn at_option(&mut self, name: &str) -> bool {
        let mut ahead = self.clone();
        ahead.eat_word(name) && ahead.eat_mark("=")
    }

    fn refuse_late_field(&mut self) -> Result<(), SyntaxError> {
        if self.at_option("field") {
            return Err(self
                .unexpected(&["`nodrop`", "`|`"])
                .with_help("write `field=` before the pattern"));
        }
        Ok(())
    }

    fn unmatched(&mut self) -> Unmatched {
        if self.eat_word("nodrop") {
            Unmatched::Keep
        } else {
            Unmatched::Drop
        }
    }

    /// `json`.
    pub(super) fn json(&mut self) -> Result<Operator, SyntaxError> {
        let mut field = self.field_option()?;
        if self.eat_word("auto") {
            return self.json_auto(field);
        }
        self.eat_word("keys");
        let paths = self.list(|cursor| cursor.expect_text("path"))?;
        let mut names = Vec::new();
        let mut unmatched = Unmatched::Drop;
        loop {
            if names.is_empty() && self.at_word("as") {
                names = self.names()?;
            } else if self.eat_word("nodrop") {
                unmatched = Unmatched::Keep;
            } else if field.is_none() && self.at_option("field") {
                field = self.field_option()?;
            } else {
                break;
            }
            self.skip_blanks();
        }
        check_names(&names, paths.len(), "path")?;
        Ok(Operator::Json(Json {
            field,
            mode: JsonMode::Paths { paths, names },
            unmatched,
        }))
    }

    fn json_auto(&mut self, mut field: Option<Field>) -> Result<Operator, SyntaxError> {
        let mut max_depth = None;
        let mut arrays = JsonArrays::Whole;
        let mut keys = Vec::new();
        let mut names = Vec::new();
        let mut references = References::Any;
        let mut unmatched = Unmatched::Drop;
        loop {
            self.skip_blanks();
            if max_depth.is_none() && self.eat_word("maxdepth") {
                max_depth = Some(self.whole_number()?);
            } else if self.eat_word("extractarrays") {
                arrays = JsonArrays::Extracted;
            } else if self.eat_word("refonly") {
                references = References::Named;
            } else if self.eat_word("nodrop") {
                unmatched = Unmatched::Keep;
            } else if field.is_none() && self.at_option("field") {
                field = self.field_option()?;
            } else if keys.is_empty() && self.eat_word("keys") {
                keys = self.list(|cursor| cursor.expect_text("key"))?;
            } else if names.is_empty() && !keys.is_empty() && self.at_word("as") {
                names = self.names()?;
            } else {
                break;
            }
        }
        check_names(&names, keys.len(), "key")?;
        Ok(Operator::Json(Json {
            field,
            mode: JsonMode::Auto {
                max_depth,
                arrays,
                keys,
                names,
                references,
            },
            unmatched,
        }))
    }

    /// `csv`.
    pub(super) fn csv(&mut self) -> Result<Operator, SyntaxError> {
        self.split_by(SplitKind::Csv)
    }

    /// `split`.
    pub(super) fn split(&mut self) -> Result<Operator, SyntaxError> {
        self.split_by(SplitKind::Split)
    }

    fn split_by(&mut self, kind: SplitKind) -> Result<Operator, SyntaxError> {
        let field = self.field()?;
        let mut split = Split {
            kind,
            field,
            delimiter: None,
            escape: None,
            quote: None,
            extracted: Vec::new(),
        };
        loop {
            self.skip_blanks();
            self.eat_mark(",");
            if self.at_option("delim") {
                split.delimiter = Some(self.letter_option("delim")?);
            } else if self.at_option("escape") {
                split.escape = Some(self.letter_option("escape")?);
            } else if self.at_option("quote") {
                split.quote = Some(self.letter_option("quote")?);
            } else {
                break;
            }
        }
        self.expect_word("extract")?;
        split.extracted = self.list(Self::extracted)?;
        Ok(Operator::Split(split))
    }

    /// `name='x'`.
    fn letter_option(&mut self, name: &str) -> Result<String, SyntaxError> {
        self.eat_word(name);
        self.expect("=")?;
        self.skip_blanks();
        let start = self.position();
        if self.at("\"") {
            return Ok(self.text()?.node.text());
        }
        if !self.eat("'") {
            return Err(self.unexpected(&["`':'`"]));
        }
        let mut letters = self.rest().chars();
        let first = letters.next();
        if let (Some(letter), Some('\'')) = (first, letters.next()) {
            self.bump();
            self.bump();
            return Ok(letter.to_string());
        }
        let value = self
            .take_while(|letter| letter != '\'' && letter != '|')
            .to_owned();
        if self.eat("'") {
            return Ok(value);
        }
        Err(
            SyntaxError::new(Span::new(start, start + 1), "this quote is never closed")
                .expecting(&["`'`"]),
        )
    }

    fn extracted(&mut self) -> Result<Extracted, SyntaxError> {
        if let Some(index) = self.optional_number()? {
            self.expect_word("as")?;
            let name = self.new_name()?;
            return Ok(Extracted::At { index, name });
        }
        let name = self.field()?;
        Ok(match name.node.text.as_str() {
            "_" => Extracted::Skipped,
            _ => Extracted::Next(name),
        })
    }
}

/// Whether there are as many names as there are things to name, or none.
pub(super) fn check_names(names: &[Field], things: usize, what: &str) -> Result<(), SyntaxError> {
    let (Some(first), Some(last)) = (names.first(), names.last()) else {
        return Ok(());
    };
    if names.len() == things {
        return Ok(());
    }
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    Err(SyntaxError::new(
        Span::new(first.span.start, last.span.end),
        format!(
            "there are {things} {what}{} and {} name{}",
            plural(things),
            names.len(),
            plural(names.len())
        ),
    )
    .with_help(format!("write one name for every {what}")))
}

/// A key without quotes, as a text.
pub(super) fn key_text(word: &str, span: Span) -> Spanned<Text> {
    Spanned::new(Text::new(word), span)
}
