//! Commands that take text apart and change it.

use super::cursor::{Cursor, is_breaker};
use crate::detect::spl::syntax::command::Command;
use crate::detect::spl::syntax::command::text::{
    Conversion, Convert, ConvertOptions, MakeMv, MakeMvOptions, Regex, RegexTest, Replace,
    Replacement, Rex, RexOptions, Spath, SpathOptions, XmlKv, XmlKvOptions,
};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::name::{Field, FieldName, unescape};
use crate::detect::spl::syntax::span::Spanned;

impl Cursor<'_> {
    pub(super) fn rex(&mut self) -> Result<Command, SyntaxError> {
        let mut options = RexOptions::default();
        self.options(&mut options)?;
        self.skip_blanks();
        self.refuse_option::<RexOptions>("rex")?;
        let pattern = self.pattern()?;
        self.options(&mut options)?;
        self.skip_blanks();
        self.refuse_option::<RexOptions>("rex")?;
        Ok(Command::Rex(Box::new(Rex { options, pattern })))
    }

    /// A regular expression; without quotes it ends at a blank.
    fn pattern(&mut self) -> Result<Spanned<String>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let text = if self.at("\"") {
            unescape(self.quoted('"')?, '"')
        } else {
            self.take_while(|letter| !letter.is_whitespace() && !matches!(letter, '|' | '`' | '"'))
                .to_owned()
        };
        if text.is_empty() {
            return Err(self.unexpected(&["regular expression"]));
        }
        Ok(Spanned::new(text, self.span_from(start)))
    }

    pub(super) fn regex(&mut self) -> Result<Command, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let mut field = None;
        let mut test = RegexTest::Matches;
        if let Some(name) = self.regex_field()? {
            self.skip_blanks();
            if self.eat("!=") {
                test = RegexTest::DiffersFrom;
                field = Some(name);
            } else if self.eat("=") {
                field = Some(name);
            } else {
                self.rewind(start);
            }
        }
        let pattern = self.pattern()?;
        Ok(Command::Regex(Regex {
            field,
            test,
            pattern,
        }))
    }

    fn regex_field(&mut self) -> Result<Option<Field>, SyntaxError> {
        if let Some(field) = self.quoted_field()? {
            return Ok(Some(field));
        }
        let start = self.position();
        self.take_while(|letter| {
            !letter.is_whitespace() && !is_breaker(letter) && letter != '=' && letter != '!'
        });
        let text = self.since(start);
        if text.is_empty() {
            return Ok(None);
        }
        Ok(Some(Spanned::new(
            FieldName::bare(text),
            self.span_from(start),
        )))
    }

    pub(super) fn make_mv(&mut self) -> Result<Command, SyntaxError> {
        let mut options = MakeMvOptions::default();
        let field = self.one_field("makemv", &mut options)?;
        Ok(Command::MakeMv(Box::new(MakeMv { options, field })))
    }

    pub(super) fn convert(&mut self) -> Result<Command, SyntaxError> {
        let mut options = ConvertOptions::default();
        let mut conversions = Vec::new();
        loop {
            self.options(&mut options)?;
            self.skip_separators();
            self.refuse_option::<ConvertOptions>("convert")?;
            if self.at_command_end() && !conversions.is_empty() {
                break;
            }
            conversions.push(self.conversion()?);
        }
        Ok(Command::Convert(Convert {
            time_format: options.time_format,
            conversions,
        }))
    }

    fn conversion(&mut self) -> Result<Conversion, SyntaxError> {
        let function = self.take_while(|letter| letter.is_alphanumeric() || letter == '_');
        if function.is_empty() {
            return Err(self.unexpected(&["function"]));
        }
        self.skip_blanks();
        let opened = self.position();
        if !self.at("(") {
            return Err(self.unexpected(&["`(`"]));
        }
        self.bump();
        let field = self.field()?;
        self.expect_closing(')', opened, &[])?;
        Ok(Conversion {
            function: function.to_ascii_lowercase(),
            field,
            alias: self.alias()?,
        })
    }

    pub(super) fn replace(&mut self) -> Result<Command, SyntaxError> {
        let mut replacements = Vec::new();
        loop {
            self.skip_separators();
            let ended = self.at_command_end() || self.at_word("in");
            if ended && !replacements.is_empty() {
                break;
            }
            let from = self.search_value()?;
            self.skip_blanks();
            if !self.eat_word("with") {
                return Err(self
                    .unexpected(&["`WITH`"])
                    .with_help("write `replace \"old\" WITH \"new\" IN field`"));
            }
            let to = self.search_value()?;
            replacements.push(Replacement { from, to });
        }
        let mut fields = Vec::new();
        if self.eat_word("in") {
            fields = self.fields_until(&[])?;
            if fields.is_empty() {
                return Err(self.unexpected(&["field"]));
            }
        }
        Ok(Command::Replace(Replace {
            replacements,
            fields,
        }))
    }

    pub(super) fn spath(&mut self) -> Result<Command, SyntaxError> {
        let mut options = SpathOptions::default();
        self.options(&mut options)?;
        if !self.at_command_end() && options.path.is_none() {
            self.refuse_option::<SpathOptions>("spath")?;
            options.path = Some(self.field()?);
            self.options(&mut options)?;
        }
        Ok(Command::Spath(Box::new(Spath { options })))
    }

    pub(super) fn xml_kv(&mut self) -> Result<Command, SyntaxError> {
        let mut options = XmlKvOptions::default();
        self.options(&mut options)?;
        if !self.at_command_end() && options.field.is_none() {
            self.refuse_option::<XmlKvOptions>("xmlkv")?;
            options.field = Some(self.field()?);
            self.options(&mut options)?;
        }
        Ok(Command::XmlKv(XmlKv {
            field: options.field,
            max_inputs: options.max_inputs,
        }))
    }
}
