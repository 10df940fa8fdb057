//! Where results and messages go.

use std::io::{self, IsTerminal, Write};
use std::num::NonZero;

use super::args::{Color, Format, OutputArgs};
use crate::diagnostic::{self, Diagnostic, Ink};
use crate::report::{Paint, Progress};
use crate::run::{Silent, Sink};

/// The output as the user wants it.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) threads: Option<NonZero<usize>>,
    color: Color,
}

impl Output {
    pub(super) fn new(args: &OutputArgs) -> Self {
        Self {
            format: args.format,
            quiet: args.quiet,
            threads: args.threads,
            color: args.color,
        }
    }

    fn ink(&self, terminal: bool) -> Ink {
        let wanted = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                terminal && !refused
            }
        };
        if wanted { Ink::Colour } else { Ink::Plain }
    }

    /// Colour for standard output.
    pub(super) fn paint(&self) -> Paint {
        Paint::new(self.ink(io::stdout().is_terminal()))
    }

    /// Colour for standard error.
    pub(super) fn paint_messages(&self) -> Paint {
        Paint::new(self.ink(io::stderr().is_terminal()))
    }

    /// The width of the terminal on standard output, if it is one.
    pub(super) fn width(&self) -> Option<u16> {
        if !io::stdout().is_terminal() {
            return None;
        }
        terminal_size::terminal_size().map(|(width, _)| width.0)
    }

    /// Someone to listen to a search.
    pub(super) fn sink(&self) -> Box<dyn Sink> {
        if !self.quiet && io::stderr().is_terminal() {
            Box::new(Progress::default())
        } else {
            Box::new(Silent)
        }
    }

    /// Writes problems to standard error.
    pub(super) fn tell(&self, problems: &[Diagnostic]) -> io::Result<()> {
        if problems.is_empty() {
            return Ok(());
        }
        let ink = self.ink(io::stderr().is_terminal());
        let mut stderr = io::stderr().lock();
        writeln!(stderr, "{}", diagnostic::to_text(problems, ink))
    }

    /// Writes to standard output. A reader that has seen enough and went away is
    /// no error.
    pub(super) fn write(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }
}
