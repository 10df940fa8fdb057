//! The list and the export, read as one.

use std::time::Duration;

use misfire::collect::azure::{Route, twin};
use misfire::collect::{Joined, ask_until_closed};
use misfire::recording::Closure;
use wiremock::Mock;
use wiremock::matchers::{method, path, query_param};

use super::support::{FastClock, NOW, always, collector, listing, page, read, request};
use crate::collect::support::{NEVER, Served};

/// One event in either shape.
fn both(operation: &str, time: &str, correlation: &str) -> (String, String) {
    let listed = format!(
        "{{\"eventDataId\": \"{correlation}{operation}\", \"correlationId\": \"{correlation}\", \
         \"eventTimestamp\": \"{time}\", \"category\": {{\"value\": \"Administrative\"}}, \
         \"status\": {{\"value\": \"Succeeded\"}}, \
         \"operationName\": {{\"value\": \"Microsoft.Compute/virtualMachines/{operation}/action\"}}}}"
    );
    let operation = operation.to_uppercase();
    let exported = format!(
        "{{\"time\": \"{time}\", \"resourceId\": \"/SUBSCRIPTIONS/S/VM\", \
         \"category\": \"Administrative\", \"resultType\": \"Success\", \
         \"correlationId\": \"{correlation}\", \
         \"operationName\": \"MICROSOFT.COMPUTE/VIRTUALMACHINES/{operation}/ACTION\"}}"
    );
    (listed, exported)
}

#[test]
fn one_event_that_is_listed_and_exported_is_one_record() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let (listed, exported) = both("runCommand", "2026-03-01T12:05:00.1234567Z", "c1");
    let (start, _) = both("start", "2026-03-01T12:05:00.1234567Z", "c1");
    let (_, stop) = both("stop", "2026-03-01T12:06:00Z", "c2");
    let (later, later_too) = both("start", "2026-03-01T12:12:00Z", "c3");
    let records = [listed, start, later];
    served.mount(listing().respond_with(always(&clock, page(&records, None))));
    let blobs = "<EnumerationResults><Blobs><Blob><Name>resourceId=/SUBSCRIPTIONS/\
                 0B1F6471-1BF0-4DDA-AEC3-CB9272F09590/y=2026/m=03/d=01/h=12/m=00/PT1H.json</Name>\
                 </Blob></Blobs><NextMarker/></EnumerationResults>";
    served.mount(
        Mock::given(method("GET"))
            .and(path("/logs"))
            .and(query_param("comp", "list"))
            .respond_with(always(&clock, blobs)),
    );
    let lines = [exported, stop, later_too].join("\n") + "\n";
    served.mount(
        Mock::given(method("GET"))
            .respond_with(always(&clock, lines))
            .with_priority(9),
    );
    let mut joined = Joined::new(twin);
    let container = Route::Container {
        url: format!("{}/logs", served.url()),
        stand_in: None,
    };
    for route in [Route::List, container] {
        let way = collector(&served.url(), clock.clone()).by(route).way();
        joined.add(way.expect("a way"));
    }
    let collected = ask_until_closed(&mut joined, &request(Duration::ZERO), &clock, NEVER);
    let collected = collected.expect("a collection");
    assert_eq!(collected.records(), 3, "{collected:?}");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    // Both shapes are read in one file.
    let events = read(&collected);
    assert_eq!(events.len(), 3);
}
