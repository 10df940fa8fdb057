//! Detections judged on tests that they were not written with.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

/// A query that Sumo Logic refuses, whatever it was meant to do.
const REFUSED: &str = "\
id: 2f7f5ff2-2a3c-4a53-8f0b-6d0f5e2f5b01
title: Editor tunnel, as someone would write it for another product
language: sumo
attack: [T1219.001]
query: |
  _sourceCategory=*sysmon*
  | where EventID = \"1\"
  | eval verdict = if(toLowerCase(%\"EventData.CommandLine\") matches \"* tunnel *\", \"yes\", \"no\")
  | where verdict = \"yes\"
";

/// A search for logs as add-ons of long ago named them.
const OLD: &str = "\
id: 2f7f5ff2-2a3c-4a53-8f0b-6d0f5e2f5b02
title: Dev tunnel, as searches were written years ago
language: spl
attack: [T1219.001]
query: |
  sourcetype=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=1 Image=\"*\\\\devtunnel.exe\" CommandLine=\"* host*\"
";

fn accept(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_misfire"))
        .current_dir(folder)
        .arg("accept")
        .args(arguments)
        .output()
        .expect("a finished command")
}

fn json(folder: &TempDir, arguments: &[&str]) -> (Value, i32) {
    let output = accept(folder, &[arguments, &["--format", "json"]].concat());
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (document, output.status.code().expect("an exit code"))
}

fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn own(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).expect("a detection of ours")
}

/// The verdicts of the first detection on a recording: deployment, reading, verdict.
fn verdicts(document: &Value, recording: &str) -> Vec<(String, String, String)> {
    let tests = document["detections"][0]["tests"].as_array();
    let test = tests
        .into_iter()
        .flatten()
        .find(|test| test["recording"] == recording)
        .unwrap_or_else(|| panic!("{recording} was not judged: {document:#}"));
    let cells = test["verdicts"].as_array().expect("verdicts");
    let word = |cell: &Value, key: &str| cell[key].as_str().unwrap_or("-").to_owned();
    cells
        .iter()
        .map(|cell| {
            (
                word(cell, "deployment"),
                word(cell, "reading"),
                word(cell, "verdict"),
            )
        })
        .collect()
}

/// Our own detections do what they claim, in every language.
#[rstest]
#[case("detections/sumo/code_tunnel_started.yml", "code-tunnel")]
#[case("detections/splunk/code_tunnel_started.yml", "code-tunnel")]
#[case("detections/sigma/code_tunnel_started.yml", "code-tunnel")]
#[case("detections/sumo/ssm_session_started.yml", "ssm-start-session")]
fn a_sound_detection_is_accepted(#[case] detection: &str, #[case] recording: &str) {
    let folder = folder_with(&[("own.yml", &own(detection))]);
    let mut arguments = vec!["own.yml", recording];
    if detection.contains("splunk") {
        arguments.extend(["--deployment", "current"]);
    }
    let (document, code) = json(&folder, &arguments);
    let tests = document["detections"][0]["tests"]
        .as_array()
        .expect("tests");
    assert!(!tests.is_empty());
    assert_eq!(code, 0, "{document:#}");
    assert_eq!(document["detections"][0]["accepted"], true);
}

#[test]
fn a_query_that_is_refused_fires_as_meant_and_its_repair_is_tried() {
    let folder = folder_with(&[("refused.yml", REFUSED)]);
    let (document, code) = json(&folder, &["refused.yml", "T1219.001/code-tunnel"]);
    assert_eq!(code, 1);
    let cells = verdicts(&document, "T1219.001/code-tunnel");
    for (deployment, reading, verdict) in &cells {
        let wanted = if reading == "strict" {
            "invalid"
        } else {
            "fired"
        };
        assert_eq!(verdict, wanted, "{deployment}, {reading}: {cells:?}");
    }
    assert_eq!(cells.len(), 4);
    let repair = &document["detections"][0]["tests"][0]["verdicts"][0]["repair"];
    assert_eq!(repair["found"], true, "{document:#}");
    assert_eq!(
        repair["steps"].as_array().map(Vec::len),
        Some(1),
        "{repair:#}"
    );
    assert_eq!(repair["steps"][0]["code"], "misfire::lint::sumo::eval");
    let text = repair["text"].as_str().expect("a text");
    assert!(
        text.contains("as verdict") && !text.contains("eval"),
        "{text}"
    );

    // What is proposed does what is said of it.
    std::fs::write(folder.path().join("repaired.yml"), text).expect("a file");
    let (document, _) = json(&folder, &["repaired.yml", "T1219.001/code-tunnel"]);
    for (deployment, _, verdict) in verdicts(&document, "T1219.001/code-tunnel") {
        assert_eq!(verdict, "fired", "{deployment}");
    }
}

#[test]
fn names_of_another_deployment_find_nothing_in_this_one() {
    let folder = folder_with(&[("old.yml", OLD)]);
    let (document, code) = json(&folder, &["old.yml", "devtunnel-host"]);
    assert_eq!(code, 1);
    let told: Vec<_> = verdicts(&document, "T1219.001/devtunnel-host");
    let wanted = [
        ("current", "strict", "misfire"),
        ("current", "intent", "fired"),
        ("older", "strict", "fired"),
        ("older", "intent", "fired"),
    ];
    let wanted = wanted.map(|(one, two, three)| (one.into(), two.into(), three.into()));
    assert_eq!(told, wanted);
    let reason = &document["detections"][0]["tests"][0]["verdicts"][0]["reason"];
    let reason = reason.as_str().expect("a reason");
    assert!(
        reason.contains("finds nothing in the deployment `current`"),
        "{reason}"
    );

    // In the deployment that it is written for it is accepted, where it is quiet.
    let (document, _) = json(
        &folder,
        &["old.yml", "devtunnel-host", "--deployment", "older"],
    );
    let columns = document["detections"][0]["columns"].as_array();
    assert_eq!(columns.map(Vec::len), Some(2));
}

#[test]
fn a_detection_of_a_language_that_is_not_evaluated_is_not_accepted() {
    let query = "id: 2f7f5ff2-2a3c-4a53-8f0b-6d0f5e2f5b03\ntitle: Kusto\nlanguage: kql\n\
                 attack: [T1219.001]\nquery: DeviceProcessEvents | take 1\n";
    let folder = folder_with(&[("kusto.yml", query)]);
    let (document, code) = json(&folder, &["kusto.yml", "T1219.001/code-tunnel"]);
    assert_eq!(code, 1);
    let cells = verdicts(&document, "T1219.001/code-tunnel");
    assert_eq!(cells, [("-".into(), "strict".into(), "unsupported".into())]);
}

#[test]
fn without_a_filter_the_tests_are_those_of_the_technique() {
    let text = own("detections/sumo/vnc_server_started.yml");
    let folder = folder_with(&[("vnc.yml", &text)]);
    let (document, _) = json(&folder, &["vnc.yml", "--no-repair"]);
    let tests = document["detections"][0]["tests"]
        .as_array()
        .expect("tests");
    assert!(tests.len() > 2);
    assert!(
        tests.iter().all(|test| test["technique"] == "T1219"),
        "{tests:#?}"
    );
    let stands_in = tests.iter().any(|test| test["stand_in"].is_string());
    assert!(stands_in, "the branch with the stand-in is judged too");
}

#[rstest]
#[case(&["refused.yml", "--deployment", "curent"], "did you mean `current`?")]
#[case(&["refused.yml", "no-such-test"], "no test is what the filters ask for")]
#[case(&["absent.yml"], "cannot be read")]
#[case(&["empty"], "the folder holds no file")]
#[case(&["other.yml"], "there is no test of the techniques")]
#[case(&["refused.yml", "--format", "json", "--markdown", "-"], "standard output takes either")]
fn what_cannot_be_judged_is_told(#[case] arguments: &[&str], #[case] wanted: &str) {
    let other = REFUSED.replace("T1219.001", "T1003.001");
    let folder = folder_with(&[("refused.yml", REFUSED), ("other.yml", &other)]);
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    let output = accept(&folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(wanted), "{told}");
    let code = output.status.code();
    assert!(matches!(code, Some(2 | 3)), "{code:?}: {told}");
}

#[test]
fn each_detection_gets_a_page_of_its_own() {
    let odd = REFUSED.replace("Editor tunnel,", "Editor | <b>tunnel</b>,");
    let odd = odd.replace("5b01", "5b09");
    let folder = folder_with(&[("odd.yml", &odd), ("old.yml", OLD)]);
    let output = accept(
        &folder,
        &[
            "odd.yml",
            "old.yml",
            "T1219.001/devtunnel-host",
            "--markdown",
            "pages/",
        ],
    );
    assert_eq!(output.status.code(), Some(1));
    let page = |name: &str| {
        std::fs::read_to_string(folder.path().join("pages").join(name)).expect("a page")
    };
    let (odd, old) = (page("odd.md"), page("old.md"));
    assert!(
        odd.starts_with("# Acceptance of Editor \\| &lt;b&gt;tunnel&lt;/b&gt;,"),
        "{odd}"
    );
    assert!(old.contains("| current, as published |"), "{old}");
    for page in [&odd, &old] {
        // Every table has as many cells in each row as in its head.
        for table in page.split("\n\n").filter(|part| part.starts_with("| ")) {
            let cells = |line: &str| line.replace("\\|", "").matches('|').count();
            let head = cells(table.lines().next().expect("a head"));
            assert!(table.lines().all(|line| cells(line) == head), "{table}");
        }
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("0 of 2 detections accepted"), "{text}");
}

#[test]
fn sigma_rules_are_judged_as_they_stand() {
    let folder = folder_with(&[(
        "rule.yml",
        &own("detections/sigma/anydesk_started_by_name.yml"),
    )]);
    let (document, code) = json(&folder, &["rule.yml", "T1219/anydesk-from-temp"]);
    assert_eq!(code, 1);
    let cells = verdicts(&document, "T1219/anydesk-from-temp");
    assert_eq!(cells, [("-".into(), "strict".into(), "misfire".into())]);
    let near = &document["detections"][0]["tests"][0]["verdicts"][0]["near_miss"]["change"];
    let near = near.to_string();
    assert!(
        near.contains("anydesk_test.exe"),
        "the renamed program is the nearest: {near}"
    );
}

/// A sensible-looking change can narrow a query; what is told as the smallest repair has
/// none of it.
#[rstest]
#[case(
    "_sourceCategory=\"*sysmon*\" | where %\"EventData.Image\" matches /(?i)tunnel\\.exe$/",
    "T1219.001/devtunnel-host"
)]
#[case(
    "_sourceCategory=\"*sysmon*\" | where %\"EventData.Image\" matches /(?i)md\\.exe$/ | where %\"EventData.CommandLine\" contains \"tvnserver\"",
    "T1219/vnc-mock"
)]
fn a_repair_has_nothing_that_is_not_needed(#[case] query: &str, #[case] recording: &str) {
    let text = format!(
        "id: 2f7f5ff2-2a3c-4a53-8f0b-6d0f5e2f5b21\ntitle: Narrowed\nlanguage: sumo\n\
         query: |\n  {query}\n"
    );
    let folder = folder_with(&[("narrowed.yml", &text)]);
    let (document, _) = json(
        &folder,
        &["narrowed.yml", recording, "--deployment", "raw-keys"],
    );
    let repair = &document["detections"][0]["tests"][0]["verdicts"][0]["repair"];
    let steps = repair["steps"].as_array().expect("steps");
    let codes: Vec<_> = steps
        .iter()
        .filter_map(|step| step["code"].as_str())
        .collect();
    assert_eq!(
        codes,
        ["misfire::lint::sumo::quoted_wildcard"],
        "{repair:#}"
    );
}

#[test]
fn a_rule_that_does_not_load_has_a_verdict_and_its_reason() {
    let good = own("detections/sigma/devtunnel_hosted.yml");
    let broken = good
        .replace("|endswith", "|endswitch")
        .replace("id: ", "id: 00");
    let broken = broken
        .replacen("id: 00", "id: ", 1)
        .replacen("id: ", "id: a", 1);
    let folder = folder_with(&[("good.yml", &good), ("broken.yml", &broken)]);
    let (document, code) = json(
        &folder,
        &["broken.yml", "good.yml", "T1219.001/devtunnel-host"],
    );
    assert_eq!(code, 1, "{document:#}");
    let detections = document["detections"].as_array().expect("detections");
    assert_eq!(detections.len(), 2);
    let cell = &detections[0]["tests"][0]["verdicts"][0];
    assert_eq!(cell["verdict"], "invalid", "{cell:#}");
    let reason = cell["reason"].as_str().expect("a reason");
    assert!(reason.contains("endswitch"), "{reason}");
}

/// What was never searched is not quiet.
#[test]
fn benign_recordings_that_were_not_searched_are_told() {
    let query = "id: 2f7f5ff2-2a3c-4a53-8f0b-6d0f5e2f5b31\ntitle: Kusto\nlanguage: kql\n\
                 query: DeviceProcessEvents | take 1\n";
    let folder = folder_with(&[("kusto.yml", query)]);
    let output = accept(&folder, &["kusto.yml", "T1219.001/code-tunnel"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("not searched:") && !text.contains("quiet on"),
        "{text}"
    );
}

/// Of logs that misfire does not read, nothing is known in any deployment.
#[test]
fn a_query_for_other_logs_is_unsupported() {
    let query = "id: 2f7f5ff2-2a3c-4a53-8f0b-6d0f5e2f5b32\ntitle: Firewall\nlanguage: spl\n\
                 query: index=fw sourcetype=\"pan:threat\" action=blocked\n";
    let folder = folder_with(&[("firewall.yml", query)]);
    let (document, _) = json(&folder, &["firewall.yml", "T1219.001/code-tunnel"]);
    for (deployment, reading, verdict) in verdicts(&document, "T1219.001/code-tunnel") {
        assert_eq!(verdict, "unsupported", "{deployment}, {reading}");
    }
}
