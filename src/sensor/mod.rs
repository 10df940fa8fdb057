//! Sensors turn what happened into the records that a product logs of it.
//!
//! - `compose`: which sensors a host has, by what is switched on;
//! - `host`: what they know of the host that they log on;
//! - `record`: a log under way, and the frame of its records;
//! - `derive`: numbers that nobody can know, made from what is known;
//! - one module for each product.

mod compose;
mod derive;
mod host;
mod powershell;
mod record;
mod security;
mod sysmon;
mod sysmon_linux;
mod system;
mod task_scheduler;
mod unverified;

pub use compose::{HostSensors, SensorPlatform, sensors};
pub use host::LoggingHost;
pub use powershell::{PowerShell, PowerShellLogging};
pub use security::{CommandLines, Security};
pub use sysmon::{HashAlgorithm, Sysmon, SysmonConfiguration};
pub use sysmon_linux::SysmonLinux;
pub use system::System;
pub use task_scheduler::TaskScheduler;
pub use unverified::{UnverifiedKind, unverified_kind};

mod azure_activity;
mod cloud_record;
mod cloudtrail;

pub use azure_activity::{AzureActivity, AzureShape};
pub use cloudtrail::CloudTrail;

use crate::activity::Activity;
use crate::event::{Origin, OwnedEvent};
use crate::recording::Host;

/// A product that logs.
///
/// A sensor sees every activity in order, and writes the records that its product
/// would leave. What its configuration leaves out leaves none.
pub trait Sensor {
    /// Logs an activity, or does not.
    fn observe(&mut self, activity: &Activity, host: &Host, out: &mut Vec<OwnedEvent>);

    /// What the product would have logged since this was last asked, and what no record
    /// can be written of. That it is not there then proves nothing.
    ///
    /// Only logs that bound their records lose any.
    fn lost(&mut self) -> Vec<LostRecord> {
        Vec::new()
    }
}

/// A record that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostRecord {
    /// The log that it would stand in.
    pub origin: Origin,
    /// Why, as a fragment of a sentence.
    pub because: &'static str,
}
