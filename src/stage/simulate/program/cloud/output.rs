//! What the command lines of clouds print of an answer.

use std::io;

use serde_json::Value;

use super::template::is_unknown;

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON with this many blanks a level.
    Json {
        /// The blanks.
        indent: usize,
    },
    /// Tabs between values; this is written for null.
    Text {
        /// What is written for null.
        null: &'static str,
    },
    /// Nothing.
    Nothing,
    /// One whose looks are not modelled: tables and YAML.
    Other,
}

/// What is printed of an answer, after a query in JMESPath; `None` if it is not known,
/// as where the query is none.
pub(super) fn print(answer: &Value, query: Option<&str>, form: Form) -> Option<String> {
    let chosen = match query {
        None => answer.clone(),
        Some(query) => {
            let expression = compile(query).ok()?;
            let found = expression.search(answer).ok()?;
            // What is found may share its parts, and so be far larger written out.
            let mut written = Capped(Vec::new());
            serde_json::to_writer(&mut written, &*found).ok()?;
            serde_json::from_slice(&written.0).ok()?
        }
    };
    let printed = match form {
        Form::Nothing => String::new(),
        Form::Other => return None,
        Form::Json { .. } if is_nothing(answer) => String::new(),
        Form::Json { indent } => json(&chosen, indent)? + "\n",
        Form::Text { null } => text(&chosen, null),
    };
    (!is_unknown(&printed)).then_some(printed)
}

fn is_nothing(answer: &Value) -> bool {
    answer.is_null() || answer.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Why a query is not followed.
pub(super) enum QueryError {
    /// It is none.
    Malformed,
    /// It is too long or nests too deep.
    TooLarge,
}

/// The longest query that is followed, in bytes, and how many of the signs that make it
/// nest: the evaluator has no bounds of its own.
const LONGEST: usize = 2_048;
const MOST_SIGNS: usize = 60;

/// A query in JMESPath.
pub(super) fn compile(query: &str) -> Result<jmespath::Expression<'static>, QueryError> {
    let signs = query.chars().filter(|sign| "([{!&|.@".contains(*sign));
    let pipes = query.matches('|').count();
    let lists = query.matches(['[', '{']).count();
    let is_large = query.len() > LONGEST || signs.count() > MOST_SIGNS || pipes.min(lists) > 12;
    if is_large {
        return Err(QueryError::TooLarge);
    }
    jmespath::compile(&with_quotes(query)).map_err(|_| QueryError::Malformed)
}

/// Literals between backticks with quotation marks around what is no JSON: both command
/// lines take `running` for a text, as JMESPath once did.
fn with_quotes(query: &str) -> String {
    let parts: Vec<_> = query.split('`').collect();
    if parts.len() % 2 == 0 {
        return query.to_owned();
    }
    let mut quoted = String::with_capacity(query.len());
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 0 {
            quoted.push_str(part);
        } else if serde_json::from_str::<Value>(part).is_ok() {
            quoted.push_str(&format!("`{part}`"));
        } else {
            quoted.push_str(&format!("`{}`", Value::from(*part)));
        }
    }
    quoted
}

/// A text in memory that stops growing.
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > 1 << 20 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn json(value: &Value, indent: usize) -> Option<String> {
    let blanks = " ".repeat(indent);
    let formatter = serde_json::ser::PrettyFormatter::with_indent(blanks.as_bytes());
    let mut written = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut written, formatter);
    serde::Serialize::serialize(value, &mut serializer).ok()?;
    String::from_utf8(written).ok()
}

/// One line for each row; the members of an object are a row of their values.
fn text(value: &Value, null: &str) -> String {
    let mut lines = Vec::new();
    rows(value, null, &mut lines);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn rows(value: &Value, null: &str, lines: &mut Vec<String>) {
    match value {
        Value::Array(items) if items.iter().all(is_scalar) => {
            let cells: Vec<_> = items.iter().map(|item| scalar(item, null)).collect();
            if !cells.is_empty() {
                lines.push(cells.join("\t"));
            }
        }
        Value::Array(items) => {
            for item in items {
                rows(item, null, lines);
            }
        }
        Value::Object(members) => {
            let cells: Vec<_> = members
                .values()
                .filter(|value| is_scalar(value))
                .map(|value| scalar(value, null))
                .collect();
            if !cells.is_empty() {
                lines.push(cells.join("\t"));
            }
            for value in members.values().filter(|value| !is_scalar(value)) {
                rows(value, null, lines);
            }
        }
        scalar_value => lines.push(scalar(scalar_value, null)),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn scalar(value: &Value, null: &str) -> String {
    match value {
        Value::Null => null.to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
