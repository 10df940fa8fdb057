//! Why a search could not be read.

use super::span::Span;

/// A place where a search is not SPL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// Where, in the text that was parsed.
    pub span: Span,
    /// The cause, in one sentence.
    pub message: String,
    /// What could have stood there instead.
    pub expected: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl SyntaxError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            expected: Vec::new(),
            help: None,
        }
    }

    pub(super) fn expecting(mut self, expected: &[&str]) -> Self {
        self.expected = expected.iter().map(ToString::to_string).collect();
        self
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
