//! Functions of numbers that are made of several others.
//!
//! Source: Sumo Logic, "isNaN and isInfinity Function", "haversine Search Operator".

use super::super::expression::compared;
use super::super::{Fault, Lowerer};
use super::{calculated, called, lacking, numeric};
use crate::detect::plan::compare::CompareOp;
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Arithmetic, Expr, ExprKind, Predicate, PredicateKind, Span, Truth, Value,
};
use crate::detect::sumo::syntax::Expression;

/// Twice the radius of the earth in kilometres, as the example of the page has it.
const DIAMETER: f64 = 2.0 * 6372.8;

impl Lowerer<'_> {
    /// `isNaN`: null, and what is empty or blank, has no result.
    pub(super) fn is_no_number(&mut self, value: &Expression, span: Span) -> Result<Expr, Fault> {
        let text = self.text(value)?;
        let trimmed = called(Function::Trim, vec![text.clone()], span);
        let truth = |truth| Expr::literal(Value::Bool(truth), span);
        let always = Predicate::new(PredicateKind::Constant(Truth::True), span);
        let arms = vec![
            (
                lacking(text.clone(), trimmed, span),
                Expr::literal(Value::Null, span),
            ),
            (numeric(text, span), truth(false)),
            (always, truth(true)),
        ];
        Ok(Expr::new(ExprKind::Case(arms), span))
    }

    /// `haversine`: the distance of two places on the earth in kilometres.
    pub(super) fn distance(&mut self, places: [&Expression; 4], span: Span) -> Result<Expr, Fault> {
        let mut radians = Vec::with_capacity(places.len());
        for degrees in places {
            radians.push(called(Function::Radians, vec![self.value(degrees)?], span));
        }
        let [latitude, longitude, to_latitude, to_longitude] = radians.as_slice() else {
            return Ok(Expr::literal(Value::Null, span));
        };
        let one = |function, value: Expr| called(function, vec![value], span);
        let two = |operator, left, right| calculated(operator, left, right, span);
        let number = |number| Expr::literal(Value::number(number), span);
        // The square of the sine of half of what is between two angles.
        let half = |from: &Expr, to: &Expr| {
            let between = two(Arithmetic::Subtract, to.clone(), from.clone());
            let half = two(Arithmetic::Divide, between, number(2.0));
            called(
                Function::Power,
                vec![one(Function::Sine, half), number(2.0)],
                span,
            )
        };
        let cosine = |angle: &Expr| one(Function::Cosine, angle.clone());
        let cosines = two(Arithmetic::Multiply, cosine(latitude), cosine(to_latitude));
        let along = two(Arithmetic::Multiply, cosines, half(longitude, to_longitude));
        let sum = two(Arithmetic::Add, half(latitude, to_latitude), along);
        // What is too large by rounding has an angle still.
        let is_too_large = compared(sum.clone(), CompareOp::Greater, number(1.0), span);
        let always = Predicate::new(PredicateKind::Constant(Truth::True), span);
        let arms = vec![(is_too_large, number(1.0)), (always, sum)];
        let sum = Expr::new(ExprKind::Case(arms), span);
        let angle = one(Function::ArcSine, one(Function::SquareRoot, sum));
        Ok(two(Arithmetic::Multiply, number(DIAMETER), angle))
    }
}
