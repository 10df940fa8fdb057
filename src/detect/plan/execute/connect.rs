//! Groups of rows that are connected, one through another.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::row::Row;
use super::super::stage::{Connect, Reach};
use super::super::value::Value;
use super::Exhausted;

/// About how many bytes a value takes in the table of those that were seen, besides its
/// text.
const ENTRY: usize = 96;

/// Runs the stage.
pub(super) fn run(
    connect: &Connect,
    mut rows: Vec<Row>,
    budget: usize,
) -> Result<Vec<Row>, Exhausted> {
    let groups = match connect.reach {
        Reach::Everything => connected(connect, &rows, budget)?,
        Reach::Limited {
            span,
            pause,
            rows: most,
        } => {
            let limits = Limits { span, pause, most };
            limited(connect, &rows, &limits, budget)?
        }
    };
    // Groups are numbered in the order of their first rows.
    let mut numbers: HashMap<usize, i64> = HashMap::new();
    for (row, group) in rows.iter_mut().zip(groups) {
        let next = i64::try_from(numbers.len())
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let number = *numbers.entry(group).or_insert(next);
        row.set(&connect.number.name, Value::Integer(number));
    }
    Ok(rows)
}

/// The group of each row: that of the first row that it is connected with. Each value is
/// looked up once, so that many rows of one group are as cheap as many groups.
fn connected(connect: &Connect, rows: &[Row], budget: usize) -> Result<Vec<usize>, Exhausted> {
    let mut groups = Groups((0..rows.len()).collect());
    let mut size = 0;
    for key in &connect.keys {
        let mut seen: HashMap<Box<str>, usize> = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            let Some(value) = row.get(&key.name) else {
                continue;
            };
            match seen.entry(value.to_text().into()) {
                Entry::Occupied(first) => groups.join(*first.get(), place),
                Entry::Vacant(free) => {
                    size += ENTRY + free.key().len();
                    free.insert(place);
                }
            }
            if size > budget {
                return Err(Exhausted);
            }
        }
    }
    Ok((0..rows.len()).map(|place| groups.of(place)).collect())
}

/// Sets of rows; each has one row that stands for it.
struct Groups(Vec<usize>);

impl Groups {
    /// The row that stands for the set of a row. The way there is halved as it is gone.
    fn of(&mut self, mut place: usize) -> usize {
        while self.0[place] != place {
            self.0[place] = self.0[self.0[place]];
            place = self.0[place];
        }
        place
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.of(left), self.of(right));
        let (first, other) = (left.min(right), left.max(right));
        self.0[other] = first;
    }
}

/// How far a group goes on.
struct Limits {
    span: Option<f64>,
    pause: Option<f64>,
    most: Option<usize>,
}

/// A group that may go on.
struct Open {
    first: f64,
    last: f64,
    rows: usize,
    place: usize,
}

fn limited(
    connect: &Connect,
    rows: &[Row],
    limits: &Limits,
    budget: usize,
) -> Result<Vec<usize>, Exhausted> {
    let time = |place: usize| {
        let row = rows.get(place);
        row.and_then(Row::time).unwrap_or_default()
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|left, right| time(*left).total_cmp(&time(*right)));
    let mut groups: Vec<usize> = (0..rows.len()).collect();
    let mut open: HashMap<Box<str>, Open> = HashMap::new();
    let mut size = 0;
    for place in order {
        let key = connect.keys.first();
        let Some(value) = key.and_then(|key| rows.get(place)?.get(&key.name)) else {
            continue;
        };
        let now = time(place);
        let new = Open {
            first: now,
            last: now,
            rows: 1,
            place,
        };
        match open.entry(value.to_text().into()) {
            Entry::Vacant(free) => {
                size += ENTRY + free.key().len();
                free.insert(new);
            }
            Entry::Occupied(mut known) => {
                let group = known.get_mut();
                let goes_on = limits.span.is_none_or(|most| now - group.first <= most)
                    && limits.pause.is_none_or(|most| now - group.last <= most)
                    && limits.most.is_none_or(|most| group.rows < most);
                if goes_on {
                    group.last = now;
                    group.rows += 1;
                    groups[place] = group.place;
                } else {
                    *group = new;
                }
            }
        }
        if size > budget {
            return Err(Exhausted);
        }
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(keys: &[&str], rows: &[&[(&str, &str)]], reach: Reach) -> Vec<String> {
        let connect = Connect {
            keys: keys.iter().map(|key| (*key).into()).collect(),
            number: "group".into(),
            reach,
        };
        let rows = rows.iter().map(|fields| {
            let mut row = Row::default();
            for (name, value) in *fields {
                row.set(&(*name).into(), Value::text(value));
            }
            row
        });
        let rows = run(&connect, rows.collect(), 1 << 20).expect("few rows");
        let number = |row: &Row| row.get("group").map(|value| value.to_text().into_owned());
        rows.iter().filter_map(number).collect()
    }

    #[test]
    fn rows_are_connected_through_others() {
        let rows: [&[(&str, &str)]; 6] = [
            &[("a", "1")],
            &[("b", "2")],
            &[],
            &[("b", "1")],
            &[("a", "1"), ("b", "2")],
            &[],
        ];
        let found = groups(&["a", "b"], &rows, Reach::Everything);
        // A value of another field is another value, and what lacks all keys is alone.
        assert_eq!(found, ["1", "1", "2", "3", "1", "4"]);
    }

    #[test]
    fn a_group_goes_on_as_long_as_it_may() {
        let rows: [&[(&str, &str)]; 4] = [
            &[("a", "1"), ("_time", "40")],
            &[("a", "1"), ("_time", "25")],
            &[("a", "1"), ("_time", "10")],
            &[("a", "2"), ("_time", "11")],
        ];
        let limited = |span, pause, rows| Reach::Limited { span, pause, rows };
        let of = |reach| groups(&["a"], &rows, reach);
        assert_eq!(of(limited(Some(15.0), None, None)), ["1", "2", "2", "3"]);
        assert_eq!(of(limited(None, Some(14.0), None)), ["1", "2", "3", "4"]);
        assert_eq!(of(limited(None, None, Some(2))), ["1", "2", "2", "3"]);
    }

    #[test]
    fn a_long_chain_is_cheap_and_its_memory_bounded() {
        let number = |number: usize| Value::text(&number.to_string());
        let rows: Vec<Row> = (0..100_000)
            .map(|place| {
                let mut row = Row::default();
                row.set(&"a".into(), number(place / 2));
                row.set(&"b".into(), number(place.div_ceil(2)));
                row
            })
            .collect();
        let connect = Connect {
            keys: vec!["a".into(), "b".into()],
            number: "group".into(),
            reach: Reach::Everything,
        };
        let found = run(&connect, rows.clone(), 1 << 30).expect("enough memory");
        let is_first = |row: &Row| row.get("group") == Some(&Value::Integer(1));
        assert!(found.iter().all(is_first));
        assert_eq!(run(&connect, rows, 1 << 20).err(), Some(Exhausted));
    }
}
