//! Brace expansion of Bash: `{a,b}` and `{1..5}`.

use super::syntax::{Part, Word};

/// The most words that one word becomes.
const MOST: usize = 1_000;

/// A sign of a word, or a part that is not looked into.
#[derive(Clone)]
enum Sign {
    Plain(char),
    Part(Part),
}

/// The words that a word becomes.
pub(super) fn expand(word: &Word) -> Vec<Word> {
    let has_brace = word
        .iter()
        .any(|part| matches!(part, Part::Plain(text) if text.contains('{')));
    if !has_brace {
        return vec![word.clone()];
    }
    let signs: Vec<Sign> = word
        .iter()
        .flat_map(|part| match part {
            Part::Plain(text) => text.chars().map(Sign::Plain).collect(),
            other => vec![Sign::Part(other.clone())],
        })
        .collect();
    let mut left = MOST;
    expand_signs(&signs, 0, &mut left)
        .into_iter()
        .map(|signs| join(&signs))
        .collect()
}

fn expand_signs(signs: &[Sign], depth: usize, left: &mut usize) -> Vec<Vec<Sign>> {
    let mut from = 0;
    while depth < 12 && *left > 0 {
        let Some(open) = position(signs, from, '{') else {
            break;
        };
        let Some((end, commas)) = closing(signs, open) else {
            from = open + 1;
            continue;
        };
        let inner = signs.get(open + 1..end).unwrap_or_default();
        let choices: Vec<Vec<Sign>> = if commas.is_empty() {
            match range(inner) {
                Some(choices) => choices,
                None => {
                    from = open + 1;
                    continue;
                }
            }
        } else {
            let mut start = open + 1;
            let mut choices = Vec::new();
            for comma in commas.into_iter().chain([end]) {
                let choice = signs.get(start..comma).unwrap_or_default();
                choices.extend(expand_signs(choice, depth + 1, left));
                start = comma + 1;
            }
            choices
        };
        let before = signs.get(..open).unwrap_or_default();
        let after = expand_signs(signs.get(end + 1..).unwrap_or_default(), depth + 1, left);
        let mut words = Vec::new();
        for choice in &choices {
            for rest in &after {
                if *left == 0 {
                    return words;
                }
                *left -= 1;
                words.push([before, choice, rest].concat());
            }
        }
        return words;
    }
    vec![signs.to_vec()]
}

fn position(signs: &[Sign], from: usize, wanted: char) -> Option<usize> {
    let rest = signs.get(from..)?;
    rest.iter()
        .position(|sign| matches!(sign, Sign::Plain(found) if *found == wanted))
        .map(|at| at + from)
}

/// Where a brace is closed, and the commas directly within.
fn closing(signs: &[Sign], open: usize) -> Option<(usize, Vec<usize>)> {
    let mut depth = 0usize;
    let mut commas = Vec::new();
    for (at, sign) in signs.iter().enumerate().skip(open) {
        let Sign::Plain(sign) = sign else { continue };
        match sign {
            '{' => depth += 1,
            ',' if depth == 1 => commas.push(at),
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((at, commas));
                }
            }
            _ => {}
        }
    }
    None
}

fn range(inner: &[Sign]) -> Option<Vec<Vec<Sign>>> {
    let text: String = inner
        .iter()
        .map(|sign| match sign {
            Sign::Plain(sign) => Some(*sign),
            Sign::Part(_) => None,
        })
        .collect::<Option<_>>()?;
    let mut parts = text.split("..");
    let (first, last, step) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let step: i64 = step.map_or(Some(1), |step| step.parse().ok())?;
    let step = usize::try_from(step.unsigned_abs().max(1)).ok()?;
    let numbers = first.parse::<i64>().ok().zip(last.parse::<i64>().ok());
    let texts: Vec<String> = if let Some((first_number, last_number)) = numbers {
        let has_zeros = |text: &str| {
            let digits = text.trim_start_matches('-');
            digits.len() > 1 && digits.starts_with('0')
        };
        let width = if has_zeros(first) || has_zeros(last) {
            first.len().max(last.len())
        } else {
            0
        };
        let show = |number: i64| format!("{number:0width$}");
        if first_number <= last_number {
            let numbers = (first_number..=last_number).step_by(step);
            numbers.take(MOST).map(show).collect()
        } else {
            let count = first_number.checked_sub(last_number)?;
            let numbers = (0..=count).step_by(step);
            numbers
                .take(MOST)
                .map(|down| show(first_number - down))
                .collect()
        }
    } else {
        let sign = |text: &str| {
            let mut signs = text.chars();
            let sign = signs.next().filter(char::is_ascii_alphabetic)?;
            signs.next().is_none().then_some(sign)
        };
        let (first, last) = (sign(first)?, sign(last)?);
        let mut signs: Vec<char> = if first <= last {
            (first..=last).collect()
        } else {
            (last..=first).rev().collect()
        };
        signs = signs.into_iter().step_by(step).collect();
        signs.into_iter().map(String::from).collect()
    };
    Some(
        texts
            .into_iter()
            .map(|text| text.chars().map(Sign::Plain).collect())
            .collect(),
    )
}

fn join(signs: &[Sign]) -> Word {
    let mut word = Word::new();
    for sign in signs {
        match sign {
            Sign::Plain(sign) => match word.last_mut() {
                Some(Part::Plain(text)) => text.push(*sign),
                _ => word.push(Part::Plain(sign.to_string())),
            },
            Sign::Part(part) => word.push(part.clone()),
        }
    }
    word
}
