//! Tokens: where they come from, and how long they last.

mod az;
mod entra;
mod identity;
mod managed;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::cloud::Cloud;
use crate::collect::http::{Answer, Client};
use crate::collect::process::Runner;
use crate::collect::{CollectError, Secret};

pub use identity::Identity;

/// How long before its end a token is no longer used.
const MARGIN: SignedDuration = SignedDuration::from_secs(120);

/// A token, which can be used but not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub secret: Secret,
    /// Until when it lasts, by our clock, if it is known.
    pub expires: Option<Timestamp>,
    /// Where it came from: `a client secret`.
    pub from: &'static str,
}

/// Gets tokens from the first source that there is, in the order of Azure's own
/// libraries (Microsoft, "DefaultAzureCredential overview"): a client secret or a
/// federated token named by the environment, the managed identity of App Service or
/// of the machine, the Azure command line.
pub struct Tokens {
    cloud: Cloud,
    identity: Identity,
    runner: Arc<dyn Runner>,
    kept: BTreeMap<String, Token>,
}

/// What is asked for one token.
struct Asking<'a> {
    cloud: &'a Cloud,
    identity: &'a Identity,
    client: &'a Client,
    audience: &'a str,
}

impl Tokens {
    /// Gets tokens for what the environment says, and by running the Azure command
    /// line.
    #[must_use]
    pub fn new(cloud: Cloud, identity: Identity, runner: Arc<dyn Runner>) -> Self {
        Self {
            cloud,
            identity,
            runner,
            kept: BTreeMap::new(),
        }
    }

    /// A token for a service, which `audience` names; one that was got before and
    /// lasts is given again.
    ///
    /// # Errors
    /// There is no source, or the first that there is gives none.
    pub async fn get(
        &mut self,
        client: &Client,
        audience: &str,
        service: &str,
    ) -> Result<Token, CollectError> {
        let now = client.clock().now();
        if let Some(token) = self.kept.get(audience)
            && token
                .expires
                .is_none_or(|expires| expires.duration_since(now) > MARGIN)
        {
            return Ok(token.clone());
        }
        let token = self.fresh(client, audience, service).await?;
        self.kept.insert(audience.to_owned(), token.clone());
        Ok(token)
    }

    /// Forgets the token for a service, so that the next one is new.
    pub fn forget(&mut self, audience: &str) {
        self.kept.remove(audience);
    }

    async fn fresh(
        &self,
        client: &Client,
        audience: &str,
        service: &str,
    ) -> Result<Token, CollectError> {
        let asking = Asking {
            cloud: &self.cloud,
            identity: &self.identity,
            client,
            audience,
        };
        let mut tried = Vec::new();
        if let Some(token) = entra::by_secret(&asking).await? {
            return Ok(token);
        }
        tried.push("AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET".to_owned());
        if let Some(token) = entra::by_federated_token(&asking).await? {
            return Ok(token);
        }
        tried.push("AZURE_FEDERATED_TOKEN_FILE".to_owned());
        if let Some(token) = managed::of_app_service(&asking).await? {
            return Ok(token);
        }
        tried.push("IDENTITY_ENDPOINT".to_owned());
        match managed::of_machine(&asking).await? {
            Ok(token) => return Ok(token),
            Err(why) => tried.push(format!("the instance metadata service ({why})")),
        }
        match az::token(&asking, &self.runner).await? {
            Ok(token) => return Ok(token),
            Err(why) => tried.push(format!("the Azure command line ({why})")),
        }
        Err(CollectError::NoCredentials {
            service: service.to_owned(),
            tried,
        })
    }
}

/// What all of them answer with; numbers come as numbers and as texts.
#[derive(Deserialize)]
struct Granted {
    access_token: Option<String>,
    expires_in: Option<Value>,
    expires_on: Option<Value>,
}

/// Reads a token from an answer that is a success.
fn granted(
    answer: &Answer,
    service: &str,
    from: &'static str,
    now: Timestamp,
) -> Result<Token, CollectError> {
    let malformed = |because: &str| CollectError::Malformed {
        service: service.to_owned(),
        because: because.to_owned(),
    };
    let granted: Granted = serde_json::from_slice(&answer.body)
        .map_err(|_| malformed("it is not the JSON of a token"))?;
    let secret = granted
        .access_token
        .filter(|token| is_token(token))
        .ok_or_else(|| malformed("it holds no token"))?;
    let lasts = granted.expires_in.as_ref().and_then(seconds);
    let until = granted.expires_on.as_ref().and_then(seconds);
    let expires = match (lasts, until) {
        (Some(lasts), _) => now.checked_add(SignedDuration::from_secs(lasts)).ok(),
        (None, Some(until)) => Timestamp::from_second(until).ok(),
        (None, None) => None,
    };
    Ok(Token {
        secret: Secret::new(secret),
        expires,
        from,
    })
}

/// Whether a text can stand in a header as a token.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn seconds(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}
