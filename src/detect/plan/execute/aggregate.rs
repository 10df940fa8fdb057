//! One row for each combination of keys.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::aggregate::Accumulator;
use super::super::evaluate::Evaluator;
use super::super::field::NamePattern;
use super::super::row::Row;
use super::super::stage::{Aggregate, Argument, Key, OfNothing, Output, WithoutKey};
use super::super::value::Value;
use super::Exhausted;

/// A group of rows, and what is computed of it.
pub(super) struct Group {
    row: Row,
    /// What is computed under each name, in the order of the outputs.
    values: Vec<(Arc<str>, Accumulator)>,
}

/// Runs the stage.
pub(super) fn run(
    evaluator: &Evaluator<'_>,
    aggregate: &Aggregate,
    rows: Vec<Row>,
    budget: usize,
) -> Result<Vec<Row>, Exhausted> {
    let mut places: HashMap<Vec<Box<str>>, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut size = 0;
    if aggregate.keys.is_empty() && rows.is_empty() && aggregate.of_nothing == OfNothing::Row {
        groups.push(Group::new(Row::default(), &aggregate.outputs));
    }
    for row in rows {
        for key in keys_of(&aggregate.keys, &aggregate.without_key, &row)? {
            let name: Vec<Box<str>> = key.iter().map(|value| value.to_text().into()).collect();
            let place = *places.entry(name).or_insert_with_key(|name| {
                size += name
                    .iter()
                    .map(|part| ENTRY + 2 * part.len())
                    .sum::<usize>();
                let mut first = Row::default();
                for (own, value) in aggregate.keys.iter().zip(&key) {
                    first.set(&own.field.name, value.clone());
                }
                groups.push(Group::new(first, &aggregate.outputs));
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                size += group.add(evaluator, &aggregate.outputs, &row);
            }
        }
        if size > budget {
            return Err(Exhausted);
        }
    }
    let mut rows: Vec<(Vec<Value>, Row)> = groups
        .into_iter()
        .map(|group| {
            let row = group.finish();
            let keys = aggregate.keys.iter();
            let key = keys.map(|key| row.get(&key.field.name).cloned().unwrap_or(Value::Null));
            (key.collect(), row)
        })
        .collect();
    rows.sort_by(|(left, _), (right, _)| {
        let both = left.iter().zip(right);
        let mut orders = both.map(|(left, right)| {
            super::super::compare::order(left, right, super::super::compare::SortBy::Auto)
        });
        orders
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The combinations of keys that a row belongs to: one for each item of a list.
fn keys_of(keys: &[Key], without: &WithoutKey, row: &Row) -> Result<Vec<Vec<Value>>, Exhausted> {
    let mut all = vec![Vec::new()];
    for key in keys {
        let value = row.get(&key.field.name).cloned().unwrap_or(Value::Null);
        let items: Vec<Value> = match (&value, without) {
            (Value::Null, WithoutKey::LeftOut) => return Ok(Vec::new()),
            (Value::Null, WithoutKey::Filled(filled)) => vec![filled.clone()],
            (value, _) => value.items().cloned().collect(),
        };
        let items: Vec<Value> = match &key.bucket {
            Some(bucket) => items.iter().map(|item| bucket.bin(item)).collect(),
            None => items,
        };
        if all.len().saturating_mul(items.len()) > MOST_COMBINATIONS {
            return Err(Exhausted);
        }
        all = all
            .iter()
            .flat_map(|known: &Vec<Value>| {
                items.iter().map(move |item| {
                    let mut longer = known.clone();
                    longer.push(item.clone());
                    longer
                })
            })
            .collect();
    }
    Ok(all)
}

/// About how many bytes a key of a group takes besides its texts.
const ENTRY: usize = 128;

/// A row belongs to so many groups at most.
const MOST_COMBINATIONS: usize = 4096;

impl Group {
    pub(super) fn new(row: Row, outputs: &[Output]) -> Self {
        let fixed = outputs.iter().filter_map(|output| {
            let name = output.name.exact()?;
            Some((Arc::from(name), Accumulator::new(&output.aggregation)))
        });
        Self {
            row,
            values: fixed.collect(),
        }
    }

    /// Takes a row in; about how many bytes that took.
    pub(super) fn add(
        &mut self,
        evaluator: &Evaluator<'_>,
        outputs: &[Output],
        row: &Row,
    ) -> usize {
        let time = row.time();
        let before = self
            .values
            .iter()
            .map(|(_, value)| value.approximate_size());
        let before: usize = before.sum();
        for output in outputs {
            match &output.argument {
                Argument::Rows => self.put(output, None, &Value::Integer(1), time),
                Argument::RowsWhere(predicate) => {
                    if evaluator.truth(predicate, row).is_true() {
                        self.put(output, None, &Value::Integer(1), time);
                    }
                }
                Argument::Values(expr) => {
                    let value = evaluator.value(expr, row);
                    self.put(output, None, &value, time);
                }
                Argument::Fields(pattern) => self.fields(output, pattern, row),
            }
        }
        self.row.adopt(row);
        let after: usize = self
            .values
            .iter()
            .map(|(_, value)| value.approximate_size())
            .sum();
        after.saturating_sub(before) + 16 * row.origins.len()
    }

    fn fields(&mut self, output: &Output, pattern: &NamePattern, row: &Row) {
        for (name, value) in row.values() {
            if let Some(captures) = pattern.captures(name) {
                let name = output.name.fill(&captures);
                self.put(output, Some(&name), value, row.time());
            }
        }
    }

    fn put(&mut self, output: &Output, name: Option<&str>, value: &Value, time: Option<f64>) {
        let name = name.unwrap_or(output.name.as_str());
        if let Some((_, known)) = self.values.iter_mut().find(|(known, _)| &**known == name) {
            known.add(value, time);
            return;
        }
        let mut new = Accumulator::new(&output.aggregation);
        new.add(value, time);
        self.values.push((name.into(), new));
    }

    pub(super) fn finish(mut self) -> Row {
        for (name, value) in &self.values {
            self.row.set(name, value.finish());
        }
        self.row
    }

    /// What was computed so far, by its name.
    pub(super) fn results(&self) -> impl Iterator<Item = (&Arc<str>, Value)> {
        self.values
            .iter()
            .map(|(name, value)| (name, value.finish()))
    }
}
