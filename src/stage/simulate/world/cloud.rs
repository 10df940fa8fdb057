//! What there is in a modelled account because of what was called.

use jiff::Timestamp;

/// What commands have left in an account, and at its client.
#[derive(Debug, Default)]
pub struct CloudState {
    /// The commands that were sent to instances, in order.
    pub commands: Vec<RemoteCommand>,
    /// Whether a command has signed in as another than the profile's caller, or has
    /// chosen another account.
    pub is_other_caller: bool,
}

/// A command that was sent to instances with Systems Manager.
#[derive(Debug, Clone)]
pub struct RemoteCommand {
    /// Its id.
    pub id: String,
    /// The document that it runs.
    pub document: String,
    /// The instances that it was sent to.
    pub instances: Vec<String>,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it is done.
    pub done: Timestamp,
    /// When it was cancelled, if it was.
    pub cancelled: Option<Timestamp>,
}
