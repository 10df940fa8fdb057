//! Correlations, filters, and files of several documents. The public corpus
//! has none of these.

use crate::support;

mod bases;
mod documents;
mod filters;
mod problems;
mod types;
mod windows;

use misfire::detect::sigma::SigmaEngine;
use misfire::detect::{Engine, Firing};
use support::events::{Made, batch};
use support::search;

/// Three base rules of which each looks for a word in a command line.
pub const BASES: &str = "\
title: Base a
name: base_a
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine|contains: 'AAA'
    condition: selection
---
title: Base b
name: base_b
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine|contains: 'BBB'
    condition: selection
---
title: Base c
name: base_c
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine|contains: 'CCC'
    condition: selection
---
title: The correlation
name: correlation
";

/// The base rules with a correlation behind them, given as YAML.
pub fn correlated(correlation: &str) -> String {
    let mut text = format!("{BASES}correlation:\n");
    for line in correlation.trim_matches('\n').lines() {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// A process's start at a time, in seconds, by a user.
pub fn process(words: &str, user: &str, seconds: i64) -> Made {
    Made::sysmon(1)
        .with("CommandLine", words)
        .with("User", user)
        .at(seconds)
}

/// The titles of what fires, each with the numbers of its records.
pub fn found(text: &str, events: &[Made]) -> Vec<(String, Vec<u64>)> {
    found_by(&support::engine_of(text), events)
}

/// The same for an engine.
pub fn found_by(engine: &SigmaEngine, events: &[Made]) -> Vec<(String, Vec<u64>)> {
    let firings = search(engine, &[batch(engine.names(), events)]);
    firings
        .iter()
        .map(|firing: &Firing| {
            let title = engine.programs()[firing.program.0 as usize].title.clone();
            let records = firing.events.iter().map(|event| event.record).collect();
            (title, records)
        })
        .collect()
}

/// The records of each firing of the correlation.
pub fn records(correlation: &str, events: &[Made]) -> Vec<Vec<u64>> {
    found(&correlated(correlation), events)
        .into_iter()
        .map(|(title, records)| {
            assert_eq!(title, "The correlation", "base rules stay quiet");
            records
        })
        .collect()
}
