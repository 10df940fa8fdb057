//! Programs that make, move, and delete files.

use std::sync::Arc;

use super::options::Options;
use super::{Done, Job};
use crate::stage::simulate::world::{Content, Finished, Presence};

/// Carries out a program for files; `None` if it is none.
pub(super) fn run(job: &mut Job<'_>, name: &str) -> Done {
    let with_value = match name {
        "mktemp" => "p suffix tmpdir",
        "touch" => "d t r date reference",
        "mkdir" => "m mode",
        "truncate" => "s size r reference",
        "cp" | "mv" | "ln" | "install" => "t m o g S target-directory mode owner group suffix",
        "shred" => "n s iterations size",
        _ => "",
    };
    let options = Options::parse(job.arguments, with_value);
    Ok(Some(match name {
        "rm" | "unlink" => remove(job, &options),
        "rmdir" => Finished::said(""),
        "mkdir" => {
            let mut is_well = true;
            for path in &options.operands {
                let path = job.path(path);
                if options.has(&["p", "parents"]) || job.world.presence(&path) != Presence::There {
                    job.world.make_folder(&path);
                } else {
                    is_well = false;
                }
            }
            super::wrote(Some(String::new()), is_well)
        }
        "touch" => {
            for path in &options.operands {
                let path = job.path(path);
                if job.world.presence(&path) != Presence::There {
                    write(job, &path, Content::Text(String::new()));
                }
            }
            Finished::said("")
        }
        "truncate" => {
            let size = options.value(&["s", "size"]).unwrap_or_default();
            for path in &options.operands {
                let path = job.path(path);
                let content = if size == "0" {
                    Content::Text(String::new())
                } else {
                    Content::Unknown
                };
                write(job, &path, content);
            }
            Finished::said("")
        }
        "cp" | "install" if !options.has(&["d"]) || name == "cp" => copy(job, &options, Way::Copy),
        "mv" => copy(job, &options, Way::Move),
        "ln" => copy(job, &options, Way::Link),
        "chmod" | "chown" | "chgrp" | "chattr" | "setfacl" => Finished::said(""),
        "mktemp" => temporary(job, &options),
        "shred" => {
            for path in &options.operands {
                let path = job.path(path);
                write(job, &path, Content::Unknown);
                if options.has(&["u", "remove"]) {
                    let process = Arc::clone(&job.context.process);
                    job.world.delete_file(&process, &path);
                }
            }
            Finished::said("")
        }
        "dd" => {
            let value = |name: &str| {
                let given = job.arguments.iter();
                given
                    .filter_map(|argument| argument.strip_prefix(name))
                    .next_back()
            };
            let source = value("if=").map(str::to_owned);
            match value("of=").map(str::to_owned) {
                Some(target) if !target.starts_with("/dev/") => {
                    let content = match source {
                        Some(source) if !source.starts_with("/dev/") => {
                            let source = job.path(&source);
                            job.world.content(&source)
                        }
                        _ => Content::Unknown,
                    };
                    let target = job.path(&target);
                    write(job, &target, content);
                }
                _ => {}
            }
            Finished::well()
        }
        "find" => super::find::run(job)?,
        _ => return Ok(None),
    }))
}

fn write(job: &mut Job<'_>, path: &str, content: Content) {
    job.world.write_file(&job.context.process, path, content);
}

fn remove(job: &mut Job<'_>, options: &Options) -> Finished {
    let is_recursive = options.has(&["r", "R", "recursive"]);
    let is_forced = options.has(&["f", "force"]);
    let mut is_well = true;
    let process = Arc::clone(&job.context.process);
    for path in &options.operands {
        let path = job.path(path);
        if is_recursive {
            let below = job.world.files_below(&path);
            let is_folder = job.world.is_folder(&path);
            for file in below {
                job.world.delete_file(&process, &file);
            }
            if is_folder {
                continue;
            }
        }
        if job.world.presence(&path) == Presence::Unknown {
            if is_forced && path.starts_with("/tmp/") {
                // There is what a script put there.
                continue;
            }
            job.world.assume(format!("`{path}` is there"));
        }
        is_well &= job.world.delete_file(&process, &path);
    }
    super::wrote(Some(String::new()), is_well || is_forced)
}

/// What becomes of the file that is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Copy,
    Move,
    Link,
}

fn copy(job: &mut Job<'_>, options: &Options, way: Way) -> Finished {
    let mut sources = options.operands.clone();
    let target = options.value(&["t", "target-directory"]).map(str::to_owned);
    let Some(target) = target.or_else(|| sources.pop()) else {
        return Finished::with(1);
    };
    let place = job.path(&target);
    let is_folder = sources.len() > 1
        || target.ends_with('/')
        || matches!(target.as_str(), "." | "..")
        || job.world.is_folder(&place)
        || matches!(
            place.as_str(),
            "/tmp" | "/etc" | "/usr/bin" | "/usr/local/bin" | "/opt"
        );
    let process = Arc::clone(&job.context.process);
    let mut is_well = !sources.is_empty();
    for source in &sources {
        let from = job.path(source);
        if job.world.presence(&from) == Presence::Absent {
            is_well = false;
            continue;
        }
        let name = from.rsplit('/').next().unwrap_or_default();
        let to = if is_folder {
            format!("{}/{name}", place.trim_end_matches('/'))
        } else {
            place.clone()
        };
        if way == Way::Link {
            // A link is no file of its own that a sensor logs.
            continue;
        }
        let below = job.world.files_below(&from);
        if below.is_empty() {
            if job.world.presence(&from) == Presence::Unknown {
                job.world.assume(format!("`{from}` is there"));
            }
            let content = job.world.content(&from);
            write(job, &to, content);
            if way == Way::Move {
                job.world.delete_file(&process, &from);
            }
            continue;
        }
        for file in below {
            let rest = file.strip_prefix(&from).unwrap_or_default().to_owned();
            let content = job.world.content(&file);
            write(job, &format!("{to}{rest}"), content);
            if way == Way::Move {
                job.world.delete_file(&process, &file);
            }
        }
    }
    super::wrote(Some(String::new()), is_well)
}

fn temporary(job: &mut Job<'_>, options: &Options) -> Finished {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let folder = options.value(&["p", "tmpdir"]).unwrap_or("/tmp").to_owned();
    let template = match options.operands.first() {
        Some(template) if options.has(&["p", "t", "tmpdir"]) => format!("{folder}/{template}"),
        Some(template) => template.clone(),
        None => format!("{folder}/tmp.XXXXXXXXXX"),
    };
    let stem = template.trim_end_matches('X');
    let count = template.len() - stem.len();
    if count < 3 {
        return Finished::with(1);
    }
    let suffix = options.value(&["suffix"]).unwrap_or_default();
    let name = format!(
        "{stem}{}{suffix}",
        job.world.numbers.pick(count.min(60), LETTERS)
    );
    let path = job.path(&name);
    if options.has(&["d", "directory"]) {
        job.world.make_folder(&path);
    } else if !options.has(&["u", "dry-run"]) {
        write(job, &path, Content::Text(String::new()));
    }
    Finished::said(format!("{name}\n"))
}
