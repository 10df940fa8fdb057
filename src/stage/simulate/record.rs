//! What the sensors of a host or account log of what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::perform::Performed;
use super::sensing::Sensing;
use super::world::{Cause, Command, CommandOutcome, Profile};
use crate::content::LogInput;
use crate::content::atomic::{Atomic, AtomicGuid};
use crate::content::fixture::{
    Fixture, FixtureFile, Sensor as SensorNote, Subject, UnverifiedShape,
};
use crate::diagnostic::Place;
use crate::event::OwnedEvent;
use crate::event::catalogue::SourceId;
use crate::recording::{Closure, Evidence, Host, Outcome, Window};
use crate::sensor::unverified_kind;
use crate::stage::logs::{RecordError, StagedLog, kind, logs, number};

/// A record with its cause.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    /// The log that it stands in, by its short name.
    pub source: SourceId,
    /// Its id, where events have one.
    pub event_id: Option<u32>,
    /// It.
    pub event: OwnedEvent,
    /// Why it was logged.
    pub cause: Cause,
}

/// A record that would have been logged and is too large for its log.
#[derive(Debug, Clone)]
pub struct NotLogged {
    /// The log that it would stand in, by its short name.
    pub source: SourceId,
    /// Its id, where events have one.
    pub event_id: Option<u32>,
    /// Why it is not there, as a fragment of a sentence.
    pub because: &'static str,
    /// Why it would have been logged.
    pub cause: Cause,
}

/// What an atomic leaves in the logs of a modelled host or account.
#[derive(Debug, Clone)]
pub struct Simulated {
    /// The atomic.
    pub atomic: Arc<Atomic>,
    /// The profile.
    pub profile: Arc<Profile>,
    /// The arguments that were given.
    pub arguments: BTreeMap<String, String>,
    /// The records, in the order of their times.
    pub events: Vec<LoggedEvent>,
    /// The records that it should leave, and that are too large for their logs.
    pub not_logged: Vec<NotLogged>,
    /// What became of the commands.
    pub commands: Vec<Command>,
    /// Where it was.
    pub host: Host,
    /// From when to when.
    pub window: Window,
    /// How it ended.
    pub outcome: Outcome,
    /// What logged it.
    pub sensors: Vec<SensorNote>,
    /// The logs that were looked at, those without a record included.
    pub sources: Vec<SourceId>,
}

/// Logs what an atomic did, as the profile's products would.
#[must_use]
pub fn record(
    atomic: &Arc<Atomic>,
    profile: &Arc<Profile>,
    arguments: &BTreeMap<String, String>,
    start: Timestamp,
    performed: Performed,
) -> Simulated {
    let mut sensing = Sensing::of(profile, performed.seed);
    let host = host_of(atomic, profile);
    let mut events = Vec::new();
    let mut not_logged = Vec::new();
    let mut out = Vec::new();
    for traced in &performed.activities {
        sensing.observe(&traced.activity, &host, &mut out);
        for event in out.drain(..) {
            let Some((source, event_id)) = kind(&event.origin) else {
                continue;
            };
            events.push(LoggedEvent {
                source,
                event_id,
                event,
                cause: traced.cause.clone(),
            });
        }
        let lost = sensing.lost().into_iter();
        not_logged.extend(lost.filter_map(|lost| {
            let (source, event_id) = kind(&lost.origin)?;
            Some(NotLogged {
                source,
                event_id,
                because: lost.because,
                cause: traced.cause.clone(),
            })
        }));
    }
    events.sort_by_key(|logged| logged.event.time);
    number(events.iter_mut().map(|logged| &mut logged.event));
    let observed = jiff::SignedDuration::from_secs(60);
    let last = events.iter().filter_map(|logged| logged.event.time).max();
    let end = last.unwrap_or(performed.end).max(performed.end);
    let window = Window {
        start,
        end: end.checked_add(observed).unwrap_or(end),
        closure: closure(&performed, &not_logged),
    };
    Simulated {
        atomic: Arc::clone(atomic),
        profile: Arc::clone(profile),
        arguments: arguments.clone(),
        events,
        not_logged,
        commands: performed.commands,
        host,
        window,
        outcome: performed.outcome,
        sensors: sensing.notes(),
        sources: sensing.sources(),
    }
}

/// Whether what is not there is known not to have happened: only if everything that
/// the commands do is modelled, and its records could be written.
fn closure(performed: &Performed, not_logged: &[NotLogged]) -> Closure {
    let is_whole = performed
        .commands
        .iter()
        .all(|command| command.outcome == CommandOutcome::Modelled);
    if is_whole && not_logged.is_empty() {
        Closure::Closed
    } else {
        Closure::Open
    }
}

fn host_of(atomic: &Atomic, profile: &Profile) -> Host {
    let platform = match (&profile.host, atomic.platforms.first()) {
        (Some(host), _) if profile.aws.is_none() && profile.azure.is_none() => {
            host.platform.clone()
        }
        (_, Some(platform)) => platform.as_str().to_owned(),
        (Some(host), None) => host.platform.clone(),
        (None, None) => String::new(),
    };
    let mut facts = BTreeMap::new();
    let name = match (
        platform.as_str(),
        &profile.aws,
        &profile.azure,
        &profile.host,
    ) {
        ("iaas:aws", Some(aws), ..) => aws.account.clone(),
        ("iaas:azure", _, Some(azure), _) => azure.subscription.clone(),
        (.., Some(host)) => host.full_name(),
        _ => profile.name.clone(),
    };
    let is_of_cloud = platform.starts_with("iaas:");
    if let Some(host) = profile.host.as_ref().filter(|_| !is_of_cloud) {
        let user = if host.user.domain.is_empty() {
            host.user.name.clone()
        } else {
            format!(r"{}\{}", host.user.domain, host.user.name)
        };
        facts.insert("os".to_owned(), host.os.clone());
        facts.insert("user".to_owned(), user);
        facts.insert("user_sid".to_owned(), host.user.sid.clone());
        let environment = if profile.is_windows() {
            super::world::windows_environment(host)
        } else {
            super::world::linux_environment(host)
        };
        if let Some(temp) = environment.get("TEMP") {
            facts.insert("temp".to_owned(), temp.to_owned());
        }
    }
    if let Some(aws) = profile.aws.as_ref().filter(|_| platform != "iaas:azure") {
        if is_of_cloud {
            facts.insert("user".to_owned(), aws.arn());
        }
        facts.insert("account".to_owned(), aws.account.clone());
        facts.insert("region".to_owned(), aws.region.clone());
    }
    if let Some(azure) = profile.azure.as_ref().filter(|_| platform != "iaas:aws") {
        if is_of_cloud {
            facts.insert("user".to_owned(), azure.caller_name().to_owned());
        }
        facts.insert("subscription".to_owned(), azure.subscription.clone());
        facts.insert("tenant".to_owned(), azure.tenant.clone());
    }
    facts.insert("name".to_owned(), name.clone());
    facts.insert("platform".to_owned(), platform.clone());
    Host {
        name,
        platform,
        facts,
    }
}

impl Simulated {
    /// The logs as their products keep them, one a source that has records.
    ///
    /// # Errors
    /// A record cannot stand in its log.
    pub fn logs(&self) -> Result<Vec<StagedLog>, RecordError> {
        let events = self.events.iter();
        logs(events.map(|logged| (&logged.source, &logged.event)))
    }

    /// It as a fixture whose logs are in memory; its name begins with `simulated/`.
    ///
    /// # Errors
    /// A record cannot stand in its log.
    pub fn fixture(&self) -> Result<Fixture, RecordError> {
        let logs = self.logs()?;
        let name = format!(
            "simulated/{}-{} on {}",
            self.atomic.technique, self.atomic.number, self.profile.name
        );
        let files: Vec<_> = logs
            .into_iter()
            .map(|log| FixtureFile {
                input: LogInput {
                    path: PathBuf::from(format!("{name}/{}", log.name)),
                    bytes: Some(log.bytes),
                },
                sources: vec![log.source],
                records: log.records,
                closure: self.window.closure,
            })
            .collect();
        let has = |source: &SourceId| files.iter().any(|file| file.sources.contains(source));
        let looked_at = self
            .sources
            .iter()
            .filter(|source| !has(source))
            .cloned()
            .collect();
        let guid = self.atomic.guid;
        let host = self.profile.host.as_ref();
        Ok(Fixture {
            subject: Subject::Atomic {
                guid: guid.unwrap_or_else(AtomicGuid::nil),
                arguments: self.arguments.clone(),
            },
            name,
            evidence: Evidence::Simulated,
            stand_in: None,
            host: self.host.clone(),
            sensors: self.sensors.clone(),
            window: self.window,
            files,
            looked_at,
            given: host.map(|host| host.given.clone()).unwrap_or_default(),
            outcome: self.outcome.clone(),
            execution: None,
            modelled: Vec::new(),
            scrubbed: Vec::new(),
            unverified_shape: self.unverified_shapes(),
            place: Place::file(&self.atomic.place.file),
            lost: Vec::new(),
            why_open: Vec::new(),
            damage: None,
        })
    }

    /// The kinds of its records whose shape was compared with no real record.
    #[must_use]
    pub fn unverified_shapes(&self) -> Vec<UnverifiedShape> {
        let kinds: BTreeSet<_> = self
            .events
            .iter()
            .filter_map(|logged| Some((&logged.source, unverified_kind(&logged.event)?)))
            .collect();
        kinds
            .into_iter()
            .map(|(source, unverified)| UnverifiedShape {
                source: source.clone(),
                kind: unverified.kind,
                documentation: unverified.documentation,
            })
            .collect()
    }

    /// Whether the atomic was performed at all.
    #[must_use]
    pub fn is_performed(&self) -> bool {
        !matches!(self.outcome, Outcome::NotRun { .. })
    }
}
