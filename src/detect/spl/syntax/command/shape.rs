//! Commands that choose, name, order, and make fields and rows.

use crate::detect::spl::syntax::expression::Expression;
use crate::detect::spl::syntax::name::Field;
use crate::detect::spl::syntax::options::{SpanLength, options};
use crate::detect::spl::syntax::span::Spanned;

/// One field that `eval` sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The field.
    pub target: Target,
    /// What it becomes.
    pub value: Expression,
}

/// The field that `eval` sets.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A field with this name.
    Named(Field),
    /// A name with values of other fields in it, as written: `{kind}_count`.
    Dynamic(Spanned<String>),
}

/// What `fields` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldsMode {
    /// Keeps the fields, and the internal ones.
    Keep,
    /// Removes the fields.
    Remove,
}

/// One renaming; both sides may have wildcards.
#[derive(Debug, Clone, PartialEq)]
pub struct Renaming {
    /// The old name.
    pub from: Field,
    /// The new one.
    pub to: Field,
}

/// `sort`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// How many rows to keep; zero keeps all.
    pub limit: Option<u64>,
    /// What to sort by; never empty.
    pub keys: Vec<SortKey>,
    /// The word `desc` at the end, which turns the order around.
    pub reversed: bool,
}

/// A field to sort by.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// The order, if a sign says.
    pub direction: Option<Direction>,
    /// How values compare, if it says.
    pub cast: Option<Cast>,
    /// The field.
    pub field: Field,
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `+`.
    Ascending,
    /// `-`.
    Descending,
}

/// How `sort` compares values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cast {
    /// `auto(…)`: as the values are.
    Auto,
    /// `str(…)`: as texts.
    Text,
    /// `ip(…)`: as addresses.
    Address,
    /// `num(…)`: as numbers.
    Number,
}

/// `dedup`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dedup {
    /// How many rows of each kind to keep, if it says.
    pub count: Option<u64>,
    /// The fields that make rows alike; never empty.
    pub fields: Vec<Field>,
    /// The options.
    pub options: DedupOptions,
    /// What to sort by.
    pub sort_by: Vec<SortKey>,
}

options! {
    /// The options of `dedup`.
    DedupOptions {
        /// Keep the rows and remove only the fields.
        keep_events: bool = "keepevents",
        /// Keep rows that lack a field.
        keep_empty: bool = "keepempty",
        /// Only rows in sequence are alike.
        consecutive: bool = "consecutive",
    }
}

/// `head`.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Which rows it keeps, if it says.
    pub limit: Option<HeadLimit>,
    /// The options.
    pub options: HeadOptions,
}

/// Which rows `head` keeps.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadLimit {
    /// This many.
    Count(u64),
    /// Those before the first for which this is not true.
    While(Expression),
}

options! {
    /// The options of `head`.
    HeadOptions {
        /// Keep the row that ended it.
        keep_last: bool = "keeplast",
        /// A condition that is null counts as true.
        null: bool = "null",
    }
}

/// `fillnull`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillNull {
    /// What to fill with, if it says.
    pub value: Option<String>,
    /// Where; empty for every field.
    pub fields: Vec<Field>,
}

options! {
    /// The options of `fillnull`.
    FillNullOptions {
        /// What to fill with.
        value: String = "value",
    }
}

/// `bin`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// The options.
    pub options: BinOptions,
    /// What to put into bins.
    pub field: Field,
    /// The name of the result, if it has its own.
    pub alias: Option<Field>,
}

options! {
    /// The options of `bin`.
    BinOptions {
        /// How wide a bin is.
        span: SpanLength = "span",
        /// How wide a bin is at least.
        min_span: SpanLength = "minspan",
        /// How many bins at most.
        bins: u64 = "bins",
        /// Where the first bin starts.
        start: String = "start",
        /// Where the last bin ends.
        end: String = "end",
        /// What time the bins are aligned to.
        align_time: String = "aligntime",
    }
}

/// `mvexpand`.
#[derive(Debug, Clone, PartialEq)]
pub struct MvExpand {
    /// The field with several values.
    pub field: Field,
    /// How many of them at most, if it says.
    pub limit: Option<u64>,
}

options! {
    /// The options of `mvexpand`.
    MvExpandOptions {
        /// How many values at most.
        limit: u64 = "limit",
    }
}

/// `addtotals`.
#[derive(Debug, Clone, PartialEq)]
pub struct AddTotals {
    /// The options.
    pub options: AddTotalsOptions,
    /// What to add up; empty for every number.
    pub fields: Vec<Field>,
}

options! {
    /// The options of `addtotals`.
    AddTotalsOptions {
        /// Add up each row.
        row: bool = "row",
        /// Add up each column.
        col: bool = "col",
        /// The field for the label of the sums of columns.
        label_field: Field = "labelfield",
        /// The label.
        label: String = "label",
        /// The field for the sums of rows.
        field_name: Field = "fieldname",
    }
}

options! {
    /// `makeresults`.
    MakeResultsOptions {
        /// How many rows.
        count: u64 = "count",
        /// Add the fields that events have.
        annotate: bool = "annotate",
        /// The server that makes them.
        splunk_server: String = "splunk_server",
        /// The servers that make them.
        splunk_server_group: String = "splunk_server_group",
        /// What `data` is written in.
        format: String = "format",
        /// The rows.
        data: String = "data",
    }
}
