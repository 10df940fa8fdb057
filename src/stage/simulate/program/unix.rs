//! Starting programs on a host with Linux.

use super::paths::name_of;
use super::{Invocation, cloud, linux};
use crate::stage::simulate::shell::posix;
use crate::stage::simulate::world::{
    CommandOutcome, Content, Context, Exhausted, Finished, Start, World,
};

/// Programs that are not in `/usr/bin`.
const ELSEWHERE: &[(&str, &str)] = &[
    ("aws", "/usr/local/bin/aws"),
    (
        "session-manager-plugin",
        "/usr/local/sessionmanagerplugin/bin/session-manager-plugin",
    ),
    ("iptables", "/usr/sbin/iptables"),
    ("useradd", "/usr/sbin/useradd"),
    ("usermod", "/usr/sbin/usermod"),
    ("userdel", "/usr/sbin/userdel"),
    ("groupadd", "/usr/sbin/groupadd"),
    ("insmod", "/usr/sbin/insmod"),
    ("modprobe", "/usr/sbin/modprobe"),
    ("sysctl", "/usr/sbin/sysctl"),
    ("service", "/usr/sbin/service"),
    ("auditctl", "/usr/sbin/auditctl"),
    ("tcpdump", "/usr/bin/tcpdump"),
    ("ip", "/usr/sbin/ip"),
    ("ifconfig", "/usr/sbin/ifconfig"),
];

/// The full path of a program of Linux.
pub fn resolve(caller: &Context, name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    if name.contains('/') {
        let name = name.strip_prefix("./").unwrap_or(name);
        return format!("{}/{name}", caller.directory.trim_end_matches('/'));
    }
    let elsewhere = ELSEWHERE.iter().find(|(known, _)| *known == name);
    elsewhere.map_or_else(
        || format!("/usr/bin/{name}"),
        |(_, path)| (*path).to_owned(),
    )
}

/// Starts a program as a child of the context's process, and does what it does.
pub fn run(
    world: &mut World,
    caller: &Context,
    invocation: &Invocation,
    image: &str,
) -> Result<Finished, Exhausted> {
    let directory = invocation
        .directory
        .clone()
        .unwrap_or_else(|| caller.directory.clone());
    let process = world.start_process(
        &caller.process,
        Start {
            image: image.to_owned(),
            command_line: invocation.command_line.clone(),
            directory: directory.clone(),
            ..Start::default()
        },
    );
    let mut context = Context {
        process,
        directory,
        environment: caller.environment.clone(),
    };
    let arguments = &invocation.arguments;
    let input = invocation.input.as_deref();
    let name = name_of(image).to_owned();
    let finished = match name.as_str() {
        "aws" => cloud::aws(world, &context, arguments)?,
        "az" => cloud::az(world, &context, arguments)?,
        _ => match linux::run(world, &context, &name, arguments, input)? {
            Some(finished) => finished,
            None => unknown(world, &mut context, image, arguments)?,
        },
    };
    if let Some(code) = finished.exit_code {
        world.end_process(&context.process, code);
    }
    Ok(finished)
}

/// A script is carried out where its text is known; else the program only starts.
fn unknown(
    world: &mut World,
    context: &mut Context,
    image: &str,
    arguments: &[String],
) -> Result<Finished, Exhausted> {
    match world.content(image) {
        Content::Text(text) => posix::run(world, context, &text, arguments, None),
        _ => {
            world.note_outcome(CommandOutcome::OnlyStarted);
            Ok(Finished::well())
        }
    }
}
