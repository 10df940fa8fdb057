//! Reads a line of `cmd.exe` whose percent signs are expanded already.
//!
//! The order of binding, from the loosest: `&`, `||`, `&&`, `|`. What follows an `if`
//! or a `for` on its line belongs to it.

use super::tree::{Node, Redirection, Side, Simple, Target};

/// The deepest that blocks, `if`, and `for` may stand within each other.
const DEEPEST: usize = 20;

/// Reads one command, which may go on over more lines than its first: `more` yields
/// each further line.
///
/// # Errors
/// Why the shell refuses it, as a fragment of a sentence.
pub(super) fn parse(first: &str, more: &mut dyn FnMut() -> Option<String>) -> Result<Node, String> {
    let mut parser = Parser {
        signs: first.chars().collect(),
        at: 0,
        more,
        depth: 0,
        blocks: 0,
    };
    let node = parser.sequence(Until::LineEnd)?;
    match parser.peek() {
        None => Ok(node),
        Some(sign) => Err(unexpected(sign)),
    }
}

/// Where a sequence of commands ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of the line.
    LineEnd,
    /// At the parenthesis that closes the block.
    BlockEnd,
    /// At the end of the line, or at the `else` that follows a block.
    Else,
}

pub(super) struct Parser<'a> {
    signs: Vec<char>,
    at: usize,
    more: &'a mut dyn FnMut() -> Option<String>,
    depth: usize,
    pub(super) blocks: usize,
}

pub(super) fn unexpected(sign: char) -> String {
    format!("`{}` is unexpected there", sign.escape_default())
}

/// Whether a sign separates words.
pub(super) fn is_separator(sign: char) -> bool {
    matches!(
        sign,
        ' ' | '\t' | ',' | ';' | '=' | '\u{b}' | '\u{c}' | '\u{a0}'
    )
}

impl Parser<'_> {
    /// The next sign; within a block, lines go on as long as there are any.
    pub(super) fn peek(&mut self) -> Option<char> {
        if self.at >= self.signs.len() && self.blocks > 0 {
            self.fetch();
        }
        self.signs.get(self.at).copied()
    }

    fn fetch(&mut self) {
        if let Some(line) = (self.more)() {
            self.signs.push('\n');
            self.signs.extend(line.chars());
        }
    }

    fn peek_after(&self, count: usize) -> Option<char> {
        self.signs.get(self.at + count).copied()
    }

    pub(super) fn take(&mut self) -> Option<char> {
        let sign = self.peek()?;
        self.at += 1;
        Some(sign)
    }

    pub(super) fn skip_separators(&mut self) {
        while self.peek().is_some_and(is_separator) {
            self.at += 1;
        }
    }

    fn skip_blank(&mut self) {
        while self
            .peek()
            .is_some_and(|sign| is_separator(sign) || sign == '\n')
        {
            self.at += 1;
        }
    }

    fn starts_with_two(&mut self, sign: char) -> bool {
        self.peek() == Some(sign) && self.peek_after(1) == Some(sign)
    }

    /// Goes a level down in the nesting.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.depth >= DEEPEST {
            return Err("it is nested deeper than a simulation follows".to_owned());
        }
        self.depth += 1;
        let done = read(self);
        self.depth -= 1;
        done
    }

    /// Commands that stand one after another.
    pub(super) fn sequence(&mut self, until: Until) -> Result<Node, String> {
        let mut items = Vec::new();
        loop {
            match until {
                Until::BlockEnd => self.skip_blank(),
                Until::LineEnd | Until::Else => self.skip_separators(),
            }
            match self.peek() {
                None | Some('\n') => break,
                Some(')') if self.blocks > 0 => break,
                Some(_) => {}
            }
            let item = self.either()?;
            let is_block = matches!(item, Node::Block(..));
            items.push(item);
            self.skip_separators();
            match self.peek() {
                Some('&') => self.at += 1,
                Some('\n') if until == Until::BlockEnd => {}
                None | Some('\n') => break,
                Some(')') if self.blocks > 0 => break,
                Some(_) if until == Until::Else && is_block && self.is_word("else") => break,
                Some(sign) => return Err(unexpected(sign)),
            }
        }
        Ok(one_or(items, Node::Sequence))
    }

    fn either(&mut self) -> Result<Node, String> {
        let mut items = vec![self.both()?];
        while self.starts_with_two('|') {
            self.at += 2;
            self.skip_separators();
            items.push(self.both()?);
        }
        Ok(one_or(items, Node::Either))
    }

    fn both(&mut self) -> Result<Node, String> {
        let mut items = vec![self.pipe()?];
        while self.starts_with_two('&') {
            self.at += 2;
            self.skip_separators();
            items.push(self.pipe()?);
        }
        Ok(one_or(items, Node::Both))
    }

    fn pipe(&mut self) -> Result<Node, String> {
        let first = self.side()?;
        if self.peek() != Some('|') || self.starts_with_two('|') {
            return Ok(first.node);
        }
        let mut sides = vec![first];
        while self.peek() == Some('|') && !self.starts_with_two('|') {
            self.at += 1;
            self.skip_separators();
            sides.push(self.side()?);
        }
        Ok(Node::Pipe(sides))
    }

    fn side(&mut self) -> Result<Side, String> {
        let start = self.at;
        let node = self.command()?;
        let text = match &node {
            Node::Simple(simple) => simple.text(),
            _ => self
                .signs
                .get(start..self.at)
                .map_or_else(String::new, |signs| {
                    signs.iter().collect::<String>().replace('\n', " & ")
                }),
        };
        // An `if` or `for` whose body is empty leaves nothing behind it to read.
        self.skip_separators();
        Ok(Side { node, text })
    }

    fn command(&mut self) -> Result<Node, String> {
        self.skip_separators();
        while self.peek() == Some('@') {
            self.at += 1;
            self.skip_separators();
        }
        let mut redirections = Vec::new();
        while let Some(handle) = self.redirected_handle() {
            redirections.push(self.redirection(handle)?);
            self.skip_separators();
        }
        match self.peek() {
            Some('(') => self.nested(|parser| parser.block(redirections)),
            Some(':') => {
                self.skip_line();
                Ok(Node::Nothing)
            }
            // A parenthesis that closes nothing makes the rest a remark.
            Some(')') if self.blocks == 0 => {
                self.skip_line();
                Ok(Node::Nothing)
            }
            None | Some('\n' | '&' | '|' | ')') if !redirections.is_empty() => {
                Ok(Node::Simple(Simple {
                    redirections,
                    ..Simple::default()
                }))
            }
            None => Err("it ends where a command is expected".to_owned()),
            Some(sign @ ('\n' | '&' | '|' | ')')) => Err(unexpected(sign)),
            Some(_) => self.word_command(redirections),
        }
    }

    /// The handle of a redirection that begins here, as `2` of `2>`.
    fn redirected_handle(&mut self) -> Option<u32> {
        match self.peek()? {
            '<' => Some(0),
            '>' => Some(1),
            digit @ '0'..='9' if matches!(self.peek_after(1), Some('<' | '>')) => {
                self.at += 1;
                digit.to_digit(10)
            }
            _ => None,
        }
    }

    fn skip_line(&mut self) {
        while self.signs.get(self.at).is_some_and(|sign| *sign != '\n') {
            self.at += 1;
        }
    }

    fn block(&mut self, mut redirections: Vec<Redirection>) -> Result<Node, String> {
        self.at += 1;
        self.blocks += 1;
        let body = self.sequence(Until::BlockEnd);
        let closing = if body.is_ok() { self.peek() } else { None };
        self.blocks -= 1;
        let body = body?;
        if closing != Some(')') {
            return Err("a parenthesis is never closed".to_owned());
        }
        if body == Node::Sequence(Vec::new()) {
            return Err(unexpected(')'));
        }
        self.at += 1;
        self.skip_separators();
        while let Some(handle) = self.redirected_handle() {
            redirections.push(self.redirection(handle)?);
            self.skip_separators();
        }
        Ok(Node::Block(Box::new(body), redirections))
    }

    fn word_command(&mut self, mut redirections: Vec<Redirection>) -> Result<Node, String> {
        let start = self.at;
        let name = self.word(WordKind::Name);
        match name.to_ascii_lowercase().as_str() {
            "rem" => {
                self.skip_line();
                return Ok(Node::Nothing);
            }
            "if" => return self.nested(Self::condition),
            "for" => return self.nested(Self::repetition),
            lower if lower.starts_with("if/") => {
                self.at = start + 2;
                return self.nested(Self::condition);
            }
            lower if lower.starts_with("for/") => {
                self.at = start + 3;
                return self.nested(Self::repetition);
            }
            _ => {}
        }
        let arguments = self.arguments(&mut redirections)?;
        Ok(Node::Simple(Simple {
            name,
            arguments,
            redirections,
        }))
    }

    fn arguments(&mut self, redirections: &mut Vec<Redirection>) -> Result<String, String> {
        let mut text = String::new();
        let mut quoted = false;
        // A digit is a handle only where it is a word of its own.
        let mut before = ' ';
        let mut digit_from: Option<usize> = None;
        while let Some(sign) = self.peek() {
            match sign {
                '\n' => break,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '&' | '|' => break,
                ')' if self.blocks > 0 => break,
                '^' => {
                    self.at += 1;
                    if let Some(escaped) = self.escaped() {
                        text.push(escaped);
                    }
                    (before, digit_from) = ('^', None);
                    continue;
                }
                '<' | '>' => {
                    let mut handle = u32::from(sign == '>');
                    if let Some(from) = digit_from {
                        let digit = text.get(from..).and_then(|digit| digit.parse().ok());
                        handle = digit.unwrap_or(handle);
                        text.truncate(from);
                    }
                    redirections.push(self.redirection(handle)?);
                    // The blanks behind a redirection are none of the command's.
                    self.skip_separators();
                    (before, digit_from) = (' ', None);
                    continue;
                }
                _ => {}
            }
            digit_from =
                (!quoted && sign.is_ascii_digit() && is_separator(before)).then_some(text.len());
            text.push(sign);
            before = sign;
            self.at += 1;
        }
        Ok(text)
    }

    /// The sign after a caret. At the end of a line, the next line goes on, and its
    /// first sign is taken as it is.
    fn escaped(&mut self) -> Option<char> {
        if self.at >= self.signs.len() {
            self.fetch();
        }
        let sign = self.signs.get(self.at).copied()?;
        self.at += 1;
        if sign != '\n' {
            return Some(sign);
        }
        let sign = self.signs.get(self.at).copied()?;
        self.at += 1;
        Some(sign)
    }

    fn redirection(&mut self, handle: u32) -> Result<Redirection, String> {
        let is_input = self.take() == Some('<');
        let appends = !is_input && self.peek() == Some('>');
        if appends {
            self.at += 1;
        }
        if self.peek() == Some('&') {
            self.at += 1;
            self.skip_separators();
            let digit = self.take().and_then(|digit| digit.to_digit(10));
            let other = digit.ok_or("a handle is expected after `&`")?;
            return Ok(Redirection {
                handle,
                to: Target::Handle(other),
            });
        }
        self.skip_separators();
        let path = self.word(WordKind::Target);
        if path.is_empty() {
            return Err(match self.peek() {
                Some(sign) => unexpected(sign),
                None => "a redirection goes nowhere".to_owned(),
            });
        }
        let to = match (is_input, appends) {
            (true, _) => Target::From(path),
            (false, true) => Target::EndOfFile(path),
            (false, false) => Target::File(path),
        };
        Ok(Redirection { handle, to })
    }

    /// A word, up to what ends it outside quotes.
    pub(super) fn word(&mut self, kind: WordKind) -> String {
        let mut word = String::new();
        let mut quoted = false;
        while let Some(sign) = self.peek() {
            match sign {
                '\n' => break,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '&' | '|' | '<' | '>' => break,
                ')' if self.blocks > 0 || kind == WordKind::Set => break,
                '(' if kind == WordKind::Keyword => break,
                '^' => {
                    self.at += 1;
                    if let Some(escaped) = self.escaped() {
                        word.push(escaped);
                    }
                    continue;
                }
                sign if is_separator(sign) => break,
                _ => {}
            }
            word.push(sign);
            self.at += 1;
        }
        word
    }

    /// Whether a word stands here, in any case.
    pub(super) fn is_word(&mut self, word: &str) -> bool {
        self.peek();
        let length = word.len();
        let here = self.signs.get(self.at..self.at + length);
        here.is_some_and(|here| here.iter().collect::<String>().eq_ignore_ascii_case(word))
            && self
                .peek_after(length)
                .is_none_or(|sign| is_separator(sign) || matches!(sign, '(' | '\n' | '"'))
    }

    /// Goes past `count` signs.
    pub(super) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.signs.len());
    }

    /// Whether an equality sign pair stands here.
    pub(super) fn is_equality(&mut self) -> bool {
        self.starts_with_two('=')
    }
}

/// What a word is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordKind {
    /// The name of a command.
    Name,
    /// A keyword, which a parenthesis ends.
    Keyword,
    /// What a handle is redirected to.
    Target,
    /// A word of the set of a `for`.
    Set,
}

fn one_or(mut items: Vec<Node>, many: impl FnOnce(Vec<Node>) -> Node) -> Node {
    if items.len() == 1
        && let Some(only) = items.pop()
    {
        return only;
    }
    many(items)
}
