//! Performing the tests of a plan on this host, one after the other.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::providers::expected_providers;
use crate::content::atomic::{Atomic, Platform};
use crate::content::expectation::RunBlock;
use crate::content::fixture::Fixture;
use crate::content::{LoadedDetections, Plan, PlannedTest, Unrecorded};
use crate::diagnostic::{Code, Diagnostic};
use crate::recording::{Interrupt, NotRun, Outcome};
use crate::stage::execute::{
    self, Acted, Around, Asking, CleanUp, Collecting, Consent, Ends, Found, Host, HostLock,
    LockError, PerformError, Performance, Performed, Person, PlanFacts, Settings, StateDir, Step,
    Test, not_performed, recording, recording_elsewhere, recording_lost, service_of,
};

/// How atomics are to be executed.
pub struct ExecuteOptions<'a> {
    /// Where they may be, how long they may take, and who watches.
    pub settings: Settings,
    /// Arguments that differ from their defaults.
    pub arguments: BTreeMap<String, String>,
    /// The conditions that hold, as the user says.
    pub given: Vec<String>,
    /// The program that stands in for the real one, if any does.
    pub stand_in: Option<String>,
    /// How the logs of clouds are collected.
    pub collecting: Collecting,
    /// The detections that are expected to fire.
    pub detections: &'a LoadedDetections,
    /// Where the lock and the journal are.
    pub state: &'a StateDir,
    /// Whether to ask before each one.
    pub asking: Asking,
    /// Where what is agreed to is shown.
    pub shown: &'a mut dyn Write,
    /// Who performs what is done by hand.
    pub person: &'a mut dyn Person,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

impl std::fmt::Debug for ExecuteOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExecuteOptions")
            .field("settings", &self.settings)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

/// What would be done for a test, or why nothing would.
#[derive(Debug)]
pub struct DryTest {
    /// The atomic.
    pub atomic: Arc<Atomic>,
    /// What would be executed; or why it would not be.
    pub plan: Result<execute::ExecutionPlan, Outcome>,
}

/// Says what would be executed. Executes and writes nothing.
#[must_use]
pub fn dry_run(
    plan: &Plan,
    settings: &Settings,
    arguments: &BTreeMap<String, String>,
) -> Vec<DryTest> {
    let host = Host::this();
    plan.tests
        .iter()
        .map(|test| DryTest {
            atomic: Arc::clone(&test.atomic),
            plan: filled(test, arguments)
                .map_err(|why| Outcome::not_run(NotRun::Failed, why))
                .and_then(|test| execute::plan(&test, &host, settings)),
        })
        .collect()
}

/// Executes the tests of a plan and puts what they leave in the place of their
/// recordings. Nothing is executed that is not agreed to.
///
/// A test that was not performed has a recording that says why. What keeps all of them
/// from being performed is told, and ends it. The logs of clouds, which show a record
/// only after minutes, are collected when all tests have been performed and cleaned up,
/// and are waited for once.
pub fn execute_tests(
    plan: &mut Plan,
    options: &mut ExecuteOptions<'_>,
    tell: &mut dyn FnMut(&Atomic, &Step),
) -> Vec<Diagnostic> {
    let host = Host::this();
    let mut problems = Vec::new();
    let mut stopped: Option<String> = None;
    let mut elsewhere = Vec::new();
    // Held until the last test is cleaned up; a cloud's log is asked without it.
    let mut lock = None;
    for (number, test) in plan.tests.iter_mut().enumerate() {
        test.recordings = Vec::new();
        if let Some(why) = &stopped {
            test.unrecorded = Unrecorded::NotExecuted(why.clone());
            continue;
        }
        match execute_one(test, &host, &mut lock, options, tell) {
            Ok(Executed::Here(fixture, told)) => {
                test.recordings.push(Arc::new(*fixture));
                problems.extend(told);
            }
            Ok(Executed::Elsewhere(done)) => {
                problems.extend(left(&test.atomic, &done.performance, options.state));
                elsewhere.push((number, done));
            }
            Err(Trouble::OfTest(why)) => test.unrecorded = Unrecorded::NotExecuted(why),
            Err(Trouble::OfAll(problem)) => {
                let why = problem.message.clone();
                test.unrecorded = Unrecorded::NotExecuted(why.clone());
                stopped = Some(why);
                problems.push(*problem);
            }
        }
    }
    drop(lock);
    problems.extend(collect(plan, elsewhere, options, tell));
    problems
}

/// What came of executing a test.
enum Executed {
    /// Its recording, and what is to be told of it.
    Here(Box<Fixture>, Vec<Diagnostic>),
    /// It worked on a service whose log has still to be collected.
    Elsewhere(Box<Elsewhere>),
}

/// A performance whose records are in the log of a service.
struct Elsewhere {
    service: Platform,
    arguments: BTreeMap<String, String>,
    facts: PlanFacts,
    performance: Performance,
    /// The resource providers that what is expected of it names.
    providers: Vec<String>,
}

/// Collects what performances left in services, all of them together. A log that cannot
/// be collected is a problem of the host, and no verdict on the test.
fn collect(
    plan: &mut Plan,
    elsewhere: Vec<(usize, Box<Elsewhere>)>,
    options: &ExecuteOptions<'_>,
    tell: &mut dyn FnMut(&Atomic, &Step),
) -> Vec<Diagnostic> {
    let mut acted = Vec::new();
    let of_test = |number: usize| plan.tests.get(number);
    for (number, done) in &elsewhere {
        let Some(test) = of_test(*number) else {
            continue;
        };
        if done.performance.act_over.is_some() {
            tell(&test.atomic, &Step::Collecting(options.collecting.wait));
        }
        acted.push(Acted {
            performed: Performed {
                atomic: &test.atomic,
                arguments: &done.arguments,
                given: &options.given,
                stand_in: options.stand_in.as_deref(),
            },
            plan: &done.facts,
            performance: &done.performance,
            providers: &done.providers,
        });
    }
    let interrupt = &options.interrupt;
    let is_over = || interrupt.is_set();
    let found = execute::find(&acted, &options.collecting, &is_over);
    let mut problems = Vec::new();
    let mut fixtures = Vec::new();
    for ((acted, (number, done)), found) in acted.iter().zip(&elsewhere).zip(found) {
        problems.extend(found.iter().flat_map(|found| uncollected(acted, found)));
        let fixture = recording_elsewhere(
            acted.performed,
            acted.plan,
            acted.performance,
            done.service,
            found,
        );
        fixtures.push((*number, fixture));
    }
    for (number, fixture) in fixtures {
        if let Some(test) = plan.tests.get_mut(number) {
            test.recordings.push(Arc::new(fixture));
        }
    }
    problems
}

/// What could not be collected of a performance.
fn uncollected(acted: &Acted<'_>, found: &Found) -> Vec<Diagnostic> {
    let name = &acted.performed.atomic.name;
    let all = found
        .collected
        .as_ref()
        .err()
        .map(|error| (error, "was not collected"));
    let some = found
        .failures
        .iter()
        .map(|error| (error, "was not collected from everywhere"));
    all.into_iter()
        .chain(some)
        .map(|(error, what)| {
            Diagnostic::warning(error.code(), format!("what `{name}` left {what}: {error}"))
                .help(error.help())
        })
        .collect()
}

/// Why there is no recording.
enum Trouble {
    OfTest(String),
    OfAll(Box<Diagnostic>),
}

fn execute_one(
    test: &PlannedTest,
    host: &Host,
    lock: &mut Option<HostLock>,
    options: &mut ExecuteOptions<'_>,
    tell: &mut dyn FnMut(&Atomic, &Step),
) -> Result<Executed, Trouble> {
    let atomic = &test.atomic;
    let arguments = arguments_for(atomic, &options.arguments);
    let performed = Performed {
        atomic,
        arguments: &arguments,
        given: &options.given,
        stand_in: options.stand_in.as_deref(),
    };
    let not_run = |outcome| {
        let fixture = not_performed(performed, outcome);
        Ok(Executed::Here(Box::new(fixture), Vec::new()))
    };
    if options.interrupt.is_set() {
        return not_run(Outcome::not_run(NotRun::Interrupted, ""));
    }
    let filled = filled(test, &options.arguments).map_err(Trouble::OfTest)?;
    let planned = match execute::plan(&filled, host, &options.settings) {
        Ok(planned) => planned,
        Err(outcome) => return not_run(outcome),
    };
    let facts = PlanFacts::of(&planned);
    let lock = match lock {
        Some(lock) => lock,
        // Before anybody agrees to what another run would keep from being done.
        None => {
            let taken = HostLock::take(options.state, &atomic.name).map_err(locked)?;
            tell(atomic, &Step::Locked);
            lock.insert(taken)
        }
    };
    let consent = match Consent::obtain_at_terminal(
        planned,
        options.asking,
        &options.interrupt,
        options.shown,
    ) {
        Ok(consent) => consent,
        Err(outcome) => return not_run(outcome),
    };
    let around = Around {
        state: options.state,
        lock,
        interrupt: &options.interrupt,
        person: options.person,
        observer: &mut |step| tell(atomic, step),
    };
    let performance = execute::perform(consent, around).map_err(trouble)?;
    if let Some(service) = service_of(&atomic.platforms, host.platform) {
        return Ok(Executed::Elsewhere(Box::new(Elsewhere {
            service,
            arguments,
            facts,
            performance,
            providers: expected_providers(test, options.detections),
        })));
    }
    let mut told: Vec<_> = left(atomic, &performance, options.state)
        .into_iter()
        .collect();
    let made = match &performance.lost {
        Some(why) => Err(why.clone()),
        None => recording(performed, &facts, &performance).map_err(|error| error.to_string()),
    };
    let recording = made.unwrap_or_else(|why| {
        told.push(
            Diagnostic::error(
                Code::EXECUTE_UNRECORDED,
                format!(
                    "`{}` was performed, and what was recorded of it is lost: {why}",
                    atomic.name
                ),
            )
            .help("nothing can be said of what it left; perform it again"),
        );
        recording_lost(performed, &facts, &performance, &why)
    });
    Ok(Executed::Here(Box::new(recording), told))
}

/// Why nothing is executed while another run has the host.
fn locked(error: LockError) -> Trouble {
    let message = match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    };
    let (code, help) = match &error {
        LockError::Held { .. } => (
            Code::EXECUTE_HOST_BUSY,
            "wait for its end, or end it; only one run at a time executes on a host",
        ),
        LockError::State(_) => (Code::EXECUTE_STATE, SEE_TO_STATE),
    };
    Trouble::OfAll(Box::new(Diagnostic::error(code, message).help(help)))
}

const SEE_TO_STATE: &str = "see to that folder, or name another one with `--state`";

/// What has still to be undone, if anything has: no verdict depends on it, and the host
/// does.
fn left(atomic: &Atomic, performance: &Performance, state: &StateDir) -> Option<Diagnostic> {
    let cleaned_up = performance.cleaned_up.as_ref()?;
    let why = cleaned_up.still_in_journal.as_deref()?;
    let message = match &cleaned_up.clean_up {
        CleanUp::Ran(result) if !cleaned_up.clean_up.is_done() => {
            format!(
                "`{}` was not cleaned up: {why}: {}",
                atomic.name, result.end
            )
        }
        CleanUp::Failed(error) => format!("`{}` was not cleaned up: {error}", atomic.name),
        _ => format!("`{}` was not cleaned up: {why}", atomic.name),
    };
    Some(
        Diagnostic::warning(Code::EXECUTE_LEFTOVER, message)
            .help(format!("`{}` tries again", state.recovery())),
    )
}

fn trouble(error: PerformError) -> Trouble {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        message.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    let (code, help) = match &error {
        PerformError::Journal(_) => (Code::EXECUTE_STATE, SEE_TO_STATE),
        PerformError::Overlay(_) => (
            Code::EXECUTE_NO_OVERLAY,
            "leave `--overlay` out; then files of this host are changed",
        ),
        PerformError::Watch(_) => (
            Code::EXECUTE_FAILED,
            "check that `/proc` is mounted and can be read",
        ),
    };
    Trouble::OfAll(Box::new(Diagnostic::error(code, message).help(help)))
}

/// The arguments that the atomic has among those that are given for all.
fn arguments_for(atomic: &Atomic, given: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    given
        .iter()
        .filter(|(name, _)| atomic.arguments.contains_key(*name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn filled(test: &PlannedTest, given: &BTreeMap<String, String>) -> Result<Test, String> {
    let atomic = &test.atomic;
    let run = test
        .expectation
        .as_ref()
        .map(|expectation| &expectation.run);
    let ends = match run {
        Some(RunBlock::KeepsRunning { observe_for }) => Ends::KeepsRunning {
            observe_for: observe_for.unsigned_abs(),
        },
        Some(RunBlock::Exits { .. }) | None => Ends::Exits,
    };
    let arguments = arguments_for(atomic, given);
    Test::of(atomic, &arguments, ends, &folder_of(atomic)).map_err(|errors| {
        let first = errors.first().map(ToString::to_string);
        first.unwrap_or_default()
    })
}

/// `PathToAtomicsFolder`: the folder that holds those of techniques.
fn folder_of(atomic: &Atomic) -> PathBuf {
    let file = &atomic.place.file;
    let folder = file.parent().and_then(Path::parent);
    let folder = folder.unwrap_or(Path::new("."));
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}
