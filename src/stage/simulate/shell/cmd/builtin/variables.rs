//! `set`, `path`, `setlocal`, and `endlocal`.

use super::super::session::{Done, Session};
use super::super::{Source, arithmetic};

impl Session<'_> {
    pub(super) fn set(&mut self, arguments: &str) -> Done {
        let text = arguments.trim_start();
        if let Some(expression) = after_switch(text, "/a") {
            return self.set_number(expression);
        }
        if let Some(rest) = after_switch(text, "/p") {
            return self.set_from_input(rest);
        }
        let text = without_quotes(text);
        match text.split_once('=') {
            Some(("", _)) => Done::with(1),
            Some((name, "")) => {
                let was_there = self.context.environment.get(name).is_some();
                self.context.environment.remove(name);
                Done::with(i32::from(!was_there))
            }
            Some((name, value)) => {
                self.context.environment.set(name, value);
                Done::well()
            }
            None => self.list(text.trim_end()),
        }
    }

    /// The variables whose names begin so.
    fn list(&self, beginning: &str) -> Done {
        let beginning = beginning.to_lowercase();
        let lines: String = self
            .context
            .environment
            .iter()
            .filter(|(name, _)| name.to_lowercase().starts_with(&beginning))
            .map(|(name, value)| format!("{name}={value}\r\n"))
            .collect();
        if lines.is_empty() {
            return Done::with(1);
        }
        Done::said(lines)
    }

    fn set_number(&mut self, expression: &str) -> Done {
        match arithmetic::calculate(expression, &mut self.context.environment) {
            Some(value) if self.source() == Source::CommandLine => Done::said(value.to_string()),
            Some(_) => Done::well(),
            None => Done::with(1),
        }
    }

    fn set_from_input(&mut self, rest: &str) -> Done {
        let text = without_quotes(rest.trim_start());
        let (name, prompt) = text.split_once('=').unwrap_or((text, ""));
        let prompt = prompt.trim_matches('"').to_owned();
        let Some(input) = self.input.take() else {
            self.world.assume(format!(
                "nothing is typed when `{}` is asked for",
                name.trim()
            ));
            return Done {
                code: Some(1),
                ..Done::said(prompt)
            };
        };
        let (line, left) = input.split_once('\n').unwrap_or((&input, ""));
        let line = line.trim_end_matches('\r');
        if !line.is_empty() && !name.is_empty() {
            self.context.environment.set(name, line);
        }
        let code = i32::from(line.is_empty());
        self.input = Some(left.to_owned());
        Done {
            code: Some(code),
            ..Done::said(prompt)
        }
    }

    pub(super) fn set_path(&mut self, arguments: &str) -> Done {
        let text = arguments.trim().trim_start_matches('=').trim();
        if text.is_empty() {
            let path = self.context.environment.get("PATH").unwrap_or_default();
            return Done::said(format!("PATH={path}\r\n"));
        }
        let path = if text == ";" { "" } else { text };
        self.context.environment.set("PATH", path);
        Done::well()
    }

    /// Keeps the environment; outside batch files it does nothing.
    pub(super) fn set_local(&mut self, arguments: &str) -> Done {
        if self.source() == Source::CommandLine {
            return Done::well();
        }
        let kept = (
            self.context.environment.clone(),
            self.context.directory.clone(),
            self.delayed,
        );
        let size: usize = kept
            .0
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        if self.world.budget.text(size).is_err() {
            return Done::with(1);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.saved.push(kept);
        }
        match arguments.trim().to_ascii_lowercase() {
            text if text.contains("enabledelayedexpansion") => self.delayed = true,
            text if text.contains("disabledelayedexpansion") => self.delayed = false,
            _ => {}
        }
        Done::well()
    }

    pub(super) fn end_local(&mut self) -> Done {
        let saved = self.frames.last_mut().and_then(|frame| frame.saved.pop());
        if let Some((environment, directory, delayed)) = saved {
            self.context.environment = environment;
            self.context.directory = directory;
            self.delayed = delayed;
        }
        Done::well()
    }
}

fn after_switch<'a>(text: &'a str, switch: &str) -> Option<&'a str> {
    let begins = text.get(..switch.len())?;
    begins
        .eq_ignore_ascii_case(switch)
        .then(|| text.get(switch.len()..).unwrap_or_default())
}

/// `"name=value"` without its quotes; what follows the last of them is passed over.
fn without_quotes(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('"') else {
        return text;
    };
    match inner.rfind('"') {
        Some(last) => inner.get(..last).unwrap_or(inner),
        None => inner,
    }
}
