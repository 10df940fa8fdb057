//! From text to tree.

mod cursor;
mod expression;
mod operand;
mod pipe;
mod predicate;
mod threat;

use cursor::Cursor;

use super::error::SyntaxError;
use super::expression::Expression;

/// Reads a rule expression.
///
/// # Errors
///
/// If the text is not one expression, with the place and the cause.
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let expression = cursor.whole()?;
    cursor.expect_end()?;
    Ok(expression)
}
