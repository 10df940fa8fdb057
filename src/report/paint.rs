//! Colour, where it is wanted.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

use crate::diagnostic::Ink;

/// Colours words, or leaves them plain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paint(Ink);

impl Paint {
    /// Colours if the ink is colour.
    #[must_use]
    pub fn new(ink: Ink) -> Self {
        Self(ink)
    }

    /// The ink.
    #[must_use]
    pub fn ink(self) -> Ink {
        self.0
    }

    fn style(self, style: Style, text: impl Display) -> String {
        match self.0 {
            Ink::Plain => text.to_string(),
            Ink::Colour => format!("{style}{text}{style:#}"),
        }
    }

    fn colour(self, colour: AnsiColor, text: impl Display) -> String {
        self.style(colour.on_default(), text)
    }

    pub(super) fn good(self, text: impl Display) -> String {
        self.colour(AnsiColor::Green, text)
    }

    pub(super) fn bad(self, text: impl Display) -> String {
        self.style(AnsiColor::Red.on_default().bold(), text)
    }

    pub(super) fn doubtful(self, text: impl Display) -> String {
        self.colour(AnsiColor::Yellow, text)
    }

    pub(super) fn bold(self, text: impl Display) -> String {
        self.style(Style::new().bold(), text)
    }

    pub(super) fn faint(self, text: impl Display) -> String {
        self.style(Style::new().dimmed(), text)
    }
}
