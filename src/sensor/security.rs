//! The Security log of Windows: what its audit policy makes it say.

use std::collections::BTreeSet;

use super::derive;
use super::host::{LoggingHost, Service as Writer};
use super::record::{Data, Digits, Frame, Log, Provider, hexadecimal};
use super::task_scheduler::registrar;
use super::{LostRecord, Sensor};
use crate::activity::{
    Account, Activity, ActivityKind, Integrity, Logon, Process, ScheduledTask, Service,
};
use crate::event::OwnedEvent;
use crate::recording::Host;

const PROVIDER: Provider = Provider {
    name: "Microsoft-Windows-Security-Auditing",
    guid: Some("{54849625-5478-4994-a5ba-3e3b0328c30d}"),
    source: None,
    channel: "Security",
    user: "Security_UserID",
    digits: Digits::Seven,
};

/// Nobody (`S-1-0-0`).
const NOBODY: &str = "S-1-0-0";
/// No GUID.
const NO_GUID: &str = "{00000000-0000-0000-0000-000000000000}";
/// The messages for yes and no.
const YES: &str = "%%1842";
const NO: &str = "%%1843";

/// Whether process events have command lines ("Include command line in process
/// creation events").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandLines {
    /// They have.
    Logged,
    /// The field is there, and empty.
    LeftOut,
}

/// The Security log.
#[derive(Debug)]
pub struct Security {
    events: BTreeSet<u32>,
    command_lines: CommandLines,
    host: LoggingHost,
    log: Log,
}

impl Security {
    /// The log of a host: `events` are the ids that its audit policy yields, of 4624,
    /// 4688, 4697, and 4698.
    #[must_use]
    pub fn new(events: BTreeSet<u32>, command_lines: CommandLines, host: LoggingHost) -> Self {
        Self {
            events,
            command_lines,
            log: Log::new(PROVIDER, &host),
            host,
        }
    }

    fn event(&self, activity: &Activity) -> Option<(u32, Data)> {
        let process = activity.process.as_deref();
        Some(match &activity.kind {
            ActivityKind::ProcessStarted => (4688, self.started(process?)),
            ActivityKind::Logon(logon) => (4624, self.logon(logon, process)),
            ActivityKind::ServiceInstalled(service) => (4697, self.service(service, process?)),
            ActivityKind::TaskRegistered(task) => (4698, self.task(task, process?)),
            _ => return None,
        })
    }

    /// Version 2 of 4688: the creator is the subject, and the new process's account
    /// the target where it is in another logon.
    fn started(&self, process: &Process) -> Data {
        let creator = process.parent.as_deref().unwrap_or(process);
        let command_line = match self.command_lines {
            CommandLines::Logged => &*process.command_line,
            CommandLines::LeftOut => "",
        };
        let data = self
            .account(Data::new(), "Subject", &creator.account, creator.logon.id)
            .text("NewProcessId", hexadecimal(process.id))
            .text("NewProcessName", &process.image)
            .text("TokenElevationType", elevation(process))
            .text("ProcessId", hexadecimal(creator.id))
            .text("CommandLine", command_line);
        let data = if creator.logon.id == process.logon.id {
            nobody(data, "Target")
        } else {
            self.account(data, "Target", &process.account, process.logon.id)
        };
        data.text("ParentProcessName", &creator.image)
            .text("MandatoryLabel", label(process.integrity))
    }

    /// Version 2 of 4624, the newest of which real records are at hand.
    fn logon(&self, logon: &Logon, process: Option<&Process>) -> Data {
        let data = match process {
            Some(process) => {
                self.account(Data::new(), "Subject", &process.account, process.logon.id)
            }
            None => nobody(Data::new(), "Subject"),
        };
        let is_ntlm = logon.package.eq_ignore_ascii_case("NTLM");
        let (address, port) = match logon.source {
            Some((address, port)) => (address.to_string(), port.to_string()),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let elevated = match logon.kind {
            2 | 10 | 11 => NO,
            _ => YES,
        };
        data.text("TargetUserSid", &logon.account.sid)
            .text("TargetUserName", &logon.account.name)
            .text("TargetDomainName", &logon.account.domain)
            .text("TargetLogonId", hexadecimal(logon.session.id))
            .number("LogonType", logon.kind)
            // The local security authority takes names of eight characters.
            .text("LogonProcessName", format!("{:<8}", logon.process_name))
            .text("AuthenticationPackageName", &logon.package)
            .text("WorkstationName", "-")
            .text("LogonGuid", NO_GUID)
            .text("TransmittedServices", "-")
            .text("LmPackageName", if is_ntlm { "NTLM V2" } else { "-" })
            .number("KeyLength", if is_ntlm { 128 } else { 0 })
            .text(
                "ProcessId",
                hexadecimal(process.map_or(0, |process| process.id)),
            )
            .or_dash("ProcessName", process.map(|process| &*process.image))
            .text("IpAddress", address)
            .text("IpPort", port)
            .text("ImpersonationLevel", "%%1833")
            .text("RestrictedAdminMode", "-")
            .text("TargetOutboundUserName", "-")
            .text("TargetOutboundDomainName", "-")
            .text("VirtualAccount", NO)
            .text("TargetLinkedLogonId", "0x0")
            .text("ElevatedToken", elevated)
    }

    /// 4697 ("A service was installed in the system").
    fn service(&self, service: &Service, process: &Process) -> Data {
        self.account(Data::new(), "Subject", &process.account, process.logon.id)
            .text("ServiceName", &service.name)
            .text("ServiceFileName", &service.image_path)
            .text("ServiceType", service_type(&service.kind))
            .number("ServiceStartType", start_type(&service.start))
            .text("ServiceAccount", &service.account)
    }

    /// Version 1 of 4698 ("A scheduled task was created").
    fn task(&self, task: &ScheduledTask, process: &Process) -> Data {
        let start_key = self.host.start_key(process.serial);
        let parent = process.parent.as_deref().map_or(0, |parent| parent.id);
        let account = registrar(task, Some(process));
        let logon = match process.account.sid == account.sid {
            true => process.logon.id,
            false => 0,
        };
        self.account(Data::new(), "Subject", account, logon)
            .text("TaskName", &task.path)
            .text("TaskContent", &task.xml)
            .number(
                "ClientProcessStartKey",
                i64::try_from(start_key).unwrap_or(i64::MAX),
            )
            .number("ClientProcessId", process.id)
            .number("ParentProcessId", parent)
            .number("RpcCallClientLocality", 0)
            .text("FQDN", &self.host.computer)
    }

    /// The four fields of an account. The system and the network service act under the
    /// machine's own account.
    fn account(&self, data: Data, role: &str, account: &Account, logon: u64) -> Data {
        let is_machine =
            role == "Subject" && matches!(account.sid.as_str(), "S-1-5-18" | "S-1-5-20");
        let machine = format!("{}$", self.host.short_name());
        let (name, domain) = match is_machine {
            true => (&*machine, &*self.host.domain),
            false => (&*account.name, &*account.domain),
        };
        data.text(&format!("{role}UserSid"), &account.sid)
            .text(&format!("{role}UserName"), name)
            .text(&format!("{role}DomainName"), domain)
            .text(&format!("{role}LogonId"), hexadecimal(logon))
    }

    /// What `System` says. Processes are audited by the kernel, the rest by the local
    /// security authority, which names the activity of a remote call.
    fn frame(&self, id: u32, activity: &Activity) -> Frame {
        let task = match id {
            4624 => 12_544,
            4697 => 12_289,
            4698 => 12_804,
            _ => 13_312,
        };
        let is_kernel = id == 4688;
        let time = activity.time.to_string();
        let correlation = matches!(id, 4697 | 4698).then(|| {
            let guid = derive::guid(&[&self.host.machine_guid, &id.to_string(), &time]);
            format!("{{{guid}}}")
        });
        Frame {
            id,
            qualifiers: None,
            version: match id {
                4624 | 4688 => 2,
                4698 => 1,
                _ => 0,
            },
            level: 0,
            task,
            opcode: 0,
            keywords: "0x8020000000000000",
            correlation,
            process: match is_kernel {
                true => 4,
                false => self.host.process_id(Writer::LocalSecurityAuthority),
            },
            thread: self
                .host
                .thread_id(if is_kernel { "audit" } else { "lsass" }),
            user: None,
        }
    }
}

impl Sensor for Security {
    fn observe(&mut self, activity: &Activity, _: &Host, out: &mut Vec<OwnedEvent>) {
        let Some((id, data)) = self.event(activity) else {
            return;
        };
        if self.events.contains(&id) {
            let frame = self.frame(id, activity);
            out.extend(self.log.write(activity.time, frame, data));
        }
    }

    fn lost(&mut self) -> Vec<LostRecord> {
        self.log.lost()
    }
}

/// The fields of an account that is nobody's.
fn nobody(data: Data, role: &str) -> Data {
    data.text(&format!("{role}UserSid"), NOBODY)
        .text(&format!("{role}UserName"), "-")
        .text(&format!("{role}DomainName"), "-")
        .text(&format!("{role}LogonId"), "0x0")
}

/// The type of a token's elevation. The user of a modelled host can elevate, so what
/// runs without that has a limited token; services have the only token of theirs.
fn elevation(process: &Process) -> &'static str {
    let is_service = matches!(
        process.account.sid.as_str(),
        "S-1-5-18" | "S-1-5-19" | "S-1-5-20"
    );
    match process.integrity {
        _ if is_service => "%%1936",
        Integrity::System => "%%1936",
        Integrity::High => "%%1937",
        Integrity::Medium | Integrity::Low => "%%1938",
    }
}

fn label(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::Low => "S-1-16-4096",
        Integrity::Medium => "S-1-16-8192",
        Integrity::High => "S-1-16-12288",
        Integrity::System => "S-1-16-16384",
    }
}

/// The type of a service as 4697 has it (`SERVICE_KERNEL_DRIVER` and
/// `SERVICE_WIN32_OWN_PROCESS`).
fn service_type(kind: &str) -> &'static str {
    match kind {
        "kernel mode driver" => "0x1",
        _ => "0x10",
    }
}

/// How a service is started (`CreateServiceW`, `dwStartType`).
fn start_type(start: &str) -> i64 {
    match start {
        "boot start" => 0,
        "system start" => 1,
        "auto start" => 2,
        "disabled" => 4,
        _ => 3,
    }
}
