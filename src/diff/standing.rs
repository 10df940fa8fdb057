//! Whether one judgement is worth more than another.

use super::change::Class;
use super::document::{Agreement, Claim, Control, Judgement, Signal};
use crate::verdict::{ClaimState, ControlOutcome, SignalState, Verdict};

/// What a judgement is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// It proves something: the detection fires, the control is quiet, the signal is seen.
    pub(super) proof: bool,
    /// It is as the expectation says.
    pub(super) expected: bool,
    /// It is a false alarm.
    pub(super) alarm: bool,
}

impl Standing {
    fn new(proof: bool, expected: bool) -> Self {
        Self {
            proof,
            expected,
            alarm: false,
        }
    }

    /// What has become of something that was and is judged. Nothing is better without
    /// proof.
    pub(super) fn becomes(self, new: Self) -> Class {
        match (self.proof, new.proof) {
            (true, false) => Class::Worse,
            (false, true) => Class::Better,
            (true, true) => match (self.expected, new.expected) {
                (true, false) => Class::Worse,
                (false, true) => Class::Better,
                _ => Class::Changed,
            },
            (false, false) => {
                let fell = self.expected && !new.expected;
                let alarms = !self.alarm && new.alarm && !new.expected;
                if fell || alarms {
                    Class::Worse
                } else {
                    Class::Changed
                }
            }
        }
    }

    /// What it is that something is judged which was not.
    pub(super) fn appears(self) -> Class {
        match (self.expected, self.proof) {
            (false, _) => Class::Worse,
            (true, true) => Class::Better,
            (true, false) => Class::Changed,
        }
    }

    /// What it is that something is not judged any more.
    pub(super) fn goes(self) -> Class {
        match self.proof {
            true => Class::Worse,
            false => Class::Changed,
        }
    }
}

impl From<&Judgement> for Standing {
    fn from(given: &Judgement) -> Self {
        Self::new(given.verdict == Verdict::Fired, given.expected)
    }
}

impl From<&Signal> for Standing {
    fn from(given: &Signal) -> Self {
        Self::new(given.state == SignalState::Seen, given.expected)
    }
}

impl From<&Control> for Standing {
    fn from(given: &Control) -> Self {
        Self {
            alarm: given.outcome == ControlOutcome::FalseAlarm,
            ..Self::new(given.outcome == ControlOutcome::Quiet, given.expected)
        }
    }
}

impl From<&Claim> for Standing {
    fn from(given: &Claim) -> Self {
        let is_contradicted = given.state == ClaimState::Contradicted;
        Self::new(given.state == ClaimState::Proven, !is_contradicted)
    }
}

impl From<&Agreement> for Standing {
    /// There is an agreement only where one of the two fires, which is not always to be
    /// wished: that there is one proves nothing by itself.
    fn from(given: &Agreement) -> Self {
        Self::new(false, given.agrees)
    }
}
