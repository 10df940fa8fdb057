//! All the streams of a window.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::appearance::Appearances;
use super::pass::Pass;
use super::standing::{Proof, Standing, Why};
use super::stream::{Order, Stream};
use super::watch::Watch;
use crate::recording::{Closure, Window};

/// Follows the streams of a window until each of them is closed.
#[derive(Debug, Clone)]
pub struct Closing {
    window: Window,
    watches: BTreeMap<Stream, Watch>,
    appearances: Appearances,
    /// The canaries whose appearance was noted.
    found: BTreeSet<(Stream, Timestamp)>,
}

impl Closing {
    /// Follows no stream yet of that window, whose times are of our clock.
    #[must_use]
    pub fn new(window: Window) -> Self {
        Self {
            window,
            watches: BTreeMap::new(),
            appearances: Appearances::default(),
            found: BTreeSet::new(),
        }
    }

    /// Follows one stream more; one that is followed already goes on as it is.
    pub fn follow(&mut self, stream: Stream, order: Order) {
        let end = self.window.end;
        self.watches
            .entry(stream)
            .or_insert_with(|| Watch::new(end, order));
    }

    /// Takes in what a reading found. A stream that the reading does not name stays
    /// as it is; one that is not followed is passed over.
    pub fn take(&mut self, pass: &Pass) {
        for part in &pass.streams {
            let Some(watch) = self.watches.get_mut(&part.stream) else {
                continue;
            };
            let was_closed = watch.standing().is_closed();
            watch.take(part, pass.began, pass.ended);
            if let (false, Standing::Closed(Proof::LaterRecord { time, .. })) =
                (was_closed, watch.standing())
                && part.seen.iter().all(|seen| seen.performed.is_none())
            {
                self.appearances
                    .record(&part.stream, *time, pass.ended, part.skew);
            }
            for performed in part.seen.iter().filter_map(|seen| seen.performed) {
                if self.found.insert((part.stream.clone(), performed)) {
                    self.appearances.canary(&part.stream, performed, pass.ended);
                }
            }
        }
    }

    /// The streams, and where each of them stands.
    pub fn standings(&self) -> impl Iterator<Item = (&Stream, &Standing)> {
        self.watches
            .iter()
            .map(|(stream, watch)| (stream, watch.standing()))
    }

    /// The streams that are open, and why.
    pub fn open(&self) -> impl Iterator<Item = (&Stream, &Why)> {
        self.standings()
            .filter_map(|(stream, standing)| match standing {
                Standing::Open(why) => Some((stream, why)),
                Standing::Closed(_) => None,
            })
    }

    /// Whether everything is closed. Where no stream is followed nothing is, since
    /// nothing would show that anything was read.
    #[must_use]
    pub fn closure(&self) -> Closure {
        if self.watches.is_empty() || self.open().next().is_some() {
            Closure::Open
        } else {
            Closure::Closed
        }
    }

    /// Why it is closed or open: one sentence without its full stop.
    #[must_use]
    pub fn because(&self) -> String {
        let told: Vec<String> = match self.closure() {
            Closure::Closed => self.standings().map(told).collect(),
            Closure::Open => {
                let open = self
                    .standings()
                    .filter(|(_, standing)| !standing.is_closed());
                open.map(told).collect()
            }
        };
        if told.is_empty() {
            return "nothing says which records could show how far the source has come".to_owned();
        }
        told.join("; ")
    }

    /// The next moment of our clock at which a documented delay has passed that is
    /// still waited for.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        self.watches
            .values()
            .filter(|watch| !watch.standing().is_closed())
            .filter_map(Watch::due)
            .filter(|due| *due > now)
            .min()
    }

    /// How long canaries took to appear, and in a channel the record that closed it
    /// if it is not known to be a canary.
    #[must_use]
    pub fn appearances(&self) -> &Appearances {
        &self.appearances
    }
}

fn told((stream, standing): (&Stream, &Standing)) -> String {
    match standing {
        Standing::Closed(proof) => format!("{stream}: {proof}"),
        Standing::Open(why) => format!("{stream}: {why}"),
    }
}
