//! Windows PowerShell 5.1, as atomics use it.
//!
//! - `parse`, `ast`: what a script says;
//! - `shell`, `value`, `variables`: the state of a running PowerShell;
//! - `statements`, `expressions`, `operators`, `types`, `classes`, `objects`: the language;
//! - `command`, `cmdlet`, `native`: what commands do;
//! - `vocabulary`: names and parameters, as data;
//! - `log`: what PowerShell itself logs of it.

mod ast;
mod classes;
mod cmdlet;
mod command;
mod encoded;
mod expressions;
mod log;
mod native;
mod objects;
mod operators;
mod parse;
mod paths;
mod shell;
mod statements;
mod types;
mod value;
mod variables;
mod vocabulary;

pub use encoded::decode_encoded_command;

use crate::stage::simulate::world::{Context, Exhausted, Finished, World};
use command::Word;
use shell::{Shell, Stop};
use value::Value;

/// The type of hashtables.
const HASHTABLE: &str = "System.Collections.Hashtable";

/// Carries out a script in a PowerShell that is the context's process. `path` is the
/// file that the script stands in, none for commands.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run(
    world: &mut World,
    context: &mut Context,
    script: &str,
    path: Option<&str>,
    arguments: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    world.budget.enter()?;
    let done = run_inner(world, context, script, path, arguments, input);
    world.budget.leave();
    done
}

fn run_inner(
    world: &mut World,
    context: &mut Context,
    script: &str,
    path: Option<&str>,
    arguments: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    let mut shell = Shell::new(world, context, path);
    shell.log_start();
    let words: Vec<Word> = arguments
        .iter()
        .map(|argument| match argument.strip_prefix('-') {
            Some(name) if name.starts_with(char::is_alphabetic) => {
                Word::Parameter(name.to_owned(), None)
            }
            _ => Word::Value(Value::text(argument), " "),
        })
        .collect();
    if let Some(input) = input {
        shell.set_variable("input", Value::text(input));
    }
    let mut out = Vec::new();
    let done = shell.run_text(script, path, ast::Call::Dot, &words, &mut out);
    let exit_code = match done {
        Ok(()) | Err(Stop::Break | Stop::Continue | Stop::Return) if path.is_none() => {
            i32::from(!shell.went_well)
        }
        Ok(()) | Err(Stop::Break | Stop::Continue | Stop::Return) => shell
            .last_exit
            .and_then(|code| i32::try_from(code).ok())
            .unwrap_or(0),
        Err(Stop::Exit(code)) => code,
        Err(Stop::Throw(_)) => 1,
        Err(Stop::Exhausted(exhausted)) => return Err(exhausted),
    };
    let output = match shell.lines_of(&out) {
        Ok(output) => output,
        Err(Stop::Exhausted(exhausted)) => return Err(exhausted),
        Err(_) => None,
    };
    Ok(Finished {
        exit_code: Some(exit_code),
        output,
    })
}
