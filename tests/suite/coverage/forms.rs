//! The renderings: JSON, text, Markdown, and HTML.

use std::fs;
use std::path::Path;

use misfire::report::{coverage_schema, index_schema};
use serde_json::Value;

use super::{page_of, sigma, with_rules};
use crate::support::home::Home;

/// A rule whose every text tries to be markup, and to steer a terminal.
fn hostile() -> Home {
    let rule = sigma(
        "\"<script>alert(1)</script> | `x` \\u001b[31m\"",
        "t1219",
        "category: process_creation",
        "    selection:\n        \"<img src=x onerror=alert(1)>\": \"</code></td><script>alert(2)</script>\"\n        \
         CommandLine|contains: \"a | b ` c \\u001b[31m\"\n    filter:\n        Image: \"<b>&amp;\"\n    \
         condition: selection and not filter",
    );
    with_rules(&[rule])
}

fn report(home: &Home, kind: &str, more: &[&str]) -> String {
    let target = format!("{kind}=out");
    let args = [&["coverage", "rules", "--report", &target], more].concat();
    home.misfire(&args).exits(0);
    fs::read_to_string(home.path("out")).expect("a report")
}

const PAGE: [&str; 2] = ["--technique", "T1219"];

#[test]
fn html_holds_no_markup_of_a_rule_and_nothing_from_elsewhere() {
    let home = hostile();
    for more in [&PAGE[..], &["--all"]] {
        let page = report(&home, "html", more);
        assert!(page.starts_with("<!DOCTYPE html>"), "{page:.200}");
        for wrong in [
            "<script",
            "<img",
            "onerror=alert(1)>",
            "<b>",
            "src=\"",
            "href=",
            "url(",
            "@import",
        ] {
            assert!(!page.contains(wrong), "{wrong}");
        }
        assert!(!page.contains('\u{1b}'));
        assert!(page.contains("prefers-color-scheme: dark") && page.contains("@media print"));
        assert!(page.contains("lang=\"en\"") && page.contains("name=\"viewport\""));
    }
    let page = report(&home, "html", &PAGE);
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{page}"
    );
    assert!(
        page.contains("&lt;img src=x onerror=alert(1)&gt;"),
        "{page}"
    );
    // Every table has heads that say what their columns are.
    assert_eq!(
        page.matches("<table>").count(),
        page.matches("<thead>").count()
    );
    assert!(page.matches("scope=\"col\"").count() > 10);
    // Elements are closed in the order in which they were opened.
    balanced(&page);
}

/// Whether every element that is opened is closed, and in order.
fn balanced(page: &str) {
    let void = ["meta", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().expect("a tag");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
            None => {
                let name = tag.split_whitespace().next().expect("a name");
                if !void.contains(&name) {
                    open.push(name);
                }
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn markdown_keeps_each_value_in_its_cell() {
    let home = hostile();
    let page = report(&home, "markdown", &PAGE);
    // Markdown leaves what stands between backticks as it is.
    let outside: String = page.replace("\\`", "").split('`').step_by(2).collect();
    assert!(!outside.contains('<'), "{page}");
    assert!(!page.contains('\u{1b}'), "{page}");
    let mut columns = 0;
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let cells = line.replace("\\|", "").matches('|').count() - 1;
        if line.starts_with("| ---") || line.starts_with("| rules") {
            columns = cells;
        }
        assert_eq!(cells, columns, "{line}");
    }
    assert!(page.contains("# T1219 "), "{page}");
}

#[test]
fn text_steers_no_terminal_and_says_how_much_is_left_out() {
    let home = hostile();
    let text = home
        .misfire(&[
            "coverage",
            "rules",
            "--technique",
            "T1219",
            "--color",
            "never",
        ])
        .exits(0)
        .out();
    assert!(!text.contains('\u{1b}'), "{text}");
    let values: Vec<_> = (0..30)
        .map(|number| format!("            - '{number}.exe'"))
        .collect();
    let many = sigma(
        "Many",
        "t1219",
        "category: process_creation",
        &format!(
            "    selection:\n        Image|endswith:\n{}\n    condition: selection",
            values.join("\n")
        ),
    );
    let home = with_rules(&[many]);
    let text = |more: &[&str]| {
        let args = [&["coverage", "rules", "--technique", "T1219"], more].concat();
        home.misfire(&args).exits(0).out()
    };
    assert!(text(&[]).contains("and 10 more"), "{}", text(&[]));
    assert!(text(&["--top", "5"]).contains("and 25 more"));
    let all = text(&["--top", "0"]);
    assert!(!all.contains(" more\n") && all.contains("29.exe"), "{all}");
}

#[test]
fn blanks_at_the_ends_of_a_value_are_seen() {
    let rule = sigma(
        "Blank",
        "t1219",
        "category: process_creation",
        "    selection:\n        CommandLine|endswith: ' tunnel'\n    condition: selection",
    );
    let home = with_rules(&[rule]);
    let text = home
        .misfire(&["coverage", "rules", "--technique", "T1219"])
        .exits(0)
        .out();
    assert!(text.contains("' tunnel'"), "{text}");
    assert_eq!(
        page_of(&home, "T1219", &[])["indicators"][0]["value"],
        " tunnel"
    );
}

fn valid(schema: &Value, document: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("a JSON Schema");
    validator
        .iter_errors(document)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect()
}

#[test]
fn what_is_printed_fits_the_shipped_schemas() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for (name, schema) in [
        ("coverage", coverage_schema()),
        ("coverage-index", index_schema()),
    ] {
        let path = root.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
        if std::env::var_os("MISFIRE_BLESS").is_some() {
            fs::write(&path, &text).expect("a schema");
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap_or_default(),
            text,
            "{name}"
        );
    }
    let home = hostile();
    for more in [&[][..], &["--prove"]] {
        let page = page_of(&home, "T1219", more);
        assert_eq!(valid(&coverage_schema(), &page), Vec::<String>::new());
        let args = [&["coverage", "rules", "--all", "--format", "json"], more].concat();
        let index = home.misfire(&args).exits(0).json();
        assert_eq!(valid(&index_schema(), &index), Vec::<String>::new());
    }
    assert!(!valid(&coverage_schema(), &serde_json::json!({"technique": 3})).is_empty());
    let printed = home.misfire(&["schema", "coverage"]).exits(0).json();
    assert_eq!(printed, coverage_schema());
}

#[test]
fn every_rendering_goes_to_a_file_or_to_standard_output() {
    let home = hostile();
    let done = home
        .misfire(&[
            "coverage",
            "rules",
            "--technique",
            "T1219",
            "--report",
            "html=-",
        ])
        .exits(0);
    assert!(done.out().starts_with("<!DOCTYPE html>"));
    assert!(
        !done.out().contains("indicators ("),
        "only one thing goes there"
    );
    let json = report(&home, "json", &PAGE);
    let page: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(page, page_of(&home, "T1219", &[]));
    let twice = [
        "coverage",
        "rules",
        "--technique",
        "T1219",
        "--report",
        "html=a",
        "--report",
        "json=a",
    ];
    home.misfire(&twice).exits(2);
    let both = [
        "coverage",
        "rules",
        "--technique",
        "T1219",
        "--report",
        "html=-",
        "--format",
        "json",
    ];
    home.misfire(&both).exits(2);
    fs::create_dir(home.path("folder")).expect("a folder");
    let folder = [
        "coverage",
        "rules",
        "--technique",
        "T1219",
        "--report",
        "html=folder",
    ];
    home.misfire(&folder).exits(3);
    let wrong = [
        "coverage",
        "rules",
        "--technique",
        "T1219",
        "--report",
        "htlm=a",
    ];
    let done = home.misfire(&wrong).exits(2);
    assert!(
        done.err().contains("did you mean `html`?"),
        "{}",
        done.err()
    );
}
