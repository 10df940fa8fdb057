//! `misfire diff`: what it says of two runs, and that it says nothing of what is the same.

use crate::support::home::Home;
use crate::support::project;

use std::fs;
use std::path::Path;

use misfire::diff::{Class, Diff, Removal, compare, read_run};
use misfire::report::changes_schema;
use project::{Built, EXPECTATION, Project, Recording, rule, sysmon};
use proptest::prelude::*;
use serde_json::{Value, json};

const FILE: &str = "detections/whoami.yml";

/// A project with a control and a claim.
fn whole() -> Built {
    let more = "    claims:\n      - {text: a, page: b, holds: true, judged_by: [start]}\n    \
                controls:\n      - fixture: T1033/controls/daily\n";
    let other = r"C:\Windows\System32\notepad.exe";
    Project::new()
        .expecting(&format!("{EXPECTATION}{more}"))
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, 5, other)]))
        .built()
}

/// Writes what a run here says to a file.
fn keep(built: &Built, name: &str) -> Value {
    let done = built.run(&[]);
    let document = done.json();
    built.write(name, &done.out());
    document
}

/// What changed after something was done to a whole project.
fn after(harm: impl FnOnce(&Built)) -> (Built, Value) {
    let built = whole();
    keep(&built, "old.json");
    harm(&built);
    keep(&built, "new.json");
    let diff = built.misfire(&["diff", "old.json", "new.json", "--format", "json"]);
    let code = diff.code();
    let document = diff.json();
    let worse = document["summary"]["worse"].as_u64().expect("a count");
    assert_eq!(code, i32::from(worse > 0), "{document:#}");
    (built, document)
}

fn kinds(document: &Value) -> Vec<(String, String)> {
    let changes = document["changes"].as_array().expect("changes");
    let word = |change: &Value, key: &str| change[key].as_str().expect("a word").to_owned();
    changes
        .iter()
        .map(|change| (word(change, "class"), word(change, "kind")))
        .collect()
}

fn has(document: &Value, class: &str, kind: &str) -> bool {
    kinds(document).contains(&(class.to_owned(), kind.to_owned()))
}

fn silent_rule() -> String {
    rule(project::RULE, "Image|endswith: '\\who.exe'")
}

#[test]
fn a_rule_that_stopped_firing_is_worse_with_both_reasons_and_the_near_miss() {
    let (built, document) = after(|built| built.write(FILE, &silent_rule()));
    assert!(has(&document, "worse", "stopped-firing"), "{document:#}");
    let change = &document["changes"][0];
    assert_eq!(change["old"]["word"], "fired");
    assert_eq!(change["new"]["word"], "misfire");
    assert!(change["new"]["reason"].is_string(), "{change:#}");
    assert_eq!(change["near_miss"]["distance"], 1);
    let text = built
        .misfire(&["diff", "old.json", "new.json"])
        .exits(1)
        .out();
    for wanted in [
        "worse\n",
        "T1033 Ask who is signed in",
        "stopped firing",
        "fired -> misfire (not as expected)",
        "closest, 1 predicate away",
        "fails  selection: Image endswith '\\who.exe'",
        "smallest change",
        "something got worse",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let back = built
        .misfire(&["diff", "new.json", "old.json"])
        .exits(0)
        .out();
    assert!(back.contains("fires now"), "{back}");
    assert!(back.ends_with("nothing got worse\n"), "{back}");
}

#[test]
fn the_same_run_has_no_change() {
    let (built, document) = after(|_| ());
    assert_eq!(document["changes"], json!([]));
    assert_eq!(document["summary"]["passed"], true);
    let text = built
        .misfire(&["diff", "old.json", "new.json"])
        .exits(0)
        .out();
    assert!(text.contains("no change"), "{text}");
}

#[test]
fn what_is_lost_is_worse() {
    let quiet = r"C:\Windows\System32\whoami.exe";
    // A false alarm: the rule fires on anything.
    let (_, document) =
        after(|built| built.write(FILE, &rule(project::RULE, "Image|endswith: '.exe'")));
    assert!(has(&document, "worse", "false-alarm"), "{document:#}");
    // A rule that is gone is invalid.
    let (_, document) = after(|built| fs::remove_file(built.path(FILE)).expect("a file"));
    assert!(has(&document, "worse", "stopped-firing"), "{document:#}");
    assert!(has(&document, "worse", "problem-added"), "{document:#}");
    // A signal that is not in the log any more.
    let (_, document) = after(|built| {
        let text = fs::read_to_string(built.path("expectations/T1033.yaml")).expect("a file");
        built.write(
            "expectations/T1033.yaml",
            &text.replace("'\\whoami.exe'", "'\\whoami2.exe'"),
        );
    });
    assert!(has(&document, "worse", "signal-gone"), "{document:#}");
    assert!(has(&document, "worse", "claim-changed"), "{document:#}");
    // A recording of which there is none any more.
    let (_, document) = after(|built| {
        fs::remove_dir_all(built.path("fixtures/T1033/plain")).expect("a folder");
    });
    assert!(has(&document, "worse", "test-removed"), "{document:#}");
    // A control without an event of the rule's source.
    let built = whole();
    keep(&built, "old.json");
    let vacuous = Project::new()
        .expecting(&format!(
            "{EXPECTATION}    controls:\n      - fixture: T1033/controls/daily\n"
        ))
        .and(Recording::control("daily").with(
            "sysmon",
            vec![project::sysmon_event(11, 1, 5, json!({"Image": quiet}))],
        ))
        .built();
    let new = keep(&vacuous, "new.json");
    built.write("new.json", &new.to_string());
    let document = built
        .misfire(&["diff", "old.json", "new.json", "--format", "json"])
        .exits(1)
        .json();
    assert!(has(&document, "worse", "control-vacuous"), "{document:#}");
    assert!(has(&document, "worse", "claim-removed"), "{document:#}");
}

#[test]
fn a_removal_can_be_allowed_and_is_still_told() {
    let built = Project::new()
        .and(Recording::of_atomic("second").with(
            "sysmon",
            vec![sysmon(3, 5, r"C:\Windows\System32\whoami.exe")],
        ))
        .built();
    keep(&built, "old.json");
    fs::remove_dir_all(built.path("fixtures/T1033/second")).expect("a folder");
    keep(&built, "new.json");
    let text = built
        .misfire(&["diff", "old.json", "new.json"])
        .exits(1)
        .out();
    assert!(text.contains("test removed"), "{text}");
    assert!(text.contains("fired: Rule"), "{text}");
    let args = ["diff", "old.json", "new.json", "--allow-removed"];
    let text = built.misfire(&args).exits(0).out();
    assert!(text.contains("test removed (allowed)"), "{text}");
    // What is there and got worse is none.
    built.write(FILE, &silent_rule());
    keep(&built, "new.json");
    built.misfire(&args).exits(1);
}

#[test]
fn nothing_judged_never_passes() {
    let (built, _) = after(|_| ());
    let empty = built.run(&["--name", "no such name"]);
    built.write("empty.json", &empty.out());
    for args in [
        &["diff", "old.json", "empty.json"][..],
        &["diff", "old.json", "empty.json", "--allow-removed"],
        &["diff", "empty.json", "empty.json"],
    ] {
        let done = built.misfire(args).exits(1);
        assert!(done.out().contains("nothing is proven"), "{}", done.out());
    }
    // A filter that left a test out is named.
    let text = built
        .misfire(&["diff", "old.json", "empty.json"])
        .exits(1)
        .out();
    assert!(
        text.contains("a filter of the new run left it out"),
        "{text}"
    );
    let text = built
        .misfire(&["diff", "empty.json", "old.json"])
        .exits(0)
        .out();
    assert!(text.contains("the old run judged nothing"), "{text}");
}

#[test]
fn an_interrupted_run_is_told_and_never_passes() {
    let (built, _) = after(|_| ());
    let mut document = keep(&built, "old.json");
    document["summary"]["interrupted"] = json!(true);
    built.write("cut.json", &document.to_string());
    document["summary"]["interrupted"] = json!(false);
    document["summary"]["planned"] = json!(7);
    built.write("short.json", &document.to_string());
    for cut in ["cut.json", "short.json"] {
        for args in [["diff", "old.json", cut], ["diff", cut, "old.json"]] {
            let done = built.misfire(&args).exits(3);
            assert!(
                done.out().contains("did not come to its end"),
                "{}",
                done.out()
            );
            assert!(
                done.out().ends_with("not compared to the end\n"),
                "{}",
                done.out()
            );
        }
    }
}

#[test]
fn wrong_input_is_refused_with_its_place() {
    let (built, _) = after(|_| ());
    let good = keep(&built, "old.json");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        document.to_string()
    };
    let without = |pointer: &'static str, key: &'static str| {
        with(&|document| {
            let object = document.pointer_mut(pointer).expect("a place");
            object.as_object_mut().expect("an object").remove(key);
        })
    };
    for (text, wanted) in [
        ("{".to_owned(), "it is no JSON"),
        ("[]".to_owned(), "the document is a list"),
        ("{}".to_owned(), "`summary` is missing"),
        (
            json!({"detections": [], "summary": {}}).to_string(),
            "`tests` is missing",
        ),
        (without("", "tests"), "`tests` is missing"),
        (
            without("/tests/0/verdicts/0", "verdict"),
            "`tests[0].verdicts[0].verdict` is missing",
        ),
        (
            without("/tests/0", "arguments"),
            "`tests[0].arguments` is missing",
        ),
        (
            without("/summary", "interrupted"),
            "`summary.interrupted` is missing",
        ),
        (
            with(&|document| document["tests"][0]["verdicts"][0]["verdict"] = json!("certain")),
            "`tests[0].verdicts[0].verdict` is `certain`, and this version knows fired",
        ),
        (
            with(&|document| document["tests"][0]["telemetry"]["start"]["state"] = json!(1)),
            "`tests[0].telemetry.start.state` is a number",
        ),
        (
            with(&|document| document["tests"] = json!([])),
            "`summary.judged` is 3, and the tests come to 0",
        ),
        (
            with(&|document| document["tests"][0]["verdicts"][0]["verdict"] = json!("misfire")),
            "`summary.fired` is 1, and the tests come to 0",
        ),
    ] {
        built.write("bad.json", &text);
        for args in [
            ["diff", "bad.json", "old.json"],
            ["diff", "old.json", "bad.json"],
        ] {
            let done = built.misfire(&args).exits(2);
            assert!(
                done.err().contains("misfire::diff::bad_document"),
                "{}",
                done.err()
            );
            assert!(done.err().contains(wanted), "{wanted}: {}", done.err());
            assert_eq!(done.out(), "");
        }
    }
    let deep = "[".repeat(100_000);
    built.write("bad.json", &deep);
    built.misfire(&["diff", "bad.json", "old.json"]).exits(2);
    built
        .misfire(&["diff", "nowhere.json", "old.json"])
        .exits(3);
    built.misfire(&["diff", "detections", "old.json"]).exits(3);
    built.misfire(&["diff", "old.json"]).exits(2);
    let both = [
        "diff",
        "old.json",
        "old.json",
        "--markdown",
        "-",
        "--format",
        "json",
    ];
    built.misfire(&both).exits(2);
    let page = [
        "diff",
        "old.json",
        "old.json",
        "--markdown",
        "nowhere/page.md",
    ];
    built.misfire(&page).exits(3);
}

/// A document of a version that knew less, and of one that knows more.
#[test]
fn unknown_keys_are_ignored_and_later_ones_may_be_absent() {
    let built = whole();
    let new = keep(&built, "new.json");
    let mut old = new.clone();
    old["made_later"] = json!({"a": 1});
    old["tests"][0]["verdicts"][0]["made_later"] = json!([]);
    for key in ["agreements", "hits", "execution", "platforms", "number"] {
        old["tests"][0]
            .as_object_mut()
            .expect("an object")
            .remove(key);
    }
    old.as_object_mut().expect("an object").remove("left_out");
    built.write("old.json", &old.to_string());
    built.misfire(&["diff", "old.json", "new.json"]).exits(0);
}

#[test]
fn the_page_is_bounded_escaped_and_folds_what_is_not_worse() {
    let built = whole();
    let new = keep(&built, "new.json");
    let many = 3000;
    let mut old = new.clone();
    let tests: Vec<Value> = (0..many)
        .map(|number| {
            let mut test = new["tests"][0].clone();
            test["name"] = json!(format!("<script>alert({number})</script> | `x`"));
            test["atomic"] = Value::Null;
            test
        })
        .collect();
    old["summary"]["judged"] = json!(many * 3);
    old["summary"]["fired"] = json!(many);
    old["summary"]["planned"] = json!(many);
    old["tests"] = json!(tests);
    built.write("old.json", &old.to_string());
    let page = built
        .misfire(&["diff", "old.json", "new.json", "--markdown", "-"])
        .exits(1)
        .out();
    assert!(page.len() < 65_536, "{}", page.len());
    assert!(page.contains("## 3000 worse"), "{page:.300}");
    assert!(
        page.contains("more, which this page has no room for"),
        "{page:.300}"
    );
    assert!(
        page.contains("<details><summary>1 better</summary>"),
        "{page:.300}"
    );
    assert!(!page.contains("<script>"), "{page:.300}");
    built
        .misfire(&["diff", "old.json", "new.json", "--markdown", "page.md"])
        .exits(1);
    assert_eq!(
        fs::read_to_string(built.path("page.md")).expect("a page"),
        page
    );
}

#[test]
fn secrets_of_arguments_are_masked() {
    let built = whole();
    let mut document = keep(&built, "old.json");
    document["tests"][0]["arguments"] = json!({"password": "hunter2-long-X"});
    document["tests"][0]["verdicts"][0]["reason"] = json!("it saw hunter2-long-X");
    built.write("old.json", &document.to_string());
    document["tests"][0]["verdicts"][0]["verdict"] = json!("misfire");
    document["tests"][0]["verdicts"][0]["expected"] = json!(false);
    document["summary"]["fired"] = json!(0);
    document["summary"]["misfire"] = json!(1);
    built.write("new.json", &document.to_string());
    for more in [&[][..], &["--format", "json"], &["--markdown", "-"]] {
        let args = [&["diff", "old.json", "new.json"], more].concat();
        let text = built.misfire(&args).exits(1).out();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("[masked password]"), "{text}");
    }
}

#[test]
fn the_shipped_schema_is_that_of_the_document() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/diff.json");
    let schema = serde_json::to_string_pretty(&changes_schema()).expect("JSON") + "\n";
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        fs::write(&path, &schema).expect("a schema");
    }
    assert!(
        fs::read_to_string(&path).expect("a schema") == schema,
        "it is not up to date"
    );
    let validator = jsonschema::validator_for(&changes_schema()).expect("a schema");
    for harm in [
        (|_: &Built| ()) as fn(&Built),
        |built| built.write(FILE, &silent_rule()),
        |built| fs::remove_file(built.path(FILE)).expect("a file"),
        |built| fs::remove_dir_all(built.path("fixtures/T1033/plain")).expect("a folder"),
    ] {
        let (_, document) = after(harm);
        let faults: Vec<_> = validator
            .iter_errors(&document)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{faults:?} {document:#}");
    }
}

/// Whatever was executed is recorded anew, under a name that has the host's in it.
#[test]
fn what_was_executed_on_another_host_is_the_same_test() {
    let built = whole();
    let mut document = keep(&built, "plain.json");
    document["tests"][0]["stage"] = json!("execute");
    document["tests"][0]["recording"] = json!("executed/T1033-1 on one");
    built.write("old.json", &document.to_string());
    document["tests"][0]["recording"] = json!("executed/T1033-1 on two");
    built.write("new.json", &document.to_string());
    let diff = built
        .misfire(&["diff", "old.json", "new.json", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        kinds(&diff),
        [("changed".to_owned(), "recording-changed".to_owned())]
    );
    // A fixture of another name is another recording.
    document["tests"][0]["stage"] = json!("replay");
    built.write("new.json", &document.to_string());
    built.misfire(&["diff", "plain.json", "new.json"]).exits(1);
}

const VERDICTS: [&str; 4] = ["fired", "misfire", "blind", "not-run"];
const OUTCOMES: [&str; 4] = ["quiet", "false-alarm", "vacuous", "unread"];
const STATES: [&str; 3] = ["seen", "missing", "unknown"];

/// A test as a run's document has it.
fn one_test() -> impl Strategy<Value = Value> {
    let verdict = (0..3_usize, 0..4_usize, any::<bool>());
    let control = (0..2_usize, 0..4_usize);
    let evidence = prop::sample::select(vec![json!("simulated"), json!("recorded"), Value::Null]);
    (
        (0..3_usize, 0..2_usize, 0..2_usize),
        prop::collection::vec(verdict, 0..4),
        prop::collection::vec(control, 0..3),
        prop::collection::btree_map("[ab]", 0..3_usize, 0..3),
        evidence,
    )
        .prop_map(
            |((atomic, recording, argument), verdicts, controls, signals, evidence)| {
                let verdicts: Vec<_> = verdicts
                .into_iter()
                .map(|(detection, word, gap)| {
                    json!({
                        "detection": format!("rule-{detection}"), "reading": "strict",
                        "verdict": VERDICTS[word], "expected": (word == 0) != gap, "reason": "why",
                    })
                })
                .collect();
                let controls: Vec<_> = controls
                    .into_iter()
                    .map(|(name, word)| {
                        json!({
                            "name": format!("control-{name}"), "detection": "rule-0",
                            "reading": "strict", "outcome": OUTCOMES[word], "expected": word == 0,
                            "evidence": "simulated",
                        })
                    })
                    .collect();
                let telemetry: serde_json::Map<_, _> = signals
                    .into_iter()
                    .map(|(name, word)| {
                        (name, json!({"state": STATES[word], "expected": word == 0}))
                    })
                    .collect();
                json!({
                    "technique": "T1033", "atomic": format!("guid-{atomic}"), "name": "n",
                    "stage": "replay", "recording": format!("recording-{recording}"),
                    "arguments": {"a": argument.to_string()}, "evidence": evidence,
                    "telemetry": telemetry, "verdicts": verdicts, "controls": controls,
                })
            },
        )
}

fn run_of(tests: &[Value]) -> Value {
    let count = |test: &Value| {
        test["verdicts"].as_array().expect("a list").len()
            + test["controls"].as_array().expect("a list").len()
            + test["telemetry"].as_object().expect("an object").len()
    };
    json!({
        "summary": {
            "judged": tests.iter().map(count).sum::<usize>(), "planned": tests.len(),
            "unexpected": 0, "interrupted": false,
        },
        "tests": tests,
    })
}

fn compared(old: &[Value], new: &[Value]) -> Diff {
    let home = Home::new();
    home.write("old.json", &run_of(old).to_string());
    home.write("new.json", &run_of(new).to_string());
    let read = |name: &str| read_run(&home.path(name)).expect("a run");
    compare(&read("old.json"), &read("new.json"), Removal::Worse)
}

/// What a change is about, and how it was and is, but for what it is called.
fn essence(diff: &Diff, turned: bool) -> Vec<String> {
    let mut all: Vec<_> = diff
        .changes
        .iter()
        .map(|change| {
            let test = change
                .test
                .as_ref()
                .map(|test| (&test.atomic, &test.recording, &test.arguments));
            let (old, new) = (&change.transition.old, &change.transition.new);
            let sides = if turned { (new, old) } else { (old, new) };
            format!("{test:?} {:?} {sides:?}", change.subject)
        })
        .collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_run_is_itself_in_any_order(
        tests in prop::collection::vec(one_test(), 0..6),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut shuffled = tests.clone();
        shuffled.rotate_left(if tests.is_empty() { 0 } else { seed.index(tests.len()) });
        shuffled.reverse();
        for test in &mut shuffled {
            for list in ["verdicts", "controls"] {
                test[list].as_array_mut().expect("a list").reverse();
            }
        }
        prop_assert_eq!(compared(&tests, &tests).changes, vec![]);
        let diff = compared(&tests, &shuffled);
        prop_assert!(diff.changes.is_empty(), "{:?}", diff.changes);
    }

    #[test]
    fn the_other_way_round_is_the_mirror(
        old in prop::collection::vec(one_test(), 0..5),
        new in prop::collection::vec(one_test(), 0..5),
    ) {
        let (there, back) = (compared(&old, &new), compared(&new, &old));
        prop_assert_eq!(essence(&there, false), essence(&back, true));
        // What is better one way was proven by nothing before, and is lost the other way.
        let better = |diff: &Diff| diff.count(Class::Better);
        prop_assert!(better(&there) <= back.count(Class::Worse));
        prop_assert!(better(&back) <= there.count(Class::Worse));
        if there.changes.is_empty() {
            prop_assert!(back.changes.is_empty());
        }
        prop_assert_eq!(there.passes() && back.passes(), there.count(Class::Worse) == 0
            && back.count(Class::Worse) == 0 && there.new.proves() && there.old.proves());
    }
}

#[test]
fn the_bundled_run_is_itself() {
    let home = Home::new();
    let run = home.misfire(&["run", "--format", "json"]).exits(0);
    home.write("a.json", &run.out());
    home.write("b.json", &run.out());
    let diff = home.misfire(&["diff", "a.json", "b.json"]).exits(0);
    assert!(diff.out().contains("no change"), "{}", diff.out());
}
