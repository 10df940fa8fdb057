//! What an execution left, as a recording.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::cloud::{APP_ID, service_host, service_of};
use super::left;
use super::perform::Performance;
use super::plan::{Act, ExecutionPlan};
use super::process::End;
use super::undertaking::Done;
use crate::collect::trace::{
    ConnectionState, Problem, ProblemKind, Watched, WatchedEvent, WatchedKind, activities,
    this_runner,
};
use crate::content::LogInput;
use crate::content::atomic::{Atomic, AtomicGuid, Executor, Platform};
use crate::content::fixture::{
    Fixture, FixtureFile, LostFile, Sensor as SensorNote, Subject, UnverifiedShape,
};
use crate::diagnostic::Place;
use crate::event::OwnedEvent;
use crate::event::catalogue::{Catalogue, SourceId};
use crate::recording::{
    Closure, Evidence, ExecutedCommand, ExecutedStep, Execution, Host, Outcome, Window,
};
use crate::sensor::{
    HashAlgorithm, HostSensors, LoggingHost, SensorPlatform, sensors, unverified_kind,
};
use crate::stage::logs::{RecordError, kind, logs, number};

/// The source of what the tracer sees.
const SOURCE: &str = "sysmon-linux";

/// The events of Sysmon for Linux that the tracer can fill: process starts, connections,
/// process ends, files created, and files deleted.
const EVENTS: [u32; 5] = [1, 3, 5, 11, 23];

/// An atomic and what it was performed with.
#[derive(Debug, Clone, Copy)]
pub struct Performed<'a> {
    /// The atomic.
    pub atomic: &'a Arc<Atomic>,
    /// The arguments that were given.
    pub arguments: &'a BTreeMap<String, String>,
    /// The conditions that held, as the user says.
    pub given: &'a [String],
    /// The program that stood in for the real one, if any did.
    pub stand_in: Option<&'a str>,
}

/// What an atomic left on this host, as a recording whose logs are in memory; its name
/// begins with `executed/`.
///
/// # Errors
/// A record cannot stand in its log.
pub fn recording(
    performed: Performed<'_>,
    plan: &PlanFacts,
    performance: &Performance,
) -> Result<Fixture, RecordError> {
    let host = this_host();
    let Standing { why_open, besides } = standing(performance);
    let closure = match (&performance.watched, why_open.is_empty()) {
        (Some(_), true) => Closure::Closed,
        _ => Closure::Open,
    };
    let window = window(performance, closure);
    let mut blank = blank(performed, &host, window, performance.outcome.clone());
    if let Some(watched) = &performance.watched {
        let (events, logged) = sense(watched, &host, window.end);
        blank.window.end = logged;
        let source = source();
        let logs = logs(events.iter().filter_map(|event| {
            let (_, _) = kind(&event.origin)?;
            Some((source.as_ref()?, event))
        }))?;
        blank.files = logs
            .into_iter()
            .map(|log| FixtureFile {
                input: LogInput {
                    path: PathBuf::from(format!("{}/{}", blank.name, log.name)),
                    bytes: Some(log.bytes),
                },
                sources: vec![log.source],
                records: log.records,
                closure,
            })
            .collect();
        if blank.files.is_empty() {
            blank.looked_at = source.into_iter().collect();
        }
        blank.sensors = vec![SensorNote {
            name: "Sysmon for Linux".to_owned(),
            version: None,
            configuration: Some(format!(
                "events {}, shaped here from what a tracer saw",
                EVENTS.map(|id| id.to_string()).join(", ")
            )),
        }];
        blank.unverified_shape = unverified(&events);
    }
    let notes = [why_open.clone(), besides].concat();
    blank.why_open = why_open;
    blank.execution = Some(Arc::new(execution(
        performed,
        plan,
        performance,
        &host,
        notes,
    )));
    Ok(blank)
}

/// The recording of an atomic that was performed on this host and whose records are
/// lost, and why: nothing can be said of what it left.
#[must_use]
pub fn recording_lost(
    performed: Performed<'_>,
    plan: &PlanFacts,
    performance: &Performance,
    why: &str,
) -> Fixture {
    let host = this_host();
    let window = window(performance, Closure::Open);
    let mut blank = blank(performed, &host, window, performance.outcome.clone());
    let lost = format!("what was recorded of it is lost: {why}");
    blank.lost = source()
        .into_iter()
        .map(|source| LostFile {
            sources: vec![source],
            why: lost.clone(),
        })
        .collect();
    blank.why_open = vec![lost.clone()];
    let notes = vec![lost];
    let execution = execution(performed, plan, performance, &host, notes);
    blank.execution = Some(Arc::new(execution));
    blank
}

/// The time of the act.
fn window(performance: &Performance, closure: Closure) -> Window {
    Window {
        start: performance.began.unwrap_or(performance.over),
        end: performance.act_over.unwrap_or(performance.over),
        closure,
    }
}

/// Whether the act was ended before its time, so that it is not known what it would have
/// done.
pub(super) fn was_cut_off(performance: &Performance) -> bool {
    let end = performance.act.as_ref().map(|act| act.end);
    matches!(end, Some(End::TimedOut | End::Interrupted | End::Unwatched))
}

/// A recording of what was not performed.
#[must_use]
pub fn not_performed(performed: Performed<'_>, outcome: Outcome) -> Fixture {
    let now = Timestamp::now();
    let window = Window {
        start: now,
        end: now,
        closure: Closure::Open,
    };
    let service = service_of(&performed.atomic.platforms, Platform::Linux);
    let host = service.map_or_else(this_host, service_host);
    blank(performed, &host, window, outcome)
}

/// What a recording keeps of a plan, which performing it consumes.
#[derive(Debug, Clone)]
pub struct PlanFacts {
    directory: PathBuf,
    /// What is performed.
    pub(super) script: String,
    /// The mark that the calls of the act carry, if they do.
    pub(super) marker: Option<String>,
}

impl PlanFacts {
    /// What is kept of a plan.
    #[must_use]
    pub fn of(plan: &ExecutionPlan) -> Self {
        Self {
            directory: plan.directory.clone(),
            script: match &plan.act {
                Act::Person { steps } => steps.clone(),
                Act::Command { script, .. } => script.clone(),
            },
            marker: plan.act_environment.get(APP_ID).cloned(),
        }
    }
}

fn source() -> Option<SourceId> {
    let source = Catalogue::bundled().source(SOURCE)?;
    Some(source.id.clone())
}

pub(super) fn blank(
    performed: Performed<'_>,
    host: &Host,
    window: Window,
    outcome: Outcome,
) -> Fixture {
    let atomic = performed.atomic;
    Fixture {
        name: format!(
            "executed/{}-{} on {}",
            atomic.technique, atomic.number, host.name
        ),
        subject: Subject::Atomic {
            guid: atomic.guid.unwrap_or_else(AtomicGuid::nil),
            arguments: performed.arguments.clone(),
        },
        evidence: Evidence::Executed,
        stand_in: performed.stand_in.map(ToOwned::to_owned),
        host: host.clone(),
        sensors: Vec::new(),
        window,
        why_open: Vec::new(),
        files: Vec::new(),
        lost: Vec::new(),
        looked_at: Vec::new(),
        given: performed.given.to_vec(),
        outcome,
        execution: None,
        modelled: Vec::new(),
        scrubbed: Vec::new(),
        unverified_shape: Vec::new(),
        place: Place::file(&atomic.place.file),
        damage: None,
    }
}

/// What Sysmon for Linux would log of what was watched, by time; and when it would have
/// logged all that was done before `over`, as a record is written a little later than what
/// it tells of.
fn sense(watched: &Watched, host: &Host, over: Timestamp) -> (Vec<OwnedEvent>, Timestamp) {
    let logging = LoggingHost {
        computer: host.name.clone(),
        domain: String::new(),
        machine_guid: machine_id(),
        build: String::new(),
    };
    let switches = HostSensors {
        platform: SensorPlatform::Linux,
        sysmon: EVENTS.to_vec(),
        hashes: vec![
            HashAlgorithm::Sha1,
            HashAlgorithm::Md5,
            HashAlgorithm::Sha256,
        ],
        security: Vec::new(),
        command_lines: true,
        script_blocks: false,
        modules: false,
        task_history: false,
    };
    let mut sensors = sensors(&switches, &logging);
    let mut events: Vec<OwnedEvent> = Vec::new();
    let mut logged = over;
    for activity in activities(watched, &this_runner()) {
        let before = events.len();
        for sensor in &mut sensors {
            sensor.observe(&activity, host, &mut events);
        }
        if activity.time <= over {
            let times = events.iter().skip(before).filter_map(|event| event.time);
            logged = times.fold(logged, Timestamp::max);
        }
    }
    events.sort_by_key(|event| event.time);
    number(&mut events);
    (events, logged)
}

fn machine_id() -> String {
    let id = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    id.trim().to_owned()
}

fn unverified(events: &[OwnedEvent]) -> Vec<UnverifiedShape> {
    let kinds: BTreeSet<_> = events
        .iter()
        .filter_map(|event| Some((kind(&event.origin)?.0, unverified_kind(event)?)))
        .collect();
    kinds
        .into_iter()
        .map(|(source, unverified)| UnverifiedShape {
            source,
            kind: unverified.kind,
            documentation: unverified.documentation,
        })
        .collect()
}

/// What stands against it that what was not seen did not happen.
#[derive(Debug, Default)]
struct Standing {
    /// What may hide something, each as a sentence; nothing if all was seen.
    why_open: Vec<String>,
    /// What is to be known besides, in sentences.
    besides: Vec<String>,
}

/// Whether what was not seen did not happen, which every problem of a sort that hides
/// something refutes. What is to be known of other problems is noted.
fn standing(performance: &Performance) -> Standing {
    let mut standing = match &performance.watched {
        Some(watched) => of_watching(watched),
        None if performance.act.is_some() => Standing {
            why_open: vec!["nothing watched what it did, so no log of it was collected".to_owned()],
            besides: Vec::new(),
        },
        None if performance.outcome == Outcome::Performed => Standing {
            why_open: vec!["nobody watches what is done by hand".to_owned()],
            besides: Vec::new(),
        },
        None => Standing::default(),
    };
    if performance.ran_on {
        let why = "processes of it still ran when it was cleaned up";
        standing.why_open.push(why.to_owned());
    }
    if was_cut_off(performance) {
        let why = "it was ended before its time";
        standing.why_open.push(why.to_owned());
    }
    standing
}

fn of_watching(watched: &Watched) -> Standing {
    let mut standing = Standing::default();
    if !watched.is_whole {
        let why = "the tracer was ended before it had told everything";
        standing.why_open.push(why.to_owned());
    }
    let is_unfinished = |event: &WatchedEvent| {
        matches!(&event.kind, WatchedKind::Connection(connection)
            if connection.state == ConnectionState::Unfinished)
    };
    if watched.events.iter().any(is_unfinished) {
        let why = "how a connection ended was not seen";
        standing.why_open.push(why.to_owned());
    }
    for problem in &watched.problems {
        if opens(problem.kind) {
            standing.why_open.push(sentence(problem));
        } else if !matches!(problem.kind, ProblemKind::OutputDropped) {
            standing.besides.push(sentence(problem));
        }
    }
    standing
}

fn sentence(problem: &Problem) -> String {
    match problem.count {
        0 | 1 => problem.message.clone(),
        count => format!("{} ({count} times)", problem.message),
    }
}

/// Whether a problem means that what is not there proves nothing: something may have
/// happened that is not seen, or would have happened unseen.
fn opens(kind: ProblemKind) -> bool {
    match kind {
        ProblemKind::EventsDropped
        | ProblemKind::IoUring
        | ProblemKind::ForeignCalls
        | ProblemKind::SeccompSupervisor
        | ProblemKind::Service
        | ProblemKind::OwnRoot
        | ProblemKind::NamelessOpen
        | ProblemKind::Truncated
        | ProblemKind::Unreadable
        | ProblemKind::WatchEnded
        | ProblemKind::TooManyTasks
        // Without the tracer the test would have done more.
        | ProblemKind::PrivilegeLost
        | ProblemKind::Ptrace => true,
        ProblemKind::Untraced
        | ProblemKind::LeftRunning
        | ProblemKind::OutputDropped => false,
    }
}

pub(super) fn execution(
    performed: Performed<'_>,
    plan: &PlanFacts,
    performance: &Performance,
    host: &Host,
    mut notes: Vec<String>,
) -> Execution {
    let residue = left::behind(performance, &mut notes);
    Execution {
        run: performance.run.as_uuid(),
        host: host.name.clone(),
        address: address(),
        user: host.facts.get("user").cloned().unwrap_or_default(),
        directory: plan.directory.clone(),
        commands: performance
            .done
            .iter()
            .map(|done| command(done, performed.atomic))
            .collect(),
        residue,
        notes,
    }
}

fn command(done: &Done, atomic: &Atomic) -> ExecutedCommand {
    let result = &done.result;
    let took = jiff::SignedDuration::try_from(result.took).unwrap_or_default();
    ExecutedCommand {
        step: done.step,
        executor: done.shell.as_str().to_owned(),
        command: done.script.clone(),
        template: template(done.step, atomic).unwrap_or_else(|| done.script.clone()),
        started: result.began,
        ended: result.began.checked_add(took).unwrap_or(result.began),
        process: u32::try_from(result.process).ok(),
        exit_code: result.end.exit_code(),
        timed_out: result.end == End::TimedOut,
        stdout: result.stdout.text(),
        stderr: result.stderr.text(),
    }
}

/// A command as the atomic has it.
fn template(step: ExecutedStep, atomic: &Atomic) -> Option<String> {
    match (step, &atomic.executor) {
        (ExecutedStep::Perform, Executor::Command { command, .. }) => Some(command.clone()),
        (
            ExecutedStep::CleanUp,
            Executor::Command {
                cleanup_command, ..
            },
        ) => cleanup_command.clone(),
        _ => None,
    }
}

/// This host, as a recording names it.
#[must_use]
pub fn this_host() -> Host {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let name = read("/proc/sys/kernel/hostname").trim().to_owned();
    let release = read("/etc/os-release");
    let os = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .map_or("Linux", |name| name.trim_matches('"'));
    let kernel = read("/proc/sys/kernel/osrelease");
    let runner = this_runner();
    let facts = [
        ("name", name.clone()),
        ("platform", "linux".to_owned()),
        ("os", format!("{os}, kernel {}", kernel.trim())),
        ("user", runner.account.name.clone()),
        ("user_sid", runner.account.sid.clone()),
        ("temp", std::env::temp_dir().to_string_lossy().into_owned()),
    ];
    Host {
        name,
        platform: "linux".to_owned(),
        facts: facts
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    }
}

/// The address that this host is reached at, as far as it can be told without asking
/// anyone: the first of an interface that is not its own loop.
fn address() -> Option<IpAddr> {
    let interfaces = nix::ifaddrs::getifaddrs().ok()?;
    let addresses = interfaces.filter_map(|interface| {
        let address = interface.address?;
        if let Some(four) = address.as_sockaddr_in() {
            return Some(IpAddr::V4(four.ip()));
        }
        address.as_sockaddr_in6().map(|six| IpAddr::V6(six.ip()))
    });
    let (four, six): (Vec<_>, Vec<_>) = addresses
        .filter(|address| !address.is_loopback())
        .partition(IpAddr::is_ipv4);
    four.into_iter().chain(six).next()
}
