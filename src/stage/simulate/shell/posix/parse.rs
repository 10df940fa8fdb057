//! From a text to commands.
//!
//! The grammar for tree-sitter ties a redirection to the whole of `a || b > f`, and
//! takes the second word of `echo > f b` for a file; who writes a file is what this
//! is about, so commands are parsed here, as POSIX says (Shell Command Language, 2.10).

use std::cell::OnceCell;
use std::rc::Rc;

use super::syntax::{
    Command, CommandKind, Item, Joint, List, Pace, Pipeline, Redirect, RedirectKind, Word,
};
use super::words::Until;

/// Which shell it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Bash.
    Bash,
    /// A shell that knows what POSIX knows, as `dash`.
    Posix,
}

/// Why a text is no script, as a fragment of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault(pub String);

/// What was parsed, or why it could not be.
pub(super) type Parsed<T> = Result<T, Fault>;

/// The most blocks within blocks.
const DEEPEST: usize = 40;

/// A here-document whose text has not come yet.
pub(super) struct Pending {
    pub body: Rc<OnceCell<Word>>,
    pub delimiter: String,
    pub is_quoted: bool,
    pub strips_tabs: bool,
}

/// Parses a script command by command.
pub(super) struct Parser {
    pub(super) text: Vec<char>,
    pub(super) at: usize,
    pub(super) flavour: Flavour,
    pub(super) depth: usize,
    pub(super) pending: Vec<Pending>,
}

/// Words that end a list where a command could begin.
const CLOSING: [&str; 8] = ["then", "do", "done", "fi", "elif", "else", "esac", "}"];

impl Parser {
    pub(super) fn new(text: &str, flavour: Flavour) -> Self {
        Self {
            text: text.chars().collect(),
            at: 0,
            flavour,
            depth: 0,
            pending: Vec::new(),
        }
    }

    /// The commands up to the end of the next line that is complete; `None` at the
    /// end of the text.
    pub(super) fn next_line(&mut self) -> Parsed<Option<List>> {
        self.skip_lines()?;
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let mut items = Vec::new();
        loop {
            items.push(self.item()?);
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some('\n') => {
                    self.take_newline()?;
                    break;
                }
                Some(';') if self.peek_at(1) != Some(';') => {
                    self.at += 1;
                    self.skip_blanks();
                    match self.peek() {
                        None => break,
                        Some('\n') => {
                            self.take_newline()?;
                            break;
                        }
                        Some(_) => {}
                    }
                }
                Some(_)
                    if items
                        .last()
                        .is_some_and(|item| item.pace == Pace::Background) => {}
                Some(sign) => return Err(unexpected(sign)),
            }
        }
        Ok(Some(items))
    }

    /// What is left of the line at which parsing stopped.
    pub(super) fn rest_of_line(&self, from: usize) -> String {
        let rest = self.text.get(from..).unwrap_or_default();
        rest.iter()
            .skip_while(|sign| sign.is_whitespace())
            .take_while(|sign| **sign != '\n')
            .take(300)
            .collect()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    pub(super) fn looks_at(&self, what: &str) -> bool {
        what.chars()
            .enumerate()
            .all(|(ahead, sign)| self.peek_at(ahead) == Some(sign))
    }

    pub(super) fn take(&mut self, what: &str) -> bool {
        let found = self.looks_at(what);
        if found {
            self.at += what.chars().count();
        }
        found
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> String {
        let text: String = self.text.get(from..to).unwrap_or_default().iter().collect();
        text.trim().to_owned()
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => self.at += 2,
                Some('#') if self.begins_word() => {
                    while self.peek().is_some_and(|sign| sign != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn begins_word(&self) -> bool {
        self.at == 0
            || self.text.get(self.at - 1).is_some_and(|before| {
                before.is_whitespace() || matches!(before, ';' | '&' | '|' | '(' | ')')
            })
    }

    fn take_newline(&mut self) -> Parsed<()> {
        self.at += 1;
        for pending in std::mem::take(&mut self.pending) {
            let mut body = String::new();
            while self.at < self.text.len() {
                let start = self.at;
                while self.peek().is_some_and(|sign| sign != '\n') {
                    self.at += 1;
                }
                let line: String = self.text[start..self.at].iter().collect();
                self.at = (self.at + 1).min(self.text.len());
                let line = if pending.strips_tabs {
                    line.trim_start_matches('\t')
                } else {
                    &line
                };
                if line == pending.delimiter {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            let word = if pending.is_quoted {
                vec![super::syntax::Part::Quoted(body)]
            } else {
                let mut inner = Parser::new(&body, self.flavour);
                inner.depth = self.depth + 1;
                inner.word(Until::End)?
            };
            // It is set once: each here-document is pending once.
            let _ = pending.body.set(word);
        }
        Ok(())
    }

    pub(super) fn skip_lines(&mut self) -> Parsed<()> {
        loop {
            self.skip_blanks();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.take_newline()?;
        }
    }

    /// The reserved word or operator that stands here, if a list cannot go on.
    fn is_list_end(&self) -> bool {
        match self.peek() {
            None | Some(')') => true,
            Some(';') => matches!(self.peek_at(1), Some(';' | '&')),
            _ => CLOSING.contains(&self.bare_word().as_str()),
        }
    }

    /// The word that stands here, if there is nothing in it but plain letters.
    pub(super) fn bare_word(&self) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let word: String = rest
            .iter()
            .take_while(|sign| !ends_word(**sign))
            .take(80)
            .collect();
        word
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<()> {
        self.skip_lines()?;
        if self.bare_word() == word {
            self.at += word.len();
            Ok(())
        } else {
            Err(Fault(format!("`{word}` is missing")))
        }
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.bare_word() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(Fault(format!("`{sign}` is missing")))
        }
    }

    /// Commands up to a word or sign that closes what they stand in.
    pub(super) fn list(&mut self) -> Parsed<List> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault("it is nested too deeply".to_owned()));
        }
        let mut items = Vec::new();
        loop {
            self.skip_lines()?;
            if self.is_list_end() {
                break;
            }
            items.push(self.item()?);
            self.skip_blanks();
            match self.peek() {
                Some('\n') => self.take_newline()?,
                Some(';') if !matches!(self.peek_at(1), Some(';' | '&')) => self.at += 1,
                _ if self.is_list_end() => break,
                _ if items
                    .last()
                    .is_some_and(|item| item.pace == Pace::Background) => {}
                Some(sign) => return Err(unexpected(sign)),
                None => break,
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    pub(super) fn filled_list(&mut self) -> Parsed<List> {
        let list = self.list()?;
        if list.is_empty() {
            return Err(Fault("a command is missing".to_owned()));
        }
        Ok(list)
    }

    fn item(&mut self) -> Parsed<Item> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let joint = if self.take("&&") {
                Joint::And
            } else if self.take("||") {
                Joint::Or
            } else {
                break;
            };
            self.skip_lines()?;
            rest.push((joint, self.pipeline()?));
        }
        let pace = if self.peek() == Some('&') {
            self.at += 1;
            Pace::Background
        } else {
            Pace::Foreground
        };
        Ok(Item { first, rest, pace })
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut is_negated = false;
        self.skip_blanks();
        while self.bare_word() == "!" {
            self.at += 1;
            is_negated = !is_negated;
            self.skip_blanks();
        }
        if self.flavour == Flavour::Bash && self.take_word("time") {
            self.skip_blanks();
            self.take_word("-p");
        }
        let mut commands = vec![self.command()?];
        loop {
            self.skip_blanks();
            if self.looks_at("||") || self.peek() != Some('|') {
                break;
            }
            self.at += 1;
            if self.flavour == Flavour::Bash && self.peek() == Some('&') {
                self.at += 1;
                if let Some(last) = commands.last_mut() {
                    last.redirects.push(Redirect {
                        descriptor: Some(2),
                        kind: RedirectKind::Duplicate(vec![super::syntax::Part::Plain(
                            "1".to_owned(),
                        )]),
                    });
                }
            }
            self.skip_lines()?;
            commands.push(self.command()?);
        }
        Ok(Pipeline {
            is_negated,
            commands,
        })
    }

    pub(super) fn command(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        let start = self.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault("it is nested too deeply".to_owned()));
        }
        let compound = self.compound()?;
        let (kind, mut redirects) = match compound {
            Some(kind) => (kind, Vec::new()),
            None => self.simple()?,
        };
        if !matches!(kind, CommandKind::Simple { .. }) {
            loop {
                self.skip_blanks();
                match self.redirect()? {
                    Some(redirect) => redirects.push(redirect),
                    None => break,
                }
            }
        }
        self.depth -= 1;
        Ok(Command {
            kind,
            redirects,
            text: self.slice(start, self.at),
        })
    }

    fn simple(&mut self) -> Parsed<(CommandKind, Vec<Redirect>)> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            let Some(sign) = self.peek() else { break };
            if ends_word(sign) && !self.is_process_substitution() {
                break;
            }
            let may_assign = words.is_empty() || self.is_declaration(&words);
            if may_assign && let Some(assignment) = self.assignment()? {
                if words.is_empty() {
                    assignments.push(assignment);
                } else {
                    words.push(super::words::declared(assignment));
                }
                continue;
            }
            words.push(self.word(Until::Blank)?);
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self
                .peek()
                .map_or_else(|| Fault("a command is missing".to_owned()), unexpected));
        }
        Ok((CommandKind::Simple { assignments, words }, redirects))
    }

    /// Whether the command takes assignments for arguments, which are then not split.
    fn is_declaration(&self, words: &[Word]) -> bool {
        let Some([super::syntax::Part::Plain(name)]) = words.first().map(Vec::as_slice) else {
            return false;
        };
        match name.as_str() {
            "declare" | "typeset" | "export" | "readonly" | "local" => {
                self.flavour == Flavour::Bash
            }
            _ => false,
        }
    }

    pub(super) fn is_process_substitution(&self) -> bool {
        self.flavour == Flavour::Bash
            && matches!(self.peek(), Some('<' | '>'))
            && self.peek_at(1) == Some('(')
    }
}

pub(super) fn unexpected(sign: char) -> Fault {
    Fault(format!("`{sign}` stands where it cannot"))
}

/// Whether a sign ends a word that has no quotes.
pub(super) fn ends_word(sign: char) -> bool {
    sign.is_ascii_whitespace() || matches!(sign, ';' | '&' | '|' | '<' | '>' | '(' | ')')
}

/// Whether it is a name of a variable or function.
pub(super) fn is_name(text: &str) -> bool {
    let mut signs = text.chars();
    signs
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && signs.all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.'))
}
