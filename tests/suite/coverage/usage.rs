//! What is told of wrong use and of broken rules.

use super::{page_of, sigma, with_rules};

fn rule(title: &str, technique: &str) -> String {
    sigma(
        title,
        technique,
        "category: process_creation",
        "    selection:\n        Image|endswith: '\\a.exe'\n    condition: selection",
    )
}

#[test]
fn a_technique_that_is_none_is_told() {
    let home = with_rules(&[rule("One", "t1219")]);
    for (technique, wanted) in [
        ("T1291", "did you mean"),
        ("T1219.099", "write T1219"),
        ("1219", "a technique is `T1219`"),
    ] {
        let done = home
            .misfire(&["coverage", "rules", "--technique", technique])
            .exits(2);
        assert!(done.err().contains(wanted), "{technique}: {}", done.err());
        assert_eq!(done.out(), "");
    }
    home.misfire(&["coverage", "rules"]).exits(2);
    home.misfire(&["coverage", "rules", "--all", "--technique", "T1219"])
        .exits(2);
    home.misfire(&["coverage", "rules", "--all", "--sub-techniques"])
        .exits(2);
    home.misfire(&["coverage"]).exits(2);
}

#[test]
fn where_no_rule_is_of_the_technique_the_next_ones_are_told() {
    let home = with_rules(&[rule("One", "t1219.002"), rule("Two", "t1021")]);
    for (technique, wanted) in [
        ("T1219", "1 of T1219.002"),
        ("T1021.008", "1 of T1021"),
        ("T1105", "--all"),
    ] {
        let done = home
            .misfire(&["coverage", "rules", "--technique", technique])
            .exits(2);
        assert!(
            done.err().contains("misfire::coverage::no_rule"),
            "{}",
            done.err()
        );
        assert!(done.err().contains(wanted), "{technique}: {}", done.err());
    }
}

#[test]
fn an_empty_folder_is_no_corpus() {
    let home = with_rules(&[]);
    for path in ["empty", "nowhere"] {
        for more in [&["--all"][..], &["--technique", "T1219"]] {
            let done = home.misfire(&[&["coverage", path], more].concat());
            assert!(matches!(done.code(), 2 | 3), "{}", done.err());
            assert!(done.err().contains(path), "{}", done.err());
            assert_eq!(done.out(), "");
        }
    }
}

/// Of a file that cannot be read nobody knows the technique.
#[test]
fn a_broken_rule_is_told_and_the_others_are_shown() {
    let home = with_rules(&[rule("One", "t1219")]);
    home.write("rules/broken.yml", "title: [");
    let args = [
        "coverage",
        "rules",
        "--technique",
        "T1219",
        "--format",
        "json",
    ];
    let done = home.misfire(&args).exits(2);
    assert!(done.err().contains("broken.yml"), "{}", done.err());
    assert_eq!(done.json()["rules"].as_array().map(Vec::len), Some(1));
}

/// What may be mended in rules of other techniques is counted only.
#[test]
fn warnings_about_other_techniques_are_not_told_one_by_one() {
    let other = rule("Two", "t1105").replace("level", "x") + "falsepositives: none\n";
    let other = other.replace(
        "Image|endswith: '\\a.exe'",
        "Image|endswith: '\\a.exe'\n        User|contains: ''",
    );
    let home = with_rules(&[rule("One", "t1219"), other]);
    let done = home
        .misfire(&["coverage", "rules", "--technique", "T1219"])
        .exits(0);
    assert!(!done.err().contains("1.yml"), "{}", done.err());
    let page = page_of(&home, "T1219", &[]);
    assert_eq!(page["corpus"], 2);
}
