//! What is computed of a row and its neighbours.

use std::collections::{HashMap, VecDeque};

use super::super::evaluate::Evaluator;
use super::super::row::Row;
use super::super::stage::{Among, Frame, Membership, Window};
use super::super::value::Value;
use super::aggregate::Group;

/// Runs the stage.
pub(super) fn run(evaluator: &Evaluator<'_>, window: &Window, mut rows: Vec<Row>) -> Vec<Row> {
    let keys: Vec<Option<Vec<Box<str>>>> = rows.iter().map(|row| key_of(window, row)).collect();
    match window.frame {
        Frame::Whole => {
            let mut groups: HashMap<&Vec<Box<str>>, Group> = HashMap::new();
            for (row, key) in rows.iter().zip(&keys) {
                if let Some(key) = key {
                    groups
                        .entry(key)
                        .or_insert_with(|| Group::new(Row::default(), &window.outputs))
                        .add(evaluator, &window.outputs, row);
                }
            }
            let results: HashMap<_, Vec<_>> = groups
                .iter()
                .map(|(key, group)| (*key, group.results().collect()))
                .collect();
            for (row, key) in rows.iter_mut().zip(&keys) {
                let own = key.as_ref().and_then(|key| results.get(key));
                for (name, value) in own.into_iter().flatten() {
                    row.set(name, value.clone());
                }
            }
        }
        Frame::Running {
            current,
            last,
            among,
        } => {
            let mut seen: HashMap<&Vec<Box<str>>, Running> = HashMap::new();
            let mut before = None;
            for (row, key) in rows.iter_mut().zip(&keys) {
                let Some(key) = key else { continue };
                if among == Among::Consecutive && before.is_some_and(|before| before != key) {
                    seen.clear();
                }
                before = Some(key);
                let running = seen.entry(key).or_insert_with(|| Running::new(window));
                let own = row.clone();
                if current == Membership::In {
                    running.take(evaluator, window, own.clone(), last);
                }
                for (name, value) in running.results(evaluator, window) {
                    row.set(&name, value);
                }
                if current == Membership::NotIn {
                    running.take(evaluator, window, own, last);
                }
            }
        }
    }
    rows
}

fn key_of(window: &Window, row: &Row) -> Option<Vec<Box<str>>> {
    let keys = window.keys.iter();
    keys.map(|key| row.get(&key.name).map(|value| value.to_text().into()))
        .collect()
}

/// The rows of a group so far.
struct Running {
    group: Group,
    /// The last rows, where only those count.
    recent: VecDeque<Row>,
    is_limited: bool,
}

impl Running {
    fn new(window: &Window) -> Self {
        Self {
            group: Group::new(Row::default(), &window.outputs),
            recent: VecDeque::new(),
            is_limited: matches!(window.frame, Frame::Running { last: Some(_), .. }),
        }
    }

    fn take(&mut self, evaluator: &Evaluator<'_>, window: &Window, row: Row, last: Option<usize>) {
        let Some(last) = last else {
            self.group.add(evaluator, &window.outputs, &row);
            return;
        };
        self.recent.push_back(row);
        while self.recent.len() > last {
            self.recent.pop_front();
        }
    }

    fn results(
        &self,
        evaluator: &Evaluator<'_>,
        window: &Window,
    ) -> Vec<(std::sync::Arc<str>, Value)> {
        let owned = |group: &Group| {
            let results = group.results();
            results
                .map(|(name, value)| (std::sync::Arc::clone(name), value))
                .collect()
        };
        if !self.is_limited {
            return owned(&self.group);
        }
        let mut group = Group::new(Row::default(), &window.outputs);
        for row in &self.recent {
            group.add(evaluator, &window.outputs, row);
        }
        owned(&group)
    }
}
