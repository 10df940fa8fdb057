//! Flags of `run`, what masks its output, and the commands that serve the rest.

use crate::support::home;

use std::fs;

use assert_cmd::Command;
use home::{Home, RULE, process_start};
use misfire::content::atomic::{AtomicGuid, Platform, TechniqueId};
use misfire::detect::DetectionId;
use misfire::run::{Candidate, Revision, Selection};

/// A suite whose only rule stays silent on a command line with a password.
fn misfiring() -> Home {
    let home = Home::new();
    fs::create_dir(home.path("suite")).expect("a folder");
    home.write("rules/whoami.yml", &RULE.replace("Image|", "CommandLine|"));
    let log = process_start(1, r"C:\Windows\System32\tool.exe").replace(
        r#""CommandLine":"C:\\Windows\\System32\\tool.exe""#,
        r#""CommandLine":"tool --password hunter2-long --x""#,
    );
    assert!(log.contains("hunter2-long"));
    home.write("suite/start.json", &(log + "\n"));
    home.write(
        "suite/info.yml",
        "rule_metadata:\n    - id: 4815aa87-8781-4368-96ad-7df96a2a1880\n\
         regression_tests_info:\n    - name: Positive\n      type: json\n      path: suite/start.json\n",
    );
    home
}

const SUITE: [&str; 5] = [
    "run",
    "--sigma-regression",
    "suite",
    "--detections",
    "rules",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&SUITE[..], more].concat()
}

#[test]
fn no_secret_of_a_log_gets_into_any_output() {
    let home = misfiring();
    let reports = [
        "--report",
        "json=r.json",
        "--report",
        "junit=r.xml",
        "--report",
        "markdown=r.md",
    ];
    let mut outputs = vec![home.misfire(&with(&reports)).exits(1).out()];
    for file in ["r.json", "r.xml", "r.md"] {
        outputs.push(fs::read_to_string(home.path(file)).expect("a report"));
    }
    outputs.push(home.misfire(&with(&["--format", "json"])).exits(1).out());
    let explain = ["explain", "rules/whoami.yml", "suite/start.json"];
    outputs.push(home.misfire(&explain).exits(0).out());
    home.write(
        "rules/whoami.yml",
        &RULE.replace(
            "Image|endswith: '\\whoami.exe'",
            "CommandLine|contains: tool",
        ),
    );
    for format in ["text", "json"] {
        let scan = ["scan", "suite", "--detections", "rules", "--format", format];
        outputs.push(home.misfire(&scan).out());
    }
    for output in outputs {
        assert!(!output.contains("hunter2"), "{output}");
        assert!(output.contains("[masked password]"), "{output}");
    }
}

#[test]
fn what_fails_a_run_can_be_chosen_and_what_is_shown() {
    let home = misfiring();
    home.misfire(&with(&["--fail-on", "misfire,false-alarm"]))
        .exits(1);
    home.misfire(&with(&["--fail-on", "unexpected"])).exits(1);
    let done = home.misfire(&with(&["--fail-on", "blind"])).exits(0);
    assert!(done.out().contains("1 not as expected"), "{}", done.out());
    let done = home.misfire(&with(&["--verdict", "blind"])).exits(1);
    assert!(!done.out().contains("Whoami Started"), "{}", done.out());
    assert!(done.out().contains("1 misfire"), "{}", done.out());
    let done = home.misfire(&with(&["--fail-on", "misfir"])).exits(2);
    assert!(
        done.err().contains("did you mean `misfire`"),
        "{}",
        done.err()
    );
}

#[test]
fn reports_are_whole_or_not_there() {
    let home = misfiring();
    home.write("r.json", "what was there before");
    home.misfire(&with(&["--report", "json=r.json"])).exits(1);
    let text = fs::read_to_string(home.path("r.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["summary"]["misfire"], 1);
    fs::create_dir(home.path("folder")).expect("a folder");
    home.misfire(&with(&["--report", "json=folder"])).exits(3);
    let left: Vec<_> = fs::read_dir(home.0.path())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".misfire-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let xml = home.misfire(&with(&["--report", "junit=-"])).exits(1).out();
    assert!(xml.starts_with("<?xml"), "{xml}");
    assert!(xml.trim_end().ends_with("</testsuites>"), "{xml}");
    let twice = ["--report", "json=a", "--report", "junit=a"];
    home.misfire(&with(&twice)).exits(2);
}

#[cfg(unix)]
#[test]
fn a_report_has_the_rights_of_any_file_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = misfiring();
    home.write("plain", "");
    home.write("real.json", "");
    symlink("real.json", home.path("link.json")).expect("a link");
    home.misfire(&with(&[
        "--report",
        "json=new.json",
        "--report",
        "markdown=link.json",
    ]))
    .exits(1);
    let mode = |name: &str| {
        let known = fs::metadata(home.path(name)).expect("a file");
        known.permissions().mode()
    };
    assert_eq!(mode("new.json"), mode("plain"));
    let link = fs::symlink_metadata(home.path("link.json")).expect("a link");
    assert!(link.is_symlink());
    let text = fs::read_to_string(home.path("real.json")).expect("a report");
    assert!(text.starts_with("# misfire"), "{text}");
}

#[test]
fn a_workflow_gets_annotations_on_standard_error() {
    let home = misfiring();
    let output = Command::cargo_bin("misfire")
        .expect("the binary")
        .current_dir(home.0.path())
        .env("GITHUB_ACTIONS", "true")
        .args(with(&["--format", "json"]))
        .output()
        .expect("a finished run");
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        told.contains("::error file=rules/whoami.yml,title=misfire"),
        "{told}"
    );
    serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("only JSON");
    let done = home.misfire(&SUITE).exits(1);
    assert!(!done.err().contains("::error"), "{}", done.err());
}

#[test]
fn wrong_use_of_a_filter_says_what_is_meant() {
    let home = Home::new();
    for (args, wanted) in [
        (["--technique", "1219"], "a technique is `T1219`"),
        (["--platform", "widnows"], "did you mean `windows`?"),
        (["--since=-x", "tunnel"], "a revision is"),
        (["--since", "a b"], "a revision is"),
        (["--name", ""], "--name"),
    ] {
        let done = home.misfire(&["run", args[0], args[1]]).exits(2);
        assert!(done.err().contains(wanted), "{}", done.err());
    }
}

/// Of a project in a git repository.
#[test]
fn nothing_changed_is_no_failure_and_said_to_be_no_proof() {
    let home = Home::new();
    home.misfire(&["init", "lab"]).exits(0);
    let lab = home.path("lab");
    let git = |args: &[&str]| {
        let done = std::process::Command::new("git")
            .current_dir(&lab)
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(args)
            .output()
            .expect("git");
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "A project"]);
    let run = || {
        let mut misfire = Command::cargo_bin("misfire").expect("the binary");
        let output = misfire
            .current_dir(&lab)
            .args(["run", "--since", "HEAD"])
            .args(["--report", "markdown=../summary.md"])
            .args(["--report", "junit=../summary.xml"])
            .output()
            .expect("a finished run");
        let page = fs::read_to_string(home.path("summary.md")).expect("a report");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.code(), text, page)
    };
    let junit = || fs::read_to_string(home.path("summary.xml")).expect("a report");
    let (code, text, page) = run();
    // What CI reads agrees with the exit code.
    assert!(!junit().contains("<error"), "{}", junit());
    assert!(junit().contains("errors=\"0\""), "{}", junit());
    assert_eq!(code, Some(0), "{text}");
    assert!(text.ends_with("nothing to judge\n"), "{text}");
    assert!(page.contains("**nothing to judge**"), "{page}");
    let rule = lab.join("detections/sigma/whoami_all.yml");
    let changed = fs::read_to_string(&rule).expect("a rule") + "# changed\n";
    fs::write(&rule, changed).expect("a rule");
    let (code, text, page) = run();
    assert_eq!(code, Some(0), "{text}");
    assert!(text.ends_with("all as expected\n"), "{text}");
    assert!(page.contains("**all as expected**"), "{page}");
}

/// A run that judged nothing for any other reason is an error for CI as well.
#[test]
fn nothing_judged_is_an_error_in_junit() {
    let home = Home::new();
    for filters in [&["--name", "no such name"][..], &["--since", "no-such"]] {
        let args = [&["run", "--report", "junit=r.xml"], filters].concat();
        home.misfire(&args).exits(2);
        let junit = fs::read_to_string(home.path("r.xml")).expect("a report");
        assert!(junit.contains("<error"), "{junit}");
    }
}

#[test]
fn a_misspelled_command_gets_the_right_one() {
    let home = Home::new();
    for (args, wanted) in [
        (&["rnu"][..], "'run'"),
        (&["help", "rn"], "'run'"),
        (&["rn"], "'run'"),
        (&["lsit"], "'list'"),
        (&["explian"], "'explain'"),
    ] {
        let done = home.misfire(args).exits(2);
        assert!(done.err().contains(wanted), "{args:?}: {}", done.err());
    }
    let done = home.misfire(&["quux"]).exits(2);
    assert!(!done.err().contains("similar"), "{}", done.err());
}

#[test]
fn every_command_shows_examples() {
    let home = Home::new();
    for command in [
        "run",
        "list",
        "check",
        "init",
        "scan",
        "explain",
        "convert",
        "doctor",
        "schema",
        "completions",
        "man",
    ] {
        let help = home.misfire(&[command, "--help"]).exits(0).out();
        assert!(help.contains("Examples:\n  misfire"), "{help}");
        let done = home.misfire(&[command, "--fromat", "json"]).exits(2);
        assert!(done.err().contains("--format"), "{}", done.err());
    }
}

#[test]
fn schemas_are_listed_and_printed() {
    let home = Home::new();
    let names = home.misfire(&["schema"]).exits(0).out();
    assert!(names.lines().any(|name| name == "report"), "{names}");
    for name in names.lines() {
        let schema = home.misfire(&["schema", name]).exits(0).json();
        assert!(jsonschema::validator_for(&schema).is_ok(), "{name}");
    }
    home.misfire(&["schema", "report.json"]).exits(0);
    let done = home.misfire(&["schema", "reprot"]).exits(2);
    assert!(
        done.err().contains("did you mean `report`"),
        "{}",
        done.err()
    );
    let listed = home
        .misfire(&["schema", "--format", "json"])
        .exits(0)
        .json();
    assert!(listed["schemas"].is_array());
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = home.misfire(&["completions", shell]).exits(0).out();
        assert!(text.contains("doctor"), "{shell}");
    }
    home.misfire(&["completions", "basch"]).exits(2);
    let page = home.misfire(&["man"]).exits(0).out();
    assert!(page.contains(".TH misfire 1"), "{page}");
    home.misfire(&["man", "pages"]).exits(0);
    for page in ["misfire.1", "misfire-run.1", "misfire-doctor.1"] {
        assert!(home.path("pages").join(page).exists(), "{page}");
    }
    home.misfire(&["man", "rules/whoami.yml"]).exits(3);
}

#[test]
fn doctor_says_what_is_there_and_what_cannot_be_done_yet() {
    let home = Home::new();
    fs::create_dir(home.path("fixtures")).expect("a folder");
    home.write("fixtures/a", "");
    let text = home.misfire(&["doctor"]).exits(0).out();
    assert!(text.contains("fixtures     1 file"), "{text}");
    assert!(text.contains("not yet"), "{text}");
    let known = home
        .misfire(&["doctor", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(known["version"], env!("CARGO_PKG_VERSION"));
    assert!(
        known["tools"]
            .as_array()
            .is_some_and(|tools| tools.len() > 4)
    );
    let output = Command::cargo_bin("misfire")
        .expect("the binary")
        .env("PATH", "")
        .arg("doctor")
        .output()
        .expect("a finished run");
    assert!(String::from_utf8_lossy(&output.stdout).contains("git          not found"));
}

#[test]
fn a_selection_takes_what_fits_every_kind_of_filter() {
    let technique = TechniqueId::parse("T1219.001").expect("an id");
    let id = DetectionId::new("0784ddd7-8c53-4c5a-9b26-47064a3d155c");
    let test = Candidate {
        technique: Some(&technique),
        guid: AtomicGuid::parse("6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004"),
        name: "Tunnel from the command line",
        platforms: &[Platform::IaasAws],
        detections: &[(&id, "Code Tunnel Started")],
        fixtures: &["T1219.001/code-tunnel"],
    };
    let technique = |text: &str| Selection {
        techniques: vec![TechniqueId::parse(text).expect("an id")],
        ..Selection::default()
    };
    let word = |text: &str| Selection {
        words: vec![text.to_owned()],
        ..Selection::default()
    };
    let platform = |platform| Selection {
        platforms: vec![platform],
        ..Selection::default()
    };
    assert!(Selection::default().accepts(&test) && Selection::default().is_everything());
    assert!(technique("T1219").accepts(&test) && technique("T1219.001").accepts(&test));
    assert!(!technique("T1219.002").accepts(&test) && !technique("T1021").accepts(&test));
    for text in [
        "t1219",
        "TUNNEL",
        "6f1c2f60",
        "0784ddd7",
        "code tunnel started",
        "/code-tunnel",
    ] {
        assert!(word(text).accepts(&test), "{text}");
    }
    assert!(!word("anydesk").accepts(&test));
    assert!(platform(Platform::Iaas).accepts(&test));
    assert!(platform(Platform::IaasAws).accepts(&test));
    assert!(!platform(Platform::IaasAzure).accepts(&test));
    let both = Selection {
        names: vec!["tunnel".to_owned()],
        detections: vec!["no such".to_owned()],
        ..Selection::default()
    };
    assert!(!both.accepts(&test));
    assert!(Revision::parse("HEAD~1").is_some() && Revision::parse("--output=x").is_none());
}

/// Scripts may name the stage, and none but these.
#[test]
fn stages_are_named() {
    let home = Home::new();
    home.misfire(&["run", "--stage", "replay", "T1219"])
        .exits(0);
    let done = home.misfire(&["run", "--stage", "perform"]).exits(2);
    assert!(done.err().contains("replay"), "{}", done.err());
}

#[test]
fn a_file_takes_one_report_however_it_is_named() {
    let home = misfiring();
    let same = ["r.txt", "./r.txt", "rules/../r.txt"];
    for there in [false, true] {
        if there {
            home.write("r.txt", "");
        }
        for other in &same[1..] {
            let [junit, json] = [format!("junit={}", same[0]), format!("json={other}")];
            let done = home.misfire(&with(&["--report", &junit, "--report", &json]));
            let told = done.exits(2).err();
            assert!(told.contains("misfire::usage::report_twice"), "{told}");
        }
    }
    let reports = ["--report", "junit=r.txt", "--report", "json=rules/r.txt"];
    home.misfire(&with(&reports)).exits(1);
    assert!(home.path("rules/r.txt").is_file());
}

/// What was never loaded is from nowhere.
#[test]
fn a_broken_configuration_is_not_said_to_be_bundled() {
    let home = Home::new();
    home.write("misfire.toml", "[folders\n");
    let done = home.misfire(&["run"]).exits(2);
    assert!(!done.out().contains("bundled"), "{}", done.out());
    let document = home.misfire(&["run", "--format", "json"]).exits(2).json();
    assert!(document["content"].is_null(), "{document}");
}
