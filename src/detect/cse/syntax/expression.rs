//! Expressions.

use super::field::FieldPath;
use super::number::Number;
use super::pipe::Piped;
use super::span::Spanned;
use super::text::Text;
use super::threat::ThreatMatch;

/// An expression and where it was written.
pub type Expression = Spanned<ExpressionKind>;

/// What an expression is.
///
/// Operators of one rank stand in one node, in the order in which they were
/// written, so that a long chain is no deep tree. Parentheses are not kept:
/// the shape of the tree says what they said.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpressionKind {
    /// A number.
    Number(Number),
    /// A quoted text.
    Text(Text),
    /// `true` or `false`, in any case.
    Boolean(bool),
    /// `null`, in any case.
    Null,
    /// The value of a field.
    Field(FieldPath),
    /// A function's result.
    Call {
        /// The function, as written. [`function`](super::function()) knows it
        /// in any case.
        function: String,
        /// What it is given.
        arguments: Vec<Expression>,
    },
    /// `hasThreatMatch(…)`, whose arguments have a form of their own.
    ThreatMatch(ThreatMatch),
    /// A sign or `NOT` before an operand.
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
    /// A test with a word for its operator: `x NOT LIKE 'y%'`.
    Predicate {
        /// What is tested.
        operand: Box<Expression>,
        /// Whether `NOT` stands before the word.
        sense: Sense,
        /// The test.
        test: Test,
    },
    /// Conditions with one and the same operator between them.
    Logical {
        /// Which.
        operator: LogicalOperator,
        /// The conditions; at least two.
        operands: Vec<Expression>,
    },
    /// `| json … | where …`; only ever the whole expression.
    Piped(Piped),
}

/// A test with a word for its operator.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `LIKE pattern`: the whole text, `%` and `_` are wildcards.
    Like {
        /// The pattern; see [`like_pieces`](super::like_pieces).
        pattern: Box<Expression>,
        /// The letter after `ESCAPE`; without it, a backslash.
        escape: Option<char>,
    },
    /// `RLIKE regex`: a Java regular expression, in a text.
    Rlike(Box<Expression>),
    /// `matches pattern`: the whole text, `*` is a wildcard.
    Glob(Box<Expression>),
    /// `matches /regex/`: an RE2 regular expression, as it was written between
    /// the slashes. A slash in it has a backslash before it.
    Regex(String),
    /// `IN (value, …)`; never empty.
    In(Vec<Expression>),
    /// `BETWEEN low AND high`: both ends belong to it.
    Between {
        /// The lower end.
        low: Box<Expression>,
        /// The upper end.
        high: Box<Expression>,
    },
    /// `IS NULL`.
    Null,
}

/// Whether a test must hold or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sense {
    /// `LIKE`, `IS NULL`.
    Affirmed,
    /// `NOT LIKE`, `IS NOT NULL`.
    Negated,
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-`.
    Minus,
    /// `NOT` or `!`.
    Not,
}

/// An operator between values that makes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOperator {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`; never a whole-number division.
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

/// An operator between values that makes a truth. With a null on either side,
/// none of them holds.
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
}

/// An operator between truths, from the one that binds tightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogicalOperator {
    /// `AND` or `&&`.
    And,
    /// `OR` or `||`.
    Or,
}
