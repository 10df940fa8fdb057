//! Cases of what a query makes of a few rows, each written after a page of its product's
//! documentation.

use std::path::{Path, PathBuf};

use misfire::detect::SearchTime;
use misfire::detect::plan::{Plan, Value, apply};
use misfire::event::OwnedValue;
use serde::Deserialize;
use serde_yaml::Value as Yaml;

/// What "now" is in every case.
const NOW: &str = "2024-06-15T12:00:00Z";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The page of the documentation that the case is written after.
    pub page: String,
    /// What it shows.
    pub shows: String,
    /// The query, or what follows its records.
    #[serde(alias = "query")]
    pub search: String,
    /// Why the page does not decide what is wanted, if that is so.
    #[serde(default)]
    pub unsure: Option<String>,
    /// The records, newest first.
    #[serde(default)]
    rows: Vec<serde_yaml::Mapping>,
    /// The rows of the result. Fields that are not named may be anything; null is a
    /// field that must not be there.
    #[serde(default)]
    wanted: Vec<serde_yaml::Mapping>,
    /// A part of the message with which the query is refused instead, if it is.
    #[serde(default)]
    pub refused: Option<String>,
}

/// The cases of each file of a folder of `tests/data`.
pub fn cases(folder: &str) -> Vec<(PathBuf, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(folder);
    let mut files = super::files(&folder, "yaml");
    files.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let cases = serde_yaml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, cases)
    };
    files.into_iter().map(read).collect()
}

fn value(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Number(number) => number.as_i64().map_or_else(
            || Value::Float(number.as_f64().expect("a number")),
            Value::Integer,
        ),
        Yaml::Bool(truth) => Value::Bool(*truth),
        Yaml::String(text) => Value::text(text),
        Yaml::Sequence(items) => Value::list(items.iter().map(value).collect()),
        _ => Value::Null,
    }
}

fn shown(value: &OwnedValue) -> String {
    match value {
        OwnedValue::Text(text) | OwnedValue::Node(text) => text.to_string(),
        OwnedValue::Integer(number) => number.to_string(),
        OwnedValue::Float(number) => Value::Float(*number).to_text().into_owned(),
        OwnedValue::Bool(truth) => Value::Bool(*truth).to_text().into_owned(),
        OwnedValue::Null => String::new(),
        OwnedValue::List(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(" | "))
        }
    }
}

fn wanted(yaml: &Yaml) -> String {
    match yaml {
        Yaml::Sequence(items) => {
            let items: Vec<_> = items.iter().map(wanted).collect();
            format!("[{}]", items.join(" | "))
        }
        scalar => value(scalar).to_text().into_owned(),
    }
}

/// Holds what a plan makes of the rows of a case against what is wanted.
///
/// # Errors
///
/// Where they differ.
pub fn compare(case: &Case, plan: &Plan) -> Result<(), String> {
    let key = |key: &Yaml| key.as_str().expect("a name").to_owned();
    let rows: Vec<Vec<(String, Value)>> = case
        .rows
        .iter()
        .map(|row| {
            let fields = row.iter();
            let mut row: Vec<_> = fields.map(|(name, own)| (key(name), value(own))).collect();
            // Sumo Logic has the time of a record in milliseconds.
            let time = row.iter().find(|(name, _)| name == "_messageTime");
            if let Some(time) = time.and_then(|(_, time)| time.as_number()) {
                row.push(("_time".to_owned(), Value::number(time / 1000.0)));
            }
            row
        })
        .collect();
    let now = SearchTime(NOW.parse().expect("a time"));
    let got = apply(plan, &rows, now).ok_or("too many rows")?;
    let told = || {
        let rows = got.iter().map(|row| {
            let fields = row.iter();
            let fields: Vec<_> = fields
                .map(|(name, value)| format!("{name}={}", shown(value)))
                .collect();
            fields.join(", ")
        });
        rows.collect::<Vec<_>>().join("\n    ")
    };
    if got.len() != case.wanted.len() {
        return Err(format!(
            "{} rows, not {}:\n    {}",
            got.len(),
            case.wanted.len(),
            told()
        ));
    }
    for (index, (row, wanted_row)) in got.iter().zip(&case.wanted).enumerate() {
        for (name, own) in wanted_row {
            let name = key(name);
            let found = row.iter().find(|(known, _)| *known == name);
            let is_same = match (found, own) {
                (None, Yaml::Null) => true,
                (Some((_, found)), own) if !own.is_null() => shown(found) == wanted(own),
                _ => false,
            };
            if !is_same {
                return Err(format!(
                    "row {index}, `{name}` is not {}:\n    {}",
                    wanted(own),
                    told()
                ));
            }
        }
    }
    Ok(())
}
