//! What a rule looks for.

use super::{Aggregate, Baseline, BaselineScope, Window};
use crate::detect::cse::syntax::expression::Expression;
use crate::detect::cse::syntax::field::Field;
use crate::detect::cse::syntax::span::Spanned;

/// The kind of a rule / `pattern_type`.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleKind {
    /// `match`: a signal for each record. Its texts are fixed.
    Match(MatchRule),
    /// `templated_match`: as a match, with templates in its texts.
    TemplatedMatch(MatchRule),
    /// `threshold`: a signal for enough records.
    Threshold(ThresholdRule),
    /// `chain`: a signal for enough records of several kinds.
    Chain(ChainRule),
    /// `aggregation`: a signal for what is computed from records.
    Aggregation(AggregationRule),
    /// `first_seen`: a signal for a value that was not there before.
    FirstSeen(FirstSeenRule),
    /// `outlier`: a signal for more than is usual.
    Outlier(OutlierRule),
}

/// A rule that looks at one record at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchRule {
    /// `expression`.
    pub expression: Expression,
}

/// A rule that counts records.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdRule {
    /// `expression`: which records count.
    pub expression: Expression,
    /// `limit`: how many there must be, at least.
    pub limit: Spanned<u64>,
    /// `window_size` / `window`: within which time.
    pub window: Window,
    /// `count_field`, if `count_distinct` is set: count the values of this
    /// field and not the records.
    pub distinct: Option<Field>,
    /// `group_by_fields`: count for each of their values, besides the entity.
    pub group_by: Vec<Field>,
}

/// A rule that counts records of several kinds.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainRule {
    /// `expressions_and_limits`.
    pub steps: Vec<ChainStep>,
    /// `ordered`: whether the steps must come in the order of the list. The
    /// product allows this for two steps.
    pub ordered: bool,
    /// `window_size` / `window`: within which time all of it must be.
    pub window: Window,
    /// `group_by_fields`, besides the entity.
    pub group_by: Vec<Field>,
}

/// One of the kinds of records that a chain needs.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainStep {
    /// `expression`: which records count.
    pub expression: Expression,
    /// `limit`: how many there must be, at least.
    pub limit: Spanned<u64>,
}

/// A rule that computes from records.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregationRule {
    /// `match_expression`: which records are taken.
    pub expression: Expression,
    /// `aggregation_functions`; the product allows six.
    pub aggregates: Vec<Aggregate>,
    /// `trigger_expression`: a condition over the names of the aggregates.
    pub trigger: Expression,
    /// `window_size` / `window`.
    pub window: Window,
    /// `group_by_entity` / `group_by_asset`: whether the entity groups, too.
    pub by_entity: bool,
    /// `group_by_fields`.
    pub group_by: Vec<Field>,
}

/// A rule that learns which values are there.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstSeenRule {
    /// `filter_expression`: which records are taken.
    pub expression: Expression,
    /// `value_fields`, or the one `value_expression` of the catalogue: whose
    /// values, taken together, are learned.
    pub values: Vec<Expression>,
    /// `baseline_type`.
    pub scope: BaselineScope,
    /// `group_by_fields`: whom it is learned for, if for each entity.
    pub group_by: Vec<Field>,
    /// How long it learns and remembers.
    pub baseline: Baseline,
}

/// A rule that learns how much is usual.
#[derive(Debug, Clone, PartialEq)]
pub struct OutlierRule {
    /// `match_expression`: which records are taken.
    pub expression: Expression,
    /// `aggregation_functions`: what is computed for each window.
    pub aggregate: Aggregate,
    /// `window_size`: an hour or a day.
    pub window: Window,
    /// `deviation_threshold`: how many standard deviations above the mean
    /// make a signal.
    pub deviations: f64,
    /// `floor_value`: below it there is never a signal.
    pub floor: f64,
    /// `group_by_fields`: whom it is learned for.
    pub group_by: Vec<Field>,
    /// How long it learns and remembers.
    pub baseline: Baseline,
}
