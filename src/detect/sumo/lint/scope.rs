//! Conditions of the scope.

use super::rules::QUOTED_WILDCARD;
use super::{Linter, as_warning};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{
    Scope, ScopeKind, ScopeOperator, Span, Spanned, Text, Value, parse,
};
use crate::diagnostic::Severity;

impl Linter<'_> {
    pub(super) fn scope(&mut self, scope: &Scope) {
        match &scope.node {
            ScopeKind::And(parts) | ScopeKind::Or(parts) => {
                for part in parts {
                    self.scope(part);
                }
            }
            ScopeKind::Not(part) => {
                self.refused(|this| this.scope(part));
            }
            ScopeKind::Comparison {
                field,
                operator,
                value: Value::Quoted(text),
            } => {
                let written = self.text(scope.span);
                // Parentheses may stand around the condition, and nothing else.
                let Some(start) = written.rfind(&text.to_string()) else {
                    return;
                };
                let start = scope.span.start + start;
                let span = Span::new(start, start + text.to_string().len());
                self.quoted(text, span, &field.node.text, *operator);
                self.foreign_in_scope(field);
            }
            ScopeKind::Comparison { field, .. } => self.foreign_in_scope(field),
            ScopeKind::In { field, values } => {
                for Spanned { node, span } in values {
                    if let Value::Quoted(text) = node {
                        self.quoted(text, *span, &field.node.text, ScopeOperator::Equal);
                    }
                }
                self.foreign_in_scope(field);
            }
            ScopeKind::Everything
            | ScopeKind::Keyword(_)
            | ScopeKind::Subquery(_)
            | ScopeKind::Macro(_) => {}
        }
        self.fields.see_scope(self.query.text, scope);
    }

    /// A value in quotes with an asterisk in it.
    fn quoted(&mut self, text: &Text, span: Span, field: &str, operator: ScopeOperator) {
        let says = text.text();
        if !says.contains('*') || says.trim_matches('*').is_empty() && says.len() > 1 {
            return;
        }
        let message = match operator {
            ScopeOperator::Equal => {
                format!("{text} is looked for with its asterisks: in quotes they are no wildcards")
            }
            ScopeOperator::NotEqual => {
                format!("{text} excludes nothing: in quotes asterisks are no wildcards")
            }
        };
        let mut finding = Finding::new(&QUOTED_WILDCARD, message, self.query.place(span));
        if operator == ScopeOperator::NotEqual {
            finding = as_warning(finding);
        }
        let (bare, remedy, title) = without_quotes(&says);
        let finding = if is_word(field, &bare) {
            let edit = Edit::replace(&self.query, span, bare);
            finding.fix(remedy, title, vec![edit])
        } else {
            finding.help(title)
        };
        match finding.diagnostic.severity {
            Severity::Error => self.tell_of_never(finding),
            _ => self.tell(finding),
        }
    }
}

/// What to write for a text in quotes, how sure it is, and how it is told. The vendor
/// documents no other signs than these without quotes, and comments that begin with two
/// slashes, or stand between `/*` and `*/`.
fn without_quotes(text: &str) -> (String, Remedy, &'static str) {
    let is_safe = |sign: char| {
        sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | ':' | '*' | '-' | '/')
    };
    let spaced = text.split_whitespace().collect::<Vec<_>>().join("*");
    let bare = spaced.replace("//", "??").replace("*/", "*?");
    if bare != spaced {
        let title = "take the quotes away, and write `?` for the slash of a comment";
        (bare, Remedy::Proposed, title)
    } else if spaced != text {
        let title = "take the quotes away, and write an asterisk for each blank";
        (bare, Remedy::Proposed, title)
    } else if text.chars().all(is_safe) && !text.contains("/*") {
        (bare, Remedy::Certain, "take the quotes away")
    } else {
        (bare, Remedy::Proposed, "take the quotes away")
    }
}

/// Whether a text without quotes is read as the value of a field.
fn is_word(field: &str, text: &str) -> bool {
    let Ok(tree) = parse(&format!("{field}={text}")) else {
        return false;
    };
    let Some(Spanned {
        node: ScopeKind::Comparison {
            value: Value::Bare(word),
            ..
        },
        ..
    }) = tree.scope
    else {
        return false;
    };
    word == text && tree.operators.is_empty()
}
