//! What `/proc` tells of a process.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use nix::unistd::Pid;

/// The most bytes of arguments, or of an environment, that are read.
const MOST: u64 = 256 << 10;

/// Parts of `/proc/<pid>/status`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Status {
    pub(super) process: i32,
    pub(super) user: u32,
    pub(super) effective_user: u32,
    pub(super) group: u32,
}

/// A list that may have been cut off.
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    pub(super) is_cut: bool,
}

pub(super) fn status(task: Pid) -> io::Result<Status> {
    let text = read_bounded(&format!("/proc/{task}/status"), 16 << 10)?;
    let text = String::from_utf8_lossy(&text);
    let mut status = Status::default();
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("Tgid:") => status.process = parsed(words.next()),
            Some("Uid:") => {
                status.user = parsed(words.next());
                status.effective_user = parsed(words.next());
            }
            Some("Gid:") => {
                status.group = parsed(words.next());
                break;
            }
            _ => {}
        }
    }
    Ok(status)
}

/// The thread that traces a process; zero if none does.
pub(super) fn tracer(process: Pid) -> io::Result<Pid> {
    let text = read_bounded(&format!("/proc/{process}/status"), 16 << 10)?;
    let text = String::from_utf8_lossy(&text);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("TracerPid:"));
    Ok(Pid::from_raw(parsed(line.map(str::trim))))
}

fn parsed<T: std::str::FromStr + Default>(word: Option<&str>) -> T {
    word.and_then(|word| word.parse().ok()).unwrap_or_default()
}

pub(super) fn arguments(task: Pid) -> io::Result<Listed<OsString>> {
    listed(&format!("/proc/{task}/cmdline"))
}

/// The variables among those that are asked for.
pub(super) fn variables(
    task: Pid,
    wanted: &[OsString],
) -> io::Result<Listed<(OsString, OsString)>> {
    let all = listed(&format!("/proc/{task}/environ"))?;
    let items = all.items.iter().filter_map(|pair| {
        let at = pair.as_bytes().iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.as_bytes().split_at(at);
        let name = OsStr::from_bytes(name);
        wanted.iter().any(|one| one == name).then(|| {
            (
                name.to_owned(),
                OsStr::from_bytes(value.get(1..).unwrap_or_default()).to_owned(),
            )
        })
    });
    Ok(Listed {
        items: items.collect(),
        is_cut: all.is_cut,
    })
}

fn listed(path: &str) -> io::Result<Listed<OsString>> {
    let bytes = read_bounded(path, MOST)?;
    let is_cut = bytes.len() as u64 == MOST;
    let whole = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    let items = if bytes.is_empty() {
        Vec::new()
    } else {
        whole
            .split(|byte| *byte == 0)
            .map(|item| OsString::from_vec(item.to_vec()))
            .collect()
    };
    Ok(Listed { items, is_cut })
}

fn read_bounded(path: &str, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn directory(task: Pid) -> io::Result<PathBuf> {
    fs::read_link(format!("/proc/{task}/cwd"))
}

pub(super) fn descriptor(task: Pid, number: i32) -> io::Result<PathBuf> {
    fs::read_link(descriptor_link(task, number))
}

/// The link that stands for an open file, and is followed as one.
pub(super) fn descriptor_link(task: Pid, number: i32) -> PathBuf {
    format!("/proc/{task}/fd/{number}").into()
}

/// The process that traces this one, if one does.
pub(super) fn own_tracer() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let tracer = status
        .lines()
        .find_map(|line| line.strip_prefix("TracerPid:"))?
        .trim();
    (tracer != "0").then(|| tracer.to_owned())
}

/// The scope of ptrace that Yama allows; none where there is no Yama.
pub(super) fn yama_scope() -> Option<u8> {
    fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope")
        .ok()?
        .trim()
        .parse()
        .ok()
}
