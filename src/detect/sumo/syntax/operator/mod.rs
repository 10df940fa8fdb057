//! Queries and their operators.

mod aggregate;
mod combine;
mod parsing;
mod series;
mod shape;
mod transaction;

pub use aggregate::{Aggregate, AggregateFunction, Aggregation, GroupKey};
pub use combine::{
    Join, JoinTable, Lookup, LookupColumn, LookupColumns, LookupCondition, SaveMode, Table,
};
pub use parsing::{
    Extracted, Json, JsonArrays, JsonMode, KeyValue, KeyValueMode, Occurrences, Parse, ParseRegex,
    ParseTerm, ParseXml, References, Split, SplitKind, Unmatched,
};
pub use series::{
    Compare, Outlier, Parameter, ParameterValue, Predict, Running, RunningFunction, Shift, Summary,
};
pub use shape::{
    Carry, Dedup, Direction, Duplicates, FieldsMode, FillMissing, FillValue, Generator, GeoIp,
    Sort, SortKey, Timeslice, Top, TopK, Transpose, TransposeOutput, Width,
};
pub use transaction::{
    Merge, MergeStrategy, Showing, StateMatch, StateName, States, Transaction, TransactionResults,
    Transactionize,
};

use super::expression::Expression;
use super::name::Field;
use super::scope::Scope;
use super::span::Spanned;

/// A scope and the operators that follow it.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What stands before the first pipe; `None` if nothing does.
    pub scope: Option<Scope>,
    /// The operators, in order.
    pub operators: Vec<Spanned<Operator>>,
}

/// A query in brackets. Its own text is what its span says.
#[derive(Debug, Clone, PartialEq)]
pub struct Subquery {
    /// When its time range begins, as written, if it has one of its own.
    pub from: Option<String>,
    /// When its time range ends, as written, if it has one of its own.
    pub to: Option<String>,
    /// The query; its last operator should be a [`Operator::Compose`].
    pub query: Query,
}

/// An operator with what it is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator {
    /// `where`.
    Where(Expression),
    /// `expression as name`.
    Assignment(Assignment),
    /// `parse` with anchors.
    Parse(Parse),
    /// `parse regex` or `extract`.
    ParseRegex(ParseRegex),
    /// `parse xml`.
    ParseXml(ParseXml),
    /// `json`.
    Json(Json),
    /// `keyvalue` or `kv`.
    KeyValue(KeyValue),
    /// `csv` or `split`.
    Split(Split),
    /// `fields`.
    Fields {
        /// Whether the fields stay or go.
        mode: FieldsMode,
        /// Which.
        fields: Vec<Field>,
    },
    /// `count`, `sum`, and their like.
    Aggregate(Aggregate),
    /// `count_frequent`.
    CountFrequent(Vec<Field>),
    /// `withtime`.
    WithTime(Field),
    /// `timeslice`.
    Timeslice(Timeslice),
    /// `sort` or `order`.
    Sort(Sort),
    /// `top`.
    Top(Top),
    /// `topk`.
    TopK(TopK),
    /// `limit`.
    Limit(u64),
    /// `dedup`.
    Dedup(Dedup),
    /// `total`, `accum`, and what else runs along the rows.
    Running(Running),
    /// `transaction`.
    Transaction(Box<Transaction>),
    /// `transactionize`.
    Transactionize(Box<Transactionize>),
    /// `merge`; without fields, `_raw` is merged.
    Merge(Vec<Merge>),
    /// `join`.
    Join(Join),
    /// `lookup`.
    Lookup(Lookup),
    /// `cat`.
    Cat(Table),
    /// `save`.
    Save {
        /// Whether the rows of the table stay.
        mode: SaveMode,
        /// Where to.
        table: Table,
    },
    /// `fillmissing`.
    FillMissing(FillMissing),
    /// `transpose`.
    Transpose(Transpose),
    /// `compare`.
    Compare(Compare),
    /// `outlier`.
    Outlier(Outlier),
    /// `predict`.
    Predict(Predict),
    /// `geoip`.
    GeoIp(GeoIp),
    /// `compose`, at the end of a subquery.
    Compose(Compose),
    /// A macro between backticks, as written.
    Macro(String),
    /// Any other documented operator, as written.
    Other(Other),
    /// What no documentation calls an operator.
    Unknown(Unknown),
}

/// `expression as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The value.
    pub value: Expression,
    /// The field that it becomes. Only a function may lack it; the vendor
    /// documents `num(x)` to change the field itself.
    pub name: Option<Field>,
}

/// `compose`: what a subquery hands to the query around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Compose {
    /// The fields; never empty.
    pub fields: Vec<Field>,
    /// How many rows at most.
    pub max_results: Option<u64>,
    /// How the rows are handed over.
    pub returned: Returned,
}

/// What becomes of the rows of a subquery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Returned {
    /// Conditions on the fields.
    Conditions,
    /// `keywords`: the values alone.
    Keywords,
}

/// A documented operator that the tree has no form for.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Its name, as documented.
    pub name: Spanned<String>,
    /// What follows the name, as written, without comments and without blanks
    /// at its ends.
    pub arguments: Spanned<String>,
}

/// What stands where an operator should and is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// Its name, as written.
    pub name: Spanned<String>,
    /// What follows the name, as written, without comments and without blanks
    /// at its ends.
    pub arguments: Spanned<String>,
    /// What it would assign, were it the `eval` of another language.
    pub assignment: Option<Box<UnknownAssignment>>,
}

/// `name = expression` after an `eval`.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownAssignment {
    /// The field.
    pub name: Field,
    /// The value.
    pub value: Expression,
}

impl Operator {
    /// The operator's name, as documented; an assignment's is `as`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Operator::Where(_) => "where",
            Operator::Assignment(_) => "as",
            Operator::Parse(_) => "parse",
            Operator::ParseRegex(_) => "parse regex",
            Operator::ParseXml(_) => "parse xml",
            Operator::Json(_) => "json",
            Operator::KeyValue(_) => "keyvalue",
            Operator::Split(split) => split.kind.name(),
            Operator::Fields { .. } => "fields",
            Operator::Aggregate(aggregate) => aggregate
                .aggregations
                .first()
                .map_or("count", |first| first.function.name()),
            Operator::CountFrequent(_) => "count_frequent",
            Operator::WithTime(_) => "withtime",
            Operator::Timeslice(_) => "timeslice",
            Operator::Sort(_) => "sort",
            Operator::Top(_) => "top",
            Operator::TopK(_) => "topk",
            Operator::Limit(_) => "limit",
            Operator::Dedup(_) => "dedup",
            Operator::Running(running) => running.function.name(),
            Operator::Transaction(_) => "transaction",
            Operator::Transactionize(_) => "transactionize",
            Operator::Merge(_) => "merge",
            Operator::Join(_) => "join",
            Operator::Lookup(_) => "lookup",
            Operator::Cat(_) => "cat",
            Operator::Save { .. } => "save",
            Operator::FillMissing(_) => "fillmissing",
            Operator::Transpose(_) => "transpose",
            Operator::Compare(_) => "compare",
            Operator::Outlier(_) => "outlier",
            Operator::Predict(_) => "predict",
            Operator::GeoIp(_) => "geoip",
            Operator::Compose(_) => "compose",
            Operator::Macro(_) => "macro",
            Operator::Other(other) => &other.name.node,
            Operator::Unknown(unknown) => &unknown.name.node,
        }
    }
}
