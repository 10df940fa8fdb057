//! Operators that are none.

use super::Linter;
use super::rules::EVAL;
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{Operator, Span, Spanned, Unknown};

impl Linter<'_> {
    pub(super) fn operator(&mut self, operator: &Spanned<Operator>) {
        if let Operator::Unknown(unknown) = &operator.node {
            self.eval(unknown, operator.span);
        }
    }

    fn eval(&mut self, unknown: &Unknown, span: Span) {
        let Some(assignment) = &unknown.assignment else {
            return;
        };
        let value = assignment.value.span;
        let name = assignment.name.span;
        let Some(name) = name.of(self.query.text) else {
            return;
        };
        let finding = Finding::new(
            &EVAL,
            "there is no operator `eval`, so the query is rejected",
            self.query.place(unknown.name.span),
        )
        .fix(
            Remedy::Certain,
            format!("write the value first and its name behind it: `… as {name}`"),
            vec![
                Edit::replace(&self.query, Span::new(span.start, value.start), ""),
                Edit::after(&self.query, value, format!(" as {name}")),
            ],
        );
        self.findings.push(finding);
    }
}
