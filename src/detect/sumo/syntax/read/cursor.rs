//! A place in the text, and the small steps from it.

use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::span::{Span, Spanned};
use crate::detect::sumo::syntax::text::Text;

/// How deep parentheses, signs, and subqueries may nest.
const DEPTH: usize = 64;

/// How much of the depth a subquery takes: its operators nest, too.
pub(super) const SUBQUERY_DEPTH: usize = 4;

/// Where the reader stands.
#[derive(Clone)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    position: usize,
    depth: usize,
    /// The blanks and comments that were skipped last.
    gap: Span,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            position: 0,
            depth: 0,
            gap: Span::default(),
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

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Skips blanks and comments. A comment that is never closed stays, for
    /// [`Cursor::unexpected`] to say so.
    pub(super) fn skip_blanks(&mut self) {
        let start = self.position;
        loop {
            self.skip_spaces();
            if !self.skip_comment() {
                break;
            }
        }
        self.skipped_since(start);
    }

    /// Notes that nothing but blanks and comments was read since a place.
    pub(super) fn skipped_since(&mut self, start: usize) {
        if self.position > start {
            self.gap = self.span_from(start);
        }
    }

    /// What was read since a place, without the blanks and the comments at its
    /// end.
    pub(super) fn solid_span_from(&self, start: usize) -> Span {
        let end = if self.gap.end == self.position {
            self.gap.start.max(start)
        } else {
            self.position
        };
        let length = self
            .text
            .get(start..end)
            .map_or(0, |read| read.trim_end().len());
        Span::new(start, start + length)
    }

    pub(super) fn skip_comment(&mut self) -> bool {
        if self.at("//") {
            self.take_while(|letter| letter != '\n');
            return true;
        }
        if !self.at("/*") {
            return false;
        }
        let length = self.rest().get(2..).and_then(|inner| inner.find("*/"));
        if let Some(length) = length {
            self.position += length + 4;
        }
        length.is_some()
    }

    /// Whether nothing more of this operator follows.
    pub(super) fn at_operator_end(&mut self) -> bool {
        self.skip_blanks();
        matches!(self.peek(), None | Some('|' | ']' | ')'))
    }

    /// Whether a word stands here, whatever its case, and ends where it ends.
    pub(super) fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .and_then(|after| after.chars().next())
                .is_some_and(continues_name)
    }

    /// Whether a name with a parenthesis behind it stands here.
    pub(super) fn at_call(&self) -> bool {
        let rest = self.rest();
        let after = rest.trim_start_matches(continues_name);
        after.len() < rest.len() && after.starts_with('(')
    }

    /// Takes a word, and the blanks before it, if it stands here.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let found = self.at_word(word);
        if found {
            self.position += word.len();
        }
        found
    }

    /// Takes a mark, and the blanks before it, if it stands here.
    pub(super) fn eat_mark(&mut self, mark: &str) -> bool {
        self.skip_blanks();
        self.eat(mark)
    }

    /// The letters, digits, and underscores that stand here.
    pub(super) fn peek_name(&self) -> &'t str {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        &rest[..length]
    }

    /// What stands between two double quotes, the first of which is here. A
    /// backslash keeps the quote after it from ending the text.
    pub(super) fn text(&mut self) -> Result<Spanned<Text>, SyntaxError> {
        let start = self.position;
        self.bump();
        while let Some(letter) = self.bump() {
            if letter == '\\' {
                self.bump();
            } else if letter == '"' {
                let raw = self.text.get(start + 1..self.position - 1);
                return Ok(Spanned::new(
                    Text::from_raw(raw.unwrap_or_default()),
                    self.span_from(start),
                ));
            }
        }
        Err(
            SyntaxError::new(Span::new(start, start + 1), "this quote is never closed")
                .expecting(&["`\"`"])
                .with_help("put a backslash before a quote that belongs to the text"),
        )
    }

    /// A text, or a refusal of what stands here instead.
    pub(super) fn expect_text(&mut self, what: &str) -> Result<Spanned<Text>, SyntaxError> {
        self.skip_blanks();
        if self.at("\"") {
            self.text()
        } else {
            Err(self.unexpected(&[what]))
        }
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
            Some(letter) if is_breaker(letter) => letter.len_utf8(),
            Some(_) => rest
                .find(|letter: char| letter.is_whitespace() || is_breaker(letter))
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
        if self.at("/*") {
            let span = Span::new(self.position, self.position + 2);
            return SyntaxError::new(span, "this comment is never closed").expecting(&["`*/`"]);
        }
        let lexeme = self.lexeme();
        let error = match lexeme.node {
            "" => SyntaxError::new(lexeme.span, "the query ends too early"),
            "|" => SyntaxError::new(lexeme.span, "the operator ends too early"),
            "]" => SyntaxError::new(lexeme.span, "the bracket closes too early"),
            word => SyntaxError::new(lexeme.span, format!("`{}` cannot stand here", short(word))),
        };
        let help = match lexeme.node {
            "'" => "only double quotes make a text",
            "`" => "macros stand for keywords or for an operator, and are not expanded",
            "[" => "write a field whose name has brackets as `%\"users[2].name\"`",
            word if word.contains(['“', '”']) => "quotes have to be straight",
            _ => return error.expecting(expected),
        };
        error.expecting(expected).with_help(help)
    }

    /// Takes a mark, or says that it is missing.
    pub(super) fn expect(&mut self, mark: &str) -> Result<(), SyntaxError> {
        if self.eat_mark(mark) {
            Ok(())
        } else {
            Err(self.unexpected(&[&format!("`{mark}`")]))
        }
    }

    /// Takes a word, or says that it is missing.
    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.eat_word(word) {
            Ok(())
        } else {
            Err(self.unexpected(&[&format!("`{word}`")]))
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

    /// Something at least once, with commas between.
    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<Vec<T>, SyntaxError> {
        let mut items = vec![read(self)?];
        while self.eat_mark(",") {
            items.push(read(self)?);
        }
        Ok(items)
    }
}

/// Letters that end a bare word and stand for themselves.
pub(super) fn is_breaker(letter: char) -> bool {
    matches!(
        letter,
        '(' | ')' | '[' | ']' | '|' | ',' | '"' | '`' | '\'' | '='
    )
}

pub(super) fn begins_name(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '_' | '$')
}

pub(super) fn continues_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '.')
}

/// Enough of a word to know it by.
pub(super) fn short(word: &str) -> String {
    const LONGEST: usize = 40;
    if word.chars().count() <= LONGEST {
        return word.to_owned();
    }
    let mut text: String = word.chars().take(LONGEST).collect();
    text.push('…');
    text
}
