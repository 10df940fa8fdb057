//! What the linter finds in Sumo Logic queries.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use misfire::content::{load_detections, load_detections_from, mend};
use misfire::detect::Query;
use misfire::detect::lint::{Finding, Remedy};
use misfire::detect::sumo::{Deployment, Environment, lint, lower};
use misfire::diagnostic::{At, Severity, SourceText};
use rstest::rstest;

use crate::support::lint as cases;
use crate::support::{files, published};

fn findings(text: &str, deployment: Deployment) -> Vec<Finding> {
    let source = SourceText::new("query.yml", text);
    let places: Vec<usize> = (0..text.len()).collect();
    let query = Query {
        text,
        source: &source,
        places: &places,
    };
    let environment = Environment {
        deployment,
        ..Environment::default()
    };
    lint::lint(query, &environment)
}

fn marked(finding: &Finding) -> String {
    match finding.diagnostic.place.as_ref().map(|place| &place.at) {
        Some(At::Span { source, bytes }) => source.text[bytes.clone()].to_owned(),
        other => format!("{other:?}"),
    }
}

fn told(text: &str, deployment: Deployment) -> Vec<String> {
    let found = findings(text, deployment).into_iter();
    let found = found.filter(|finding| finding.diagnostic.severity != Severity::Note);
    found
        .map(|finding| {
            format!(
                "{} at `{}`: {}",
                finding.diagnostic.code,
                marked(&finding),
                finding.diagnostic.message
            )
        })
        .collect()
}

#[test]
fn rules_find_what_they_say_and_nothing_else() {
    cases::cases("sumo", 90);
}

/// What the documentation has as examples, in names and values of our own, is not wrong.
#[test]
fn documented_examples_are_clean() {
    let examples = include_str!("../data/sumo/examples.txt");
    let mut wrong = Vec::new();
    let mut count = 0;
    for example in examples.split("\n\n") {
        count += 1;
        let deployment = Deployment::default().with_whole_messages();
        for finding in told(example, deployment) {
            wrong.push(format!("{example}\n  {finding}"));
        }
    }
    assert!(count > 90, "only {count} examples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The bundled queries are not wrong either.
#[test]
fn bundled_queries_are_clean() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("detections/sumo");
    let sources = files(&folder, "yml");
    assert!(sources.len() > 10, "only {} queries", sources.len());
    let loaded = load_detections(&[folder]);
    let wrong: Vec<_> = loaded
        .findings()
        .into_iter()
        .filter(|finding| finding.diagnostic.severity != Severity::Note)
        .map(|finding| {
            format!(
                "{:?} {}: {}",
                finding.diagnostic.place, finding.diagnostic.code, finding.diagnostic.message
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How often each rule speaks on a page that a vendor published.
#[rstest]
#[case("T1219.001-sumo", &[
    ("eval", 5), ("leading_any_text", 3), ("open_name", 3), ("quoted_wildcard", 3),
])]
#[case("T1219-sumo", &[
    ("eval", 3), ("foreign_field", 3), ("lazy_parse", 1), ("open_name", 3),
])]
#[case("T1021.008-sumo", &[
    ("case_sensitive", 3), ("eval", 5), ("null_comparison", 1), ("unknown_function", 4),
])]
fn published_queries_are_told_of(#[case] page: &str, #[case] wanted: &[(&str, usize)]) {
    let Some(query) = published(page) else {
        return;
    };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings(&query, Deployment::default()) {
        let code = finding.diagnostic.code.as_str();
        let name = code.rsplit("::").next().unwrap_or(code).to_owned();
        *found.entry(name).or_default() += 1;
    }
    let wanted: BTreeMap<String, usize> = wanted
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect();
    assert_eq!(found, wanted);
}

/// What the fixes make of the published queries is taken by their product.
#[rstest]
#[case("T1219.001-sumo")]
#[case("T1219-sumo")]
#[case("T1021.008-sumo")]
fn published_queries_can_be_mended(#[case] page: &str) {
    let Some(query) = published(page) else {
        return;
    };
    let query = query.replace('\n', "\n  ");
    let mut text = format!(
        "id: 7c1b9b56-8f0a-4c7c-9a55-0d6a3f7e2b11\ntitle: {page}\nlanguage: sumo\nquery: |\n  {query}\n"
    );
    for _ in 0..4 {
        let source = SourceText::new("query.yml", text);
        let loaded = load_detections_from(vec![Ok(Arc::clone(&source))], None);
        let found = loaded.findings();
        let fixes: Vec<_> = found
            .iter()
            .filter_map(|found| found.fix.as_ref())
            .collect();
        if fixes.is_empty() {
            let left: Vec<_> = found
                .iter()
                .filter(|finding| finding.diagnostic.severity != Severity::Note)
                .map(|finding| &finding.diagnostic.message)
                .collect();
            assert!(left.is_empty(), "{left:?} in\n{}", source.text);
            return;
        }
        text = mend(&source, &fixes).text;
    }
    panic!("there is always something left to fix:\n{text}");
}

/// Quotes are taken away by themselves only where every sign is documented without them.
#[rstest]
#[case(r#"_sourceCategory="prod/sys*mon-1_.x:*""#, Remedy::Certain)]
#[case(r#"_sourceCategory="a=b*""#, Remedy::Proposed)]
#[case(r#"_sourceHost="!x*""#, Remedy::Proposed)]
#[case(r#"_sourceName="https://x*""#, Remedy::Proposed)]
#[case(r#"_sourceCategory="prod/*""#, Remedy::Proposed)]
#[case(r#"_sourceCategory="a b*""#, Remedy::Proposed)]
fn quotes_are_taken_away_for_certain(#[case] query: &str, #[case] wanted: Remedy) {
    let found = findings(query, Deployment::default());
    let remedies = found.iter().filter_map(|finding| finding.fix.as_ref());
    let remedies = remedies.map(|fix| fix.remedy).filter(|one| *one != wanted);
    assert_eq!(
        remedies.collect::<Vec<_>>(),
        Vec::<Remedy>::new(),
        "{query}: {found:?}"
    );
}

/// Nothing is said of the fields of logs that misfire does not read.
#[rstest]
#[case(r#"_sourceCategory=prod/apache | where status_code = "404" | count by src_ip | where _count > 100"#)]
#[case(r"_sourceCategory=kubernetes/* !error | count by container, host | sort by _count")]
#[case(r#"_sourceCategory=fw/* and _index=firewall | where action = blocked | max(bytes) as mx by index"#)]
fn logs_that_are_not_read_have_fields_of_their_own(#[case] query: &str) {
    for name in Deployment::names() {
        let deployment = || Deployment::named(Some(name), &[]).expect("a deployment");
        assert_eq!(told(query, deployment()), Vec::<String>::new(), "{name}");
        let source = SourceText::new("query.yml", query);
        let places: Vec<usize> = (0..query.len()).collect();
        let lowered = lower(
            Query {
                text: query,
                source: &source,
                places: &places,
            },
            &Environment {
                deployment: deployment(),
                ..Environment::default()
            },
        );
        let problems = lowered.problems.iter();
        let problems: Vec<_> = problems.map(|problem| &problem.message).collect();
        assert_eq!(problems, Vec::<&String>::new(), "{name}");
    }
}
