//! Operators that bring in other rows, or put rows elsewhere.

use super::Query;
use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::span::Spanned;
use crate::detect::sumo::syntax::text::Text;
use crate::detect::sumo::syntax::time::Duration;

/// `join`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// What is joined; at least two.
    pub tables: Vec<JoinTable>,
    /// Fields that have to be equal, as `table.field`; never empty.
    pub on: Vec<LookupCondition>,
    /// How far apart in time two rows may be.
    pub time_window: Option<Duration>,
}

/// `(operators) as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinTable {
    /// The operators. A scope is read, though the product ignores it.
    pub query: Spanned<Query>,
    /// The table.
    pub name: Field,
}

/// `lookup`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// What is taken from the table.
    pub columns: LookupColumns,
    /// The table.
    pub table: Table,
    /// What has to be equal; never empty.
    pub on: Vec<LookupCondition>,
}

/// What `lookup` takes.
#[derive(Debug, Clone, PartialEq)]
pub enum LookupColumns {
    /// `*`.
    All,
    /// These; never empty.
    Named(Vec<LookupColumn>),
}

/// `column as field`.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupColumn {
    /// The column.
    pub column: Field,
    /// The field, if it has another name.
    pub name: Option<Field>,
}

/// `left=right`. In most lookups the left side is the field and the right side
/// the column; for `geo://` and `asn://` it is the other way round.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupCondition {
    /// The left side.
    pub left: Field,
    /// The right side.
    pub right: Field,
}

/// Where a lookup table is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Table {
    /// `path://"/Library/…"`.
    Path(Text),
    /// `https://…`, `geo://location`, or `shared/…`.
    Location(String),
}

/// What becomes of the rows of a table that is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SaveMode {
    /// They go.
    Replace,
    /// `append`: they stay.
    Append,
}
