//! No text makes the loader panic, hang, or keep silent.

use proptest::prelude::*;
use std::path::Path;

use crate::support::files;

/// The golden files, which hold every kind of fault.
fn seeds() -> Vec<String> {
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/atomics"),
        "yaml",
    )
    .iter()
    .map(|path| std::fs::read_to_string(path).expect("a readable file"))
    .collect()
}

/// What can stand anywhere in YAML and means something there.
const PIECES: [&str; 18] = [
    "-", ":", "[", "]", "{", "}", "|", "&a ", "*a", "!t ", "~", "#", "#{x}", "'", "\n", "  ",
    "<<: ", "1e999",
];

fn is_told(text: &str) {
    let loaded = crate::atomics::load(text);
    assert!(
        !loaded.atomics.is_empty() || !loaded.problems.is_empty(),
        "nothing is said of\n{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn broken_files_are_told(
        seed in proptest::sample::select(seeds()),
        edits in proptest::collection::vec(
            (any::<proptest::sample::Index>(), proptest::sample::select(&PIECES[..])), 1..4),
    ) {
        let mut text = seed;
        for (place, piece) in edits {
            let at = place.index(text.len() + 1);
            if text.is_char_boundary(at) {
                text.insert_str(at, piece);
            }
        }
        is_told(&text);
    }

    #[test]
    fn files_without_some_lines_are_told(
        seed in proptest::sample::select(seeds()),
        gone in proptest::collection::vec(any::<proptest::sample::Index>(), 1..4),
    ) {
        let mut lines: Vec<_> = seed.lines().collect();
        for place in gone {
            if !lines.is_empty() {
                lines.remove(place.index(lines.len()));
            }
        }
        is_told(&lines.join("\n"));
    }
}

fn test_with(arguments: &str, command: &str) -> String {
    format!(
        "attack_technique: T1219\ndisplay_name: Remote access\natomic_tests:\n  - name: One\n    \
         description: It is one.\n    supported_platforms: [windows]\n{arguments}    \
         executor: {{name: sh, command: '{command}'}}\n"
    )
}

#[test]
fn countless_arguments_are_told_in_a_few_messages() {
    let uses: String = (0..20_000)
        .map(|number| format!("#{{x{number}}}"))
        .collect();
    let declared: String = (0..5_000)
        .map(|number| format!("      y{number}: {{description: d, type: string, default: d}}\n"))
        .collect();
    for text in [
        test_with("", &uses),
        test_with(&format!("    input_arguments:\n{declared}"), "x"),
    ] {
        let problems = crate::atomics::load(&text).problems.len();
        assert!((1..=100).contains(&problems), "{problems}");
    }
}
