//! Pipelines, subsearches, and which reader a command has.

use super::cursor::{Cursor, SUBSEARCH_DEPTH, is_breaker};
use crate::detect::spl::syntax::command::{Command, Other, Pipeline};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::span::{Span, Spanned};

type Reader<'t> = fn(&mut Cursor<'t>) -> Result<Command, SyntaxError>;

impl Cursor<'_> {
    /// The whole search; what stands before the first pipe is a `search`.
    pub(super) fn main_pipeline(&mut self) -> Result<Pipeline, SyntaxError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            return Err(
                SyntaxError::new(self.here(), "the search is empty").expecting(&["search", "`|`"])
            );
        }
        let mut commands = Vec::new();
        if !self.at("|") {
            let start = self.position();
            if self.at_command_name("search") {
                self.eat_word("search");
            }
            let command = self.search_command()?;
            commands.push(Spanned::new(command, self.span_from(start)));
            self.end_of_command(&commands)?;
        }
        while self.eat("|") {
            commands.push(self.command()?);
            self.end_of_command(&commands)?;
        }
        if self.at("]") {
            return Err(self.stray("this bracket closes nothing"));
        }
        Ok(Pipeline { commands })
    }

    /// Whether a command's name stands here and not a field of that name.
    fn at_command_name(&self, name: &str) -> bool {
        self.at_word(name) && !self.at_option()
    }

    fn stray(&self, message: &str) -> SyntaxError {
        let start = self.position();
        SyntaxError::new(Span::new(start, start + 1), message)
            .with_help("put quotes around text with brackets or parentheses in it")
    }

    fn end_of_command(&mut self, commands: &[Spanned<Command>]) -> Result<(), SyntaxError> {
        if self.at_command_end() {
            return Ok(());
        }
        if self.at(")") {
            return Err(self.stray("this parenthesis closes nothing"));
        }
        let name = commands.last().map_or("", |command| command.node.name());
        let mut error = self.unexpected(&["`|`", "end of the command"]);
        if self.at_option() {
            error.message = format!("`{}` is not an option of `{name}`", self.peek_name());
            error.expected.clear();
        }
        Err(error)
    }

    /// A pipeline in brackets, whose first command may lack its pipe.
    pub(super) fn subsearch(&mut self) -> Result<Spanned<Pipeline>, SyntaxError> {
        self.nested(SUBSEARCH_DEPTH, |cursor| {
            cursor.skip_blanks();
            let opened = cursor.position();
            cursor.expect("[")?;
            cursor.skip_blanks();
            cursor.eat("|");
            let mut commands = vec![cursor.command()?];
            cursor.end_of_command(&commands)?;
            while cursor.eat("|") {
                commands.push(cursor.command()?);
                cursor.end_of_command(&commands)?;
            }
            cursor.expect_closing(']', opened, &["`|`"])?;
            Ok(Spanned::new(
                Pipeline { commands },
                cursor.span_from(opened),
            ))
        })
    }

    fn command(&mut self) -> Result<Spanned<Command>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let name = self
            .take_while(|letter| !letter.is_whitespace() && !is_breaker(letter) && letter != '=');
        if name.is_empty() {
            return Err(self.unexpected(&["command"]));
        }
        let named = Spanned::new(name.to_ascii_lowercase(), self.span_from(start));
        self.skip_blanks();
        if self.at("=") {
            return Err(SyntaxError::new(
                named.span,
                format!("`{name}` is a field, not a command"),
            )
            .expecting(&["command"])
            .with_help("write `search` before a condition"));
        }
        let command = match reader(&named.node) {
            Some(read) => read(self)?,
            None => self.other(named)?,
        };
        let end = start + self.since(start).trim_end().len();
        Ok(Spanned::new(command, Span::new(start, end)))
    }

    /// A command that the tree has no form for.
    fn other(&mut self, name: Spanned<String>) -> Result<Command, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        self.skip_raw()?;
        let text = self.since(start).trim_end();
        let arguments = Spanned::new(text.to_owned(), Span::new(start, start + text.len()));
        Ok(Command::Other(Other { name, arguments }))
    }

    /// Skips to the pipe or the bracket that ends this command, over quotes
    /// and over brackets that open and close.
    pub(super) fn skip_raw(&mut self) -> Result<(), SyntaxError> {
        let mut opened = Vec::new();
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.quoted('"')?;
                    continue;
                }
                '\\' if matches!(self.peek_second(), Some('"' | '\\')) => {
                    self.bump();
                }
                '[' => opened.push(self.position()),
                ']' if opened.pop().is_none() => return Ok(()),
                '|' if opened.is_empty() => return Ok(()),
                _ => {}
            }
            self.bump();
        }
        match opened.pop() {
            Some(start) => Err(SyntaxError::new(
                Span::new(start, start + 1),
                "this bracket is never closed",
            )
            .expecting(&["`]`"])),
            None => Ok(()),
        }
    }

    fn search_command(&mut self) -> Result<Command, SyntaxError> {
        self.search_expression().map(Command::Search)
    }

    fn where_command(&mut self) -> Result<Command, SyntaxError> {
        self.expression().map(Command::Where)
    }
}

fn reader<'t>(name: &str) -> Option<Reader<'t>> {
    Some(match name {
        "search" => Cursor::search_command,
        "where" => Cursor::where_command,
        "eval" => Cursor::eval,
        "table" => Cursor::table,
        "fields" => Cursor::fields,
        "rename" => Cursor::rename,
        "stats" => Cursor::stats,
        "eventstats" => Cursor::event_stats,
        "streamstats" => Cursor::stream_stats,
        "tstats" => Cursor::tstats,
        "sort" => Cursor::sort,
        "dedup" => Cursor::dedup,
        "head" => Cursor::head,
        "tail" => Cursor::tail,
        "rex" => Cursor::rex,
        "regex" => Cursor::regex,
        "fillnull" => Cursor::fill_null,
        "bin" | "bucket" | "discretize" => Cursor::bin,
        "mvexpand" => Cursor::mv_expand,
        "makemv" => Cursor::make_mv,
        "convert" => Cursor::convert,
        "lookup" => Cursor::lookup,
        "inputlookup" => Cursor::input_lookup,
        "outputlookup" => Cursor::output_lookup,
        "spath" => Cursor::spath,
        "xmlkv" => Cursor::xml_kv,
        "join" => Cursor::join,
        "append" => Cursor::append,
        "appendpipe" => Cursor::append_pipe,
        "appendcols" => Cursor::append_cols,
        "foreach" => Cursor::foreach,
        "transaction" => Cursor::transaction,
        "replace" => Cursor::replace,
        "addtotals" => Cursor::add_totals,
        "makeresults" => Cursor::make_results,
        "return" => Cursor::return_command,
        "format" => Cursor::format,
        _ => return None,
    })
}
