//! Parsing of assignments.

use super::parse::{Fault, Flavour, Parsed, Parser, ends_word};
use super::syntax::{Assigned, Assignment, Word};
use super::words::Until;

impl Parser {
    /// `name=value` or `name[index]+=value`, if that stands here.
    pub(super) fn assignment(&mut self) -> Parsed<Option<Assignment>> {
        let start = self.at;
        let mut name = String::new();
        while let Some(sign) = self.peek().filter(|sign| {
            sign.is_ascii_alphabetic()
                || *sign == '_'
                || (sign.is_ascii_digit() && !name.is_empty())
        }) {
            name.push(sign);
            self.at += 1;
        }
        let mut index = None;
        let is_bash = self.flavour == Flavour::Bash;
        if is_bash && !name.is_empty() && self.peek() == Some('[') {
            self.at += 1;
            index = Some(self.word(Until::Bracket)?);
            if self.peek() != Some(']') {
                self.at = start;
                return Ok(None);
            }
            self.at += 1;
        }
        let appends = is_bash && self.looks_at("+=");
        if appends {
            self.at += 1;
        }
        if name.is_empty() || self.peek() != Some('=') {
            self.at = start;
            return Ok(None);
        }
        self.at += 1;
        if is_bash && self.peek() == Some('(') {
            self.at += 1;
            let value = Assigned::List(self.array()?);
            return Ok(Some(Assignment {
                name,
                index,
                appends,
                value,
            }));
        }
        let value = Assigned::Text(self.word(Until::Blank)?);
        Ok(Some(Assignment {
            name,
            index,
            appends,
            value,
        }))
    }

    pub(super) fn array(&mut self) -> Parsed<Vec<(Option<Word>, Word)>> {
        let mut values = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                Some('\n') => self.at += 1,
                Some(')') => {
                    self.at += 1;
                    return Ok(values);
                }
                Some('[') => {
                    let start = self.at;
                    self.at += 1;
                    let index = self.word(Until::Bracket)?;
                    if self.looks_at("]=") {
                        self.at += 2;
                        values.push((Some(index), self.word(Until::Blank)?));
                    } else {
                        self.at = start;
                        values.push((None, self.word(Until::Blank)?));
                    }
                }
                Some(sign) if !ends_word(sign) => values.push((None, self.word(Until::Blank)?)),
                _ => return Err(Fault("a list lacks its end".to_owned())),
            }
        }
    }
}
