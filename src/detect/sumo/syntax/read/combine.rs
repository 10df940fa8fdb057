//! Operators that bring in other rows, or put rows elsewhere.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::operator::{
    Join, JoinTable, Lookup, LookupColumn, LookupColumns, LookupCondition, Operator, SaveMode,
    Table,
};
use crate::detect::sumo::syntax::span::Span;

impl Cursor<'_> {
    /// `join`.
    pub(super) fn join(&mut self) -> Result<Operator, SyntaxError> {
        let tables = self.list(Self::join_table)?;
        if let [only] = tables.as_slice() {
            let span = Span::new(only.query.span.start, only.name.span.end);
            return Err(SyntaxError::new(span, "a join needs two tables").expecting(&["`,`"]));
        }
        self.expect_word("on")?;
        let on = self.conditions()?;
        let time_window = if self.eat_word("timewindow") {
            Some(self.duration()?)
        } else {
            None
        };
        Ok(Operator::Join(Join {
            tables,
            on,
            time_window,
        }))
    }

    fn join_table(&mut self) -> Result<JoinTable, SyntaxError> {
        let query = self.parenthesised_query()?;
        self.expect_word("as")?;
        let name = self.new_name()?;
        Ok(JoinTable { query, name })
    }

    /// What has to be equal, with commas or `and` between.
    fn conditions(&mut self) -> Result<Vec<LookupCondition>, SyntaxError> {
        let mut conditions = vec![self.condition()?];
        while self.eat_word("and") || self.eat_mark(",") {
            conditions.push(self.condition()?);
        }
        Ok(conditions)
    }

    fn condition(&mut self) -> Result<LookupCondition, SyntaxError> {
        let left = self.field()?;
        if !self.eat_mark("==") {
            self.expect("=")?;
        }
        let right = self.field()?;
        Ok(LookupCondition { left, right })
    }

    /// `lookup`.
    pub(super) fn lookup(&mut self) -> Result<Operator, SyntaxError> {
        let columns = if self.eat_mark("*") {
            LookupColumns::All
        } else {
            LookupColumns::Named(self.list(Self::lookup_column)?)
        };
        self.expect_word("from")?;
        let table = self.table()?;
        self.expect_word("on")?;
        let on = self.conditions()?;
        Ok(Operator::Lookup(Lookup { columns, table, on }))
    }

    fn lookup_column(&mut self) -> Result<LookupColumn, SyntaxError> {
        Ok(LookupColumn {
            column: self.field()?,
            name: self.alias()?,
        })
    }

    /// Where a table is.
    pub(super) fn table(&mut self) -> Result<Table, SyntaxError> {
        self.skip_blanks();
        if self.at("path://\"") {
            self.eat("path://");
            return Ok(Table::Path(self.text()?.node));
        }
        let place = self.take_while(|letter| {
            !letter.is_whitespace()
                && !matches!(letter, '(' | ')' | '[' | ']' | '|' | ',' | '"' | '`')
        });
        if place.is_empty() {
            return Err(self
                .unexpected(&["`path://\"…\"`"])
                .with_help_if_none(|| "name the table as `path://\"/Library/…\"`".to_owned()));
        }
        Ok(Table::Location(place.to_owned()))
    }

    /// `cat`.
    pub(super) fn cat(&mut self) -> Result<Operator, SyntaxError> {
        self.table().map(Operator::Cat)
    }

    /// `save`.
    pub(super) fn save(&mut self) -> Result<Operator, SyntaxError> {
        let mode = if self.eat_word("append") {
            SaveMode::Append
        } else {
            SaveMode::Replace
        };
        let table = self.table()?;
        Ok(Operator::Save { mode, table })
    }
}
