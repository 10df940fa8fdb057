//! The products that a profile's host and accounts are logged by.

use super::world::{AzureExport, HostProfile, Profile};
use crate::activity::Activity;
use crate::content::fixture::Sensor as SensorNote;
use crate::event::OwnedEvent;
use crate::event::catalogue::{Catalogue, SourceId};
use crate::recording::Host;
use crate::sensor::{
    AzureActivity, AzureShape, CloudTrail, HostSensors, LoggingHost, LostRecord, Sensor,
    SensorPlatform, sensors,
};

/// The sensors of a profile.
pub(super) struct Sensing {
    sensors: Vec<Box<dyn Sensor>>,
    notes: Vec<SensorNote>,
    sources: Vec<SourceId>,
}

impl Sensing {
    /// Equal seeds give equal ids of records.
    pub(super) fn of(profile: &Profile, seed: u64) -> Self {
        let mut sensing = Self {
            sensors: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
        };
        // A host from which clouds are looked after is logged only if that is switched on.
        let is_of_cloud = profile.aws.is_some() || profile.azure.is_some();
        let is_logged =
            !profile.switches.sysmon.is_empty() || !profile.switches.security.is_empty();
        if let Some(host) = profile.host.as_ref().filter(|_| is_logged || !is_of_cloud) {
            sensing.add_host(profile, host);
        }
        if profile.aws.is_some() {
            sensing.sensors.push(Box::new(CloudTrail::new(seed)));
            sensing.add(
                "AWS CloudTrail",
                Some("a trail of all regions, management events, read and write".to_owned()),
                &["cloudtrail"],
            );
        }
        if let Some(azure) = &profile.azure {
            let (shape, configuration) = match azure.export {
                AzureExport::DiagnosticSettings => (
                    AzureShape::DiagnosticSettings,
                    "diagnostic setting of the subscription, all categories",
                ),
                AzureExport::Rest => (AzureShape::Rest, "listed with the REST interface"),
            };
            sensing
                .sensors
                .push(Box::new(AzureActivity::new(seed, shape)));
            sensing.add(
                "Azure activity log",
                Some(configuration.to_owned()),
                &["azure-activity"],
            );
        }
        sensing
    }

    fn add_host(&mut self, profile: &Profile, host: &HostProfile) {
        let switches = &profile.switches;
        let is_windows = profile.is_windows();
        let logging = LoggingHost {
            computer: host.full_name(),
            domain: host.user.domain.clone(),
            machine_guid: host.machine_guid.clone(),
            build: host.build.clone(),
        };
        let configuration = HostSensors {
            platform: if is_windows {
                SensorPlatform::Windows
            } else {
                SensorPlatform::Linux
            },
            sysmon: switches.sysmon.clone(),
            hashes: HostSensors::COMMON_HASHES.to_vec(),
            security: switches.security.clone(),
            command_lines: switches.command_lines,
            script_blocks: switches.script_blocks,
            modules: switches.modules,
            task_history: switches.task_history,
        };
        self.sensors = sensors(&configuration, &logging);
        let ids = |ids: &[u32]| {
            let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
            format!("events {}", ids.join(", "))
        };
        if !switches.sysmon.is_empty() {
            let (name, source) = if is_windows {
                ("Sysmon", "sysmon")
            } else {
                ("Sysmon for Linux", "sysmon-linux")
            };
            self.add(name, Some(ids(&switches.sysmon)), &[source]);
        }
        if !is_windows {
            return;
        }
        if !switches.security.is_empty() {
            let lines = if switches.command_lines {
                "with command lines"
            } else {
                "without command lines"
            };
            let configuration = format!("{}, {lines}", ids(&switches.security));
            self.add(
                "Windows Security auditing",
                Some(configuration),
                &["security"],
            );
        }
        self.add("Service Control Manager", None, &["system"]);
        self.add("Windows PowerShell", None, &["powershell-classic"]);
        if switches.script_blocks || switches.modules {
            self.add("PowerShell logging", None, &["powershell"]);
        }
        if switches.task_history {
            self.add("Task Scheduler", None, &["taskscheduler"]);
        }
    }

    fn add(&mut self, name: &str, configuration: Option<String>, sources: &[&str]) {
        self.notes.push(SensorNote {
            name: name.to_owned(),
            version: None,
            configuration,
        });
        let known = sources
            .iter()
            .filter_map(|source| Catalogue::bundled().source(source));
        self.sources.extend(known.map(|source| source.id.clone()));
    }

    pub(super) fn observe(&mut self, activity: &Activity, host: &Host, out: &mut Vec<OwnedEvent>) {
        for sensor in &mut self.sensors {
            sensor.observe(activity, host, out);
        }
    }

    /// The records that could not be written since this was last asked.
    pub(super) fn lost(&mut self) -> Vec<LostRecord> {
        let sensors = self.sensors.iter_mut();
        sensors.flat_map(|sensor| sensor.lost()).collect()
    }

    /// What logs there, for a manifest.
    pub(super) fn notes(&self) -> Vec<SensorNote> {
        self.notes.clone()
    }

    /// The logs that are looked at.
    pub(super) fn sources(&self) -> Vec<SourceId> {
        self.sources.clone()
    }
}
