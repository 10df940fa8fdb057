//! What filters choose, what they leave out, and what only changes what is shown.

use crate::support::home;
use crate::support::project;

use std::collections::BTreeSet;
use std::fs;

use home::{Done, Home};
use project::{Built, FOLDERS, Project};

/// Runs on the bundled content, in an empty folder.
fn bundled(args: &[&str]) -> Done {
    Home::new().misfire(&[&["run", "--format", "json"], args].concat())
}

fn of_tests(done: &Done, key: &str) -> BTreeSet<String> {
    let report = done.json();
    let tests = report["tests"].as_array().expect("tests");
    tests
        .iter()
        .map(|test| test[key].as_str().expect("a text").to_owned())
        .collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_technique_stands_for_its_sub_techniques() {
    let techniques = |wanted| of_tests(&bundled(&["--technique", wanted]).exits(0), "technique");
    assert_eq!(techniques("T1219"), set(&["T1219", "T1219.001"]));
    assert_eq!(techniques("t1219.001"), set(&["T1219.001"]));
    assert_eq!(techniques("T1021"), set(&["T1021.008"]));
    let both = bundled(&["--technique", "T1219.001", "--technique", "T1021.008"]).exits(0);
    assert_eq!(
        of_tests(&both, "technique"),
        set(&["T1021.008", "T1219.001"])
    );
}

/// A project whose technique has got another number.
fn of_technique(technique: &str) -> Built {
    let built = Project::new().built();
    for name in ["atomics/T1033/T1033.yaml", "expectations/T1033.yaml"] {
        let text = fs::read_to_string(built.path(name)).expect("a text");
        built.write(
            &name.replace("T1033", technique),
            &text.replace("T1033", technique),
        );
        fs::remove_file(built.path(name)).expect("a file");
    }
    built
}

#[test]
fn a_technique_is_found_by_its_old_and_its_new_number() {
    for technique in ["T1562.001", "T1685"] {
        let built = of_technique(technique);
        for wanted in ["T1562.001", "T1685"] {
            let done = built.run(&["--technique", wanted]).exits(0);
            assert_eq!(
                of_tests(&done, "technique"),
                set(&[technique]),
                "by {wanted}"
            );
        }
        built.run(&["--technique", "T1685.001"]).exits(2);
    }
}

#[test]
fn platforms_names_detections_and_words_choose() {
    let done = bundled(&["--platform", "iaas:azure"]).exits(0);
    let names = of_tests(&done, "name");
    assert!(
        !names.is_empty() && names.iter().all(|name| name.starts_with("Azure")),
        "{names:?}"
    );
    let every_cloud = of_tests(&bundled(&["--platform", "iaas"]).exits(0), "technique");
    assert_eq!(every_cloud, set(&["T1021.008"]));
    let done = bundled(&["--name", "anydesk"]).exits(0);
    let names = of_tests(&done, "name");
    assert!(
        !names.is_empty() && names.iter().all(|name| name.contains("AnyDesk")),
        "{names:?}"
    );
    let by_id = bundled(&["--detection", "8D5612AA-F7BE-4FF2-ADE1-7BF3E4423FD9"]).exits(0);
    let by_title = bundled(&["--detection", "dev tunnel hosted"]).exits(0);
    assert_eq!(
        of_tests(&by_id, "recording"),
        set(&["T1219.001/devtunnel-host"])
    );
    assert_eq!(
        of_tests(&by_id, "recording"),
        of_tests(&by_title, "recording")
    );
    // A word is a part of anything that a test is known by, a control's name too.
    let by_control = bundled(&["local-web-server"]).exits(0);
    assert_eq!(
        of_tests(&by_control, "recording"),
        set(&["T1219.001/devtunnel-host"])
    );
    // One value of each kind must fit.
    let both = bundled(&["--technique", "T1219", "--platform", "windows", "vnc"]).exits(0);
    assert!(of_tests(&both, "recording").contains("T1219/vnc-mock"));
    bundled(&["--technique", "T1219", "--platform", "iaas:aws"]).exits(2);
}

#[test]
fn what_fits_nothing_is_not_green_and_gets_help() {
    let nothing = [
        &["--technique", "T1003"][..],
        &["--platform", "macos"],
        &["--name", "no such name"],
        &["--detection", "no such detection"],
        &["no-such-word"],
    ];
    for args in nothing {
        for command in ["run", "list"] {
            let done = Home::new().misfire(&[&[command], args].concat()).exits(2);
            let told = done.err();
            assert!(told.contains("misfire::run::no_tests"), "{args:?}: {told}");
            assert!(told.contains("misfire list"), "{args:?}: {told}");
            assert!(!done.out().contains("all as expected"), "{}", done.out());
        }
    }
}

#[test]
fn a_misspelled_filter_gets_the_right_one() {
    for (args, wanted) in [
        (&["tunel"][..], "did you mean `tunnel`?"),
        (&["--name", "anydsk"], "did you mean `AnyDesk`?"),
        (&["--name", "dev tunel"], "did you mean `dev Tunnel`?"),
        (&["--detection", "anydsk"], "did you mean `AnyDesk`?"),
        (
            &["--detection", "8d5612aa-f7be-4ff2-ade1-7bf3e4423fd8"],
            "did you mean `8d5612aa-f7be-4ff2-ade1-7bf3e4423fd9`?",
        ),
        // Only what fits nothing by itself is misspelled.
        (&["--name", "anydesk", "tunel"], "did you mean `tunnel`?"),
        (&["--technique", "T1219", "tunel"], "did you mean `tunnel`?"),
    ] {
        for command in ["run", "list"] {
            let done = Home::new().misfire(&[&[command], args].concat()).exits(2);
            assert!(done.err().contains(wanted), "{args:?}: {}", done.err());
        }
    }
    let built = Project::new()
        .ruled(project::whoami_rule().replace("Rule ", "Whoami "))
        .built();
    let done = told(&built, &["--detection", "whomi"]).exits(2);
    assert!(
        done.err().contains("did you mean `Whoami`?"),
        "{}",
        done.err()
    );
    for args in [&["xyzzy-plugh"][..], &["--technique", "T1021.008", "vnc"]] {
        let done = Home::new().misfire(&[&["run"], args].concat()).exits(2);
        assert!(!done.err().contains("did you mean"), "{}", done.err());
    }
}

/// A project whose rule does not fire, and one that it is not meant to fire on.
fn missing() -> Built {
    Project::new()
        .ruled(project::rule(project::RULE, "Image|endswith: '\\x.exe'"))
        .built()
}

fn told(built: &Built, args: &[&str]) -> Done {
    built.misfire(&[&["run"][..], &FOLDERS, args].concat())
}

/// What is shown changes nothing of what is so.
#[test]
fn words_show_and_do_not_judge() {
    let built = missing();
    let all = told(&built, &[]).exits(1);
    assert!(
        all.out().contains("near") || all.out().contains("closest"),
        "{}",
        all.out()
    );
    for words in ["fired", "quiet", "fired,quiet"] {
        let done = told(&built, &["--verdict", words]).exits(1);
        let last = |done: &Done| done.out().lines().last().expect("a line").to_owned();
        assert_eq!(last(&done), last(&all));
        assert!(
            done.out().contains("1 misfire"),
            "it counts: {}",
            done.out()
        );
        assert!(!done.out().contains("closest"), "{}", done.out());
    }
    let done = told(&built, &["--verdict", "misfire"]).exits(1);
    assert!(done.out().contains("closest"), "{}", done.out());
    let json = built.run(&["--verdict", "fired"]).exits(1);
    assert_eq!(
        json.json()["summary"]["misfire"],
        built.run(&[]).json()["summary"]["misfire"]
    );
    let wrong = told(&built, &["--verdict", "misfired"]).exits(2);
    assert!(wrong.err().contains("misfire"), "{}", wrong.err());
}

#[test]
fn fail_on_chooses_what_fails_and_never_makes_nothing_green() {
    let built = missing();
    told(&built, &["--fail-on", "misfire"]).exits(1);
    told(&built, &["--fail-on", "stray,misfire"]).exits(1);
    let done = told(&built, &["--fail-on", "false-alarm"]).exits(0);
    assert!(!done.out().contains("all as expected"), "{}", done.out());
    // A known gap is as expected, so that it fails nothing.
    bundled(&["--fail-on", "misfire,blind"]).exits(0);
    // Wrong content is wrong whatever fails.
    built.write("fixtures/T1033/plain/sysmon.jsonl", "");
    told(&built, &["--fail-on", "false-alarm"]).exits(2);
    let mut nothing = Project::new();
    nothing.recordings.clear();
    let built = nothing.built();
    fs::remove_dir_all(built.path("expectations")).expect("a folder");
    fs::create_dir(built.path("expectations")).expect("a folder");
    assert_ne!(told(&built, &["--fail-on", "false-alarm"]).code(), 0);
}

#[test]
fn quiet_tells_what_is_not_as_expected_and_how_it_ended() {
    let built = missing();
    let done = told(&built, &["--quiet"]).exits(1);
    assert!(done.out().contains("misfire"), "{}", done.out());
    assert!(done.out().contains("1 not as expected"), "{}", done.out());
    let done = told(&Project::new().built(), &["--quiet"]).exits(0);
    assert!(
        !done.out().contains("Ask who is signed in"),
        "{}",
        done.out()
    );
    assert!(done.out().contains("all as expected"), "{}", done.out());
}

/// Skipped is only what a filter left out, and each of it.
#[test]
fn what_filters_left_out_is_skipped() {
    let home = Home::new();
    let skipped = |args: &[&str]| {
        let args = [&["run", "--quiet", "--report", "junit=r.xml"], args].concat();
        home.misfire(&args).exits(0);
        let junit = fs::read_to_string(home.path("r.xml")).expect("a report");
        (junit.matches("<skipped").count(), junit)
    };
    assert_eq!(skipped(&[]).0, 0);
    let (count, junit) = skipped(&["--technique", "T1219.001"]);
    assert_eq!(count, 7, "ten tests, three of them of T1219.001:\n{junit}");
    assert_eq!(junit.matches("AnyDesk started").count(), 1, "{junit}");
}
