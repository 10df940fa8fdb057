//! What was executed, as the document of a run has it.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::recording::{ExecutedCommand, ExecutedStep, Execution};

/// The performance of an atomic for real.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct ExecutionDocument<'r> {
    /// The run, which marks what it did.
    run: String,
    /// The name of the host that it was performed on.
    host: &'r str,
    /// The address of that host; null if none is known.
    address: Option<String>,
    /// Who performed it.
    user: &'r str,
    /// Where its commands ran.
    directory: Cow<'r, str>,
    /// The commands that were executed, in order.
    commands: Vec<CommandDocument<'r>>,
    /// What it left behind, as fragments of sentences.
    residue: &'r [String],
    /// What is to be known of how it was watched and cleaned up.
    notes: &'r [String],
}

/// A command that was executed.
#[derive(Debug, Serialize, JsonSchema)]
struct CommandDocument<'r> {
    #[schemars(with = "String")]
    #[schemars(extend("enum" = ["check-prerequisite", "get-prerequisite", "perform", "clean-up"]))]
    step: ExecutedStep,
    /// The executor in the words of Atomic Red Team; `manual` for what a person did.
    executor: &'r str,
    /// The command with its arguments filled in.
    command: &'r str,
    /// The command as the atomic has it.
    template: &'r str,
    /// When it began, in UTC.
    started: String,
    /// When it had ended, in UTC.
    ended: String,
    /// The number of the process that was started; null if none was.
    process: Option<u32>,
    /// Null if it did not end by itself.
    exit_code: Option<i32>,
    /// Whether it was ended since it took too long.
    timed_out: bool,
    /// What it wrote to its standard output, as far as it was kept.
    stdout: &'r str,
    /// What it wrote to its standard error, as far as it was kept.
    stderr: &'r str,
}

pub(super) fn document(execution: &Execution) -> ExecutionDocument<'_> {
    ExecutionDocument {
        run: execution.run.to_string(),
        host: &execution.host,
        address: execution.address.map(|address| address.to_string()),
        user: &execution.user,
        directory: execution.directory.to_string_lossy(),
        commands: execution.commands.iter().map(command).collect(),
        residue: &execution.residue,
        notes: &execution.notes,
    }
}

fn command(given: &ExecutedCommand) -> CommandDocument<'_> {
    CommandDocument {
        step: given.step,
        executor: &given.executor,
        command: &given.command,
        template: &given.template,
        started: given.started.to_string(),
        ended: given.ended.to_string(),
        process: given.process,
        exit_code: given.exit_code,
        timed_out: given.timed_out,
        stdout: &given.stdout,
        stderr: &given.stderr,
    }
}
