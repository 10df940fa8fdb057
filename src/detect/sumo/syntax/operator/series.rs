//! Operators that look along the rows, and at the same rows of another time.

use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::span::Spanned;
use crate::detect::sumo::syntax::text::Text;
use crate::detect::sumo::syntax::time::Duration;

/// An operator that runs along the rows and adds a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Which.
    pub function: RunningFunction,
    /// The field that it reads.
    pub field: Field,
    /// How many rows it looks back.
    pub window: Option<u64>,
    /// The field that it adds, if not an underscore and its name.
    pub name: Option<Field>,
    /// What is equal within a group.
    pub by: Vec<Field>,
}

/// What is computed along the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunningFunction {
    /// The sum of all.
    Total,
    /// The sum so far.
    Accum,
    /// The difference from the row before.
    Diff,
    /// The mean of the last ones.
    Smooth,
    /// The standard deviation of the last ones.
    RollingStd,
    /// The value of an earlier row.
    Backshift,
}

impl RunningFunction {
    /// The operator's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RunningFunction::Total => "total",
            RunningFunction::Accum => "accum",
            RunningFunction::Diff => "diff",
            RunningFunction::Smooth => "smooth",
            RunningFunction::RollingStd => "rollingstd",
            RunningFunction::Backshift => "backshift",
        }
    }

    pub(in crate::detect::sumo::syntax) fn has_window(self) -> bool {
        matches!(
            self,
            RunningFunction::Smooth | RunningFunction::RollingStd | RunningFunction::Backshift
        )
    }
}

/// `compare`.
#[derive(Debug, Clone, PartialEq)]
pub struct Compare {
    /// With when; never empty.
    pub shifts: Vec<Shift>,
}

/// `timeshift 1d 5 avg as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// How far back.
    pub span: Duration,
    /// How many times.
    pub times: Option<u64>,
    /// What becomes of many times.
    pub summary: Option<Summary>,
    /// The name of the columns.
    pub name: Option<Field>,
}

/// One value of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Summary {
    /// The mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

impl Summary {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Summary::Avg => "avg",
            Summary::Min => "min",
            Summary::Max => "max",
        }
    }
}

/// `outlier`.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// The field.
    pub field: Field,
    /// What is equal within a series.
    pub by: Vec<Field>,
    /// `window`, `threshold`, `consecutive`, and `direction`.
    pub parameters: Vec<Parameter>,
}

/// `predict`.
#[derive(Debug, Clone, PartialEq)]
pub struct Predict {
    /// The field.
    pub field: Field,
    /// How far the points are apart.
    pub by: Duration,
    /// `model`, `ar.window`, and `forecast`.
    pub parameters: Vec<Parameter>,
}

/// `name=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, in lower case.
    pub name: Spanned<String>,
    /// Its value.
    pub value: Spanned<ParameterValue>,
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValue {
    /// `10m`, `true`, or `+-`, as written.
    Word(String),
    /// `"text"`.
    Text(Text),
    /// `"text";strict`.
    Strict(Text),
}
