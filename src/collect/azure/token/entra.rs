//! Tokens from Microsoft Entra, for an application that shows a secret or the token
//! of someone whom Entra trusts (Microsoft, "OAuth 2.0 client credentials flow").

use std::fs;

use serde::Deserialize;

use super::{Asking, Token, granted};
use crate::collect::azure::answer::one_line;
use crate::collect::http::{Answer, Outgoing, by_status};
use crate::collect::{CollectError, Secret};

const SERVICE: &str = "Microsoft Entra";
/// How many bytes a federated token has at most.
const LONGEST_ASSERTION: u64 = 64 << 10;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) async fn by_secret(asking: &Asking<'_>) -> Result<Option<Token>, CollectError> {
    let identity = asking.identity;
    let (Some(tenant), Some(client), Some(secret)) =
        (&identity.tenant, &identity.client, &identity.secret)
    else {
        return Ok(None);
    };
    let proof = [("client_secret", secret.reveal())];
    ask(asking, tenant, client, &proof, secret, "a client secret")
        .await
        .map(Some)
}

pub(super) async fn by_federated_token(asking: &Asking<'_>) -> Result<Option<Token>, CollectError> {
    let identity = asking.identity;
    let (Some(tenant), Some(client), Some(file)) = (
        &identity.tenant,
        &identity.client,
        &identity.federated_token_file,
    ) else {
        return Ok(None);
    };
    let unusable = |because: String| CollectError::Misconfigured {
        service: SERVICE.to_owned(),
        because: format!("AZURE_FEDERATED_TOKEN_FILE {because}"),
    };
    // It is read anew each time, since whoever issues it writes it anew.
    let length = fs::metadata(file)
        .map_err(|error| unusable(format!("cannot be read: {error}")))?
        .len();
    if length > LONGEST_ASSERTION {
        return Err(unusable(format!(
            "has {length} bytes, more than a token has"
        )));
    }
    let assertion =
        fs::read_to_string(file).map_err(|error| unusable(format!("cannot be read: {error}")))?;
    let assertion = Secret::new(assertion.trim());
    let proof = [
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion.reveal()),
    ];
    ask(
        asking,
        tenant,
        client,
        &proof,
        &assertion,
        "a federated token",
    )
    .await
    .map(Some)
}

async fn ask(
    asking: &Asking<'_>,
    tenant: &str,
    client: &str,
    proof: &[(&str, &str)],
    hidden: &Secret,
    from: &'static str,
) -> Result<Token, CollectError> {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '.';
    if !tenant.chars().all(is_plain) {
        return Err(CollectError::Misconfigured {
            service: SERVICE.to_owned(),
            because: "AZURE_TENANT_ID is neither a GUID nor a domain".to_owned(),
        });
    }
    let url = format!("{}/{tenant}/oauth2/v2.0/token", asking.cloud.login);
    let scope = format!("{}/.default", asking.audience);
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("scope", &scope),
    ];
    form.extend_from_slice(proof);
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", super::super::session::encoded(value)))
        .collect();
    let body = body.join("&");
    let build = |_| {
        let outgoing = Outgoing::post(url.as_str(), body.as_str());
        Ok(outgoing.header("content-type", "application/x-www-form-urlencoded"))
    };
    let answer = asking.client.send(SERVICE, build, by_status).await?;
    if answer.is_success() {
        return granted(&answer, SERVICE, from, asking.client.clock().now());
    }
    Err(refused(&answer, hidden))
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

/// What Entra says, without the secret, should it be repeated.
fn refused(answer: &Answer, hidden: &Secret) -> CollectError {
    let says = serde_json::from_slice::<Refusal>(&answer.body).map_or_else(
        |_| answer.in_words(),
        |refusal| {
            let description = one_line(&refusal.error_description.unwrap_or_default());
            one_line(&format!("{}: {description}", refusal.error))
        },
    );
    let because = match hidden.reveal() {
        "" => says,
        hidden => says.replace(hidden, "…"),
    };
    CollectError::Denied {
        service: SERVICE.to_owned(),
        because,
    }
}
