//! `net user … /add`: local accounts.

use super::super::carry_out::Running;
use crate::activity::RegistryData;
use crate::stage::simulate::world::{Exhausted, Finished, World};

/// A local account comes into being: the local security authority writes it to the
/// accounts' part of the registry.
pub fn add(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let (Some(name), false) = (running.arguments.word(1), running.arguments.has("domain")) else {
        return Ok(None);
    };
    let authority = world.system_process(
        r"C:\Windows\System32\lsass.exe",
        r"C:\WINDOWS\system32\lsass.exe",
    );
    let key = format!(r"HKLM\SAM\SAM\Domains\Account\Users\Names\{name}");
    world.create_own_key(&authority, &key);
    world.set_value(&authority, &key, "", RegistryData::Binary(Vec::new()));
    Ok(None)
}
