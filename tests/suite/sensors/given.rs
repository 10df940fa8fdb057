//! A host, its processes, and what its sensors log.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use misfire::activity::{
    Account, Activity, ActivityKind, Integrity, LogonSession, Process, ProgramFile, ProgramMetadata,
};
use misfire::event::{Origin, OwnedEvent, OwnedValue, Section};
use misfire::recording::Host;
use misfire::sensor::{HostSensors, LoggingHost, SensorPlatform, sensors};

pub use crate::sensors::happenings::*;

pub const USER: &str = "S-1-5-21-1004336348-1177238915-682003330-1128";

pub fn start() -> Timestamp {
    "2026-11-02T13:05:43.6491234Z".parse().expect("a time")
}

pub fn logging_host() -> LoggingHost {
    LoggingHost {
        computer: "WS01.corp.example".to_owned(),
        domain: "CORP".to_owned(),
        machine_guid: "{7C1D0A52-2B11-4A8E-9C55-0D5A1B9E7F10}".to_owned(),
        build: "10.0.26100".to_owned(),
    }
}

pub fn recorded_host() -> Host {
    Host {
        name: "WS01.corp.example".to_owned(),
        platform: "windows".to_owned(),
        facts: BTreeMap::new(),
    }
}

/// Everything on.
pub fn everything(platform: SensorPlatform) -> HostSensors {
    HostSensors {
        platform,
        sysmon: (1..=30).collect(),
        hashes: HostSensors::COMMON_HASHES.to_vec(),
        security: vec![4624, 4688, 4697, 4698],
        command_lines: true,
        script_blocks: true,
        modules: true,
        task_history: true,
    }
}

/// What a host's sensors log of activities.
pub fn logged_with(switches: &HostSensors, activities: &[Activity]) -> Vec<OwnedEvent> {
    let mut sensors = sensors(switches, &logging_host());
    let mut out = Vec::new();
    for activity in activities {
        for sensor in &mut sensors {
            sensor.observe(activity, &recorded_host(), &mut out);
        }
    }
    out
}

/// What a host with everything on logs of activities.
pub fn logged(activities: &[Activity]) -> Vec<OwnedEvent> {
    logged_with(&everything(SensorPlatform::Windows), activities)
}

/// The same of one thing that a process does.
pub fn logged_of(process: &Arc<Process>, kind: ActivityKind) -> Vec<OwnedEvent> {
    logged(&[happens(process, 0, kind)])
}

pub fn happens(process: &Arc<Process>, milliseconds: i64, kind: ActivityKind) -> Activity {
    Activity {
        time: start() + SignedDuration::from_millis(milliseconds),
        process: Some(Arc::clone(process)),
        kind,
    }
}

pub fn id(event: &OwnedEvent) -> u32 {
    match &event.origin {
        Origin::EventLog { event_id, .. } => event_id.expect("an id"),
        Origin::Stream(_) => panic!("not an event log"),
    }
}

pub fn channel(event: &OwnedEvent) -> String {
    match &event.origin {
        Origin::EventLog { channel, .. } => channel.as_deref().expect("a channel").to_owned(),
        Origin::Stream(_) => panic!("not an event log"),
    }
}

/// The events of an id.
pub fn of_id(events: &[OwnedEvent], wanted: u32) -> Vec<&OwnedEvent> {
    events.iter().filter(|event| id(event) == wanted).collect()
}

/// The one event of an id.
pub fn one(events: &[OwnedEvent], wanted: u32) -> &OwnedEvent {
    match of_id(events, wanted).as_slice() {
        [event] => event,
        other => panic!("{} events {wanted}", other.len()),
    }
}

/// A field of the event's own data, as text.
pub fn field(event: &OwnedEvent, name: &str) -> String {
    shown(
        event
            .get(Section::EventData, name)
            .unwrap_or_else(|| panic!("no field {name}")),
    )
}

pub fn system(event: &OwnedEvent, name: &str) -> String {
    shown(
        event
            .get(Section::System, name)
            .unwrap_or_else(|| panic!("no field {name}")),
    )
}

fn shown(value: &OwnedValue) -> String {
    match value {
        OwnedValue::Text(text) => text.to_string(),
        OwnedValue::Integer(number) => number.to_string(),
        OwnedValue::Bool(truth) => truth.to_string(),
        other => panic!("{other:?}"),
    }
}

fn account(domain: &str, name: &str, sid: &str) -> Arc<Account> {
    Arc::new(Account {
        domain: domain.to_owned(),
        name: name.to_owned(),
        sid: sid.to_owned(),
    })
}

fn process(image: &str, command_line: &str, id: u32, serial: u64) -> Process {
    Process {
        id,
        serial,
        parent: None,
        started: start(),
        image: image.to_owned(),
        command_line: command_line.to_owned(),
        directory: r"C:\Users\avery\".to_owned(),
        account: account("CORP", "avery", USER),
        logon: Arc::new(LogonSession {
            id: 0x54b5a,
            terminal: 1,
        }),
        integrity: Integrity::Medium,
        program: known_program("powershell.exe"),
    }
}

pub fn known_program(name: &str) -> Arc<ProgramFile> {
    Arc::new(ProgramFile {
        hashes: None,
        content: name.to_owned(),
        metadata: Some(ProgramMetadata {
            file_version: Some("10.0.26100.1 (WinBuild.160101.0800)".to_owned()),
            description: Some("Windows PowerShell".to_owned()),
            product: Some("Microsoft® Windows® Operating System".to_owned()),
            company: Some("Microsoft Corporation".to_owned()),
            original_file_name: Some(name.to_owned()),
        }),
        signer: Some("Microsoft Windows".to_owned()),
    })
}

/// A service host of the system's.
pub fn service_host() -> Arc<Process> {
    Arc::new(Process {
        started: start() - SignedDuration::from_secs(7_200),
        account: account("NT AUTHORITY", "SYSTEM", "S-1-5-18"),
        logon: Arc::new(LogonSession {
            id: 0x3e7,
            terminal: 0,
        }),
        integrity: Integrity::System,
        directory: r"C:\WINDOWS\system32\".to_owned(),
        ..process(
            r"C:\Windows\System32\svchost.exe",
            r"C:\WINDOWS\system32\svchost.exe -k DcomLaunch -p",
            1240,
            36,
        )
    })
}

/// The user's shell.
pub fn explorer() -> Arc<Process> {
    Arc::new(Process {
        started: start() - SignedDuration::from_secs(3_600),
        parent: Some(service_host()),
        ..process(
            r"C:\Windows\explorer.exe",
            r"C:\WINDOWS\Explorer.EXE",
            5_432,
            180,
        )
    })
}

/// A command of the user's.
pub fn powershell() -> Arc<Process> {
    Arc::new(Process {
        parent: Some(explorer()),
        ..process(
            r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
            r#""C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -File C:\Temp\a.ps1"#,
            7_388,
            0x16e5,
        )
    })
}

/// A program without any metadata.
pub fn unknown_program() -> Arc<Process> {
    Arc::new(Process {
        parent: Some(powershell()),
        program: Arc::new(ProgramFile {
            content: "tool".to_owned(),
            ..ProgramFile::default()
        }),
        ..process(
            r"C:\Temp\tool.exe",
            r"C:\Temp\tool.exe /quiet",
            7_400,
            0x16e6,
        )
    })
}
