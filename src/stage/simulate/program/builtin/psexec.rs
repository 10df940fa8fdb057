//! `PsExec.exe`: a program is started by a service, on another host or on this one.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::model::Models;
use super::super::paths::{full_path, name_of};
use super::super::{Invocation, Window, resolve, start as starting};
use super::{services, wmi};
use crate::activity::{ActivityKind, Integrity, Process, Protocol, Service};
use crate::stage::simulate::world::{Content, Context, Exhausted, Finished, Start, World};

/// `ERROR_ACCESS_DENIED`.
const ACCESS_DENIED: i32 = 5;

/// Options with a value (`psexec` without arguments).
const VALUED: &[&str] = &["u", "p", "w", "n", "r", "a", "g"];

/// What it is told.
#[derive(Debug, Default)]
struct Task {
    host: Option<String>,
    options: Vec<String>,
    service: Option<String>,
    user: bool,
    command: Option<String>,
    arguments: Vec<String>,
}

impl Task {
    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|known| known == option)
    }
}

fn task_of(arguments: &[String]) -> Task {
    let mut task = Task::default();
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        if task.host.is_none() && argument.starts_with(r"\\") {
            task.host = Some(argument.trim_start_matches('\\').to_owned());
            continue;
        }
        let Some(option) = argument.strip_prefix(['-', '/']) else {
            task.command = Some(argument.clone());
            task.arguments = rest.cloned().collect();
            break;
        };
        let option = option.to_ascii_lowercase();
        if option == "i" {
            // The number of a session may follow.
            rest.next_if(|next| next.chars().all(|sign| sign.is_ascii_digit()));
        } else if VALUED.contains(&option.as_str()) {
            let value = rest.next().cloned();
            task.user |= option == "u";
            if option == "r" {
                task.service = value;
            }
        }
        task.options.push(option);
    }
    task
}

/// Starts a program as it is told.
pub fn psexec(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let task = task_of(&running.arguments.all);
    let process = &running.context.process;
    let is_here = task.host.as_ref().is_none_or(|host| {
        wmi::is_here(world, &host.to_lowercase()) || world.profile.is_own_name(host)
    });
    if !is_here {
        // What happens there is logged there.
        let host = task.host.clone().unwrap_or_default();
        let host = host.split(',').next().unwrap_or_default();
        world.connect(process, host, 445, Protocol::Tcp);
        return Ok(None);
    }
    let Some(command) = &task.command else {
        return Ok(None);
    };
    if task.host.is_none() && !task.has("s") && !task.user {
        // Here and as oneself, no service is needed.
        let invocation = invocation_of(command, &task);
        return starting::run(world, running.context, &invocation).map(Some);
    }
    by_service(world, running, &task, command).map(Some)
}

fn invocation_of(command: &str, task: &Task) -> Invocation {
    let rest = super::super::join_windows(&task.arguments);
    let line = format!("\"{command}\" {rest}");
    Invocation::of_line(command, line.trim_end())
}

fn by_service(
    world: &mut World,
    running: &Running<'_>,
    task: &Task,
    command: &str,
) -> Result<Finished, Exhausted> {
    let process = &running.context.process;
    if process.integrity < Integrity::High {
        world.assume("without raised rights no service can be installed");
        return Ok(Finished::with(ACCESS_DENIED));
    }
    let name = task.service.as_deref().unwrap_or("PSEXESVC");
    let path = format!(r"C:\Windows\{name}.exe");
    // What comes through the share of a host is written by its kernel.
    let writer = match task.host {
        Some(_) => world.kernel(),
        None => Arc::clone(process),
    };
    let content = Models::bundled()
        .file_named("psexesvc.exe")
        .map_or(Content::Unknown, |file| Content::Program(Arc::clone(file)));
    world.write_file(&writer, &path, content);
    let copied = copy(world, running, task, command, &writer);
    let service = Service {
        name: name.to_owned(),
        image_path: format!(r"%SystemRoot%\{name}.exe"),
        kind: "user mode service".to_owned(),
        start: "demand start".to_owned(),
        account: "LocalSystem".to_owned(),
    };
    services::install(world, process, &service, Some(name));
    let host = start_service(world, &path);
    open_pipes(world, &host, &writer, process, (name, task));
    let context = Context {
        process: Arc::clone(&host),
        directory: r"C:\Windows\system32".to_owned(),
        environment: running.context.environment.clone(),
    };
    let mut invocation = Invocation {
        window: Window::Own,
        ..invocation_of(command, task)
    };
    give_rights(world, process, task, &mut invocation);
    if let Some(copied) = &copied {
        let name = name_of(copied);
        invocation.command_line = invocation.command_line.replacen(command, name, 1);
        invocation.program.clone_from(copied);
    }
    let finished = starting::run(world, &context, &invocation)?;
    let is_over = finished.exit_code.is_some() || task.has("d");
    if is_over {
        if let Some(copied) = copied.filter(|_| !task.has("d")) {
            world.delete_file(&writer, &copied);
        }
        world.end_process(&host, 0);
        let manager = world.service_manager();
        let key = format!(r"HKLM\System\CurrentControlSet\Services\{name}");
        world.delete_key(&manager, &key);
        world.delete_file(&writer, &path);
    }
    Ok(finished)
}

/// In whose name the program is started: the system's (`-s`), or the caller's.
fn give_rights(world: &mut World, process: &Process, task: &Task, invocation: &mut Invocation) {
    if task.has("s") {
        invocation.account = Some(World::system_account());
        invocation.integrity = Some(Integrity::System);
        return;
    }
    if task.user {
        world.assume("the account that it is given is the one that starts it");
    }
    invocation.account = Some((Arc::clone(&process.account), Arc::clone(&process.logon)));
    invocation.integrity = Some(if task.has("l") {
        Integrity::Medium
    } else {
        Integrity::High
    });
}

/// The service listens for what it is to do, and hands the input and output of a program
/// on that is waited for.
fn open_pipes(
    world: &mut World,
    host: &Arc<Process>,
    client: &Arc<Process>,
    psexec: &Process,
    (name, task): (&str, &Task),
) {
    let computer = world.profile.host.as_ref().map(|host| host.name.clone());
    let mut pipes = vec![format!(r"\{name}")];
    if !task.has("d") && !task.has("i") {
        let number = psexec.id;
        let computer = computer.unwrap_or_default();
        let ends = ["stdin", "stdout", "stderr"];
        pipes.extend(ends.map(|end| format!(r"\{name}-{computer}-{number}-{end}")));
    }
    for name in pipes {
        world.happen(Some(host), ActivityKind::PipeCreated { name: name.clone() });
        world.pause(2);
        world.happen(Some(client), ActivityKind::PipeConnected { name });
    }
}

/// `-c`: the program is copied to the host first, into the folder of Windows.
fn copy(
    world: &mut World,
    running: &Running<'_>,
    task: &Task,
    command: &str,
    writer: &Arc<Process>,
) -> Option<String> {
    if !task.has("c") {
        return None;
    }
    let from = resolve::resolve(world, running.context, command)
        .unwrap_or_else(|| full_path(running.context, command));
    let to = format!(r"C:\Windows\{}", name_of(&from));
    let content = world.content(&from);
    world.write_file(writer, &to, content);
    Some(to)
}

fn start_service(world: &mut World, path: &str) -> Arc<Process> {
    let manager = world.service_manager();
    world.start_process(
        &manager,
        Start {
            image: path.to_owned(),
            command_line: path.to_owned(),
            directory: r"C:\Windows\system32".to_owned(),
            account: Some(World::system_account()),
            integrity: Some(Integrity::System),
        },
    )
}
