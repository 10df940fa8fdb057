//! `misfire check` and `misfire init`, through the program.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

fn misfire(folder: &Path, args: &[&str]) -> Output {
    Command::cargo_bin("misfire")
        .expect("the binary")
        .current_dir(folder)
        .args(args)
        .output()
        .expect("a finished run")
}

fn told(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code(),
    )
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

fn project() -> TempDir {
    let home = TempDir::new().expect("a temporary folder");
    let (_, stderr, code) = told(&misfire(home.path(), &["init", "lab"]));
    assert_eq!((stderr.as_str(), code), ("", Some(0)));
    home
}

/// Writes something in a file of the project otherwise.
fn edit(home: &TempDir, name: &str, from: &str, to: &str) {
    let path = home.path().join("lab").join(name);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).expect("a file");
}

#[test]
fn a_new_project_is_right() {
    let home = project();
    for (folder, args) in [
        ("lab", vec!["check"]),
        ("lab/fixtures/T1033", vec!["check"]),
        ("", vec!["check", "lab"]),
    ] {
        let (stdout, stderr, code) = told(&misfire(&home.path().join(folder), &args));
        assert_eq!(
            stdout,
            "1 atomic, 1 expectation, 1 detection, 2 fixtures: nothing is wrong\n"
        );
        assert_eq!((stderr.as_str(), code), ("", Some(0)));
    }
    let output = misfire(&home.path().join("lab"), &["check", "--format", "json"]);
    assert_eq!(
        json(&output),
        serde_json::json!({
            "diagnostics": [],
            "loaded": {"atomics": 1, "expectations": 1, "detections": 1, "fixtures": 2},
        })
    );
}

#[test]
fn each_file_of_a_project_can_be_checked_by_itself() {
    let home = project();
    for path in [
        "atomics/T1033/T1033.yaml",
        "expectations/T1033.yaml",
        "detections/sigma/whoami_all.yml",
        "detections",
        "fixtures/T1033/whoami-all/fixture.yaml",
        "fixtures/T1033",
        "misfire.toml",
    ] {
        let (stdout, stderr, code) = told(&misfire(&home.path().join("lab"), &["check", path]));
        assert_eq!((stderr.as_str(), code), ("", Some(0)), "{path}");
        assert!(stdout.ends_with(": nothing is wrong\n"), "{path}: {stdout}");
        assert!(path == "misfire.toml" || stdout.contains('1') || stdout.contains('2'));
    }
}

#[test]
fn a_fault_is_told_in_text_and_json_and_ends_with_2() {
    let home = project();
    edit(
        &home,
        "expectations/T1033.yaml",
        "source: sysmon",
        "source: sysmn",
    );
    let lab = home.path().join("lab");
    for path in [None, Some("expectations")] {
        let args: Vec<_> = ["check"].into_iter().chain(path).collect();
        let (stdout, stderr, code) = told(&misfire(&lab, &args));
        assert!(
            stderr.contains("misfire::expectation::unknown_source"),
            "{stderr}"
        );
        assert!(stderr.contains("did you mean `sysmon`?"), "{stderr}");
        assert!(stdout.ends_with(": 1 error\n"), "{stdout}");
        assert_eq!(code, Some(2));
    }
    let output = misfire(&lab, &["check", "--format", "json"]);
    let document = json(&output);
    let [problem] = document["diagnostics"]
        .as_array()
        .expect("a list")
        .as_slice()
    else {
        panic!("{document}");
    };
    assert_eq!(problem["code"], "misfire::expectation::unknown_source");
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["file"], "expectations/T1033.yaml");
    assert_eq!(problem["line"], 9);
    assert_eq!(problem["column"], 17);
    assert!(problem["help"].is_string());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn warnings_change_no_exit_code() {
    let home = project();
    edit(
        &home,
        "fixtures/T1033/whoami-all/fixture.yaml",
        "outcome:",
        "given: [rain]\noutcome:",
    );
    let (stdout, stderr, code) = told(&misfire(&home.path().join("lab"), &["check"]));
    assert!(stderr.starts_with("warning[misfire::reference::unused_condition]"));
    assert!(stdout.ends_with(": 1 warning\n"), "{stdout}");
    assert_eq!(code, Some(0));
}

#[test]
fn bundled_content_is_checked_where_there_is_no_project() {
    let nowhere = TempDir::new().expect("a temporary folder");
    let output = misfire(nowhere.path(), &["check", "--format", "json"]);
    let document = json(&output);
    assert_eq!(output.status.code(), Some(0), "{document}");
    for kind in ["atomics", "expectations", "detections", "fixtures"] {
        assert!(document["loaded"][kind].as_u64() >= Some(10), "{document}");
    }
}

#[test]
fn nothing_to_check_is_an_error() {
    let home = TempDir::new().expect("a temporary folder");
    fs::create_dir(home.path().join("empty")).expect("a folder");
    fs::create_dir(home.path().join("other")).expect("a folder");
    fs::write(home.path().join("other/notes.md"), "x").expect("a file");
    for path in ["empty", "other", "nowhere"] {
        let (_, stderr, code) = told(&misfire(home.path(), &["check", path]));
        assert!(
            stderr.starts_with("error[misfire::io::"),
            "{path}: {stderr}"
        );
        assert_eq!(code, Some(2), "{path}");
    }
}

#[test]
fn folders_and_profiles_can_be_named() {
    let home = project();
    let lab = home.path().join("lab");
    fs::rename(lab.join("fixtures"), lab.join("recordings")).expect("a folder");
    let (_, stderr, code) = told(&misfire(&lab, &["check"]));
    assert!(stderr.contains("misfire::config::missing_path"), "{stderr}");
    assert_eq!(code, Some(2));
    edit(&home, "misfire.toml", "fixtures = \"fixtures\"\n", "");
    let (_, stderr, code) = told(&misfire(&lab, &["check", "--fixtures", "recordings"]));
    assert_eq!((stderr.as_str(), code), ("", Some(0)));
    let (_, stderr, code) = told(&misfire(&lab, &["check", "--profile", "discvery"]));
    assert!(stderr.contains("did you mean `discovery`?"), "{stderr}");
    assert_eq!(code, Some(2));
}

/// A folder is missed where nothing else holds what it was to hold.
#[test]
fn only_a_folder_that_is_needed_has_to_be_there() {
    let home = project();
    let lab = home.path().join("lab");
    edit(
        &home,
        "misfire.toml",
        "fixtures = \"fixtures\"\n",
        "fixtures = [\"fixtures\", \"more\"]\n",
    );
    let config = fs::read_to_string(lab.join("misfire.toml")).expect("a file");
    let away = "\n[profiles.away.folders]\nfixtures = \"elsewhere\"\n";
    fs::write(lab.join("misfire.toml"), config + away).expect("a file");
    for command in ["check", "run"] {
        let (_, stderr, code) = told(&misfire(&lab, &[command]));
        for path in ["more", "elsewhere"] {
            let told = format!("warning[misfire::config::missing_path]: the path `{path}`");
            assert!(stderr.contains(&told), "{stderr}");
        }
        assert!(!stderr.contains("error["), "{stderr}");
        assert_ne!(code, Some(2), "{stderr}");
        let (_, stderr, code) = told(&misfire(&lab, &[command, "--profile", "away"]));
        assert!(
            stderr.contains("error[misfire::config::missing_path]: the path `elsewhere`"),
            "{stderr}"
        );
        assert_eq!(code, Some(2));
    }
}

#[test]
fn a_folder_that_is_named_twice_is_one() {
    let home = project();
    let lab = home.path().join("lab");
    let config = fs::read_to_string(lab.join("misfire.toml")).expect("a file");
    for kind in ["atomics", "expectations", "detections", "fixtures"] {
        let once = format!("{kind} = \"{kind}\"\n");
        assert!(config.contains(&once), "{config}");
        let twice = format!("{kind} = [\"{kind}\", \"{kind}/\", \"./{kind}\"]\n");
        fs::write(lab.join("misfire.toml"), config.replace(&once, &twice)).expect("a file");
        let (_, stderr, code) = told(&misfire(&lab, &["check"]));
        assert_eq!((stderr.as_str(), code), ("", Some(0)), "{kind}");
        let (flag, other) = (format!("--{kind}"), format!("./{kind}/"));
        let (_, stderr, _) = told(&misfire(&lab, &["check", &flag, kind, &flag, &other]));
        assert!(!stderr.contains("duplicate"), "{kind}: {stderr}");
        assert!(!stderr.contains("also the"), "{kind}: {stderr}");
    }
}

/// Nobody has to know what the program reads numbers into.
#[test]
fn a_number_out_of_range_is_told_at_its_place() {
    let expectation = "expectations/T1033.yaml";
    let event_ids = ["99999999999", "[1, 99999999999]", "99999999999999999999999"];
    for number in event_ids {
        let home = project();
        let file = home.path().join("lab").join(expectation);
        let text = fs::read_to_string(&file).expect("a file");
        let line = text.lines().find(|line| line.contains("event_id: "));
        let line = line.expect("an event id").trim().to_owned();
        edit(&home, expectation, &line, &format!("event_id: {number}"));
        let (_, stderr, code) = told(&misfire(&home.path().join("lab"), &["check"]));
        for word in ["untagged", "u128", "OneOrMany", "YAML value"] {
            assert!(!stderr.contains(word), "{number}: {stderr}");
        }
        assert!(
            stderr.contains("cannot be `99999999999`") || stderr.contains("is out of range"),
            "{number}: {stderr}"
        );
        let at = 1 + text
            .lines()
            .position(|of| of.trim() == line)
            .expect("a line");
        assert!(
            stderr.contains(&format!("{expectation}:{at}:")),
            "{number}: {stderr}"
        );
        assert_eq!(code, Some(2));
    }
}

#[test]
fn a_project_is_started_only_in_an_empty_folder() {
    let home = project();
    let before = fs::read(home.path().join("lab/misfire.toml")).expect("a file");
    let (stdout, stderr, code) = told(&misfire(home.path(), &["init", "lab"]));
    assert_eq!((stdout.as_str(), code), ("", Some(2)));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/init/not_empty.txt");
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        fs::create_dir_all(golden.parent().expect("a folder")).expect("a folder");
        fs::write(&golden, &stderr).expect("a golden file");
    }
    assert_eq!(stderr, fs::read_to_string(golden).expect("a golden file"));
    assert_eq!(
        fs::read(home.path().join("lab/misfire.toml")).expect("a file"),
        before
    );
    fs::create_dir(home.path().join("there")).expect("a folder");
    let output = misfire(home.path(), &["init", "there", "--format", "json"]);
    assert_eq!(json(&output)["files"].as_array().map(Vec::len), Some(8));
    fs::write(home.path().join("file"), "x").expect("a file");
    let (_, _, code) = told(&misfire(home.path(), &["init", "file"]));
    assert_eq!(code, Some(3));
}

/// What only shows when rules are compiled and logs are read is told as well.
#[test]
fn what_a_run_would_stumble_over_is_told() {
    let twin = project();
    let rule = twin.path().join("lab/detections/sigma");
    fs::copy(rule.join("whoami_all.yml"), rule.join("twin.yml")).expect("a copy");
    let records = project();
    edit(
        &records,
        "fixtures/T1033/whoami-all/fixture.yaml",
        "records: 2",
        "records: 3",
    );
    let source = project();
    edit(
        &source,
        "detections/sigma/whoami_all.yml",
        "process_creation",
        "proces_creation",
    );
    for (home, wanted, code) in [
        (&twin, "misfire::reference::unusable_detection", 2),
        (&records, "misfire::fixture::record_count", 2),
        (&source, "misfire::reference::unusable_detection", 0),
    ] {
        let output = misfire(&home.path().join("lab"), &["check"]);
        let (_, stderr, ended) = told(&output);
        assert!(stderr.contains(wanted), "{stderr}");
        assert_eq!(ended, Some(code), "{stderr}");
    }
}

/// A tag is as wrong wherever the rule stands.
#[test]
fn techniques_of_tags_are_told_of_every_rule() {
    let home = project();
    let rule = "detections/sigma/whoami_all.yml";
    edit(&home, rule, "attack.t1033", "attack.t9999");
    let lab = home.path().join("lab");
    for args in [
        vec!["check"],
        vec!["check", "--detections", "detections"],
        vec!["check", "detections"],
        vec!["check", rule],
    ] {
        let (_, stderr, code) = told(&misfire(&lab, &args));
        let times = stderr
            .matches("misfire::reference::unknown_technique")
            .count();
        assert_eq!(times, 1, "{args:?}: {stderr}");
        assert!(stderr.contains("whoami_all.yml:"), "{stderr}");
        assert_eq!(code, Some(0), "{args:?}: {stderr}");
    }
}

/// Whoever mends the configuration wants to know what else there is to mend.
#[test]
fn a_broken_configuration_hides_no_other_problem() {
    for (from, to, wanted) in [
        (
            "[folders]",
            "foo = 1\n[folders]",
            "misfire::content::unknown_field",
        ),
        ("[folders]", "folders]", "misfire::config::syntax"),
        (
            "fixtures = \"fixtures\"",
            "fixtures = \"elsewhere\"",
            "misfire::config::missing_path",
        ),
    ] {
        let home = project();
        edit(&home, "misfire.toml", from, to);
        edit(
            &home,
            "atomics/T1033/T1033.yaml",
            "supported_platforms",
            "platforms",
        );
        edit(
            &home,
            "expectations/T1033.yaml",
            "source: sysmon",
            "source: sysmn",
        );
        edit(
            &home,
            "detections/sigma/whoami_all.yml",
            "condition: selection",
            "condition: selectoin",
        );
        let lab = home.path().join("lab");
        for (folder, args) in [
            (lab.as_path(), vec!["check"]),
            (home.path(), vec!["check", "lab"]),
        ] {
            let (_, stderr, code) = told(&misfire(folder, &args));
            for code in [
                wanted,
                "misfire::content::missing_field",
                "misfire::expectation::unknown_source",
                "misfire::sigma::invalid",
            ] {
                assert!(
                    stderr.contains(&format!("error[{code}]")),
                    "{code}: {stderr}"
                );
            }
            assert!(!stderr.contains("misfire::reference::"), "{stderr}");
            assert_eq!(code, Some(2), "{stderr}");
        }
    }
}

/// Nothing is judged of a project of which it is not known what belongs to it.
#[test]
fn a_broken_configuration_lets_nothing_be_judged() {
    let home = project();
    edit(&home, "misfire.toml", "[folders]", "foo = 1\n[folders]");
    let output = misfire(&home.path().join("lab"), &["run", "--format", "json"]);
    let document = json(&output);
    assert_eq!(document["tests"], serde_json::json!([]), "{document}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_root_of_a_checkout_leads_to_its_atomics() {
    let home = project();
    let (_, stderr, code) = told(&misfire(home.path(), &["check", "--atomics", "lab"]));
    assert!(stderr.contains("there is no atomic here"), "{stderr}");
    let wanted = format!(
        "did you mean `{}`?",
        Path::new("lab").join("atomics").display()
    );
    assert!(stderr.contains(&wanted), "{stderr}");
    assert_eq!(code, Some(2));
}
