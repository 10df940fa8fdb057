//! What fields hold, as far as it matters to how they are compared.

/// What kind of text a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::detect) enum Holds {
    /// The whole path of a file of Windows, which is logged as it was asked for.
    Path,
    /// A part of such a path.
    PathPart,
    /// A path of the registry.
    Registry,
    /// A command line or a script of Windows.
    Command,
    /// The name of an operation of Azure, which is capital letters in one kind of export
    /// and mixed in another.
    Operation,
}

impl Holds {
    /// What an item of a Windows event holds, by its name, whatever its case.
    pub(in crate::detect) fn item(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        Some(match lower.as_str() {
            "image" | "parentimage" | "sourceimage" | "targetimage" | "imageloaded"
            | "targetfilename" | "newprocessname" | "parentprocessname" => Self::Path,
            "targetobject" => Self::Registry,
            "commandline" | "parentcommandline" | "servicefilename" | "imagepath"
            | "scriptblocktext" => Self::Command,
            _ => return None,
        })
    }

    /// What a key of Azure's activity log holds.
    pub(in crate::detect) fn key(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        matches!(
            lower.as_str(),
            "operationname" | "operationname.value" | "authorization.action"
        )
        .then_some(Self::Operation)
    }

    /// What it is, for people.
    pub(in crate::detect) fn told(self) -> &'static str {
        match self {
            Self::Path | Self::PathPart => "a path of Windows",
            Self::Registry => "a path of the registry",
            Self::Command => "a command line of Windows",
            Self::Operation => "the name of an Azure operation",
        }
    }

    /// Whether letters in a text that is compared with it may well have another case
    /// than those that are logged.
    pub(in crate::detect) fn varies_in(self, text: &str) -> bool {
        match self {
            // Elsewhere, case tells files apart.
            Self::Path | Self::PathPart => !is_posix(text),
            // It also tells short options apart.
            Self::Command => !is_posix(text) && has_word(text),
            Self::Registry => true,
            Self::Operation => text.contains('/'),
        }
    }
}

fn has_word(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphabetic());
    words.any(|word| word.chars().count() > 3)
}

fn is_posix(text: &str) -> bool {
    text.contains('/') && !text.contains('\\') && !text.contains('.')
        || [
            "/bin", "/usr", "/tmp", "/etc", "/home", "/var", "/opt", "/dev",
        ]
        .iter()
        .any(|start| text.trim_start_matches(['*', '%', '^']).starts_with(start))
}
