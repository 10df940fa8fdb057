//! What is said of a window.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use misfire::collect::closing::{
    Appearances, Canary, Order, Proof, Skew, Standing, Stream, Why, canary_of,
};

use super::world::at;

#[test]
fn every_reason_reads_as_a_sentence() {
    let delay = Stream::AZURE_ACTIVITY_DELAY;
    let told: Vec<String> = [
        Standing::Open(Why::NotRead),
        Standing::Open(Why::NotOver),
        Standing::Open(Why::Cut("page 2 of 3 was cut".to_owned())),
        Standing::Open(Why::NoLater { delay_until: None }),
        Standing::Open(Why::NoLater {
            delay_until: Some(at(0)),
        }),
        Standing::Open(Why::Unnumbered),
        Standing::Open(Why::Disordered {
            later: 8,
            inside: 9,
        }),
        Standing::Open(Why::Delay {
            until: at(1_200_000),
            later_seen: true,
        }),
        Standing::Open(Why::Delay {
            until: at(1_200_000),
            later_seen: false,
        }),
        Standing::Open(Why::Clock {
            ahead: SignedDuration::from_millis(2_500),
        }),
        Standing::Closed(Proof::LaterRecord {
            record: 12,
            time: at(4_000),
        }),
        Standing::Closed(Proof::CanaryAndDelay {
            time: at(4_000),
            delay,
        }),
        Standing::Closed(Proof::DelayAlone {
            delay: Duration::from_secs(90),
        }),
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    assert_eq!(
        told,
        [
            "open: it was not read",
            "open: it was read before the window ended",
            "open: it was read only in part: page 2 of 3 was cut",
            "open: no record from after the window's end has come",
            "open: the documented delay has passed, but no record from after the window's end \
             has come",
            "open: the record from after the window's end carries no number",
            "open: record 9 may be of the window, although record 8 before it is from after the \
             window's end",
            "open: a record from after the window's end has come, but the documented delay lasts \
             until 2026-03-01T12:20:00Z",
            "open: no record from after the window's end has come, and the documented delay \
             lasts until 2026-03-01T12:20:00Z",
            "open: its clock is ahead of ours by at least 2.5 s, so its times prove nothing",
            "closed: record 12 of 2026-03-01T12:00:04Z follows the window's end",
            "closed: a record of 2026-03-01T12:00:04Z follows the window's end, and the \
             documented 20 min have passed",
            "closed: the documented 90 s have passed; no later record confirms it",
        ]
    );
}

#[test]
fn streams_know_what_their_vendors_document() {
    let channel = Stream::channel("host", "Security");
    let trail = Stream::cloudtrail("eu-west-1", "ssm.amazonaws.com");
    let azure = Stream::azure_activity("0000", "Microsoft.Compute");
    assert!(matches!(channel.documented_order(), Order::Ordered { slack } if !slack.is_zero()));
    assert_eq!(
        trail.documented_order(),
        Order::Unordered {
            delay: Duration::from_secs(900)
        }
    );
    assert_eq!(
        azure.documented_order(),
        Order::Unordered {
            delay: Duration::from_secs(1200)
        }
    );
    let names: Vec<String> = [channel, trail, azure]
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        names,
        [
            "channel Security of host",
            "CloudTrail records of ssm.amazonaws.com in eu-west-1",
            "Azure activity of Microsoft.Compute in subscription 0000",
        ]
    );
}

#[test]
fn each_canary_stays_in_its_stream() {
    let mut events = BTreeSet::new();
    for service in [
        "cloudtrail",
        "ec2",
        "guardduty",
        "iam",
        "kms",
        "lambda",
        "logs",
        "s3",
        "secretsmanager",
        "ssm",
        "sts",
    ] {
        let source = format!("{service}.amazonaws.com");
        let Canary::Call(call) = canary_of(&Stream::cloudtrail("eu-west-1", &source)) else {
            panic!("no call of {service}");
        };
        assert_eq!(call.service, source);
        let reads = ["Get", "List", "Describe"];
        assert!(reads.iter().any(|verb| call.event_name.starts_with(verb)));
        assert!(events.insert(call.event_name), "{}", call.event_name);
    }
    for (stream, says) in [
        (
            Stream::cloudtrail("eu-west-1", "ec2-instance-connect.amazonaws.com"),
            "no call that only reads",
        ),
        (
            Stream::cloudtrail("eu-west-1", "new.amazonaws.com"),
            "no call of this service",
        ),
        (
            Stream::azure_activity("0000", "Microsoft.Compute"),
            "no operation that only reads",
        ),
        (Stream::channel("host", "System"), "any later record serves"),
    ] {
        let canary = canary_of(&stream);
        assert!(matches!(canary, Canary::Nothing(_)));
        assert!(canary.to_string().contains(says), "{canary}");
    }
    for channel in ["security", "Microsoft-Windows-Sysmon/Operational"] {
        assert_eq!(
            canary_of(&Stream::channel("host", channel)),
            Canary::Process
        );
    }
}

#[test]
fn times_to_appear_are_kept_by_stream() {
    let mut appearances = Appearances::default();
    let stream = Stream::cloudtrail("eu-west-1", "ssm.amazonaws.com");
    for found in [9_000, 3_000, 5_000] {
        appearances.canary(&stream, at(1_000), at(found));
    }
    // The source's clock is ten seconds ahead: it took one second, not none.
    let ahead = Skew::new(SignedDuration::from_secs(10), SignedDuration::ZERO);
    appearances.record(&stream, at(11_000), at(2_000), ahead);
    let latency = appearances.of(&stream).expect("records");
    assert_eq!(latency.records, 4);
    assert_eq!(latency.min, Duration::from_secs(1));
    assert_eq!(latency.median, Duration::from_secs(2));
    assert_eq!(latency.max, Duration::from_secs(8));
    assert_eq!(appearances.iter().count(), 1);
    assert_eq!(appearances.of(&Stream::channel("host", "Security")), None);
}
