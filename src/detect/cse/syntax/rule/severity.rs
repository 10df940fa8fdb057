//! How severe a signal is, from 1 to 10.

use crate::detect::cse::syntax::field::Field;

/// How severe a signal is.
#[derive(Debug, Clone, PartialEq)]
pub enum Severity {
    /// `constant`, or a plain `severity`.
    Constant(u8),
    /// `fieldValue`: what the record says.
    Field {
        /// `field`.
        field: Field,
        /// `default`: for records without the field.
        default: u8,
    },
    /// `fieldValueMapping`: by what the record says. The first case holds.
    Mapping {
        /// `field`.
        field: Field,
        /// `mapping`.
        cases: Vec<SeverityCase>,
        /// `default`: for records that no case fits.
        default: u8,
    },
}

/// The severity of a signal whose record has a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SeverityCase {
    /// `from`: the value; the only `type` of a case is `eq`.
    pub value: String,
    /// `to`.
    pub severity: u8,
}
