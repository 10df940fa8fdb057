//! Tables.

use std::sync::Arc;

use super::super::compare::Case;
use super::super::predicate::Network;
use super::super::row::Row;
use super::super::stage::{Existing, Lookup};
use super::super::table::{Matching, Table};
use super::super::value::Value;

/// The rows of a table; empty cells are no fields.
pub(super) fn rows_of(table: &Table) -> Vec<Row> {
    let rows = table.rows.iter();
    rows.map(|cells| {
        let mut row = Row::default();
        for (column, cell) in table.columns.iter().zip(cells) {
            if !cell.is_empty() {
                row.set(column, Value::Text(Arc::clone(cell)));
            }
        }
        row
    })
    .collect()
}

/// Runs the stage on a row.
pub(super) fn run(lookup: &Lookup, row: &mut Row) {
    let table = &lookup.table;
    let conditions: Option<Vec<(usize, Value)>> = lookup
        .matches
        .iter()
        .map(|(column, field)| Some((table.column(column)?, row.get(&field.name)?.clone())))
        .collect();
    let Some(conditions) = conditions else {
        return;
    };
    let matches = |place: usize, cells: &[Arc<str>]| {
        conditions.iter().all(|(column, value)| {
            let cell = cells.get(*column).map_or("", AsRef::as_ref);
            value
                .items()
                .any(|item| is_match(table, (place, *column), cell, &item.to_text()))
        })
    };
    let most = table.max_matches.unwrap_or(1000);
    let found: Vec<_> = table
        .rows
        .iter()
        .enumerate()
        .filter(|(place, cells)| matches(*place, cells))
        .map(|(_, cells)| cells)
        .take(most)
        .collect();
    let outputs: Vec<(usize, Arc<str>)> = if lookup.outputs.is_empty() {
        let columns = table.columns.iter().enumerate();
        let others = columns
            .filter(|(_, column)| !lookup.matches.iter().any(|(matched, _)| matched == *column));
        others
            .map(|(place, column)| (place, Arc::clone(column)))
            .collect()
    } else {
        let outputs = lookup.outputs.iter();
        outputs
            .filter_map(|(column, field)| Some((table.column(column)?, Arc::clone(&field.name))))
            .collect()
    };
    for (column, name) in outputs {
        if lookup.existing == Existing::Kept && row.get(&name).is_some() {
            continue;
        }
        let cells = found.iter().filter_map(|cells| cells.get(column));
        let cells = cells.filter(|cell| !cell.is_empty());
        let mut values: Vec<Value> = cells.map(|cell| Value::Text(Arc::clone(cell))).collect();
        if found.is_empty()
            && let Some(default) = &table.default
        {
            values.push(Value::Text(Arc::clone(default)));
        }
        row.set(&name, Value::list(values));
    }
}

/// Whether a cell, that of a row and a column, is what a value asks for.
fn is_match(table: &Table, place: (usize, usize), cell: &str, value: &str) -> bool {
    let (row, column) = place;
    let case = table.case.unwrap_or(Case::Sensitive);
    match table.matching.get(column).copied().unwrap_or_default() {
        Matching::Exact => match case {
            Case::Sensitive => cell == value,
            Case::Insensitive if cell.is_ascii() && value.is_ascii() => {
                cell.eq_ignore_ascii_case(value)
            }
            Case::Insensitive => cell.to_lowercase() == value.to_lowercase(),
        },
        Matching::Wildcard => table
            .pattern(row, column)
            .is_some_and(|pattern| pattern.matches(value)),
        Matching::Network => match (Network::parse(cell), value.trim().parse()) {
            (Some(network), Ok(address)) => network.holds(address),
            _ => cell == value,
        },
    }
}
