//! Expressions that cannot be read because `contains` stands between two values.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::INFIX_CONTAINS;
use crate::detect::Query;
use crate::detect::cse::syntax::{Span, parse};
use crate::detect::lint::{Edit, Finding, Remedy};

/// A value, `contains`, and a text.
static INFIX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let value =
        r#"(?:[A-Za-z]+\([\w.]+(?:\[["'][^"']*["']\])?\)|[A-Za-z_][\w.]*(?:\[["'][^"']*["']\])?)"#;
    let text = r#"(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"#;
    Regex::new(&format!(r"(?i)({value})\s+(contains)\s+({text})")).ok()
});

/// The places where `contains` is an operator, if the expression can be read once it is
/// a function there.
pub(super) fn infix_contains(query: &Query<'_>) -> Vec<Finding> {
    let Some(infix) = INFIX.as_ref() else {
        return Vec::new();
    };
    let better = infix.replace_all(query.text, "contains($1, $3)");
    if parse(&better).is_err() {
        return Vec::new();
    }
    let found = infix.captures_iter(query.text).filter_map(|captures| {
        let (whole, word) = (captures.get(0)?, captures.get(2)?);
        let (subject, text) = (captures.get(1)?.as_str(), captures.get(3)?.as_str());
        let span = Span::new(word.start(), word.end());
        let edit = Edit::replace(
            query,
            Span::new(whole.start(), whole.end()),
            format!("contains({subject}, {text})"),
        );
        let finding = Finding::new(
            &INFIX_CONTAINS,
            "`contains` is a function here, so the expression is rejected",
            query.place(span),
        );
        let title = "write `contains(attribute, 'text')`";
        Some(finding.fix(Remedy::Certain, title, vec![edit]))
    });
    found.collect()
}
