//! Whatever a command says, its records are written and read back.

use misfire::activity::{Activity, ActivityKind, RegistryData};
use misfire::event::Origin;
use misfire::log::evtx::write_events;
use misfire::sensor::{SensorPlatform, sensors};
use proptest::prelude::*;

use crate::sensors::given;
use crate::sensors::real::by_channel;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_logged(text in "\\PC{0,40}|[\\x00-\\x1f\\u{80}-\\u{ffff}]{0,40}") {
        let shell = given::powershell();
        let kinds = [
            ActivityKind::PowerShellStarted { host_application: text.clone() },
            ActivityKind::ScriptBlock(given::script(&text)),
            given::created(&text),
            given::deleted(&text),
            given::value_set(&text, &text, RegistryData::Text(text.clone())),
            given::value_set(&format!(r"HKU\{text}"), "", RegistryData::Text(text.clone())),
            ActivityKind::PipelineCommand {
                command: text.clone(),
                parameters: vec![(text.clone(), text.clone())],
                line: text.clone(),
            },
        ];
        let activities: Vec<_> =
            kinds.into_iter().map(|kind| given::happens(&shell, 0, kind)).collect();
        let events = given::logged(&activities);
        prop_assert!(events.len() >= activities.len());
        for (channel, events) in by_channel(events) {
            prop_assert!(write_events(&events).is_ok(), "{}", channel);
        }
    }

    #[test]
    fn a_script_comes_back_from_its_pieces(
        units in prop::collection::vec("[a-z\u{e9}\u{1f600}\n ]", 0..40),
        times in 1..4_000_usize,
    ) {
        let text: String = units.concat().chars().cycle().take(times * 10).collect();
        let script = ActivityKind::ScriptBlock(given::script(&text));
        let events = given::logged_of(&given::powershell(), script);
        let pieces = given::of_id(&events, 4104);
        let length = text.encode_utf16().count();
        prop_assert_eq!(pieces.len() == 1, length < 20_000);
        for (place, piece) in pieces.iter().enumerate() {
            prop_assert_eq!(given::field(piece, "MessageNumber"), (place + 1).to_string());
            prop_assert_eq!(given::field(piece, "MessageTotal"), pieces.len().to_string());
            prop_assert_eq!(
                given::field(piece, "ScriptBlockId"),
                given::field(pieces[0], "ScriptBlockId")
            );
        }
        let joined: String =
            pieces.iter().map(|piece| given::field(piece, "ScriptBlockText")).collect();
        // A pair of units that a cut goes through is lost, as it is in Windows.
        let same = joined == text || joined.contains('\u{fffd}');
        prop_assert!(same);
    }
}

#[test]
fn what_is_too_large_for_a_record_is_not_logged() {
    let shell = given::powershell();
    for (length, expected) in [(20_000, 1), (40_000, 0), (4_000_000, 0)] {
        let value = RegistryData::Text("x".repeat(length));
        let set = given::value_set(r"HKLM\SOFTWARE", "a", value);
        let events = given::logged(&[given::happens(&shell, 0, set)]);
        assert_eq!(events.len(), expected, "{length}");
        assert!(write_events(&events).is_ok());
    }
}

#[test]
fn what_is_too_large_is_told_once() {
    let shell = given::powershell();
    let value = RegistryData::Text("x".repeat(40_000));
    let set = given::value_set(r"HKLM\SOFTWARE", "a", value);
    let activity = given::happens(&shell, 0, set);
    let switches = given::everything(SensorPlatform::Windows);
    let mut sensors = sensors(&switches, &given::logging_host());
    let mut lost = |activity: Option<&Activity>| -> Vec<_> {
        let told = sensors.iter_mut().flat_map(|sensor| {
            if let Some(activity) = activity {
                let mut out = Vec::new();
                sensor.observe(activity, &given::recorded_host(), &mut out);
                assert!(out.is_empty());
            }
            sensor.lost()
        });
        told.map(|lost| lost.origin).collect()
    };
    let expected = Origin::EventLog {
        provider: Some("Microsoft-Windows-Sysmon".into()),
        channel: Some("Microsoft-Windows-Sysmon/Operational".into()),
        event_id: Some(13),
    };
    assert_eq!(lost(Some(&activity)), [expected]);
    assert_eq!(lost(None), []);
}
