//! The activity log of a subscription, until it is closed.

use std::sync::Arc;

use super::blobs::ActivityBlobs;
use super::cloud::Cloud;
use super::list::{ActivityList, azure_activity};
use super::session::Session;
use super::subscription::SubscriptionId;
use super::token::{Identity, Tokens};
use crate::collect::http::{Client, Limits, Retry};
use crate::collect::process::{Runner, SystemRunner};
use crate::collect::{
    Clock, CollectError, Collected, Collector, Interrupt, Request, SystemClock, ask_until_closed,
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
        let session = self.session();
        let providers = self.providers.clone();
        match &self.route {
            Route::List => {
                let mut list = ActivityList::new(session, self.subscription, providers);
                ask_until_closed(&mut list, request, &*self.clock, interrupt)
            }
            Route::Export { account } => {
                let mut blobs = ActivityBlobs::new(session, self.subscription, account, providers)?;
                ask_until_closed(&mut blobs, request, &*self.clock, interrupt)
            }
        }
    }
}
