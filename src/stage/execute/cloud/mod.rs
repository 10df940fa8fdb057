//! Atomics of clouds: what is done happens here, and what is logged of it elsewhere.
//!
//! - `calls`, `providers`: which services a command calls;
//! - `aws`, `azure`: asking the cloud's own log for the windows of acts;
//! - `attribution`, `lines`: which of its records are of the run;
//! - `left`: what its records leave in the account;
//! - `recording`: all of that as a recording.

mod attribution;
mod aws;
mod azure;
mod calls;
mod left;
mod lines;
mod providers;
mod recording;
mod sources;

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

pub use attribution::{Attributed, OfRun, attribute};
pub use calls::aws_services;
pub use left::{AccountResidue, LeftInAccount, left_in_account};
pub use providers::azure_providers;
pub(super) use recording::service_host;
pub use recording::{Acted, find, recording_elsewhere};

use super::host::Host;
use super::marker::RunId;
use crate::collect::{CollectError, Collected};
use crate::content::atomic::Platform;
use crate::recording::{Evidence, Host as RecordedHost, RecordPlaces, Window};

/// The variable whose value the AWS command line and the AWS SDKs put into the user agent
/// of their calls as `app/VALUE`, which CloudTrail records.
///
/// AWS SDKs and Tools reference guide, "Application ID": at most 50 characters, letters,
/// digits, and some signs.
pub const APP_ID: &str = "AWS_SDK_UA_APP_ID";

/// A cloud whose own log can be collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cloud {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
}

impl Cloud {
    /// The cloud that an atomic for these platforms works on, if it is performed from
    /// this host and not on it.
    #[must_use]
    pub fn of(platforms: &[Platform], host: Platform) -> Option<Self> {
        match service_of(platforms, host)? {
            Platform::IaasAws => Some(Self::Aws),
            Platform::IaasAzure => Some(Self::Azure),
            _ => None,
        }
    }
}

/// The service that an atomic for these platforms works on, if it is performed from a
/// host of that platform and not on it; one whose log can be collected before others.
#[must_use]
pub fn service_of(platforms: &[Platform], host: Platform) -> Option<Platform> {
    if platforms.contains(&host) {
        return None;
    }
    let is_cloud =
        |platform: &Platform| matches!(platform, Platform::IaasAws | Platform::IaasAzure);
    let first = |is_it: &dyn Fn(&Platform) -> bool| platforms.iter().copied().find(is_it);
    first(&is_cloud).or_else(|| first(&|platform| platform.is_service()))
}

/// How the logs of clouds are collected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collecting {
    /// How long to wait at most until the windows are proven to be closed, all of them
    /// together; zero asks once.
    pub wait: Duration,
    /// Where they are read from.
    pub places: RecordPlaces,
    /// The Azure subscription that is asked whatever a test names.
    pub subscription: Option<Uuid>,
}

/// Within what time something on this machine that stands in for a cloud's log is taken
/// to show its records.
const STAND_IN_DELAY: Duration = Duration::from_secs(2);

/// What was found of a performance in a cloud.
#[derive(Debug)]
pub struct Found {
    /// The account or the subscription.
    pub host: RecordedHost,
    /// The time whose records were asked for.
    pub window: Window,
    /// How much its records prove.
    pub evidence: Evidence,
    /// The records; or why nothing can be said of the log.
    pub collected: Result<Collected, CollectError>,
    /// What is left in the account, if records of it could be had.
    pub left: Option<AccountResidue>,
    /// What other logs hold besides.
    pub beside: Vec<Collected>,
    /// Why some of what was to be read could not be, although the rest was.
    pub failures: Vec<CollectError>,
    /// What is to be known besides, in sentences.
    pub notes: Vec<String>,
}

/// The mark of a run as AWS takes it: 44 characters.
#[must_use]
pub fn app_id(run: RunId) -> String {
    format!("misfire-{run}")
}

/// The mark that the act of a run gets: none if it would leave none, or if the user has
/// one there.
pub(super) fn mark_of(
    run: RunId,
    platforms: &[Platform],
    host: &Host,
    environment: &BTreeMap<String, String>,
) -> Option<(String, String)> {
    let is_aws = Cloud::of(platforms, host.platform) == Some(Cloud::Aws);
    let is_taken = environment.contains_key(APP_ID) || std::env::var_os(APP_ID).is_some();
    (is_aws && !is_taken).then(|| (APP_ID.to_owned(), app_id(run)))
}
