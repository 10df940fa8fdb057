//! Sysmon for Linux, version 1.3.
//!
//! It writes XML into the system's journal; here it is the same event in its parts.
//! The form follows its public source and records that people have published.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::derive;
use super::host::LoggingHost;
use super::record::{Data, Digits, Frame, Log, Provider, utc};
use super::sysmon::{guids, hashes, network, version};
use super::{LostRecord, Sensor};
use crate::activity::{Activity, ActivityKind, FileChange, FileChangeKind, Process};
use crate::event::OwnedEvent;
use crate::recording::Host;

const PROVIDER: Provider = Provider {
    name: "Linux-Sysmon",
    guid: Some("{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"),
    source: None,
    channel: "Linux-Sysmon/Operational",
    user: "Security_UserId",
    digits: Digits::Nine,
};

/// Sysmon for Linux.
#[derive(Debug)]
pub struct SysmonLinux {
    events: BTreeSet<u32>,
    hashes: Vec<hashes::HashAlgorithm>,
    host: LoggingHost,
    log: Log,
    process: u32,
}

impl SysmonLinux {
    /// Sysmon on a host: `events` are the ids that it logs, of 1, 3, 5, 11, and 23.
    #[must_use]
    pub fn new(
        events: BTreeSet<u32>,
        hashes: Vec<hashes::HashAlgorithm>,
        host: LoggingHost,
    ) -> Self {
        let process = 700 + derive::below(300, &[&host.machine_guid, "sysmon"]);
        Self {
            events,
            hashes,
            log: Log::new(PROVIDER, &host),
            host,
            process: u32::try_from(process).unwrap_or(700),
        }
    }

    fn event(&self, activity: &Activity, process: &Process) -> Option<(u32, Data)> {
        let time = activity.time;
        let user = process.account.qualified();
        Some(match &activity.kind {
            ActivityKind::ProcessStarted => (1, self.started(process, time)),
            ActivityKind::ProcessEnded { .. } => (5, self.begin(process, time).text("User", user)),
            ActivityKind::Connection(connection) => {
                let data = self.begin(process, time).text("User", user);
                // Names of addresses are not looked up.
                (3, network::connection(data, &nameless(connection), "-"))
            }
            ActivityKind::File(change) => self.file(process, change, time)?,
            _ => return None,
        })
    }

    fn begin(&self, process: &Process, time: Timestamp) -> Data {
        Data::new()
            .text("RuleName", "-")
            .text("UtcTime", utc(time))
            .text("ProcessGuid", self.guid(process))
            .number("ProcessId", process.id)
            .text("Image", &process.image)
    }

    fn started(&self, process: &Process, time: Timestamp) -> Data {
        let uid: u64 = process.account.sid.parse().unwrap_or(0);
        let mut data = self.begin(process, time);
        for name in [
            "FileVersion",
            "Description",
            "Product",
            "Company",
            "OriginalFileName",
        ] {
            data = data.text(name, "-");
        }
        let hashes = hashes::of_program(&self.hashes, &process.program);
        let data = data
            .text("CommandLine", &process.command_line)
            .text("CurrentDirectory", &process.directory)
            .text("User", process.account.qualified())
            .text("LogonGuid", self.logon_guid(uid))
            .text("LogonId", uid.to_string())
            .number("TerminalSessionId", process.logon.terminal)
            .text("IntegrityLevel", "no level")
            .text("Hashes", hashes);
        match process.parent.as_deref() {
            Some(parent) => data
                .text("ParentProcessGuid", self.guid(parent))
                .number("ParentProcessId", parent.id)
                .text("ParentImage", &parent.image)
                .text("ParentCommandLine", &parent.command_line)
                .text("ParentUser", parent.account.qualified()),
            None => data
                .text("ParentProcessGuid", guids::NONE)
                .number("ParentProcessId", 0)
                .text("ParentImage", "-")
                .text("ParentCommandLine", "-")
                .text("ParentUser", "-"),
        }
    }

    /// Files that were there before leave no event 11 when they are written anew:
    /// Sysmon for Linux logs the creation of files alone.
    fn file(&self, process: &Process, change: &FileChange, time: Timestamp) -> Option<(u32, Data)> {
        let user = process.account.qualified();
        match change.kind {
            FileChangeKind::Created => {
                let data = self
                    .begin(process, time)
                    .text("TargetFilename", &change.path)
                    .text("CreationUtcTime", utc(time))
                    .text("User", user);
                Some((11, data))
            }
            FileChangeKind::Deleted => {
                // Of a file that is really gone nobody knows what was in it.
                let hashes = match change.is_executable {
                    Some(true) => hashes::of(&self.hashes, &change.path, hashes::FileKind::Program),
                    Some(false) => hashes::of(&self.hashes, &change.path, hashes::FileKind::Other),
                    None => "-".to_owned(),
                };
                let data = Data::new()
                    .text("RuleName", "-")
                    .text("UtcTime", utc(time))
                    .text("ProcessGuid", self.guid(process))
                    .number("ProcessId", process.id)
                    .text("User", user)
                    .text("Image", &process.image)
                    .text("TargetFilename", &change.path)
                    .text("Hashes", hashes);
                let data = match change.is_executable {
                    Some(is_executable) => data.truth("IsExecutable", is_executable),
                    None => data,
                };
                Some((23, data.text("Archived", "-")))
            }
            FileChangeKind::Overwritten | FileChangeKind::Written => None,
        }
    }

    /// A process's GUID, which ends with an address of its memory.
    fn guid(&self, process: &Process) -> String {
        let serial = process.serial.to_string();
        let address = derive::below(1 << 40, &[&self.host.machine_guid, &serial, "process"]);
        let first = self.host.first_group();
        guids::compose(&first, process.started, 0x5500_0000_0000 | address)
    }

    /// The GUID of a user's logon, as published records show it: without a time.
    fn logon_guid(&self, uid: u64) -> String {
        let number = 1 << 32 | uid & 0xffff_ffff;
        guids::compose(&self.host.first_group(), Timestamp::UNIX_EPOCH, number)
    }
}

fn nameless(connection: &crate::activity::Connection) -> crate::activity::Connection {
    crate::activity::Connection {
        destination_name: None,
        ..connection.clone()
    }
}

impl Sensor for SysmonLinux {
    fn observe(&mut self, activity: &Activity, _: &Host, out: &mut Vec<OwnedEvent>) {
        let Some(process) = activity.process.as_deref() else {
            return;
        };
        let Some((id, data)) = self.event(activity, process) else {
            return;
        };
        if !self.events.contains(&id) {
            return;
        }
        let delay = self.log.delay();
        let time = activity.time.checked_add(delay).unwrap_or(activity.time);
        let frame = Frame {
            id,
            qualifiers: None,
            version: version(id),
            level: 4,
            task: u16::try_from(id).unwrap_or(0),
            opcode: 0,
            keywords: "0x8000000000000000",
            correlation: None,
            process: self.process,
            thread: self.process,
            user: Some("0".to_owned()),
        };
        out.extend(self.log.write(time, frame, data));
    }

    fn lost(&mut self) -> Vec<LostRecord> {
        self.log.lost()
    }
}
