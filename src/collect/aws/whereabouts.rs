//! Where credentials would be taken from, told without asking anyone.

use super::environment::Environment;
use super::profiles::{Profiles, Section};

/// Where a session with this environment would first look for its credentials, in words
/// that fit "the credentials of …". Nothing is asked and no value is told, so it is not
/// known whether they are valid.
///
/// # Errors
/// There are none on this machine, or its configuration cannot be read: a fragment of a
/// sentence.
pub fn credentials_here(environment: &Environment) -> Result<String, String> {
    let has = |name: &str| environment.get(name).is_some();
    let profiles = Profiles::load(environment).map_err(|error| error.to_string())?;
    let named = environment
        .get("AWS_PROFILE")
        .or_else(|| environment.get("AWS_DEFAULT_PROFILE"));
    let profile = named.unwrap_or("default");
    let section = profiles.profile(profile);
    if named.is_some() && section.is_none() {
        return Err(format!("there is no profile `{profile}`"));
    }
    if has("AWS_ACCESS_KEY_ID") && has("AWS_SECRET_ACCESS_KEY") {
        return Ok("the environment".to_owned());
    }
    if named.is_none() && has("AWS_WEB_IDENTITY_TOKEN_FILE") && has("AWS_ROLE_ARN") {
        return Ok("a web identity that the environment names".to_owned());
    }
    if let Some(through) = section.and_then(through) {
        return Ok(format!("the profile {profile}{through}"));
    }
    let container =
        ["RELATIVE", "FULL"].map(|kind| format!("AWS_CONTAINER_CREDENTIALS_{kind}_URI"));
    if container.iter().any(|name| has(name)) {
        return Ok("the container".to_owned());
    }
    Err("none are set up; the instance metadata was not asked".to_owned())
}

/// By what way a profile has credentials, if it has any.
fn through(section: &Section) -> Option<&'static str> {
    let has = |name: &str| section.get(name).is_some();
    if has("role_arn") {
        Some(", through a role")
    } else if has("sso_account_id") || has("sso_session") {
        Some(", through IAM Identity Center")
    } else if has("aws_access_key_id") && has("aws_secret_access_key") {
        Some("")
    } else if has("credential_process") {
        Some(", through its credential process")
    } else {
        None
    }
}
