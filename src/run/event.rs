//! What a run tells while it goes.

use std::fmt;
use std::path::Path;

use super::simulate::SimulatedTest;
pub use crate::recording::Interrupt;
use crate::verdict::TestReport;

/// Something that happened in a run.
#[derive(Debug, Clone, Copy)]
pub enum RunEvent<'a> {
    /// The search starts.
    Started {
        /// How many files there are to read.
        files: usize,
        /// How many bytes they have together.
        bytes: u64,
        /// How many detections search them.
        detections: usize,
    },
    /// A file is opened.
    FileOpened {
        /// Its path.
        path: &'a Path,
    },
    /// A part of a file was searched.
    Searched {
        /// How many records it held.
        records: u64,
        /// How many detections fired in it.
        firings: u64,
        /// Its size in bytes, unpacked.
        bytes: u64,
    },
    /// A file is read to its end.
    FileDone {
        /// Its path.
        path: &'a Path,
        /// Its size in bytes.
        bytes: u64,
    },
    /// The search has ended.
    Finished,
    /// It is known which atomics are simulated.
    AtomicsPlanned {
        /// How many there are.
        count: usize,
    },
    /// An atomic is simulated, or cannot be; atomics are simulated in any order.
    AtomicSimulated {
        /// Its place among them.
        index: usize,
        /// The atomic and what came of it.
        test: &'a SimulatedTest,
    },
    /// All atomics are simulated, or there was an interruption.
    AtomicsDone,
    /// It is known which tests are judged.
    TestsPlanned {
        /// How many there are.
        count: usize,
    },
    /// A test is judged; tests are judged in any order.
    TestJudged {
        /// Its place in the report.
        index: usize,
        /// What became of it.
        test: &'a TestReport,
    },
}

/// Someone who listens to a run.
pub trait Sink: Sync {
    /// Takes note of something that happened; called from any thread.
    fn note(&self, event: RunEvent<'_>);
}

/// Two who listen.
#[derive(Clone, Copy)]
pub struct Both<'s>(pub &'s dyn Sink, pub &'s dyn Sink);

impl fmt::Debug for Both<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Both").finish_non_exhaustive()
    }
}

impl Sink for Both<'_> {
    fn note(&self, event: RunEvent<'_>) {
        self.0.note(event);
        self.1.note(event);
    }
}

/// Someone who does not listen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Sink for Silent {
    fn note(&self, _: RunEvent<'_>) {}
}
