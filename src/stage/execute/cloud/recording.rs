//! What an execution left in a cloud, as a recording.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use super::{Cloud, Collecting, Found, aws, azure};
use crate::collect::{CollectError, Collected, Interrupt, Latency};
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
    /// The resource providers of Azure that what is expected names.
    pub(super) providers: &'a [String],
    pub(super) window: Window,
    /// When its clean-up was over.
    pub(super) cleaned_up: Timestamp,
}

impl Asked<'_> {
    /// The time of the act and of its clean-up: what undoes it comes after it.
    pub(super) fn until_cleaned_up(&self, window: Window) -> Window {
        Window {
            end: window.end.max(self.cleaned_up),
            ..window
        }
    }
}

/// An atomic that was performed, and what is needed to find its records.
#[derive(Debug, Clone, Copy)]
pub struct Acted<'a> {
    /// The atomic.
    pub performed: Performed<'a>,
    /// What was to be done.
    pub plan: &'a PlanFacts,
    /// What was done.
    pub performance: &'a Performance,
    /// The resource providers of Azure that what is expected of it names
    /// (`Microsoft.Compute`). They say what its window has to be closed for, and
    /// nothing else.
    pub providers: &'a [String],
}

impl<'a> Acted<'a> {
    /// What is asked of the cloud's log, and of which cloud; nothing if there was no act,
    /// or if no collector knows the log.
    fn asked(&self) -> Option<(Cloud, Asked<'a>)> {
        self.performance.act_over?;
        let performed = self.performed;
        let cloud = Cloud::of(&performed.atomic.platforms, Platform::Linux)?;
        let asked = Asked {
            atomic: performed.atomic,
            arguments: performed.arguments,
            script: &self.plan.script,
            marker: self.plan.marker.as_deref(),
            providers: self.providers,
            window: window(self.performance, Closure::Open),
            cleaned_up: self.performance.over,
        };
        Some((cloud, asked))
    }
}

/// Asks the logs of the clouds that atomics work on for what their acts did, in the order
/// of the acts. Nothing is found of one that was not acted, or whose log no collector
/// knows.
///
/// The windows of one account are closed by the same askings, and different accounts are
/// asked side by side, so that this waits once, for as long as [`Collecting`] says, and
/// not once for each act. The clean-up of all of them comes first.
#[must_use]
pub fn find(acted: &[Acted<'_>], how: &Collecting, interrupt: Interrupt<'_>) -> Vec<Option<Found>> {
    let mut groups: Vec<(Account, Vec<(usize, Asked<'_>)>)> = Vec::new();
    for (number, act) in acted.iter().enumerate() {
        let Some((cloud, asked)) = act.asked() else {
            continue;
        };
        let account = match cloud {
            Cloud::Aws => Account::Aws,
            Cloud::Azure => Account::Azure(azure::subscription(&asked, how)),
        };
        match groups.iter_mut().find(|(known, _)| *known == account) {
            Some((_, group)) => group.push((number, asked)),
            None => groups.push((account, vec![(number, asked)])),
        }
    }
    let mut found: Vec<Option<Found>> = acted.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let asking: Vec<_> = groups
            .into_iter()
            .map(|(account, group)| {
                scope.spawn(move || {
                    let (numbers, asked): (Vec<_>, Vec<_>) = group.into_iter().unzip();
                    let asked: Vec<_> = asked.iter().collect();
                    let found = match account {
                        Account::Aws => aws::find(&asked, how, interrupt),
                        Account::Azure(chosen) => azure::find(&asked, chosen, how, interrupt),
                    };
                    numbers.into_iter().zip(found).collect::<Vec<_>>()
                })
            })
            .collect();
        for asking in asking {
            match asking.join() {
                Ok(of_group) => {
                    for (number, one) in of_group {
                        if let Some(place) = found.get_mut(number) {
                            *place = Some(one);
                        }
                    }
                }
                Err(panic) => resume_unwind(panic),
            }
        }
    });
    found
}

/// Whose log is asked.
#[derive(PartialEq)]
enum Account {
    /// That of the credentials at hand.
    Aws,
    /// A subscription, or why it is not known which.
    Azure(Result<azure::Chosen, CollectError>),
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
    let (mut notes, mut left) = (Vec::new(), Vec::new());
    let fixture = match found {
        None => {
            if performance.act_over.is_some() {
                notes.push(format!("there is no collector for the log of `{service}`"));
            }
            let window = window(performance, Closure::Open);
            let blank = blank(performed, &service_host(service), window, outcome);
            Fixture {
                why_open: notes.clone(),
                ..blank
            }
        }
        Some(found) => {
            let closure = match &found.collected {
                Ok(_) if was_cut_off(performance) => Closure::Open,
                Ok(collected) => collected.closure,
                Err(_) => Closure::Open,
            };
            let mut why_open = Vec::new();
            if was_cut_off(performance) {
                why_open.push("it was ended before its time".to_owned());
            }
            notes.extend(why_open.iter().cloned());
            let window = Window {
                closure,
                ..found.window
            };
            let mut fixture = blank(performed, &found.host, window, outcome);
            notes.extend(found.notes);
            if let Some(account) = &found.left {
                left = account.told();
                notes.extend(account.notes());
                if closure == Closure::Open {
                    notes.push(
                        "the window is open, so that records of its clean-up may still come"
                            .to_owned(),
                    );
                }
            }
            match found.collected {
                Ok(collected) => {
                    fixture.evidence = found.evidence;
                    if collected.closure == Closure::Open {
                        why_open.push(collected.because.clone());
                    }
                    notes.extend(told(&collected));
                    put(&mut fixture, collected);
                }
                Err(error) => {
                    fixture.evidence = Evidence::Recorded;
                    let why = format!("its log was not collected: {error}");
                    why_open.push(why.clone());
                    notes.push(why);
                }
            }
            for beside in found.beside {
                notes.extend(told_beside(&beside));
                put(&mut fixture, beside);
            }
            for error in &found.failures {
                let why = format!("not all was collected: {error}");
                why_open.push(why.clone());
                notes.push(why);
            }
            fixture.why_open = why_open;
            fixture
        }
    };
    let mut execution = execution(performed, plan, performance, &this_host(), notes);
    execution.residue.extend(left);
    Fixture {
        execution: Some(Arc::new(execution)),
        ..fixture
    }
}

fn put(fixture: &mut Fixture, collected: Collected) {
    let holds_something = collected.records() > 0;
    let source = collected.source;
    fixture.sensors.push(Sensor {
        name: match source.as_str() {
            "cloudtrail" => "AWS CloudTrail".to_owned(),
            "azure-activity" => "Azure activity log".to_owned(),
            "cloudwatch-logs" => "Amazon CloudWatch Logs".to_owned(),
            other => other.to_owned(),
        },
        version: None,
        configuration: Some(format!("read from {}", collected.from)),
    });
    // One that is open within a window that is closed proves nothing of what is missing.
    let closure = match fixture.window.closure {
        Closure::Open => Closure::Open,
        Closure::Closed => collected.closure,
    };
    let is_known = holds_something || closure == fixture.window.closure;
    if is_known && !holds_something && !fixture.looked_at.contains(&source) {
        fixture.looked_at.push(source.clone());
    }
    let taken = fixture.files.len();
    let files = collected.files.into_iter().filter(|file| file.records > 0);
    for (number, file) in files.enumerate() {
        let folder = match (taken, number) {
            (0, _) => fixture.name.clone(),
            _ => format!("{}/{taken}", fixture.name),
        };
        fixture.files.push(FixtureFile {
            input: LogInput {
                path: PathBuf::from(format!("{folder}/{}", file.name)),
                bytes: Some(file.bytes.into()),
            },
            sources: vec![source.clone()],
            records: file.records,
            closure,
        });
    }
}

/// What is told of a log besides the main one.
fn told_beside(collected: &Collected) -> Vec<String> {
    let mut notes = vec![format!(
        "what is missing in {} is unknown: {}",
        collected.from, collected.because
    )];
    notes.extend(collected.latency.as_ref().map(appeared));
    notes.extend(collected.notes.iter().cloned());
    notes
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
