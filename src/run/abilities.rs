//! What this host can do for executing atomics and watching them.

use super::doctor::find;
use crate::collect::aws::{Environment, credentials_here};
use crate::collect::azure::Identity;
use crate::content::config::{find_config, load_config};
use std::path::Path;

/// Something that executing needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ability {
    /// Its name.
    pub name: &'static str,
    /// What is there; or why it is not, as a fragment of a sentence.
    pub state: Result<String, String>,
}

fn ability(name: &'static str, state: Result<String, String>) -> Ability {
    Ability { name, state }
}

/// What this host can do, seen from a folder. Nothing is executed but `true`, under the
/// tracer.
pub(super) fn abilities(folder: &Path) -> Vec<Ability> {
    let mut abilities = vec![
        executor("sh", &["sh"]),
        executor("bash", &["bash"]),
        executor("powershell", &["pwsh", "powershell"]),
        ability("command_prompt", command_prompt()),
        ability("allowed", allowed(folder)),
    ];
    abilities.extend(of_platform());
    abilities.push(ability("aws", credentials_here(&Environment::of_process())));
    abilities.push(ability("azure", azure(&Environment::of_process())));
    abilities
}

/// An executor, by the first of its programs that is there.
fn executor(name: &'static str, programs: &[&str]) -> Ability {
    let found = programs.iter().find_map(|program| find(program));
    let state = match found {
        Some(path) => Ok(path.display().to_string()),
        None => Err(format!("`{}` is not on the path", programs.join("` or `"))),
    };
    ability(name, state)
}

fn command_prompt() -> Result<String, String> {
    if cfg!(windows) {
        let found = find("cmd").ok_or("`cmd.exe` is not on the path")?;
        return Ok(found.display().to_string());
    }
    Err("it is one of Windows".to_owned())
}

/// Where a token of Azure would come from; nobody is asked.
fn azure(environment: &Environment) -> Result<String, String> {
    if let Some(named) = Identity::of_process().named() {
        return Ok(named.to_owned());
    }
    let folder = match environment.get("AZURE_CONFIG_DIR") {
        Some(folder) => Some(environment.path(folder)),
        None => environment.in_home(".azure"),
    };
    match folder {
        Some(folder) if folder.join("azureProfile.json").is_file() => {
            Ok("the Azure command line, if its sign-in is still valid".to_owned())
        }
        _ => Err("none are set up; the instance metadata service was not asked".to_owned()),
    }
}

/// Whether the project allows execution at all.
fn allowed(folder: &Path) -> Result<String, String> {
    let config = match find_config(folder) {
        Some(path) => {
            load_config(&path).map_err(|_| format!("`{}` does not load", path.display()))?
        }
        None => return Err("there is no misfire.toml, so no target is allowed".to_owned()),
    };
    match config.allowed_targets.as_slice() {
        [] => Err("`execute.allow` names no target".to_owned()),
        targets => Ok(targets.join(", ")),
    }
}

#[cfg(not(target_os = "linux"))]
fn of_platform() -> Vec<Ability> {
    vec![ability(
        "execute",
        Err("atomics are executed on Linux only, as yet".to_owned()),
    )]
}

#[cfg(target_os = "linux")]
fn of_platform() -> Vec<Ability> {
    vec![
        ability("tracer", crate::collect::trace::probe()),
        ability("journal", journal()),
        ability("overlay", overlay()),
    ]
}

/// Whether an earlier run was left. The folder is not made.
#[cfg(target_os = "linux")]
fn journal() -> Result<String, String> {
    use crate::stage::execute::{Leftovers, StateDir};
    let Some(state) = StateDir::existing_own().map_err(|error| error.to_string())? else {
        return Ok("nothing was left".to_owned());
    };
    let left = Leftovers::read(&state).map_err(|error| error.to_string())?;
    match (left.runs().count(), left.unreadable.len()) {
        (0, 0) => Ok("nothing was left".to_owned()),
        (0, _) => Err("it holds entries that cannot be read".to_owned()),
        (1, _) => Err("a run was left; `misfire recover` finishes it".to_owned()),
        (count, _) => Err(format!(
            "{count} runs were left; `misfire recover` finishes them"
        )),
    }
}

/// Whether the kernel has overlays and lets this user make one: one is laid, and let go of.
#[cfg(target_os = "linux")]
fn overlay() -> Result<String, String> {
    match crate::stage::execute::probe_overlay() {
        Ok(()) => Ok("shows every change to files, with `--overlay`".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}
