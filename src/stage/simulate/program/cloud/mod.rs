//! The command lines and PowerShell modules of clouds: which calls they make, with
//! which parameters.

use crate::stage::simulate::world::{CommandOutcome, Context, Exhausted, Finished, World};

/// Carries out `aws` with these arguments in its own process.
///
/// # Errors
/// The simulation's budget is spent.
pub fn aws(
    world: &mut World,
    _context: &Context,
    _arguments: &[String],
    _input: Option<&str>,
) -> Result<Finished, Exhausted> {
    not_modelled(world)
}

/// Carries out `az` with these arguments in its own process.
///
/// # Errors
/// The simulation's budget is spent.
pub fn az(
    world: &mut World,
    _context: &Context,
    _arguments: &[String],
    _input: Option<&str>,
) -> Result<Finished, Exhausted> {
    not_modelled(world)
}

/// Carries out a command of the AWS or Az PowerShell modules, as
/// `Invoke-AzVMRunCommand`, with its parameters by name without the hyphen; `None` if
/// it is none of theirs.
///
/// # Errors
/// The simulation's budget is spent.
pub fn cmdlet(
    _world: &mut World,
    _context: &Context,
    _name: &str,
    _parameters: &[(String, String)],
) -> Result<Option<Finished>, Exhausted> {
    Ok(None)
}

/// Calls are not derived yet, and what they would give is not known.
fn not_modelled(world: &mut World) -> Result<Finished, Exhausted> {
    world.note_outcome(CommandOutcome::NotInterpreted {
        because: "the calls of a cloud's command line are not modelled".to_owned(),
    });
    Ok(Finished::well())
}
