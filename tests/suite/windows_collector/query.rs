//! Which records are asked for.

use jiff::Timestamp;
use misfire::collect::windows::{ChannelName, ChannelQuery};
use misfire::log::xml::{Whitespace, parse, to_xml};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[test]
fn times_are_in_utc_and_lose_nothing_at_the_edges() {
    let query = ChannelQuery::since(at("2026-03-01T13:00:00.0019999+01:00"))
        .until(at("2026-03-01T12:00:09.9990001Z"));
    assert_eq!(
        query.xpath(),
        "*[System[TimeCreated[@SystemTime >= '2026-03-01T12:00:00.001Z' and @SystemTime <= \
         '2026-03-01T12:00:10.000Z']]]"
    );
    // What is whole already stays.
    let query = ChannelQuery::since(at("2026-03-01T12:00:00Z")).until(at("2026-03-01T12:00:01Z"));
    assert!(query.xpath().contains("<= '2026-03-01T12:00:01.000Z'"));
    // The event log knows no time before 1601.
    let query = ChannelQuery::since(Timestamp::MIN).until(Timestamp::MAX);
    assert!(query.xpath().contains(">= '1601-01-01T00:00:00.000Z'"));
    assert!(query.xpath().contains("<= '9999-"));
}

#[test]
fn event_ids_that_follow_one_another_are_one_condition() {
    let query = ChannelQuery::since(at("2026-03-01T12:00:00Z")).event_ids([22, 3, 1, 2, 3]);
    assert_eq!(
        query.xpath(),
        "*[System[TimeCreated[@SystemTime >= '2026-03-01T12:00:00.000Z'] and ((EventID >= 1 and \
         EventID <= 3) or EventID=22)]]"
    );
}

#[test]
fn too_many_event_ids_are_none() {
    let since = ChannelQuery::since(at("2026-03-01T12:00:00Z"));
    let apart = |count: u32| since.clone().event_ids((0..count).map(|id| id * 2));
    assert_eq!(apart(20).xpath().matches("EventID").count(), 20);
    assert_eq!(apart(21).xpath(), since.xpath());
    let ranges = |count: u32| {
        let ids = (0..count).flat_map(|id| [id * 3, id * 3 + 1]);
        since.clone().event_ids(ids)
    };
    assert_eq!(ranges(10).xpath().matches("EventID").count(), 20);
    assert_eq!(ranges(11).xpath(), since.xpath());
}

#[test]
fn a_structured_query_is_escaped() {
    let channel = ChannelName::new("Microsoft-Windows-Sysmon/Operational").expect("a name");
    let query = ChannelQuery::since(at("2026-03-01T12:00:00Z"))
        .until(at("2026-03-01T12:00:01Z"))
        .event_ids([1]);
    let text = query.structured(&channel);
    assert!(text.contains("&lt;= '2026"), "{text}");
    let tree = parse(&text, Whitespace::Keep).expect("well-formed XML");
    assert_eq!(to_xml(&tree), text);
    assert!(text.contains("Path=\"Microsoft-Windows-Sysmon/Operational\""));
}

proptest! {
    /// Whatever is asked for, brackets and quotes are closed, and the record at
    /// either edge is asked for, too.
    #[test]
    fn any_query_is_well_formed(
        from in -20_000_000_000_000_000_i64..200_000_000_000_000_000,
        lasts in 0_i64..10_000_000_000,
        ids in prop::collection::btree_set(0_u32..70_000, 0..40),
    ) {
        let from = Timestamp::from_microsecond(from).expect("a time");
        let until = from + jiff::SignedDuration::from_micros(lasts);
        let xpath = ChannelQuery::since(from).until(until).event_ids(ids).xpath();
        for (open, close) in [('[', ']'), ('(', ')')] {
            prop_assert_eq!(xpath.matches(open).count(), xpath.matches(close).count());
        }
        let times: Vec<&str> = xpath.split('\'').skip(1).step_by(2).collect();
        prop_assert_eq!(times.len(), 2);
        let first: Timestamp = times[0].parse().expect("a time");
        let last: Timestamp = times[1].parse().expect("a time");
        prop_assert!(first <= from || first.to_string().starts_with("1601-"));
        prop_assert!(last >= until || last.to_string().starts_with("1601-"));
        prop_assert!(last.duration_since(until) < jiff::SignedDuration::from_millis(1)
            || last.to_string().starts_with("1601-"));
    }
}
