//! The System log of Windows: services that are installed.

use super::host::{LoggingHost, Service};
use super::record::{Data, Digits, Frame, Log, Provider};
use super::{LostRecord, Sensor};
use crate::activity::{Activity, ActivityKind};
use crate::event::OwnedEvent;
use crate::recording::Host;

const PROVIDER: Provider = Provider {
    name: "Service Control Manager",
    guid: Some("{555908d1-a6d7-4695-8e1e-26931d2012f4}"),
    source: Some("Service Control Manager"),
    channel: "System",
    user: "Security_UserID",
    digits: Digits::Seven,
};

/// The System log, into which the service manager always writes.
#[derive(Debug)]
pub struct System {
    host: LoggingHost,
    log: Log,
}

impl System {
    /// The log of a host.
    #[must_use]
    pub fn new(host: LoggingHost) -> Self {
        Self {
            log: Log::new(PROVIDER, &host),
            host,
        }
    }
}

impl Sensor for System {
    fn observe(&mut self, activity: &Activity, _: &Host, out: &mut Vec<OwnedEvent>) {
        let ActivityKind::ServiceInstalled(service) = &activity.kind else {
            return;
        };
        let data = Data::new()
            .text("ServiceName", &service.name)
            .text("ImagePath", &service.image_path)
            .text("ServiceType", &service.kind)
            .text("StartType", &service.start)
            .text("AccountName", &service.account);
        let user = activity.process.as_deref();
        let frame = Frame {
            id: 7045,
            qualifiers: Some(16_384),
            version: 0,
            level: 4,
            task: 0,
            opcode: 0,
            keywords: "0x8080000000000000",
            correlation: None,
            process: self.host.process_id(Service::ControlManager),
            thread: self.host.thread_id("services"),
            user: user.map(|process| process.account.sid.clone()),
        };
        let delay = self.log.delay();
        let time = activity.time.checked_add(delay).unwrap_or(activity.time);
        out.extend(self.log.write(time, frame, data));
    }

    fn lost(&mut self) -> Vec<LostRecord> {
        self.log.lost()
    }
}
