//! Programs that Windows raises without asking, and the classes of the user that they
//! open: as in recordings of UACME 33 and 56.

use misfire::activity::Integrity;
use rstest::rstest;

use super::Host;

/// The images, command lines, and integrity levels of what was started.
fn started(host: &Host) -> Vec<(String, String, Integrity)> {
    let started = host.started();
    let started = started
        .iter()
        .map(|it| (it.name().to_owned(), it.command_line.clone(), it.integrity));
    started.filter(|(name, ..)| name != "conhost.exe").collect()
}

fn set(host: &mut Host, class: &str, command: &str, has_handler: bool) {
    let key = format!(r"HKCU\Software\Classes\{class}\shell\open\command");
    host.run(&format!("reg add {key} /ve /d \"{command}\" /f"));
    if has_handler {
        host.run(&format!("reg add {key} /v DelegateExecute /f"));
    }
}

#[rstest]
#[case("fodhelper.exe", "ms-settings")]
#[case("ComputerDefaults.exe", "ms-settings")]
#[case("WSReset.exe", "AppX82a6gwre4fdg3bt635tn5ctqjf8msdd2")]
fn a_raised_program_starts_what_the_users_class_says(#[case] name: &str, #[case] class: &str) {
    let mut host = Host::new();
    set(
        &mut host,
        class,
        r"C:\Windows\System32\cmd.exe /c whoami",
        true,
    );
    let before = started(&host).len();
    host.run(name);
    let after = started(&host);
    let after = &after[before..];
    let shown: Vec<_> = after
        .iter()
        .map(|(name, _, integrity)| (name.as_str(), *integrity))
        .collect();
    assert_eq!(
        shown,
        [
            (name, Integrity::Medium),
            ("consent.exe", Integrity::System),
            (name, Integrity::High),
            ("cmd.exe", Integrity::High),
            ("whoami.exe", Integrity::High),
        ]
    );
    assert_eq!(after[3].1, r#""C:\Windows\System32\cmd.exe" /c whoami"#);
    let all = host.started();
    let child = all.iter().find(|it| it.command_line == after[3].1);
    let parent = child.and_then(|it| it.parent.clone()).expect("a parent");
    assert_eq!(parent.name(), name);
    assert_eq!(
        parent.command_line,
        format!("\"C:\\Windows\\System32\\{name}\" ")
    );
    assert_eq!(parent.directory, "C:\\WINDOWS\\system32\\");
}

#[rstest]
#[case::no_class(None)]
#[case::with_the_handler_of_windows(Some(false))]
fn without_an_empty_handler_nothing_else_is_started(#[case] class: Option<bool>) {
    let mut host = Host::new();
    if let Some(has_handler) = class {
        set(&mut host, "ms-settings", "calc.exe", has_handler);
    }
    host.run("fodhelper.exe");
    let started = host.started();
    assert!(started.iter().all(|it| it.name() != "calc.exe"));
}

#[test]
fn a_console_is_opened_by_what_the_user_chose() {
    let mut host = Host::new();
    set(&mut host, "mscfile", r"C:\Windows\System32\cmd.exe", false);
    host.run("cmd.exe /c eventvwr.msc");
    host.run(r"C:\Windows\System32\eventvwr.msc");
    let shells: Vec<_> = started(&host)
        .into_iter()
        .filter(|(_, line, _)| line == "\"C:\\Windows\\System32\\cmd.exe\" ")
        .collect();
    assert_eq!(shells.len(), 2, "{:?}", host.lines());
    // Nothing raises what stands in the place of the console.
    assert!(shells.iter().all(|(.., level)| *level == Integrity::Medium));
}

#[rstest]
#[case("10.0.10240", "\"C:\\Windows\\System32\\cmd.exe\" ")]
#[case(
    "10.0.26100",
    r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\eventvwr.msc" /s"#
)]
fn the_event_viewer_looked_its_class_up_before_it_was_mended(
    #[case] build: &str,
    #[case] line: &str,
) {
    let mut host = Host::of(|profile| build.clone_into(&mut profile.build));
    set(&mut host, "mscfile", r"C:\Windows\System32\cmd.exe", false);
    host.run("eventvwr.exe");
    let last = started(&host).pop().expect("a process");
    assert_eq!((last.1.as_str(), last.2), (line, Integrity::High));
}

#[test]
fn an_ending_is_opened_by_the_class_that_was_written() {
    let mut host = Host::new();
    host.run("reg add HKCU\\Software\\Classes\\.note /ve /d notefile /f");
    let command = r"%SystemRoot%\System32\notepad.exe";
    host.shell.environment.set("SystemRoot", r"C:\Windows");
    set(&mut host, "notefile", &format!("{command} %1"), false);
    host.run(r"C:\Users\avery\x.note");
    assert_eq!(
        host.lines().last().map(String::as_str),
        Some(r#""C:\Windows\System32\notepad.exe" C:\Users\avery\x.note"#)
    );
}
