use serde_json::json;

use crate::support::project::{
    EXPECTATION, Project, Recording, rule, security, sysmon, sysmon_event, test_of, verdict_of,
};

const WHOAMI: &str = r"C:\Windows\System32\whoami.exe";
const OTHER: &str = r"C:\Windows\System32\notepad.exe";

fn verdict(project: &Project, code: i32) -> (String, String) {
    verdict_of(&project.run().exits(code))
}

#[test]
fn a_rule_that_finds_its_signal_has_fired() {
    let done = Project::new().run().exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
    let test = test_of(&done);
    assert_eq!(test["verdicts"][0]["events"][0]["record"], 1);
    assert_eq!(test["verdicts"][0]["extra"], json!([]));
    assert_eq!(test["evidence"], "authored");
    assert_eq!(test["arguments"]["flag"], "/all");
}

#[test]
fn what_it_found_besides_is_extra() {
    let project = Project::new().recorded(Recording::of_atomic("two").with(
        "sysmon",
        vec![
            sysmon(1, 5, WHOAMI),
            sysmon(2, 6, r"C:\Windows\System32\whoami-not.exe"),
        ],
    ));
    let project = project.ruled(rule(
        crate::support::project::RULE,
        "Image|contains: whoami",
    ));
    let done = project.run().exits(0);
    let test = test_of(&done);
    assert_eq!(
        test["verdicts"][0]["events"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(test["verdicts"][0]["extra"][0]["record"], 2);
}

#[test]
fn a_rule_that_misses_its_signal_is_told_why() {
    let project = Project::new().ruled(rule(
        crate::support::project::RULE,
        "Image|endswith: '\\WHOAMI64.exe'",
    ));
    let done = project.run().exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "misfire");
    assert!(reason.contains("`start` is there"), "{reason}");
    let near_miss = &test_of(&done)["verdicts"][0]["near_miss"];
    let predicate = &near_miss["nearest"]["predicates"][0];
    assert_eq!(predicate["field"], "Image");
    assert_eq!(predicate["seen"], WHOAMI);
    assert_eq!(near_miss["nearest"]["event"]["record"], 1);
    let change = near_miss["change"][0].as_str().expect("a change");
    assert!(
        change.contains("WHOAMI64.exe") && change.contains("would have to hold"),
        "{change}"
    );
}

#[test]
fn a_rule_that_fires_on_something_else_is_a_stray() {
    let project = Project::new().ruled(rule(
        crate::support::project::RULE,
        "Image|endswith: '\\notepad.exe'",
    ));
    let done = project.run().exits(1);
    assert_eq!(verdict_of(&done).0, "stray");
    assert_eq!(test_of(&done)["verdicts"][0]["extra"][0]["record"], 2);
}

#[test]
fn an_event_outside_the_window_is_not_of_the_test() {
    let project = Project::new().recorded(
        Recording::of_atomic("late")
            .with("sysmon", vec![sysmon(1, 500, WHOAMI), sysmon(2, 6, OTHER)]),
    );
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "blind", "{reason}");
}

#[test]
fn without_its_signal_a_rule_is_blind() {
    let project = Project::new()
        .recorded(Recording::of_atomic("nothing").with("sysmon", vec![sysmon(2, 6, OTHER)]));
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "blind");
    assert!(reason.contains("`start`"), "{reason}");
}

/// The signal is there, in another log than the one that the rule looks at, which
/// was collected and held nothing.
#[test]
fn without_its_log_a_rule_is_blind() {
    let project = dns_rule()
        .recorded(Recording::of_atomic("no-dns").with("sysmon", vec![sysmon(1, 5, WHOAMI)]));
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "blind", "{reason}");
    assert!(reason.contains("holds nothing"), "{reason}");
}

/// The neighbour: there is such a record, and the rule misses it.
#[test]
fn with_its_log_a_rule_is_not_blind() {
    let project = dns_rule().recorded(Recording::of_atomic("dns").with(
        "sysmon",
        vec![
            sysmon(1, 5, WHOAMI),
            sysmon_event(
                22,
                2,
                6,
                json!({"QueryName": "other.example", "Image": OTHER}),
            ),
        ],
    ));
    assert_eq!(verdict(&project, 1).0, "misfire");
}

fn dns_rule() -> Project {
    let dns = rule(crate::support::project::RULE, "QueryName: wanted.example")
        .replace("process_creation", "dns_query");
    Project::new().ruled(dns)
}

#[test]
fn without_the_field_that_it_needs_a_rule_is_blind() {
    let project = audited().recorded(Recording::of_atomic("no-command-line").with(
        "security",
        vec![security(
            1,
            5,
            json!({"NewProcessName": WHOAMI, "CommandLine": ""}),
        )],
    ));
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "blind", "{reason}");
    assert!(reason.contains("`CommandLine`"), "{reason}");
}

/// The neighbour: the field is there, with another value.
#[test]
fn with_the_field_that_it_needs_a_rule_misses() {
    let project = audited().recorded(Recording::of_atomic("command-line").with(
        "security",
        vec![security(
            1,
            5,
            json!({"NewProcessName": WHOAMI, "CommandLine": "whoami /user"}),
        )],
    ));
    assert_eq!(verdict(&project, 1).0, "misfire");
}

fn audited() -> Project {
    let expectation = EXPECTATION
        .replace(
            "source: sysmon\n        event_id: 1",
            "source: security\n        event_id: 4688",
        )
        .replace("Image|endswith", "NewProcessName|endswith");
    Project::new().expecting(&expectation).ruled(rule(
        crate::support::project::RULE,
        "CommandLine|contains: /priv",
    ))
}

#[test]
fn a_log_that_nobody_looked_at_proves_nothing() {
    let project = Project::new().recorded(Recording::of_atomic("elsewhere").with(
        "cloudtrail",
        vec![json!({
            "eventVersion": "1.11", "eventTime": "2026-11-02T09:14:10Z",
            "eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity",
            "awsRegion": "eu-central-1", "eventID": "6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004",
            "userIdentity": {"type": "IAMUser"}
        })],
    ));
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "inconclusive");
    assert!(reason.contains("not looked at"), "{reason}");
}

#[test]
fn an_open_window_proves_no_silence() {
    let mut project = Project::new().ruled(rule(
        crate::support::project::RULE,
        "Image|endswith: '\\WHOAMI64.exe'",
    ));
    project.recordings[0].closed = false;
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "inconclusive");
    assert!(reason.contains("closed"), "{reason}");
}

/// What one record has made fire, none that may come later takes away; a count may still
/// change.
#[test]
fn an_open_window_takes_no_firing_of_one_record_away() {
    let mut project = Project::new();
    project.recordings[0].closed = false;
    assert_eq!(verdict(&project, 0).0, "fired");

    let records = vec![
        sysmon(1, 5, WHOAMI),
        sysmon(2, 6, OTHER),
        sysmon(3, 7, OTHER),
    ];
    let mut open = Recording::of_atomic("just-enough").with("sysmon", records);
    open.closed = false;
    let project = Project::new().ruled(correlation(3)).recorded(open);
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "inconclusive", "{reason}");
}

/// The reasons that a manifest gives are those of the verdict.
#[test]
fn an_open_window_says_why_it_is_open() {
    let mut project = Project::new().ruled(rule(
        crate::support::project::RULE,
        "Image|endswith: '\\WHOAMI64.exe'",
    ));
    project.recordings[0].closed = false;
    let built = project.built();
    let manifest = built.path("fixtures/T1033/plain/fixture.yaml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let because = |closed: &str| {
        let said = format!("closed: {closed}, because: [it was cut off, nobody looked]}}");
        text.replace("closed: false}", &said)
    };
    std::fs::write(&manifest, because("false")).expect("a manifest");
    let (verdict, reason) = verdict_of(&built.run(&[]).exits(1));
    assert_eq!(verdict, "inconclusive");
    assert!(
        reason.ends_with("is not proven closed: it was cut off; nobody looked"),
        "{reason}"
    );
    std::fs::write(&manifest, because("true")).expect("a manifest");
    let done = built.run(&[]).exits(2);
    assert!(
        done.err()
            .contains("the window is closed, and it is said why it is not"),
        "{}",
        done.err()
    );
}

#[test]
fn a_damaged_log_proves_nothing() {
    let built = Project::new().built();
    let log = built.path("fixtures/T1033/plain/sysmon.jsonl");
    let text = std::fs::read_to_string(&log).expect("a log");
    std::fs::write(&log, &text[..text.len() - 40]).expect("a log");
    let done = built.run(&[]).exits(2);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "inconclusive", "{reason}");
    assert!(
        done.err().contains("misfire::fixture::wrong_hash"),
        "{}",
        done.err()
    );
}

#[test]
fn a_log_with_another_number_of_records_proves_nothing() {
    let built = Project::new().built();
    let manifest = built.path("fixtures/T1033/plain/fixture.yaml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    std::fs::write(&manifest, text.replace("records: 2", "records: 3")).expect("a manifest");
    let done = built.run(&[]).exits(2);
    assert_eq!(verdict_of(&done).0, "inconclusive");
    assert!(
        done.err().contains("misfire::fixture::record_count"),
        "{}",
        done.err()
    );
}

#[test]
fn what_was_blocked_did_not_run() {
    let mut project = Project::new().recorded(
        Recording::of_atomic("blocked")
            .with("sysmon", vec![sysmon(2, 6, OTHER)])
            .saying("outcome: {not_run: blocked, because: the antivirus removed the program}"),
    );
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "not-run");
    assert!(reason.contains("antivirus"), "{reason}");
    // A required signal proves that it was performed all the same.
    project.recordings[0].logs[0].2.push(sysmon(3, 7, WHOAMI));
    assert_eq!(verdict_of(&project.run().exits(0)).0, "fired");
}

#[test]
fn a_wrong_exit_code_without_a_trace_did_not_run() {
    let project = Project::new().recorded(
        Recording::of_atomic("failed")
            .with("sysmon", vec![sysmon(2, 6, OTHER)])
            .saying("outcome: {exit_code: 1}"),
    );
    assert_eq!(verdict(&project, 1).0, "not-run");
    let performed = Project::new().recorded(
        Recording::of_atomic("exited")
            .with("sysmon", vec![sysmon(2, 6, OTHER)])
            .saying("outcome: {exit_code: 0}"),
    );
    assert_eq!(verdict_of(&performed.run().exits(1)).0, "blind");
}

#[test]
fn without_a_recording_nothing_ran() {
    let mut project = Project::new().expecting(&format!(
        "{EXPECTATION}    controls:\n      - fixture: T1033/controls/daily\n"
    ));
    project.recordings.clear();
    let done = project
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, 5, OTHER)]))
        .run()
        .exits(1);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "not-run");
    assert!(reason.contains("no recording"), "{reason}");
    assert_eq!(test_of(&done)["evidence"], json!(null));
}

/// A recording that does not load is there all the same.
#[test]
fn a_recording_that_does_not_load_is_told() {
    let built = Project::new().built();
    let manifest = built.path("fixtures/T1033/plain/fixture.yaml");
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    std::fs::write(&manifest, format!("{text}colour: red\n")).expect("a manifest");
    let (verdict, reason) = verdict_of(&built.run(&[]).exits(2));
    assert_eq!(verdict, "not-run");
    assert!(reason.contains("its recording does not load"), "{reason}");
    // The neighbour: nobody can tell what it is a recording of.
    std::fs::write(&manifest, "atomics: [\n").expect("a manifest");
    let (verdict, reason) = verdict_of(&built.run(&[]).exits(2));
    assert_eq!(verdict, "not-run");
    assert!(reason.contains("among the fixtures that load"), "{reason}");
}

#[test]
fn a_rule_that_is_not_loaded_is_invalid() {
    let mut project = Project::new();
    project.rules = vec![(
        "other.yml".to_owned(),
        rule("0f9fd2a0-19a5-4b58-8b40-6f9c4a3d9a11", "Image: x"),
    )];
    let done = project.run().exits(1);
    assert_eq!(verdict_of(&done).0, "invalid");
}

#[test]
fn a_rule_with_a_fault_is_invalid_and_says_so() {
    let project = Project::new().ruled(rule(crate::support::project::RULE, "Image|endwith: x"));
    let done = project.run().exits(2);
    let (verdict, reason) = verdict_of(&done);
    assert_eq!(verdict, "invalid");
    assert!(reason.contains("endwith"), "{reason}");
}

#[test]
fn a_rule_for_a_log_that_nobody_reads_is_unsupported() {
    let firewall = rule(crate::support::project::RULE, "dst_port: 22").replace(
        "product: windows\n    category: process_creation",
        "category: firewall",
    );
    let (verdict, _) = verdict(&Project::new().ruled(firewall), 1);
    assert_eq!(verdict, "unsupported");
}

#[test]
fn two_rules_of_one_id_are_invalid() {
    let mut project = Project::new();
    project.rules.push((
        "twin.yml".to_owned(),
        rule(crate::support::project::RULE, "Image: x"),
    ));
    let done = project.run();
    assert_eq!(verdict_of(&done).0, "invalid");
    assert_ne!(done.code(), 0);
}

const BASE: &str = "0d3f4b52-6a68-4b6f-9f5c-2f7d0c3a8e01";

/// A correlation that counts the starts of a host.
fn correlation(at_least: u32) -> String {
    format!(
        "{}---\ntitle: Many\nid: {}\ncorrelation:\n    type: event_count\n    rules: [{BASE}]\n    \
         group-by: [Computer]\n    timespan: 1m\n    condition: {{gte: {at_least}}}\n",
        rule(BASE, "Image|endswith: '.exe'"),
        crate::support::project::RULE
    )
}

/// The signal makes the count full: without it, nothing would have fired.
#[test]
fn an_aggregated_firing_is_due_to_the_signal_that_it_needs() {
    let records = vec![
        sysmon(1, 5, WHOAMI),
        sysmon(2, 6, OTHER),
        sysmon(3, 7, OTHER),
    ];
    let project = Project::new()
        .ruled(correlation(3))
        .recorded(Recording::of_atomic("just-enough").with("sysmon", records));
    assert_eq!(verdict(&project, 0).0, "fired");
}

/// Others make the count full by themselves: the same alert would be there.
#[test]
fn an_aggregated_firing_that_would_be_there_anyway_is_a_stray() {
    let records = vec![
        sysmon(1, 5, OTHER),
        sysmon(2, 6, OTHER),
        sysmon(3, 7, OTHER),
        sysmon(4, 8, WHOAMI),
    ];
    let project = Project::new()
        .ruled(correlation(3))
        .recorded(Recording::of_atomic("enough").with("sysmon", records));
    let (verdict, reason) = verdict(&project, 1);
    assert_eq!(verdict, "stray", "{reason}");
}

/// Rules that nobody names are told as hits, never as verdicts.
#[test]
fn a_rule_that_nobody_names_only_hits() {
    let mut project = Project::new();
    let other = "0f9fd2a0-19a5-4b58-8b40-6f9c4a3d9a11";
    project.rules.push((
        "other.yml".to_owned(),
        rule(other, "Image|endswith: '\\notepad.exe'"),
    ));
    let done = project.run().exits(0);
    assert_eq!(verdict_of(&done).0, "fired");
    assert_eq!(test_of(&done)["hits"][0]["detection"], other);
}

/// A language that is known and not evaluated is neither a fault of the rule nor a
/// miss, in whatever form it is shipped.
#[test]
fn a_rule_in_another_language_is_unsupported() {
    let id = crate::support::project::RULE;
    let forms = [
        (
            "splunk.yml",
            "spl",
            format!(
                "name: Whoami\nid: {id}\nsearch: 'index=x | spl whoami'\nhow_to_implement: x\n"
            ),
        ),
        (
            "query.yaml",
            "kuery",
            format!("id: {id}\ntitle: Whoami\nlanguage: kuery\nquery: |\n  whoami\n"),
        ),
        (
            "sentinel.yaml",
            "kql",
            format!("id: {id}\nname: Whoami\nqueryFrequency: 1h\nquery: |\n  SecurityEvent\n"),
        ),
        (
            "elastic.toml",
            "eql",
            format!(
                "[rule]\nrule_id = \"{id}\"\nname = \"Whoami\"\nlanguage = \"eql\"\nquery = 'process where true'\n"
            ),
        ),
    ];
    for (file, language, text) in forms {
        let mut project = Project::new();
        project.rules = vec![(file.to_owned(), text)];
        let done = project.run().exits(1);
        let (verdict, reason) = verdict_of(&done);
        assert_eq!(verdict, "unsupported", "{file}: {reason}");
        assert!(reason.contains(language), "{file}: {reason}");
        let verdict = &test_of(&done)["verdicts"][0];
        assert_eq!(verdict["language"], language);
        assert_eq!(verdict["title"], "Whoami");
    }
}

/// No verdict can tell which of them is meant.
#[test]
fn an_id_that_two_languages_share_is_invalid() {
    let id = crate::support::project::RULE;
    let query = |language: &str| {
        format!("id: {id}\ntitle: Whoami\nlanguage: {language}\nquery: |\n  whoami\n")
    };
    let sigma = ("a.yml".to_owned(), crate::support::project::whoami_rule());
    let kql = ("b.yaml".to_owned(), query("kql"));
    let other = ("c.yaml".to_owned(), query("kql"));
    for rules in [
        vec![sigma.clone(), kql.clone()],
        vec![kql.clone(), other.clone()],
        vec![sigma, kql, other],
    ] {
        let mut project = Project::new();
        project.rules = rules;
        let done = project.run().exits(1);
        let (verdict, reason) = verdict_of(&done);
        assert_eq!(verdict, "invalid", "{reason}");
        assert!(reason.contains("several"), "{reason}");
        let told = done.err();
        assert!(told.contains("misfire::sigma::duplicate_id"), "{told}");
        let built = project.built();
        built.write("misfire.toml", "");
        let check = built.misfire(&["check"]);
        let told = check.err();
        assert!(told.contains("misfire::sigma::duplicate_id"), "{told}");
    }
}

#[test]
fn a_language_that_nobody_knows_is_a_fault() {
    let query = format!(
        "id: {}\ntitle: Whoami\nlanguage: sumoo\nquery: whoami\n",
        crate::support::project::RULE
    );
    let done = Project::new().ruled(query).run().exits(2);
    assert_eq!(verdict_of(&done).0, "invalid");
    assert!(done.err().contains("did you mean `sumo`"), "{}", done.err());
}
