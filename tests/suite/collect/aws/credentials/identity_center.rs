//! Logins of IAM Identity Center.

use serde_json::json;
use sha1::{Digest, Sha1};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use super::super::super::support::{Served, at};
use super::{Home, told};

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
