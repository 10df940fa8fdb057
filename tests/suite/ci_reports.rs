//! Reports for other places: the layer of the ATT&CK Navigator, the badge, and the bounds
//! of the Markdown page.

use crate::support::home::Home;
use crate::support::report as made;

use std::fs;
use std::io::Write;
use std::path::Path;

use misfire::content::atomic::TechniqueId;
use misfire::report::{badge_json, badge_svg, markdown, navigator};
use misfire::verdict::{Report, TestReport, Verdict};
use serde_json::Value;

fn rendered(render: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).expect("a vector takes all");
    String::from_utf8(out).expect("UTF-8")
}

/// A layer, which is right by the published description of its format.
fn layer(report: &Report) -> Value {
    let layer = serde_json::from_str(&rendered(|out| navigator(out, report))).expect("JSON");
    assert_valid(&layer);
    layer
}

fn assert_valid(layer: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ci/navigator-layer-4.5.json");
    let schema = fs::read_to_string(path).expect("a schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let faults: Vec<_> = validator
        .iter_errors(layer)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:?}\n{layer:#}");
}

fn technique<'l>(layer: &'l Value, id: &str) -> &'l Value {
    let techniques = layer["techniques"].as_array().expect("techniques");
    let mut found = techniques.iter().filter(|one| one["techniqueID"] == id);
    let technique = found
        .next()
        .unwrap_or_else(|| panic!("no {id} in {layer:#}"));
    assert!(found.next().is_none(), "two of {id} in {layer:#}");
    technique
}

fn moved(mut test: TestReport, technique: &str) -> TestReport {
    let atomic = test.atomic.as_mut().expect("an atomic");
    atomic.technique = TechniqueId::parse(technique).expect("a technique");
    test
}

fn of_tests(tests: Vec<TestReport>) -> Report {
    Report {
        planned: tests.len(),
        tests,
        ..made::green()
    }
}

/// A test whose only verdict is that one.
fn judged(technique: &str, verdict: Verdict, expected: bool) -> TestReport {
    let mut test = moved(made::test("T1219", "A test"), technique);
    test.verdicts.truncate(1);
    test.verdicts[0].verdict = verdict;
    test.verdicts[0].expected = expected;
    test
}

#[test]
fn a_layer_scores_each_technique_by_its_verdicts() {
    let layer = layer(&of_tests(vec![
        judged("T1219", Verdict::Fired, true),
        judged("T1059.001", Verdict::Misfire, false),
        judged("T1021.008", Verdict::Fired, true),
        judged("T1021.008", Verdict::Misfire, true),
        judged("T1033", Verdict::Fired, true),
        judged("T1033", Verdict::Misfire, false),
        judged("T1105", Verdict::NotRun, false),
        judged("T1003", Verdict::Misfire, true),
    ]));
    let score = |id| technique(&layer, id)["score"].as_u64();
    assert_eq!(score("T1219"), Some(100));
    assert_eq!(score("T1021.008"), Some(70));
    assert_eq!(score("T1033"), Some(40));
    assert_eq!(score("T1059.001"), Some(0));
    // That nothing fires is stated, and nothing fires.
    assert_eq!(score("T1003"), Some(0));
    assert_eq!(score("T1105"), None);
    let legend = layer["legendItems"].as_array().expect("a legend");
    for one in layer["techniques"].as_array().expect("techniques") {
        let item = legend.iter().find(|item| item["color"] == one["color"]);
        let label = item.expect("a colour of the legend")["label"].as_str();
        let told = match one["score"].as_u64() {
            Some(score) => format!("{score}: "),
            None => "no score: ".to_owned(),
        };
        assert!(label.expect("a label").starts_with(&told), "{one:#}");
    }
    let comment = technique(&layer, "T1033")["comment"].as_str();
    let comment = comment.expect("a comment");
    assert!(comment.contains("- fired: "), "{comment}");
    assert!(comment.contains("- ! misfire: "), "{comment}");
}

#[test]
fn a_layer_has_the_ids_of_today_and_the_grades_of_evidence() {
    let layer = layer(&of_tests(vec![
        judged("T1562.001", Verdict::Fired, true),
        judged("T1219", Verdict::Fired, true),
        judged("T1219.001", Verdict::Fired, true),
    ]));
    let renumbered = technique(&layer, "T1685");
    let metadata = renumbered["metadata"].as_array().expect("metadata");
    assert!(
        metadata
            .iter()
            .any(|entry| entry["name"] == "also as" && entry["value"] == "T1562.001"),
        "{renumbered:#}"
    );
    assert!(
        metadata.iter().any(|entry| entry["name"] == "evidence"),
        "{renumbered:#}"
    );
    assert_eq!(technique(&layer, "T1219")["showSubtechniques"], true);
    assert_eq!(technique(&layer, "T1219.001")["showSubtechniques"], false);
    let facts = layer["metadata"].as_array().expect("metadata");
    let grade = |entry: &&Value| {
        entry["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("evidence: "))
    };
    assert!(facts.iter().any(|entry| grade(&entry)), "{facts:#?}");
}

#[test]
fn a_layer_of_anything_is_right_and_its_comments_are_bounded() {
    for report in [
        made::green(),
        made::red(),
        made::executed(),
        Report::default(),
    ] {
        layer(&report);
    }
    let many = (0..2000)
        .map(|_| judged("T1219", Verdict::Misfire, false))
        .collect();
    let layer = layer(&of_tests(many));
    let comment = technique(&layer, "T1219")["comment"]
        .as_str()
        .expect("a comment");
    assert!(comment.chars().count() < 4_100, "{}", comment.len());
    assert!(comment.contains("more lines"), "{comment:.200}");
    let mut interrupted = made::green();
    interrupted.interrupted = true;
    let told = self::layer(&interrupted);
    assert!(
        told["description"]
            .as_str()
            .expect("a text")
            .contains("interrupted"),
        "{told:#}"
    );
}

const GREEN: &str = "#2d7d32";

fn badges(report: &Report) -> (String, Value) {
    let svg = rendered(|out| badge_svg(out, report));
    let endpoint = rendered(|out| badge_json(out, report));
    let endpoint: Value = serde_json::from_str(&endpoint).expect("JSON");
    assert_eq!(endpoint["schemaVersion"], 1);
    let message = endpoint["message"].as_str().expect("a message");
    let title = format!("<title>detections: {message}</title>");
    assert!(svg.contains(&title), "{svg}");
    assert!(
        svg.contains(endpoint["color"].as_str().expect("a colour")),
        "{svg}"
    );
    (svg, endpoint)
}

#[test]
fn a_badge_is_green_only_if_every_detection_fired_and_all_is_as_expected() {
    let (svg, endpoint) = badges(&of_tests(vec![judged("T1219", Verdict::Fired, true)]));
    assert_eq!(endpoint["message"], "1 of 1 proven");
    assert_eq!(endpoint["color"], GREEN);
    // It asks nobody for anything, and is well formed.
    let mut reader = quick_xml::Reader::from_str(&svg);
    loop {
        match reader.read_event().expect("XML") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) => {
                assert!(
                    !["script", "image", "style"].contains(&tag.name().0),
                    "{svg}"
                );
            }
            _ => {}
        }
    }
    assert_eq!(svg.matches("http").count(), 1, "{svg}");
    let mut damaged = made::red();
    damaged.tests = vec![judged("T1219", Verdict::Fired, true)];
    let mut interrupted = made::green();
    interrupted.interrupted = true;
    for (report, message) in [
        (Report::default(), "no data"),
        (of_tests(Vec::new()), "no data"),
        (interrupted, "interrupted"),
        (
            of_tests(vec![judged("T1219", Verdict::Misfire, false)]),
            "0 of 1 proven",
        ),
        (
            of_tests(vec![judged("T1219", Verdict::Misfire, true)]),
            "0 of 1 proven",
        ),
        (
            of_tests(vec![judged("T1219", Verdict::Fired, false)]),
            "0 of 1 proven",
        ),
        (
            of_tests(vec![judged("T1219", Verdict::NotRun, false)]),
            "0 of 1 proven",
        ),
        (damaged, "1 of 1 proven, with errors"),
    ] {
        let (_, endpoint) = badges(&report);
        assert_eq!(endpoint["message"], message);
        assert_ne!(endpoint["color"], GREEN, "{message}");
    }
}

#[test]
fn the_program_writes_layers_and_badges() {
    let home = Home::new();
    let layer = home
        .misfire(&[
            "run",
            "T1021.008",
            "--platform",
            "iaas:aws",
            "--report",
            "navigator=-",
            "--report",
            "badge=badge.svg",
            "--report",
            "badge=badge.JSON",
        ])
        .exits(0);
    assert_valid(&layer.json());
    let badge = fs::read_to_string(home.path("badge.svg")).expect("a badge");
    assert!(badge.starts_with("<svg "), "{badge}");
    let badge = fs::read_to_string(home.path("badge.JSON")).expect("a badge");
    let badge: Value = serde_json::from_str(&badge).expect("JSON");
    assert_eq!(badge["color"], GREEN);
    let done = home.misfire(&["run", "--report", "badge=none.svg", "--name", "nothing"]);
    assert_ne!(done.code(), 0);
    let badge = fs::read_to_string(home.path("none.svg")).expect("a badge");
    assert!(badge.contains("no data"), "{badge}");
}

#[test]
fn a_page_of_markdown_is_bounded_and_says_what_it_left_out() {
    let mut tests: Vec<_> = (0..3000)
        .map(|_| judged("T1219", Verdict::Fired, true))
        .collect();
    tests.extend((0..400).map(|_| judged("T1033", Verdict::Misfire, false)));
    let page = rendered(|out| markdown(out, &of_tests(tests)));
    assert!(page.len() <= 60_000, "{}", page.len());
    assert!(page.len() > 30_000, "{}", page.len());
    // What is not as expected stands first where there is no room for all.
    let table = page.find("| **misfire** | T1033").expect("a row");
    assert!(
        page.find("| fired | T1219").is_none_or(|row| row > table),
        "{page:.2000}"
    );
    assert!(page.contains("This table has no room for"), "{page:.2000}");
    assert!(page.contains(" more tests.\n"), "{page:.2000}");
}
