//! The same for TOML files.

use std::ops::Range;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::faults;
use super::words::{self, Spot};
use super::{Form, shorten};
use crate::diagnostic::{Code, Diagnostic, Place, SourceText};

/// A value of a TOML file, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::content) struct TomlNode<'t> {
    value: &'t Spanned<DeValue<'t>>,
    source: &'t Arc<SourceText>,
}

impl<'t> TomlNode<'t> {
    /// The key and the value of a pair of a table.
    fn pair(self, name: &str) -> Option<(Range<usize>, Self)> {
        let table = self.value.get_ref().as_table()?;
        let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
        Some((key.span(), Self { value, ..self }))
    }

    /// The value of a pair of a table.
    pub(in crate::content) fn get(self, name: &str) -> Option<Self> {
        self.pair(name).map(|(_, value)| value)
    }

    /// The elements of a list; any other value is the only one.
    pub(in crate::content) fn one_or_many(self) -> Vec<Self> {
        match self.value.get_ref().as_array() {
            Some(array) => array.iter().map(|value| Self { value, ..self }).collect(),
            None => vec![self],
        }
    }

    /// The place of the value.
    pub(in crate::content) fn place(self) -> Place {
        Place::span(self.source, self.value.span())
    }

    /// The place of a key of a table.
    pub(in crate::content) fn place_of_key(self, name: &str) -> Place {
        match self.pair(name) {
            Some((key, _)) => Place::span(self.source, key),
            None => self.first_line(),
        }
    }

    fn first_line(self) -> Place {
        let bytes = self.value.span();
        let text = self.source.text.get(bytes.clone()).unwrap_or_default();
        let length = text.find('\n').unwrap_or(text.len());
        Place::span(self.source, bytes.start..bytes.start + length)
    }
}

struct TomlSpot<'t> {
    node: TomlNode<'t>,
}

impl<'t> TomlSpot<'t> {
    fn find(root: TomlNode<'t>, path: &[String]) -> Self {
        let mut node = root;
        for segment in path {
            let element = segment.parse::<usize>().ok().and_then(|position| {
                let array = node.value.get_ref().as_array()?;
                let value = array.get(position)?;
                Some(TomlNode { value, ..node })
            });
            match element.or_else(|| node.get(segment)) {
                Some(inside) => node = inside,
                None => break,
            }
        }
        Self { node }
    }
}

impl Spot for TomlSpot<'_> {
    fn of_value(&self) -> Place {
        self.node.first_line()
    }

    fn first_line(&self) -> Place {
        self.node.first_line()
    }

    fn of_key_inside(&self, name: &str) -> Place {
        self.node.place_of_key(name)
    }
}

impl<T: DeserializeOwned + JsonSchema> Form<T> {
    /// Reads a TOML file, and hands what it holds and its root, which knows the
    /// places, to `then`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file: it is no TOML, or is not of this
    /// structure. Never empty.
    pub(in crate::content) fn read_toml<R>(
        &self,
        source: &Arc<SourceText>,
        then: impl FnOnce(T, TomlNode<'_>) -> R,
    ) -> Result<R, Vec<Diagnostic>> {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            let mut problems: Vec<_> = errors
                .iter()
                .map(|error| syntax_problem(source, error))
                .collect();
            shorten(&mut problems, &source.file);
            return Err(problems);
        }
        let span = table.span();
        let root = Spanned::new(span, DeValue::Table(table.into_inner()));
        let node = TomlNode {
            value: &root,
            source,
        };
        let instance = to_json(root.get_ref());
        let found = faults(&self.schema, &self.validator, &instance);
        let tell = |fault: &super::Fault| {
            let spot = TomlSpot::find(node, &fault.path);
            words::diagnostic(&spot, &instance, fault)
        };
        let mut problems: Vec<_> = found.iter().map(tell).collect();
        if !problems.is_empty() {
            shorten(&mut problems, &source.file);
            return Err(problems);
        }
        let value = serde_json::from_value(instance).map_err(|error| {
            vec![
                Diagnostic::error(
                    Code::CONTENT_BAD_VALUE,
                    format!("the file cannot be read: {error}"),
                )
                .in_file(&source.file)
                .help("compare it with a file that is accepted"),
            ]
        })?;
        Ok(then(value, node))
    }
}

fn syntax_problem(source: &Arc<SourceText>, error: &toml::de::Error) -> Diagnostic {
    let message = error.message();
    let line = message.lines().next().unwrap_or_default();
    let place = match error.span() {
        Some(span) => Place::span(source, span),
        None => Place::file(&source.file),
    };
    Diagnostic::error(
        Code::CONFIG_SYNTAX,
        format!("the file is not well-formed TOML: {line}"),
    )
    .at(place)
    .help("look at the marked place, for quotes, brackets, and keys that stand twice")
}

fn to_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            number.map_or(Value::Null, Value::from)
        }
        DeValue::Float(number) => {
            let number = number.as_str().parse::<f64>();
            number.map_or(Value::Null, Value::from)
        }
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(values) => {
            let values = values.iter();
            values.map(|value| to_json(value.get_ref())).collect()
        }
        DeValue::Table(table) => {
            let pairs = table.iter();
            pairs
                .map(|(key, value)| (key.get_ref().to_string(), to_json(value.get_ref())))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
    }
}
