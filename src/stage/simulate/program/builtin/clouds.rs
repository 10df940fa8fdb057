//! The command lines of clouds, started as programs of Windows.

use super::super::carry_out::Running;
use super::super::{cloud, split_windows};
use crate::stage::simulate::world::{Exhausted, Finished, World};

/// The command line of Amazon Web Services.
pub fn aws(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    cloud::aws(world, running.context, &words(running.rest)).map(Some)
}

/// The command line of Azure, after the name of its Python module.
pub fn az(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let words: Vec<_> = words(running.rest)
        .into_iter()
        .skip_while(|word| word != "azure.cli")
        .skip(1)
        .collect();
    cloud::az(world, running.context, &words).map(Some)
}

/// The arguments as the program sees them.
fn words(rest: &str) -> Vec<String> {
    split_windows(&format!("program {rest}"))
        .into_iter()
        .skip(1)
        .collect()
}
