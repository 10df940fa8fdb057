//! `command`, `type`, `alias`, and variables: what names stand for.

use super::super::state::{Flow, Interpreter, Value, Variable};
use super::super::unknown;
use crate::stage::simulate::world::{Exhausted, Presence};

/// Words of the grammar, for `type` and `command -v`.
const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{",
    "}", "!", "in",
];

impl Interpreter<'_> {
    /// The path of a program; one that nothing is known of is taken to be installed.
    pub(super) fn program_path(&mut self, name: &str) -> Option<String> {
        if name.contains('/') {
            let path = self.absolute(name);
            return match self.world.presence(&path) {
                Presence::Absent => None,
                Presence::There => Some(name.to_owned()),
                Presence::Unknown => {
                    self.world.assume(format!("`{path}` is there"));
                    Some(name.to_owned())
                }
            };
        }
        let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin"];
        let paths = folders.map(|folder| format!("{folder}/{name}"));
        let known = paths
            .iter()
            .find(|path| self.world.presence(path) == Presence::There);
        if let Some(path) = known {
            return Some(path.clone());
        }
        let [first, ..] = paths;
        if name.is_empty() || self.world.presence(&first) == Presence::Absent {
            return None;
        }
        self.world
            .assume(format!("`{}` is installed", unknown::shown(name)));
        Some(first)
    }

    pub(super) fn command_builtin(&mut self, arguments: &[String]) -> Result<Flow, Exhausted> {
        let mut rest = arguments;
        let mut looks_up = false;
        while let Some((option, others)) = rest.split_first() {
            match option.as_str() {
                "-v" | "-V" => looks_up = true,
                "-p" | "--" => {}
                _ => break,
            }
            rest = others;
        }
        let Some((name, rest)) = rest.split_first() else {
            self.end(0);
            return Ok(Flow::Next);
        };
        if !looks_up {
            if let Some(flow) = self.builtin(name, rest)? {
                return Ok(flow);
            }
            self.run_program(name, rest)?;
            return Ok(Flow::Next);
        }
        let found = if let Some(value) = self.shell.aliases.get(name) {
            Some(format!("alias {name}='{value}'"))
        } else if self.is_word_of_shell(name) {
            Some(name.clone())
        } else {
            self.program_path(name)
        };
        match found {
            Some(found) => {
                self.end(0);
                self.write(1, &format!("{found}\n"))?;
            }
            None => self.end(127),
        }
        Ok(Flow::Next)
    }

    fn is_word_of_shell(&self, name: &str) -> bool {
        self.is_builtin(name) || self.shell.functions.contains_key(name) || KEYWORDS.contains(&name)
    }

    pub(super) fn type_builtin(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        self.end(0);
        let mut is_short = false;
        for name in arguments {
            let line = match name.as_str() {
                "-t" => {
                    is_short = true;
                    continue;
                }
                option if option.starts_with('-') => continue,
                name => {
                    let kind = if self.shell.functions.contains_key(name) {
                        Some(("function", format!("{name} is a function")))
                    } else if self.is_builtin(name) {
                        Some(("builtin", format!("{name} is a shell builtin")))
                    } else if KEYWORDS.contains(&name) {
                        Some(("keyword", format!("{name} is a shell keyword")))
                    } else {
                        let path = self.program_path(name);
                        path.map(|path| ("file", format!("{name} is {path}")))
                    };
                    match kind {
                        Some((kind, _)) if is_short => kind.to_owned(),
                        Some((_, line)) => line,
                        None => {
                            self.end(1);
                            continue;
                        }
                    }
                }
            };
            self.write(1, &format!("{line}\n"))?;
        }
        Ok(())
    }

    pub(super) fn alias(&mut self, name: &str, arguments: &[String]) -> Result<(), Exhausted> {
        self.end(0);
        if name == "unalias" {
            for name in arguments {
                if name == "-a" {
                    self.shell.aliases.clear();
                } else if self.shell.aliases.remove(name).is_none() {
                    self.end(1);
                }
            }
            return Ok(());
        }
        for argument in arguments {
            match argument.split_once('=') {
                Some((name, value)) => {
                    let value = unknown::shown(value);
                    self.shell.aliases.insert(name.to_owned(), value);
                }
                None => match self.shell.aliases.get(argument) {
                    Some(value) => {
                        let line = format!("alias {argument}='{value}'\n");
                        self.write(1, &line)?;
                    }
                    None => self.end(1),
                },
            }
        }
        Ok(())
    }

    pub(super) fn unset(&mut self, arguments: &[String]) {
        self.end(0);
        let mut are_functions = false;
        for name in arguments {
            match name.as_str() {
                "-f" => are_functions = true,
                "-v" | "-n" => are_functions = false,
                name if are_functions => {
                    self.shell.functions.remove(name);
                }
                name => {
                    if let Some((list, index)) = name.split_once('[') {
                        self.unset_element(list, index.trim_end_matches(']'));
                        continue;
                    }
                    let known = self.shell.variables.get(name);
                    if known.is_some_and(|known| known.is_readonly) {
                        self.end(1);
                    } else if self.shell.variables.remove(name).is_none() {
                        self.shell.functions.remove(name);
                    }
                }
            }
        }
    }

    fn unset_element(&mut self, name: &str, index: &str) {
        let number = self.arithmetic(index).parse().unwrap_or(0);
        match self
            .shell
            .variables
            .get_mut(name)
            .map(|known| &mut known.value)
        {
            Some(Value::List(list)) => {
                list.remove(&number);
            }
            Some(Value::Map(map)) => {
                map.remove(index);
            }
            _ => {}
        }
    }

    /// `export`, `readonly`, `local`, and `declare`.
    pub(super) fn declare(&mut self, name: &str, arguments: &[String]) -> Result<(), Exhausted> {
        let mut flags = String::new();
        let mut names = Vec::new();
        for argument in arguments {
            match argument.strip_prefix(['-', '+']) {
                Some(letters) if names.is_empty() => {
                    let is_off = argument.starts_with('+');
                    flags.extend(letters.chars().filter(|_| !is_off));
                }
                _ => names.push(argument),
            }
        }
        if names.is_empty() {
            self.end(0);
            return self.list_variables(name);
        }
        let is_local =
            name == "local" || (matches!(name, "declare" | "typeset") && !flags.contains('g'));
        let is_exported = name == "export" || flags.contains('x');
        let is_readonly = name == "readonly" || flags.contains('r');
        self.end(0);
        for argument in names {
            let (target, value) = match argument.split_once('=') {
                Some((target, value)) => (target, Some(value)),
                None => (argument.as_str(), None),
            };
            let (target, appends) = match target.strip_suffix('+') {
                Some(target) => (target, true),
                None => (target, false),
            };
            if is_local {
                let before = self.shell.variables.get(target).cloned();
                if let Some(frame) = self.shell.hidden.last_mut()
                    && !frame.contains_key(target)
                {
                    frame.insert(target.to_owned(), before);
                    self.shell.variables.remove(target);
                }
            }
            if name == "export" && flags.contains('n') {
                if let Some(variable) = self.shell.variables.get_mut(target) {
                    variable.is_exported = false;
                }
                continue;
            }
            let is_assigned =
                value.is_none_or(|value| self.declare_value(target, value, &flags, appends));
            if !is_assigned {
                continue;
            }
            if value.is_none() && !is_exported && !is_readonly && !flags.contains(['a', 'A', 'i']) {
                continue;
            }
            let variable = self.shell.variables.entry(target.to_owned()).or_default();
            if flags.contains('A') && matches!(variable.value, Value::Text(_)) {
                variable.value = Value::Map(Default::default());
            }
            variable.is_exported |= is_exported;
            variable.is_readonly |= is_readonly;
        }
        Ok(())
    }

    fn declare_value(&mut self, target: &str, value: &str, flags: &str, appends: bool) -> bool {
        let list = value
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        if let (Some(list), false) = (list, flags.contains('A')) {
            let values = list.split_whitespace().map(str::to_owned);
            let values = Value::List((0..).zip(values).collect());
            let variable = self.shell.variables.entry(target.to_owned()).or_default();
            variable.value = values;
            return true;
        }
        if flags.contains('A') {
            let variable = Variable {
                value: Value::Map(Default::default()),
                ..Variable::default()
            };
            self.shell.variables.insert(target.to_owned(), variable);
            return true;
        }
        let mut value = match (appends, self.variable(target)) {
            (true, Some(before)) => before + value,
            _ => value.to_owned(),
        };
        if flags.contains('i') {
            value = self.arithmetic(&value);
        } else if flags.contains('u') {
            value = value.to_uppercase();
        } else if flags.contains('l') {
            value = value.to_lowercase();
        }
        self.set(target, value)
    }

    fn list_variables(&mut self, name: &str) -> Result<(), Exhausted> {
        let only_exported = name == "export";
        let mut text = String::new();
        for (name, variable) in &self.shell.variables {
            let Value::Text(value) = &variable.value else {
                continue;
            };
            if variable.is_exported || !only_exported {
                let line = if only_exported && self.is_bash() {
                    format!("declare -x {name}=\"{value}\"\n")
                } else if only_exported {
                    format!("export {name}='{value}'\n")
                } else {
                    format!("{name}={value}\n")
                };
                text.push_str(&line);
            }
        }
        self.write(1, &text)
    }
}
