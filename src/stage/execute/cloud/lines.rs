//! Which lines that Systems Manager wrote are of the run.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::collect::CollectedFile;
use crate::recording::Window;

/// The members of a record of CloudTrail that hold the id of a command or of a session
/// (Systems Manager API reference, `SendCommand`, `StartSession`).
const IDS: [&str; 5] = [
    "/responseElements/command/commandId",
    "/responseElements/sessionId",
    "/requestParameters/commandId",
    "/requestParameters/sessionId",
    "/serviceEventDetails/sessionId",
];

/// What of a line tells where it belongs.
#[derive(Deserialize, Default)]
struct Head {
    #[serde(rename = "timestamp")]
    time: Option<Timestamp>,
    #[serde(rename = "logStream")]
    stream: Option<String>,
}

/// The commands and sessions that records of CloudTrail tell of.
pub(super) fn commands(trail: &[CollectedFile]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for file in trail {
        let Ok(read) = serde_json::from_slice::<Value>(&file.bytes) else {
            continue;
        };
        let records = read.get("Records").and_then(Value::as_array);
        for record in records.into_iter().flatten() {
            let found = IDS.iter().filter_map(|at| record.pointer(at)?.as_str());
            ids.extend(found.filter(|id| id.len() >= 8).map(str::to_owned));
        }
    }
    ids
}

/// The lines that are of a run, and how they were told from others.
pub(super) struct Told {
    /// A sentence.
    pub(super) note: String,
    /// When the last of them was written, if they were told by the names of their streams.
    pub(super) last: Option<Timestamp>,
}

/// Leaves out the lines that are not of the run. A line is of the run if its stream is
/// named for one of its commands or sessions. If none is known, the time tells.
pub(super) fn attribute(
    file: &mut CollectedFile,
    commands: &BTreeSet<String>,
    window: &Window,
) -> Told {
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let mut last = None;
    let mut kept = String::new();
    let (mut own, mut others) = (0, 0);
    for line in text.lines() {
        let head: Head = serde_json::from_str(line).unwrap_or_default();
        let is_of_run = if commands.is_empty() {
            let is_inside = |time| window.start <= time && time <= window.end;
            head.time.is_none_or(is_inside)
        } else {
            let stream = head.stream.unwrap_or_default();
            commands.iter().any(|id| stream.starts_with(id.as_str()))
        };
        if is_of_run {
            own += 1;
            last = last.max(head.time);
            kept.push_str(line);
            kept.push('\n');
        } else {
            others += 1;
        }
    }
    file.bytes = kept.into_bytes();
    file.records = own;
    let others = match others {
        1 => "1 other left out".to_owned(),
        _ => format!("{others} others left out"),
    };
    if commands.is_empty() {
        return Told {
            note: format!(
                "no record tells of a command or session, so that the lines of Systems Manager \
                 are told from others by their time only; {others}"
            ),
            last: None,
        };
    }
    let own = match own {
        1 => "1 line".to_owned(),
        _ => format!("{own} lines"),
    };
    Told {
        note: format!(
            "{own} of Systems Manager in streams that are named for a command or session of the \
             run; {others}"
        ),
        last,
    }
}
