//! Comparisons: which they are, and with what.

use super::fields::Missing;
use super::rules::{BARE_VALUE, NULL_COMPARISON, NUMBERS_IN_LIST};
use super::{Linter, as_warning};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::detect::sumo::syntax::{
    ComparisonOperator, Expression, ExpressionKind, FieldName, Negation, Quoting, Span, Text,
};

/// A text that something is compared with.
pub(super) struct Compared<'t> {
    /// What is compared with it.
    pub(super) subject: &'t Expression,
    /// How.
    pub(super) how: How,
    /// The word or sign between the two, if it stands alone there.
    pub(super) sign: Option<Span>,
    /// All of it.
    pub(super) whole: Span,
    /// The text.
    pub(super) text: &'t Text,
    /// Where it stands.
    pub(super) span: Span,
}

/// How something is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Equal,
    NotEqual,
    Matches,
    Contains,
    /// It is one of the values of `in`.
    Among(Negation),
}

impl Linter<'_> {
    pub(super) fn comparison(
        &mut self,
        tree: &Expression,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
    ) {
        let is_null = |side: &Expression| matches!(side.node, ExpressionKind::Null);
        if is_null(left) || is_null(right) {
            let subject = if is_null(left) { right } else { left };
            self.expression(subject);
            self.with_null(left, operator, right, subject);
            return;
        }
        self.expression(left);
        if self.bare_value(left, operator, right) {
            return;
        }
        self.expression(right);
        let how = match operator {
            ComparisonOperator::Equal => How::Equal,
            ComparisonOperator::NotEqual => How::NotEqual,
            ComparisonOperator::Matches => How::Matches,
            ComparisonOperator::Contains => How::Contains,
            _ => return,
        };
        let is_symmetric = matches!(how, How::Equal | How::NotEqual);
        match (&left.node, &right.node) {
            (_, ExpressionKind::Text(text)) => {
                let compared = Compared {
                    subject: left,
                    how,
                    sign: self.sign(left, right),
                    whole: Span::new(left.span.start, right.span.end),
                    text,
                    span: right.span,
                };
                self.compared(&compared);
            }
            (ExpressionKind::Text(text), _) if is_symmetric => {
                let compared = Compared {
                    subject: right,
                    how,
                    sign: None,
                    whole: tree.span,
                    text,
                    span: left.span,
                };
                self.compared(&compared);
            }
            (_, ExpressionKind::Regex(regex)) => self.regex(left, regex, right.span),
            _ => {}
        }
    }

    pub(super) fn membership(
        &mut self,
        tree: &Expression,
        operand: &Expression,
        negation: Negation,
        values: &[Expression],
    ) {
        self.expression(operand);
        self.numbers_in_list(operand, values);
        for value in values {
            self.expression(value);
            if let ExpressionKind::Text(text) = &value.node {
                self.compared(&Compared {
                    subject: operand,
                    how: How::Among(negation),
                    sign: None,
                    whole: tree.span,
                    text,
                    span: value.span,
                });
            }
        }
        self.list_regards_case(tree, operand, values);
    }

    /// What stands between two sides, if it is a comparison and nothing else.
    fn sign(&self, left: &Expression, right: &Expression) -> Option<Span> {
        let between = Span::new(left.span.end, right.span.start);
        let text = self.text(between);
        let start = between.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        let is_sign = ["=", "==", "!=", "<>"].contains(&text)
            || text.eq_ignore_ascii_case("matches")
            || text.eq_ignore_ascii_case("contains");
        is_sign.then(|| Span::new(start, start + text.len()))
    }

    /// `x = null`.
    fn with_null(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        subject: &Expression,
    ) {
        let call = match operator {
            ComparisonOperator::Equal => "isNull",
            ComparisonOperator::NotEqual => "!isNull",
            _ => return,
        };
        let whole = Span::new(left.span.start, right.span.end);
        let null = match left.node {
            ExpressionKind::Null => left.span,
            _ => right.span,
        };
        let better = format!("{call}({})", self.text(subject.span));
        let edit = Edit::replace(&self.query, whole, better.clone());
        let finding = Finding::new(
            &NULL_COMPARISON,
            "the documentation has no comparison with `null`",
            self.query.place(null),
        )
        .fix(
            Remedy::Certain,
            format!("ask whether there is a value: `{better}`"),
            vec![edit],
        );
        self.tell(finding);
    }

    /// `x = word`, where there is no field of that name.
    fn bare_value(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
    ) -> bool {
        let ExpressionKind::Field(name) = &right.node else {
            return false;
        };
        let is_compared = matches!(
            operator,
            ComparisonOperator::Equal
                | ComparisonOperator::NotEqual
                | ComparisonOperator::Matches
                | ComparisonOperator::Contains
        );
        let is_of_field = !matches!(
            left.node,
            ExpressionKind::Text(_) | ExpressionKind::Number { .. }
        );
        // Where neither is known, it may be that both are there.
        let is_sure = match &left.node {
            ExpressionKind::Field(name) => self.fields.missing(name).is_none(),
            _ => is_of_field,
        };
        if !is_compared || !is_sure || !self.is_bare_word(name) {
            return false;
        }
        let text = Text::new(&name.text).to_string();
        let edit = Edit::replace(&self.query, right.span, text);
        let finding = Finding::new(
            &BARE_VALUE,
            format!(
                "`{}` is the name of a field without quotes, and there is no such field",
                name.text
            ),
            self.query.place(right.span),
        )
        .fix(Remedy::Proposed, "put the text into quotes", vec![edit]);
        self.tell(finding);
        true
    }

    fn is_bare_word(&self, name: &FieldName) -> bool {
        name.quoting == Quoting::Bare
            && !name.text.starts_with('_')
            && super::names::meant(name).is_none()
            && self.fields.missing(name) == Some(Missing::Unknown)
    }

    /// `x in (1, 2)`.
    fn numbers_in_list(&mut self, operand: &Expression, values: &[Expression]) {
        let all_numbers = values
            .iter()
            .all(|value| matches!(value.node, ExpressionKind::Number { .. }));
        let ExpressionKind::Field(name) = &operand.node else {
            return;
        };
        if !all_numbers || values.is_empty() || self.fields.known(operand).is_number {
            return;
        }
        let edits = values.iter().map(|value| {
            let quoted = format!("\"{}\"", self.text(value.span));
            Edit::replace(&self.query, value.span, quoted)
        });
        let edits = edits.collect();
        let finding = Finding::new(
            &NUMBERS_IN_LIST,
            format!(
                "`{}` is a text unless it is cast, and `in` finds no text among numbers",
                name.text
            ),
            self.query.place(operand.span),
        )
        .fix(
            Remedy::Proposed,
            format!(
                "put the values into quotes, or cast the field before: `| num({})`",
                self.text(operand.span)
            ),
            edits,
        );
        self.tell(finding);
    }

    /// Tells of a condition on a text that never holds, as far as that matters.
    pub(super) fn tell_of_text(&mut self, finding: Finding, how: How) {
        match how {
            How::Equal | How::Matches | How::Contains => self.tell_of_never(finding),
            // It always holds then, or other values are left.
            How::NotEqual | How::Among(_) => self.tell(as_warning(finding)),
        }
    }
}
