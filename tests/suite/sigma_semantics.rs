//! Sigma's meaning, piece by piece, against the specification and against a
//! second, naive matcher.

use crate::support;

mod conditions;
mod keywords;
mod modifiers;
mod oracle;
mod routing;
mod values;

use misfire::event::Batch;
use support::events::{Made, batch};
use support::{engine_of, search};

/// A rule for process creation with that detection, given as indented YAML
/// without the `detection:` line.
pub fn process_rule(detection: &str) -> String {
    rule_for("{product: windows, category: process_creation}", detection)
}

/// A rule for a log source with that detection.
pub fn rule_for(log_source: &str, detection: &str) -> String {
    let mut text = format!("title: A rule\nlogsource: {log_source}\ndetection:\n");
    for line in detection.trim_matches('\n').lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// How often a rule fires on an event.
pub fn firings(rule: &str, event: Made) -> usize {
    let engine = engine_of(rule);
    let batches: [Batch; 1] = [batch(engine.names(), &[event])];
    search(&engine, &batches).len()
}

/// Whether a process's start with that detection fires.
pub fn fires(detection: &str, event: Made) -> bool {
    firings(&process_rule(detection), event) == 1
}

/// Whether one item of a process's start holds where one field has that value.
pub fn holds(item: &str, value: impl Into<serde_json::Value>) -> bool {
    let detection = format!("selection:\n    {item}\ncondition: selection");
    fires(&detection, Made::sysmon(1).with("CommandLine", value))
}

/// The same for an event in JSON, where null, empty, and absent differ.
pub fn holds_in_json(item: &str, event: Made) -> bool {
    let rule = rule_for(
        "{product: aws, service: cloudtrail}",
        &format!("selection:\n    {item}\ncondition: selection"),
    );
    firings(&rule, event) == 1
}

/// A CloudTrail record.
pub fn cloudtrail() -> Made {
    Made::stream("aws", "cloudtrail")
}
