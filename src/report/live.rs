//! A run as it goes: the lines of its tests, in order, as soon as they are known.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::mask::{Secrets, mask};
use super::pace::Pace;
use super::progress::Progress;
use super::run::{HEADER, Show, test_line};
use crate::run::{RunEvent, Sink};

/// A run that is over sooner has no bar.
pub(super) const NO_BAR_BEFORE: Duration = Duration::from_millis(400);

/// Whether a bar shows how far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// On a terminal.
    Shown,
    /// Anywhere else.
    Hidden,
}

/// Tells a run while it goes: each test has its line as soon as all tests before it
/// have theirs, so the order never depends on threads.
pub struct Live {
    show: Show,
    /// The bar of a search without tests that are known beforehand.
    progress: Option<Progress>,
    started: Instant,
    state: Mutex<State>,
}

struct State {
    /// Where lines go; nowhere, if they are not wanted or nobody reads them.
    out: Option<Box<dyn Write + Send>>,
    bar: Option<ProgressBar>,
    /// How many tests there are, once it is known, and since when it is.
    planned: Option<(usize, Instant)>,
    judged: usize,
    /// The lines that wait for those before them; `None` is a test without one.
    waiting: BTreeMap<usize, Option<String>>,
    /// How many tests have had their line.
    told: usize,
    header: bool,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Live {
    /// Writes lines to `out`, if they are wanted at all.
    #[must_use]
    pub fn new(out: Option<Box<dyn Write + Send>>, show: Show, bar: Bar) -> Self {
        Self {
            show,
            progress: (bar == Bar::Shown).then(Progress::default),
            started: Instant::now(),
            state: Mutex::new(State {
                out,
                bar: None,
                planned: None,
                judged: 0,
                waiting: BTreeMap::new(),
                told: 0,
                header: false,
            }),
        }
    }

    /// Ends the telling; how many tests, from the first, have had their line.
    pub fn finish(self) -> usize {
        let mut state = self
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = state.bar.take() {
            bar.finish_and_clear();
        }
        state.told
    }
}

impl Sink for Live {
    fn note(&self, event: RunEvent<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            RunEvent::TestsPlanned { count } => {
                state.planned = Some((count, Instant::now()));
                if let Some(progress) = &self.progress {
                    // From now on it is tests that count.
                    progress.note(RunEvent::Finished);
                }
            }
            RunEvent::TestJudged { index, test } => {
                let line = self.show.shows(test).then(|| {
                    let line = test_line(test, &self.show);
                    mask(&line, &Secrets::of_test(test)).into_owned()
                });
                state.judged += 1;
                state.waiting.insert(index, line);
                let is_long = self.started.elapsed() >= NO_BAR_BEFORE;
                if self.progress.is_some() && is_long {
                    state.draw();
                }
                let header = self.show.paint.faint(HEADER);
                state.tell(&header);
            }
            _ => {
                if let (Some(progress), None) = (&self.progress, state.planned) {
                    progress.note(event);
                }
            }
        }
    }
}

impl State {
    fn draw(&mut self) {
        let (Some((planned, since)), judged) = (self.planned, self.judged) else {
            return;
        };
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} tests, {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(planned as u64).with_style(style)
        });
        bar.set_position(judged as u64);
        let pace = Pace::of(judged as u64, planned as u64, since.elapsed());
        bar.set_message(pace.to_string());
        if judged >= planned {
            bar.finish_and_clear();
        }
    }

    /// Writes the lines that wait for none before them.
    fn tell(&mut self, header: &str) {
        let Some(out) = &mut self.out else {
            return;
        };
        let mut lines = String::new();
        while let Some(line) = self.waiting.remove(&self.told) {
            self.told += 1;
            let Some(line) = line else {
                continue;
            };
            if !std::mem::replace(&mut self.header, true) {
                lines.push_str(header);
                lines.push('\n');
            }
            lines.push_str(&line);
            lines.push('\n');
        }
        if lines.is_empty() {
            return;
        }
        let mut write = || out.write_all(lines.as_bytes()).and_then(|()| out.flush());
        let written = match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        // A reader that has seen enough has gone away; the end of the run will know
        // of any other error.
        if written.is_err() {
            self.out = None;
        }
    }
}
