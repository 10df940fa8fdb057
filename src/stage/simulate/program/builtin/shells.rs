//! Shells that are started as programs.

use super::super::carry_out::Running;
use super::super::command_line::split_windows;
use super::super::paths::full_path;
use super::super::resolve;
use crate::activity::ActivityKind;
use crate::stage::simulate::shell::{cmd as cmd_language, powershell as powershell_language};
use crate::stage::simulate::world::{CommandOutcome, Content, Context, Exhausted, Finished, World};

/// `cmd.exe`: what follows `/c` or `/k`, or its standard input.
pub fn cmd(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let mut context = running.context.clone();
    let (script, stays) = after_switch(running.rest);
    let source = cmd_language::Source::CommandLine;
    let mut finished = match (script, running.input) {
        (Some(script), input) => {
            let script = script.trim_end();
            let script = if always_strips(running.rest) {
                cmd_language::after_s_c(script)
            } else {
                cmd_language::after_c(script, |path| {
                    resolve::may_be_program(world, &context, path)
                })
            };
            cmd_language::run(world, &mut context, &script, source, &[], input)?
        }
        (None, Some(script)) => cmd_language::run(world, &mut context, script, source, &[], None)?,
        (None, None) => Finished::running(),
    };
    if stays {
        finished.exit_code = None;
    }
    Ok(Some(finished))
}

/// The commands of a `cmd.exe`, and whether it stays open after them.
fn after_switch(rest: &str) -> (Option<&str>, bool) {
    let mut is_quoted = false;
    for (at, sign) in rest.char_indices() {
        match sign {
            '"' => is_quoted = !is_quoted,
            '/' if !is_quoted => {
                let after = rest.get(at + 1..).unwrap_or_default();
                let letter = after
                    .chars()
                    .next()
                    .map(|letter| letter.to_ascii_lowercase());
                if let Some(letter @ ('c' | 'k' | 'r')) = letter {
                    let script = after.get(1..).unwrap_or_default();
                    return (Some(script.trim_start()), letter == 'k');
                }
            }
            _ => {}
        }
    }
    (None, false)
}

/// Whether `/s` stands before the commands.
fn always_strips(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let before = ["/c", "/k", "/r"]
        .iter()
        .filter_map(|switch| lower.find(switch))
        .min();
    lower
        .get(..before.unwrap_or(0))
        .is_some_and(|options| options.contains("/s"))
}

/// Windows PowerShell, which takes what is no parameter for commands.
pub fn powershell(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    engine(world, running, Bare::Commands)
}

/// PowerShell 7, which takes what is no parameter for a file.
pub fn pwsh(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    engine(world, running, Bare::File)
}

/// What an argument that follows no parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    Commands,
    File,
}

/// What a PowerShell is to carry out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Task {
    commands: Option<String>,
    file: Option<(String, Vec<String>)>,
    from_input: bool,
    stays: bool,
    directory: Option<String>,
}

/// Parameters of PowerShell with a value, by the shortest start that is taken for
/// them (about_PowerShell_exe).
const VALUED: &[(&str, &str)] = &[
    ("executionpolicy", "ex"),
    ("windowstyle", "w"),
    ("inputformat", "in"),
    ("outputformat", "o"),
    ("version", "v"),
    ("psconsolefile", "psc"),
    ("configurationname", "config"),
    ("custompipename", "cus"),
    ("settingsfile", "settings"),
];

fn is_start_of(name: &str, given: &str, shortest: &str) -> bool {
    name.starts_with(given) && given.len() >= shortest.len()
}

fn task_of(arguments: &[String], bare: Bare) -> Task {
    let mut task = Task::default();
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        let rest = || arguments.get(at + 1..).unwrap_or_default();
        let name = argument
            .strip_prefix(['-', '/', '–', '—'])
            .map(str::to_lowercase);
        let Some(name) = name else {
            match bare {
                Bare::Commands => task.commands = Some(joined(arguments.get(at..))),
                Bare::File => task.file = Some((argument.clone(), rest().to_vec())),
            }
            break;
        };
        if name.is_empty() {
            task.from_input = true;
        } else if is_start_of("noexit", &name, "noe") {
            task.stays = true;
        } else if is_start_of("command", &name, "c") {
            let commands = joined(Some(rest()));
            if commands == "-" {
                task.from_input = true;
            } else {
                task.commands = Some(commands);
            }
            break;
        } else if is_start_of("encodedcommand", &name, "e") && !name.starts_with("ex")
            || name == "ec"
        {
            task.commands = rest().first().and_then(|text| decoded(text));
            at += 1;
        } else if is_start_of("file", &name, "f") {
            if let Some((path, arguments)) = rest().split_first() {
                if path == "-" {
                    task.from_input = true;
                } else {
                    task.file = Some((path.clone(), arguments.to_vec()));
                }
            }
            break;
        } else if is_start_of("workingdirectory", &name, "wo") || name == "wd" {
            task.directory = rest().first().cloned();
            at += 1;
        } else if name == "ep"
            || VALUED
                .iter()
                .any(|(parameter, shortest)| is_start_of(parameter, &name, shortest))
        {
            at += 1;
        }
        at += 1;
    }
    task
}

fn joined(arguments: Option<&[String]>) -> String {
    arguments.unwrap_or_default().join(" ")
}

/// Commands that were encoded as UTF-16 in Base64.
fn decoded(text: &str) -> Option<String> {
    let bytes = from_base64(text.trim())?;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)))
        .collect();
    Some(String::from_utf16_lossy(&units))
}

/// Bytes of their Base64 (RFC 4648); `None` if it is none.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for sign in text.trim_end_matches('=').bytes() {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn engine(
    world: &mut World,
    running: &Running<'_>,
    bare: Bare,
) -> Result<Option<Finished>, Exhausted> {
    let process = &running.context.process;
    // The engine joins its arguments as the runtime has split them, without quotes.
    let host_application = split_windows(&process.command_line).join(" ");
    world.pause(120);
    world.happen(
        Some(process),
        ActivityKind::PowerShellStarted { host_application },
    );
    probe_policy(world, running);
    let task = task_of(&running.arguments.all, bare);
    let mut context = running.context.clone();
    if let Some(directory) = &task.directory {
        context.directory = full_path(&context, directory);
    }
    let mut finished = carry_out(world, &mut context, running, &task)?;
    if task.stays {
        finished.exit_code = None;
    }
    Ok(Some(finished))
}

/// PowerShell writes a script and deletes it, to see whether a policy lets scripts run.
fn probe_policy(world: &mut World, running: &Running<'_>) {
    let name = r"{env.TEMP}\__PSScriptPolicyTest_{random.alnum8}.{random.alnum3}.ps1";
    if let Some(path) = running.fill(world, name) {
        let process = &running.context.process;
        let content = Content::Text("1".to_owned());
        world.write_file(process, &path, content);
        world.delete_file(process, &path);
    }
}

fn carry_out(
    world: &mut World,
    context: &mut Context,
    running: &Running<'_>,
    task: &Task,
) -> Result<Finished, Exhausted> {
    if let Some((path, arguments)) = &task.file {
        let path = full_path(context, path);
        return if let Content::Text(text) = world.content(&path) {
            powershell_language::run(world, context, &text, Some(&path), arguments, running.input)
        } else {
            world.note_outcome(CommandOutcome::NotInterpreted {
                because: format!("what {path} holds is not known"),
            });
            Ok(Finished::well())
        };
    }
    if let Some(commands) = &task.commands {
        return powershell_language::run(world, context, commands, None, &[], running.input);
    }
    match running.input {
        Some(script) => powershell_language::run(world, context, script, None, &[], None),
        None if task.from_input => Ok(Finished::well()),
        None => Ok(Finished::running()),
    }
}
