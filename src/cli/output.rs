//! Where results and messages go.

use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::args::{Color, Format, OutputArgs, ProgressArg};
use crate::diagnostic::{self, Diagnostic, Ink};
use crate::report::mask::{Form, Masked, Secrets};
use crate::report::{Bar, Events, Live, Paint, Progress, Show, message_event, problem_event};
use crate::run::{Silent, Sink};

/// The output as the user wants it.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) threads: Option<NonZero<usize>>,
    color: Color,
    progress: ProgressArg,
    /// When the program started.
    started: Instant,
    /// What is masked wherever it stands.
    secrets: Mutex<Secrets>,
}

impl Output {
    pub(super) fn new(args: &OutputArgs) -> Self {
        Self {
            format: args.format,
            quiet: args.quiet,
            threads: args.threads,
            color: args.color,
            progress: args.progress,
            started: Instant::now(),
            secrets: Mutex::default(),
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
        match self.progress {
            ProgressArg::Json => self.events(),
            _ if self.has_bar() => Box::new(Progress::default()),
            _ => Box::new(Silent),
        }
    }

    /// Someone who tells programs what happens, if they are to be told.
    pub(super) fn events(&self) -> Box<dyn Sink> {
        match self.progress {
            ProgressArg::Json => Box::new(Events::new(Box::new(io::stderr()), self.started)),
            _ => Box::new(Silent),
        }
    }

    fn has_bar(&self) -> bool {
        self.progress == ProgressArg::Auto && !self.quiet && io::stderr().is_terminal()
    }

    /// Someone to tell a run while it goes: in that form on standard output, if one
    /// is given, and with a bar on a terminal.
    pub(super) fn live(&self, show: &Show, form: Option<Form>) -> Live {
        let out =
            form.map(|form| -> Box<dyn Write + Send> { Box::new(self.masked(io::stdout(), form)) });
        let bar = if self.has_bar() {
            Bar::Shown
        } else {
            Bar::Hidden
        };
        Live::new(out, show.clone(), bar)
    }

    /// Masks these secrets, too, in everything that is written from now on.
    pub(super) fn hide(&self, secrets: Secrets) {
        *self.secrets.lock().unwrap_or_else(PoisonError::into_inner) = secrets;
    }

    /// Masks what is written to `out`.
    pub(super) fn masked<W: Write>(&self, out: W, form: Form) -> Masked<W> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        Masked::new(out, form, secrets.clone())
    }

    /// Writes problems to standard error.
    pub(super) fn tell(&self, problems: &[Diagnostic]) -> io::Result<()> {
        if problems.is_empty() {
            return Ok(());
        }
        if self.progress == ProgressArg::Json {
            let mut out = self.masked(io::stderr().lock(), Form::Json);
            for problem in problems {
                problem_event(&mut out, problem, self.started)?;
            }
            return out.finish();
        }
        let ink = self.ink(io::stderr().is_terminal());
        self.note(|out| writeln!(out, "{}", diagnostic::to_text(problems, ink)))
    }

    /// Writes text to standard error.
    pub(super) fn note(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.progress == ProgressArg::Json {
            let mut text = Vec::new();
            let mut masked = self.masked(&mut text, Form::Text);
            write(&mut masked)?;
            masked.finish()?;
            drop(masked);
            let mut out = self.masked(io::stderr().lock(), Form::Json);
            message_event(&mut out, &String::from_utf8_lossy(&text), self.started)?;
            return out.finish();
        }
        let mut out = self.masked(io::stderr().lock(), Form::Text);
        write(&mut out)?;
        out.finish()
    }

    /// Writes to standard output in the format that is asked for. A reader that has
    /// seen enough and went away is no error.
    pub(super) fn write(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let form = match self.format {
            Format::Text => Form::Text,
            Format::Json => Form::Json,
        };
        self.write_as(form, write)
    }

    /// Writes to standard output in that form.
    pub(super) fn write_as(
        &self,
        form: Form,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut out = self.masked(io::BufWriter::new(io::stdout().lock()), form);
        match write(&mut out).and_then(|()| out.finish()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }
}
