//! CloudTrail, until it is closed.

use std::sync::Arc;
use std::time::Duration;

use misfire::collect::aws::{PerformedCanary, ProvenTrail};
use misfire::collect::{
    Boxed, Clock, CollectError, Collected, CollectedFile, Gathered, Record, Request, Source,
    ask_until_closed,
};
use misfire::event::catalogue::{Catalogue, SourceId};
use misfire::recording::{Closure, Window};
use serde_json::json;

use super::world::{at, end};
use crate::support::clock::VirtualClock;

/// One event: when it happened, how long until it could be read, in milliseconds, and
/// of which region and service it is.
struct Event(i64, i64, &'static str, &'static str, &'static str);

struct Trail {
    clock: VirtualClock,
    events: Vec<Event>,
    /// What asking gives instead, the first times.
    failures: Vec<CollectError>,
    /// Whether it gives each event once only, before it fails.
    gives_once: bool,
}

impl Source for Trail {
    fn source(&self) -> SourceId {
        let source = Catalogue::bundled().source("cloudtrail");
        source.expect("a source").id.clone()
    }

    fn name(&self) -> String {
        "a trail".to_owned()
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(async move {
            self.clock.sleep(Duration::from_millis(300)).await;
            let failure = (!self.failures.is_empty()).then(|| self.failures.remove(0));
            if let (Some(failure), false) = (&failure, self.gives_once) {
                return Err(failure.clone());
            }
            let now = self.clock.now();
            for (number, event) in self.events.iter().enumerate() {
                let Event(happened, held, region, service, agent) = *event;
                if at(happened + held) > now {
                    continue;
                }
                let text = json!({
                    "eventID": number.to_string(),
                    "eventTime": at(happened).to_string(),
                    "eventSource": service,
                    "eventName": "GetCallerIdentity",
                    "awsRegion": region,
                    "userAgent": agent,
                });
                let record = Record {
                    id: Some(number.to_string()),
                    time: Some(at(happened)),
                    text: text.to_string(),
                    seen: now,
                };
                gathered.add("a trail", record)?;
            }
            if self.gives_once {
                self.events.retain(|event| at(event.0 + event.1) > now);
            }
            failure.map_or(Ok(()), Err)
        })
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        vec![CollectedFile {
            name: "trail.json".to_owned(),
            bytes: Vec::new(),
            records: gathered.records().len() as u64,
        }]
    }

    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

const STS: &str = "sts.amazonaws.com";
const MINUTE: i64 = 60_000;

fn collect(
    events: Vec<Event>,
    failures: Vec<CollectError>,
    minutes: u64,
) -> Result<Collected, CollectError> {
    collect_in(["eu-west-1"], false, events, failures, minutes)
}

fn collect_in<const COUNT: usize>(
    regions: [&str; COUNT],
    gives_once: bool,
    events: Vec<Event>,
    failures: Vec<CollectError>,
    minutes: u64,
) -> Result<Collected, CollectError> {
    let clock = VirtualClock::at(at(10_000));
    let trail = Trail {
        clock: clock.clone(),
        events,
        failures,
        gives_once,
    };
    let calls = regions.map(|region| (region.to_owned(), STS.to_owned()));
    let mut proven =
        ProvenTrail::new(trail, Arc::new(clock.clone()), &calls).canary(PerformedCanary {
            service: STS.to_owned(),
            region: "eu-west-1".to_owned(),
            event_name: "GetCallerIdentity".to_owned(),
            marker: "misfire-canary-7".to_owned(),
            performed: at(9_000),
        });
    let request = Request {
        window: Window {
            start: at(-10 * MINUTE),
            end: end(),
            closure: Closure::Open,
        },
        wait: Duration::from_secs(60 * minutes),
    };
    ask_until_closed(&mut proven, &request, &clock, &|| false)
}

#[test]
fn our_canary_and_the_delay_close_it() {
    let events = vec![
        Event(-MINUTE, 14 * MINUTE, "eu-west-1", STS, "aws-cli"),
        Event(
            9_500,
            4 * MINUTE,
            "eu-west-1",
            STS,
            "misfire misfire-canary-7",
        ),
    ];
    let collected = collect(events, Vec::new(), 60).expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    assert_eq!(collected.records(), 1, "the canary is not of the window");
    assert_eq!(collected.source.as_str(), "cloudtrail");
    assert!(collected.because.contains("documented 15 min have passed"));
    let notes = collected.notes.join("\n");
    assert!(notes.contains("a canary took at most 2"), "{notes}");
}

#[test]
fn no_other_record_passes_for_our_canary() {
    for (region, service, agent) in [
        ("us-east-1", STS, "misfire-canary-7"),
        ("eu-west-1", "ssm.amazonaws.com", "misfire-canary-7"),
        ("eu-west-1", STS, "misfire-canary-8"),
    ] {
        let events = vec![Event(9_500, MINUTE, region, service, agent)];
        let collected = collect(events, Vec::new(), 30).expect("a collection");
        assert_eq!(
            collected.closure,
            Closure::Open,
            "{region} {service} {agent}"
        );
    }
}

#[test]
fn a_canary_of_one_region_closes_no_other() {
    let regions = ["eu-west-1", "us-east-1"];
    // The same call, repeated by something else where it was not made by us.
    let events = regions.map(|region| Event(9_500, MINUTE, region, STS, "misfire-canary-7"));
    let collected =
        collect_in(regions, false, events.into(), Vec::new(), 30).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected.because.contains("us-east-1"),
        "{}",
        collected.because
    );
    assert!(
        !collected.because.contains("eu-west-1"),
        "{}",
        collected.because
    );
}

#[test]
fn anyones_record_has_to_be_later_than_clocks_can_differ() {
    for (happened, closure) in [
        (5 * MINUTE - 1, Closure::Open),
        (5 * MINUTE, Closure::Open),
        (5 * MINUTE + 1_000, Closure::Closed),
    ] {
        let events = vec![Event(happened, MINUTE, "eu-west-1", STS, "aws-cli")];
        let collected = collect(events, Vec::new(), 60).expect("a collection");
        assert_eq!(
            collected.closure, closure,
            "{happened}: {}",
            collected.because
        );
    }
}

#[test]
fn a_failure_on_the_way_is_asked_through_and_a_lasting_one_is_not() {
    let throttled = CollectError::Throttled {
        service: "a trail".to_owned(),
        attempts: 8,
    };
    let denied = CollectError::Denied {
        service: "a trail".to_owned(),
        because: "no".to_owned(),
    };
    let events = || vec![Event(9_500, MINUTE, "eu-west-1", STS, "misfire-canary-7")];
    let collected = collect(events(), vec![throttled.clone(); 3], 60).expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    let failures = vec![throttled.clone(), denied.clone()];
    assert_eq!(collect(events(), failures, 60), Err(denied));
    assert_eq!(
        collect(events(), vec![throttled.clone(); 9], 0),
        Err(throttled)
    );
}

#[test]
fn what_was_seen_before_a_failure_counts() {
    let throttled = CollectError::Throttled {
        service: "a trail".to_owned(),
        attempts: 8,
    };
    let events = vec![
        Event(-MINUTE, MINUTE, "eu-west-1", STS, "aws-cli"),
        Event(9_500, 500, "eu-west-1", STS, "misfire-canary-7"),
    ];
    let collected = collect_in(["eu-west-1"], true, events, vec![throttled; 2], 60);
    let collected = collected.expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    assert_eq!(collected.records(), 1);
}
