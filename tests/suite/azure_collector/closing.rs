//! When the window of an activity log is closed.

use std::time::Duration;

use misfire::collect::{Collected, Collector};
use misfire::recording::Closure;
use wiremock::{Respond, ResponseTemplate};

use super::support::{
    Dated, FastClock, always, collector, date, json, listed, listed_of, listing, page, request,
};
use crate::collect::support::{NEVER, Served};

const HOURS: Duration = Duration::from_secs(3 * 3600);

/// A log whose records can be read a while after they were made.
struct Late {
    clock: FastClock,
    /// What each record is, and from when on it can be read.
    records: Vec<(String, &'static str)>,
}

impl Respond for Late {
    fn respond(&self, _: &wiremock::Request) -> ResponseTemplate {
        let now = misfire::collect::Clock::now(&self.clock);
        let there = self
            .records
            .iter()
            .filter(|(_, from)| now >= from.parse().expect("a time"))
            .map(|(record, _)| record.clone());
        json(200, page(&there.collect::<Vec<_>>(), None)).insert_header("date", date(now))
    }
}

fn run(records: Vec<(String, &'static str)>, providers: &[&str], wait: Duration) -> Collected {
    let clock = FastClock::times(1_000, "2026-03-01T12:10:30Z");
    let served = Served::new();
    served.mount(listing().respond_with(Late {
        clock: clock.clone(),
        records,
    }));
    let mut collector = collector(&served.url(), clock);
    collector.providers = providers.iter().map(|name| (*name).to_owned()).collect();
    collector
        .collect(&request(wait), NEVER)
        .expect("a collection")
}

#[test]
fn a_later_record_and_the_delay_close_it() {
    let records = vec![
        (listed(1, "2026-03-01T12:05:00Z"), "2026-03-01T12:12:00Z"),
        // The test's own clean-up.
        (listed(2, "2026-03-01T12:11:00Z"), "2026-03-01T12:15:00Z"),
        // One that came out of order.
        (listed(3, "2026-03-01T12:06:00Z"), "2026-03-01T12:25:00Z"),
    ];
    let collected = run(records, &["microsoft.compute"], HOURS);
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    assert_eq!(collected.records(), 2);
    assert!(
        collected.because.contains(
            "a record of 2026-03-01T12:11:00Z follows the window's end, and the documented 20 min \
             have passed"
        ),
        "{}",
        collected.because
    );
    let latency = collected.latency.expect("records");
    assert!(latency.max >= Duration::from_secs(19 * 60), "{latency:?}");
    assert!(latency.min < latency.max, "{latency:?}");
}

#[test]
fn the_delay_alone_does_not() {
    let records = vec![(listed(1, "2026-03-01T12:05:00Z"), "2026-03-01T12:12:00Z")];
    let collected = run(records, &["Microsoft.Compute"], Duration::from_secs(1_500));
    assert_eq!(collected.closure, Closure::Open);
    assert_eq!(collected.records(), 1);
    assert!(
        collected
            .because
            .contains("but no record from after the window's end has come"),
        "{}",
        collected.because
    );
}

#[test]
fn a_record_of_another_provider_does_not() {
    let other = listed_of("Microsoft.Storage", 2, "2026-03-01T12:11:00Z");
    let records = vec![(other, "2026-03-01T12:12:00Z")];
    let providers = ["Microsoft.Compute", "Microsoft.Storage"];
    let collected = run(records, &providers, Duration::from_secs(1_500));
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected
            .because
            .contains("Azure activity of Microsoft.Compute")
    );
    assert!(
        !collected.because.contains("Microsoft.Storage"),
        "{}",
        collected.because
    );
}

#[test]
fn too_short_a_wait_says_until_when() {
    let records = vec![(listed(2, "2026-03-01T12:11:00Z"), "2026-03-01T12:11:00Z")];
    let collected = run(records, &["Microsoft.Compute"], Duration::from_secs(60));
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected
            .because
            .contains("lasts until 2026-03-01T12:30:00Z"),
        "{}",
        collected.because
    );
}

#[test]
fn without_a_provider_nothing_would_show_it() {
    let records = vec![(listed(2, "2026-03-01T12:11:00Z"), "2026-03-01T12:11:00Z")];
    let collected = run(records, &[], Duration::ZERO);
    assert_eq!(collected.closure, Closure::Open);
    assert!(collected.because.starts_with("nothing says which records"));
}

#[test]
fn what_was_read_before_a_failure_is_kept() {
    let clock = FastClock::times(1_000, "2026-03-01T12:10:30Z");
    let served = Served::new();
    let answers = vec![
        json(200, page(&[listed(1, "2026-03-01T12:05:00Z")], None)),
        json(403, "{\"error\": {\"code\": \"AuthorizationFailed\"}}"),
    ];
    served.mount(listing().respond_with(Dated::new(clock.clone(), answers)));
    let collected = collector(&served.url(), clock).collect(&request(HOURS), NEVER);
    let collected = collected.expect("a collection");
    assert_eq!(collected.records(), 1);
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected
            .because
            .contains("the last asking failed: the activity log of subscription"),
        "{}",
        collected.because
    );
}

#[test]
fn a_failure_that_passes_is_asked_through() {
    let clock = FastClock::times(1_000, "2026-03-01T12:31:00Z");
    let served = Served::new();
    let records = [
        listed(1, "2026-03-01T12:05:00Z"),
        listed(2, "2026-03-01T12:11:00Z"),
    ];
    let answers = vec![json(200, "<html>"), json(200, page(&records, None))];
    served.mount(listing().respond_with(Dated::new(clock.clone(), answers)));
    let collected = collector(&served.url(), clock.clone()).collect(&request(HOURS), NEVER);
    let collected = collected.expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);

    // A clock that cannot be compared closes nothing by itself.
    let served = Served::new();
    let ahead = [listed(2, "2026-03-01T23:11:00Z")];
    served.mount(listing().respond_with(always(&clock, page(&ahead, None))));
    let collected = collector(&served.url(), clock).collect(&request(Duration::ZERO), NEVER);
    let collected = collected.expect("a collection");
    assert!(
        collected.because.contains("is ahead of ours"),
        "{}",
        collected.because
    );
}
