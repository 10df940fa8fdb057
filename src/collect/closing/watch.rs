//! One stream, until it is closed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::pass::{Extent, Seen, StreamPass};
use super::skew::{Skew, later};
use super::standing::{Proof, Standing, Why};
use super::stream::Order;

/// Follows one stream through the readings of a window, until there is proof that
/// it has told everything. Once closed it stays closed.
#[derive(Debug, Clone)]
pub struct Watch {
    end: Timestamp,
    order: Order,
    /// The highest number of a record that may be of the window.
    inside: Option<u64>,
    /// The time of a record from after the window's end, in an unordered stream.
    canary: Option<Timestamp>,
    standing: Standing,
}

/// When a record was made, seen from the end of the window.
enum Place {
    /// Certainly after it.
    After,
    /// Perhaps within it.
    Inside,
    /// At a time that has not come yet.
    Future(SignedDuration),
}

impl Watch {
    /// Watches for the end of a window, which is a time of our clock.
    #[must_use]
    pub fn new(end: Timestamp, order: Order) -> Self {
        Self {
            end,
            order,
            inside: None,
            canary: None,
            standing: Standing::Open(Why::NotRead),
        }
    }

    /// Whether it is closed, and by what, or why it is not.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// When the documented delay has passed, by our clock, if it is waited for.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match self.order {
            Order::Ordered { .. } => None,
            Order::Unordered { delay } | Order::DelayAlone { delay } => {
                Some(later(self.end, signed(delay)))
            }
        }
    }

    /// Takes in what a reading found, which began and ended at those times of our
    /// clock.
    pub fn take(&mut self, pass: &StreamPass, began: Timestamp, ended: Timestamp) {
        if self.standing.is_closed() {
            return;
        }
        self.standing = match self.order {
            Order::Ordered { slack } => self.ordered(pass, signed(slack), ended),
            Order::Unordered { delay } => self.unordered(pass, delay, began, ended),
            Order::DelayAlone { delay } => self.delay_alone(pass, delay, began),
        };
    }

    fn ordered(&mut self, pass: &StreamPass, slack: SignedDuration, ended: Timestamp) -> Standing {
        let mut canary = None;
        let mut unnumbered = false;
        let mut ahead = None;
        for seen in &pass.seen {
            match (self.place(seen, pass.skew, slack, ended), seen.record) {
                (Place::After, None) => unnumbered = true,
                (Place::After, Some(record)) => {
                    canary = canary.max(Some((record, seen.time)));
                }
                // One that is within the slack may be of the window, too.
                (Place::Inside, record) => self.inside = self.inside.max(record),
                (Place::Future(by), _) => ahead = ahead.max(Some(by)),
            }
        }
        let why = match (canary, self.inside) {
            _ if ended <= self.end => Why::NotOver,
            _ if matches!(pass.extent, Extent::Cut(_)) => cut(pass),
            (None, _) => match ahead {
                Some(ahead) => Why::Clock { ahead },
                None if unnumbered => Why::Unnumbered,
                None => Why::NoLater { delay_until: None },
            },
            (Some((record, _)), Some(inside)) if inside >= record => Why::Disordered {
                later: record,
                inside,
            },
            (Some((record, time)), _) => {
                return Standing::Closed(Proof::LaterRecord { record, time });
            }
        };
        Standing::Open(why)
    }

    fn unordered(
        &mut self,
        pass: &StreamPass,
        delay: Duration,
        began: Timestamp,
        ended: Timestamp,
    ) -> Standing {
        let mut ahead = None;
        for seen in &pass.seen {
            match self.place(seen, pass.skew, SignedDuration::ZERO, ended) {
                Place::After => self.canary = self.canary.or(Some(seen.time)),
                Place::Inside => {}
                Place::Future(by) => ahead = ahead.max(Some(by)),
            }
        }
        let until = later(self.end, signed(delay));
        let why = match self.canary {
            _ if began <= self.end => Why::NotOver,
            _ if matches!(pass.extent, Extent::Cut(_)) => cut(pass),
            None if ahead.is_some() => Why::Clock {
                ahead: ahead.unwrap_or_default(),
            },
            _ if began < until => Why::Delay {
                until,
                later_seen: self.canary.is_some(),
            },
            None => Why::NoLater {
                delay_until: Some(until),
            },
            Some(time) => return Standing::Closed(Proof::CanaryAndDelay { time, delay }),
        };
        Standing::Open(why)
    }

    fn delay_alone(&self, pass: &StreamPass, delay: Duration, began: Timestamp) -> Standing {
        let until = later(self.end, signed(delay));
        if matches!(pass.extent, Extent::Cut(_)) {
            Standing::Open(cut(pass))
        } else if began <= self.end {
            Standing::Open(Why::NotOver)
        } else if began < until {
            Standing::Open(Why::Delay {
                until,
                later_seen: false,
            })
        } else {
            Standing::Closed(Proof::DelayAlone { delay })
        }
    }

    /// A canary of ours is placed by our own clock, any other record by its
    /// source's, the worst that is possible between the two assumed.
    fn place(&self, seen: &Seen, skew: Skew, slack: SignedDuration, read: Timestamp) -> Place {
        let end = later(self.end, slack);
        if let Some(performed) = seen.performed {
            return if performed > end && performed <= read {
                Place::After
            } else {
                Place::Inside
            };
        }
        let possible = skew.latest_there(read);
        if seen.time > possible {
            return Place::Future(possible.duration_until(seen.time));
        }
        if seen.time > skew.latest_there(end) {
            Place::After
        } else {
            Place::Inside
        }
    }
}

fn cut(pass: &StreamPass) -> Why {
    match &pass.extent {
        Extent::Cut(because) => Why::Cut(because.clone()),
        Extent::Whole => Why::NotRead,
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
