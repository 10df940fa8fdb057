//! strace is the oracle: on small programs both see the same processes, files, and
//! connections.

use std::path::{Path, PathBuf};
use std::process::Command;

use misfire::collect::trace::{ConnectionState, FileChangeKind, Protocol, TraceEventKind, Traced};

use super::common;
use crate::tools::{Tool, are_here};

/// Name, language, program, and what is known of it without an oracle: how many
/// programs, file changes, and TCP connections.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    (usize, usize, usize),
);

const PROGRAMS: &[Row] = &[
    ("nothing", "sh", ":", (1, 0, 0)),
    ("one child", "sh", "ls -a; :", (2, 0, 0)),
    ("exec", "sh", "exec ls", (2, 0, 0)),
    ("pipeline", "sh", "echo a b c | tr ' ' '\\n' | sort | wc -l", (4, 0, 0)),
    ("path miss", "sh", "PATH=/none:/missing:/usr/bin:/bin; env true; nosuch; /nope/x; :", (3, 0, 0)),
    ("odd arguments", "bash", "env printf '%s\\n' '' 'a b' $'tab\\there' '\"q\"'; :", (3, 0, 0)),
    ("create", "sh", "echo a > created", (1, 1, 0)),
    ("append", "sh", "echo a > f; echo b >> f; echo c >> f", (1, 2, 0)),
    ("overwrite", "sh", "echo a > f; echo b > f", (1, 2, 0)),
    ("delete", "sh", "echo a > f; rm f", (2, 2, 0)),
    ("rename", "sh", "echo a > f; mv f g; mv g ./h", (3, 3, 0)),
    ("rename over", "sh", "echo a > f; echo b > g; mv -f f g", (2, 3, 0)),
    ("folders", "sh", "mkdir -p a/b/c; rmdir a/b/c; rm -r a", (4, 6, 0)),
    ("deep delete", "sh", "mkdir d d/e; touch d/1 d/e/2 d/e/3; rm -rf d", (4, 10, 0)),
    ("change folder", "sh", "mkdir d; cd d; echo a > f; cd ..; echo b > d/../g", (2, 3, 0)),
    ("links", "sh", "echo a > f; ln -s f s; ln f h; echo b >> s; rm s", (4, 5, 0)),
    ("folder link", "sh", "mkdir real; ln -s real alias; echo a > alias/f; rm alias/f", (4, 4, 0)),
    ("failed calls", "sh", "rm none; mkdir /proc/none; mv none other; cat none; echo a > none/f; :", (5, 0, 0)),
    ("copy tree", "sh", "mkdir s s/t; echo 1 > s/1; echo 2 > s/t/2; cp -r s d", (3, 8, 0)),
    ("here document", "bash", "cat <<X\nhello\nX\ncat <<< there; :", (3, 0, 0)),
    ("subshells", "bash", "(echo a > a; (echo b > b)); x=$(cat a); echo $x; :", (2, 2, 0)),
    ("background", "bash", "for i in 1 2 3; do sleep 0.05 & done; wait", (4, 0, 0)),
    ("daemon", "sh", "(setsid sh -c 'sleep 0.1; echo a > late' &) ; :", (4, 1, 0)),
    ("script file", "sh", "printf '#!/bin/sh -u\\necho $1 > out\\n' > s; chmod +x s; ./s x; :", (3, 2, 0)),
    ("xargs", "sh", "seq 6 | xargs -n 2 -P 2 echo; :", (6, 0, 0)),
    ("dd", "sh", "dd if=/dev/zero of=f bs=1k count=4 2>/dev/null; truncate -s 10 f; :", (3, 2, 0)),
    ("tar", "sh", "mkdir s; echo 1 > s/1; tar cf t.tar s; rm -r s; tar xf t.tar", (5, 7, 0)),
    ("python files", "py", "
import os, tempfile, shutil
os.mkdir('t'); os.rename('t', 'd')
open('d/a', 'w').write('x'); f = open('d/a', 'r+'); f.write('yy'); f.close()
os.replace('d/a', 'd/b'); shutil.rmtree('d')", (1, 7, 0)),
    ("python children", "py", "
import subprocess, threading, os
subprocess.run(['true']); os.system('true'); subprocess.run('exit 3', shell=True)
ts = [threading.Thread(target=lambda: subprocess.run(['true'])) for _ in range(4)]
[t.start() for t in ts]; [t.join() for t in ts]
if os.fork() == 0: os.execv('/bin/true', ['renamed', 'x'])
os.wait()", (9, 0, 0)),
    ("exec in a thread", "py", "
import os, threading, time
threading.Thread(target=lambda: os.execv('/bin/echo', ['echo', 'from a thread'])).start(); time.sleep(5)", (2, 0, 0)),
    ("tcp", "py", "
import socket
s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection(s.getsockname()); a, _ = s.accept()
c.sendall(b'x'); a.recv(1)
s6 = socket.socket(); s6.settimeout(1)
try: s6.connect(('127.0.0.1', 1))
except OSError: pass", (1, 0, 2)),
    ("tcp, ipv6", "py", "
import socket
s = socket.create_server(('::1', 0), family=socket.AF_INET6); c = socket.create_connection(s.getsockname()[:2]); s.accept()", (1, 0, 2)),
    ("asynchronous tcp", "py", "
import asyncio
async def main():
    async def serve(r, w): w.write(await r.read(1)); await w.drain(); w.close()
    s = await asyncio.start_server(serve, '127.0.0.1', 0)
    r, w = await asyncio.open_connection(*s.sockets[0].getsockname()); w.write(b'x'); await r.read(1); w.close()
asyncio.run(main())", (1, 0, 2)),
];

/// What either of them saw. Sorted; the folder's name is replaced.
#[derive(Debug, PartialEq, Eq, Default)]
struct Seen {
    programs: Vec<Vec<String>>,
    changed: Vec<String>,
    deleted: Vec<String>,
    renamed: Vec<String>,
    connected: Vec<String>,
    accepted: usize,
}

impl Seen {
    fn sorted(mut self) -> Self {
        self.programs.sort();
        for list in [&mut self.changed, &mut self.deleted, &mut self.renamed] {
            list.sort();
            list.dedup();
        }
        self.connected.sort();
        self
    }
}

#[test]
fn strace_sees_the_same() {
    // Without it, the figures that were written down are the oracle.
    let has_oracle = are_here(&[Tool::Strace]);
    let mut differences = Vec::new();
    for (name, language, script, counts) in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        let traced = common::run(language, script, folder.path());
        let ours = ours(&traced, folder.path());
        let of_files = common::files(&traced)
            .iter()
            .filter(|change| change.path.starts_with(folder.path()))
            .count();
        let found = (
            ours.programs.len(),
            of_files,
            ours.connected.len() + ours.accepted,
        );
        if !has_oracle && found != *counts {
            differences.push(format!("{name}: {found:?} instead of {counts:?}"));
        }
        if has_oracle {
            let folder = tempfile::tempdir().unwrap();
            let oracle = oracle(language, script, folder.path());
            if ours != oracle {
                differences.push(format!("{name}\n  ours   {ours:?}\n  strace {oracle:?}"));
            }
            if found != *counts {
                eprintln!("note: {name}: {found:?} instead of {counts:?} without the oracle");
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(PROGRAMS.len() >= 30);
}

fn ours(traced: &Traced, folder: &Path) -> Seen {
    let mut seen = Seen::default();
    let shown = |path: &Path| shorten(&path.to_string_lossy(), folder);
    for event in &traced.events {
        match &event.kind {
            TraceEventKind::Executed(process) => seen.programs.push(
                process
                    .arguments
                    .iter()
                    .map(|text| shorten(&text.to_string_lossy(), folder))
                    .collect(),
            ),
            TraceEventKind::File(change) if change.path.starts_with(folder) => match &change.kind {
                FileChangeKind::Deleted => seen.deleted.push(shown(&change.path)),
                FileChangeKind::Renamed { to, .. } => {
                    seen.renamed
                        .push(format!("{} {}", shown(&change.path), shown(to)));
                }
                _ => seen.changed.push(shown(&change.path)),
            },
            TraceEventKind::Connection(connection)
                if connection.protocol == Protocol::Tcp
                    && connection.state == ConnectionState::Established =>
            {
                if connection.initiated {
                    seen.connected.push(connection.remote.ip().to_string());
                } else {
                    seen.accepted += 1;
                }
            }
            _ => {}
        }
    }
    seen.sorted()
}

fn shorten(text: &str, folder: &Path) -> String {
    text.replace(&*folder.to_string_lossy(), "$W")
}

fn oracle(language: &str, script: &str, folder: &Path) -> Seen {
    let logs = tempfile::tempdir().unwrap();
    let command = common::command(language, script, folder);
    let status = Command::new("strace")
        .args(["-ff", "-qq", "-yy", "-s", "65536", "-o"])
        .arg(logs.path().join("log"))
        .args(["-e", "trace=execve,execveat,open,openat,creat,unlink,unlinkat,rmdir,rename,renameat,renameat2,mkdir,mkdirat,symlink,symlinkat,link,linkat,truncate,connect,accept,accept4,getsockopt,chdir,fchdir"])
        .arg(&command.program)
        .args(&command.args)
        .current_dir(folder)
        .env_clear()
        .envs(command.environment)
        .output()
        .unwrap();
    assert!(status.status.code().is_some());
    let mut seen = Seen::default();
    for log in std::fs::read_dir(logs.path()).unwrap() {
        let text = std::fs::read_to_string(log.unwrap().path()).unwrap();
        let mut directory = folder.to_owned();
        for line in text.lines() {
            read_line(line, folder, &mut directory, &mut seen);
        }
    }
    seen.sorted()
}

fn read_line(line: &str, folder: &Path, directory: &mut PathBuf, seen: &mut Seen) {
    let Some((call, rest)) = line.split_once('(') else {
        return;
    };
    // A thread's log tells its execve so; it succeeded.
    let rest = rest.replace("<pid changed to", ") = <pid changed to");
    let Some((arguments, result)) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(" = "))
    else {
        return;
    };
    let in_progress = result.contains("EINPROGRESS");
    if result.starts_with('-') && !in_progress {
        return;
    }
    let texts = quoted(arguments);
    let folders = descriptors(arguments);
    let here = directory.clone();
    let full = |index: usize| {
        let base = folders
            .get(index)
            .map_or(&*here, |folder| Path::new(folder));
        let whole = base.join(&texts[index]);
        let parent = whole.parent().unwrap();
        let parent = std::fs::canonicalize(parent).unwrap_or_else(|_| parent.to_owned());
        parent.join(whole.file_name().unwrap())
    };
    let mut add = |list: fn(&mut Seen) -> &mut Vec<String>, path: &Path| {
        if path.starts_with(folder) {
            let path = shorten(&path.to_string_lossy(), folder);
            list(seen).push(path);
        }
    };
    match call {
        "execve" => seen.programs.push(program(&texts, folder)),
        "open" | "openat" | "creat" => {
            let changes = ["O_WRONLY", "O_RDWR", "O_CREAT"]
                .iter()
                .any(|flag| arguments.contains(flag))
                || call == "creat";
            if let (true, Some(path)) = (changes, descriptors(result).first()) {
                let path = path.trim_end_matches("(deleted)");
                add(|seen| &mut seen.changed, Path::new(path));
            }
        }
        "unlink" | "unlinkat" | "rmdir" => add(|seen| &mut seen.deleted, &full(0)),
        "mkdir" | "mkdirat" | "truncate" => add(|seen| &mut seen.changed, &full(0)),
        "symlink" | "symlinkat" => {
            let base = folders.first().map_or(&*here, |folder| Path::new(folder));
            add(|seen| &mut seen.changed, &base.join(&texts[1]));
        }
        "link" | "linkat" => add(|seen| &mut seen.changed, &full(1)),
        "rename" | "renameat" | "renameat2" => {
            let pair = format!("{} {}", full(0).display(), full(1).display());
            seen.renamed.push(shorten(&pair, folder));
        }
        "connect" if arguments.contains("<TCP") && arguments.contains("sa_family=AF_INET") => {
            let ip = texts
                .iter()
                .find(|text| text.parse::<std::net::IpAddr>().is_ok());
            seen.connected.extend(ip.cloned());
        }
        // The program learns that a connect failed after all.
        "getsockopt" if arguments.contains("SO_ERROR, [E") => drop(seen.connected.pop()),
        "fchdir" => directory.clone_from(&PathBuf::from(&folders[0])),
        "chdir" => {
            let to = directory.join(&texts[0]);
            *directory = std::fs::canonicalize(&to).unwrap_or(to);
        }
        "accept" | "accept4" if arguments.contains("<TCP") => seen.accepted += 1,
        _ => {}
    }
}

/// A script's arguments as the kernel hands them to the interpreter.
fn program(texts: &[String], folder: &Path) -> Vec<String> {
    let start = std::fs::read(folder.join(&texts[0])).unwrap_or_default();
    let mut arguments: Vec<String> = texts[1..].to_vec();
    if let Some(line) = start.strip_prefix(b"#!") {
        let line =
            String::from_utf8_lossy(line.split(|byte| *byte == b'\n').next().unwrap()).into_owned();
        let mut whole: Vec<String> = line.trim().splitn(2, ' ').map(str::to_owned).collect();
        whole.push(texts[0].clone());
        whole.extend(arguments.drain(1..));
        arguments = whole;
    }
    arguments.iter().map(|text| shorten(text, folder)).collect()
}

/// The quoted texts of a line.
fn quoted(line: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut chars = line.chars();
    while chars.by_ref().any(|one| one == '"') {
        let mut bytes = Vec::new();
        while let Some(one) = chars.next() {
            match one {
                '"' => break,
                '\\' => match chars.next() {
                    Some('n') => bytes.push(b'\n'),
                    Some('t') => bytes.push(b'\t'),
                    Some('r') => bytes.push(b'\r'),
                    Some('x') => {
                        let hex: String = chars.by_ref().take(2).collect();
                        bytes.push(u8::from_str_radix(&hex, 16).unwrap());
                    }
                    Some(other) => bytes.extend(other.to_string().bytes()),
                    None => {}
                },
                other => bytes.extend(other.to_string().bytes()),
            }
        }
        texts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    texts
}

/// The paths that strace prints for descriptors: `3</tmp/x>`, `AT_FDCWD</tmp>`.
fn descriptors(text: &str) -> Vec<String> {
    text.split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>').map(|(path, _)| path.to_owned()))
        .filter(|path| path.starts_with('/'))
        .collect()
}
