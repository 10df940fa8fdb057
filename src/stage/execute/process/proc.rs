//! What `/proc` says of processes.

use std::fs;
use std::io;

use serde::{Deserialize, Serialize};

use crate::stage::execute::marker::RunId;
use crate::stage::execute::plan::visible;

/// A process as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Its id.
    pub pid: i32,
    /// Its command line, or its name in brackets if it has none.
    pub command_line: String,
}

/// What tells one process from all others since the host was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::stage::execute) struct Identity {
    /// Its id, which another process may get after it.
    pub(super) pid: i32,
    /// When it was started, in ticks since the host was.
    pub(super) start: u64,
}

/// The facts of a process that tell whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) pid: i32,
    pub(super) parent: i32,
    pub(super) session: i32,
    pub(super) start: u64,
    pub(super) is_zombie: bool,
}

impl Facts {
    pub(super) fn identity(&self) -> Identity {
        Identity {
            pid: self.pid,
            start: self.start,
        }
    }
}

/// The identity of the host's start, without which identities of processes mean nothing.
pub(in crate::stage::execute) fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

/// Every process that can be seen.
pub(super) fn all() -> io::Result<Vec<Facts>> {
    let mut found = Vec::new();
    for file in fs::read_dir("/proc")? {
        let name = file?.file_name();
        if let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) {
            found.extend(of(pid));
        }
    }
    Ok(found)
}

/// One process, if it is still there.
pub(super) fn of(pid: i32) -> Option<Facts> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    parse(pid, &stat)
}

fn parse(pid: i32, stat: &[u8]) -> Option<Facts> {
    // The name stands in parentheses and may hold anything, parentheses included.
    let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let rest = str::from_utf8(stat.get(after_name..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<i32>().ok();
    Some(Facts {
        pid,
        parent: number(1)?,
        session: number(3)?,
        start: fields.get(19)?.parse().ok()?,
        is_zombie: matches!(fields.first().copied(), Some("Z" | "X")),
    })
}

/// The signal that ended a process that nobody has reaped yet.
pub(super) fn fatal_signal(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let status: i32 = stat.split_ascii_whitespace().next_back()?.parse().ok()?;
    Some(status & 0x7f).filter(|signal| *signal != 0)
}

/// Whether a process was started with the mark of a run. What may not be read is not.
pub(super) fn carries(pid: i32, run: RunId) -> bool {
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| run.is_in(&environment))
}

pub(super) fn describe(pid: i32) -> Seen {
    const LONGEST: usize = 240;
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<_> = line
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(String::from_utf8_lossy)
        .collect();
    let command_line = if words.is_empty() {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        format!("[{}]", visible(name.trim_end()))
    } else {
        visible(&words.join(" ")).chars().take(LONGEST).collect()
    };
    Seen { pid, command_line }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_may_look_like_fields() {
        let stat = b"7 (a) Z 1 (b)) S 3 7 5 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0";
        let facts = parse(7, stat).map(|facts| (facts.parent, facts.session, facts.start));
        assert_eq!(facts, Some((3, 5, 99)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = parse(1, &bytes);
        }
    }
}
