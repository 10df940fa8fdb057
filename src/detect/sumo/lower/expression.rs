//! Expressions of `where` and of assignments.
//!
//! Source: Sumo Logic, "Field Expressions", "where Search Operator", "matches Search
//! Operator", "contains Search Operator", "in Search Operator", "if and ? Search Operator".
//! Text is compared with regard to case. What comparing with null yields is on no page; it
//! is false here, as the pages of the vendor's rule language have it.

use super::super::syntax::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Negation,
    Text, UnaryOperator,
};
use super::{Fault, Lowerer};
use crate::detect::plan::compare::{Case, Coercion, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Arithmetic, Expr, ExprKind, Items, Modes, Nulls, Pattern, Predicate, PredicateKind, Span,
    TextOperands, Truth, Value,
};

/// How texts are compared.
pub(super) const TEXT: Modes = Modes {
    case: Case::Sensitive,
    nulls: Nulls::False,
    items: Items::Whole,
    coercion: Coercion::Text,
};

/// How numbers are: a text that is one is cast where a number is needed.
///
/// Source: Sumo Logic, "Casting Data to a Number or String".
const NUMBER: Modes = Modes {
    coercion: Coercion::NumberFirst,
    ..TEXT
};

/// Each operand of a sum lies one level deeper.
const MOST_OPERANDS: usize = 200;

impl Lowerer<'_> {
    /// The value of an expression.
    pub(super) fn value(&mut self, tree: &Expression) -> Result<Expr, Fault> {
        let span = self.span(tree.span);
        let kind = match &tree.node {
            ExpressionKind::Number { value, .. } => ExprKind::Literal(Value::number(*value)),
            ExpressionKind::Text(text) => ExprKind::Literal(Value::text(&text.text())),
            ExpressionKind::Boolean(truth) => ExprKind::Literal(Value::Bool(*truth)),
            ExpressionKind::Null => ExprKind::Literal(Value::Null),
            ExpressionKind::Field(name) => return self.field(name, tree.span),
            ExpressionKind::Call {
                function,
                arguments,
            } => return self.call(function, arguments, tree.span),
            ExpressionKind::Choice {
                condition,
                then,
                otherwise,
            } => return self.choice(condition, then, otherwise, span),
            ExpressionKind::Unary {
                operator: UnaryOperator::Minus,
                operand,
            } => ExprKind::Arithmetic {
                operator: Arithmetic::Subtract,
                text: TextOperands::Null,
                left: Box::new(Expr::literal(Value::Integer(0), span)),
                right: Box::new(self.value(operand)?),
            },
            ExpressionKind::Unary {
                operator: UnaryOperator::Plus,
                operand,
            } => return self.value(operand),
            ExpressionKind::Arithmetic { first, rest } => return self.arithmetic(first, rest),
            ExpressionKind::Regex(_) => {
                return Err(Fault::invalid(
                    "a regular expression stands only behind `matches` and in `replace`",
                    tree.span,
                ));
            }
            ExpressionKind::Subquery(_) => return Err(Fault::unsupported("a subquery", tree.span)),
            ExpressionKind::Table(_) => {
                return Err(Fault::unsupported("a lookup table", tree.span));
            }
            ExpressionKind::Unary { .. }
            | ExpressionKind::Comparison { .. }
            | ExpressionKind::Membership { .. }
            | ExpressionKind::Logical { .. } => ExprKind::Test(Box::new(self.condition(tree)?)),
        };
        Ok(Expr::new(kind, span))
    }

    /// `if(condition, then, otherwise)`.
    pub(super) fn choice(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
        span: Span,
    ) -> Result<Expr, Fault> {
        let condition = self.condition(condition)?;
        let always = Predicate::new(PredicateKind::Constant(Truth::True), span);
        let arms = vec![
            (condition, self.value(then)?),
            (always, self.value(otherwise)?),
        ];
        Ok(Expr::new(ExprKind::Case(arms), span))
    }

    fn arithmetic(
        &mut self,
        first: &Expression,
        rest: &[(ArithmeticOperator, Expression)],
    ) -> Result<Expr, Fault> {
        if rest.len() > MOST_OPERANDS {
            return Err(Fault::unsupported(
                "an expression of more than 200 operands",
                first.span,
            ));
        }
        let mut left = self.value(first)?;
        for (operator, right) in rest {
            let right = self.value(right)?;
            let span = Span {
                start: left.span.start,
                end: right.span.end,
            };
            let kind = ExprKind::Arithmetic {
                operator: match operator {
                    ArithmeticOperator::Add => Arithmetic::Add,
                    ArithmeticOperator::Subtract => Arithmetic::Subtract,
                    ArithmeticOperator::Multiply => Arithmetic::Multiply,
                    ArithmeticOperator::Divide => Arithmetic::Divide,
                    ArithmeticOperator::Remainder => Arithmetic::Remainder,
                },
                text: TextOperands::Null,
                left: Box::new(left),
                right: Box::new(right),
            };
            left = Expr::new(kind, span);
        }
        Ok(left)
    }

    /// An expression as a condition.
    pub(super) fn condition(&mut self, tree: &Expression) -> Result<Predicate, Fault> {
        let span = self.span(tree.span);
        match &tree.node {
            ExpressionKind::Logical { operator, operands } => {
                let parts = operands.iter().map(|part| self.condition(part));
                let parts = parts.collect::<Result<Vec<_>, _>>()?;
                Ok(match operator {
                    LogicalOperator::And => Predicate::all(parts, span),
                    LogicalOperator::Or => Predicate::any(parts, span),
                })
            }
            ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => {
                let operand = self.condition(operand)?;
                Ok(Predicate::new(PredicateKind::Not(Box::new(operand)), span))
            }
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => match operator {
                ComparisonOperator::Matches => self.matches(left, right, span),
                ComparisonOperator::Contains => self.contains(left, right, span),
                _ => self.comparison(left, *operator, right, span),
            },
            ExpressionKind::Membership {
                operand,
                negation,
                values,
            } => {
                let subject = self.value(operand)?;
                let mut any = Vec::with_capacity(values.len());
                for value in values {
                    let right = self.value(value)?;
                    // A text is not cast here, and what is a text in the product is not
                    // known of a field.
                    if is_number(&right) && !is_number(&subject) && !self.is_made_number(operand) {
                        return Err(Fault::unsupported(
                            "`in` with numbers on what `num()` has not cast",
                            operand.span,
                        ));
                    }
                    any.push(compared(subject.clone(), CompareOp::Equal, right, span));
                }
                let any = Predicate::any(any, span);
                Ok(match negation {
                    Negation::Plain => any,
                    Negation::Negated => any.negated(),
                })
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                if let Some(predicate) = self.test(function, arguments, tree.span)? {
                    return Ok(predicate);
                }
                Ok(Predicate::new(
                    PredicateKind::Holds(self.value(tree)?),
                    span,
                ))
            }
            ExpressionKind::Boolean(truth) => Ok(Predicate::new(
                PredicateKind::Constant(Truth::from(*truth)),
                span,
            )),
            _ => Ok(Predicate::new(
                PredicateKind::Holds(self.value(tree)?),
                span,
            )),
        }
    }

    /// Whether an expression is a field that the query has made.
    fn is_made_number(&self, tree: &Expression) -> bool {
        match &tree.node {
            ExpressionKind::Field(name) => self.names.is_made(&name.text),
            _ => false,
        }
    }

    fn comparison(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let is_null = |side: &Expression| matches!(side.node, ExpressionKind::Null);
        if is_null(left) || is_null(right) {
            return self.with_null(left, operator, right, span);
        }
        let truth = |side: &Expression| match side.node {
            ExpressionKind::Boolean(truth) => Some(truth),
            _ => None,
        };
        if let (ComparisonOperator::Equal | ComparisonOperator::NotEqual, Some((subject, wanted))) = (
            operator,
            truth(right)
                .map(|truth| (left, truth))
                .or_else(|| truth(left).map(|truth| (right, truth))),
        ) {
            let same = self.same_truth(subject, wanted, span)?;
            return Ok(match operator {
                ComparisonOperator::Equal => same,
                _ => {
                    // As with other values, nothing differs from nothing.
                    let subject = self.value(subject)?;
                    let exists = Predicate::new(PredicateKind::Exists(subject), span);
                    Predicate::all(vec![exists, same.negated()], span)
                }
            });
        }
        let operator = match operator {
            ComparisonOperator::Equal => CompareOp::Equal,
            ComparisonOperator::NotEqual => CompareOp::NotEqual,
            ComparisonOperator::Less => CompareOp::Less,
            ComparisonOperator::LessOrEqual => CompareOp::LessOrEqual,
            ComparisonOperator::Greater => CompareOp::Greater,
            ComparisonOperator::GreaterOrEqual => CompareOp::GreaterOrEqual,
            ComparisonOperator::Matches | ComparisonOperator::Contains => {
                return Err(Fault::unsupported("this comparison", right.span));
            }
        };
        let (left, right) = (self.value(left)?, self.value(right)?);
        Ok(compared(left, operator, right, span))
    }

    /// Whether a value is a truth value, or its word.
    fn same_truth(
        &mut self,
        subject: &Expression,
        wanted: bool,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.value(subject)?;
        let word = Expr::literal(Value::text(&wanted.to_string()), span);
        let word = compared(subject.clone(), CompareOp::Equal, word, span);
        let truth = Expr::literal(Value::Bool(wanted), span);
        let truth = compared(subject, CompareOp::Equal, truth, span);
        Ok(Predicate::any(vec![word, truth], span))
    }

    /// A comparison with the word `null`, which no page has. Its author means whether
    /// there is a value.
    fn with_null(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = match left.node {
            ExpressionKind::Null => right,
            _ => left,
        };
        if !self.is_meant() {
            return Err(Fault::unsupported(
                "a comparison with `null`, which the documentation does not have,",
                right.span,
            ));
        }
        self.repaired(
            "the comparison with `null` is taken as `isNull`",
            right.span,
        );
        let exists = Predicate::new(PredicateKind::Exists(self.value(subject)?), span);
        Ok(match operator {
            ComparisonOperator::NotEqual => exists,
            _ => exists.negated(),
        })
    }

    /// `subject matches "glob"` and `subject matches /regex/`.
    pub(super) fn matches(
        &mut self,
        subject: &Expression,
        pattern: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.value(subject)?;
        let pattern = match &pattern.node {
            ExpressionKind::Text(text) => Pattern::Globs(vec![glob(text)]),
            ExpressionKind::Regex(written) => {
                let regex = Regex::new(written, Flavour::Re2, Anchoring::Find, Case::Sensitive);
                Pattern::Regex(Box::new(regex.map_err(|error| {
                    Fault::invalid(
                        format!("the regular expression is none of RE2: {error}"),
                        pattern.span,
                    )
                })?))
            }
            _ => {
                return Err(Fault::unsupported(
                    "a pattern that is computed",
                    pattern.span,
                ));
            }
        };
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern,
                modes: TEXT,
            },
            span,
        ))
    }

    /// `subject contains "part"`: an empty text is part of an empty one only.
    pub(super) fn contains(
        &mut self,
        subject: &Expression,
        part: &Expression,
        span: Span,
    ) -> Result<Predicate, Fault> {
        let subject = self.value(subject)?;
        let ExpressionKind::Text(text) = &part.node else {
            return Err(Fault::unsupported(
                "`contains` of what is computed",
                part.span,
            ));
        };
        let text = text.text();
        if text.is_empty() {
            let empty = Expr::literal(Value::text(""), self.span(part.span));
            return Ok(compared(subject, CompareOp::Equal, empty, span));
        }
        let pieces = vec![Piece::AnyRun, Piece::Literal(text), Piece::AnyRun];
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern: Pattern::Globs(vec![Glob::new(pieces, Case::Sensitive)]),
                modes: TEXT,
            },
            span,
        ))
    }
}

/// Two values, compared as text unless one of them is a number.
pub(super) fn compared(left: Expr, operator: CompareOp, right: Expr, span: Span) -> Predicate {
    let is_of_numbers = is_number(&left) || is_number(&right);
    let modes = if is_of_numbers { NUMBER } else { TEXT };
    // What is no number is cast to nothing.
    let cast = |side: Expr| match is_of_numbers && !is_number(&side) {
        true => Expr::new(
            ExprKind::Call {
                function: Function::NumberOrNull,
                arguments: vec![side],
            },
            span,
        ),
        false => side,
    };
    let (left, right) = (cast(left), cast(right));
    Predicate::new(
        PredicateKind::Compare {
            left,
            operator,
            right,
            modes,
        },
        span,
    )
}

/// Whether an expression yields a number whatever the row.
pub(super) fn is_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(value) => matches!(value, Value::Integer(_) | Value::Float(_)),
        ExprKind::Arithmetic { .. } => true,
        ExprKind::Call { function, .. } => matches!(
            function,
            Function::Absolute
                | Function::Ceiling
                | Function::Floor
                | Function::Length
                | Function::Now
                | Function::NumberOrNull
                | Function::Power
                | Function::Round
                | Function::SquareRoot
        ),
        // `_messageTime`, `_size`, and the results of aggregations are numbers.
        ExprKind::Field(field) => matches!(
            &*field.name,
            "_messageTime" | "_receiptTime" | "_count" | "_count_distinct" | "_sum" | "_avg"
        ),
        _ => false,
    }
}

/// A pattern in which only `*` is a wildcard.
fn glob(text: &Text) -> Glob {
    let text = text.text();
    let mut pieces = Vec::new();
    for (index, part) in text.split('*').enumerate() {
        if index > 0 {
            pieces.push(Piece::AnyRun);
        }
        pieces.push(Piece::Literal(part.to_owned()));
    }
    Glob::new(pieces, Case::Sensitive)
}
