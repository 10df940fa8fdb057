//! Fields out of texts.

use std::sync::Arc;

use super::super::evaluate::Evaluator;
use super::super::function::document;
use super::super::row::Row;
use super::super::stage::Parse;
use super::super::value::Value;
use crate::detect::Limit;

/// Runs the stage on a row.
pub(super) fn run(evaluator: &Evaluator<'_>, parse: &Parse, row: &mut Row) {
    match parse {
        Parse::Regex { field, regex, most } => {
            let Some(text) = row
                .get(&field.name)
                .map(|value| value.to_text().into_owned())
            else {
                return;
            };
            let Ok(found) = regex.named_captures(&text, most.unwrap_or(usize::MAX)) else {
                evaluator.give_up(Limit::Steps);
                return;
            };
            for (name, texts) in found {
                let values = texts.iter().map(|text| Value::text(text)).collect();
                row.set(&Arc::from(&*name), Value::list(values));
            }
        }
        Parse::Path {
            field,
            path,
            output,
        } => {
            if let Some(text) = row
                .get(&field.name)
                .map(|value| value.to_text().into_owned())
            {
                row.set(&output.name, document::at_path(&text, path));
            }
        }
        Parse::Leaves { field } => {
            if let Some(text) = row
                .get(&field.name)
                .map(|value| value.to_text().into_owned())
            {
                for (name, value) in document::leaves(&text) {
                    row.set(&Arc::from(&*name), value);
                }
            }
        }
        Parse::Elements { field } => {
            if let Some(text) = row
                .get(&field.name)
                .map(|value| value.to_text().into_owned())
            {
                for (name, value) in document::elements(&text) {
                    row.set(&Arc::from(&*name), value);
                }
            }
        }
    }
}
