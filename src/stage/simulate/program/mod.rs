//! What programs do when they are started.
//!
//! Each program that is known has a [model]: a small YAML file that says where it is,
//! what its file holds, and what it does with which arguments. What takes more than a
//! table is a built-in action that models name.

mod builtin;
mod carry_out;
pub mod cloud;
mod command_line;
mod console;
mod libraries;
pub mod linux;
pub mod model;
mod opening;
mod paths;
mod placeholders;
mod resolve;
mod start;
mod unix;

pub use builtin::{
    NewTask, Trigger, delete_task, download, import_registry, install_service, register_task,
    registry_data, run_task, start_by_wmi, start_service,
};
pub use command_line::{command_line_of, join_windows, split_arguments, split_windows};
pub use libraries::windows_library;
pub use opening::{by_command as open_by_command, chosen as chosen_opener};
pub use paths::{ending_of, folder_of, full_path, is_absolute, name_of};
pub use resolve::{is_document, is_plausible, may_be_program, on_path, opener, resolve, scheme_of};
pub use start::run;

use std::sync::Arc;

use super::world::{Context, Exhausted, Finished, World};
use crate::activity::{Account, Integrity, LogonSession, ProgramFile, ScheduledTask};

/// A program that is to be started.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The program as the command names it: a name or a path.
    pub program: String,
    /// The whole command line that its process gets, program included.
    pub command_line: String,
    /// Its arguments, without the program, as the program sees them.
    pub arguments: Vec<String>,
    /// What it reads from its standard input, if that is known.
    pub input: Option<String>,
    /// Where its console is.
    pub window: Window,
    /// Whether it is started with all the rights of its user.
    pub rights: Rights,
    /// The folder that it is started in, if it is not its parent's.
    pub directory: Option<String>,
    /// Another account than its parent's, with its logon.
    pub account: Option<(Arc<Account>, Arc<LogonSession>)>,
    /// Another integrity level than its parent's.
    pub integrity: Option<Integrity>,
    /// The task whose action it is.
    pub task: Option<ScheduledTask>,
}

/// Where the console of a process is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Window {
    /// It shares its parent's.
    #[default]
    Shared,
    /// It gets its own, as `start` and `Start-Process` give it.
    Own,
}

/// With how many of its user's rights a process is started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rights {
    /// As many as its parent has.
    #[default]
    Inherited,
    /// All: the verb `runas`.
    Elevated,
}

/// What is in a program that is part of the operating system, by its path.
#[must_use]
pub fn known_file(path: &str) -> Option<Arc<ProgramFile>> {
    let (_, file, _) = model::Models::bundled().at(path)?;
    Some(Arc::clone(file))
}

/// What is most likely in a program that is no part of the operating system, by the
/// name that it has.
#[must_use]
pub fn likely_file(path: &str) -> Option<Arc<ProgramFile>> {
    let models = model::Models::bundled();
    let model = models
        .told_by(path)
        .or_else(|| models.named(name_of(path)))?;
    if model.part_of.is_some() || model.subsystem == model::Subsystem::Batch {
        return None;
    }
    models.file_named(&model.name).cloned()
}

/// What a batch file that a model knows most likely holds, by its name.
#[must_use]
pub fn likely_text(path: &str) -> Option<String> {
    model::Models::bundled().named(name_of(path))?.text.clone()
}

impl Invocation {
    /// Starts a program with a command line, which is split as the program sees it.
    #[must_use]
    pub fn of_line(program: impl Into<String>, command_line: impl Into<String>) -> Self {
        let command_line = command_line.into();
        Self {
            program: program.into(),
            arguments: split_windows(&command_line).into_iter().skip(1).collect(),
            command_line,
            ..Self::default()
        }
    }
}

/// Carries out a whole command line as `CreateProcess` does with no application name:
/// the program is its first part.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run_line(
    world: &mut World,
    caller: &Context,
    command_line: &str,
) -> Result<Finished, Exhausted> {
    let program = resolve::program_of(world, caller, command_line);
    run(world, caller, &Invocation::of_line(program, command_line))
}
