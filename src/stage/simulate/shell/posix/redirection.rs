//! Parsing of redirections.

use std::cell::OnceCell;
use std::rc::Rc;

use super::parse::{Fault, Flavour, Parsed, Parser, Pending, ends_word};
use super::syntax::{Part, Redirect, RedirectKind, Word};
use super::words::Until;

impl Parser {
    pub(super) fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let start = self.at;
        let is_bash = self.flavour == Flavour::Bash;
        if is_bash && (self.looks_at("&>>") || self.looks_at("&>")) {
            let appends = self.take("&>>");
            if !appends {
                self.at += 2;
            }
            let word = self.target()?;
            let kind = if appends {
                RedirectKind::AppendBoth(word)
            } else {
                RedirectKind::WriteBoth(word)
            };
            let descriptor = None;
            return Ok(Some(Redirect { descriptor, kind }));
        }
        let mut digits = String::new();
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        let is_operator = matches!(self.peek(), Some('<' | '>'));
        if !is_operator || (digits.is_empty() && self.is_process_substitution()) || digits.len() > 3
        {
            self.at = start;
            return Ok(None);
        }
        let descriptor = digits.parse().ok();
        let kind = if is_bash && self.take("<<<") {
            RedirectKind::HereString(self.target()?)
        } else if self.looks_at("<<") {
            self.at += 2;
            self.here_document()?
        } else if self.take("<&") {
            RedirectKind::Duplicate(self.target()?)
        } else if self.take("<>") {
            RedirectKind::ReadWrite(self.target()?)
        } else if self.take("<") {
            RedirectKind::Read(self.target()?)
        } else if self.take(">>") {
            RedirectKind::Append(self.target()?)
        } else if self.take(">&") {
            let word = self.target()?;
            let is_descriptor = match word.as_slice() {
                [Part::Plain(text)] => {
                    text == "-" || text.trim_end_matches('-').parse::<u32>().is_ok()
                }
                _ => true,
            };
            match descriptor {
                None if is_bash && !is_descriptor => RedirectKind::WriteBoth(word),
                _ => RedirectKind::Duplicate(word),
            }
        } else {
            self.at += 1;
            self.take("|");
            RedirectKind::Write(self.target()?)
        };
        let descriptor = descriptor.or(match kind {
            RedirectKind::Read(_)
            | RedirectKind::ReadWrite(_)
            | RedirectKind::HereString(_)
            | RedirectKind::HereDocument(_) => Some(0),
            RedirectKind::Duplicate(_) if self.text.get(start) == Some(&'<') => Some(0),
            RedirectKind::WriteBoth(_) | RedirectKind::AppendBoth(_) => None,
            _ => Some(1),
        });
        Ok(Some(Redirect { descriptor, kind }))
    }

    pub(super) fn target(&mut self) -> Parsed<Word> {
        self.skip_blanks();
        match self.peek() {
            Some(sign) if !ends_word(sign) || self.is_process_substitution() => {
                self.word(Until::Blank)
            }
            _ => Err(Fault("a redirection lacks its target".to_owned())),
        }
    }

    pub(super) fn here_document(&mut self) -> Parsed<RedirectKind> {
        let strips_tabs = self.take("-");
        self.skip_blanks();
        let start = self.at;
        let word = self.word(Until::Blank)?;
        if self.at == start {
            return Err(Fault("a here-document lacks its end".to_owned()));
        }
        let (delimiter, is_quoted) = super::words::delimiter(&word);
        let body = Rc::new(OnceCell::new());
        self.pending.push(Pending {
            body: Rc::clone(&body),
            delimiter,
            is_quoted,
            strips_tabs,
        });
        Ok(RedirectKind::HereDocument(body))
    }
}
