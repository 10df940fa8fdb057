//! The data of rule documents.

use misfire::detect::cse::syntax::{
    AggregateFunction, Baseline, BaselineScope, ChainRule, ChainStep, EntitySelector, FieldPath,
    Rule, RuleKind, Severity, Tuning, TuningEffect, Window, parse,
};
use rstest::rstest;

#[rstest]
// sumologic_cse_threshold_rule: window_size.
#[case("T05M", 300_000)]
#[case("T60M", 3_600_000)]
#[case("T12H", 43_200_000)]
#[case("T05D", 432_000_000)]
// The content catalogue: window and window_size_milliseconds.
#[case("5m", 300_000)]
#[case("24h", 86_400_000)]
#[case("600000", 600_000)]
fn windows_are_read(#[case] text: &str, #[case] milliseconds: u64) {
    assert_eq!(text.parse(), Ok(Window { milliseconds }));
}

#[rstest]
#[case("")]
#[case("T")]
#[case("CUSTOM")]
#[case("T05")]
#[case("5 m")]
#[case("5s")]
#[case("mé")]
#[case("99999999999999999999d")]
#[case("9999999999999999999d")]
fn other_windows_are_refused(#[case] text: &str) {
    let error = text.parse::<Window>().expect_err("it is no window");
    assert_eq!(error.to_string(), format!("`{text}` is no stretch of time"));
}

#[test]
fn names_of_the_documents_are_known() {
    // Write an Aggregation Rule: have aggregations.
    assert_eq!(
        AggregateFunction::named("count_distinct"),
        Some(AggregateFunction::CountDistinct)
    );
    assert_eq!(AggregateFunction::named("median"), None);
    // sumologic_cse_first_seen_rule: baseline_type.
    assert_eq!(
        BaselineScope::named("PER_ENTITY"),
        Some(BaselineScope::PerEntity)
    );
    assert_eq!(BaselineScope::named("per entity"), None);
    // Write a First Seen Rule: the defaults.
    assert_eq!(Baseline::default().learning, Window::days(30));
}

#[test]
fn a_rule_is_plain_data() {
    let expression = |text: &str| parse(text).expect("it is an expression");
    let rule = Rule {
        id: None,
        name: "Failures, then a success".to_owned(),
        enabled: true,
        prototype: false,
        category: None,
        entities: vec![EntitySelector {
            entity_type: "_username".to_owned(),
            expression: expression("user_username"),
        }],
        signal_name: None,
        summary: Some("{{user_username}} got in".to_owned()),
        description: None,
        severity: Severity::Constant(5),
        tags: Vec::new(),
        suppression: None,
        tunings: vec![Tuning {
            effect: TuningEffect::Exclude,
            expression: expression("user_username = 'jdoe'"),
        }],
        kind: RuleKind::Chain(ChainRule {
            steps: vec![
                ChainStep {
                    expression: expression("success = false"),
                    limit: 5.into(),
                },
                ChainStep {
                    expression: expression("success = true"),
                    limit: 1.into(),
                },
            ],
            ordered: true,
            window: Window::days(1),
            group_by: vec![FieldPath::bare("srcDevice_ip").into()],
        }),
    };
    assert_eq!(rule.clone(), rule);
}
