//! Matches with threat intelligence.

use super::expression::Expression;
use super::field::Field;

/// `hasThreatMatch([fields], filter, validity)`.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreatMatch {
    /// The fields whose values are looked up; never empty.
    pub fields: Vec<Field>,
    /// What must hold of an indicator. Its fields are attributes of the
    /// indicator (`confidence`, `source`, `type`, …), not of the record.
    pub filter: Option<Box<Expression>>,
    /// Which indicators count; without it, those that are active.
    pub validity: Option<Validity>,
}

/// Which indicators count, by the time in which they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// `active_indicators`.
    Active,
    /// `expired_indicators`.
    Expired,
    /// `all_indicators`.
    All,
}

impl Validity {
    pub(super) const ALL: [Validity; 3] = [Validity::Active, Validity::Expired, Validity::All];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Validity::Active => "active_indicators",
            Validity::Expired => "expired_indicators",
            Validity::All => "all_indicators",
        }
    }
}
