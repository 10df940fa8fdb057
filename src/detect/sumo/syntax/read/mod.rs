//! From text to tree.

mod aggregate;
mod combine;
mod cursor;
mod expression;
mod field;
mod keyvalue;
mod operand;
mod operator;
mod parsing;
mod query;
mod raw;
mod scope;
mod series;
mod shape;
mod transaction;

use cursor::Cursor;

use super::error::SyntaxError;
use super::expression::Expression;
use super::operator::Query;

/// Reads a query.
///
/// # Errors
///
/// If the text is not a log search, with the place and the cause. A wrong
/// operator is no such error: see [`Operator::Unknown`](super::Operator).
pub fn parse(text: &str) -> Result<Query, SyntaxError> {
    Cursor::new(text).main_query()
}

/// Reads an expression.
///
/// # Errors
///
/// If the text is not one expression.
pub fn parse_expression(text: &str) -> Result<Expression, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let expression = cursor.expression()?;
    cursor.expect_end(&["operator"])?;
    Ok(expression)
}
