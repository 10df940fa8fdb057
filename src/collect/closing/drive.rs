//! Reads again and again, until there is proof or the time is over.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::backoff::Backoff;
use super::pass::Pass;
use super::streams::Closing;
use crate::collect::Clock;
use crate::recording::Closure;

/// How long to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long at most from the start of the first reading; zero reads once.
    pub wait: Duration,
    /// How long the first reading may take, even if that is more than `wait`: what
    /// is there is read in any case, but nothing hangs.
    pub first_reading: Duration,
    /// The pauses.
    pub backoff: Backoff,
}

/// What came of one reading.
#[derive(Debug)]
pub enum Reading<E> {
    /// It was done.
    Done(Pass),
    /// It was done, and all that was looked for is there.
    Enough(Pass),
    /// It failed; the next one may not.
    Failed(E),
    /// It failed, and so will the next one.
    Hopeless(E),
}

/// Why the readings ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every stream is closed.
    Closed,
    /// All that was looked for is there; what is not closed stays open.
    Enough,
    /// The time was over.
    TimeOver,
    /// Someone wanted it to end.
    Interrupted,
    /// A reading failed in a way that will not pass.
    Hopeless,
}

/// How it went.
#[derive(Debug)]
pub struct Driven<E> {
    /// Why it ended.
    pub ended: Ended,
    /// How many readings began.
    pub readings: u32,
    /// What the last reading failed of, if it failed.
    pub failure: Option<E>,
}

/// Reads until everything is closed, all is found, the time is over, or `stop` is
/// done. Several windows may be closed by the same readings. What was read before the
/// end is in `windows` in any case. Within
/// [`wait_for`](crate::collect::wait_for), which minds interruptions itself, `stop`
/// may be never done.
///
/// The last reading before the time is over is begun so that one like the longest
/// before it can still end; and one is begun as soon as a documented delay has
/// passed. Each reading is told how long it may take, and dropped after that.
pub async fn drive<E, F: Future<Output = Reading<E>>>(
    windows: &mut [Closing],
    patience: &Patience,
    clock: &dyn Clock,
    stop: impl Future<Output = ()>,
    mut read: impl FnMut(Duration) -> F,
) -> Driven<E> {
    let mut stop = pin!(stop);
    // One timer for the whole, so that a step of the clock prolongs nothing.
    let mut over = pin!(clock.sleep(patience.wait));
    let start = clock.now();
    let mut longest = Duration::ZERO;
    let mut driven = Driven {
        ended: Ended::TimeOver,
        readings: 0,
        failure: None,
    };
    loop {
        driven.readings += 1;
        let began = clock.now();
        let outcome = if driven.readings == 1 {
            let limit = patience.wait.max(patience.first_reading);
            race(stop.as_mut(), pin!(clock.sleep(limit)), pin!(read(limit))).await
        } else {
            let limit = patience.wait.saturating_sub(since(start, began));
            race(stop.as_mut(), over.as_mut(), pin!(read(limit))).await
        };
        let reading = match outcome {
            Outcome::Stopped => return driven.ended(Ended::Interrupted),
            Outcome::Over => return driven.ended(Ended::TimeOver),
            Outcome::Done(reading) => reading,
        };
        longest = longest.max(since(began, clock.now()));
        driven.failure = None;
        match reading {
            Reading::Done(pass) => take(windows, &pass),
            Reading::Enough(pass) => {
                take(windows, &pass);
                if !are_closed(windows) {
                    return driven.ended(Ended::Enough);
                }
            }
            Reading::Failed(error) => driven.failure = Some(error),
            Reading::Hopeless(error) => {
                driven.failure = Some(error);
                return driven.ended(Ended::Hopeless);
            }
        }
        if are_closed(windows) {
            return driven.ended(Ended::Closed);
        }
        let now = clock.now();
        let left = patience.wait.saturating_sub(since(start, now));
        let Some(pause) = pause(windows, patience, driven.readings, now, left, longest) else {
            return driven.ended(Ended::TimeOver);
        };
        match race(stop.as_mut(), over.as_mut(), pin!(clock.sleep(pause))).await {
            Outcome::Stopped => return driven.ended(Ended::Interrupted),
            Outcome::Over => return driven.ended(Ended::TimeOver),
            Outcome::Done(()) => {}
        }
    }
}

fn take(windows: &mut [Closing], pass: &Pass) {
    for closing in windows {
        closing.take(pass);
    }
}

fn are_closed(windows: &[Closing]) -> bool {
    windows
        .iter()
        .all(|closing| closing.closure() == Closure::Closed)
}

/// How long until the next reading; nothing if it could not end in time.
fn pause(
    windows: &[Closing],
    patience: &Patience,
    readings: u32,
    now: Timestamp,
    left: Duration,
    longest: Duration,
) -> Option<Duration> {
    let mut pause = patience.backoff.pause(readings);
    let due = windows.iter().filter_map(|closing| closing.due(now)).min();
    if let Some(due) = due {
        // A reading proves something only from a moment after.
        pause = pause.min(since(now, due) + Duration::from_millis(1));
    }
    let latest = left.checked_sub(longest)?;
    if latest.is_zero() {
        return None;
    }
    Some(pause.min(latest))
}

fn since(earlier: Timestamp, later: Timestamp) -> Duration {
    let between: SignedDuration = earlier.duration_until(later);
    Duration::try_from(between).unwrap_or_default()
}

enum Outcome<T> {
    Stopped,
    Over,
    Done(T),
}

/// Whichever is done first. Of the same moment an interruption counts most, and a
/// result more than the end of the time.
async fn race<T>(
    mut stop: Pin<&mut impl Future<Output = ()>>,
    mut over: Pin<&mut impl Future<Output = ()>>,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Outcome<T> {
    poll_fn(|context| {
        if stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(Outcome::Stopped);
        }
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Outcome::Done(done));
        }
        if over.as_mut().poll(context).is_ready() {
            return Poll::Ready(Outcome::Over);
        }
        Poll::Pending
    })
    .await
}

impl<E> Driven<E> {
    fn ended(mut self, ended: Ended) -> Self {
        self.ended = ended;
        self
    }
}
