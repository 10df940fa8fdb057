//! What sensors know of the host that they log on.

use super::derive;

/// The host that is logged on, as its sensors know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggingHost {
    /// Its full name, as `WS01.corp.example`: `Computer` in every record.
    pub computer: String,
    /// The short name of its domain, as `CORP`; the machine's own account is in it.
    pub domain: String,
    /// Its machine GUID (`MachineGuid` below `SOFTWARE\Microsoft\Cryptography`), with
    /// or without braces; on Linux `/etc/machine-id`.
    pub machine_guid: String,
    /// The build of its operating system, as `10.0.26100`.
    pub build: String,
}

/// Services of Windows that write records on behalf of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// `lsass.exe`, which writes most of the Security log.
    LocalSecurityAuthority,
    /// `services.exe`.
    ControlManager,
    /// The `svchost.exe` of the task scheduler.
    TaskScheduler,
    /// Sysmon's service.
    Sysmon,
}

impl LoggingHost {
    /// The name without the domain, as `WS01`.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.computer.split('.').next().unwrap_or(&self.computer)
    }

    /// The process id of a service. It is not told apart from other facts of the host,
    /// so it is made from its GUID; ids below 1,000 are those of the first services.
    pub(super) fn process_id(&self, service: Service) -> u32 {
        let (base, name) = match service {
            Service::ControlManager => (600, "services"),
            Service::LocalSecurityAuthority => (700, "lsass"),
            Service::TaskScheduler => (800, "schedule"),
            Service::Sysmon => (900, "sysmon"),
        };
        base + 4 * narrow(derive::below(24, &[&self.machine_guid, name, "process"]))
    }

    /// The id of a thread, told apart by what it does.
    pub(super) fn thread_id(&self, work: &str) -> u32 {
        1_000 + 4 * narrow(derive::below(3_000, &[&self.machine_guid, work, "thread"]))
    }

    /// How often it was booted: the upper part of every process's start key.
    pub(super) fn boot(&self) -> u64 {
        1 + derive::below(40, &[&self.machine_guid, "boot"])
    }

    /// The key under which Windows knows a process
    /// (`ProcessStartKey`): the boot's number over the process's.
    pub(super) fn start_key(&self, serial: u64) -> u64 {
        (self.boot() << 48) | (serial & 0xffff_ffff_ffff)
    }

    /// The first group of the machine's GUID, in lower case.
    pub(super) fn first_group(&self) -> String {
        let digits: String = self
            .machine_guid
            .chars()
            .filter(char::is_ascii_hexdigit)
            .take(8)
            .collect();
        if digits.len() == 8 {
            digits.to_ascii_lowercase()
        } else {
            derive::hex(8, &[&self.machine_guid]).to_ascii_lowercase()
        }
    }

    /// The version that Windows PowerShell says it has: 5.1 with the build's number.
    pub(super) fn powershell_version(&self) -> String {
        let build = self.build.split('.').nth(2).unwrap_or("0");
        format!("5.1.{build}.1")
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
