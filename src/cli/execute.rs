//! `misfire run --stage execute` and `misfire recover`, as far as they execute.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::args::Format;
use super::execution_args::{ExecutionArgs, RecoverArgs};
use super::exit::Exit;
use super::output::Output;
use crate::collect::trace;
use crate::content::{LoadedDetections, Plan, Unrecorded};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::recording::{Outcome, RecordPlaces};
use crate::report::mask::{Secrets, mask};
use crate::report::{dry_run_json, dry_run_text, recovered_json, recovered_text};
use crate::run::{ExecuteOptions, Interrupt, dry_run, execute_tests};
use crate::secret::is_secret_argument;
use crate::stage::execute::{
    AllowList, Asking, AtTerminal, Collecting, Consent, Host, HostLock, Leftovers, Limits,
    LockError, Prerequisites, RecoverError, RunId, Settings, StateDir, StateError, Where, forget,
    probe_overlay, recover as finish, tidy,
};

/// Whether something is executed that has to be cleaned up.
static EXECUTING: AtomicBool = AtomicBool::new(false);

/// Whether to go on although the user wants an end for the second time: what is under
/// way is being cleaned up.
pub(super) fn is_cleaning_up() -> bool {
    EXECUTING.load(Ordering::Acquire)
}

/// For how long processes are asked to end before they are made to.
const GRACE: Duration = Duration::from_secs(5);

/// How long a command may take, unless somebody says otherwise: as the public runner has
/// it.
const TIMEOUT: Duration = Duration::from_secs(120);

/// How long the log of a cloud is waited for, unless somebody says otherwise: as long as
/// CloudTrail documents that its records may take.
const WAIT: Duration = Duration::from_secs(15 * 60);

/// What is to be executed, and how.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// How.
    pub(super) args: &'a ExecutionArgs,
    /// Arguments of the atomics.
    pub(super) arguments: &'a [(String, String)],
    /// What stands in the place of the real program.
    pub(super) stand_in: Option<&'a str>,
    /// The targets that the project allows.
    pub(super) allowed: &'a [String],
    /// Where the project has the records of clouds read from, if it says so.
    pub(super) places: Option<&'a RecordPlaces>,
    /// The detections that may be expected to fire.
    pub(super) detections: &'a LoadedDetections,
}

fn settings(wanted: &Wanted<'_>, watcher: Option<PathBuf>) -> Settings {
    let args = wanted.args;
    let timeout = args.timeout.unwrap_or(TIMEOUT);
    Settings {
        allowed: AllowList::of(wanted.allowed),
        prerequisites: if args.get_prereqs {
            Prerequisites::Get
        } else {
            Prerequisites::Check
        },
        limits: Limits {
            act: timeout,
            clean_up: timeout.max(Duration::from_secs(10)),
            grace: GRACE,
            ..Limits::default()
        },
        // The tracer knows what was changed; without it, one has to look.
        watched: match watcher {
            Some(_) => Vec::new(),
            None => vec![std::env::temp_dir()],
        },
        watcher,
        place: match args.overlay {
            true => Where::Overlay,
            false => Where::Host,
        },
    }
}

fn arguments(wanted: &Wanted<'_>) -> BTreeMap<String, String> {
    wanted.arguments.iter().cloned().collect()
}

/// Shows what would be executed.
pub(super) fn show_plans(plan: &Plan, wanted: &Wanted<'_>, output: &Output) -> io::Result<Exit> {
    output.hide(secrets(wanted));
    let tests = dry_run(plan, &settings(wanted, None), &arguments(wanted));
    match output.format {
        Format::Json => output.write(|out| dry_run_json(out, &tests))?,
        Format::Text => output.write(|out| dry_run_text(out, &tests))?,
    }
    Ok(Exit::Expected)
}

/// This program, if it can watch others here; else why it cannot.
fn watcher() -> Result<PathBuf, String> {
    trace::probe()?;
    std::env::current_exe().map_err(|error| error.to_string())
}

/// Executes the tests of a plan; what was wrong.
pub(super) fn execute(
    plan: &mut Plan,
    wanted: &Wanted<'_>,
    output: &Output,
    interrupt: &Interrupt,
) -> io::Result<Vec<Diagnostic>> {
    let args = wanted.args;
    // What was recorded earlier is nothing that is executed now.
    plan.take_recordings(&Unrecorded::NotExecuted(
        "it did not come to that".to_owned(),
    ));
    if std::process::id() == 1 {
        return Ok(vec![
            Diagnostic::error(
                Code::EXECUTE_FAILED,
                "misfire is the first process here, to which all orphans come, so that it \
                 cannot tell those of a test from others",
            )
            .help("start it with an init, as `docker run --init` does"),
        ]);
    }
    if args.overlay
        && let Err(why) = probe_overlay()
    {
        let problem = Diagnostic::error(
            Code::EXECUTE_NO_OVERLAY,
            format!("there can be no overlay: {why}"),
        )
        .help("leave `--overlay` out; then files of this host are changed");
        plan.take_recordings(&Unrecorded::NotExecuted(problem.message.clone()));
        return Ok(vec![problem]);
    }
    let state = match open(args.state.as_deref()) {
        Ok(state) => state,
        Err(error) => {
            let problem = state_problem(&error);
            plan.take_recordings(&Unrecorded::NotExecuted(problem.message.clone()));
            return Ok(vec![problem]);
        }
    };
    let mut problems = leftover(&state);
    let watcher = match watcher() {
        Ok(watcher) => Some(watcher),
        Err(why) => {
            problems.push(
                Diagnostic::warning(
                    Code::EXECUTE_UNWATCHED,
                    format!("what the tests do is not watched: {why}"),
                )
                .help("no log is collected, so that no verdict on it can be known"),
            );
            None
        }
    };
    output.tell(&problems)?;
    // Terminals and logs keep what is shown; who gave a secret knows it.
    let mut shown = Masking::of(wanted);
    let mut options = ExecuteOptions {
        shown: &mut shown,
        settings: settings(wanted, watcher),
        arguments: arguments(wanted),
        given: args.given.clone(),
        stand_in: wanted.stand_in.map(ToOwned::to_owned),
        collecting: Collecting {
            wait: args.wait.unwrap_or(WAIT),
            places: args.places(wanted.places),
            subscription: args.subscription,
        },
        detections: wanted.detections,
        state: &state,
        asking: if args.yes { Asking::Yes } else { Asking::Ask },
        person: &mut AtTerminal::until(interrupt.clone()),
        interrupt: interrupt.clone(),
    };
    EXECUTING.store(true, Ordering::Release);
    let problems = execute_tests(plan, &mut options, &mut |atomic, step| {
        if output.quiet {
            return;
        }
        // Whoever does not read it does not keep the test from its end.
        let _ = output.note(|out| writeln!(out, "  {}: {}", atomic.technique, step.told()));
    });
    EXECUTING.store(false, Ordering::Release);
    Ok(problems)
}

/// The arguments that are secret.
fn secrets(wanted: &Wanted<'_>) -> Secrets {
    let mut secrets = Secrets::default();
    let given = wanted.arguments.iter();
    for (name, value) in given.filter(|(name, _)| is_secret_argument(name)) {
        secrets.add(name, value);
    }
    secrets
}

/// Standard error without the secrets that were given, but with a word on which of them
/// is masked; each text that is written is whole.
struct Masking {
    secrets: Secrets,
    /// The arguments that are secret, with their values.
    given: Vec<(String, String)>,
}

impl Masking {
    fn of(wanted: &Wanted<'_>) -> Self {
        let given = wanted.arguments.iter();
        Self {
            secrets: secrets(wanted),
            given: given
                .filter(|(name, _)| is_secret_argument(name))
                .cloned()
                .collect(),
        }
    }
}

impl io::Write for Masking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let masked = mask(&text, &self.secrets);
        let mut stderr = io::stderr();
        stderr.write_all(masked.as_bytes())?;
        let is_masked = |value: &str| !value.is_empty() && text.contains(value);
        for (name, _) in self
            .given
            .iter()
            .filter(|(_, value)| is_masked(value) && !masked.contains(value.as_str()))
        {
            writeln!(
                stderr,
                "the value of `--arg {name}` is masked here, and is used as it was given"
            )?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Conditions that no expectation of these tests names: a misspelled one would not hold,
/// and nobody would know.
pub(super) fn unknown_conditions(plan: &Plan, given: &[String]) -> Vec<Diagnostic> {
    let expectations = plan
        .tests
        .iter()
        .filter_map(|test| test.expectation.as_ref());
    let signals = expectations.flat_map(|expectation| &expectation.signals);
    let conditions = signals.filter_map(|signal| signal.condition.as_ref());
    let known: BTreeSet<&str> = conditions
        .map(|condition| condition.given.as_str())
        .collect();
    given
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .map(|name| {
            let help = match did_you_mean(name, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if known.is_empty() => {
                    "leave `--given` out: what is expected of them depends on nothing".to_owned()
                }
                None => {
                    let known: Vec<_> = known.iter().copied().collect();
                    format!("there are: {}", known.join(", "))
                }
            };
            Diagnostic::error(
                Code::USAGE_UNKNOWN_CONDITION,
                format!("no expectation of these tests has a condition `{name}`"),
            )
            .help(help)
        })
        .collect()
}

fn open(folder: Option<&Path>) -> Result<StateDir, StateError> {
    match folder {
        Some(folder) => StateDir::open(folder),
        None => StateDir::open_own(),
    }
}

fn state_problem(error: &StateError) -> Diagnostic {
    let message = match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    Diagnostic::error(Code::EXECUTE_STATE, message)
        .help("see to that folder, or name another one with `--state`")
}

fn leftover(state: &StateDir) -> Vec<Diagnostic> {
    // What the journal holds of a run that is under way was not left.
    if let Err(LockError::Held { .. }) = HostLock::take(state, "a look at the journal") {
        return Vec::new();
    }
    match Leftovers::read(state) {
        Ok(left) => {
            let names: Vec<_> = left
                .runs()
                .map(|entry| format!("`{}`", entry.name))
                .collect();
            if names.is_empty() {
                return Vec::new();
            }
            vec![
                Diagnostic::warning(
                    Code::EXECUTE_LEFTOVER,
                    format!("an earlier run was not cleaned up: {}", names.join(", ")),
                )
                .help(format!("`{}` finishes it", state.recovery())),
            ]
        }
        Err(error) => vec![state_problem(&error)],
    }
}

/// Finishes what was left.
pub(super) fn recover(
    args: &RecoverArgs,
    output: &Output,
    interrupt: &Interrupt,
) -> io::Result<Exit> {
    let unfinished = |problem: Diagnostic| {
        output.tell(&[problem])?;
        Ok(Exit::Unfinished)
    };
    let state = match open(args.state.as_deref()) {
        Ok(state) => state,
        Err(error) => return unfinished(state_problem(&error)),
    };
    if let Some(run) = args.forget {
        return match RunId::parse(&run.to_string()).map(|run| forget(&state, run)) {
            Some(Ok(())) => Ok(Exit::Expected),
            Some(Err(error @ RecoverError::Unknown(_))) => {
                output.tell(&[recover_problem(&error)])?;
                Ok(Exit::Wrong)
            }
            Some(Err(error)) => unfinished(recover_problem(&error)),
            None => Ok(Exit::Wrong),
        };
    }
    let left = match Leftovers::read(&state) {
        Ok(left) => left,
        Err(error) => return unfinished(state_problem(&error)),
    };
    let unreadable: Vec<_> = left
        .unreadable
        .iter()
        .map(|file| {
            Diagnostic::error(
                Code::EXECUTE_STATE,
                format!("an entry of the journal cannot be read: {}", file.why),
            )
            .in_file(&file.path)
            .help("recover it on its host; if it is damaged, undo by hand what it names, and remove it")
        })
        .collect();
    output.tell(&unreadable)?;
    let mut done = Vec::new();
    if left.is_empty() {
        tidy(&state);
    } else {
        let asking = if args.yes { Asking::Yes } else { Asking::Ask };
        let consent = match Consent::obtain_at_terminal(left, asking, interrupt, &mut io::stderr())
        {
            Ok(consent) => consent,
            Err(Outcome::NotRun { because, .. }) => {
                return unfinished(
                    Diagnostic::error(
                        Code::EXECUTE_LEFTOVER,
                        format!("nothing was recovered: {because}"),
                    )
                    .help("agree to it, or give `--yes`"),
                );
            }
            Err(_) => return Ok(Exit::Unfinished),
        };
        EXECUTING.store(true, Ordering::Release);
        let finished = finish(consent, &state, &Host::this(), GRACE, &mut |_| {});
        EXECUTING.store(false, Ordering::Release);
        match finished {
            Ok(finished) => done = finished,
            Err(error) => return unfinished(recover_problem(&error)),
        }
    }
    match output.format {
        Format::Json => output.write(|out| recovered_json(out, &done))?,
        Format::Text => output.write(|out| recovered_text(out, &done))?,
    }
    let is_left = done
        .iter()
        .any(|run| run.cleaned_up.still_in_journal.is_some());
    Ok(match (unreadable.is_empty(), is_left) {
        (false, _) => Exit::Unfinished,
        (true, true) => Exit::Unexpected,
        (true, false) => Exit::Expected,
    })
}

fn recover_problem(error: &RecoverError) -> Diagnostic {
    match error {
        RecoverError::State(error) | RecoverError::Lock(LockError::State(error)) => {
            state_problem(error)
        }
        RecoverError::Lock(LockError::Held { .. }) => {
            Diagnostic::error(Code::EXECUTE_HOST_BUSY, error.to_string())
                .help("wait for its end, or end it")
        }
        RecoverError::Unknown(_) => Diagnostic::error(Code::EXECUTE_LEFTOVER, error.to_string())
            .help("`misfire recover` shows which there are"),
    }
}
