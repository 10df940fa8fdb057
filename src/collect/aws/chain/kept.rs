//! Keys that stand somewhere, and answers that hold keys.

use jiff::Timestamp;
use serde::Deserialize;

use super::super::credentials::Credentials;
use super::super::environment::Environment;
use super::super::profiles::Section;
use super::super::session::misconfigured;
use crate::collect::{CollectError, Secret};
use crate::event::parse_time;

/// The keys of the environment's variables.
pub(super) fn of_environment(
    environment: &Environment,
) -> Result<Option<Credentials>, CollectError> {
    pair(
        environment.get("AWS_ACCESS_KEY_ID"),
        environment.get("AWS_SECRET_ACCESS_KEY"),
        environment.get("AWS_SESSION_TOKEN"),
        environment
            .get("AWS_CREDENTIAL_EXPIRATION")
            .and_then(parse_time),
        "the environment",
    )
}

/// The keys of a profile.
pub(super) fn of_section(
    name: &str,
    section: &Section,
) -> Result<Option<Credentials>, CollectError> {
    pair(
        section.get("aws_access_key_id"),
        section.get("aws_secret_access_key"),
        section.get("aws_session_token"),
        None,
        &format!("the profile {name}"),
    )
}

fn pair(
    key: Option<&str>,
    secret: Option<&str>,
    token: Option<&str>,
    expires: Option<Timestamp>,
    from: &str,
) -> Result<Option<Credentials>, CollectError> {
    match (key, secret) {
        (Some(key), Some(secret)) => Ok(Some(Credentials {
            key: key.to_owned(),
            secret: Secret::new(secret),
            token: token.map(Secret::new),
            expires,
            from: from.to_owned(),
        })),
        (None, None) => Ok(None),
        _ => Err(misconfigured(format!(
            "{from} has one half of an access key only"
        ))),
    }
}

/// Keys as the instance metadata service, a container's agent, and a credential
/// process answer them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: String,
    #[serde(alias = "SessionToken")]
    token: Option<String>,
    expiration: Option<String>,
}

/// Reads such keys. The error says nothing of what was read.
pub(super) fn of_json(name: &str, bytes: &[u8], from: String) -> Result<Credentials, CollectError> {
    let malformed = |because: &str| CollectError::Malformed {
        service: name.to_owned(),
        because: because.to_owned(),
    };
    let keys: Keys =
        serde_json::from_slice(bytes).map_err(|_| malformed("it holds no access key"))?;
    let expires = match keys.expiration.as_deref() {
        Some(text) => Some(parse_time(text).ok_or_else(|| malformed("its expiration is no time"))?),
        None => None,
    };
    Ok(Credentials {
        key: keys.access_key_id,
        secret: Secret::new(keys.secret_access_key),
        token: keys.token.map(Secret::new),
        expires,
        from,
    })
}
