//! Sysmon for Windows, as version 15 logs (schema 4.90).
//!
//! - `guids`: the GUIDs that tie its records together;
//! - `hashes`: stand-ins for the hashes of files;
//! - `files`, `network`, `process`, `registry`: the fields of its events.

mod files;
pub(super) mod guids;
pub(super) mod hashes;
pub(super) mod network;
mod process;
mod registry;

pub use hashes::HashAlgorithm;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::host::{LoggingHost, Service};
use super::record::{Data, Digits, Frame, Log, Provider, utc};
use super::{LostRecord, Sensor};
use crate::activity::{Activity, ActivityKind, FileChange, FileChangeKind, Process};
use crate::event::OwnedEvent;
use crate::recording::Host;

const PROVIDER: Provider = Provider {
    name: "Microsoft-Windows-Sysmon",
    guid: Some("{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"),
    source: None,
    channel: "Microsoft-Windows-Sysmon/Operational",
    user: "Security_UserID",
    digits: Digits::Seven,
};

/// What Sysmon is configured to log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SysmonConfiguration {
    /// The ids of the events that are logged; 23 and 26 are both written where both
    /// are on.
    pub events: BTreeSet<u32>,
    /// The hashes of files, in order (`HashAlgorithms`).
    pub hashes: Vec<HashAlgorithm>,
}

/// Sysmon for Windows.
#[derive(Debug)]
pub struct Sysmon {
    configuration: SysmonConfiguration,
    host: LoggingHost,
    log: Log,
    logons: guids::Logons,
    /// When files were created that it saw being created, by their lower-case paths.
    created: HashMap<String, Timestamp, ahash::RandomState>,
}

impl Sysmon {
    /// Sysmon as it is configured on a host.
    #[must_use]
    pub fn new(configuration: SysmonConfiguration, host: LoggingHost) -> Self {
        Self {
            configuration,
            log: Log::new(PROVIDER, &host),
            host,
            logons: guids::Logons::default(),
            created: HashMap::default(),
        }
    }

    fn logs(&self, id: u32) -> bool {
        self.configuration.events.contains(&id)
    }

    /// The events of an activity, with their ids.
    fn events(&mut self, activity: &Activity, process: &Process) -> Vec<(u32, Data)> {
        let time = activity.time;
        match &activity.kind {
            ActivityKind::ProcessStarted => {
                let logon = self.logons.guid(&self.host, process);
                vec![(1, process::started(self, process, &logon, time))]
            }
            ActivityKind::ProcessEnded { .. } => {
                vec![(
                    5,
                    self.begin(process, time)
                        .with_image(process)
                        .with_user(process)
                        .0,
                )]
            }
            ActivityKind::ImageLoaded { path, program } => {
                vec![(7, process::image_loaded(self, process, path, program, time))]
            }
            ActivityKind::Connection(connection) => {
                let start = self
                    .begin(process, time)
                    .with_image(process)
                    .with_user(process);
                vec![(
                    3,
                    network::connection(start.0, connection, &self.host.computer),
                )]
            }
            ActivityKind::DnsQuestion(question) => {
                let start = network::question(self.begin(process, time).0, question);
                vec![(22, Start(start).with_image(process).with_user(process).0)]
            }
            ActivityKind::File(change) => self.file(process, change, time),
            ActivityKind::Registry(change) => {
                let (id, event_type, target, details) = registry::event(change);
                let mut data = self.begin_typed(event_type, process, time);
                data = data.with_image(process);
                let mut data = data.0.text("TargetObject", target);
                if let Some(details) = details {
                    data = data.text("Details", details);
                }
                vec![(id, Start(data).with_user(process).0)]
            }
            ActivityKind::PipeCreated { name } => {
                vec![(17, self.pipe("CreatePipe", name, process, time))]
            }
            ActivityKind::PipeConnected { name } => {
                vec![(18, self.pipe("ConnectPipe", name, process, time))]
            }
            _ => Vec::new(),
        }
    }

    fn file(
        &mut self,
        process: &Process,
        change: &FileChange,
        time: Timestamp,
    ) -> Vec<(u32, Data)> {
        let key = change.path.to_lowercase();
        match change.kind {
            FileChangeKind::Created | FileChangeKind::Overwritten => {
                // A file that is written anew keeps the time at which it was created;
                // of one that was there before, that time is not known.
                let created = match change.kind {
                    FileChangeKind::Overwritten => self.created.get(&key).copied(),
                    _ => None,
                };
                let created = created.unwrap_or(time);
                self.created.insert(key, created);
                vec![(11, files::created(self, process, change, created, time))]
            }
            FileChangeKind::Written => Vec::new(),
            FileChangeKind::Deleted => {
                self.created.remove(&key);
                let deleted = |id| (id, files::deleted(self, process, change, id, time));
                vec![deleted(23), deleted(26)]
            }
        }
    }

    fn pipe(&self, event_type: &str, name: &str, process: &Process, time: Timestamp) -> Data {
        let data = self.begin_typed(event_type, process, time);
        let data = Start(data.0.text("PipeName", name));
        data.with_image(process).with_user(process).0
    }

    /// What almost every event begins with.
    fn begin(&self, process: &Process, time: Timestamp) -> Start {
        Start(Data::new().text("RuleName", "-")).with_process(&self.host, process, time)
    }

    /// The same for events of several types.
    fn begin_typed(&self, event_type: &str, process: &Process, time: Timestamp) -> Start {
        let data = Data::new().text("RuleName", "-");
        Start(data.text("EventType", event_type)).with_process(&self.host, process, time)
    }

    /// The hashes of a file with that content.
    fn hashes(&self, content: &str, kind: hashes::FileKind) -> String {
        hashes::of(&self.configuration.hashes, content, kind)
    }
}

/// The fields of an event under way.
struct Start(Data);

impl Start {
    fn with_process(self, host: &LoggingHost, process: &Process, time: Timestamp) -> Self {
        Self(
            self.0
                .text("UtcTime", utc(time))
                .text("ProcessGuid", guids::of_process(host, process))
                .number("ProcessId", process.id),
        )
    }

    fn with_image(self, process: &Process) -> Self {
        Self(self.0.text("Image", &process.image))
    }

    fn with_user(self, process: &Process) -> Self {
        Self(self.0.text("User", process.account.qualified()))
    }
}

impl Sensor for Sysmon {
    fn observe(&mut self, activity: &Activity, _: &Host, out: &mut Vec<OwnedEvent>) {
        let Some(process) = activity.process.as_deref() else {
            return;
        };
        for (id, data) in self.events(activity, process) {
            if !self.logs(id) {
                continue;
            }
            let logged = self.log.delay();
            let time = activity.time.checked_add(logged).unwrap_or(activity.time);
            let frame = frame(id, &self.host);
            out.extend(self.log.write(time, frame, data));
        }
    }

    fn lost(&mut self) -> Vec<LostRecord> {
        self.log.lost()
    }
}

/// What `System` says of an event; the task has the event's number.
fn frame(id: u32, host: &LoggingHost) -> Frame {
    let work = match id {
        3 => "network",
        22 => "names",
        _ => "kernel",
    };
    Frame {
        id,
        qualifiers: None,
        version: version(id),
        level: 4,
        task: u16::try_from(id).unwrap_or(0),
        opcode: 0,
        keywords: "0x8000000000000000",
        correlation: None,
        process: host.process_id(Service::Sysmon),
        thread: host.thread_id(work),
        user: Some("S-1-5-18".to_owned()),
    }
}

/// The version of an event's fields.
pub(super) fn version(id: u32) -> u8 {
    match id {
        17 | 18 => 1,
        11..=13 => 2,
        5 | 7 => 3,
        _ => 5,
    }
}
