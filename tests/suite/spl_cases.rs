//! What commands and functions of SPL do, in cases written after Splunk's
//! documentation; each names its page.

use misfire::detect::spl::{Environment, Query, lower};
use misfire::diagnostic::SourceText;

use crate::support::cases::{Case, cases, compare};

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
    compare(case, &plan)
}

#[test]
fn every_case_comes_out_as_documented() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (file, cases) in cases("spl/cases") {
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
    println!("{count} cases");
    assert!(count > 300, "there are too few cases");
    assert!(
        faults.is_empty(),
        "{} of {count} cases:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
