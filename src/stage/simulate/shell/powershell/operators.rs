//! Operators (about_Operators).

use regex::RegexBuilder;

use super::shell::{Done, Shell};
use super::value::Value;

impl Shell<'_> {
    pub(super) fn unary(&mut self, operator: &str, value: Value) -> Done<Value> {
        match operator {
            "not" => Ok(match value.truth() {
                Some(truth) => Value::Bool(!truth),
                // Scripts ask so whether something that they need is missing.
                None => {
                    self.world.assume("what is asked for is there");
                    Value::Bool(false)
                }
            }),
            "-" => Ok(match value {
                Value::Real(value) => Value::Real(-value),
                other => other
                    .integer()
                    .map_or(Value::Unknown, |value| Value::Integer(value.wrapping_neg())),
            }),
            "+" => Ok(value.integer().map_or(Value::Unknown, Value::Integer)),
            "bnot" => Ok(value
                .integer()
                .map_or(Value::Unknown, |value| Value::Integer(!value))),
            "," => self.array(vec![value]),
            "split" => {
                let text = self.text_of(&value)?;
                let parts = text.split_whitespace().map(Value::text).collect();
                self.array(parts)
            }
            "join" => {
                let mut text = String::new();
                for item in value.slice() {
                    text.push_str(&self.text_of(item)?);
                }
                self.new_text(text)
            }
            _ => Ok(Value::Unknown),
        }
    }

    pub(super) fn operate(&mut self, operator: &str, left: Value, right: Value) -> Done<Value> {
        match operator {
            "and" => {
                return Ok(match (left.truth(), right.truth()) {
                    (Some(false), _) | (_, Some(false)) => Value::Bool(false),
                    (Some(true), Some(true)) => Value::Bool(true),
                    _ => Value::Unknown,
                });
            }
            "or" => {
                return Ok(match (left.truth(), right.truth()) {
                    (Some(true), _) | (_, Some(true)) => Value::Bool(true),
                    (Some(false), Some(false)) => Value::Bool(false),
                    _ => Value::Unknown,
                });
            }
            _ => {}
        }
        if operator == "+" {
            return self.add(left, right);
        }
        if left.is_unknown() || right.is_unknown() && operator != "f" {
            return Ok(Value::Unknown);
        }
        match operator {
            "-" | "/" | "%" | "band" | "bor" | "bxor" | "shl" | "shr" => {
                Ok(arithmetic(operator, &left, &right))
            }
            "*" => self.multiply(&left, &right),
            ".." => self.range(&left, &right),
            "f" => self.format(&left, &right),
            "join" => {
                let separator = self.text_of(&right)?;
                let mut parts = Vec::new();
                for item in left.slice() {
                    parts.push(self.text_of(item)?);
                }
                self.room(separator.len() * parts.len())?;
                self.new_text(parts.join(&separator))
            }
            "split" => self.split(&left, &right),
            "replace" => self.replace(&left, &right),
            "as" | "is" | "isnot" => Ok(if operator == "as" {
                left
            } else {
                Value::Unknown
            }),
            "contains" | "in" | "notcontains" | "notin" => {
                let (many, one) = if operator.ends_with("in") {
                    (&right, &left)
                } else {
                    (&left, &right)
                };
                let mut found = false;
                for item in many.slice() {
                    if item.is_unknown() {
                        return Ok(Value::Unknown);
                    }
                    found |= self.compare("eq", item, one)?.truth() == Some(true);
                }
                Ok(Value::Bool(found != operator.starts_with("not")))
            }
            _ => match &left {
                // A comparison of many filters them.
                Value::Array(_) => {
                    let mut kept = Vec::new();
                    for item in left.slice() {
                        if self.compare(operator, item, &right)?.truth() != Some(false) {
                            kept.push(item.clone());
                        }
                    }
                    self.array(kept)
                }
                _ => self.compare(operator, &left, &right),
            },
        }
    }

    fn add(&mut self, left: Value, right: Value) -> Done<Value> {
        match (&left, &right) {
            (Value::Array(_), _) => {
                let mut items = left.items();
                if !matches!(right, Value::Null) {
                    items.extend(right.items());
                }
                self.array(items)
            }
            (Value::Null, _) => Ok(right),
            (Value::Unknown, Value::Text(_)) | (Value::Text(_), _) => {
                let text = self.text_of(&left)? + &self.text_of(&right)?;
                self.new_text(text)
            }
            (Value::Unknown, _) | (_, Value::Unknown) => Ok(Value::Unknown),
            (Value::Object(_), Value::Object(_))
                if self.is_table(&left) && self.is_table(&right) =>
            {
                let sum = self.object(super::HASHTABLE, &[])?;
                let entries = [self.properties(&left), self.properties(&right)].concat();
                for (name, value) in entries {
                    self.set_property(&sum, &name, value)?;
                }
                Ok(sum)
            }
            (Value::Object(_), _) => {
                let text = self.text_of(&left)? + &self.text_of(&right)?;
                self.new_text(text)
            }
            _ => Ok(arithmetic("+", &left, &right)),
        }
    }

    fn multiply(&mut self, left: &Value, right: &Value) -> Done<Value> {
        let times = right
            .integer()
            .and_then(|times| usize::try_from(times).ok())
            .unwrap_or(0);
        match left {
            Value::Text(text) => {
                self.room(text.len().saturating_mul(times))?;
                Ok(Value::text(text.repeat(times)))
            }
            Value::Array(_) => {
                let items = left.items();
                self.room(
                    items
                        .len()
                        .saturating_mul(times)
                        .saturating_mul(size_of::<Value>()),
                )?;
                Ok(Value::array(
                    items
                        .iter()
                        .cycle()
                        .take(items.len() * times)
                        .cloned()
                        .collect(),
                ))
            }
            _ => Ok(arithmetic("*", left, right)),
        }
    }

    fn range(&mut self, left: &Value, right: &Value) -> Done<Value> {
        let (Some(from), Some(to)) = (left.integer(), right.integer()) else {
            return Ok(Value::Unknown);
        };
        let length = usize::try_from(from.abs_diff(to))
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        self.room(length.saturating_mul(size_of::<Value>()))?;
        let items = if from <= to {
            (from..=to).map(Value::Integer).collect()
        } else {
            (to..=from).rev().map(Value::Integer).collect()
        };
        Ok(Value::array(items))
    }

    /// `-f`: composite formatting with places, widths, and the hexadecimal forms.
    fn format(&mut self, left: &Value, right: &Value) -> Done<Value> {
        let pattern = self.text_of(left)?;
        let mut text = String::new();
        let mut rest = pattern.as_str();
        while let Some(open) = rest.find(['{', '}']) {
            text.push_str(rest.get(..open).unwrap_or(""));
            let after = rest.get(open..).unwrap_or("");
            if after.starts_with("{{") || after.starts_with("}}") {
                text.push_str(after.get(..1).unwrap_or(""));
                rest = after.get(2..).unwrap_or("");
                continue;
            }
            let Some(close) = after.find('}') else {
                return Ok(Value::Unknown);
            };
            let place = after.get(1..close).unwrap_or("");
            let (place, form) = place.split_once(':').unwrap_or((place, ""));
            let (place, width) = place.split_once(',').unwrap_or((place, ""));
            let item = place
                .trim()
                .parse::<usize>()
                .ok()
                .and_then(|at| right.slice().get(at).cloned());
            let item = item.unwrap_or(Value::Null);
            let shown = match (form.chars().next(), item.integer()) {
                (Some('x' | 'X' | 'd' | 'D'), Some(number)) => {
                    let digits = form
                        .get(1..)
                        .and_then(|digits| digits.parse::<usize>().ok())
                        .unwrap_or(0)
                        .min(64);
                    match form.chars().next() {
                        Some('x') => format!("{number:0digits$x}"),
                        Some('X') => format!("{number:0digits$X}"),
                        _ => format!("{number:0digits$}"),
                    }
                }
                _ => self.text_of(&item)?,
            };
            let width: i32 = width.trim().parse().unwrap_or(0);
            let columns = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(256);
            text.push_str(&if width < 0 {
                format!("{shown:<columns$}")
            } else {
                format!("{shown:>columns$}")
            });
            rest = after.get(close + 1..).unwrap_or("");
        }
        text.push_str(rest);
        self.new_text(text)
    }

    fn split(&mut self, left: &Value, right: &Value) -> Done<Value> {
        let separator = right.slice().first().cloned().unwrap_or(Value::Null);
        let pattern = self.text_of(&separator)?;
        let most = right
            .slice()
            .get(1)
            .and_then(Value::integer)
            .and_then(|most| usize::try_from(most).ok());
        let Some(regex) = regex_of(&pattern) else {
            return Ok(Value::Unknown);
        };
        let mut parts = Vec::new();
        for item in left.slice() {
            let text = self.text_of(item)?;
            match most {
                Some(most) if most > 0 => parts.extend(regex.splitn(&text, most).map(Value::text)),
                _ => parts.extend(regex.split(&text).map(Value::text)),
            }
        }
        self.array(parts)
    }

    fn replace(&mut self, left: &Value, right: &Value) -> Done<Value> {
        let pattern = right.slice().first().cloned().unwrap_or(Value::Null);
        let pattern = self.text_of(&pattern)?;
        let with = right.slice().get(1).cloned().unwrap_or(Value::Null);
        let with = self.text_of(&with)?;
        let Some(regex) = regex_of(&pattern) else {
            return Ok(Value::Unknown);
        };
        let mut replaced = Vec::new();
        for item in left.slice() {
            let text = self.text_of(item)?;
            self.room(with.len().saturating_mul(text.len() + 1))?;
            let text = regex.replace_all(&text, with.as_str()).into_owned();
            replaced.push(self.new_text(text)?);
        }
        match left {
            Value::Array(_) => self.array(replaced),
            _ => Ok(Value::collected(replaced)),
        }
    }

    fn compare(&mut self, operator: &str, left: &Value, right: &Value) -> Done<Value> {
        use std::cmp::Ordering;
        if left.is_unknown() || right.is_unknown() {
            return Ok(Value::Unknown);
        }
        if matches!(operator, "like" | "notlike" | "match" | "notmatch") {
            let text = self.text_of(left)?;
            let pattern = self.text_of(right)?;
            let pattern = if operator.ends_with("like") {
                wildcard(&pattern)
            } else {
                pattern
            };
            let Some(regex) = regex_of(&pattern) else {
                return Ok(Value::Unknown);
            };
            let found = regex.captures(&text);
            if let (Some(found), "match") = (&found, operator) {
                let table = self.object(super::HASHTABLE, &[])?;
                for (at, name) in regex.capture_names().enumerate() {
                    if let Some(group) = found.get(at) {
                        let name = name.map_or_else(|| at.to_string(), str::to_owned);
                        let group = self.new_text(group.as_str())?;
                        self.set_property(&table, &name, group)?;
                    }
                }
                self.set_variable("matches", table);
            }
            return Ok(Value::Bool(found.is_some() != operator.starts_with("not")));
        }
        let order = match (left, right) {
            (Value::Null, Value::Null) => Some(Ordering::Equal),
            (Value::Null, _) | (_, Value::Null) => None,
            (Value::Bool(left), _) => right.truth().map(|right| left.cmp(&right)),
            (Value::Integer(_) | Value::Real(_), _) => match (left.real(), right.real()) {
                (Some(left), Some(right)) => left.partial_cmp(&right),
                _ => None,
            },
            _ => {
                let left = self.text_of(left)?.to_lowercase();
                let right = self.text_of(right)?.to_lowercase();
                Some(left.cmp(&right))
            }
        };
        Ok(Value::Bool(match operator {
            "eq" => order == Some(Ordering::Equal),
            "ne" => order != Some(Ordering::Equal),
            "gt" => order == Some(Ordering::Greater),
            "ge" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            "lt" => order == Some(Ordering::Less),
            "le" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            _ => return Ok(Value::Unknown),
        }))
    }
}

/// A pattern as .NET reads it, where both dialects agree.
pub(super) fn regex_of(pattern: &str) -> Option<regex::Regex> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(1 << 20)
        .build()
        .ok()
}

/// A wildcard pattern as a regular expression.
pub(super) fn wildcard(pattern: &str) -> String {
    let mut regex = String::from("(?s)^");
    for sign in pattern.chars() {
        match sign {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '[' | ']' => regex.push(sign),
            other => regex.push_str(&regex::escape(&other.to_string())),
        }
    }
    regex.push('$');
    regex
}

fn arithmetic(operator: &str, left: &Value, right: &Value) -> Value {
    let is_real = matches!(left, Value::Real(_)) || matches!(right, Value::Real(_));
    if !is_real {
        let (Some(left), Some(right)) = (left.integer(), right.integer()) else {
            return Value::Unknown;
        };
        let bits = u32::try_from(right & 63).unwrap_or(0);
        let whole = match operator {
            "+" => left.checked_add(right),
            "-" => left.checked_sub(right),
            "*" => left.checked_mul(right),
            "%" => left.checked_rem(right),
            "/" if right != 0 && left.checked_rem(right) == Some(0) => left.checked_div(right),
            "band" => Some(left & right),
            "bor" => Some(left | right),
            "bxor" => Some(left ^ right),
            "shl" => left.checked_shl(bits),
            "shr" => left.checked_shr(bits),
            _ => None,
        };
        if let Some(whole) = whole {
            return Value::Integer(whole);
        }
    }
    let (Some(left), Some(right)) = (left.real(), right.real()) else {
        return Value::Unknown;
    };
    match operator {
        "+" => Value::Real(left + right),
        "-" => Value::Real(left - right),
        "*" => Value::Real(left * right),
        "/" if right != 0.0 => Value::Real(left / right),
        "%" if right != 0.0 => Value::Real(left % right),
        _ => Value::Unknown,
    }
}
