//! What is known of a source's clock.

use jiff::{SignedDuration, Timestamp};
use misfire::collect::closing::Skew;
use proptest::prelude::*;

proptest! {
    /// Wherever between question and answer the service looked at its clock, and
    /// although it tells whole seconds: the true difference is within what is said.
    #[test]
    fn a_date_bounds_the_difference(
        sent in 1_700_000_000_000_i64..1_800_000_000_000,
        before in 0_i64..5_000,
        after in 0_i64..5_000,
        ahead in -100_000_i64..100_000,
    ) {
        let time = |millis| Timestamp::from_millisecond(millis).expect("a time");
        let looked = sent + before;
        let shown = time((looked + ahead).div_euclid(1000) * 1000);
        let skew = Skew::from_date(time(sent), time(looked + after), shown);
        let wrong = SignedDuration::from_millis(ahead).saturating_sub(skew.offset());
        prop_assert!(wrong.unsigned_abs() <= skew.uncertainty().unsigned_abs(), "{skew:?}");
        let most = SignedDuration::from_millis(before + after + 1000);
        prop_assert!(skew.uncertainty() <= most, "{skew:?}");
    }

    /// There and back never makes a record earlier than it may be.
    #[test]
    fn the_worst_is_assumed(
        millis in -1_000_000_i64..1_000_000,
        offset in -100_000_i64..100_000,
        uncertainty in -10_000_i64..10_000,
    ) {
        let ours = Timestamp::from_millisecond(1_700_000_000_000 + millis).expect("a time");
        let skew = Skew::new(
            SignedDuration::from_millis(offset),
            SignedDuration::from_millis(uncertainty),
        );
        prop_assert_eq!(skew.earliest_here(skew.latest_there(ours)), ours);
        let shown = ours.checked_add(SignedDuration::from_millis(offset)).expect("a time");
        prop_assert!(skew.latest_there(ours) >= shown);
        prop_assert!(skew.earliest_here(shown) <= ours);
    }
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    let skew = Skew::new(SignedDuration::MAX, SignedDuration::MIN);
    assert_eq!(skew.latest_there(Timestamp::MAX), Timestamp::MAX);
    assert_eq!(skew.earliest_here(Timestamp::MIN), Timestamp::MIN);
}
