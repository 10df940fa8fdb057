//! What `stats` and its relatives count.

use super::expression::Expression;
use super::name::Field;
use super::options::SpanLength;

/// One column of a table of statistics.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregation {
    /// The function, in lower case (`count`, `values`, `p95`).
    pub function: String,
    /// What it is taken of.
    pub argument: Argument,
    /// The column's name, if it is given one.
    pub alias: Option<Field>,
}

/// What a statistic is taken of.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// Nothing: `count`.
    None,
    /// A field, or with a wildcard several.
    Field(Field),
    /// `eval(…)`.
    Eval(Expression),
    /// Anything else, as written: `sparkline(count, 1h)`.
    Raw(String),
}

/// A field that statistics are split by.
#[derive(Debug, Clone, PartialEq)]
pub struct ByField {
    /// The field.
    pub field: Field,
    /// How wide its bins are. A `span=` anywhere after `_time` is `_time`'s;
    /// where there is no `_time`, it is the field's before it.
    pub span: Option<SpanLength>,
}
