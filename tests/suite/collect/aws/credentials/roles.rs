//! Roles that are assumed.

use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::super::super::support::{Served, at};
use super::{CREDENTIALS, Home, KEYS, told};

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
