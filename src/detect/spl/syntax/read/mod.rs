//! From text to tree.

mod combine;
mod cursor;
mod expression;
mod field;
mod pipeline;
mod search;
mod shape;
mod statistics;
mod text;

pub(super) use cursor::Cursor;

use super::command::Search;
use super::error::SyntaxError;
use super::expression::Expression;
use super::search::SearchExpression;

/// Reads a search whose macros are expanded.
///
/// # Errors
///
/// If the text is not SPL, with the place and the cause.
pub fn parse(text: &str) -> Result<Search, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let pipeline = cursor.main_pipeline()?;
    Ok(Search { pipeline })
}

/// Reads an expression of `eval` or `where`.
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

/// Reads a condition of `search`.
///
/// # Errors
///
/// If the text is not one condition.
pub fn parse_search_expression(text: &str) -> Result<SearchExpression, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let expression = cursor.search_expression()?;
    cursor.expect_end(&["term"])?;
    Ok(expression)
}
