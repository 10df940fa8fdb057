//! The REST interface, page by page.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use misfire::collect::{CollectError, Collector, SystemClock};
use misfire::recording::Closure;
use wiremock::matchers::{header, query_param, query_param_is_missing};

use super::support::{
    Dated, FastClock, NOW, SUBSCRIPTION, SignedIn, always, collect, collector, fail, json, listed,
    listing, page, read, request,
};
use crate::collect::support::{Bare, BareServer, Served, broken_off, whole};

#[test]
fn pages_are_followed_and_make_a_log() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let next = format!(
        "{}/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values\
         ?api-version=2015-04-01&$skipToken=a%2Bb",
        served.url()
    );
    let first = page(
        &[
            listed(1, "2026-03-01T12:01:00.1234567Z"),
            listed(2, "2026-03-01T12:02:00Z"),
        ],
        Some(&next),
    );
    served.mount(
        listing()
            .and(query_param("api-version", "2015-04-01"))
            .and(query_param_is_missing("$skipToken"))
            .and(header("authorization", "Bearer az-token-1"))
            .respond_with(always(&clock, first)),
    );
    let second = page(&[listed(3, "2026-03-01T12:03:00Z")], None);
    served.mount(
        listing()
            .and(query_param("$skipToken", "a+b"))
            .respond_with(always(&clock, second)),
    );
    let collected = collect(&collector(&served.url(), clock)).expect("a collection");
    assert_eq!(collected.source.as_str(), "azure-activity");
    assert_eq!(collected.records(), 3);
    assert_eq!(collected.closure, Closure::Open);
    assert_eq!(collected.files.len(), 1);
    let events = read(&collected);
    assert_eq!(events.len(), 3);
    let origins: Vec<String> = events
        .iter()
        .map(|event| event.origin.to_string())
        .collect();
    assert!(
        origins.iter().all(|origin| origin.contains("activitylogs")),
        "{origins:?}"
    );
    assert!(
        collected
            .notes
            .contains(&"signed in with the Azure command line".to_owned()),
        "{:?}",
        collected.notes
    );
    let latency = collected.latency.expect("records");
    assert!(latency.min >= Duration::from_secs(37 * 60), "{latency:?}");
    let asked = served.requests();
    let filter = asked[0]
        .url
        .query_pairs()
        .find(|(name, _)| name == "$filter");
    let (_, filter) = filter.expect("a filter");
    assert!(
        filter.starts_with(
            "eventTimestamp ge '2026-03-01T11:50:00.000000Z' and eventTimestamp le '2026-03-01T12:5"
        ),
        "{filter}"
    );
}

#[test]
fn nothing_at_all_is_a_collection_too() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(listing().respond_with(always(&clock, page(&[], None))));
    let collected = collect(&collector(&served.url(), clock)).expect("a collection");
    assert_eq!(collected.records(), 0);
    assert_eq!(collected.files.len(), 1);
    assert_eq!(collected.closure, Closure::Open);
}

#[test]
fn each_record_is_kept_once_and_those_outside_not_at_all() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let records = [
        listed(1, "2026-03-01T12:01:00Z"),
        listed(1, "2026-03-01T12:01:00Z"),
        listed(2, "2026-03-01T11:59:00Z"),
        listed(3, "2026-03-01T12:30:00Z"),
        // Without an id, the same text is the same record.
        listed(4, "2026-03-01T12:02:00Z").replace("eventDataId", "other"),
        listed(4, "2026-03-01T12:02:00Z").replace("eventDataId", "other"),
        listed(5, "2026-03-01T12:02:00Z").replace("eventDataId", "other"),
    ];
    served.mount(listing().respond_with(always(&clock, page(&records, None))));
    let collected = collect(&collector(&served.url(), clock)).expect("a collection");
    assert_eq!(collected.records(), 3);
    assert_eq!(read(&collected).len(), 3);
    let notes = collected.notes.join("\n");
    assert!(
        notes.contains("2 records answered more than once"),
        "{notes}"
    );
    assert!(notes.contains("2 records outside of the window"), "{notes}");
}

#[test]
fn the_token_is_sent_nowhere_else() {
    let elsewhere = BareServer::new(vec![whole("{\"value\": []}")]);
    let served = Served::new();
    let host = served.url().replace("http://", "");
    let other = elsewhere.url.replace("http://", "");
    for next in [
        format!("{}/subscriptions/x", elsewhere.url),
        format!("http://{host}@{other}/x"),
        format!("https://{host}/x"),
        format!("//{other}/x"),
        format!("http://{host}.evil.example/x"),
        "/relative".to_owned(),
        "javascript:x".to_owned(),
    ] {
        let clock = FastClock::at(NOW);
        let served = Served::new();
        let next = next.replace(&host, &served.url().replace("http://", ""));
        let records = [listed(1, "2026-03-01T12:01:00Z")];
        served.mount(listing().respond_with(always(&clock, page(&records, Some(&next)))));
        let collected = collect(&collector(&served.url(), clock)).expect("what came before");
        assert_eq!(collected.records(), 1);
        assert_eq!(collected.closure, Closure::Open);
        assert!(
            collected
                .because
                .contains("the next page is said to be at another service"),
            "{next}: {}",
            collected.because
        );
        assert_eq!(served.requests().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn pages_that_lead_back_end() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let next = format!("{}{}?page=2", served.url(), listing_path());
    served.mount(listing().respond_with(always(&clock, page(&[], Some(&next)))));
    let error = fail(&collector(&served.url(), clock));
    assert!(error.to_string().contains("lead back"), "{error}");
    assert_eq!(served.requests().len(), 2);
}

fn listing_path() -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
    )
}

#[test]
fn throttling_is_waited_for_as_long_as_is_asked() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let answers = vec![
        json(429, "{}").insert_header("retry-after", "7"),
        json(200, page(&[listed(1, "2026-03-01T12:01:00Z")], None)),
    ];
    served.mount(listing().respond_with(Dated::new(clock.clone(), answers)));
    let collected = collect(&collector(&served.url(), clock.clone())).expect("a collection");
    assert_eq!(collected.records(), 1);
    assert!(clock.slept().contains(&Duration::from_secs(7)));
    let notes = collected.notes.join("\n");
    assert!(notes.contains("1 of 3 requests throttled"), "{notes}");

    let served = Served::new();
    served.mount(listing().respond_with(Dated::new(clock.clone(), vec![json(429, "{}")])));
    let error = fail(&collector(&served.url(), clock));
    assert!(
        matches!(error, CollectError::Throttled { attempts: 4, .. }),
        "{error}"
    );
}

#[test]
fn an_expired_token_is_renewed_once() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(
        listing()
            .and(header("authorization", "Bearer az-token-1"))
            .respond_with(Dated::new(
                clock.clone(),
                vec![json(
                    401,
                    "{\"error\": {\"code\": \"ExpiredAuthenticationToken\"}}",
                )],
            )),
    );
    let answer = page(&[listed(1, "2026-03-01T12:01:00Z")], None);
    served.mount(
        listing()
            .and(header("authorization", "Bearer az-token-2"))
            .respond_with(always(&clock, answer)),
    );
    let collected = collect(&collector(&served.url(), clock)).expect("a collection");
    assert_eq!(collected.records(), 1);
    assert_eq!(served.requests().len(), 2);
}

#[test]
fn a_token_that_is_refused_twice_has_expired() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(listing().respond_with(Dated::new(clock.clone(), vec![json(401, "{}")])));
    let signed_in = Arc::new(SignedIn::default());
    let mut collector = collector(&served.url(), clock);
    collector.runner = signed_in.clone();
    let error = fail(&collector);
    assert!(matches!(error, CollectError::Expired { .. }), "{error}");
    assert_eq!(served.requests().len(), 2);
    assert_eq!(signed_in.commands.lock().expect("commands").len(), 2);
}

#[test]
fn half_a_page_is_asked_for_again() {
    let body = page(&[listed(1, "2026-03-01T12:01:00Z")], None);
    let clock = FastClock::at(NOW);
    let server = BareServer::new(vec![broken_off(&body), whole(&body)]);
    let collected = collect(&collector(&server.url, clock.clone())).expect("a collection");
    assert_eq!(collected.records(), 1);
    assert_eq!(server.connections(), 2);

    let server = BareServer::new(vec![broken_off(&body)]);
    let error = fail(&collector(&server.url, clock));
    assert!(matches!(error, CollectError::Unreachable { .. }), "{error}");
    assert_eq!(server.connections(), 4);
}

#[test]
fn failures_of_the_service_pass_or_are_told() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let answers = vec![
        json(503, "busy"),
        json(500, "{}"),
        json(200, page(&[listed(1, "2026-03-01T12:01:00Z")], None)),
    ];
    served.mount(listing().respond_with(Dated::new(clock.clone(), answers)));
    let collected = collect(&collector(&served.url(), clock.clone())).expect("a collection");
    assert_eq!(collected.records(), 1);

    let served = Served::new();
    served.mount(listing().respond_with(Dated::new(clock.clone(), vec![json(502, "<html>")])));
    let error = fail(&collector(&served.url(), clock));
    assert!(matches!(error, CollectError::Unreachable { .. }), "{error}");
    assert_eq!(served.requests().len(), 4);
}

#[test]
fn records_go_by_the_clock_of_azure() {
    // Azure's clock is five minutes ahead: what it calls 12:12 was 12:07.
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let records = [
        listed(1, "2026-03-01T12:12:00Z"),
        listed(2, "2026-03-01T12:03:00Z"),
        listed(3, "2026-03-01T12:16:00Z"),
    ];
    let answers = vec![json(200, page(&records, None))];
    let dated = Dated::new(clock.clone(), answers).ahead(SignedDuration::from_mins(5));
    served.mount(listing().respond_with(dated));
    let collected = collect(&collector(&served.url(), clock)).expect("a collection");
    let text = String::from_utf8(collected.files[0].bytes.clone()).expect("text");
    assert_eq!(collected.records(), 1, "{text}");
    assert!(
        text.contains("12:12:00Z"),
        "the record itself is not changed: {text}"
    );
    let notes = collected.notes.join("\n");
    assert!(
        notes.contains("the clock of Azure is about 300 s ahead of this one's"),
        "{notes}"
    );
}

#[test]
fn a_clock_that_may_be_right_is_not_corrected() {
    let clock = FastClock::at("2026-03-01T12:40:00.9Z");
    let served = Served::new();
    let records = [
        listed(1, "2026-03-01T12:00:00Z"),
        listed(2, "2026-03-01T12:10:00Z"),
    ];
    served.mount(listing().respond_with(always(&clock, page(&records, None))));
    let collected = collect(&collector(&served.url(), clock)).expect("a collection");
    assert_eq!(collected.records(), 2);
    assert!(!collected.notes.join("\n").contains("clock"));
}

#[test]
fn few_reads_that_are_left_are_told() {
    for (left, is_told) in [("9", true), ("11000", false), ("many", false)] {
        let clock = FastClock::at(NOW);
        let served = Served::new();
        let answer = json(200, page(&[], None))
            .insert_header("x-ms-ratelimit-remaining-subscription-reads", left);
        served.mount(listing().respond_with(Dated::new(clock.clone(), vec![answer])));
        let collected = collect(&collector(&served.url(), clock)).expect("a collection");
        let notes = collected.notes.join("\n");
        assert_eq!(notes.contains("more reads"), is_told, "{notes}");
    }
}

#[test]
fn a_question_that_is_not_answered_can_be_interrupted() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let connected = || server.connections() > 0;
    let collector = collector(&server.url, SystemClock);
    let result = collector.collect(&request(Duration::from_secs(600)), &connected);
    assert_eq!(result, Err(CollectError::Interrupted));
}

#[test]
fn the_first_page_has_no_token_of_a_page() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(
        listing()
            .and(query_param_is_missing("$skipToken"))
            .respond_with(always(&clock, page(&[], Some("")))),
    );
    collect(&collector(&served.url(), clock)).expect("an empty next page is none");
    assert_eq!(served.requests().len(), 1);
}
