use crate::support::project::{EXPECTATION, Project, RULE, rule, test_of, verdict_of};

const GAP: &str = "        expect: misfire\n        reason: the rule is for the 64-bit program\n";

fn with_gap() -> Project {
    Project::new().expecting(&format!("{EXPECTATION}{GAP}"))
}

#[test]
fn a_known_gap_is_as_expected() {
    let project = with_gap().ruled(rule(RULE, "Image|endswith: '\\WHOAMI64.exe'"));
    let done = project.run().exits(0);
    assert_eq!(verdict_of(&done).0, "misfire");
    let verdict = &test_of(&done)["verdicts"][0];
    assert_eq!(verdict["expected"], true);
    assert!(
        verdict["known_gap"].to_string().contains("64-bit"),
        "{verdict:#}"
    );
}

/// What is better than expected is not as expected either: the note is out of date.
#[test]
fn a_gap_that_is_closed_is_unexpected() {
    let done = with_gap().run().exits(1);
    assert_eq!(verdict_of(&done).0, "fired");
    assert_eq!(test_of(&done)["verdicts"][0]["expected"], false);
}

/// Another gap than the known one is unexpected.
#[test]
fn another_gap_is_unexpected() {
    let project = with_gap().ruled(rule(RULE, "Image|endswith: '\\notepad.exe'"));
    assert_eq!(verdict_of(&project.run().exits(1)).0, "stray");
}

const CLAIM: &str = "    claims:
      - text: the editor starts as well
        page: a page
        holds: false
        because: nothing starts it
        judged_by: [editor]
";

#[test]
fn a_claim_is_judged_by_its_signals() {
    let signal = "      - {id: editor, source: sysmon, event_id: 1, absent: true, fields: {Image|endswith: '\\editor.exe'}}\n";
    let expectation = EXPECTATION.replace(
        "    detections:",
        &format!("{signal}{CLAIM}    detections:"),
    );
    let mut project = Project::new().expecting(&expectation);
    let done = project.run().exits(0);
    assert_eq!(test_of(&done)["claims"][0]["state"], "proven");
    let editor = crate::support::project::sysmon(9, 9, r"C:\editor.exe");
    project.recordings[0].logs[0].2.push(editor);
    let done = project.run().exits(1);
    assert_eq!(test_of(&done)["claims"][0]["state"], "contradicted");
}
