//! Calls that are made to leave a record.

use misfire::collect::aws::{PerformedCanary, Service};
use misfire::collect::closing::{Canary, Request, Stream, canary_of};
use misfire::collect::{Clock, CollectError, wait_for};
use wiremock::{Mock, ResponseTemplate, matchers::any};

use super::super::support::{NEVER, Served, TestClock};
use super::support::{NOW, environment, session};

fn call(service: &str) -> Request {
    let stream = Stream::cloudtrail("eu-west-1", &format!("{service}.amazonaws.com"));
    match canary_of(&stream) {
        Canary::Call(call) => call,
        other => panic!("{service}: {other}"),
    }
}

fn perform(
    served: &Served,
    service: &str,
    region: &str,
    marker: &str,
) -> Result<PerformedCanary, CollectError> {
    let clock = TestClock::at(NOW);
    let session = session(&served.url(), &clock);
    wait_for(
        NEVER,
        session.perform_canary(&call(service), region, marker),
    )
}

#[test]
fn each_is_signed_and_marked_and_sent_as_its_service_wants_it() {
    for (service, region, method, path, body, target) in [
        (
            "sts",
            "eu-west-1",
            "POST",
            "/",
            "Action=GetCallerIdentity&Version=2011-06-15",
            None,
        ),
        (
            "iam",
            "us-east-1",
            "POST",
            "/",
            "Action=GetAccountSummary&Version=2010-05-08",
            None,
        ),
        (
            "ssm",
            "eu-west-1",
            "POST",
            "/",
            "{}",
            Some("AmazonSSM.DescribeInstanceInformation"),
        ),
        (
            "lambda",
            "eu-west-1",
            "GET",
            "/2015-03-31/functions/",
            "",
            None,
        ),
        ("s3", "eu-west-1", "GET", "/", "", None),
    ] {
        let served = Served::new();
        served.mount(Mock::given(any()).respond_with(ResponseTemplate::new(200)));
        let canary = perform(&served, service, region, "canary-7").expect("a canary");
        assert_eq!(canary.region, region);
        assert_eq!(canary.performed, TestClock::at(NOW).now());
        let requests = served.requests();
        let [request] = requests.as_slice() else {
            panic!("{service}: {} requests", requests.len());
        };
        assert_eq!(request.method.as_str(), method, "{service}");
        assert_eq!(request.url.path(), path, "{service}");
        assert_eq!(String::from_utf8_lossy(&request.body), body, "{service}");
        let header = |name: &str| {
            let value = request.headers.get(name)?;
            Some(value.to_str().expect("text").to_owned())
        };
        assert_eq!(header("x-amz-target").as_deref(), target, "{service}");
        let scope = format!("/{region}/{service}/aws4_request");
        let signed = header("authorization").expect("a signature");
        assert!(signed.contains(&scope), "{signed}");
        let agent = header("user-agent").expect("a user agent");
        assert!(
            agent.starts_with("misfire/") && agent.ends_with(" canary-7"),
            "{agent}"
        );
    }
}

#[test]
fn a_denied_call_is_a_canary_and_one_that_did_not_arrive_is_none() {
    let denied = "{\"__type\": \"AccessDeniedException\", \"message\": \"no\"}";
    for (status, body, is_one) in [(400, denied, true), (503, "", false), (404, "", false)] {
        let served = Served::new();
        let answer = ResponseTemplate::new(status).set_body_raw(body, "application/x-amz-json-1.1");
        served.mount(Mock::given(any()).respond_with(answer));
        let canary = perform(&served, "ssm", "eu-west-1", "canary-7");
        assert_eq!(canary.is_ok(), is_one, "{status}: {canary:?}");
    }
}

#[test]
fn what_would_leave_no_record_there_is_refused() {
    let served = Served::new();
    served.mount(Mock::given(any()).respond_with(ResponseTemplate::new(200)));
    for (service, region, marker) in [
        ("iam", "eu-west-1", "canary-7"),
        ("sts", "eu-west-1", ""),
        ("sts", "eu-west-1", "a\r\nx: y"),
        ("sts", "evil.example/", "canary-7"),
    ] {
        let result = perform(&served, service, region, marker);
        assert!(result.is_err(), "{service} {region} {marker:?}");
    }
    assert!(served.requests().is_empty());
}

#[test]
fn other_services_are_where_their_names_say() {
    let clock = TestClock::at(NOW);
    let client = super::super::support::client(&clock);
    let empty = environment(&[]);
    let session = misfire::collect::aws::Session::new(empty, None, client).expect("a session");
    for (service, region, url) in [
        ("ssm", "eu-west-1", "https://ssm.eu-west-1.amazonaws.com"),
        (
            "ssm",
            "cn-north-1",
            "https://ssm.cn-north-1.amazonaws.com.cn",
        ),
        ("iam", "us-east-1", "https://iam.amazonaws.com"),
    ] {
        assert_eq!(session.endpoint(Service::Named(service), region), url);
    }
}
