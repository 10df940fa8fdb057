//! Rule documents, as data for whatever reads their files.
//!
//! Names in backticks are those of the vendor's Terraform resources
//! (`sumologic_cse_…_rule`), and after a stroke those of its content
//! catalogue, where they differ.

mod aggregation;
mod baseline;
mod kind;
mod severity;
mod window;

pub use aggregation::{Aggregate, AggregateFunction};
pub use baseline::{Baseline, BaselineScope};
pub use kind::{
    AggregationRule, ChainRule, ChainStep, FirstSeenRule, MatchRule, OutlierRule, RuleKind,
    ThresholdRule,
};
pub use severity::{Severity, SeverityCase};
pub use window::{UnknownWindow, Window};

use super::expression::Expression;

/// A rule: what it looks for, and the signal it makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// `id` / `id_compiled`.
    pub id: Option<String>,
    /// `name`. Threshold and chain rules name their signals so, too.
    pub name: String,
    /// `enabled` / `enabled_by_default`.
    pub enabled: bool,
    /// `is_prototype`: the signals count for no insight.
    pub prototype: bool,
    /// `category`.
    pub category: Option<String>,
    /// `entity_selectors`: whom a signal is about. The same fields group the
    /// records of all rules that count, unless a rule says otherwise.
    pub entities: Vec<EntitySelector>,
    /// `name_expression`: a template for the name of a signal.
    pub signal_name: Option<String>,
    /// `summary_expression`: a template.
    pub summary: Option<String>,
    /// `description_expression`, or `description`: a template.
    pub description: Option<String>,
    /// `severity` or `severity_mapping` / `score` or `score_mapping`.
    pub severity: Severity,
    /// `tags`.
    pub tags: Vec<String>,
    /// `suppression_window_size`.
    pub suppression: Option<Window>,
    /// The tuning expressions that apply to the rule and are enabled.
    pub tunings: Vec<Tuning>,
    /// What it looks for.
    pub kind: RuleKind,
}

/// Whom a signal is about.
#[derive(Debug, Clone, PartialEq)]
pub struct EntitySelector {
    /// `entity_type`: `_ip`, `_hostname`, `_username`, …
    pub entity_type: String,
    /// `expression`: mostly a field.
    pub expression: Expression,
}

/// A condition that narrows a rule without changing it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// What it does with the records that meet the condition.
    pub effect: TuningEffect,
    /// The condition.
    pub expression: Expression,
}

/// What a tuning does with the records that meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TuningEffect {
    /// Only they may make a signal.
    Include,
    /// They make none.
    Exclude,
}
