//! The history of the task scheduler.

use super::derive;
use super::host::{LoggingHost, Service};
use super::record::{Data, Digits, Frame, Log, Provider};
use super::{LostRecord, Sensor};
use crate::activity::{Account, Activity, ActivityKind, Process, ScheduledTask};
use crate::event::OwnedEvent;
use crate::recording::Host;

const PROVIDER: Provider = Provider {
    name: "Microsoft-Windows-TaskScheduler",
    guid: Some("{de7b24ea-73c8-4a09-985d-5bdadcfa9017}"),
    source: None,
    channel: "Microsoft-Windows-TaskScheduler/Operational",
    user: "Security_UserID",
    digits: Digits::Seven,
};

/// The task scheduler's history, which is off until someone turns it on.
#[derive(Debug)]
pub struct TaskScheduler {
    host: LoggingHost,
    log: Log,
}

/// What sets the two events' frames apart.
struct Kind {
    id: u16,
    version: u8,
    opcode: u8,
}

impl TaskScheduler {
    /// The history of a host.
    #[must_use]
    pub fn new(host: LoggingHost) -> Self {
        Self {
            log: Log::new(PROVIDER, &host),
            host,
        }
    }

    fn event(&self, activity: &Activity) -> Option<(Kind, Option<String>, Data)> {
        let time = activity.time.to_string();
        Some(match &activity.kind {
            ActivityKind::TaskRegistered(task) => {
                let data = Data::new()
                    .text("#attributes_Name", "TaskRegisteredEvent")
                    .text("TaskName", &task.path)
                    .text(
                        "UserContext",
                        registrar(task, activity.process.as_deref()).qualified(),
                    );
                let kind = Kind {
                    id: 106,
                    version: 0,
                    opcode: 0,
                };
                (kind, None, data)
            }
            ActivityKind::TaskStarted(task) => {
                let instance = derive::guid(&[&self.host.machine_guid, &task.path, &time]);
                let instance = format!("{{{instance}}}");
                let engine = activity.process.as_deref().map_or(0, |process| process.id);
                let data = Data::new()
                    .text("#attributes_Name", "ActionStart")
                    .text("TaskName", &task.path)
                    .text("ActionName", &task.command)
                    .text("TaskInstanceId", &instance)
                    .number("EnginePID", engine);
                let kind = Kind {
                    id: 200,
                    version: 1,
                    opcode: 1,
                };
                (kind, Some(instance), data)
            }
            _ => return None,
        })
    }
}

impl Sensor for TaskScheduler {
    fn observe(&mut self, activity: &Activity, _: &Host, out: &mut Vec<OwnedEvent>) {
        let Some((kind, correlation, data)) = self.event(activity) else {
            return;
        };
        let frame = Frame {
            id: kind.id.into(),
            qualifiers: None,
            version: kind.version,
            level: 4,
            task: kind.id,
            opcode: kind.opcode,
            keywords: "0x8000000000000000",
            correlation,
            process: self.host.process_id(Service::TaskScheduler),
            thread: self.host.thread_id("schedule"),
            user: Some("S-1-5-18".to_owned()),
        };
        let delay = self.log.delay();
        let time = activity.time.checked_add(delay).unwrap_or(activity.time);
        out.extend(self.log.write(time, frame, data));
    }

    fn lost(&mut self) -> Vec<LostRecord> {
        self.log.lost()
    }
}

/// Who registered a task: the account of the process that asked for it. Where that is
/// the scheduler's own service, only the task tells.
pub(super) fn registrar<'a>(task: &'a ScheduledTask, process: Option<&'a Process>) -> &'a Account {
    match process {
        Some(process) if !process.name().eq_ignore_ascii_case("svchost.exe") => &process.account,
        _ => &task.account,
    }
}
