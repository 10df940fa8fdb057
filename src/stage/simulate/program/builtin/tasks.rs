//! Scheduled tasks: `schtasks.exe`, and what others register and start.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::paths::full_path;
use super::super::{Invocation, Window, start as starting};
use super::task_xml::{self, Parts, Principal, RunLevel, Trigger};
use crate::activity::{Account, ActivityKind, Integrity, Process, RegistryData, ScheduledTask};
use crate::stage::simulate::world::{Content, Context, Exhausted, Finished, World};

/// The key that holds what the task scheduler knows.
const CACHE: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache";

/// A task that is to be registered.
#[derive(Debug, Clone, Default)]
pub struct NewTask {
    /// Its path, with or without the backslash at its start.
    pub path: String,
    /// What it runs.
    pub command: String,
    /// Its arguments, if there are any.
    pub arguments: Option<String>,
    /// When it is started.
    pub trigger: Trigger,
    /// Whom it runs as, if not its registrant: `SYSTEM`, or a user.
    pub user: Option<String>,
    /// Whether it gets all its user's rights.
    pub is_highest: bool,
    /// Its definition, where that is given.
    pub xml: Option<String>,
}

/// Registers a task in a process's name: the task scheduler writes its file and keys.
pub fn register(world: &mut World, process: &Arc<Process>, task: &NewTask) {
    let path = format!(r"\{}", task.path.trim_matches('\\'));
    let is_system = task.user.as_deref().is_some_and(is_system_name);
    let account = match &task.user {
        Some(_) if is_system => World::system_account().0,
        _ => Arc::clone(&process.account),
    };
    let author = process.account.qualified();
    let user = match &task.user {
        Some(user) if !is_system => user.clone(),
        _ => author.clone(),
    };
    let zone = world
        .profile
        .host
        .as_ref()
        .map(|host| host.time_zone.clone());
    let xml = task.xml.clone().unwrap_or_else(|| {
        task_xml::write(&Parts {
            path: &path,
            author: &author,
            principal: if is_system {
                Principal::System
            } else {
                Principal::Interactive(&user)
            },
            command: &task.command,
            arguments: task.arguments.as_deref(),
            trigger: task.trigger,
            now: world.now(),
            time_zone: zone.as_deref().unwrap_or("UTC"),
            run_level: if task.is_highest {
                RunLevel::Highest
            } else {
                RunLevel::Least
            },
        })
    });
    let service = world.task_scheduler();
    world.write_file(&service, &file_of(&path), Content::Text(xml.clone()));
    write_cache(world, &service, &path, &author, task.trigger);
    let registered = task_from(&path, xml, &account);
    world.happen(Some(process), ActivityKind::TaskRegistered(registered));
}

fn is_system_name(user: &str) -> bool {
    let name = user.rsplit('\\').next().unwrap_or(user);
    name.is_empty() || name.eq_ignore_ascii_case("system") || name == "S-1-5-18"
}

fn file_of(path: &str) -> String {
    format!(r"C:\Windows\System32\Tasks{path}")
}

fn task_from(path: &str, xml: String, account: &Account) -> ScheduledTask {
    ScheduledTask {
        path: path.to_owned(),
        command: task_xml::element(&xml, "Command").unwrap_or_default(),
        arguments: task_xml::element(&xml, "Arguments"),
        account: account.clone(),
        xml,
    }
}

fn write_cache(
    world: &mut World,
    service: &Arc<Process>,
    path: &str,
    author: &str,
    trigger: Trigger,
) {
    let guid = format!("{{{}}}", world.numbers.guid().to_uppercase());
    let (folder, index) = match trigger {
        Trigger::Boot => ("Boot", 1),
        Trigger::Logon => ("Logon", 2),
        _ => ("Plain", 3),
    };
    let zone = world
        .profile
        .host
        .as_ref()
        .map(|host| host.time_zone.clone());
    let date = task_xml::local_time(world.now(), zone.as_deref().unwrap_or("UTC"));
    let text = |text: &str| RegistryData::Text(text.to_owned());
    let binary = || RegistryData::Binary(vec![0]);
    let task = format!(r"{CACHE}\Tasks\{guid}");
    let tree = format!(r"{CACHE}\Tree{path}");
    world.create_own_key(service, &task);
    world.set_value(service, &task, "Path", text(path));
    world.set_value(service, &task, "Hash", binary());
    world.create_own_key(service, &tree);
    world.set_value(service, &tree, "SD", binary());
    world.set_value(service, &tree, "Id", text(&guid));
    world.set_value(service, &tree, "Index", RegistryData::Dword(index));
    world.create_own_key(service, &format!(r"{CACHE}\{folder}\{guid}"));
    let rest = [
        ("Schema", RegistryData::Dword(0x0001_0002)),
        ("Date", text(&date)),
        ("Author", text(author)),
        ("URI", text(path)),
        ("Triggers", binary()),
        ("Actions", binary()),
        ("DynamicInfo", binary()),
    ];
    for (name, data) in rest {
        world.set_value(service, &task, name, data);
    }
}

/// Deletes a task; says whether it may have been there.
pub fn delete(world: &mut World, path: &str) -> bool {
    let path = format!(r"\{}", path.trim_matches('\\'));
    let service = world.task_scheduler();
    let tree = format!(r"{CACHE}\Tree{path}");
    if let Some(Some(RegistryData::Text(guid))) = world.registry_value(&tree, "Id") {
        let task = format!(r"{CACHE}\Tasks\{guid}");
        world.delete_key(&service, &task);
    }
    world.delete_key(&service, &tree);
    world.delete_file(&service, &file_of(&path))
}

/// Starts a task that was registered here: as a child of the task scheduler. Says
/// whether it is known.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run(world: &mut World, caller: &Context, path: &str) -> Result<bool, Exhausted> {
    let path = format!(r"\{}", path.trim_matches('\\'));
    let Content::Text(xml) = world.content(&file_of(&path)) else {
        world.assume(format!("what the task {path} does leaves nothing"));
        return Ok(false);
    };
    let is_highest = xml.contains("HighestAvailable");
    let runs_as_system =
        task_xml::element(&xml, "UserId").is_some_and(|user| is_system_name(&user));
    let user = (
        Arc::clone(&caller.process.account),
        Arc::clone(&caller.process.logon),
    );
    let (account, integrity) = match (runs_as_system, is_highest) {
        (true, _) => (World::system_account(), Integrity::System),
        (false, true) => (user, Integrity::High),
        (false, false) => (user, Integrity::Medium),
    };
    let task = task_from(&path, xml, &account.0);
    let service = world.task_scheduler();
    let context = Context {
        process: service,
        directory: r"C:\WINDOWS\system32".to_owned(),
        environment: caller.environment.clone(),
    };
    let program = task.command.trim_matches('"').to_owned();
    let quoted = if program.contains(' ') {
        format!("\"{program}\"")
    } else {
        program.clone()
    };
    let line = match &task.arguments {
        Some(arguments) => format!("{quoted} {arguments}"),
        None => format!("{quoted} "),
    };
    let invocation = Invocation {
        account: Some(account),
        integrity: Some(integrity),
        window: Window::Own,
        task: Some(task),
        ..Invocation::of_line(program, line)
    };
    starting::run(world, &context, &invocation)?;
    Ok(true)
}

/// `schtasks /create`.
pub fn create(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    if is_elsewhere(world, running) {
        return Ok(Some(Finished::well()));
    }
    let arguments = &running.arguments;
    let process = &running.context.process;
    let xml = match arguments.option("xml") {
        Some(file) => {
            let path = full_path(running.context, file);
            let Content::Text(text) = world.content(&path) else {
                super::script::not_interpreted(world, running)?;
                return Ok(Some(Finished::well()));
            };
            Some(text)
        }
        None => None,
    };
    let (Some(path), true) = (arguments.option("tn"), xml.is_some() || arguments.has("tr")) else {
        return Ok(Some(Finished::with(1)));
    };
    let (command, rest) = split_action(arguments.option("tr").unwrap_or_default());
    let task = NewTask {
        path: path.to_owned(),
        command,
        arguments: rest,
        trigger: task_xml::trigger_of(
            arguments.option("sc").unwrap_or("once"),
            arguments.option("mo"),
        ),
        user: arguments.option("ru").map(str::to_owned),
        is_highest: arguments
            .option("rl")
            .is_some_and(|level| level.eq_ignore_ascii_case("highest")),
        xml,
    };
    register(world, process, &task);
    let said = format!(
        "SUCCESS: The scheduled task \"{}\" has successfully been created.\r\n",
        task.path.trim_matches('\\')
    );
    Ok(Some(Finished::said(said)))
}

/// Whether `/s` names another host: its tasks leave their traces there, and here only
/// the connection.
fn is_elsewhere(world: &mut World, running: &Running<'_>) -> bool {
    let Some(host) = running.arguments.option("s").map(str::to_owned) else {
        return false;
    };
    if super::wmi::is_here(world, &host) {
        return false;
    }
    let process = &running.context.process;
    world.connect(process, &host, 135, crate::activity::Protocol::Tcp);
    true
}

/// What `/tr` runs, and its arguments: parted at the first blank outside quotation
/// marks.
fn split_action(action: &str) -> (String, Option<String>) {
    let action = action.trim();
    let mark = action
        .chars()
        .next()
        .filter(|sign| matches!(sign, '"' | '\''));
    let (command, rest) = match mark {
        Some(mark) => {
            let inside = action.strip_prefix(mark).unwrap_or(action);
            inside.split_once(mark).unwrap_or((inside, ""))
        }
        None => action.split_once(' ').unwrap_or((action, "")),
    };
    let rest = rest.trim();
    (
        command.to_owned(),
        (!rest.is_empty()).then(|| rest.to_owned()),
    )
}

/// `schtasks /delete`.
pub fn remove(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    if is_elsewhere(world, running) {
        return Ok(Some(Finished::well()));
    }
    let Some(path) = running.arguments.option("tn").map(str::to_owned) else {
        return Ok(Some(Finished::with(1)));
    };
    let was_there = delete(world, &path);
    Ok(Some(Finished::with(i32::from(!was_there))))
}

/// `schtasks /run`.
pub fn start(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    if is_elsewhere(world, running) {
        return Ok(Some(Finished::well()));
    }
    if let Some(path) = running.arguments.option("tn").map(str::to_owned) {
        run(world, running.context, &path)?;
    }
    Ok(Some(Finished::well()))
}
