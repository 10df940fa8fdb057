//! `count`, `sum`, and their like.

use super::cursor::{Cursor, begins_name, continues_name};
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::expression::Expression;
use crate::detect::sumo::syntax::operator::{
    Aggregate, AggregateFunction, Aggregation, GroupKey, Operator,
};
use crate::detect::sumo::syntax::span::Spanned;

impl Cursor<'_> {
    /// Functions of groups. `min` and `max` of two values are functions of a
    /// row.
    pub(super) fn aggregate_or_assignment(&mut self) -> Result<Operator, SyntaxError> {
        let start = self.position();
        let first = self.aggregation_function()?;
        if first.arguments.len() > 1
            && matches!(
                first.function,
                AggregateFunction::Min | AggregateFunction::Max
            )
        {
            self.rewind(start);
            return self.assignment();
        }
        if first.function == AggregateFunction::Count && self.at_bare_group() {
            let by = self.list(Self::group_key)?;
            return Ok(Operator::Aggregate(Aggregate {
                aggregations: vec![first],
                by,
            }));
        }
        let mut aggregations = vec![self.named_aggregation(first)?];
        while self.eat_mark(",") {
            let next = self.aggregation_function()?;
            aggregations.push(self.named_aggregation(next)?);
        }
        let by = if self.eat_by()? {
            self.list(Self::group_key)?
        } else {
            Vec::new()
        };
        Ok(Operator::Aggregate(Aggregate { aggregations, by }))
    }

    /// Whether fields stand here without a `by`.
    fn at_bare_group(&mut self) -> bool {
        self.skip_blanks();
        self.at("%")
            || (self.peek().is_some_and(begins_name)
                && !["as", "by", "group"].iter().any(|word| self.at_word(word)))
    }

    fn group_key(&mut self) -> Result<GroupKey, SyntaxError> {
        Ok(GroupKey {
            value: self.expression()?,
            name: self.alias()?,
        })
    }

    fn named_aggregation(&mut self, mut function: Aggregation) -> Result<Aggregation, SyntaxError> {
        function.name = self.alias()?;
        Ok(function)
    }

    /// A function and what it is given, without a name for its result.
    pub(super) fn aggregation_function(&mut self) -> Result<Aggregation, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let word = self.take_while(continues_name);
        let Some(function) = AggregateFunction::named(word) else {
            self.rewind(start);
            return Err(self.unexpected(&["`count`", "`sum`", "aggregate function"]));
        };
        self.skip_blanks();
        let arguments = if self.at("(") {
            self.nested(1, Self::aggregation_arguments)?
        } else if function == AggregateFunction::Count {
            Vec::new()
        } else {
            return Err(self.unexpected(&["`(`"]));
        };
        if arguments.is_empty() && function != AggregateFunction::Count {
            return Err(SyntaxError::new(
                self.span_from(start),
                format!("`{}` needs a field", function.name()),
            )
            .expecting(&["field"]));
        }
        Ok(Aggregation {
            function,
            arguments,
            name: None,
        })
    }

    fn aggregation_arguments(&mut self) -> Result<Vec<Expression>, SyntaxError> {
        let mut ahead = self.clone();
        ahead.bump();
        if ahead.eat_mark("*") && ahead.eat_mark(")") {
            self.rewind(ahead.position());
            return Ok(Vec::new());
        }
        self.arguments()
    }

    /// `count_frequent`.
    pub(super) fn count_frequent(&mut self) -> Result<Operator, SyntaxError> {
        self.skip_blanks();
        let opened = self.position();
        if !self.eat("(") {
            return self.fields().map(Operator::CountFrequent);
        }
        let fields = self.fields()?;
        self.expect_closing(')', opened, &["`,`"])?;
        Ok(Operator::CountFrequent(fields))
    }

    /// `withtime`.
    pub(super) fn with_time(&mut self) -> Result<Operator, SyntaxError> {
        let field: Spanned<_> = self.field()?;
        Ok(Operator::WithTime(field))
    }
}
