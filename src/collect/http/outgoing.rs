//! A request as it is to be sent.

use std::fmt;
use std::time::Duration;

use crate::collect::Secret;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Ask.
    Get,
    /// Ask with a body.
    Post,
    /// Put, as the instance metadata service wants it.
    Put,
}

impl Method {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// A request. What it shows in debug output has no header's value, no query, and no
/// body, since any of them may hold a secret.
#[derive(Clone)]
pub struct Outgoing {
    /// What is to be done.
    pub method: Method,
    /// Where.
    pub url: String,
    /// The headers, besides those that every request has.
    pub headers: Vec<(String, Secret)>,
    /// What is sent along.
    pub body: Vec<u8>,
    /// How many bytes the answer may have, if not what the client's limits say.
    pub most_bytes: Option<usize>,
    /// How long the answer may take, if not what the client's limits say.
    pub most_time: Option<Duration>,
    /// Whether no proxy may stand between: services of the machine itself.
    pub direct: bool,
}

impl Outgoing {
    /// A question without a body.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// A question with a body.
    #[must_use]
    pub fn post(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        let mut outgoing = Self::new(Method::Post, url);
        outgoing.body = body.into();
        outgoing
    }

    /// A request without headers and body.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            most_bytes: None,
            most_time: None,
            direct: false,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Secret::new(value)));
        self
    }

    /// Lets no proxy stand between.
    #[must_use]
    pub fn direct(mut self) -> Self {
        self.direct = true;
        self
    }

    /// Allows so much time for the answer.
    #[must_use]
    pub fn most_time(mut self, time: Duration) -> Self {
        self.most_time = Some(time);
        self
    }

    /// Allows so many bytes for the answer.
    #[must_use]
    pub fn most_bytes(mut self, bytes: usize) -> Self {
        self.most_bytes = Some(bytes);
        self
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.url.split('?').next().unwrap_or_default();
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("place", &place)
            .field("headers", &names)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
