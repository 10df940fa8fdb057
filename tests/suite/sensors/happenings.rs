//! What can happen on a host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use misfire::activity::{
    Account, Activity, ActivityKind, Connection, DnsQuestion, FileChange, FileChangeKind, Logon,
    LogonSession, Protocol, RegistryChange, RegistryData, ScheduledTask, ScriptBlock, Service,
};

use crate::sensors::given::{
    USER, happens, known_program, powershell, service_host, unknown_program,
};

pub fn connection() -> Connection {
    Connection {
        protocol: Protocol::Tcp,
        initiated: true,
        source: IpAddr::V4(Ipv4Addr::new(10, 20, 4, 31)),
        source_port: 50_711,
        destination: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
        destination_name: Some("relay-7.example".to_owned()),
        destination_port: 443,
    }
}

pub fn task() -> ScheduledTask {
    ScheduledTask {
        path: r"\Updater".to_owned(),
        xml: "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task version=\"1.2\">\r\n</Task>"
            .to_owned(),
        command: r"C:\Temp\tool.exe".to_owned(),
        arguments: Some("/quiet".to_owned()),
        account: Account::clone(&powershell().account),
    }
}

pub fn service() -> Service {
    Service {
        name: "tool".to_owned(),
        image_path: r"C:\Temp\tool.exe --service".to_owned(),
        kind: "user mode service".to_owned(),
        start: "auto start".to_owned(),
        account: "LocalSystem".to_owned(),
    }
}

pub fn script(text: &str) -> ScriptBlock {
    ScriptBlock {
        number: 1,
        text: text.to_owned(),
        path: None,
        suspicious: false,
    }
}

fn file(path: &str, kind: FileChangeKind) -> ActivityKind {
    ActivityKind::File(FileChange {
        path: path.to_owned(),
        kind,
        is_executable: Some(path.ends_with(".exe")),
    })
}

pub fn created(path: &str) -> ActivityKind {
    file(path, FileChangeKind::Created)
}

pub fn overwritten(path: &str) -> ActivityKind {
    file(path, FileChangeKind::Overwritten)
}

pub fn deleted(path: &str) -> ActivityKind {
    file(path, FileChangeKind::Deleted)
}

pub fn value_set(key: &str, name: &str, data: RegistryData) -> ActivityKind {
    ActivityKind::Registry(RegistryChange::ValueSet {
        key: key.to_owned(),
        name: name.to_owned(),
        data,
    })
}

/// Everything that can happen on a host of Windows, once at least.
pub fn everything_happens() -> Vec<Activity> {
    const RUN: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run";
    let user_key = format!(r"HKU\{USER}\Software\Example");
    let (shell, tool) = (powershell(), unknown_program());
    let mut kinds = vec![
        (&shell, ActivityKind::ProcessStarted),
        (
            &shell,
            ActivityKind::PowerShellStarted {
                host_application: shell.command_line.clone(),
            },
        ),
        (
            &shell,
            ActivityKind::ImageLoaded {
                path: r"C:\Windows\System32\amsi.dll".to_owned(),
                program: known_program("amsi.dll"),
            },
        ),
        (
            &shell,
            ActivityKind::ScriptBlock(script("Get-Process | Out-Null")),
        ),
        (
            &shell,
            ActivityKind::PipelineCommand {
                command: "Invoke-WebRequest".to_owned(),
                parameters: vec![("Uri".to_owned(), "https://relay.example/a".to_owned())],
                line: "Invoke-WebRequest -Uri https://relay.example/a".to_owned(),
            },
        ),
        (
            &shell,
            ActivityKind::DnsQuestion(DnsQuestion {
                name: "relay.example".to_owned(),
                answers: vec![
                    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
                    IpAddr::V6(Ipv6Addr::LOCALHOST),
                ],
            }),
        ),
        (
            &shell,
            ActivityKind::DnsQuestion(DnsQuestion {
                name: "gone.example".to_owned(),
                answers: Vec::new(),
            }),
        ),
        (&shell, ActivityKind::Connection(connection())),
        (
            &shell,
            ActivityKind::Connection(Connection {
                source: IpAddr::V6(Ipv6Addr::LOCALHOST),
                destination: IpAddr::V6(Ipv6Addr::LOCALHOST),
                destination_name: None,
                destination_port: 389,
                ..connection()
            }),
        ),
        (&shell, created(r"C:\Temp\tool.exe")),
        (&shell, overwritten(r"C:\Temp\tool.exe")),
        (&tool, ActivityKind::ProcessStarted),
        (
            &tool,
            ActivityKind::Registry(RegistryChange::KeyCreated {
                key: user_key.clone(),
            }),
        ),
        (
            &tool,
            value_set(RUN, "Tool", RegistryData::Text("a.exe".to_owned())),
        ),
        (
            &tool,
            value_set(&user_key, "Number", RegistryData::Dword(1)),
        ),
        (
            &tool,
            value_set(&user_key, "Big", RegistryData::Qword(1 << 33)),
        ),
        (
            &tool,
            value_set(&user_key, "", RegistryData::Binary(vec![1])),
        ),
        (
            &tool,
            ActivityKind::Registry(RegistryChange::ValueDeleted {
                key: user_key.clone(),
                name: "Number".to_owned(),
            }),
        ),
        (
            &tool,
            ActivityKind::Registry(RegistryChange::KeyDeleted { key: user_key }),
        ),
        (
            &tool,
            ActivityKind::PipeCreated {
                name: r"\tool".to_owned(),
            },
        ),
        (
            &tool,
            ActivityKind::PipeConnected {
                name: r"\tool".to_owned(),
            },
        ),
        (&tool, ActivityKind::ServiceInstalled(service())),
        (&tool, ActivityKind::TaskRegistered(task())),
        (&tool, ActivityKind::TaskStarted(task())),
        (&tool, deleted(r"C:\Temp\tool.exe")),
        (&tool, deleted(r"C:\Temp\note.txt")),
        (&tool, ActivityKind::ProcessEnded { exit_code: 0 }),
    ];
    let services = service_host();
    kinds.push((&services, ActivityKind::Logon(logon())));
    let mut after = 0;
    kinds
        .into_iter()
        .map(|(process, kind)| {
            after += 37;
            happens(process, after, kind)
        })
        .collect()
}

pub fn logon() -> Logon {
    Logon {
        account: Account::clone(&powershell().account),
        session: LogonSession {
            id: 0x9a_b123,
            terminal: 0,
        },
        kind: 3,
        package: "Negotiate".to_owned(),
        process_name: "Advapi".to_owned(),
        source: None,
    }
}
