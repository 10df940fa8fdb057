//! Evaluating expressions and predicates on one row.

use super::compare::compare;
use super::expression::{Arithmetic, BinLabel, Expr, ExprKind, TextOperands};
use super::field::FieldRef;
use super::function::{CallContext, call};
use super::predicate::{
    Bounds, Items, Keyword, Modes, Nulls, Pattern, Predicate, PredicateKind, Truth, Within,
};
use super::regex::Regex;
use super::value::Value;
use crate::detect::{GaveUp, Limit};

/// What a row, or a record in its place, holds.
pub(super) trait Fields {
    /// The value of a field; null if there is none.
    fn get(&self, field: &FieldRef) -> Value;

    /// Whether any text passes a test.
    fn any_text(&self, within: Within, test: &mut dyn FnMut(&str) -> bool) -> bool;
}

/// Evaluates, and remembers whether it had to give up.
#[derive(Debug)]
pub(super) struct Evaluator<'c> {
    context: &'c CallContext,
    /// How often anything had given up before.
    before: GaveUp,
}

impl<'c> Evaluator<'c> {
    pub(super) fn new(context: &'c CallContext) -> Self {
        Self {
            context,
            before: context.gave_up(),
        }
    }

    pub(super) fn context(&self) -> &'c CallContext {
        self.context
    }

    /// How often values were not computed to the end.
    pub(super) fn gave_up(&self) -> GaveUp {
        self.context.gave_up() - self.before
    }

    /// Notes that a value was not evaluated to the end.
    pub(super) fn give_up(&self, limit: Limit) {
        self.context.give_up(limit);
    }

    /// What an expression yields.
    pub(super) fn value(&self, expr: &Expr, row: &dyn Fields) -> Value {
        match &expr.kind {
            ExprKind::Literal(value) => value.clone(),
            ExprKind::Field(field) => row.get(field),
            ExprKind::Call {
                function,
                arguments,
            } => {
                let arguments: Vec<_> = arguments
                    .iter()
                    .map(|argument| self.value(argument, row))
                    .collect();
                let value = call(*function, &arguments, self.context);
                if value.size() > LONGEST {
                    self.give_up(Limit::Length);
                    return Value::Null;
                }
                value
            }
            ExprKind::Arithmetic {
                operator,
                text,
                left,
                right,
            } => arithmetic(
                *operator,
                *text,
                &self.value(left, row),
                &self.value(right, row),
            ),
            ExprKind::Concat(parts) => {
                let mut joined = String::new();
                for part in parts {
                    let value = self.value(part, row);
                    if value.is_null() {
                        return Value::Null;
                    }
                    joined.push_str(&value.to_text());
                    if joined.len() > LONGEST {
                        self.give_up(Limit::Length);
                        return Value::Null;
                    }
                }
                Value::text(&joined)
            }
            ExprKind::Test(predicate) => match self.truth(predicate, row) {
                Truth::True => Value::Bool(true),
                Truth::False => Value::Bool(false),
                Truth::Unknown => Value::Null,
            },
            ExprKind::Case(arms) => self.arm(arms, row, |truth| truth == Truth::True),
            ExprKind::Unless(arms) => self.arm(arms, row, |truth| truth == Truth::False),
            ExprKind::Coalesce(parts) => parts
                .iter()
                .map(|part| self.value(part, row))
                .find(|value| !value.is_null())
                .unwrap_or(Value::Null),
            ExprKind::EachItem { item, list, body } => {
                let list = self.value(list, row);
                let items = list.items();
                Value::list(
                    items
                        .map(|value| self.value(body, &WithItem::new(row, item, value)))
                        .filter(|value| !value.is_null())
                        .collect(),
                )
            }
            ExprKind::ItemsWhere { item, predicate } => {
                let list = row.get(item);
                let kept = list.items().filter(|value| {
                    self.truth(predicate, &WithItem::new(row, item, value))
                        .is_true()
                });
                Value::list(kept.cloned().collect())
            }
            ExprKind::FindItem { list, regex } => {
                let list = self.value(list, row);
                let place = list
                    .items()
                    .position(|item| self.finds(regex, &item.to_text()).is_true());
                place
                    .and_then(|place| i64::try_from(place).ok())
                    .map_or(Value::Null, Value::Integer)
            }
            ExprKind::Bucket {
                subject,
                span,
                label,
            } => bucket(&self.value(subject, row), *span, *label),
            ExprKind::Substitute {
                subject,
                regex,
                replacement,
                most,
            } => self.substitute(
                regex,
                &self.value(subject, row),
                &self.value(replacement, row),
                *most,
            ),
            ExprKind::Capture { subject, regex } => {
                let subject = self.value(subject, row);
                let mut found = Vec::new();
                for item in subject.items() {
                    match regex.first_captures(&item.to_text()) {
                        Ok(texts) => found.extend(texts.iter().map(|text| Value::text(text))),
                        Err(_) => self.give_up(Limit::Steps),
                    }
                }
                Value::list(found)
            }
        }
    }

    fn arm(&self, arms: &[(Predicate, Expr)], row: &dyn Fields, is: fn(Truth) -> bool) -> Value {
        let mut arms = arms.iter();
        arms.find(|(condition, _)| is(self.truth(condition, row)))
            .map_or(Value::Null, |(_, value)| self.value(value, row))
    }

    fn substitute(
        &self,
        regex: &Regex,
        subject: &Value,
        replacement: &Value,
        most: Option<usize>,
    ) -> Value {
        if replacement.is_null() {
            return Value::Null;
        }
        let replacement = replacement.to_text();
        let replaced = subject.items().map(|item| {
            match regex.replace(&item.to_text(), &replacement, most.unwrap_or(usize::MAX)) {
                Ok(text) => Value::text(&text),
                Err(_) => {
                    self.give_up(Limit::Steps);
                    item.clone()
                }
            }
        });
        Value::list(replaced.collect())
    }

    /// Whether a predicate holds.
    pub(super) fn truth(&self, predicate: &Predicate, row: &dyn Fields) -> Truth {
        match &predicate.kind {
            PredicateKind::Constant(truth) => *truth,
            PredicateKind::All(parts) => {
                let mut all = Truth::True;
                for part in parts {
                    all = all.min(self.truth(part, row));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            PredicateKind::Any(parts) => {
                let mut any = Truth::False;
                for part in parts {
                    any = any.max(self.truth(part, row));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            PredicateKind::Not(part) => self.truth(part, row).contrary(),
            PredicateKind::Compare {
                left,
                operator,
                right,
                modes,
            } => {
                let right = self.value(right, row);
                self.items(&self.value(left, row), *modes, |item| {
                    let mut truth = Truth::False;
                    let mut others = right.items().peekable();
                    if others.peek().is_none() {
                        return nothing(modes.nulls);
                    }
                    for other in others {
                        let same = compare(item, *operator, other, modes.coercion, modes.case);
                        truth = truth.max(same.map_or_else(|| nothing(modes.nulls), Truth::from));
                    }
                    truth
                })
            }
            PredicateKind::Matches {
                subject,
                pattern,
                modes,
            } => self.items(&self.value(subject, row), *modes, |item| {
                self.matches(pattern, item)
            }),
            PredicateKind::Exists(expr) => Truth::from(!self.value(expr, row).is_null()),
            PredicateKind::Holds(expr) => holds(&self.value(expr, row)),
            PredicateKind::Keyword(keyword) => {
                Truth::from(row.any_text(keyword.within, &mut |text| has_keyword(keyword, text)))
            }
        }
    }

    fn items(&self, value: &Value, modes: Modes, test: impl Fn(&Value) -> Truth) -> Truth {
        if value.is_null() {
            return match modes.nulls {
                Nulls::Empty => test(&Value::text("")),
                nulls => nothing(nulls),
            };
        }
        let truth = match modes.items {
            Items::Any => value.items().map(test).max(),
            Items::All => value.items().map(test).min(),
            Items::First => value.items().next().map(test),
            Items::Whole => Some(match value {
                Value::List(_) => test(&Value::text(&value.to_text())),
                scalar => test(scalar),
            }),
        };
        truth.unwrap_or_else(|| nothing(modes.nulls))
    }

    fn matches(&self, pattern: &Pattern, value: &Value) -> Truth {
        match pattern {
            Pattern::Globs(globs) => {
                let text = value.to_text();
                Truth::from(globs.iter().any(|glob| glob.matches(&text)))
            }
            Pattern::Regex(regex) => self.finds(regex, &value.to_text()),
            Pattern::Networks(networks) => {
                let address = value.to_text().trim().parse();
                Truth::from(
                    address.is_ok_and(|address| networks.iter().any(|known| known.holds(address))),
                )
            }
        }
    }

    fn finds(&self, regex: &Regex, text: &str) -> Truth {
        regex.is_match(text).map_or_else(
            |_| {
                self.give_up(Limit::Steps);
                Truth::Unknown
            },
            Truth::from,
        )
    }
}

/// The bin of a value; a value that is no number is its own.
fn bucket(value: &Value, span: super::time::Span, label: BinLabel) -> Value {
    let start = span.bin(value);
    match (label, start.as_number(), span.width()) {
        (BinLabel::Range, Some(number), Some(width)) => {
            let end = Value::number(number + width);
            Value::text(&format!("{}-{}", start.to_text(), end.to_text()))
        }
        _ => start,
    }
}

/// A computed value takes so many bytes at most.
const LONGEST: usize = 16 << 20;

fn nothing(nulls: Nulls) -> Truth {
    match nulls {
        Nulls::Unknown => Truth::Unknown,
        Nulls::False | Nulls::Empty => Truth::False,
    }
}

/// What a value is as a truth value.
fn holds(value: &Value) -> Truth {
    match value {
        Value::Null => Truth::Unknown,
        Value::Bool(truth) => Truth::from(*truth),
        Value::Text(text) if text.eq_ignore_ascii_case("true") => Truth::True,
        Value::Text(text) if text.eq_ignore_ascii_case("false") => Truth::False,
        other => other
            .as_number()
            .map_or(Truth::Unknown, |number| Truth::from(number != 0.0)),
    }
}

fn arithmetic(operator: Arithmetic, text: TextOperands, left: &Value, right: &Value) -> Value {
    if left.is_null() || right.is_null() {
        return Value::Null;
    }
    if let (Value::Integer(left), Value::Integer(right)) = (left, right) {
        let exact = match operator {
            Arithmetic::Add => left.checked_add(*right),
            Arithmetic::Subtract => left.checked_sub(*right),
            Arithmetic::Multiply => left.checked_mul(*right),
            Arithmetic::Divide => left
                .checked_rem(*right)
                .filter(|rest| *rest == 0)
                .and_then(|_| left.checked_div(*right)),
            Arithmetic::Remainder => left.checked_rem(*right),
        };
        if let Some(exact) = exact {
            return Value::Integer(exact);
        }
    }
    match (left.as_number(), right.as_number()) {
        (Some(left), Some(right)) => {
            let number = match operator {
                Arithmetic::Add => left + right,
                Arithmetic::Subtract => left - right,
                Arithmetic::Multiply => left * right,
                Arithmetic::Divide => left / right,
                Arithmetic::Remainder => left % right,
            };
            Value::number(number)
        }
        _ if operator == Arithmetic::Add && text == TextOperands::Join => {
            Value::text(&format!("{}{}", left.to_text(), right.to_text()))
        }
        _ => Value::Null,
    }
}

/// Whether a text holds a keyword.
fn has_keyword(keyword: &Keyword, text: &str) -> bool {
    match keyword.bounds {
        Bounds::Anywhere => keyword.glob.finds(text),
        Bounds::Tokens => keyword.glob.finds_between(text, is_breaker),
        Bounds::Terms => keyword.glob.finds_between(text, is_major_breaker),
    }
}

/// Whether a character separates terms.
///
/// Source: Splunk, "segmenters.conf": the default major breakers.
fn is_major_breaker(character: char) -> bool {
    character.is_whitespace() || "[]<>(){}|!;,'\"*&?+".contains(character)
}

/// Whether a character separates tokens.
///
/// Source: Splunk, "segmenters.conf": the default major and minor breakers.
fn is_breaker(character: char) -> bool {
    character.is_whitespace() || "[]<>(){}|!;,'\"*&?+/:=@.-$#%\\_\r\n".contains(character)
}

/// A row in which one name stands for an item of a list.
struct WithItem<'r> {
    row: &'r dyn Fields,
    name: &'r str,
    item: &'r Value,
}

impl<'r> WithItem<'r> {
    fn new(row: &'r dyn Fields, field: &'r FieldRef, item: &'r Value) -> Self {
        Self {
            row,
            name: &field.name,
            item,
        }
    }
}

impl Fields for WithItem<'_> {
    fn get(&self, field: &FieldRef) -> Value {
        if &*field.name == self.name {
            self.item.clone()
        } else {
            self.row.get(field)
        }
    }

    fn any_text(&self, within: Within, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.row.any_text(within, test)
    }
}
