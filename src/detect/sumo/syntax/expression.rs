//! Expressions of `where`, of assignments, and of what is grouped by.

use super::name::FieldName;
use super::operator::{Subquery, Table};
use super::span::Spanned;
use super::text::Text;

/// An expression and where it was written.
pub type Expression = Spanned<ExpressionKind>;

/// What an expression is.
///
/// Operators of one rank stand in one node, in the order in which they were
/// written, so that a long sum is no deep tree. Parentheses are not kept: the
/// shape of the tree says what they said.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// A number, with its suffix: `2.5Ki`, `15m`.
    Number {
        /// Its value; lengths of time are in milliseconds.
        value: f64,
        /// Its digits and its suffix, as written.
        text: String,
    },
    /// A text.
    Text(Text),
    /// `/…/`, on the right of `matches` or as an argument: what stands between
    /// the slashes, as written.
    Regex(String),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// The value of a field.
    Field(FieldName),
    /// A function's result; `if(…)` is one. The name is in lower case, because
    /// the case of a function's name is nothing.
    Call {
        /// The function.
        function: String,
        /// What it is given.
        arguments: Vec<Expression>,
    },
    /// `condition ? then : otherwise`.
    Choice {
        /// The condition.
        condition: Box<Expression>,
        /// The value if it holds.
        then: Box<Expression>,
        /// The value if not.
        otherwise: Box<Expression>,
    },
    /// A sign or a negation before an operand.
    Unary {
        /// Which.
        operator: UnaryOperator,
        /// What it applies to.
        operand: Box<Expression>,
    },
    /// Operands with operators of one rank between them, from left to right:
    /// either sums and differences, or products, quotients, and remainders.
    Arithmetic {
        /// The first operand.
        first: Box<Expression>,
        /// The operators and their right sides; never empty.
        rest: Vec<(ArithmeticOperator, Expression)>,
    },
    /// Two operands compared.
    Comparison {
        /// The left side.
        left: Box<Expression>,
        /// How.
        operator: ComparisonOperator,
        /// The right side.
        right: Box<Expression>,
    },
    /// `operand in (value, …)`.
    Membership {
        /// What is looked for.
        operand: Box<Expression>,
        /// Whether it has to be there.
        negation: Negation,
        /// Where.
        values: Vec<Expression>,
    },
    /// Conditions with one and the same operator between them.
    Logical {
        /// Which.
        operator: LogicalOperator,
        /// The conditions; at least two.
        operands: Vec<Expression>,
    },
    /// `[subquery: …]`, whose result stands in its place.
    Subquery(Box<Subquery>),
    /// A lookup table, the first argument of `lookupContains`.
    Table(Table),
}

/// Whether `not` stood before `in`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Negation {
    /// `in`.
    Plain,
    /// `not in`.
    Negated,
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-`.
    Minus,
    /// `+`.
    Plus,
    /// `!` or `not`: both bind looser than comparisons.
    Not,
}

/// An operator between values that makes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOperator {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
}

impl ArithmeticOperator {
    pub(super) fn is_multiplicative(self) -> bool {
        !matches!(self, ArithmeticOperator::Add | ArithmeticOperator::Subtract)
    }
}

/// An operator between values that makes a truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `=` or `==`.
    Equal,
    /// `!=` or `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `matches`: a pattern with `*` or a regular expression on the right.
    Matches,
    /// `contains`: a part of the text on the right.
    Contains,
}

/// An operator between truths, from the one that binds tightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogicalOperator {
    /// `and` or `&&`.
    And,
    /// `or` or `||`.
    Or,
}
