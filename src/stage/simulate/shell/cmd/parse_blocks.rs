//! Reads `if` and `for`.

use super::parse::{Parser, Until, WordKind, is_separator, unexpected};
use super::tree::{Comparison, Condition, For, Form, If, Node};

impl Parser<'_> {
    /// What follows the word `if`.
    pub(super) fn condition(&mut self) -> Result<Node, String> {
        let mut ignores_case = false;
        let mut negated = false;
        loop {
            self.skip_separators();
            if self.is_word("/i") {
                self.skip(2);
                ignores_case = true;
            } else if self.is_word("not") {
                self.skip(3);
                negated = !negated;
            } else {
                break;
            }
        }
        let condition = self.question()?;
        self.skip_separators();
        let then = self.sequence(Until::Else)?;
        if then == Node::Sequence(Vec::new()) {
            return Err(self.stops_short());
        }
        self.skip_separators();
        let mut otherwise = None;
        if matches!(then, Node::Block(..)) && self.is_word("else") {
            self.skip(4);
            otherwise = Some(self.sequence(Until::Else)?);
        }
        Ok(Node::If(Box::new(If {
            negated,
            ignores_case,
            condition,
            then,
            otherwise,
        })))
    }

    fn stops_short(&mut self) -> String {
        match self.peek() {
            Some(sign) => unexpected(sign),
            None => "it ends where a command is expected".to_owned(),
        }
    }

    fn question(&mut self) -> Result<Condition, String> {
        let word = self.word(WordKind::Name);
        if word.is_empty() {
            return Err(self.stops_short());
        }
        let lower = word.to_ascii_lowercase();
        if matches!(
            lower.as_str(),
            "exist" | "defined" | "errorlevel" | "cmdextversion"
        ) && !self.is_equality()
        {
            self.skip_separators();
            let operand = self.word(WordKind::Name);
            return Ok(match lower.as_str() {
                "exist" => Condition::Exist(operand),
                "defined" => Condition::Defined(operand),
                "errorlevel" => Condition::ErrorLevel(operand),
                _ => Condition::Version(operand),
            });
        }
        while self
            .peek()
            .is_some_and(|sign| is_separator(sign) && sign != '=')
        {
            self.skip(1);
        }
        let comparison = if self.is_equality() {
            self.skip(2);
            Comparison::Same
        } else {
            self.skip_separators();
            let operator = self.word(WordKind::Name);
            match operator.to_ascii_lowercase().as_str() {
                "equ" => Comparison::Equal,
                "neq" => Comparison::NotEqual,
                "lss" => Comparison::Less,
                "leq" => Comparison::LessOrEqual,
                "gtr" => Comparison::Greater,
                "geq" => Comparison::GreaterOrEqual,
                _ => return Err(format!("`{operator}` is no comparison")),
            }
        };
        self.skip_separators();
        let right = self.word(WordKind::Name);
        Ok(Condition::Compare(word, comparison, right))
    }

    /// What follows the word `for`.
    pub(super) fn repetition(&mut self) -> Result<Node, String> {
        let form = self.form();
        self.skip_separators();
        let variable = self.variable()?;
        self.skip_separators();
        if !self.is_word("in") {
            return Err("`in` is missing".to_owned());
        }
        self.skip(2);
        self.skip_separators();
        if self.take() != Some('(') {
            return Err("the set of `for` is missing".to_owned());
        }
        self.blocks += 1;
        let set = self.set();
        self.blocks -= 1;
        let set = set?;
        self.skip_separators();
        if !self.is_word("do") {
            return Err("`do` is missing".to_owned());
        }
        self.skip(2);
        self.skip_separators();
        let body = self.sequence(Until::LineEnd)?;
        if body == Node::Sequence(Vec::new()) {
            return Err(self.stops_short());
        }
        Ok(Node::For(Box::new(For {
            form,
            variable,
            set,
            body,
        })))
    }

    fn form(&mut self) -> Form {
        let mut form = Form::Plain;
        loop {
            self.skip_separators();
            if self.peek() != Some('/') {
                return form;
            }
            let word = self.word(WordKind::Keyword);
            self.skip_separators();
            let has_operand = self.peek().is_some_and(|sign| sign != '%' && sign != '/');
            match word.to_ascii_lowercase().as_str() {
                "/d" => form = Form::Folders,
                "/l" => form = Form::Numbers,
                "/r" if has_operand => form = Form::Tree(Some(self.word(WordKind::Name))),
                "/r" => form = Form::Tree(None),
                "/f" if has_operand => form = Form::Lines(self.options()),
                "/f" => form = Form::Lines(String::new()),
                _ => return form,
            }
        }
    }

    /// The options of `for /f`: quoted, or one word whose separators are escaped.
    fn options(&mut self) -> String {
        if self.peek() == Some('"') {
            self.skip(1);
            let mut options = String::new();
            while let Some(sign) = self.peek() {
                if sign == '\n' {
                    break;
                }
                self.skip(1);
                if sign == '"' {
                    break;
                }
                options.push(sign);
            }
            return options;
        }
        self.word(WordKind::Name)
    }

    fn variable(&mut self) -> Result<char, String> {
        if self.peek() != Some('%') {
            return Err("the variable of `for` is missing".to_owned());
        }
        self.skip(1);
        let variable = self.take();
        match variable {
            Some(sign) if sign != '%' && !is_separator(sign) && sign != '\n' => {}
            _ => return Err("`%` is no variable of `for`".to_owned()),
        }
        if !self
            .peek()
            .is_some_and(|sign| is_separator(sign) || sign == '\n')
        {
            return Err("the variable of `for` has more than one letter".to_owned());
        }
        variable.ok_or_else(String::new)
    }

    fn set(&mut self) -> Result<String, String> {
        let mut set = String::new();
        let mut quoted = false;
        loop {
            let Some(sign) = self.peek() else {
                return Err("a parenthesis is never closed".to_owned());
            };
            self.skip(1);
            match sign {
                '"' => quoted = !quoted,
                '\n' => {
                    quoted = false;
                    set.push(' ');
                    continue;
                }
                _ if quoted => {}
                ')' => return Ok(set),
                '^' => {
                    if let Some(escaped) = self.take() {
                        set.push(if escaped == '\n' { ' ' } else { escaped });
                    }
                    continue;
                }
                _ => {}
            }
            set.push(sign);
        }
    }
}
