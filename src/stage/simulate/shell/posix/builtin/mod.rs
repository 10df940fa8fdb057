//! Commands that the shell carries out itself: no process is started for them.

mod names;
mod output;
mod read;
mod settings;

use super::state::{Flow, Interpreter, absolute};
use super::unknown;
use crate::stage::simulate::world::{CommandOutcome, Content, Exhausted, Presence};

type Step = Result<Option<Flow>, Exhausted>;

/// Builtins of Bash that are no builtins of other shells.
const BASH_ONLY: &[&str] = &[
    "source",
    "declare",
    "typeset",
    "let",
    "shopt",
    "mapfile",
    "readarray",
    "pushd",
    "popd",
    "dirs",
    "history",
    "disown",
    "enable",
    "builtin",
    "caller",
    "complete",
    "compgen",
    "bind",
    "logout",
    "suspend",
    "compopt",
];

/// Builtins of every shell.
const BUILTINS: &[&str] = &[
    ":", "true", "false", "[", "test", "echo", "printf", "read", "cd", "pwd", "exit", "return",
    "break", "continue", "shift", "set", "unset", "export", "readonly", "local", "eval", ".",
    "exec", "trap", "command", "type", "wait", "kill", "umask", "alias", "unalias", "getopts",
    "ulimit", "jobs", "fg", "bg", "hash", "times", "fc",
];

impl Interpreter<'_> {
    pub(super) fn is_builtin(&self, name: &str) -> bool {
        BUILTINS.contains(&name) || (self.is_bash() && BASH_ONLY.contains(&name))
    }

    /// Carries out a builtin; `None` if it is none.
    pub(super) fn builtin(&mut self, name: &str, arguments: &[String]) -> Step {
        if !self.is_builtin(name) {
            return Ok(None);
        }
        let first = arguments.first().map(String::as_str);
        match name {
            ":" | "true" | "times" | "hash" | "fg" | "bg" | "jobs" | "disown" | "ulimit" => {
                self.end(0);
            }
            "false" => self.end(1),
            "[" | "test" => self.test(name, arguments),
            "echo" => self.echo(arguments)?,
            "printf" => self.printf(arguments)?,
            "read" => self.read(arguments)?,
            "mapfile" | "readarray" => self.map_file(arguments),
            "cd" | "pushd" => self.change_folder(arguments)?,
            "popd" => self.change_folder(&["-".to_owned()])?,
            "pwd" | "dirs" => {
                self.end(0);
                let line = format!("{}\n", self.shell.directory);
                self.write(1, &line)?;
            }
            "exit" | "logout" => {
                self.leave_with(first);
                return Ok(Some(Flow::Exit));
            }
            "return" => {
                self.leave_with(first);
                return Ok(Some(Flow::Return));
            }
            "break" | "continue" => {
                let levels = first.and_then(|levels| levels.parse().ok()).unwrap_or(1);
                self.end(0);
                return Ok(Some(match name {
                    "break" => Flow::Break(levels),
                    _ => Flow::Continue(levels),
                }));
            }
            "shift" => {
                let count = first.and_then(|count| count.parse().ok()).unwrap_or(1usize);
                let positional = &mut self.shell.positional;
                let fits = count < positional.len();
                if fits {
                    positional.drain(1..=count);
                }
                self.end(i32::from(!fits));
            }
            "set" => self.set_options(arguments)?,
            "shopt" | "enable" | "complete" | "compgen" | "compopt" | "bind" | "fc" | "suspend"
            | "caller" => self.end(0),
            "unset" => self.unset(arguments),
            "export" | "readonly" | "local" | "declare" | "typeset" => {
                self.declare(name, arguments)?;
            }
            "let" => self.let_values(arguments),
            "eval" => {
                let text = arguments.join(" ");
                return self.evaluate_text(&text).map(Some);
            }
            "." | "source" => return self.source_file(arguments).map(Some),
            "exec" => {
                let Some((program, rest)) = arguments.split_first() else {
                    self.end(0);
                    return Ok(Some(Flow::Next));
                };
                self.run_program(program, rest)?;
                return Ok(Some(Flow::Exit));
            }
            "trap" => self.trap(arguments)?,
            "command" => return self.command_builtin(arguments).map(Some),
            "builtin" => {
                let flow = match arguments.split_first() {
                    Some((name, rest)) => self.builtin(name, rest)?,
                    None => Some(Flow::Next),
                };
                if flow.is_none() {
                    self.end(1);
                }
                return Ok(flow.or(Some(Flow::Next)));
            }
            "type" => self.type_builtin(arguments)?,
            "wait" | "kill" => {
                self.end(0);
                if name == "kill" && first == Some("-l") {
                    self.write(1, "HUP INT QUIT KILL TERM\n")?;
                }
            }
            "umask" => self.umask(first)?,
            "alias" | "unalias" => self.alias(name, arguments)?,
            "getopts" => self.getopts(arguments),
            "history" => self.end(0),
            _ => {
                self.world.note_outcome(CommandOutcome::NotInterpreted {
                    because: format!("`{name}` of the shell is not modelled"),
                });
                self.end(0);
            }
        }
        Ok(Some(Flow::Next))
    }

    fn leave_with(&mut self, status: Option<&str>) {
        if let Some(status) = status {
            match status.parse::<i32>() {
                Ok(status) => self.end(status & 0xff),
                Err(_) if !unknown::is_known(status) => self.end_in_doubt("the last command"),
                Err(_) => self.end(2),
            }
        }
    }

    fn change_folder(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        let operand = arguments
            .iter()
            .find(|argument| !matches!(argument.as_str(), "-P" | "-L" | "-e" | "--"));
        let path = match operand.map(String::as_str) {
            None => self.variable("HOME").unwrap_or_else(|| "/".to_owned()),
            Some("-") => self
                .variable("OLDPWD")
                .unwrap_or_else(|| self.shell.directory.clone()),
            Some(path) => path.to_owned(),
        };
        if path.is_empty() {
            self.end(0);
            return Ok(());
        }
        let path = unknown::shown(&absolute(&self.shell.directory, &path));
        if self.world.presence(&path) == Presence::Absent {
            self.end(1);
            return Ok(());
        }
        let before = std::mem::replace(&mut self.shell.directory, path.clone());
        self.set("OLDPWD", before);
        self.set("PWD", path.clone());
        self.end(0);
        if operand.is_some_and(|operand| operand == "-") {
            self.write(1, &format!("{path}\n"))?;
        }
        Ok(())
    }

    pub(super) fn evaluate_text(&mut self, text: &str) -> Result<Flow, Exhausted> {
        self.world.budget.enter()?;
        self.world.budget.text(text.len())?;
        self.end(0);
        let flow = self.run_text(&unknown::shown(text))?;
        self.world.budget.leave();
        Ok(flow)
    }

    fn source_file(&mut self, arguments: &[String]) -> Result<Flow, Exhausted> {
        let Some((path, rest)) = arguments.split_first() else {
            self.end(2);
            return Ok(Flow::Next);
        };
        let place = absolute(&self.shell.directory, path);
        match self.world.content(&place) {
            Content::Text(text) => {
                let outer = self.shell.positional.clone();
                if !rest.is_empty() {
                    self.shell.positional.truncate(1);
                    self.shell.positional.extend(rest.iter().cloned());
                }
                self.returning += 1;
                let flow = self.evaluate_text(&text)?;
                self.returning -= 1;
                if !rest.is_empty() {
                    self.shell.positional = outer;
                }
                Ok(match flow {
                    Flow::Return => Flow::Next,
                    other => other,
                })
            }
            _ if self.world.presence(&place) == Presence::Absent => {
                self.end(1);
                Ok(Flow::Next)
            }
            _ => {
                let place = unknown::shown(&place);
                self.world
                    .assume(format!("`{place}` is there, and what it does is not known"));
                self.end(0);
                Ok(Flow::Next)
            }
        }
    }
}
