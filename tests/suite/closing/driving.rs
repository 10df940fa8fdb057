//! Reading again and again.

use std::cell::RefCell;
use std::future::{pending, ready};
use std::slice::from_mut;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use misfire::collect::Clock;
use misfire::collect::closing::{
    Backoff, Closing, Ended, Extent, Pass, Patience, Reading, Seen, Skew, Stream, StreamPass, drive,
};
use misfire::recording::{Closure, Window};
use proptest::prelude::*;

use super::world::{at, end};
use crate::support::clock::VirtualClock;

fn stream() -> Stream {
    Stream::cloudtrail("eu-west-1", "ssm.amazonaws.com")
}

fn closing() -> Closing {
    let mut closing = Closing::new(Window {
        start: at(-60_000),
        end: end(),
        closure: Closure::Open,
    });
    closing.follow(stream(), stream().documented_order());
    closing
}

fn patience(wait: u64) -> Patience {
    Patience {
        wait: Duration::from_secs(wait),
        first_reading: Duration::from_secs(30),
        backoff: Backoff::CLOUD,
    }
}

fn pass(began: Timestamp, ended: Timestamp, seen: Vec<Seen>) -> Pass {
    Pass {
        began,
        ended,
        streams: vec![StreamPass {
            stream: stream(),
            skew: Skew::NONE,
            extent: Extent::Whole,
            seen,
        }],
    }
}

fn since_end(clock: &VirtualClock) -> SignedDuration {
    end().duration_until(clock.now())
}

proptest! {
    /// However long readings take, however they fail, and whatever the pauses.
    #[test]
    fn no_more_than_the_time_is_spent(
        wait in 0_u64..3_000,
        first in 0_u64..100,
        backoff in (0_u64..100, 0_u64..100),
        readings in prop::collection::vec((0_u64..200_000, any::<bool>()), 1..10),
    ) {
        let clock = VirtualClock::at(end());
        let mut closing = closing();
        let patience = Patience {
            wait: Duration::from_secs(wait),
            first_reading: Duration::from_secs(first),
            backoff: Backoff {
                first: Duration::from_secs(backoff.0),
                longest: Duration::from_secs(backoff.1),
            },
        };
        let number = RefCell::new(0);
        let driven = clock.run(drive(from_mut(&mut closing), &patience, &clock, pending(), |_| async {
            let index = number.replace_with(|number| *number + 1);
            let (millis, fails) = readings[index % readings.len()];
            let began = clock.now();
            clock.sleep(Duration::from_millis(millis)).await;
            if fails {
                Reading::Failed("no answer")
            } else {
                // No canary ever comes.
                Reading::Done(pass(began, clock.now(), Vec::new()))
            }
        }));
        prop_assert_eq!(driven.ended, Ended::TimeOver);
        let spent = since_end(&clock).as_secs_f64();
        let first_took = (readings[0].0 as f64 / 1000.0).min(first.max(wait) as f64);
        prop_assert!(spent <= (wait as f64).max(first_took) + 1e-9, "{spent} s");
        prop_assert!(driven.readings >= 1);
        prop_assert_eq!(closing.closure(), Closure::Open);
    }

    /// The pauses grow and stay within their bounds.
    #[test]
    fn pauses_grow_up_to_the_longest(first in 1_u64..10_000, longest in 1_u64..100_000) {
        let backoff = Backoff {
            first: Duration::from_millis(first),
            longest: Duration::from_millis(longest),
        };
        let mut before = Duration::ZERO;
        for readings in 1..60 {
            let pause = backoff.pause(readings);
            prop_assert!(pause >= before && !pause.is_zero());
            prop_assert!(pause <= backoff.longest);
            before = pause;
        }
        prop_assert_eq!(before, backoff.longest);
    }
}

#[test]
fn it_closes_as_soon_as_the_delay_has_passed() {
    let clock = VirtualClock::at(at(1_000));
    let mut closing = closing();
    let performed = at(500);
    let driven = clock.run(drive(
        from_mut(&mut closing),
        &patience(1_200),
        &clock,
        pending(),
        |_| async {
            let began = clock.now();
            clock.sleep(Duration::from_millis(700)).await;
            // The canary's record takes four minutes.
            let is_there = began >= at(240_000);
            let seen = is_there.then_some(Seen {
                time: at(600),
                record: None,
                performed: Some(performed),
            });
            Reading::<()>::Done(pass(began, clock.now(), seen.into_iter().collect()))
        },
    ));
    assert_eq!(driven.ended, Ended::Closed);
    let delay = SignedDuration::try_from(Stream::CLOUDTRAIL_DELAY).expect("a delay");
    let late = since_end(&clock) - delay;
    assert!(late >= SignedDuration::ZERO, "{late}");
    assert!(late < SignedDuration::from_secs(2), "{late}");
    assert!(driven.readings < 30, "{} readings", driven.readings);

    let latency = closing.appearances().of(&stream()).expect("a canary");
    assert_eq!(latency.records, 1);
    assert_eq!(latency.min, latency.max);
    assert!(latency.min >= Duration::from_millis(239_500), "{latency:?}");
    assert!(latency.min < Duration::from_secs(240 + 62), "{latency:?}");
}

#[test]
fn the_last_reading_is_begun_in_time_to_end() {
    let clock = VirtualClock::at(end());
    let mut closing = closing();
    let begun = RefCell::new(Vec::new());
    let driven = clock.run(drive(
        from_mut(&mut closing),
        &patience(100),
        &clock,
        pending(),
        |_| async {
            let began = clock.now();
            clock.sleep(Duration::from_secs(7)).await;
            begun.borrow_mut().push(end().duration_until(began));
            Reading::<()>::Done(pass(began, clock.now(), Vec::new()))
        },
    ));
    assert_eq!(driven.ended, Ended::TimeOver);
    let begun = begun.into_inner();
    assert_eq!(begun.len() as u32, driven.readings, "none was cut off");
    assert_eq!(begun.last(), Some(&SignedDuration::from_secs(93)));
}

#[test]
fn a_reading_that_hangs_is_given_up() {
    let clock = VirtualClock::at(end());
    let mut closing = closing();
    let driven = clock.run(drive(
        from_mut(&mut closing),
        &patience(5),
        &clock,
        pending(),
        |_| pending::<Reading<()>>(),
    ));
    assert_eq!(driven.ended, Ended::TimeOver);
    assert_eq!(driven.readings, 1);
    assert_eq!(since_end(&clock), SignedDuration::from_secs(30));
}

#[test]
fn an_interruption_ends_a_pause_and_a_reading() {
    for hangs in [false, true] {
        let clock = VirtualClock::at(end());
        let mut closing = closing();
        let stop = clock.sleep(Duration::from_millis(2_500));
        let driven = clock.run(drive(
            from_mut(&mut closing),
            &patience(600),
            &clock,
            stop,
            |_| async {
                if hangs {
                    pending::<()>().await;
                }
                Reading::<()>::Done(pass(clock.now(), clock.now(), Vec::new()))
            },
        ));
        assert_eq!(driven.ended, Ended::Interrupted);
        assert_eq!(driven.readings, 1);
        assert_eq!(since_end(&clock), SignedDuration::from_millis(2_500));
    }
}

#[test]
fn what_was_looked_for_ends_the_wait_and_closes_nothing() {
    let clock = VirtualClock::at(at(1_000));
    let mut closing = closing();
    let driven = clock.run(drive(
        from_mut(&mut closing),
        &patience(600),
        &clock,
        pending(),
        |_| {
            ready(Reading::<()>::Enough(pass(
                clock.now(),
                clock.now(),
                Vec::new(),
            )))
        },
    ));
    assert_eq!(driven.ended, Ended::Enough);
    assert_eq!(driven.readings, 1);
    assert_eq!(closing.closure(), Closure::Open);
}

#[test]
fn a_failure_is_tried_again_and_a_hopeless_one_is_not() {
    let clock = VirtualClock::at(at(1_000));
    let mut count = 0;
    let driven = clock.run(drive(
        from_mut(&mut closing()),
        &patience(600),
        &clock,
        pending(),
        |_| {
            count += 1;
            ready(if count < 3 {
                Reading::Failed("throttled")
            } else {
                Reading::Hopeless("denied")
            })
        },
    ));
    assert_eq!(driven.ended, Ended::Hopeless);
    assert_eq!(driven.readings, 3);
    assert_eq!(driven.failure, Some("denied"));
}

#[test]
fn a_failure_that_passed_is_forgotten() {
    let clock = VirtualClock::at(at(1_000));
    let mut count = 0;
    let driven = clock.run(drive(
        from_mut(&mut closing()),
        &patience(30),
        &clock,
        pending(),
        |_| {
            count += 1;
            ready(if count == 1 {
                Reading::Failed("throttled")
            } else {
                Reading::Done(pass(clock.now(), clock.now(), Vec::new()))
            })
        },
    ));
    assert_eq!(driven.ended, Ended::TimeOver);
    assert_eq!(driven.failure, None);
}

#[test]
fn no_time_to_wait_means_one_reading() {
    let clock = VirtualClock::at(at(1_000));
    let driven = clock.run(drive(
        from_mut(&mut closing()),
        &patience(0),
        &clock,
        pending(),
        |_| {
            ready(Reading::<()>::Done(pass(
                clock.now(),
                clock.now(),
                Vec::new(),
            )))
        },
    ));
    assert_eq!(driven.ended, Ended::TimeOver);
    assert_eq!(driven.readings, 1);
}
