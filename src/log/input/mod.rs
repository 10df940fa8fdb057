//! The bytes of a log, whatever they are wrapped in.
//!
//! Gzip and UTF-16 are undone while reading, within limits; what breaks on the
//! way ends the bytes and leaves a problem, so that everything before it is
//! still read.

mod gunzip;
mod utf16;

use std::io::{self, Cursor, Read};
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};

use gunzip::{Gunzip, GzipLimit};
use utf16::{ByteOrder, Utf16};

/// How much of a log is looked at to recognise its format, in bytes.
const SNIFFED: usize = 64 * 1024;
/// How often gzip may be inside gzip.
const MAX_WRAPPINGS: usize = 3;

/// The unwrapped bytes of a log, in order.
pub(super) struct Input {
    head: Vec<u8>,
    /// How much of the head has been handed out.
    taken: usize,
    rest: Box<dyn Read + Send>,
    gzipped: bool,
    ended: bool,
    failure: Option<io::Error>,
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("gzipped", &self.gzipped)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl Input {
    /// Unwraps the bytes of `reader`.
    pub(super) fn new(reader: impl Read + Send + 'static) -> Self {
        let mut input = Self {
            head: Vec::new(),
            taken: 0,
            rest: Box::new(reader),
            gzipped: false,
            ended: false,
            failure: None,
        };
        input.fill_head();
        for _ in 0..MAX_WRAPPINGS {
            if !input.head.starts_with(&[0x1f, 0x8b]) {
                break;
            }
            input.wrap(|inner| Box::new(Gunzip::new(inner)));
            input.gzipped = true;
        }
        if let Some(order) = ByteOrder::of(&input.head) {
            input.wrap(|inner| Box::new(Utf16::new(inner, order)));
        }
        if input.head.starts_with("\u{feff}".as_bytes()) {
            input.taken = 3;
        }
        input
    }

    fn wrap(&mut self, wrapper: impl FnOnce(Box<dyn Read + Send>) -> Box<dyn Read + Send>) {
        let head = Cursor::new(std::mem::take(&mut self.head));
        let rest = std::mem::replace(&mut self.rest, Box::new(io::empty()));
        let failure = Failing(self.failure.take());
        self.ended = false;
        self.rest = wrapper(Box::new(head.chain(rest).chain(failure)));
        self.fill_head();
    }

    fn fill_head(&mut self) {
        let mut head = Vec::with_capacity(SNIFFED);
        self.read_rest(&mut head, SNIFFED);
        self.head = head;
    }

    /// The first bytes, as far as they have been looked at.
    pub(super) fn head(&self) -> &[u8] {
        &self.head[self.taken..]
    }

    /// Whether the head is the whole log.
    pub(super) fn head_is_all(&self) -> bool {
        self.ended
    }

    /// Appends up to `count` bytes to `to`; fewer only where the log ends.
    pub(super) fn read(&mut self, to: &mut Vec<u8>, count: usize) {
        let from_head = count.min(self.head.len() - self.taken);
        if from_head > 0 {
            to.extend_from_slice(&self.head[self.taken..self.taken + from_head]);
            self.taken += from_head;
            if self.taken == self.head.len() {
                self.head = Vec::new();
                self.taken = 0;
            }
        }
        self.read_rest(to, count - from_head);
    }

    fn read_rest(&mut self, to: &mut Vec<u8>, count: usize) {
        if self.ended || count == 0 {
            return;
        }
        let before = to.len();
        // What was read before a failure is kept in `to`.
        let result = self.rest.by_ref().take(count as u64).read_to_end(to);
        if let Err(error) = result {
            self.failure = Some(error);
        }
        self.ended = to.len() - before < count;
    }

    /// Whether everything has been handed out.
    pub(super) fn is_done(&self) -> bool {
        self.ended && self.taken == self.head.len()
    }

    /// Why the bytes ended too early, if they did; asked for once.
    pub(super) fn take_problem(&mut self, path: &Path) -> Option<Diagnostic> {
        let error = self.failure.take()?;
        let problem = if let Some(limit) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<GzipLimit>())
        {
            Diagnostic::error(Code::LOG_LIMIT, limit.to_string())
                .help("unpack the file yourself if it is what you mean; what came before was read")
        } else if !self.gzipped {
            Diagnostic::error(
                Code::IO_UNREADABLE,
                format!("the file cannot be read to its end: {error}"),
            )
        } else if error.kind() == io::ErrorKind::UnexpectedEof {
            Diagnostic::error(Code::LOG_TRUNCATED, "the compressed file ends too early")
                .help("copy the log again; what it still holds was read")
        } else {
            Diagnostic::error(
                Code::LOG_CORRUPT,
                format!("the compressed file is damaged: {error}"),
            )
            .help("copy the log again; what came before the damage was read")
        };
        Some(problem.in_file(path))
    }
}

/// A reader that only repeats a failure met earlier.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
