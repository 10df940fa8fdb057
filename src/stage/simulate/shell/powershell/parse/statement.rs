//! Statements and script blocks.

use std::rc::Rc;

use super::super::ast::{
    Block, Element, Expression, Parameter, Statement, StatementKind, SwitchMode, Until,
};
use super::expression::Comma;
use super::{Parser, Read};

impl Parser<'_> {
    /// Reads statements until a sign, which is left, or until the end. What cannot be
    /// read is noted and skipped at the top; further in it spoils what holds it.
    pub(super) fn statements_until(&mut self, end: char) -> Read<Vec<Statement>> {
        let mut statements = Vec::new();
        loop {
            self.separators();
            match self.peek() {
                None => return Ok(statements),
                Some(sign) if sign == end => return Ok(statements),
                Some(_) => statements.push(self.deeper(Parser::statement)?),
            }
        }
    }

    fn top_statements(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            self.separators();
            if self.peek().is_none() {
                return statements;
            }
            let start = self.at;
            match self.deeper(Parser::statement) {
                Ok(statement) => statements.push(statement),
                Err(problem) => {
                    self.at = start;
                    let rest = self.rest();
                    self.at += rest.find('\n').unwrap_or(rest.len());
                    statements.push(Statement {
                        text: self.since(start).trim_end().to_owned(),
                        kind: StatementKind::NotRead(problem.because),
                    });
                }
            }
        }
    }

    /// Reads a script block's inside to the end of the text.
    pub(super) fn block_body(&mut self) -> Read<Block> {
        let mut block = self.block_head()?;
        if !self.named_blocks(&mut block)? {
            block.end = self.top_statements();
        }
        Ok(block)
    }

    fn block_head(&mut self) -> Read<Block> {
        let mut block = Block::default();
        self.separators();
        let start = self.at;
        self.attributes()?;
        self.lines();
        if self.take_word("param") {
            self.lines();
            block.parameters = self.parameters()?;
        } else {
            self.at = start;
        }
        Ok(block)
    }

    fn named_blocks(&mut self, block: &mut Block) -> Read<bool> {
        let mut found = false;
        loop {
            self.separators();
            let start = self.at;
            let name = ["begin", "process", "end", "dynamicparam"]
                .into_iter()
                .find(|name| self.take_word(name));
            let Some(name) = name else {
                return Ok(found);
            };
            self.lines();
            if self.peek() != Some('{') {
                self.at = start;
                return Ok(found);
            }
            let body = self.body()?;
            match name {
                "begin" => block.begin = body,
                "process" => block.process = body,
                "end" => block.end = body,
                _ => {}
            }
            found = true;
        }
    }

    /// Reads `{…}` as a script block.
    pub(super) fn braces(&mut self) -> Read<Block> {
        self.deeper(|parser| {
            parser.expect("{")?;
            let start = parser.at;
            let mut block = parser.block_head()?;
            if !parser.named_blocks(&mut block)? {
                block.end = parser.statements_until('}')?;
            }
            parser.separators();
            block.text = parser.since(start);
            parser.expect("}")?;
            Ok(block)
        })
    }

    fn body(&mut self) -> Read<Vec<Statement>> {
        self.lines();
        self.deeper(|parser| {
            parser.expect("{")?;
            let statements = parser.statements_until('}')?;
            parser.expect("}")?;
            Ok(statements)
        })
    }

    /// Skips attributes and types before a parameter; says whether one is `switch`.
    fn attributes(&mut self) -> Read<bool> {
        let mut is_switch = false;
        loop {
            self.lines();
            if self.peek() != Some('[') {
                return Ok(is_switch);
            }
            let start = self.at;
            let mut open = 0_i32;
            loop {
                match self.bump() {
                    Some('[') => open += 1,
                    Some(']') => {
                        open -= 1;
                        if open == 0 {
                            break;
                        }
                    }
                    Some('\'') => {
                        self.verbatim()?;
                    }
                    Some('"') => {
                        self.expandable()?;
                    }
                    Some(_) => {}
                    None => return self.problem("`]` is missing"),
                }
            }
            is_switch |= self.since(start).eq_ignore_ascii_case("[switch]");
        }
    }

    fn parameters(&mut self) -> Read<Vec<Parameter>> {
        self.expect("(")?;
        let mut parameters = Vec::new();
        loop {
            self.lines();
            if self.take(")") {
                return Ok(parameters);
            }
            if !parameters.is_empty() {
                self.expect(",")?;
            }
            let is_switch = self.attributes()?;
            let Some(Expression::Variable(name)) = self.variable()? else {
                return self.problem("a parameter has no name");
            };
            self.lines();
            let default = if self.take("=") {
                self.lines();
                Some(self.expression(Comma::Separates)?)
            } else {
                None
            };
            parameters.push(Parameter {
                name,
                is_switch,
                default,
            });
        }
    }

    pub(super) fn statement(&mut self) -> Read<Statement> {
        let start = self.at;
        let kind = self.statement_kind()?;
        Ok(Statement {
            text: self.since(start).trim_end().to_owned(),
            kind,
        })
    }

    fn statement_kind(&mut self) -> Read<StatementKind> {
        if self.peek() == Some(':') && self.peek_at(1).is_some_and(char::is_alphabetic) {
            self.bump();
            self.identifier();
            self.lines();
        }
        if self.take_word("if") {
            return self.if_statement();
        }
        if self.take_word("switch") {
            return self.switch_statement();
        }
        if self.word_comes("foreach")
            && self
                .rest()
                .get(7..)
                .is_some_and(|rest| rest.trim_start().starts_with('('))
        {
            self.at += 7;
            return self.foreach_statement();
        }
        if self.take_word("for") {
            return self.for_statement();
        }
        if self.take_word("while") {
            let condition = Box::new(self.condition()?);
            let body = self.body()?;
            return Ok(StatementKind::While { condition, body });
        }
        if self.take_word("do") {
            let body = self.body()?;
            self.lines();
            let until = if self.take_word("until") {
                Until::True
            } else if self.take_word("while") {
                Until::False
            } else {
                return self.problem("a loop has no condition");
            };
            let condition = Box::new(self.condition()?);
            return Ok(StatementKind::Do {
                body,
                condition,
                until,
            });
        }
        if self.take_word("function") || self.take_word("filter") {
            return self.function_statement();
        }
        if self.take_word("try") {
            return self.try_statement();
        }
        if self.take_word("trap") {
            self.attributes()?;
            self.body()?;
            return Ok(StatementKind::Pipeline(Vec::new()));
        }
        for unread in ["class", "enum", "workflow", "configuration"] {
            if self.word_comes(unread) {
                return self.problem(&format!("`{unread}` is not followed"));
            }
        }
        if self.word_comes("using") {
            let rest = self.rest();
            self.at += rest.find('\n').unwrap_or(rest.len());
            return Ok(StatementKind::Pipeline(Vec::new()));
        }
        if self.take_word("break") {
            self.blanks();
            self.identifier();
            return Ok(StatementKind::Break);
        }
        if self.take_word("continue") {
            self.blanks();
            self.identifier();
            return Ok(StatementKind::Continue);
        }
        for (word, wrap) in [
            ("return", StatementKind::Return as fn(_) -> _),
            ("throw", StatementKind::Throw as fn(_) -> _),
            ("exit", StatementKind::Exit as fn(_) -> _),
        ] {
            if self.take_word(word) {
                self.blanks();
                let ends = self
                    .peek()
                    .is_none_or(|sign| matches!(sign, '\n' | ';' | '}' | ')'));
                let value = if ends {
                    None
                } else {
                    Some(Box::new(self.pipeline_statement()?))
                };
                return Ok(wrap(value));
            }
        }
        self.pipeline()
    }

    pub(super) fn pipeline_statement(&mut self) -> Read<Statement> {
        self.deeper(Parser::statement)
    }

    /// Reads an assignment, an expression, or commands with pipes between them.
    fn pipeline(&mut self) -> Read<StatementKind> {
        let mut elements = Vec::new();
        if self.begins_expression() {
            let value = self.expression(Comma::Lists)?;
            self.blanks();
            if let Some(operator) = self.assignment() {
                self.lines();
                let right = self.deeper(Parser::statement)?;
                return Ok(StatementKind::Assign {
                    target: value,
                    operator,
                    value: Box::new(right),
                });
            }
            let mut redirections = Vec::new();
            while let Some(redirection) = self.redirection()? {
                redirections.extend(redirection);
                self.blanks();
            }
            elements.push(Element::Expression(value, redirections));
        } else {
            elements.push(Element::Command(self.command()?));
        }
        loop {
            self.blanks();
            let before = self.at;
            if self.rest().starts_with("||") || self.rest().starts_with("&&") {
                return self.problem("`&&` and `||` are no operators of Windows PowerShell");
            }
            if !self.take("|") {
                self.at = before;
                break;
            }
            self.lines();
            elements.push(Element::Command(self.command()?));
        }
        self.blanks();
        match self.peek() {
            None | Some('\n' | ';' | ')' | '}') => Ok(StatementKind::Pipeline(elements)),
            Some(sign) => self.problem(&format!("`{sign}` is not expected")),
        }
    }

    fn assignment(&mut self) -> Option<&'static str> {
        for operator in ["+=", "-=", "*=", "/=", "%="] {
            if self.take(operator) {
                return Some(operator);
            }
        }
        (self.peek() == Some('=') && self.take("=")).then_some("=")
    }

    fn begins_expression(&self) -> bool {
        match self.peek() {
            Some('$' | '"' | '\'' | '(' | '@' | '{' | '!' | '+' | ',' | '“' | '”' | '‘' | '’') => {
                true
            }
            Some('[') => true,
            Some('-' | '–') => true,
            Some(sign) if sign.is_ascii_digit() => {
                let word: String = self
                    .rest()
                    .chars()
                    .take_while(|sign| {
                        !sign.is_whitespace() && !matches!(sign, ';' | ')' | '|' | ',' | '}')
                    })
                    .collect();
                !word
                    .chars()
                    .any(|sign| sign.is_alphabetic() || sign == '\\')
                    || word.starts_with("0x")
                    || word.to_ascii_lowercase().ends_with('b')
                        && word.len() > 2
                        && word
                            .trim_end_matches(|sign: char| sign.is_ascii_alphabetic())
                            .chars()
                            .all(|sign| sign.is_ascii_digit())
                    || word.contains("..")
            }
            _ => false,
        }
    }

    fn condition(&mut self) -> Read<Statement> {
        self.lines();
        self.expect("(")?;
        self.lines();
        let condition = self.pipeline_statement()?;
        self.lines();
        self.expect(")")?;
        Ok(condition)
    }

    fn if_statement(&mut self) -> Read<StatementKind> {
        let mut clauses = vec![(self.condition()?, self.body()?)];
        let mut otherwise = Vec::new();
        loop {
            let before = self.at;
            self.lines();
            if self.take_word("elseif") {
                clauses.push((self.condition()?, self.body()?));
            } else if self.take_word("else") {
                otherwise = self.body()?;
                break;
            } else {
                self.at = before;
                break;
            }
        }
        Ok(StatementKind::If { clauses, otherwise })
    }

    fn switch_statement(&mut self) -> Read<StatementKind> {
        let mut mode = SwitchMode::Exact;
        loop {
            self.lines();
            if self.take("-regex") {
                mode = SwitchMode::Regex;
            } else if self.take("-wildcard") {
                mode = SwitchMode::Wildcard;
            } else if !self.take("-exact") && !self.take("-casesensitive") {
                break;
            }
        }
        let subject = Box::new(self.condition()?);
        self.lines();
        self.expect("{")?;
        let mut clauses = Vec::new();
        loop {
            self.separators();
            if self.take("}") {
                return Ok(StatementKind::Switch {
                    mode,
                    subject,
                    clauses,
                });
            }
            let test = match self.peek() {
                Some('$' | '"' | '\'' | '(' | '{' | '@') => self.postfix()?,
                _ => self.word()?,
            };
            clauses.push((test, self.body()?));
        }
    }

    fn foreach_statement(&mut self) -> Read<StatementKind> {
        self.lines();
        self.expect("(")?;
        self.lines();
        let Some(Expression::Variable(variable)) = self.variable()? else {
            return self.problem("a loop has no variable");
        };
        self.lines();
        self.expect("in")?;
        self.lines();
        let over = Box::new(self.pipeline_statement()?);
        self.lines();
        self.expect(")")?;
        let body = self.body()?;
        Ok(StatementKind::ForEach {
            variable,
            over,
            body,
        })
    }

    fn for_statement(&mut self) -> Read<StatementKind> {
        self.lines();
        self.expect("(")?;
        let mut parts = Vec::new();
        for _ in 0..3 {
            self.lines();
            let part = match self.peek() {
                Some(';' | ')') => None,
                _ => Some(Box::new(self.pipeline_statement()?)),
            };
            self.lines();
            let goes_on = self.take(";");
            parts.push(part);
            if !goes_on {
                break;
            }
        }
        self.lines();
        self.expect(")")?;
        let body = self.body()?;
        let mut parts = parts.into_iter();
        Ok(StatementKind::For {
            first: parts.next().flatten(),
            condition: parts.next().flatten(),
            next: parts.next().flatten(),
            body,
        })
    }

    fn function_statement(&mut self) -> Read<StatementKind> {
        self.lines();
        let Expression::Text(name) = self.word()? else {
            return self.problem("a function has no name");
        };
        self.lines();
        let parameters = if self.peek() == Some('(') {
            self.parameters()?
        } else {
            Vec::new()
        };
        self.lines();
        let mut block = self.braces()?;
        if block.parameters.is_empty() {
            block.parameters = parameters;
        }
        Ok(StatementKind::Function {
            name,
            block: Rc::new(block),
        })
    }

    fn try_statement(&mut self) -> Read<StatementKind> {
        let body = self.body()?;
        let mut catch = None;
        let mut finally = Vec::new();
        loop {
            let before = self.at;
            self.lines();
            if self.take_word("catch") {
                self.attributes()?;
                while self.take(",") {
                    self.attributes()?;
                }
                let handler = self.body()?;
                if catch.is_none() {
                    catch = Some(handler);
                }
            } else if self.take_word("finally") {
                finally = self.body()?;
            } else {
                self.at = before;
                break;
            }
        }
        Ok(StatementKind::Try {
            body,
            catch,
            finally,
        })
    }
}
