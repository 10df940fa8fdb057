//! Filling in arguments.

use std::collections::BTreeMap;
use std::sync::Arc;

use misfire::content::atomic::{
    Atomic, SubstitutedRun, SubstitutionError, Way, load_atomics, resolve_arguments, substitute,
};
use proptest::prelude::*;
use rstest::rstest;

use crate::atomics::golden::compare;
use crate::support::corpus;

/// An atomic with these arguments, each with its default, that runs a command.
fn with(shell: &str, arguments: &[(&str, Option<&str>)], command: &str) -> Arc<Atomic> {
    let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
    let mut text = String::from(
        "attack_technique: T1219\ndisplay_name: Remote access\natomic_tests:\n  - name: One\n    \
         description: It is one.\n    supported_platforms: [windows]\n",
    );
    if !arguments.is_empty() {
        text += "    input_arguments:\n";
    }
    for (name, default) in arguments {
        let default = default.map_or_else(|| "null".to_owned(), quoted);
        text += &format!("      {name}: {{description: d, type: string, default: {default}}}\n");
    }
    // Arguments must be used somewhere; where they are not of interest, here.
    let uses: String = arguments
        .iter()
        .map(|(name, _)| format!("#{{{name}}}"))
        .collect();
    text += &format!(
        "    dependency_executor_name: manual\n    dependencies: [{{description: d, prereq_command: {}, get_prereq_command: null}}]\n",
        quoted(&format!("echo {uses}"))
    );
    text += &format!(
        "    executor: {{name: {shell}, command: {}}}\n",
        quoted(command)
    );
    crate::atomics::atomic(&text)
}

fn given(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn command_of(atomic: &Atomic, values: &[(&str, &str)], way: Way, folder: &str) -> String {
    let filled = substitute(atomic, &given(values), way, folder).expect("filled");
    match filled.run {
        SubstitutedRun::Command { command, .. } => command,
        SubstitutedRun::Manual { steps } => steps,
    }
}

fn script(atomic: &Atomic, values: &[(&str, &str)]) -> String {
    command_of(atomic, values, Way::Script, r"C:\atomics")
}

fn invoke_art(atomic: &Atomic, values: &[(&str, &str)]) -> String {
    command_of(atomic, values, Way::InvokeArt, r"C:\atomics")
}

#[test]
fn the_public_default_that_holds_an_argument_is_filled_in() {
    let Some(root) = corpus("atomic-red-team/atomics") else {
        return;
    };
    let loaded = load_atomics(&root);
    let found = loaded
        .atomics
        .iter()
        .find(|atomic| atomic.technique.as_str() == "T1055.011" && atomic.number == 1)
        .expect("the test");
    assert_eq!(
        script(found, &[]),
        r"C:\atomics\T1055.011\bin\T1055.011_x64.exe"
    );
    assert_eq!(
        script(found, &[("arch", "x86")]),
        r"C:\atomics\T1055.011\bin\T1055.011_x86.exe"
    );
    assert_eq!(
        invoke_art(found, &[]),
        r"C:\atomics\T1055.011\bin\T1055.011_#{arch}.exe"
    );
    for atomic in &loaded.atomics {
        // Those without a default need a value.
        let values = atomic
            .arguments
            .iter()
            .filter(|(_, argument)| argument.default.is_none())
            .map(|(name, _)| (name.clone(), "value".to_owned()))
            .collect();
        for way in [Way::Script, Way::InvokeArt] {
            assert!(
                substitute(atomic, &values, way, "/atomics").is_ok(),
                "{}",
                atomic.name
            );
        }
    }
}

#[test]
fn a_script_keeps_its_lines_and_takes_given_values_literally() {
    let atomic = with(
        "sh",
        &[
            ("aa", Some("#{bb}/x")),
            ("bb", Some("$PathToAtomicsFolder/b")),
            ("cc", Some("c")),
        ],
        "run #{aa} #{cc}\n\"#{cc}\" ${#bb} PATHTOATOMICSFOLDER\n",
    );
    let loose = with("sh", &[("aa", Some("x")), ("bb", Some("y"))], "#{aa}#{bb}");
    assert_eq!(script(&loose, &[("aa", "#{b"), ("bb", "b}")]), "#{bb}");
    let Err(_) = substitute(&atomic, &given(&[("dd", "x")]), Way::Script, "") else {
        panic!("`dd` is no argument");
    };
    assert_eq!(
        script(&atomic, &[("cc", r"#{aa} $1 \n PathToAtomicsFolder")]),
        "run C:\\atomics/b/x #{aa} $1 \\n PathToAtomicsFolder\n\
         \"#{aa} $1 \\n PathToAtomicsFolder\" ${#bb} C:\\atomics\n"
    );
}

#[rstest]
#[case("command_prompt", "a\nb \"c\"\n", "a & b \"c\"")]
#[case("sh", "a\nb;\n\"c\" d\\e \\;\n", "a; b;\n\\\"c\\\" d\\\\e \\;")]
#[case("bash", "echo '#{xx}'\n", "echo '$1 \\\\'")]
#[case("powershell", "a\n\"b\"\n", "a\n\\\"\"b\\\"\"")]
fn the_other_way_makes_the_line_of_the_public_runner(
    #[case] shell: &str,
    #[case] command: &str,
    #[case] expected: &str,
) {
    let atomic = with(shell, &[("xx", Some(r"$1 \"))], command);
    assert_eq!(invoke_art(&atomic, &[]), expected);
}

#[test]
fn the_other_way_fills_in_once_and_in_order() {
    let atomic = with(
        "command_prompt",
        &[("aa", Some("#{bb}")), ("bb", Some("#{aa}")), ("cc", None)],
        "#{aa} #{bb} [#{cc}] pathtoatomicsfolder $PathToAtomicsFolder",
    );
    assert_eq!(
        invoke_art(&atomic, &[]),
        r"#{aa} #{aa} [] C:\atomics C:\atomics"
    );
}

#[test]
fn checks_are_joined_so_that_all_must_hold() {
    let text = "attack_technique: T1219\ndisplay_name: Remote access\natomic_tests:\n  - name: One\n    \
        description: It is one.\n    supported_platforms: [linux]\n    \
        dependencies:\n      - {description: d, prereq_command: \"a\\nb\\n\", get_prereq_command: \"c\\nd\"}\n    \
        executor: {name: sh, command: x}\n";
    let filled = substitute(
        &crate::atomics::atomic(text),
        &given(&[]),
        Way::InvokeArt,
        "/a",
    );
    let filled = filled.expect("filled");
    assert_eq!(filled.dependencies[0].prereq_command, "a && b");
    assert_eq!(
        filled.dependencies[0].get_prereq_command.as_deref(),
        Some("c; d")
    );
}

#[test]
fn each_fault_has_its_message() {
    let circle = with(
        "sh",
        &[
            ("aa", Some("#{bb}")),
            ("bb", Some("x#{cc}")),
            ("cc", Some("#{bb}")),
        ],
        "#{aa}",
    );
    let plain = with(
        "sh",
        &[("port", None), ("program", Some("x"))],
        "#{port} #{program}",
    );
    let none = with("sh", &[], "x");
    let doubling: Vec<_> = (0..40)
        .map(|number| {
            (
                format!("a{number:02}"),
                format!("#{{a{0:02}}}#{{a{0:02}}}", number + 1),
            )
        })
        .chain([("a40".to_owned(), "boom".to_owned())])
        .collect();
    let doubling: Vec<_> = doubling
        .iter()
        .map(|(name, default)| (name.as_str(), Some(default.as_str())))
        .collect();
    let doubling = with("sh", &doubling, "x");
    let deep: Vec<_> = (0..90)
        .map(|number| (format!("a{number:02}"), format!("#{{a{:02}}}", number + 1)))
        .collect();
    let deep: Vec<_> = deep
        .iter()
        .map(|(name, default)| (name.as_str(), Some(default.as_str())))
        .collect();
    let deep = with("sh", &deep, "x");
    let cases = [
        ("values_deep", &deep, given(&[])),
        ("values_circle", &circle, given(&[])),
        ("values_none_given", &plain, given(&[])),
        (
            "values_misspelled",
            &plain,
            given(&[("porgram", "x"), ("port", "1")]),
        ),
        ("values_unknown", &plain, given(&[("zzz", "x")])),
        ("values_unneeded", &none, given(&[("zzz", "x")])),
        ("values_endless", &doubling, given(&[])),
    ];
    let mut wrong = Vec::new();
    for (name, atomic, values) in cases {
        let errors = substitute(atomic, &values, Way::Script, "/a").expect_err(name);
        assert_eq!(errors.len(), 1, "{name}: {errors:?}");
        let told: Vec<_> = errors
            .iter()
            .map(|error| error.to_diagnostic(atomic))
            .collect();
        compare(name, &told, &mut wrong);
        let other = substitute(atomic, &values, Way::InvokeArt, "/a");
        let is_fault_of_both = matches!(
            errors[0],
            SubstitutionError::UnknownArgument { .. } | SubstitutionError::TooLong { .. }
        );
        assert_eq!(other.is_err(), is_fault_of_both, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(substitute(&circle, &given(&[("bb", "x")]), Way::Script, "/a").is_ok());
}

#[test]
fn values_are_resolved_without_a_folder() {
    let atomic = with(
        "sh",
        &[
            ("aa", Some("PathToAtomicsFolder/#{bb}")),
            ("bb", Some("x")),
            ("cc", None),
            ("dd", Some("#{cc}")),
        ],
        "#{aa}",
    );
    let values = resolve_arguments(&atomic, &given(&[])).expect("values");
    assert_eq!(
        values,
        given(&[("aa", "PathToAtomicsFolder/x"), ("bb", "x")])
    );
    let values = resolve_arguments(&atomic, &given(&[("cc", "c"), ("bb", "#{aa}")]));
    assert_eq!(
        values.expect("values"),
        given(&[
            ("aa", "PathToAtomicsFolder/#{aa}"),
            ("bb", "#{aa}"),
            ("cc", "c"),
            ("dd", "c")
        ])
    );
}

const NAMES: [&str; 4] = ["aa", "bb", "cc", "dd"];

/// Text that is made of what could be taken for something else.
fn odd() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("$".to_owned()),
        Just("$0".to_owned()),
        Just("${1}".to_owned()),
        Just("\\".to_owned()),
        Just("#{".to_owned()),
        Just("}".to_owned()),
        Just("#{aa}".to_owned()),
        Just("#{zz}".to_owned()),
        Just("\n".to_owned()),
        Just("\"".to_owned()),
        "[a-z ]{0,3}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// Text with arguments, and nothing that only looks like one.
fn template() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(&NAMES[..]).prop_map(|name| format!("#{{{name}}}")),
        "[a-z $\\\\]{1,3}",
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// A text with each argument replaced, none of what is put in looked at again.
fn replaced_once(text: &str, values: &[String]) -> String {
    let mut pieces = text.split("#{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').expect("an argument");
        let place = NAMES.iter().position(|known| *known == name);
        filled += &values[place.expect("a known one")];
        filled += rest;
    }
    filled
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn given_values_stand_in_a_script_as_they_are(
        values in proptest::collection::vec(odd(), 4),
        text in template(),
    ) {
        let arguments = NAMES.map(|name| (name, Some("default")));
        let atomic = with("sh", &arguments, &text);
        let pairs: Vec<_> = NAMES.iter().copied().zip(values.iter().map(String::as_str)).collect();
        prop_assert_eq!(script(&atomic, &pairs), replaced_once(&text, &values));
    }

    #[test]
    fn no_declared_argument_is_left_in_a_script(
        defaults in proptest::collection::vec(template(), 3),
        text in template(),
    ) {
        // Each default can hold only those that come later.
        let mut defaults = defaults;
        for (place, default) in defaults.iter_mut().enumerate() {
            for name in &NAMES[..=place] {
                *default = default.replace(&format!("#{{{name}}}"), "#{dd}");
            }
        }
        defaults.push("end".to_owned());
        let arguments: Vec<_> =
            NAMES.iter().copied().zip(defaults.iter().map(|text| Some(text.as_str()))).collect();
        let filled = script(&with("sh", &arguments, &text), &[]);
        prop_assert!(!filled.contains("#{"), "{}", filled);
    }

    #[test]
    fn both_ways_agree_on_one_plain_line(
        values in proptest::collection::vec("[a-z]{1,5}", 4),
        text in "[a-z](#\\{(aa|bb|cc|dd)\\}|[a-z ]){0,5}[a-z]",
    ) {
        let arguments = NAMES.map(|name| (name, Some("default")));
        let atomic = with("command_prompt", &arguments, &text);
        let pairs: Vec<_> = NAMES.iter().copied().zip(values.iter().map(String::as_str)).collect();
        prop_assert_eq!(script(&atomic, &pairs), invoke_art(&atomic, &pairs));
    }

    #[test]
    fn nothing_panics_whatever_stands_there(
        defaults in proptest::collection::vec(odd(), 4),
        value in odd(),
        folder in odd(),
    ) {
        let arguments: Vec<_> =
            NAMES.iter().copied().zip(defaults.iter().map(|text| Some(text.as_str()))).collect();
        let atomic = with("bash", &arguments, "run #{aa} $PathToAtomicsFolder");
        for way in [Way::Script, Way::InvokeArt] {
            let _ = substitute(&atomic, &given(&[("bb", &value)]), way, &folder);
        }
    }
}
