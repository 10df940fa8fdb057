//! Nothing closes without proof.

use jiff::SignedDuration;
use misfire::collect::closing::{
    Closing, Extent, Order, Pass, Proof, Seen, Skew, Standing, Stream, StreamPass, Watch, Why,
};
use misfire::recording::{Closure, Window};
use proptest::prelude::*;

use super::world::{Attempt, Event, MOST_HELD, at, end, held, order, worlds};

fn pass(seen: Vec<Seen>) -> StreamPass {
    StreamPass {
        stream: Stream::channel("host", "Security"),
        skew: Skew::NONE,
        extent: Extent::Whole,
        seen,
    }
}

fn record(number: u64, millis: i64) -> Seen {
    Seen {
        time: at(millis),
        record: Some(number),
        performed: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever the clocks and however long records are held back within what is
    /// known of the source: when it is called closed, every record of the window
    /// has been read.
    #[test]
    fn closed_means_that_everything_was_read(world in worlds(), is_ordered: bool) {
        let mut watch = Watch::new(end(), order(is_ordered));
        for attempt in &world.readings {
            let found = world.read(*attempt, is_ordered);
            watch.take(&found, at(attempt.began), at(attempt.ended()));
            if watch.standing().is_closed() {
                prop_assert!(world.is_all_told(&found), "{:?}", watch.standing());
                prop_assert_eq!(attempt.percent, 100);
                return Ok(());
            }
        }
    }

    /// What is closed stays closed, by the same proof.
    #[test]
    fn a_later_reading_opens_nothing(world in worlds(), is_ordered: bool) {
        let mut watch = Watch::new(end(), order(is_ordered));
        let mut closed = None;
        for attempt in &world.readings {
            let found = world.read(*attempt, is_ordered);
            watch.take(&found, at(attempt.began), at(attempt.ended()));
            match &closed {
                None if watch.standing().is_closed() => closed = Some(watch.standing().clone()),
                None => {}
                Some(closed) => prop_assert_eq!(closed, watch.standing()),
            }
        }
    }

    /// Records from before the end prove nothing, however many and however late.
    #[test]
    fn a_canary_from_before_the_end_proves_nothing(
        mut world in worlds(),
        is_ordered: bool,
        wait in 0_i64..10_000_000,
    ) {
        world.events.retain(Event::is_of_the_window);
        let mut watch = Watch::new(end(), order(is_ordered));
        let began = MOST_HELD + wait;
        watch.take(&world.read(Attempt::whole(began), is_ordered), at(began), at(began));
        prop_assert!(!watch.standing().is_closed(), "{:?}", watch.standing());
    }

    /// The other way round: where nothing is in doubt, it does close.
    #[test]
    fn a_record_from_well_after_the_end_closes(mut world in worlds(), is_ordered: bool) {
        let unsure = world.skew.uncertainty().as_millis() as i64;
        let late = MOST_HELD + 2 * unsure + 1;
        world.events.retain(Event::is_of_the_window);
        world.events.push(Event { happened: late, held: 0 });
        world.events.sort_by_key(Event::readable);
        let mut watch = Watch::new(end(), order(is_ordered));
        watch.take(&world.read(Attempt::whole(late), is_ordered), at(late), at(late));
        prop_assert!(watch.standing().is_closed(), "{:?}", watch.standing());
    }
}

#[test]
fn a_canary_of_ours_needs_no_common_clock() {
    let mut watch = Watch::new(end(), order(true));
    let canary = Seen {
        // The source's clock is an hour behind.
        time: at(-3_600_000),
        record: Some(7),
        performed: Some(at(5_000)),
    };
    watch.take(&pass(vec![canary]), at(6_000), at(6_000));
    assert_eq!(
        *watch.standing(),
        Standing::Closed(Proof::LaterRecord {
            record: 7,
            time: at(-3_600_000)
        })
    );
}

#[test]
fn a_canary_that_was_performed_too_early_proves_nothing() {
    for performed in [-1, 0, MOST_HELD] {
        let mut watch = Watch::new(end(), order(true));
        let canary = Seen {
            time: at(9_000),
            record: Some(7),
            performed: Some(at(performed)),
        };
        watch.take(&pass(vec![canary]), at(10_000), at(10_000));
        assert_eq!(
            *watch.standing(),
            Standing::Open(Why::NoLater { delay_until: None }),
            "{performed}"
        );
    }
}

#[test]
fn a_record_of_the_window_behind_the_canary_shows_that_order_does_not_hold() {
    let mut watch = Watch::new(end(), order(true));
    let seen = vec![record(8, 9_000), record(9, -500)];
    watch.take(&pass(seen), at(10_000), at(10_000));
    let why = Why::Disordered {
        later: 8,
        inside: 9,
    };
    assert_eq!(*watch.standing(), Standing::Open(why));
    // A later one still closes.
    let seen = vec![record(8, 9_000), record(9, -500), record(10, 9_500)];
    watch.take(&pass(seen), at(11_000), at(11_000));
    assert!(watch.standing().is_closed());
}

#[test]
fn a_record_without_a_number_is_not_later_than_any() {
    let mut watch = Watch::new(end(), order(true));
    let seen = Seen {
        record: None,
        ..record(0, 9_000)
    };
    watch.take(&pass(vec![seen]), at(10_000), at(10_000));
    assert_eq!(*watch.standing(), Standing::Open(Why::Unnumbered));
}

#[test]
fn a_record_from_the_future_proves_that_the_clocks_differ() {
    for is_ordered in [true, false] {
        let mut watch = Watch::new(end(), order(is_ordered));
        watch.take(&pass(vec![record(1, 70_000)]), at(10_000), at(10_000));
        let ahead = SignedDuration::from_secs(60);
        assert_eq!(*watch.standing(), Standing::Open(Why::Clock { ahead }));
    }
}

#[test]
fn an_unordered_stream_needs_the_canary_and_the_delay() {
    let mut watch = Watch::new(end(), order(false));
    // The delay alone.
    watch.take(&pass(vec![record(1, -1)]), at(MOST_HELD), at(MOST_HELD));
    let until = at(MOST_HELD);
    assert_eq!(
        *watch.standing(),
        Standing::Open(Why::NoLater {
            delay_until: Some(until)
        })
    );
    // The canary alone; and the reading must have begun after the delay, not ended.
    let mut watch = Watch::new(end(), order(false));
    watch.take(
        &pass(vec![record(2, 1)]),
        at(MOST_HELD - 1),
        at(MOST_HELD + 500),
    );
    assert_eq!(
        *watch.standing(),
        Standing::Open(Why::Delay {
            until,
            later_seen: true
        })
    );
    // A canary that was once seen needs not be seen again.
    watch.take(&pass(Vec::new()), at(MOST_HELD), at(MOST_HELD));
    assert_eq!(
        *watch.standing(),
        Standing::Closed(Proof::CanaryAndDelay {
            time: at(1),
            delay: held()
        })
    );
}

#[test]
fn the_delay_alone_closes_only_where_that_was_asked_for() {
    let mut watch = Watch::new(end(), Order::DelayAlone { delay: held() });
    let early = at(MOST_HELD - 1);
    watch.take(&pass(Vec::new()), early, early);
    assert!(!watch.standing().is_closed());
    let late = at(MOST_HELD);
    let mut cut = pass(Vec::new());
    cut.extent = Extent::Cut("the answer was cut".to_owned());
    watch.take(&cut, late, late);
    assert_eq!(
        *watch.standing(),
        Standing::Open(Why::Cut("the answer was cut".to_owned()))
    );
    watch.take(&pass(Vec::new()), late, late);
    assert_eq!(
        *watch.standing(),
        Standing::Closed(Proof::DelayAlone { delay: held() })
    );
}

#[test]
fn a_window_is_closed_only_when_every_stream_is() {
    let window = Window {
        start: at(-60_000),
        end: end(),
        closure: Closure::Open,
    };
    let mut closing = Closing::new(window);
    assert_eq!(closing.closure(), Closure::Open, "nothing is followed");
    let streams = [
        Stream::channel("host", "Security"),
        Stream::channel("host", "Microsoft-Windows-Sysmon/Operational"),
    ];
    for stream in &streams {
        closing.follow(stream.clone(), order(true));
    }
    let of = |stream: &Stream| Pass {
        began: at(9_000),
        ended: at(9_100),
        streams: vec![StreamPass {
            stream: stream.clone(),
            ..pass(vec![record(3, 8_000)])
        }],
    };
    closing.take(&of(&streams[0]));
    assert_eq!(closing.closure(), Closure::Open);
    assert_eq!(
        closing.because(),
        "channel Microsoft-Windows-Sysmon/Operational of host: it was not read"
    );
    // A stream that nobody asked for closes nothing.
    closing.take(&of(&Stream::channel("other", "Security")));
    assert_eq!(closing.closure(), Closure::Open);
    // Names are compared as Windows compares them.
    closing.take(&of(&Stream::channel(
        "HOST",
        "microsoft-windows-sysmon/operational",
    )));
    assert_eq!(closing.closure(), Closure::Closed);
}

#[test]
fn the_canary_of_one_service_or_region_closes_no_other() {
    let window = Window {
        start: at(-60_000),
        end: end(),
        closure: Closure::Open,
    };
    let followed = Stream::cloudtrail("eu-west-1", "ssm.amazonaws.com");
    for other in [
        Stream::cloudtrail("eu-west-1", "sts.amazonaws.com"),
        Stream::cloudtrail("us-east-1", "ssm.amazonaws.com"),
        Stream::azure_activity("eu-west-1", "ssm.amazonaws.com"),
    ] {
        let mut closing = Closing::new(window);
        closing.follow(followed.clone(), followed.documented_order());
        let day = at(86_400_000);
        closing.take(&Pass {
            began: day,
            ended: day,
            streams: vec![
                StreamPass {
                    stream: other,
                    ..pass(vec![record(3, 8_000)])
                },
                StreamPass {
                    stream: followed.clone(),
                    ..pass(Vec::new())
                },
            ],
        });
        assert_eq!(closing.closure(), Closure::Open, "{}", closing.because());
    }
}
