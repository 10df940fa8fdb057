//! Queries that cannot be read because they assign with `=`.

use super::rules::ASSIGNMENT;
use crate::detect::Query;
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{Span, documented_operator, parse, parse_expression};

/// The assignments of a query that can be read once they are written as such.
pub(super) fn assignments(query: &Query<'_>) -> Vec<Finding> {
    let found: Vec<_> = operators(query.text)
        .into_iter()
        .filter_map(|span| assignment(query.text, span))
        .collect();
    let mut better = query.text.to_owned();
    for assigned in found.iter().rev() {
        let range = assigned.whole.start..assigned.whole.end;
        if better.get(range.clone()).is_none() {
            return Vec::new();
        }
        better.replace_range(range, &assigned.better);
    }
    if found.is_empty() || parse(&better).is_err() {
        return Vec::new();
    }
    let told = found.into_iter().map(|assigned| {
        let edit = Edit::replace(query, assigned.whole, &*assigned.better);
        Finding::new(
            &ASSIGNMENT,
            format!(
                "`{} = …` is a comparison and no assignment, so the query is rejected",
                assigned.name
            ),
            query.place(assigned.whole),
        )
        .fix(
            Remedy::Certain,
            format!(
                "write the value first and its name behind it: `… as {}`",
                assigned.name
            ),
            vec![edit],
        )
    });
    told.collect()
}

struct Assigned {
    whole: Span,
    name: String,
    better: String,
}

/// `name = expression`, if that is all that stands there.
fn assignment(text: &str, span: Span) -> Option<Assigned> {
    let written = span.of(text)?;
    let (name, value) = written.split_once('=')?;
    let name = name.trim();
    let value = value.trim();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name || documented_operator(name).is_some() || value.starts_with('=') {
        return None;
    }
    parse_expression(value).ok()?;
    Some(Assigned {
        whole: span,
        name: name.to_owned(),
        better: format!("{value} as {name}"),
    })
}

/// What stands between pipes, without blanks around it, after the scope.
fn operators(text: &str) -> Vec<Span> {
    let mut pipes = Vec::new();
    let mut is_quoted = false;
    let mut depth = 0_usize;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '|' if letters.peek().is_some_and(|(_, next)| *next == '|') => {
                letters.next();
            }
            '|' if depth == 0 => pipes.push(at),
            _ => {}
        }
    }
    let ends = pipes.iter().skip(1).copied().chain([text.len()]);
    let between = pipes.iter().zip(ends);
    between
        .filter_map(|(start, end)| {
            let part = text.get(start + 1..end)?;
            let trimmed = part.trim_start();
            let start = start + 1 + (part.len() - trimmed.len());
            Some(Span::new(start, start + trimmed.trim_end().len()))
        })
        .collect()
}
