//! `misfire coverage`: the page of a technique, and the index of a corpus.

mod forms;
mod mistakes;
mod page;
mod proof;
mod published;
mod usage;

use crate::support::home::Home;
use serde_json::Value;

/// A Sigma rule of a technique, with that detection.
pub fn sigma(title: &str, technique: &str, category: &str, detection: &str) -> String {
    let id = id_of(title);
    format!(
        "title: {title}\nid: {id}\ntags:\n    - attack.{technique}\nlogsource:\n    \
         product: windows\n    {category}\ndetection:\n{detection}\n"
    )
}

/// A query in another language, of a technique.
pub fn query(title: &str, language: &str, technique: &str, query: &str) -> String {
    let id = id_of(title);
    format!(
        "id: {id}\ntitle: {title}\nlanguage: {language}\nattack: [{technique}]\nquery: |\n    {query}\n"
    )
}

/// An id that is the same for the same title.
pub fn id_of(title: &str) -> String {
    let sum = title.bytes().fold(7_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    format!("00000000-0000-4000-8000-{:012x}", sum & 0xffff_ffff_ffff)
}

/// A folder with these rules, in `rules/`.
pub fn with_rules(rules: &[String]) -> Home {
    let home = Home::new();
    std::fs::remove_file(home.path("rules/whoami.yml")).expect("a rule");
    for (number, rule) in rules.iter().enumerate() {
        home.write(&format!("rules/{number}.yml"), rule);
    }
    home
}

/// The page of a technique over the rules of a folder.
pub fn page_of(home: &Home, technique: &str, more: &[&str]) -> Value {
    let args = [
        &[
            "coverage",
            "rules",
            "--technique",
            technique,
            "--format",
            "json",
        ],
        more,
    ]
    .concat();
    home.misfire(&args).exits(0).json()
}

/// The row of a table with that field; panics where there is none.
pub fn row<'p>(page: &'p Value, table: &str, field: &str) -> &'p Value {
    let rows = page[table].as_array().expect("a table");
    rows.iter()
        .find(|row| row["field"] == field)
        .unwrap_or_else(|| panic!("{table} has no {field}: {page:#}"))
}

/// Whether a table has a row with that field.
pub fn has(page: &Value, table: &str, field: &str) -> bool {
    let rows = page[table].as_array().expect("a table");
    rows.iter().any(|row| row["field"] == field)
}

/// The row of a value.
pub fn value<'p>(
    page: &'p Value,
    table: &str,
    field: &str,
    operator: &str,
    value: &str,
) -> Option<&'p Value> {
    let rows = page[table].as_array().expect("a table");
    rows.iter()
        .find(|row| row["field"] == field && row["operator"] == operator && row["value"] == value)
}
