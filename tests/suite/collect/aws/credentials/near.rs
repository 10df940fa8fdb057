//! The agent of a container and the metadata service of a machine.

use misfire::collect::CollectError;
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::super::super::support::{Bare, BareServer, Served, at};
use super::{Home, told};

fn machine(served: &Served) {
    served.mount(
        Mock::given(method("PUT"))
            .and(path("/latest/api/token"))
            .and(header("X-aws-ec2-metadata-token-ttl-seconds", "300"))
            .respond_with(ResponseTemplate::new(200).set_body_string("hidden-session")),
    );
}

fn machine_page(served: &Served, name: &str, answer: ResponseTemplate) {
    served.mount(
        Mock::given(method("GET"))
            .and(path(format!(
                "/latest/meta-data/iam/security-credentials/{name}"
            )))
            .and(header("X-aws-ec2-metadata-token", "hidden-session"))
            .respond_with(answer),
    );
}

fn keys(expiration: &str) -> serde_json::Value {
    json!({
        "Code": "Success",
        "Type": "AWS-HMAC",
        "AccessKeyId": "ASIAMACHINE",
        "SecretAccessKey": "hidden-secret",
        "Token": "hidden-token",
        "Expiration": expiration,
    })
}

#[test]
fn a_machine_gives_the_credentials_of_its_role() {
    let served = Served::new();
    machine(&served);
    machine_page(
        &served,
        "",
        ResponseTemplate::new(200).set_body_string("purple-team\n"),
    );
    let body = ResponseTemplate::new(200).set_body_json(keys("2026-11-03T14:00:00Z"));
    machine_page(&served, "purple-team", body);
    let home = Home::new("", "");
    let url = served.url();
    let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
    let found = home.find(&variables, None).expect("credentials");
    assert_eq!(found.from, "the role purple-team of this machine");
    assert_eq!(found.expires, Some(at("2026-11-03T14:00:00Z")));
    // Version 1, without a session, is never asked.
    assert_eq!(served.requests()[0].method.as_str(), "PUT");
}

#[test]
fn a_machine_without_a_role_has_no_credentials() {
    for answer in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(200).set_body_string("\n"),
    ] {
        let served = Served::new();
        machine(&served);
        machine_page(&served, "", answer);
        let home = Home::new("", "");
        let url = served.url();
        let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
        let told = told(home.find(&variables, None));
        assert!(told.ends_with("the instance metadata"), "{told}");
    }
}

/// On most machines nothing answers at that address.
#[test]
fn a_metadata_service_that_does_not_answer_is_given_up() {
    let server = BareServer::new(vec![Bare::Hangs]);
    let home = Home::new("", "");
    let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url.as_str())];
    let error = home.find(&variables, None);
    assert!(matches!(error, Err(CollectError::NoCredentials { .. })));
    assert_eq!(server.connections_up_to(1), 1);
}

#[test]
fn what_is_no_metadata_service_is_not_believed() {
    let home = Home::new("", "");
    // Something else answers there.
    let served = Served::new();
    let url = served.url();
    let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
    let error = home.find(&variables, None);
    assert!(matches!(error, Err(CollectError::NoCredentials { .. })));

    let served = Served::new();
    machine(&served);
    machine_page(
        &served,
        "",
        ResponseTemplate::new(200).set_body_string("../../hidden"),
    );
    let url = served.url();
    let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
    assert_eq!(
        told(home.find(&variables, None)),
        "the answer of the instance metadata service cannot be read: \
         it names a role that can be none"
    );

    for body in [
        json!({"Code": "Failed", "Message": "hidden"}),
        json!({"AccessKeyId": "A", "SecretAccessKey": "hidden", "Expiration": "soon"}),
        json!([]),
    ] {
        let served = Served::new();
        machine(&served);
        machine_page(&served, "", ResponseTemplate::new(200).set_body_string("r"));
        machine_page(
            &served,
            "r",
            ResponseTemplate::new(200).set_body_json(&body),
        );
        let url = served.url();
        let variables = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())];
        let told = told(home.find(&variables, None));
        let start = "the answer of the instance metadata service cannot be read: ";
        assert!(told.starts_with(start), "{told}");
    }
}

#[test]
fn a_container_is_asked_with_its_token() {
    let served = Served::new();
    served.mount(
        Mock::given(method("GET"))
            .and(path("/creds"))
            .and(header("Authorization", "hidden-pod"))
            .respond_with(ResponseTemplate::new(200).set_body_json(keys("2026-11-03T14:00:00Z"))),
    );
    let home = Home::new("", "");
    home.write("token", "hidden-pod\n");
    let file = home.path().join("token");
    let url = format!("{}/creds", served.url());
    for token in [
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hidden-pod"),
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            file.to_str().expect("text"),
        ),
    ] {
        let variables = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()), token];
        assert_eq!(home.from(&variables, None), "the container's agent");
    }
}

#[test]
fn a_container_is_not_asked_far_away_without_encryption() {
    let home = Home::new("", "");
    for url in [
        "http://example.com/creds",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://127.0.0.1:80@example.com/",
        "ftp://127.0.0.1/",
    ] {
        assert_eq!(
            told(home.find(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)], None)),
            "AWS is configured wrongly: \
             AWS_CONTAINER_CREDENTIALS_FULL_URI is neither encrypted nor near"
        );
    }
    assert_eq!(
        told(home.find(
            &[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@example.com/")],
            None
        )),
        "AWS is configured wrongly: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path"
    );
}
