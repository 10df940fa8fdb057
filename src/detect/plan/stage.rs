//! Stages: what happens to the rows of a query, one after another.

use std::sync::Arc;

use super::aggregate::Aggregation;
use super::correlate::Correlate;
use super::expression::Expr;
use super::field::{FieldRef, NamePattern, Span};
use super::pattern::Glob;
use super::predicate::Predicate;
use super::regex::Regex;
use super::table::Table;
use super::time;
use super::value::Value;
use super::view::View;

/// A query, lowered.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The query itself; those inside it are in its stages.
    pub pipeline: Pipeline,
}

/// Where rows come from, and what happens to them.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Where rows come from.
    pub source: Source,
    /// What happens to them, in order.
    pub stages: Vec<Stage>,
    /// The number of the pipeline among those of its plan.
    pub(super) part: u32,
}

/// Where the rows of a pipeline come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Records, as a view shows them.
    Records(Arc<View>),
    /// The rows of a table.
    Table(Arc<Table>),
    /// One row without a field.
    Single,
    /// The rows of the pipeline around it.
    Given,
}

/// A stage with its place in the query.
#[derive(Debug, Clone)]
pub struct Stage {
    /// What happens.
    pub kind: StageKind,
    /// The query's word for it.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// What a stage does.
#[derive(Debug, Clone)]
pub enum StageKind {
    /// Keeps the rows for which a predicate holds.
    Filter(Box<Filter>),
    /// Sets fields, one after another; null removes one.
    Extend(Vec<Assignment>),
    /// Takes fields out of a text.
    Parse(Parse),
    /// Keeps and drops fields.
    Project(Projection),
    /// Renames fields. All names are read before any is written.
    Rename(Vec<(NamePattern, NamePattern)>),
    /// One row for each combination of keys.
    Aggregate(Aggregate),
    /// Adds to each row what is computed of it and its neighbours.
    Window(Window),
    /// Keeps the first rows of each combination of keys.
    Dedup(Dedup),
    /// Orders rows.
    Sort(Sort),
    /// Keeps the first or last rows.
    Limit(Limit),
    /// One row for each item of a list.
    Expand {
        /// The field that holds the list.
        field: FieldRef,
        /// How many items at most; all if none.
        most: Option<usize>,
    },
    /// Adds fields from a table.
    Lookup(Lookup),
    /// Adds fields from the rows of another pipeline.
    Join(Box<Join>),
    /// Adds the rows of another pipeline.
    Append(Box<Pipeline>),
    /// Adds what other stages make of the rows.
    AppendResults(Box<Pipeline>),
    /// Sets fields that are null.
    Fill {
        /// The fields; all that any row has if there are none.
        fields: Vec<FieldRef>,
        /// The value.
        value: Value,
    },
    /// Replaces whole values.
    Replace {
        /// What is replaced by what, the first that matches.
        pairs: Vec<Replacement>,
        /// The fields; all if there are none.
        fields: Vec<NamePattern>,
    },
    /// Sums fields of each row.
    Totals {
        /// The fields.
        fields: Vec<NamePattern>,
        /// The field that takes the sum.
        output: FieldRef,
    },
    /// Stages for each field of a pattern, in which placeholders stand for its name.
    ForEach {
        /// The fields.
        fields: Vec<NamePattern>,
        /// The fields that are left out.
        except: Vec<NamePattern>,
        /// The stages.
        body: Vec<Stage>,
    },
    /// Groups rows that follow each other in time.
    Sequence(Box<Sequence>),
    /// Looks for rows of a group that lie close together in time.
    Correlate(Box<Correlate>),
    /// Numbers rows by what connects them.
    Connect(Connect),
}

/// What takes the place of a whole value.
#[derive(Debug, Clone)]
pub enum Replacement {
    /// A value that matches becomes another one.
    Value(Glob, Value),
    /// A value that matches becomes another pattern, in which each `*` stands for what
    /// it stood for.
    Pattern(NamePattern, NamePattern),
}

impl Replacement {
    /// What a value becomes; none if it does not match.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<Value> {
        match self {
            Self::Value(old, new) => old.matches(text).then(|| new.clone()),
            Self::Pattern(old, new) => Some(Value::text(&new.fill(&old.captures(text)?))),
        }
    }
}

/// The placeholder for a field's name in [`StageKind::ForEach`].
pub const EACH_FIELD: &str = "<<FIELD>>";
/// The placeholder for what the first `*` of its pattern stands for.
pub const EACH_MATCH: &str = "<<MATCHSTR>>";

/// See [`StageKind::Filter`].
#[derive(Debug, Clone)]
pub struct Filter {
    /// What must hold.
    pub predicate: Predicate,
    /// Rows of other pipelines, of which a row must match one besides: on every
    /// field that the other row has.
    pub rows: Vec<AmongRows>,
}

/// See [`Filter::rows`].
#[derive(Debug, Clone)]
pub struct AmongRows {
    /// The other pipeline.
    pub pipeline: Pipeline,
    /// Whether a row must match one of them, or none.
    pub wanted: Membership,
    /// How their values are compared.
    pub comparing: Comparing,
}

/// How the values of rows of other pipelines are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparing {
    /// As patterns, without regard to case.
    AsPatterns,
    /// As texts that are the same.
    Exactly,
}

/// Whether something must be part of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// It must.
    In,
    /// It must not.
    NotIn,
}

/// A field and what it is set to.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The field.
    pub target: Target,
    /// Its new value.
    pub value: Expr,
}

/// The field that an assignment sets.
#[derive(Debug, Clone)]
pub enum Target {
    /// A field of that name.
    Field(FieldRef),
    /// The field whose name is the value of another.
    NamedBy(FieldRef),
}

/// Takes fields out of a text.
#[derive(Debug, Clone)]
pub enum Parse {
    /// What the named groups of a regular expression capture.
    Regex {
        /// The text.
        field: FieldRef,
        /// The regular expression.
        regex: Box<Regex>,
        /// In how many places at most; all if none.
        most: Option<usize>,
    },
    /// One place of a JSON or XML document.
    Path {
        /// The text.
        field: FieldRef,
        /// The place, such as `a.b{0}.c`.
        path: Arc<str>,
        /// The field that takes it.
        output: FieldRef,
    },
    /// Every leaf of a JSON or XML document, under its path.
    Leaves {
        /// The text.
        field: FieldRef,
    },
    /// The text of each element of an XML document, under the element's name.
    Elements {
        /// The text.
        field: FieldRef,
    },
}

/// Keeps or drops fields.
#[derive(Debug, Clone)]
pub enum Projection {
    /// Keeps the fields of these patterns.
    Keep {
        /// The patterns.
        patterns: Vec<NamePattern>,
        /// What becomes of fields whose names begin with an underscore.
        internal: Internal,
    },
    /// Drops the fields of these patterns.
    Drop(Vec<NamePattern>),
}

/// What becomes of a product's internal fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Internal {
    /// They are kept.
    Kept,
    /// They are as other fields.
    Same,
}

/// One row for each combination of keys.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// The keys.
    pub keys: Vec<Key>,
    /// What is computed.
    pub outputs: Vec<Output>,
    /// What becomes of rows that lack a key.
    pub without_key: WithoutKey,
    /// What there is without a row, where there are no keys.
    pub of_nothing: OfNothing,
}

/// A key of an aggregation.
#[derive(Debug, Clone)]
pub struct Key {
    /// The field.
    pub field: FieldRef,
    /// The spans that times or numbers are put into.
    pub bucket: Option<time::Span>,
}

/// What becomes of rows that lack a key.
#[derive(Debug, Clone, PartialEq)]
pub enum WithoutKey {
    /// They are left out.
    LeftOut,
    /// They get this value.
    Filled(Value),
}

/// What an aggregation without keys yields where there is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfNothing {
    /// A row: a count of nothing is zero.
    Row,
    /// No row.
    NoRow,
}

/// What is computed of a group of rows.
#[derive(Debug, Clone)]
pub struct Output {
    /// How.
    pub aggregation: Aggregation,
    /// Of what.
    pub argument: Argument,
    /// Under which name; a pattern takes the place of the argument's `*`.
    pub name: NamePattern,
    /// Where it stands.
    pub span: Span,
}

/// What an aggregation is computed of.
#[derive(Debug, Clone)]
pub enum Argument {
    /// Of the rows.
    Rows,
    /// Of the values of an expression that are not null.
    Values(Expr),
    /// Of the rows for which a predicate holds.
    RowsWhere(Predicate),
    /// Of every field of a pattern, apart.
    Fields(NamePattern),
}

/// Adds to each row what is computed of it and its neighbours.
#[derive(Debug, Clone)]
pub struct Window {
    /// The keys.
    pub keys: Vec<FieldRef>,
    /// What is computed.
    pub outputs: Vec<Output>,
    /// Of which rows.
    pub frame: Frame,
}

/// The rows that a window takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// All of the group.
    Whole,
    /// Those up to the row.
    Running {
        /// Whether the row itself counts.
        current: Membership,
        /// The last so many rows; all if none.
        last: Option<usize>,
        /// Whether a group goes on after rows of others.
        among: Among,
    },
}

/// Keeps the first rows of each combination of keys.
#[derive(Debug, Clone)]
pub struct Dedup {
    /// The keys.
    pub keys: Vec<FieldRef>,
    /// How many rows are kept of each combination.
    pub keep: usize,
    /// Whether only rows that follow each other count as the same.
    pub among: Among,
    /// What becomes of rows that lack a key.
    pub without_key: Membership,
}

/// Which rows are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// All.
    All,
    /// Those that follow each other.
    Consecutive,
}

/// Orders rows.
#[derive(Debug, Clone)]
pub struct Sort {
    /// The keys, the weightiest first.
    pub keys: Vec<SortKey>,
    /// How many rows are kept; all if none.
    pub most: Option<usize>,
}

/// A key of an order.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// The field.
    pub field: FieldRef,
    /// Which comes first.
    pub direction: Direction,
    /// What its values are.
    pub by: super::compare::SortBy,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The least.
    Ascending,
    /// The greatest.
    Descending,
}

/// Keeps the first or last rows.
#[derive(Debug, Clone)]
pub enum Limit {
    /// The first.
    First(usize),
    /// The last, the very last first.
    Last(usize),
    /// Those before the first for which this does not hold.
    While(Predicate),
}

/// Adds fields from a table.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// The table.
    pub table: Arc<Table>,
    /// Its columns, and the fields that they are compared with.
    pub matches: Vec<(Arc<str>, FieldRef)>,
    /// Its columns, and the fields that take them; all others if there are none.
    pub outputs: Vec<(Arc<str>, FieldRef)>,
    /// What becomes of fields that are there already.
    pub existing: Existing,
}

/// What becomes of a field that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced.
    Replaced,
    /// It stays.
    Kept,
}

/// Adds fields from the rows of another pipeline.
#[derive(Debug, Clone)]
pub struct Join {
    /// The other pipeline.
    pub pipeline: Pipeline,
    /// The fields that must be the same; all that both have if there are none.
    pub keys: Vec<FieldRef>,
    /// What becomes of rows without a partner.
    pub unmatched: Membership,
    /// How many partners a row may have; all if none.
    pub most: Option<usize>,
    /// What becomes of fields that both have.
    pub existing: Existing,
}

/// Groups rows that follow each other in time.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The fields that rows of a group share, as far as they have them.
    pub keys: Vec<FieldRef>,
    /// What begins a group.
    pub starts: Option<Predicate>,
    /// What ends one.
    pub ends: Option<Predicate>,
    /// How long a group lasts at most, in seconds.
    pub max_span: Option<f64>,
    /// How long it pauses at most, in seconds.
    pub max_pause: Option<f64>,
    /// How many rows it has at most.
    pub max_rows: Option<usize>,
    /// What becomes of groups that were not ended as asked.
    pub evicted: Membership,
    /// Whether rows must share a key, or may lack all of them in common.
    pub connected: Membership,
}

/// Numbers rows by what connects them: those with the same value of one of the keys are of
/// one group, and so are those that are connected through others. A row without any of the
/// keys is alone.
#[derive(Debug, Clone)]
pub struct Connect {
    /// The keys.
    pub keys: Vec<FieldRef>,
    /// The field that takes the number of the group, from 1.
    pub number: FieldRef,
    /// How far a group goes on.
    pub reach: Reach,
}

/// How far a group of connected rows goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach {
    /// Over all rows.
    Everything,
    /// Until it has gone on for so long; the next row begins another one. Rows are then
    /// looked at in the order of time, and connected by the first key alone.
    Limited {
        /// How long it lasts at most, in seconds.
        span: Option<f64>,
        /// How long it pauses at most, in seconds.
        pause: Option<f64>,
        /// How many rows it has at most.
        rows: Option<usize>,
    },
}

impl Pipeline {
    /// A pipeline.
    #[must_use]
    pub fn new(source: Source, stages: Vec<Stage>) -> Self {
        Self {
            source,
            stages,
            part: 0,
        }
    }
}

impl Stage {
    /// A stage at a place.
    #[must_use]
    pub fn new(kind: StageKind, name: &str, span: Span) -> Self {
        Self {
            kind,
            name: name.into(),
            span,
        }
    }
}
