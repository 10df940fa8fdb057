//! The operations that the Azure command line and the Az modules ask for; a table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// An operation of resource manager, and the commands that ask for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    /// The command of the command line, as `vm run-command invoke`.
    pub(super) command: String,
    /// The command of the PowerShell modules.
    #[serde(default)]
    pub(super) cmdlet: Option<String>,
    /// The operation, as `Microsoft.Compute/virtualMachines/runCommand/action`.
    pub(super) operation: String,
    /// The resource below the subscription.
    pub(super) resource: String,
    /// The parameters that name the resource: the short form, and the cmdlet's name.
    pub(super) parameters: BTreeMap<String, (Option<String>, String)>,
    /// How many milliseconds it goes on after it was accepted.
    #[serde(default)]
    pub(super) long: Option<i64>,
    /// What the command line gives, where that is known.
    #[serde(default)]
    pub(super) answer: Option<Value>,
}

static TABLE: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("operations.yaml"))
        .unwrap_or_else(|error| panic!("the table of operations is damaged: {error}"))
});

/// The operation that a command of the command line asks for.
pub(super) fn by_command(command: &str) -> Option<&'static Operation> {
    TABLE.iter().find(|operation| operation.command == command)
}

/// The operation that a command of the PowerShell modules asks for.
pub(super) fn by_cmdlet(name: &str) -> Option<&'static Operation> {
    TABLE.iter().find(|operation| {
        let cmdlet = operation.cmdlet.as_deref();
        cmdlet.is_some_and(|cmdlet| cmdlet.eq_ignore_ascii_case(name))
    })
}

impl Operation {
    /// What is done, as records name it.
    pub(super) fn verb(&self) -> &'static str {
        match self.operation.rsplit('/').next() {
            Some("write") => "Write",
            Some("delete") => "Delete",
            _ => "Action",
        }
    }
}
