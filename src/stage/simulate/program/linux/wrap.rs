//! Programs that start others: shells, `sudo`, `env`, `xargs`, and their like.

use std::sync::Arc;

use super::options::Options;
use super::{Done, Job, system};
use crate::activity::{Account, LogonSession};
use crate::stage::simulate::program::{self, Invocation};
use crate::stage::simulate::shell::posix;
use crate::stage::simulate::world::{Context, Exhausted, Finished};

/// Carries out a program that starts others; `None` if it is none.
pub(super) fn run(job: &mut Job<'_>, name: &str) -> Done {
    let arguments = job.arguments;
    Ok(Some(match name {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "rbash" => {
            let mut context = job.context.clone();
            posix::run_program(job.world, &mut context, arguments, job.input)?
        }
        "sudo" | "doas" => sudo(job)?,
        "su" | "runuser" => su(job)?,
        "env" => {
            let mut context = job.context.clone();
            let mut rest = arguments;
            while let Some((word, others)) = rest.split_first() {
                if let (Some((name, value)), false) = (word.split_once('='), word.starts_with('-'))
                {
                    context.environment.set(name, value);
                } else if matches!(word.as_str(), "-u" | "--unset") {
                    if let Some(name) = others.first() {
                        context.environment.remove(name);
                    }
                    rest = others.get(1..).unwrap_or_default();
                    continue;
                } else if !word.starts_with('-') {
                    break;
                }
                rest = others;
            }
            if rest.is_empty() {
                return Ok(Some(Finished::said(system::all_variables(job))));
            }
            start_in(job, &context, rest, job.input)?
        }
        "nohup" | "setsid" | "time" | "stdbuf" | "ionice" | "nice" | "chroot" | "caffeinate" => {
            let rest = match name {
                "nice" | "ionice" => skip_options(arguments, "n c p"),
                "stdbuf" => skip_options(arguments, "i o e"),
                "chroot" => arguments.get(1..).unwrap_or_default(),
                _ => skip_options(arguments, ""),
            };
            start(job, rest, job.input)?
        }
        "timeout" => {
            let rest = skip_options(arguments, "k s kill-after signal");
            let before = job.world.now();
            let Some((limit, rest)) = rest.split_first() else {
                return Ok(Some(Finished::with(125)));
            };
            let finished = start(job, rest, job.input)?;
            if finished.exit_code.is_none() {
                // It would go on, and is stopped.
                let limit = system::seconds(limit).unwrap_or_default();
                let passed = job.world.now().duration_since(before);
                let passed = std::time::Duration::try_from(passed).unwrap_or_default();
                job.world.pass(limit.saturating_sub(passed));
                return Ok(Some(Finished {
                    exit_code: Some(124),
                    output: finished.output,
                }));
            }
            finished
        }
        "xargs" => xargs(job)?,
        _ => return Ok(None),
    }))
}

/// Starts a program as a child of the program at work.
pub(super) fn start(
    job: &mut Job<'_>,
    words: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    let context = job.context;
    start_in(job, context, words, input)
}

fn start_in(
    job: &mut Job<'_>,
    context: &Context,
    words: &[String],
    input: Option<&str>,
) -> Result<Finished, Exhausted> {
    let Some((program, arguments)) = words.split_first() else {
        return Ok(Finished::said(""));
    };
    let invocation = Invocation {
        program: program.clone(),
        command_line: words.join(" "),
        arguments: arguments.to_vec(),
        input: input.map(str::to_owned),
        ..Invocation::default()
    };
    program::run(job.world, context, &invocation)
}

/// The arguments behind the options that come first.
fn skip_options<'a>(arguments: &'a [String], with_value: &str) -> &'a [String] {
    let mut rest = arguments;
    while let Some((word, others)) = rest.split_first() {
        let Some(name) = word.strip_prefix('-') else {
            break;
        };
        rest = others;
        if name == "-" {
            break;
        }
        let name = name.trim_start_matches('-');
        if with_value.split(' ').any(|known| known == name) {
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    rest
}

fn sudo(job: &mut Job<'_>) -> Result<Finished, Exhausted> {
    let arguments = job.arguments;
    let options_end = skip_options(arguments, "u g h p C r t T U D R user group");
    let given = arguments.len() - options_end.len();
    let options = Options::parse(arguments.get(..given).unwrap_or_default(), "u g user group");
    let mut rest = options_end;
    let user = options.value(&["u", "user"]).unwrap_or("root").to_owned();
    let mut context = as_user(job, &user);
    while let Some((word, others)) = rest.split_first() {
        let Some((name, value)) = word.split_once('=') else {
            break;
        };
        context.environment.set(name, value);
        rest = others;
    }
    if rest.is_empty() {
        if options.has(&["s", "i"]) {
            let shell = ["/bin/bash".to_owned()];
            return start_in(job, &context, &shell, job.input);
        }
        return Ok(Finished::well());
    }
    start_in(job, &context, rest, job.input)
}

fn su(job: &mut Job<'_>) -> Result<Finished, Exhausted> {
    let options = Options::parse(job.arguments, "c s g G command shell");
    let mut operands = options.operands.iter().filter(|operand| *operand != "-");
    let user = operands.next().map_or("root", String::as_str);
    let shell = options.value(&["s", "shell"]).unwrap_or("/bin/bash");
    let context = as_user(job, user);
    let mut words = vec![shell.to_owned()];
    if let Some(command) = options.value(&["c", "command"]) {
        words.extend(["-c".to_owned(), command.to_owned()]);
    }
    start_in(job, &context, &words, job.input)
}

/// The context of another user. Programs are started with the account of their parent,
/// and so the process of `sudo` itself is taken to be that user's from there on.
fn as_user(job: &Job<'_>, user: &str) -> Context {
    let mut context = job.context.clone();
    let home = match user {
        "root" => "/root".to_owned(),
        user => format!("/home/{user}"),
    };
    context.environment.set("USER", user);
    context.environment.set("LOGNAME", user);
    context.environment.set("HOME", home);
    if context.process.account.name != user {
        let sid = if user == "root" { "0" } else { "1001" };
        let mut process = (*context.process).clone();
        process.account = Arc::new(Account {
            domain: String::new(),
            name: user.to_owned(),
            sid: sid.to_owned(),
        });
        process.logon = Arc::new(LogonSession {
            ..(*process.logon).clone()
        });
        context.process = Arc::new(process);
    }
    context
}

fn xargs(job: &mut Job<'_>) -> Result<Finished, Exhausted> {
    let arguments = job.arguments;
    let command = skip_options(arguments, "n I P d L s a E max-args replace delimiter");
    let given = arguments.len() - command.len();
    let options = Options::parse(
        arguments.get(..given).unwrap_or_default(),
        "n I P d L s a E max-args replace delimiter",
    );
    let echo = ["echo".to_owned()];
    let command = if command.is_empty() { &echo } else { command };
    let Some(text) = job.input else {
        job.world
            .assume("what `xargs` reads is not known, and it starts nothing");
        return Ok(Finished::well());
    };
    let items: Vec<&str> = match options.value(&["I", "replace"]) {
        Some(_) => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect(),
        None if options.has(&["0", "null"]) => {
            text.split('\0').filter(|item| !item.is_empty()).collect()
        }
        None => match options.value(&["d", "delimiter"]) {
            Some("\\n" | "\n") => text.lines().collect(),
            Some(delimiter) => text.trim_end_matches('\n').split(delimiter).collect(),
            None => text.split_whitespace().collect(),
        },
    };
    let count = options
        .value(&["n", "max-args", "L"])
        .and_then(|count| count.parse().ok());
    let mut runs: Vec<Vec<String>> = Vec::new();
    if let Some(mark) = options.value(&["I", "replace"]) {
        for item in &items {
            runs.push(
                command
                    .iter()
                    .map(|word| word.replace(mark, item))
                    .collect(),
            );
        }
    } else {
        let count: usize = count.filter(|count| *count > 0).unwrap_or(5_000);
        for chunk in items.chunks(count) {
            let mut words = command.to_vec();
            words.extend(chunk.iter().map(|item| (*item).to_owned()));
            runs.push(words);
        }
        if runs.is_empty() && !options.has(&["r", "no-run-if-empty"]) {
            runs.push(command.to_vec());
        }
    }
    let mut output = Some(String::new());
    let mut status = 0;
    for words in runs {
        job.world.budget.text(words.iter().map(String::len).sum())?;
        let finished = start(job, &words, Some(""))?;
        if !finished.is_well() {
            status = 123;
        }
        output = output.zip(finished.output).map(|(all, more)| all + &more);
    }
    Ok(Finished {
        exit_code: Some(status),
        output,
    })
}
