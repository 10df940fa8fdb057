//! Changing files of detections as findings propose, and making sure of it.

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
}

/// Makes as many of the fixes as can stand beside each other, the first ones first. A
/// change of a query is made only if the query then reads as the fix says: quotes and
/// folded lines of YAML may make something else of it.
#[must_use]
pub fn mend(source: &Arc<SourceText>, fixes: &[&Fix]) -> Mended {
    let query = query_of(source);
    let mut made: Vec<usize> = Vec::new();
    for (index, fix) in fixes.iter().enumerate() {
        let so_far = || made.iter().filter_map(|index| fixes.get(*index));
        if so_far().any(|other| overlap(other, fix)) {
            continue;
        }
        let edits: Vec<_> = so_far().chain([fix]).flat_map(|fix| &fix.edits).collect();
        if is_as_meant(source, query.as_ref(), &edits) {
            made.push(index);
        }
    }
    let edits: Vec<_> = made
        .iter()
        .filter_map(|index| fixes.get(*index))
        .flat_map(|fix| &fix.edits)
        .collect();
    Mended {
        text: edited(&source.text, ranges(&edits)).unwrap_or_else(|| source.text.clone()),
        made,
    }
}

fn query_of(source: &Arc<SourceText>) -> Option<QueryText> {
    match foreign_detection(source)? {
        Ok(Foreign { query, .. }) => query,
        Err(_) => None,
    }
}

fn overlap(left: &Fix, right: &Fix) -> bool {
    let mut pairs = left.edits.iter().flat_map(|one| {
        right
            .edits
            .iter()
            .map(move |other| (&one.range, &other.range))
    });
    pairs.any(|(one, other)| {
        let are_apart = one.end < other.start || other.end < one.start;
        let touch = one.end == other.start || other.end == one.start;
        // Two texts put into one place have no order.
        !are_apart && (!touch || (one.is_empty() && other.is_empty()))
    })
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
        return is_yaml(&new);
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

/// Whether a text of several documents can be read.
fn is_yaml(text: &str) -> bool {
    serde_yaml::Deserializer::from_str(text)
        .all(|document| serde_yaml::Value::deserialize(document).is_ok())
}
