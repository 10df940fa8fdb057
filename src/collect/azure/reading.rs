//! What both ways to the activity log have in common.

use std::collections::HashSet;

use jiff::Timestamp;

use super::record::Intake;
use super::session::Session;
use super::subscription::SubscriptionId;
use crate::collect::closing::Stream;
use crate::collect::http::Outgoing;
use crate::collect::{CollectError, Gathered};
use crate::event::catalogue::{Catalogue, SourceId};

/// One subscription's log, as it is read.
pub(super) struct Reading {
    pub(super) session: Session,
    pub(super) subscription: SubscriptionId,
    pub(super) intake: Intake,
    providers: Vec<String>,
}

impl Reading {
    pub(super) fn new(
        session: Session,
        subscription: SubscriptionId,
        providers: Vec<String>,
    ) -> Self {
        Self {
            session,
            subscription,
            intake: Intake::default(),
            providers,
        }
    }

    /// Asks, and keeps what the answer tells of the service's clock.
    pub(super) async fn get(
        &mut self,
        service: &str,
        audience: &str,
        build: impl Fn(Timestamp) -> Outgoing,
    ) -> Result<Vec<u8>, CollectError> {
        let (answer, skew) = self.session.get(service, audience, build).await?;
        if let Some(skew) = skew {
            self.intake.skew = skew;
        }
        Ok(answer.body)
    }

    /// Takes one record in.
    pub(super) fn take(
        &mut self,
        service: &str,
        text: &str,
        gathered: &mut Gathered,
    ) -> Result<(), CollectError> {
        let now = self.session.now();
        self.intake
            .take(service, self.subscription, text, now, gathered)
    }

    /// The streams of the resource providers.
    pub(super) fn streams(&self) -> Vec<Stream> {
        let subscription = self.subscription.to_string();
        let providers = self.providers.iter();
        providers
            .map(|provider| Stream::azure_activity(&subscription, provider))
            .collect()
    }

    /// What is worth knowing, a sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = self.session.notes();
        notes.extend(self.intake.note("Azure"));
        notes
    }
}

/// The pages that were read, of which none may come twice.
#[derive(Default)]
pub(super) struct Visited(HashSet<String>);

impl Visited {
    /// Goes on to a page; nothing if it was read before.
    pub(super) fn go(&mut self, page: &str) -> Option<()> {
        self.0.insert(page.to_owned()).then_some(())
    }
}

/// The source, by its name in the catalogue.
pub(super) fn azure_activity() -> SourceId {
    Catalogue::bundled()
        .source("azure-activity")
        .map_or_else(SourceId::any, |source| source.id.clone())
}
