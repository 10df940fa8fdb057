//! The parts of an event that keep equal names apart.

use serde::{Deserialize, Serialize};

/// The part of an event that a field belongs to.
///
/// A Windows event can carry a `Channel` both in `System`, where it says which
/// log holds the event, and in `UserData`, where it says which log the event is
/// about; only the first one routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Section {
    /// What every Windows event has: provider, event id, time, computer.
    System,
    /// The named or unnamed `Data` of a Windows event.
    EventData,
    /// The provider's own XML of a Windows event, flattened below its root.
    UserData,
    /// What Windows logs where the event's own data could not be rendered.
    ProcessingErrorData,
    /// The texts that a reader of Windows events adds (message, level name).
    RenderingInfo,
    /// The record itself, for formats without parts (CloudTrail, JSON lines).
    Body,
}

impl Section {
    /// Whether fields of this section are the event's own data, not its frame.
    #[must_use]
    pub fn is_payload(self) -> bool {
        !matches!(self, Self::System | Self::RenderingInfo)
    }
}
