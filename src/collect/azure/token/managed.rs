//! Tokens of a managed identity: from App Service, or from the machine's instance
//! metadata service.

use std::time::Duration;

use super::{Asking, Token, granted};
use crate::collect::CollectError;
use crate::collect::azure::answer::{one_line, says};
use crate::collect::azure::session::encoded;
use crate::collect::http::{Answer, Judged, Outgoing, by_status};

/// How long it is tried whether there is a metadata service at all. It is on the same
/// machine, so it answers at once or is not there.
const PROBE: Duration = Duration::from_secs(2);
const MACHINE: &str = "the instance metadata service";
const APP_SERVICE: &str = "the identity endpoint of App Service";

/// Microsoft, "How to use managed identities for App Service and Azure Functions",
/// REST endpoint reference, version 2019-08-01.
pub(super) async fn of_app_service(asking: &Asking<'_>) -> Result<Option<Token>, CollectError> {
    let identity = asking.identity;
    // Other services set the endpoint without the header, and mean something else.
    let (Some(endpoint), Some(header)) = (&identity.endpoint, &identity.endpoint_header) else {
        return Ok(None);
    };
    let url = with_client(
        format!(
            "{endpoint}?api-version=2019-08-01&resource={}",
            encoded(asking.audience)
        ),
        identity.client.as_deref(),
    );
    let build = |_| {
        let outgoing = Outgoing::get(url.as_str()).direct();
        Ok(outgoing.header("X-IDENTITY-HEADER", header.reveal()))
    };
    let answer = asking.client.send(APP_SERVICE, build, by_status).await?;
    if !answer.is_success() {
        return Err(CollectError::Denied {
            service: APP_SERVICE.to_owned(),
            because: says(&answer).replace(header.reveal(), "…"),
        });
    }
    let now = asking.client.clock().now();
    granted(
        &answer,
        APP_SERVICE,
        "the managed identity of App Service",
        now,
    )
    .map(Some)
}

/// Microsoft, "How to use managed identities for Azure resources on an Azure VM to
/// acquire an access token". Where there is no such service, or no identity, the
/// reason is no error.
pub(super) async fn of_machine(asking: &Asking<'_>) -> Result<Result<Token, String>, CollectError> {
    let url = with_client(
        format!(
            "{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={}",
            asking.cloud.metadata,
            encoded(asking.audience)
        ),
        asking.identity.client.as_deref(),
    );
    let outgoing = Outgoing::get(url).direct().header("Metadata", "true");
    let probe = outgoing.clone().most_time(PROBE);
    let Ok(first) = asking.client.send_once(MACHINE, &probe).await else {
        return Ok(Err("not there".to_owned()));
    };
    let answer = match judged(&first) {
        Judged::Final => first,
        Judged::Throttled | Judged::Failing => {
            let build = |_| Ok(outgoing.clone());
            asking.client.send(MACHINE, build, judged).await?
        }
    };
    if answer.is_success() {
        let now = asking.client.clock().now();
        return granted(&answer, MACHINE, "the managed identity of the machine", now).map(Ok);
    }
    match answer.status {
        // No identity is assigned, or this is another cloud's metadata service.
        400 | 403..=405 => Ok(Err(one_line(&identity_error(&answer)))),
        _ => Err(CollectError::Denied {
            service: MACHINE.to_owned(),
            because: identity_error(&answer),
        }),
    }
}

/// The retry guidance of the same page: 404 and 410 pass while the service is
/// updated, besides 429 and what fails.
fn judged(answer: &Answer) -> Judged {
    match answer.status {
        410 => Judged::Failing,
        // A 404 without JSON is one of another cloud's service, which has no such path.
        404 if answer
            .header("content-type")
            .is_some_and(|kind| kind.contains("json")) =>
        {
            Judged::Failing
        }
        _ => by_status(answer),
    }
}

fn identity_error(answer: &Answer) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        error: String,
        error_description: Option<String>,
    }
    serde_json::from_slice::<Refusal>(&answer.body).map_or_else(
        |_| answer.in_words(),
        |refusal| match refusal.error_description {
            Some(description) => one_line(&format!("{}: {description}", refusal.error)),
            None => one_line(&refusal.error),
        },
    )
}

fn with_client(url: String, client: Option<&str>) -> String {
    match client {
        Some(client) => format!("{url}&client_id={}", encoded(client)),
        None => url,
    }
}
