//! The text of a Cloud SIEM rule expression, read into a tree and printed
//! back; and what a rule document says besides.
//!
//! An expression is one condition over the normalised fields of a record. It
//! is not Sumo Logic's log search language, though both share words: of the
//! pipes, only `json` and `where` are allowed. The tree says what was written
//! and means nothing by itself: no field is resolved and no function is
//! looked up.
//!
//! The texts of a signal (its name, summary, and description) hold templates
//! such as `{{user_username}}`. They are no expressions and are not read here.
//!
//! Trees compare by what was written, not by where: see [`Spanned`].

mod expression;
mod field;
mod function;
mod number;
mod pattern;
mod pipe;
mod print;
mod read;
mod rule;
mod text;
mod threat;

pub use crate::detect::syntax::{Span, Spanned, SyntaxError};
use crate::detect::syntax::{error, span};
pub use expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Sense,
    Test, UnaryOperator,
};
pub use field::{Field, FieldPath, Key};
pub use function::{Arity, FUNCTIONS, Function, function};
pub use number::Number;
pub use pattern::{LikePiece, like_pieces};
pub use pipe::{Extraction, Piped};
pub use read::{parse, parse_part};
pub use rule::{
    Aggregate, AggregateFunction, AggregationRule, Baseline, BaselineScope, ChainRule, ChainStep,
    EntitySelector, FirstSeenRule, MatchRule, OutlierRule, Rule, RuleKind, Severity, SeverityCase,
    ThresholdRule, Tuning, TuningEffect, UnknownWindow, Window,
};
pub use text::{Quote, Text};
pub use threat::{ThreatMatch, Validity};
