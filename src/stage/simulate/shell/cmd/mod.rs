//! The language of `cmd.exe`, as atomics use it.
//!
//! A line goes through the phases of the real shell: percent signs are expanded
//! (`expand`), the line is read (`parse`, `parse_blocks`) into a tree (`tree`), and the
//! tree is carried out (`session`, `loops`, `conditions`, `redirect`, `builtin`), where
//! the variables of `for` and those of delayed expansion get their values.

mod arithmetic;
mod association;
mod builtin;
mod conditions;
mod expand;
mod launch;
mod lines;
mod loops;
mod parse;
mod parse_blocks;
mod path;
mod redirect;
mod session;
mod tree;
mod words;

use crate::stage::simulate::world::{Context, Exhausted, Finished, World};
use session::{Frame, Session};

/// `ERRORLEVEL` after a name that is no command.
const NOT_FOUND: i32 = 9009;

/// Where commands come from: some rules differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// What follows `/c`. A further line is a further command, as if it were typed.
    CommandLine,
    /// A batch file.
    Batch,
}

/// Carries out commands in a `cmd.exe` that is the context's process. The arguments are
/// those of a batch file, the first of them the file itself (`%0`).
///
/// Whether variables between exclamation marks are expanded is taken from the
/// command line of the process (`/v:on`).
///
/// # Errors
/// The simulation's budget is spent.
pub fn run(
    world: &mut World,
    context: &mut Context,
    script: &str,
    source: Source,
    arguments: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    world.budget.enter()?;
    let mut session = Session::new(world, context, input);
    let done = session.run(Frame::new(script, source, arguments.to_vec()));
    let level = match (source, session.error_level()) {
        // The shell itself ends with 1 where it finds no program.
        (Source::CommandLine, NOT_FOUND) => 1,
        (_, level) => level,
    };
    world.budget.leave();
    let done = done?;
    Ok(Finished {
        exit_code: Some(level),
        output: done.output,
    })
}

/// The command in what follows `/c` or `/k` (`cmd /?`): a quote at its beginning is taken
/// out together with the last one, unless there are just these two, with no special sign
/// between them, and they hold a path with a blank that is a program's.
#[must_use]
pub fn after_c(rest: &str, is_program: impl FnOnce(&str) -> bool) -> String {
    let text = rest.trim_start_matches([' ', '\t']);
    let Some(inner) = text.strip_prefix('"') else {
        return text.to_owned();
    };
    let Some((between, after)) = inner.rsplit_once('"') else {
        return inner.to_owned();
    };
    let stay = !between.contains(['"', '&', '<', '>', '(', ')', '@', '^', '|'])
        && between.contains([' ', '\t'])
        && is_program(between);
    if stay {
        text.to_owned()
    } else {
        format!("{between}{after}")
    }
}

/// The command in what follows `/s /c` or `/s /k`: there the quotes never stay.
#[must_use]
pub fn after_s_c(rest: &str) -> String {
    after_c(rest, |_| false)
}
