//! What expressions of Cloud SIEM mean, in cases written after the vendor's pages; each
//! names its page.

use std::collections::BTreeSet;
use std::path::Path;

use misfire::detect::cse::{Environment, lower};
use misfire::detect::plan::{Value, apply};
use misfire::detect::{Query, SearchTime};
use misfire::diagnostic::{Ink, SourceText, to_text};
use serde::Deserialize;
use serde_yaml::{Mapping, Value as Yaml};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The page of the documentation that the case is written after.
    page: String,
    /// What it shows.
    shows: String,
    expression: String,
    /// The fields; one that is not listed is missing.
    record: Mapping,
    /// Whether the expression holds.
    wanted: bool,
}

/// Functions that are not evaluated; their cases say so once they are.
const NOT_EVALUATED: [&str; 2] = ["base64Decode", "hexToAscii"];

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

/// The fields of a record by the names that plans have for them.
fn row(record: &Mapping) -> Vec<(String, Value)> {
    let mut row = Vec::new();
    for (name, own) in record {
        let name = name.as_str().expect("a name");
        match own {
            Yaml::Mapping(keys) => row.extend(keys.iter().map(|(key, own)| {
                let key = key.as_str().expect("a key");
                (format!("{name}[\"{key}\"]"), value(own))
            })),
            own => row.push((name.to_owned(), value(own))),
        }
    }
    row
}

fn holds(case: &Case, environment: &Environment) -> Result<bool, String> {
    let text = &case.expression;
    let source = SourceText::new("case.yml", text.clone());
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text,
        source: &source,
        places: &places,
    };
    let lowered = lower(query, environment);
    let plan = lowered
        .plan
        .map_err(|_| to_text(&lowered.problems, Ink::Plain))?;
    let now = SearchTime("2026-06-15T12:00:00Z".parse().expect("a time"));
    let got = apply(&plan, &[row(&case.record)], now).ok_or("too many rows")?;
    Ok(!got.is_empty())
}

#[test]
fn every_case_comes_out_as_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cse/cases.yaml");
    let text = std::fs::read_to_string(path).expect("a readable file");
    let cases: Vec<Case> = serde_yaml::from_str(&text).expect("sound cases");
    assert!(cases.len() > 100, "there are too few cases");
    let own = cases.iter().flat_map(|case| case.record.keys());
    let mut names: BTreeSet<&str> = own.filter_map(Yaml::as_str).collect();
    names.extend(["Okta", "bytesIn"]);
    let environment = Environment::default().knowing(names);
    let mut faults = Vec::new();
    for case in &cases {
        assert!(!case.page.is_empty(), "{} names no page", case.shows);
        let is_out = NOT_EVALUATED
            .iter()
            .any(|name| case.expression.starts_with(name));
        let fault = match (holds(case, &environment), is_out) {
            (Ok(holds), false) if holds == case.wanted => continue,
            (Err(told), true) if told.contains("is not evaluated") => continue,
            (Ok(holds), _) => format!("{holds}, not {}", case.wanted),
            (Err(told), _) => told,
        };
        faults.push(format!("{}\n  {}\n  {fault}", case.shows, case.expression));
    }
    assert!(
        faults.is_empty(),
        "{} of {} cases:\n{}",
        faults.len(),
        cases.len(),
        faults.join("\n")
    );
}
