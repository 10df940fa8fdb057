//! Scalar expressions: what is computed of one row.

use super::field::{FieldRef, Span};
use super::function::Function;
use super::predicate::Predicate;
use super::regex::Regex;
use super::value::Value;

/// A scalar expression with its place in the query.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression computes.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A constant.
    Literal(Value),
    /// The value of a field; null if the row has none.
    Field(FieldRef),
    /// A function of values.
    Call {
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// Arithmetic on numbers; null where an operand is no number.
    Arithmetic {
        /// The operation.
        operator: Arithmetic,
        /// What happens to text.
        text: TextOperands,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// Texts joined; null if any of them is.
    Concat(Vec<Expr>),
    /// Whether a predicate holds: true, false, or null where it is unknown.
    Test(Box<Predicate>),
    /// The expression of the first condition that holds; null if none does.
    Case(Vec<(Predicate, Expr)>),
    /// The expression of the first condition that does *not* hold; null if all do.
    Unless(Vec<(Predicate, Expr)>),
    /// The first value that is not null.
    Coalesce(Vec<Expr>),
    /// An expression for every item of a list, under the list's own name.
    EachItem {
        /// The name under which the item is known.
        item: FieldRef,
        /// The list.
        list: Box<Expr>,
        /// What becomes of an item.
        body: Box<Expr>,
    },
    /// The items of a list for which a predicate holds.
    ItemsWhere {
        /// The name under which the item is known.
        item: FieldRef,
        /// What must hold.
        predicate: Box<Predicate>,
    },
    /// The place of the first item of a list that a regular expression finds, from
    /// zero; null if there is none.
    FindItem {
        /// The list.
        list: Box<Expr>,
        /// The regular expression.
        regex: Box<Regex>,
    },
    /// Where the bin of a value begins.
    Bucket {
        /// The value.
        subject: Box<Expr>,
        /// The width of the bins.
        span: super::time::Span,
        /// What a bin is called.
        label: BinLabel,
    },
    /// A text in which everything that a regular expression finds is replaced.
    Substitute {
        /// The text.
        subject: Box<Expr>,
        /// The regular expression.
        regex: Box<Regex>,
        /// What takes its place, with references to groups.
        replacement: Box<Expr>,
        /// In how many places at most; all if none.
        most: Option<usize>,
    },
    /// What the regular expression's first group captures in a text, in all places;
    /// null if it finds nothing.
    Capture {
        /// The text.
        subject: Box<Expr>,
        /// The regular expression.
        regex: Box<Regex>,
    },
}

/// What a bin is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinLabel {
    /// By its start.
    Start,
    /// By its start and its end: `0-10`.
    Range,
}

/// An operation on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// Addition.
    Add,
    /// Subtraction.
    Subtract,
    /// Multiplication.
    Multiply,
    /// Division; null if by zero.
    Divide,
    /// Remainder; null if by zero.
    Remainder,
}

/// What arithmetic makes of operands that are no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextOperands {
    /// Null.
    Null,
    /// They are joined.
    Join,
}

impl Expr {
    /// An expression at a place.
    #[must_use]
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// A field.
    #[must_use]
    pub fn field(name: &str, span: Span) -> Self {
        Self::new(ExprKind::Field(FieldRef::new(name)), span)
    }

    /// A constant.
    #[must_use]
    pub fn literal(value: Value, span: Span) -> Self {
        Self::new(ExprKind::Literal(value), span)
    }

    /// The field, if the expression is nothing else.
    #[must_use]
    pub fn as_field(&self) -> Option<&FieldRef> {
        match &self.kind {
            ExprKind::Field(field) => Some(field),
            _ => None,
        }
    }

    /// The constant, if the expression is one.
    #[must_use]
    pub fn as_literal(&self) -> Option<&Value> {
        match &self.kind {
            ExprKind::Literal(value) => Some(value),
            _ => None,
        }
    }
}
