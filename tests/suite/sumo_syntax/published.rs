//! Queries that were published as Sumo Logic queries, though they are not: their pages
//! are with the shared corpora.

use misfire::detect::sumo::syntax::{Operator, parse};
use rstest::rstest;

use super::read;
use crate::support::published;

#[rstest]
#[case("T1219.001-sumo", 5, 9)]
#[case("T1219-sumo", 3, 8)]
#[case("T1021.008-sumo", 5, 10)]
fn published_queries_are_read(#[case] page: &str, #[case] evals: usize, #[case] operators: usize) {
    let Some(text) = published(page) else {
        return;
    };
    let query = read(&text);
    assert_eq!(query.operators.len(), operators);
    let unknown: Vec<_> = query
        .operators
        .iter()
        .filter_map(|operator| match &operator.node {
            Operator::Unknown(unknown) => Some(unknown),
            _ => None,
        })
        .collect();
    assert_eq!(unknown.len(), evals);
    assert!(
        unknown
            .iter()
            .all(|one| one.name.node == "eval" && one.assignment.is_some())
    );
    assert_eq!(parse(&query.to_string()), Ok(query));
}

#[test]
fn a_splunk_search_is_kept_as_unknown() {
    // Its first line passes for a scope; its commands are no operators.
    let Some(text) = published("T1219.001-splunk") else {
        return;
    };
    let query = read(&text);
    let names: Vec<_> = query.operators.iter().map(|one| one.node.name()).collect();
    assert_eq!(
        names,
        [
            "eval", "eval", "eval", "eval", "eval", "eval", "where", "table", "sort"
        ]
    );
    assert_eq!(parse(&query.to_string()), Ok(query));
}
