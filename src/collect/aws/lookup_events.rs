//! CloudTrail's event history, which every account has: `LookupEvents`.
//!
//! Facts: CloudTrail API reference, LookupEvents. It holds the management events of the
//! last 90 days, of each region on its own (those of global services in us-east-1 of
//! the standard partition), and answers two requests a second for each account and
//! region, 50 events a page.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::endpoint::Service;
use super::pace::Pace;
use super::paging::{JsonCall, Pages};
use super::record::{file, record, source};
use super::session::{Failed, Session};
use crate::collect::{Boxed, CollectError, CollectedFile, Gathered, Source};
use crate::event::catalogue::SourceId;

/// Two requests a second.
const APART: Duration = Duration::from_millis(500);
/// How many events a page may have.
const PAGE: u32 = 50;
/// How often the pages are asked for anew when a token for the next one is refused:
/// tokens expire.
const RESTARTS: u32 = 2;
/// How far back the history goes.
const HISTORY: SignedDuration = SignedDuration::from_hours(90 * 24);
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// The event history of some regions.
#[derive(Debug)]
pub struct LookupEvents {
    session: Session,
    regions: Vec<String>,
    pace: Pace,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Question<'a> {
    /// In seconds since 1970.
    start_time: i64,
    end_time: i64,
    max_results: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    events: Vec<Entry>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    cloud_trail_event: String,
}

impl LookupEvents {
    /// The event history of these regions; of the session's own region if there are
    /// none.
    #[must_use]
    pub fn new(session: Session, regions: Vec<String>) -> Self {
        Self {
            session,
            regions,
            pace: Pace::new(APART),
        }
    }

    async fn ask_region(
        &mut self,
        region: &str,
        gathered: &mut Gathered,
    ) -> Result<(), CollectError> {
        let name = format!("CloudTrail in {region}");
        let mut pages = Pages::default();
        let mut restarts = 0;
        loop {
            self.pace.wait(self.session.client().clock(), region).await;
            let page: Page = match self.page(&name, region, gathered, pages.token()).await {
                Ok(page) => page,
                Err(failed)
                    if pages.token().is_some()
                        && failed.code == "InvalidNextTokenException"
                        && restarts < RESTARTS =>
                {
                    restarts += 1;
                    pages = Pages::default();
                    gathered.note(format!("{name} forgot where it was and was asked anew"));
                    continue;
                }
                Err(failed) => return Err(failed.error),
            };
            let seen = self.session.now();
            for entry in page.events {
                let record = record(entry.cloud_trail_event, seen).ok_or_else(|| {
                    CollectError::Malformed {
                        service: name.clone(),
                        because: "an event in it is no record of CloudTrail".to_owned(),
                    }
                })?;
                gathered.add(&name, record)?;
            }
            if pages.turn(&name, page.next_token)?.is_none() {
                return Ok(());
            }
        }
    }

    async fn page(
        &self,
        name: &str,
        region: &str,
        gathered: &Gathered,
        token: Option<&str>,
    ) -> Result<Page, Failed> {
        let window = gathered.window();
        let question = Question {
            start_time: window.start.as_second(),
            // The service takes whole seconds, of which the last counts.
            end_time: window.end.as_second(),
            max_results: PAGE,
            next_token: token,
        };
        let call = JsonCall {
            service: Service::CloudTrail,
            region,
            name,
            target: TARGET,
            answer: "page of events",
        };
        self.session.ask_json(&call, &question).await
    }
}

impl Source for LookupEvents {
    fn source(&self) -> SourceId {
        source()
    }

    fn name(&self) -> String {
        match self.regions.as_slice() {
            [] => "CloudTrail in the configured region".to_owned(),
            regions => format!("CloudTrail in {}", regions.join(", ")),
        }
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(async move {
            // The service answers with nothing, which would look as if nothing happened.
            let age = self.session.now().duration_since(gathered.window().start);
            if age > HISTORY {
                return Err(CollectError::Refused {
                    service: self.name(),
                    because: "the window starts before its history of 90 days".to_owned(),
                });
            }
            let mut first = Ok(());
            for region in self.session.regions(&self.regions).await? {
                let done = self.ask_region(&region, gathered).await;
                // What another region holds is worth knowing all the same.
                first = first.and(done);
            }
            first
        })
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        vec![file("cloudtrail-events.json", gathered)]
    }

    fn notes(&self) -> Vec<String> {
        self.session.notes()
    }
}
