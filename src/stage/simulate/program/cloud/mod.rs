//! The command lines and PowerShell modules of clouds: which calls they make, with
//! which parameters.

mod aws;
mod az;
mod output;
mod template;

pub use aws::aws;
pub use az::az;

use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

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

/// Carries out a command of the AWS or Az PowerShell modules, as
/// `Invoke-AzVMRunCommand`, with its parameters by name without the hyphen; `None` if
/// it is none of theirs that is known.
///
/// # Errors
/// The simulation's budget is spent.
pub fn cmdlet(
    world: &mut World,
    context: &Context,
    name: &str,
    parameters: &[(String, String)],
) -> Result<Option<Finished>, Exhausted> {
    if CLIENT_ONLY
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        return Ok(Some(Finished::well()));
    }
    match az::cmdlet(world, context, name, parameters)? {
        Some(finished) => Ok(Some(finished)),
        None => aws::cmdlet(world, context, name, parameters),
    }
}
