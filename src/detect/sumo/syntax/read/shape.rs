//! Operators that choose, order, and arrange rows and fields.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::operator::{
    Carry, Compose, Dedup, Direction, Duplicates, FieldsMode, FillMissing, FillValue, Generator,
    GeoIp, Operator, Returned, Sort, SortKey, Timeslice, Top, TopK, Transpose, TransposeOutput,
    Width,
};

impl Cursor<'_> {
    /// `where`.
    pub(super) fn where_operator(&mut self) -> Result<Operator, SyntaxError> {
        self.expression().map(Operator::Where)
    }

    /// `fields`.
    pub(super) fn fields_operator(&mut self) -> Result<Operator, SyntaxError> {
        let mode = if self.eat_mark("-") {
            FieldsMode::Remove
        } else {
            FieldsMode::Keep
        };
        let fields = self.fields()?;
        Ok(Operator::Fields { mode, fields })
    }

    /// `timeslice`.
    pub(super) fn timeslice(&mut self) -> Result<Operator, SyntaxError> {
        let by = self.eat_word("by");
        let width = if !by && (self.at_operator_end() || self.at_word("as")) {
            None
        } else {
            Some(self.width()?)
        };
        let name = self.alias()?;
        Ok(Operator::Timeslice(Timeslice { width, name }))
    }

    fn width(&mut self) -> Result<Width, SyntaxError> {
        self.skip_blanks();
        let mut ahead = self.clone();
        let digits = ahead.take_while(|letter| letter.is_ascii_digit());
        if digits.is_empty() || ahead.peek().is_some_and(char::is_alphanumeric) {
            return self.duration().map(Width::Span);
        }
        let count = self.whole_number()?;
        if !self.eat_word("bucket") {
            self.expect_word("buckets")?;
        }
        Ok(Width::Buckets(count))
    }

    /// `sort` or `order`.
    pub(super) fn sort(&mut self) -> Result<Operator, SyntaxError> {
        self.eat_word("by");
        let keys = self.list(Self::sort_key)?;
        Ok(Operator::Sort(Sort { keys }))
    }

    fn sort_key(&mut self) -> Result<SortKey, SyntaxError> {
        let sign = if self.eat_mark("+") {
            Some(Direction::Ascending)
        } else if self.eat_mark("-") {
            Some(Direction::Descending)
        } else {
            None
        };
        let field = self.field()?;
        let direction = match sign {
            Some(_) => sign,
            None if self.eat_word("asc") => Some(Direction::Ascending),
            None if self.eat_word("desc") => Some(Direction::Descending),
            None => None,
        };
        Ok(SortKey { field, direction })
    }

    /// `top`.
    pub(super) fn top(&mut self) -> Result<Operator, SyntaxError> {
        let count = self.whole_number()?;
        let fields = self.fields()?;
        let by = if self.eat_by()? {
            self.list(Self::expression)?
        } else {
            Vec::new()
        };
        Ok(Operator::Top(Top { count, fields, by }))
    }

    /// `topk`.
    pub(super) fn top_k(&mut self) -> Result<Operator, SyntaxError> {
        self.skip_blanks();
        let opened = self.position();
        self.expect("(")?;
        let count = self.whole_number()?;
        self.expect(",")?;
        let fields = self.fields()?;
        self.expect_closing(')', opened, &["`,`"])?;
        let by = self.by_fields()?;
        Ok(Operator::TopK(TopK { count, fields, by }))
    }

    /// `limit`.
    pub(super) fn limit(&mut self) -> Result<Operator, SyntaxError> {
        self.whole_number().map(Operator::Limit)
    }

    /// `dedup`.
    pub(super) fn dedup(&mut self) -> Result<Operator, SyntaxError> {
        let duplicates = if self.eat_word("consecutive") {
            Duplicates::Consecutive
        } else {
            Duplicates::Anywhere
        };
        let count = self.optional_number()?;
        let by = self.by_fields()?;
        Ok(Operator::Dedup(Dedup {
            duplicates,
            count,
            by,
        }))
    }

    /// `fillmissing`.
    pub(super) fn fill_missing(&mut self) -> Result<Operator, SyntaxError> {
        let generators = self.list(Self::generator)?;
        let mut values = Vec::new();
        let mut carry = Carry::Nothing;
        loop {
            if self.eat_word("takelast") {
                carry = Carry::Last;
            } else if values.is_empty() && self.eat_word("with") {
                values = self.list(Self::fill_value)?;
            } else {
                break;
            }
        }
        Ok(Operator::FillMissing(FillMissing {
            generators,
            values,
            carry,
        }))
    }

    fn generator(&mut self) -> Result<Generator, SyntaxError> {
        if self.eat_word("timeslice") {
            self.skip_blanks();
            let opened = self.position();
            let width = if self.eat("(") {
                let width = self.duration()?;
                self.expect_closing(')', opened, &[])?;
                Some(width)
            } else {
                None
            };
            let field = if self.eat_word("in") {
                Some(self.field()?)
            } else {
                None
            };
            return Ok(Generator::Timeslice { width, field });
        }
        if !self.eat_word("values") {
            return Err(self.unexpected(&["`timeslice`", "`values`"]));
        }
        if self.eat_word("all") {
            self.expect_word("in")?;
            return Ok(Generator::All {
                field: self.field()?,
            });
        }
        self.skip_blanks();
        let opened = self.position();
        self.expect("(")?;
        let values = self.list(|cursor| cursor.expect_text("text"))?;
        self.expect_closing(')', opened, &["`,`"])?;
        self.expect_word("in")?;
        let field = self.field()?;
        Ok(Generator::Values { values, field })
    }

    fn fill_value(&mut self) -> Result<FillValue, SyntaxError> {
        let value = self.signed()?;
        self.expect_word("for")?;
        let field = self.field()?;
        Ok(FillValue { value, field })
    }

    /// `transpose`.
    pub(super) fn transpose(&mut self) -> Result<Operator, SyntaxError> {
        self.expect_word("row")?;
        let rows = self.fields()?;
        self.expect_word("column")?;
        let columns = self.fields()?;
        let outputs = if self.eat_word("as") {
            self.list(Self::transpose_output)?
        } else {
            Vec::new()
        };
        Ok(Operator::Transpose(Transpose {
            rows,
            columns,
            outputs,
        }))
    }

    fn transpose_output(&mut self) -> Result<TransposeOutput, SyntaxError> {
        if self.eat_mark("*") {
            Ok(TransposeOutput::Others)
        } else {
            self.field().map(TransposeOutput::Column)
        }
    }

    /// `geoip`.
    pub(super) fn geo_ip(&mut self) -> Result<Operator, SyntaxError> {
        let field = self.field()?;
        let mut optional = Vec::new();
        while self.eat_mark(",") || !self.at_operator_end() {
            optional.push(self.field()?);
        }
        Ok(Operator::GeoIp(GeoIp { field, optional }))
    }

    /// `compose`.
    pub(super) fn compose(&mut self) -> Result<Operator, SyntaxError> {
        let fields = self.fields()?;
        let mut max_results = None;
        let mut returned = Returned::Conditions;
        loop {
            if max_results.is_none() && self.eat_word("maxresults") {
                self.expect("=")?;
                max_results = Some(self.whole_number()?);
            } else if self.eat_word("keywords") {
                returned = Returned::Keywords;
            } else {
                break;
            }
        }
        Ok(Operator::Compose(Compose {
            fields,
            max_results,
            returned,
        }))
    }
}
