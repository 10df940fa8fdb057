//! The command lines and PowerShell modules of clouds: which calls they make, with
//! which parameters.

mod aws;
mod az;
mod output;
mod template;

pub use aws::aws;
pub use az::az;

use crate::stage::simulate::world::{CommandOutcome, Context, Exhausted, Finished, World};

/// Commands that choose account and credentials: signing in leaves no record in the logs
/// that are modelled.
const CLIENT_ONLY: &[&str] = &[
    "Connect-AzAccount",
    "Disconnect-AzAccount",
    "Login-AzAccount",
    "Set-AzContext",
    "Select-AzContext",
    "Select-AzSubscription",
    "Set-AWSCredential",
    "Set-AWSCredentials",
    "Clear-AWSCredential",
    "Set-DefaultAWSRegion",
    "Initialize-AWSDefaultConfiguration",
];

/// Parts of the names of parameters that choose another caller or account.
const OTHERS: &[&str] = &[
    "accesskey",
    "profilename",
    "sessiontoken",
    "serviceprincipal",
    "applicationid",
    "subscription",
    "tenant",
];

/// What a command of a PowerShell module is given.
#[derive(Debug, Default)]
pub struct Given {
    /// The parameters by name without the hyphen; nothing where the value is not known.
    pub parameters: Vec<(String, Option<serde_json::Value>)>,
    /// Whether anything else was given, by position or through the pipeline.
    pub has_more: bool,
}

impl Given {
    /// The known value of a parameter.
    fn value(&self, wanted: &str) -> Option<&serde_json::Value> {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|(name, _)| {
            // A name may be cut short.
            name.eq_ignore_ascii_case(wanted)
                || (name.len() > 2
                    && wanted
                        .get(..name.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(name)))
        });
        found?.1.as_ref()
    }

    /// The known value of a parameter, if it is a text.
    fn text(&self, wanted: &str) -> Option<&str> {
        self.value(wanted)?.as_str()
    }

    /// Whether a switch is on.
    fn is_on(&self, wanted: &str) -> bool {
        self.value(wanted)
            .is_some_and(|value| *value != serde_json::Value::Bool(false))
    }
}

/// Carries out a command of the AWS or Az PowerShell modules, as
/// `Invoke-AzVMRunCommand`; `None` if it is none of theirs that is known.
///
/// # Errors
/// The simulation's budget is spent.
pub fn cmdlet(
    world: &mut World,
    context: &Context,
    name: &str,
    given: &Given,
) -> Result<Option<Finished>, Exhausted> {
    if CLIENT_ONLY
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        let is_anew = given.parameters.iter().any(|(name, _)| {
            let name = name.to_lowercase();
            OTHERS.iter().any(|other| name.contains(other))
        });
        world.cloud.is_other_caller |= is_anew;
        return Ok(Some(Finished::well()));
    }
    // It only says what it would do.
    if given.is_on("WhatIf") {
        return Ok(Some(Finished::well()));
    }
    let done = match az::cmdlet(world, context, name, given)? {
        Some(finished) => Some(finished),
        None => aws::cmdlet(world, context, name, given)?,
    };
    let has_unknown = given.parameters.iter().any(|(_, value)| value.is_none());
    if done.is_some() && (given.has_more || has_unknown) {
        world.note_outcome(CommandOutcome::OnlyStarted);
        world.assume("a part of what it is given is not known, and not in the call");
    }
    Ok(done)
}
