//! Running a program to its end, or not longer than is allowed.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::Interrupt;

/// How many bytes of each output are kept; what is more is read and dropped.
const MOST_OUTPUT: usize = 1 << 20;
/// How often it is looked whether the program has ended.
const NAP: Duration = Duration::from_millis(10);
/// How long after its end a program's output is waited for: something that it
/// started may still hold the pipe.
const DRAIN: Duration = Duration::from_secs(1);

/// A program and its arguments, which no shell reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What a program that ended left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// Its exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to its standard output, up to a mebibyte.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error, up to a mebibyte.
    pub stderr: Vec<u8>,
}

/// Why a program did not end by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// There is no such program.
    #[error("there is no such program")]
    NotFound,
    /// It could not be started, or be followed.
    #[error("it cannot be run: {0}")]
    NotRun(String),
    /// It took too long, and was ended.
    #[error("it did not end within {:.1} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// Someone wanted it to end.
    #[error("it was interrupted")]
    Interrupted,
}

/// Runs programs. Tests answer in the place of Windows.
pub trait Runner: Send + Sync {
    /// Runs a program until it ends, the time is over, or `interrupt` says so; in
    /// the latter cases it is ended.
    ///
    /// # Errors
    /// Why it did not end by itself. An exit code is no error here.
    fn run(
        &self,
        command: &Command,
        limit: Duration,
        interrupt: Interrupt<'_>,
    ) -> Result<Finished, RunError>;
}

/// Runs programs on this host, without a shell and without standard input.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRunner;

impl Runner for SystemRunner {
    fn run(
        &self,
        command: &Command,
        limit: Duration,
        interrupt: Interrupt<'_>,
    ) -> Result<Finished, RunError> {
        let start = Instant::now();
        let mut child = std::process::Command::new(&command.program)
            .args(&command.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => RunError::NotFound,
                _ => RunError::NotRun(error.to_string()),
            })?;
        let stdout = child.stdout.take().map(gather);
        let stderr = child.stderr.take().map(gather);
        let code = follow(&mut child, start, limit, interrupt)?;
        let until = Instant::now() + DRAIN;
        Ok(Finished {
            code,
            stdout: gathered(stdout, until),
            stderr: gathered(stderr, until),
        })
    }
}

fn follow(
    child: &mut Child,
    start: Instant,
    limit: Duration,
    interrupt: Interrupt<'_>,
) -> Result<Option<i32>, RunError> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.code()),
            Ok(None) => {}
            Err(error) => {
                end(child);
                return Err(RunError::NotRun(error.to_string()));
            }
        }
        if interrupt() {
            end(child);
            return Err(RunError::Interrupted);
        }
        if start.elapsed() >= limit {
            end(child);
            return Err(RunError::TimedOut(limit));
        }
        thread::sleep(NAP.min(limit.saturating_sub(start.elapsed())));
    }
}

/// Ends a program and waits until it is gone; it may have ended by itself meanwhile.
fn end(child: &mut Child) {
    if child.kill().is_ok() {
        let _ = child.wait();
    }
}

/// Reads a pipe on a thread of its own, which nobody has to wait for.
fn gather(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut kept = 0;
        let mut buffer = [0; 8192];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => {
                    let wanted = count.min(MOST_OUTPUT - kept);
                    kept += wanted;
                    if let Some(part) = buffer.get(..wanted).filter(|part| !part.is_empty()) {
                        // Whoever waited may have gone; the pipe is emptied all the same.
                        let _ = sender.send(part.to_vec());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    });
    receiver
}

fn gathered(pipe: Option<Receiver<Vec<u8>>>, until: Instant) -> Vec<u8> {
    let mut all = Vec::new();
    let Some(pipe) = pipe else { return all };
    while let Ok(part) = pipe.recv_timeout(until.saturating_duration_since(Instant::now())) {
        all.extend_from_slice(&part);
    }
    all
}
