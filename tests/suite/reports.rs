//! The renderings of a run, each from a report made by hand, as golden files in
//! `tests/golden/reports`. `MISFIRE_BLESS=1` writes them, and `schemas/report.json`,
//! anew.

use crate::support::home;
use crate::support::report as made;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::tz::TimeZone;
use misfire::diagnostic::Ink;
use misfire::report::mask::{Form, Masked, Secrets};
use misfire::report::{
    Bar, Detail, Live, Paint, Show, Words, art_csv, attire, github_annotations, junit, markdown,
    report_schema, run_json, run_text,
};
use misfire::run::{RunEvent, Sink};
use misfire::verdict::{Report, Verdict};
use proptest::prelude::*;
use serde_json::Value;

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a rendering comes to, masked as the program does it.
fn rendered(
    report: &Report,
    form: Form,
    render: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> String {
    let mut out = Vec::new();
    let mut masked = Masked::new(&mut out, form, Secrets::of_report(report));
    render(&mut masked).expect("a vector takes all");
    masked.finish().expect("a vector takes all");
    drop(masked);
    String::from_utf8(out).expect("UTF-8")
}

fn text(report: &Report, show: &Show) -> String {
    rendered(report, Form::Text, |out| run_text(out, report, show, 0))
}

fn quiet() -> Show {
    Show {
        detail: Detail::Unexpected,
        ..Show::default()
    }
}

#[test]
fn every_rendering_is_as_expected() {
    let (green, red, executed) = (made::green(), made::red(), made::executed());
    let only = Show {
        words: "misfire,false-alarm".parse().expect("words"),
        ..Show::default()
    };
    let colour = Show {
        paint: Paint::new(Ink::Colour),
        width: Some(80),
        ..Show::default()
    };
    let junit = |report| rendered(report, Form::Xml, |out| junit(out, report));
    let markdown = |report| rendered(report, Form::Text, |out| markdown(out, report));
    let renderings = [
        ("green.txt", text(&green, &Show::default())),
        ("red.txt", text(&red, &Show::default())),
        ("red_quiet.txt", text(&red, &quiet())),
        ("red_only.txt", text(&red, &only)),
        ("red_colour.ansi", text(&red, &colour)),
        (
            "red.json",
            rendered(&red, Form::Json, |out| run_json(out, &red)),
        ),
        ("green.xml", junit(&green)),
        ("red.xml", junit(&red)),
        ("green.md", markdown(&green)),
        ("red.md", markdown(&red)),
        ("executed.txt", text(&executed, &Show::default())),
        ("executed_quiet.txt", text(&executed, &quiet())),
        (
            "executed.json",
            rendered(&executed, Form::Json, |out| run_json(out, &executed)),
        ),
        ("executed.xml", junit(&executed)),
        ("executed.md", markdown(&executed)),
        (
            "executed.csv",
            rendered(&executed, Form::Text, |out| {
                art_csv(out, &executed, &TimeZone::fixed(jiff::tz::offset(2)))
            }),
        ),
        (
            "executed.attire.json",
            rendered(&executed, Form::Json, |out| attire(out, &executed)),
        ),
        (
            "red.github",
            rendered(&red, Form::Text, |out| github_annotations(out, &red)),
        ),
    ];
    let folder = root("tests/golden/reports");
    let bless = std::env::var_os("MISFIRE_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, seen) in renderings {
        assert!(!seen.contains("hunter2-long"), "{name}: {seen}");
        assert!(!seen.contains("correct-horse-battery"), "{name}: {seen}");
        let path = folder.join(name);
        if bless {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(&path, &seen).expect("a golden file");
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&seen) {
            wrong.push(format!("{name} is another:\n{seen}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn text_for_a_pipe_is_plain_and_ten_tests_fit_a_screen() {
    let red = text(&made::red(), &Show::default());
    assert!(red.is_ascii() && !red.contains('\u{1b}'), "{red}");
    let mut ten = made::green();
    ten.tests = (0..10)
        .map(|number| made::test("T1219", &format!("Test {number}")))
        .collect();
    let lines = text(&ten, &Show::default()).lines().count();
    assert!(lines <= 20, "{lines} lines");
    assert_eq!(text(&ten, &quiet()).lines().count(), 3);
}

#[test]
fn the_shipped_schema_is_that_of_the_document() {
    let path = root("schemas/report.json");
    let schema = serde_json::to_string_pretty(&report_schema()).expect("JSON") + "\n";
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        fs::create_dir_all(root("schemas")).expect("a folder");
        fs::write(&path, &schema).expect("a schema");
    }
    assert_eq!(fs::read_to_string(&path).expect("a schema"), schema);
}

fn assert_valid(document: &Value) {
    let validator = jsonschema::validator_for(&report_schema()).expect("a schema");
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn what_run_prints_fits_the_schema() {
    for report in [
        made::green(),
        made::red(),
        made::executed(),
        Report::default(),
    ] {
        let json = rendered(&report, Form::Json, |out| run_json(out, &report));
        assert_valid(&serde_json::from_str(&json).expect("JSON"));
    }
    let home = home::Home::new();
    assert_valid(&home.misfire(&["run", "--format", "json"]).json());
    let schema = report_schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(!validator.is_valid(&serde_json::json!({"summary": {}})));
}

/// What the JUnit schema of Ant and Jenkins allows: the attributes of each element,
/// and the elements in it.
fn junit_schema() -> BTreeMap<&'static str, (&'static [&'static str], &'static [&'static str])> {
    BTreeMap::from([
        (
            "testsuites",
            (
                &[
                    "name", "tests", "failures", "errors", "skipped", "disabled", "time",
                ][..],
                &["testsuite"][..],
            ),
        ),
        (
            "testsuite",
            (
                &[
                    "name", "tests", "failures", "errors", "skipped", "disabled", "time",
                ],
                &["properties", "testcase", "system-out", "system-err"],
            ),
        ),
        ("properties", (&[], &["property"])),
        ("property", (&["name", "value"], &[])),
        (
            "testcase",
            (
                &["name", "classname", "time", "assertions"],
                &["skipped", "error", "failure", "system-out", "system-err"],
            ),
        ),
        ("failure", (&["message", "type"], &[])),
        ("error", (&["message", "type"], &[])),
        ("skipped", (&["message", "type"], &[])),
    ])
}

#[test]
fn junit_is_what_ci_systems_read() {
    use quick_xml::events::{BytesStart, Event};
    let schema = junit_schema();
    for report in [
        made::green(),
        made::red(),
        made::executed(),
        Report::default(),
    ] {
        let xml = rendered(&report, Form::Xml, |out| junit(out, &report));
        assert!(
            xml.chars()
                .all(|character| character == '\n' || !character.is_control()),
            "{xml}"
        );
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut open: Vec<String> = Vec::new();
        let mut suites = BTreeSet::new();
        let mut cases = BTreeSet::new();
        // What the suite says of itself, and what it holds.
        let mut said = [0_u64; 4];
        let mut held = [0_u64; 4];
        loop {
            let event = reader.read_event().expect("well-formed XML");
            let is_empty = matches!(event, Event::Empty(_));
            match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    let (attributes, _) = schema.get(name.as_str()).expect("a known element");
                    match open.last() {
                        Some(parent) => assert!(
                            schema[parent.as_str()].1.contains(&name.as_str()),
                            "{name} in {parent}"
                        ),
                        None => assert_eq!(name, "testsuites"),
                    }
                    let value = |tag: &BytesStart<'_>, wanted: &str| {
                        tag.attributes()
                            .flatten()
                            .find(|attribute| attribute.key.as_ref() == wanted)
                            .map(|attribute| attribute.value.into_owned())
                    };
                    for attribute in tag.attributes() {
                        let attribute = attribute.expect("an attribute");
                        let key = attribute.key.as_ref();
                        assert!(attributes.contains(&key), "{key} of {name}");
                    }
                    let number = |tag: &BytesStart<'_>, key: &str| -> u64 {
                        let value = value(tag, key).expect("a count");
                        value.parse().expect("a number")
                    };
                    match name.as_str() {
                        "testsuite" => {
                            let unique = value(&tag, "name").expect("a name");
                            assert!(suites.insert(unique), "a suite twice");
                            assert!(value(&tag, "time").is_some());
                            cases.clear();
                            held = [0; 4];
                            said = ["tests", "failures", "errors", "skipped"]
                                .map(|key| number(&tag, key));
                        }
                        "testcase" => {
                            let unique = (
                                value(&tag, "classname").expect("a class"),
                                value(&tag, "name"),
                            );
                            assert!(value(&tag, "time").is_some());
                            assert!(cases.insert(unique), "a case twice");
                            held[0] += 1;
                        }
                        "failure" => held[1] += 1,
                        "error" => held[2] += 1,
                        "skipped" => held[3] += 1,
                        _ => {}
                    }
                    if !is_empty {
                        open.push(name);
                    }
                }
                Event::End(tag) => {
                    let name = open.pop().expect("an open element");
                    assert_eq!(name, tag.name().as_ref());
                    if name == "testsuite" {
                        assert_eq!(said, held);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(!suites.is_empty(), "no report is without a suite");
    }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn lines_come_in_order_whatever_the_order_of_judging(
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        judged in 0..=8_usize,
    ) {
        let report = made::red();
        let out = Shared::default();
        let live = Live::new(Some(Box::new(out.clone())), Show::default(), Bar::Hidden);
        live.note(RunEvent::TestsPlanned { count: 8 });
        let mut first = 0;
        for index in &order[..judged] {
            live.note(RunEvent::TestJudged { index: *index, test: &report.tests[*index] });
            while order[..judged].contains(&first) {
                first += 1;
            }
        }
        let told = live.finish();
        prop_assert!(told <= first);
        let rest = rendered(&report, Form::Text, |out| {
            run_text(out, &report, &Show::default(), told)
        });
        let lines = String::from_utf8(out.0.lock().expect("no panic").clone()).expect("UTF-8");
        // What was told while it ran and what is told at its end make one text.
        prop_assert_eq!(lines + &rest, text(&report, &Show::default()));
    }
}

#[test]
fn the_words_that_fail_a_run_are_chosen() {
    let fails = |words: &str, report: &Report| words.parse::<Words>().expect("words").fail(report);
    let (green, red) = (made::green(), made::red());
    assert!(
        !Words::unexpected().fail(&green),
        "a known gap is as expected"
    );
    assert!(Words::unexpected().fail(&red));
    assert!(!fails("misfire", &green));
    assert!(fails("misfire", &red) && fails("contradicted", &red) && fails("missing", &red));
    let mut one = made::green();
    one.tests[0].verdicts = vec![made::verdict(Verdict::Blind, false)];
    assert!(fails("blind", &one) && !fails("misfire,stray", &one));
    let wrong = "misfier".parse::<Words>().expect_err("no word");
    assert_eq!(wrong, "`misfier` is no verdict, did you mean `misfire`?");
    assert!("".parse::<Words>().is_err() && "fired,".parse::<Words>().is_err());
}

#[test]
fn a_log_starts_no_command_of_a_workflow() {
    let mut report = made::red();
    report.tests.truncate(1);
    report.diagnostics.clear();
    report.tests[0].verdicts = vec![made::verdict(Verdict::Misfire, false)];
    report.tests[0].name = "a,b:c\n::set-env name=x::y%0A".to_owned();
    let seen = rendered(&report, Form::Text, |out| github_annotations(out, &report));
    assert_eq!(seen.lines().count(), 1, "{seen}");
    assert!(
        seen.contains("title=misfire%3A T1219.001 a%2Cb%3Ac\\n%3A%3Aset-env"),
        "{seen}"
    );
    let mut many = made::red();
    many.tests = (0..30).flat_map(|_| made::red().tests).collect();
    let seen = rendered(&many, Form::Text, |out| github_annotations(out, &many));
    assert_eq!(seen.lines().count(), 11, "{seen}");
}
