//! Operators that choose, order, and arrange rows and fields.

use crate::detect::sumo::syntax::expression::Expression;
use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::span::Spanned;
use crate::detect::sumo::syntax::text::Text;
use crate::detect::sumo::syntax::time::Duration;

/// Whether fields stay or go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldsMode {
    /// Only these stay.
    Keep,
    /// `-`: these go.
    Remove,
}

/// `timeslice`.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeslice {
    /// How wide a slice is; `None` for the whole time range.
    pub width: Option<Width>,
    /// The field, if not `_timeslice`.
    pub name: Option<Field>,
}

/// How wide the slices of time are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Width {
    /// `5m`.
    Span(Duration),
    /// `150 buckets`: about so many.
    Buckets(u64),
}

/// `sort` or `order`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// What rows are ordered by, the most important first; never empty.
    pub keys: Vec<SortKey>,
}

/// A field that rows are ordered by.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// The field.
    pub field: Field,
    /// Which way; `None` for the default, which is descending.
    pub direction: Option<Direction>,
}

/// Which way rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `asc`, or `+` before the field.
    Ascending,
    /// `desc`, or `-` before the field.
    Descending,
}

/// `top`.
#[derive(Debug, Clone, PartialEq)]
pub struct Top {
    /// How many.
    pub count: u64,
    /// Of which fields; never empty.
    pub fields: Vec<Field>,
    /// What decides; empty for how often they are there.
    pub by: Vec<Expression>,
}

/// `topk`.
#[derive(Debug, Clone, PartialEq)]
pub struct TopK {
    /// How many.
    pub count: u64,
    /// The fields that decide; never empty.
    pub fields: Vec<Field>,
    /// What is equal within a group.
    pub by: Vec<Field>,
}

/// `dedup`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dedup {
    /// Which rows are duplicates.
    pub duplicates: Duplicates,
    /// How many of them stay, if not one.
    pub count: Option<u64>,
    /// The fields that are equal; empty for the message.
    pub by: Vec<Field>,
}

/// Which rows are duplicates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Duplicates {
    /// Equal ones, wherever they stand.
    Anywhere,
    /// `consecutive`: equal ones that stand together.
    Consecutive,
}

/// `fillmissing`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillMissing {
    /// Which groups have to be there; never empty.
    pub generators: Vec<Generator>,
    /// What other fields hold in the rows that are added.
    pub values: Vec<FillValue>,
    /// Where else such a field takes its value from.
    pub carry: Carry,
}

/// Groups that have to be there.
#[derive(Debug, Clone, PartialEq)]
pub enum Generator {
    /// `timeslice(15m) in field`.
    Timeslice {
        /// How wide a slice is, if not as before.
        width: Option<Duration>,
        /// The field, if not `_timeslice`.
        field: Option<Field>,
    },
    /// `values("a", "b") in field`.
    Values {
        /// The values; never empty.
        values: Vec<Spanned<Text>>,
        /// The field.
        field: Field,
    },
    /// `values all in field`.
    All {
        /// The field.
        field: Field,
    },
}

/// `-1 for field`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillValue {
    /// The value, a constant.
    pub value: Expression,
    /// The field.
    pub field: Field,
}

/// What rows that are added take from the row before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carry {
    /// Nothing.
    Nothing,
    /// `takeLast`: the values of the slice before.
    Last,
}

/// `transpose`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transpose {
    /// The fields that make rows; never empty.
    pub rows: Vec<Field>,
    /// The fields whose values make columns; never empty.
    pub columns: Vec<Field>,
    /// Which columns; empty for all.
    pub outputs: Vec<TransposeOutput>,
}

/// A column of `transpose`.
#[derive(Debug, Clone, PartialEq)]
pub enum TransposeOutput {
    /// The one with this name.
    Column(Field),
    /// `*`: all the others.
    Others,
}

/// `geoip`.
#[derive(Debug, Clone, PartialEq)]
pub struct GeoIp {
    /// The address.
    pub field: Field,
    /// Facts beyond the usual ones.
    pub optional: Vec<Field>,
}
