//! Secrets that are known by their value.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::masked;
use super::vocabulary;
use crate::detect::{Explanation, Seen};
use crate::event::OwnedValue;
use crate::report::words::one_line;
use crate::secret::{is_secret_argument, is_secret_name, is_trivial, kind};
use crate::verdict::{Report, TestReport};

/// A value that is no longer and made of one kind of characters could be any word,
/// such as `atomic` or `certutil`: it is masked only where its name stands beside it,
/// since it would be found inside of names and paths. So is a word of misfire's own.
const SHORTEST: usize = 6;

/// A value that is longer than that is no word.
const LONGEST_WORD: usize = 20;

/// Values that are masked wherever they occur.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// The longest first, so that none is masked as a part of another.
    values: Vec<(String, &'static str)>,
}

impl Secrets {
    /// The secrets that a report knows the values of: arguments and fields with a
    /// name that says so.
    #[must_use]
    pub fn of_report(report: &Report) -> Self {
        let mut secrets = Self::default();
        for test in &report.tests {
            secrets.add_test(test);
        }
        secrets
    }

    /// The secrets that a test knows the values of.
    #[must_use]
    pub fn of_test(test: &TestReport) -> Self {
        let mut secrets = Self::default();
        secrets.add_test(test);
        secrets
    }

    fn add_test(&mut self, test: &TestReport) {
        for (name, value) in &test.arguments {
            if is_secret_argument(name) {
                self.add(name, value);
            }
        }
        // A default may stand in the output of an execution, whatever was given.
        let takes = test.atomic.iter().flat_map(|atomic| &atomic.takes);
        for (name, argument) in takes {
            if let (true, Some(default)) = (is_secret_argument(name), &argument.default) {
                self.add(name, default);
            }
        }
        let signals = test.signals.iter().map(|signal| &signal.near_miss);
        let verdicts = test.verdicts.iter().map(|verdict| &verdict.near_miss);
        for near_miss in signals.chain(verdicts).flatten() {
            self.add_explanation(&near_miss.explanation);
            for field in near_miss.event.iter().flat_map(|event| &event.fields) {
                if is_secret_name(&field.name) {
                    self.add_value(&field.name, &field.value);
                }
            }
        }
    }

    /// Adds the values of secret fields that an explanation shows.
    pub fn add_explanation(&mut self, explanation: &Explanation) {
        for outcome in explanation.nearest.iter().flat_map(|near| &near.outcomes) {
            let Some(field) = &outcome.predicate.field else {
                continue;
            };
            if let (true, Seen::Value(value)) = (is_secret_name(field), &outcome.seen) {
                self.add_value(field, value);
            }
        }
        for (field, value) in explanation.groups.iter().flat_map(|group| &group.key) {
            if is_secret_name(field) {
                self.add(field, value);
            }
        }
    }

    fn add_value(&mut self, name: &str, value: &OwnedValue) {
        match value {
            OwnedValue::Text(text) | OwnedValue::Node(text) => self.add(name, text),
            OwnedValue::List(items) => {
                for item in items {
                    self.add_value(name, item);
                }
            }
            OwnedValue::Integer(number) => self.add(name, &number.to_string()),
            OwnedValue::Float(_) | OwnedValue::Bool(_) | OwnedValue::Null => {}
        }
    }

    /// Adds the value of something with that name.
    pub fn add(&mut self, name: &str, value: &str) {
        let kind = kind(name);
        let mut forms = BTreeSet::from([
            value.to_owned(),
            // As reports show it, and as JSON inside of a text does.
            one_line(value, usize::MAX),
            serde_json::Value::from(value)
                .to_string()
                .trim_matches('"')
                .to_owned(),
        ]);
        forms.extend(value.lines().map(str::to_owned));
        for form in forms {
            let is_known = self.values.iter().any(|(known, _)| *known == form);
            let is_word = is_trivial(&form) || vocabulary::is_own_word(&form);
            if !could_be_a_word(&form) && !is_word && !is_known {
                self.values.push((form, kind));
            }
        }
        self.values
            .sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for (value, kind) in &self.values {
            if text.contains(value.as_str()) {
                text = Cow::Owned(replaced(&text, value, &masked(kind)));
            }
        }
        text
    }
}

/// Whether a value could be a word of any text.
fn could_be_a_word(value: &str) -> bool {
    let kinds = [
        value.contains(|sign: char| sign.is_lowercase()),
        value.contains(|sign: char| sign.is_uppercase()),
        value.contains(|sign: char| sign.is_numeric()),
        value.contains(|sign: char| !sign.is_alphanumeric()),
    ];
    let kinds = kinds.into_iter().filter(|is_there| *is_there).count();
    // `Atomic` and `ATOMIC` are words as well.
    let is_plain = kinds == 1 || (kinds == 2 && value.chars().all(char::is_alphabetic));
    value.len() < SHORTEST || (is_plain && value.len() <= LONGEST_WORD)
}

/// A text with something in the place of a value, but for words of misfire's own that
/// hold it.
fn replaced(text: &str, value: &str, by: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, found) in text.match_indices(value) {
        let end = start + found.len();
        if !vocabulary::is_in_own_word(text, start..end) {
            done.push_str(&text[copied..start]);
            done.push_str(by);
            copied = end;
        }
    }
    done + &text[copied..]
}
