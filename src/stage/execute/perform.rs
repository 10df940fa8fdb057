//! From agreement to a plan to what became of it.

use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::classify;
use super::consent::Consent;
use super::journal::{self, Entry, EntryCleanUp};
use super::lock::HostLock;
use super::marker::RunId;
use super::overlay::{Overlay, OverlayError};
use super::person::{Answer, Person};
use super::plan::{Act, ExecutionPlan, Where};
use super::prerequisites::{self, Met};
use super::process::{Command, CommandResult, End, Seen, StartError, Tree, Wait};
use super::residue::{Files, Residue};
use super::state::{StateDir, StateError};
use super::step::{Observer, Step};
use super::target::this_host_name;
use super::test::Ends;
use super::undertaking::{CleanedUp, Done, Scene, Undertaking};
use crate::collect::trace::Watched;
use crate::recording::Interrupt;
use crate::recording::{ExecutedStep, NotRun, Outcome};

/// For how long processes that an act left are watched before it is cleaned up.
const SETTLING: Duration = Duration::from_secs(1);

/// Why an atomic could not be performed, or it is not known what it did.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    /// The undo could not be written, so nothing was done.
    #[error("cannot write the undo, so nothing was executed")]
    Journal(#[source] StateError),
    /// There can be no overlay, so nothing was done.
    #[error("there can be no overlay, so nothing was executed")]
    Overlay(#[source] OverlayError),
    /// Processes could not be watched.
    #[error("cannot watch processes")]
    Watch(#[source] std::io::Error),
}

/// What a run needs besides its plan.
pub struct Around<'a> {
    /// Where the journal is.
    pub state: &'a StateDir,
    /// The right to execute on this host, which the run keeps.
    pub lock: &'a HostLock,
    /// Whether its user wants it to end.
    pub interrupt: &'a Interrupt,
    /// Who performs what is done by hand.
    pub person: &'a mut dyn Person,
    /// Who is told.
    pub observer: Observer<'a>,
}

/// What became of an atomic.
#[derive(Debug)]
pub struct Performance {
    /// The run; the value of its mark.
    pub run: RunId,
    /// How it ended.
    pub outcome: Outcome,
    /// When its act began; its events are not earlier.
    pub began: Option<Timestamp>,
    /// When its act was over; its events are not later.
    pub act_over: Option<Timestamp>,
    /// Whether processes of its act still ran when it was cleaned up.
    pub ran_on: bool,
    /// When all was over, clean-up included.
    pub over: Timestamp,
    /// What was there first.
    pub prerequisites: Vec<Met>,
    /// What its command did; a person's act has none.
    pub act: Option<CommandResult>,
    /// What was seen of what it did, if it was watched.
    pub watched: Option<Watched>,
    /// Why it is not known what the act did, if it began and could not be followed.
    pub lost: Option<String>,
    /// Every command that was executed, in order.
    pub done: Vec<Done>,
    /// How it was cleaned up.
    pub cleaned_up: Option<CleanedUp>,
    /// What it left.
    pub residue: Option<Residue>,
}

/// Performs on this host what was agreed to.
///
/// The undo is written; prerequisites are checked; the act is
/// performed and ended; it is cleaned up, whatever became of it; no process is left.
///
/// # Errors
/// The undo cannot be written, or processes cannot be watched from the first.
pub fn perform(
    consent: Consent<ExecutionPlan>,
    around: Around<'_>,
) -> Result<Performance, PerformError> {
    let plan = consent.into_inner();
    let Around {
        state,
        lock,
        interrupt,
        person,
        observer,
    } = around;
    let mut performance = Performance {
        run: plan.run,
        outcome: Outcome::not_run(NotRun::Interrupted, "it was interrupted before it began"),
        began: None,
        act_over: None,
        ran_on: false,
        over: Timestamp::now(),
        prerequisites: Vec::new(),
        act: None,
        watched: None,
        lost: None,
        done: Vec::new(),
        cleaned_up: None,
        residue: None,
    };
    if interrupt.is_set() {
        return Ok(performance);
    }
    lock.is_for(&plan.name);
    journal::tidy(state);
    let tree = Tree::new(plan.run).map_err(PerformError::Watch)?;
    let overlay = match plan.place {
        Where::Host => None,
        Where::Overlay => Some(Overlay::lay(state).map_err(PerformError::Overlay)?),
    };
    let written = journal::write(state, &entry(&plan)).map_err(PerformError::Journal)?;
    let mut run = Undertaking::new(Scene::of(&plan, overlay.clone()), state, tree, written);
    observer(&Step::UndoWritten);

    match prerequisites::require(&mut run, &plan, interrupt, person, observer) {
        Ok(met) => performance.prerequisites = met,
        Err(outcome) => performance.outcome = outcome,
    }
    let is_ready = performance.prerequisites.len() == plan.prerequisites.len();
    let mut before = None;
    let mut acted = Ok(None);
    if is_ready && !interrupt.is_set() {
        before = Some(Files::look(overlay.as_ref(), &plan.watched));
        performance.began = Some(Timestamp::now());
        acted = act(
            &mut run,
            &plan,
            overlay.as_ref(),
            interrupt,
            person,
            observer,
        )
        .map(Some);
        performance.act_over = Some(Timestamp::now());
    }
    let place = run.done.len();
    let cleaned = run.clean_up(observer);
    performance.done = std::mem::take(&mut run.done);
    let acted = match acted {
        // It has begun, so that it was performed.
        Err(PerformError::Watch(error)) => {
            performance.outcome = Outcome::Performed;
            performance.lost = Some(format!("its processes could not be watched: {error}"));
            None
        }
        acted => acted?,
    };
    match acted {
        None => {}
        Some(Acted::ByPerson) => performance.outcome = Outcome::Performed,
        Some(Acted::Not(outcome)) => performance.outcome = outcome,
        Some(Acted::ByCommand {
            command,
            end,
            ran_on,
            over,
        }) => {
            performance.ran_on = ran_on;
            performance.act_over = Some(over);
            // Not before all processes have ended: what an atomic leaves in the
            // background may write, and would be ended by nobody listening.
            let (result, watched) = command.finish(end);
            // What was seen to do something was run, whatever became of the tracer.
            let refused = watched
                .as_ref()
                .filter(|watched| watched.events.is_empty())
                .and_then(|watched| watched.refused.clone());
            performance.outcome = match refused {
                Some(why) => Outcome::not_run(
                    NotRun::Failed,
                    format!("it could not be watched, so it was not run: {why}"),
                ),
                None => classify::outcome(&plan.act, &result),
            };
            if let Act::Command { shell, script, .. } = &plan.act {
                let done = Done {
                    step: ExecutedStep::Perform,
                    shell: *shell,
                    script: script.clone(),
                    result: result.clone(),
                };
                performance.done.insert(place, done);
            }
            performance.watched = watched;
            performance.act = Some(result);
        }
    }
    performance.residue = before.map(|before| {
        let left = [cleaned.left_running.clone(), cleaned.survivors.clone()];
        before.residue(overlay.as_ref(), processes(left), cleaned.listening.clone())
    });
    performance.cleaned_up = Some(cleaned);
    performance.over = Timestamp::now();
    Ok(performance)
}

enum Acted {
    ByPerson,
    ByCommand {
        command: Command,
        end: End,
        /// Whether processes of it still ran.
        ran_on: bool,
        /// When it was over: what it does when it is ended is our doing.
        over: Timestamp,
    },
    Not(Outcome),
}

fn act(
    run: &mut Undertaking,
    plan: &ExecutionPlan,
    overlay: Option<&Overlay>,
    interrupt: &Interrupt,
    person: &mut dyn Person,
    observer: Observer<'_>,
) -> Result<Acted, PerformError> {
    let not_run = |reason, because: String| Ok(Acted::Not(Outcome::not_run(reason, because)));
    let directory = overlay.map(|overlay| overlay.reach(&plan.directory));
    if !directory.as_ref().unwrap_or(&plan.directory).is_dir() {
        let because = format!("its directory `{}` is not there", plan.directory.display());
        return not_run(NotRun::Failed, because);
    }
    run.begin_act().map_err(PerformError::Journal)?;
    observer(&Step::ActBegins);
    let invocation = match &plan.act {
        Act::Person { steps } => {
            return match person.perform(steps) {
                Ok(Answer::Done) => Ok(Acted::ByPerson),
                Ok(Answer::Nobody) => not_run(
                    NotRun::Skipped,
                    "a person performs it, and there is no terminal to show the steps at".into(),
                ),
                Err(error) => not_run(NotRun::Skipped, error.to_string()),
            };
        }
        Act::Command { invocation, .. } => invocation,
    };
    let watcher = plan.watcher.as_deref();
    let command = match run.start_watched(invocation, &plan.act_environment, watcher) {
        Ok(command) => command,
        Err(error) => return not_run(reason(&error), format!("{error}: {}", error.source)),
    };
    observer(&Step::ActStarted);
    let wait = match plan.ends {
        Ends::Exits => Wait::Until(plan.limits.act),
        Ends::KeepsRunning { observe_for } => Wait::Observe(observe_for),
    };
    let end = run
        .wait(&command, wait, Some(interrupt))
        .map_err(PerformError::Watch)?;
    if plan.watcher.is_some() && matches!(end, End::Exited(_) | End::Signalled(_)) {
        settle(run, interrupt)?;
    }
    let ran_on = matches!(end, End::Exited(_) | End::Signalled(_))
        && !run.tree.is_quiet().map_err(PerformError::Watch)?;
    let over = Timestamp::now();
    observer(&Step::ActEnded(end));
    if matches!(end, End::TimedOut | End::Interrupted | End::Observed) {
        run.tree
            .end(plan.limits.grace)
            .map_err(PerformError::Watch)?;
    }
    Ok(Acted::ByCommand {
        command,
        end,
        ran_on,
        over,
    })
}

/// Lets what the act left in the background come to its work, which belongs to the act.
fn settle(run: &Undertaking, interrupt: &Interrupt) -> Result<(), PerformError> {
    let until = Instant::now() + SETTLING;
    while Instant::now() < until
        && !interrupt.is_set()
        && !run.tree.is_quiet().map_err(PerformError::Watch)?
    {
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn reason(error: &StartError) -> NotRun {
    match error.source.kind() {
        std::io::ErrorKind::PermissionDenied => NotRun::Blocked,
        std::io::ErrorKind::NotFound => NotRun::ExecutorMissing,
        _ => NotRun::Failed,
    }
}

fn processes(left: [Vec<Seen>; 2]) -> Vec<Seen> {
    let mut processes = left.concat();
    processes.sort_by_key(|seen| seen.pid);
    processes.dedup_by_key(|seen| seen.pid);
    processes
}

/// The undo of a plan. Of the runner's own variables only those are kept that decide
/// where a clean-up looks: others may be secrets, and are none of the disk's business.
fn entry(plan: &ExecutionPlan) -> Entry {
    const KEPT: [&str; 5] = ["PATH", "HOME", "USER", "TMPDIR", "LANG"];
    let mut environment: std::collections::BTreeMap<_, _> = KEPT
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .collect();
    environment.extend(plan.environment.clone());
    Entry {
        host: this_host_name(),
        run: plan.run,
        atomic: plan.atomic,
        name: plan.name.clone(),
        written: Timestamp::now(),
        directory: plan.directory.clone(),
        environment,
        clean_up: plan.clean_up.as_ref().map(|undo| EntryCleanUp {
            executor: undo.shell,
            script: undo.script.clone(),
        }),
        in_overlay: plan.place == Where::Overlay,
        limit_ms: u64::try_from(plan.limits.clean_up.as_millis()).unwrap_or(u64::MAX),
    }
}
