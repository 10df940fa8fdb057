//! Programs that copy and pack files.

use super::super::carry_out::Running;
use super::super::paths::{ending_of, full_path, name_of};
use crate::stage::simulate::world::{CommandOutcome, Content, Exhausted, Finished, World};

/// `xcopy`: to a folder, or to a file if that is what the target is.
pub fn files(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let (Some(from), Some(to)) = (running.arguments.word(0), running.arguments.word(1)) else {
        return Ok(Some(Finished::with(4)));
    };
    let is_folder = to.ends_with('\\') || running.arguments.has("i");
    let from = full_path(running.context, from);
    let to = full_path(running.context, to);
    if from.contains('*') || ending_of(&from).is_empty() {
        return tree(
            world,
            running,
            from.trim_end_matches(r"\*").trim_end_matches(r"\*.*"),
            &to,
        );
    }
    let to = if is_folder || ending_of(&to).is_empty() {
        format!(r"{to}\{}", name_of(&from))
    } else {
        to
    };
    let content = world.content(&from);
    world.write_file(&running.context.process, &to, content);
    Ok(Some(Finished::well()))
}

/// `robocopy`: what is known to be in a folder.
pub fn folder(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let (Some(from), Some(to)) = (running.arguments.word(0), running.arguments.word(1)) else {
        return Ok(Some(Finished::with(16)));
    };
    let from = full_path(running.context, from);
    let to = full_path(running.context, to);
    let names: Vec<String> = running
        .arguments
        .words
        .iter()
        .skip(2)
        .map(|(_, name)| name.clone())
        .filter(|name| !name.contains(['*', '?']))
        .collect();
    if names.is_empty() {
        return tree(world, running, &from, &to);
    }
    for name in names {
        let content = world.content(&format!(r"{from}\{name}"));
        world.write_file(&running.context.process, &format!(r"{to}\{name}"), content);
    }
    Ok(Some(Finished::with(1)))
}

/// Copies what is known to be below a folder; what else it holds cannot be known.
fn tree(
    world: &mut World,
    running: &Running<'_>,
    from: &str,
    to: &str,
) -> Result<Option<Finished>, Exhausted> {
    let known = world.files_below(from);
    if known.is_empty() {
        world.assume(format!(
            "which files {from} holds is not known: none are copied"
        ));
        world.note_outcome(CommandOutcome::OnlyStarted);
    }
    for path in known {
        world.budget.step()?;
        let below = path.get(from.len()..).unwrap_or_default().to_owned();
        let content = world.content(&path);
        let to = format!("{}{below}", to.trim_end_matches('\\'));
        world.write_file(&running.context.process, &to, content);
    }
    Ok(Some(Finished::well()))
}

/// `tar`: packs into a file; what it unpacks is not known.
pub fn tar(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let all = &running.arguments.all;
    let mut creates = false;
    let mut archive = None;
    let mut rest = all.iter().enumerate();
    while let Some((at, argument)) = rest.next() {
        let letters = match argument.strip_prefix('-') {
            Some(letters) if !letters.starts_with('-') => letters,
            None if at == 0 => argument,
            _ => continue,
        };
        creates |= letters.contains(['c', 'a']) && !letters.contains('x');
        if letters.ends_with('f') {
            archive = rest.next().map(|(_, file)| file.clone());
        } else if letters == "C" {
            rest.next();
        }
    }
    match archive {
        Some(file) if creates => {
            let path = full_path(running.context, &file);
            world.write_file(&running.context.process, &path, Content::Unknown);
        }
        Some(file) => {
            world.assume(format!(
                "what {} holds is not known: nothing is unpacked",
                name_of(&file)
            ));
            world.note_outcome(CommandOutcome::OnlyStarted);
        }
        None => world.note_outcome(CommandOutcome::OnlyStarted),
    }
    Ok(Some(Finished::well()))
}
