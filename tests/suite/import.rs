//! `misfire import`, through the program.

use crate::support;
use crate::support::home;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use home::{Done, Home, process_start};
use misfire::content::atomic::AtomicGuid;
use misfire::content::expectation::{Expectation, load_expectations};
use misfire::content::fixture::{Fixture, Subject, load_fixtures, sha256};
use misfire::diagnostic::{Ink, to_text};
use misfire::recording::{Closure, Evidence};
use serde_json::{Value, json};

/// The bundled test of the desktop editor's tunnel.
const TUNNEL: &str = "d6e8f711-03b6-4375-b189-94ae331a10ba";

/// The bundled test of a command sent to an instance.
const SEND_COMMAND: &str = "4f2ceede-5043-41d1-8abf-e4bcb954e084";

/// A log of a bundled fixture.
fn bundled(path: &str) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings");
    fixtures.join(path).display().to_string()
}

fn tunnel_logs() -> [String; 2] {
    ["sysmon", "security"].map(|name| bundled(&format!("T1219.001/code-tunnel/{name}.evtx")))
}

/// Imports the bundled recording of the tunnel.
fn import_tunnel(home: &Home, more: &[&str]) -> Done {
    let [sysmon, security] = tunnel_logs();
    let args = ["import", &sysmon, &security, "--atomic", TUNNEL];
    home.misfire(&[&args[..], more].concat())
}

/// The only fixture below `fixtures`, which nothing is wrong with.
fn fixture(home: &Home) -> Fixture {
    let loaded = load_fixtures(&[home.path("fixtures")]);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "");
    assert_eq!(loaded.fixtures.len(), 1);
    let fixture = loaded.fixtures.into_values().next().expect("a fixture");
    (*fixture).clone()
}

/// The only expectation of a file, which nothing is wrong with.
fn expectation(file: PathBuf) -> Expectation {
    let loaded = load_expectations(&[file]);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "");
    assert_eq!(loaded.expectations.len(), 1);
    (*loaded.expectations[0]).clone()
}

fn ids(expectation: &Expectation) -> Vec<&str> {
    let signals = expectation.signals.iter();
    signals.map(|signal| signal.id.as_str()).collect()
}

/// Judges what was imported: the state of every signal.
fn states(home: &Home) -> Vec<(String, String)> {
    let folders = ["--fixtures", "fixtures", "--expectations", "expectations"];
    let run = home.misfire(&[&["run", "--format", "json"], &folders[..]].concat());
    let run = run.json();
    let tests = run["tests"].as_array().expect("tests").iter();
    let recorded = tests.filter(|test| !test["recording"].is_null());
    recorded
        .flat_map(|test| test["telemetry"].as_object().expect("signals"))
        .map(|(id, signal)| {
            let state = signal["state"].as_str().expect("a state");
            (id.clone(), state.to_owned())
        })
        .collect()
}

/// Every file below a folder, as text of paths.
fn tree(folder: &Path) -> BTreeSet<String> {
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build();
    walk.flatten()
        .filter(|entry| entry.depth() > 0)
        .map(|entry| entry.path().display().to_string())
        .collect()
}

#[test]
fn a_capture_becomes_a_fixture_that_is_judged() {
    let home = Home::new();
    let done = import_tunnel(&home, &["--arg", "tunnel_name=build-box", "--name", "one"]).exits(0);
    assert!(
        done.out().contains("17 records of sysmon"),
        "{}",
        done.out()
    );
    assert!(done.out().contains("host WS01.corp.example (windows)"));
    assert_eq!(done.err(), "");

    for (name, log) in ["sysmon.evtx", "security.evtx"].iter().zip(tunnel_logs()) {
        let copy = fs::read(home.path("fixtures/T1219.001/one").join(name)).expect("a copy");
        assert_eq!(copy, fs::read(log).expect("a log"));
    }
    let fixture = fixture(&home);
    assert_eq!(fixture.name, "T1219.001/one");
    let Subject::Atomic { guid, arguments } = &fixture.subject else {
        panic!("{:?}", fixture.subject);
    };
    assert_eq!(Some(*guid), AtomicGuid::parse(TUNNEL));
    assert_eq!(arguments["tunnel_name"], "build-box");
    assert_eq!(fixture.evidence, Evidence::Recorded);
    assert_eq!(fixture.host.platform, "windows");
    for (key, value) in [
        ("name", "WS01.corp.example"),
        ("temp", r"C:\Users\avery\AppData\Local\Temp"),
        ("user", r"CORP\avery"),
        ("user_sid", "S-1-5-21-1004336348-1177238915-682003330-1128"),
    ] {
        assert_eq!(fixture.host.facts[key], value);
    }
    assert_eq!(fixture.window.start.to_string(), "2026-11-02T09:13:41Z");
    assert_eq!(fixture.window.end.to_string(), "2026-11-02T09:14:32Z");
    assert_eq!(fixture.window.closure, Closure::Open);
    assert_eq!(fixture.damage, None);

    let states = states(&home);
    assert!(states.len() > 5, "{states:?}");
    for (id, state) in states {
        assert_eq!(state, "seen", "{id}");
    }
}

#[test]
fn a_draft_holds_what_is_the_tests_own_and_stays() {
    let home = Home::new();
    import_tunnel(&home, &["--arg", "tunnel_name=build-box"]).exits(0);
    let file = home.path("expectations/T1219.001.yaml");
    let text = fs::read_to_string(&file).expect("a draft");
    let draft = expectation(file);
    let ids = ids(&draft);
    assert!(ids.len() <= 10, "{ids:?}");
    for wanted in ["code-tunnel-process", "code-tunnel-file", "code-process"] {
        assert!(ids.contains(&wanted), "{ids:?}");
    }
    let tunnel = draft
        .signals
        .iter()
        .find(|signal| signal.id.as_str() == "code-tunnel-process")
        .expect("the tunnel");
    assert_eq!(tunnel.same[0].field, "ParentProcessGuid");
    assert_eq!(tunnel.same[0].signal.as_str(), "code-process");
    assert_eq!(tunnel.same[0].other_field, "ProcessGuid");
    assert!(text.contains("--name #{tunnel_name}"), "{text}");
    // Neither the values of arguments nor what is another one in the next run.
    for other in [
        "build-box",
        "7c1d0a52",
        "avery",
        "10288",
        "SHA256",
        "09:14:0",
        "10.20.4.31",
    ] {
        assert!(!text.contains(other), "{other} in\n{text}");
    }
    // The noise of the host does not stand out.
    for noise in ["EdgeUpdate", "conhost", "backgroundTaskHost"] {
        assert!(!text.contains(noise), "{noise} in\n{text}");
    }
    let reasons = text
        .lines()
        .filter(|line| line.contains(" of 17 records of sysmon"));
    assert!(reasons.count() >= 3, "{text}");
}

#[test]
fn calls_of_a_cloud_are_drafted_with_their_arguments() {
    let home = Home::new();
    let log = bundled("T1021.008/ssm-send-command/cloudtrail.json");
    let args = ["import", &log, "--atomic", SEND_COMMAND, "--name", "one"];
    home.misfire(&args).exits(0);
    let fixture = fixture(&home);
    assert_eq!(fixture.host.name, "111122223333");
    assert_eq!(fixture.host.platform, "iaas:aws");
    assert_eq!(fixture.host.facts["region"], "eu-central-1");
    assert_eq!(fixture.sensors[0].name, "AWS CloudTrail");
    assert_eq!(fixture.sensors[0].version.as_deref(), Some("1.08"));
    let draft = expectation(home.path("expectations/T1021.008.yaml"));
    assert_eq!(ids(&draft), ["send-command-call"]);
    let fields = serde_yaml::to_string(&draft.signals[0].branches[0].fields).expect("YAML");
    assert!(
        fields.contains("requestParameters.instanceIds: '#{instance_id}'"),
        "{fields}"
    );
    assert_eq!(
        states(&home),
        [("send-command-call".to_owned(), "seen".to_owned())]
    );
}

#[test]
fn both_shapes_of_azure_are_drafted() {
    for name in ["azure-run-command", "azure-run-command-rest"] {
        let home = Home::new();
        let log = bundled(&format!("T1021.008/{name}/activity.json"));
        let manifest = fs::read_to_string(Path::new(&log).with_file_name("fixture.yaml"));
        let manifest = manifest.expect("a manifest");
        let guid = manifest
            .lines()
            .find_map(|line| line.strip_prefix("atomic: "));
        let guid = guid.expect("a GUID");
        home.misfire(&["import", &log, "--atomic", guid]).exits(0);
        let states = states(&home);
        assert!(
            states.iter().any(|(id, _)| id.contains("command")),
            "{states:?}"
        );
        assert!(
            states.iter().all(|(_, state)| state == "seen"),
            "{states:?}"
        );
    }
}

#[test]
fn a_control_has_no_draft() {
    let home = Home::new();
    let log = bundled("T1219.001/controls/backup-task/sysmon.evtx");
    let args = [
        "import",
        &log,
        "--control",
        "a backup: it runs every night",
        "--technique",
    ];
    let done = home.misfire(&[&args[..], &["T1219.001"]].concat()).exits(0);
    assert!(
        done.out().contains("- fixture: T1219.001/controls/sysmon"),
        "{}",
        done.out()
    );
    let fixture = fixture(&home);
    assert_eq!(fixture.name, "T1219.001/controls/sysmon");
    let why = "a backup: it runs every night".to_owned();
    assert_eq!(fixture.subject, Subject::Control { why });
    assert!(!home.path("expectations").exists());
    home.misfire(&args[..4]).exits(2);
    home.misfire(&["import", &log]).exits(2);
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = Home::new();
    let before = tree(home.0.path());
    let done = import_tunnel(&home, &["--dry-run", "--name", "one"]).exits(0);
    assert!(done.out().contains("atomic: d6e8f711"), "{}", done.out());
    assert!(done.out().contains("nothing was written"));
    assert_eq!(tree(home.0.path()), before);
}

#[test]
fn nothing_is_overwritten_unless_it_is_asked_for() {
    let home = Home::new();
    import_tunnel(&home, &["--name", "one"]).exits(0);
    let folder = home.path("fixtures/T1219.001/one");
    let manifest = fs::read(folder.join("fixture.yaml")).expect("a manifest");
    let draft = home.path("expectations/T1219.001.yaml");
    fs::write(&draft, "mine").expect("a file");

    let refused = import_tunnel(&home, &["--name", "one"]).exits(2);
    assert!(
        refused.err().contains("misfire::import::exists"),
        "{}",
        refused.err()
    );

    // What is replaced is the same again.
    fs::write(folder.join("more.txt"), "gone afterwards").expect("a file");
    let again = import_tunnel(&home, &["--name", "one", "--force"]).exits(0);
    assert_eq!(
        fs::read(folder.join("fixture.yaml")).expect("a manifest"),
        manifest
    );
    assert!(!folder.join("more.txt").exists());
    // The file of expectations stays, and the draft is shown.
    assert_eq!(fs::read_to_string(&draft).expect("a file"), "mine");
    assert!(
        again.out().contains(&format!("  - atomic: {TUNNEL}")),
        "{}",
        again.out()
    );
    assert!(
        again
            .out()
            .contains("belongs into expectations/T1219.001.yaml")
    );
    assert_eq!(
        fs::read_dir(home.path("fixtures/T1219.001"))
            .expect("a folder")
            .count(),
        1
    );

    // A fixture can be made anew of its own logs.
    let own = [
        "import",
        "fixtures/T1219.001/one",
        "--atomic",
        TUNNEL,
        "--name",
        "one",
    ];
    home.misfire(&[&own[..], &["--force"]].concat()).exits(0);
    assert_eq!(
        fs::read(folder.join("fixture.yaml")).expect("a manifest"),
        manifest
    );

    // A folder that is no fixture is nobody's to replace.
    let other = home.path("fixtures/T1219.001/other");
    fs::create_dir(&other).expect("a folder");
    fs::write(other.join("thesis.txt"), "years of work").expect("a file");
    import_tunnel(&home, &["--name", "other", "--force"]).exits(2);
    assert!(other.join("thesis.txt").exists());
    let to = [
        "--name",
        "two",
        "--expectation",
        "expectations/T1219.001.yaml",
    ];
    let refused = import_tunnel(&home, &to).exits(2);
    assert!(
        refused
            .err()
            .contains("misfire::import::expectation_exists")
    );
    assert!(!home.path("fixtures/T1219.001/two").exists());
}

#[test]
fn a_draft_goes_where_it_is_wanted() {
    let home = Home::new();
    let done = import_tunnel(&home, &["--name", "one", "--expectation", "-"]).exits(0);
    assert!(
        done.err().contains("17 records of sysmon"),
        "{}",
        done.err()
    );
    fs::create_dir(home.path("e")).expect("a folder");
    home.write("e/T1219.001.yaml", &done.out());
    let streamed = expectation(home.path("e/T1219.001.yaml"));
    assert!(!home.path("expectations").exists());

    let to = ["--name", "two", "--expectation", "new/T1219.001.yaml"];
    import_tunnel(&home, &to).exits(0);
    let written = expectation(home.path("new/T1219.001.yaml"));
    assert_eq!(ids(&streamed), ids(&written));
    let both = ["--name", "three", "--expectation", "-", "--format", "json"];
    import_tunnel(&home, &both).exits(2);
}

#[test]
fn the_report_for_programs_holds_everything() {
    let home = Home::new();
    let report = import_tunnel(&home, &["--name", "one", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(report["written"], true);
    assert_eq!(report["fixture"]["name"], "T1219.001/one");
    assert_eq!(
        report["fixture"]["files"][1]["sources"],
        json!({"sysmon": 17})
    );
    assert_eq!(report["fixture"]["window"]["closed"], false);
    let draft = fs::read_to_string(home.path("expectations/T1219.001.yaml")).expect("a draft");
    assert_eq!(report["draft"]["text"], draft);
    let manifest = fs::read_to_string(home.path("fixtures/T1219.001/one/fixture.yaml"));
    assert_eq!(report["fixture"]["manifest"], manifest.expect("a manifest"));
    let refused = import_tunnel(&home, &["--name", "one", "--format", "json"])
        .exits(2)
        .json();
    assert_eq!(refused["written"], false);
    assert_eq!(refused["diagnostics"][0]["code"], "misfire::import::exists");
}

#[test]
fn what_is_in_the_baseline_does_not_stand_out() {
    let home = Home::new();
    home.write(
        "before.jsonl",
        &(process_start(1, r"C:\Tools\daily.exe") + "\n"),
    );
    let capture = [
        process_start(1, r"C:\Tools\daily.exe"),
        process_start(2, r"C:\Tools\odd.exe"),
    ];
    home.write("capture.jsonl", &(capture.join("\n") + "\n"));
    let args = [
        "import",
        "capture.jsonl",
        "--atomic",
        TUNNEL,
        "--expectation",
        "-",
    ];
    let both = home
        .misfire(&[&args[..], &["--name", "one"]].concat())
        .exits(0)
        .out();
    assert!(
        both.contains("daily.exe") && both.contains("odd.exe"),
        "{both}"
    );
    let with = ["--name", "two", "--baseline", "before.jsonl"];
    let one = home.misfire(&[&args[..], &with].concat()).exits(0).out();
    assert!(
        !one.contains("daily.exe") && one.contains("odd.exe"),
        "{one}"
    );
    assert!(one.contains("none in the baseline"), "{one}");

    let with = ["--name", "three", "--baseline", "capture.jsonl"];
    let none = home.misfire(&[&args[..], &with].concat()).exits(0);
    assert!(
        none.err().contains("misfire::import::nothing_stands_out"),
        "{}",
        none.err()
    );
    assert_eq!(none.out(), "");
    home.write("bad.jsonl", "{\"Event\": {\n");
    let with = ["--name", "four", "--baseline", "bad.jsonl"];
    home.misfire(&[&args[..], &with].concat()).exits(3);
    assert!(!home.path("fixtures/T1219.001/four").exists());
}

#[test]
fn the_window_is_the_users_to_say() {
    let home = Home::new();
    let window = "2026-11-02T09:14:00Z/2026-11-02T09:14:10Z";
    let more = [
        "--window",
        window,
        "--closed",
        "--name",
        "one",
        "--given",
        "signed-in",
    ];
    let done = import_tunnel(&home, &more).exits(0);
    assert!(
        done.err().contains("misfire::import::outside_window"),
        "{}",
        done.err()
    );
    let fixture = fixture(&home);
    assert_eq!(fixture.window.start.to_string(), "2026-11-02T09:14:00Z");
    assert_eq!(fixture.window.end.to_string(), "2026-11-02T09:14:10Z");
    assert_eq!(fixture.window.closure, Closure::Closed);
    assert_eq!(fixture.given, ["signed-in"]);
    for (id, state) in states(&home) {
        assert_eq!(state, "seen", "{id}");
    }
    for (wrong, code) in [
        ("2027-01-01/2027-01-02", 2),
        ("2026-11-02T09:14:10Z/2026-11-02T09:14:00Z", 2),
        ("2026-11-02T09:14:10Z", 2),
        ("2020-01-01/2027-01-02", 2),
    ] {
        import_tunnel(&home, &["--window", wrong, "--name", "two"]).exits(code);
    }
    assert!(!home.path("fixtures/T1219.001/two").exists());
}

#[test]
fn logs_of_one_name_stay_apart() {
    let home = Home::new();
    for folder in ["a", "b"] {
        fs::create_dir(home.path(folder)).expect("a folder");
        let image = format!(r"C:\Tools\{folder}-tool.exe");
        home.write(
            &format!("{folder}/sysmon.jsonl"),
            &(process_start(1, &image) + "\n"),
        );
    }
    home.write("a/readme.txt", "no log\n");
    let args = [
        "import",
        "a",
        "b/sysmon.jsonl",
        "--atomic",
        TUNNEL,
        "--name",
        "one",
    ];
    let done = home.misfire(&args).exits(0);
    assert!(
        done.out().contains("left out: 1 file, no log"),
        "{}",
        done.out()
    );
    let fixture = fixture(&home);
    let names: Vec<_> = fixture
        .files
        .iter()
        .map(|file| file.input.path.file_name())
        .collect();
    let wanted = ["sysmon.jsonl", "sysmon-2.jsonl"].map(|name| Some(name.as_ref()));
    assert_eq!(names, wanted);
    for (name, folder) in ["sysmon.jsonl", "sysmon-2.jsonl"].iter().zip(["a", "b"]) {
        let copy = fs::read(home.path("fixtures/T1219.001/one").join(name)).expect("a copy");
        let log = fs::read(home.path(folder).join("sysmon.jsonl")).expect("a log");
        assert_eq!(sha256(&copy), sha256(&log));
    }
}

#[test]
fn names_do_not_lead_out_of_the_folder() {
    let home = Home::new();
    for name in [
        "../../x", "/tmp/x", "a/b", "..", "", "X", "controls", "a\u{1b}b",
    ] {
        import_tunnel(&home, &[&format!("--name={name}")]).exits(2);
    }
    for technique in ["../x", "T12", "T1219.001/../../x"] {
        let log = &tunnel_logs()[0];
        let args = ["import", log, "--control", "why", "--technique", technique];
        home.misfire(&args).exits(2);
    }
    assert!(!home.path("fixtures").exists());
}

/// A process start whose fields are as hostile as they can be.
fn hostile(image: &str, command: &str, computer: &str) -> String {
    let mut event: Value = serde_json::from_str(&process_start(1, "x")).expect("JSON");
    event["Event"]["EventData"] = json!({"Image": image, "CommandLine": command});
    event["Event"]["System"]["Computer"] = json!(computer);
    event.to_string()
}

#[test]
fn hostile_records_give_a_draft_that_loads_and_is_seen() {
    let commands = [
        "x.exe a\n    detections:\n      - rule: evil",
        "x.exe \u{1b}[31mred\u{7} and more",
        "x.exe dir *.log? \\\\server\\share\\* end\\",
        "x.exe '#{tunnel_name}' #{ #{host.temp} }",
        "x.exe \"quoted: {a: b}\" # comment",
        "x.exe \u{feff}\u{2028}\u{202e}text after",
        "x.exe %COMSPEC% & | ^ < > ~ ` $(x)",
        "x.exe build-box*build-box?\\build-box",
        "x.exe - - -",
        "",
    ];
    let images = [
        r"C:\a\x.exe",
        "\\\\*\\?.exe",
        "C:\\a\\e: |vil\n.exe",
        r"C:\{}[]&*!|>'%@`.exe",
        "C:\\a\\#{x}.exe",
        "-",
    ];
    let by_command = commands.iter().zip(images.iter().cycle());
    let by_image = [commands[7]; 6].into_iter().zip(images);
    let by_image: Vec<_> = by_image.collect();
    let all = by_command
        .map(|(command, image)| (*command, *image))
        .chain(by_image);
    for (number, (command, image)) in all.enumerate() {
        let home = Home::new();
        let log = hostile(image, command, "a: b # {c}\u{1b}[0m\n'\"");
        home.write("x.jsonl", &(log + "\n"));
        let args = [
            "import",
            "x.jsonl",
            "--atomic",
            TUNNEL,
            "--arg",
            "tunnel_name=build-box",
        ];
        let done = home
            .misfire(&[&args[..], &["--host", "a: b # {c}'\""]].concat())
            .exits(0);
        assert!(!done.out().contains('\u{1b}'), "{number}: {}", done.out());
        fixture(&home);
        if home.path("expectations/T1219.001.yaml").exists() {
            let states = states(&home);
            assert!(!states.is_empty(), "{number}");
            for (id, state) in states {
                assert_eq!(state, "seen", "{id} of {image:?} {command:?}");
            }
        } else {
            assert!(
                done.err().contains("nothing_stands_out"),
                "{number}: {}",
                done.err()
            );
        }
    }
}

#[test]
fn a_damaged_log_leaves_nothing() {
    let home = Home::new();
    let whole = fs::read(&tunnel_logs()[0]).expect("a log");
    fs::write(home.path("cut.evtx"), &whole[..whole.len() / 2]).expect("a file");
    home.write("empty.evtx", "");
    home.write("diary.txt", "Dear diary,\n");
    let start = process_start(1, r"C:\x.exe");
    home.write(
        "torn.jsonl",
        &format!("{start}\n{}\n", &start[..start.len() / 2]),
    );
    let before = tree(home.0.path());
    for (log, code) in [
        ("cut.evtx", "misfire::log::"),
        ("empty.evtx", "misfire::log::empty"),
        ("diary.txt", "misfire::log::unknown_format"),
        ("torn.jsonl", "misfire::log::"),
        ("nowhere.evtx", "misfire::io::unreadable"),
        ("empty", "misfire::io::nothing_found"),
    ] {
        let sound = &tunnel_logs()[1];
        let done = home
            .misfire(&["import", log, sound, "--atomic", TUNNEL])
            .exits(3);
        assert!(done.err().contains(code), "{log}: {}", done.err());
        assert!(done.out().contains("nothing was written"), "{}", done.out());
    }
    assert_eq!(tree(home.0.path()), before);
}

#[test]
fn a_project_says_where_things_are() {
    let home = Home::new();
    home.write(
        "misfire.toml",
        "[folders]\nfixtures = \"f\"\nexpectations = \"e\"\n",
    );
    fs::create_dir(home.path("f")).expect("a folder");
    fs::create_dir(home.path("e")).expect("a folder");
    let done = import_tunnel(&home, &["--name", "one"]).exits(0);
    assert!(
        done.out().ends_with("judge it with `misfire run`\n"),
        "{}",
        done.out()
    );
    assert!(home.path("f/T1219.001/one/fixture.yaml").is_file());
    assert!(home.path("e/T1219.001.yaml").is_file());
    // The atomic has an expectation now, whatever its file is called.
    fs::rename(home.path("e/T1219.001.yaml"), home.path("e/T1219.yaml")).expect("a file");
    let text = fs::read_to_string(home.path("e/T1219.yaml")).expect("a file");
    home.write(
        "e/T1219.yaml",
        &text.replace("attack_technique: T1219.001", "attack_technique: T1219"),
    );
    let done = import_tunnel(&home, &["--name", "two"]).exits(0);
    assert!(
        done.out().contains("belongs into e/T1219.yaml"),
        "{}",
        done.out()
    );
    assert!(!home.path("e/T1219.001.yaml").exists());
    let out = [
        "--name",
        "one",
        "--out",
        "other/fixtures",
        "--expectation",
        "-",
    ];
    import_tunnel(&home, &out).exits(0);
    assert!(home.path("other/fixtures/T1219.001/one").is_dir());
    home.write("misfire.toml", "[folder]\n");
    import_tunnel(&home, &["--name", "three"]).exits(2);
}

#[test]
fn a_fixture_that_cannot_be_written_leaves_nothing() {
    let home = Home::new();
    home.write("fixtures", "a file where the folder goes");
    let before = tree(home.0.path());
    let done = import_tunnel(&home, &["--name", "one"]).exits(3);
    assert!(
        done.err().contains("misfire::io::unwritable"),
        "{}",
        done.err()
    );
    assert_eq!(tree(home.0.path()), before);
    fs::remove_file(home.path("fixtures")).expect("a file");
    home.write("expectations", "a file where the folder goes");
    import_tunnel(&home, &["--name", "one"]).exits(3);
    assert!(!home.path("fixtures").exists());
}

#[test]
fn the_draft_does_not_depend_on_threads() {
    let home = Home::new();
    let draft = |name, threads| {
        let more = ["--name", name, "--expectation", "-", "--threads", threads];
        import_tunnel(&home, &more).exits(0).out()
    };
    let one = draft("one", "1");
    assert_eq!(one, draft("two", "4"));
    assert_eq!(one, draft("three", "16"));
}

#[test]
fn the_kinds_that_are_told_apart_are_bounded() {
    let home = Home::new();
    let mut log = String::new();
    for number in 0..50_010 {
        // Letters, since numbers do not tell kinds apart.
        let name: String = format!("{number:06}")
            .bytes()
            .map(|digit| char::from(digit - b'0' + b'a'))
            .collect();
        log.push_str(&process_start(number, &format!(r"C:\{name}.exe")));
        log.push('\n');
    }
    home.write("many.jsonl", &log);
    let args = ["import", "many.jsonl", "--atomic", TUNNEL, "--name", "one"];
    let done = home.misfire(&args).exits(0);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/import/many_kinds.txt");
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        fs::create_dir_all(golden.parent().expect("a folder")).expect("a folder");
        fs::write(&golden, done.err()).expect("a golden file");
    }
    assert_eq!(
        done.err(),
        fs::read_to_string(golden).expect("a golden file")
    );
}

#[test]
fn recordings_of_others_can_be_imported() {
    let Some(samples) = support::corpus("evtx-attack-samples") else {
        return;
    };
    let home = Home::new();
    let mut drafted = 0;
    let guid = regex::Regex::new("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-").expect("a pattern");
    let logs = support::files(&samples, "evtx");
    for (number, log) in logs.iter().step_by(12).enumerate() {
        let name = format!("sample-{number}");
        let log = log.display().to_string();
        let args = ["import", &log, "--atomic", TUNNEL, "--name", &name];
        let done = home
            .misfire(&[&args[..], &["--expectation", "-"]].concat())
            .exits(0);
        if done.out().is_empty() {
            continue;
        }
        drafted += 1;
        let folder = home.path(&name);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("T1219.001.yaml"), done.out()).expect("a draft");
        let draft = expectation(folder.join("T1219.001.yaml"));
        assert!((1..=10).contains(&draft.signals.len()), "{log}");
        // GUIDs and numbers of processes are nobody's marks.
        let fields = draft.signals.iter().flat_map(|signal| &signal.branches);
        for branch in fields {
            let text = serde_yaml::to_string(&branch.fields).expect("YAML");
            assert!(!guid.is_match(&text), "{log}: {text}");
        }
    }
    assert!(drafted * 12 > logs.len() / 2, "{drafted} of {}", logs.len());
    let loaded = load_fixtures(&[home.path("fixtures")]);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "");
}

#[test]
fn public_recordings_of_clouds_can_be_imported() {
    let Some(logs) = support::corpus("cloudtrail") else {
        return;
    };
    for log in support::files(&logs, "json") {
        let home = Home::new();
        let log = log.display().to_string();
        let args = ["import", &log, "--atomic", SEND_COMMAND, "--name", "one"];
        let done = home.misfire(&args);
        assert_eq!(done.code(), 0, "{log}: {}", done.err());
        fixture(&home);
    }
}

/// An atomic that is not the project's own is to become its own.
#[test]
fn an_atomic_from_elsewhere_is_to_be_copied() {
    let atomics = Path::new(env!("CARGO_MANIFEST_DIR")).join("atomics");
    let atomics = atomics.display().to_string();
    let lab = Home(tempfile::TempDir::new().expect("a temporary folder"));
    lab.misfire(&["init", "."]).exits(0);
    let [sysmon, _] = tunnel_logs();
    let args = ["import", &sysmon, "--atomic", TUNNEL, "--atomics", &atomics];
    let done = lab.misfire(&args).exits(0);
    assert!(
        done.out().contains("copy the atomic into the project"),
        "{}",
        done.out()
    );
    let lab = Home(tempfile::TempDir::new().expect("a temporary folder"));
    lab.misfire(&["init", "."]).exits(0);
    lab.write(
        "misfire.toml",
        &format!("[folders]\natomics = [{atomics:?}]\n"),
    );
    let done = lab
        .misfire(&["import", &sysmon, "--atomic", TUNNEL])
        .exits(0);
    assert!(!done.out().contains("copy the atomic"), "{}", done.out());
}

/// Git keeps no empty folders.
#[test]
fn the_folders_of_a_configuration_are_made() {
    let atomics = Path::new(env!("CARGO_MANIFEST_DIR")).join("atomics");
    let lab = Home(tempfile::TempDir::new().expect("a temporary folder"));
    lab.write(
        "misfire.toml",
        &format!(
            "[folders]\natomics = [\"mine\", {atomics:?}]\nexpectations = \"expected\"\n\
             fixtures = \"recorded\"\n\n[profiles.lab.folders]\nfixtures = \"elsewhere\"\n"
        ),
    );
    let done = import_tunnel(&lab, &["--name", "one"]).exits(0);
    assert_eq!(done.err(), "");
    assert!(lab.path("recorded/T1219.001/one/fixture.yaml").is_file());
    assert!(lab.path("expected").is_dir());
}

/// What `run` takes for a project is one.
#[test]
fn a_folder_that_is_laid_out_as_a_project_is_one() {
    let lab = Home(tempfile::TempDir::new().expect("a temporary folder"));
    lab.misfire(&["init", "."]).exits(0);
    fs::remove_file(lab.path("misfire.toml")).expect("a file");
    let [sysmon, _] = tunnel_logs();
    let done = lab.misfire(&["import", &sysmon, "--atomic", TUNNEL]);
    assert!(
        done.exits(2)
            .err()
            .contains("misfire::reference::unknown_atomic"),
        "the bundled atomics are not the project's"
    );
    let atomics = lab.path("atomics/T1033/T1033.yaml");
    let text = fs::read_to_string(atomics).expect("atomics");
    let guid = text.split("auto_generated_guid: ").nth(1).expect("a GUID");
    let done = lab
        .misfire(&["import", &sysmon, "--atomic", &guid[..36], "--name", "one"])
        .exits(0);
    let told = done.out();
    assert!(told.contains("`misfire run`"), "{told}");
    assert!(!told.contains("misfire init"), "{told}");
}
