//! How far CloudTrail has come, told from its records.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::collect::closing::{Order, Seen, Skew, Stream};
use crate::collect::{
    Boxed, Clock, CollectError, CollectedFile, Gathered, Proving, Record, Source,
};
use crate::event::catalogue::SourceId;
use crate::recording::Window;

/// How far the clocks of AWS may be from ours: a request whose time is further off is
/// refused (IAM user guide, "Signature Version 4 request elements").
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// A call of ours that was made to leave a record, see
/// [`canary_of`](crate::collect::closing::canary_of).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformedCanary {
    /// The service, as `eventSource` names it.
    pub service: String,
    /// The region that was asked.
    pub region: String,
    /// The operation, as `eventName` names it.
    pub event_name: String,
    /// What the user agent of the call holds and no other's does.
    pub marker: String,
    /// When it was made, by our clock; the time before it was sent.
    pub performed: Timestamp,
}

/// A source of CloudTrail records that shows how far they have come: it asks to the
/// present, keeps what is of the window, and looks at the rest.
///
/// Without a canary of ours, anyone's record of the same service and region will do
/// that is from well after the window's end, since the clocks may differ.
pub struct ProvenTrail<S> {
    source: S,
    clock: Arc<dyn Clock>,
    streams: Vec<Stream>,
    canaries: Vec<PerformedCanary>,
    seen: Vec<(Stream, Seen)>,
    /// Within what time something on this machine that stands in for CloudTrail shows
    /// its records, if it is not CloudTrail that is asked.
    stand_in: Option<Duration>,
    /// Whether the last asking failed, so that what it saw was not looked at.
    has_failed: bool,
}

/// What of a record tells where it belongs.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "eventSource")]
    service: Option<String>,
    #[serde(rename = "awsRegion")]
    region: Option<String>,
    #[serde(rename = "eventName")]
    event_name: Option<String>,
    #[serde(rename = "userAgent")]
    user_agent: Option<String>,
}

impl<S: Source> ProvenTrail<S> {
    /// Closes the window for calls to these services in these regions, each given as
    /// `(region, service)`.
    #[must_use]
    pub fn new(source: S, clock: Arc<dyn Clock>, calls: &[(String, String)]) -> Self {
        let streams = calls
            .iter()
            .map(|(region, service)| Stream::cloudtrail(region, service));
        Self {
            source,
            clock,
            streams: streams.collect(),
            canaries: Vec::new(),
            seen: Vec::new(),
            stand_in: None,
            has_failed: false,
        }
    }

    /// Looks for a canary of ours, too.
    #[must_use]
    pub fn canary(mut self, canary: PerformedCanary) -> Self {
        self.canaries.push(canary);
        self
    }

    /// Says that something on this machine stands in for CloudTrail, which has this
    /// machine's clock and shows records within that time. What AWS documents of its
    /// own delay says nothing of it.
    #[must_use]
    pub fn stood_in_for(mut self, delay: Duration) -> Self {
        self.stand_in = Some(delay);
        self
    }

    async fn ask(&mut self, gathered: &mut Gathered) -> Result<(), CollectError> {
        // A source may not give again what it gave before it failed.
        if !std::mem::take(&mut self.has_failed) {
            self.seen.clear();
        }
        let window = *gathered.window();
        let end = window.end.max(self.clock.now());
        let mut wide = Gathered::new(Window {
            end: end.saturating_add(CLOCKS).unwrap_or(end),
            ..window
        });
        let done = self.source.ask(&mut wide).await;
        self.has_failed = done.is_err();
        for record in wide.records() {
            if let Some(seen) = self.sighting(record) {
                self.seen.push(seen);
            }
            gathered.add(&self.source.name(), record.clone())?;
        }
        gathered.note_also(&wide);
        done
    }

    fn sighting(&self, record: &Record) -> Option<(Stream, Seen)> {
        let head: Head = serde_json::from_str(&record.text).ok()?;
        let stream = Stream::cloudtrail(head.region.as_deref()?, head.service.as_deref()?);
        let agent = head.user_agent.as_deref().unwrap_or_default();
        let ours = self.canaries.iter().find(|canary| {
            Stream::cloudtrail(&canary.region, &canary.service) == stream
                && head.event_name.as_deref() == Some(&*canary.event_name)
                && !canary.marker.is_empty()
                && agent.contains(&canary.marker)
        });
        let seen = Seen {
            time: record.time?,
            record: None,
            performed: ours.map(|canary| canary.performed),
        };
        Some((stream, seen))
    }
}

impl<S: Source> Source for ProvenTrail<S> {
    fn source(&self) -> SourceId {
        self.source.source()
    }

    fn name(&self) -> String {
        self.source.name()
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(self.ask(gathered))
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        self.source.files(gathered)
    }

    fn notes(&self) -> Vec<String> {
        self.source.notes()
    }
}

impl<S: Source> Proving for ProvenTrail<S> {
    fn streams(&self) -> Vec<Stream> {
        self.streams.clone()
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        self.seen.clone()
    }

    fn order(&self, stream: &Stream) -> Order {
        match self.stand_in {
            Some(delay) => Order::Unordered { delay },
            None => stream.documented_order(),
        }
    }

    fn skew(&self, _: &Stream) -> Skew {
        match self.stand_in {
            Some(_) => Skew::NONE,
            None => Skew::new(SignedDuration::ZERO, CLOCKS),
        }
    }

    fn cut(&self, _: &Stream) -> Option<String> {
        None
    }
}
