//! PsExec on the host itself: a service starts the program.

use misfire::activity::{ActivityKind, Integrity};
use rstest::rstest;

use super::Host;

fn raised() -> Host {
    let mut host = Host::new();
    let shell = misfire::activity::Process {
        integrity: Integrity::High,
        ..host.shell.process.as_ref().clone()
    };
    host.shell.process = std::sync::Arc::new(shell);
    host
}

#[rstest]
#[case(r"\\localhost")]
#[case(r"\\WS01")]
#[case(r"\\127.0.0.1")]
fn a_program_is_started_by_its_service(#[case] target: &str) {
    let mut host = raised();
    host.run(&format!(
        r"C:\tools\PsExec.exe {target} -accepteula -s whoami.exe /all"
    ));
    let changes = host.changes();
    for expected in [
        r"System: Created C:\Windows\PSEXESVC.exe",
        "PsExec.exe: service PSEXESVC",
        r"System: Deleted C:\Windows\PSEXESVC.exe",
    ] {
        assert!(changes.iter().any(|it| it == expected), "{changes:#?}");
    }
    let service = host
        .world
        .activities()
        .iter()
        .find_map(|traced| match &traced.activity.kind {
            ActivityKind::ServiceInstalled(service) => Some(service.clone()),
            _ => None,
        })
        .expect("a service");
    assert_eq!(service.image_path, r"%SystemRoot%\PSEXESVC.exe");
    let started = host.started();
    let child = started
        .iter()
        .find(|it| it.name() == "whoami.exe")
        .expect("a child");
    assert_eq!(child.command_line, "\"whoami.exe\" /all");
    assert_eq!(child.account.sid, "S-1-5-18");
    let parent = child.parent.as_ref().expect("a parent");
    assert_eq!(parent.image, r"C:\Windows\PSEXESVC.exe");
    assert_eq!(parent.integrity, Integrity::System);
    let manager = parent.parent.as_ref().expect("a parent");
    assert_eq!(manager.name(), "services.exe");
    let metadata = parent.program.metadata.as_ref().expect("a version");
    assert_eq!(metadata.description.as_deref(), Some("PsExec Service"));
}

#[test]
fn a_copied_program_runs_from_the_folder_of_windows() {
    let mut host = raised();
    host.run(r"C:\tools\PsExec.exe \\localhost -accepteula -c C:\Windows\System32\cmd.exe");
    let changes = host.changes();
    assert!(
        changes.contains(&r"System: Created C:\Windows\cmd.exe".to_owned()),
        "{changes:#?}"
    );
    let started = host.started();
    let child = started
        .iter()
        .find(|it| it.image == r"C:\Windows\cmd.exe")
        .expect("a child");
    assert_eq!(child.command_line, "\"cmd.exe\"");
    assert_eq!(child.account, host.shell.process.account);
    assert_eq!(child.integrity, Integrity::High);
}

#[test]
fn what_happens_elsewhere_leaves_a_connection() {
    let mut host = raised();
    host.run(r"C:\tools\PsExec.exe \\DC01 -s cmd.exe");
    assert_eq!(host.started().len(), 1);
    assert!(
        host.changes()
            .contains(&"PsExec.exe: connect 445".to_owned())
    );
}

#[test]
fn without_raised_rights_no_service_is_installed() {
    let mut host = Host::new();
    let finished = host.run(r"C:\tools\PsExec.exe \\localhost -s cmd.exe");
    assert_eq!(finished.exit_code, Some(5));
    assert_eq!(host.started().len(), 1);
}
