//! The shorthand in which the command line takes structures, as
//! `Key=InstanceIds,Values=i-1,i-2` ("Using shorthand syntax in the AWS CLI"), and the
//! fitting of values to what the interface wants.

use serde_json::{Map, Value};

use super::operations::Kind;

/// How deep values may be nested.
const DEPTH: usize = 16;

/// Reads shorthand; `None` if it is none.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser {
        rest: text.chars().collect(),
        at: 0,
        depth: 0,
    };
    let members = parser.members(None)?;
    (parser.at == parser.rest.len()).then_some(Value::Object(members))
}

struct Parser {
    rest: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Pairs up to the sign that closes them.
    fn members(&mut self, close: Option<char>) -> Option<Map<String, Value>> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut members = Map::new();
        loop {
            self.blanks();
            if self.peek() == close {
                break;
            }
            let name = self.name()?;
            let value = self.value(close)?;
            members.insert(name, value);
            self.blanks();
            match self.peek() {
                Some(',') => self.at += 1,
                other if other == close => break,
                _ => return None,
            }
        }
        if close.is_some() {
            self.at += 1;
        }
        self.depth -= 1;
        Some(members)
    }

    /// A name with its equals sign.
    fn name(&mut self) -> Option<String> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|sign| sign.is_ascii_alphanumeric() || "-_.#/:".contains(sign))
        {
            self.at += 1;
        }
        let name: String = self.rest.get(start..self.at)?.iter().collect();
        self.blanks();
        if name.is_empty() || self.peek() != Some('=') {
            self.at = start;
            return None;
        }
        self.at += 1;
        Some(name)
    }

    /// One value, or several with commas between them.
    fn value(&mut self, close: Option<char>) -> Option<Value> {
        self.blanks();
        match self.peek() {
            Some('{') => {
                self.at += 1;
                return Some(Value::Object(self.members(Some('}'))?));
            }
            Some('[') => {
                self.at += 1;
                return self.list();
            }
            _ => {}
        }
        let mut values = vec![self.word(close)?];
        loop {
            let before = self.at;
            self.blanks();
            if self.peek() != Some(',') {
                break;
            }
            self.at += 1;
            self.blanks();
            let start = self.at;
            let is_next_pair = self.name().is_some();
            self.at = start;
            let is_end = self.peek().is_none() || self.peek() == close;
            if is_next_pair {
                self.at = before;
                break;
            }
            if is_end {
                // A comma at the end makes a list of one.
                return Some(values.into());
            }
            values.push(self.word(close)?);
        }
        if values.len() == 1 {
            values.pop()
        } else {
            Some(values.into())
        }
    }

    fn list(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut items = Vec::new();
        loop {
            self.blanks();
            match self.peek()? {
                ']' => {
                    self.at += 1;
                    break;
                }
                ',' => self.at += 1,
                '{' => {
                    self.at += 1;
                    items.push(Value::Object(self.members(Some('}'))?));
                }
                '[' => {
                    self.at += 1;
                    items.push(self.list()?);
                }
                _ => items.push(self.word(Some(']'))?),
            }
        }
        self.depth -= 1;
        Some(items.into())
    }

    /// A word, in quotes or without.
    fn word(&mut self, close: Option<char>) -> Option<Value> {
        let quote = self.peek().filter(|sign| matches!(sign, '\'' | '"'));
        if quote.is_some() {
            self.at += 1;
            let mut word = String::new();
            loop {
                let sign = self.peek()?;
                self.at += 1;
                match sign {
                    '\\' => {
                        word.extend(self.peek());
                        self.at += 1;
                    }
                    sign if Some(sign) == quote => return Some(word.into()),
                    other => word.push(other),
                }
            }
        }
        let mut word = String::new();
        while let Some(sign) = self.peek() {
            if sign == ',' || Some(sign) == close {
                break;
            }
            if sign == '\\' {
                self.at += 1;
            }
            word.extend(self.peek());
            self.at += 1;
        }
        Some(word.trim_end().into())
    }
}

/// A value as the interface wants it: numbers of their text, lists of one, and so on.
pub(super) fn fit(value: Value, kind: &Kind) -> Value {
    match (kind, value) {
        (Kind::List(item), Value::Array(items)) => {
            items.into_iter().map(|value| fit(value, item)).collect()
        }
        (Kind::List(item), value) => Value::Array(vec![fit(value, item)]),
        (Kind::Map(item), Value::Object(members)) => members
            .into_iter()
            .map(|(name, value)| (name, fit(value, item)))
            .collect::<Map<_, _>>()
            .into(),
        (Kind::Structure(known), Value::Object(members)) => members
            .into_iter()
            .map(|(name, value)| {
                let kind = known.iter().find(|(known, _)| *known == name);
                let value = match kind {
                    Some((_, kind)) => fit(value, kind),
                    None => value,
                };
                (name, value)
            })
            .collect::<Map<_, _>>()
            .into(),
        (Kind::Whole, Value::String(text)) => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => text.into(),
        },
        (Kind::Number, Value::String(text)) => match text.parse::<f64>() {
            Ok(number) => number.into(),
            Err(_) => text.into(),
        },
        (Kind::Truth, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => true.into(),
            "false" => false.into(),
            _ => text.into(),
        },
        (_, value) => value,
    }
}
