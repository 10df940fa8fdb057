//! Content that was made to do harm, or that is only half there: it is refused with a
//! reason, in time, and nothing panics.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use misfire::content::atomic::load_atomics_from;
use misfire::content::config::parse_config;
use misfire::content::expectation::load_expectations_from;
use misfire::content::fixture::load_fixtures;
use misfire::diagnostic::{Diagnostic, Ink, SourceText, to_text};
use proptest::prelude::*;
use tempfile::TempDir;

const GUID: &str = "5b1c7e0a-94d2-4f63-a8e1-3d70c92f6b48";

fn shipped(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file")
}

fn text(name: &str, text: &str) -> Vec<Result<Arc<SourceText>, Box<Diagnostic>>> {
    vec![Ok(SourceText::new(name, text))]
}

fn expectations(written: &str) -> Vec<Diagnostic> {
    load_expectations_from(text("T1219.001.yaml", written)).problems
}

fn manifest(home: &Path, written: &str) -> Vec<Diagnostic> {
    let folder = home.join("fixtures/one");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("fixture.yaml"), written).expect("a manifest");
    load_fixtures(&[home.join("fixtures")]).problems
}

fn configuration(written: &str) -> Vec<Diagnostic> {
    parse_config(&SourceText::new("misfire.toml", written))
        .err()
        .unwrap_or_default()
}

/// A text with one piece of it cut out, doubled, or replaced.
fn bent(whole: &str, start: usize, length: usize, piece: &str) -> String {
    let characters: Vec<char> = whole.chars().collect();
    let start = start % (characters.len() + 1);
    let end = (start + length).min(characters.len());
    let mut bent: String = characters[..start].iter().collect();
    bent.push_str(piece);
    bent.extend(&characters[end..]);
    bent
}

fn pieces() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("\n".to_owned()),
        Just("- ".to_owned()),
        Just("{".to_owned()),
        Just("]".to_owned()),
        Just("'".to_owned()),
        Just("null".to_owned()),
        Just("&a [*a]".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("\u{1F4A5}\u{202e}".to_owned()),
        Just("../../".to_owned()),
        Just("#{".to_owned()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn bent_files_do_not_panic(start in 0_usize..20_000, length in 0_usize..40, piece in pieces()) {
        let told = |problems: &[Diagnostic]| drop(to_text(problems, Ink::Plain));
        told(&expectations(&bent(&shipped("expectations/T1219.001.yaml"), start, length, &piece)));
        let atomics = bent(&shipped("atomics/T1219.001/T1219.001.yaml"), start, length, &piece);
        told(&load_atomics_from(text("T1219.001/T1219.001.yaml", &atomics)).problems);
        let config = bent(&shipped("templates/project/misfire.toml"), start, length, &piece);
        told(&configuration(&config));
        let home = TempDir::new().expect("a temporary folder");
        let written = shipped("fixtures/T1219.001/code-tunnel/fixture.yaml");
        told(&manifest(home.path(), &bent(&written, start, length, &piece)));
    }
}

#[test]
fn files_that_end_too_early_are_refused_or_right_as_far_as_they_go() {
    let whole = shipped("expectations/T1219.001.yaml");
    for end in (0..whole.len())
        .step_by(97)
        .filter(|end| whole.is_char_boundary(*end))
    {
        let _ = to_text(&expectations(&whole[..end]), Ink::Plain);
    }
    let whole = shipped("templates/project/misfire.toml");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let _ = to_text(&configuration(&whole[..end]), Ink::Plain);
    }
}

#[test]
fn giant_and_twisted_files_are_answered_in_time() {
    let signal = "{id: ID, source: sysmon, event_id: 1, fields: {Image: x}, after: NEXT}";
    let signals = |count: usize| {
        let each = (0..count).map(|number| {
            signal
                .replace("ID", &format!("s{number}"))
                .replace("NEXT", &format!("s{}", (number + 1) % count))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let test = |count| format!("{{atomic: {GUID}, signals: [{}]}}", signals(count));
    let tests = vec![test(100); 200].join(", ");
    let cases = [
        // One long line, one great circle, too many of everything.
        format!("attack_technique: T1219.001\ntests: [{tests}]\n"),
        format!("attack_technique: T1219.001\ntests: [{}]\n", test(200)),
        format!("attack_technique: T1219.001\ntests: [{}]\n", test(20_000)),
        format!(
            "attack_technique: T1219.001\ntests: [{}]\n",
            "{}, ".repeat(50_000)
        ),
        format!(
            "attack_technique: T1219.001\n{}: x\n",
            "k".repeat(2_000_000)
        ),
        format!("tests: {}", "[".repeat(100_000)),
        format!("attack_technique: {}\n", "T".repeat(2_000_000)),
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n".to_owned()
            + &(b'e'..=b'z')
                .map(|letter| {
                    let (own, before) = (char::from(letter), char::from(letter - 1));
                    format!("{own}: &{own} [*{before}, *{before}]\n")
                })
                .collect::<String>(),
    ];
    for (number, case) in cases.iter().enumerate() {
        let start = Instant::now();
        let problems = expectations(case);
        let rendered = to_text(&problems, Ink::Plain);
        let elapsed = start.elapsed();
        assert!(!problems.is_empty(), "case {number} has no problem");
        assert!(
            elapsed < Duration::from_secs(30),
            "case {number}: {elapsed:?}"
        );
        assert!(
            rendered.len() < 2_000_000,
            "case {number}: {} bytes",
            rendered.len()
        );
    }
}

#[cfg(unix)]
#[test]
fn no_file_outside_of_its_folder_is_ever_part_of_a_fixture() {
    let home = TempDir::new().expect("a temporary folder");
    let outside = home.path().join("outside.jsonl");
    fs::write(&outside, "{}\n").expect("a file");
    let folder = home.path().join("fixtures/one");
    fs::create_dir_all(folder.join("inside")).expect("a folder");
    std::os::unix::fs::symlink(&outside, folder.join("link.jsonl")).expect("a link");
    std::os::unix::fs::symlink(home.path(), folder.join("up")).expect("a link");
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.jsonl")).expect("a link");
    let absolute = outside.display().to_string();
    for path in [
        "../../outside.jsonl",
        "inside/../../../outside.jsonl",
        absolute.as_str(),
        "link.jsonl",
        "up/outside.jsonl",
        "zero.jsonl",
        "inside",
        "",
        "//",
        "~/x",
        "inside/\\u0000x",
    ] {
        let hash = "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356";
        let written = format!(
            "atomic: {GUID}\nevidence: authored\nhost: {{name: a, platform: windows}}\n\
             window: {{start: 2026-11-02T09:14:00Z, end: 2026-11-02T09:16:00Z}}\n\
             files: [{{path: \"{path}\", source: sysmon, sha256: {hash}, records: 1}}]\n"
        );
        fs::write(folder.join("fixture.yaml"), written).expect("a manifest");
        let loaded = load_fixtures(&[home.path().join("fixtures")]);
        assert!(
            misfire::diagnostic::has_error(&loaded.problems),
            "{path}: {}",
            to_text(&loaded.problems, Ink::Plain)
        );
        for fixture in loaded.fixtures.values() {
            assert!(fixture.files.is_empty(), "{path}: {:?}", fixture.files);
            assert!(fixture.damage.is_some(), "{path}");
        }
    }
}
