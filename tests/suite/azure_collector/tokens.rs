//! Where tokens come from.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use misfire::collect::azure::{AzureCollector, Identity, Tokens};
use misfire::collect::http::{Client, Limits, Retry};
use misfire::collect::process::{Command, Finished, RunError, Runner};
use misfire::collect::{Clock, CollectError, Interrupt, Secret, wait_for};
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockBuilder};

use super::support::{
    Dated, FastClock, NOW, NoAz, SignedIn, always, cloud, collect, collector, fail, json, listing,
    page,
};
use crate::collect::support::{NEVER, Served, TestClock};

const TOKEN: &str =
    "{\"token_type\": \"Bearer\", \"expires_in\": 3599, \"access_token\": \"granted-1\"}";

fn identity() -> Identity {
    Identity {
        tenant: Some("contoso.onmicrosoft.com".to_owned()),
        client: Some("app id".to_owned()),
        ..Identity::default()
    }
}

fn entra() -> MockBuilder {
    Mock::given(method("POST")).and(path("/login/contoso.onmicrosoft.com/oauth2/v2.0/token"))
}

fn imds() -> MockBuilder {
    Mock::given(method("GET")).and(path("/imds/metadata/identity/oauth2/token"))
}

/// A server whose log is empty for whoever shows the token that is granted.
fn served(clock: &FastClock) -> Served {
    let served = Served::new();
    served.mount(
        listing()
            .and(header("authorization", "Bearer granted-1"))
            .respond_with(always(clock, page(&[], None))),
    );
    served
}

fn as_whom(served: &Served, clock: &FastClock, identity: Identity) -> AzureCollector {
    AzureCollector {
        identity,
        runner: Arc::new(NoAz),
        cloud: cloud(&served.url()),
        ..collector(&served.url(), clock.clone())
    }
}

fn signed_in_with(collector: &AzureCollector) -> String {
    let collected = collect(collector).expect("a collection");
    let told = collected
        .notes
        .iter()
        .find_map(|note| note.strip_prefix("signed in with "));
    told.expect("a note of who asked").to_owned()
}

#[test]
fn a_client_secret_is_shown_to_entra_only() {
    let clock = FastClock::at(NOW);
    let served = served(&clock);
    served.mount(
        entra()
            .and(header("content-type", "application/x-www-form-urlencoded"))
            .respond_with(always(&clock, TOKEN)),
    );
    let identity = Identity {
        secret: Some(Secret::new("pa$$word &=+")),
        ..identity()
    };
    assert!(!format!("{identity:?}").contains("pa$$word"));
    let collector = as_whom(&served, &clock, identity);
    assert_eq!(signed_in_with(&collector), "a client secret");
    let requests = served.requests();
    let scope = served.url().replace(':', "%3A").replace('/', "%2F");
    assert_eq!(
        String::from_utf8_lossy(&requests[0].body),
        format!(
            "grant_type=client_credentials&client_id=app%20id&scope={scope}%2F.default&\
             client_secret=pa%24%24word%20%26%3D%2B"
        )
    );
    assert!(requests[1].body.is_empty());
}

#[test]
fn a_wrong_secret_is_told_and_not_repeated() {
    let clock = FastClock::at(NOW);
    let served = served(&clock);
    let body = "{\"error\": \"invalid_client\", \"error_description\": \"AADSTS7000215: Invalid \
                client secret pa$$word provided.\\r\\nTrace ID: 1\", \"error_codes\": [7000215]}";
    served.mount(entra().respond_with(Dated::new(clock.clone(), vec![json(401, body)])));
    let identity = Identity {
        secret: Some(Secret::new("pa$$word")),
        ..identity()
    };
    let error = fail(&as_whom(&served, &clock, identity));
    assert_eq!(
        error.to_string(),
        "Microsoft Entra denied the request: invalid_client: AADSTS7000215: Invalid client secret \
         … provided"
    );
    assert_eq!(served.requests().len(), 1, "no other source is tried");
}

#[test]
fn a_tenant_that_would_change_the_address_is_none() {
    let clock = FastClock::at(NOW);
    let served = served(&clock);
    for tenant in ["../x", "a/b", "a?b", "a@b", "a#b"] {
        let identity = Identity {
            tenant: Some(tenant.to_owned()),
            secret: Some(Secret::new("pa$$word")),
            ..identity()
        };
        let error = fail(&as_whom(&served, &clock, identity));
        assert!(
            matches!(error, CollectError::Misconfigured { .. }),
            "{error}"
        );
    }
    assert!(served.requests().is_empty());
}

#[test]
fn a_federated_token_is_read_from_its_file() {
    let clock = FastClock::at(NOW);
    let served = served(&clock);
    served.mount(
        entra()
            .and(body_string_contains("client_assertion=federated-assertion"))
            .and(body_string_contains(
                "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
            ))
            .respond_with(always(&clock, TOKEN)),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let identity = Identity {
        federated_token_file: Some(file.clone()),
        ..identity()
    };
    let collector = as_whom(&served, &clock, identity);
    let error = fail(&collector);
    assert!(
        error
            .to_string()
            .contains("AZURE_FEDERATED_TOKEN_FILE cannot be read"),
        "{error}"
    );
    fs::write(&file, "federated-assertion\n").expect("a file");
    assert_eq!(signed_in_with(&collector), "a federated token");
    fs::write(&file, "x".repeat(70_000)).expect("a file");
    let error = fail(&collector);
    assert!(error.to_string().contains("has 70000 bytes"), "{error}");
}

#[test]
fn app_service_is_asked_at_its_endpoint() {
    let clock = FastClock::at(NOW);
    let served = served(&clock);
    let token = TOKEN.replace("\"expires_in\": 3599", "\"expires_on\": \"1772373600\"");
    served.mount(
        Mock::given(method("GET"))
            .and(path("/msi/token"))
            .and(query_param("api-version", "2019-08-01"))
            .and(query_param("resource", served.url()))
            .and(query_param("client_id", "app id"))
            .and(header("X-IDENTITY-HEADER", "pa$$word"))
            .respond_with(always(&clock, token)),
    );
    let identity = Identity {
        endpoint: Some(format!("{}/msi/token", served.url())),
        endpoint_header: Some(Secret::new("pa$$word")),
        client: Some("app id".to_owned()),
        ..Identity::default()
    };
    let collector = as_whom(&served, &clock, identity.clone());
    assert_eq!(
        signed_in_with(&collector),
        "the managed identity of App Service"
    );

    let served = Served::new();
    let refused = Dated::new(
        clock.clone(),
        vec![json(400, "{\"message\": \"No pa$$word here.\"}")],
    );
    served.mount(Mock::given(path("/msi/token")).respond_with(refused));
    let identity = Identity {
        endpoint: Some(format!("{}/msi/token", served.url())),
        ..identity
    };
    let error = fail(&as_whom(&served, &clock, identity));
    assert!(error.to_string().ends_with("No … here"), "{error}");
}

#[test]
fn the_machine_is_asked_with_its_header() {
    let clock = FastClock::at(NOW);
    let served = served(&clock);
    served.mount(
        imds()
            .and(header("Metadata", "true"))
            .and(query_param("api-version", "2018-02-01"))
            .and(query_param("resource", served.url()))
            .respond_with(Dated::new(
                clock.clone(),
                // A 404 of JSON and a 410 pass while the service is updated.
                vec![
                    json(404, "{}"),
                    json(410, "{}"),
                    json(429, "{}"),
                    json(200, TOKEN),
                ],
            )),
    );
    // An endpoint without a header is another service's.
    let identity = Identity {
        endpoint: Some("http://127.0.0.1:9/arc".to_owned()),
        ..Identity::default()
    };
    let collector = AzureCollector {
        retry: Retry {
            attempts: 5,
            ..collector("", clock.clone()).retry
        },
        ..as_whom(&served, &clock, identity)
    };
    assert_eq!(
        signed_in_with(&collector),
        "the managed identity of the machine"
    );
}

#[test]
fn a_machine_without_an_identity_is_not_the_end() {
    let no_identity =
        "{\"error\": \"invalid_request\", \"error_description\": \"Identity not found\"}";
    for (answer, why) in [
        (
            json(400, no_identity),
            "invalid_request: Identity not found",
        ),
        // The metadata service of another cloud.
        (
            wiremock::ResponseTemplate::new(404).set_body_string("Not Found"),
            "status 404",
        ),
    ] {
        let clock = FastClock::at(NOW);
        let served = served(&clock);
        served.mount(imds().respond_with(Dated::new(clock.clone(), vec![answer])));
        let error = fail(&as_whom(&served, &clock, Identity::default()));
        let CollectError::NoCredentials { tried, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(tried.len(), 5);
        assert!(tried[3].contains(why), "{tried:?}");
        assert_eq!(tried[4], "the Azure command line (not installed)");
    }
}

/// An Azure command line that prints this.
struct Prints(i32, &'static str, &'static str);

impl Runner for Prints {
    fn run(&self, _: &Command, _: Duration, _: Interrupt<'_>) -> Result<Finished, RunError> {
        Ok(Finished {
            code: Some(self.0),
            stdout: self.1.as_bytes().to_vec(),
            stderr: self.2.as_bytes().to_vec(),
        })
    }
}

#[test]
fn the_command_line_is_asked_for_a_token_of_resource_manager() {
    let clock = FastClock::at(NOW);
    let served = Served::new();
    served.mount(listing().respond_with(always(&clock, page(&[], None))));
    let signed_in = Arc::new(SignedIn::default());
    let mut collector = collector(&served.url(), clock);
    collector.runner = signed_in.clone();
    assert_eq!(signed_in_with(&collector), "the Azure command line");
    assert_eq!(
        *signed_in.commands.lock().expect("commands"),
        [[
            "account",
            "get-access-token",
            "--output",
            "json",
            "--resource",
            &served.url()
        ]]
    );
}

#[test]
fn what_the_command_line_says_otherwise() {
    let clock = FastClock::at(NOW);
    let told = |prints: Prints| {
        let served = Served::new();
        let mut collector = as_whom(&served, &clock, Identity::default());
        collector.runner = Arc::new(prints);
        let error = fail(&collector);
        // The metadata service alone was asked.
        assert!(
            served
                .requests()
                .iter()
                .all(|request| request.url.path().starts_with("/imds"))
        );
        error
    };
    let error = told(Prints(
        1,
        "",
        "ERROR: Please run 'az login' to setup account.\n",
    ));
    assert!(
        error
            .to_string()
            .contains("command line (nobody is signed in)"),
        "{error}"
    );
    let error = told(Prints(
        1,
        "",
        "ERROR: AADSTS700082: The refresh token has expired.\nPlease run: az login --tenant x\n",
    ));
    assert!(matches!(error, CollectError::Expired { .. }), "{error}");
    let error = told(Prints(2, "", "ERROR: 'account' is misspelled.\n"));
    assert!(
        error.to_string().contains("ERROR: 'account' is misspelled"),
        "{error}"
    );
    for printed in [
        "",
        "az-token-x",
        "{\"accessToken\": 5}",
        "{\"accessToken\": \"\"}",
        "{\"accessToken\": \"az-token-\\r\\nx: y\"}",
        "{\"accessToken\": \"az-token-1\", \"expires_on\": 999999999999999}",
    ] {
        let error = told(Prints(0, printed, ""));
        assert!(
            matches!(error, CollectError::Malformed { .. }),
            "{printed}: {error}"
        );
    }
}

#[test]
fn answers_that_hold_no_token_are_told() {
    let clock = FastClock::at(NOW);
    for body in [
        "",
        "[]",
        "{}",
        "{\"access_token\": \"\"}",
        "{\"access_token\": \"a\\nb\"}",
    ] {
        let served = Served::new();
        served.mount(entra().respond_with(always(&clock, body)));
        let identity = Identity {
            secret: Some(Secret::new("pa$$word")),
            ..identity()
        };
        let error = fail(&as_whom(&served, &clock, identity));
        assert!(
            matches!(error, CollectError::Malformed { .. }),
            "{body}: {error}"
        );
    }
}

/// An Azure command line that hands out tokens that last an hour.
struct Hourly {
    clock: TestClock,
    count: Mutex<i64>,
}

impl Runner for Hourly {
    fn run(&self, _: &Command, _: Duration, _: Interrupt<'_>) -> Result<Finished, RunError> {
        let mut count = self.count.lock().expect("a count");
        *count += 1;
        let until = self.clock.now() + SignedDuration::from_hours(1);
        let printed = format!(
            "{{\"accessToken\": \"az-token-{count}\", \"expires_on\": {}}}",
            until.as_second()
        );
        Ok(Finished {
            code: Some(0),
            stdout: printed.into_bytes(),
            stderr: Vec::new(),
        })
    }
}

#[test]
fn a_token_is_used_until_shortly_before_its_end() {
    let clock = TestClock::at(NOW);
    let az = Arc::new(Hourly {
        clock: clock.clone(),
        count: Mutex::new(0),
    });
    let nowhere = cloud("http://127.0.0.1:9");
    let mut tokens = Tokens::new(nowhere, Identity::default(), az);
    let mut next = |audience: &str| {
        let client = Client::new(Arc::new(clock.clone()), Limits::default(), Retry::default());
        let token = wait_for(NEVER, tokens.get(&client, audience, "a service"));
        token.expect("a token").secret.reveal().to_owned()
    };
    assert_eq!(next("a"), "az-token-1");
    assert_eq!(next("a"), "az-token-1");
    assert_eq!(next("b"), "az-token-2", "another service, another token");
    drop(clock.sleep(Duration::from_secs(57 * 60)));
    assert_eq!(next("a"), "az-token-1");
    drop(clock.sleep(Duration::from_secs(90)));
    assert_eq!(next("a"), "az-token-3");
}

#[test]
fn the_environment_is_read_as_azures_own_libraries_read_it() {
    let identity = Identity::of(|name| match name {
        "AZURE_TENANT_ID" => Some(" tenant ".to_owned()),
        "AZURE_CLIENT_ID" => Some("client".to_owned()),
        "AZURE_CLIENT_SECRET" => Some("pa$$word".to_owned()),
        "AZURE_FEDERATED_TOKEN_FILE" => Some("/run/token".to_owned()),
        "IDENTITY_ENDPOINT" => Some(String::new()),
        "IDENTITY_HEADER" => Some("pa$$word".to_owned()),
        _ => None,
    });
    assert_eq!(identity.tenant.as_deref(), Some("tenant"));
    assert_eq!(identity.secret, Some(Secret::new("pa$$word")));
    assert_eq!(identity.federated_token_file, Some("/run/token".into()));
    assert_eq!(identity.endpoint, None);
    assert!(!format!("{identity:?}").contains("pa$$word"));
    assert_eq!(Identity::of(|_| None), Identity::default());
}
