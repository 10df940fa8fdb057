//! The text of a Sumo Logic log search, read into a tree and printed back.
//!
//! A query is a scope and then operators, with pipes between them. The tree
//! says what was written and means nothing by itself: no field is resolved and
//! no default is filled in. A documented operator that the tree has no form
//! for is kept as text in [`Operator::Other`], and what is no operator at all
//! in [`Operator::Unknown`].
//!
//! Trees compare by what was written, not by where: see [`Spanned`]. Comments
//! and the choice between two spellings of one thing (`==` and `=`, `order` and
//! `sort`, `kv` and `keyvalue`) are not kept.

mod documented;
mod expression;
mod functions;
mod name;
mod operator;
mod print;
mod read;
mod scope;
mod text;
mod time;

pub use crate::detect::syntax::{Span, Spanned, SyntaxError};
use crate::detect::syntax::{error, span};
pub use documented::{DocumentedOperator, OPERATORS, documented_operator};
pub use expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Negation,
    UnaryOperator,
};
pub use functions::{DocumentedFunction, FUNCTIONS, documented_function};
pub use name::{Field, FieldName, Quoting};
pub use operator::{
    Aggregate, AggregateFunction, Aggregation, Assignment, Carry, Compare, Compose, Dedup,
    Direction, Duplicates, Extracted, FieldsMode, FillMissing, FillValue, Generator, GeoIp,
    GroupKey, Join, JoinTable, Json, JsonArrays, JsonMode, KeyValue, KeyValueMode, Lookup,
    LookupColumn, LookupColumns, LookupCondition, Merge, MergeStrategy, Occurrences, Operator,
    Other, Outlier, Parameter, ParameterValue, Parse, ParseRegex, ParseTerm, ParseXml, Predict,
    Query, References, Returned, Running, RunningFunction, SaveMode, Shift, Showing, Sort, SortKey,
    Split, SplitKind, StateMatch, StateName, States, Subquery, Summary, Table, Timeslice, Top,
    TopK, Transaction, TransactionResults, Transactionize, Transpose, TransposeOutput, Unknown,
    UnknownAssignment, Unmatched, Width,
};
pub use read::{parse, parse_expression};
pub use scope::{Piece, Scope, ScopeKind, ScopeOperator, Value, pieces};
pub use text::Text;
pub use time::{Duration, TimeUnit};
