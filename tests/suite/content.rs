//! What a user's folders of rules and lists can look like, and what becomes of
//! it: nothing vanishes without a word.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

const RULE: &str = "title: Whoami Started
id: 4815aa87-8781-4368-96ad-7df96a2a1880
name: whoami_started
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: '\\whoami.exe'
  condition: selection
";

const START: &str = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":"2026-11-02T09:14:03.1182046Z"}},"EventRecordID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01"},"EventData":{"Image":"C:\\whoami.exe"}}}"##;

struct Home(TempDir);

impl Home {
    fn new(files: &[(&str, &str)]) -> Self {
        let home = Self(TempDir::new().expect("a temporary folder"));
        fs::write(home.path("start.jsonl"), format!("{START}\n")).expect("a log");
        for (name, text) in files {
            let path = home.path(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The firings and the messages of a scan of the log.
    fn scan(&self, args: &[&str]) -> (Vec<Value>, String) {
        let output = Command::cargo_bin("misfire")
            .expect("the binary")
            .current_dir(self.0.path())
            .args(["scan", "start.jsonl", "--format", "json"])
            .args(args)
            .output()
            .expect("a finished run");
        let out = String::from_utf8(output.stdout).expect("UTF-8");
        let err = String::from_utf8(output.stderr).expect("UTF-8");
        let firings = out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("a JSON line"))
            .filter(|line| line.get("detection").is_some())
            .collect();
        (firings, out + &err)
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

#[test]
fn rules_are_loaded_however_they_are_written() {
    let value: Value = serde_yaml::from_str(RULE).expect("YAML");
    let json = serde_json::to_string_pretty(&value).expect("JSON");
    let marked = format!("\u{feff}{RULE}");
    let marked_and_indented = format!("\u{feff}{}", indented(RULE));
    for text in [
        &indented(RULE),
        &json,
        &value.to_string(),
        &marked,
        &marked_and_indented,
    ] {
        let home = Home::new(&[("rules/whoami.yml", text)]);
        let (firings, told) = home.scan(&["--detections", "rules"]);
        assert_eq!(firings.len(), 1, "{text}\n{told}");
    }
}

#[test]
fn a_list_of_rules_is_told() {
    let list = format!("- {}", indented(RULE).trim_start());
    let home = Home::new(&[("rules/list.yml", &list), ("rules/whoami.yml", RULE)]);
    let (_, told) = home.scan(&["--detections", "rules"]);
    assert!(told.contains("split the list into documents"), "{told}");
}

#[test]
fn a_named_file_without_a_rule_is_told() {
    let home = Home::new(&[("rules/whoami.yml", RULE), ("info.yml", "name: x\n")]);
    let (_, told) = home.scan(&["--detections", "rules", "--detections", "info.yml"]);
    assert!(told.contains("misfire::io::nothing_found"), "{told}");
    assert!(told.contains("info.yml"), "{told}");
}

#[test]
fn a_misspelled_log_source_searches_nothing() {
    let text = RULE.replace("category", "catgory");
    let home = Home::new(&[("rules/whoami.yml", &text)]);
    let (firings, told) = home.scan(&["--detections", "rules"]);
    assert!(firings.is_empty(), "{told}");
    assert!(told.contains("did you mean `category`?"), "{told}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_where_they_are_given() {
    use std::os::unix::fs::symlink;
    let home = Home::new(&[("real/whoami.yml", RULE), ("mixed/readme.txt", "x")]);
    symlink("real", home.path("link")).expect("a link");
    let (firings, told) = home.scan(&["--detections", "link"]);
    assert_eq!(firings.len(), 1, "{told}");
    assert!(!told.contains("misfire::io"), "{told}");

    symlink("../real/whoami.yml", home.path("mixed/whoami.yml")).expect("a link");
    symlink("../real", home.path("mixed/folder")).expect("a link");
    let (firings, told) = home.scan(&["--detections", "mixed"]);
    assert_eq!(firings.len(), 1, "{told}");
    assert!(told.contains("a linked folder is not followed"), "{told}");
}

#[test]
fn every_path_of_detections_must_give_some() {
    let home = Home::new(&[("rules/whoami.yml", RULE), ("other/README.md", "x")]);
    let (_, told) = home.scan(&["--detections", "rules", "--detections", "other"]);
    assert!(told.contains("there is no detection here"), "{told}");
    assert!(told.contains("other"), "{told}");
}

#[test]
fn filters_alone_are_no_detections() {
    let filter = "title: Quiet\nlogsource: {product: windows, category: process_creation}\n\
filter:\n    rules: any\n    selection: {Image: x}\n    condition: selection\n";
    let home = Home::new(&[("rules/quiet.yml", filter)]);
    let (_, told) = home.scan(&["--detections", "rules"]);
    assert!(told.contains("there are only filters here"), "{told}");
}

fn scan_with_list(rule: &str, list: &str) -> (usize, String) {
    let home = Home::new(&[("rules/whoami.yml", rule), ("known.yml", list)]);
    let (firings, told) = home.scan(&["--detections", "rules", "--benign", "known.yml"]);
    (firings.len(), told)
}

#[test]
fn an_entry_may_call_its_rule_by_any_name() {
    let id = "4815aa87-8781-4368-96ad-7df96a2a1880";
    for name in [id, "whoami_started", "Whoami Started"] {
        for more in [
            "",
            "    host: WS01\n",
            "    fields: {Image|contains: whoami}\n",
        ] {
            let list = format!("known:\n  - rule: {name}\n    reason: reviewed\n{more}");
            let (firings, told) = scan_with_list(RULE, &list);
            assert_eq!(firings, 0, "{list}\n{told}");
            assert!(told.contains("\"benign\":1"), "{told}");
        }
        let list = format!("known:\n  - rule: {name}\n    reason: reviewed\n    host: WS02\n");
        assert_eq!(scan_with_list(RULE, &list).0, 1);
    }
}

#[test]
fn an_entry_with_empty_conditions_is_refused() {
    for more in ["fields:", "fields: {}", "host:", "host: ''"] {
        let list = format!("known:\n  - rule: whoami_started\n    reason: reviewed\n    {more}\n");
        let (_, told) = scan_with_list(RULE, &list);
        assert!(told.contains("misfire::content::bad_value"), "{told}");
    }
}

#[test]
fn no_id_of_a_users_rule_is_taken_for_the_lists_own() {
    let id = "known benign hit 0";
    let rule = RULE.replace("4815aa87-8781-4368-96ad-7df96a2a1880", id);
    let list = "known:\n  - rule: whoami_started\n    reason: reviewed\n    host: WS02\n";
    let (firings, told) = scan_with_list(&rule, list);
    assert_eq!(firings, 1, "{told}");
}

#[test]
fn an_entry_is_about_every_rule_of_its_title() {
    let other = "title: Whoami Started\nid: 8b0cf5c5-2d7f-4a3c-9f0e-3f2f4b3f4c11\n\
logsource: {product: windows, service: sysmon}\n\
detection: {selection: {Image|endswith: whoami.exe}, condition: selection}\n";
    let rules = format!("{RULE}---\n{other}");
    let list = "known:\n  - rule: Whoami Started\n    reason: reviewed\n    host: WS01\n";
    let (firings, told) = scan_with_list(&rules, list);
    assert_eq!(firings, 0, "{told}");
    assert!(told.contains("\"benign\":2"), "{told}");
}
