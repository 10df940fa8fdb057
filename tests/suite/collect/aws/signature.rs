//! Signatures, computed a second time from what arrived.
//!
//! Facts: IAM user guide, "Create a signed AWS API request"; the example of the
//! Signature Version 4 test suite, `get-vanilla`.

use std::fmt::Write;

use misfire::collect::aws::{LogFiles, LookupEvents, Trail};
use sha2::{Digest, Sha256};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Match, Mock, Request, ResponseTemplate};

use super::super::support::{Served, TestClock};
use super::support::{NOW, SECRET, ask, environment, session};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes it");
        text
    })
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// HMAC (RFC 2104) with SHA-256.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::digest([&padded(0x36)[..], message].concat());
    Sha256::digest([&padded(0x5c)[..], &inner[..]].concat()).to_vec()
}

/// A request as far as it is signed.
struct Signed<'a> {
    method: &'a str,
    path: &'a str,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: &'a [u8],
    time: &'a str,
    region: &'a str,
    service: &'a str,
}

fn signature(signed: &Signed<'_>, secret: &str) -> String {
    let mut query = signed.query.clone();
    query.sort();
    let query: Vec<_> = query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut headers = signed.headers.clone();
    headers.sort();
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{}\n", value.trim()))
        .collect();
    let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{lines}\n{}\n{}",
        signed.method,
        signed.path,
        query.join("&"),
        names.join(";"),
        sha256(signed.body)
    );
    let date = &signed.time[..8];
    let scope = format!("{date}/{}/{}/aws4_request", signed.region, signed.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        signed.time,
        sha256(canonical.as_bytes())
    );
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [date, signed.region, signed.service, "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    hex(&hmac(&key, to_sign.as_bytes()))
}

#[test]
fn the_second_computation_gives_the_published_signature() {
    let signed = Signed {
        method: "GET",
        path: "/",
        query: Vec::new(),
        headers: vec![
            ("host".to_owned(), "example.amazonaws.com".to_owned()),
            ("x-amz-date".to_owned(), "20150830T123600Z".to_owned()),
        ],
        body: b"",
        time: "20150830T123600Z",
        region: "us-east-1",
        service: "service",
    };
    assert_eq!(
        signature(&signed, SECRET),
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    );
}

/// Matches requests whose signature is right, for this region and service.
struct SignedRight {
    region: &'static str,
    service: &'static str,
    /// Headers that must be signed besides the usual ones.
    with: &'static [&'static str],
}

impl Match for SignedRight {
    fn matches(&self, request: &Request) -> bool {
        let header = |name: &str| {
            let value = request.headers.get(name)?;
            Some(value.to_str().expect("text").to_owned())
        };
        let Some(authorization) = header("authorization") else {
            return false;
        };
        let part = |name: &str| {
            let (_, rest) = authorization.split_once(name).expect("a part");
            rest.split(',').next().expect("a value").trim().to_owned()
        };
        let names = part("SignedHeaders=");
        let names: Vec<&str> = names.split(';').collect();
        assert!(
            ["host", "x-amz-date"]
                .iter()
                .chain(self.with)
                .all(|name| names.contains(name)),
            "{names:?}"
        );
        let time = header("x-amz-date").expect("a time");
        let scope = format!(
            "{}/{}/{}/aws4_request",
            &time[..8],
            self.region,
            self.service
        );
        assert!(part("Credential=").ends_with(&scope), "{authorization}");
        let signed = Signed {
            method: request.method.as_str(),
            path: request.url.path(),
            query: request
                .url
                .query()
                .unwrap_or_default()
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            headers: names
                .iter()
                .map(|name| ((*name).to_owned(), header(name).expect("a signed header")))
                .collect(),
            body: &request.body,
            time: &time,
            region: self.region,
            service: self.service,
        };
        part("Signature=") == signature(&signed, SECRET)
    }
}

#[test]
fn a_request_in_json_is_signed_right() {
    let served = Served::new();
    served.mount(
        Mock::given(method("POST"))
            .and(SignedRight {
                region: "eu-west-1",
                service: "cloudtrail",
                with: &["content-type", "x-amz-target"],
            })
            .respond_with(ResponseTemplate::new(200).set_body_string("{\"Events\":[]}")),
    );
    let clock = TestClock::at(NOW);
    let mut source = LookupEvents::new(session(&served.url(), &clock), Vec::new());
    let collected = ask(&mut source, &clock).expect("it is signed right");
    assert_eq!(collected.records(), 0);
}

/// A trail whose prefix has characters that are encoded in paths and queries.
#[test]
fn listings_and_objects_are_signed_right_with_a_session_token() {
    let served = Served::new();
    let account = "a b+c//d/AWSLogs/111122223333";
    let region = format!("{account}/CloudTrail/eu-west-1");
    let day = format!("{region}/2026/11/03");
    let name = "111122223333_CloudTrail_eu-west-1_20261103T0805Z_a.json.gz";
    let folder =
        |folder: &str| format!("<CommonPrefixes><Prefix>{folder}/</Prefix></CommonPrefixes>");
    let signed = || SignedRight {
        region: "eu-west-1",
        service: "s3",
        with: &["x-amz-content-sha256", "x-amz-security-token"],
    };
    for (prefix, listed) in [
        ("a b+c//d/AWSLogs/".to_owned(), folder(account)),
        (format!("{account}/CloudTrail/"), folder(&region)),
        (
            format!("{day}/"),
            format!("<Contents><Key>{day}/{name}</Key></Contents>"),
        ),
    ] {
        let listing = format!(
            "<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"
        );
        served.mount(
            Mock::given(method("GET"))
                .and(path("/trail-logs/"))
                .and(query_param("prefix", prefix))
                .and(signed())
                .respond_with(ResponseTemplate::new(200).set_body_string(listing)),
        );
    }
    let record = super::support::record("a", "2026-11-03T08:00:00Z");
    served.mount(
        Mock::given(method("GET"))
            .and(path(
                format!("/trail-logs/{day}/{name}")
                    .replace(' ', "%20")
                    .replace('+', "%2B"),
            ))
            .and(signed())
            .respond_with(
                ResponseTemplate::new(200).set_body_json(serde_json::json!({"Records": [record]})),
            ),
    );
    let clock = TestClock::at(NOW);
    let environment = environment(&[
        ("AWS_ACCESS_KEY_ID", super::support::KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", "a+token/with=signs"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL_S3", &served.url()),
    ]);
    let client = super::super::support::client(&clock);
    let session = misfire::collect::aws::Session::new(environment, None, client).expect("it");
    let mut trail = Trail::new("trail-logs");
    trail.prefix = "a b+c//d".to_owned();
    let collected = ask(&mut LogFiles::new(session, trail), &clock).expect("it is signed right");
    assert_eq!(super::support::ids(&collected), ["a"]);
}

/// A wrong secret makes another signature, so the matcher above can fail.
#[test]
fn another_secret_gives_another_signature() {
    let signed = Signed {
        method: "POST",
        path: "/",
        query: Vec::new(),
        headers: vec![("host".to_owned(), "localhost".to_owned())],
        body: b"{}",
        time: "20261103T080000Z",
        region: "eu-west-1",
        service: "logs",
    };
    assert_ne!(signature(&signed, SECRET), signature(&signed, "another"));
}
