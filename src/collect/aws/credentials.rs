//! What a request is signed with.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::collect::Secret;

/// How long before their end credentials count as expired, so that they do not expire
/// on the way.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// An access key with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub(super) key: String,
    pub(super) secret: Secret,
    pub(super) token: Option<Secret>,
    /// When they expire, if that is known.
    pub expires: Option<Timestamp>,
    /// Where they came from, in words: `the profile lab, through IAM Identity Center`.
    pub from: String,
}

impl Credentials {
    /// Whether they cannot be used any more at `now`.
    #[must_use]
    pub fn have_expired(&self, now: Timestamp) -> bool {
        self.expires
            .is_some_and(|expires| expires.duration_since(now) <= MARGIN)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("from", &self.from)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
