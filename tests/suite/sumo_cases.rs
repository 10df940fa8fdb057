//! What operators and functions of Sumo Logic do, in cases written after the vendor's
//! documentation; each names its page.

use std::collections::BTreeMap;
use std::sync::Arc;

use misfire::detect::plan::Table;
use misfire::detect::sumo::{Deployment, Environment, lower};
use misfire::detect::{Query, Refusal};
use misfire::diagnostic::SourceText;

use crate::support::cases::{Case, cases, compare};

/// The lookup table of the cases.
const USERS: &str = "user,role\nada,admin\n";

/// What became of a case.
enum Outcome {
    AsDocumented,
    /// It holds what is not evaluated.
    Unsupported(String),
}

fn check(case: &Case) -> Result<Outcome, String> {
    let text = match case.search.trim_start().starts_with('|') {
        true => format!("* {}", case.search),
        false => case.search.clone(),
    };
    let source = SourceText::new("case.yml", text.clone());
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text: &text,
        source: &source,
        places: &places,
    };
    let users = Table::from_csv("users", USERS).expect("a table");
    let environment = Environment {
        deployment: Deployment::default().with_whole_messages(),
        tables: BTreeMap::from([("users".to_owned(), Arc::new(users))]),
        ..Environment::default()
    };
    let lowered = lower(query, &environment);
    if let Some(what) = lowered.unsupported.first() {
        return Ok(Outcome::Unsupported(what.clone()));
    }
    match (lowered.plan, &case.refused) {
        (Ok(plan), None) => compare(case, &plan).map(|()| Outcome::AsDocumented),
        (Err(Refusal::Invalid(why)), Some(wanted)) if why.contains(wanted) => {
            Ok(Outcome::AsDocumented)
        }
        (plan, _) => Err(format!("{:?}", plan.err())),
    }
}

/// So many of the cases are evaluated; the others hold what is told as not evaluated.
const LEAST: usize = 697;

#[test]
fn every_case_comes_out_as_documented() {
    let mut faults = Vec::new();
    let mut unsupported: BTreeMap<String, usize> = BTreeMap::new();
    let mut sound = 0;
    for (file, cases) in cases("sumo/cases") {
        for case in cases {
            assert!(!case.page.is_empty(), "{} names no page", case.shows);
            match check(&case) {
                Ok(Outcome::AsDocumented) => sound += 1,
                Ok(Outcome::Unsupported(what)) => *unsupported.entry(what).or_default() += 1,
                Err(fault) => {
                    let name = file.file_name().unwrap_or_default().to_string_lossy();
                    faults.push(format!(
                        "{name}: {}\n  {}\n  {fault}",
                        case.shows, case.search
                    ));
                }
            }
        }
    }
    println!("{sound} cases; not evaluated: {unsupported:#?}");
    assert!(
        faults.is_empty(),
        "{} cases:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(sound >= LEAST, "only {sound} cases are evaluated");
}

/// What the documentation has as examples, in names and values of our own, is valid.
#[test]
fn documented_forms_are_not_refused() {
    let examples = include_str!("../data/sumo/examples.txt");
    let mut faults = Vec::new();
    let mut count = 0;
    for example in examples
        .split("\n\n")
        .filter(|text| !text.trim().is_empty())
    {
        count += 1;
        let source = SourceText::new("example.yml", example);
        let places: Vec<usize> = (0..example.len()).collect();
        let query = Query {
            text: example,
            source: &source,
            places: &places,
        };
        let environment = Environment {
            deployment: Deployment::default().with_whole_messages(),
            ..Environment::default()
        };
        if let Err(Refusal::Invalid(why)) = lower(query, &environment).plan {
            faults.push(format!("{example}\n  {why}"));
        }
    }
    assert!(count > 90, "only {count} examples");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
