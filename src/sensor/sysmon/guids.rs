//! The GUIDs by which Sysmon ties its records together.
//!
//! Their form is seen in real records: the first group is that of the machine's GUID,
//! the next two are the time in seconds, its lower half first, and the rest is a
//! number, its lowest byte first. For processes this is the key under which Windows
//! knows them, for logons the logon's id.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::activity::Process;
use crate::sensor::host::LoggingHost;

/// No GUID.
pub(in crate::sensor) const NONE: &str = "{00000000-0000-0000-0000-000000000000}";

/// A GUID of those parts.
pub(in crate::sensor) fn compose(first: &str, time: Timestamp, number: u64) -> String {
    let seconds = u32::try_from(time.as_second().rem_euclid(1 << 32)).unwrap_or(0);
    let rest = number.swap_bytes();
    format!(
        "{{{first}-{:04x}-{:04x}-{:04x}-{:012x}}}",
        seconds & 0xffff,
        seconds >> 16,
        rest >> 48,
        rest & 0xffff_ffff_ffff
    )
}

/// A process's GUID.
pub(super) fn of_process(host: &LoggingHost, process: &Process) -> String {
    compose(
        &host.first_group(),
        process.started,
        host.start_key(process.serial),
    )
}

/// The logons that were met.
#[derive(Debug, Default)]
pub(super) struct Logons {
    since: HashMap<u64, Timestamp, ahash::RandomState>,
}

impl Logons {
    /// The GUID of a process's logon. Its time is that of the oldest ancestor in the
    /// logon when the logon is first met: nothing tells more exactly when it began.
    pub(super) fn guid(&mut self, host: &LoggingHost, process: &Process) -> String {
        let logon = process.logon.id;
        let since = *self.since.entry(logon).or_insert_with(|| {
            std::iter::successors(Some(process), |process| process.parent.as_deref())
                .take_while(|ancestor| ancestor.logon.id == logon)
                .map(|ancestor| ancestor.started)
                .min()
                .unwrap_or(process.started)
        });
        compose(&host.first_group(), since, logon)
    }
}
