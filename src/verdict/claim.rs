//! Judging what a published page promises.

use super::outcome::{ClaimState, SignalState};

/// What a recording says of a claim, by the states of the signals that prove its
/// judgement.
#[must_use]
pub fn judge_claim(judged_by: &[SignalState]) -> ClaimState {
    if judged_by.contains(&SignalState::Missing) {
        ClaimState::Contradicted
    } else if judged_by.is_empty() || judged_by.iter().any(|state| *state != SignalState::Seen) {
        ClaimState::Unproven
    } else {
        ClaimState::Proven
    }
}
