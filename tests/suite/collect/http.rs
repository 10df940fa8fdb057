//! Requests to services that throttle, fail, break off, and hang.

use std::time::Duration;

use misfire::collect::http::{Answer, Client, Judged, Outgoing, Retry, by_status};
use misfire::collect::{CollectError, Secret, wait_for};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::support::{
    Bare, BareServer, NEVER, Served, TestClock, at, broken_off, client, client_that_waits, whole,
};

const NOW: &str = "2026-11-03T08:00:00Z";

fn ask(client: &Client, url: &str) -> Result<Answer, CollectError> {
    let url = url.to_owned();
    wait_for(
        NEVER,
        client.send("a service", |_| Ok(Outgoing::get(&url)), by_status),
    )
}

fn answers(served: &Served, template: ResponseTemplate, times: u64) {
    served.mount(
        Mock::given(method("GET"))
            .respond_with(template)
            .up_to_n_times(times),
    );
}

#[test]
fn a_request_that_is_throttled_is_sent_again_after_growing_pauses() {
    let served = Served::new();
    answers(&served, ResponseTemplate::new(429), 2);
    answers(&served, ResponseTemplate::new(503), 1);
    answers(&served, ResponseTemplate::new(200).set_body_string("ok"), 1);
    let clock = TestClock::at(NOW);
    let client = client(&clock);
    let answer = ask(&client, &served.url()).expect("an answer");
    assert_eq!(answer.body, b"ok");
    let slept = clock.slept();
    assert_eq!(slept.len(), 3);
    for (pause, whole) in slept.iter().zip([500, 1000, 2000]) {
        let whole = Duration::from_millis(whole);
        assert!(
            *pause >= whole / 2 && *pause <= whole,
            "{pause:?} of {whole:?}"
        );
    }
    assert_eq!(
        client.tally().notes(),
        [
            "2 of 4 requests throttled and sent again",
            "1 of 4 requests failed and sent again"
        ]
    );
}

#[test]
fn the_pause_that_the_service_asks_for_is_kept() {
    for (asked, seconds) in [
        ("7", 7),
        ("Tue, 03 Nov 2026 08:01:30 GMT", 90),
        ("Tue, 03 Nov 2026 07:00:00 GMT", 0),
    ] {
        let served = Served::new();
        let throttled = ResponseTemplate::new(429).insert_header("Retry-After", asked);
        answers(&served, throttled, 1);
        answers(&served, ResponseTemplate::new(200), 1);
        let clock = TestClock::at(NOW);
        ask(&client(&clock), &served.url()).expect("an answer");
        let slept = clock.slept();
        assert_eq!(slept.len(), 1);
        assert_eq!(slept[0].as_secs(), seconds, "{asked}");
    }
}

#[test]
fn a_pause_that_is_too_long_is_not_waited_for() {
    let served = Served::new();
    let throttled = ResponseTemplate::new(429).insert_header("Retry-After", "86400");
    answers(&served, throttled, 10);
    let clock = TestClock::at(NOW);
    let error = ask(&client(&clock), &served.url()).expect_err("no answer");
    assert_eq!(
        error.to_string(),
        "a service throttled the request, tried 1 times"
    );
    assert!(clock.slept().is_empty());
}

#[test]
fn it_gives_up_after_the_last_attempt() {
    for (status, told) in [
        (429, "a service throttled the request, tried 4 times"),
        (
            500,
            "a service cannot be reached: it answers with status 500, no content type, 0 bytes",
        ),
    ] {
        let served = Served::new();
        answers(&served, ResponseTemplate::new(status), 10);
        let error = ask(&client(&TestClock::at(NOW)), &served.url()).expect_err("no answer");
        assert_eq!(error.to_string(), told);
        assert_eq!(served.requests().len(), 4);
    }
}

#[test]
fn a_refusal_is_an_answer() {
    for status in [400, 401, 403, 404, 301, 501] {
        let served = Served::new();
        answers(&served, ResponseTemplate::new(status), 10);
        let answer = ask(&client(&TestClock::at(NOW)), &served.url()).expect("an answer");
        assert_eq!(answer.status, status);
        assert!(!answer.is_success());
        assert_eq!(served.requests().len(), 1);
    }
}

#[test]
fn no_redirect_is_followed_with_what_it_was_signed_with() {
    let other = Served::new();
    let served = Served::new();
    let away = ResponseTemplate::new(307).insert_header("Location", other.url().as_str());
    answers(&served, away, 1);
    let answer = ask(&client(&TestClock::at(NOW)), &served.url()).expect("an answer");
    assert_eq!(answer.status, 307);
    assert!(other.requests().is_empty());
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let server = BareServer::new(vec![broken_off("{\"a\":"), whole("{\"a\":1}")]);
    let answer = ask(&client(&TestClock::at(NOW)), &server.url).expect("an answer");
    assert_eq!(answer.text(), "{\"a\":1}");

    let server = BareServer::new(vec![broken_off("{\"a\":")]);
    let error = ask(&client(&TestClock::at(NOW)), &server.url).expect_err("no answer");
    let told = error.to_string();
    let start = "a service cannot be reached: its answer broke off after 5 bytes";
    assert!(told.starts_with(start), "{told}");
    assert_eq!(server.connections(), 4);
}

#[test]
fn an_answer_over_the_limit_is_not_read_to_its_end() {
    let served = Served::new();
    let long = ResponseTemplate::new(200).set_body_bytes(vec![b' '; (1 << 20) + 1]);
    answers(&served, long, 10);
    let client = client(&TestClock::at(NOW));
    let error = ask(&client, &served.url()).expect_err("it is too long");
    assert_eq!(
        error.to_string(),
        "the answer of a service cannot be read: it is longer than 1048576 bytes"
    );
    assert_eq!(served.requests().len(), 1);
    let url = served.url();
    let more = |_| Ok(Outgoing::get(&url).most_bytes(2 << 20));
    let answer = wait_for(NEVER, client.send("a service", more, by_status));
    assert_eq!(answer.expect("it may be").body.len(), (1 << 20) + 1);
}

#[test]
fn a_service_that_hangs_is_given_up() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let client = client_that_waits(&TestClock::at(NOW), Duration::from_millis(100));
    let error = ask(&client, &server.url).expect_err("no answer");
    let told = error.to_string();
    let start = "a service cannot be reached: there was no answer in time";
    assert!(told.starts_with(start), "{told}");
    assert_eq!(server.connections_up_to(4), 4);
}

#[test]
fn an_interruption_ends_a_service_that_hangs() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let client = client_that_waits(&TestClock::at(NOW), Duration::from_secs(600));
    let url = server.url.clone();
    let result = wait_for(
        &|| server.connections() > 0,
        client.send("a service", |_| Ok(Outgoing::get(&url)), by_status),
    );
    assert_eq!(
        result.map(|answer| answer.status),
        Err(CollectError::Interrupted)
    );
}

#[test]
fn nothing_starts_that_is_interrupted_already() {
    let served = Served::new();
    let client = client(&TestClock::at(NOW));
    let url = served.url();
    let work = client.send("a service", |_| Ok(Outgoing::get(&url)), by_status);
    let result = wait_for(&|| true, work);
    assert_eq!(
        result.map(|answer| answer.status),
        Err(CollectError::Interrupted)
    );
    assert!(served.requests().is_empty());
}

#[test]
fn a_port_that_nobody_listens_on_is_unreachable() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let error = ask(&client(&TestClock::at(NOW)), &url).expect_err("no answer");
    let told = error.to_string();
    let start = "a service cannot be reached: no connection came about";
    assert!(told.starts_with(start), "{told}");
}

#[test]
fn each_attempt_is_built_at_its_own_time() {
    let served = Served::new();
    answers(&served, ResponseTemplate::new(500), 1);
    answers(&served, ResponseTemplate::new(200), 1);
    let client = client(&TestClock::at(NOW));
    let url = served.url();
    let mut times = Vec::new();
    let build = |now: jiff::Timestamp| {
        times.push(now);
        Ok(Outgoing::get(&url))
    };
    wait_for(NEVER, client.send("a service", build, by_status)).expect("an answer");
    assert_eq!(times[0], at(NOW));
    assert!(times[1] > times[0]);
}

#[test]
fn what_is_sent_arrives() {
    let served = Served::new();
    served.mount(
        Mock::given(method("PUT"))
            .and(path("/token"))
            .and(header("x-wanted", "yes"))
            .respond_with(ResponseTemplate::new(201).insert_header("X-Told", " so ")),
    );
    let put = Outgoing::new(misfire::collect::http::Method::Put, served.url() + "/token")
        .header("X-Wanted", "yes")
        .direct();
    let client = client(&TestClock::at(NOW));
    let answer = wait_for(NEVER, client.send_once("a service", &put)).expect("an answer");
    assert_eq!((answer.status, answer.header("x-told")), (201, Some("so")));
}

#[test]
fn debug_output_shows_no_secret() {
    let outgoing = Outgoing::post("https://example.com/a?sig=hidden1", "hidden2")
        .header("Authorization", "hidden3");
    let answer = Answer {
        status: 200,
        headers: vec![("set-cookie".to_owned(), "hidden4".to_owned())],
        body: b"hidden5".to_vec(),
    };
    let shown = format!("{outgoing:?} {answer:?} {:?}", Secret::new("hidden6"));
    assert!(!shown.contains("hidden"), "{shown}");
    assert!(shown.contains("Authorization") && shown.contains("set-cookie"));
    assert_eq!(answer.in_words(), "status 200, no content type, 7 bytes");
}

#[test]
fn a_header_that_cannot_be_sent_is_refused_without_its_value() {
    let outgoing = Outgoing::get("http://127.0.0.1:1/").header("Authorization", "hidden\n");
    let client = client(&TestClock::at(NOW));
    let error = wait_for(NEVER, client.send_once("a service", &outgoing)).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "a service is configured wrongly: the value of Authorization cannot be sent"
    );
}

#[test]
fn pauses_grow_to_a_limit_and_differ_by_their_seed() {
    let retry = Retry {
        attempts: 40,
        seed: 1,
        ..Retry::default()
    };
    let pauses: Vec<_> = (1..40)
        .filter_map(|attempt| retry.pause(attempt, None))
        .collect();
    assert_eq!(pauses.len(), 39);
    assert!(pauses.iter().all(|pause| *pause <= retry.longest));
    assert!(pauses[30] >= retry.longest / 2);
    assert_eq!(retry.pause(40, None), None);
    let other = Retry { seed: 2, ..retry };
    assert_ne!(retry.pause(1, None), other.pause(1, None));
    assert_eq!(retry.pause(1, None), Retry { ..retry }.pause(1, None));
}

#[test]
fn a_status_says_whether_to_ask_again() {
    let judged = |status| {
        by_status(&Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        })
    };
    assert_eq!(judged(429), Judged::Throttled);
    for status in [408, 500, 502, 503, 504] {
        assert_eq!(judged(status), Judged::Failing);
    }
    for status in [200, 204, 302, 400, 403, 404, 501] {
        assert_eq!(judged(status), Judged::Final);
    }
}
