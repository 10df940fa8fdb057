//! Several ways to the same records.

use std::time::Duration;

use misfire::collect::closing::{Order, Seen, Skew, Stream};
use misfire::collect::{
    Boxed, CollectError, Collected, CollectedFile, Gathered, Joined, Proving, Record, Request,
    Source, ask_until_closed,
};
use misfire::event::catalogue::{Catalogue, SourceId};
use misfire::recording::Closure;

use super::support::{NEVER, TestClock, at, window};

const NOW: &str = "2026-11-03T09:00:00Z";
const SERVICE: &str = "ssm.amazonaws.com";

/// A way that has these records, by id and time, or fails.
struct Way {
    name: &'static str,
    records: Vec<(&'static str, &'static str)>,
    failure: Option<CollectError>,
}

impl Source for Way {
    fn source(&self) -> SourceId {
        let source = Catalogue::bundled().source("cloudtrail");
        source.expect("a source").id.clone()
    }

    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(async move {
            for (id, time) in &self.records {
                let record = Record {
                    id: Some((*id).to_owned()),
                    time: Some(at(time)),
                    text: format!("{{\"by\": \"{}\", \"time\": \"{time}\"}}", self.name),
                    seen: at(NOW),
                };
                gathered.add(self.name, record)?;
            }
            gathered.note(format!("{} was asked", self.name));
            self.failure.clone().map_or(Ok(()), Err)
        })
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        let texts: Vec<_> = gathered
            .sorted()
            .iter()
            .map(|one| one.text.clone())
            .collect();
        vec![CollectedFile {
            name: format!("{}.json", self.name),
            records: texts.len() as u64,
            bytes: texts.join("\n").into_bytes(),
        }]
    }

    fn notes(&self) -> Vec<String> {
        vec!["signed in".to_owned()]
    }
}

impl Proving for Way {
    fn streams(&self) -> Vec<Stream> {
        vec![stream()]
    }

    fn order(&self, _: &Stream) -> Order {
        Order::Unordered {
            delay: Duration::from_secs(60),
        }
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        let seen = self.records.iter().map(|(_, time)| Seen {
            time: at(time),
            record: None,
            performed: None,
        });
        seen.map(|seen| (stream(), seen)).collect()
    }

    fn skew(&self, _: &Stream) -> Skew {
        Skew::NONE
    }

    fn cut(&self, _: &Stream) -> Option<String> {
        None
    }
}

fn stream() -> Stream {
    Stream::cloudtrail("eu-west-1", SERVICE)
}

fn way(name: &'static str, records: &[(&'static str, &'static str)]) -> Way {
    Way {
        name,
        records: records.to_vec(),
        failure: None,
    }
}

fn denied() -> CollectError {
    CollectError::Denied {
        service: "the bucket".to_owned(),
        because: "AccessDenied".to_owned(),
    }
}

fn throttled() -> CollectError {
    CollectError::Throttled {
        service: "the history".to_owned(),
        attempts: 8,
    }
}

const INSIDE: &str = "2026-11-03T08:05:00Z";
const LATER: &str = "2026-11-03T08:30:00Z";

fn collect(joined: &mut Joined) -> Result<Collected, CollectError> {
    let request = Request {
        window: window("2026-11-03T08:00:00Z", "2026-11-03T08:10:00Z"),
        wait: Duration::ZERO,
    };
    ask_until_closed(joined, &request, &TestClock::at(NOW), NEVER)
}

fn join(ways: Vec<Way>) -> Joined {
    let mut joined = Joined::new(|_| None);
    for way in ways {
        joined.add(Box::new(way));
    }
    joined
}

#[test]
fn the_same_id_is_one_record_and_each_way_closes_for_itself() {
    let history = way("history", &[("a", INSIDE), ("later", LATER)]);
    let files = way("files", &[("a", INSIDE), ("b", INSIDE), ("later", LATER)]);
    let collected = collect(&mut join(vec![history, files])).expect("a collection");
    assert_eq!(collected.closure, Closure::Closed, "{}", collected.because);
    assert_eq!(collected.records(), 2);
    assert_eq!(collected.from, "history and files");
    for way in [", by history: ", ", by files: "] {
        assert!(collected.because.contains(way), "{}", collected.because);
    }
    let notes = collected.notes.join("\n");
    assert_eq!(notes.matches("signed in").count(), 1, "{notes}");
    for note in ["history was asked", "files was asked"] {
        assert!(notes.contains(note), "{notes}");
    }
}

#[test]
fn one_way_that_is_not_closed_keeps_the_window_open() {
    let history = way("history", &[("a", INSIDE), ("later", LATER)]);
    let files = way("files", &[("a", INSIDE)]);
    let collected = collect(&mut join(vec![history, files])).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected.because.contains("by files"),
        "{}",
        collected.because
    );
    assert!(
        !collected.because.contains("by history"),
        "{}",
        collected.because
    );
}

#[test]
fn one_way_that_fails_keeps_the_window_open_and_what_the_others_hold() {
    let history = way("history", &[("a", INSIDE), ("later", LATER)]);
    let mut files = way("files", &[("b", INSIDE)]);
    files.failure = Some(denied());
    let mut joined = join(vec![history, files]);
    let collected = collect(&mut joined).expect("a collection");
    assert_eq!(collected.closure, Closure::Open);
    assert!(
        collected.because.contains("denied"),
        "{}",
        collected.because
    );
    // What came before the failure is kept, too.
    assert_eq!(collected.records(), 2);
    assert_eq!(joined.failures(), [denied()]);
}

#[test]
fn when_all_ways_fail_nothing_is_said() {
    let mut history = way("history", &[]);
    history.failure = Some(denied());
    let mut files = way("files", &[]);
    files.failure = Some(throttled());
    // The one that may pass is told, since it is worth another try.
    assert_eq!(collect(&mut join(vec![history, files])), Err(throttled()));
}

#[test]
fn a_single_way_needs_no_name() {
    let history = way("history", &[("later", LATER)]);
    let collected = collect(&mut join(vec![history])).expect("a collection");
    assert_eq!(collected.closure, Closure::Closed);
    assert!(
        !collected.because.contains("by history"),
        "{}",
        collected.because
    );
}

#[test]
fn twins_of_different_ways_are_one_and_those_of_one_way_are_two() {
    let mut joined = Joined::new(|record| record.time.map(|time| time.to_string()));
    joined.add(Box::new(way("list", &[("1", INSIDE), ("2", INSIDE)])));
    joined.add(Box::new(way(
        "export",
        &[("x", INSIDE), ("y", "2026-11-03T08:06:00Z")],
    )));
    let collected = collect(&mut joined).expect("a collection");
    let text = String::from_utf8(collected.files[0].bytes.clone()).expect("text");
    assert_eq!(text.matches("\"list\"").count(), 2, "{text}");
    assert_eq!(text.matches("\"export\"").count(), 1, "{text}");
}

#[test]
fn what_is_asked_beside_is_never_closed() {
    let mut joined = join(vec![way("history", &[("later", LATER)])]);
    let all = window("2026-11-03T08:00:00Z", "2026-11-03T08:20:00Z");
    joined.ask_beside(
        Box::new(way(
            "lines",
            &[("1", INSIDE), ("2", "2026-11-03T08:15:00Z")],
        )),
        all,
    );
    let mut broken = way("broken", &[]);
    broken.failure = Some(denied());
    joined.ask_beside(Box::new(broken), all);
    let collected = collect(&mut joined).expect("a collection");
    assert_eq!(
        (collected.closure, collected.records()),
        (Closure::Closed, 0)
    );
    let beside = joined.beside(window("2026-11-03T08:00:00Z", "2026-11-03T08:10:00Z"));
    let [Ok(lines), Err(error)] = beside.as_slice() else {
        panic!("{beside:?}");
    };
    assert_eq!((lines.closure, lines.records()), (Closure::Open, 1));
    assert!(
        lines
            .because
            .contains("nothing shows how far lines has come")
    );
    assert_eq!(*error, denied());
}
