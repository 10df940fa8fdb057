//! Commands that bring in tables and other searches, or hand results to them.

use super::cursor::Cursor;
use crate::detect::spl::syntax::command::combine::{
    Append, AppendCols, AppendColsOptions, AppendOptions, AppendPipe, AppendPipeOptions, Foreach,
    ForeachOptions, Format, FormatOptions, InputLookup, InputLookupOptions, Join, JoinOptions,
    Lookup, LookupMatch, LookupOptions, OutputLookup, OutputLookupOptions, OutputMode, Return,
    Returned,
};
use crate::detect::spl::syntax::command::{Command, Pipeline};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::name::{Field, unescape};
use crate::detect::spl::syntax::options::OptionSet;
use crate::detect::spl::syntax::span::{Span, Spanned};

const OUTPUT: &[&str] = &["outputnew", "output"];

impl Cursor<'_> {
    pub(super) fn lookup(&mut self) -> Result<Command, SyntaxError> {
        let mut options = LookupOptions::default();
        let table = self.one_field("lookup", &mut options)?;
        let matches = self.lookup_matches()?;
        if matches.is_empty() {
            return Err(self.unexpected(&["field of the table"]));
        }
        let mode = if self.eat_word("outputnew") {
            Some(OutputMode::OutputNew)
        } else if self.eat_word("output") {
            Some(OutputMode::Output)
        } else {
            None
        };
        let mut outputs = Vec::new();
        if mode.is_some() {
            outputs = self.lookup_matches()?;
            if outputs.is_empty() {
                return Err(self.unexpected(&["field of the table"]));
            }
        }
        Ok(Command::Lookup(Lookup {
            options,
            table,
            matches,
            mode,
            outputs,
        }))
    }

    fn lookup_matches(&mut self) -> Result<Vec<LookupMatch>, SyntaxError> {
        let mut matches = Vec::new();
        loop {
            self.skip_separators();
            if self.at_command_end() || OUTPUT.iter().any(|word| self.at_word(word)) {
                return Ok(matches);
            }
            self.refuse_option::<LookupOptions>("lookup")?;
            let column = self.field()?;
            let field = self.alias()?;
            matches.push(LookupMatch { column, field });
        }
    }

    pub(super) fn input_lookup(&mut self) -> Result<Command, SyntaxError> {
        let mut options = InputLookupOptions::default();
        let table = self.one_field("inputlookup", &mut options)?;
        self.skip_blanks();
        let condition = if self.eat_word("where") {
            Some(self.search_expression()?)
        } else {
            None
        };
        Ok(Command::InputLookup(Box::new(InputLookup {
            options,
            table,
            condition,
        })))
    }

    pub(super) fn output_lookup(&mut self) -> Result<Command, SyntaxError> {
        let mut options = OutputLookupOptions::default();
        let table = self.one_field("outputlookup", &mut options)?;
        Ok(Command::OutputLookup(Box::new(OutputLookup {
            options,
            table,
        })))
    }

    pub(super) fn join(&mut self) -> Result<Command, SyntaxError> {
        let mut options = JoinOptions::default();
        let mut fields = Vec::new();
        loop {
            self.options(&mut options)?;
            self.skip_separators();
            self.refuse_option::<JoinOptions>("join")?;
            let more = self.fields_until(&["where"])?;
            if more.is_empty() {
                break;
            }
            fields.extend(more);
        }
        let pairs = if self.eat_word("where") {
            self.join_pairs()?
        } else {
            Vec::new()
        };
        let subsearch = self.subsearch()?;
        Ok(Command::Join(Box::new(Join {
            options,
            fields,
            pairs,
            subsearch,
        })))
    }

    fn join_pairs(&mut self) -> Result<Vec<(Field, Field)>, SyntaxError> {
        let mut pairs = Vec::new();
        loop {
            self.skip_separators();
            if self.at("[") && !pairs.is_empty() {
                return Ok(pairs);
            }
            if !pairs.is_empty() {
                self.eat_word("and");
            }
            let left = self.field()?;
            self.expect("=")?;
            pairs.push((left, self.field()?));
        }
    }

    /// Options and then a subsearch.
    fn options_and_subsearch<O: OptionSet>(
        &mut self,
        command: &str,
        options: &mut O,
    ) -> Result<Spanned<Pipeline>, SyntaxError> {
        self.options(options)?;
        self.skip_separators();
        self.refuse_option::<O>(command)?;
        let subsearch = self.subsearch()?;
        self.options(options)?;
        Ok(subsearch)
    }

    pub(super) fn append(&mut self) -> Result<Command, SyntaxError> {
        let mut options = AppendOptions::default();
        let subsearch = self.options_and_subsearch("append", &mut options)?;
        Ok(Command::Append(Box::new(Append { options, subsearch })))
    }

    pub(super) fn append_pipe(&mut self) -> Result<Command, SyntaxError> {
        let mut options = AppendPipeOptions::default();
        let subpipeline = self.options_and_subsearch("appendpipe", &mut options)?;
        Ok(Command::AppendPipe(AppendPipe {
            run_in_preview: options.run_in_preview,
            subpipeline,
        }))
    }

    pub(super) fn append_cols(&mut self) -> Result<Command, SyntaxError> {
        let mut options = AppendColsOptions::default();
        let subsearch = self.options_and_subsearch("appendcols", &mut options)?;
        Ok(Command::AppendCols(Box::new(AppendCols {
            options,
            subsearch,
        })))
    }

    pub(super) fn foreach(&mut self) -> Result<Command, SyntaxError> {
        let mut options = ForeachOptions::default();
        let fields = self.options_and_fields("foreach", &mut options)?;
        if fields.is_empty() {
            return Err(self.unexpected(&["field"]));
        }
        self.skip_blanks();
        let opened = self.position();
        self.expect("[")?;
        self.skip_blanks();
        let start = self.position();
        self.skip_foreach_body()?;
        let text = self.since(start).trim_end();
        let body = Spanned::new(text.to_owned(), Span::new(start, start + text.len()));
        self.expect_closing(']', opened, &[])?;
        if body.node.is_empty() {
            return Err(
                SyntaxError::new(self.span_from(opened), "these brackets are empty")
                    .expecting(&["command"]),
            );
        }
        Ok(Command::Foreach(Box::new(Foreach {
            options,
            fields,
            body,
        })))
    }

    fn skip_foreach_body(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.skip_raw()?;
            if !self.eat("|") {
                return Ok(());
            }
        }
    }

    pub(super) fn return_command(&mut self) -> Result<Command, SyntaxError> {
        let count = self.count()?;
        let mut fields = Vec::new();
        loop {
            self.skip_separators();
            if self.at_command_end() && !fields.is_empty() {
                return Ok(Command::Return(Return { count, fields }));
            }
            fields.push(self.returned()?);
        }
    }

    fn returned(&mut self) -> Result<Returned, SyntaxError> {
        if self.eat("$") {
            return self.field().map(Returned::Value);
        }
        let field = self.field()?;
        let end = self.position();
        self.skip_blanks();
        if self.eat("=") {
            let alias = field;
            let field = self.field()?;
            return Ok(Returned::Alias { alias, field });
        }
        self.rewind(end);
        Ok(Returned::Field(field))
    }

    pub(super) fn format(&mut self) -> Result<Command, SyntaxError> {
        let mut options = FormatOptions::default();
        self.options(&mut options)?;
        let mut marks = Vec::new();
        self.skip_blanks();
        self.refuse_option::<FormatOptions>("format")?;
        let start = self.position();
        while self.at("\"") {
            marks.push(unescape(self.quoted('"')?, '"'));
            self.options(&mut options)?;
            self.skip_blanks();
        }
        if !matches!(marks.len(), 0 | 6) {
            return Err(SyntaxError::new(
                self.span_from(start),
                "`format` takes six texts or none",
            )
            .expecting(&["six texts"]));
        }
        Ok(Command::Format(Box::new(Format { options, marks })))
    }
}
