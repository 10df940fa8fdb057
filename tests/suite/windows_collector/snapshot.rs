//! What of a host with Windows is told before and after a test. The host is played: none of
//! this was run on Windows.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::sync::Mutex;
use std::time::Duration;

use misfire::collect::Interrupt;
use misfire::collect::process::{Command, Finished, RunError, Runner};
use misfire::collect::windows::snapshot::{
    Fate, HostSnapshot, PowerShell, SnapshotError, Sort, Unread, WindowsResidue, script,
};
use rstest::rstest;

/// A host that answers with these texts, in the order of the sorts.
struct Played {
    answers: [String; 5],
    code: i32,
    asked: Mutex<Vec<Command>>,
}

impl Played {
    fn new(answers: [&str; 5]) -> Self {
        Self {
            answers: answers.map(str::to_owned),
            code: 0,
            asked: Mutex::new(Vec::new()),
        }
    }

    fn take(&self) -> Result<HostSnapshot, SnapshotError> {
        let shell = PowerShell::below(Some(OsStr::new("/Windows")));
        HostSnapshot::take(&shell, self, Duration::from_secs(1), &|| false)
    }
}

impl Runner for Played {
    fn run(&self, command: &Command, _: Duration, _: Interrupt<'_>) -> Result<Finished, RunError> {
        let mut asked = self.asked.lock().expect("the commands");
        let answer = self.answers[asked.len()].clone();
        asked.push(command.clone());
        Ok(Finished {
            code: Some(self.code),
            stdout: answer.into_bytes(),
            stderr: b"Access denied\r\nmore".to_vec(),
        })
    }
}

const SERVICES: &str = r#"[{"Name":"Spooler","PathName":"C:\\WINDOWS\\System32\\spoolsv.exe","StartMode":"Auto","StartName":"LocalSystem"},{"Name":"Hidden","PathName":null,"StartMode":"Manual","StartName":null}]"#;
const TASKS: &str =
    r#"[{"Path":"\\","Name":"Nachtlauf für alle","State":3,"Does":"C:\\tool.exe /a"}]"#;
const RUN_KEYS: &str = r#"[{"Key":"HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run","Name":"SecurityHealth","Value":"%windir%\\system32\\SecurityHealthSystray.exe"}]"#;
const PORTS: &str = r#"[{"LocalAddress":"::","LocalPort":445,"OwningProcess":4},{"LocalAddress":"fe80::1%4","LocalPort":139,"OwningProcess":4}]"#;
const PROCESSES: &str = r#"[{"ProcessId":4,"ParentProcessId":0,"Name":"System","CommandLine":"","Created":""},{"ProcessId":700,"ParentProcessId":600,"Name":"cmd.exe","CommandLine":"cmd.exe /k","Created":"2026-11-03T08:30:00.0000000Z"}]"#;

fn before() -> HostSnapshot {
    Played::new([SERVICES, TASKS, RUN_KEYS, PORTS, PROCESSES])
        .take()
        .expect("a snapshot")
}

#[test]
fn what_is_told_is_read_in_any_language() {
    let snapshot = before();
    let does = |sort, name: &str| snapshot.lasting.get(&(sort, name.to_owned())).cloned();
    assert_eq!(
        does(Sort::Service, "Spooler").as_deref(),
        Some(r"C:\WINDOWS\System32\spoolsv.exe, Auto, LocalSystem")
    );
    assert_eq!(
        does(Sort::Service, "Hidden").as_deref(),
        Some("-, Manual, -")
    );
    assert_eq!(
        does(Sort::Task, "\\Nachtlauf für alle").as_deref(),
        Some(r"C:\tool.exe /a")
    );
    assert_eq!(snapshot.lasting.len(), 4);
    let ports: Vec<_> = snapshot.ports.keys().map(ToString::to_string).collect();
    assert_eq!(ports, ["[::]:445", "[fe80::1]:139"]);
    let lines: Vec<_> = snapshot
        .processes
        .iter()
        .map(|one| &one.command_line)
        .collect();
    assert_eq!(lines, ["System", "cmd.exe /k"]);
}

#[test]
fn what_is_different_is_left_and_others_are_told_apart() {
    let services = r#"[{"Name":"Spooler","PathName":"C:\\evil.exe","StartMode":"Auto","StartName":"LocalSystem"}]"#;
    let tasks = r#"[{"Path":"\\","Name":"Nachtlauf für alle","State":1,"Does":"C:\\tool.exe /a"},{"Path":"\\x\\","Name":"new","State":3,"Does":"calc.exe"}]"#;
    let ports = r#"[{"LocalAddress":"0.0.0.0","LocalPort":4444,"OwningProcess":802},{"LocalAddress":"::","LocalPort":445,"OwningProcess":4},{"LocalAddress":"127.0.0.1","LocalPort":9000,"OwningProcess":900}]"#;
    // 700 is another one than before; 803 is of a parent that has ended, which was seen.
    let processes = r#"[{"ProcessId":4,"ParentProcessId":0,"Name":"System","CommandLine":"","Created":""},
        {"ProcessId":802,"ParentProcessId":801,"Name":"nc.exe","CommandLine":"nc -l 4444","Created":"b"},
        {"ProcessId":801,"ParentProcessId":800,"Name":"cmd.exe","CommandLine":"cmd /c nc","Created":"a"},
        {"ProcessId":803,"ParentProcessId":790,"Name":"late.exe","CommandLine":"late","Created":"c"},
        {"ProcessId":700,"ParentProcessId":1,"Name":"n.exe","CommandLine":"n","Created":"d"},
        {"ProcessId":900,"ParentProcessId":1,"Name":"o.exe","CommandLine":"o","Created":"e"}]"#;
    let after = Played::new([services, tasks, RUN_KEYS, ports, processes])
        .take()
        .expect("a snapshot");
    let residue = WindowsResidue::between(&before(), &after, 800, &BTreeSet::from([790]));
    let lasting: Vec<_> = residue
        .lasting
        .iter()
        .map(|(sort, name, fate, _)| (*sort, name.as_str(), *fate))
        .collect();
    assert_eq!(
        lasting,
        [
            (Sort::Service, "Hidden", Fate::Removed),
            (Sort::Service, "Spooler", Fate::Changed),
            (Sort::Task, "\\Nachtlauf für alle", Fate::Changed),
            (Sort::Task, "\\x\\new", Fate::Added),
        ]
    );
    let ids: Vec<_> = residue.processes.iter().map(|process| process.id).collect();
    assert_eq!(ids, [801, 802, 803]);
    assert_eq!(residue.ports, ["0.0.0.0:4444".parse().expect("an address")]);
    assert_eq!(
        residue.meanwhile,
        ["127.0.0.1:9000".parse().expect("an address")]
    );
    let told = residue.told();
    assert!(
        told.contains(&r"scheduled task `\x\new` was added: calc.exe".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"process 802 still runs: nc -l 4444".to_owned()),
        "{told:?}"
    );
}

#[test]
fn nothing_is_left_where_nothing_is_different() {
    let residue = WindowsResidue::between(&before(), &before(), 800, &BTreeSet::new());
    assert_eq!(residue, WindowsResidue::default());
}

#[rstest]
#[case::empty("", true)]
#[case::no_json("Get-CimInstance : denied", false)]
#[case::cut_off(r#"[{"Name":"Spooler","PathName":"C:\\W"#, false)]
#[case::one_thing(
    r#"{"Name":"a","PathName":null,"StartMode":null,"StartName":null}"#,
    false
)]
#[case::nameless(r#"[{"PathName":"a","StartMode":"Auto","StartName":"b"}]"#, false)]
fn what_cannot_be_read_is_never_taken_for_nothing(#[case] services: &str, #[case] is_empty: bool) {
    let result = Played::new([services, TASKS, RUN_KEYS, PORTS, PROCESSES]).take();
    let Err(SnapshotError::Unread { sort, source }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(sort, Sort::Service);
    assert_eq!(source == Unread::Empty, is_empty, "{source}");
}

#[test]
fn no_run_keys_are_none_and_a_byte_order_mark_is_none_of_the_answer() {
    let services = format!("\u{feff}{SERVICES}\r\n");
    let snapshot = Played::new([&services, TASKS, "[]", PORTS, PROCESSES])
        .take()
        .expect("a snapshot");
    assert!(
        !snapshot
            .lasting
            .keys()
            .any(|(sort, _)| *sort == Sort::RunKey)
    );
}

#[test]
fn a_refusal_is_an_error_with_its_first_line() {
    let mut host = Played::new([SERVICES, TASKS, RUN_KEYS, PORTS, PROCESSES]);
    host.code = 1;
    let told = host.take().expect_err("an error").to_string();
    assert_eq!(
        told,
        "asking for each service did not work: exit code Some(1): Access denied"
    );
}

#[test]
fn windows_own_powershell_is_asked_without_anything_of_its_user() {
    let host = Played::new([SERVICES, TASKS, RUN_KEYS, PORTS, PROCESSES]);
    host.take().expect("a snapshot");
    let asked = host.asked.lock().expect("the commands");
    assert_eq!(asked.len(), Sort::ALL.len());
    for (command, sort) in asked.iter().zip(Sort::ALL) {
        let program = command.program.to_string_lossy();
        assert!(
            program.ends_with("powershell.exe") && program.starts_with("/Windows"),
            "{program}"
        );
        let flags: Vec<_> = command.arguments.iter().take(4).collect();
        assert_eq!(
            flags,
            ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"]
        );
        let script = script(sort);
        assert_eq!(command.arguments[4], OsStr::new(&script));
        // Within double quotes of a command line, none may stand.
        assert!(!script.contains('"'), "{script}");
        assert!(script.contains("ConvertTo-Json"), "{script}");
    }
}
