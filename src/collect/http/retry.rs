//! When a request is sent again, and after how long.

use std::time::Duration;

use super::Answer;

/// What an answer means for the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// It is the answer, good or bad.
    Final,
    /// The service asks to slow down.
    Throttled,
    /// The service failed, which may pass.
    Failing,
}

/// What the status alone says: 429 throttles; 408, 500, 502, 503, and 504 may pass.
#[must_use]
pub fn by_status(answer: &Answer) -> Judged {
    match answer.status {
        429 => Judged::Throttled,
        408 | 500 | 502 | 503 | 504 => Judged::Failing,
        _ => Judged::Final,
    }
}

/// How often and after how long a request is sent again: the pause doubles each time,
/// and a part of it is left to chance so that many clients do not come back at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often a request is sent at most, the first time included.
    pub attempts: u32,
    /// The pause before the second attempt.
    pub first: Duration,
    /// The longest pause of its own.
    pub longest: Duration,
    /// The longest pause that a service may ask for; one that asks for more is not
    /// asked again.
    pub longest_asked: Duration,
    /// Where chance starts.
    pub seed: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 8,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(20),
            longest_asked: Duration::from_secs(120),
            seed: uuid::Uuid::new_v4().as_u64_pair().0,
        }
    }
}

impl Retry {
    /// The pause after the given attempt, the first being 1: between half of the
    /// doubled pause and the whole of it, but as long as the service asks for.
    /// Nothing when it is not to be tried again.
    #[must_use]
    pub fn pause(&self, attempt: u32, asked: Option<Duration>) -> Option<Duration> {
        if attempt >= self.attempts || asked.is_some_and(|asked| asked > self.longest_asked) {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let whole = self.first.saturating_mul(doubled).min(self.longest);
        let own = whole / 2 + (whole / 2).mul_f64(self.chance(attempt));
        Some(own.max(asked.unwrap_or_default()))
    }

    /// A number from 0 to 1 that depends on the seed and the attempt only (SplitMix64).
    fn chance(&self, attempt: u32) -> f64 {
        let step = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(u64::from(attempt));
        let mut mixed = self.seed.wrapping_add(step);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // 32 bits fit a float exactly.
        let upper = u32::try_from(mixed >> 32).unwrap_or_default();
        f64::from(upper) / f64::from(u32::MAX)
    }
}
