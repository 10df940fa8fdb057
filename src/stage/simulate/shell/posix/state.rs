//! What a shell remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::parse::Flavour;
use super::syntax::Command;
use crate::activity::Process;
use crate::stage::simulate::world::{Context, Environment, World};

/// A variable.
#[derive(Debug, Clone, Default)]
pub(super) struct Variable {
    pub value: Value,
    pub is_exported: bool,
    pub is_readonly: bool,
}

/// What a variable holds.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    List(BTreeMap<i64, String>),
    Map(BTreeMap<String, String>),
}

impl Default for Value {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// What stands behind a file descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Nothing reads it, or it is empty.
    Null,
    /// A text that is gathered.
    Buffer(usize),
    /// A file that is written.
    File(String),
    /// A text that is read.
    Source(usize),
}

/// A text that is read bit by bit; `None` is not known.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub text: Option<String>,
    pub at: usize,
}

/// What a shell remembers; a subshell begins with a copy.
#[derive(Debug, Clone)]
pub(super) struct Shell {
    pub variables: BTreeMap<String, Variable>,
    pub functions: BTreeMap<String, Rc<Command>>,
    pub aliases: BTreeMap<String, String>,
    pub traps: BTreeMap<String, String>,
    pub options: BTreeSet<char>,
    pub positional: Vec<String>,
    pub directory: String,
    pub status: i32,
    /// Why the status is not known, if it is not.
    pub doubt: Option<String>,
    pub background: Option<u32>,
    /// What `local` hides, for each function that runs.
    pub hidden: Vec<BTreeMap<String, Option<Variable>>>,
    pub descriptors: BTreeMap<u32, Target>,
    pub umask: u32,
}

/// Where a list of commands goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break(u32),
    Continue(u32),
    Return,
    Exit,
}

/// A shell at work.
pub(super) struct Interpreter<'w> {
    pub world: &'w mut World,
    pub process: Arc<Process>,
    pub flavour: Flavour,
    pub shell: Shell,
    pub buffers: Vec<String>,
    pub sources: Vec<Source>,
    /// What a status is taken for that decides something and is not known.
    pub deciding: Option<super::run::Intent>,
    /// How many functions and files are being run, which `return` leaves.
    pub returning: usize,
    /// Whether an expansion failed, which ends the shell.
    pub is_failed: bool,
    /// The status of the last command that was substituted.
    pub substituted: Option<(i32, Option<String>)>,
}

impl<'w> Interpreter<'w> {
    pub(super) fn new(
        world: &'w mut World,
        context: &Context,
        arguments: &[String],
        input: Option<&str>,
    ) -> Self {
        let name = context.process.name();
        let platform = world.profile.host.as_ref();
        let is_macos = platform.is_some_and(|host| host.platform == "macos");
        let flavour = match name {
            // There `sh` is Bash.
            "sh" | "dash" | "ash" if !is_macos => Flavour::Posix,
            _ => Flavour::Bash,
        };
        let variables = context
            .environment
            .iter()
            .map(|(name, value)| {
                let variable = Variable {
                    value: Value::Text(value.to_owned()),
                    is_exported: true,
                    is_readonly: false,
                };
                (name.to_owned(), variable)
            })
            .collect();
        let descriptors = [
            (0, Target::Source(0)),
            (1, Target::Buffer(0)),
            (2, Target::Null),
        ];
        let mut positional = vec![name.to_owned()];
        positional.extend(arguments.iter().cloned());
        Self {
            world,
            process: Arc::clone(&context.process),
            flavour,
            shell: Shell {
                variables,
                functions: BTreeMap::new(),
                aliases: BTreeMap::new(),
                traps: BTreeMap::new(),
                options: BTreeSet::new(),
                positional,
                directory: context.directory.clone(),
                status: 0,
                doubt: None,
                background: None,
                hidden: Vec::new(),
                descriptors: descriptors.into_iter().collect(),
                umask: 0o022,
            },
            buffers: vec![String::new()],
            sources: vec![Source {
                text: input.map(str::to_owned),
                at: 0,
            }],
            deciding: None,
            returning: 0,
            is_failed: false,
            substituted: None,
        }
    }

    /// The environment that programs are started with.
    pub(super) fn environment(&self) -> Environment {
        let mut environment = Environment::unix();
        for (name, variable) in &self.shell.variables {
            if let (true, Value::Text(value)) = (variable.is_exported, &variable.value) {
                environment.set(name, super::unknown::shown(value));
            }
        }
        environment
    }

    /// Where programs are started.
    pub(super) fn context(&self) -> Context {
        Context {
            process: Arc::clone(&self.process),
            directory: self.shell.directory.clone(),
            environment: self.environment(),
        }
    }

    /// The text of a variable; the first of a list.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        match &self.shell.variables.get(name)?.value {
            Value::Text(text) => Some(text.clone()),
            Value::List(list) => list.get(&0).cloned(),
            Value::Map(map) => map.get("0").cloned(),
        }
    }

    /// Sets a variable, unless it is read-only; says whether it was set.
    pub(super) fn set(&mut self, name: &str, text: impl Into<String>) -> bool {
        let all_exported = self.shell.options.contains(&'a');
        let variable = self.shell.variables.entry(name.to_owned()).or_default();
        if variable.is_readonly {
            self.shell.status = 1;
            return false;
        }
        variable.is_exported |= all_exported;
        match &mut variable.value {
            Value::List(list) => {
                list.insert(0, text.into());
            }
            Value::Map(map) => {
                map.insert("0".to_owned(), text.into());
            }
            Value::Text(value) => *value = text.into(),
        }
        true
    }

    /// Sets the status, which is known.
    pub(super) fn end(&mut self, status: i32) {
        self.shell.status = status;
        self.shell.doubt = None;
    }

    /// Sets the status to the intended one, which is not known.
    pub(super) fn end_in_doubt(&mut self, why: impl Into<String>) {
        self.shell.status = 0;
        self.shell.doubt = Some(why.into());
    }

    /// A path from the root on, without `.` and `..`.
    pub(super) fn absolute(&self, path: &str) -> String {
        absolute(&self.shell.directory, path)
    }
}

/// A path from the root on, without `.` and `..`.
pub(super) fn absolute(directory: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{directory}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
