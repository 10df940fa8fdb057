//! A source as it may be: clocks that differ, records that are held back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use misfire::collect::closing::{Extent, Order, Seen, Skew, Stream, StreamPass};
use proptest::prelude::*;

/// The end of every window here, by our clock, which is the true one.
pub fn end() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().expect("a time")
}

pub fn at(millis: i64) -> Timestamp {
    end()
        .checked_add(SignedDuration::from_millis(millis))
        .expect("a time")
}

/// How long the sources here hold records back at most, in milliseconds.
pub const MOST_HELD: i64 = 2_000;

pub fn held() -> Duration {
    Duration::from_millis(MOST_HELD as u64)
}

#[derive(Debug, Clone)]
pub struct Event {
    /// When it happened, truly, in milliseconds from the window's end.
    pub happened: i64,
    /// How long until it could be read.
    pub held: i64,
}

impl Event {
    pub fn is_of_the_window(&self) -> bool {
        self.happened <= 0
    }

    pub fn readable(&self) -> i64 {
        self.happened + self.held
    }
}

#[derive(Debug, Clone)]
pub struct World {
    /// Events by when they could be read, which is how they are numbered.
    pub events: Vec<Event>,
    /// How much more the source's clock shows, truly.
    pub ahead: i64,
    /// What is known of that.
    pub skew: Skew,
    pub readings: Vec<Attempt>,
}

/// One reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// When it begins.
    pub began: i64,
    /// How long it takes.
    pub lasts: i64,
    /// How much of what there is it takes in, in percent, where 100 is all.
    pub percent: u8,
    /// Which of the records that come while it lasts it takes in, by a bit each.
    pub also: u16,
}

impl Attempt {
    pub fn ended(&self) -> i64 {
        self.began + self.lasts
    }

    /// One that is done at once and takes in everything.
    pub fn whole(began: i64) -> Self {
        Self {
            began,
            lasts: 0,
            percent: 100,
            also: 0,
        }
    }
}

impl World {
    /// What a reading finds. One of an ordered source reads on from record to
    /// record; one of another finds some of what comes meanwhile and misses some.
    pub fn read(&self, attempt: Attempt, is_ordered: bool) -> StreamPass {
        let mut there = Vec::new();
        for (number, event) in self.events.iter().enumerate() {
            let is_taken = attempt.also >> (number % 16) & 1 == 1;
            if event.readable() <= attempt.began
                || (event.readable() <= attempt.ended() && is_taken)
            {
                there.push((number, event));
            } else if is_ordered {
                break;
            }
        }
        let count = there.len() * usize::from(attempt.percent) / 100;
        let seen = there.iter().take(count).map(|(number, event)| Seen {
            time: at(event.happened + self.ahead),
            record: Some(*number as u64),
            performed: None,
        });
        StreamPass {
            stream: Stream::channel("host", "Security"),
            skew: self.skew,
            extent: if attempt.percent == 100 {
                Extent::Whole
            } else {
                Extent::Cut("the connection broke".to_owned())
            },
            seen: seen.collect(),
        }
    }

    /// Whether a reading found every record of the window that there will be.
    pub fn is_all_told(&self, found: &StreamPass) -> bool {
        let of_the_window = self.events.iter().filter(|event| event.is_of_the_window());
        of_the_window.count()
            == found
                .seen
                .iter()
                .filter_map(|seen| self.events.get(usize::try_from(seen.record?).ok()?))
                .filter(|event| event.is_of_the_window())
                .count()
    }
}

pub fn order(is_ordered: bool) -> Order {
    if is_ordered {
        Order::Ordered { slack: held() }
    } else {
        Order::Unordered { delay: held() }
    }
}

pub fn worlds() -> impl Strategy<Value = World> {
    // Most of what can go wrong goes wrong at the edges.
    let happened = prop_oneof![
        -20_000_i64..20_000,
        -100_i64..=0,
        MOST_HELD - 200..MOST_HELD + 200,
    ];
    let held = prop_oneof![Just(0), Just(MOST_HELD), 0..=MOST_HELD];
    let event = (happened, held).prop_map(|(happened, held)| Event { happened, held });
    let began = prop_oneof![-5_000_i64..25_000, 0..=2 * MOST_HELD];
    let percent = prop_oneof![3 => Just(100_u8), 1 => 0..100_u8];
    let reading =
        (began, 0..3_000_i64, percent, any::<u16>()).prop_map(|(began, lasts, percent, also)| {
            Attempt {
                began,
                lasts,
                percent,
                also,
            }
        });
    let uncertainty = prop_oneof![Just(0), 0_i64..5_000];
    (
        prop::collection::vec(event, 0..12),
        -30_000_i64..30_000,
        uncertainty,
        -100_i64..=100,
        prop::collection::vec(reading, 1..8),
    )
        .prop_map(|(mut events, ahead, uncertainty, wrong, mut readings)| {
            events.sort_by_key(Event::readable);
            readings.sort_unstable();
            let known = ahead + uncertainty * wrong / 100;
            World {
                events,
                ahead,
                skew: Skew::new(
                    SignedDuration::from_millis(known),
                    SignedDuration::from_millis(uncertainty),
                ),
                readings,
            }
        })
}
