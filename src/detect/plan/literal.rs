//! Literals: texts of which a record must hold one before a query can find it.
//!
//! They are looked for in the record's own text, all queries' at once, so that
//! most records are never taken apart. Only what stands in that text as it is can
//! be a literal: no characters that JSON escapes, nothing but ASCII, no numbers. A
//! record whose text hides such characters behind others is taken apart.

use super::compare::CompareOp;
use super::expression::{Expr, ExprKind};
use super::function::Function;
use super::pattern::{Glob, Piece};
use super::predicate::{Pattern, Predicate, PredicateKind};
use super::record::{FieldTable, MOST_NESTED};
use super::value::Value;

/// Texts of which any must be there; none if there is no such set.
pub(super) type Literals = Option<Vec<String>>;

/// Shorter texts are in nearly every record.
const SHORTEST: usize = 3;

/// A set of more texts costs more than it saves.
const MOST: usize = 512;

/// The literals of a predicate on the records of a table.
pub(super) fn of_predicate(predicate: &Predicate, table: &FieldTable) -> Literals {
    match &predicate.kind {
        PredicateKind::All(parts) => parts
            .iter()
            .filter_map(|part| of_predicate(part, table))
            .min_by_key(|texts| weight(texts)),
        PredicateKind::Any(parts) => union(parts.iter().map(|part| of_predicate(part, table))),
        PredicateKind::Matches {
            subject, pattern, ..
        } => {
            let subject = verbatim(subject, table, 0)?;
            match pattern {
                Pattern::Globs(globs) => {
                    if subject
                        .constants
                        .iter()
                        .any(|text| globs.iter().any(|glob| glob.matches(text)))
                    {
                        return None;
                    }
                    union(globs.iter().map(of_glob))
                }
                Pattern::Regex(regex) => {
                    let may_be = |text: &String| regex.is_match(text).unwrap_or(true);
                    if subject.constants.iter().any(may_be) {
                        return None;
                    }
                    let texts = regex.required_literals()?;
                    union(
                        texts
                            .iter()
                            .map(|text| longest_plain(text).map(|text| vec![text])),
                    )
                }
                Pattern::Networks(_) => None,
            }
        }
        PredicateKind::Compare {
            left,
            operator: CompareOp::Equal,
            right,
            ..
        } => {
            let (subject, literal) = match (left.as_literal(), right.as_literal()) {
                (None, Some(literal)) => (left, literal),
                (Some(literal), None) => (right, literal),
                _ => return None,
            };
            let Value::Text(text) = literal else {
                return None;
            };
            let subject = verbatim(subject, table, 0)?;
            if subject
                .constants
                .iter()
                .any(|known| known.eq_ignore_ascii_case(text))
            {
                return None;
            }
            longest_plain(text).map(|text| vec![text])
        }
        PredicateKind::Keyword(keyword) => of_glob(&keyword.glob),
        _ => None,
    }
}

/// How much a set keeps out; less is better.
pub(super) fn weight(texts: &[String]) -> (usize, usize) {
    let shortest = texts.iter().map(String::len).min().unwrap_or_default();
    // Few and long ones are best.
    (texts.len(), usize::MAX - shortest)
}

fn union(parts: impl Iterator<Item = Literals>) -> Literals {
    let mut all = Vec::new();
    for part in parts {
        all.extend(part?);
        if all.len() > MOST {
            return None;
        }
    }
    all.sort_unstable();
    all.dedup();
    (!all.is_empty()).then_some(all)
}

fn of_glob(glob: &Glob) -> Literals {
    let pieces = glob.pieces().iter();
    let literals = pieces.filter_map(|piece| match piece {
        Piece::Literal(text) => longest_plain(text),
        Piece::AnyRun | Piece::AnyOne | Piece::Term | Piece::Blanks => None,
    });
    literals
        .max_by_key(String::len)
        .map(|longest| vec![longest])
}

/// The longest part of a text that every way of writing it holds as it is.
fn longest_plain(text: &str) -> Option<String> {
    let longest = text
        .split(|character| !is_plain(character))
        .max_by_key(|part| part.len())?;
    let is_number = longest
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b' ' | b':'));
    (longest.len() >= SHORTEST && !is_number).then(|| longest.to_ascii_lowercase())
}

/// Whether literals may hold a character.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '_' | '-' | ':' | '@')
}

/// Whether the text of a record shows all that may be a literal as it is.
pub(super) fn are_shown_by(raw: &str) -> bool {
    let is_shown = |raw: &str| raw.is_ascii() || !raw.chars().any(becomes_ascii);
    raw.starts_with('{') && is_shown(raw) && !escapes_any(raw)
}

/// Whether a text of JSON writes a character as its number that literals may hold, or
/// that may become such.
fn escapes_any(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let mut after = 0;
    for place in memchr::memchr_iter(b'\\', bytes) {
        if place < after {
            continue;
        }
        after = place + 2;
        if bytes.get(place + 1) != Some(&b'u') {
            continue;
        }
        let digits = raw.get(place + 2..place + 6);
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(number) = number else {
            return true;
        };
        // Halves of characters beyond the first plane: these have no case that is ASCII.
        let character = char::from_u32(number);
        if character.is_some_and(|character| is_plain(character) || becomes_ascii(character)) {
            return true;
        }
    }
    false
}

/// Whether a character that is not ASCII is, in another case, or has ASCII in it.
fn becomes_ascii(character: char) -> bool {
    matches!(
        character,
        '\u{df}'
            | '\u{130}'
            | '\u{131}'
            | '\u{149}'
            | '\u{17f}'
            | '\u{1f0}'
            | '\u{1e96}'..='\u{1e9a}'
            | '\u{1e9e}'
            | '\u{212a}'
            | '\u{fb00}'..='\u{fb06}'
    )
}

/// What the value of an expression is if it is no part of the record's text.
#[derive(Debug, Default)]
struct Verbatim {
    constants: Vec<String>,
}

/// Whether an expression yields a part of the record's text, case aside, or one of a
/// few constants.
fn verbatim(expr: &Expr, table: &FieldTable, depth: usize) -> Option<Verbatim> {
    if depth > MOST_NESTED {
        return None;
    }
    let all = |parts: &mut dyn Iterator<Item = &Expr>| -> Option<Verbatim> {
        let mut joined = Verbatim::default();
        for part in parts {
            joined
                .constants
                .extend(verbatim(part, table, depth + 1)?.constants);
        }
        Some(joined)
    };
    match &expr.kind {
        ExprKind::Literal(Value::Null) => Some(Verbatim::default()),
        ExprKind::Literal(value) => Some(Verbatim {
            constants: value
                .items()
                .map(|item| item.to_text().into_owned())
                .collect(),
        }),
        ExprKind::Field(field) => match table.computed(field) {
            Some(computed) => verbatim(computed, table, depth + 1),
            None => table.is_verbatim(field).then(Verbatim::default),
        },
        ExprKind::Coalesce(parts) => all(&mut parts.iter()),
        ExprKind::Case(arms) | ExprKind::Unless(arms) => {
            all(&mut arms.iter().map(|(_, value)| value))
        }
        ExprKind::Call {
            function,
            arguments,
        } if is_part(*function) => {
            let inner = verbatim(arguments.first()?, table, depth + 1)?;
            // A part of a constant is another constant.
            inner.constants.is_empty().then_some(inner)
        }
        _ => None,
    }
}

/// Whether a function yields a part of its first argument, case aside.
fn is_part(function: Function) -> bool {
    matches!(
        function,
        Function::Lower
            | Function::Upper
            | Function::Split
            | Function::ItemAt
            | Function::Trim
            | Function::TrimStart
            | Function::TrimEnd
            | Function::Substring
            | Function::TruthToText
    )
}

#[cfg(test)]
mod tests {
    use super::becomes_ascii;

    #[test]
    fn every_character_that_a_change_of_case_makes_ascii_is_known() {
        let others = |character: char| {
            let lower = character.to_lowercase();
            lower.chain(character.to_uppercase()).collect::<Vec<_>>()
        };
        for character in ('\u{80}'..=char::MAX).filter(|character| !becomes_ascii(*character)) {
            let once = others(character);
            let twice = once.iter().flat_map(|other| others(*other));
            assert!(
                twice
                    .chain(once.iter().copied())
                    .all(|other| !other.is_ascii()),
                "{character:?}"
            );
        }
    }
}
