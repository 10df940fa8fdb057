//! Runs a program under the tracer, from its start to its end.

use std::sync::atomic::AtomicBool;
use std::thread;

use super::bell::Bell;
use super::error::TraceError;
use super::event::TraceEvent;
use super::filter;
use super::limits::Limits;
use super::output::{Capture, Captured};
use super::problem::{Problem, ProblemKind, Problems};
use super::recorder::{Recorder, Tell};
use super::spawn;
use super::spec::CommandSpec;
use super::stops::{Followed, TellEnd, Told, Tracer};
use super::subreaper::Subreaper;

/// How a traced program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// It was ended at the time limit, with all that came of it.
    TimedOut,
    /// It was ended since we were interrupted.
    Interrupted,
    /// It was ended since too many processes ran at once.
    TooManyTasks,
}

/// What a traced program did.
#[derive(Debug)]
pub struct Traced {
    /// What it did, by time.
    pub events: Vec<TraceEvent>,
    /// How it ended.
    pub outcome: Outcome,
    /// What was lost, or not seen, or changed by tracing it.
    pub problems: Vec<Problem>,
    /// Its standard output, where it was captured.
    pub stdout: Captured,
    /// Its error output, where it was captured.
    pub stderr: Captured,
}

/// Runs a program and records what it does, until all that comes of it has ended.
///
/// A thread of its own traces, since ptrace binds the traced to one thread, and since
/// waiting there takes nobody else's children. Setting `interrupt` ends the program.
///
/// # Errors
/// The program cannot be started, or this host does not let it be traced.
pub fn trace(
    spec: CommandSpec,
    limits: &Limits,
    interrupt: &AtomicBool,
) -> Result<Traced, TraceError> {
    in_own_thread(|filter| follow(spec, filter, limits, interrupt))
}

/// Runs a program and tells what it does while it does it, until all that comes of it has
/// ended. Gives what was not seen.
///
/// # Errors
/// As [`trace`].
pub(super) fn follow_told(
    mut spec: CommandSpec,
    limits: &Limits,
    interrupt: &AtomicBool,
    events: Tell<'_>,
    ended: TellEnd<'_>,
) -> Result<Vec<Problem>, TraceError> {
    in_own_thread(|filter| {
        let watched_variables = std::mem::take(&mut spec.watched_variables);
        let mut started = spawn::start(spec, filter, limits.output_bytes)?;
        let told = Told {
            events: Some(events),
            ended: Some(ended),
        };
        let tracer = Tracer::new(started.pid, limits, interrupt, &watched_variables, told);
        let (_, recorder) = seen_to_end(tracer.follow(), &mut started)?;
        Ok(recorder.finish().1)
    })
}

/// Does the work in a thread of its own, with the filter.
fn in_own_thread<T: Send>(
    work: impl FnOnce(&[seccompiler::sock_filter]) -> Result<T, TraceError> + Send,
) -> Result<T, TraceError> {
    let filter = filter::program()?;
    let setup = |what| {
        move |error: nix::Error| TraceError::Setup {
            what,
            source: error.into(),
        }
    };
    let _subreaper = Subreaper::set().map_err(setup("the adoption of orphans"))?;
    thread::scope(|scope| {
        let tracer = scope.spawn(|| {
            let _bell = Bell::ring().map_err(setup("the clock"))?;
            work(&filter)
        });
        tracer.join().unwrap_or_else(|panic| {
            let message = panic.downcast_ref::<&str>().map(ToString::to_string);
            let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
            Err(TraceError::Panicked(message.unwrap_or_default()))
        })
    })
}

/// What was recorded, if the program was run and its end was seen.
fn seen_to_end<'env>(
    followed: Followed<'env>,
    started: &mut spawn::Started,
) -> Result<(Outcome, Recorder<'env>), TraceError> {
    if followed.is_kernel_old {
        return Err(TraceError::OldKernel);
    }
    if let Some(failure) = started.failure() {
        return Err(failure);
    }
    let outcome = followed.outcome.ok_or(TraceError::EndNotSeen)?;
    Ok((outcome, followed.recorder))
}

fn follow(
    mut spec: CommandSpec,
    filter: &[seccompiler::sock_filter],
    limits: &Limits,
    interrupt: &AtomicBool,
) -> Result<Traced, TraceError> {
    let watched_variables = std::mem::take(&mut spec.watched_variables);
    let mut started = spawn::start(spec, filter, limits.output_bytes)?;
    let tracer = Tracer::new(
        started.pid,
        limits,
        interrupt,
        &watched_variables,
        Told::default(),
    );
    let followed = tracer.follow();
    let (stdout, stderr) = (finish(started.stdout.take()), finish(started.stderr.take()));
    let (outcome, recorder) = seen_to_end(followed, &mut started)?;
    let (events, mut problems) = recorder.finish();
    problems.extend(output_problems(&stdout, &stderr, limits));
    Ok(Traced {
        events,
        outcome,
        problems,
        stdout,
        stderr,
    })
}

fn finish(capture: Option<Capture>) -> Captured {
    capture.map(Capture::finish).unwrap_or_default()
}

fn output_problems(stdout: &Captured, stderr: &Captured, limits: &Limits) -> Vec<Problem> {
    let mut problems = Problems::default();
    for (name, captured) in [("standard output", stdout), ("error output", stderr)] {
        if captured.dropped > 0 {
            problems.tell(
                ProblemKind::OutputDropped,
                format!(
                    "{} bytes of {name} beyond the first {} were dropped",
                    captured.dropped, limits.output_bytes
                ),
            );
        }
    }
    problems.into_list()
}
