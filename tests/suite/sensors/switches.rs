//! What is off leaves no event.

use std::collections::BTreeSet;

use misfire::activity::{ActivityKind, ScriptBlock};
use misfire::sensor::{HostSensors, SensorPlatform};

use crate::sensors::given;

fn ids(switches: &HostSensors) -> BTreeSet<u32> {
    let events = given::logged_with(switches, &given::everything_happens());
    events.iter().map(given::id).collect()
}

#[test]
fn a_host_without_sensors_logs_what_windows_always_logs() {
    let nothing = HostSensors {
        sysmon: Vec::new(),
        security: Vec::new(),
        command_lines: false,
        script_blocks: false,
        modules: false,
        task_history: false,
        ..given::everything(SensorPlatform::Windows)
    };
    assert_eq!(ids(&nothing), BTreeSet::from([400, 7045]));
}

#[test]
fn with_everything_on_all_events_are_there() {
    let windows = given::everything(SensorPlatform::Windows);
    let expected = [
        1, 3, 5, 7, 11, 12, 13, 17, 18, 22, 23, 26, 106, 200, 400, 4103, 4104, 4624, 4688, 4697,
        4698, 7045,
    ];
    assert_eq!(ids(&windows), BTreeSet::from(expected));
    let linux = given::everything(SensorPlatform::Linux);
    assert_eq!(ids(&linux), BTreeSet::from([1, 3, 5, 11, 23]));
}

#[test]
fn a_deletion_is_logged_as_sysmon_is_told() {
    for (on, expected) in [(vec![23], vec![23, 23]), (vec![26], vec![26, 26])] {
        let switches = HostSensors {
            sysmon: on,
            ..given::everything(SensorPlatform::Windows)
        };
        let events = given::logged_with(&switches, &given::everything_happens());
        let sysmon = events.iter().map(given::id).filter(|id| *id < 30);
        assert_eq!(sysmon.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn command_lines_are_empty_unless_they_are_switched_on() {
    let mut switches = given::everything(SensorPlatform::Windows);
    let line = |switches: &HostSensors| {
        let start = given::happens(&given::powershell(), 0, ActivityKind::ProcessStarted);
        let events = given::logged_with(switches, &[start]);
        given::field(given::one(&events, 4688), "CommandLine")
    };
    assert_eq!(line(&switches), given::powershell().command_line);
    switches.command_lines = false;
    assert_eq!(line(&switches), "");
}

#[test]
fn suspicious_scripts_are_logged_even_when_scripts_are_not() {
    let mut switches = given::everything(SensorPlatform::Windows);
    switches.script_blocks = false;
    let levels = |switches: &HostSensors, suspicious| {
        let script = ScriptBlock {
            suspicious,
            ..given::script("1")
        };
        let script = ActivityKind::ScriptBlock(script);
        let events =
            given::logged_with(switches, &[given::happens(&given::powershell(), 0, script)]);
        let levels = events.iter().map(|event| given::system(event, "Level"));
        levels.collect::<Vec<_>>()
    };
    assert_eq!(levels(&switches, true), ["3"]);
    assert!(levels(&switches, false).is_empty());
    switches.script_blocks = true;
    assert_eq!(levels(&switches, true), ["3"]);
    assert_eq!(levels(&switches, false), ["5"]);
}
