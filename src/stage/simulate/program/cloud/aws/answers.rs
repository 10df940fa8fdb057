//! What services answer; a table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::call::Client;
use super::operations::{Answers, Operation, Service};
use crate::stage::simulate::program::cloud::template::{self, Names, UNKNOWN};
use crate::stage::simulate::world::World;

static TABLE: LazyLock<BTreeMap<String, BTreeMap<String, Value>>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("answers.yaml"))
        .unwrap_or_else(|error| panic!("the table of answers is damaged: {error}"))
});

/// What is known of an answer.
pub(super) enum Known {
    /// All of it that can be known.
    Answer(Value),
    /// Nothing: what is recorded of it is not known either.
    Nothing,
}

/// What an operation answers.
pub(super) fn answer(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    operation: &Operation,
    parameters: &Map<String, Value>,
) -> Known {
    if operation.answers == Answers::Nothing {
        return Known::Answer(Value::Object(Map::new()));
    }
    let operations = TABLE.get(service.name);
    let Some(template) = operations.and_then(|known| known.get(operation.name)) else {
        return Known::Nothing;
    };
    let role = parameters
        .get("RoleArn")
        .and_then(Value::as_str)
        .and_then(|arn| arn.rsplit('/').next())
        .unwrap_or_default();
    let role_account = parameters
        .get("RoleArn")
        .and_then(Value::as_str)
        .and_then(|arn| arn.split(':').nth(4))
        .unwrap_or_default();
    let others = [
        ("account", client.account.account.clone()),
        ("region", client.region.clone()),
        ("caller.arn", client.arn()),
        ("caller.id", client.id()),
        ("caller.name", client.name().to_owned()),
        ("role.name", role.to_owned()),
        ("role.account", role_account.to_owned()),
    ];
    let names = Names {
        parameters,
        others: &others,
    };
    template::fill(template, &names, world).map_or(Known::Nothing, Known::Answer)
}

/// The answer as it is recorded: what is not known is left out.
pub(super) fn recorded(answer: &Value) -> Value {
    match answer {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| value.as_str() != Some(UNKNOWN))
            .map(|(name, value)| (name.clone(), recorded(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items
            .iter()
            .filter(|value| value.as_str() != Some(UNKNOWN))
            .map(recorded)
            .collect(),
        other => other.clone(),
    }
}
