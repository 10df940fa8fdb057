//! CloudTrail's records of acts, and what Systems Manager wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::calls::aws_services;
use super::left::{Collection, take_account};
use super::recording::{Asked, argument, named_by};
use super::sources::{LINES_LATE, Places};
use super::{Cloud, Collecting, Found, OfRun, attribute, lines};
use crate::collect::aws::{Environment, Identity, PerformedCanary, Session};
use crate::collect::closing::{Canary, Stream, canary_of};
use crate::collect::http::{Limits, Retry};
use crate::collect::{
    Clock, CollectError, Collected, Interrupt, Joined, SystemClock, Wanted, ask_until_all_closed,
    spanned, wait_for,
};
use crate::content::atomic::Platform;
use crate::recording::{Evidence, Host, Window};

/// Where calls to services without regions are recorded (CloudTrail user guide, "Global
/// service events").
const GLOBAL_REGION: &str = "us-east-1";

/// Services without regions (the same page).
const GLOBAL: [&str; 5] = [
    "cloudfront.amazonaws.com",
    "iam.amazonaws.com",
    "organizations.amazonaws.com",
    "route53.amazonaws.com",
    "globalaccelerator.amazonaws.com",
];

/// How far the clock of AWS may be from this one's without anyone noticing. The mark tells
/// what is of the run, so a window that is wider by that takes in nothing else.
const CLOCKS: SignedDuration = SignedDuration::from_secs(10);

/// One act, and what is found of it.
struct Act<'a> {
    asked: &'a Asked<'a>,
    region: String,
    /// The regions that its records are of.
    regions: Vec<String>,
    calls: Vec<(String, String)>,
    found: Found,
}

/// Asks CloudTrail for the windows of acts, all of them by the same askings.
pub(super) fn find(asked: &[&Asked<'_>], how: &Collecting, interrupt: Interrupt<'_>) -> Vec<Found> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let session = Session::with_certificates(
        Environment::of_process(),
        None,
        Arc::clone(&clock),
        Limits::default(),
        Retry::default(),
    );
    let mut acts = Vec::new();
    let mut found: Vec<Option<Found>> = Vec::new();
    for one in asked {
        let act = session.as_ref().map_err(Clone::clone);
        match act.and_then(|session| Act::new(one, session, how, interrupt)) {
            Ok(act) => {
                acts.push(act);
                found.push(None);
            }
            Err(error) => found.push(Some(nothing(one, error))),
        }
    }
    if let Ok(session) = session
        && !acts.is_empty()
        && let Err(error) = collect(&mut acts, session, clock, how, interrupt)
    {
        for act in &mut acts {
            act.found.collected = Err(error.clone());
        }
    }
    let mut acts = acts.into_iter();
    found
        .into_iter()
        .filter_map(|found| found.or_else(|| acts.next().map(|act| act.found)))
        .collect()
}

/// Nothing can be said of an act.
fn nothing(asked: &Asked<'_>, error: CollectError) -> Found {
    Found {
        host: host(None, None),
        window: asked.window,
        evidence: Evidence::Recorded,
        collected: Err(error),
        left: None,
        beside: Vec::new(),
        failures: Vec::new(),
        notes: Vec::new(),
    }
}

impl<'a> Act<'a> {
    fn new(
        asked: &'a Asked<'a>,
        session: &Session,
        how: &Collecting,
        interrupt: Interrupt<'_>,
    ) -> Result<Self, CollectError> {
        let region = match argument(asked, |name| name.ends_with("region")) {
            Some(own) => own,
            None => wait_for(interrupt, session.region())?,
        };
        let calls = calls(&aws_services(asked.script), &region);
        let mut found = nothing(asked, CollectError::Interrupted);
        found.host = host(None, Some(&region));
        if Places::new(&how.places).ask_this_machine(session, &region) {
            found.evidence = Evidence::Simulated;
            found.notes.push(
                "CloudTrail was asked on this machine, where something stands in for AWS; it is \
                 taken to show its records within 2 s"
                    .to_owned(),
            );
        } else if asked.marker.is_some() {
            found.window = widened(asked.window);
        }
        if calls.is_empty() {
            found.notes.push(
                "the command names no service of AWS, so that its window cannot be closed"
                    .to_owned(),
            );
        }
        Ok(Self {
            regions: regions(region.clone(), &calls),
            asked,
            region,
            calls,
            found,
        })
    }

    /// The time whose records are asked for.
    fn collected_window(&self) -> Window {
        self.asked.until_cleaned_up(self.found.window)
    }

    fn streams(&self) -> Vec<Stream> {
        let calls = self.calls.iter();
        calls
            .map(|(region, service)| Stream::cloudtrail(region, service))
            .collect()
    }

    /// Keeps what is of the run of what was collected.
    fn take(&mut self, mut collected: Collected) -> Result<(), CollectError> {
        let of_run = OfRun {
            marker: self.asked.marker,
            regions: &self.regions,
            closure: collected.closure,
        };
        let collection = Collection {
            cloud: Cloud::Aws,
            end: self.found.window.end,
            marker: self.asked.marker,
        };
        let malformed = |error: serde_json::Error| CollectError::Malformed {
            service: "CloudTrail".to_owned(),
            because: error.to_string(),
        };
        for file in &mut collected.files {
            let (of_act, _) = collection.of_act(&file.bytes).map_err(malformed)?;
            let own = attribute(&of_act, of_run).map_err(malformed)?;
            self.found.left = take_account(&collection, &own.bytes, &file.bytes);
            file.bytes = own.bytes;
            file.records = own.records;
            self.found.notes.push(own.note);
        }
        self.found.collected = Ok(collected);
        Ok(())
    }

    /// Keeps what is of the run of what Systems Manager wrote in its region.
    fn take_lines(&mut self, joined: &Joined, regions: &[String]) {
        let commands = match &self.found.collected {
            Ok(collected) => lines::commands(&collected.files),
            Err(_) => BTreeSet::new(),
        };
        let window = self.found.window;
        let late = Window {
            end: window.end.saturating_add(LINES_LATE).unwrap_or(window.end),
            ..window
        };
        let logs = joined.beside(late).into_iter().zip(regions);
        for (log, _) in logs.filter(|(_, region)| **region == self.region) {
            match log {
                Ok(mut log) => {
                    for file in &mut log.files {
                        let told = lines::attribute(file, &commands, &window);
                        log.notes.push(told.note);
                        // What is written of its commands afterwards is part of the run.
                        self.found.window.end =
                            self.found.window.end.max(told.last.unwrap_or(window.end));
                    }
                    self.found.beside.push(log);
                }
                Err(error) => self.found.failures.push(error),
            }
        }
    }
}

/// Collects for all acts.
fn collect(
    acts: &mut [Act<'_>],
    session: Session,
    clock: Arc<dyn Clock>,
    how: &Collecting,
    interrupt: Interrupt<'_>,
) -> Result<(), CollectError> {
    let account = identify(acts, &session, interrupt)?;
    let Some(window) = spanned(acts.iter().map(Act::collected_window)) else {
        return Ok(());
    };
    let mut canaries = Vec::new();
    if !how.wait.is_zero() {
        until_over(window, &*clock, interrupt)?;
        canaries = leave_canaries(acts, &session, interrupt)?;
    }
    let each = |of: fn(&Act<'_>) -> Vec<String>| -> Vec<String> {
        let all: BTreeSet<_> = acts.iter().flat_map(of).collect();
        all.into_iter().collect()
    };
    let home = each(|act| vec![act.region.clone()]);
    let places = Places::new(&how.places);
    let mut joined = places.trail(
        &session,
        &clock,
        &each(|act| act.regions.clone()),
        &home,
        account,
        &canaries,
    );
    let line_regions = places.ask_lines(&mut joined, &session, &home, window);
    let wanted: Vec<Wanted> = acts
        .iter()
        .map(|act| Wanted {
            window: act.collected_window(),
            until: act.collected_window().end,
            streams: joined.by_each_way(&act.streams()),
        })
        .collect();
    let collected = ask_until_all_closed(&mut joined, &wanted, how.wait, &*clock, interrupt);
    let failures = joined.failures();
    match collected {
        Ok(collected) => {
            for (act, collected) in acts.iter_mut().zip(collected) {
                act.found.failures.clone_from(&failures);
                act.take(collected)?;
            }
        }
        Err(error @ CollectError::Interrupted) => return Err(error),
        Err(error) => {
            for act in acts.iter_mut() {
                act.found.collected = Err(error.clone());
            }
        }
    }
    for act in acts {
        act.take_lines(&joined, &line_regions);
    }
    Ok(())
}

/// Whose account it is, if that can be asked.
fn identify(
    acts: &mut [Act<'_>],
    session: &Session,
    interrupt: Interrupt<'_>,
) -> Result<Option<String>, CollectError> {
    let Some(region) = acts.first().map(|act| act.region.clone()) else {
        return Ok(None);
    };
    match wait_for(interrupt, session.identity_in(&region)) {
        Ok(identity) => {
            for act in acts {
                act.found.host = host(Some(&identity), Some(&act.region));
            }
            Ok(Some(identity.account))
        }
        Err(
            error @ (CollectError::NoCredentials { .. }
            | CollectError::Expired { .. }
            | CollectError::Misconfigured { .. }
            | CollectError::Interrupted),
        ) => Err(error),
        Err(error) => {
            for act in acts {
                let note = format!("whose account it is could not be asked: {error}");
                act.found.notes.push(note);
            }
            Ok(None)
        }
    }
}

/// Leaves a canary for each service in each region that is called, one for all acts.
fn leave_canaries(
    acts: &mut [Act<'_>],
    session: &Session,
    interrupt: Interrupt<'_>,
) -> Result<Vec<PerformedCanary>, CollectError> {
    let all: BTreeSet<_> = acts.iter().flat_map(|act| act.calls.clone()).collect();
    let mut canaries = Vec::new();
    for call in all {
        let (region, service) = &call;
        match canary(session, region, service, interrupt) {
            Ok(canary) => canaries.push(canary),
            Err(CollectError::Interrupted) => return Err(CollectError::Interrupted),
            Err(error) => {
                let note = format!("no canary was left for {service} in {region}: {error}");
                let own = acts.iter_mut().filter(|act| act.calls.contains(&call));
                own.for_each(|act| act.found.notes.push(note.clone()));
            }
        }
    }
    Ok(canaries)
}

/// Waits for the end of a window: what shows how far the log has come is made after it.
fn until_over(
    window: Window,
    clock: &dyn Clock,
    interrupt: Interrupt<'_>,
) -> Result<(), CollectError> {
    let left = clock.now().duration_until(window.end);
    let Ok(left) = Duration::try_from(left) else {
        return Ok(());
    };
    wait_for(interrupt, async {
        clock.sleep(left).await;
        Ok(())
    })
}

fn widened(window: Window) -> Window {
    Window {
        start: window.start.checked_sub(CLOCKS).unwrap_or(window.start),
        end: window.end.checked_add(CLOCKS).unwrap_or(window.end),
        ..window
    }
}

/// The regions to ask.
fn regions(region: String, calls: &[(String, String)]) -> Vec<String> {
    let mut regions = vec![region];
    for (region, _) in calls {
        if !regions.contains(region) {
            regions.push(region.clone());
        }
    }
    regions
}

/// The services with the regions that their calls are recorded in.
fn calls(services: &BTreeSet<String>, region: &str) -> Vec<(String, String)> {
    services
        .iter()
        .map(|service| {
            let region = match GLOBAL.contains(&service.as_str()) {
                true => GLOBAL_REGION,
                false => region,
            };
            (region.to_owned(), service.clone())
        })
        .collect()
}

fn canary(
    session: &Session,
    region: &str,
    service: &str,
    interrupt: Interrupt<'_>,
) -> Result<PerformedCanary, CollectError> {
    let marker = format!("canary-{}", uuid::Uuid::new_v4());
    match canary_of(&Stream::cloudtrail(region, service)) {
        Canary::Call(call) => wait_for(interrupt, session.perform_canary(&call, region, &marker)),
        other => Err(CollectError::Refused {
            service: service.to_owned(),
            because: other.to_string(),
        }),
    }
}

/// The account as a recording names it.
fn host(identity: Option<&Identity>, region: Option<&str>) -> Host {
    let mut facts = BTreeMap::new();
    let mut fact = |key: &str, value: &str| {
        facts.insert(key.to_owned(), value.to_owned());
    };
    if let Some(identity) = identity {
        fact("account", &identity.account);
        fact("user", &identity.arn);
    }
    if let Some(region) = region {
        fact("region", region);
    }
    let name = identity.map_or(Platform::IaasAws.as_str(), |identity| &identity.account);
    named_by(Platform::IaasAws, name, facts)
}
