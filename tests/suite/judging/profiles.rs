use crate::support::project::{Project, Recording, sysmon, sysmon_event, verdict_of};
use serde_json::json;

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";

/// A project with a configuration and two recordings.
fn built() -> crate::support::project::Built {
    let lookup = sysmon_event(22, 2, 6, json!({"QueryName": "a.example"}));
    let online = Recording::of_atomic("online")
        .with("sysmon", vec![sysmon(1, 5, WHOAMI), lookup])
        .saying("given: [online]");
    let signal = "      - id: lookup\n        source: sysmon\n        event_id: 22\n        fields: {QueryName: a.example}\n        when: {given: online, why: it asks then}\n    detections:";
    let expectation = crate::support::project::EXPECTATION.replace("    detections:", signal);
    let built = Project::new().expecting(&expectation).and(online).built();
    built.write(
        "misfire.toml",
        "[profiles.online]\ngiven = [\"online\"]\n\n[profiles.tunnels]\nfilters = [\"tunnel\"]\n\n\
         [profiles.names]\nfilters = [\"tunnel\", \"signed in\"]\n",
    );
    built
}

fn recordings(done: &crate::support::home::Done) -> Vec<String> {
    let document = done.json();
    let tests = document["tests"].as_array().expect("tests");
    tests
        .iter()
        .map(|test| test["recording"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn the_configuration_of_the_folder_is_found() {
    let done = built().misfire(&["run", "--format", "json"]).exits(0);
    assert_eq!(recordings(&done), ["T1033/online", "T1033/plain"]);
}

#[test]
fn a_profile_chooses_recordings_by_their_conditions() {
    let done = built()
        .misfire(&["run", "--format", "json", "--profile", "online"])
        .exits(0);
    assert_eq!(recordings(&done), ["T1033/online"]);
}

#[test]
fn a_profile_chooses_tests_by_their_names() {
    let built = built();
    let with = |profile: &str| built.misfire(&["run", "--format", "json", "--profile", profile]);
    assert_eq!(recordings(&with("names").exits(0)).len(), 2);
    let done = with("tunnels").exits(2);
    assert!(
        done.err().contains("misfire::run::no_tests"),
        "{}",
        done.err()
    );
    let done = with("tunels").exits(2);
    assert!(done.err().contains("`tunnels`"), "{}", done.err());
}

/// A recording that a profile leaves out is there all the same.
#[test]
fn a_profile_that_leaves_every_recording_out_says_so() {
    let built = Project::new().built();
    built.write(
        "misfire.toml",
        "[profiles.lab]\ngiven = [\"online\", \"joined\"]\n",
    );
    let done = built.misfire(&["run", "--format", "json", "--profile", "lab"]);
    let (verdict, reason) = verdict_of(&done.exits(1));
    assert_eq!(verdict, "not-run");
    assert!(
        reason.contains("no recording of it is one in which `online` and `joined` held"),
        "{reason}"
    );
}
