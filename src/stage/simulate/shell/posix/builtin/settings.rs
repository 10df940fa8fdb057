//! `set`, `trap`, `umask`, `let`, and `getopts`.

use super::super::state::{Interpreter, Value};
use super::super::unknown;
use crate::stage::simulate::world::Exhausted;

impl Interpreter<'_> {
    pub(super) fn set_options(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        self.end(0);
        if arguments.is_empty() {
            let mut text = String::new();
            for (name, variable) in &self.shell.variables {
                if let Value::Text(value) = &variable.value {
                    text.push_str(&format!("{name}={value}\n"));
                }
            }
            return self.write(1, &text);
        }
        let mut rest = arguments;
        while let Some((option, others)) = rest.split_first() {
            if matches!(option.as_str(), "--" | "-") {
                rest = others;
                self.set_positional(rest);
                return Ok(());
            }
            let is_on = option.starts_with('-');
            let Some(letters) = option.strip_prefix(['-', '+']) else {
                self.set_positional(rest);
                return Ok(());
            };
            rest = others;
            for letter in letters.chars() {
                let mut letter = letter;
                if letter == 'o' {
                    let Some((name, others)) = rest.split_first() else {
                        break;
                    };
                    rest = others;
                    letter = match name.as_str() {
                        "errexit" => 'e',
                        "nounset" => 'u',
                        "noglob" => 'f',
                        "allexport" => 'a',
                        "xtrace" => 'x',
                        "pipefail" => 'P',
                        // What it changes leaves no trace.
                        _ => continue,
                    };
                }
                if is_on {
                    self.shell.options.insert(letter);
                } else {
                    self.shell.options.remove(&letter);
                }
            }
        }
        Ok(())
    }

    fn set_positional(&mut self, values: &[String]) {
        self.shell.positional.truncate(1);
        self.shell.positional.extend(values.iter().cloned());
    }

    pub(super) fn trap(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        self.end(0);
        let mut rest = arguments;
        if rest.first().is_some_and(|first| first == "--") {
            rest = rest.get(1..).unwrap_or_default();
        }
        let Some((action, signals)) = rest.split_first() else {
            let mut text = String::new();
            for (signal, action) in &self.shell.traps {
                text.push_str(&format!("trap -- '{action}' {signal}\n"));
            }
            return self.write(1, &text);
        };
        for signal in signals {
            let signal = match signal.trim_start_matches("SIG") {
                "0" | "EXIT" => "EXIT",
                other => other,
            };
            if action == "-" {
                self.shell.traps.remove(signal);
            } else {
                let action = unknown::shown(action);
                self.shell.traps.insert(signal.to_owned(), action);
            }
        }
        Ok(())
    }

    pub(super) fn umask(&mut self, mask: Option<&str>) -> Result<(), Exhausted> {
        self.end(0);
        match mask.map(|mask| u32::from_str_radix(mask, 8)) {
            Some(Ok(mask)) => {
                self.shell.umask = mask & 0o777;
                Ok(())
            }
            Some(Err(_)) => Ok(()),
            None => {
                let text = format!("{:04o}\n", self.shell.umask);
                self.write(1, &text)
            }
        }
    }

    pub(super) fn let_values(&mut self, arguments: &[String]) {
        let mut value = String::new();
        for argument in arguments {
            value = self.arithmetic(argument);
        }
        self.is_failed = false;
        self.end(i32::from(matches!(value.as_str(), "0" | "")));
    }

    pub(super) fn getopts(&mut self, arguments: &[String]) {
        let [letters, name, given @ ..] = arguments else {
            return self.end(2);
        };
        let values: Vec<String> = if given.is_empty() {
            self.shell.positional.get(1..).unwrap_or_default().to_vec()
        } else {
            given.to_vec()
        };
        let place = self.variable("OPTIND").and_then(|place| place.parse().ok());
        let place: usize = place.filter(|place| *place > 0).unwrap_or(1);
        let argument = values.get(place - 1).map(String::as_str);
        let option = argument
            .filter(|argument| *argument != "--")
            .and_then(|argument| argument.strip_prefix('-'))
            .and_then(|rest| rest.chars().next());
        let Some(option) = option else {
            self.set(name, "?");
            return self.end(1);
        };
        let mut next = place.saturating_add(1);
        let takes_value = letters.contains(&format!("{option}:"));
        if takes_value {
            let glued: String = argument.unwrap_or_default().chars().skip(2).collect();
            if glued.is_empty() {
                let value = values.get(place).cloned().unwrap_or_default();
                self.set("OPTARG", value);
                next = next.saturating_add(1);
            } else {
                self.set("OPTARG", glued);
            }
        }
        let shown = if letters.contains(option) && option != ':' {
            option.to_string()
        } else {
            "?".to_owned()
        };
        self.set(name, shown);
        self.set("OPTIND", next.to_string());
        self.end(0);
    }
}
