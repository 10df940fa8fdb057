//! A place in the text, and the small steps from it.

use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::options::OptionSet;
use crate::detect::spl::syntax::span::{Span, Spanned};

/// How deep parentheses, signs, and subsearches may nest.
const DEPTH: usize = 64;

/// How much of the depth a subsearch takes: its commands nest, too.
pub(super) const SUBSEARCH_DEPTH: usize = 4;

/// Where the reader stands.
#[derive(Clone)]
pub(in crate::detect::spl::syntax) struct Cursor<'t> {
    text: &'t str,
    position: usize,
    depth: usize,
}

impl<'t> Cursor<'t> {
    pub(in crate::detect::spl::syntax) fn new(text: &'t str) -> Self {
        Self {
            text,
            position: 0,
            depth: 0,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn rewind(&mut self, position: usize) {
        self.position = position;
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    pub(super) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    pub(super) fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.position)
    }

    pub(super) fn here(&self) -> Span {
        Span::new(self.position, self.position)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.position += letter.len_utf8();
        Some(letter)
    }

    pub(super) fn at(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.at(text);
        if found {
            self.position += text.len();
        }
        found
    }

    /// Takes letters for as long as a test holds.
    pub(super) fn take_while(&mut self, mut test: impl FnMut(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !test(letter))
            .unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Skips blanks and commas, which separate the items of most lists.
    pub(super) fn skip_separators(&mut self) {
        self.take_while(|letter| letter.is_whitespace() || letter == ',');
    }

    /// Whether nothing more of this command follows.
    pub(super) fn at_command_end(&mut self) -> bool {
        self.skip_blanks();
        matches!(self.peek(), None | Some('|' | ']'))
    }

    /// Whether a word stands here, whatever its case, and ends where it ends.
    pub(super) fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .and_then(|after| after.chars().next())
                .is_some_and(is_name_letter)
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.position += word.len();
        }
        found
    }

    /// The letters, digits, and underscores that stand here.
    pub(super) fn peek_name(&self) -> &'t str {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        &rest[..length]
    }

    /// What stands between two marks, the first of which is here. A backslash
    /// keeps the mark after it from ending the text.
    pub(super) fn quoted(&mut self, mark: char) -> Result<&'t str, SyntaxError> {
        let start = self.position;
        self.bump();
        let inner = self.position;
        while let Some(letter) = self.bump() {
            if letter == '\\' {
                self.bump();
            } else if letter == mark {
                return Ok(self
                    .text
                    .get(inner..self.position - mark.len_utf8())
                    .unwrap_or_default());
            }
        }
        self.position = self.text.len();
        Err(SyntaxError::new(
            Span::new(start, start + mark.len_utf8()),
            "this quote is never closed",
        )
        .expecting(&[if mark == '"' { "`\"`" } else { "`'`" }])
        .with_help("put a backslash before a quote that belongs to the text"))
    }

    /// Reads one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        levels: usize,
        read: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth + levels > DEPTH {
            let mut span = self.here();
            span.end += self.peek().map_or(0, char::len_utf8);
            return Err(SyntaxError::new(span, "this nests too deeply")
                .with_help(format!("at most {DEPTH} levels are read")));
        }
        self.depth += levels;
        let result = read(self);
        self.depth -= levels;
        result
    }

    /// The word or the letter that stands here.
    fn lexeme(&self) -> Spanned<&'t str> {
        let rest = self.rest();
        let length = match rest.chars().next() {
            None => 0,
            Some(letter) if is_breaker(letter) || letter == '=' => letter.len_utf8(),
            Some(_) => rest
                .find(|letter: char| letter.is_whitespace() || is_breaker(letter) || letter == '=')
                .unwrap_or(rest.len()),
        };
        Spanned::new(
            &rest[..length],
            Span::new(self.position, self.position + length),
        )
    }

    /// What stands here cannot, and what could.
    pub(super) fn unexpected(&mut self, expected: &[&str]) -> SyntaxError {
        self.skip_blanks();
        let lexeme = self.lexeme();
        let error = match lexeme.node {
            "" => SyntaxError::new(lexeme.span, "the search ends too early"),
            "|" => SyntaxError::new(lexeme.span, "the command ends too early"),
            "]" => SyntaxError::new(lexeme.span, "the bracket closes too early"),
            "`" => SyntaxError::new(lexeme.span, "a backtick cannot stand here"),
            word => SyntaxError::new(lexeme.span, format!("`{}` cannot stand here", short(word))),
        };
        match lexeme.node {
            "`" => error.with_help("macros are expanded before the search is read"),
            _ => error,
        }
        .expecting(expected)
    }

    /// Takes a mark, or says that it is missing.
    pub(super) fn expect(&mut self, mark: &str) -> Result<(), SyntaxError> {
        self.skip_blanks();
        if self.eat(mark) {
            Ok(())
        } else {
            Err(self.unexpected(&[&format!("`{mark}`")]))
        }
    }

    /// Takes the mark that closes what opened at a place.
    pub(super) fn expect_closing(
        &mut self,
        mark: char,
        opened: usize,
        expected: &[&str],
    ) -> Result<(), SyntaxError> {
        self.skip_blanks();
        match self.peek() {
            Some(letter) if letter == mark => {
                self.bump();
                Ok(())
            }
            None | Some('|') => Err(SyntaxError::new(
                Span::new(opened, opened + 1),
                match mark {
                    ']' => "this bracket is never closed",
                    _ => "this parenthesis is never closed",
                },
            )
            .expecting(&[&format!("`{mark}`")])),
            Some(_) => {
                let close = format!("`{mark}`");
                let mut all: Vec<&str> = expected.to_vec();
                all.push(&close);
                Err(self.unexpected(&all))
            }
        }
    }

    pub(super) fn expect_end(&mut self, expected: &[&str]) -> Result<(), SyntaxError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(self.unexpected(expected))
        }
    }

    /// Reads the options of a set that stand here, if any.
    pub(super) fn options<O: OptionSet>(&mut self, set: &mut O) -> Result<(), SyntaxError> {
        loop {
            let start = self.position;
            self.skip_separators();
            let name = self.peek_name().to_ascii_lowercase();
            if !O::NAMES.contains(&name.as_str()) || !self.option_follows(name.len()) {
                self.position = start;
                return Ok(());
            }
            set.set(&name, self)?;
        }
    }

    /// Takes a name of this length and the `=` after it, if there is one.
    fn option_follows(&mut self, length: usize) -> bool {
        let start = self.position;
        self.position += length;
        self.skip_blanks();
        let found = self.at("=") && !self.at("==");
        if found {
            self.bump();
            self.skip_blanks();
        } else {
            self.position = start;
        }
        found
    }

    pub(super) fn at_option(&self) -> bool {
        let length = self.peek_name().len();
        length > 0 && self.clone().option_follows(length)
    }

    /// Takes an option with this name up to its value.
    pub(super) fn eat_option(&mut self, name: &str) -> bool {
        self.at_word(name) && self.option_follows(name.len())
    }

    /// An option of another command, or of none: says which there are.
    pub(super) fn refuse_option<O: OptionSet>(&mut self, command: &str) -> Result<(), SyntaxError> {
        if !self.at_option() {
            return Ok(());
        }
        let name = self.peek_name();
        let span = Span::new(self.position, self.position + name.len());
        Err(SyntaxError::new(
            span,
            format!("`{}` is not an option of `{command}`", short(name)),
        )
        .expecting(O::NAMES))
    }
}

/// Letters that end a bare word and stand for themselves.
pub(super) fn is_breaker(letter: char) -> bool {
    matches!(letter, '(' | ')' | '[' | ']' | '|' | ',' | '"' | '`')
}

fn is_name_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.')
}

/// Enough of a word to know it by.
fn short(word: &str) -> String {
    const LONGEST: usize = 40;
    if word.chars().count() <= LONGEST {
        return word.to_owned();
    }
    let mut text: String = word.chars().take(LONGEST).collect();
    text.push('…');
    text
}
