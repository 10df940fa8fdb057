//! How a shell begins and ends.

use super::state::Interpreter;
use super::unknown;
use crate::stage::simulate::world::{Content, Context, Exhausted, Finished, World};

/// Carries out the command line of `sh` or `bash`, as `bash -c '…'` or `sh script`, in
/// its own process.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run_program(
    world: &mut World,
    context: &mut Context,
    arguments: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    let mut options = Vec::new();
    let mut rest = arguments.iter();
    let mut is_command = false;
    let mut operand = None;
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--" => {
                operand = rest.next();
                break;
            }
            "-" => {}
            "-o" | "+o" | "-O" | "+O" | "--rcfile" | "--init-file" => {
                rest.next();
            }
            long if long.starts_with("--") => {}
            short if short.starts_with(['-', '+']) => {
                is_command |= short.contains('c');
                options.extend(short.chars().filter(|sign| "aefux".contains(*sign)));
            }
            _ => {
                operand = Some(argument);
                break;
            }
        }
    }
    let rest: Vec<String> = rest.cloned().collect();
    match operand {
        Some(command) if is_command => {
            let (name, rest) = match rest.split_first() {
                Some((name, rest)) => (Some(name.as_str()), rest),
                None => (None, rest.as_slice()),
            };
            carry_out(world, context, command, name, rest, input, &options)
        }
        Some(path) => {
            let place = super::state::absolute(&context.directory, path);
            match world.content(&place) {
                Content::Text(script) => {
                    carry_out(world, context, &script, Some(path), &rest, input, &options)
                }
                _ => {
                    world.assume(format!("`{place}` is there, and what it does is not known"));
                    Ok(Finished::well())
                }
            }
        }
        None => match input {
            Some(script) => carry_out(world, context, script, None, &[], None, &options),
            None => Ok(Finished::well()),
        },
    }
}

/// Carries out a script under a name with options that are set.
pub(super) fn carry_out(
    world: &mut World,
    context: &mut Context,
    script: &str,
    name: Option<&str>,
    arguments: &[String],
    input: Option<&str>,
    options: &[char],
) -> Result<Finished, Exhausted> {
    world.budget.enter()?;
    world.budget.text(script.len())?;
    let mut interpreter = Interpreter::new(world, context, arguments, input);
    interpreter.shell.options.extend(options);
    if let (Some(name), Some(zeroth)) = (name, interpreter.shell.positional.first_mut()) {
        name.clone_into(zeroth);
    }
    interpreter.run_text(&unknown::shown(script))?;
    interpreter.run_exit_trap()?;
    let output = interpreter.buffers.first().cloned().unwrap_or_default();
    let status = interpreter.shell.status;
    context.directory.clone_from(&interpreter.shell.directory);
    context.environment = interpreter.environment();
    world.budget.leave();
    Ok(Finished {
        exit_code: Some(status),
        output: unknown::is_known(&output).then_some(output),
    })
}
