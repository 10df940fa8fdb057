//! Scripts that stand in command lines.

use super::super::{carry_out::Running, run_line};
use super::shown;
use crate::stage::simulate::world::{CommandOutcome, Exhausted, Finished, World};

/// How scripts start programs.
const STARTERS: &[&str] = &[".run(", ".run ", ".exec(", ".exec ", ".shellexecute("];

/// A script of `javascript:` or `vbscript:`: the programs that it starts, and the
/// scripts that it fetches.
pub fn inline(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let script = running.rest.replace("\"\"", "\"").replace("\\\"", "\"");
    let lower = script.to_ascii_lowercase();
    let mut has_done = false;
    for starter in STARTERS {
        for (at, _) in lower.match_indices(starter) {
            let rest = script.get(at + starter.len()..).unwrap_or_default();
            if let Some(line) = quoted(rest) {
                run_line(world, running.context, line)?;
                has_done = true;
            }
        }
    }
    for (at, _) in lower.match_indices("script:http") {
        let rest = script.get(at + "script:".len()..).unwrap_or_default();
        let url = rest.split(['\'', '"', ' ', ')']).next().unwrap_or_default();
        world.fetch(&running.context.process, url);
        has_done = true;
    }
    if !has_done {
        return not_interpreted(world, running);
    }
    Ok(None)
}

/// The text between quotation marks that a text begins with.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let mark = text
        .chars()
        .next()
        .filter(|sign| matches!(sign, '"' | '\''))?;
    let inside = text.strip_prefix(mark)?;
    let line = inside.split(mark).next()?.trim();
    (!line.is_empty()).then_some(line)
}

/// A script that nobody interprets.
pub fn not_interpreted(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    world.note_outcome(CommandOutcome::NotInterpreted {
        because: format!(
            "what {} is given ({}) is not interpreted",
            running.model.name,
            shown(running.rest.trim())
        ),
    });
    Ok(None)
}
