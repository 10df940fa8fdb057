//! `find` and `findstr`: whether a text is in what they read.

use super::super::carry_out::Running;
use super::super::paths::full_path;
use crate::stage::simulate::world::{Content, Exhausted, Finished, World};

/// `find "text"`.
pub fn find(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let wanted: Vec<String> = running
        .arguments
        .word(0)
        .map(str::to_owned)
        .into_iter()
        .collect();
    look(world, running, &wanted)
}

/// `findstr`: any of the words of its first argument, or the texts after `/c:`.
pub fn findstr(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let whole: Vec<String> = running
        .arguments
        .option("c")
        .map(str::to_owned)
        .into_iter()
        .collect();
    if !whole.is_empty() {
        return look(world, running, &whole);
    }
    let words = running.arguments.word(0).unwrap_or_default();
    let wanted: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    look(world, running, &wanted)
}

/// Looks for texts in what is read, if that is known; else they are taken to be there.
fn look(
    world: &mut World,
    running: &Running<'_>,
    wanted: &[String],
) -> Result<Option<Finished>, Exhausted> {
    let file = running.arguments.words.last().map(|(_, word)| word.clone());
    let text = match (running.input, file) {
        (Some(input), _) => Some(input.to_owned()),
        (None, Some(file)) => match world.content(&full_path(running.context, &file)) {
            Content::Text(text) => Some(text),
            _ => None,
        },
        (None, None) => None,
    };
    let Some(text) = text else {
        world.assume(format!("{} is found", wanted.join(" or ")));
        return Ok(Some(Finished::well()));
    };
    world.budget.text(text.len())?;
    let ignores_case = running.arguments.has("i");
    let fold = |text: &str| {
        if ignores_case {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let wanted: Vec<String> = wanted.iter().map(|text| fold(text)).collect();
    let inverts = running.arguments.has("v");
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| {
            let line = fold(line);
            wanted.iter().any(|text| line.contains(text.as_str())) != inverts
        })
        .collect();
    Ok(Some(if lines.is_empty() {
        Finished::with(1)
    } else {
        Finished::said(lines.join("\r\n") + "\r\n")
    }))
}
