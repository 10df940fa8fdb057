//! `misfire import --scrub`, through the program.

use std::fs;
use std::path::Path;

use misfire::content::fixture::{Fixture, load_fixtures};
use misfire::diagnostic::{Ink, to_text};
use serde_json::json;

use super::recording;
use crate::support;
use support::home::Home;

/// The bundled test of the desktop editor's tunnel.
const TUNNEL: &str = "d6e8f711-03b6-4375-b189-94ae331a10ba";

fn home() -> Home {
    let home = Home::new();
    for log in ["sysmon", "security"] {
        let bytes = recording(&format!("T1219.001/code-tunnel/{log}.evtx"));
        fs::write(home.path(&format!("{log}.evtx")), bytes).expect("a log");
    }
    home
}

fn fixture(folder: &Path) -> Fixture {
    let loaded = load_fixtures(&[folder.to_owned()]);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "");
    assert_eq!(loaded.fixtures.len(), 1);
    (**loaded.fixtures.values().next().expect("a fixture")).clone()
}

#[test]
fn a_capture_is_scrubbed_listed_and_drafted_from_what_is_left() {
    let home = home();
    let args = [
        "import",
        "sysmon.evtx",
        "security.evtx",
        "--atomic",
        TUNNEL,
        "--scrub",
    ];
    let done = home.misfire(&[&args[..], &["--name", "clean", "--format", "json"]].concat());
    let report = done.exits(0).json();
    let users = &report["fixture"]["scrubbed"]["user names"];
    assert!(users["identities"].as_u64() >= Some(1) && users["places"].as_u64() > Some(10));
    assert_eq!(report["fixture"]["files"][0]["from"], "security.evtx");
    let fixture = fixture(&home.path("fixtures"));
    assert!(
        fixture.host.name.starts_with("HOST-"),
        "{}",
        fixture.host.name
    );
    assert!(fixture.host.name.ends_with(".corp.example"));
    assert!(fixture.scrubbed.iter().any(|note| {
        note.source.as_str() == "sysmon" && note.fields.iter().any(|field| field == "CommandLine")
    }));
    let folder = home.path("fixtures/T1219.001/clean");
    for file in ["sysmon.evtx", "security.evtx", "fixture.yaml"] {
        let bytes = fs::read(folder.join(file)).expect("a file");
        let plain = String::from_utf8_lossy(&bytes)
            .replace('\0', "")
            .to_lowercase();
        assert!(
            !plain.contains("avery") && !plain.contains("ws01"),
            "{file}"
        );
    }
    let draft = fs::read_to_string(home.path("expectations/T1219.001.yaml")).expect("a draft");
    assert!(draft.contains("code-tunnel-process") && !draft.contains("avery"));
}

#[test]
fn without_the_flag_logs_are_copied_byte_for_byte() {
    let home = home();
    let args = [
        "import",
        "sysmon.evtx",
        "--atomic",
        TUNNEL,
        "--name",
        "raw",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).exits(0).json();
    assert_eq!(report["fixture"]["scrubbed"], json!(null));
    let copy = fs::read(home.path("fixtures/T1219.001/raw/sysmon.evtx")).expect("a copy");
    assert_eq!(copy, recording("T1219.001/code-tunnel/sysmon.evtx"));
}

#[test]
fn a_control_is_scrubbed_with_its_reason_and_never_named_after_a_host() {
    let home = home();
    fs::rename(home.path("sysmon.evtx"), home.path("ws01-sysmon.evtx")).expect("a new name");
    let args = [
        "import",
        "ws01-sysmon.evtx",
        "--control",
        "avery opened it on WS01",
    ];
    let args = [&args[..], &["--technique", "T1219.001", "--scrub"]].concat();
    let refused = home.misfire(&args).exits(2);
    assert!(
        refused.err().contains("misfire::import::bad_name"),
        "{}",
        refused.err()
    );
    assert!(!home.path("fixtures").exists());
    home.misfire(&[&args[..], &["--name", "opened"]].concat())
        .exits(0);
    let folder = home.path("fixtures/T1219.001/controls/opened");
    let manifest = fs::read_to_string(folder.join("fixture.yaml")).expect("a manifest");
    assert!(
        !manifest.to_lowercase().contains("ws01") && !manifest.contains("avery"),
        "{manifest}"
    );
    fixture(&home.path("fixtures"));
}

#[test]
fn nothing_is_written_if_a_rule_of_the_project_reads_an_identity() {
    let home = home();
    home.write("misfire.toml", "");
    home.write(
        "detections/avery.yml",
        "title: Avery At Work\nid: 4815aa87-8781-4368-96ad-7df96a2a1880\nlogsource:\n    \
         product: windows\n    category: process_creation\ndetection:\n    selection:\n        \
         User|endswith: avery\n    condition: selection\nlevel: low\n",
    );
    let args = [
        "import",
        "sysmon.evtx",
        "--atomic",
        TUNNEL,
        "--name",
        "clean",
        "--scrub",
    ];
    let refused = home.misfire(&args).exits(2);
    let told = refused.err();
    assert!(told.contains("misfire::scrub::changes_verdict"), "{told}");
    assert!(
        told.contains("Avery At Work") && told.contains("the user names were"),
        "{told}"
    );
    assert!(!home.path("fixtures/T1219.001").exists());
}

#[test]
fn a_baseline_would_no_longer_compare() {
    let home = home();
    let args = [
        "import",
        "sysmon.evtx",
        "--atomic",
        TUNNEL,
        "--baseline",
        "security.evtx",
    ];
    home.misfire(&[&args[..], &["--scrub"]].concat()).exits(2);
}
