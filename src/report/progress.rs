//! A progress bar: a listener like any other.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::live::NO_BAR_BEFORE;
use super::pace::Pace;
use super::words::grouped;
use crate::run::{RunEvent, Sink};

/// Less than this is read before a bar could be looked at, in bytes.
const SMALLEST: u64 = 8 * 1024 * 1024;

/// Shows on standard error how far a search has come, and how fast it is.
#[derive(Debug)]
pub struct Progress {
    bar: Mutex<Option<ProgressBar>>,
    started: Instant,
    /// Whether detections search what is read.
    searches: AtomicBool,
    records: AtomicU64,
    firings: AtomicU64,
    /// How many atomics there are to simulate, and how many are simulated.
    planned: AtomicU64,
    simulated: AtomicU64,
    /// The bytes of the files that are read to their end.
    done: AtomicU64,
    /// How far the file that is being read is read, in bytes.
    inside: AtomicU64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            bar: Mutex::new(None),
            started: Instant::now(),
            searches: AtomicBool::new(false),
            records: AtomicU64::new(0),
            firings: AtomicU64::new(0),
            planned: AtomicU64::new(0),
            simulated: AtomicU64::new(0),
            done: AtomicU64::new(0),
            inside: AtomicU64::new(0),
        }
    }
}

impl Progress {
    fn clear(&self) {
        self.with_bar(|bar| {
            if let Some(bar) = bar.take() {
                bar.finish_and_clear();
            }
        });
    }

    fn simulated(&self) {
        let done = self.simulated.fetch_add(1, Ordering::Relaxed) + 1;
        let planned = self.planned.load(Ordering::Relaxed);
        let elapsed = self.started.elapsed();
        if elapsed < NO_BAR_BEFORE {
            return;
        }
        self.with_bar(|bar| {
            let bar = bar.get_or_insert_with(|| {
                let style = ProgressStyle::with_template("{bar:30} {pos}/{len} atomics, {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar());
                ProgressBar::new(planned).with_style(style)
            });
            bar.set_position(done.max(bar.position()));
            bar.set_message(Pace::of(done, planned, elapsed).to_string());
        });
    }

    fn with_bar(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Sink for Progress {
    fn note(&self, event: RunEvent<'_>) {
        match event {
            RunEvent::Started {
                bytes, detections, ..
            } => {
                self.searches.store(detections > 0, Ordering::Relaxed);
                // A bar for an instant is only a flicker.
                if bytes < SMALLEST {
                    return;
                }
                self.with_bar(|bar| {
                    let style =
                        ProgressStyle::with_template("{bar:20} {bytes}/{total_bytes} {msg}")
                            .unwrap_or_else(|_| ProgressStyle::default_bar());
                    *bar = Some(ProgressBar::new(bytes).with_style(style));
                });
            }
            RunEvent::FileOpened { .. }
            | RunEvent::TestsPlanned { .. }
            | RunEvent::TestJudged { .. } => {}
            RunEvent::AtomicsPlanned { count } => {
                self.planned.store(count as u64, Ordering::Relaxed);
            }
            RunEvent::AtomicSimulated { .. } => self.simulated(),
            RunEvent::AtomicsDone => self.clear(),
            RunEvent::Searched {
                records,
                firings,
                bytes,
            } => {
                let records = self.records.fetch_add(records, Ordering::Relaxed) + records;
                let firings = self.firings.fetch_add(firings, Ordering::Relaxed) + firings;
                let seconds = self.started.elapsed().as_millis().max(1) as u64;
                let rate = records.saturating_mul(1000) / seconds;
                let elapsed = self.started.elapsed();
                let inside = self.inside.fetch_add(bytes, Ordering::Relaxed) + bytes;
                let position = self.done.load(Ordering::Relaxed) + inside;
                let found = match self.searches.load(Ordering::Relaxed) {
                    true => format!("{} firings, ", grouped(firings)),
                    false => String::new(),
                };
                self.with_bar(|bar| {
                    if let Some(bar) = bar {
                        bar.set_position(
                            position
                                .min(bar.length().unwrap_or(position))
                                .max(bar.position()),
                        );
                        let whole = bar.length().unwrap_or(position);
                        let left = Pace::of(bar.position(), whole, elapsed).left();
                        bar.set_message(format!(
                            "{} records, {found}{}/s{left}",
                            grouped(records),
                            grouped(rate)
                        ));
                    }
                });
            }
            RunEvent::FileDone { bytes, .. } => {
                let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
                self.inside.store(0, Ordering::Relaxed);
                self.with_bar(|bar| {
                    if let Some(bar) = bar {
                        bar.set_position(done.max(bar.position()));
                    }
                });
            }
            RunEvent::Finished => self.clear(),
        }
    }
}
