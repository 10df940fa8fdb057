//! Each trap that tracing has is handled, or is told.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use misfire::collect::trace::{
    FileChangeKind, Outcome, ProblemKind, TraceEvent, TraceEventKind, Traced, WatchedKind,
};

use super::common::{self, MISFIRE};
use crate::tools::{Tool, are_here};

fn py(script: &str) -> Traced {
    let folder = tempfile::tempdir().unwrap();
    let traced = common::run("py", script, folder.path());
    assert_eq!(
        traced.outcome,
        Outcome::Exited(0),
        "{}",
        String::from_utf8_lossy(&traced.stderr.bytes)
    );
    traced
}

fn has(traced: &Traced, kind: ProblemKind) -> bool {
    common::problem(traced, kind).is_some()
}

const LIBC: &str = "
import ctypes, os, mmap
libc = ctypes.CDLL(None, use_errno=True)
";

#[test]
fn a_process_is_told_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = common::command("sh", "env true", folder.path());
    spec.watched_variables = vec!["MISFIRE_RUN".into()];
    let traced = common::trace(spec, &common::limits(), &AtomicBool::new(false)).unwrap();
    let processes = common::executed(&traced);
    let last = processes.last().unwrap();
    assert_eq!(last.arguments, ["true"]);
    assert_eq!(last.directory, folder.path());
    assert_eq!(last.user, nix::unistd::getuid().as_raw());
    assert_eq!(
        last.environment,
        [("MISFIRE_RUN".into(), "marker-of-this-run".into())]
    );
    let expected = Command::new("sha256sum")
        .arg(&last.program.path)
        .output()
        .unwrap();
    let hashes = last.program.hashes().unwrap();
    assert!(String::from_utf8_lossy(&expected.stdout).starts_with(&hashes.sha256));
    assert_eq!((hashes.md5.len(), hashes.sha1.len()), (32, 40));
}

#[test]
fn a_program_that_deletes_itself_is_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let traced = common::run(
        "sh",
        "cp /bin/true ./gone; ./gone & wait; rm gone; :",
        folder.path(),
    );
    let gone = common::executed(&traced)
        .into_iter()
        .find(|process| process.arguments == ["./gone"])
        .unwrap();
    assert!(gone.program.hashes().is_ok());
}

#[test]
fn io_uring_is_told() {
    let traced = py(&format!(
        "{LIBC}
p = ctypes.create_string_buffer(120); print(libc.syscall(425, 4, p))"
    ));
    if traced.stdout.bytes.starts_with(b"-1") {
        eprintln!("ATTENTION: this kernel has no io_uring; not tested");
        return;
    }
    assert!(has(&traced, ProblemKind::IoUring));
}

#[test]
fn a_tracer_in_the_trace_is_told() {
    let traced = py(&format!(
        "{LIBC}
assert libc.ptrace(0, 0, 0, 0) == -1"
    ));
    assert!(has(&traced, ProblemKind::Ptrace));
}

#[test]
fn the_untraced_are_kept_in() {
    // SYS_clone with CLONE_UNTRACED | SIGCHLD, and clone3 with the same.
    let number = if cfg!(target_arch = "x86_64") {
        56
    } else {
        220
    };
    let traced = py(&format!(
        "{LIBC}
if libc.syscall({number}, 0x800000 | 17, 0, 0, 0, 0) == 0:
    open('a', 'w').write('x'); os._exit(0)
os.wait()
a = (ctypes.c_uint64 * 8)(0x800000, 0, 0, 0, 17, 0, 0, 0)
if libc.syscall(435, a, 64) == 0:
    open('b', 'w').write('x'); os._exit(0)
os.wait()"
    ));
    assert_eq!(
        common::problem(&traced, ProblemKind::Untraced).map(|problem| problem.count),
        Some(2)
    );
    assert_eq!(common::files(&traced).len(), 2);
}

#[test]
fn a_failed_call_is_not_done() {
    let traced = py("
import os
for call in [lambda: os.unlink('none'), lambda: os.rename('none', 'x'), lambda: open('no/f', 'w'),
             lambda: os.mkdir('/proc/none'), lambda: os.link('none', 'x'), lambda: open('/proc/1/none', 'w'),
             lambda: os.open('/etc/passwd', os.O_CREAT | os.O_EXCL | os.O_WRONLY), lambda: os.execv('/none', ['x'])]:
    try: call(); assert False
    except OSError: pass");
    assert!(common::files(&traced).is_empty());
    assert_eq!(common::executed(&traced).len(), 1);
}

#[test]
fn memory_mapped_writes_are_seen_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mapped"), vec![0; 4096]).unwrap();
    std::fs::write(folder.path().join("only_opened"), b"x").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(50));
    let script = "
import mmap, os
f = os.open('mapped', os.O_RDWR); m = mmap.mmap(f, 4096); os.close(f); m[5] = 7; m.close()
os.close(os.open('only_opened', os.O_RDWR))";
    let traced = common::run("py", script, folder.path());
    let files = common::files(&traced);
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].path.ends_with("mapped") && files[0].kind == FileChangeKind::Written);
}

#[test]
fn other_calls_on_files_are_seen() {
    let traced = py(&format!("{LIBC}
open('a', 'w').write('1'); open('b', 'w').write('2')
assert libc.renameat2(-100, b'a', -100, b'b', 2) == 0
d = os.open('.', os.O_RDONLY); os.mkdir('d', dir_fd=d); fd = os.open('d/f', os.O_CREAT | os.O_WRONLY); os.close(fd)
os.truncate('a', 0)
os.mkfifo('p')
how = (ctypes.c_uint64 * 3)(os.O_CREAT | os.O_WRONLY, 0o600, 0)
assert libc.syscall(437, -100, b'by_openat2', how, 24) > 0
os.close(os.open('.', os.O_TMPFILE | os.O_RDWR))"));
    let kinds: Vec<_> = common::files(&traced)
        .iter()
        .map(|change| {
            (
                change
                    .path
                    .file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
                std::mem::discriminant(&change.kind),
            )
        })
        .collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    assert!(kinds.iter().any(|(name, _)| name == "by_openat2"));
    assert!(has(&traced, ProblemKind::NamelessOpen));
}

const QUESTION: &str = r#"
import socket, os, struct
q = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x1c\x00\x01"
"#;

fn questions(traced: &Traced) -> Vec<String> {
    let of = |event: &TraceEvent| match &event.kind {
        TraceEventKind::DnsQuestion(question) => Some(format!(
            "{} {} {}",
            question.name, question.record_type, question.server
        )),
        _ => None,
    };
    traced.events.iter().filter_map(of).collect()
}

#[test]
fn dns_questions_are_read_however_they_are_sent() {
    for send in [
        "s.sendto(q, ('127.0.0.1', 53))",
        "s.connect(('127.0.0.1', 53)); s.send(q)",
        "s.connect(('127.0.0.1', 53)); os.write(s.fileno(), q)",
        "s.connect(('127.0.0.1', 53)); os.writev(s.fileno(), [q[:20], q[20:]])",
        "s.sendmsg([q], [], 0, ('127.0.0.1', 53))",
        "s.connect(('127.0.0.1', 53)); s.sendmsg([q])",
    ] {
        let traced = py(&format!(
            "{QUESTION}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); {send}"
        ));
        assert_eq!(
            questions(&traced),
            ["www.example 28 127.0.0.1:53"],
            "{send}"
        );
    }
}

#[test]
fn a_connect_of_udp_alone_is_no_connection() {
    let traced = py(&format!(
        "{QUESTION}
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', 9)); s.close()
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', 10)); s.send(b'x')"
    ));
    let remotes: Vec<_> = traced
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            TraceEventKind::Connection(connection) => Some(connection.remote.port()),
            _ => None,
        })
        .collect();
    assert_eq!(remotes, [10]);
}

#[test]
fn own_filters_of_the_program_still_work() {
    // no_new_privs, then a filter that allows all; the trace goes on behind it.
    let traced = py(&format!(
        "{LIBC}
import struct
allow = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7fff0000))
prog = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', 1, ctypes.addressof(allow)))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, prog) == 0
open('after', 'w').write('x')"
    ));
    assert_eq!(common::files(&traced).len(), 1);
    assert!(traced.problems.is_empty(), "{:?}", traced.problems);
}

#[test]
fn foreign_calls_are_told() {
    if !cfg!(target_arch = "x86_64") {
        return;
    }
    // mov eax, 20 (getpid of i386); int 0x80; ret
    let traced = py(&format!(
        "{LIBC}
m = mmap.mmap(-1, 4096, prot=7); m.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
f = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m))); print(f())
libc.syscall(0x40000000 + 39)"
    ));
    assert!(has(&traced, ProblemKind::ForeignCalls));
}

#[test]
fn a_set_uid_program_without_its_privileges_is_told() {
    if !are_here(&[Tool::Root, Tool::Setpriv]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The tracer is root here, so the privilege is lost only by no_new_privs.
    let script = "chmod 755 .; cp /usr/bin/id ./raises; chmod 4755 raises; setpriv --reuid 65534 ./raises -u; setpriv --reuid 65534 --no-new-privs ./raises -u";
    let traced = common::run("sh", script, folder.path());
    assert_eq!(
        traced.stdout.bytes,
        b"0\n65534\n",
        "{}",
        String::from_utf8_lossy(&traced.stderr.bytes)
    );
    assert_eq!(
        common::problem(&traced, ProblemKind::PrivilegeLost).map(|problem| problem.count),
        Some(1)
    );
}

#[test]
fn a_changed_root_is_told() {
    if !are_here(&[Tool::Root]) {
        return;
    }
    let traced = py("
import os
os.mkdir('jail'); os.mkdir('jail/tmp'); os.chroot('jail'); os.chdir('/'); open('/tmp/inside', 'w').write('x')");
    assert!(has(&traced, ProblemKind::OwnRoot));
    let last = common::files(&traced)
        .last()
        .map(|change| change.path.clone())
        .unwrap();
    assert!(last.ends_with("jail/tmp/inside"), "{}", last.display());
}

#[test]
fn a_host_without_ptrace_is_an_error_that_says_so() {
    if !cfg!(target_arch = "x86_64") {
        return;
    }
    // A filter as containers have it: ptrace (101) gives EPERM.
    let script = format!(
        "{LIBC}
import struct, sys
code = [(0x20, 0, 0, 0), (0x15, 0, 1, 101), (6, 0, 0, 0x50001), (6, 0, 0, 0x7fff0000)]
body = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *c) for c in code))
prog = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', len(code), ctypes.addressof(body)))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, prog) == 0
os.execv(sys.argv[1], sys.argv[1:])"
    );
    let python = common::python();
    let refused = refused(&[python.to_str().unwrap(), "-c", &script, MISFIRE]);
    assert!(refused.contains("allow SYS_PTRACE"), "{refused}");
}

#[test]
fn a_tracer_that_is_traced_is_an_error_that_says_so() {
    if !are_here(&[Tool::Strace]) {
        return;
    }
    let refused = refused(&["strace", "-f", "-o", "/dev/null", MISFIRE]);
    assert!(refused.contains("is itself traced"), "{refused}");
}

/// Why the tracer's process does not trace if it is started so; nothing was run.
fn refused(line: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (mut tracer, watch) = common::tracer("echo > acted", folder.path(), line);
    tracer.wait().unwrap();
    let watched = watch.finish();
    assert!(!folder.path().join("acted").exists());
    assert!(!watched.is_whole && watched.ended.is_none(), "{watched:?}");
    watched.refused.unwrap()
}

#[test]
fn a_program_that_may_only_be_run_is_seen() {
    if !are_here(&[Tool::Root, Tool::Setpriv]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name);
    let may = |path: &Path, mode| {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    std::fs::copy("/bin/true", here("hidden")).unwrap();
    may(&here("hidden"), 0o711);
    // What was built may lie where nobody else may look.
    std::fs::copy(MISFIRE, here("misfire")).unwrap();
    may(&here("misfire"), 0o755);
    may(folder.path(), 0o755);
    let nobody = ["setpriv", "--reuid", "65534", "--clear-groups", "./misfire"];
    let (mut tracer, watch) = common::tracer("./hidden an-argument; :", folder.path(), &nobody);
    tracer.wait().unwrap();
    let watched = watch.finish();
    assert!(watched.is_whole, "{watched:?}");
    let was_seen = watched.events.iter().any(|event| match &event.kind {
        WatchedKind::Executed(process) => process.arguments == ["./hidden", "an-argument"],
        _ => false,
    });
    assert!(was_seen, "{watched:?}");
}

/// Connects to a socket of that name below the working directory, at which a server of
/// this test listens.
fn asking(name: &str, script: &str) -> Traced {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join(name);
    std::fs::create_dir_all(socket.parent().unwrap()).unwrap();
    let _server = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let traced = common::run("py", script, folder.path());
    assert_eq!(
        traced.outcome,
        Outcome::Exited(0),
        "{}",
        String::from_utf8_lossy(&traced.stderr.bytes)
    );
    traced
}

fn service(traced: &Traced) -> &str {
    common::problem(traced, ProblemKind::Service).map_or("", |problem| &problem.message)
}

/// Which paths are those of services is a table in `services.rs`, tested there.
#[test]
fn a_server_that_was_there_before_is_told() {
    for (name, told) in [
        ("lxd/unix.socket", "LXD"),
        ("incus/unix.socket", "Incus"),
        ("tmux-0/default", "a tmux server"),
        ("screen/S-root/1.tty", "a screen"),
        ("docker.sock", "Docker"),
    ] {
        let connect = format!("import socket; socket.socket(socket.AF_UNIX).connect('{name}')");
        let traced = asking(name, &connect);
        let message = service(&traced);
        assert!(message.contains(told), "{name}: {message}");
    }
    let connect = "import socket; socket.socket(socket.AF_UNIX).connect('other.sock')";
    assert_eq!(service(&asking("other.sock", connect)), "");
}

/// A server that the program starts is traced as all of its processes are.
#[test]
fn a_server_of_the_program_itself_hides_nothing() {
    let traced = py("
import os, socket
os.mkdir('tmux-0')
server = socket.socket(socket.AF_UNIX); server.bind('tmux-0/default'); server.listen()
if os.fork() == 0:
    socket.socket(socket.AF_UNIX).connect('tmux-0/default'); os._exit(0)
os.wait()");
    assert_eq!(service(&traced), "");
}

/// What is given to cron or at is done by them, whenever they look.
#[test]
fn work_that_is_given_to_a_service_by_a_file_is_told() {
    if !are_here(&[Tool::Root, Tool::Unshare]) {
        return;
    }
    // On disks of its own, so that no cron of this host reads it.
    let on_own_disks = |script: &str| {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "unshare -m sh -c 'mount -t tmpfs none /var/spool && mkdir -p /var/spool/cron/atjobs \
             && {script}'"
        );
        common::run("sh", &script, folder.path())
    };
    let probe = on_own_disks("true");
    if probe.outcome != Outcome::Exited(0) {
        eprintln!("this kernel gives no disks of its own; not tested");
        return;
    }
    assert_eq!(service(&probe), "");
    for (script, told) in [
        ("echo > /var/spool/cron/root", "cron"),
        ("echo > new; mv new /var/spool/cron/root", "cron"),
        ("echo > /var/spool/cron/atjobs/a1", "atd"),
    ] {
        let traced = on_own_disks(script);
        assert_eq!(traced.outcome, Outcome::Exited(0), "{script}");
        let message = service(&traced);
        let wanted = format!(", which {told} reads; what the service does is not seen");
        assert!(message.ends_with(&wanted), "{script}: {message}");
    }
}
