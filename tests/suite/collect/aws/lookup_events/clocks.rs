//! Clocks that are wrong.

use std::time::Duration;

use misfire::collect::CollectError;
use misfire::collect::aws::LookupEvents;
use serde_json::json;
use wiremock::ResponseTemplate;

use super::super::super::support::{TestClock, at};
use super::super::support::{NOW, ask, record, session};
use super::{answer, page, refusal, serves};

#[test]
fn a_clock_that_is_wrong_is_allowed_for_once_and_told() {
    // The service's clock shows 08:20, this machine's 10:50.
    let date = "Tue, 03 Nov 2026 08:20:00 GMT";
    for code in [
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    ] {
        let served = serves([
            refusal(403, code).insert_header("Date", date),
            answer(&page(&[record("a", "2026-11-03T08:00:00Z")], None)),
        ]);
        let clock = TestClock::at("2026-11-03T10:50:00Z");
        let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
        let collected = ask(&mut source, &clock).expect("records");
        let times: Vec<_> = served
            .requests()
            .iter()
            .map(|request| {
                request.headers["x-amz-date"]
                    .to_str()
                    .expect("text")
                    .to_owned()
            })
            .collect();
        assert_eq!(times, ["20261103T105000Z", "20261103T082000Z"], "{code}");
        let note = "the clock of this machine differs by -9000 s from that of AWS, \
                    which was allowed for";
        assert!(
            collected.notes.contains(&note.to_owned()),
            "{:?}",
            collected.notes
        );
        // How long a record took is measured by the service's clock.
        let latency = collected.latency.expect("a record");
        assert_eq!(latency.max, Duration::from_secs(20 * 60));
    }
}

#[test]
fn a_clock_that_stays_wrong_is_an_error() {
    let date = "Tue, 03 Nov 2026 08:20:00 GMT";
    let served = serves(std::iter::repeat_n(
        refusal(403, "RequestTimeTooSkewed").insert_header("Date", date),
        4,
    ));
    let clock = TestClock::at("2026-11-03T10:50:00Z");
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error,
        CollectError::ClockSkew {
            service: "CloudTrail in eu-west-1".to_owned(),
            seconds: -9000,
        }
    );
    assert_eq!(served.requests().len(), 2);
}

#[test]
fn a_wrong_secret_is_no_wrong_clock() {
    let signature = ResponseTemplate::new(403)
        .set_body_json(json!({"__type": "InvalidSignatureException",
            "message": "x-amz-security-token:hidden"}))
        .insert_header("Date", "Tue, 03 Nov 2026 08:20:01 GMT");
    let served = serves([signature]);
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error.to_string(),
        "CloudTrail in eu-west-1 denied the request: InvalidSignatureException"
    );
    assert_eq!(served.requests().len(), 1);
    assert_eq!(at(NOW).to_string(), NOW);
}
