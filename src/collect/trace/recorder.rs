//! Keeps events and problems, within bounds.

use jiff::Timestamp;

use super::event::{FileChange, FileChangeKind, FileType, ProcessKey, TraceEvent, TraceEventKind};
use super::problem::{Problem, ProblemKind, Problems};
use super::services;

/// What a trace has seen so far.
pub(super) struct Recorder<'told> {
    events: Vec<TraceEvent>,
    told: Option<Tell<'told>>,
    count: usize,
    most: usize,
    dropped: usize,
    problems: Problems,
}

/// Who is told of each event instead of keeping it.
pub(super) type Tell<'told> = &'told mut (dyn FnMut(&TraceEvent) + Send);

impl<'told> Recorder<'told> {
    pub(super) fn new(most: usize, told: Option<Tell<'told>>) -> Self {
        Self {
            events: Vec::new(),
            told,
            count: 0,
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
        if let TraceEventKind::File(change) = &kind
            && change.file_type != FileType::Directory
        {
            self.spooled(change);
        }
        if self.count >= self.most {
            self.dropped += 1;
            return;
        }
        self.count += 1;
        let event = TraceEvent {
            time,
            process,
            kind,
        };
        match &mut self.told {
            Some(tell) => tell(&event),
            None => self.events.push(event),
        }
    }

    /// Tells of work that a file gives to a service.
    fn spooled(&mut self, change: &FileChange) {
        let path = match &change.kind {
            FileChangeKind::Deleted => return,
            FileChangeKind::Renamed { to, .. } => to,
            FileChangeKind::Created | FileChangeKind::Overwritten | FileChangeKind::Written => {
                &change.path
            }
        };
        let path = path.to_string_lossy();
        if let Some(service) = services::reader_of(&path) {
            self.problem(
                ProblemKind::Service,
                format!(
                    "the program wrote `{path}`, which {service} reads; what the service does is \
                     not seen"
                ),
            );
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
