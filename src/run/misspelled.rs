//! What the values of filters that fit nothing were meant to be.

use std::collections::BTreeSet;

use super::selection::{Candidate, Selection, holds};
use crate::diagnostic::did_you_mean;

/// What filters can name, in all tests.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    names: BTreeSet<String>,
    detections: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Vocabulary {
    /// Adds what a test is known by.
    pub(super) fn add(&mut self, test: &Candidate<'_>) {
        let own = |text: &str| text.to_owned();
        self.names.insert(own(test.name));
        self.detections.extend(test.called_by_detections().map(own));
        self.all.extend(test.called().map(own));
        self.all.extend(test.called_by_detections().map(own));
        self.all.extend(test.guid.map(|guid| guid.to_string()));
    }

    /// What a value that fits no test was meant to be, if something is like it.
    pub(super) fn meant(&self, selection: &Selection) -> Option<String> {
        [
            (&selection.names, &self.names),
            (&selection.detections, &self.detections),
            (&selection.words, &self.all),
        ]
        .into_iter()
        .flat_map(|(values, texts)| values.iter().map(move |value| (value, texts)))
        .filter(|(value, texts)| !texts.iter().any(|text| holds(text, value)))
        .find_map(|(value, texts)| nearest(value, texts))
    }
}

/// A text that is like a value, or a part of one.
fn nearest(value: &str, texts: &BTreeSet<String>) -> Option<String> {
    let whole = did_you_mean(value, texts.iter().map(String::as_str));
    if let Some(whole) = whole {
        return Some(whole.to_owned());
    }
    let known: BTreeSet<&str> = texts.iter().flat_map(|text| words(text)).collect();
    let corrected: Vec<&str> = value
        .split_whitespace()
        .map(|word| match did_you_mean(word, known.iter().copied()) {
            Some(meant) if !holds(meant, word) => meant,
            _ => word,
        })
        .collect();
    let corrected = corrected.join(" ");
    // Words that stand in no text together were not meant.
    let is_part = texts.iter().any(|text| holds(text, &corrected));
    (is_part && !corrected.is_empty()).then_some(corrected)
}

/// A text's words, those with hyphens whole and in parts.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |character: char| !character.is_alphanumeric();
    text.split(|character: char| character.is_whitespace() || character == '/')
        .chain(text.split(is_end))
        .filter(|word| !word.is_empty())
}
