//! The Azure activity log's records of acts.

use std::collections::BTreeMap;
use std::env;

use super::left::{Collection, take_account};
use super::recording::{Asked, argument, named_by};
use super::{Cloud, Collecting, Found, STAND_IN_DELAY, providers};
use crate::collect::azure::{AzureCollector, Route, SubscriptionId, default_subscription, twin};
use crate::collect::closing::Stream;
use crate::collect::{
    CollectError, Collected, Interrupt, Joined, SystemClock, Wanted, ask_until_all_closed,
};
use crate::content::atomic::Platform;
use crate::recording::{ActivityPlace, Evidence};

/// A subscription, and who named it: a fragment of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) id: SubscriptionId,
    from: &'static str,
}

/// The subscription that an act worked on.
pub(super) fn subscription(asked: &Asked<'_>, how: &Collecting) -> Result<Chosen, CollectError> {
    let misconfigured = |because: String| CollectError::Misconfigured {
        service: "Azure".to_owned(),
        because,
    };
    let is_named = |id: &String| !id.trim().is_empty();
    let own = argument(asked, |name| {
        matches!(
            name,
            "subscription" | "subscription_id" | "azure_subscription_id"
        )
    });
    let named = [
        (
            how.subscription.map(|id| id.to_string()),
            "`--subscription` names",
        ),
        (own, "an argument of the test names"),
        (
            env::var("AZURE_SUBSCRIPTION_ID").ok().filter(is_named),
            "AZURE_SUBSCRIPTION_ID names",
        ),
        (
            how.places.subscription.map(|id| id.to_string()),
            "`misfire.toml` names",
        ),
    ];
    for (id, from) in named {
        if let Some(id) = id {
            return SubscriptionId::new(&id)
                .map(|id| Chosen { id, from })
                .map_err(|error| misconfigured(error.to_string()));
        }
    }
    let default = default_subscription(|name| env::var(name).ok(), env::home_dir())?;
    default
        .map(|id| Chosen {
            id,
            from: "the Azure command line works in",
        })
        .ok_or_else(|| {
            misconfigured(
                "neither a flag, an argument, AZURE_SUBSCRIPTION_ID, `misfire.toml`, nor the \
                 Azure command line names a subscription"
                    .to_owned(),
            )
        })
}

/// Asks the activity log of a subscription for the windows of acts, all of them by the
/// same askings; or why it is not known which.
pub(super) fn find(
    asked: &[&Asked<'_>],
    chosen: Result<Chosen, CollectError>,
    how: &Collecting,
    interrupt: Interrupt<'_>,
) -> Vec<Found> {
    let providers: Vec<_> = asked.iter().map(|one| needed(one)).collect();
    let mut found: Vec<Found> = asked
        .iter()
        .zip(&providers)
        .map(|(one, providers)| begun(one, chosen.as_ref().ok(), providers))
        .collect();
    let chosen = match chosen {
        Ok(chosen) => chosen,
        Err(error) => {
            for one in &mut found {
                one.collected = Err(error.clone());
            }
            return found;
        }
    };
    let places = match how.places.activity.as_slice() {
        [] => &[ActivityPlace::List],
        named => named,
    };
    let mut joined = Joined::new(twin);
    for place in places {
        let route = match place {
            ActivityPlace::List => Route::List,
            ActivityPlace::Container(url) => Route::Container {
                url: url.clone(),
                stand_in: place.is_here().then_some(STAND_IN_DELAY),
            },
        };
        match AzureCollector::new(chosen.id, Vec::new()).by(route).way() {
            Ok(way) => joined.add(way),
            Err(error) => found
                .iter_mut()
                .for_each(|one| one.failures.push(error.clone())),
        }
    }
    let wanted: Vec<Wanted> = found
        .iter()
        .zip(&providers)
        .zip(asked)
        .map(|((one, providers), asked)| Wanted {
            window: one.window,
            // A later record is what closes the window, and the clean-up's often is it.
            until: asked.cleaned_up,
            streams: joined.by_each_way(&streams(chosen.id, providers)),
        })
        .collect();
    let collected = ask_until_all_closed(&mut joined, &wanted, how.wait, &SystemClock, interrupt);
    let collected: Vec<_> = match collected {
        Ok(collected) => collected.into_iter().map(Ok).collect(),
        Err(error) => wanted.iter().map(|_| Err(error.clone())).collect(),
    };
    let is_simulated = places.iter().any(ActivityPlace::is_here);
    for (one, collected) in found.iter_mut().zip(collected) {
        if collected.is_ok() {
            one.failures.extend(joined.failures());
        }
        if is_simulated {
            one.evidence = Evidence::Simulated;
            one.notes.push(
                "the export was read on this machine, where something stands in for Azure \
                 storage; it is taken to show its records within 2 s"
                    .to_owned(),
            );
        }
        one.collected = collected.and_then(|collected| of_act(one, collected));
    }
    found
}

/// Keeps what is of the act of what was collected until its clean-up was over, and finds
/// out what the act left.
fn of_act(found: &mut Found, mut collected: Collected) -> Result<Collected, CollectError> {
    let collection = Collection {
        cloud: Cloud::Azure,
        end: found.window.end,
        marker: None,
    };
    for file in &mut collected.files {
        let of_act = collection.of_act(&file.bytes);
        let (bytes, records) = of_act.map_err(|error| CollectError::Malformed {
            service: "Azure".to_owned(),
            because: error.to_string(),
        })?;
        found.left = take_account(&collection, &bytes, &file.bytes);
        (file.bytes, file.records) = (bytes, records);
    }
    found.notes.push(
        "the records of the clean-up were read as far as they had come when the window of the \
         act was closed"
            .to_owned(),
    );
    Ok(collected)
}

/// The resource providers that a window has to be closed for: those that what is
/// expected names, or else those that the command does.
fn needed(asked: &Asked<'_>) -> Vec<String> {
    match asked.providers {
        [] => providers::called(asked.script),
        named => named.to_vec(),
    }
}

fn streams(id: SubscriptionId, providers: &[String]) -> Vec<Stream> {
    let id = id.to_string();
    let providers = providers.iter();
    providers
        .map(|provider| Stream::azure_activity(&id, provider))
        .collect()
}

/// What is known before anyone is asked.
fn begun(asked: &Asked<'_>, chosen: Option<&Chosen>, providers: &[String]) -> Found {
    let id = chosen.map(|chosen| chosen.id.to_string());
    let facts = id.iter().map(|id| ("subscription".to_owned(), id.clone()));
    let facts: BTreeMap<_, _> = facts.collect();
    let name = id.as_deref().unwrap_or(Platform::IaasAzure.as_str());
    let mut notes = Vec::new();
    if let Some(Chosen { id, from }) = chosen {
        notes.push(format!("the subscription is {id}, which {from}"));
    }
    notes.push(
        "the activity log records no user agent, so that the records are told from others by \
         their time only"
            .to_owned(),
    );
    notes.push(match providers {
        [] => "neither what is expected nor the command names a resource provider, so that its \
               window cannot be closed"
            .to_owned(),
        providers => format!("the window is closed for {} only", providers.join(", ")),
    });
    Found {
        host: named_by(Platform::IaasAzure, name, facts),
        window: asked.window,
        evidence: Evidence::Recorded,
        collected: Err(CollectError::Interrupted),
        left: None,
        beside: Vec::new(),
        failures: Vec::new(),
        notes,
    }
}
