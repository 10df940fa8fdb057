//! Conditions, and all that stands in them.

use super::Linter;
use super::pattern::{Compared, How};
use super::rules::NULL_COMPARISON;
use crate::detect::cse::syntax::{
    ComparisonOperator, Expression, ExpressionKind, Sense, Span, Test, UnaryOperator,
};
use crate::detect::lint::{Edit, Finding, Remedy};

impl Linter<'_> {
    pub(super) fn condition(&mut self, tree: &Expression) {
        match &tree.node {
            ExpressionKind::Field(path) => self.field(path, tree.span),
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                for argument in arguments {
                    self.condition(argument);
                }
                self.call(tree, function, arguments);
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.refused(|this| this.condition(operand)),
            ExpressionKind::Unary { operand, .. } => self.condition(operand),
            ExpressionKind::Arithmetic { first, rest } => {
                self.condition(first);
                for (_, operand) in rest {
                    self.condition(operand);
                }
            }
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => self.comparison(left, *operator, right),
            ExpressionKind::Predicate {
                operand,
                sense,
                test,
            } => {
                self.condition(operand);
                match sense {
                    Sense::Affirmed => self.test(tree, operand, test),
                    Sense::Negated => self.refused(|this| this.test(tree, operand, test)),
                }
            }
            ExpressionKind::Logical { operands, .. } => {
                for operand in operands {
                    self.condition(operand);
                }
            }
            ExpressionKind::Piped(piped) => {
                for extraction in &piped.extractions {
                    let names = extraction.outputs.iter().map(|(_, name)| name.node.clone());
                    self.aliases.extend(names);
                }
                self.condition(&piped.condition);
            }
            ExpressionKind::Number(_)
            | ExpressionKind::Text(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null
            | ExpressionKind::ThreatMatch(_) => {}
        }
    }

    fn comparison(&mut self, left: &Expression, operator: ComparisonOperator, right: &Expression) {
        let is_null = |side: &Expression| matches!(side.node, ExpressionKind::Null);
        self.condition(left);
        self.condition(right);
        match (is_null(left), is_null(right)) {
            // It says on purpose what never holds.
            (true, true) => return,
            (true, false) => return self.with_null(left, operator, right, right),
            (false, true) => return self.with_null(left, operator, right, left),
            (false, false) => {}
        }
        let how = match operator {
            ComparisonOperator::Equal => How::Equal,
            ComparisonOperator::NotEqual => How::NotEqual,
            _ => return,
        };
        let (subject, text, span, sign) = match (&left.node, &right.node) {
            (_, ExpressionKind::Text(text)) => (left, text, right.span, self.sign(left, right)),
            (ExpressionKind::Text(text), _) => (right, text, left.span, None),
            _ => return,
        };
        self.compared(&Compared {
            subject,
            how,
            sign,
            text,
            span,
        });
    }

    /// What stands between two sides, if it is a comparison and nothing else.
    fn sign(&self, left: &Expression, right: &Expression) -> Option<Span> {
        let between = Span::new(left.span.end, right.span.start);
        let text = self.text(between);
        let start = between.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        ["=", "==", "!=", "<>"]
            .contains(&text)
            .then(|| Span::new(start, start + text.len()))
    }

    fn test(&mut self, tree: &Expression, operand: &Expression, test: &Test) {
        let mut one = |pattern: &Expression, how| {
            if let ExpressionKind::Text(text) = &pattern.node {
                self.compared(&Compared {
                    subject: operand,
                    how,
                    sign: None,
                    text,
                    span: pattern.span,
                });
            }
        };
        match test {
            Test::Like { pattern, escape } => one(pattern, How::Like(escape.unwrap_or('\\'))),
            Test::Glob(pattern) => one(pattern, How::Glob),
            Test::In(values) => {
                for value in values {
                    one(value, How::Among);
                }
                self.list_regards_case(tree, operand, values);
            }
            Test::Rlike(pattern) => {
                if let ExpressionKind::Text(text) = &pattern.node
                    && *text.value() == *text.raw()
                {
                    let start = pattern.span.start + 1;
                    let span = Span::new(start, start + text.raw().len());
                    self.regex(operand, text.raw(), span);
                }
            }
            Test::Regex(regex) => {
                // It is the last that stands there, but for its slash.
                let end = tree.span.end.saturating_sub(1);
                let span = Span::new(end.saturating_sub(regex.len()), end);
                if self.text(span) == regex {
                    self.regex(operand, regex, span);
                }
            }
            Test::Between { .. } | Test::Null => {}
        }
    }

    /// `x = null`.
    fn with_null(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        subject: &Expression,
    ) {
        let test = match operator {
            ComparisonOperator::Equal => "IS NULL",
            ComparisonOperator::NotEqual => "IS NOT NULL",
            _ => return,
        };
        let whole = Span::new(left.span.start, right.span.end);
        let null = match left.node {
            ExpressionKind::Null => left.span,
            _ => right.span,
        };
        let better = format!("{} {test}", self.text(subject.span));
        let edit = Edit::replace(&self.query, whole, better.clone());
        let finding = Finding::new(
            &NULL_COMPARISON,
            "nothing equals `null`, and nothing differs from it",
            self.query.place(null),
        )
        .fix(
            Remedy::Certain,
            format!("ask whether there is a value: `{better}`"),
            vec![edit],
        );
        self.tell_of_never(finding);
    }
}
