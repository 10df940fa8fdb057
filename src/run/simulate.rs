//! Simulating many atomics.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::event::{Interrupt, RunEvent, Silent, Sink};
use crate::content::atomic::{Atomic, Executor, Platform, Shell};
use crate::content::{Plan, Unrecorded};
use crate::diagnostic::{Code, Diagnostic};
use crate::stage::simulate::world::Profile;
use crate::stage::simulate::{Simulated, Simulation, perform, record};

/// 2026-11-02T09:14:00Z, a Monday morning.
const USUAL_START: Timestamp = Timestamp::constant(1_793_610_840, 0);

/// How atomics are to be simulated.
#[derive(Debug, Clone)]
pub struct SimulateOptions {
    /// The hosts and accounts; where none fits an atomic, the bundled one for its
    /// platform is taken.
    pub profiles: Vec<Arc<Profile>>,
    /// Arguments that differ from their defaults.
    pub arguments: BTreeMap<String, String>,
    /// When each atomic begins.
    pub start: Timestamp,
    /// What all that looks random is derived from.
    pub seed: u64,
    /// How many threads work; `None` takes every core.
    pub threads: Option<NonZero<usize>>,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

impl SimulateOptions {
    /// On the bundled hosts and accounts, with the arguments' defaults, at the time at
    /// which tests are simulated where nobody says another.
    #[must_use]
    pub fn usual(threads: Option<NonZero<usize>>, interrupt: &Interrupt) -> Self {
        Self {
            profiles: Vec::new(),
            arguments: BTreeMap::new(),
            start: USUAL_START,
            seed: 0,
            threads,
            interrupt: interrupt.clone(),
        }
    }
}

/// One atomic, simulated or not.
#[derive(Debug)]
pub struct SimulatedTest {
    /// The atomic.
    pub atomic: Arc<Atomic>,
    /// What it leaves on each profile that fits it; or why there is nothing, as a
    /// fragment of a sentence.
    pub result: Result<Vec<Simulated>, String>,
}

/// Simulates atomics, each on the profiles that fit it; the results are in the order
/// of the atomics, and do not depend on the number of threads. An interruption ends the
/// list early.
#[must_use]
pub fn simulate(atomics: &[Arc<Atomic>], options: &SimulateOptions) -> Vec<SimulatedTest> {
    simulate_told(atomics, options, &Silent)
}

/// The same, with someone who listens.
#[must_use]
pub fn simulate_told(
    atomics: &[Arc<Atomic>],
    options: &SimulateOptions,
    sink: &dyn Sink,
) -> Vec<SimulatedTest> {
    let count = atomics.len();
    sink.note(RunEvent::AtomicsPlanned { count });
    let simulate = |(index, atomic): (usize, &Arc<Atomic>)| {
        if options.interrupt.is_set() {
            return None;
        }
        let test = SimulatedTest {
            atomic: Arc::clone(atomic),
            result: simulate_one(atomic, options),
        };
        sink.note(RunEvent::AtomicSimulated { index, test: &test });
        Some(test)
    };
    let work =
        || -> Vec<Option<SimulatedTest>> { atomics.par_iter().enumerate().map(simulate).collect() };
    let cores = options
        .threads
        .or_else(|| std::thread::available_parallelism().ok())
        .map_or(1, NonZero::get);
    let tests = match rayon::ThreadPoolBuilder::new().num_threads(cores).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    };
    sink.note(RunEvent::AtomicsDone);
    tests.into_iter().map_while(|test| test).collect()
}

fn simulate_one(atomic: &Arc<Atomic>, options: &SimulateOptions) -> Result<Vec<Simulated>, String> {
    let profiles = profiles_for(atomic, &options.profiles);
    if profiles.is_empty() {
        return Err(format!(
            "nothing is modelled of {}",
            atomic
                .platforms
                .iter()
                .map(|platform| platform.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }
    // Arguments are given for all the atomics together.
    let arguments: BTreeMap<_, _> = options
        .arguments
        .iter()
        .filter(|(name, _)| atomic.arguments.contains_key(*name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    profiles
        .iter()
        .map(|profile| {
            let simulation = Simulation {
                profile: Arc::clone(profile),
                arguments: arguments.clone(),
                start: options.start,
                seed: options.seed,
            };
            let performed = perform(atomic, &simulation)
                .map_err(|errors| errors.first().map_or_else(String::new, ToString::to_string))?;
            Ok(record(
                atomic,
                profile,
                &arguments,
                options.start,
                performed,
            ))
        })
        .collect()
}

/// The profiles that an atomic can be performed on: the given ones that fit, else the
/// bundled one of its first platform that has one.
fn profiles_for(atomic: &Atomic, given: &[Arc<Profile>]) -> Vec<Arc<Profile>> {
    let fits = |profile: &Profile| {
        atomic
            .platforms
            .iter()
            .any(|platform| is_of(profile, *platform))
    };
    let fitting: Vec<_> = given
        .iter()
        .filter(|profile| fits(profile))
        .cloned()
        .collect();
    if !fitting.is_empty() {
        return fitting;
    }
    let bundled = atomic.platforms.iter().copied().find_map(|platform| {
        let bundled = Profile::bundled(platform)?;
        let is_of_cloud = bundled.aws.is_some() || bundled.azure.is_some();
        Some(match is_of_cloud && is_for_windows(atomic) {
            true => Profile::clouds_from_windows(),
            false => bundled,
        })
    });
    bundled.map(Arc::new).into_iter().collect()
}

/// Whether its commands are in a language of Windows' own.
fn is_for_windows(atomic: &Atomic) -> bool {
    matches!(
        &atomic.executor,
        Executor::Command {
            shell: Shell::PowerShell | Shell::CommandPrompt,
            ..
        }
    )
}

fn is_of(profile: &Profile, platform: Platform) -> bool {
    let host = |name: &str| {
        let host = profile.host.as_ref();
        host.is_some_and(|host| host.platform == name)
    };
    match platform {
        Platform::Windows => host("windows"),
        Platform::Linux => host("linux"),
        Platform::MacOs => host("macos"),
        Platform::IaasAws => profile.aws.is_some(),
        Platform::IaasAzure => profile.azure.is_some(),
        Platform::Iaas => profile.aws.is_some() || profile.azure.is_some(),
        _ => false,
    }
}

/// Puts simulated recordings in the place of those of a plan's tests.
///
/// A test that cannot be simulated has none, with the reason; what cannot be written
/// is told.
pub fn replace_recordings(
    plan: &mut Plan,
    options: &SimulateOptions,
    sink: &dyn Sink,
) -> Vec<Diagnostic> {
    let atomics: Vec<_> = plan
        .tests
        .iter()
        .map(|test| Arc::clone(&test.atomic))
        .collect();
    let mut problems = Vec::new();
    let mut simulated = simulate_told(&atomics, options, sink).into_iter();
    for test in &mut plan.tests {
        test.recordings = Vec::new();
        match simulated.next().map(|simulated| simulated.result) {
            Some(Ok(runs)) => {
                for run in runs {
                    match run.fixture() {
                        Ok(fixture) => test.recordings.push(Arc::new(fixture)),
                        Err(error) => {
                            test.unrecorded = Unrecorded::NotSimulated(error.to_string());
                            problems.push(
                                Diagnostic::error(Code::LOG_UNWRITABLE_RECORD, error.to_string())
                                    .at(test.atomic.place.clone())
                                    .help("this is a fault of misfire's; please report it"),
                            );
                        }
                    }
                }
            }
            Some(Err(why)) => test.unrecorded = Unrecorded::NotSimulated(why),
            None => test.unrecorded = Unrecorded::NotSimulated("the run was interrupted".into()),
        }
    }
    problems
}

/// Reads the profile of a host or account.
///
/// # Errors
/// It cannot be read, or what is wrong with it.
pub fn load_profile(path: &Path) -> Result<Profile, Box<Diagnostic>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Box::new(
            Diagnostic::error(
                Code::IO_UNREADABLE,
                format!("the profile cannot be read: {error}"),
            )
            .in_file(path)
            .help("check that the file is there, and is text"),
        )
    })?;
    Profile::parse(&text).map_err(|error| {
        Box::new(
            Diagnostic::error(
                Code::SIMULATE_BAD_PROFILE,
                format!("it is no profile of a host or account: {error}"),
            )
            .in_file(path)
            .help("`docs/simulation.md` shows a whole one"),
        )
    })
}
