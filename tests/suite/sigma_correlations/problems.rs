//! Correlations and filters that cannot be.

use misfire::detect::sigma::{SigmaEngine, parse};
use misfire::diagnostic::{Ink, SourceText, to_text};

use crate::sigma_correlations::correlated;
use crate::support::names_of;

fn problems(text: &str) -> String {
    let (set, mut problems) = parse(&SourceText::new("rule.yml", text));
    let names = names_of(&set);
    problems.extend(SigmaEngine::new(set, &names).1);
    to_text(&problems, Ink::Plain)
}

#[test]
fn an_unknown_rule_gets_a_suggestion() {
    let text = correlated("type: temporal\nrules: [base_a, bsae_b]\ntimespan: 1m");
    let problems = problems(&text);
    assert!(
        problems.contains("the rule `bsae_b`, which is not loaded"),
        "{problems}"
    );
    assert!(problems.contains("did you mean `base_b`?"), "{problems}");
}

#[test]
fn a_circle_is_refused() {
    let text = format!(
        "{}---\ntitle: Other\nname: other\ncorrelation: {{type: temporal, rules: [correlation], timespan: 1m}}\n",
        correlated("type: temporal\nrules: [base_a, other]\ntimespan: 1m")
    );
    let problems = problems(&text);
    assert_eq!(
        problems.matches("refers to itself").count(),
        2,
        "{problems}"
    );
}

#[test]
fn a_rule_that_does_not_compile_takes_its_correlation_along() {
    let text = correlated("type: temporal\nrules: [base_a, base_b]\ntimespan: 1m")
        .replace("CommandLine|contains: 'BBB'", "CommandLine|expand: '%x%'");
    let problems = problems(&text);
    assert!(problems.contains("the placeholder `%x%`"), "{problems}");
    assert!(
        problems.contains("needs the rule `base_b`, which cannot be evaluated"),
        "{problems}"
    );
}

#[test]
fn a_filter_for_nothing_is_told() {
    let rule = "\
title: The rule
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image: 'x'
    condition: selection
---
title: The filter
";
    let filter = "filter: {rules: RULES, selection: {User: 'x'}, condition: not selection}\n";
    let named = filter.replace("RULES", "['The rul']");
    let problems_of = |filter: &str| problems(&format!("{rule}{filter}"));
    let found = problems_of(&named);
    assert!(found.contains("did you mean `The rule`?"), "{found}");
    let elsewhere = format!(
        "logsource: {{product: linux}}\n{}",
        filter.replace("RULES", "any")
    );
    let found = problems_of(&elsewhere);
    assert!(
        found.contains("applies to no rule that is loaded"),
        "{found}"
    );
    let bad = filter
        .replace("RULES", "any")
        .replace("User: 'x'", "User|re: '('");
    let found = problems_of(&bad);
    assert!(found.contains("unclosed group"), "{found}");
    assert_eq!(found.matches("error[").count(), 1, "{found}");
}
