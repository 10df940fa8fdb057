//! What is needed of a record.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::subscription::SubscriptionId;
use crate::collect::closing::{Seen, Skew, Stream};
use crate::collect::{CollectError, Gathered, Record};
use crate::event::parse_time;

/// The members that identify and place a record, in either of its shapes
/// (Microsoft, "Azure activity log event schema").
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "eventDataId")]
    data_id: Option<String>,
    #[serde(rename = "correlationId")]
    correlation: Option<Value>,
    #[serde(rename = "operationName")]
    operation: Option<Value>,
    #[serde(rename = "resourceProviderName")]
    provider: Option<Value>,
    #[serde(rename = "eventTimestamp")]
    listed: Option<String>,
    time: Option<String>,
    status: Option<Value>,
    #[serde(rename = "resultType")]
    result: Option<Value>,
}

impl Head {
    /// The head of a record, which is a JSON object.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// When it happened, by the clock of Azure.
    pub(super) fn time(&self) -> Option<Timestamp> {
        let text = self.listed.as_deref().or(self.time.as_deref())?;
        parse_time(text)
    }

    /// What tells the record from all others. Listed ones carry an id. Exported
    /// ones do not; the records of one operation share its correlation id, and only
    /// the whole text tells one from the other.
    pub(super) fn id(&self, text: &str) -> String {
        match (&self.data_id, &self.correlation) {
            (Some(id), _) if !id.is_empty() => id.clone(),
            (_, correlation) => {
                let correlation = correlation.as_ref().and_then(Value::as_str);
                let digest: String = Sha256::digest(text.as_bytes())
                    .iter()
                    .take(16)
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                format!("{}/{digest}", correlation.unwrap_or_default())
            }
        }
    }

    /// What tells it from all others of either shape: one event has the same correlation
    /// id, operation, and time in both. The two shapes have other words for its status
    /// (`Succeeded`, `Success`), which begin alike.
    fn twin(&self) -> Option<String> {
        let correlation = self.correlation.as_ref().and_then(Value::as_str)?;
        let operation = self.operation.as_ref().and_then(word)?;
        let status = self.status.as_ref().and_then(word);
        let status = status.or_else(|| self.result.as_ref().and_then(word));
        let status: String = status.unwrap_or_default().chars().take(4).collect();
        let time = self.time()?.as_nanosecond();
        Some(format!("{correlation}/{operation}/{status}/{time}").to_ascii_lowercase())
    }

    /// The resource provider: it is named, or what stands before the first slash of
    /// the operation.
    pub(super) fn provider(&self) -> Option<&str> {
        let named = self.provider.as_ref().and_then(word);
        let operation = self.operation.as_ref().and_then(word);
        named
            .filter(|name| !name.is_empty())
            .or_else(|| operation?.split_once('/').map(|(provider, _)| provider))
    }
}

/// What a record is called both where it is listed and where it is exported, which
/// gives it no id.
#[must_use]
pub fn twin(record: &Record) -> Option<String> {
    Head::read(&record.text)?.twin()
}

/// A text, or the `value` of a localized one.
fn word(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("value")?.as_str())
}

/// What the askings of a source have in common: records in, sightings out.
#[derive(Debug, Default)]
pub(super) struct Intake {
    pub(super) seen: Vec<(Stream, Seen)>,
    pub(super) cut: Option<String>,
    pub(super) skew: Skew,
}

impl Intake {
    /// Begins an asking.
    pub(super) fn begin(&mut self) {
        self.seen.clear();
        self.cut = None;
    }

    /// Takes one record in.
    pub(super) fn take(
        &mut self,
        service: &str,
        subscription: SubscriptionId,
        text: &str,
        now: Timestamp,
        gathered: &mut Gathered,
    ) -> Result<(), CollectError> {
        let Some(head) = Head::read(text) else {
            self.cut_short("a record is no JSON object of an activity log");
            return Ok(());
        };
        let time = head.time();
        if let (Some(time), Some(provider)) = (time, head.provider()) {
            let stream = Stream::azure_activity(&subscription.to_string(), provider);
            let seen = Seen {
                time,
                record: None,
                performed: None,
            };
            self.seen.push((stream, seen));
        }
        let record = Record {
            id: Some(head.id(text)),
            time: time.map(|time| self.ours(time)),
            text: text.to_owned(),
            seen: now,
        };
        gathered.add(service, record).map(|_| ())
    }

    pub(super) fn cut_short(&mut self, because: impl Into<String>) {
        self.cut.get_or_insert(because.into());
    }

    /// A time of Azure by our clock, if the two are known to differ.
    fn ours(&self, time: Timestamp) -> Timestamp {
        if !self.clocks_differ() {
            return time;
        }
        time.checked_sub(self.skew.offset()).unwrap_or(time)
    }

    /// Whether the clocks differ by more than what cannot be told.
    fn clocks_differ(&self) -> bool {
        self.skew.offset().unsigned_abs() > self.skew.uncertainty().unsigned_abs()
    }

    /// What is worth knowing of the clocks.
    pub(super) fn note(&self, service: &str) -> Option<String> {
        self.clocks_differ().then(|| {
            let seconds = self.skew.offset().as_secs_f64();
            let way = if seconds < 0.0 { "behind" } else { "ahead of" };
            format!(
                "the clock of {service} is about {:.0} s {way} this one's, which was allowed for",
                seconds.abs()
            )
        })
    }
}
