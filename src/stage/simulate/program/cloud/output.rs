//! What the command lines of clouds print of an answer.

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
            let expression = jmespath::compile(query).ok()?;
            let found = expression.search(answer).ok()?;
            serde_json::to_value(&*found).ok()?
        }
    };
    let printed = match form {
        Form::Nothing => String::new(),
        Form::Other => return None,
        Form::Json { .. } if answer.is_null() => String::new(),
        Form::Json { indent } => json(&chosen, indent)? + "\n",
        Form::Text { null } => text(&chosen, null),
    };
    (!is_unknown(&printed)).then_some(printed)
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
