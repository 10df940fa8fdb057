//! What an execution left in a cloud, as a recording.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{Cloud, Collecting, Found, aws, azure};
use crate::collect::{Collected, Interrupt, Latency};
use crate::content::LogInput;
use crate::content::atomic::{Atomic, Platform};
use crate::content::fixture::{Fixture, FixtureFile, Sensor};
use crate::recording::{Closure, Evidence, Host, Window};
use crate::stage::execute::perform::Performance;
use crate::stage::execute::record::{
    Performed, PlanFacts, blank, execution, this_host, was_cut_off,
};

/// What is asked of a cloud's log.
pub(super) struct Asked<'a> {
    pub(super) atomic: &'a Atomic,
    pub(super) arguments: &'a BTreeMap<String, String>,
    /// What was performed.
    pub(super) script: &'a str,
    /// What the user agents of its calls hold, if they hold a mark.
    pub(super) marker: Option<&'a str>,
    pub(super) window: Window,
}

/// Asks the log of the cloud that an atomic works on for what its act did. Nothing is
/// asked if there was no act, or if no collector knows the log.
///
/// This waits as long as [`Collecting`] says, so the clean-up comes first.
#[must_use]
pub fn find(
    performed: Performed<'_>,
    plan: &PlanFacts,
    performance: &Performance,
    how: Collecting,
    interrupt: Interrupt<'_>,
) -> Option<Found> {
    performance.act_over?;
    let asked = Asked {
        atomic: performed.atomic,
        arguments: performed.arguments,
        script: &plan.script,
        marker: plan.marker.as_deref(),
        window: window(performance, Closure::Open),
    };
    match Cloud::of(&performed.atomic.platforms, Platform::Linux)? {
        Cloud::Aws => Some(aws::find(&asked, how, interrupt)),
        Cloud::Azure => Some(azure::find(&asked, how, interrupt)),
    }
}

/// What an atomic left in the service that it works on, as a recording whose logs are in
/// memory; its name begins with `executed/`.
#[must_use]
pub fn recording_elsewhere(
    performed: Performed<'_>,
    plan: &PlanFacts,
    performance: &Performance,
    service: Platform,
    found: Option<Found>,
) -> Fixture {
    let outcome = performance.outcome.clone();
    let mut notes = Vec::new();
    let fixture = match found {
        None => {
            if performance.act_over.is_some() {
                notes.push(format!("there is no collector for the log of `{service}`"));
            }
            let window = window(performance, Closure::Open);
            blank(performed, &service_host(service), window, outcome)
        }
        Some(found) => {
            let closure = match &found.collected {
                Ok(_) if was_cut_off(performance) => Closure::Open,
                Ok(collected) => collected.closure,
                Err(_) => Closure::Open,
            };
            if was_cut_off(performance) {
                notes.push("it was ended before its time".to_owned());
            }
            let window = Window {
                closure,
                ..found.window
            };
            let mut fixture = blank(performed, &found.host, window, outcome);
            notes.extend(found.notes);
            match found.collected {
                Ok(collected) => {
                    fixture.evidence = found.evidence;
                    notes.extend(told(&collected));
                    put(&mut fixture, collected);
                }
                Err(error) => {
                    fixture.evidence = Evidence::Recorded;
                    notes.push(format!("its log was not collected: {error}"));
                }
            }
            fixture
        }
    };
    let execution = execution(performed, plan, performance, &this_host(), notes);
    Fixture {
        execution: Some(Arc::new(execution)),
        ..fixture
    }
}

fn put(fixture: &mut Fixture, collected: Collected) {
    let source = collected.source;
    fixture.sensors = vec![Sensor {
        name: match source.as_str() {
            "cloudtrail" => "AWS CloudTrail".to_owned(),
            "azure-activity" => "Azure activity log".to_owned(),
            other => other.to_owned(),
        },
        version: None,
        configuration: Some("its history, asked by its interface".to_owned()),
    }];
    fixture.files = collected
        .files
        .into_iter()
        .filter(|file| file.records > 0)
        .map(|file| FixtureFile {
            input: LogInput {
                path: PathBuf::from(format!("{}/{}", fixture.name, file.name)),
                bytes: Some(file.bytes.into()),
            },
            sources: vec![source.clone()],
            records: file.records,
            closure: fixture.window.closure,
        })
        .collect();
    if fixture.files.is_empty() {
        fixture.looked_at = vec![source];
    }
}

fn told(collected: &Collected) -> Vec<String> {
    let state = match collected.closure {
        Closure::Closed => "closed",
        Closure::Open => "open",
    };
    let mut notes = vec![format!("the window is {state}: {}", collected.because)];
    notes.extend(collected.latency.as_ref().map(appeared));
    notes.extend(collected.notes.iter().cloned());
    notes
}

fn appeared(latency: &Latency) -> String {
    let seconds = |time: Duration| time.as_secs_f64();
    format!(
        "records took at most {:.1} to {:.1} s to appear, {:.1} s in the middle, of {}",
        seconds(latency.min),
        seconds(latency.max),
        seconds(latency.median),
        latency.records
    )
}

/// The time of the act. Clouds tell the time of a call in whole seconds, so it begins
/// with the second in which the act began.
fn window(performance: &Performance, closure: Closure) -> Window {
    let end = performance.act_over.unwrap_or(performance.over);
    let began = performance.began.unwrap_or(end);
    Window {
        start: Timestamp::from_second(began.as_second()).unwrap_or(began),
        end,
        closure,
    }
}

/// The value of the first argument whose name, in small letters, passes a test.
pub(super) fn argument(asked: &Asked<'_>, is_it: impl Fn(&str) -> bool) -> Option<String> {
    let arguments = asked.atomic.arguments.iter();
    let mut named = arguments.filter(|(name, _)| is_it(&name.to_ascii_lowercase()));
    let (name, argument) = named.next()?;
    let value = asked.arguments.get(name).or(argument.default.as_ref())?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// A host of that name in a service; the facts are those besides.
pub(super) fn named_by(service: Platform, name: &str, mut facts: BTreeMap<String, String>) -> Host {
    facts.insert("name".to_owned(), name.to_owned());
    facts.insert("platform".to_owned(), service.to_string());
    Host {
        name: name.to_owned(),
        platform: service.to_string(),
        facts,
    }
}

/// A service of which no more is known.
pub(in crate::stage::execute) fn service_host(service: Platform) -> Host {
    named_by(service, service.as_str(), BTreeMap::new())
}
