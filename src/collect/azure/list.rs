//! The activity log, as the REST interface of Azure Monitor lists it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cloud::origin_and_path;
use super::reading::{Reading, Visited, azure_activity};
use super::session::{Session, encoded};
use super::subscription::SubscriptionId;
use crate::collect::closing::{Seen, Skew, Stream};
use crate::collect::http::Outgoing;
use crate::collect::{Boxed, CollectError, CollectedFile, Gathered, Proving, Source};
use crate::event::catalogue::SourceId;

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
    reading: Reading,
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
            reading: Reading::new(session, subscription, providers),
        }
    }

    fn first_page(&self, start: Timestamp) -> String {
        let until = self.reading.session.now();
        let filter = format!(
            "eventTimestamp ge '{}' and eventTimestamp le '{}'",
            in_utc(start.checked_sub(AHEAD).unwrap_or(start)),
            in_utc(until.checked_add(AHEAD).unwrap_or(until)),
        );
        format!(
            "{}{}?api-version=2015-04-01&$filter={}",
            self.reading.session.cloud().management,
            self.path(),
            encoded(&filter)
        )
    }

    fn path(&self) -> String {
        format!(
            "/subscriptions/{}/providers/Microsoft.Insights/eventtypes/management/values",
            self.reading.subscription
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
        let ours = origin_and_path(&self.reading.session.cloud().management);
        match (origin_and_path(next), ours) {
            (Some((origin, path)), Some((own, _))) => {
                origin.eq_ignore_ascii_case(own) && path.starts_with('/')
            }
            _ => false,
        }
    }

    async fn ask(&mut self, gathered: &mut Gathered) -> Result<(), CollectError> {
        self.reading.intake.begin();
        let service = self.name();
        let audience = self.reading.session.cloud().management.clone();
        let mut visited = Visited::default();
        let mut url = self.first_page(gathered.window().start);
        for _ in 0..MOST_PAGES {
            if visited.go(&url).is_none() {
                return Err(self.malformed("its pages lead back to one another"));
            }
            let build = |_| Outgoing::get(url.as_str()).header("accept", "application/json");
            let body = self.reading.get(&service, &audience, build).await?;
            let page: Page<'_> = serde_json::from_slice(&body).map_err(|error| {
                let (line, column) = (error.line(), error.column());
                let place = format!("line {line}, column {column}");
                self.malformed(format!("a page is not the JSON of a list ({place})"))
            })?;
            for record in &page.value {
                self.reading.take(&service, record.get(), gathered)?;
            }
            let Some(next) = page.next.filter(|next| !next.is_empty()) else {
                return Ok(());
            };
            if !self.is_ours(&next) {
                return Err(self.malformed("the next page is said to be at another service"));
            }
            url = next;
        }
        Err(self.malformed(format!("it has more than {MOST_PAGES} pages")))
    }
}

impl Source for ActivityList {
    fn source(&self) -> SourceId {
        azure_activity()
    }

    fn name(&self) -> String {
        format!(
            "the activity log of subscription {}",
            self.reading.subscription
        )
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
        self.reading.notes()
    }
}

impl Proving for ActivityList {
    fn streams(&self) -> Vec<Stream> {
        self.reading.streams()
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        self.reading.intake.seen.clone()
    }

    fn skew(&self, _: &Stream) -> Skew {
        self.reading.intake.skew
    }

    fn cut(&self, _: &Stream) -> Option<String> {
        self.reading.intake.cut.clone()
    }
}

fn in_utc(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::UTC);
    time.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}
