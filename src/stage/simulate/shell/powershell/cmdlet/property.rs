//! Values of keys.

use std::sync::Arc;

use super::super::paths::Place;
use super::super::shell::{Done, Shell};
use super::super::types::bytes_of;
use super::super::value::Value;
use super::{Bound, Given};
use crate::activity::RegistryData;

impl Shell<'_> {
    pub(super) fn property_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        let process = Arc::clone(&self.context.process);
        let value_name = match name {
            "get-itemproperty"
            | "get-itempropertyvalue"
            | "set-itemproperty"
            | "new-itemproperty"
            | "remove-itemproperty" => {
                let name = self.text_at(bound, &["Name"])?;
                if name.eq_ignore_ascii_case("(default)") || name.eq_ignore_ascii_case("(Default)")
                {
                    String::new()
                } else {
                    name
                }
            }
            _ => return Ok(None),
        };
        let mut found = Vec::new();
        for path in self.paths_at(bound, input)? {
            let Place::Registry(key) = self.place(&path) else {
                if name.starts_with("get") {
                    found.push(Value::Unknown);
                }
                continue;
            };
            match name {
                "set-itemproperty" | "new-itemproperty" => {
                    let kind = self.text_at(bound, &["PropertyType", "Type"])?;
                    let value = bound.get("Value").cloned().unwrap_or(Value::Null);
                    let data = self.registry_data(&kind, &value)?;
                    self.world.set_value(&process, &key, &value_name, data);
                }
                "remove-itemproperty" => {
                    self.world.delete_value(&process, &key, &value_name);
                }
                _ => {
                    let known = self.world.registry_value(&key, &value_name).cloned();
                    let value = match known {
                        Some(Some(data)) => value_of(&data),
                        Some(None) => Value::Null,
                        None => Value::Unknown,
                    };
                    if name == "get-itempropertyvalue" || value.is_unknown() {
                        found.push(value);
                    } else {
                        found.push(self.object("PSCustomObject", &[(value_name.as_str(), value)])?);
                    }
                }
            }
        }
        Ok(Some(found))
    }

    pub(super) fn registry_data(&mut self, kind: &str, value: &Value) -> Done<RegistryData> {
        let text = match value {
            Value::Unknown => String::new(),
            other => self.text_of(other)?,
        };
        Ok(match kind.to_lowercase().as_str() {
            "dword" => RegistryData::Dword(number(value)),
            "qword" => RegistryData::Qword(
                value
                    .integer()
                    .and_then(|value| u64::try_from(value).ok())
                    .unwrap_or(0),
            ),
            "expandstring" => RegistryData::ExpandText(text),
            "multistring" => RegistryData::Texts(self.texts(value.slice())?),
            "binary" => RegistryData::Binary(bytes_of(value).unwrap_or_default()),
            "" if matches!(value, Value::Integer(_)) => RegistryData::Dword(number(value)),
            _ => RegistryData::Text(text),
        })
    }
}

fn number(value: &Value) -> u32 {
    let number = value.integer().unwrap_or(0);
    u32::try_from(number & 0xffff_ffff).unwrap_or(0)
}

fn value_of(data: &RegistryData) -> Value {
    match data {
        RegistryData::Text(text) | RegistryData::ExpandText(text) => Value::text(text),
        RegistryData::Dword(number) => Value::Integer(i64::from(*number)),
        RegistryData::Qword(number) => Value::Integer(i64::try_from(*number).unwrap_or(i64::MAX)),
        RegistryData::Texts(texts) => Value::array(texts.iter().map(Value::text).collect()),
        RegistryData::Binary(bytes) => Value::array(
            bytes
                .iter()
                .map(|byte| Value::Integer(i64::from(*byte)))
                .collect(),
        ),
    }
}
