//! Starts the program: stopped, seized by the tracer, and with the filter installed.
//!
//! The child waits for a byte of ours before it installs the filter, so that it is
//! seized by then: a filter that asks a tracer where there is none fails every call.

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{SigSet, SigmaskHow, sigprocmask};
use nix::unistd::{self, Pid, chdir, dup2_stderr, dup2_stdin, dup2_stdout};
use seccompiler::sock_filter;

use super::error::TraceError;
use super::output::Capture;
use super::procfs;
use super::spec::{CommandSpec, OutputTo};
use super::sys;

/// The started program.
pub(super) struct Started {
    pub(super) pid: Pid,
    pub(super) stdout: Option<Capture>,
    pub(super) stderr: Option<Capture>,
    /// Says why the exec failed, or ends if it did not.
    report: PipeReader,
    program: OsString,
}

/// Steps of the child that can fail, as it reports them.
const EXEC: u8 = 0;
const PREPARE: u8 = 1;
const FILTER: u8 = 2;
const DIRECTORY: u8 = 3;

const OPTIONS: Options = Options::PTRACE_O_TRACESYSGOOD
    .union(Options::PTRACE_O_TRACEFORK)
    .union(Options::PTRACE_O_TRACEVFORK)
    .union(Options::PTRACE_O_TRACECLONE)
    .union(Options::PTRACE_O_TRACEEXEC)
    .union(Options::PTRACE_O_TRACESECCOMP)
    .union(Options::PTRACE_O_EXITKILL);

/// Starts the program. The calling thread becomes its tracer.
pub(super) fn start(
    spec: CommandSpec,
    filter: &[sock_filter],
    keep: usize,
) -> Result<Started, TraceError> {
    let cannot_start = |source| TraceError::Start {
        program: spec.program.to_string_lossy().into_owned(),
        source,
    };
    let setup = |source| TraceError::Setup {
        what: "the start of the program",
        source,
    };
    let program = find_program(&spec).map_err(cannot_start)?;
    let image = image(&program, &spec).map_err(cannot_start)?;
    let directory = spec
        .directory
        .as_deref()
        .map(path_text)
        .transpose()
        .map_err(cannot_start)?;
    let laid = image.lay();
    let nothing = File::open("/dev/null").map_err(setup)?;
    let (stdout, out_pipe) = sink(spec.stdout).map_err(setup)?;
    let (stderr, err_pipe) = sink(spec.stderr).map_err(setup)?;
    let (wait, go) = pipe().map_err(setup)?;
    let (report, mut failure) = pipe().map_err(setup)?;
    let go_in_child = go.as_raw_fd();

    let prepare = || {
        let failed = |step: u8| move |error: Errno| (step, error);
        // Else the child itself would keep its wait from ending when we are gone.
        unistd::close(go_in_child).map_err(failed(PREPARE))?;
        if unistd::read(wait.as_fd(), &mut [0]).map_err(failed(PREPARE))? == 0 {
            return Err((PREPARE, Errno::ECANCELED));
        }
        dup2_stdin(&nothing).map_err(failed(PREPARE))?;
        dup2_stdout(&stdout).map_err(failed(PREPARE))?;
        dup2_stderr(&stderr).map_err(failed(PREPARE))?;
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)
            .map_err(failed(PREPARE))?;
        if let Some(directory) = &directory {
            chdir(directory.as_c_str()).map_err(failed(DIRECTORY))?;
        }
        install(filter).map_err(failed(FILTER))
    };
    let failed = |step: u8, error: Errno| {
        let [a, b, c, d] = (error as i32).to_ne_bytes();
        let _ = unistd::write(failure.as_fd(), &[step, a, b, c, d]);
    };
    let pid = sys::start(&laid, prepare, failed).map_err(|error| setup(error.into()))?;
    drop(wait);
    let _ = failure.flush();
    drop(failure);
    // From here on an early return drops `go`, which ends the child.
    seize(pid, go)?;
    Ok(Started {
        pid,
        stdout: out_pipe.map(|pipe| Capture::start(pipe, keep)),
        stderr: err_pipe.map(|pipe| Capture::start(pipe, keep)),
        report,
        program: spec.program,
    })
}

impl Started {
    /// Why the program could not be started, if it could not. To be asked only after
    /// the child has run the program or has ended.
    pub(super) fn failure(&mut self) -> Option<TraceError> {
        let mut report = [0; 5];
        self.report.read_exact(&mut report).ok()?;
        let [step, a, b, c, d] = report;
        let source = io::Error::from_raw_os_error(i32::from_ne_bytes([a, b, c, d]));
        Some(match step {
            EXEC | DIRECTORY => TraceError::Start {
                program: self.program.to_string_lossy().into_owned(),
                source,
            },
            FILTER => TraceError::SeccompRefused(source),
            _ => TraceError::Setup {
                what: "the program's process",
                source,
            },
        })
    }
}

fn seize(pid: Pid, mut go: PipeWriter) -> Result<(), TraceError> {
    let seized = ptrace::seize(pid, OPTIONS).and_then(|()| {
        go.write_all(b"g")
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))
    });
    seized.map_err(|error| {
        drop(go);
        let _ = nix::sys::wait::waitpid(pid, None);
        TraceError::PtraceRefused {
            because: who_refuses(),
            source: error.into(),
        }
    })
}

/// What most probably refuses ptrace.
fn who_refuses() -> String {
    if let Some(tracer) = procfs::own_tracer() {
        return format!(
            "this program is itself traced (by process {tracer}), and there can be one tracer only"
        );
    }
    match procfs::yama_scope() {
        Some(scope @ 2..) => format!(
            "/proc/sys/kernel/yama/ptrace_scope is {scope}; 0 or 1 is needed, or CAP_SYS_PTRACE with 2"
        ),
        _ => "ptrace is denied, as some containers do; allow SYS_PTRACE there".to_owned(),
    }
}

/// Without privileges a filter needs `no_new_privs`. With them it is left unset, so
/// that set-uid programs work.
fn install(filter: &[sock_filter]) -> nix::Result<()> {
    match sys::install_filter(filter) {
        Err(Errno::EACCES) => {
            prctl::set_no_new_privs()?;
            sys::install_filter(filter)
        }
        done => done,
    }
}

fn sink(to: OutputTo) -> io::Result<(File, Option<PipeReader>)> {
    Ok(match to {
        OutputTo::File(file) => (file, None),
        OutputTo::Nothing => (File::options().write(true).open("/dev/null")?, None),
        OutputTo::Capture => {
            let (reader, writer) = pipe()?;
            (File::from(std::os::fd::OwnedFd::from(writer)), Some(reader))
        }
    })
}

fn image(program: &Path, spec: &CommandSpec) -> io::Result<sys::Image> {
    let arguments = std::iter::once(spec.name.as_ref().unwrap_or(&spec.program)).chain(&spec.args);
    let environment = spec.environment.iter().map(|(name, value)| {
        let mut pair = name.clone().into_vec();
        pair.push(b'=');
        pair.extend_from_slice(value.as_bytes());
        Ok(CString::new(pair)?)
    });
    Ok(sys::Image::new(
        path_text(program)?,
        arguments
            .map(|text| Ok(CString::new(text.as_bytes())?))
            .collect::<io::Result<_>>()?,
        environment.collect::<io::Result<_>>()?,
    ))
}

fn path_text(path: &Path) -> io::Result<CString> {
    Ok(CString::new(path.as_os_str().as_bytes())?)
}

/// Looks for a bare name in the `PATH` that the program will have.
fn find_program(spec: &CommandSpec) -> io::Result<PathBuf> {
    if spec.program.as_bytes().contains(&b'/') {
        return Ok(PathBuf::from(&spec.program));
    }
    let path = spec
        .environment
        .iter()
        .find(|(name, _)| name == "PATH")
        .map(|(_, path)| path.as_os_str());
    std::env::split_paths(path.unwrap_or(OsStr::new("/usr/bin:/bin")))
        .map(|folder| folder.join(&spec.program))
        .find(|file| {
            file.metadata()
                .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
        })
        .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
}
