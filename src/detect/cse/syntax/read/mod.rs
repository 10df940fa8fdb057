//! From text to tree.

mod cursor;
mod expression;
mod operand;
mod pipe;
mod predicate;
mod threat;

use std::ops::Range;

use cursor::Cursor;

use super::error::SyntaxError;
use super::expression::Expression;

/// Reads a rule expression.
///
/// # Errors
///
/// If the text is not one expression, with the place and the cause.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    parse_part(text, 0..text.len())
}

/// Reads a rule expression that is a part of a text. Its spans are those of the text, so
/// that the expressions of a rule can be told apart by them.
///
/// # Errors
///
/// If the part is not one expression, with the place and the cause.
pub fn parse_part(text: &str, part: Range<usize>) -> Result<Expression, SyntaxError> {
    let before = text.get(..part.end).unwrap_or_default();
    let mut cursor = Cursor::at_byte(before, part.start);
    let expression = cursor.whole()?;
    cursor.expect_end()?;
    Ok(expression)
}
