//! `call`, `goto`, `exit`, and `shift`.

use super::super::expand;
use super::super::launch::Reached;
use super::super::parse::is_separator;
use super::super::session::{Done, Flow, Session};
use super::super::{Source, arithmetic, lines, words};
use crate::stage::simulate::world::Exhausted;

impl Session<'_> {
    /// Variables are expanded once more for what is called.
    pub(super) fn call(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let source = self.source();
        let text = expand::percent(arguments, source, self).unwrap_or_default();
        self.world.budget.text(text.len())?;
        let text = text.trim_start_matches(is_separator);
        if let Some(label) = text.strip_prefix(':') {
            return self.call_label(label, text);
        }
        let (name, rest) = first_word(text);
        match name.to_ascii_lowercase().as_str() {
            // The real shell, too, does not carry these out by `call`.
            "" | "if" | "for" => {
                self.not_interpreted("`call` takes a command with a name of its own");
                Ok(Done::with(1))
            }
            _ => self.nested_call(|session| session.command_by(name, rest, Reached::ByCall)),
        }
    }

    fn nested_call(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<Done, Exhausted>,
    ) -> Result<Done, Exhausted> {
        self.world.budget.enter()?;
        let done = work(self);
        self.world.budget.leave();
        done
    }

    fn call_label(&mut self, label: &str, text: &str) -> Result<Done, Exhausted> {
        let name = lines::label_name(label);
        let Some(frame) = self.frames.last() else {
            return Ok(Done::with(1));
        };
        if frame.source == Source::CommandLine {
            self.not_interpreted("there are labels in batch files only");
            return Ok(Done::with(1));
        }
        let (count, from) = (frame.lines.len(), frame.position);
        self.world.budget.text(count)?;
        let place = match name.to_ascii_lowercase().as_str() {
            "eof" => Some(count),
            _ => lines::behind_label(&frame.lines, name, from),
        };
        let Some(place) = place else {
            self.not_interpreted(&format!("there is no label `{name}`"));
            self.error_level = 1;
            return Ok(Done::with(1));
        };
        let frame = frame.at(place, words::words(text));
        self.nested_call(|session| {
            let mut done = session.run(frame)?;
            done.code = Some(session.error_level);
            Ok(done)
        })
    }

    pub(super) fn goto(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let text = arguments.trim_start_matches(is_separator);
        let text = text.strip_prefix(':').unwrap_or(text);
        let name = lines::label_name(text).to_owned();
        let Some(frame) = self.frames.last_mut() else {
            return Ok(Done::with(1));
        };
        if frame.source == Source::CommandLine {
            self.not_interpreted("there are labels in batch files only");
            return Ok(Done::with(1));
        }
        self.world.budget.text(frame.lines.len())?;
        if name.eq_ignore_ascii_case("eof") {
            return Ok(Done::well().then(Flow::LeaveBatch));
        }
        match lines::behind_label(&frame.lines, &name, frame.position) {
            Some(place) => {
                frame.position = place;
                Ok(Done::well().then(Flow::LeaveLine))
            }
            None => {
                self.not_interpreted(&format!("there is no label `{name}`"));
                self.error_level = 1;
                Ok(Done::with(1).then(Flow::LeaveBatch))
            }
        }
    }

    pub(super) fn exit(&mut self, arguments: &str) -> Done {
        let (switches, operands) = words::switches(arguments);
        let code = operands
            .first()
            .and_then(|code| arithmetic::number(code))
            .unwrap_or(self.error_level);
        self.error_level = code;
        let leaves_batch =
            switches.iter().any(|switch| switch == "b") && self.source() == Source::Batch;
        Done::with(code).then(if leaves_batch {
            Flow::LeaveBatch
        } else {
            Flow::LeaveShell
        })
    }

    pub(super) fn shift(&mut self, arguments: &str) -> Done {
        let first = arguments
            .trim()
            .strip_prefix('/')
            .and_then(|number| number.parse::<usize>().ok())
            .unwrap_or(0);
        if let Some(frame) = self.frames.last_mut()
            && first < frame.arguments.len()
        {
            frame.arguments.remove(first);
        }
        Done::well()
    }
}

/// The first word with its quotes, and the rest from its separator on.
pub(super) fn first_word(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text.find(|sign: char| {
        if sign == '"' {
            quoted = !quoted;
        }
        !quoted && is_separator(sign)
    });
    text.split_at(end.unwrap_or(text.len()))
}
