//! Keeping the number of problems that are told within bounds.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Place, Severity};

/// How many problems of one kind are told one by one for a file.
const TOLD: usize = 20;

/// Gathers the problems of one chunk.
#[derive(Debug)]
pub(super) struct Problems<'p> {
    path: &'p Path,
    list: Vec<Diagnostic>,
    counts: Counts,
}

impl<'p> Problems<'p> {
    /// No problems yet, of the file at `path`.
    pub(super) fn new(path: &'p Path) -> Self {
        Self {
            path,
            list: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// The file.
    pub(super) fn path(&self) -> &'p Path {
        self.path
    }

    /// Adds a problem; beyond the first few of a kind it is only counted.
    pub(super) fn push(&mut self, problem: Diagnostic) {
        self.list.extend(self.counts.admit(problem));
    }

    /// Counts a record that is not searched, being of another kind.
    pub(super) fn pass_over(&mut self, records: u64) {
        let kind = self.counts.kind(Code::LOG_PASSED_OVER, Severity::Note);
        kind.more += records;
    }

    /// The problems, each kind that was cut short with a closing count.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        while let Some(closing) = self.counts.take_closing(self.path) {
            self.list.push(closing);
        }
        self.list
    }
}

/// How many problems of each kind there were.
#[derive(Debug, Default)]
pub(super) struct Counts {
    kinds: Vec<Kind>,
}

#[derive(Debug)]
struct Kind {
    code: Code,
    severity: Severity,
    told: usize,
    more: u64,
}

impl Counts {
    /// Gives a problem back that is one of the first few of its kind, and
    /// counts any other.
    pub(super) fn admit(&mut self, problem: Diagnostic) -> Option<Diagnostic> {
        let kind = self.kind(problem.code, problem.severity);
        if problem.more > 0 {
            kind.more += problem.more;
        } else if kind.told < TOLD {
            kind.told += 1;
            return Some(problem);
        } else {
            kind.more += 1;
        }
        None
    }

    /// The closing count of a kind that was cut short and not closed yet.
    pub(super) fn take_closing(&mut self, path: &Path) -> Option<Diagnostic> {
        let kind = self.kinds.iter_mut().find(|kind| kind.more > 0)?;
        let closing = closing(path, kind);
        kind.more = 0;
        Some(closing)
    }

    fn kind(&mut self, code: Code, severity: Severity) -> &mut Kind {
        let known = self
            .kinds
            .iter()
            .position(|kind| kind.code == code && kind.severity == severity);
        let place = known.unwrap_or_else(|| {
            self.kinds.push(Kind {
                code,
                severity,
                told: 0,
                more: 0,
            });
            self.kinds.len() - 1
        });
        &mut self.kinds[place]
    }
}

fn closing(path: &Path, kind: &Kind) -> Diagnostic {
    let more = kind.more;
    let (message, help) = if kind.code == Code::LOG_PASSED_OVER {
        (
            match more {
                1 => "1 record of a kind that is not searched was passed over".to_owned(),
                _ => format!("{more} records of kinds that are not searched were passed over"),
            },
            "nothing is to be done if you did not mean them",
        )
    } else {
        (
            format!("{more} more problems of this kind"),
            "solve the first ones, and read the log again",
        )
    };
    let mut closing = Diagnostic::note(kind.code, message)
        .at(Place::file(path))
        .help(help);
    closing.severity = kind.severity;
    closing.more = more;
    closing
}

/// The note that records of other kinds were passed over.
pub(super) fn passed_over(path: &Path, records: u64) -> Diagnostic {
    let kind = Kind {
        code: Code::LOG_PASSED_OVER,
        severity: Severity::Note,
        told: 0,
        more: records,
    };
    closing(path, &kind)
}

/// Cuts the problems of each file and kind down to the first few and one that
/// counts the rest, in the order of [`diagnostic::sort`](crate::diagnostic::sort).
///
/// Chunks are read on any thread, so each keeps its own first few; which of them
/// are told is decided here, from all of them.
pub fn cap_problems(problems: &mut Vec<Diagnostic>) {
    crate::diagnostic::sort(problems);
    let mut capped = Vec::new();
    let mut rest = std::mem::take(problems).into_iter().peekable();
    while let Some(first) = rest.next() {
        let Some(place) = first.place.clone() else {
            capped.push(first);
            continue;
        };
        let mut gathered = Problems::new(&place.file);
        gathered.push(first);
        while let Some(next) = rest.next_if(|next| {
            next.place
                .as_ref()
                .is_some_and(|next| next.file == place.file)
        }) {
            gathered.push(next);
        }
        capped.extend(gathered.finish());
    }
    *problems = capped;
}
