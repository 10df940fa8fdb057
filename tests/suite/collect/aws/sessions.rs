//! Credentials that expire while they are used.

use misfire::collect::aws::{Environment, LookupEvents, Session};
use misfire::collect::{CollectError, wait_for};
use serde_json::json;
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::super::support::{NEVER, Served, TestClock, client};
use super::support::{NOW, ask, ids, record, session};

/// A machine whose role's keys have these names, one after the other.
fn machine(served: &Served, keys: &[(&str, &str)]) {
    served.mount(
        Mock::given(method("PUT"))
            .and(path("/latest/api/token"))
            .respond_with(ResponseTemplate::new(200).set_body_string("session")),
    );
    let folder = "/latest/meta-data/iam/security-credentials/";
    served.mount(
        Mock::given(method("GET"))
            .and(path(folder))
            .respond_with(ResponseTemplate::new(200).set_body_string("r")),
    );
    for (key, expires) in keys {
        let body = json!({
            "AccessKeyId": key, "SecretAccessKey": "hidden", "Token": format!("token-of-{key}"),
            "Expiration": expires,
        });
        served.mount(
            Mock::given(method("GET"))
                .and(path(format!("{folder}r")))
                .respond_with(ResponseTemplate::new(200).set_body_json(body))
                .up_to_n_times(1),
        );
    }
}

fn on_machine(served: &Served, clock: &TestClock) -> Session {
    let variables = [
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", served.url()),
        ("AWS_ENDPOINT_URL", served.url()),
        ("AWS_REGION", "eu-west-1".to_owned()),
    ];
    let owned = variables.map(|(name, value)| (name.to_owned(), value));
    Session::new(Environment::new(None, owned), None, client(clock)).expect("a session")
}

/// The service knows these tokens only.
fn knows(served: &Served, key: &str) {
    let page = json!({"Events": [
        {"CloudTrailEvent": record("a", "2026-11-03T08:00:00Z").to_string()}
    ]});
    served.mount(
        Mock::given(method("POST"))
            .and(header(
                "x-amz-security-token",
                format!("token-of-{key}").as_str(),
            ))
            .respond_with(ResponseTemplate::new(200).set_body_json(page)),
    );
    served.mount(Mock::given(method("POST")).respond_with(
        ResponseTemplate::new(400).set_body_json(json!({"__type": "ExpiredTokenException"})),
    ));
}

#[test]
fn credentials_that_the_service_calls_expired_are_renewed_once() {
    let served = Served::new();
    machine(
        &served,
        &[
            ("old", "2026-11-03T14:00:00Z"),
            ("new", "2026-11-03T20:00:00Z"),
        ],
    );
    knows(&served, "new");
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(on_machine(&served, &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("records");
    assert_eq!(ids(&collected), ["a"]);
    assert_eq!(
        collected.notes,
        ["signed with the credentials of the role r of this machine"]
    );
}

#[test]
fn credentials_that_stay_expired_are_told() {
    let served = Served::new();
    machine(
        &served,
        &[
            ("old", "2026-11-03T14:00:00Z"),
            ("older", "2026-11-03T20:00:00Z"),
        ],
    );
    knows(&served, "new");
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(on_machine(&served, &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error,
        CollectError::Expired {
            service: "CloudTrail in eu-west-1".to_owned(),
            from: "the role r of this machine".to_owned(),
        }
    );
}

#[test]
fn a_key_that_cannot_be_renewed_is_not_tried_again() {
    let served = Served::new();
    knows(&served, "another");
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let error = ask(&mut source, &clock).expect_err("no records");
    assert_eq!(
        error.to_string(),
        "the credentials for CloudTrail in eu-west-1 (the environment) have expired"
    );
    assert_eq!(served.requests().len(), 1);
}

#[test]
fn credentials_are_asked_for_once_and_renewed_before_they_end() {
    let served = Served::new();
    machine(
        &served,
        &[
            ("old", "2026-11-03T08:21:02Z"),
            ("new", "2026-11-03T20:00:00Z"),
        ],
    );
    let page = |next: Option<&str>| {
        ResponseTemplate::new(200).set_body_json(json!({"Events": [], "NextToken": next}))
    };
    // The pages take 0.5 s each; from the fifth on the old key ends within a minute.
    for number in 0..6 {
        let next = (number < 5).then(|| format!("page {number}"));
        served.mount(
            Mock::given(method("POST"))
                .respond_with(page(next.as_deref()))
                .up_to_n_times(1),
        );
    }
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(on_machine(&served, &clock), Vec::new());
    ask(&mut source, &clock).expect("records");
    let requests = served.requests();
    let used: Vec<_> = requests
        .iter()
        .filter(|request| request.method.as_str() == "POST")
        .map(|request| {
            request.headers["x-amz-security-token"]
                .to_str()
                .expect("text")
        })
        .collect();
    assert_eq!(
        used,
        [
            "token-of-old",
            "token-of-old",
            "token-of-old",
            "token-of-old",
            "token-of-new",
            "token-of-new"
        ]
    );
}

#[test]
fn a_key_that_the_service_does_not_know_is_denied() {
    for code in ["UnrecognizedClientException", "InvalidClientTokenId"] {
        let served = Served::new();
        served.mount(Mock::given(method("POST")).respond_with(
            ResponseTemplate::new(400).set_body_json(json!({"__type": code, "message": "no"})),
        ));
        let clock = TestClock::at(NOW);
        let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
        let error = ask(&mut source, &clock).expect_err("no records");
        assert_eq!(
            error.to_string(),
            format!("CloudTrail in eu-west-1 denied the request: {code}: no")
        );
    }
}

#[test]
fn a_session_says_whose_it_is() {
    let served = Served::new();
    served.mount(
        Mock::given(method("POST"))
            .and(body_string("Action=GetCallerIdentity&Version=2011-06-15"))
            .respond_with(ResponseTemplate::new(200).set_body_string(
                "<GetCallerIdentityResponse><GetCallerIdentityResult>\
                 <Arn>arn:aws:iam::111122223333:user/analyst</Arn><UserId>AIDA</UserId>\
                 <Account>111122223333</Account></GetCallerIdentityResult>\
                 </GetCallerIdentityResponse>",
            )),
    );
    let session = session(&served.url(), &TestClock::at(NOW));
    let identity = wait_for(NEVER, session.identity()).expect("an identity");
    assert_eq!(identity.account, "111122223333");
    assert_eq!(identity.arn, "arn:aws:iam::111122223333:user/analyst");
}
