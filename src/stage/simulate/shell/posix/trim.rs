//! Texts of which a part is removed, replaced, cut, or recased.

use super::parameter::Got;
use super::pattern;
use super::syntax::{End, Place, Reach};

pub(super) fn removed(text: &str, pattern: &[char], end: End, reach: Reach) -> String {
    let signs: Vec<char> = text.chars().collect();
    let length = signs.len();
    let matches = |count: &usize| {
        let piece = match end {
            End::Front => signs.get(..*count),
            End::Back => signs.get(length.saturating_sub(*count)..),
        };
        piece.is_some_and(|piece| pattern::matches_signs(pattern, piece))
    };
    let found = match (pattern::length(pattern), reach) {
        (Some(count), _) => Some(count).filter(matches),
        (None, Reach::Least) => (0..=length).find(matches),
        (None, Reach::Most) => (0..=length).rev().find(matches),
    };
    let count = found.unwrap_or(0);
    match end {
        End::Front => signs.iter().skip(count).collect(),
        End::Back => signs.iter().take(length.saturating_sub(count)).collect(),
    }
}

pub(super) fn replaced(text: &str, pattern: &[char], with: &str, place: Place) -> String {
    let signs: Vec<char> = text.chars().collect();
    if pattern.is_empty() {
        return text.to_owned();
    }
    let fixed = pattern::length(pattern);
    let matches = |from: usize, to: usize| {
        let piece = signs.get(from..to);
        piece.is_some_and(|piece| pattern::matches_signs(pattern, piece))
    };
    let longest = |from: usize| match fixed {
        Some(length) => Some(from + length).filter(|to| matches(from, *to)),
        None => (from..=signs.len()).rev().find(|to| matches(from, *to)),
    };
    match place {
        Place::Front => match longest(0) {
            Some(to) => with.chars().chain(signs.iter().skip(to).copied()).collect(),
            None => text.to_owned(),
        },
        Place::Back => {
            let from = match fixed {
                Some(length) => signs
                    .len()
                    .checked_sub(length)
                    .filter(|from| matches(*from, signs.len())),
                None => (0..=signs.len()).find(|from| matches(*from, signs.len())),
            };
            match from {
                Some(from) => signs
                    .iter()
                    .take(from)
                    .copied()
                    .chain(with.chars())
                    .collect(),
                None => text.to_owned(),
            }
        }
        Place::First | Place::All => {
            let mut out = String::new();
            let mut at = 0;
            let mut is_done = false;
            while let Some(sign) = signs.get(at) {
                let end = if is_done { None } else { longest(at) };
                match end.filter(|end| *end > at) {
                    Some(end) => {
                        out.push_str(with);
                        at = end;
                        is_done = place == Place::First;
                    }
                    None => {
                        out.push(*sign);
                        at += 1;
                    }
                }
            }
            out
        }
    }
}

/// What matching a pattern against every piece of a text costs, in bytes of the budget.
pub(super) fn cost(got: &Got, pattern: &[char], pieces: Pieces) -> usize {
    if pattern::length(pattern).is_some() {
        return 0;
    }
    let texts = match got {
        Got::Text(text) => std::slice::from_ref(text),
        Got::List(values) | Got::Joined(values) => values.as_slice(),
        _ => &[],
    };
    let of = |text: &String| {
        let length = text.len();
        let square = length.saturating_mul(length);
        match pieces {
            Pieces::AtOneEnd => square / 32,
            Pieces::All => square.saturating_mul(length) / 1_024,
        }
    };
    texts
        .iter()
        .fold(0usize, |sum, text| sum.saturating_add(of(text)))
}

/// Which pieces of a text are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pieces {
    AtOneEnd,
    All,
}

pub(super) fn sliced(got: Got, name: &str, offset: i64, length: Option<i64>) -> Got {
    let range = |count: usize| {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let from = if offset < 0 {
            count.saturating_add(offset)
        } else {
            offset
        };
        if from < 0 {
            return (0, 0);
        }
        let to = match length {
            Some(length) if length < 0 => count.saturating_add(length),
            Some(length) => from.saturating_add(length),
            None => count,
        };
        let from = from.min(count);
        let to = to.clamp(from, count);
        (
            usize::try_from(from).unwrap_or(0),
            usize::try_from(to - from).unwrap_or(0),
        )
    };
    match got {
        Got::Text(text) => {
            let (skip, take) = range(text.chars().count());
            Got::Text(text.chars().skip(skip).take(take).collect())
        }
        Got::List(values) | Got::Joined(values) => {
            // `$@` counts from one.
            let offset_is_positional = matches!(name, "@" | "*") && offset > 0;
            let (skip, take) = range(values.len() + usize::from(offset_is_positional));
            let skip = skip - usize::from(offset_is_positional && skip > 0);
            Got::List(values.into_iter().skip(skip).take(take).collect())
        }
        other => other,
    }
}

pub(super) fn recased(text: &str, sign: char, reach: Reach) -> String {
    let change = |text: &str| match sign {
        '^' => text.to_uppercase(),
        _ => text.to_lowercase(),
    };
    match reach {
        Reach::Most => change(text),
        Reach::Least => {
            let mut signs = text.chars();
            let first = signs.next().map(|first| change(&first.to_string()));
            first.unwrap_or_default() + signs.as_str()
        }
    }
}
