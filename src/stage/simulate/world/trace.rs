//! What was done with each command, and what caused each activity.

use serde::Serialize;

use crate::activity::Activity;

/// An activity with its cause.
#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    /// What happened.
    pub activity: Activity,
    /// Why.
    pub cause: Cause,
}

/// Why something happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cause {
    /// The place of the command among the world's commands.
    pub command: Option<usize>,
    /// The line of a program's model, as `programs/reg.yaml: add`.
    pub model: Option<String>,
}

/// A command of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// The command, as it was carried out.
    pub text: String,
    /// How many commands it stands within.
    pub depth: usize,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: CommandOutcome,
    /// What was taken for granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumed: Vec<String>,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CommandOutcome {
    /// What it does is modelled.
    Modelled,
    /// A program was started, and what it does is not known.
    OnlyStarted,
    /// It was not interpreted.
    NotInterpreted {
        /// Why, as a fragment of a sentence.
        because: String,
    },
}
