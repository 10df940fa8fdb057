//! The keys of rules.

use crate::diagnostic::{Code, Diagnostic, YamlNode, did_you_mean};

/// A key and the other names that it has.
pub(super) type Names = &'static [&'static str];

pub(super) const TYPE: Names = &["type", "pattern_type", "rule_type"];
pub(super) const EXPRESSION: Names = &["expression", "match_expression", "filter_expression"];
pub(super) const LIMIT: Names = &["limit"];
pub(super) const WINDOW: Names = &["window", "window_size", "window_size_name"];
pub(super) const WINDOW_MILLIS: Names = &["window_size_millis", "window_size_milliseconds"];
pub(super) const GROUP_BY: Names = &["group_by_fields", "group_by"];
pub(super) const ENTITIES: Names = &["entity_selectors", "entities"];
pub(super) const ASSET: Names = &["asset_field"];
pub(super) const BY_ENTITY: Names = &["group_by_entity", "group_by_asset"];
pub(super) const COUNT_DISTINCT: Names = &["count_distinct"];
pub(super) const COUNT_FIELD: Names = &["count_field"];
pub(super) const STEPS: Names = &["expressions_and_limits", "expressions"];
pub(super) const ORDERED: Names = &["ordered"];
pub(super) const AGGREGATIONS: Names = &["aggregation_functions", "aggregations"];
pub(super) const TRIGGER: Names = &["trigger_expression", "trigger"];
pub(super) const VALUES: Names = &["value_fields"];
pub(super) const VALUE: Names = &["value_expression"];
pub(super) const SCOPE: Names = &["baseline_type"];
pub(super) const TUNINGS: Names = &["tuning_expressions"];

const ALL: [Names; 19] = [
    TYPE,
    EXPRESSION,
    LIMIT,
    WINDOW,
    WINDOW_MILLIS,
    GROUP_BY,
    ENTITIES,
    ASSET,
    BY_ENTITY,
    COUNT_DISTINCT,
    COUNT_FIELD,
    STEPS,
    ORDERED,
    AGGREGATIONS,
    TRIGGER,
    VALUES,
    VALUE,
    SCOPE,
    TUNINGS,
];

/// Keys of the vendor's that say nothing of when a rule fires: its texts, how severe its
/// signals are, how long equal signals are held back, how long it learns, and where the
/// catalogue has it from.
const OTHERS: [&str; 50] = [
    "all_fields",
    "baseline_window_size",
    "baseline_window_size_milliseconds",
    "category",
    "commit_message",
    "commit_origin_hash",
    "content_type",
    "created",
    "description",
    "description_expression",
    "deviation_threshold",
    "enabled",
    "enabled_by_default",
    "file_path",
    "floor_value",
    "id",
    "id_compiled",
    "is_prototype",
    "name",
    "name_expression",
    "normalized_description",
    "normalized_score_description",
    "normalized_score_possibilities",
    "normalized_score_range",
    "normalized_score_type",
    "normalized_signal_name",
    "normalized_summary",
    "parent_jask_id",
    "product_direct_ref",
    "product_guids",
    "record_type_direct_ref",
    "required_mapped_records",
    "retention_window_size",
    "retention_window_size_milliseconds",
    "rule_description",
    "rule_source",
    "score",
    "score_mapping",
    "severity",
    "severity_mapping",
    "silent_mode",
    "source",
    "status",
    "stream",
    "summary_expression",
    "suppression_window_size",
    "tags",
    "threat_rule_type",
    "vendor_direct_ref",
    "version",
];

/// A pair of a mapping, by any of the names of its key.
pub(super) fn pair<'y>(node: YamlNode<'y>, names: Names) -> Option<(YamlNode<'y>, YamlNode<'y>)> {
    names.iter().find_map(|name| {
        let mut pairs = node.pairs();
        pairs.find(|(key, value)| {
            key.as_str().is_some_and(|key| snake(key) == *name) && !value.is_null()
        })
    })
}

/// The value of a key.
pub(super) fn get<'y>(node: YamlNode<'y>, names: Names) -> Option<YamlNode<'y>> {
    pair(node, names).map(|(_, value)| value)
}

/// `windowSize` as `window_size`; `threat_ruleType` is written both ways at once.
fn snake(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for letter in key.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Keys that no rule has.
pub(super) fn unknown(rule: YamlNode<'_>) -> Vec<Diagnostic> {
    let known = || ALL.iter().flat_map(|names| names.iter().copied());
    let keys = rule
        .pairs()
        .filter_map(|(key, _)| Some((key, key.as_str()?)));
    keys.filter(|(_, name)| {
        let name = snake(name);
        !known().any(|known| known == name) && !OTHERS.contains(&&*name)
    })
    .map(|(key, name)| {
        let meant = did_you_mean(&snake(name), known());
        Diagnostic::warning(
            Code::CONTENT_UNKNOWN_FIELD,
            format!("a rule has no `{name}`"),
        )
        .at(key.place())
        .maybe_help(meant.map(|meant| format!("did you mean `{meant}`?")))
    })
    .collect()
}
