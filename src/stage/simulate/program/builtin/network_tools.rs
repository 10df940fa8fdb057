//! Programs that fetch and connect: `curl`, `ssh`, `bitsadmin`, and `msiexec`.

use std::sync::Arc;

use super::super::carry_out::Running;
use super::super::paths::{full_path, name_of};
use super::super::{Invocation, Window, start as starting};
use super::transfer::download;
use crate::activity::{Integrity, Protocol};
use crate::stage::simulate::world::{CommandOutcome, Context, Exhausted, Finished, World};

/// Letters of `curl` that take a value.
const CURL_LETTERS: &str = "oHdXuAexbcTFKDmUrEyYzwQPCt";
/// Long options of `curl` that take a value.
const CURL_LONG: &[&str] = &[
    "output",
    "header",
    "data",
    "request",
    "user",
    "user-agent",
    "referer",
    "proxy",
    "cookie",
    "cookie-jar",
    "upload-file",
    "form",
    "config",
    "dump-header",
    "max-time",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "connect-timeout",
    "output-dir",
    "write-out",
    "cacert",
    "cert",
    "key",
    "retry",
    "resolve",
    "url",
    "range",
    "json",
    "interface",
];

/// `curl`: fetches each address, to a file where one is named.
pub fn curl(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let mut urls = Vec::new();
    let mut outputs = Vec::new();
    let mut by_own_name = false;
    let mut folder = None;
    let mut rest = running.arguments.all.iter();
    while let Some(argument) = rest.next() {
        if let Some(long) = argument.strip_prefix("--") {
            by_own_name |= matches!(long, "remote-name" | "remote-name-all");
            if CURL_LONG.contains(&long) {
                let value = rest.next().cloned().unwrap_or_default();
                match long {
                    "output" => outputs.push(value),
                    "output-dir" => folder = Some(value),
                    "url" => urls.push(value),
                    _ => {}
                }
            }
        } else if let Some(letters) = argument.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            for (at, letter) in letters.char_indices() {
                by_own_name |= letter == 'O';
                if CURL_LETTERS.contains(letter) {
                    let inside = letters.get(at + letter.len_utf8()..).unwrap_or_default();
                    let value = if inside.is_empty() {
                        rest.next().cloned().unwrap_or_default()
                    } else {
                        inside.to_owned()
                    };
                    if letter == 'o' {
                        outputs.push(value);
                    }
                    break;
                }
            }
        } else {
            urls.push(argument.clone());
        }
    }
    let process = Arc::clone(&running.context.process);
    let mut came = true;
    for (at, url) in urls.iter().enumerate() {
        world.budget.step()?;
        let own_name = name_of(url.split(['?', '#']).next().unwrap_or(url));
        let target = match outputs.get(at) {
            Some(output) => Some(output.as_str()),
            None => by_own_name.then_some(own_name),
        };
        came &= match target.filter(|target| !matches!(*target, "-" | "NUL" | "nul" | "")) {
            Some(target) => {
                let path = match &folder {
                    Some(folder) => full_path(running.context, &format!(r"{folder}\{target}")),
                    None => full_path(running.context, target),
                };
                download(world, &process, url, &path)
            }
            None => world.fetch(&process, url),
        };
    }
    // 6 is what it says of a name that cannot be resolved.
    Ok(Some(Finished::with(if came { 0 } else { 6 })))
}

/// Letters of `ssh` that take a value.
const SSH_LETTERS: &str = "BbcDEeFIiJLlmOopQRSWw";

/// `ssh`: connects to the host that is named.
pub fn ssh(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let mut port = 22_u16;
    let mut rest = running.arguments.all.iter();
    while let Some(argument) = rest.next() {
        if let Some(letters) = argument.strip_prefix('-') {
            if let Some(last) = letters.chars().last()
                && SSH_LETTERS.contains(last)
            {
                let value = rest.next();
                if matches!(last, 'p' | 'P') {
                    port = value.and_then(|port| port.parse().ok()).unwrap_or(22);
                }
            }
            continue;
        }
        let target = argument.rsplit('@').next().unwrap_or(argument);
        let target = target.strip_prefix("ssh://").unwrap_or(target);
        let host = target.split([':', '/']).next().unwrap_or(target).to_owned();
        if running.model.name == "scp.exe" && !argument.contains(':') {
            continue;
        }
        let came = world.connect(&running.context.process, &host, port, Protocol::Tcp);
        return Ok(Some(Finished::with(if came { 0 } else { 255 })));
    }
    Ok(None)
}

/// `bitsadmin /transfer`: pairs of an address and a file, which the service `BITS`
/// fetches.
pub fn bits(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    let words: Vec<String> = running
        .arguments
        .words
        .iter()
        .map(|(_, word)| word.clone())
        .skip_while(|word| !word.contains("://"))
        .collect();
    let service = world.system_process(
        r"C:\Windows\System32\svchost.exe",
        r"C:\WINDOWS\System32\svchost.exe -k netsvcs -p -s BITS",
    );
    for pair in words.chunks(2) {
        world.budget.step()?;
        if let [url, path] = pair {
            let path = full_path(running.context, path);
            download(world, &service, url, &path);
        }
    }
    Ok(Some(Finished::well()))
}

/// The package that `msiexec` is given.
fn package_of(running: &Running<'_>) -> Option<String> {
    let all = running.arguments.all.iter();
    all.map(|part| part.trim_matches('"'))
        .find(|part| part.contains("://") || part.to_ascii_lowercase().contains(".msi"))
        .map(|part| {
            let at = part.find("http").unwrap_or(0);
            part.get(at..).unwrap_or(part).to_owned()
        })
}

/// `msiexec` with an address: its service fetches the package.
pub fn msi_fetch(world: &mut World, running: &Running<'_>) -> Result<Option<Finished>, Exhausted> {
    if let Some(url) = package_of(running) {
        let service = msi_process(world, running)?;
        let path = format!(
            r"C:\Windows\Installer\MSI{}.tmp",
            world.numbers.hex(4).to_uppercase()
        );
        download(world, &service, &url, &path);
    }
    world.note_outcome(CommandOutcome::OnlyStarted);
    Ok(Some(Finished::well()))
}

/// `msiexec` with a package: its service is started; what the package holds is not
/// known.
pub fn msi_service(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    msi_process(world, running)?;
    world.assume("what the package does is not known");
    world.note_outcome(CommandOutcome::OnlyStarted);
    Ok(Some(Finished::well()))
}

/// Starts the installer's service, which the service manager does on demand.
fn msi_process(
    world: &mut World,
    running: &Running<'_>,
) -> Result<Arc<crate::activity::Process>, Exhausted> {
    let line = r"C:\WINDOWS\system32\msiexec.exe /V";
    let context = Context {
        process: world.service_manager(),
        directory: r"C:\WINDOWS\system32".to_owned(),
        environment: running.context.environment.clone(),
    };
    let invocation = Invocation {
        account: Some(World::system_account()),
        integrity: Some(Integrity::System),
        window: Window::Shared,
        ..Invocation::of_line(r"C:\Windows\System32\msiexec.exe", line)
    };
    starting::run(world, &context, &invocation)?;
    let started = world.activities().iter().rev().find_map(|traced| {
        let process = traced.activity.process.as_ref()?;
        (process.command_line == line).then(|| Arc::clone(process))
    });
    Ok(started.unwrap_or_else(|| Arc::clone(&running.context.process)))
}

/// A program whose arguments are understood, and what they cause is not.
pub fn only_started(
    world: &mut World,
    _running: &Running<'_>,
) -> Result<Option<Finished>, Exhausted> {
    world.note_outcome(CommandOutcome::OnlyStarted);
    Ok(None)
}
