//! The activity log, as the REST interface of Azure Monitor lists it.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cloud::origin_and_path;
use super::record::Intake;
use super::session::{Session, encoded};
use super::subscription::SubscriptionId;
use crate::collect::closing::{Seen, Skew, Stream};
use crate::collect::http::Outgoing;
use crate::collect::{Boxed, CollectError, CollectedFile, Gathered, Proving, Source};
use crate::event::catalogue::{Catalogue, SourceId};

/// The most pages of one asking; a page has about two hundred records.
const MOST_PAGES: usize = 20_000;
/// How far beyond the present is asked for, for clocks that are ahead of ours. It
/// costs nothing: there are no records there.
const AHEAD: SignedDuration = SignedDuration::from_secs(600);

/// Lists the activity log of a subscription (Microsoft, "Activity Logs - List",
/// version 2015-04-01). It needs `Microsoft.Insights/eventtypes/values/read`, as the
/// role Reader has it.
///
/// It asks from the window's start to the present, since a later record is what
/// shows how far the log has come.
pub struct ActivityList {
    session: Session,
    subscription: SubscriptionId,
    providers: Vec<String>,
    intake: Intake,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "nextLink")]
    next: Option<String>,
}

impl ActivityList {
    /// Lists that subscription's log; the window is closed for these resource
    /// providers (`Microsoft.Compute`).
    #[must_use]
    pub fn new(session: Session, subscription: SubscriptionId, providers: Vec<String>) -> Self {
        Self {
            session,
            subscription,
            providers,
            intake: Intake::default(),
        }
    }

    fn first_page(&self, start: Timestamp) -> String {
        let until = self.session.now();
        let filter = format!(
            "eventTimestamp ge '{}' and eventTimestamp le '{}'",
            in_utc(start.checked_sub(AHEAD).unwrap_or(start)),
            in_utc(until.checked_add(AHEAD).unwrap_or(until)),
        );
        format!(
            "{}{}?api-version=2015-04-01&$filter={}",
            self.session.cloud().management,
            self.path(),
            encoded(&filter)
        )
    }

    fn path(&self) -> String {
        format!(
            "/subscriptions/{}/providers/Microsoft.Insights/eventtypes/management/values",
            self.subscription
        )
    }

    fn malformed(&self, because: impl Into<String>) -> CollectError {
        CollectError::Malformed {
            service: self.name(),
            because: because.into(),
        }
    }

    /// Whether the token may be sent where a page says that the next one is.
    fn is_ours(&self, next: &str) -> bool {
        let ours = origin_and_path(&self.session.cloud().management);
        match (origin_and_path(next), ours) {
            (Some((origin, path)), Some((own, _))) => {
                origin.eq_ignore_ascii_case(own) && path.starts_with('/')
            }
            _ => false,
        }
    }

    async fn ask(&mut self, gathered: &mut Gathered) -> Result<(), CollectError> {
        self.intake.begin();
        let service = self.name();
        let audience = self.session.cloud().management.clone();
        let mut asked = HashSet::new();
        let mut url = self.first_page(gathered.window().start);
        for _ in 0..MOST_PAGES {
            let build = |_| Outgoing::get(url.as_str()).header("accept", "application/json");
            let (answer, skew) = self.session.get(&service, &audience, build).await?;
            if let Some(skew) = skew {
                self.intake.skew = skew;
            }
            let page: Page<'_> = serde_json::from_slice(&answer.body).map_err(|error| {
                let (line, column) = (error.line(), error.column());
                let place = format!("line {line}, column {column}");
                self.malformed(format!("a page is not the JSON of a list ({place})"))
            })?;
            let now = self.session.now();
            for record in &page.value {
                let text = record.get();
                self.intake
                    .take(&service, self.subscription, text, now, gathered)?;
            }
            let Some(next) = page.next.filter(|next| !next.is_empty()) else {
                return Ok(());
            };
            if !self.is_ours(&next) {
                return Err(self.malformed("the next page is said to be at another service"));
            }
            if !asked.insert(std::mem::replace(&mut url, next)) || asked.contains(&url) {
                return Err(self.malformed("its pages lead back to one another"));
            }
        }
        Err(self.malformed(format!("it has more than {MOST_PAGES} pages")))
    }
}

impl Source for ActivityList {
    fn source(&self) -> SourceId {
        azure_activity()
    }

    fn name(&self) -> String {
        format!("the activity log of subscription {}", self.subscription)
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(self.ask(gathered))
    }

    /// One file in the shape of the interface itself, `{"value": […]}`.
    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        let records = gathered.sorted();
        let texts: Vec<&str> = records.iter().map(|record| record.text.as_str()).collect();
        vec![CollectedFile {
            name: "azure-activity.json".to_owned(),
            bytes: format!("{{\"value\":[\n{}\n]}}\n", texts.join(",\n")).into_bytes(),
            records: texts.len() as u64,
        }]
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.session.notes();
        notes.extend(self.intake.note("Azure"));
        notes
    }
}

impl Proving for ActivityList {
    fn streams(&self) -> Vec<Stream> {
        streams(self.subscription, &self.providers)
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        self.intake.seen.clone()
    }

    fn skew(&self) -> Skew {
        self.intake.skew
    }

    fn cut(&self) -> Option<String> {
        self.intake.cut.clone()
    }
}

/// The streams of these resource providers.
pub(super) fn streams(subscription: SubscriptionId, providers: &[String]) -> Vec<Stream> {
    providers
        .iter()
        .map(|provider| Stream::azure_activity(&subscription.to_string(), provider))
        .collect()
}

/// The source, by its name in the catalogue.
pub(super) fn azure_activity() -> SourceId {
    Catalogue::bundled()
        .source("azure-activity")
        .map_or_else(SourceId::any, |source| source.id.clone())
}

fn in_utc(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::UTC);
    time.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}
