//! Services: `sc.exe`, and what others install and start.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::{Invocation, Window, resolve, start as starting};
use crate::activity::{ActivityKind, Integrity, Process, RegistryData, Service};
use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

/// The key that holds the services.
const SERVICES: &str = r"HKLM\System\CurrentControlSet\Services";

/// Installs a service in a process's name: the service manager writes its key.
pub fn install(
    world: &mut World,
    process: &Arc<Process>,
    service: &Service,
    display_name: Option<&str>,
) {
    let manager = world.service_manager();
    let key = format!(r"{SERVICES}\{}", service.name);
    world.create_own_key(&manager, &key);
    let is_driver = service.kind.contains("driver");
    let mut values = vec![
        ("Type", RegistryData::Dword(if is_driver { 1 } else { 16 })),
        ("Start", RegistryData::Dword(start_number(&service.start))),
        ("ErrorControl", RegistryData::Dword(1)),
        (
            "ImagePath",
            RegistryData::ExpandText(service.image_path.clone()),
        ),
    ];
    if let Some(name) = display_name {
        values.push(("DisplayName", RegistryData::Text(name.to_owned())));
    }
    if !is_driver {
        values.push(("ObjectName", RegistryData::Text(service.account.clone())));
    }
    for (name, data) in values {
        world.set_value(&manager, &key, name, data);
    }
    world.happen(
        Some(process),
        ActivityKind::ServiceInstalled(service.clone()),
    );
}

fn start_number(start: &str) -> u32 {
    match start {
        "boot start" => 0,
        "system start" => 1,
        "auto start" => 2,
        "disabled" => 4,
        _ => 3,
    }
}

/// The words of the service manager for those of `sc.exe` and PowerShell.
fn start_words(start: &str) -> &'static str {
    match start.to_ascii_lowercase().as_str() {
        "auto" | "delayed-auto" | "automatic" | "auto start" => "auto start",
        "boot" | "boot start" => "boot start",
        "system" | "system start" => "system start",
        "disabled" => "disabled",
        _ => "demand start",
    }
}

/// Starts a service, if what it runs is known: as a child of the service manager, as
/// the system. Says whether it came about.
///
/// # Errors
/// The simulation's budget is spent.
pub fn start(world: &mut World, caller: &Context, name: &str) -> Result<bool, Exhausted> {
    let key = format!(r"{SERVICES}\{name}");
    let line = match world.registry_value(&key, "ImagePath") {
        Some(Some(RegistryData::ExpandText(line) | RegistryData::Text(line))) => line.clone(),
        Some(None) => return Ok(false),
        _ => {
            world.assume(format!("the service {name} runs already"));
            return Ok(true);
        }
    };
    if line.to_ascii_lowercase().ends_with(".sys") {
        return Ok(true);
    }
    let manager = world.service_manager();
    let context = Context {
        process: manager,
        directory: r"C:\WINDOWS\system32".to_owned(),
        environment: caller.environment.clone(),
    };
    let program = resolve::program_of(world, &context, &line);
    let invocation = Invocation {
        account: Some(World::system_account()),
        integrity: Some(Integrity::System),
        window: Window::Shared,
        ..Invocation::of_line(program, line)
    };
    starting::run(world, &context, &invocation)?;
    Ok(true)
}

/// The words of `sc.exe` after the name of another host.
fn words<'r>(running: &'r Running<'_>) -> Vec<&'r str> {
    let all = running.arguments.all.iter().map(String::as_str);
    all.skip_while(|word| word.starts_with(r"\\")).collect()
}

/// The value after an option that ends with an equals sign.
fn setting<'w>(words: &[&'w str], name: &str) -> Option<&'w str> {
    let with_sign = format!("{name}=");
    for (at, word) in words.iter().enumerate() {
        let lower = word.to_ascii_lowercase();
        if lower == with_sign {
            return words.get(at + 1).copied();
        }
        if lower.starts_with(&with_sign) {
            return word.get(with_sign.len()..);
        }
    }
    None
}

/// `sc create`.
pub fn create(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let words = words(running);
    let (Some(name), Some(image)) = (words.get(1), setting(&words, "binpath")) else {
        return Ok(Some(Finished::with(1639)));
    };
    let is_driver = matches!(setting(&words, "type"), Some("kernel" | "filesys"));
    let service = Service {
        name: (*name).to_owned(),
        image_path: image.to_owned(),
        kind: if is_driver {
            "kernel mode driver".to_owned()
        } else {
            "user mode service".to_owned()
        },
        start: start_words(setting(&words, "start").unwrap_or("demand")).to_owned(),
        account: match setting(&words, "obj") {
            _ if is_driver => String::new(),
            Some(account) => account.to_owned(),
            None => "LocalSystem".to_owned(),
        },
    };
    let shown = setting(&words, "displayname");
    install(world, &running.context.process, &service, shown);
    Ok(Some(Finished::said("[SC] CreateService SUCCESS\r\n")))
}

/// `sc config`, `sc failure`, and `sc sdset`.
pub fn config(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let words = words(running);
    let Some(name) = words.get(1) else {
        return Ok(Some(Finished::with(1639)));
    };
    let key = format!(r"{SERVICES}\{name}");
    let manager = world.service_manager();
    let mut values = Vec::new();
    if let Some(image) = setting(&words, "binpath") {
        values.push(("ImagePath", RegistryData::ExpandText(image.to_owned())));
    }
    if let Some(start) = setting(&words, "start") {
        let number = start_number(start_words(start));
        values.push(("Start", RegistryData::Dword(number)));
    }
    if let Some(account) = setting(&words, "obj") {
        values.push(("ObjectName", RegistryData::Text(account.to_owned())));
    }
    if let Some(command) = setting(&words, "command") {
        values.push(("FailureCommand", RegistryData::Text(command.to_owned())));
    }
    if words
        .first()
        .is_some_and(|word| word.eq_ignore_ascii_case("sdset"))
    {
        let security = format!(r"{key}\Security");
        let data = RegistryData::Binary(vec![0]);
        world.set_value(&manager, &security, "Security", data);
    }
    for (value, data) in values {
        world.set_value(&manager, &key, value, data);
    }
    Ok(Some(Finished::well()))
}

/// `sc start` and `net start`.
pub fn start_named(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    let words = words(running);
    let Some(name) = words.get(1) else {
        return Ok(None);
    };
    let came = start(world, running.context, name)?;
    Ok(Some(Finished::with(if came { 0 } else { 1060 })))
}

/// `sc delete`.
pub fn delete(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let words = words(running);
    let Some(name) = words.get(1) else {
        return Ok(None);
    };
    let manager = world.service_manager();
    let was_there = world.delete_key(&manager, &format!(r"{SERVICES}\{name}"));
    Ok(Some(Finished::with(if was_there { 0 } else { 1060 })))
}

/// What AnyDesk's installation registers.
pub fn anydesk(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let folder = running.arguments.option("install").unwrap_or_default();
    let image = format!(
        "\"{}\\AnyDesk.exe\" --service",
        folder.trim_end_matches('\\')
    );
    own_service(world, running, "AnyDesk", "AnyDesk Service", image)
}

/// What `tvnserver -install` registers.
pub fn tightvnc(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let image = format!("\"{}\" -service", running.image);
    own_service(world, running, "tvnserver", "TightVNC Server", image)
}

fn own_service(
    world: &mut World,
    running: &Running<'_>,
    name: &str,
    shown: &str,
    image_path: String,
) -> Result<Option<Finished>, Exhausted> {
    let service = Service {
        name: name.to_owned(),
        image_path,
        kind: "user mode service".to_owned(),
        start: "auto start".to_owned(),
        account: "LocalSystem".to_owned(),
    };
    install(world, &running.context.process, &service, Some(shown));
    Ok(None)
}
