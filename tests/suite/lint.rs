//! `misfire lint` as its user sees it.

use std::process::Output;

use assert_cmd::Command;
use misfire::detect::lint::rules;
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

const QUERY: &str = "\
id: 5d6a5d0c-3a68-4b55-9a6e-9f1b7b0d4c11
title: Sizes
language: sumo
query: |
  _sourceCategory=web
  | eval size = if(_size > 10, \"big\", \"small\") // told
  | count by size
";

fn lint(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_misfire"))
        .current_dir(folder)
        .arg("lint")
        .args(arguments)
        .output()
        .expect("a finished command")
}

fn with_query(text: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("query.yml"), text).expect("a file");
    folder
}

fn text(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join("query.yml")).expect("the file")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The findings of one rule.
fn of_rule<'d>(document: &'d Value, code: &str) -> Vec<&'d Value> {
    let findings = document["findings"].as_array().expect("findings");
    findings.iter().filter(|one| one["code"] == code).collect()
}

#[test]
fn a_finding_has_a_place_a_rule_a_page_and_a_way_out() {
    let folder = with_query(QUERY);
    let output = lint(&folder, &["query.yml"]);
    assert_eq!(output.status.code(), Some(1));
    let told = out(&output);
    for wanted in [
        "error[misfire::lint::sumo::eval]",
        "query.yml:6:5",
        "^^^^",
        "= help: ",
        "= note: see ",
        "--fix mends 1",
    ] {
        assert!(told.contains(wanted), "{wanted} is not in {told}");
    }
    let output = lint(&folder, &["query.yml", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found = of_rule(&document, "misfire::lint::sumo::eval");
    assert_eq!(found.len(), 1, "{document:#}");
    assert_eq!(found[0]["line"], 6);
    assert_eq!(found[0]["column"], 5);
    assert_eq!(found[0]["end_column"], 9);
    assert!(found[0]["rule"]["page"]["title"].is_string());
    assert_eq!(found[0]["fix"]["remedy"], "certain");
    assert_eq!(text(&folder), QUERY, "nothing is changed unasked");
}

#[test]
fn what_is_certain_is_changed_on_demand_and_only_then_written() {
    let folder = with_query(QUERY);
    let output = lint(&folder, &["query.yml", "--fix", "--dry-run"]);
    let told = out(&output);
    assert!(
        told.contains("+  | if(_size > 10, \"big\", \"small\") as size"),
        "{told}"
    );
    assert_eq!(text(&folder), QUERY);

    let output = lint(&folder, &["query.yml", "--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let wanted = QUERY.replace(
        "eval size = if(_size > 10, \"big\", \"small\")",
        "if(_size > 10, \"big\", \"small\") as size",
    );
    assert_eq!(text(&folder), wanted);

    // There is nothing left to do.
    let output = lint(&folder, &["query.yml", "--fix"]);
    assert!(!out(&output).contains("mended"));
    assert_eq!(text(&folder), wanted);
}

/// A change is made only where the file then says it: quotes of YAML are no obstacle,
/// and what they would turn into something else is left alone.
#[rstest]
#[case(
    "query: '_sourceCategory=web | eval size = \"a\" | count by size'\n",
    "query: '_sourceCategory=web | \"a\" as size | count by size'\n"
)]
#[case(
    "query: >\n  _sourceCategory=web\n  | eval size = \"a\"\n  | count by size\n",
    "query: >\n  _sourceCategory=web\n  | \"a\" as size\n  | count by size\n"
)]
#[case(
    "query: \"_sourceCategory=web | eval size = \\\"a\\\" | count by size\"\n",
    "query: \"_sourceCategory=web | \\\"a\\\" as size | count by size\"\n"
)]
fn changes_keep_to_the_form_of_the_file(#[case] before: &str, #[case] after: &str) {
    let head = "id: 5d6a5d0c-3a68-4b55-9a6e-9f1b7b0d4c12\ntitle: Form\nlanguage: sumo\n";
    let folder = with_query(&format!("{head}{before}"));
    lint(&folder, &["query.yml", "--fix"]);
    assert_eq!(text(&folder), format!("{head}{after}"));
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = with_query(QUERY);
    let real = folder.path().join("query.yml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("a file");
    symlink("query.yml", folder.path().join("link.yml")).expect("a link");
    lint(&folder, &["link.yml", "--fix"]);
    let kept = std::fs::metadata(&real).expect("the file").permissions();
    assert_eq!(kept.mode() & 0o777, 0o640);
    let link = std::fs::symlink_metadata(folder.path().join("link.yml")).expect("the link");
    assert!(link.is_symlink());
    assert!(text(&folder).contains(" as size"));
}

#[test]
fn what_is_allowed_is_not_told() {
    let folder = with_query(QUERY);
    for allowed in ["sumo::eval", "misfire::lint::sumo::eval"] {
        let output = lint(
            &folder,
            &["query.yml", "--allow", allowed, "--format", "json"],
        );
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(of_rule(&document, "misfire::lint::sumo::eval").is_empty());
        assert_eq!(document["summary"]["allowed"], 1);
    }
    let comment = format!("# misfire-allow: sumo::eval -- it is an example\n{QUERY}");
    let folder = with_query(&comment);
    let output = lint(&folder, &["query.yml", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(of_rule(&document, "misfire::lint::sumo::eval").is_empty());
    // A word that is no rule allows nothing, and is told.
    let folder = with_query(&format!("# misfire-allow: sumo::evall\n{QUERY}"));
    let told = out(&lint(&folder, &["query.yml"]));
    assert!(told.contains("did you mean `sumo::eval`?"), "{told}");
    assert!(told.contains("query.yml:1:18"), "{told}");
    // Only a comment allows.
    let folder = with_query(&QUERY.replace("Sizes", "misfire-allow: sumo::eval"));
    assert_eq!(lint(&folder, &["query.yml"]).status.code(), Some(1));
}

#[rstest]
#[case(&["nowhere"], 2, "cannot be read")]
#[case(&["empty"], 2, "the folder holds no file")]
#[case(&["query.yml", "--allow", "sumo::evil"], 2, "did you mean `sumo::eval`?")]
#[case(&["query.yml", "--dry-run"], 2, "--fix")]
#[case(&[], 2, "DETECTION")]
#[case(&["query.yml", "--sarif", "-", "--format", "json"], 2, "standard output takes either")]
#[case(&["query.yml", "--sarif", "nowhere/lint.sarif"], 3, "not written")]
fn wrong_use_is_told(#[case] arguments: &[&str], #[case] code: i32, #[case] wanted: &str) {
    let folder = with_query(QUERY);
    std::fs::create_dir(folder.path().join("empty")).expect("a folder");
    let output = lint(&folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(wanted), "{told}");
    assert_eq!(output.status.code(), Some(code), "{told}");
}

#[test]
fn severities_decide_what_fails() {
    let note = "id: 5d6a5d0c-3a68-4b55-9a6e-9f1b7b0d4c13\ntitle: Bare names\nlanguage: sumo\n\
                query: _sourceCategory=*sysmon* | where Image matches \"*\\\\\\\\a.exe\"\n";
    let folder = with_query(note);
    let output = lint(&folder, &["query.yml", "--fail-on", "error"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let output = lint(&folder, &["query.yml", "--fail-on", "note"]);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
}

#[test]
fn sarif_names_the_rule_the_place_and_the_change() {
    let folder = with_query(QUERY);
    let output = lint(&folder, &["query.yml", "--sarif", "-"]);
    let log: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    // Types that someone has generated from the standard's schema.
    let read: Result<serde_sarif::sarif::Sarif, _> = serde_json::from_value(log.clone());
    assert!(read.is_ok(), "{read:?}");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let found = results
        .iter()
        .find(|result| result["ruleId"] == "misfire::lint::sumo::eval")
        .expect("the finding");
    let place = &found["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "query.yml");
    assert_eq!(place["region"]["startLine"], 6);
    assert_eq!(place["region"]["endColumn"], 9);
    let change = &found["fixes"][0]["artifactChanges"][0]["replacements"];
    // A reader that makes the changes gets what `--fix` makes.
    let mut bytes = QUERY.as_bytes().to_vec();
    for replacement in change.as_array().expect("replacements").iter().rev() {
        let region = &replacement["deletedRegion"];
        let start = region["byteOffset"].as_u64().expect("an offset") as usize;
        let length = region["byteLength"].as_u64().expect("a length") as usize;
        let text = replacement["insertedContent"]["text"]
            .as_str()
            .expect("a text");
        bytes.splice(start..start + length, text.bytes());
    }
    lint(&folder, &["query.yml", "--fix"]);
    assert_eq!(String::from_utf8(bytes).expect("text"), text(&folder));
}

#[test]
fn every_rule_has_a_meaning_and_a_page() {
    let all = rules();
    assert!(!all.is_empty());
    let mut codes: Vec<_> = all.iter().map(|rule| rule.code).collect();
    codes.dedup();
    assert_eq!(codes.len(), all.len(), "two rules share a code");
    for rule in all {
        assert!(
            rule.meaning.ends_with('.'),
            "{}: {}",
            rule.code,
            rule.meaning
        );
        assert!(!rule.page.title.is_empty(), "{}", rule.code);
        let address = rule.page.address;
        assert!(
            address.is_empty() || address.starts_with("https://"),
            "{address}"
        );
    }
    let folder = with_query(QUERY);
    let told = out(&lint(&folder, &["--rules"]));
    for rule in all {
        assert!(told.contains(rule.code.as_str()), "{}", rule.code);
    }
}

/// The table of all rules in `docs/lint-rules.md`; `MISFIRE_BLESS=1` writes it anew.
#[test]
fn every_rule_is_documented() {
    use misfire::detect::lint::Remedy;
    use misfire::diagnostic::Severity;
    let mut told = String::from(
        "# Rules of the linter\n\n\
         What [`misfire lint`](lint.md) looks for, as `misfire lint --rules` shows it. \
         *Certain* changes are\nmade by `--fix`, *proposed* ones are told.\n",
    );
    let mut languages: Vec<_> = rules().iter().map(|rule| rule.language).collect();
    languages.sort();
    languages.dedup();
    for language in languages {
        told.push_str(&format!("\n## {language}\n\n"));
        told.push_str("| code | severity | change | what is so | page |\n");
        told.push_str("| --- | --- | --- | --- | --- |\n");
        for rule in rules().iter().filter(|rule| rule.language == language) {
            let severity = match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            let change = match rule.remedy {
                Remedy::None => "",
                Remedy::Proposed => "proposed",
                Remedy::Certain => "certain",
            };
            let page = match rule.page.address {
                "" => rule.page.title.to_owned(),
                address => format!("[{}]({address})", rule.page.title),
            };
            let meaning = rule.meaning.replace('|', "\\|");
            let code = rule.code;
            told.push_str(&format!(
                "| `{code}` | {severity} | {change} | {meaning} | {page} |\n"
            ));
        }
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lint-rules.md");
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        std::fs::write(&path, &told).expect("a writable folder");
    }
    let documented = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        documented, told,
        "docs/lint-rules.md: MISFIRE_BLESS=1 writes it anew"
    );
}

#[test]
fn a_byte_order_mark_stays_and_is_counted() {
    let folder = with_query(&format!("\u{feff}{QUERY}"));
    let output = lint(&folder, &["query.yml", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let edits = of_rule(&document, "misfire::lint::sumo::eval")[0]["fix"]["edits"].clone();
    let mut bytes = text(&folder).into_bytes();
    for edit in edits.as_array().expect("edits").iter().rev() {
        let place = |key: &str| edit[key].as_u64().expect("a byte") as usize;
        let new = edit["text"].as_str().expect("a text").bytes();
        bytes.splice(place("start")..place("end"), new);
    }
    lint(&folder, &["query.yml", "--fix"]);
    assert!(text(&folder).starts_with('\u{feff}'));
    assert_eq!(text(&folder), String::from_utf8(bytes).expect("text"));
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_keeps_both() {
    let folder = with_query(QUERY);
    let other = folder.path().join("other.yml");
    std::fs::hard_link(folder.path().join("query.yml"), &other).expect("a link");
    lint(&folder, &["query.yml", "--fix"]);
    let told = std::fs::read_to_string(other).expect("the file");
    assert_eq!(told, text(&folder));
    assert!(told.contains(" as size"));
}

/// A finding that is about a whole file can be allowed as any other.
#[test]
fn a_finding_without_a_place_in_its_file_can_be_allowed() {
    let bare = "id: 5d6a5d0c-3a68-4b55-9a6e-9f1b7b0d4c14\ntitle: Bare\nlanguage: sumo\n\
                query: _sourceCategory=*sysmon* | where Image matches \"*\\\\a.exe\"\n";
    let folder = with_query(bare);
    let told = out(&lint(&folder, &["query.yml"]));
    assert!(told.contains("misfire::sumo::extracted"), "{told}");
    let folder = with_query(&format!(
        "# misfire-allow: misfire::sumo::extracted\n{bare}"
    ));
    let told = out(&lint(&folder, &["query.yml"]));
    assert!(!told.contains("misfire::sumo::extracted"), "{told}");
}

/// Thousands of changes are made in a time that grows with their number only.
#[test]
fn many_changes_are_made_at_once() {
    let lines: String = (0..1500)
        .map(|number| format!("  | eval v{number} = \"a\"\n"))
        .collect();
    let head =
        "id: 5d6a5d0c-3a68-4b55-9a6e-9f1b7b0d4c15\ntitle: Many\nlanguage: sumo\nquery: |\n  *\n";
    let folder = with_query(&format!("{head}{lines}"));
    lint(&folder, &["query.yml", "--fix", "--quiet"]);
    assert_eq!(text(&folder).matches("eval").count(), 0);
}
