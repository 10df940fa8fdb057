//! The Azure activity log's records of an act.

use std::collections::BTreeMap;

use super::recording::{Asked, argument, named_by};
use super::{Collecting, Found};
use crate::collect::azure::{AzureCollector, SubscriptionId};
use crate::collect::{CollectError, Collected, Collector, Interrupt, Request};
use crate::content::atomic::Platform;
use crate::recording::Evidence;

/// What the window is closed for.
const PROVIDER: &str = "Microsoft.Compute";

/// Asks the activity log of a subscription for the window of an act.
pub(super) fn find(asked: &Asked<'_>, how: Collecting, interrupt: Interrupt<'_>) -> Found {
    let subscription = argument(asked, |name| {
        matches!(
            name,
            "subscription" | "subscription_id" | "azure_subscription_id"
        )
    })
    .or_else(|| std::env::var("AZURE_SUBSCRIPTION_ID").ok())
    .filter(|id| !id.trim().is_empty());
    let id = subscription.as_deref().map(SubscriptionId::new);
    let known = id.and_then(|id| Some(id.ok()?.to_string()));
    let facts = known
        .iter()
        .map(|id| ("subscription".to_owned(), id.clone()));
    let facts: BTreeMap<_, _> = facts.collect();
    let name = known.as_deref().unwrap_or(Platform::IaasAzure.as_str());
    Found {
        host: named_by(Platform::IaasAzure, name, facts),
        window: asked.window,
        evidence: Evidence::Recorded,
        collected: collect(subscription.as_deref(), asked, how, interrupt),
        notes: vec![
            "the activity log records no user agent, so that the records are told from others by \
             their time only"
                .to_owned(),
            format!("the window is closed for {PROVIDER} only"),
        ],
    }
}

fn collect(
    subscription: Option<&str>,
    asked: &Asked<'_>,
    how: Collecting,
    interrupt: Interrupt<'_>,
) -> Result<Collected, CollectError> {
    let misconfigured = |because: String| CollectError::Misconfigured {
        service: "Azure".to_owned(),
        because,
    };
    let subscription = subscription.ok_or_else(|| {
        misconfigured("neither an argument nor AZURE_SUBSCRIPTION_ID names a subscription".into())
    })?;
    let id = SubscriptionId::new(subscription).map_err(|error| misconfigured(error.to_string()))?;
    let request = Request {
        window: asked.window,
        wait: how.wait,
    };
    AzureCollector::new(id, vec![PROVIDER.to_owned()]).collect(&request, interrupt)
}
