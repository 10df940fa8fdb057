//! What a diagnostic setting exports to a storage account.

use std::time::Duration;

use misfire::collect::azure::{
    ActivityBlobs, AzureCollector, Cloud, Identity, Route, Session, Tokens,
};
use misfire::collect::http::Client;
use misfire::collect::{CollectError, Collector, Request};
use misfire::recording::Closure;
use rstest::rstest;
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockBuilder, ResponseTemplate};

use super::support::{
    Dated, FastClock, NOW, NoAz, SUBSCRIPTION, always, collect, collector, exported, fail, json,
    read, subscription,
};
use crate::collect::support::{NEVER, Served, window};

fn folder(hour: u32) -> String {
    let id = SUBSCRIPTION.to_uppercase();
    format!("resourceId=/SUBSCRIPTIONS/{id}/y=2026/m=03/d=01/h={hour:02}/")
}

fn blob(hour: u32) -> String {
    format!("{}m=00/PT1H.json", folder(hour))
}

fn list_of(names: &[String], next: &str) -> String {
    let blobs: String = names
        .iter()
        .map(|name| {
            format!(
                "<Blob><Name>{name}</Name><Properties><Content-Length>1</Content-Length>\
                 <BlobType>AppendBlob</BlobType></Properties></Blob>"
            )
        })
        .collect();
    format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults \
         ServiceEndpoint=\"http://x/\" ContainerName=\"insights-activity-logs\"><Prefix>p</Prefix>\
         <Blobs>{blobs}</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>"
    )
}

fn list() -> MockBuilder {
    Mock::given(method("GET"))
        .and(path("/store1/insights-activity-logs"))
        .and(query_param("restype", "container"))
        .and(query_param("comp", "list"))
        .and(header("x-ms-version", "2021-08-06"))
        .and(header("authorization", "Bearer az-token-1"))
}

fn get(hour: u32) -> MockBuilder {
    let name = blob(hour).replace('=', "%3D");
    Mock::given(method("GET")).and(path(format!("/store1/insights-activity-logs/{name}")))
}

fn xml(body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.into(), "application/xml")
}

fn by_export(served: &Served, clock: &FastClock) -> AzureCollector {
    collector(&served.url(), clock.clone()).by(Route::Export {
        account: "store1".to_owned(),
    })
}

/// A server with one blob, of the hour of the window.
fn with_blob(clock: &FastClock, answers: Vec<ResponseTemplate>) -> Served {
    let served = Served::new();
    let answer = xml(list_of(&[blob(12)], ""));
    served.mount(
        list()
            .and(query_param("prefix", folder(12)))
            .respond_with(Dated::new(clock.clone(), vec![answer])),
    );
    let none = xml(list_of(&[], ""));
    served.mount(
        list()
            .respond_with(Dated::new(clock.clone(), vec![none]))
            .with_priority(9),
    );
    served.mount(get(12).respond_with(Dated::new(clock.clone(), answers)));
    served
}

#[test]
fn lines_become_a_log() {
    let clock = FastClock::at(NOW);
    let lines = format!(
        "{}\r\n\r\n{}\n{}\n",
        exported(1, "2026-03-01T12:05:00.1234567Z"),
        exported(2, "2026-03-01T12:04:00Z"),
        exported(3, "2026-03-01T12:30:00Z"),
    );
    let served = with_blob(&clock, vec![json(200, lines)]);
    let collected = collect(&by_export(&served, &clock)).expect("a collection");
    assert_eq!(collected.records(), 2);
    assert_eq!(collected.files[0].name, "azure-activity.jsonl");
    let text = String::from_utf8(collected.files[0].bytes.clone()).expect("text");
    assert_eq!(
        text,
        format!(
            "{}\n{}\n",
            exported(2, "2026-03-01T12:04:00Z"),
            exported(1, "2026-03-01T12:05:00.1234567Z")
        )
    );
    assert_eq!(read(&collected).len(), 2);
    // The hour of the window, in both spellings; the next is not here yet.
    let lists = served
        .requests()
        .iter()
        .filter(|request| request.url.query().is_some())
        .count();
    assert_eq!(lists, 2);
}

#[test]
fn later_hours_are_read_as_far_as_records_may_be_late() {
    let clock = FastClock::at("2026-03-02T12:00:00Z");
    let served = with_blob(&clock, vec![json(200, "")]);
    collect(&by_export(&served, &clock)).expect("a collection");
    let mut prefixes: Vec<String> = served
        .requests()
        .iter()
        .filter_map(|request| {
            let mut pairs = request.url.query_pairs();
            pairs
                .find(|(name, _)| name == "prefix")
                .map(|(_, prefix)| prefix.into_owned())
        })
        .filter(|prefix| prefix.contains(&SUBSCRIPTION.to_uppercase()))
        .collect();
    prefixes.sort();
    assert_eq!(prefixes, [folder(12), folder(13), folder(14)]);
}

#[test]
fn a_blob_that_ends_within_a_record_is_read_up_to_it() {
    let clock = FastClock::at(NOW);
    let whole = exported(1, "2026-03-01T12:05:00Z");
    let second = exported(2, "2026-03-01T12:06:00Z");
    for cut in [1, 20, second.len() - 1] {
        let served = with_blob(
            &clock,
            vec![json(200, format!("{whole}\n{}", &second[..cut]))],
        );
        let collected = collect(&by_export(&served, &clock)).expect("a collection");
        assert_eq!(collected.records(), 1, "{cut}");
        let notes = collected.notes.join("\n");
        assert!(
            notes.contains("ends within a record, which was left out"),
            "{notes}"
        );
        assert!(
            collected.because.contains("read only in part"),
            "{}",
            collected.because
        );
    }
    // Whole without its line end is whole.
    let served = with_blob(&clock, vec![json(200, format!("{whole}\n{second}"))]);
    let collected = collect(&by_export(&served, &clock)).expect("a collection");
    assert_eq!(collected.records(), 2);
    assert!(!collected.because.contains("in part"));
}

#[test]
fn the_rest_of_a_record_comes_with_the_next_asking() {
    let clock = FastClock::times(200, NOW);
    let whole = exported(1, "2026-03-01T12:05:00Z");
    let second = exported(2, "2026-03-01T12:06:00Z");
    let later = exported(3, "2026-03-01T12:35:00Z");
    let answers = vec![
        json(200, format!("{whole}\n{}", &second[..50])),
        json(200, format!("{whole}\n{second}\n{later}\n")),
    ];
    let served = with_blob(&clock, answers);
    let request = Request {
        window: window("2026-03-01T12:00:00Z", "2026-03-01T12:10:00Z"),
        wait: Duration::from_secs(3 * 3600),
    };
    let collected = by_export(&served, &clock)
        .collect(&request, NEVER)
        .expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    assert_eq!(collected.records(), 2);
}

#[test]
fn lines_that_are_none_are_told() {
    let clock = FastClock::at(NOW);
    let whole = exported(1, "2026-03-01T12:05:00Z");
    let served = with_blob(&clock, vec![json(200, format!("{{]\n{whole}\n"))]);
    let collected = collect(&by_export(&served, &clock)).expect("a collection");
    assert_eq!(collected.records(), 1);
    let notes = collected.notes.join("\n");
    assert!(notes.contains("line 1 of"), "{notes}");
    assert!(notes.contains("is no JSON, and was left out"), "{notes}");
}

#[test]
fn the_form_before_2018_is_read() {
    let clock = FastClock::at(NOW);
    let older = format!(
        "{{\"records\": [{},\n{}]}}",
        exported(1, "2026-03-01T12:05:00Z").replace(",\"category\"", ",\n\"category\""),
        exported(2, "2026-03-01T12:06:00Z")
    );
    let served = with_blob(&clock, vec![json(200, older)]);
    let collected = collect(&by_export(&served, &clock)).expect("a collection");
    assert_eq!(collected.records(), 2);
    assert_eq!(read(&collected).len(), 2);
}

#[test]
fn a_list_goes_on_behind_its_marker() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let answer =
        |names: &[String], next: &str| Dated::new(clock.clone(), vec![xml(list_of(names, next))]);
    let first = [
        format!("{}m=00/other.json", folder(12)),
        "elsewhere/m=00/PT1H.json".to_owned(),
    ];
    served.mount(
        list()
            .and(query_param("prefix", folder(12)))
            .and(query_param_is_missing("marker"))
            .respond_with(answer(&first, "2!a&amp;b=")),
    );
    served.mount(
        list()
            .and(query_param("prefix", folder(12)))
            .and(query_param("marker", "2!a&b="))
            .respond_with(answer(&[blob(12)], "")),
    );
    served.mount(list().respond_with(answer(&[], "")).with_priority(9));
    let line = exported(1, "2026-03-01T12:05:00Z");
    served.mount(get(12).respond_with(always(&clock, line)));
    let collected = collect(&by_export(&served, &clock)).expect("a collection");
    assert_eq!(collected.records(), 1);
    let gets = served
        .requests()
        .iter()
        .filter(|request| request.url.query().is_none())
        .count();
    assert_eq!(gets, 1, "nothing else is fetched");
}

#[rstest]
#[case("", "it is no list of blobs")]
#[case("<html/>", "it is no list of blobs")]
#[case("<EnumerationResults><Blobs>", "it is cut short")]
#[case("<EnumerationResults></Blobs>", "it is not well-formed XML")]
#[case(
    "<EnumerationResults><Blobs><Blob><Name>&x;</Name>",
    "it has an entity that is not known"
)]
fn what_is_no_list_is_told(#[case] body: &str, #[case] says: &str) {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(list().respond_with(Dated::new(clock.clone(), vec![xml(body)])));
    let error = fail(&by_export(&served, &clock));
    assert!(matches!(error, CollectError::Malformed { .. }), "{error}");
    assert!(error.to_string().ends_with(says), "{error}");
}

#[test]
fn markers_that_lead_back_end() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let answer = vec![xml(list_of(&[], "again"))];
    served.mount(list().respond_with(Dated::new(clock.clone(), answer)));
    let error = fail(&by_export(&served, &clock));
    assert!(error.to_string().contains("lead back"), "{error}");
    assert_eq!(served.requests().len(), 2);
}

#[test]
fn refusals_name_the_code_of_the_header() {
    let clock = FastClock::at(NOW);
    for (status, code, is_denied) in [
        (404, "ContainerNotFound", false),
        (403, "AuthorizationPermissionMismatch", true),
    ] {
        let served = Served::new();
        let answer = ResponseTemplate::new(status)
            .insert_header("x-ms-error-code", code)
            .set_body_raw("<Error/>", "application/xml");
        served.mount(list().respond_with(Dated::new(clock.clone(), vec![answer])));
        let error = fail(&by_export(&served, &clock));
        assert!(error.to_string().contains(code), "{error}");
        assert_eq!(matches!(error, CollectError::Denied { .. }), is_denied);
    }
}

#[test]
fn a_window_of_months_is_not_read_hour_by_hour() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    let request = Request {
        window: window("2025-12-01T12:00:00Z", "2026-03-01T12:00:00Z"),
        wait: Duration::ZERO,
    };
    let error = by_export(&served, &clock)
        .collect(&request, NEVER)
        .expect_err("too long");
    assert!(error.to_string().contains("more than 744 hours"), "{error}");
    assert!(served.requests().is_empty());
}

#[test]
fn only_names_of_storage_accounts_are_taken() {
    for (account, is_one) in [
        ("store1", true),
        ("ab", false),
        ("Store1", false),
        ("store1.evil.example/", false),
        ("a@b", false),
        ("aaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ] {
        let runner = std::sync::Arc::new(NoAz);
        let tokens = Tokens::new(Cloud::default(), Identity::default(), runner);
        let session = Session::new(Client::default(), Cloud::default(), tokens);
        let blobs = ActivityBlobs::new(session, subscription(), account, Vec::new());
        assert_eq!(blobs.is_ok(), is_one, "{account}");
    }
}
