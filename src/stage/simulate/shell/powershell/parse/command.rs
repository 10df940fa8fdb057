//! Commands: words that are taken as they stand.

use super::super::ast::{Argument, Call, Command, Expression, Redirection};
use super::string::Pieces;
use super::{Parser, Read};

/// What ends a word.
fn ends_word(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            ';' | '|' | '&' | '(' | ')' | '{' | '}' | ',' | '<' | '>'
        )
}

impl Parser<'_> {
    pub(super) fn command(&mut self) -> Read<Command> {
        let start = self.at;
        let call = self.call_operator();
        self.blanks();
        let name = match (call, self.peek()) {
            (Call::Name, _) => self.word()?,
            (_, Some('$' | '(' | '{' | '"' | '\'' | '@')) => self.argument_value()?,
            _ => self.word()?,
        };
        let mut command = Command {
            text: String::new(),
            call,
            name,
            arguments: Vec::new(),
            redirections: Vec::new(),
        };
        while self.argument(&mut command)? {}
        command.text = self.since(start).trim_end().to_owned();
        Ok(command)
    }

    fn call_operator(&mut self) -> Call {
        if self.peek() == Some('&') {
            self.bump();
            return Call::Ampersand;
        }
        let dots = self.peek() == Some('.')
            && self.peek_at(1).is_some_and(|sign| {
                sign.is_whitespace() || matches!(sign, '$' | '(' | '{' | '"' | '\'')
            });
        if dots {
            self.bump();
            return Call::Dot;
        }
        Call::Name
    }

    /// Reads an argument or a redirection; says whether there was one.
    fn argument(&mut self, command: &mut Command) -> Read<bool> {
        self.blanks();
        let Some(sign) = self.peek() else {
            return Ok(false);
        };
        if matches!(sign, '\n' | ';' | '|' | ')' | '}' | '&') {
            return Ok(false);
        }
        if let Some(redirection) = self.redirection()? {
            command.redirections.extend(redirection);
            return Ok(true);
        }
        if self.rest().starts_with("--%") {
            self.at += 3;
            let rest = self.rest();
            let length = rest.find(['\n', '|']).unwrap_or(rest.len());
            let start = self.at;
            self.at += length;
            let text = self.since(start).trim().to_owned();
            command.arguments.push(Argument::Verbatim(text));
            return Ok(true);
        }
        let argument = match self.parameter()? {
            Some(parameter) => parameter,
            None => Argument::Value(self.argument_list()?),
        };
        command.arguments.push(argument);
        Ok(true)
    }

    /// Reads `-Name` or `-Name:value`; anything else that begins with a hyphen is a
    /// word.
    fn parameter(&mut self) -> Read<Option<Argument>> {
        let mut signs = self.rest().chars();
        let begins = matches!(signs.next(), Some('-' | '–' | '—'))
            && signs
                .next()
                .is_some_and(|sign| sign.is_alphabetic() || matches!(sign, '_' | '?'));
        if !begins {
            return Ok(None);
        }
        let start = self.at;
        self.bump();
        let rest = self.rest();
        let length = rest
            .find(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '_' | '-' | '?'))
            .unwrap_or(rest.len());
        let name_start = self.at;
        self.at += length;
        let name = self.since(name_start);
        match self.peek() {
            Some(':') => {
                let after = self.peek_at(1);
                if after.is_some_and(|sign| sign == '\\' || sign == '/') {
                    self.at = start;
                    return Ok(None);
                }
                self.bump();
                self.blanks();
                let value = self.argument_list()?;
                Ok(Some(Argument::Parameter(name, Some(value))))
            }
            Some(sign) if !ends_word(sign) && !matches!(sign, '"' | '\'' | '$') => {
                self.at = start;
                Ok(None)
            }
            _ => Ok(Some(Argument::Parameter(name, None))),
        }
    }

    /// Reads values with commas between them.
    pub(super) fn argument_list(&mut self) -> Read<Expression> {
        let first = self.argument_value()?;
        let mut items = vec![first];
        let mut separator = ",";
        loop {
            let before = self.at;
            self.blanks();
            let is_apart = self.at > before;
            if self.peek() != Some(',') {
                self.at = before;
                break;
            }
            self.bump();
            let after = self.at;
            self.lines();
            if items.len() == 1 {
                separator = match (is_apart, self.at > after) {
                    (true, true) => " , ",
                    (true, false) => " ,",
                    (false, true) => ", ",
                    (false, false) => ",",
                };
            }
            items.push(self.argument_value()?);
        }
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return Ok(only);
        }
        Ok(Expression::List(items, separator))
    }

    /// Reads one value in the mode of commands.
    fn argument_value(&mut self) -> Read<Expression> {
        let start = self.at;
        match self.peek() {
            Some('$' | '(' | '"' | '\'' | '@' | '{' | '“' | '”' | '‘' | '’') => {
                let is_here = self.rest().starts_with("@\"") || self.rest().starts_with("@'");
                let is_quoted =
                    is_here || matches!(self.peek(), Some('"' | '\'' | '“' | '”' | '‘' | '’'));
                let value = self.postfix()?;
                let is_whole = self
                    .peek()
                    .is_none_or(|sign| ends_word(sign) && sign != '(');
                if is_whole
                    || is_quoted
                    || matches!(value, Expression::Splat(_) | Expression::Parenthesis(_))
                {
                    return Ok(value);
                }
                self.at = start;
                self.word()
            }
            _ => self.word(),
        }
    }

    /// Reads a word; quotes and variables within it are a part of it.
    pub(super) fn word(&mut self) -> Read<Expression> {
        let mut pieces = Pieces::default();
        let start = self.at;
        if let Some(number) = self.plain_number() {
            return Ok(number);
        }
        while let Some(sign) = self.peek() {
            match sign {
                sign if ends_word(sign) => break,
                '"' | '“' | '”' => {
                    self.bump();
                    let inner = self.expandable()?;
                    pieces.extend(inner);
                }
                '\'' | '‘' | '’' => {
                    self.bump();
                    let inner = self.verbatim()?;
                    pieces.push_str(&inner);
                }
                '`' if matches!(self.peek_at(1), Some('\n' | '\r')) => break,
                _ => self.piece(&mut pieces)?,
            }
        }
        if self.at == start {
            return self.problem("a sign stands where no word can begin");
        }
        Ok(pieces.done())
    }

    /// Reads a word that is a whole number as PowerShell would write it.
    fn plain_number(&mut self) -> Option<Expression> {
        let rest = self.rest();
        let length = rest.find(ends_word).unwrap_or(rest.len());
        let word = rest.get(..length)?;
        let number: i64 = word.parse().ok()?;
        if number.to_string() != word {
            return None;
        }
        self.at += length;
        Some(Expression::Integer(number))
    }

    /// Reads a redirection; one between streams gives none.
    pub(super) fn redirection(&mut self) -> Read<Option<Option<Redirection>>> {
        let mut signs = self.rest().chars();
        let stream = match signs.next() {
            Some('>') => 1,
            Some(sign @ ('1'..='6' | '*')) if signs.next() == Some('>') => {
                self.bump();
                u8::try_from(sign.to_digit(10).unwrap_or(0)).unwrap_or(0)
            }
            Some('<') => return self.problem("`<` is reserved"),
            _ => return Ok(None),
        };
        self.bump();
        if self.take("&1") || self.take("&2") {
            return Ok(Some(None));
        }
        let appends = self.take(">");
        self.blanks();
        let target = self.argument_value()?;
        Ok(Some(Some(Redirection {
            stream,
            appends,
            target,
        })))
    }
}
