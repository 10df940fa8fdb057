//! Asking a source until it is proven that everything has come.

use std::cell::Cell;
use std::future::pending;
use std::time::Duration;

use jiff::Timestamp;

use super::closing::{
    Backoff, Closing, Extent, Order, Pass, Patience, Reading, Seen, Skew, Stream, StreamPass, drive,
};
use super::{Clock, CollectError, Collected, Gathered, Interrupt, Request, Source, wait_for};

/// How long the first asking may take, whatever the time to wait.
const FIRST_ASKING: Duration = Duration::from_secs(300);

/// A source that shows how far its records have come.
pub trait Proving: Source {
    /// The streams that have to be closed.
    fn streams(&self) -> Vec<Stream>;

    /// What is known of the order of a stream's records: what its vendor documents,
    /// unless the source is another.
    fn order(&self, stream: &Stream) -> Order {
        stream.documented_order()
    }

    /// What the last asking saw of each stream, records from after the window
    /// included.
    fn seen(&self) -> Vec<(Stream, Seen)>;

    /// What is known of the source's clock.
    fn skew(&self) -> Skew;

    /// Why the last asking did not see everything, although it gave no error: a
    /// fragment of a sentence.
    fn cut(&self) -> Option<String>;
}

/// Asks a source again and again, until its window is proven to be closed or the
/// time of the request is over. What was gathered before a failure is kept, and the
/// failure told.
///
/// # Errors
/// Why nothing can be said of the source, or an interruption.
pub fn ask_until_closed(
    source: &mut dyn Proving,
    request: &Request,
    clock: &dyn Clock,
    interrupt: Interrupt<'_>,
) -> Result<Collected, CollectError> {
    let mut closing = Closing::new(request.window);
    for stream in source.streams() {
        let order = source.order(&stream);
        closing.follow(stream, order);
    }
    let patience = Patience {
        wait: request.wait,
        first_reading: FIRST_ASKING,
        backoff: Backoff::CLOUD,
    };
    let mut asked = Asked {
        source,
        gathered: Gathered::new(request.window),
        has_answered: false,
    };
    // One asking at a time holds it; the one that is dropped at the end of the time
    // keeps it from the next, which there is none.
    let held = Cell::new(Some(&mut asked));
    let driven = wait_for(interrupt, async {
        let read = |_| async {
            match held.take() {
                Some(asked) => {
                    let reading = asked.ask(clock).await;
                    held.set(Some(asked));
                    reading
                }
                None => Reading::Hopeless(CollectError::Interrupted),
            }
        };
        Ok(drive(&mut closing, &patience, clock, pending(), read).await)
    })?;
    asked.conclude(&closing, driven.failure)
}

struct Asked<'s> {
    source: &'s mut dyn Proving,
    gathered: Gathered,
    has_answered: bool,
}

impl Asked<'_> {
    async fn ask(&mut self, clock: &dyn Clock) -> Reading<CollectError> {
        let began = clock.now();
        self.gathered.begin_asking();
        match self.source.ask(&mut self.gathered).await {
            Ok(()) => {
                self.has_answered = true;
                Reading::Done(self.pass(began, clock.now()))
            }
            Err(error) if is_lasting(&error) => Reading::Hopeless(error),
            Err(error) => Reading::Failed(error),
        }
    }

    fn pass(&self, began: Timestamp, ended: Timestamp) -> Pass {
        let seen = self.source.seen();
        let extent = self.source.cut().map_or(Extent::Whole, Extent::Cut);
        let streams = self.source.streams().into_iter().map(|stream| StreamPass {
            seen: seen
                .iter()
                .filter(|(of, _)| *of == stream)
                .map(|(_, seen)| *seen)
                .collect(),
            stream,
            skew: self.source.skew(),
            extent: extent.clone(),
        });
        Pass {
            began,
            ended,
            streams: streams.collect(),
        }
    }

    fn conclude(
        self,
        closing: &Closing,
        failure: Option<CollectError>,
    ) -> Result<Collected, CollectError> {
        let has_any = self.has_answered || !self.gathered.records().is_empty();
        let because = match (&failure, has_any) {
            (Some(failure), false) => return Err(failure.clone()),
            (None, false) => {
                return Err(CollectError::Unreachable {
                    service: self.source.name(),
                    because: "there was no whole answer within the time".to_owned(),
                });
            }
            (Some(failure), true) => format!("the last asking failed: {failure}"),
            (None, true) => closing.because(),
        };
        let mut notes = self.source.notes();
        notes.extend(self.gathered.notes());
        for (stream, latency) in closing.appearances().iter() {
            notes.push(format!(
                "{stream}: a canary took at most {:.1} s to appear",
                latency.median.as_secs_f64()
            ));
        }
        Ok(Collected {
            source: self.source.source(),
            files: self.source.files(&self.gathered),
            closure: closing.closure(),
            because,
            latency: self.gathered.latency(),
            notes,
        })
    }
}

/// Whether it will be the same the next time.
fn is_lasting(error: &CollectError) -> bool {
    match error {
        CollectError::Throttled { .. }
        | CollectError::Unreachable { .. }
        | CollectError::Malformed { .. } => false,
        CollectError::NoCredentials { .. }
        | CollectError::Expired { .. }
        | CollectError::Denied { .. }
        | CollectError::ClockSkew { .. }
        | CollectError::Refused { .. }
        | CollectError::Misconfigured { .. }
        | CollectError::TooMuch { .. }
        | CollectError::Interrupted => true,
    }
}
