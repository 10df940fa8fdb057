//! Asking a source until it is proven that everything has come.

use std::cell::Cell;
use std::future::pending;
use std::time::Duration;

use jiff::Timestamp;

use super::closing::{
    Backoff, Closing, Extent, Order, Pass, Patience, Reading, Seen, Skew, Stream, StreamPass, drive,
};
use super::{Clock, CollectError, Collected, Gathered, Interrupt, Request, Source, wait_for};
use crate::recording::{Closure, Window};

/// How long the first asking may take, whatever the time to wait.
const FIRST_ASKING: Duration = Duration::from_secs(300);

/// A source that shows how far its records have come.
pub trait Proving: Source {
    /// The streams that have to be closed, unless whoever asks names others.
    fn streams(&self) -> Vec<Stream>;

    /// What is known of the order of a stream's records: what its vendor documents,
    /// unless the source is another.
    fn order(&self, stream: &Stream) -> Order {
        stream.documented_order()
    }

    /// What the last asking saw of each stream, records from after the window
    /// included.
    fn seen(&self) -> Vec<(Stream, Seen)>;

    /// What is known of the clock that the times of a stream are of.
    fn skew(&self, stream: &Stream) -> Skew;

    /// Why the last asking did not see everything of a stream, although it gave no
    /// error: a fragment of a sentence.
    fn cut(&self, stream: &Stream) -> Option<String>;
}

/// A window whose records are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The window; its own `closure` says nothing here.
    pub window: Window,
    /// Until when records are gathered, whether or not all of them have come; an end
    /// before that of the window is that of the window.
    pub until: Timestamp,
    /// What has to be closed for it; without any it stays open.
    pub streams: Vec<Stream>,
}

impl Wanted {
    /// The time whose records are gathered.
    fn gathered(&self) -> Window {
        Window {
            end: self.window.end.max(self.until),
            ..self.window
        }
    }
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
    let wanted = Wanted {
        window: request.window,
        until: request.window.end,
        streams: source.streams(),
    };
    let all = ask_until_all_closed(source, &[wanted], request.wait, clock, interrupt)?;
    all.into_iter().next().ok_or(CollectError::Interrupted)
}

/// Asks a source again and again, until each of several windows is proven to be
/// closed, or the time to wait is over, which is one for all of them. Each asking is
/// for the time from the start of the first window to the end of the last, and serves
/// them all. What comes of each window is in the order of the windows.
///
/// # Errors
/// Why nothing can be said of the source, or an interruption.
pub fn ask_until_all_closed(
    source: &mut dyn Proving,
    wanted: &[Wanted],
    wait: Duration,
    clock: &dyn Clock,
    interrupt: Interrupt<'_>,
) -> Result<Vec<Collected>, CollectError> {
    let Some(window) = spanned(wanted.iter().map(Wanted::gathered)) else {
        return Ok(Vec::new());
    };
    let mut closings: Vec<Closing> = wanted.iter().map(|one| closing(source, one)).collect();
    let patience = Patience {
        wait,
        first_reading: FIRST_ASKING,
        backoff: Backoff::CLOUD,
    };
    let mut asked = Asked {
        streams: wanted
            .iter()
            .flat_map(|one| one.streams.clone())
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect(),
        source,
        gathered: Gathered::new(window),
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
        Ok(drive(&mut closings, &patience, clock, pending(), read).await)
    })?;
    asked.check(driven.failure.as_ref())?;
    let each = wanted.iter().zip(&closings);
    Ok(each
        .map(|(wanted, closing)| asked.conclude(wanted, closing, driven.failure.as_ref()))
        .collect())
}

/// From the start of the first to the end of the last; nothing for none.
#[must_use]
pub fn spanned(windows: impl Iterator<Item = Window>) -> Option<Window> {
    windows.reduce(|one, other| Window {
        start: one.start.min(other.start),
        end: one.end.max(other.end),
        closure: Closure::Open,
    })
}

fn closing(source: &dyn Proving, wanted: &Wanted) -> Closing {
    let mut closing = Closing::new(wanted.window);
    for stream in &wanted.streams {
        closing.follow(stream.clone(), source.order(stream));
    }
    closing
}

struct Asked<'s> {
    source: &'s mut dyn Proving,
    /// Those of all windows.
    streams: Vec<Stream>,
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
            Err(error) if error.is_lasting() => Reading::Hopeless(error),
            Err(error) => Reading::Failed(error),
        }
    }

    fn pass(&self, began: Timestamp, ended: Timestamp) -> Pass {
        let seen = self.source.seen();
        let streams = self.streams.iter().map(|stream| StreamPass {
            seen: seen
                .iter()
                .filter(|(of, _)| of == stream)
                .map(|(_, seen)| *seen)
                .collect(),
            stream: stream.clone(),
            skew: self.source.skew(stream),
            extent: self.source.cut(stream).map_or(Extent::Whole, Extent::Cut),
        });
        Pass {
            began,
            ended,
            streams: streams.collect(),
        }
    }

    /// Whether anything can be said of the source.
    fn check(&self, failure: Option<&CollectError>) -> Result<(), CollectError> {
        if self.has_answered || !self.gathered.records().is_empty() {
            return Ok(());
        }
        Err(failure
            .cloned()
            .unwrap_or_else(|| CollectError::Unreachable {
                service: self.source.name(),
                because: "there was no whole answer within the time".to_owned(),
            }))
    }

    fn conclude(
        &self,
        wanted: &Wanted,
        closing: &Closing,
        failure: Option<&CollectError>,
    ) -> Collected {
        let because = match (closing.closure(), failure) {
            (Closure::Open, Some(failure)) => format!("the last asking failed: {failure}"),
            (Closure::Open, None) | (Closure::Closed, _) => closing.because(),
        };
        let gathered = self.gathered.within(wanted.gathered());
        let mut collected = Collected::of(self.source, &gathered, closing.closure(), because);
        for (stream, latency) in closing.appearances().iter() {
            collected.notes.push(format!(
                "{stream}: a canary took at most {:.1} s to appear",
                latency.median.as_secs_f64()
            ));
        }
        collected
    }
}
