//! Expressions of `eval` and `where`.

use super::command::Pipeline;
use super::name::FieldName;
use super::span::Spanned;

/// An expression and where it was written.
pub type Expression = Spanned<ExpressionKind>;

/// What an expression is.
///
/// Operators of one rank stand in one node, in the order in which they were
/// written, so that a long sum is no deep tree. Parentheses are not kept: the
/// shape of the tree says what they said.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// A number.
    Number {
        /// Its value.
        value: f64,
        /// Its digits, as written.
        text: String,
    },
    /// A text, without quotes and escapes.
    Text(String),
    /// The bare word `true` or `false`. The functions `true()` and `false()`
    /// are calls.
    Boolean(bool),
    /// The bare word `null`. The function `null()` is a call.
    Null,
    /// The value of a field.
    Field(FieldName),
    /// A function's result. The name is in lower case.
    Call {
        /// The function.
        function: String,
        /// What it is given.
        arguments: Vec<Expression>,
    },
    /// A sign or `NOT` before an operand.
    Unary {
        /// Which.
        operator: UnaryOperator,
        /// What it applies to.
        operand: Box<Expression>,
    },
    /// Operands with operators of one rank between them, from left to right:
    /// either sums, differences, and joined texts, or products, quotients, and
    /// remainders.
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
    /// `operand IN (value, …)`. The function `in(…)` is a call.
    Membership {
        /// What is looked for.
        operand: Box<Expression>,
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
    /// `[search …]`, whose result stands in its place.
    Subsearch(Pipeline),
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-`.
    Minus,
    /// `+`.
    Plus,
    /// `NOT`.
    Not,
}

/// An operator between values that makes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOperator {
    /// `+`: a sum, or two texts joined.
    Add,
    /// `-`.
    Subtract,
    /// `.`: two texts joined, numbers read as text.
    Concatenate(Spacing),
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
}

impl ArithmeticOperator {
    pub(super) fn is_multiplicative(self) -> bool {
        matches!(
            self,
            ArithmeticOperator::Multiply
                | ArithmeticOperator::Divide
                | ArithmeticOperator::Remainder
        )
    }
}

/// Whether a dot stood between two bare names without blanks: `a.b` is the
/// values of two fields joined, though its author often meant one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spacing {
    /// `a.b`, or `a.b * 2`; both are bare names.
    Tight,
    /// Anything else.
    Loose,
}

/// An operator between values that makes a truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// `=` or `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `LIKE`, with `%` and `_` on the right.
    Like,
}

/// An operator between truths, from the one that binds tightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogicalOperator {
    /// `AND`.
    And,
    /// `OR`.
    Or,
    /// `XOR`.
    Xor,
}
