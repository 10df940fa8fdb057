//! Expressions, and all that stands in them.

use super::{Linter, Polarity};
use crate::detect::sumo::syntax::{Expression, ExpressionKind, UnaryOperator};

impl Linter<'_> {
    pub(super) fn expression(&mut self, tree: &Expression) {
        match &tree.node {
            ExpressionKind::Field(name) => self.read(name, tree.span),
            ExpressionKind::Call {
                function,
                arguments,
            } => self.call(tree, function, arguments),
            ExpressionKind::Choice {
                condition,
                then,
                otherwise,
            } => {
                self.wanted(|this| this.expression(condition));
                self.expression(then);
                self.expression(otherwise);
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.refused(|this| this.expression(operand)),
            ExpressionKind::Unary { operand, .. } => self.expression(operand),
            ExpressionKind::Arithmetic { first, rest } => {
                self.expression(first);
                for (_, operand) in rest {
                    self.expression(operand);
                }
            }
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => self.comparison(tree, left, *operator, right),
            ExpressionKind::Membership {
                operand,
                negation,
                values,
            } => self.membership(tree, operand, *negation, values),
            ExpressionKind::Logical { operands, .. } => {
                for operand in operands {
                    self.expression(operand);
                }
            }
            ExpressionKind::Number { .. }
            | ExpressionKind::Text(_)
            | ExpressionKind::Regex(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null
            | ExpressionKind::Subquery(_)
            | ExpressionKind::Table(_) => {}
        }
    }

    /// Looks at what must not hold.
    pub(super) fn refused(&mut self, look: impl FnOnce(&mut Self)) {
        let polarity = match self.polarity {
            Polarity::Wanted => Polarity::Refused,
            Polarity::Refused => Polarity::Wanted,
        };
        self.within(polarity, look);
    }

    /// Looks at what decides between values.
    pub(super) fn wanted(&mut self, look: impl FnOnce(&mut Self)) {
        self.within(Polarity::Wanted, look);
    }

    fn within(&mut self, polarity: Polarity, look: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.polarity, polarity);
        look(self);
        self.polarity = before;
    }
}
