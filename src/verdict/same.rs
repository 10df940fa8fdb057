//! When values of two events are the same.

use std::collections::HashMap;

/// What products write where they have no value. Two of these are not the same.
const NO_VALUE: [&str; 3] = ["", "-", "{00000000-0000-0000-0000-000000000000}"];

/// The values of a field, without what stands for none.
pub(super) fn values(values: Option<&Vec<String>>) -> impl Iterator<Item = &str> {
    let values = values.into_iter().flatten().map(String::as_str);
    values.filter(|value| !NO_VALUE.contains(value))
}

/// What two values have in common that are one: products write process ids in decimal
/// and in hexadecimal digits, and GUIDs in either case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Text(String),
    Number(u64),
}

/// The keys of a field's values; two fields have a value in common if they share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys(Vec<Key>);

impl Keys {
    /// The keys of some values, none of which stands for no value.
    pub(super) fn of<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        let mut keys = Vec::new();
        for value in values {
            keys.push(Key::Text(value.to_ascii_lowercase()));
            keys.extend(number(value).map(Key::Number));
        }
        Self(keys)
    }

    /// Whether there is no value.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn share_one(&self, other: &Self) -> bool {
        self.0.iter().any(|key| other.0.contains(key))
    }
}

/// The places of values in a list.
#[derive(Debug)]
pub(super) struct Index(HashMap<Key, Vec<usize>>);

impl Index {
    pub(super) fn of<'k>(list: impl Iterator<Item = &'k Keys>) -> Self {
        let mut places: HashMap<Key, Vec<usize>> = HashMap::new();
        for (place, keys) in list.enumerate() {
            for key in &keys.0 {
                places.entry(key.clone()).or_default().push(place);
            }
        }
        Self(places)
    }

    /// The places that share a value with these, in order, each once.
    pub(super) fn places(&self, keys: &Keys) -> Vec<usize> {
        let found = keys.0.iter().filter_map(|key| self.0.get(key));
        let mut places: Vec<_> = found.flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_same(left: &str, right: &str) -> bool {
        let keys = |text| Keys::of([text].into_iter());
        let index = Index::of([keys(right)].iter());
        let is_found = index.places(&keys(left)) == [0];
        assert_eq!(keys(left).share_one(&keys(right)), is_found);
        is_found
    }

    #[test]
    fn numbers_are_the_same_in_either_digits() {
        assert!(are_same("26", "0x1a"));
        assert!(are_same("0x1A", "0x1a"));
        assert!(are_same("0X1A", "0x1a"));
        assert!(!are_same("26", "0x1b"));
        assert!(!are_same("26", "0X1A"));
    }

    #[test]
    fn texts_are_the_same_in_either_case() {
        assert!(are_same("{AB-1}", "{ab-1}"));
        assert!(!are_same("{AB-1}", "{ab-2}"));
    }

    #[test]
    fn what_stands_for_no_value_is_left_out() {
        let written = vec!["-".to_owned(), String::new(), "7".to_owned()];
        assert_eq!(values(Some(&written)).collect::<Vec<_>>(), ["7"]);
        assert!(Keys::of(values(None)).is_empty());
    }
}
