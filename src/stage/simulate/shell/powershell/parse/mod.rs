//! Reads scripts.
//!
//! The language has two modes (about_Parsing): what begins with a value is an
//! expression, all else is a command whose words are taken as they stand.

mod command;
mod expression;
mod scan;
mod statement;
mod string;

use super::ast::Block;

/// The most levels that are read: deeper texts are refused, not followed.
const MOST_LEVELS: u16 = 48;

/// A text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) because: String,
}

pub(super) type Read<T> = Result<T, Problem>;

/// A place in a text.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    level: u16,
}

/// Reads a script, or the inside of a script block.
pub(super) fn script(text: &str) -> Read<Block> {
    let mut parser = Parser::new(text);
    let mut block = parser.block_body()?;
    text.clone_into(&mut block.text);
    Ok(block)
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            level: 0,
        }
    }

    fn problem<T>(&self, because: &str) -> Read<T> {
        Err(Problem {
            because: format!("{because} at byte {}", self.at),
        })
    }

    /// Reads something one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.level >= MOST_LEVELS {
            return self.problem("it is nested too deeply");
        }
        self.level += 1;
        let done = read(self);
        self.level -= 1;
        done
    }
}
