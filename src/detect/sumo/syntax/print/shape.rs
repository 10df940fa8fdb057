//! Operators that choose, order, and arrange rows and fields, and those that
//! look along the rows.

use std::fmt;

use super::{alias, listed, optional, separated};
use crate::detect::sumo::syntax::operator::{
    Aggregate, Aggregation, Carry, Compare, Compose, Dedup, Direction, Duplicates, FillMissing,
    FillValue, Generator, GeoIp, GroupKey, Outlier, Parameter, ParameterValue, Predict, Returned,
    Running, Shift, SortKey, Timeslice, Top, TopK, Transpose, TransposeOutput, Width,
};

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(f, &self.aggregations, ", ")?;
        listed(f, "by", &self.by)
    }
}

impl Aggregation {
    /// Prints the function without the name of its result.
    pub(super) fn call(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.name())?;
        if self.arguments.is_empty() {
            return Ok(());
        }
        f.write_str("(")?;
        separated(f, &self.arguments, ", ")?;
        f.write_str(")")
    }
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call(f)?;
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)?;
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for Timeslice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timeslice")?;
        match self.width {
            None => {}
            Some(Width::Span(span)) => write!(f, " {span}")?,
            Some(Width::Buckets(count)) => write!(f, " {count} buckets")?,
        }
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        f.write_str(match self.direction {
            Some(Direction::Ascending) => " asc",
            Some(Direction::Descending) => " desc",
            None => "",
        })
    }
}

impl fmt::Display for Top {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "top {} ", self.count)?;
        separated(f, &self.fields, ", ")?;
        listed(f, "by", &self.by)
    }
}

impl fmt::Display for TopK {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "topk({}, ", self.count)?;
        separated(f, &self.fields, ", ")?;
        f.write_str(")")?;
        listed(f, "by", &self.by)
    }
}

impl fmt::Display for Dedup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dedup")?;
        if self.duplicates == Duplicates::Consecutive {
            f.write_str(" consecutive")?;
        }
        optional(f, " ", self.count.as_ref())?;
        listed(f, "by", &self.by)
    }
}

impl fmt::Display for FillMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fillmissing ")?;
        separated(f, &self.generators, ", ")?;
        listed(f, "with", &self.values)?;
        match self.carry {
            Carry::Nothing => Ok(()),
            Carry::Last => f.write_str(" takeLast"),
        }
    }
}

impl fmt::Display for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Generator::Timeslice { width, field } => {
                f.write_str("timeslice")?;
                if let Some(width) = width {
                    write!(f, "({width})")?;
                }
                optional(f, " in ", field.as_ref())
            }
            Generator::Values { values, field } => {
                f.write_str("values(")?;
                separated(f, values, ", ")?;
                write!(f, ") in {field}")
            }
            Generator::All { field } => write!(f, "values all in {field}"),
        }
    }
}

impl fmt::Display for FillValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}", self.value, self.field)
    }
}

impl fmt::Display for Transpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("transpose")?;
        listed(f, "row", &self.rows)?;
        listed(f, "column", &self.columns)?;
        listed(f, "as", &self.outputs)
    }
}

impl fmt::Display for TransposeOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransposeOutput::Column(field) => field.fmt(f),
            TransposeOutput::Others => f.write_str("*"),
        }
    }
}

impl fmt::Display for GeoIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "geoip {}", self.field)?;
        for field in &self.optional {
            write!(f, ", {field}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Compose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("compose ")?;
        separated(f, &self.fields, ", ")?;
        optional(f, " maxresults=", self.max_results.as_ref())?;
        match self.returned {
            Returned::Conditions => Ok(()),
            Returned::Keywords => f.write_str(" keywords"),
        }
    }
}

impl fmt::Display for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.function.name(), self.field)?;
        optional(f, ", ", self.window.as_ref())?;
        alias(f, self.name.as_ref())?;
        listed(f, "by", &self.by)
    }
}

impl fmt::Display for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("compare ")?;
        separated(f, &self.shifts, ", ")
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "timeshift {}", self.span)?;
        optional(f, " ", self.times.as_ref())?;
        if let Some(summary) = self.summary {
            write!(f, " {}", summary.name())?;
        }
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for Outlier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outlier {}", self.field)?;
        listed(f, "by", &self.by)?;
        spaced(f, &self.parameters)
    }
}

impl fmt::Display for Predict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "predict {} by {}", self.field, self.by)?;
        spaced(f, &self.parameters)
    }
}

fn spaced(f: &mut fmt::Formatter<'_>, parameters: &[Parameter]) -> fmt::Result {
    if !parameters.is_empty() {
        f.write_str(" ")?;
    }
    separated(f, parameters, ", ")
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParameterValue::Word(word) => f.write_str(word),
            ParameterValue::Text(text) => text.fmt(f),
            ParameterValue::Strict(text) => write!(f, "{text};strict"),
        }
    }
}
