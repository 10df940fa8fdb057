//! CloudTrail's records of an act.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::calls::aws_services;
use super::recording::{Asked, argument, named_by};
use super::{Collecting, Found, attribute};
use crate::collect::aws::{
    Environment, Identity, LookupEvents, PerformedCanary, ProvenTrail, Session,
};
use crate::collect::closing::{Canary, Stream, canary_of};
use crate::collect::http::{Limits, Retry};
use crate::collect::{
    Clock, CollectError, Collected, Interrupt, Request, SystemClock, ask_until_closed, wait_for,
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

/// Within what time something on this machine that stands in for CloudTrail is taken to
/// show its records.
const STAND_IN_DELAY: Duration = Duration::from_secs(2);

/// How far the clock of AWS may be from this one's without anyone noticing. The mark tells
/// what is of the run, so a window that is wider by that takes in nothing else.
const CLOCKS: SignedDuration = SignedDuration::from_secs(10);

/// Asks CloudTrail for the window of an act.
pub(super) fn find(asked: &Asked<'_>, how: Collecting, interrupt: Interrupt<'_>) -> Found {
    let mut found = Found {
        host: host(None, None),
        window: asked.window,
        evidence: Evidence::Recorded,
        collected: Err(CollectError::Interrupted),
        notes: Vec::new(),
    };
    found.collected = collect(asked, how, interrupt, &mut found);
    found
}

/// Collects; what was found out besides is put into `found`.
fn collect(
    asked: &Asked<'_>,
    how: Collecting,
    interrupt: Interrupt<'_>,
    found: &mut Found,
) -> Result<Collected, CollectError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let session = Session::with_certificates(
        Environment::of_process(),
        None,
        Arc::clone(&clock),
        Limits::default(),
        Retry::default(),
    )?;
    let region = match argument(asked, |name| name.ends_with("region")) {
        Some(own) => own,
        None => wait_for(interrupt, session.region())?,
    };
    found.host = host(None, Some(&region));
    let asks_here = session.asks_this_machine(&region);
    if asks_here {
        found.evidence = Evidence::Simulated;
        found.notes.push(
            "CloudTrail was asked on this machine, where something stands in for AWS; it is \
             taken to show its records within 2 s"
                .to_owned(),
        );
    } else if asked.marker.is_some() {
        found.window = widened(asked.window);
    }
    match wait_for(interrupt, session.identity_in(&region)) {
        Ok(identity) => found.host = host(Some(&identity), Some(&region)),
        Err(
            error @ (CollectError::NoCredentials { .. }
            | CollectError::Expired { .. }
            | CollectError::Misconfigured { .. }
            | CollectError::Interrupted),
        ) => return Err(error),
        Err(error) => found
            .notes
            .push(format!("whose account it is could not be asked: {error}")),
    }
    let calls = calls(&aws_services(asked.script), &region);
    if calls.is_empty() {
        found.notes.push(
            "the command names no service of AWS, so that its window cannot be closed".to_owned(),
        );
    }
    let source = LookupEvents::new(session.clone(), regions(region, &calls));
    let mut trail = ProvenTrail::new(source, Arc::clone(&clock), &calls);
    if asks_here {
        trail = trail.stood_in_for(STAND_IN_DELAY);
    }
    if !how.wait.is_zero() {
        until_over(found.window, &*clock, interrupt)?;
        for (region, service) in &calls {
            match canary(&session, region, service, interrupt) {
                Ok(canary) => trail = trail.canary(canary),
                Err(CollectError::Interrupted) => return Err(CollectError::Interrupted),
                Err(error) => found.notes.push(format!(
                    "no canary was left for {service} in {region}: {error}"
                )),
            }
        }
    }
    let request = Request {
        window: found.window,
        wait: how.wait,
    };
    let mut collected = ask_until_closed(&mut trail, &request, &*clock, interrupt)?;
    for file in &mut collected.files {
        let of_run = attribute(&file.bytes, asked.marker, collected.closure).map_err(|error| {
            CollectError::Malformed {
                service: "CloudTrail".to_owned(),
                because: error.to_string(),
            }
        })?;
        file.bytes = of_run.bytes;
        file.records = of_run.records;
        found.notes.push(of_run.note);
    }
    Ok(collected)
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
