//! Carrying out what a model says.

use std::sync::Arc;

use super::model::{Action, Arguments, Case, Child, Model, When, fits};
use super::placeholders::{Filling, fill};
use super::{Invocation, builtin, resolve, start};
use crate::activity::{ActivityKind, Protocol};
use crate::stage::simulate::world::{CommandOutcome, Content, Context, Exhausted, Finished, World};

/// A program that runs, and what it was started with.
pub struct Running<'a> {
    /// Its process and state.
    pub context: &'a Context,
    /// Its model.
    pub model: &'a Model,
    /// Its arguments.
    pub arguments: Arguments,
    /// The path of its file.
    pub image: &'a str,
    /// Its command line after the program, as it stands there.
    pub rest: &'a str,
    /// What it reads from its standard input.
    pub input: Option<&'a str>,
}

impl Running<'_> {
    /// Fills the placeholders of a text.
    pub fn fill(&self, world: &mut World, text: &str) -> Option<String> {
        let filling = Filling {
            context: self.context,
            arguments: &self.arguments,
            image: self.image,
            rest: self.rest,
        };
        fill(world, &filling, text)
    }
}

/// Does what the first case that fits says.
pub fn run(world: &mut World, running: &Running<'_>) -> Result<Finished, Exhausted> {
    let cases = running.model.cases.iter();
    let Some(case) = cases.into_iter().find(|case| applies(world, running, case)) else {
        world.note_outcome(CommandOutcome::OnlyStarted);
        return Ok(Finished::well());
    };
    for condition in &case.assumes {
        if !is_given(world, condition) {
            world.assume(format!("it is {condition}"));
        }
    }
    let mut finished = Finished::with(case.exit_code);
    if case.runs_on.is_some() {
        finished = Finished::running();
    }
    if let Some(text) = &case.prints {
        finished.output = running.fill(world, text);
    }
    let line = format!("{}: {}", running.model.place(), case.name);
    for action in &case.does {
        world.budget.step()?;
        let came = world.by_model(line.clone(), |world| act(world, running, action))?;
        if let Some(came) = came {
            finished.exit_code = came.exit_code.filter(|_| case.runs_on.is_none());
            finished.output = came.output.or(finished.output);
        }
    }
    Ok(finished)
}

fn is_given(world: &World, condition: &str) -> bool {
    let host = world.profile.host.as_ref();
    host.is_some_and(|host| host.given.iter().any(|given| given == condition))
}

fn applies(world: &mut World, running: &Running<'_>, case: &Case) -> bool {
    let When {
        words,
        options,
        without,
        is,
        given,
    } = &case.when;
    let arguments = &running.arguments;
    words
        .iter()
        .enumerate()
        .all(|(at, pattern)| arguments.word(at).is_some_and(|word| fits(pattern, word)))
        && options.iter().all(|option| arguments.has(option))
        && !without.iter().any(|option| arguments.has(option))
        && given.iter().all(|condition| is_given(world, condition))
        && !case
            .assumes
            .iter()
            .any(|condition| is_given(world, &format!("not-{condition}")))
        && is.iter().all(|(placeholder, pattern)| {
            running
                .fill(world, &format!("{{{placeholder}}}"))
                .is_some_and(|value| fits(pattern, &value))
        })
}

/// Does one thing; says what came of it where that is what comes of the program.
fn act(
    world: &mut World,
    running: &Running<'_>,
    action: &Action,
) -> Result<Option<Finished>, Exhausted> {
    if let Some(name) = &action.carry_out {
        return builtin::carry_out(world, running, name);
    }
    if let Some(child) = &action.start {
        begin(world, running, child)?;
        return Ok(None);
    }
    if let Some(child) = &action.start_and_wait {
        return begin(world, running, child);
    }
    // A placeholder that stands for nothing leaves the action out.
    let _ = change(world, running, action);
    Ok(None)
}

fn begin(
    world: &mut World,
    running: &Running<'_>,
    child: &Child,
) -> Result<Option<Finished>, Exhausted> {
    let (Some(program), Some(line)) = (
        running.fill(world, &child.program),
        running.fill(world, &child.command_line),
    ) else {
        return Ok(None);
    };
    let program = if program.is_empty() {
        resolve::program_of(world, running.context, &line)
    } else {
        program
    };
    let invocation = Invocation::of_line(program, line);
    start::run(world, running.context, &invocation).map(Some)
}

fn change(world: &mut World, running: &Running<'_>, action: &Action) -> Option<()> {
    let process = Arc::clone(&running.context.process);
    if let Some(file) = &action.create {
        let path = running.fill(world, &file.path)?;
        let content = match &file.text {
            Some(text) => Content::Text(running.fill(world, text)?),
            None => Content::Unknown,
        };
        world.write_file(&process, &path, content);
    }
    if let Some(path) = &action.delete {
        let path = running.fill(world, path)?;
        world.delete_file(&process, &path);
    }
    if let Some(copying) = &action.copy {
        let from = running.fill(world, &copying.from)?;
        let to = running.fill(world, &copying.to)?;
        let content = world.content(&from);
        world.write_file(&process, &to, content);
    }
    if let Some(key) = &action.key {
        let key = running.fill(world, key)?;
        let key = world.registry_key(&process, &key)?;
        world.create_own_key(&process, &key);
    }
    if let Some(value) = &action.set {
        let key = running.fill(world, &value.key)?;
        let key = world.registry_key(&process, &key)?;
        let name = running.fill(world, &value.name)?;
        let data = running.fill(world, &value.data)?;
        let data = builtin::registry_data(&value.kind, &data, r"\0");
        world.set_value(&process, &key, &name, data);
    }
    if let Some(key) = &action.delete_key {
        let key = running.fill(world, key)?;
        let key = world.registry_key(&process, &key)?;
        world.delete_key(&process, &key);
    }
    if let Some(name) = &action.resolve {
        let name = running.fill(world, name)?;
        world.resolve(&process, &name);
    }
    for (target, protocol) in [
        (&action.connect, Protocol::Tcp),
        (&action.send, Protocol::Udp),
    ] {
        if let Some(target) = target {
            let target = running.fill(world, target)?;
            let (host, port) = target.rsplit_once(':')?;
            world.connect(&process, host, port.parse().ok()?, protocol);
        }
    }
    if let Some(fetching) = &action.fetch {
        let url = running.fill(world, &fetching.url)?;
        match &fetching.to {
            Some(path) => {
                let path = running.fill(world, path)?;
                builtin::download(world, &process, &url, &path);
            }
            None => {
                world.fetch(&process, &url);
            }
        }
    }
    if let Some(name) = &action.pipe {
        let name = running.fill(world, name)?;
        world.happen(Some(&process), ActivityKind::PipeCreated { name });
    }
    if let Some(name) = &action.connect_pipe {
        let name = running.fill(world, name)?;
        world.happen(Some(&process), ActivityKind::PipeConnected { name });
    }
    if let Some(path) = &action.load {
        let path = running.fill(world, path)?;
        let program = world.program_at(&path);
        world.happen(Some(&process), ActivityKind::ImageLoaded { path, program });
    }
    Some(())
}
