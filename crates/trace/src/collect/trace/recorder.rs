//! Keeps events and problems, within bounds.

use jiff::Timestamp;

use super::event::{ProcessKey, TraceEvent, TraceEventKind};
use super::problem::{Problem, ProblemKind, Problems};

/// What a trace has seen so far.
#[derive(Debug)]
pub(super) struct Recorder {
    events: Vec<TraceEvent>,
    most: usize,
    dropped: usize,
    problems: Problems,
}

impl Recorder {
    pub(super) fn new(most: usize) -> Self {
        Self {
            events: Vec::new(),
            most,
            dropped: 0,
            problems: Problems::default(),
        }
    }

    /// Records what happens now.
    pub(super) fn event(&mut self, process: ProcessKey, kind: TraceEventKind) {
        self.event_at(Timestamp::now(), process, kind);
    }

    /// Records what happened earlier, and is certain only now.
    pub(super) fn event_at(&mut self, time: Timestamp, process: ProcessKey, kind: TraceEventKind) {
        if self.events.len() < self.most {
            self.events.push(TraceEvent {
                time,
                process,
                kind,
            });
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, message: impl Into<String>) {
        self.problems.tell(kind, message);
    }

    /// Says that something of a process could not be read.
    pub(super) fn unreadable(&mut self, what: &str, process: ProcessKey) {
        self.problem(
            ProblemKind::Unreadable,
            format!("{what} of process {} could not be read", process.pid),
        );
    }

    /// All events by time, and all problems.
    pub(super) fn finish(mut self) -> (Vec<TraceEvent>, Vec<Problem>) {
        if self.dropped > 0 {
            self.problems.tell_times(
                ProblemKind::EventsDropped,
                format!("only the first {} events are kept", self.most),
                self.dropped,
            );
        }
        self.events.sort_by_key(|event| event.time);
        (self.events, self.problems.into_list())
    }
}
