//! Operations that answer in pages, asked with JSON (AWS JSON 1.1).

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::endpoint::Service;
use super::session::{Call, Failed, Session};
use crate::collect::CollectError;
use crate::collect::http::Outgoing;

/// An operation that is asked with JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct JsonCall<'a> {
    pub(super) service: Service,
    pub(super) region: &'a str,
    /// What is asked, in words.
    pub(super) name: &'a str,
    /// `X-Amz-Target`.
    pub(super) target: &'static str,
    /// What its answer is: `page of events`.
    pub(super) answer: &'static str,
}

impl Session {
    /// Asks a question, and reads the answer.
    pub(super) async fn ask_json<P: DeserializeOwned>(
        &self,
        asked: &JsonCall<'_>,
        question: &impl Serialize,
    ) -> Result<P, Failed> {
        let malformed = |because: String| CollectError::Malformed {
            service: asked.name.to_owned(),
            because,
        };
        let body = serde_json::to_vec(question).map_err(|error| malformed(error.to_string()))?;
        let url = format!("{}/", self.endpoint(asked.service, asked.region));
        let call = Call {
            service: asked.service,
            region: asked.region,
            name: asked.name,
            outgoing: Outgoing::post(url, body)
                .header("content-type", "application/x-amz-json-1.1")
                .header("x-amz-target", asked.target),
        };
        let answer = self.call(&call).await?;
        let read = serde_json::from_slice(&answer.body).map_err(|error| {
            let in_words = answer.in_words();
            malformed(if error.is_eof() {
                format!("it ends in the middle ({in_words})")
            } else {
                format!("it is no {} ({in_words})", asked.answer)
            })
        });
        Ok(read?)
    }
}

/// Where the pages of an answer are followed to.
#[derive(Debug, Default)]
pub(super) struct Pages {
    token: Option<String>,
}

impl Pages {
    /// What asks for the next page; nothing for the first.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Goes to the next page, if there is one; an empty token is none.
    ///
    /// # Errors
    /// It is the page that was just read.
    pub(super) fn turn(
        &mut self,
        service: &str,
        next: Option<String>,
    ) -> Result<Option<()>, CollectError> {
        let next = next.filter(|token| !token.is_empty());
        if next.is_some() && next == self.token {
            return Err(CollectError::Malformed {
                service: service.to_owned(),
                because: "its next page is the same page".to_owned(),
            });
        }
        self.token = next;
        Ok(self.token.as_ref().map(|_| ()))
    }
}
