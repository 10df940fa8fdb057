//! Literals: texts of which a record must hold one before a query can find it.
//!
//! They are looked for in the record's own text, all queries' at once, so that
//! most records are never taken apart. Only what stands in that text as it is can
//! be a literal: no characters that JSON escapes, nothing but ASCII, no numbers.

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

fn weight(texts: &[String]) -> (usize, usize) {
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
        Piece::AnyRun | Piece::AnyOne => None,
    });
    literals
        .max_by_key(String::len)
        .map(|longest| vec![longest])
}

/// The longest part of a text that every way of writing it holds as it is.
fn longest_plain(text: &str) -> Option<String> {
    let plain = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '_' | '-' | ':' | '@')
    };
    let longest = text
        .split(|character| !plain(character))
        .max_by_key(|part| part.len())?;
    let is_number = longest
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b' ' | b':'));
    (longest.len() >= SHORTEST && !is_number).then(|| longest.to_ascii_lowercase())
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
    )
}
