//! The sections of an event record.

use std::fmt;
use std::str::FromStr;

/// The part of a record that a field stands in.
///
/// Sections keep fields of one name apart: `System.Channel` says which log a
/// record belongs to, `UserData.Channel` (event 104) which log was cleared.
/// The names of the Windows sections are those of the elements below `Event`
/// (Windows Event Log schema, "EventType complex type").
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Section {
    /// What the logging service itself notes down about the record.
    System,
    /// The provider's named or unnamed data items.
    EventData,
    /// The provider's own element; its children are the fields.
    UserData,
    /// What is left of a record that the logging service could not render.
    ProcessingErrorData,
    /// Text that a forwarding or exporting host rendered for people.
    RenderingInfo,
    /// The whole record of a source that has no sections, such as JSON.
    Body,
}

impl Section {
    /// Every section, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::System,
        Self::EventData,
        Self::UserData,
        Self::ProcessingErrorData,
        Self::RenderingInfo,
        Self::Body,
    ];

    /// The name of the section, as Windows spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::EventData => "EventData",
            Self::UserData => "UserData",
            Self::ProcessingErrorData => "ProcessingErrorData",
            Self::RenderingInfo => "RenderingInfo",
            Self::Body => "Body",
        }
    }

    /// Whether the section holds what the provider logged, as opposed to what
    /// the logging service added around it.
    #[must_use]
    pub const fn is_payload(self) -> bool {
        !matches!(self, Self::System | Self::RenderingInfo)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a section of an event")]
pub struct UnknownSection(pub String);

impl FromStr for Section {
    type Err = UnknownSection;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|section| section.as_str() == text)
            .ok_or_else(|| UnknownSection(text.to_owned()))
    }
}
