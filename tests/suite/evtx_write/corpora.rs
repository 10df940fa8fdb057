//! Every shared event log, copied by the writer, says the same as before.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use evtx::{EvtxParser, ParserSettings};
use misfire::log::evtx::copy::copy_evtx;
use misfire::log::xml::{Whitespace, difference, parse};

use crate::support::corpora::{corpus, files};

struct Rendered {
    id: u64,
    time: i128,
    xml: String,
}

/// The readable records, and how many problems the reader met.
fn render<R: std::io::Read + std::io::Seek>(input: R, checks: bool) -> (Vec<Rendered>, usize) {
    let settings = ParserSettings::new()
        .indent(false)
        .validate_checksums(checks);
    let mut parser = EvtxParser::from_read_seek(input)
        .expect("a file header")
        .with_configuration(settings);
    let mut problems = 0;
    let mut records = Vec::new();
    for record in parser.records() {
        match record {
            Ok(record) => records.push(Rendered {
                id: record.event_record_id,
                time: record.timestamp.as_nanosecond(),
                xml: record.data,
            }),
            Err(_) => problems += 1,
        }
    }
    (records, problems)
}

/// Copies one log and compares both, record by record; returns the count.
fn round_trip(path: &Path) -> usize {
    let open = || File::open(path).expect("a readable file");
    let (before, unreadable) = render(open(), false);
    let (report, copy) = copy_evtx(open(), Cursor::new(Vec::new()), |_| {}).expect("a copy");
    assert_eq!(
        report.lost as usize, unreadable,
        "{path:?}: {:?}",
        report.problems
    );
    assert_eq!(report.records as usize, before.len(), "{path:?}");
    let copy = copy.into_inner();
    // The copy stores every value under the type under which it was stored before.
    let again = copy_evtx(Cursor::new(&copy), Cursor::new(Vec::new()), |_| {});
    let (_, again) = again.expect("a copy of the copy");
    assert!(
        again.into_inner() == copy,
        "{path:?}: a copy of the copy differs"
    );
    let (after, damaged) = render(Cursor::new(copy), true);
    assert_eq!(damaged, 0, "{path:?}");
    assert_eq!(after.len(), before.len(), "{path:?}");
    for (a, b) in before.iter().zip(&after) {
        assert_eq!((a.id, a.time), (b.id, b.time), "{path:?}");
        let tree = |xml: &str| parse(xml, Whitespace::Keep).expect("XML");
        if let Some(found) = difference(&tree(&a.xml), &tree(&b.xml)) {
            panic!("{path:?}, record {}: {found}\n{}\n{}", a.id, a.xml, b.xml);
        }
    }
    before.len()
}

fn round_trip_all(name: &str, at_least: usize) {
    let Some(folder) = corpus(name) else { return };
    let logs = files(&folder, "evtx");
    assert!(logs.len() >= at_least, "{} logs", logs.len());
    let records: usize = logs.iter().map(|path| round_trip(path)).sum();
    eprintln!(
        "{name}: {} logs, {records} records copied and equal",
        logs.len()
    );
    assert!(records > 0);
}

#[test]
fn attack_samples_survive_the_copy() {
    round_trip_all("evtx-attack-samples", 277);
}

#[test]
fn regression_recordings_survive_the_copy() {
    round_trip_all("sigma/regression_data", 106);
}
