//! The activity log of a subscription, until it is closed.

use std::sync::Arc;
use std::time::Duration;

use super::blobs::ActivityBlobs;
use super::cloud::Cloud;
use super::list::ActivityList;
use super::reading::azure_activity;
use super::session::Session;
use super::subscription::SubscriptionId;
use super::token::{Identity, Tokens};
use crate::collect::http::{Client, Limits, Retry};
use crate::collect::process::{Runner, SystemRunner};
use crate::collect::{
    Clock, CollectError, Collected, Collector, Interrupt, Proving, Request, SystemClock,
    ask_until_closed,
};
use crate::event::catalogue::SourceId;

/// By what way the log is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The REST interface of Azure Monitor.
    List,
    /// The export to a storage account.
    Export {
        /// The account's name.
        account: String,
    },
    /// The container that it is exported to.
    Container {
        /// Its address, without a slash at its end.
        url: String,
        /// Within what time something on this machine that stands in for it shows
        /// records, if it is not Azure that is asked.
        stand_in: Option<Duration>,
    },
}

/// Collects the activity log of one subscription.
pub struct AzureCollector {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The resource providers that the window is to be closed for, as
    /// `Microsoft.Compute`. Without any it stays open.
    pub providers: Vec<String>,
    /// By what way.
    pub route: Route,
    /// Which cloud.
    pub cloud: Cloud,
    /// As whom.
    pub identity: Identity,
    /// What runs the Azure command line.
    pub runner: Arc<dyn Runner>,
    /// By what clock.
    pub clock: Arc<dyn Clock>,
    /// How long answers may take, and how long they may be.
    pub limits: Limits,
    /// How often a request is sent again.
    pub retry: Retry,
}

impl AzureCollector {
    /// Collects by the REST interface of the public cloud, as whom the environment
    /// names.
    #[must_use]
    pub fn new(subscription: SubscriptionId, providers: Vec<String>) -> Self {
        Self {
            subscription,
            providers,
            route: Route::List,
            cloud: Cloud::default(),
            identity: Identity::of_process(),
            runner: Arc::new(SystemRunner),
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            retry: Retry::default(),
        }
    }

    /// The same by another way.
    #[must_use]
    pub fn by(mut self, route: Route) -> Self {
        self.route = route;
        self
    }

    /// What is asked, to be asked along with others.
    ///
    /// # Errors
    /// No storage account has such a name.
    pub fn way(&self) -> Result<Box<dyn Proving>, CollectError> {
        let session = self.session();
        let providers = self.providers.clone();
        Ok(match &self.route {
            Route::List => Box::new(ActivityList::new(session, self.subscription, providers)),
            Route::Export { account } => Box::new(ActivityBlobs::new(
                session,
                self.subscription,
                account,
                providers,
            )?),
            Route::Container { url, stand_in } => Box::new(ActivityBlobs::of_container(
                session,
                self.subscription,
                url,
                providers,
                *stand_in,
            )),
        })
    }

    fn session(&self) -> Session {
        let client = Client::new(Arc::clone(&self.clock), self.limits, self.retry);
        let tokens = Tokens::new(
            self.cloud.clone(),
            self.identity.clone(),
            Arc::clone(&self.runner),
        );
        Session::new(client, self.cloud.clone(), tokens)
    }
}

impl Collector for AzureCollector {
    fn source(&self) -> SourceId {
        azure_activity()
    }

    fn collect(
        &self,
        request: &Request,
        interrupt: Interrupt<'_>,
    ) -> Result<Collected, CollectError> {
        let mut source = self.way()?;
        ask_until_closed(&mut *source, request, &*self.clock, interrupt)
    }
}
