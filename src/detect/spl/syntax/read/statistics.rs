//! Commands that count and group.

use super::cursor::{Cursor, is_breaker};
use crate::detect::spl::syntax::aggregation::{Aggregation, Argument, ByField};
use crate::detect::spl::syntax::command::Command;
use crate::detect::spl::syntax::command::statistics::{
    EventStats, EventStatsOptions, Stats, StatsOptions, StreamStats, StreamStatsOptions,
    Transaction, TransactionOptions, Tstats, TstatsOptions, TstatsSource,
};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::name::{FieldName, Quoting};
use crate::detect::spl::syntax::options::{OptionSet, OptionValue, SpanLength};
use crate::detect::spl::syntax::span::{Span, Spanned};

const BY: &[&str] = &["by", "groupby"];

impl Cursor<'_> {
    pub(super) fn stats(&mut self) -> Result<Command, SyntaxError> {
        let mut options = StatsOptions::default();
        let (aggregations, by) = self.statistics("stats", &mut options)?;
        Ok(Command::Stats(Stats {
            options,
            aggregations,
            by,
        }))
    }

    pub(super) fn event_stats(&mut self) -> Result<Command, SyntaxError> {
        let mut options = EventStatsOptions::default();
        let (aggregations, by) = self.statistics("eventstats", &mut options)?;
        Ok(Command::EventStats(EventStats {
            options,
            aggregations,
            by,
        }))
    }

    pub(super) fn stream_stats(&mut self) -> Result<Command, SyntaxError> {
        let mut options = StreamStatsOptions::default();
        let (aggregations, by) = self.statistics("streamstats", &mut options)?;
        Ok(Command::StreamStats(Box::new(StreamStats {
            options,
            aggregations,
            by,
        })))
    }

    fn statistics<O: OptionSet>(
        &mut self,
        command: &str,
        options: &mut O,
    ) -> Result<(Vec<Aggregation>, Vec<ByField>), SyntaxError> {
        let aggregations = self.aggregations(command, options, BY)?;
        let by = self.by(command, options)?;
        Ok((aggregations, by))
    }

    fn aggregations<O: OptionSet>(
        &mut self,
        command: &str,
        options: &mut O,
        words: &[&str],
    ) -> Result<Vec<Aggregation>, SyntaxError> {
        let mut aggregations = Vec::new();
        loop {
            self.options(options)?;
            self.skip_separators();
            let ended = self.at_command_end() || words.iter().any(|word| self.at_word(word));
            if ended && aggregations.is_empty() {
                return Err(self.unexpected(&["function"]));
            }
            if ended {
                return Ok(aggregations);
            }
            self.refuse_option::<O>(command)?;
            aggregations.push(self.aggregation()?);
        }
    }

    fn aggregation(&mut self) -> Result<Aggregation, SyntaxError> {
        let start = self.position();
        // A percentile may have decimals: `perc99.9`.
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
        let function = self.take_while(is_name);
        let ends = |letter: char| letter.is_whitespace() || is_breaker(letter);
        if function.is_empty() || !self.peek().is_none_or(ends) {
            self.rewind(start);
            return Err(self.unexpected(&["function"]));
        }
        let end = self.position();
        self.skip_blanks();
        let argument = if self.at("(") {
            self.nested(1, Self::argument)?
        } else {
            self.rewind(end);
            Argument::None
        };
        Ok(Aggregation {
            function: function.to_ascii_lowercase(),
            argument,
            alias: self.alias()?,
        })
    }

    fn argument(&mut self) -> Result<Argument, SyntaxError> {
        let opened = self.position();
        self.bump();
        self.skip_blanks();
        if self.eat(")") {
            return Ok(Argument::None);
        }
        if self.at_word("eval") {
            let start = self.position();
            self.eat_word("eval");
            self.skip_blanks();
            if self.at("(") {
                let expression = self.parenthesised_expression()?;
                self.expect_closing(')', opened, &[])?;
                return Ok(Argument::Eval(expression));
            }
            self.rewind(start);
        }
        let start = self.position();
        if let Some(field) = self.quoted_field()? {
            self.skip_blanks();
            if self.eat(")") {
                return Ok(Argument::Field(field));
            }
            self.rewind(start);
        }
        self.skip_to_closing(opened)?;
        let text = self.since(start).trim_end();
        let span = Span::new(start, start + text.len());
        self.bump();
        let plain = !text.contains(|letter: char| letter.is_whitespace() || is_breaker(letter));
        Ok(if plain {
            Argument::Field(Spanned::new(FieldName::bare(text), span))
        } else {
            Argument::Raw(text.to_owned())
        })
    }

    /// Skips to the parenthesis that closes the one at a place.
    fn skip_to_closing(&mut self, opened: usize) -> Result<(), SyntaxError> {
        let mut depth = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                ')' if depth == 0 => return Ok(()),
                ')' => depth -= 1,
                '(' => depth += 1,
                '|' | '[' | ']' | '`' => break,
                '"' => {
                    self.quoted('"')?;
                    continue;
                }
                _ => {}
            }
            self.bump();
        }
        Err(SyntaxError::new(
            Span::new(opened, opened + 1),
            "this parenthesis is never closed",
        )
        .expecting(&["`)`"]))
    }

    /// The fields after `BY`, if it stands here.
    fn by<O: OptionSet>(
        &mut self,
        command: &str,
        options: &mut O,
    ) -> Result<Vec<ByField>, SyntaxError> {
        let mut fields: Vec<ByField> = Vec::new();
        self.skip_blanks();
        if !BY.iter().any(|word| self.eat_word(word)) {
            return Ok(fields);
        }
        loop {
            self.options(options)?;
            self.skip_separators();
            if self.at_command_end() {
                break;
            }
            let start = self.position();
            if self.eat_option("span") {
                let span = SpanLength::read(self)?;
                let place = fields
                    .iter()
                    .rposition(|by| by.field.node.text == "_time")
                    .or(fields.len().checked_sub(1));
                match place.and_then(|place| fields.get_mut(place)) {
                    Some(by) => by.span = Some(span),
                    None => {
                        self.rewind(start);
                        return Err(self.unexpected(&["field"]));
                    }
                }
                continue;
            }
            self.refuse_option::<O>(command)?;
            let field = self.field()?;
            fields.push(ByField { field, span: None });
        }
        if fields.is_empty() {
            return Err(self.unexpected(&["field"]));
        }
        Ok(fields)
    }

    pub(super) fn tstats(&mut self) -> Result<Command, SyntaxError> {
        let mut options = TstatsOptions::default();
        let words = ["from", "where", "by", "groupby"];
        let aggregations = self.aggregations("tstats", &mut options, &words)?;
        let source = if self.eat_word("from") {
            Some(self.tstats_source()?)
        } else {
            None
        };
        self.options(&mut options)?;
        self.skip_blanks();
        let condition = if self.eat_word("where") {
            Some(self.search_until(BY)?)
        } else {
            None
        };
        let by = self.by("tstats", &mut options)?;
        Ok(Command::Tstats(Box::new(Tstats {
            options,
            aggregations,
            source,
            condition,
            by,
        })))
    }

    fn tstats_source(&mut self) -> Result<Spanned<TstatsSource>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let source = if self.eat_option("datamodel") {
            let name = self.option_text()?;
            let (model, node) = match name.node.split_once('.') {
                Some((model, node)) => (model, Some(node)),
                None => (name.node.as_str(), None),
            };
            if model.is_empty() || node.is_some_and(str::is_empty) {
                return Err(
                    SyntaxError::new(name.span, "this is not the name of a data model")
                        .expecting(&["data model"])
                        .with_help("write `datamodel=Model` or `datamodel=Model.Node`"),
                );
            }
            TstatsSource::DataModel {
                model: model.to_owned(),
                node: node.map(str::to_owned),
            }
        } else if self.eat_option("sid") {
            TstatsSource::Job(self.option_text()?.node)
        } else {
            let name = self.field()?.node;
            if name.quoting == Quoting::Bare && self.at("=") {
                self.rewind(start);
                return Err(self.unexpected(&["`datamodel=`", "`sid=`", "namespace"]));
            }
            TstatsSource::Namespace(name.text)
        };
        Ok(Spanned::new(source, self.span_from(start)))
    }

    pub(super) fn transaction(&mut self) -> Result<Command, SyntaxError> {
        let mut options = TransactionOptions::default();
        let fields = self.options_and_fields("transaction", &mut options)?;
        Ok(Command::Transaction(Box::new(Transaction {
            fields,
            options,
        })))
    }
}
