//! Why a query could not be read.

use super::span::Span;

/// A place where a text is not of its query language.
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
    pub(in crate::detect) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            expected: Vec::new(),
            help: None,
        }
    }

    pub(in crate::detect) fn expecting(mut self, expected: &[&str]) -> Self {
        self.expected = expected.iter().map(ToString::to_string).collect();
        self
    }

    pub(in crate::detect) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a help unless there is a better one.
    pub(in crate::detect) fn with_help_if_none(mut self, help: impl FnOnce() -> String) -> Self {
        self.help.get_or_insert_with(help);
        self
    }
}
