//! Members of values, and of .NET classes that scripts use.

use super::shell::{Done, Shell, Stop};
use super::value::Value;

impl Shell<'_> {
    pub(super) fn member(&mut self, of: &Value, name: &str) -> Done<Value> {
        let lower = name.to_lowercase();
        match of {
            Value::Unknown => Ok(Value::Unknown),
            Value::Null => Ok(if lower == "count" {
                Value::Integer(0)
            } else {
                Value::Null
            }),
            Value::Text(text) if lower == "length" => Ok(length(text.chars().count())),
            Value::Array(_) if matches!(lower.as_str(), "length" | "count") => {
                Ok(length(of.slice().len()))
            }
            Value::Array(_) => {
                let mut found = Vec::new();
                for item in of.slice() {
                    let value = self.member(item, name)?;
                    found.extend(value.items());
                }
                self.room(found.len() * size_of::<Value>())?;
                Ok(Value::collected(found))
            }
            Value::Object(_) => {
                if let Some(value) = self.property(of, name) {
                    return Ok(value);
                }
                if !self.is_table(of) {
                    return Ok(if self.kind(of) == "PSCustomObject" {
                        Value::Null
                    } else {
                        Value::Unknown
                    });
                }
                let entries = self.properties(of);
                match lower.as_str() {
                    "count" => Ok(length(entries.len())),
                    "keys" => {
                        let keys = entries
                            .into_iter()
                            .map(|(key, _)| Value::text(key))
                            .collect();
                        self.array(keys)
                    }
                    "values" => self.array(entries.into_iter().map(|(_, value)| value).collect()),
                    _ => Ok(Value::Null),
                }
            }
            _ if matches!(lower.as_str(), "count" | "length") => Ok(Value::Integer(1)),
            Value::Integer(_) | Value::Bool(_) | Value::Real(_) | Value::Text(_) => Ok(Value::Null),
            _ => Ok(Value::Unknown),
        }
    }

    pub(super) fn cast(&mut self, name: &str, value: Value) -> Done<Value> {
        let lower = name.to_lowercase();
        let lower = lower.strip_prefix("system.").unwrap_or(&lower);
        if value.is_unknown() {
            return Ok(value);
        }
        match lower {
            "string" => {
                let text = self.text_of(&value)?;
                self.new_text(text)
            }
            "int" | "int32" | "int64" | "long" | "uint32" | "uint64" | "int16" | "byte"
            | "uint16" => {
                if let Value::Text(text) = &value {
                    let mut signs = text.chars();
                    if let (Some(sign), None) = (signs.next(), signs.next())
                        && !sign.is_ascii_digit()
                    {
                        return Ok(Value::Integer(i64::from(u32::from(sign))));
                    }
                }
                Ok(value.integer().map_or(Value::Unknown, Value::Integer))
            }
            "double" | "float" | "decimal" | "single" => {
                Ok(value.real().map_or(Value::Unknown, Value::Real))
            }
            "bool" | "boolean" => Ok(value.truth().map_or(Value::Unknown, Value::Bool)),
            "char" => Ok(match &value {
                Value::Text(_) => value,
                other => other
                    .integer()
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32)
                    .map_or(Value::Unknown, |sign| Value::text(sign.to_string())),
            }),
            "char[]" => {
                if let Value::Text(text) = &value {
                    let signs: Vec<Value> = text
                        .chars()
                        .map(|sign| Value::text(sign.to_string()))
                        .collect();
                    return self.array(signs);
                }
                let mut signs = Vec::new();
                for item in value.slice() {
                    signs.push(self.cast("char", item.clone())?);
                }
                self.array(signs)
            }
            "array" | "object[]" => self.array(value.items()),
            "string[]" => {
                let mut texts = Vec::new();
                for item in value.slice() {
                    let text = self.text_of(item)?;
                    texts.push(self.new_text(text)?);
                }
                self.array(texts)
            }
            "pscustomobject" => {
                let entries = self.properties(&value);
                let made = self.object("PSCustomObject", &[])?;
                for (key, value) in entries {
                    self.set_property(&made, &key, value)?;
                }
                Ok(made)
            }
            "scriptblock" => {
                let text = self.text_of(&value)?;
                self.block_of(&text)
            }
            "void" => Ok(Value::Null),
            "wmiclass" | "management.managementclass" => {
                let name = self.text_of(&value)?;
                let name = name.rsplit([':', '\\']).next().unwrap_or("").to_owned();
                self.object("WmiClass", &[("Name", Value::text(name))])
            }
            "net.webrequest" => self.invoke_static("net.webrequest", "create", vec![value]),
            _ => Ok(value),
        }
    }

    /// A script block of a text.
    pub(super) fn block_of(&mut self, text: &str) -> Done<Value> {
        self.room(text.len())?;
        match super::parse::script(text) {
            Ok(block) => Ok(Value::Block(std::rc::Rc::new(block))),
            Err(problem) => {
                self.not_interpreted(format!("it cannot be read: {}", problem.because));
                Ok(Value::Unknown)
            }
        }
    }

    pub(super) fn static_member(&mut self, of: &str, name: &str) -> Done<Value> {
        let of = short_type(of);
        match (of.as_str(), name.to_lowercase().as_str()) {
            ("environment", "username") => self.variable("env:USERNAME"),
            ("environment", "machinename") => self.variable("env:COMPUTERNAME"),
            ("environment", "userdomainname") => self.variable("env:USERDOMAIN"),
            ("environment", "currentdirectory") => {
                let directory = self.context.directory.clone();
                self.new_text(directory)
            }
            ("environment", "systemdirectory") => self.new_text(r"C:\Windows\system32"),
            ("environment", "newline") => self.new_text("\r\n"),
            ("environment", "is64bitoperatingsystem" | "is64bitprocess") => Ok(Value::Bool(true)),
            ("intptr", "size") => Ok(Value::Integer(8)),
            ("intptr", "zero") => Ok(Value::Integer(0)),
            ("string", "empty") => self.new_text(""),
            ("text.encoding", encoding) => {
                self.object("Encoding", &[("Name", Value::text(encoding))])
            }
            ("int32" | "int", "maxvalue") => Ok(Value::Integer(i64::from(i32::MAX))),
            (
                "net.securityprotocoltype"
                | "security.principal.windowsbuiltinrole"
                | "io.filemode",
                _,
            ) => self.new_text(name),
            _ => Ok(Value::Unknown),
        }
    }

    pub(super) fn texts(&mut self, values: &[Value]) -> Done<Vec<String>> {
        values
            .iter()
            .map(|value| {
                if value.is_unknown() {
                    Ok(String::new())
                } else {
                    self.text_of(value)
                }
            })
            .collect()
    }

    /// `%NAME%` within a text.
    pub(super) fn expand_environment(&self, text: &str) -> String {
        let mut done = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            done.push_str(before);
            match after
                .split_once('%')
                .and_then(|(name, rest)| Some((self.context.environment.get(name)?, rest)))
            {
                Some((value, after)) => {
                    done.push_str(value);
                    rest = after;
                }
                None => {
                    done.push('%');
                    rest = after;
                }
            }
        }
        done.push_str(rest);
        done
    }

    /// Calls a method of a text, an array, or an object.
    pub(super) fn invoke(&mut self, of: &Value, name: &str, arguments: Vec<Value>) -> Done<Value> {
        let lower = name.to_lowercase();
        match of {
            Value::Text(text) => self.invoke_text(text.as_ref(), &lower, &arguments),
            Value::Block(block) if matches!(lower.as_str(), "invoke" | "invokereturnasis") => {
                let mut out = Vec::new();
                let words: Vec<super::command::Word> = arguments
                    .into_iter()
                    .map(|value| super::command::Word::Value(value, " "))
                    .collect();
                self.call_block(
                    &std::rc::Rc::clone(block),
                    &words,
                    None,
                    super::ast::Call::Ampersand,
                    &mut out,
                )?;
                Ok(Value::collected(out))
            }
            Value::Array(_) if lower == "foreach" || lower == "where" => {
                let mut out = Vec::new();
                if let Some(Value::Block(block)) = arguments.first() {
                    for item in of.items() {
                        self.world.budget.step()?;
                        self.set_variable("_", item.clone());
                        let mut found = Vec::new();
                        self.call_in_scope(block, &mut found)?;
                        if lower == "foreach" {
                            out.extend(found);
                        } else if Value::collected(found).truth() != Some(false) {
                            out.push(item);
                        }
                    }
                }
                self.array(out)
            }
            Value::Array(_) if lower == "contains" => self.operate(
                "contains",
                of.clone(),
                arguments.first().cloned().unwrap_or(Value::Null),
            ),
            Value::Array(_) if lower != "gettype" && lower != "tostring" => {
                let mut out = Vec::new();
                for item in of.items() {
                    self.world.budget.step()?;
                    out.extend(self.invoke(&item, name, arguments.clone())?.items());
                }
                Ok(Value::collected(out))
            }
            Value::Integer(_)
            | Value::Real(_)
            | Value::Bool(_)
            | Value::Type(_)
            | Value::Block(_)
                if lower == "tostring" =>
            {
                let pattern = arguments.first().cloned();
                match pattern {
                    Some(Value::Text(form)) => {
                        let form = Value::text(format!("{{0:{form}}}"));
                        self.operate("f", form, Value::array(vec![of.clone()]))
                    }
                    _ => {
                        let text = self.text_of(of)?;
                        self.new_text(text)
                    }
                }
            }
            Value::Object(_) => self.invoke_object(of, &lower, arguments),
            Value::Null => {
                if self.tries > 0 {
                    return Err(Stop::Throw(Value::text(
                        "You cannot call a method on a null-valued expression.",
                    )));
                }
                self.went_well = false;
                Ok(Value::Null)
            }
            _ => Ok(Value::Unknown),
        }
    }

    fn invoke_text(&mut self, text: &str, name: &str, arguments: &[Value]) -> Done<Value> {
        let texts = self.texts(arguments)?;
        let first = texts.first().cloned().unwrap_or_default();
        let second = texts.get(1).cloned().unwrap_or_default();
        let whole = |at: usize| {
            arguments
                .get(at)
                .and_then(Value::integer)
                .and_then(|at| usize::try_from(at).ok())
        };
        match name {
            "tostring" | "clone" | "normalize" => self.new_text(text),
            "tolower" | "tolowerinvariant" => self.new_text(text.to_lowercase()),
            "toupper" | "toupperinvariant" => self.new_text(text.to_uppercase()),
            "trim" | "trimstart" | "trimend" => {
                let signs: Vec<char> = texts.concat().chars().collect();
                let is_cut = |sign: char| {
                    if signs.is_empty() {
                        sign.is_whitespace()
                    } else {
                        signs.contains(&sign)
                    }
                };
                self.new_text(match name {
                    "trim" => text.trim_matches(is_cut),
                    "trimstart" => text.trim_start_matches(is_cut),
                    _ => text.trim_end_matches(is_cut),
                })
            }
            "replace" if !first.is_empty() => {
                self.room(second.len().saturating_mul(text.matches(&first).count()))?;
                self.new_text(text.replace(&first, &second))
            }
            "split" => {
                let signs: Vec<char> = first.chars().collect();
                let parts: Vec<Value> = text
                    .split(|sign| signs.contains(&sign))
                    .map(Value::text)
                    .collect();
                self.room(text.len())?;
                self.array(parts)
            }
            "substring" => {
                let from = whole(0).unwrap_or(0);
                let length = whole(1).unwrap_or(usize::MAX);
                let part: String = text.chars().skip(from).take(length).collect();
                self.new_text(part)
            }
            "contains" => Ok(Value::Bool(text.contains(&first))),
            "startswith" => Ok(Value::Bool(text.starts_with(&first))),
            "endswith" => Ok(Value::Bool(text.ends_with(&first))),
            "equals" => Ok(Value::Bool(text == first)),
            "indexof" => Ok(text.find(&first).map_or(Value::Integer(-1), |at| {
                length(text.get(..at).map_or(0, |before| before.chars().count()))
            })),
            "tochararray" => {
                let signs: Vec<Value> = text
                    .chars()
                    .map(|sign| Value::text(sign.to_string()))
                    .collect();
                self.array(signs)
            }
            "insert" => {
                let at = whole(0).unwrap_or(0);
                let text: String = text
                    .chars()
                    .take(at)
                    .chain(second.chars())
                    .chain(text.chars().skip(at))
                    .collect();
                self.new_text(text)
            }
            "padleft" | "padright" => {
                let columns = whole(0).unwrap_or(0).min(4_096);
                self.new_text(if name == "padleft" {
                    format!("{text:>columns$}")
                } else {
                    format!("{text:<columns$}")
                })
            }
            _ => Ok(Value::Unknown),
        }
    }
}

/// The name of a type without `System.`, in lower case.
pub(super) fn short_type(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let lower = lower.strip_prefix("system.").unwrap_or(&lower);
    if lower.starts_with("text.") && lower.ends_with("encoding") {
        return "text.encoding".to_owned();
    }
    lower.to_owned()
}

fn length(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// An array of small numbers as bytes.
pub(super) fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    if matches!(value, Value::Text(_) | Value::Null) {
        return None;
    }
    value
        .slice()
        .iter()
        .map(|item| item.integer().and_then(|byte| u8::try_from(byte).ok()))
        .collect()
}
