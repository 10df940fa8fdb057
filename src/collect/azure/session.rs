//! Asking Azure's services, signed in.

use std::fmt::Write;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::answer::refusal;
use super::cloud::Cloud;
use super::token::Tokens;
use crate::collect::CollectError;
use crate::collect::closing::Skew;
use crate::collect::http::{Answer, Client, Outgoing, by_status};

/// What needs no escaping in a query or a form (RFC 3986, unreserved).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value as a query or a form has it.
pub(super) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, PLAIN).to_string()
}

/// A path as an address has it; its slashes stay.
pub(super) fn encoded_path(path: &str) -> String {
    let mut out = String::new();
    for (number, part) in path.split('/').enumerate() {
        let slash = if number == 0 { "" } else { "/" };
        // Writing to a string does not fail.
        let _ = write!(out, "{slash}{}", encoded(part));
    }
    out
}

/// What asks, as whom, and where.
pub struct Session {
    client: Client,
    cloud: Cloud,
    tokens: Tokens,
    /// Where the last token came from.
    from: Option<&'static str>,
    /// How many reads resource manager still allows, if it is about to refuse.
    few_left: Option<u64>,
}

impl Session {
    /// Asks with that client, in that cloud, with these tokens.
    #[must_use]
    pub fn new(client: Client, cloud: Cloud, tokens: Tokens) -> Self {
        Self {
            client,
            cloud,
            tokens,
            from: None,
            few_left: None,
        }
    }

    pub(super) fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    pub(super) fn now(&self) -> Timestamp {
        self.client.clock().now()
    }

    /// What is worth telling: who asked, and how it went.
    pub(super) fn notes(&self) -> Vec<String> {
        let from = self.from.map(|from| format!("signed in with {from}"));
        let few = self
            .few_left
            .map(|left| format!("resource manager allows only {left} more reads for now"));
        let tally = self.client.tally().notes();
        from.into_iter().chain(few).chain(tally).collect()
    }

    /// Asks, and gives a successful answer and what its date tells of the service's
    /// clock. A token that is refused is renewed once.
    pub(super) async fn get(
        &mut self,
        service: &str,
        audience: &str,
        build: impl Fn(Timestamp) -> Outgoing,
    ) -> Result<(Answer, Option<Skew>), CollectError> {
        let mut renewed = false;
        loop {
            let token = self.tokens.get(&self.client, audience, service).await?;
            self.from = Some(token.from);
            let mut sent = self.now();
            let signed = |now: Timestamp| {
                sent = now;
                let bearer = format!("Bearer {}", token.secret.reveal());
                Ok(build(now).header("authorization", bearer))
            };
            let answer = self.client.send(service, signed, by_status).await?;
            let received = self.now();
            let skew = answer
                .date()
                .map(|date| Skew::from_date(sent, received, date));
            self.note_limits(&answer);
            match answer.status {
                200 => return Ok((answer, skew)),
                401 if !renewed => {
                    renewed = true;
                    self.tokens.forget(audience);
                }
                401 => {
                    return Err(CollectError::Expired {
                        service: service.to_owned(),
                        from: token.from.to_owned(),
                    });
                }
                _ => return Err(refusal(service, &answer)),
            }
        }
    }

    /// Resource manager tells how many reads are left (Microsoft, "Understand how
    /// Azure Resource Manager throttles requests").
    fn note_limits(&mut self, answer: &Answer) {
        const FEW: u64 = 10;
        let left = answer
            .header("x-ms-ratelimit-remaining-subscription-reads")
            .and_then(|left| left.parse().ok());
        if let Some(left) = left {
            self.few_left = Some(left).filter(|left| *left <= FEW);
        }
    }
}
