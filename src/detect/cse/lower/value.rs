//! Values.

use super::super::syntax::{ArithmeticOperator, Expression, ExpressionKind, UnaryOperator};
use super::{Expressions, function};
use crate::detect::plan::{Arithmetic, Expr, ExprKind, Span, TextOperands, Value};
use crate::detect::query::Fault;

/// Each operand of a sum lies one level deeper.
const MOST_OPERANDS: usize = 200;

impl Expressions<'_> {
    /// The value of an expression.
    pub(super) fn value(&self, tree: &Expression) -> Result<Expr, Fault> {
        let span = (self.place)(tree.span);
        let kind = match &tree.node {
            ExpressionKind::Number(number) => ExprKind::Literal(Value::number(number.value())),
            ExpressionKind::Text(text) => ExprKind::Literal(Value::text(&text.value())),
            ExpressionKind::Boolean(truth) => ExprKind::Literal(Value::Bool(*truth)),
            ExpressionKind::Null => ExprKind::Literal(Value::Null),
            ExpressionKind::Field(path) => return self.field(path, tree.span),
            ExpressionKind::Call {
                function,
                arguments,
            } => return function::value(self, function, arguments, tree.span),
            ExpressionKind::Unary {
                operator: UnaryOperator::Minus,
                operand,
            } => ExprKind::Arithmetic {
                operator: Arithmetic::Subtract,
                text: TextOperands::Null,
                left: Box::new(Expr::literal(Value::Integer(0), span)),
                right: Box::new(self.value(operand)?),
            },
            ExpressionKind::Arithmetic { first, rest } => return self.arithmetic(first, rest),
            _ => ExprKind::Test(Box::new(self.predicate(tree)?)),
        };
        Ok(Expr::new(kind, span))
    }

    fn arithmetic(
        &self,
        first: &Expression,
        rest: &[(ArithmeticOperator, Expression)],
    ) -> Result<Expr, Fault> {
        if rest.len() > MOST_OPERANDS {
            let what = "an expression of more than 200 operands";
            return Err(Fault::unsupported(what, first.span));
        }
        let mut left = self.value(first)?;
        for (operator, right) in rest {
            let right = self.value(right)?;
            let span = Span {
                start: left.span.start,
                end: right.span.end,
            };
            let operator = match operator {
                ArithmeticOperator::Add => Arithmetic::Add,
                ArithmeticOperator::Subtract => Arithmetic::Subtract,
                ArithmeticOperator::Multiply => Arithmetic::Multiply,
                ArithmeticOperator::Divide => Arithmetic::Divide,
                ArithmeticOperator::Remainder => Arithmetic::Remainder,
            };
            let kind = ExprKind::Arithmetic {
                operator,
                text: TextOperands::Null,
                left: Box::new(left),
                right: Box::new(right),
            };
            left = Expr::new(kind, span);
        }
        Ok(left)
    }
}
