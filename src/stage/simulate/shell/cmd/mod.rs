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
    let level = session.error_level();
    world.budget.leave();
    let done = done?;
    Ok(Finished {
        exit_code: Some(level),
        output: done.output,
    })
}

/// The command in what follows `/c` or `/k`: quotes around the whole of it are taken
/// off, unless they enclose the path of a program that needs them (`cmd /?`).
///
/// Where something follows the last quote, the shell takes both quotes out and keeps
/// what follows. A slice cannot say that, so the first quote is gone then and the last
/// one stays, which reads the same unless the text between them is to be split.
#[must_use]
pub fn after_c(rest: &str) -> &str {
    let text = rest.trim_start_matches([' ', '\t']);
    let Some(inner) = text.strip_prefix('"') else {
        return text;
    };
    let Some(last) = inner.rfind('"') else {
        return inner;
    };
    let (between, after) = inner.split_at(last);
    if !between.contains('"') && encloses_program(between) {
        return text;
    }
    if after.trim() == "\"" { between } else { inner }
}

/// Whether quotes hold the path of a program with blanks in it, and nothing else.
fn encloses_program(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let before_blank = lower.split(' ').next().unwrap_or_default();
    let endings = [".exe", ".com", ".bat", ".cmd", ".vbs", ".js", ".msc"];
    text.contains(' ')
        && !text.contains(['&', '<', '>', '(', ')', '@', '^', '|'])
        && before_blank.contains('\\')
        && endings.iter().any(|ending| lower.ends_with(ending))
        && !endings
            .iter()
            .any(|ending| lower.contains(&format!("{ending} ")))
}
