//! Scrubbing: what is replaced, by what, what stays, and what is refused.

mod cloudtrail;
mod imports;
mod leaks;
mod proof;
mod pseudonyms;
mod recordings;

use std::collections::BTreeMap;
use std::path::Path;

use misfire::event::catalogue::{Catalogue, SourceId};
use misfire::log::scrub::{Key, Kind};
use misfire::recording::Host;
use misfire::run::{ScrubLog, ScrubRequest, Scrubbed, scrub};

/// A key that is the same in every run.
pub fn key() -> Key {
    Key::known([42; 32])
}

pub fn source(id: &str) -> SourceId {
    let source = Catalogue::bundled().source(id).expect("a known source");
    source.id.clone()
}

pub fn log(name: &str, bytes: &[u8]) -> ScrubLog {
    ScrubLog {
        name: name.to_owned(),
        bytes: bytes.into(),
        sources: vec![source("sysmon")],
    }
}

/// A request for one log of a host that nothing else is known of.
pub fn request(bytes: &[u8]) -> ScrubRequest {
    ScrubRequest {
        logs: vec![log("log.json", bytes)],
        host: Host::default(),
        arguments: BTreeMap::new(),
        content: Vec::new(),
        texts: Vec::new(),
        key: key(),
    }
}

pub fn scrubbed(request: &ScrubRequest) -> Scrubbed {
    match scrub(request) {
        Ok(scrubbed) => scrubbed,
        Err(problems) => panic!("{problems:#?}"),
    }
}

pub fn text(log: &ScrubLog) -> String {
    String::from_utf8(log.bytes.to_vec()).expect("UTF-8")
}

/// JSON lines after a scrub, parsed.
pub fn after(records: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let scrubbed = scrubbed(&request(lines.as_bytes()));
    let lines = text(&scrubbed.logs[0]);
    let parsed = lines.lines().map(serde_json::from_str);
    parsed.collect::<Result<_, _>>().expect("JSON lines")
}

/// How many identities of a kind were replaced.
pub fn replaced(scrubbed: &Scrubbed, kind: Kind) -> usize {
    let mut all = scrubbed.changes.iter();
    let found = all.find(|(known, _)| *known == kind);
    found.map_or(0, |(_, change)| change.identities())
}

/// A log of a fixture of the tests' own.
pub fn recording(path: &str) -> Vec<u8> {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings");
    std::fs::read(recordings.join(path)).expect("a recording")
}
