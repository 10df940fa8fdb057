//! Starting a program, and doing what its model says.

use std::sync::Arc;

use super::carry_out::{self, Running};
use super::model::{Arguments, Model, Models, Subsystem};
use super::paths::{ending_of, full_path, name_of};
use super::{Invocation, Rights, Window, builtin, console, opening, resolve, unix};
use crate::activity::{ActivityKind, Integrity, Process};
use crate::stage::simulate::shell::cmd;
use crate::stage::simulate::world::{
    CommandOutcome, Content, Context, Exhausted, Finished, Presence, Start, World,
};

/// Where raised programs are started.
const SYSTEM_FOLDER: &str = r"C:\WINDOWS\system32";

/// What `cmd.exe` says of a name that is no program (`ERRORLEVEL`).
const NOT_FOUND: i32 = 9009;

/// Starts a program as a child of the context's process, and does what it does.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
) -> Result<Finished, Exhausted> {
    world.budget.step()?;
    world.budget.enter()?;
    world.budget.text(invocation.command_line.len())?;
    let finished = resolve_and_run(world, caller, invocation);
    world.budget.leave();
    finished
}

fn resolve_and_run(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
) -> Result<Finished, Exhausted> {
    if world.is_windows() {
        if let Some(scheme) = resolve::scheme_of(&invocation.program) {
            return address(world, caller, invocation, &scheme);
        }
        if !resolve::is_plausible(caller, &invocation.program) {
            return Ok(not_found(world, invocation));
        }
        let path = full_path(caller, &invocation.program);
        if let Some(command) = opening::chosen(world, &caller.process, &path) {
            let arguments = super::join_windows(&invocation.arguments);
            return opening::by_command(world, caller, &command, &path, &arguments);
        }
        if resolve::is_document(&invocation.program) {
            return Ok(document(world, invocation));
        }
        if let Some((program, command_line)) = resolve::opener(&invocation.program) {
            return open(world, caller, invocation, program, command_line);
        }
    }
    let Some(image) = resolve::resolve(world, caller, &invocation.program) else {
        return Ok(not_found(world, invocation));
    };
    if !world.is_windows() {
        return unix::run(world, caller, invocation, &image);
    }
    if world.presence(&image) == Presence::Unknown {
        world.assume(format!("{image} is there"));
    }
    if matches!(ending_of(&image).as_str(), ".cmd" | ".bat") {
        return batch(world, caller, invocation, &image);
    }
    run_image(world, caller, invocation, &image)
}

/// What the shell says of a name that is none of a program, on its standard error.
fn not_found(world: &mut World, invocation: &Invocation) -> Finished {
    let name = builtin::shown(invocation.program.trim());
    world.assume(format!("no program is named `{name}`"));
    Finished {
        exit_code: Some(NOT_FOUND),
        output: Some(String::new()),
    }
}

/// An address: a browser opens those of the web, and what opens others depends on what
/// is installed.
fn address(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
    scheme: &str,
) -> Result<Finished, Exhausted> {
    if let Some((program, command_line)) = resolve::opener(&invocation.program) {
        return open(world, caller, invocation, program, command_line);
    }
    world.note_outcome(CommandOutcome::NotInterpreted {
        because: format!("what opens `{scheme}:` addresses is not known"),
    });
    Ok(Finished::well())
}

/// A document whose program depends on what is installed, or on what it holds.
fn document(world: &mut World, invocation: &Invocation) -> Finished {
    let name = builtin::shown(&invocation.program);
    world.note_outcome(CommandOutcome::NotInterpreted {
        because: format!("what opening `{name}` starts is not known"),
    });
    Finished::well()
}

/// Opens a file that is no program with the one that is registered for its kind.
fn open(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
    program: &str,
    command_line: String,
) -> Result<Finished, Exhausted> {
    let path = if invocation.program.contains("://") {
        invocation.program.clone()
    } else {
        full_path(caller, &invocation.program)
    };
    let (program, mut command_line) = resolve::opener(&path).unwrap_or((program, command_line));
    if !invocation.arguments.is_empty() {
        command_line = format!(
            "{} {}",
            command_line.trim_end(),
            super::join_windows(&invocation.arguments)
        );
    }
    let opened = Invocation {
        input: None,
        ..Invocation::of_line(program, command_line)
    };
    run(world, caller, &opened)
}

/// Starts the program at a path.
fn run_image(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
    image: &str,
) -> Result<Finished, Exhausted> {
    let directory = match &invocation.directory {
        Some(directory) => full_path(caller, directory),
        None => caller.directory.clone(),
    };
    let start = Start {
        image: image.to_owned(),
        command_line: invocation.command_line.clone(),
        directory: directory.clone(),
        account: invocation.account.clone(),
        integrity: match invocation.rights {
            Rights::Inherited => invocation.integrity,
            Rights::Elevated => Some(Integrity::High.max(caller.process.integrity)),
        },
    };
    let (process, directory) = if is_raised(world, &start, caller) {
        let process = raised(world, caller, start);
        (process, SYSTEM_FOLDER.to_owned())
    } else {
        (world.start_process(&caller.process, start), directory)
    };
    if let Some(task) = &invocation.task {
        world.happen(Some(&process), ActivityKind::TaskStarted(task.clone()));
    }
    let model = model_of(&process);
    let subsystem = model
        .as_ref()
        .map_or(Subsystem::Console, |model| model.subsystem);
    // Whether an unknown program has a console cannot be known: none is made up.
    if model.is_some() {
        console::attend(world, &process, subsystem, invocation.window);
    }
    let context = Context {
        process,
        directory,
        environment: caller.environment.clone(),
    };
    let finished = behave(world, &context, model.as_deref(), image, invocation)?;
    if let Some(code) = finished.exit_code {
        world.end_process(&context.process, code);
    }
    Ok(finished)
}

/// Whether a program is one that Windows raises without asking.
fn is_raised(world: &World, start: &Start, caller: &Context) -> bool {
    let integrity = start.integrity.unwrap_or(caller.process.integrity);
    let program = world.program_at(&start.image);
    integrity == Integrity::Medium
        && Models::bundled()
            .at(&start.image)
            .is_some_and(|(model, file, _)| model.auto_elevates && *file == program)
}

/// Starts a program that Windows raises: what was started first ends at once, the service
/// of application information asks nobody, and starts it anew in its caller's name
/// (evtx-attack-samples, `Sysmon_UACME_33` and `Sysmon_UACME_56`).
fn raised(world: &mut World, caller: &Context, start: Start) -> Arc<Process> {
    world.assume("the user is an administrator, for whom Windows raises its own programs");
    let image = start.image.clone();
    let rest = rest_of(&start.command_line).trim().to_owned();
    let again = Start {
        command_line: format!("\"{image}\" {rest}"),
        directory: SYSTEM_FOLDER.to_owned(),
        integrity: Some(Integrity::High),
        ..start.clone()
    };
    world.start_process(&caller.process, start);
    let service = world.system_process(
        r"C:\Windows\System32\svchost.exe",
        r"C:\WINDOWS\system32\svchost.exe -k netsvcs -p -s Appinfo",
    );
    let numbers = format!(
        "{} {} {}",
        service.id,
        260 + 2 * world.numbers.below(100),
        world.numbers.hex(16).to_uppercase()
    );
    let consent = world.start_process(
        &service,
        Start {
            image: r"C:\Windows\System32\consent.exe".to_owned(),
            command_line: format!("consent.exe {numbers}"),
            directory: SYSTEM_FOLDER.to_owned(),
            ..Start::default()
        },
    );
    world.end_process(&consent, 0);
    world.start_process(&caller.process, again)
}

/// The model of a process: by what is in its file, or by its name if that says
/// nothing.
fn model_of(process: &Arc<Process>) -> Option<Arc<Model>> {
    let models = Models::bundled();
    let by_content = models
        .told_by(&process.image)
        .or_else(|| models.named(&process.program.content));
    // What was compiled here is what its source says, whatever its name.
    let is_own = process.program.content.starts_with(builtin::COMPILED);
    by_content
        .or_else(|| models.named(process.name()).filter(|_| !is_own))
        .cloned()
}

fn behave(
    world: &mut World,
    context: &Context,
    model: Option<&Model>,
    image: &str,
    invocation: &Invocation,
) -> Result<Finished, Exhausted> {
    let Some(model) = model else {
        world.note_outcome(CommandOutcome::OnlyStarted);
        return Ok(Finished::well());
    };
    let running = Running {
        context,
        model,
        arguments: Arguments::read(&model.options, &invocation.arguments),
        image,
        rest: rest_of(&invocation.command_line),
        input: invocation.input.as_deref(),
    };
    carry_out::run(world, &running)
}

/// A command line without its program.
fn rest_of(command_line: &str) -> &str {
    let line = command_line.trim_start();
    let mut is_quoted = false;
    for (at, sign) in line.char_indices() {
        match sign {
            '"' => is_quoted = !is_quoted,
            ' ' | '\t' if !is_quoted => return line.get(at..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

/// Carries out a batch file: in the `cmd.exe` that calls it, or in a new one.
fn batch(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
    path: &str,
) -> Result<Finished, Exhausted> {
    let is_shell = caller.process.program.content == "cmd.exe"
        || caller.process.name().eq_ignore_ascii_case("cmd.exe");
    if is_shell && invocation.window == Window::Shared {
        return batch_inside(world, caller, invocation, path);
    }
    let line = format!(
        r#"C:\WINDOWS\system32\cmd.exe /c ""{path}" {}""#,
        super::join_windows(&invocation.arguments)
    );
    let process = world.start_process(
        &caller.process,
        Start {
            image: r"C:\Windows\System32\cmd.exe".to_owned(),
            command_line: line,
            directory: caller.directory.clone(),
            ..Start::default()
        },
    );
    console::attend(world, &process, Subsystem::Console, invocation.window);
    let context = Context {
        process,
        ..caller.clone()
    };
    let finished = batch_inside(world, &context, invocation, path)?;
    if let Some(code) = finished.exit_code {
        world.end_process(&context.process, code);
    }
    Ok(finished)
}

fn batch_inside(
    world: &mut World,
    shell: &Context,
    invocation: &Invocation,
    path: &str,
) -> Result<Finished, Exhausted> {
    let model = Models::bundled().named(name_of(path)).cloned();
    if model
        .as_ref()
        .is_some_and(|model| model.subsystem == Subsystem::Batch)
    {
        return behave(world, shell, model.as_deref(), path, invocation);
    }
    if let Content::Text(text) = world.content(path) {
        let mut context = shell.clone();
        // The first is the file itself (`%0`).
        let mut arguments = vec![path.to_owned()];
        arguments.extend(invocation.arguments.iter().cloned());
        return cmd::run(
            world,
            &mut context,
            &text,
            cmd::Source::Batch,
            &arguments,
            invocation.input.as_deref(),
        );
    }
    world.note_outcome(CommandOutcome::NotInterpreted {
        because: format!("what {} holds is not known", builtin::shown(path)),
    });
    Ok(Finished::well())
}
