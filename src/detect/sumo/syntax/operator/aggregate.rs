//! Operators that make one row of many.

use crate::detect::sumo::syntax::expression::Expression;
use crate::detect::sumo::syntax::name::Field;

/// Functions of groups of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The functions; never empty.
    pub aggregations: Vec<Aggregation>,
    /// What is equal within a group; `count user` says the same as `count by
    /// user`.
    pub by: Vec<GroupKey>,
}

/// A function of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregation {
    /// The function.
    pub function: AggregateFunction,
    /// What it is given; empty for `count` and `count(*)`. After the field,
    /// `pct` takes percentiles.
    pub arguments: Vec<Expression>,
    /// The field that it becomes.
    pub name: Option<Field>,
}

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupKey {
    /// The value, in most cases a field.
    pub value: Expression,
    /// Another name. After the last key, the documentation of `values` and of
    /// `predict` means the aggregate by it.
    pub name: Option<Field>,
}

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Which function of a group.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AggregateFunction {
            $($(#[$doc])* $variant,)*
        }

        impl AggregateFunction {
            /// All of them.
            pub const ALL: &[AggregateFunction] = &[$(AggregateFunction::$variant,)*];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(AggregateFunction::$variant => $name,)*
                }
            }
        }
    };
}

functions! {
    /// How many rows, or how many with a value.
    Count = "count",
    /// How many values.
    CountDistinct = "count_distinct",
    /// The sum.
    Sum = "sum",
    /// The mean.
    Avg = "avg",
    /// The least value.
    Min = "min",
    /// The greatest value.
    Max = "max",
    /// The standard deviation.
    Stddev = "stddev",
    /// Percentiles.
    Pct = "pct",
    /// Percentiles of a sample.
    PctSampling = "pct_sampling",
    /// The value in the middle. The page of this name documents only `pct` of
    /// 50.
    Median = "median",
    /// The value of the first row.
    First = "first",
    /// The value of the last row.
    Last = "last",
    /// The value of the latest row.
    MostRecent = "most_recent",
    /// The value of the earliest row.
    LeastRecent = "least_recent",
    /// The values, each once.
    Values = "values",
}

impl AggregateFunction {
    /// The function with this name, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|function| function.name().eq_ignore_ascii_case(name))
    }
}
