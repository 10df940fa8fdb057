//! How far the clock of a source is from ours.

use jiff::{SignedDuration, Timestamp};

/// What is known of the difference between a source's clock and ours: the true
/// difference lies within `uncertainty` of `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skew {
    offset: SignedDuration,
    uncertainty: SignedDuration,
}

impl Skew {
    /// The clocks are one, as on the host itself.
    pub const NONE: Self = Self {
        offset: SignedDuration::ZERO,
        uncertainty: SignedDuration::ZERO,
    };

    /// The source's clock shows `offset` more than ours, give or take
    /// `uncertainty`; its sign does not matter.
    #[must_use]
    pub fn new(offset: SignedDuration, uncertainty: SignedDuration) -> Self {
        Self {
            offset,
            uncertainty: SignedDuration::try_from(uncertainty.unsigned_abs())
                .unwrap_or(SignedDuration::MAX),
        }
    }

    /// What an answer's `Date` tells: whole seconds of the source's clock, read at
    /// some moment between sending the question and receiving the answer.
    #[must_use]
    pub fn from_date(sent: Timestamp, received: Timestamp, date: Timestamp) -> Self {
        let received = received.max(sent);
        let least = received.duration_until(date);
        let most = sent
            .duration_until(date)
            .saturating_add(SignedDuration::from_secs(1));
        let width = most.saturating_sub(least);
        // Rounded up, so that halving loses nothing.
        let half = (width / 2).saturating_add(SignedDuration::from_nanos(1));
        Self::new(least.saturating_add(width / 2), half)
    }

    /// How much more the source's clock shows, as far as is known.
    #[must_use]
    pub fn offset(&self) -> SignedDuration {
        self.offset
    }

    /// How far from the truth the offset may be.
    #[must_use]
    pub fn uncertainty(&self) -> SignedDuration {
        self.uncertainty
    }

    /// The latest that the source's clock may have shown at a moment of ours.
    #[must_use]
    pub fn latest_there(&self, ours: Timestamp) -> Timestamp {
        later(ours, self.offset.saturating_add(self.uncertainty))
    }

    /// The earliest moment of ours at which the source's clock may have shown that.
    #[must_use]
    pub fn earliest_here(&self, theirs: Timestamp) -> Timestamp {
        let most = self.offset.saturating_add(self.uncertainty);
        later(theirs, SignedDuration::ZERO.saturating_sub(most))
    }
}

/// A time and a duration more, or the end of time that lies that way.
pub(super) fn later(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.checked_add(duration)
        .unwrap_or(if duration.is_negative() {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
}
