//! What users are told: problems with a code, a place, a cause, and a way out.
//!
//! A [`Diagnostic`] is a value; text and JSON are two renderings of it.

mod code;
mod place;
mod render;
mod suggest;
mod yaml;

use std::path::Path;

pub use code::Code;
pub use place::{At, Place, SourceText};
pub use render::{Ink, to_json, to_text};
pub use suggest::did_you_mean;
pub use yaml::{YamlNode, YamlSource};

use serde::Serialize;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was not done, or cannot be trusted.
    Error,
    /// Something is likely not what was meant.
    Warning,
    /// Something worth knowing.
    Note,
}

/// One problem as a user sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// Where it is.
    pub place: Option<Place>,
    /// A few words under the marked span.
    pub label: Option<String>,
    /// One sentence: what to do.
    pub help: Option<String>,
    /// What is worth knowing besides, a sentence each; told in text only.
    pub notes: Vec<String>,
    /// How many further problems of its kind it stands for, where only the
    /// first are told one by one; zero for a problem that is told.
    pub more: u64,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    /// A note.
    #[must_use]
    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message.into())
    }

    fn new(code: Code, severity: Severity, message: String) -> Self {
        Self {
            code,
            severity,
            message,
            place: None,
            label: None,
            help: None,
            notes: Vec::new(),
            more: 0,
        }
    }

    /// Says where the problem is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says that the problem is with a whole file.
    #[must_use]
    pub fn in_file(self, file: &Path) -> Self {
        self.at(Place::file(file))
    }

    /// Puts a few words under the marked span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says something that is worth knowing besides.
    #[must_use]
    pub fn note_besides(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do, if anything is known.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// Sorts problems as a reader expects them: by file, then by place, then by
/// code; what only counts further problems stands behind the others of its file.
/// The order does not depend on threads.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    type Key<'d> = (Option<(&'d Path, bool, u64)>, Code, &'d str);
    fn key(diagnostic: &Diagnostic) -> Key<'_> {
        let place = diagnostic.place.as_ref().map(|place| {
            let (file, position) = place.sort_key();
            (file, diagnostic.more > 0, position)
        });
        (place, diagnostic.code, &diagnostic.message)
    }
    diagnostics.sort_by(|left, right| key(left).cmp(&key(right)));
}

/// Whether any of these is an error.
#[must_use]
pub fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}
