//! Conditions of `search`: their operators, and what they say together.

use super::rules::{ALWAYS_TRUE, CONTRADICTION, LOWERCASE_OPERATOR, NOT_BEFORE_OR, PRECEDENCE};
use super::value::same_text;
use super::{Linter, Weight};
use crate::detect::lint::{Edit, Remedy};
use crate::detect::plan::compare::Case;
use crate::detect::plan::pattern::{Glob, Piece as Part};
use crate::detect::spl::syntax::{
    Piece, SearchExpression, SearchExpressionKind, SearchOperator, SearchValue, Span, ValueForm,
};

/// Fields that have one value in every record.
const SINGLE: &[&str] = &[
    "index",
    "sourcetype",
    "source",
    "EventCode",
    "EventID",
    "signature_id",
    "Channel",
    "Image",
    "ParentImage",
    "OriginalFileName",
    "eventName",
    "eventSource",
    "process_name",
    "parent_process_name",
    "process_path",
    "parent_process_path",
    "original_file_name",
    "registry_path",
    "registry_key_name",
    "registry_value_name",
    "dest_port",
    "file_name",
    "file_path",
];

/// Values of a field of which one is wanted.
struct Wanted<'e> {
    field: &'e str,
    values: Vec<&'e SearchValue>,
    span: Span,
}

impl Linter<'_> {
    /// What the parts of a condition say together. Whether fields can have several
    /// values depends on where the condition stands.
    pub(super) fn together(&mut self, condition: &SearchExpression, weight: Weight, raw: bool) {
        match &condition.node {
            SearchExpressionKind::And(parts) => {
                self.lowercase_operators(parts);
                let found = self.findings.len();
                self.precedence(parts);
                if raw && weight != Weight::Excluded && self.findings.len() == found {
                    self.contradictions(parts);
                }
            }
            SearchExpressionKind::Or(parts) => {
                self.always_true(parts);
                self.not_before_or(parts);
            }
            _ => {}
        }
    }

    fn lowercase_operators(&mut self, parts: &[SearchExpression]) {
        for (place, part) in parts.iter().enumerate() {
            let SearchExpressionKind::Keyword(value) = &part.node else {
                continue;
            };
            if value.form() != ValueForm::Bare {
                continue;
            }
            let upper = value.raw().to_ascii_uppercase();
            let before = place.checked_sub(1).and_then(|place| parts.get(place));
            let after = parts.get(place + 1);
            let is_operator = match (upper.as_str(), before, after) {
                ("AND" | "OR", Some(before), Some(after)) => {
                    is_condition(before) && is_condition(after)
                }
                ("NOT", _, Some(after)) => is_condition(after),
                _ => false,
            };
            if is_operator {
                let message = format!(
                    "`{}` is a word to find in the events, and no operator",
                    value.raw()
                );
                self.tell(
                    &LOWERCASE_OPERATOR,
                    part.span,
                    message,
                    |linter, finding| {
                        finding.fix(
                            Remedy::Certain,
                            format!("write `{upper}`"),
                            linter.replace(part.span, upper.as_str()),
                        )
                    },
                );
            }
        }
    }

    /// `a=1 b=x OR a=2 b=y`: fields in pairs on both sides of an `OR`.
    fn precedence(&mut self, parts: &[SearchExpression]) {
        for (place, part) in parts.iter().enumerate() {
            let SearchExpressionKind::Or(alternatives) = &part.node else {
                continue;
            };
            if is_parenthesised(self.text, part.span) {
                continue;
            }
            let [first, .., last] = alternatives.as_slice() else {
                continue;
            };
            let (Some(left), Some(right)) = (
                place.checked_sub(1).and_then(|place| parts.get(place)),
                parts.get(place + 1),
            ) else {
                continue;
            };
            let is_pair = |one: &SearchExpression, other: &SearchExpression| {
                field_of(one).is_some() && field_of(one) == field_of(other)
            };
            let is_mixed = field_of(first) != field_of(last);
            if !(is_mixed && is_pair(left, last) && is_pair(first, right)) {
                continue;
            }
            let (Some(first_field), Some(last_field)) = (field_of(first), field_of(last)) else {
                continue;
            };
            let message = format!(
                "`OR` joins only `{first_field}` and `{last_field}` here, since `search` joins it before `AND`",
            );
            let edits = match (alternatives.len(), self.written(part.span)) {
                (2, Some(_)) => [
                    self.surround(left.span, "(", ""),
                    self.surround(first.span, "", ")"),
                    self.surround(last.span, "(", ""),
                    self.surround(right.span, "", ")"),
                ]
                .concat(),
                _ => Vec::new(),
            };
            let edits = if edits.len() == 4 { edits } else { Vec::new() };
            self.tell(&PRECEDENCE, part.span, message, |_, finding| {
                finding
                    .fix(
                        Remedy::Proposed,
                        "put parentheses around the conditions that belong together",
                        edits,
                    )
                    .help("put parentheses around the conditions that belong together")
            });
        }
    }

    /// `NOT a=1 OR a=2`.
    fn not_before_or(&mut self, parts: &[SearchExpression]) {
        let [first, rest @ ..] = parts else {
            return;
        };
        let SearchExpressionKind::Not(negated) = &first.node else {
            return;
        };
        let Some((field, value)) = equality(negated) else {
            return;
        };
        let of_others = |part: &SearchExpression| {
            equality(part).is_some_and(|(other, of_other)| {
                other == field && are_literal(value, of_other) && !same_text(value, of_other)
            })
        };
        if is_parenthesised(self.text, first.span) || !rest.iter().all(of_others) {
            return;
        }
        let Some(last) = rest.last() else {
            return;
        };
        let message =
            format!("`NOT` takes only its first term, which holds for all other `{field}` anyway");
        let whole = Span::new(negated.span.start, last.span.end);
        let edits = self.surround(whole, "(", ")");
        let span = Span::new(first.span.start, last.span.end);
        self.tell(&NOT_BEFORE_OR, span, message, |_, finding| {
            finding.fix(
                Remedy::Proposed,
                "put parentheses around the alternatives",
                edits,
            )
        });
    }

    /// `a!=1 OR a!=2`.
    fn always_true(&mut self, parts: &[SearchExpression]) {
        let unequal: Vec<_> = parts
            .iter()
            .filter_map(|part| Some((part, inequality(part)?)))
            .collect();
        for (place, (part, (field, value))) in unequal.iter().enumerate() {
            let Some((other, _)) =
                unequal
                    .get(place + 1..)
                    .into_iter()
                    .flatten()
                    .find(|(_, (of_other, other))| {
                        of_other == field && are_literal(value, other) && !same_text(value, other)
                    })
            else {
                continue;
            };
            let message = format!("`{field}` always differs from one of two different values");
            let between = self
                .text
                .get(part.span.end..other.span.start)
                .and_then(|text| {
                    let start = part.span.end + text.find("OR")?;
                    (text.trim() == "OR").then_some(Span::new(start, start + 2))
                });
            let edits = match between {
                Some(span) if parts.len() == 2 => self.replace(span, "AND"),
                _ => Vec::new(),
            };
            let span = Span::new(part.span.start, other.span.end);
            self.tell(&ALWAYS_TRUE, span, message, |_, finding| {
                finding.help("join what is to be excluded by `AND`").fix(
                    Remedy::Proposed,
                    "write `AND`",
                    edits,
                )
            });
            return;
        }
    }

    fn contradictions(&mut self, parts: &[SearchExpression]) {
        let mut wanted = Vec::new();
        let mut excluded = Vec::new();
        for part in parts {
            collect(part, &mut wanted, &mut excluded);
        }
        for (place, one) in wanted.iter().enumerate() {
            let others = wanted.get(place + 1..).into_iter().flatten();
            let apart = others
                .filter(|other| other.field == one.field)
                .find(|other| is_single(one.field) && are_apart(one, other));
            if let Some(other) = apart {
                self.contradiction(
                    one,
                    other,
                    format!("no event has both of these values of `{}`", one.field),
                );
                return;
            }
            let gone = excluded
                .iter()
                .filter(|other: &&Wanted<'_>| other.field == one.field)
                .find(|other| is_covered(one, other));
            if let Some(other) = gone {
                self.contradiction(
                    one,
                    other,
                    format!(
                        "every value of `{}` that is wanted is excluded as well",
                        one.field
                    ),
                );
                return;
            }
        }
    }

    fn contradiction(&mut self, one: &Wanted<'_>, other: &Wanted<'_>, message: String) {
        // Of two conditions the later one is told, if its author wrote it.
        let (first, last) = if one.span.start < other.span.start {
            (one.span, other.span)
        } else {
            (other.span, one.span)
        };
        let span = match self.written(last) {
            Some(_) => last,
            None => first,
        };
        self.tell(&CONTRADICTION, span, message, |_, finding| finding);
    }

    /// The changes around a term that make it a text in quotes.
    pub(super) fn quoted_anew(&self, span: Span, text: &str) -> Vec<Edit> {
        self.replace(span, format!("\"{text}\""))
    }
}

fn is_single(field: &str) -> bool {
    let name = field.rsplit('.').next().unwrap_or(field);
    SINGLE.contains(&name)
}

/// Whether a part is more than a word.
fn is_condition(part: &SearchExpression) -> bool {
    !matches!(
        part.node,
        SearchExpressionKind::Keyword(_) | SearchExpressionKind::Everything
    )
}

/// The field that a comparison is about.
fn field_of(part: &SearchExpression) -> Option<&str> {
    match &part.node {
        SearchExpressionKind::Comparison { field, .. } | SearchExpressionKind::In { field, .. } => {
            Some(&field.node.text)
        }
        _ => None,
    }
}

fn equality(part: &SearchExpression) -> Option<(&str, &SearchValue)> {
    match &part.node {
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::Equal,
            value,
        } => Some((&field.node.text, &value.node)),
        _ => None,
    }
}

fn inequality(part: &SearchExpression) -> Option<(&str, &SearchValue)> {
    match &part.node {
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::NotEqual,
            value,
        } => Some((&field.node.text, &value.node)),
        SearchExpressionKind::Not(part) => equality(part),
        _ => None,
    }
}

fn are_literal(one: &SearchValue, other: &SearchValue) -> bool {
    !one.has_wildcard() && !other.has_wildcard()
}

fn collect<'e>(
    part: &'e SearchExpression,
    wanted: &mut Vec<Wanted<'e>>,
    excluded: &mut Vec<Wanted<'e>>,
) {
    match &part.node {
        SearchExpressionKind::And(parts) => {
            for part in parts {
                collect(part, wanted, excluded);
            }
        }
        SearchExpressionKind::Not(inner) => excluded.extend(of_one_field(inner)),
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::NotEqual,
            value,
        } => excluded.push(Wanted {
            field: &field.node.text,
            values: vec![&value.node],
            span: part.span,
        }),
        _ => wanted.extend(of_one_field(part)),
    }
}

/// A condition that holds for some values of one field.
fn of_one_field(part: &SearchExpression) -> Option<Wanted<'_>> {
    let (field, values) = match &part.node {
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::Equal,
            value,
        } => (field.node.text.as_str(), vec![&value.node]),
        SearchExpressionKind::In { field, values } => (
            field.node.text.as_str(),
            values.iter().map(|value| &value.node).collect(),
        ),
        SearchExpressionKind::Or(parts) => {
            let mut all = Vec::new();
            let mut field = None;
            for part in parts {
                let own = of_one_field(part)?;
                if *field.get_or_insert(own.field) != own.field {
                    return None;
                }
                all.extend(own.values);
            }
            (field?, all)
        }
        _ => return None,
    };
    Some(Wanted {
        field,
        values,
        span: part.span,
    })
}

/// Whether no value of the one is a value of the other.
fn are_apart(one: &Wanted<'_>, other: &Wanted<'_>) -> bool {
    let pairs = || {
        one.values
            .iter()
            .flat_map(|left| other.values.iter().map(move |right| (*left, *right)))
    };
    pairs().all(
        |(left, right)| match (left.has_wildcard(), right.has_wildcard()) {
            (false, false) => !same_text(left, right),
            (false, true) => !covers(right, left),
            (true, false) => !covers(left, right),
            (true, true) => false,
        },
    )
}

/// Whether every value that is wanted is excluded.
fn is_covered(wanted: &Wanted<'_>, excluded: &Wanted<'_>) -> bool {
    wanted.values.iter().all(|value| {
        excluded.values.iter().any(|pattern| {
            pattern.pieces() == [Piece::Wildcard]
                || same_text(pattern, value)
                || (!value.has_wildcard() && covers(pattern, value))
        })
    })
}

fn covers(pattern: &SearchValue, text: &SearchValue) -> bool {
    let pieces = pattern.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => Part::Literal(text.clone()),
        Piece::Wildcard => Part::AnyRun,
    });
    // Letter case aside, whatever the form: to say too little is no harm.
    Glob::new(pieces.collect(), Case::Insensitive).matches(&text.text())
}

/// Whether parentheses stand around a part.
pub(super) fn is_parenthesised(text: &str, span: Span) -> bool {
    let Some(part) = span.of(text) else {
        return false;
    };
    let mut depth = 0_usize;
    let mut is_quoted = false;
    let mut letters = part.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return part.starts_with('(') && place + 1 == part.len();
                }
            }
            _ if place == 0 => return false,
            _ => {}
        }
    }
    false
}
