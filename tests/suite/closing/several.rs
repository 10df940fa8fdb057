//! Several windows, closed by the same askings.

use std::time::Duration;

use jiff::Timestamp;
use misfire::collect::closing::{Seen, Skew, Stream};
use misfire::collect::{
    Boxed, Clock, CollectError, CollectedFile, Gathered, Proving, Record, Source, Wanted,
    ask_until_all_closed,
};
use misfire::event::catalogue::{Catalogue, SourceId};
use misfire::recording::{Closure, Window};

use super::world::at;
use crate::support::clock::VirtualClock;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;

/// Records by when they were made, how long they were held back, and of which service.
struct Log {
    clock: VirtualClock,
    events: Vec<(i64, i64, &'static str)>,
    /// When it was asked.
    asked: Vec<Timestamp>,
    seen: Vec<(Stream, Seen)>,
    /// What asking gives instead, from the second time on.
    failure: Option<CollectError>,
}

impl Log {
    fn new(clock: &VirtualClock, events: Vec<(i64, i64, &'static str)>) -> Self {
        Self {
            clock: clock.clone(),
            events,
            asked: Vec::new(),
            seen: Vec::new(),
            failure: None,
        }
    }
}

impl Source for Log {
    fn source(&self) -> SourceId {
        let source = Catalogue::bundled().source("cloudtrail");
        source.expect("a source").id.clone()
    }

    fn name(&self) -> String {
        "a log".to_owned()
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(async move {
            let now = self.clock.now();
            self.asked.push(now);
            if let (Some(failure), true) = (&self.failure, self.asked.len() > 1) {
                return Err(failure.clone());
            }
            self.seen.clear();
            for (number, (made, held, service)) in self.events.iter().enumerate() {
                if at(made + held) > now {
                    continue;
                }
                self.seen.push((
                    stream(service),
                    Seen {
                        time: at(*made),
                        record: None,
                        performed: Some(at(*made)),
                    },
                ));
                let record = Record {
                    id: Some(number.to_string()),
                    time: Some(at(*made)),
                    text: format!("{{\"n\": {number}}}"),
                    seen: now,
                };
                gathered.add("a log", record)?;
            }
            Ok(())
        })
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        let texts: Vec<_> = gathered.records().iter().map(|one| &*one.text).collect();
        vec![CollectedFile {
            name: "log.json".to_owned(),
            bytes: texts.join("\n").into_bytes(),
            records: texts.len() as u64,
        }]
    }

    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Proving for Log {
    fn streams(&self) -> Vec<Stream> {
        Vec::new()
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        self.seen.clone()
    }

    fn skew(&self, _: &Stream) -> Skew {
        Skew::NONE
    }

    fn cut(&self, _: &Stream) -> Option<String> {
        None
    }
}

fn stream(service: &str) -> Stream {
    Stream::cloudtrail("eu-west-1", service)
}

fn wanted(start: i64, end: i64, services: &[&str]) -> Wanted {
    Wanted {
        until: jiff::Timestamp::MIN,
        window: Window {
            start: at(start),
            end: at(end),
            closure: Closure::Open,
        },
        streams: services.iter().map(|service| stream(service)).collect(),
    }
}

/// Three tests, a minute each, with half a minute between them.
fn three() -> [Wanted; 3] {
    [
        wanted(-4 * MINUTE, -3 * MINUTE, &["ssm"]),
        wanted(-150 * SECOND, -90 * SECOND, &["ssm"]),
        wanted(-MINUTE, 0, &["ssm", "iam"]),
    ]
}

fn numbers(files: &[CollectedFile]) -> String {
    String::from_utf8_lossy(&files[0].bytes).into_owned()
}

#[test]
fn one_wait_serves_all_windows_and_one_canary_closes_them() {
    let clock = VirtualClock::at(at(10 * SECOND));
    let events = vec![
        (-200 * SECOND, 9 * MINUTE, "ssm"),
        (-120 * SECOND, SECOND, "ssm"),
        (-75 * SECOND, SECOND, "ssm"),
        (-30 * SECOND, SECOND, "iam"),
        // The canaries.
        (5 * SECOND, 4 * MINUTE, "ssm"),
        (6 * SECOND, 2 * MINUTE, "iam"),
    ];
    let mut log = Log::new(&clock, events);
    let wait = Duration::from_secs(20 * 60);
    let all = ask_until_all_closed(&mut log, &three(), wait, &clock, &|| false);
    let all = all.expect("collections");
    assert_eq!(all.len(), 3);
    for collected in &all {
        assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    }
    // What lies between two windows is of neither.
    let held: Vec<_> = all.iter().map(|one| numbers(&one.files)).collect();
    assert_eq!(held, ["{\"n\": 0}", "{\"n\": 1}", "{\"n\": 3}"]);
    // All together took what the last alone would have taken: its end and 15 minutes.
    let over = log.asked.last().expect("an asking");
    assert!(*over <= at(15 * MINUTE + SECOND), "{over}");
    // Each asking served three windows: pauses of a minute at most leave no room for
    // three times as many.
    assert!(log.asked.len() < 30, "{} askings", log.asked.len());
    let latencies: Vec<_> = all
        .iter()
        .map(|one| one.latency.expect("a record"))
        .collect();
    assert!(latencies[0].max >= Duration::from_secs(9 * 60));
    assert!(latencies[2].max < Duration::from_secs(60));
    let notes = all[2].notes.join("\n");
    assert!(
        notes.contains("records of iam in eu-west-1: a canary took"),
        "{notes}"
    );
}

#[test]
fn time_that_passed_before_counts_for_the_delay() {
    // The first window ended a quarter of an hour ago: one asking closes it.
    let clock = VirtualClock::at(at(16 * MINUTE));
    let mut log = Log::new(
        &clock,
        vec![(MINUTE, SECOND, "ssm"), (MINUTE, SECOND, "iam")],
    );
    let all = ask_until_all_closed(
        &mut log,
        &three(),
        Duration::from_secs(600),
        &clock,
        &|| false,
    );
    let closures = all
        .expect("collections")
        .iter()
        .map(|one| one.closure)
        .collect::<Vec<_>>();
    assert_eq!(closures, [Closure::Closed; 3]);
    assert_eq!(log.asked.len(), 1);
}

#[test]
fn one_deadline_ends_all_and_each_window_stands_for_itself() {
    let clock = VirtualClock::at(at(10 * SECOND));
    // Nothing of iam ever comes.
    let mut log = Log::new(&clock, vec![(5 * SECOND, SECOND, "ssm")]);
    let wait = Duration::from_secs(17 * 60);
    let all = ask_until_all_closed(&mut log, &three(), wait, &clock, &|| false);
    let all = all.expect("collections");
    let closures: Vec<_> = all.iter().map(|one| one.closure).collect();
    assert_eq!(closures, [Closure::Closed, Closure::Closed, Closure::Open]);
    assert!(all[2].because.contains("iam"), "{}", all[2].because);
    assert!(!all[2].because.contains("ssm"), "{}", all[2].because);
    let waited = at(10 * SECOND).duration_until(clock.now());
    assert!(waited.as_secs() <= 17 * 60, "{waited}");
}

#[test]
fn a_failure_on_the_way_leaves_open_what_was_not_closed() {
    let clock = VirtualClock::at(at(13 * MINUTE));
    let mut log = Log::new(
        &clock,
        vec![(MINUTE, SECOND, "ssm"), (-200 * SECOND, SECOND, "ssm")],
    );
    log.failure = Some(CollectError::Denied {
        service: "a log".to_owned(),
        because: "no".to_owned(),
    });
    let wait = Duration::from_secs(20 * 60);
    let all = ask_until_all_closed(&mut log, &three(), wait, &clock, &|| false);
    let all = all.expect("collections");
    // The first window had ended 16 minutes before.
    let closures: Vec<_> = all.iter().map(|one| one.closure).collect();
    assert_eq!(closures, [Closure::Closed, Closure::Open, Closure::Open]);
    assert_eq!(all[0].records(), 1);
    assert!(all[0].because.contains("have passed"), "{}", all[0].because);
    assert!(all[1].because.contains("denied"), "{}", all[1].because);
}

#[test]
fn nothing_wanted_is_nothing_asked() {
    let clock = VirtualClock::at(at(0));
    let mut log = Log::new(&clock, Vec::new());
    let all = ask_until_all_closed(&mut log, &[], Duration::ZERO, &clock, &|| false);
    assert_eq!(all, Ok(Vec::new()));
    assert!(log.asked.is_empty());
}
