//! The text of an SPL search, read into a tree and printed back.
//!
//! A search passes through two steps: [`expand`] puts the macros in and takes
//! the comments out, and [`parse`] reads what came of it. The tree says what
//! was written and means nothing by itself: no field is resolved, no default
//! is filled in, and a command that the tree has no form for is kept as text
//! in [`Command::Other`].
//!
//! Trees compare by what was written, not by where: see [`Spanned`].

mod aggregation;
mod command;
mod expression;
mod macros;
mod name;
mod options;
mod print;
mod read;
mod search;
mod value;

pub use crate::detect::syntax::{Span, Spanned, SyntaxError};
use crate::detect::syntax::{error, span};
pub use aggregation::{Aggregation, Argument, ByField};
pub use command::{
    AddTotals, AddTotalsOptions, Append, AppendCols, AppendColsOptions, AppendOptions, AppendPipe,
    Assignment, Bin, BinOptions, Cast, Command, Conversion, Convert, Dedup, DedupOptions,
    Direction, EventStats, EventStatsOptions, FieldsMode, FillNull, Foreach, ForeachMode,
    ForeachOptions, Format, FormatOptions, Head, HeadLimit, HeadOptions, InputLookup,
    InputLookupOptions, Join, JoinOptions, JoinType, Lookup, LookupMatch, LookupOptions, MakeMv,
    MakeMvOptions, MakeResultsOptions, MvExpand, Other, OutputLookup, OutputLookupOptions,
    OutputMode, Pipeline, Regex, RegexTest, Renaming, Replace, Replacement, Return, Returned, Rex,
    RexMode, RexOptions, Search, Sort, SortKey, Spath, SpathOptions, Stats, StatsOptions,
    StreamStats, StreamStatsOptions, Target, Transaction, TransactionOptions, Tstats,
    TstatsOptions, TstatsSource, XmlKv,
};
pub use expression::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Spacing,
    UnaryOperator,
};
pub use macros::{Expanded, Macro, MacroError, MacroProblem, Macros, SpanMap, expand};
pub use name::{Field, FieldName, Quoting};
pub use options::{EventCondition, SpanLength};
pub use read::{parse, parse_expression, parse_search_expression};
pub use search::{SearchExpression, SearchExpressionKind, SearchOperator, TimeModifier};
pub use value::{Piece, SearchValue, ValueForm};
