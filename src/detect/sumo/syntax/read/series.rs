//! Operators that look along the rows, and at the same rows of another time.

use super::cursor::{Cursor, continues_name, short};
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::operator::{
    Compare, Operator, Outlier, Parameter, ParameterValue, Predict, Running, RunningFunction,
    Shift, Summary,
};
use crate::detect::sumo::syntax::span::Spanned;

const OUTLIER: &[&str] = &["window", "threshold", "consecutive", "direction"];
const PREDICT: &[&str] = &["model", "ar.window", "forecast"];

impl Cursor<'_> {
    /// `total`.
    pub(super) fn total(&mut self) -> Result<Operator, SyntaxError> {
        self.running(RunningFunction::Total)
    }

    /// `accum`.
    pub(super) fn accum(&mut self) -> Result<Operator, SyntaxError> {
        self.running(RunningFunction::Accum)
    }

    /// `diff`.
    pub(super) fn diff(&mut self) -> Result<Operator, SyntaxError> {
        self.running(RunningFunction::Diff)
    }

    /// `smooth`.
    pub(super) fn smooth(&mut self) -> Result<Operator, SyntaxError> {
        self.running(RunningFunction::Smooth)
    }

    /// `rollingstd`.
    pub(super) fn rolling_std(&mut self) -> Result<Operator, SyntaxError> {
        self.running(RunningFunction::RollingStd)
    }

    /// `backshift`.
    pub(super) fn backshift(&mut self) -> Result<Operator, SyntaxError> {
        self.running(RunningFunction::Backshift)
    }

    fn running(&mut self, function: RunningFunction) -> Result<Operator, SyntaxError> {
        let field = self.field()?;
        let window = if function.has_window() && self.eat_mark(",") {
            Some(self.whole_number()?)
        } else {
            None
        };
        let mut name = self.alias()?;
        let by = self.by_fields()?;
        if name.is_none() {
            name = self.alias()?;
        }
        Ok(Operator::Running(Running {
            function,
            field,
            window,
            name,
            by,
        }))
    }

    /// `compare`.
    pub(super) fn compare(&mut self) -> Result<Operator, SyntaxError> {
        self.eat_word("with");
        let shifts = self.list(Self::shift)?;
        Ok(Operator::Compare(Compare { shifts }))
    }

    fn shift(&mut self) -> Result<Shift, SyntaxError> {
        self.expect_word("timeshift")?;
        let span = self.duration()?;
        let times = self.optional_number()?;
        let summary = [Summary::Avg, Summary::Min, Summary::Max]
            .into_iter()
            .find(|summary| self.eat_word(summary.name()));
        let name = self.alias()?;
        Ok(Shift {
            span,
            times,
            summary,
            name,
        })
    }

    /// `outlier`.
    pub(super) fn outlier(&mut self) -> Result<Operator, SyntaxError> {
        let field = self.field()?;
        let mut by = Vec::new();
        let mut parameters = Vec::new();
        while self.eat_mark(",") || !self.at_operator_end() {
            if by.is_empty() && self.eat_by()? {
                by = self.fields_before_parameters()?;
            } else {
                parameters.push(self.parameter("outlier", OUTLIER)?);
            }
        }
        Ok(Operator::Outlier(Outlier {
            field,
            by,
            parameters,
        }))
    }

    /// Fields up to a comma before `name=value`.
    fn fields_before_parameters(&mut self) -> Result<Vec<Field>, SyntaxError> {
        let mut fields = vec![self.field()?];
        loop {
            let mut ahead = self.clone();
            if !ahead.eat_mark(",") || ahead.at_parameter() {
                return Ok(fields);
            }
            self.rewind(ahead.position());
            fields.push(self.field()?);
        }
    }

    fn at_parameter(&self) -> bool {
        let mut ahead = self.clone();
        ahead.skip_blanks();
        !ahead.take_while(continues_name).is_empty() && ahead.eat_mark("=")
    }

    /// `predict`.
    pub(super) fn predict(&mut self) -> Result<Operator, SyntaxError> {
        let field = self.field()?;
        self.expect_word("by")?;
        let by = self.duration()?;
        let mut parameters = Vec::new();
        while self.eat_mark(",") || !self.at_operator_end() {
            parameters.push(self.parameter("predict", PREDICT)?);
        }
        Ok(Operator::Predict(Predict {
            field,
            by,
            parameters,
        }))
    }

    /// `name=value`.
    pub(super) fn parameter(
        &mut self,
        operator: &str,
        names: &[&str],
    ) -> Result<Parameter, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let word = self.take_while(continues_name);
        let name = Spanned::new(word.to_ascii_lowercase(), self.span_from(start));
        if !names.contains(&name.node.as_str()) {
            if word.is_empty() {
                return Err(self.unexpected(names));
            }
            return Err(SyntaxError::new(
                name.span,
                format!("`{}` is not a parameter of `{operator}`", short(word)),
            )
            .expecting(names));
        }
        self.expect("=")?;
        let value = self.parameter_value()?;
        Ok(Parameter { name, value })
    }

    fn parameter_value(&mut self) -> Result<Spanned<ParameterValue>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let value = if self.at("\"") {
            let text = self.text()?.node;
            if self.eat_mark(";") {
                self.expect_word("strict")?;
                ParameterValue::Strict(text)
            } else {
                ParameterValue::Text(text)
            }
        } else {
            let word = self.take_while(|letter| {
                letter.is_alphanumeric() || matches!(letter, '+' | '-' | '.' | '_')
            });
            if word.is_empty() {
                return Err(self.unexpected(&["value"]));
            }
            ParameterValue::Word(word.to_owned())
        };
        Ok(Spanned::new(value, self.span_from(start)))
    }
}
