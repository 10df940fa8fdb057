//! Input that is meant to do harm: no panic, bounded time and memory.

use proptest::prelude::*;

use crate::sigma_diagnostics::problems;
use crate::support::{corpus, files};

/// Loads a text and returns the codes of its problems. What is not refused in time
/// would take hours, or all memory.
fn codes(text: &str) -> Vec<&'static str> {
    problems("rule.yml", text)
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}

#[test]
fn exploding_aliases_are_refused() {
    let mut text = "title: A rule\ndetection:\n    a0: &a0 ['x', 'x']\n".to_owned();
    for level in 1..60 {
        let below = level - 1;
        text.push_str(&format!("    a{level}: &a{level} [*a{below}, *a{below}]\n"));
    }
    text.push_str("    condition: a59\n");
    assert_eq!(codes(&text), ["misfire::yaml::limit"]);
}

#[test]
fn many_aliases_of_one_large_anchor_are_refused() {
    let mut text = "title: A rule\ndetection:\n    large: &large\n".to_owned();
    for _ in 0..50_000 {
        text.push_str("        - x\n");
    }
    text.push_str("    many:\n");
    for _ in 0..50_000 {
        text.push_str("        - *large\n");
    }
    text.push_str("    condition: many\n");
    assert_eq!(codes(&text), ["misfire::yaml::limit"]);
}

#[test]
fn deep_nesting_is_refused_in_every_form() {
    let brackets = "[".repeat(1_000_000);
    let braces = "{a: ".repeat(500_000);
    let dashes = "- ".repeat(500_000);
    let questions = "? ".repeat(500_000);
    let anchors: String = (0..20_000).map(|number| format!("&a{number} [")).collect();
    for inner in [brackets, braces, dashes, questions, anchors] {
        // Dashes behind a key are a fault of their own.
        let text = format!("title: A rule\ndetection: {inner}\n");
        assert!(codes(&text)[0].starts_with("misfire::yaml"));
        let text = format!("title: A rule\ndetection:\n  {inner}\n");
        assert_eq!(codes(&text), ["misfire::yaml::limit"]);
    }
    let mut blocks = "title: A rule\ndetection:\n".to_owned();
    for level in 1..3000 {
        blocks.push_str(&" ".repeat(level));
        blocks.push_str("a:\n");
    }
    assert_eq!(codes(&blocks), ["misfire::yaml::limit"]);
}

#[test]
fn documents_that_repeat_a_large_one_are_refused() {
    let mut text = "action: global\ntitle: A rule\ndescription: |\n".to_owned();
    for _ in 0..100_000 {
        text.push_str("    a line of text\n");
    }
    for _ in 0..100_000 {
        text.push_str("---\ndetection: {a: {b: c}, condition: a}\n");
    }
    assert_eq!(codes(&text), ["misfire::yaml::limit"]);
}

#[test]
fn rulers_and_brackets_in_text_are_no_nesting() {
    let ruler = "-".repeat(2000);
    let text = format!(
        "title: A rule\ndescription: |\n    {ruler}\n    text\nlogsource: {{product: windows}}\ndetection:\n    selection:\n        Image: 'x'\n    condition: selection\n"
    );
    assert!(codes(&text).is_empty());
}

#[test]
fn long_values_and_many_values() {
    let long = "x".repeat(5_000_000);
    let text = format!(
        "title: A rule\nlogsource: {{product: windows}}\ndetection:\n    selection:\n        Image: '{long}'\n    condition: selection\n"
    );
    assert!(codes(&text).is_empty());
    let stars = "*a".repeat(20_000);
    let text = format!(
        "title: A rule\nlogsource: {{product: windows}}\ndetection:\n    selection:\n        Image: '{stars}'\n    condition: selection\n"
    );
    codes(&text);
    let dashes = "-a ".repeat(20_000);
    let text = format!(
        "title: A rule\nlogsource: {{product: windows}}\ndetection:\n    selection:\n        Image|windash|contains: '{dashes}'\n    condition: selection\n"
    );
    codes(&text);
    let condition = vec!["a"; 200_000].join(" or ");
    let text = format!(
        "title: A rule\nlogsource: {{product: windows}}\ndetection:\n    a:\n        Image: 'x'\n    condition: {condition}\n"
    );
    assert_eq!(codes(&text), ["misfire::sigma::invalid"]);
}

#[test]
fn filters_that_choose_from_many_parts_are_bounded() {
    let mut text = "title: A rule\nlogsource: {product: windows}\ndetection:\n".to_owned();
    for part in 0..40 {
        text.push_str(&format!("    p{part}: {{Image: '{part}'}}\n"));
    }
    text.push_str("    condition: 20 of *\n---\ntitle: A filter\nlogsource: {product: windows}\nfilter:\n    rules: any\n");
    for part in 0..40 {
        text.push_str(&format!("    p{part}: {{Image: '{part}'}}\n"));
    }
    text.push_str("    condition: 20 of them\n");
    assert_eq!(codes(&text), ["misfire::sigma::unsupported"]);
}

/// Pieces of YAML and of Sigma.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "title: ",
            "detection:",
            "logsource:",
            "correlation:",
            "filter:",
            "action: ",
            "global",
            "repeat",
            "condition: ",
            "selection",
            "rules: ",
            "type: ",
            "timespan: ",
            "event_count",
            "temporal",
            "5m",
            "gte: ",
            "\n",
            "\n    ",
            "\n        ",
            "- ",
            ": ",
            "'",
            "\"",
            "[",
            "]",
            "{",
            "}",
            "|",
            "contains",
            "re",
            "windash",
            "base64offset",
            "all",
            "expand",
            "cidr",
            "1 of ",
            "them",
            "not ",
            " and ",
            "(",
            ")",
            "*",
            "?",
            "\\",
            "&a ",
            "*a",
            "!!str ",
            "---\n",
            "...\n",
            "#",
            "\t",
            "\r\n",
            "\u{feff}",
            "null",
            "~",
            "true",
            "1e400",
            "0x1F",
            "-9223372036854775809",
            "é",
            "\u{0}",
            "\u{1f}",
            "_",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn arbitrary_text_does_no_harm(text in yamlish()) {
        let problems = problems("rule.yml", &format!("title: x\n{text}"));
        let rendered = misfire::diagnostic::to_text(&problems, misfire::diagnostic::Ink::Plain);
        prop_assert!(rendered.len() < 200_000);
    }
}

#[test]
fn changed_rules_do_no_harm() {
    let Some(corpus) = corpus("sigma") else {
        return;
    };
    let paths = files(&corpus.join("rules"), "yml");
    let strategy = (
        any::<prop::sample::Index>(),
        proptest::collection::vec(
            (
                any::<prop::sample::Index>(),
                any::<prop::sample::Index>(),
                0..5_u8,
            ),
            1..6,
        ),
        yamlish(),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(1500));
    let result = runner.run(&strategy, |(path, changes, piece)| {
        let mut text = std::fs::read_to_string(path.get(&paths)).expect("a readable rule");
        for (from, to, change) in changes {
            let lines: Vec<_> = text.split_inclusive('\n').collect();
            let (from, to) = (from.index(lines.len()), to.index(lines.len()));
            let mut lines: Vec<_> = lines.into_iter().map(str::to_owned).collect();
            match change {
                0 => drop(lines.remove(from)),
                1 => lines.swap(from, to),
                2 => lines[from].insert_str(0, "    "),
                3 => lines[from] = format!("{}\n", piece.replace('\n', " ")),
                _ => lines[from] = lines[from].replace(['\'', ':'], ""),
            }
            text = lines.concat();
            if text.is_empty() {
                break;
            }
        }
        let problems = problems("rule.yml", &text);
        let rendered = misfire::diagnostic::to_text(&problems, misfire::diagnostic::Ink::Plain);
        prop_assert!(rendered.len() < 200_000);
        let shows_insides = ["Mapping {", "Sequence ["]
            .iter()
            .any(|sign| rendered.contains(sign) && !text.contains(sign));
        prop_assert!(!shows_insides);
        Ok(())
    });
    if let Err(problem) = result {
        panic!("{problem}");
    }
}
