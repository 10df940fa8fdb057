//! Which subscription.

use std::fmt;

use uuid::Uuid;

/// The id of an Azure subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(Uuid);

/// It is no GUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id of a subscription, which is a GUID")]
pub struct NotASubscription(
    /// What was given.
    pub String,
);

impl SubscriptionId {
    /// Takes an id.
    ///
    /// # Errors
    /// It is no GUID.
    pub fn new(text: &str) -> Result<Self, NotASubscription> {
        Uuid::try_parse(text.trim())
            .map(Self)
            .map_err(|_| NotASubscription(text.to_owned()))
    }

    /// In capital letters, as the paths of exported logs have it.
    pub(super) fn upper(self) -> String {
        self.0.hyphenated().to_string().to_ascii_uppercase()
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
