//! Programs that say what the host and its user are.

use std::time::Duration;

use super::options::Options;
use super::{Done, Job};
use crate::stage::simulate::world::{Content, Finished, KEY_SIGNS, Presence};

/// Carries out a program that tells of the host; `None` if it is none.
pub(super) fn run(job: &mut Job<'_>, name: &str) -> Done {
    let options = Options::parse(job.arguments, "d t b f C N date");
    let account = &job.context.process.account;
    Ok(Some(match name {
        "id" => id(job, &options),
        "whoami" => Finished::said(format!("{}\n", account.name)),
        "logname" => Finished::said(format!("{}\n", account.name)),
        "hostname" => {
            let Some(host) = &job.world.profile.host else {
                return Ok(Some(Finished::well()));
            };
            let text = if options.has(&["f", "fqdn", "A"]) {
                format!("{}.{}", host.name, host.domain)
            } else if options.has(&["I", "i"]) {
                host.address.to_string()
            } else if options.has(&["d"]) {
                host.domain.clone()
            } else {
                host.name.clone()
            };
            Finished::said(text + "\n")
        }
        "uname" => uname(job, &options),
        "arch" => Finished::said("x86_64\n"),
        "nproc" => Finished::said("2\n"),
        "pwd" => Finished::said(format!("{}\n", job.context.directory)),
        "date" => date(job, &options),
        "sleep" | "usleep" => {
            for time in &options.operands {
                if let Some(time) = seconds(time) {
                    job.world.pass(time);
                }
            }
            Finished::said("")
        }
        "which" => {
            let mut text = String::new();
            let mut is_well = !options.operands.is_empty();
            for program in &options.operands {
                let path = if program.contains('/') {
                    job.path(program)
                } else {
                    format!("/usr/bin/{program}")
                };
                match job.world.presence(&path) {
                    Presence::Absent => is_well = false,
                    Presence::There => text.push_str(&format!("{path}\n")),
                    Presence::Unknown => {
                        job.world.assume(format!("`{program}` is installed"));
                        text.push_str(&format!("{path}\n"));
                    }
                }
            }
            super::wrote(Some(text), is_well)
        }
        "printenv" => {
            let environment = &job.context.environment;
            match options.operands.first() {
                Some(name) => match environment.get(name) {
                    Some(value) => Finished::said(format!("{value}\n")),
                    None => super::wrote(Some(String::new()), false),
                },
                None => Finished::said(all_variables(job)),
            }
        }
        // They show what the host is, and change nothing.
        "ls" | "dir" | "stat" | "file" | "ps" | "top" | "df" | "du" | "free" | "uptime" | "w"
        | "who" | "last" | "lastlog" | "lsmod" | "dmesg" | "lscpu" | "lspci" | "lsusb"
        | "lsblk" | "ifconfig" | "ss" | "netstat" | "arp" | "lsof" | "groups" | "tree"
        | "md5sum" | "sha1sum" | "sha256sum" | "readlink" | "realpath" | "locale" => {
            Finished::well()
        }
        "pgrep" | "pidof" | "getent" | "cmp" | "diff" => {
            job.world
                .assume(format!("whether `{name}` finds anything is not known"));
            Finished::well()
        }
        "ssh-keygen" => return Ok(Some(key_pair(job, &options))),
        _ => return Ok(None),
    }))
}

/// Every variable of the environment, a line each.
pub(super) fn all_variables(job: &Job<'_>) -> String {
    let mut text = String::new();
    for (name, value) in job.context.environment.iter() {
        text.push_str(&format!("{name}={value}\n"));
    }
    text
}

fn id(job: &Job<'_>, options: &Options) -> Finished {
    let account = &job.context.process.account;
    if options
        .operands
        .first()
        .is_some_and(|name| *name != account.name)
    {
        return Finished::well();
    }
    let (number, name) = (&account.sid, &account.name);
    let text = if options.has(&["u", "user", "g", "group", "G", "groups"]) {
        let shown = if options.has(&["n", "name"]) {
            name
        } else {
            number
        };
        format!("{shown}\n")
    } else {
        format!("uid={number}({name}) gid={number}({name}) groups={number}({name})\n")
    };
    Finished::said(text)
}

fn uname(job: &Job<'_>, options: &Options) -> Finished {
    let Some(host) = &job.world.profile.host else {
        return Finished::well();
    };
    let system = match host.platform.as_str() {
        "macos" => "Darwin",
        _ => "Linux",
    };
    if options.has(&["a", "all", "v", "kernel-version"]) {
        // The kernel's version holds when it was built, which nobody knows.
        return Finished::well();
    }
    let mut words = Vec::new();
    let known = [
        (["s", "kernel-name"], system),
        (["n", "nodename"], host.name.as_str()),
        (["r", "kernel-release"], host.build.as_str()),
        (["m", "machine"], "x86_64"),
        (["o", "operating-system"], "GNU/Linux"),
    ];
    for (names, value) in known {
        if options.has(&names) {
            words.push(value);
        }
    }
    if words.is_empty() {
        words.push(system);
    }
    Finished::said(words.join(" ") + "\n")
}

fn date(job: &Job<'_>, options: &Options) -> Finished {
    if options.has(&["d", "date", "s", "r", "f"]) {
        return Finished::well();
    }
    let format = match options.operands.first() {
        Some(format) => match format.strip_prefix('+') {
            Some(format) => format.to_owned(),
            None => return Finished::well(),
        },
        None => "%a %b %e %H:%M:%S %Z %Y".to_owned(),
    };
    let zone = job
        .world
        .profile
        .host
        .as_ref()
        .map(|host| host.time_zone.as_str());
    let zone = match zone {
        Some(zone) if !options.has(&["u", "utc"]) => jiff::tz::TimeZone::get(zone).ok(),
        _ => None,
    };
    let now = job
        .world
        .now()
        .to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC));
    let format = format.replace("%N", &format!("{:09}", now.subsec_nanosecond()));
    match jiff::fmt::strtime::format(format.as_bytes(), &now) {
        Ok(text) => Finished::said(text + "\n"),
        Err(_) => Finished::well(),
    }
}

/// How long a text such as `1.5m` is; at most a day.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let (digits, factor) = match text.chars().last()? {
        'm' => (text.trim_end_matches('m'), 60.0),
        'h' => (text.trim_end_matches('h'), 3_600.0),
        'd' => (text.trim_end_matches('d'), 86_400.0),
        _ => (text.trim_end_matches('s'), 1.0),
    };
    let seconds = digits.parse::<f64>().ok()? * factor;
    Duration::try_from_secs_f64(seconds.clamp(0.0, 86_400.0)).ok()
}

/// `ssh-keygen -f FILE`: the two halves of a key pair, whose text stands for a key and
/// is none.
fn key_pair(job: &mut Job<'_>, options: &Options) -> Finished {
    if options.has(&["y", "l", "R", "F", "H", "A"]) {
        return Finished::well();
    }
    let kind = options.value(&["t"]).unwrap_or("ed25519").to_owned();
    let home = job.context.environment.get("HOME").unwrap_or("/root");
    let default = format!("{home}/.ssh/id_{kind}");
    let path = options.value(&["f"]).map_or(default, str::to_owned);
    let path = job.path(&path);
    let comment = options.value(&["C"]).unwrap_or_default().to_owned();
    let numbers = &mut job.world.numbers;
    let public = match kind.as_str() {
        "rsa" => format!(
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{}",
            numbers.pick(43, KEY_SIGNS)
        ),
        "ecdsa" => format!(
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY{}",
            numbers.pick(43, KEY_SIGNS)
        ),
        _ => numbers.ed25519_line(),
    };
    let process = std::sync::Arc::clone(&job.context.process);
    job.world.write_file(&process, &path, Content::Unknown);
    let public = format!("{public} {comment}");
    let public = Content::Text(public.trim_end().to_owned() + "\n");
    job.world
        .write_file(&process, &format!("{path}.pub"), public);
    if options.has(&["q"]) {
        Finished::said("")
    } else {
        Finished::well()
    }
}
