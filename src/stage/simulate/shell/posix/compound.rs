//! Parsing of compound commands.

use std::rc::Rc;

use super::parse::{Fault, Flavour, Parsed, Parser, ends_word, is_name, unexpected};
use super::syntax::{AfterArm, Arm, CommandKind, Ends, List, Term};
use super::words::Until;

impl Parser {
    pub(super) fn compound(&mut self) -> Parsed<Option<CommandKind>> {
        let is_bash = self.flavour == Flavour::Bash;
        if self.peek() == Some('(') {
            if is_bash
                && self.peek_at(1) == Some('(')
                && let Some(word) = self.arithmetic(2)?
            {
                return Ok(Some(CommandKind::Arithmetic(word)));
            }
            self.at += 1;
            let list = self.filled_list()?;
            self.expect(")")?;
            return Ok(Some(CommandKind::Subshell(list)));
        }
        let word = self.bare_word();
        let kind = match word.as_str() {
            "{" => {
                self.at += 1;
                let list = self.filled_list()?;
                self.expect_word("}")?;
                CommandKind::Group(list)
            }
            "if" => self.if_command()?,
            "for" | "select" => {
                self.at += word.len();
                self.for_command()?
            }
            "while" | "until" => {
                self.at += word.len();
                let condition = self.filled_list()?;
                let body = self.do_group()?;
                let ends_on = match word.as_str() {
                    "while" => Ends::OnFailure,
                    _ => Ends::OnSuccess,
                };
                CommandKind::While {
                    ends_on,
                    condition,
                    body,
                }
            }
            "case" => {
                self.at += word.len();
                self.case_command()?
            }
            "function" if is_bash => {
                self.at += word.len();
                self.skip_blanks();
                let name = self.bare_word();
                self.at += name.chars().count();
                self.skip_blanks();
                if self.peek() == Some('(') {
                    self.at += 1;
                    self.skip_blanks();
                    self.expect(")")?;
                }
                self.function_body(name)?
            }
            "[[" if is_bash => {
                self.at += 2;
                self.condition()?
            }
            "then" | "do" | "done" | "fi" | "elif" | "else" | "esac" | "}" => {
                return Err(Fault(format!("`{word}` stands where a command should")));
            }
            name => {
                if is_name(name) && self.has_parentheses_behind(name.chars().count()) {
                    let name = name.to_owned();
                    self.function_body(name)?
                } else {
                    return Ok(None);
                }
            }
        };
        Ok(Some(kind))
    }

    /// Whether `()` follows a name; goes behind it if so.
    pub(super) fn has_parentheses_behind(&mut self, length: usize) -> bool {
        let start = self.at;
        self.at += length;
        self.skip_blanks();
        if self.peek() == Some('(') {
            self.at += 1;
            self.skip_blanks();
            if self.peek() == Some(')') {
                self.at += 1;
                return true;
            }
        }
        self.at = start;
        false
    }

    pub(super) fn function_body(&mut self, name: String) -> Parsed<CommandKind> {
        self.skip_lines()?;
        let body = Rc::new(self.command()?);
        Ok(CommandKind::Function { name, body })
    }

    pub(super) fn if_command(&mut self) -> Parsed<CommandKind> {
        self.at += 2;
        let mut branches = Vec::new();
        let mut otherwise = None;
        let condition = self.filled_list()?;
        self.expect_word("then")?;
        branches.push((condition, self.list()?));
        loop {
            self.skip_lines()?;
            if self.take_word("elif") {
                let condition = self.filled_list()?;
                self.expect_word("then")?;
                branches.push((condition, self.list()?));
            } else if self.take_word("else") {
                otherwise = Some(self.list()?);
            } else {
                self.expect_word("fi")?;
                return Ok(CommandKind::If {
                    branches,
                    otherwise,
                });
            }
        }
    }

    pub(super) fn do_group(&mut self) -> Parsed<List> {
        self.skip_lines()?;
        if self.flavour == Flavour::Bash && self.take_word("{") {
            let body = self.list()?;
            self.expect_word("}")?;
            return Ok(body);
        }
        self.expect_word("do")?;
        let body = self.list()?;
        self.expect_word("done")?;
        Ok(body)
    }

    pub(super) fn for_command(&mut self) -> Parsed<CommandKind> {
        self.skip_blanks();
        if self.looks_at("((") {
            let start = self.at;
            let Some(text) = self.balanced(2) else {
                return Err(Fault("`))` is missing".to_owned()));
            };
            let mut parts = text.split(';').map(|part| {
                let mut inner = Parser::new(part, self.flavour);
                inner.depth = self.depth + 1;
                inner.word(Until::End)
            });
            let mut next = || parts.next().unwrap_or_else(|| Ok(Vec::new()));
            let parts = Box::new([next()?, next()?, next()?]);
            debug_assert!(self.at > start);
            self.skip_blanks();
            self.take(";");
            return Ok(CommandKind::ArithmeticFor {
                parts,
                body: self.do_group()?,
            });
        }
        let name = self.bare_word();
        if !is_name(&name) {
            return Err(Fault("`for` lacks a name".to_owned()));
        }
        self.at += name.chars().count();
        self.skip_lines()?;
        let mut words = None;
        if self.take_word("in") {
            let mut list = Vec::new();
            loop {
                self.skip_blanks();
                match self.peek() {
                    None | Some('\n' | ';') => break,
                    Some(sign) if ends_word(sign) => return Err(unexpected(sign)),
                    Some(_) => list.push(self.word(Until::Blank)?),
                }
            }
            words = Some(list);
        }
        self.skip_blanks();
        self.take(";");
        Ok(CommandKind::For {
            name,
            words,
            body: self.do_group()?,
        })
    }

    pub(super) fn case_command(&mut self) -> Parsed<CommandKind> {
        self.skip_blanks();
        let word = self.word(Until::Blank)?;
        self.expect_word("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_lines()?;
            if self.take_word("esac") {
                return Ok(CommandKind::Case { word, arms });
            }
            self.take("(");
            let mut patterns = Vec::new();
            loop {
                self.skip_blanks();
                if self.peek().is_none_or(ends_word) {
                    return Err(Fault("a pattern of `case` is missing".to_owned()));
                }
                patterns.push(self.word(Until::Blank)?);
                self.skip_blanks();
                if !self.take("|") {
                    break;
                }
            }
            self.expect(")")?;
            let body = self.list()?;
            self.skip_lines()?;
            let then = if self.take(";;&") {
                AfterArm::NextTest
            } else if self.take(";;") {
                AfterArm::Leave
            } else if self.take(";&") {
                AfterArm::NextBody
            } else if self.bare_word() == "esac" {
                AfterArm::Leave
            } else {
                return Err(Fault("`;;` is missing".to_owned()));
            };
            arms.push(Arm {
                patterns,
                body,
                then,
            });
        }
    }

    pub(super) fn condition(&mut self) -> Parsed<CommandKind> {
        let mut terms = Vec::new();
        let mut is_regex = false;
        loop {
            self.skip_lines()?;
            if self.take_word("]]") {
                return Ok(CommandKind::Condition(terms));
            }
            let operator = ["&&", "||", "(", ")", "<", ">"]
                .into_iter()
                .find(|operator| !is_regex && self.looks_at(operator));
            if let Some(operator) = operator {
                self.at += operator.len();
                terms.push(Term::Operator(operator.to_owned()));
                continue;
            }
            let bare = self.bare_word();
            if matches!(bare.as_str(), "!" | "=~" | "==" | "=" | "!=") {
                self.at += bare.len();
                is_regex = bare == "=~";
                terms.push(Term::Operator(bare));
                continue;
            }
            let until = if is_regex { Until::Space } else { Until::Blank };
            is_regex = false;
            let start = self.at;
            let word = self.word(until)?;
            if self.at == start {
                return Err(Fault("`]]` is missing".to_owned()));
            }
            terms.push(Term::Word(word));
        }
    }
}
