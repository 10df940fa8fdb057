//! Expressions (about_Operator_Precedence).

use std::rc::Rc;

use super::super::ast::{Expression, Statement};
use super::{Parser, Read};

/// Whether a comma makes a list, or separates arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comma {
    Lists,
    Separates,
}

/// Operators that are words, from those that bind least.
const WORDS: &[&[&str]] = &[
    &["and", "or", "xor"],
    &["band", "bor", "bxor"],
    &[
        "eq",
        "ne",
        "gt",
        "ge",
        "lt",
        "le",
        "like",
        "notlike",
        "match",
        "notmatch",
        "contains",
        "notcontains",
        "in",
        "notin",
        "replace",
        "split",
        "join",
        "is",
        "isnot",
        "as",
        "shl",
        "shr",
    ],
];
const ADDITIVE: usize = 3;
const MULTIPLICATIVE: usize = 4;
const FORMAT: usize = 5;
const RANGE: usize = 6;
const LIST: usize = 7;

/// The most operators of one rank in a row.
const MOST_LINKS: u32 = 2_000;

impl Parser<'_> {
    pub(super) fn expression(&mut self, comma: Comma) -> Read<Expression> {
        self.deeper(|parser| parser.binary(0, comma))
    }

    fn binary(&mut self, rank: usize, comma: Comma) -> Read<Expression> {
        if rank == LIST {
            return self.list(comma);
        }
        let mut left = self.binary(rank + 1, comma)?;
        let mut links = 0_u32;
        loop {
            links += 1;
            if links > MOST_LINKS {
                return self.problem("it has too many links");
            }
            let before = self.at;
            self.blanks();
            let Some(operator) = self.operator(rank) else {
                self.at = before;
                return Ok(left);
            };
            self.lines();
            let right = self.binary(rank + 1, comma)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    /// Takes an operator of a rank.
    fn operator(&mut self, rank: usize) -> Option<&'static str> {
        match rank {
            ADDITIVE => {
                let sign = self.peek()?;
                let name = match sign {
                    '+' => "+",
                    '-' | '–' => "-",
                    _ => return None,
                };
                let next = self.peek_at(1);
                if next == Some('=') || next.is_some_and(char::is_alphabetic) && sign != '+' {
                    return None;
                }
                if next == Some(sign) {
                    return None;
                }
                self.bump();
                Some(name)
            }
            MULTIPLICATIVE => {
                let name = match self.peek()? {
                    '*' => "*",
                    '/' => "/",
                    '%' => "%",
                    _ => return None,
                };
                if self.peek_at(1) == Some('=') {
                    return None;
                }
                self.bump();
                Some(name)
            }
            FORMAT => self.dashed(&["f"]),
            RANGE => self.take("..").then_some(".."),
            rank => self.dashed(WORDS.get(rank)?),
        }
    }

    /// Takes an operator that is a word with a hyphen before it, as `-eq`, `-ieq`, or
    /// `-ceq`.
    fn dashed(&mut self, names: &[&'static str]) -> Option<&'static str> {
        let mut signs = self.rest().chars();
        if !matches!(signs.next(), Some('-' | '–')) {
            return None;
        }
        let word: String = signs.take_while(char::is_ascii_alphabetic).collect();
        let word = word.to_ascii_lowercase();
        let bare = word.strip_prefix(['i', 'c']);
        let found = names
            .iter()
            .find(|name| **name == word)
            .or_else(|| names.iter().find(|name| Some(**name) == bare))?;
        self.bump();
        self.at += word.len();
        Some(found)
    }

    fn list(&mut self, comma: Comma) -> Read<Expression> {
        let first = self.unary(comma)?;
        if comma == Comma::Separates {
            return Ok(first);
        }
        let mut items = vec![first];
        loop {
            let before = self.at;
            self.blanks();
            if self.peek() != Some(',') {
                self.at = before;
                break;
            }
            self.bump();
            self.lines();
            items.push(self.unary(comma)?);
        }
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return Ok(only);
        }
        Ok(Expression::List(items, ","))
    }

    fn unary(&mut self, comma: Comma) -> Read<Expression> {
        self.deeper(|parser| parser.unary_inner(comma))
    }

    fn unary_inner(&mut self, comma: Comma) -> Read<Expression> {
        self.blanks();
        let operator = match self.peek() {
            Some('!') => {
                self.bump();
                Some("not")
            }
            Some(',') => {
                self.bump();
                Some(",")
            }
            Some('+') if self.take("++") => {
                let inner = self.unary(comma)?;
                return Ok(Expression::Step(Box::new(inner), 1));
            }
            Some('-') if self.take("--") => {
                let inner = self.unary(comma)?;
                return Ok(Expression::Step(Box::new(inner), -1));
            }
            Some('-' | '–') => match self.dashed(&["not", "bnot", "split", "join"]) {
                Some(operator) => Some(operator),
                None => {
                    self.bump();
                    Some("-")
                }
            },
            Some('+') => {
                self.bump();
                Some("+")
            }
            _ => None,
        };
        if let Some(operator) = operator {
            self.lines();
            let inner = self.unary(comma)?;
            return Ok(Expression::Unary(operator, Box::new(inner)));
        }
        self.postfix()
    }

    /// Reads a value with what follows it: members, calls, and indices.
    pub(super) fn postfix(&mut self) -> Read<Expression> {
        let mut value = self.deeper(Parser::primary)?;
        if let Expression::Type(name) = &value {
            let casts = self.peek().is_some_and(|sign| {
                matches!(sign, '$' | '"' | '\'' | '(' | '@' | '[' | '{' | '-' | '+')
                    || sign.is_ascii_digit()
            }) || self.rest().starts_with(' ') && {
                let next = self.rest().trim_start_matches(' ').chars().next();
                next.is_some_and(|sign| {
                    matches!(sign, '$' | '"' | '\'' | '(' | '@' | '[') || sign.is_ascii_digit()
                })
            };
            if casts {
                let name = name.clone();
                self.blanks();
                let inner = self.unary(Comma::Separates)?;
                return Ok(Expression::Cast(name, Box::new(inner)));
            }
        }
        let mut links = 0_u32;
        loop {
            links += 1;
            if links > 64 {
                return self.problem("it has too many links");
            }
            if self.rest().starts_with("::") {
                self.at += 2;
                self.blanks();
                let name = Box::new(self.member_name()?);
                value = match self.call_arguments()? {
                    Some(arguments) => Expression::InvokeStatic(Box::new(value), name, arguments),
                    None => Expression::StaticMember(Box::new(value), name),
                };
                continue;
            }
            match self.peek() {
                Some('.') if self.member_follows() => {
                    self.bump();
                    let name = Box::new(self.member_name()?);
                    value = match self.call_arguments()? {
                        Some(arguments) => Expression::Invoke(Box::new(value), name, arguments),
                        None => Expression::Member(Box::new(value), name),
                    };
                }
                Some('[')
                    if !matches!(value, Expression::Text(_) | Expression::Type(_))
                        || self.is_index() =>
                {
                    self.bump();
                    self.lines();
                    let index = self.expression(Comma::Lists)?;
                    self.lines();
                    self.expect("]")?;
                    value = Expression::Index(Box::new(value), Box::new(index));
                }
                Some('+') if self.rest().starts_with("++") => {
                    self.at += 2;
                    return Ok(Expression::Step(Box::new(value), 1));
                }
                Some('-') if self.rest().starts_with("--") && is_assignable(&value) => {
                    self.at += 2;
                    return Ok(Expression::Step(Box::new(value), -1));
                }
                _ => return Ok(value),
            }
        }
    }

    fn is_index(&self) -> bool {
        self.peek_at(1)
            .is_some_and(|sign| sign.is_ascii_digit() || matches!(sign, '$' | '-' | ' '))
    }

    fn member_follows(&self) -> bool {
        self.peek_at(1).is_some_and(|sign| {
            sign.is_alphabetic() || matches!(sign, '_' | '"' | '\'' | '$' | '(')
        })
    }

    fn member_name(&mut self) -> Read<Expression> {
        match self.peek() {
            Some('"' | '\'' | '$' | '(') => self.deeper(Parser::primary),
            _ => match self.identifier() {
                Some(name) => Ok(Expression::Text(name)),
                None => self.problem("a member has no name"),
            },
        }
    }

    fn call_arguments(&mut self) -> Read<Option<Vec<Expression>>> {
        if self.peek() != Some('(') {
            return Ok(None);
        }
        self.bump();
        let mut arguments = Vec::new();
        loop {
            self.lines();
            if self.take(")") {
                return Ok(Some(arguments));
            }
            if !arguments.is_empty() {
                self.expect(",")?;
                self.lines();
            }
            arguments.push(self.expression(Comma::Separates)?);
        }
    }

    fn primary(&mut self) -> Read<Expression> {
        let rest = self.rest();
        if rest.starts_with("@\"") || rest.starts_with("@'") {
            let quote = if rest.starts_with("@\"") { '"' } else { '\'' };
            self.at += 2;
            return self.here_string(quote);
        }
        if rest.starts_with("@(") {
            self.at += 2;
            let inner = self.statements_until(')')?;
            self.expect(")")?;
            return Ok(Expression::Array(inner));
        }
        if rest.starts_with("@{") {
            self.at += 2;
            return self.table();
        }
        match self.peek() {
            Some('"' | '“' | '”') => {
                self.bump();
                self.expandable()
            }
            Some('\'' | '‘' | '’') => {
                self.bump();
                Ok(Expression::Text(self.verbatim()?))
            }
            Some('$') => match self.variable()? {
                Some(variable) => Ok(variable),
                None => self.problem("`$` names nothing"),
            },
            Some('@') => {
                self.bump();
                match self.identifier() {
                    Some(name) => Ok(Expression::Splat(name)),
                    None => self.problem("`@` names nothing"),
                }
            }
            Some('(') => {
                self.bump();
                self.lines();
                let inner = self.pipeline_statement()?;
                self.lines();
                self.expect(")")?;
                Ok(Expression::Parenthesis(Box::new(inner)))
            }
            Some('{') => Ok(Expression::Block(Rc::new(self.braces()?))),
            Some('[') => self.type_name(),
            Some(sign) if sign.is_ascii_digit() || sign == '.' => self.number(),
            _ => self.problem("a value is missing"),
        }
    }

    fn type_name(&mut self) -> Read<Expression> {
        let start = self.at + 1;
        let mut open = 0_i32;
        while let Some(sign) = self.bump() {
            match sign {
                '[' => open += 1,
                ']' => {
                    open -= 1;
                    if open == 0 {
                        let name = self.text.get(start..self.at - 1).unwrap_or("");
                        return Ok(Expression::Type(name.trim().to_owned()));
                    }
                }
                '\n' => break,
                _ => {}
            }
        }
        self.problem("`]` is missing")
    }

    /// Reads a hashtable; its `@{` is taken already.
    fn table(&mut self) -> Read<Expression> {
        let mut entries = Vec::new();
        loop {
            self.separators();
            if self.take("}") {
                return Ok(Expression::Table(entries));
            }
            let is_word = self
                .peek()
                .is_some_and(|sign| sign.is_alphabetic() || sign == '_');
            let key = if is_word {
                let start = self.at;
                while self
                    .peek()
                    .is_some_and(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '-'))
                {
                    self.bump();
                }
                Expression::Text(self.since(start))
            } else {
                self.postfix()?
            };
            self.lines();
            self.expect("=")?;
            self.lines();
            let value: Statement = self.deeper(Parser::statement)?;
            entries.push((key, value));
        }
    }

    pub(super) fn number(&mut self) -> Read<Expression> {
        let rest = self.rest();
        let (digits, radix) = match rest.get(..2) {
            Some("0x" | "0X") => (rest.get(2..).unwrap_or(""), 16),
            _ => (rest, 10),
        };
        let is_range = |at: usize| digits.get(at..).is_some_and(|rest| rest.starts_with(".."));
        let mut length = 0;
        for (at, sign) in digits.char_indices() {
            let belongs = sign.is_digit(radix)
                || radix == 10 && sign == '.' && !is_range(at) && {
                    let next = digits.get(at + 1..).and_then(|rest| rest.chars().next());
                    next.is_some_and(|next| next.is_ascii_digit())
                };
            if !belongs {
                break;
            }
            length = at + sign.len_utf8();
        }
        let number = digits.get(..length).unwrap_or("").to_owned();
        if number.is_empty() {
            return self.problem("a number is missing");
        }
        self.at += length + if radix == 16 { 2 } else { 0 };
        let factor = self.suffix();
        if let Ok(whole) = i64::from_str_radix(&number, radix) {
            return Ok(Expression::Integer(whole.saturating_mul(factor)));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "factors are small powers of two"
        )]
        let factor = factor as f64;
        match number.parse::<f64>() {
            Ok(real) => Ok(Expression::Real(real * factor)),
            Err(_) => self.problem("a number cannot be read"),
        }
    }

    fn suffix(&mut self) -> i64 {
        let _is_long = self.take("l") && self.peek().is_some();
        for (name, factor) in [
            ("kb", 1_i64 << 10),
            ("mb", 1 << 20),
            ("gb", 1 << 30),
            ("tb", 1 << 40),
        ] {
            if self.take(name) {
                return factor;
            }
        }
        1
    }
}

fn is_assignable(value: &Expression) -> bool {
    matches!(
        value,
        Expression::Variable(_) | Expression::Member(..) | Expression::Index(..)
    )
}
