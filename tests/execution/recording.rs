//! What was executed, as a recording.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use misfire::collect::trace::WatchedKind;
use misfire::content::atomic::{Atomic, load_atomics_from};
use misfire::content::{Plan, PlannedTest, Unrecorded, load_detections};
use misfire::diagnostic::{Code, SourceText};
use misfire::recording::{Closure, Interrupt, Outcome};
use misfire::run::{JudgeRequest, Silent, judge};
use misfire::stage::execute::{Performed, PlanFacts, recording, recording_lost};
use misfire::verdict::StageName;

use crate::common::Place;

const ATOMIC: &str = "attack_technique: T1082
display_name: System Information Discovery
atomic_tests:
- name: Ask for the system's name
  auto_generated_guid: 6d2b4c1a-3f5e-4a7b-8c9d-0e1f2a3b4c5d
  description: Asks the kernel.
  supported_platforms: [linux]
  executor: {name: sh, elevation_required: false, command: uname}
";

fn atomic() -> Arc<Atomic> {
    let text = SourceText::new("atomics/T1082/T1082.yaml", ATOMIC);
    let loaded = load_atomics_from(vec![Ok(text)]);
    Arc::clone(
        loaded
            .atomics
            .first()
            .unwrap_or_else(|| panic!("{:?}", loaded.problems)),
    )
}

/// A record is written a little later than what it tells of: the window waits for it.
#[test]
fn what_is_done_last_is_recorded_within_the_window() {
    let mut place = Place::new();
    place.settings.watcher = Some(PathBuf::from(env!("CARGO_BIN_EXE_misfire")));
    let test = place.test("uname", "");
    let facts = PlanFacts::of(&place.plan(&test).unwrap());
    let mut performance = place.perform(&test);
    let watched = performance.watched.as_ref().expect("it was watched");
    let starts = watched.events.iter().filter_map(|event| match event.kind {
        WatchedKind::Executed(_) => Some(event.time),
        _ => None,
    });
    // As if it had been over at once.
    performance.act_over = starts.max();
    let performed = Performed {
        atomic: &atomic(),
        arguments: &BTreeMap::new(),
        given: &[],
        stand_in: None,
    };
    let fixture = recording(performed, &facts, &performance).unwrap();
    let log = fixture.files[0].input.bytes.as_deref().expect("a log");
    let times = String::from_utf8_lossy(log)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|record| record["Event"]["System"]["EventID"] == 1)
        .filter_map(|record| {
            let time = &record["Event"]["System"]["TimeCreated"]["#attributes"]["SystemTime"];
            time.as_str()?.parse::<Timestamp>().ok()
        })
        .collect::<Vec<_>>();
    assert_eq!(times.len(), 2, "{}", String::from_utf8_lossy(log));
    assert!(times.iter().all(|time| *time <= fixture.window.end));
    assert!(performance.act_over < times.last().copied());
}

/// It was performed, whatever became of its records: nothing is known of what it left.
#[test]
fn what_was_performed_and_not_recorded_is_not_called_missing() {
    let place = Place::new();
    let test = place.test("uname", "");
    let facts = PlanFacts::of(&place.plan(&test).unwrap());
    let performance = place.perform(&test);
    let atomic = atomic();
    let performed = Performed {
        atomic: &atomic,
        arguments: &BTreeMap::new(),
        given: &[],
        stand_in: None,
    };
    let fixture = recording_lost(performed, &facts, &performance, "no room");
    assert_eq!(fixture.outcome, Outcome::Exited(0));
    assert_eq!(fixture.window.closure, Closure::Open);
    assert_eq!(
        fixture.why_open,
        ["what was recorded of it is lost: no room"]
    );
    assert_eq!(fixture.lost.len(), 1, "its source was looked at, in vain");
    assert_eq!(fixture.lost[0].sources[0].as_str(), "sysmon-linux");
    let execution = fixture.execution.as_deref().expect("what was executed");
    let command = execution.performed().expect("the act");
    assert_eq!(
        (command.exit_code, command.command.as_str()),
        (Some(0), "uname")
    );

    let test = PlannedTest {
        atomic: Arc::clone(&atomic),
        expectation: None,
        recordings: vec![Arc::new(fixture)],
        unrecorded: Unrecorded::default(),
        controls: Vec::new(),
    };
    let request = JudgeRequest {
        plan: Plan {
            tests: vec![test],
            ..Plan::default()
        },
        stage: StageName::Execute,
        detections: load_detections(&[]),
        left_out: Vec::new(),
        problems: Vec::new(),
        threads: None,
        interrupt: Interrupt::default(),
    };
    let report = judge(request, &Silent);
    let told = &report.tests[0];
    assert!(
        told.not_run.is_none() && told.execution.is_some(),
        "{told:?}"
    );
    let why = told.unseen.as_deref().unwrap_or_default();
    assert!(
        why.ends_with("what was recorded of it is lost: no room"),
        "{why}"
    );
    // And the run could not finish: exit code 3.
    assert!(Code::EXECUTE_UNRECORDED.is_about_input());
}
