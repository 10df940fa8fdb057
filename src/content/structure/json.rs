//! YAML as JSON, for the check against a JSON Schema.

use serde_json::{Map, Number, Value};

use crate::diagnostic::{Code, Diagnostic, YamlNode};

/// The JSON of a YAML value, or what of it has none.
pub(super) fn to_json(
    root: YamlNode<'_>,
    value: &serde_yaml::Value,
) -> Result<Value, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let json = convert(Some(root), root, value, &mut problems);
    if problems.is_empty() {
        Ok(json)
    } else {
        Err(problems)
    }
}

/// Converts a value; `parent` is the closest node around it whose place is known.
fn convert(
    node: Option<YamlNode<'_>>,
    parent: YamlNode<'_>,
    value: &serde_yaml::Value,
    problems: &mut Vec<Diagnostic>,
) -> Value {
    let here = node.unwrap_or(parent);
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(truth) => Value::Bool(*truth),
        serde_yaml::Value::String(text) => Value::String(text.clone()),
        serde_yaml::Value::Number(number) => number_of(number).unwrap_or_else(|| {
            problems.push(
                Diagnostic::error(
                    Code::CONTENT_BAD_VALUE,
                    format!("`{number}` is no number that can be used here"),
                )
                .at(here.first_line())
                .help("write a finite number"),
            );
            Value::Null
        }),
        serde_yaml::Value::Sequence(list) => {
            let mut nodes = node.into_iter().flat_map(YamlNode::elements);
            let convert = |value| convert(nodes.next(), here, value, problems);
            Value::Array(list.iter().map(convert).collect())
        }
        serde_yaml::Value::Mapping(mapping) => {
            let mut nodes = node.into_iter().flat_map(YamlNode::pairs);
            let mut object = Map::new();
            for (key, value) in mapping {
                let (key_node, value_node) = nodes.next().unzip();
                let value = convert(value_node, here, value, problems);
                match key.as_str() {
                    Some(key) => {
                        object.insert(key.to_owned(), value);
                    }
                    None => problems.push(
                        Diagnostic::error(Code::CONTENT_BAD_VALUE, "the key is not text")
                            .at(key_node.unwrap_or(here).first_line())
                            .help("put it in quotes"),
                    ),
                }
            }
            Value::Object(object)
        }
        serde_yaml::Value::Tagged(tagged) => {
            problems.push(
                Diagnostic::error(
                    Code::CONTENT_BAD_VALUE,
                    format!("the tag `{}` is not known here", tagged.tag),
                )
                .at(here.first_line())
                .help("remove the tag, or put the value in quotes if it is part of it"),
            );
            Value::Null
        }
    }
}

fn number_of(number: &serde_yaml::Number) -> Option<Value> {
    let whole = number.as_u64().map(Number::from);
    whole
        .or_else(|| number.as_i64().map(Number::from))
        .or_else(|| Number::from_f64(number.as_f64()?))
        .map(Value::Number)
}
