//! Changing files of detections as findings propose, and making sure of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

use super::foreign::{Foreign, foreign_detection};
use super::query_text::QueryText;
use crate::detect::lint::{Edit, Fix};
use crate::diagnostic::SourceText;

/// A text with changes made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The new text.
    pub text: String,
    /// Which of the fixes were made, by their places in the list.
    pub made: Vec<usize>,
    /// Which cannot be made, since the file would not say what they mean; those that
    /// stand where another one was made are neither.
    pub refused: Vec<usize>,
}

/// Makes as many of the fixes as can stand beside each other, the first ones first. A
/// change of a query is made only if the query then reads as the fix says: quotes and
/// folded lines of YAML may make something else of it.
#[must_use]
pub fn mend(source: &Arc<SourceText>, fixes: &[&Fix]) -> Mended {
    let query = query_of(source);
    let mut taken = Taken::default();
    let apart: Vec<usize> = (0..fixes.len())
        .filter(|index| fixes.get(*index).is_some_and(|fix| taken.take(fix)))
        .collect();
    let mut refused = Vec::new();
    let bench = Bench {
        source,
        query: query.as_ref(),
        fixes,
    };
    let made = bench.sound(&apart, &mut refused);
    // What is sound by parts need not be so together.
    let made = if bench.holds(&made) { made } else { Vec::new() };
    Mended {
        text: edited(&source.text, ranges(&bench.edits(&made)))
            .unwrap_or_else(|| source.text.clone()),
        made,
        refused,
    }
}

/// Tries fixes together.
struct Bench<'b> {
    source: &'b Arc<SourceText>,
    query: Option<&'b QueryText>,
    fixes: &'b [&'b Fix],
}

impl Bench<'_> {
    fn edits(&self, chosen: &[usize]) -> Vec<&Edit> {
        let chosen = chosen.iter().filter_map(|index| self.fixes.get(*index));
        chosen.flat_map(|fix| &fix.edits).collect()
    }

    fn holds(&self, chosen: &[usize]) -> bool {
        is_as_meant(self.source, self.query, &self.edits(chosen))
    }

    /// Those of the fixes that hold; halves are tried where all together do not.
    fn sound(&self, chosen: &[usize], refused: &mut Vec<usize>) -> Vec<usize> {
        if chosen.is_empty() || self.holds(chosen) {
            return chosen.to_vec();
        }
        if let [one] = chosen {
            refused.push(*one);
            return Vec::new();
        }
        let (left, right) = chosen.split_at(chosen.len() / 2);
        let mut sound = self.sound(left, refused);
        sound.extend(self.sound(right, refused));
        sound
    }
}

/// The stretches of a file that changes have been chosen for.
#[derive(Default)]
struct Taken {
    /// By their first bytes, where they end.
    ranges: BTreeMap<usize, usize>,
}

impl Taken {
    /// Takes the stretches of a fix, if none of them is taken.
    fn take(&mut self, fix: &Fix) -> bool {
        if fix.edits.iter().any(|edit| self.touches(&edit.range)) {
            return false;
        }
        for edit in &fix.edits {
            self.ranges.insert(edit.range.start, edit.range.end);
        }
        true
    }

    /// Whether a stretch overlaps a taken one, or is a place where one begins.
    fn touches(&self, range: &Range<usize>) -> bool {
        let before = self.ranges.range(..range.start).next_back();
        let overlaps = before.is_some_and(|(_, end)| *end > range.start);
        let last = range.end.max(range.start + 1);
        overlaps || self.ranges.range(range.start..last).next().is_some()
    }
}

fn query_of(source: &Arc<SourceText>) -> Option<QueryText> {
    match foreign_detection(source)? {
        Ok(Foreign { query, .. }) => query,
        Err(_) => None,
    }
}

fn ranges<'e>(edits: &[&'e Edit]) -> Vec<(Range<usize>, &'e str)> {
    let all = edits.iter();
    all.map(|edit| (edit.range.clone(), edit.text.as_str()))
        .collect()
}

/// A text with stretches of it replaced; none if they do not lie in it.
fn edited(text: &str, mut edits: Vec<(Range<usize>, &str)>) -> Option<String> {
    // What is put in stands before what is replaced at the same place.
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        new.push_str(text.get(at..range.start)?);
        new.push_str(replacement);
        text.get(range.clone())?;
        at = range.end;
    }
    new.push_str(text.get(at..)?);
    Some(new)
}

/// Whether a file with these changes says what they mean.
fn is_as_meant(source: &Arc<SourceText>, query: Option<&QueryText>, edits: &[&Edit]) -> bool {
    let Some(new) = edited(&source.text, ranges(edits)) else {
        return false;
    };
    let Some(query) = query else {
        return has_same_shape(&source.text, &new);
    };
    let inside = edits.iter().map(|edit| {
        let place = |byte: usize| query.places.partition_point(|place| *place < byte);
        (
            place(edit.range.start)..place(edit.range.end),
            edit.text.as_str(),
        )
    });
    let Some(wanted) = edited(&query.text, inside.collect()) else {
        return false;
    };
    let new = SourceText::new(&source.file, new);
    query_of(&new).is_some_and(|query| query.text == wanted)
}

/// Whether a file of rules is still one: as many documents, and each value of the kind
/// that it was. A text that becomes a number or a mapping is no longer what was meant.
fn has_same_shape(before: &str, after: &str) -> bool {
    let (Some(before), Some(after)) = (documents(before), documents(after)) else {
        return false;
    };
    let mut pairs = before.iter().zip(&after);
    before.len() == after.len() && pairs.all(|(before, after)| is_like(before, after))
}

/// The documents of a text, if it can be read.
fn documents(text: &str) -> Option<Vec<serde_yaml::Value>> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| serde_yaml::Value::deserialize(document).ok())
        .collect()
}

fn is_like(before: &serde_yaml::Value, after: &serde_yaml::Value) -> bool {
    use serde_yaml::Value::{Mapping, Sequence, String};
    match (before, after) {
        (Mapping(before), Mapping(after)) => {
            // Keys may have got other names, or gone; what has stayed is alike.
            before.iter().all(|(key, value)| {
                let after = after.get(key);
                after.is_none_or(|after| is_like(value, after))
            })
        }
        (Sequence(before), Sequence(after)) if before.len() == after.len() => before
            .iter()
            .zip(after)
            .all(|(one, other)| is_like(one, other)),
        (Sequence(before), Sequence(after)) => {
            // Items have gone; those that are left are of kinds that were there.
            let kinds: Vec<_> = before.iter().map(std::mem::discriminant).collect();
            let mut left = after.iter();
            left.all(|item| kinds.contains(&std::mem::discriminant(item)))
        }
        (String(_), String(_)) => true,
        // A single value may have been put in the place of a list, and other ways round.
        (Sequence(before), after) => before.iter().any(|item| is_like(item, after)),
        (before, after) if std::mem::discriminant(before) == std::mem::discriminant(after) => true,
        // Numbers and dates may have been put in quotes.
        (before, String(_)) => !matches!(before, Mapping(_) | Sequence(_)),
        _ => false,
    }
}
