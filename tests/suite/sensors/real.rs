//! Every record beside real ones of its kind, and beside the bundled fixtures, which
//! model what the products write today.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use misfire::event::OwnedEvent;
use misfire::log::evtx::write_events;
use misfire::sensor::SensorPlatform;
use serde::Deserialize;

use crate::sensors::given;
use crate::support::corpora::corpus;
use crate::support::shapes::accepted::Accepted;
use crate::support::shapes::report::Report;
use crate::support::shapes::windows::{Event, RealEvents, Verified, events_of};

/// Where real event logs are.
const RECORDINGS: [&str; 2] = ["evtx-attack-samples", "sigma/regression_data"];

/// Kinds of records that no real one is at hand of, with what is known of them.
#[derive(Deserialize)]
struct List {
    unverified: BTreeMap<String, String>,
}

/// The events of each channel.
pub fn by_channel(events: Vec<OwnedEvent>) -> BTreeMap<String, Vec<OwnedEvent>> {
    let mut channels = BTreeMap::<_, Vec<_>>::new();
    for event in events {
        channels
            .entry(given::channel(&event))
            .or_default()
            .push(event);
    }
    channels
}

/// The events as they stand in binary logs.
fn written(events: Vec<OwnedEvent>) -> Vec<Event> {
    let mut all = Vec::new();
    for (channel, events) in by_channel(events) {
        let log = write_events(&events).unwrap_or_else(|error| panic!("{channel}: {error}"));
        let (read, lost) = events_of(&log);
        assert_eq!((read.len(), lost), (events.len(), 0), "{channel}");
        all.extend(read);
    }
    all
}

#[test]
fn every_record_has_the_shape_of_a_real_one() {
    let recordings: Vec<_> = RECORDINGS.into_iter().filter_map(corpus).collect();
    if recordings.is_empty() {
        return;
    }
    let real = RealEvents::read(&recordings);
    let mut report = Report::default();
    let mut unverified = BTreeSet::new();
    for event in written(given::logged(&given::everything_happens())) {
        let kind = format!("{} {}", event.provider, event.id);
        if real.compare(&event, &mut report.of("sensors")) == Verified::No {
            unverified.insert(kind);
        }
    }
    let list = "tests/suite/sensors/accepted.yaml";
    let unexpected = Accepted::read(list).apply(&report);
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(list));
    let list: List = serde_yaml::from_str(&text.expect("a readable file")).expect("a list");
    let listed: BTreeSet<_> = list.unverified.keys().cloned().collect();
    assert_eq!(unverified, listed);
    assert!(
        list.unverified
            .values()
            .all(|known| !known.trim().is_empty())
    );
}

#[test]
fn every_record_has_the_shape_of_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings");
    let fixtures = RealEvents::read_at_least(500, &[folder]);
    let mut report = Report::default();
    let mut strange = BTreeSet::new();
    for event in written(given::logged(&given::everything_happens())) {
        if fixtures.compare(&event, &mut report.of("sensors")) == Verified::No {
            strange.insert(event.id);
        }
    }
    let unexpected = Accepted::read("tests/suite/sensors/fixtures.yaml").apply(&report);
    assert!(unexpected.is_empty(), "{}", unexpected.join("\n"));
    // What the fixtures hold none of.
    let absent = [7, 17, 18, 23, 26, 106, 200, 400, 4103, 4104, 4624, 4697];
    assert_eq!(strange, BTreeSet::from(absent));
}

#[test]
fn sysmon_for_linux_has_the_fields_that_the_catalogue_declares() {
    let nothing_real = RealEvents::read_at_least(0, &[]);
    let switches = given::everything(SensorPlatform::Linux);
    let events = given::logged_with(&switches, &given::everything_happens());
    let mut report = Report::default();
    let mut ids = BTreeSet::new();
    for event in written(events) {
        let verified = nothing_real.compare(&event, &mut report.of("sensors"));
        assert_eq!(verified, Verified::No);
        ids.insert(event.id);
    }
    let differences: Vec<_> = report.differences.keys().collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(ids, BTreeSet::from([1, 3, 5, 11, 23]));
}
