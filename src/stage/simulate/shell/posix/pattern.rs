//! Patterns of the shell (POSIX Shell Command Language, 2.14), without extglob.

use crate::stage::simulate::character_class::is_in_class;

/// Whether a text matches a pattern in which a backslash quotes what follows.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    matches_signs(&pattern, &text)
}

/// The same of signs, by stepping back to the last star: bounded by the product of the
/// lengths.
pub(super) fn matches_signs(pattern: &[char], text: &[char]) -> bool {
    let mut at = 0;
    let mut place = 0;
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
                continue;
            }
            None if place == text.len() => return true,
            None => None,
            Some(_) => text
                .get(place)
                .and_then(|sign| one(pattern.get(at..)?, *sign)),
        };
        match (step, star) {
            (Some(length), _) => {
                at += length;
                place += 1;
            }
            (None, Some((star_at, from))) if from < text.len() => {
                star = Some((star_at, from + 1));
                at = star_at + 1;
                place = from + 1;
            }
            _ => return false,
        }
    }
}

/// How many signs a pattern matches, if that is always the same number.
pub(super) fn length(pattern: &[char]) -> Option<usize> {
    let mut at = 0;
    let mut length = 0;
    while let Some(sign) = pattern.get(at) {
        at += match sign {
            '*' => return None,
            '\\' if at + 1 < pattern.len() => 2,
            '[' => match set(pattern.get(at + 1..)?, '\0') {
                Some((_, length)) => length + 1,
                None => 1,
            },
            _ => 1,
        };
        length += 1;
    }
    Some(length)
}

/// How many signs of the pattern match one sign of the text.
fn one(pattern: &[char], sign: char) -> Option<usize> {
    match pattern {
        ['\\', quoted, ..] => (*quoted == sign).then_some(2),
        ['?', ..] => Some(1),
        ['[', rest @ ..] => match set(rest, sign) {
            Some((true, length)) => Some(length + 1),
            Some((false, _)) => None,
            None => (sign == '[').then_some(1),
        },
        [plain, ..] => (*plain == sign).then_some(1),
        [] => None,
    }
}

/// Whether a set holds a sign, and how long it is; `None` if it is no set.
fn set(pattern: &[char], sign: char) -> Option<(bool, usize)> {
    let mut at = 0;
    let is_negated = matches!(pattern.first(), Some('!' | '^'));
    if is_negated {
        at = 1;
    }
    let first = at;
    let mut holds = false;
    loop {
        let mut low = *pattern.get(at)?;
        if low == ']' && at > first {
            return Some((holds != is_negated, at + 1));
        }
        if low == '[' && pattern.get(at + 1) == Some(&':') {
            let rest = pattern.get(at + 2..)?;
            let length = rest.iter().position(|sign| *sign == ':')?;
            let class: String = rest.get(..length)?.iter().collect();
            if rest.get(length + 1) == Some(&']') {
                holds |= is_in_class(&class, sign);
                at += length + 4;
                continue;
            }
        }
        if low == '\\' {
            at += 1;
            low = *pattern.get(at)?;
        }
        if pattern.get(at + 1) == Some(&'-') && pattern.get(at + 2).is_some_and(|end| *end != ']') {
            let high = *pattern.get(at + 2)?;
            holds |= (low..=high).contains(&sign);
            at += 3;
        } else {
            holds |= low == sign;
            at += 1;
        }
    }
}

/// A text as a pattern that matches nothing else.
pub(super) fn quoted(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '*' | '?' | '[' | ']' | '\\' | '!' | '-' | '^') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern
}
