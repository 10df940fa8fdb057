//! From a text to words: quotes, and what is to be expanded.

use std::rc::Rc;

use super::parse::{Fault, Flavour, Parsed, Parser, ends_word};
use super::syntax::{Assigned, Assignment, Operation, Parameter, Part, Word};

/// Where a word ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At a blank or operator.
    Blank,
    /// At a blank: operators are part of a regular expression.
    Space,
    /// At the end of the text, which is as if within double quotes.
    End,
    /// At a double quote.
    Quote,
    /// At the brace that closes `${`.
    Brace,
    /// The same, within double quotes.
    BraceQuoted,
    /// At a slash, or the brace.
    Slash,
    /// At a colon, or the brace.
    Colon,
    /// At a bracket.
    Bracket,
}

impl Until {
    /// Whether single and double quotes are letters like any other.
    pub(super) fn is_quoted(self) -> bool {
        matches!(self, Self::End | Self::Quote | Self::BraceQuoted)
    }
}

/// An assignment that is an argument, as of `export`: it is neither split nor globbed.
pub(super) fn declared(assignment: Assignment) -> Word {
    let sign = if assignment.appends { "+=" } else { "=" };
    let mut word = vec![Part::Quoted(format!("{}{sign}", assignment.name))];
    match assignment.value {
        Assigned::Text(value) => word.push(Part::Double(value)),
        Assigned::List(values) => {
            word.push(Part::Quoted("(".to_owned()));
            for (_, value) in values {
                word.push(Part::Double(value));
                word.push(Part::Quoted(" ".to_owned()));
            }
            word.push(Part::Quoted(")".to_owned()));
        }
    }
    word
}

/// The text that ends a here-document, and whether any of it is quoted.
pub(super) fn delimiter(word: &Word) -> (String, bool) {
    let mut text = String::new();
    let mut is_quoted = false;
    for part in word {
        match part {
            Part::Plain(plain) => text.push_str(plain),
            Part::Quoted(quoted) => {
                is_quoted = true;
                text.push_str(quoted);
            }
            Part::Double(inner) => {
                is_quoted = true;
                text.push_str(&delimiter(inner).0);
            }
            Part::Parameter(parameter) => text.push_str(&parameter.text),
            Part::Command { text: written, .. } | Part::Process { text: written, .. } => {
                text.push_str(written);
            }
            Part::Arithmetic(_) => {}
        }
    }
    (text, is_quoted)
}

/// Gathers parts, and joins letters to texts.
#[derive(Default)]
struct Gathered {
    parts: Word,
    plain: String,
}

impl Gathered {
    fn push(&mut self, part: Part) {
        self.flush();
        self.parts.push(part);
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.parts
                .push(Part::Plain(std::mem::take(&mut self.plain)));
        }
    }

    fn into_word(mut self) -> Word {
        self.flush();
        self.parts
    }
}

impl Parser {
    /// A word up to its end, which is not taken.
    pub(super) fn word(&mut self, until: Until) -> Parsed<Word> {
        self.depth += 1;
        if self.depth > 60 {
            return Err(Fault("it is nested too deeply".to_owned()));
        }
        let mut gathered = Gathered::default();
        while let Some(sign) = self.peek() {
            if self.is_end(sign, until, &gathered) {
                break;
            }
            match sign {
                '\\' => self.backslash(until, &mut gathered),
                '\'' if !until.is_quoted() => {
                    self.at += 1;
                    let text = self.up_to('\'')?;
                    gathered.push(Part::Quoted(text));
                }
                '"' if until != Until::End => {
                    self.at += 1;
                    let inner = self.word(Until::Quote)?;
                    self.close('"')?;
                    gathered.push(Part::Double(inner));
                }
                '`' => {
                    let part = self.backquotes(until)?;
                    gathered.push(part);
                }
                '$' => self.dollar(until, &mut gathered)?,
                '<' | '>' if until == Until::Blank => {
                    let start = self.at;
                    self.at += 2;
                    let list = Rc::new(self.list()?);
                    self.close(')')?;
                    let text = self.slice(start, self.at);
                    gathered.push(Part::Process { list, text });
                }
                other => {
                    gathered.plain.push(other);
                    self.at += 1;
                }
            }
        }
        self.depth -= 1;
        Ok(gathered.into_word())
    }

    fn is_end(&self, sign: char, until: Until, gathered: &Gathered) -> bool {
        match until {
            Until::Blank => ends_word(sign) && !self.is_process_substitution(),
            Until::Space => sign.is_ascii_whitespace(),
            Until::End => false,
            Until::Quote => sign == '"',
            Until::Brace | Until::BraceQuoted => sign == '}',
            Until::Slash => {
                sign == '}'
                    || (sign == '/' && !(gathered.parts.is_empty() && gathered.plain.is_empty()))
            }
            Until::Colon => matches!(sign, '}' | ':'),
            Until::Bracket => sign == ']',
        }
    }

    pub(super) fn close(&mut self, sign: char) -> Parsed<()> {
        if self.peek() == Some(sign) {
            self.at += 1;
            Ok(())
        } else {
            Err(Fault(format!("`{sign}` is missing")))
        }
    }

    fn up_to(&mut self, end: char) -> Parsed<String> {
        let mut text = String::new();
        while let Some(sign) = self.peek() {
            self.at += 1;
            if sign == end {
                return Ok(text);
            }
            text.push(sign);
        }
        Err(Fault(format!("`{end}` is missing")))
    }

    fn backslash(&mut self, until: Until, gathered: &mut Gathered) {
        let next = self.peek_at(1);
        self.at += 2;
        match next {
            None => {
                self.at = self.text.len();
                gathered.push(Part::Quoted("\\".to_owned()));
            }
            Some('\n') => {}
            Some(sign) if until.is_quoted() => {
                let is_special = matches!(sign, '$' | '`' | '\\')
                    || (sign == '"' && until != Until::End)
                    || (sign == '}' && until == Until::BraceQuoted);
                let text = if is_special {
                    sign.to_string()
                } else {
                    format!("\\{sign}")
                };
                gathered.push(Part::Quoted(text));
            }
            Some(sign) => gathered.push(Part::Quoted(sign.to_string())),
        }
    }

    fn backquotes(&mut self, until: Until) -> Parsed<Part> {
        let start = self.at;
        self.at += 1;
        let mut inner = String::new();
        loop {
            match self.peek() {
                None => return Err(Fault("a backquote is missing".to_owned())),
                Some('`') => break,
                Some('\\') => {
                    match self.peek_at(1) {
                        Some(sign @ ('`' | '\\' | '$')) => inner.push(sign),
                        Some('"') if until == Until::Quote => inner.push('"'),
                        Some(sign) => inner.extend(['\\', sign]),
                        None => {}
                    }
                    self.at += 2;
                }
                Some(sign) => {
                    inner.push(sign);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        let text = self.slice(start, self.at);
        let mut parser = Parser::new(&inner, self.flavour);
        parser.depth = self.depth;
        let list = parser.list()?;
        if parser.at < parser.text.len() {
            return Err(Fault("a command within backquotes is not whole".to_owned()));
        }
        let list = Rc::new(list);
        Ok(Part::Command { list, text })
    }

    fn dollar(&mut self, until: Until, gathered: &mut Gathered) -> Parsed<()> {
        let start = self.at;
        let is_bash = self.flavour == Flavour::Bash;
        match self.peek_at(1) {
            Some('(') => {
                if self.peek_at(2) == Some('(')
                    && let Some(word) = self.arithmetic(3)?
                {
                    gathered.push(Part::Arithmetic(word));
                    return Ok(());
                }
                self.at += 2;
                let list = Rc::new(self.list()?);
                self.close(')')?;
                let text = self.slice(start, self.at);
                gathered.push(Part::Command { list, text });
            }
            Some('{') => {
                self.at += 2;
                let part = self.braced(start, until)?;
                gathered.push(part);
            }
            Some('\'') if is_bash && !until.is_quoted() => {
                self.at += 2;
                let text = self.ansi_text()?;
                gathered.push(Part::Quoted(text));
            }
            Some('"') if is_bash && !until.is_quoted() => self.at += 1,
            Some(sign) if sign.is_ascii_alphabetic() || sign == '_' => {
                self.at += 1;
                let mut name = String::new();
                while let Some(sign) = self
                    .peek()
                    .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '_')
                {
                    name.push(sign);
                    self.at += 1;
                }
                gathered.push(plain_parameter(name));
            }
            Some(sign)
                if sign.is_ascii_digit()
                    || matches!(sign, '@' | '*' | '#' | '?' | '-' | '$' | '!') =>
            {
                self.at += 2;
                gathered.push(plain_parameter(sign.to_string()));
            }
            _ => {
                gathered.plain.push('$');
                self.at += 1;
            }
        }
        Ok(())
    }

    fn ansi_text(&mut self) -> Parsed<String> {
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(Fault("`'` is missing".to_owned())),
                Some('\'') => {
                    self.at += 1;
                    return Ok(super::escape::decode(&text, super::escape::Style::Ansi).text);
                }
                Some('\\') => {
                    text.push('\\');
                    text.extend(self.peek_at(1));
                    self.at += 2;
                }
                Some(sign) => {
                    text.push(sign);
                    self.at += 1;
                }
            }
        }
    }

    /// What stands between parentheses up to the `))` that closes them; `None`, and
    /// nothing is taken, if there is none. `signs` are what opens it.
    pub(super) fn balanced(&mut self, signs: usize) -> Option<String> {
        let start = self.at + signs;
        let mut depth = 0usize;
        let mut at = start;
        loop {
            match self.text.get(at)? {
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                ')' => {
                    if self.text.get(at + 1) != Some(&')') {
                        return None;
                    }
                    self.at = at + 2;
                    return Some(self.text.get(start..at)?.iter().collect());
                }
                '\\' => at += 1,
                '\'' => {
                    at += 1;
                    while *self.text.get(at)? != '\'' {
                        at += 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// An arithmetic expression behind that many opening signs; `None` if it is a
    /// subshell after all.
    pub(super) fn arithmetic(&mut self, signs: usize) -> Parsed<Option<Word>> {
        let Some(text) = self.balanced(signs) else {
            return Ok(None);
        };
        let mut inner = Parser::new(&text, self.flavour);
        inner.depth = self.depth + 1;
        inner.word(Until::End).map(Some)
    }
}

fn plain_parameter(name: String) -> Part {
    Part::Parameter(Rc::new(Parameter {
        text: format!("${name}"),
        name,
        index: None,
        is_indirect: false,
        operation: Operation::Value,
    }))
}
