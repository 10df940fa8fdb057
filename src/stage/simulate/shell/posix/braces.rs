//! Parsing of `${…}`.

use std::rc::Rc;

use super::parse::{Fault, Parsed, Parser};
use super::syntax::{End, Operation, Parameter, Part, Place, Reach};
use super::words::Until;

impl Parser {
    /// What follows `${`.
    pub(super) fn braced(&mut self, start: usize, until: Until) -> Parsed<Part> {
        let inner = if until.is_quoted() {
            Until::BraceQuoted
        } else {
            Until::Brace
        };
        let mut is_length = false;
        let mut is_indirect = false;
        if self.peek() == Some('#') && !matches!(self.peek_at(1), Some('}' | '#' | '%' | ':')) {
            is_length = true;
            self.at += 1;
        } else if self.peek() == Some('!') && self.peek_at(1) != Some('}') {
            is_indirect = true;
            self.at += 1;
        }
        let mut name = String::new();
        match self.peek() {
            Some(sign @ ('@' | '*' | '#' | '?' | '-' | '$' | '!')) => {
                name.push(sign);
                self.at += 1;
            }
            _ => {
                while let Some(sign) = self
                    .peek()
                    .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '_')
                {
                    name.push(sign);
                    self.at += 1;
                }
            }
        }
        if name.is_empty() {
            return Err(Fault("`${` lacks a name".to_owned()));
        }
        let mut index = None;
        if self.peek() == Some('[') {
            self.at += 1;
            index = Some(self.word(Until::Bracket)?);
            self.close(']')?;
        }
        let mut operation = if is_length {
            Operation::Length
        } else {
            self.operation(inner)?
        };
        if is_indirect && matches!(self.peek(), Some('*' | '@')) {
            self.at += 1;
            operation = Operation::Names;
        }
        self.close('}')?;
        Ok(Part::Parameter(Rc::new(Parameter {
            text: self.slice(start, self.at),
            name,
            index,
            is_indirect,
            operation,
        })))
    }

    pub(super) fn operation(&mut self, until: Until) -> Parsed<Operation> {
        let Some(sign) = self.peek() else {
            return Err(Fault("`}` is missing".to_owned()));
        };
        let is_twice = self.peek_at(1) == Some(sign);
        let reach = if is_twice { Reach::Most } else { Reach::Least };
        let length = if is_twice { 2 } else { 1 };
        Ok(match sign {
            ':' if matches!(self.peek_at(1), Some('-' | '=' | '+' | '?')) => {
                let sign = self.peek_at(1).unwrap_or('-');
                self.at += 2;
                let word = self.word(until)?;
                Operation::Default {
                    sign,
                    also_empty: true,
                    word,
                }
            }
            '-' | '=' | '+' | '?' => {
                self.at += 1;
                let word = self.word(until)?;
                Operation::Default {
                    sign,
                    also_empty: false,
                    word,
                }
            }
            '#' | '%' => {
                self.at += length;
                let pattern = self.word(Until::Brace)?;
                let end = if sign == '#' { End::Front } else { End::Back };
                Operation::Remove {
                    end,
                    reach,
                    pattern,
                }
            }
            '/' => {
                self.at += 1;
                let place = match self.peek() {
                    Some('/') => Place::All,
                    Some('#') => Place::Front,
                    Some('%') => Place::Back,
                    _ => Place::First,
                };
                if place != Place::First {
                    self.at += 1;
                }
                let pattern = self.word(Until::Slash)?;
                let mut with = Vec::new();
                if self.peek() == Some('/') {
                    self.at += 1;
                    with = self.word(Until::Brace)?;
                }
                Operation::Replace {
                    place,
                    pattern,
                    with,
                }
            }
            ':' => {
                self.at += 1;
                let offset = self.word(Until::Colon)?;
                let mut length = None;
                if self.peek() == Some(':') {
                    self.at += 1;
                    length = Some(self.word(Until::Brace)?);
                }
                Operation::Slice { offset, length }
            }
            '^' | ',' => {
                self.at += length;
                Operation::Case { sign, reach }
            }
            '@' if self.peek_at(2) == Some('}') => {
                let kind = self.peek_at(1).unwrap_or('Q');
                self.at += 2;
                Operation::Transform(kind)
            }
            _ => Operation::Value,
        })
    }
}
