//! What the public schema allows is loaded as it is meant.

use std::collections::BTreeSet;

use misfire::content::atomic::{
    Argument, ArgumentKind, AtomicGuid, DependenciesBy, Elevation, Executor, Platform, Shell,
    atomics_schema, load_atomics,
};
use misfire::content::attack::{AttackTable, Resolution};
use misfire::diagnostic::{Ink, to_text};
use rstest::rstest;

use crate::atomics::atomic;
use crate::support::corpus;

#[test]
fn every_public_atomic_loads() {
    let Some(root) = corpus("atomic-red-team/atomics") else {
        return;
    };
    let loaded = load_atomics(&root);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "");
    assert_eq!(loaded.files, 185);
    assert!(loaded.atomics.len() > 700, "{}", loaded.atomics.len());
    let guids: BTreeSet<_> = loaded.atomics.iter().map(|atomic| atomic.guid).collect();
    assert_eq!(guids.len(), loaded.atomics.len());
    for atomic in &loaded.atomics {
        let resolution = AttackTable::bundled().resolve(&atomic.technique);
        assert_eq!(resolution, Resolution::Current, "{}", atomic.technique);
    }
}

fn test_with(part: &str) -> String {
    format!(
        "attack_technique: T1219\ndisplay_name: Remote access\natomic_tests:\n  - name: One\n    \
         description: It is one.\n    supported_platforms: [windows, 'iaas:aws']\n{part}"
    )
}

const PLAIN: &str = "    executor: {name: powershell, command: whoami}\n";

#[test]
fn a_full_atomic_is_taken_over_as_it_is() {
    let text = test_with(
        "    auto_generated_guid: 5D1F6F5A-7c0b-4b2c-8a55-93d2f0c7aa11\n    test_number: T1219-9\n    \
         input_arguments:\n      port: {description: A port, type: Integer, default: 0x10}\n    \
         dependency_executor_name: bash\n    \
         dependencies:\n      - {description: d, prereq_command: 'test #{port}', get_prereq_command: get}\n    \
         executor:\n      name: command_prompt\n      elevation_required: true\n      \
         command: |\n        first\n        second\n      cleanup_command: undo",
    );
    let atomic = atomic(&text);
    assert_eq!(
        atomic.guid,
        AtomicGuid::parse("5d1f6f5a-7c0b-4b2c-8a55-93d2f0c7aa11")
    );
    assert_eq!((atomic.number, atomic.name.as_str()), (1, "One"));
    assert_eq!(atomic.platforms, [Platform::Windows, Platform::IaasAws]);
    assert_eq!(
        atomic.arguments["port"],
        Argument {
            description: "A port".to_owned(),
            kind: ArgumentKind::Integer,
            default: Some("16".to_owned()),
        }
    );
    assert_eq!(atomic.dependency_shell, Some(Shell::Bash));
    assert_eq!(
        atomic.executor,
        Executor::Command {
            shell: Shell::CommandPrompt,
            command: "first\nsecond\n".to_owned(),
            cleanup_command: Some("undo".to_owned()),
            elevation: Elevation::Required,
        }
    );
    assert_eq!(atomic.place.line_and_column(), Some((4, Some(5))));
}

#[test]
fn the_last_line_does_not_need_its_end() {
    let text = test_with("    executor:\n      name: sh\n      command: |\n        whoami");
    for text in [text.clone(), text + "\n"] {
        let Executor::Command { command, .. } = &atomic(&text).executor else {
            panic!("a command");
        };
        assert_eq!(command, "whoami\n");
    }
}

#[rstest]
#[case("", Some(Shell::PowerShell), None)]
#[case(
    "    dependency_executor_name: powershell\n",
    Some(Shell::PowerShell),
    None
)]
#[case("    dependency_executor_name: sh\n", Some(Shell::Sh), Some(Shell::Sh))]
#[case("    dependency_executor_name: manual\n", None, None)]
fn the_executor_of_dependencies_is_the_named_one_or_the_own(
    #[case] named: &str,
    #[case] shell: Option<Shell>,
    #[case] other: Option<Shell>,
) {
    let dependencies =
        "    dependencies: [{description: d, prereq_command: p, get_prereq_command: null}]\n";
    let atomic = atomic(&test_with(&format!("{dependencies}{named}{PLAIN}")));
    let by = shell.map_or(DependenciesBy::Person, DependenciesBy::Shell);
    assert_eq!(
        (atomic.dependencies_by, atomic.dependency_shell),
        (by, other)
    );
}

#[rstest]
#[case("string", "''", Some(""))]
#[case("String", "yes", Some("yes"))]
#[case("path", "'C:\\a'", Some("C:\\a"))]
#[case("Path", "null", None)]
#[case("integer", "8080", Some("8080"))]
#[case("integer", "'1234'", Some("1234"))]
#[case("Integer", "-4", Some("-4"))]
#[case("integer", "4.0", Some("4"))]
#[case("float", "16.0", Some("16.0"))]
#[case("Float", "3", Some("3"))]
#[case("url", "https://example.com/a?b=c", Some("https://example.com/a?b=c"))]
#[case("url", "ftp://user@example.com:21", Some("ftp://user@example.com:21"))]
#[case("Url", "example.com", Some("example.com"))]
#[case("url", "10.0.0.1", Some("10.0.0.1"))]
#[case("url", "'2001:db8::1'", Some("2001:db8::1"))]
#[case("url", "ldap://example.com/x", Some("ldap://example.com/x"))]
#[case("url", "~", None)]
fn defaults_of_each_type_are_read(
    #[case] kind: &str,
    #[case] written: &str,
    #[case] expected: Option<&str>,
) {
    let text = test_with(&format!(
        "    input_arguments:\n      thing: {{description: d, type: {kind}, default: {written}}}\n    \
         executor: {{name: sh, command: 'x #{{thing}}'}}\n"
    ));
    let atomic = atomic(&text);
    assert_eq!(atomic.arguments["thing"].default.as_deref(), expected);
}

#[rstest]
#[case::no_guid(PLAIN)]
#[case::manual("    executor: {name: manual, elevation_required: true, steps: Do it as told.}\n")]
#[case::null_dependencies("    dependencies:\n    executor: {name: sh, command: x}\n")]
#[case::no_dependencies("    dependencies: []\n    executor: {name: sh, command: x}\n")]
#[case::null_cleanup("    executor: {name: sh, command: x, cleanup_command: null}\n")]
#[case::sudo_on_windows("    executor: {name: powershell, command: sudo x}\n")]
#[case::letters_of_any_script(
    "    input_arguments:\n      größe_1-x: {description: d, type: string, default: d}\n    executor: {name: sh, command: '#{größe_1-x}'}\n"
)]
fn what_the_public_schema_allows_is_allowed(#[case] part: &str) {
    atomic(&test_with(part));
}

#[test]
fn the_schema_for_editors_knows_every_key_and_word() {
    let schema = atomics_schema().to_string();
    for word in [
        "attack_technique",
        "elevation_required",
        "cleanup_command",
        "steps",
        "command_prompt",
        "get_prereq_command",
        "iaas:gcp",
        "Float",
    ] {
        assert!(schema.contains(&format!("\"{word}\"")), "{word}");
    }
}
