//! Azure as it answers here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use misfire::collect::azure::{AzureCollector, Cloud, Identity, Route, SubscriptionId};
use misfire::collect::http::{Limits, Retry};
use misfire::collect::process::{Command, Finished, RunError, Runner};
use misfire::collect::{Boxed, Clock, CollectError, Collected, Collector, Interrupt, Request};
use misfire::event::{FileId, OwnedEvent};
use misfire::log::{ReadOptions, read_bytes};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockBuilder, Respond, ResponseTemplate};

use crate::collect::support::{NEVER, window};

pub const SUBSCRIPTION: &str = "0b1f6471-1bf0-4dda-aec3-cb9272f09590";
/// When it is, unless a test says otherwise: half an hour after the window.
pub const NOW: &str = "2026-03-01T12:40:00Z";
/// What no message may hold.
pub const SECRETS: [&str; 3] = ["az-token-", "pa$$word", "federated-assertion"];

/// The Azure command line of someone who is signed in; every token is another.
#[derive(Default)]
pub struct SignedIn {
    pub commands: Mutex<Vec<Vec<String>>>,
}

impl Runner for SignedIn {
    fn run(&self, command: &Command, _: Duration, _: Interrupt<'_>) -> Result<Finished, RunError> {
        let mut commands = self.commands.lock().expect("commands");
        let arguments = command
            .arguments
            .iter()
            .map(|part| part.to_str().expect("text"));
        commands.push(arguments.map(str::to_owned).collect());
        let number = commands.len();
        let printed = format!(
            "{{\"accessToken\": \"az-token-{number}\", \"expiresOn\": \"2026-03-01 14:00:00.000000\", \
             \"expires_on\": 4102444800, \"subscription\": \"{SUBSCRIPTION}\", \"tenant\": \"t\", \
             \"tokenType\": \"Bearer\"}}"
        );
        Ok(Finished {
            code: Some(0),
            stdout: printed.into_bytes(),
            stderr: Vec::new(),
        })
    }
}

/// A host without the Azure command line.
pub struct NoAz;

impl Runner for NoAz {
    fn run(&self, _: &Command, _: Duration, _: Interrupt<'_>) -> Result<Finished, RunError> {
        Err(RunError::NotFound)
    }
}

/// A clock that goes faster than time does. No test depends on how fast: it has only
/// to be slow enough for an answer to come within its limit.
#[derive(Debug, Clone)]
pub struct FastClock {
    base: Timestamp,
    start: Instant,
    factor: u32,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl FastClock {
    /// One for a single asking, which may take five minutes.
    pub fn at(now: &str) -> Self {
        Self::times(10, now)
    }

    /// One for asking again and again.
    pub fn times(factor: u32, now: &str) -> Self {
        Self {
            base: now.parse().expect("a time"),
            start: Instant::now(),
            factor,
            slept: Arc::default(),
        }
    }

    /// Every sleep so far.
    pub fn slept(&self) -> Vec<Duration> {
        self.slept.lock().expect("sleeps").clone()
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let passed = self.start.elapsed() * self.factor;
        self.base + SignedDuration::try_from(passed).expect("a short time")
    }

    fn sleep(&self, how_long: Duration) -> Boxed<'_, ()> {
        self.slept.lock().expect("sleeps").push(how_long);
        Box::pin(tokio::time::sleep(how_long / self.factor))
    }
}

/// The cloud at one address.
pub fn cloud(url: &str) -> Cloud {
    Cloud {
        login: format!("{url}/login"),
        management: url.to_owned(),
        storage: "https://storage.azure.com".to_owned(),
        blobs: format!("{url}/{{account}}"),
        metadata: format!("{url}/imds"),
    }
}

pub fn subscription() -> SubscriptionId {
    SubscriptionId::new(SUBSCRIPTION).expect("an id")
}

/// A collector that asks there, signed in with the Azure command line.
pub fn collector(url: &str, clock: impl Clock + 'static) -> AzureCollector {
    AzureCollector {
        subscription: subscription(),
        providers: vec!["Microsoft.Compute".to_owned()],
        route: Route::List,
        cloud: Cloud {
            // Nothing listens there.
            metadata: "http://127.0.0.1:9".to_owned(),
            ..cloud(url)
        },
        identity: Identity::default(),
        runner: Arc::new(SignedIn::default()),
        clock: Arc::new(clock),
        limits: Limits {
            answer: Duration::from_secs(30),
            ..Limits::default()
        },
        retry: Retry {
            attempts: 4,
            seed: 7,
            ..Retry::default()
        },
    }
}

pub fn request(wait: Duration) -> Request {
    Request {
        window: window("2026-03-01T12:00:00Z", "2026-03-01T12:10:00Z"),
        wait,
    }
}

/// Asks once.
pub fn collect(collector: &AzureCollector) -> Result<Collected, CollectError> {
    let collected = collector.collect(&request(Duration::ZERO), NEVER);
    if let Ok(collected) = &collected {
        let told = format!("{:?}{}", collected.notes, collected.because);
        assert!(
            SECRETS.iter().all(|secret| !told.contains(secret)),
            "{told}"
        );
    }
    collected
}

pub fn fail(collector: &AzureCollector) -> CollectError {
    let error = collect(collector).expect_err("a failure");
    let told = format!("{error}{error:?}");
    assert!(
        SECRETS.iter().all(|secret| !told.contains(secret)),
        "{told}"
    );
    error
}

/// What is asked for when the log is listed.
pub fn listing() -> MockBuilder {
    Mock::given(method("GET")).and(path(format!(
        "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values"
    )))
}

/// A record as the interface lists it.
pub fn listed(id: u32, time: &str) -> String {
    listed_of("Microsoft.Compute", id, time)
}

pub fn listed_of(provider: &str, id: u32, time: &str) -> String {
    format!(
        "{{\n  \"eventDataId\": \"00000000-0000-0000-0000-{id:012}\",\n  \"correlationId\": \"c\",\n  \
         \"eventTimestamp\": \"{time}\",\n  \"category\": {{\"value\": \"Administrative\", \
         \"localizedValue\": \"Administrative\"}},\n  \"resourceProviderName\": {{\"value\": \
         \"{provider}\"}},\n  \"operationName\": {{\"value\": \
         \"{provider}/virtualMachines/runCommand/action\"}},\n  \"caller\": \"someone\"\n}}"
    )
}

/// A record as a diagnostic setting exports it, on one line.
pub fn exported(id: u32, time: &str) -> String {
    format!(
        "{{\"time\":\"{time}\",\"resourceId\":\"/SUBSCRIPTIONS/S/VM\",\"operationName\":\
         \"MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION\",\"category\":\"Administrative\",\
         \"resultType\":\"Start\",\"correlationId\":\"c\",\"properties\":{{\"n\":{id}}}}}"
    )
}

/// A page of records, and where the next one is.
pub fn page(records: &[String], next: Option<&str>) -> String {
    let next = next.map_or_else(String::new, |next| format!(", \"nextLink\": \"{next}\""));
    format!("{{\"value\": [{}]{next}}}", records.join(","))
}

/// Answers that carry the time of a clock.
pub struct Dated {
    clock: Arc<dyn Clock>,
    ahead: SignedDuration,
    answers: Vec<ResponseTemplate>,
    count: AtomicUsize,
}

impl Dated {
    /// One answer after the other, the last for ever.
    pub fn new(clock: impl Clock + 'static, answers: Vec<ResponseTemplate>) -> Self {
        Self {
            clock: Arc::new(clock),
            ahead: SignedDuration::ZERO,
            answers,
            count: AtomicUsize::new(0),
        }
    }

    /// By a clock that is ahead.
    pub fn ahead(mut self, ahead: SignedDuration) -> Self {
        self.ahead = ahead;
        self
    }
}

impl Respond for Dated {
    fn respond(&self, _: &wiremock::Request) -> ResponseTemplate {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers[number.min(self.answers.len() - 1)].clone();
        answer.insert_header("date", date(self.clock.now() + self.ahead))
    }
}

pub fn date(time: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .expect("a date")
}

pub fn json(status: u16, body: impl Into<String>) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.into(), "application/json")
}

/// One success for ever.
pub fn always(clock: &FastClock, body: impl Into<String>) -> Dated {
    Dated::new(clock.clone(), vec![json(200, body)])
}

/// What our own reader makes of the files: every record's source and raw text.
pub fn read(collected: &Collected) -> Vec<OwnedEvent> {
    let options = ReadOptions::default();
    let mut events = Vec::new();
    for file in &collected.files {
        let name = std::path::Path::new(&file.name);
        let mut log = read_bytes(name, file.bytes.clone(), FileId(0), &options).expect("a log");
        while let Some(chunk) = log.next_chunk() {
            let decoded = chunk.expect("a whole log").decode(&options);
            assert!(decoded.problems.is_empty(), "{:?}", decoded.problems);
            events.extend(decoded.batch.events().map(OwnedEvent::from));
        }
    }
    events
}
