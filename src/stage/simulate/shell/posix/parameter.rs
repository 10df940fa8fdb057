//! What parameters stand for.

use std::collections::BTreeMap;

use super::arithmetic::{Variables, evaluate};
use super::state::{Interpreter, Value, Variable};
use super::syntax::{Operation, Parameter, Reach, Word};
use super::trim::{Pieces, cost, recased, removed, replaced, sliced};
use super::unknown;
use crate::stage::simulate::world::Exhausted;

/// What a parameter stands for.
#[derive(Debug)]
pub(super) enum Got {
    /// It is not set.
    Nothing,
    Text(String),
    /// `$@` and `${list[@]}`.
    List(Vec<String>),
    /// `$*` and `${list[*]}`.
    Joined(Vec<String>),
    /// A word that is expanded in its stead.
    Word(Word),
}

impl Got {
    fn map(self, change: impl Fn(&str) -> String) -> Self {
        let all = |values: Vec<String>| values.iter().map(|value| change(value)).collect();
        match self {
            Self::Text(text) => Self::Text(change(&text)),
            Self::List(values) => Self::List(all(values)),
            Self::Joined(values) => Self::Joined(all(values)),
            other => other,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Text(text) => text.is_empty(),
            Self::List(values) | Self::Joined(values) => {
                values.iter().all(std::string::String::is_empty)
            }
            Self::Word(_) => false,
        }
    }

    fn is_set(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::List(values) | Self::Joined(values) => !values.is_empty(),
            _ => true,
        }
    }
}

/// The variables of a shell within an arithmetic expression.
struct InArithmetic<'v>(&'v mut BTreeMap<String, Variable>);

impl Variables for InArithmetic<'_> {
    fn value(&self, name: &str) -> String {
        match self.0.get(name).map(|variable| &variable.value) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::List(list)) => list.get(&0).cloned().unwrap_or_default(),
            _ => String::new(),
        }
    }

    fn element(&self, name: &str, index: i64) -> String {
        let text = match self.0.get(name).map(|variable| &variable.value) {
            Some(Value::Text(text)) if index == 0 => Some(text),
            Some(Value::List(list)) => list.get(&index),
            Some(Value::Map(map)) => map.get(&index.to_string()),
            _ => None,
        };
        text.cloned().unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: i64) {
        let variable = self.0.entry(name.to_owned()).or_default();
        if !variable.is_readonly {
            variable.value = Value::Text(value.to_string());
        }
    }
}

impl Interpreter<'_> {
    /// The value of an arithmetic expression as a text.
    pub(super) fn arithmetic(&mut self, text: &str) -> String {
        if !unknown::is_known(text) {
            return unknown::hidden(&format!("$(({text}))"));
        }
        match evaluate(text, &mut InArithmetic(&mut self.shell.variables)) {
            Ok(value) => value.to_string(),
            Err(_) if self.is_doubtful_expression(text) => unknown::hidden(&format!("$(({text}))")),
            Err(_) => {
                self.is_failed = true;
                self.end(1);
                String::new()
            }
        }
    }

    /// Whether a name in an expression stands for something that is not known.
    fn is_doubtful_expression(&self, text: &str) -> bool {
        text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'))
            .filter_map(|name| self.variable(name))
            .any(|value| !unknown::is_known(&value))
    }

    /// What `$name` or `${…}` stands for.
    pub(super) fn parameter(&mut self, parameter: &Parameter) -> Result<Got, Exhausted> {
        let mut name = parameter.name.clone();
        if let Operation::Names = parameter.operation {
            return Ok(Got::List(self.names(parameter)));
        }
        if parameter.is_indirect {
            if parameter.index.is_some() {
                return Ok(Got::List(self.keys(&name)));
            }
            name = self.variable(&name).unwrap_or_default();
        }
        let got = self.looked_up(&name, parameter.index.as_ref())?;
        self.operated(parameter, &name, got)
    }

    fn names(&self, parameter: &Parameter) -> Vec<String> {
        if parameter.index.is_some() {
            return self.keys(&parameter.name);
        }
        let names = self.shell.variables.keys();
        names
            .filter(|name| name.starts_with(&parameter.name))
            .cloned()
            .collect()
    }

    fn keys(&self, name: &str) -> Vec<String> {
        match self.shell.variables.get(name).map(|known| &known.value) {
            Some(Value::List(list)) => list.keys().map(ToString::to_string).collect(),
            Some(Value::Map(map)) => map.keys().cloned().collect(),
            Some(Value::Text(_)) => vec!["0".to_owned()],
            None => Vec::new(),
        }
    }

    fn looked_up(&mut self, name: &str, index: Option<&Word>) -> Result<Got, Exhausted> {
        if let Some(index) = index {
            return self.element(name, index);
        }
        let arguments = self.shell.positional.get(1..).unwrap_or_default();
        let text = match name {
            "@" => return Ok(Got::List(arguments.to_vec())),
            "*" => return Ok(Got::Joined(arguments.to_vec())),
            "#" => Some(arguments.len().to_string()),
            "?" if self.shell.doubt.is_some() => Some(unknown::hidden("$?")),
            "?" => Some(self.shell.status.to_string()),
            "$" => Some(self.process.id.to_string()),
            "!" => self.shell.background.map(|id| id.to_string()),
            "-" => Some(self.shell.options.iter().collect()),
            "PPID" => {
                let parent = self.process.parent.as_ref();
                parent.map(|parent| parent.id.to_string())
            }
            "UID" | "EUID" if self.is_bash() => Some(self.process.account.sid.clone()),
            "RANDOM" if self.is_bash() => Some(self.world.numbers.below(32_768).to_string()),
            "BASH_VERSION" if self.is_bash() => Some("5.2.15(1)-release".to_owned()),
            "BASH" if self.is_bash() => Some("/usr/bin/bash".to_owned()),
            "HOSTNAME" | "OSTYPE" | "SECONDS" | "LINENO" if self.is_bash() => {
                self.variable(name).or_else(|| match name {
                    "OSTYPE" => Some("linux-gnu".to_owned()),
                    "HOSTNAME" => self.host_name(),
                    _ => Some("1".to_owned()),
                })
            }
            "PWD" => Some(self.shell.directory.clone()),
            digits if digits.starts_with(|first: char| first.is_ascii_digit()) => {
                let place = digits.parse::<usize>().ok();
                place.and_then(|place| self.shell.positional.get(place).cloned())
            }
            name => self.variable(name),
        };
        Ok(text.map_or(Got::Nothing, Got::Text))
    }

    /// Ends the shell because of a variable that is not set.
    fn fail(&mut self) {
        self.is_failed = true;
        let status = if self.is_bash() { 127 } else { 2 };
        self.end(status);
    }

    pub(super) fn is_bash(&self) -> bool {
        self.flavour == super::parse::Flavour::Bash
    }

    /// The host's name.
    pub(super) fn host_name(&self) -> Option<String> {
        let host = self.world.profile.host.as_ref()?;
        Some(host.name.clone())
    }

    fn element(&mut self, name: &str, index: &Word) -> Result<Got, Exhausted> {
        let index = self.text(index)?;
        let value = self
            .shell
            .variables
            .get(name)
            .map(|known| known.value.clone());
        let Some(value) = value else {
            return Ok(match index.as_str() {
                "@" => Got::List(Vec::new()),
                "*" => Got::Joined(Vec::new()),
                _ => Got::Nothing,
            });
        };
        let all = || match &value {
            Value::Text(text) => vec![text.clone()],
            Value::List(list) => list.values().cloned().collect(),
            Value::Map(map) => map.values().cloned().collect(),
        };
        let text = match (index.as_str(), &value) {
            ("@", _) => return Ok(Got::List(all())),
            ("*", _) => return Ok(Got::Joined(all())),
            (key, Value::Map(map)) => map.get(key).cloned(),
            (index, value) => {
                let number: i64 = self.arithmetic(index).parse().unwrap_or(0);
                match value {
                    Value::Text(text) => (number == 0 || number == -1).then(|| text.clone()),
                    Value::List(list) if number < 0 => {
                        let end = list
                            .keys()
                            .next_back()
                            .map_or(0, |last| last.saturating_add(1));
                        list.get(&end.saturating_add(number)).cloned()
                    }
                    Value::List(list) => list.get(&number).cloned(),
                    Value::Map(_) => None,
                }
            }
        };
        Ok(text.map_or(Got::Nothing, Got::Text))
    }

    fn operated(&mut self, parameter: &Parameter, name: &str, got: Got) -> Result<Got, Exhausted> {
        if let Operation::Default {
            sign,
            also_empty,
            word,
        } = &parameter.operation
        {
            return self.defaulted(name, got, *sign, *also_empty, word);
        }
        if !got.is_set() && self.shell.options.contains(&'u') && !matches!(name, "@" | "*") {
            self.fail();
            return Ok(Got::Nothing);
        }
        if let Got::Text(text) = &got
            && !unknown::is_known(text)
            && !matches!(parameter.operation, Operation::Value)
        {
            return Ok(Got::Text(unknown::hidden(&parameter.text)));
        }
        Ok(match &parameter.operation {
            Operation::Length => Got::Text(match got {
                Got::List(values) | Got::Joined(values) => values.len().to_string(),
                Got::Text(text) => text.chars().count().to_string(),
                _ => "0".to_owned(),
            }),
            Operation::Remove {
                end,
                reach,
                pattern,
            } => {
                let pattern: Vec<char> = self.pattern(pattern)?.chars().collect();
                let cost = cost(&got, &pattern, Pieces::AtOneEnd);
                self.world.budget.text(cost)?;
                got.map(|text| removed(text, &pattern, *end, *reach))
            }
            Operation::Replace {
                place,
                pattern,
                with,
            } => {
                let pattern: Vec<char> = self.pattern(pattern)?.chars().collect();
                let with = self.text(with)?;
                let cost = cost(&got, &pattern, Pieces::All);
                self.world.budget.text(cost)?;
                let got = got.map(|text| replaced(text, &pattern, &with, *place));
                if let Got::Text(text) = &got {
                    self.world.budget.text(text.len())?;
                }
                got
            }
            Operation::Slice { offset, length } => {
                let offset = self.quoted_text(offset)?;
                let offset = self.arithmetic(&offset).parse().unwrap_or(0);
                let length = match length {
                    Some(length) => {
                        let length = self.quoted_text(length)?;
                        Some(self.arithmetic(&length).parse().unwrap_or(0))
                    }
                    None => None,
                };
                sliced(got, name, offset, length)
            }
            Operation::Case { sign, reach } => got.map(|text| recased(text, *sign, *reach)),
            Operation::Transform(kind) => got.map(|text| match kind {
                'U' => text.to_uppercase(),
                'L' => text.to_lowercase(),
                'u' => recased(text, '^', Reach::Least),
                'Q' => format!("'{}'", text.replace('\'', r"'\''")),
                'E' => super::escape::decode(text, super::escape::Style::Ansi).text,
                _ => text.to_owned(),
            }),
            Operation::Value | Operation::Names | Operation::Default { .. } => got,
        })
    }

    fn defaulted(
        &mut self,
        name: &str,
        got: Got,
        sign: char,
        also_empty: bool,
        word: &Word,
    ) -> Result<Got, Exhausted> {
        let is_there = got.is_set() && !(also_empty && got.is_empty());
        Ok(match (sign, is_there) {
            ('+', true) | ('-', false) => Got::Word(word.clone()),
            ('+', false) => Got::Nothing,
            ('=', false) => {
                let text = self.text(word)?;
                self.set(name, text.clone());
                Got::Text(text)
            }
            ('?', false) => {
                self.fail();
                Got::Nothing
            }
            _ => got,
        })
    }
}
