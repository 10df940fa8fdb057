//! What commands and functions of SPL do, in cases written after Splunk's
//! documentation; each names its page.

use std::path::{Path, PathBuf};

use misfire::detect::SearchTime;
use misfire::detect::plan::{Value, apply};
use misfire::detect::spl::{Environment, Query, lower};
use misfire::diagnostic::SourceText;
use misfire::event::OwnedValue;
use serde::Deserialize;
use serde_yaml::Value as Yaml;

/// What "now" is in every case.
const NOW: &str = "2024-06-15T12:00:00Z";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The page of the documentation that the case is written after.
    page: String,
    /// What it shows.
    shows: String,
    /// What follows the records.
    search: String,
    /// The records, newest first.
    #[serde(default)]
    rows: Vec<serde_yaml::Mapping>,
    /// The rows of the result. Fields that are not named may be anything; null is a
    /// field that must not be there.
    wanted: Vec<serde_yaml::Mapping>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/spl/cases")
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

fn check(case: &Case) -> Result<(), String> {
    let text = format!("search * {}", case.search);
    let source = SourceText::new("case.yml", text.clone());
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text: &text,
        source: &source,
        places: &places,
    };
    let mut environment = Environment::default();
    let table = misfire::detect::plan::Table::from_csv("users", "user,role\nada,admin\nbob,\n");
    let table = table.expect("a sound table");
    environment.tables.insert("users".to_owned(), table.into());
    let lowered = lower(query, &environment);
    let plan = lowered.plan.map_err(|refusal| format!("{refusal:?}"))?;
    let key = |key: &Yaml| key.as_str().expect("a name").to_owned();
    let rows: Vec<Vec<(String, Value)>> = case
        .rows
        .iter()
        .map(|row| {
            let fields = row.iter();
            fields.map(|(name, own)| (key(name), value(own))).collect()
        })
        .collect();
    let now = SearchTime(NOW.parse().expect("a time"));
    let got = apply(&plan, &rows, now).ok_or("too many rows")?;
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

#[test]
fn every_case_comes_out_as_documented() {
    let folder = std::env::var_os("MISFIRE_SPL_CASES").map_or_else(folder, PathBuf::from);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of the cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut faults = Vec::new();
    let mut count = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a readable file");
        let cases: Vec<Case> = serde_yaml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for case in cases {
            count += 1;
            assert!(!case.page.is_empty(), "{} names no page", case.shows);
            if let Err(fault) = check(&case) {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                faults.push(format!(
                    "{name}: {}\n  {}\n  {fault}",
                    case.shows, case.search
                ));
            }
        }
    }
    println!("{count} cases in {} files", files.len());
    assert!(count > 0, "there are no cases");
    assert!(
        faults.is_empty(),
        "{} of {count} cases:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
