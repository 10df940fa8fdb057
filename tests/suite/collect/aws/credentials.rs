//! Where credentials are found, and that they are never shown.

use std::path::Path;

use misfire::collect::aws::{Credentials, Environment, Session};
use misfire::collect::{CollectError, wait_for};
use serde_json::json;
use sha1::{Digest, Sha1};
use tempfile::TempDir;
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use super::super::support::{NEVER, Served, TestClock, at, client};
use super::support::NOW;

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"),
    ("AWS_SECRET_ACCESS_KEY", "hidden-environment"),
];

struct Home(TempDir);

impl Home {
    fn new(config: &str, credentials: &str) -> Self {
        let home = Self(TempDir::new().expect("a folder"));
        home.write(".aws/config", config);
        home.write(".aws/credentials", credentials);
        home
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The credentials that are found with these variables, by whoever asks at `NOW`.
    fn find(
        &self,
        variables: &[(&str, &str)],
        profile: Option<&str>,
    ) -> Result<Credentials, CollectError> {
        let disabled = [("AWS_EC2_METADATA_DISABLED", "true")];
        let has_machine = variables
            .iter()
            .any(|(name, _)| *name == "AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let more = if has_machine { &[][..] } else { &disabled };
        let owned = variables
            .iter()
            .chain(more)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = Environment::new(Some(self.path().to_owned()), owned);
        let session = Session::new(environment, profile, client(&TestClock::at(NOW)))?;
        wait_for(NEVER, session.credentials("a test"))
    }

    fn from(&self, variables: &[(&str, &str)], profile: Option<&str>) -> String {
        let found = self.find(variables, profile).expect("credentials");
        let shown = format!("{found:?}");
        assert!(
            !shown.contains("hidden") && !shown.contains("AKIA"),
            "{shown}"
        );
        found.from
    }
}

fn told(result: Result<Credentials, CollectError>) -> String {
    let error = result.expect_err("no credentials");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("hidden"), "{told}");
    error.to_string()
}

const CREDENTIALS: &str = "\
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = hidden-default

[lab]
aws_access_key_id=AKIALAB
aws_secret_access_key=hidden-lab
aws_session_token=hidden-token
";

#[test]
fn the_environment_comes_first_unless_a_profile_is_asked_for() {
    let home = Home::new("", CREDENTIALS);
    assert_eq!(home.from(&KEYS, None), "the environment");
    assert_eq!(home.from(&[], None), "the profile default");
    assert_eq!(home.from(&KEYS, Some("lab")), "the profile lab");
    assert_eq!(
        home.from(&[("AWS_PROFILE", "lab")], None),
        "the profile lab"
    );
    // As the command line does it.
    let both = [KEYS[0], KEYS[1], ("AWS_PROFILE", "lab")];
    assert_eq!(home.from(&both, None), "the environment");
}

#[test]
fn keys_may_stand_in_the_config_file() {
    let config = "[profile a]\naws_access_key_id = AKIAA\naws_secret_access_key = hidden\n";
    let home = Home::new(config, "");
    assert_eq!(home.from(&[], Some("a")), "the profile a");
}

#[test]
fn half_a_key_is_told() {
    let home = Home::new("", "[default]\naws_access_key_id = AKIADEFAULT\n");
    assert_eq!(
        told(home.find(&[], None)),
        "AWS is configured wrongly: the profile default has one half of an access key only"
    );
    assert_eq!(
        told(home.find(&KEYS[1..], None)),
        "AWS is configured wrongly: the environment has one half of an access key only"
    );
}

#[test]
fn nothing_found_tells_where_it_was_looked() {
    let home = Home::new("[profile empty]\nregion = eu-west-1\n", "");
    assert_eq!(
        told(home.find(&[], None)),
        "no credentials were found for a test; looked in the environment, the profile default, \
         the container, the instance metadata"
    );
    assert_eq!(
        told(home.find(&KEYS, Some("empty"))),
        "no credentials were found for a test; looked in the profile empty"
    );
}

#[test]
fn exported_credentials_that_have_expired_are_told() {
    let home = Home::new("", "");
    let expiring = |time| [KEYS[0], KEYS[1], ("AWS_CREDENTIAL_EXPIRATION", time)];
    assert_eq!(
        told(home.find(&expiring("2026-11-03T08:00:00Z"), None)),
        "the credentials for a test (the environment) have expired"
    );
    // So are those that would expire on the way.
    let error = home.find(&expiring("2026-11-03T08:20:30+00:00"), None);
    assert!(matches!(error, Err(CollectError::Expired { .. })));
    let found = home
        .find(&expiring("2026-11-03T09:00:00Z"), None)
        .expect("it");
    assert_eq!(found.expires, Some(at("2026-11-03T09:00:00Z")));
}

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

const SSO: &str = "\
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1

[profile new]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Purple Team

[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = Purple Team
";

fn signed_in(home: &Home, named_for: &str, expires: &str) {
    let digest = Sha1::digest(named_for.as_bytes());
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let token = json!({"accessToken": "hidden-sso", "expiresAt": expires, "region": "x"});
    home.write(&format!(".aws/sso/cache/{name}.json"), &token.to_string());
}

fn portal(answer: ResponseTemplate) -> Served {
    let served = Served::new();
    served.mount(
        Mock::given(method("GET"))
            .and(path("/federation/credentials"))
            .and(query_param("role_name", "Purple Team"))
            .and(query_param("account_id", "111122223333"))
            .and(header("x-amz-sso_bearer_token", "hidden-sso"))
            .respond_with(answer),
    );
    served
}

#[test]
fn a_login_of_identity_center_gives_the_credentials_of_a_role() {
    let home = Home::new(SSO, "");
    signed_in(&home, "corp", "2026-11-03T12:00:00Z");
    signed_in(
        &home,
        "https://old.awsapps.com/start",
        "2026-11-03T12:00:00UTC",
    );
    let served = portal(
        ResponseTemplate::new(200).set_body_json(json!({"roleCredentials": {
            "accessKeyId": "ASIASSO",
            "secretAccessKey": "hidden-secret",
            "sessionToken": "hidden-token",
            "expiration": 1_793_700_000_000_i64,
        }})),
    );
    let url = served.url();
    let variables = [("AWS_ENDPOINT_URL_SSO", url.as_str())];
    for profile in ["new", "old"] {
        let found = home.find(&variables, Some(profile)).expect("credentials");
        assert_eq!(
            found.from,
            format!("the profile {profile}, through IAM Identity Center")
        );
        assert_eq!(found.expires, Some(at("2026-11-03T10:00:00Z")));
    }
}

#[test]
fn a_login_that_has_ended_or_never_was_is_told() {
    let home = Home::new(SSO, "");
    assert_eq!(
        told(home.find(&[], Some("new"))),
        "no credentials were found for IAM Identity Center; looked in the profile new, \
         through IAM Identity Center, where nobody has signed in"
    );
    signed_in(&home, "corp", "2026-11-03T08:00:00Z");
    let expired = "the credentials for IAM Identity Center (the profile new, through IAM Identity Center) \
         have expired";
    assert_eq!(told(home.find(&[], Some("new"))), expired);

    signed_in(&home, "corp", "2026-11-03T12:00:00Z");
    let refused = ResponseTemplate::new(401)
        .insert_header("x-amzn-ErrorType", "UnauthorizedException:http://x/")
        .set_body_json(json!({"message": "Session token not found or invalid"}));
    let served = portal(refused);
    let url = served.url();
    let variables = [("AWS_ENDPOINT_URL_SSO", url.as_str())];
    assert_eq!(told(home.find(&variables, Some("new"))), expired);

    let served = portal(ResponseTemplate::new(200).set_body_string("{\"hidden\":"));
    let url = served.url();
    let variables = [("AWS_ENDPOINT_URL_SSO", url.as_str())];
    assert_eq!(
        told(home.find(&variables, Some("new"))),
        "the answer of IAM Identity Center cannot be read: it holds no credentials of a role"
    );
}

#[test]
fn a_broken_login_file_or_profile_is_told() {
    let home = Home::new(&SSO.replace("sso_role_name = Purple Team", ""), "");
    assert_eq!(
        told(home.find(&[], Some("new"))),
        "AWS is configured wrongly: the profile `new` has no `sso_role_name`"
    );
    let home = Home::new(
        &SSO.replace("[sso-session corp]", "[sso-session other]"),
        "",
    );
    assert_eq!(
        told(home.find(&[], Some("new"))),
        "AWS is configured wrongly: there is no section `sso-session corp`"
    );
    let home = Home::new(SSO, "");
    signed_in(&home, "corp", "soon");
    let told = told(home.find(&[], Some("new")));
    assert!(
        told.ends_with("holds no token of `aws sso login`"),
        "{told}"
    );
}

fn assumed() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleResult><AssumedRoleUser><Arn>arn:a</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>hidden&#43;&amp;</SecretAccessKey>\
         <SessionToken>hidden-token</SessionToken><Expiration>2026-11-03T09:20:00Z</Expiration>\
         </Credentials></AssumeRoleResult></AssumeRoleResponse>",
    )
}

fn roles(action: &str, answer: ResponseTemplate) -> Served {
    let served = Served::new();
    served.mount(
        Mock::given(method("POST"))
            .and(path("/"))
            .and(body_string_contains(format!("Action={action}&")))
            .and(body_string_contains(
                "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fpurple",
            ))
            .respond_with(answer),
    );
    served
}

const ROLES: &str = "\
[profile role]
role_arn = arn:aws:iam::111122223333:role/purple
source_profile = lab
external_id = an id
region = eu-west-1

[profile itself]
role_arn = arn:aws:iam::111122223333:role/purple
source_profile = itself
aws_access_key_id = AKIAITSELF
aws_secret_access_key = hidden-itself

[profile environment]
role_arn = arn:aws:iam::111122223333:role/purple
credential_source = Environment

[profile circle]
role_arn = arn:aws:iam::111122223333:role/purple
source_profile = round

[profile round]
role_arn = arn:aws:iam::111122223333:role/purple
source_profile = circle

[profile factor]
role_arn = arn:aws:iam::111122223333:role/purple
source_profile = lab
mfa_serial = arn:aws:iam::111122223333:mfa/me

[profile sourceless]
role_arn = arn:aws:iam::111122223333:role/purple

[profile dangling]
role_arn = arn:aws:iam::111122223333:role/purple
source_profile = gone
";

#[test]
fn a_role_is_assumed_with_the_credentials_of_its_source() {
    let home = Home::new(ROLES, CREDENTIALS);
    let served = roles("AssumeRole", assumed());
    let url = served.url();
    let with_keys = [KEYS[0], KEYS[1], ("AWS_ENDPOINT_URL_STS", url.as_str())];
    let role = "the role arn:aws:iam::111122223333:role/purple, by";
    for (profile, by, key, region) in [
        ("role", "the profile lab", "AKIALAB", "eu-west-1"),
        ("itself", "the profile itself", "AKIAITSELF", "us-east-1"),
        (
            "environment",
            "the environment",
            "AKIAENVIRONMENT",
            "us-east-1",
        ),
    ] {
        let found = home.find(&with_keys, Some(profile)).expect("credentials");
        assert_eq!(found.from, format!("{role} {by}"));
        assert_eq!(found.expires, Some(at("2026-11-03T09:20:00Z")));
        let requests = served.requests();
        let last = requests.last().expect("a request");
        let signed = last.headers["authorization"].to_str().expect("text");
        let wanted = format!("Credential={key}/20261103/{region}/sts/aws4_request");
        assert!(signed.contains(&wanted), "{signed}");
        let body = String::from_utf8(last.body.clone()).expect("text");
        assert_eq!(body.contains("&ExternalId=an%20id"), profile == "role");
        assert!(body.contains("&RoleSessionName=misfire"));
    }
}

#[test]
fn a_role_that_cannot_be_assumed_is_told() {
    let home = Home::new(ROLES, CREDENTIALS);
    for (profile, wanted) in [
        (
            "factor",
            "AWS is configured wrongly: the profile `factor` asks for a second factor, which \
             cannot be asked for here; export credentials of the role into the environment",
        ),
        (
            "sourceless",
            "AWS is configured wrongly: the profile `sourceless` needs one source of credentials \
             for its role",
        ),
        (
            "dangling",
            "AWS is configured wrongly: there is no profile `gone`",
        ),
        (
            "circle",
            "AWS is configured wrongly: the source profiles of `circle` lead in a circle",
        ),
        (
            "environment",
            "no credentials were found for the Security Token Service; looked in the source of \
             the profile environment",
        ),
    ] {
        assert_eq!(told(home.find(&[], Some(profile))), wanted);
    }
    for (status, code, wanted) in [
        (
            403,
            "AccessDenied",
            "the Security Token Service denied the request: AccessDenied: words",
        ),
        (
            403,
            "ExpiredToken",
            "the credentials for the Security Token Service (the profile lab) have expired",
        ),
        (
            400,
            "ValidationError",
            "the Security Token Service refused the request: ValidationError: words",
        ),
    ] {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>words</Message></Error></ErrorResponse>"
        );
        let served = roles(
            "AssumeRole",
            ResponseTemplate::new(status).set_body_string(body),
        );
        let url = served.url();
        let variables = [("AWS_ENDPOINT_URL_STS", url.as_str())];
        assert_eq!(told(home.find(&variables, Some("role"))), wanted);
    }
    let served = roles(
        "AssumeRole",
        ResponseTemplate::new(200).set_body_string("<a>hidden"),
    );
    let url = served.url();
    let variables = [("AWS_ENDPOINT_URL_STS", url.as_str())];
    assert_eq!(
        told(home.find(&variables, Some("role"))),
        "the answer of the Security Token Service cannot be read: it holds no credentials of a role"
    );
}

#[test]
fn a_web_identity_is_changed_for_a_role() {
    let home = Home::new("", "");
    home.write("token", "hidden.jwt\n");
    let file = home.path().join("token");
    let served = Served::new();
    served.mount(
        Mock::given(method("POST"))
            .and(body_string_contains("Action=AssumeRoleWithWebIdentity&"))
            .and(body_string_contains("&WebIdentityToken=hidden%2Ejwt"))
            .and(body_string_contains("&RoleSessionName=build"))
            .respond_with(assumed()),
    );
    let url = served.url();
    let variables = [
        ("AWS_ENDPOINT_URL_STS", url.as_str()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().expect("text")),
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/purple"),
        ("AWS_ROLE_SESSION_NAME", "build"),
    ];
    assert_eq!(
        home.from(&variables, None),
        "the role arn:aws:iam::111122223333:role/purple, by a web identity"
    );
    assert!(!served.requests()[0].headers.contains_key("authorization"));
}

#[cfg(unix)]
mod processes {
    use super::{Home, told};

    fn home(command: &str) -> Home {
        let command = format!("[profile p]\ncredential_process = {command}\n");
        Home::new(&command, "")
    }

    #[test]
    fn a_process_prints_credentials() {
        let home = home("");
        home.write(
            "keys.json",
            "{\"Version\": 1, \"AccessKeyId\": \"AKIAP\", \"SecretAccessKey\": \"hidden\", \
             \"SessionToken\": \"hidden\", \"Expiration\": \"2026-11-03T09:00:00Z\"}",
        );
        let file = home.path().join("keys.json");
        home.write(
            ".aws/config",
            &format!(
                "[profile p]\ncredential_process = /bin/cat \"{}\"\n",
                file.display()
            ),
        );
        assert_eq!(
            home.from(&[], Some("p")),
            "the credential process of the profile p"
        );
    }

    #[test]
    fn a_process_that_fails_is_told_without_what_it_printed() {
        for (command, wanted) in [
            (
                "/bin/sh -c 'echo hidden; exit 3'",
                "failed (exit status: 3)",
            ),
            ("/bin/sh -c 'echo hidden'", "prints no credentials"),
            (
                "/bin/echo '{\"Version\": 2}'",
                "prints another version than 1",
            ),
            ("/bin/echo 'hidden", "has a quote without an end"),
        ] {
            assert_eq!(
                told(home(command).find(&[], Some("p"))),
                format!(
                    "AWS is configured wrongly: the credential process of the profile p {wanted}"
                )
            );
        }
        let told = told(home("/nonexistent/program").find(&[], Some("p")));
        assert!(told.contains("cannot be started"), "{told}");
    }
}
