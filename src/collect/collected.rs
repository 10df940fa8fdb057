//! What a collector gives.

use std::time::Duration;

use super::{Gathered, Source};
use crate::event::catalogue::SourceId;
use crate::recording::Closure;

/// The records of one source in a window, as files that `log` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// The source that was looked at.
    pub source: SourceId,
    /// What was asked, in words that fit "asked …".
    pub from: String,
    /// The files, ready to be written or read; without a record there is a file all
    /// the same, which says that the source was looked at and held nothing.
    pub files: Vec<CollectedFile>,
    /// Whether it is proven that nothing more of the window will come.
    pub closure: Closure,
    /// Why it is closed or open: one sentence.
    pub because: String,
    /// How long records took to appear, as far as it was seen.
    pub latency: Option<Latency>,
    /// What is worth knowing besides, a sentence each: throttling, duplicates, a clock
    /// that is wrong.
    pub notes: Vec<String>,
}

impl Collected {
    /// What a source holds of a window, as far as it was gathered.
    #[must_use]
    pub fn of(
        source: &(impl Source + ?Sized),
        gathered: &Gathered,
        closure: Closure,
        because: String,
    ) -> Self {
        let mut notes = source.notes();
        notes.extend(gathered.notes());
        Self {
            source: source.source(),
            from: source.name(),
            files: source.files(gathered),
            closure,
            because,
            latency: gathered.latency(),
            notes,
        }
    }

    /// How many records the files hold together.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.files.iter().map(|file| file.records).sum()
    }
}

/// One file of what was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// How many records it holds.
    pub records: u64,
}

/// How long after its own time a record was first seen. It is an upper bound: a record
/// may have been there since the request before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// The shortest.
    pub min: Duration,
    /// The one in the middle; of an even number, the earlier of the two.
    pub median: Duration,
    /// The longest.
    pub max: Duration,
    /// Of how many records.
    pub records: u64,
}

impl Latency {
    /// Sums up how long each record took; nothing for no record.
    #[must_use]
    pub fn of(mut waits: Vec<Duration>) -> Option<Self> {
        waits.sort_unstable();
        Some(Self {
            min: *waits.first()?,
            median: *waits.get((waits.len() - 1) / 2)?,
            max: *waits.last()?,
            records: waits.len() as u64,
        })
    }
}
