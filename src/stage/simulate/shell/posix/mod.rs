//! The POSIX shell and Bash, as atomics use them.
//!
//! - `parse`, `compound`, `redirection`, `words`, `braces`, and `assigning` make `syntax`
//!   of a text;
//! - `expand`, `parameter`, `trim`, `brace`, `pattern`, `globs`, and `arithmetic` make
//!   fields of words;
//! - `run`, `loops`, `simple`, `conditions`, and `redirect` carry commands out; `intent`
//!   says which path is taken where a status is not known;
//! - `builtin` holds the commands that start no process.

mod arithmetic;
mod assigning;
mod brace;
mod braces;
mod builtin;
mod compound;
mod conditions;
mod escape;
mod expand;
mod globs;
mod intent;
mod loops;
mod parameter;
mod parse;
mod pattern;
mod redirect;
mod redirection;
mod run;
mod simple;
mod start;
mod state;
mod syntax;
mod trim;
mod unknown;
mod words;

pub use start::run_program;

use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

/// Carries out a script in a shell that is the context's process; `arguments` are
/// `$1` and so on.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run(
    world: &mut World,
    context: &mut Context,
    script: &str,
    arguments: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    start::carry_out(world, context, script, None, arguments, input, &[])
}
