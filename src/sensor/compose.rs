//! Which sensors a host has.

use super::powershell::{PowerShell, PowerShellLogging};
use super::security::{CommandLines, Security};
use super::sysmon::{HashAlgorithm, Sysmon, SysmonConfiguration};
use super::sysmon_linux::SysmonLinux;
use super::system::System;
use super::task_scheduler::TaskScheduler;
use super::{LoggingHost, Sensor};

/// The operating system whose products log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensorPlatform {
    /// Windows.
    Windows,
    /// Linux.
    Linux,
}

/// What is logged on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSensors {
    /// Its operating system.
    pub platform: SensorPlatform,
    /// The ids of the events that Sysmon logs; without Sysmon, none.
    pub sysmon: Vec<u32>,
    /// The hashes that Sysmon logs, in order.
    pub hashes: Vec<HashAlgorithm>,
    /// The ids of the events that the audit policy yields.
    pub security: Vec<u32>,
    /// Whether event 4688 has command lines.
    pub command_lines: bool,
    /// Whether PowerShell logs all script blocks (4104).
    pub script_blocks: bool,
    /// Whether PowerShell logs what its modules do (4103).
    pub modules: bool,
    /// Whether the task scheduler's history is on.
    pub task_history: bool,
}

impl HostSensors {
    /// The hashes that the bundled fixtures have.
    pub const COMMON_HASHES: [HashAlgorithm; 3] = [
        HashAlgorithm::Md5,
        HashAlgorithm::Sha256,
        HashAlgorithm::Imphash,
    ];
}

/// The sensors of a host, each with a log of its own.
#[must_use]
pub fn sensors(switches: &HostSensors, host: &LoggingHost) -> Vec<Box<dyn Sensor>> {
    let mut sensors: Vec<Box<dyn Sensor>> = Vec::new();
    let sysmon = switches.sysmon.iter().copied().collect();
    match switches.platform {
        SensorPlatform::Linux => {
            // The hash of a program's imports is one of Windows' programs.
            let hashes = switches.hashes.iter().copied();
            let hashes = hashes.filter(|hash| *hash != HashAlgorithm::Imphash);
            sensors.push(Box::new(SysmonLinux::new(
                sysmon,
                hashes.collect(),
                host.clone(),
            )));
        }
        SensorPlatform::Windows => {
            let configuration = SysmonConfiguration {
                events: sysmon,
                hashes: switches.hashes.clone(),
            };
            sensors.push(Box::new(Sysmon::new(configuration, host.clone())));
            let command_lines = match switches.command_lines {
                true => CommandLines::Logged,
                false => CommandLines::LeftOut,
            };
            sensors.push(Box::new(Security::new(
                switches.security.iter().copied().collect(),
                command_lines,
                host.clone(),
            )));
            sensors.push(Box::new(System::new(host.clone())));
            let logging = PowerShellLogging {
                script_blocks: switches.script_blocks,
                modules: switches.modules,
            };
            sensors.push(Box::new(PowerShell::new(logging, host.clone())));
            if switches.task_history {
                sensors.push(Box::new(TaskScheduler::new(host.clone())));
            }
        }
    }
    sensors
}
