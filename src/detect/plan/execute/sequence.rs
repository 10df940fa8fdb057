//! Rows that follow each other in time, as one.

use std::sync::Arc;

use super::super::evaluate::Evaluator;
use super::super::row::{RAW, Row, TIME};
use super::super::stage::{Membership, Sequence};
use super::super::value::Value;

/// A group that may still grow.
struct Open {
    rows: Vec<Row>,
    first: f64,
    last: f64,
    is_started: bool,
}

/// Runs the stage. Rows come in the order of time.
pub(super) fn run(evaluator: &Evaluator<'_>, sequence: &Sequence, mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|left, right| {
        let time = |row: &Row| row.time().unwrap_or_default();
        time(left).total_cmp(&time(right))
    });
    let mut open: Vec<Open> = Vec::new();
    let mut closed = Vec::new();
    for row in rows {
        let time = row.time().unwrap_or_default();
        let holds = |predicate: &Option<_>| {
            predicate
                .as_ref()
                .map(|predicate| evaluator.truth(predicate, &row).is_true())
        };
        let (starts, ends) = (holds(&sequence.starts), holds(&sequence.ends));
        let mut index = 0;
        while index < open.len() {
            if is_over(sequence, &open[index], time) {
                close(sequence, open.remove(index), End::Full, &mut closed);
            } else {
                index += 1;
            }
        }
        let place = open.iter().position(|group| fits(sequence, group, &row));
        let place = match place {
            Some(place) if starts == Some(true) => {
                close(sequence, open.remove(place), End::Full, &mut closed);
                None
            }
            other => other,
        };
        let place = place.unwrap_or_else(|| {
            open.push(Open {
                rows: Vec::new(),
                first: time,
                last: time,
                is_started: starts.unwrap_or(true),
            });
            open.len() - 1
        });
        let group = &mut open[place];
        group.last = time;
        group.rows.push(row);
        let is_full = sequence
            .max_rows
            .is_some_and(|most| group.rows.len() >= most);
        if ends == Some(true) || is_full {
            close(
                sequence,
                open.remove(place),
                if ends == Some(true) {
                    End::Ended
                } else {
                    End::Full
                },
                &mut closed,
            );
        }
    }
    for group in open {
        close(sequence, group, End::Out, &mut closed);
    }
    closed
}

fn is_over(sequence: &Sequence, group: &Open, time: f64) -> bool {
    sequence
        .max_span
        .is_some_and(|most| time - group.first > most)
        || sequence
            .max_pause
            .is_some_and(|most| time - group.last > most)
}

/// Whether a row is of a group: no key differs, and one is the same unless rows need
/// not be connected.
fn fits(sequence: &Sequence, group: &Open, row: &Row) -> bool {
    if sequence.keys.is_empty() {
        return true;
    }
    let mut is_connected = false;
    for key in &sequence.keys {
        let Some(own) = row.get(&key.name) else {
            continue;
        };
        let mut others = group
            .rows
            .iter()
            .filter_map(|row| row.get(&key.name))
            .peekable();
        if others.peek().is_none() {
            continue;
        }
        if !others.any(|other| other.to_text() == own.to_text()) {
            return false;
        }
        is_connected = true;
    }
    is_connected || sequence.connected == Membership::NotIn
}

/// How a group came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// What ends it came.
    Ended,
    /// It was as long as it may be, or another one began.
    Full,
    /// There were no more rows.
    Out,
}

fn close(sequence: &Sequence, group: Open, end: End, closed: &mut Vec<Row>) {
    let is_whole = group.is_started && (sequence.ends.is_none() || end == End::Ended);
    if !is_whole && sequence.evicted == Membership::NotIn {
        return;
    }
    let count = group.rows.len();
    let mut rows = group.rows.into_iter();
    let Some(mut one) = rows.next() else { return };
    for row in rows {
        for (name, value) in row.values() {
            // Those of the first row hold for all.
            if &**name == TIME {
                continue;
            }
            if &**name == RAW {
                let both = match one.get(name) {
                    Some(known) => format!("{}\n{}", known.to_text(), value.to_text()),
                    None => value.to_text().into_owned(),
                };
                one.set(name, Value::text(&both));
                continue;
            }
            let mut items: Vec<Value> = match one.get(name) {
                Some(known) => known.items().cloned().collect(),
                None => Vec::new(),
            };
            for item in value.items() {
                if !items.contains(item) {
                    items.push(item.clone());
                }
            }
            items.sort_by_key(|item| item.to_text().into_owned());
            one.set(name, Value::list(items));
        }
        one.adopt(&row);
    }
    let set = |one: &mut Row, name: &str, value: Value| one.set(&Arc::from(name), value);
    let is_closed = i64::from(is_whole && end != End::Out);
    set(&mut one, "closed_txn", Value::Integer(is_closed));
    set(
        &mut one,
        "duration",
        Value::number(group.last - group.first),
    );
    set(
        &mut one,
        "eventcount",
        i64::try_from(count).map_or(Value::Null, Value::Integer),
    );
    closed.push(one);
}
