//! A channel from the start of a window until it is closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use misfire::collect::windows::{ChannelCollector, ChannelName, Limits, Tools, read_export};
use misfire::collect::{Clock, CollectError, Collected, Collector, Request};
use misfire::recording::{Closure, Window};

use super::host::{Export, Host, at, evtx};

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

fn collector(host: &Host, channel: &str) -> ChannelCollector {
    let limits = Limits {
        export: 1 << 20,
        ..Limits::default()
    };
    ChannelCollector::with(
        "host",
        ChannelName::new(channel).expect("a name"),
        Tools::below(None),
        limits,
        Arc::new(host.clone()),
        Arc::new(host.clock.clone()),
    )
}

fn request(wait: u64) -> Request {
    Request {
        window: Window {
            start: at(-60_000),
            end: at(0),
            closure: Closure::Open,
        },
        wait: Duration::from_secs(wait),
    }
}

fn collect(host: &Host, wait: u64) -> Result<Collected, CollectError> {
    collector(host, SYSMON).collect(&request(wait), &|| false)
}

fn busy() -> Vec<(u64, jiff::Timestamp)> {
    vec![
        (17, at(-90_000)),
        (18, at(-60_001)),
        (19, at(-30_000)),
        (20, at(-1)),
    ]
}

#[test]
fn a_process_of_ours_closes_the_channel() {
    let host = Host::new(10, busy());
    let collected = collect(&host, 30).expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    assert_eq!(collected.source.as_str(), "sysmon");
    assert!(
        collected.because.starts_with(
            "channel Microsoft-Windows-Sysmon/Operational of host: record 21 of 2026-03-01T12:00:02"
        ),
        "{}",
        collected.because
    );
    // Before the slack has passed, a process would prove nothing and is not started.
    assert_eq!(host.count("/d"), 1);
    let waited = at(0).duration_until(host.clock.now());
    assert!(waited < SignedDuration::from_secs(8), "{waited}");

    let [file] = collected.files.as_slice() else {
        panic!("one file");
    };
    assert_eq!(file.name, "Microsoft-Windows-Sysmon-Operational.evtx");
    assert_eq!(file.records, 2, "the canary is not of the window");
    let read = read_export(std::path::Path::new("x.evtx"), file.bytes.clone());
    let numbers: Vec<_> = read
        .records
        .iter()
        .filter_map(|record| record.number)
        .collect();
    assert_eq!(numbers, [19, 20]);
    assert_eq!(collected.latency.expect("a canary").records, 1);
    assert!(collected.notes.is_empty(), "{:?}", collected.notes);
}

#[test]
fn anyones_later_record_closes_a_channel_that_cannot_be_provoked() {
    let mut records = busy();
    records.push((21, at(4_000)));
    let host = Host::new(10, records);
    let collected = collector(&host, "System").collect(&request(30), &|| false);
    assert_eq!(collected.expect("a collection").closure, Closure::Closed);
    assert_eq!(host.count("/d"), 0);
}

#[test]
fn without_a_later_record_it_stays_open_and_keeps_to_its_time() {
    let host = Host::new(0, busy()).with(|state| state.logs_processes = false);
    let collected = collect(&host, 30).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert_eq!(
        collected.because,
        "channel Microsoft-Windows-Sysmon/Operational of host: no record from after the window's \
         end has come"
    );
    assert_eq!(collected.records(), 2);
    let waited = at(0).duration_until(host.clock.now());
    assert!(waited <= SignedDuration::from_secs(30), "{waited}");
    assert!(host.count("epl") > 5);
}

#[test]
fn no_time_to_wait_means_one_export() {
    let host = Host::new(10, busy());
    let collected = collect(&host, 0).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert_eq!(host.count("epl"), 1);
    assert_eq!(collected.records(), 2);
}

#[test]
fn an_empty_channel_is_collected_as_one() {
    let host = Host::new(10_000, Vec::new()).with(|state| {
        state.status = state.status.replace("9496", "0").replace("17", "1");
        state.logs_processes = false;
    });
    let collected = collect(&host, 5).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert_eq!(collected.files.len(), 1);
    assert_eq!(collected.records(), 0);
    let read = read_export(
        std::path::Path::new("x.evtx"),
        collected.files[0].bytes.clone(),
    );
    assert_eq!(read.problem, None);
}

#[test]
fn a_log_that_wrapped_is_open_although_a_later_record_came() {
    let host = Host::new(5_000, vec![(40, at(-59_000)), (41, at(-1))]);
    let collected = collect(&host, 30).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected
            .because
            .contains("its oldest record is of 2026-03-01T11:59:01Z"),
        "{}",
        collected.because
    );
    assert_eq!(collected.records(), 2);
}

#[test]
fn what_cannot_be_checked_is_open() {
    let host = Host::new(5_000, busy()).with(|state| state.status = "garbage".to_owned());
    let collected = collect(&host, 30).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected
            .because
            .contains("whether old records were overwritten cannot be told"),
        "{}",
        collected.because
    );
}

#[test]
fn a_disabled_channel_is_no_empty_one() {
    let host = Host::new(10, busy());
    let host = host.with(|state| {
        state.settings = state.settings.replace("enabled: true", "enabled: false");
    });
    let error = collect(&host, 30).expect_err("nothing is recorded");
    assert!(matches!(error, CollectError::Misconfigured { .. }));
    assert!(error.to_string().contains("is disabled"), "{error}");
    assert_eq!(host.count("epl"), 0);
}

#[test]
fn what_will_not_change_ends_it_at_once() {
    let exit = Export::Exit(5, "Access is denied.");
    let host = Host::new(10, busy()).with(|state| state.exports = vec![exit]);
    let error = collect(&host, 30).expect_err("denied");
    assert!(matches!(error, CollectError::Denied { .. }), "{error}");
    assert_eq!(host.count("epl"), 1);
}

#[test]
fn what_may_change_is_tried_again() {
    for failure in [
        Export::Exit(1722, "The RPC server is unavailable."),
        Export::Nothing,
        Export::Hangs,
        Export::Bytes(b"no event log at all".to_vec()),
        Export::Bytes(vec![0; 2 << 20]),
    ] {
        let exports = vec![failure.clone(), failure];
        let host = Host::new(3_000, busy()).with(|state| state.exports = exports);
        let collected = collect(&host, 60).expect("a collection");
        assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
        assert_eq!(collected.records(), 2);
    }
}

#[test]
fn an_export_of_before_does_not_pass_for_a_new_one() {
    let mut exports = vec![Export::Nothing; 1000];
    exports[0] = Export::Whole;
    let host = Host::new(3_000, busy()).with(|state| {
        state.exports = exports;
        state.logs_processes = false;
    });
    let collected = collect(&host, 10).expect("a collection");
    assert_eq!(collected.records(), 2);
    let notes = collected.notes.join("\n");
    assert!(notes.contains("the last reading failed"), "{notes}");
    assert!(notes.contains("no file was exported"), "{notes}");
}

#[test]
fn a_service_that_never_answers_is_told() {
    let exports = vec![Export::Exit(1722, "The RPC server is unavailable."); 1000];
    let host = Host::new(10, busy()).with(|state| state.exports = exports);
    let error = collect(&host, 30).expect_err("no service");
    assert!(
        error.to_string().contains("service does not answer"),
        "{error}"
    );
}

#[test]
fn a_damaged_export_closes_nothing() {
    let mut records = busy();
    records.push((21, at(4_000)));
    let mut bytes = evtx(&records);
    bytes.truncate(bytes.len() - 60_000);
    let exports = vec![Export::Bytes(bytes); 1000];
    let host = Host::new(10_000, records).with(|state| state.exports = exports);
    let collected = collect(&host, 20).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected.because.contains("read only in part"),
        "{}",
        collected.because
    );
    assert!(!collected.notes.is_empty());
}

#[test]
fn an_interruption_ends_it() {
    let host = Host::new(10, busy()).with(|state| state.logs_processes = false);
    let asked = AtomicUsize::new(0);
    let interrupt = || asked.fetch_add(1, Ordering::Relaxed) >= 20;
    let result = collector(&host, SYSMON).collect(&request(600), &interrupt);
    assert_eq!(result, Err(CollectError::Interrupted));
    assert!(host.count("epl") < 20);
}

#[test]
fn chosen_event_ids_are_exported_once_it_is_closed() {
    let host = Host::new(5_000, busy());
    let narrowed = collector(&host, SYSMON).event_ids([1, 22]);
    let collected = narrowed
        .collect(&request(30), &|| false)
        .expect("a collection");
    assert_eq!(collected.closure, Closure::Closed);
    let commands = host.commands.lock().expect("commands");
    let exports: Vec<&String> = commands
        .iter()
        .filter(|command| command[1] == "epl")
        .map(|command| &command[4])
        .collect();
    assert!(
        !exports[0].contains("EventID"),
        "what closes may have any id"
    );
    assert!(exports[1].contains("EventID=1 or EventID=22"));
    assert!(exports[1].contains("<= '2026-03-01T12:00:00.000Z'"));
}
