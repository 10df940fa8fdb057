//! Sending requests, and sending them again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

use super::{Answer, Judged, Method, Outgoing, Retry};
use crate::collect::{Clock, CollectError, SystemClock};

/// How long an answer may take and how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the answer is read to its end, the connection included.
    pub answer: Duration,
    /// How many bytes the answer may have.
    pub most_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            most_bytes: 32 << 20,
        }
    }
}

/// How the requests of a client went.
#[derive(Debug, Default)]
pub struct Tally {
    requests: AtomicU64,
    throttled: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// How many requests were sent, each attempt counted.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many of them were throttled.
    #[must_use]
    pub fn throttled(&self) -> u64 {
        self.throttled.load(Ordering::Relaxed)
    }

    /// How many of them failed in a way that may pass.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// What is worth telling, a sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let of = self.requests();
        let told = |count: u64, what: &str| {
            (count > 0).then(|| format!("{count} of {of} requests {what} and sent again"))
        };
        [
            told(self.throttled(), "throttled"),
            told(self.failed(), "failed"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Sends requests. Cheap to clone; clones share their connections and their tally.
///
/// It belongs to one [`wait_for`](crate::collect::wait_for): connections that it
/// keeps open do not outlive that.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Arc<dyn Clock>,
    limits: Limits,
    retry: Retry,
    tally: Tally,
    roots: Vec<u8>,
    /// By whether it is `https://`, and whether no proxy may stand between.
    inner: [[OnceLock<Result<reqwest::Client, String>>; 2]; 2],
}

impl Default for Client {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock), Limits::default(), Retry::default())
    }
}

impl Client {
    /// A client that waits by this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, limits: Limits, retry: Retry) -> Self {
        Self::with_roots(clock, limits, retry, Vec::new())
    }

    /// The same, which trusts the certificates of `roots` (PEM) besides those that
    /// the system trusts, as a proxy that looks into the traffic needs it.
    #[must_use]
    pub fn with_roots(clock: Arc<dyn Clock>, limits: Limits, retry: Retry, roots: Vec<u8>) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                limits,
                retry,
                tally: Tally::default(),
                roots,
                inner: Default::default(),
            }),
        }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.shared.clock.as_ref()
    }

    /// How its requests went.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.shared.tally
    }

    /// Sends a request until `judge` calls the answer final. The request is built for
    /// each attempt with the time of the attempt.
    ///
    /// # Errors
    /// There is no answer, none but such that may pass, or one over the limits; or
    /// the request cannot be built.
    pub async fn send(
        &self,
        service: &str,
        mut build: impl FnMut(Timestamp) -> Result<Outgoing, CollectError>,
        judge: impl Fn(&Answer) -> Judged,
    ) -> Result<Answer, CollectError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outgoing = build(self.clock().now())?;
            let (failure, asked) = match self.once(service, &outgoing).await {
                Ok(answer) => match judge(&answer) {
                    Judged::Final => return Ok(answer),
                    Judged::Throttled => {
                        self.tally().throttled.fetch_add(1, Ordering::Relaxed);
                        let failure = CollectError::Throttled {
                            service: service.to_owned(),
                            attempts: attempt,
                        };
                        (failure, answer.retry_after(self.clock().now()))
                    }
                    Judged::Failing => {
                        self.tally().failed.fetch_add(1, Ordering::Relaxed);
                        let failure = CollectError::Unreachable {
                            service: service.to_owned(),
                            because: format!("it answers with {}", answer.in_words()),
                        };
                        (failure, answer.retry_after(self.clock().now()))
                    }
                },
                Err(Fault::Passing(failure)) => {
                    self.tally().failed.fetch_add(1, Ordering::Relaxed);
                    (failure, None)
                }
                Err(Fault::Lasting(failure)) => return Err(failure),
            };
            match self.shared.retry.pause(attempt, asked) {
                Some(pause) => self.clock().sleep(pause).await,
                None => return Err(failure),
            }
        }
    }

    /// Sends a request once, as for a service that is there or is not, such as the
    /// instance metadata service.
    ///
    /// # Errors
    /// There is no answer, or one over the limits.
    pub async fn send_once(
        &self,
        service: &str,
        outgoing: &Outgoing,
    ) -> Result<Answer, CollectError> {
        self.once(service, outgoing)
            .await
            .map_err(|(Fault::Passing(error) | Fault::Lasting(error))| error)
    }

    async fn once(&self, service: &str, outgoing: &Outgoing) -> Result<Answer, Fault> {
        self.tally().requests.fetch_add(1, Ordering::Relaxed);
        let unreachable = |because: String| CollectError::Unreachable {
            service: service.to_owned(),
            because,
        };
        let misconfigured = |because: String| {
            Fault::Lasting(CollectError::Misconfigured {
                service: service.to_owned(),
                because,
            })
        };
        let inner = self.inner(outgoing).map_err(misconfigured)?;
        let method = match outgoing.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let mut request = inner.request(method, &outgoing.url);
        for (name, value) in &outgoing.headers {
            let mut value = reqwest::header::HeaderValue::from_str(value.reveal())
                .map_err(|_| misconfigured(format!("the value of {name} cannot be sent")))?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        if outgoing.method != Method::Get {
            request = request.body(outgoing.body.clone());
        }
        if let Some(time) = outgoing.most_time {
            request = request.timeout(time);
        }
        let request = request
            .build()
            .map_err(|error| misconfigured(in_words(&error)))?;
        let mut response = inner
            .execute(request)
            .await
            .map_err(|error| Fault::Passing(unreachable(in_words(&error))))?;
        let most = outgoing.most_bytes.unwrap_or(self.shared.limits.most_bytes);
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                    return Err(Fault::Lasting(CollectError::Malformed {
                        service: service.to_owned(),
                        because: format!("it is longer than {most} bytes"),
                    }));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => {
                    return Err(Fault::Passing(unreachable(format!(
                        "its answer broke off after {} bytes: {}",
                        body.len(),
                        in_words(&error)
                    ))));
                }
            }
        }
        let headers = response.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        Ok(Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body,
        })
    }

    /// What sends it. Only the client for `https://` loads certificates, and only
    /// when it is needed.
    fn inner(&self, outgoing: &Outgoing) -> Result<&reqwest::Client, String> {
        let (secure, host) = match outgoing.url.split_once("://") {
            Some((scheme, rest)) => (scheme.eq_ignore_ascii_case("https"), rest),
            None => (false, ""),
        };
        // A service on this machine is behind no proxy.
        let direct = outgoing.direct || is_here(host);
        self.shared.inner[usize::from(secure)][usize::from(direct)]
            .get_or_init(|| self.shared.build(secure, direct))
            .as_ref()
            .map_err(Clone::clone)
    }
}

/// Whether a host, with what follows it, is this machine.
fn is_here(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|here| {
        authority
            .strip_prefix(here)
            .is_some_and(|port| port.is_empty() || port.starts_with(':'))
    })
}

impl Shared {
    fn build(&self, secure: bool, direct: bool) -> Result<reqwest::Client, String> {
        // Someone else may have installed one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("misfire/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.answer);
        if !secure {
            builder = builder.tls_certs_only([]);
        } else if !self.roots.is_empty() {
            let roots = reqwest::Certificate::from_pem_bundle(&self.roots).map_err(|error| {
                format!("its certificates cannot be read: {}", in_words(&error))
            })?;
            builder = builder.tls_certs_merge(roots);
        }
        if direct {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| in_words(&error))
    }
}

/// Why there is no answer.
enum Fault {
    /// It may pass.
    Passing(CollectError),
    /// It will be the same next time.
    Lasting(CollectError),
}

/// What happened, without the address, whose query may hold a secret.
fn in_words(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "there was no answer in time"
    } else if error.is_connect() {
        "no connection came about"
    } else if error.is_builder() {
        "the request cannot be made"
    } else {
        "the connection failed"
    };
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    let mut last = None;
    while let Some(inner) = cause {
        last = Some(inner.to_string());
        cause = inner.source();
    }
    match last {
        Some(last) if !last.is_empty() => format!("{what} ({last})"),
        _ => what.to_owned(),
    }
}
