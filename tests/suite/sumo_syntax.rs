//! Sumo Logic queries are read as the vendor documents them, printed so that
//! they read back, and refused with the place and the cause.

mod broken;
mod expressions;
mod hostile;
mod operators;
mod properties;
mod published;
mod scopes;
mod unknown;

use misfire::detect::sumo::syntax::{Operator, Query, parse};

fn read(text: &str) -> Query {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn last(text: &str) -> Operator {
    let mut operators = read(text).operators;
    operators.pop().expect("the query has an operator").node
}

fn prints(text: &str, printed: &str) {
    let query = read(text);
    assert_eq!(query.to_string(), printed);
    assert_eq!(parse(printed), Ok(query));
}
