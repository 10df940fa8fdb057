//! Pipes and calls with a form of their own.

use std::fmt;

use super::separated;
use crate::detect::cse::syntax::pipe::{Extraction, Piped};
use crate::detect::cse::syntax::threat::ThreatMatch;

impl fmt::Display for Piped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for extraction in &self.extractions {
            write!(f, "| {extraction} ")?;
        }
        write!(f, "| where {}", self.condition)
    }
}

impl fmt::Display for Extraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (paths, names): (Vec<_>, Vec<_>) = self.outputs.iter().map(|(p, n)| (p, n)).unzip();
        write!(f, "json field={} ", self.source)?;
        separated(f, &paths, ", ")?;
        f.write_str(" as ")?;
        separated(f, &names, ", ")
    }
}

impl fmt::Display for ThreatMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hasThreatMatch([")?;
        separated(f, &self.fields, ", ")?;
        f.write_str("]")?;
        if let Some(filter) = &self.filter {
            write!(f, ", {filter}")?;
        }
        if let Some(validity) = self.validity {
            write!(f, ", {}", validity.word())?;
        }
        f.write_str(")")
    }
}
