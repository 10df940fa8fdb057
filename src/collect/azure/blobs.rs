//! The activity log, as a diagnostic setting exports it to a storage account.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::blob_list::read_page;
use super::reading::{Reading, Visited, azure_activity};
use super::session::{Session, encoded, encoded_path};
use super::subscription::SubscriptionId;
use crate::collect::closing::{Order, Seen, Skew, Stream};
use crate::collect::http::Outgoing;
use crate::collect::{Boxed, CollectError, CollectedFile, Gathered, Proving, Source};
use crate::event::catalogue::SourceId;

/// The container that diagnostic settings write the activity log to.
const CONTAINER: &str = "insights-activity-logs";
/// The version of the Blob service that is asked for.
const VERSION: &str = "2021-08-06";
/// How many bytes one hour's blob may have.
const MOST_BYTES: usize = 256 << 20;
/// The most pages of one list; a page has up to 5,000 blobs.
const MOST_PAGES: usize = 1_000;
/// How many hours one window may span.
const MOST_HOURS: usize = 24 * 31;
/// How long after a window records of it may still be filed, by the hour in which
/// they were received.
const LATE: SignedDuration = SignedDuration::from_hours(2);

/// Reads exported activity logs (Microsoft, "Azure Monitor activity log", export to
/// storage): one append blob an hour, one record a line,
/// `resourceId=/SUBSCRIPTIONS/{id}/y=…/m=…/d=…/h=…/m=00/PT1H.json`. The hour is the
/// one in which a record was received, so later hours are read, too. It needs the
/// role Storage Blob Data Reader.
///
/// A blob may be read while it is written: what ends within a record is left out
/// until the next asking, and told.
pub struct ActivityBlobs {
    reading: Reading,
    /// The address of the container.
    container: String,
    /// Where the log is, in words that fit "the activity log that is exported to …".
    place: String,
    stand_in: Option<Duration>,
}

/// How logs were exported before 2018, and still are in some clouds.
#[derive(Deserialize)]
struct Older<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

impl ActivityBlobs {
    /// Reads what is exported of that subscription to that storage account; the
    /// window is closed for these resource providers.
    ///
    /// # Errors
    /// No storage account has such a name.
    pub fn new(
        session: Session,
        subscription: SubscriptionId,
        account: &str,
        providers: Vec<String>,
    ) -> Result<Self, CollectError> {
        let is_plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit();
        if !(3..=24).contains(&account.len()) || !account.chars().all(is_plain) {
            return Err(CollectError::Misconfigured {
                service: "Azure storage".to_owned(),
                because: "a storage account's name has 3 to 24 small letters and digits".to_owned(),
            });
        }
        let container = format!("{}/{CONTAINER}", session.cloud().account(account));
        Ok(Self {
            reading: Reading::new(session, subscription, providers),
            container,
            place: format!("storage account {account}"),
            stand_in: None,
        })
    }

    /// Reads what is exported of that subscription to the container of that address,
    /// which has no slash at its end. `stand_in` is within what time something on this
    /// machine that stands in for storage shows records: what Microsoft documents of
    /// its own delay says nothing of it.
    #[must_use]
    pub fn of_container(
        session: Session,
        subscription: SubscriptionId,
        container: &str,
        providers: Vec<String>,
        stand_in: Option<Duration>,
    ) -> Self {
        Self {
            reading: Reading::new(session, subscription, providers),
            container: container.to_owned(),
            place: container.to_owned(),
            stand_in,
        }
    }

    /// The beginnings of the names of the blobs that may hold records of the window.
    /// The id is written in capital letters; small ones are looked for as well, since
    /// names of blobs tell them apart.
    fn prefixes(&self, start: Timestamp, end: Timestamp) -> Result<Vec<String>, CollectError> {
        let until = end
            .saturating_add(LATE)
            .unwrap_or(end)
            .min(self.reading.session.now());
        let mut ids = BTreeSet::from([self.reading.subscription.upper()]);
        ids.insert(self.reading.subscription.to_string());
        let hour = SignedDuration::from_hours(1);
        let mut at =
            Timestamp::from_second(start.as_second().div_euclid(3600) * 3600).unwrap_or(start);
        let mut prefixes = Vec::new();
        while at <= until {
            if prefixes.len() / ids.len() >= MOST_HOURS {
                return Err(CollectError::Refused {
                    service: self.name(),
                    because: format!("the window spans more than {MOST_HOURS} hours"),
                });
            }
            let folder = at
                .to_zoned(TimeZone::UTC)
                .strftime("y=%Y/m=%m/d=%d/h=%H/")
                .to_string();
            for id in &ids {
                prefixes.push(format!("resourceId=/SUBSCRIPTIONS/{id}/{folder}"));
            }
            let Ok(next) = at.checked_add(hour) else {
                break;
            };
            at = next;
        }
        Ok(prefixes)
    }

    async fn get(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        let service = self.name();
        let audience = self.reading.session.cloud().storage.clone();
        let build = |now: Timestamp| {
            Outgoing::get(url)
                .header("x-ms-version", VERSION)
                .header("x-ms-date", http_date(now))
                .most_bytes(MOST_BYTES)
        };
        self.reading.get(&service, &audience, build).await
    }

    async fn list(&mut self, prefix: &str) -> Result<Vec<String>, CollectError> {
        let mut names = Vec::new();
        let mut visited = Visited::default();
        let mut marker = String::new();
        for _ in 0..MOST_PAGES {
            let mut url = format!(
                "{}?restype=container&comp=list&prefix={}",
                self.container,
                encoded(prefix)
            );
            if !marker.is_empty() {
                url = format!("{url}&marker={}", encoded(&marker));
            }
            let body = self.get(&url).await?;
            let page = read_page(&body)
                .map_err(|because| self.malformed(format!("a list of blobs: {because}")))?;
            names.extend(page.names.into_iter().filter(|name| {
                // Other kinds of logs, and folders of hierarchical accounts.
                name.starts_with(prefix) && name.ends_with("/PT1H.json")
            }));
            match page.next {
                None => return Ok(names),
                Some(next) if visited.go(&next).is_none() => {
                    return Err(self.malformed("the pages of a list lead back to one another"));
                }
                Some(next) => marker = next,
            }
        }
        Err(self.malformed(format!("a list has more than {MOST_PAGES} pages")))
    }

    async fn ask(&mut self, gathered: &mut Gathered) -> Result<(), CollectError> {
        self.reading.intake.begin();
        let window = *gathered.window();
        for prefix in self.prefixes(window.start, window.end)? {
            for name in self.list(&prefix).await? {
                let url = format!("{}/{}", self.container, encoded_path(&name));
                let body = self.get(&url).await?;
                self.take(&name, &body, gathered)?;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        name: &str,
        body: &[u8],
        gathered: &mut Gathered,
    ) -> Result<(), CollectError> {
        let service = self.name();
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if let Ok(older) = serde_json::from_slice::<Older<'_>>(body) {
            for record in older.records {
                self.reading.take(&service, record.get(), gathered)?;
            }
            return Ok(());
        }
        let mut lines = body.split(|byte| *byte == b'\n').enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            match serde_json::from_slice::<&RawValue>(line) {
                Ok(record) => {
                    self.reading.take(&service, record.get(), gathered)?;
                }
                Err(_) if lines.peek().is_none() => {
                    self.reading
                        .intake
                        .cut_short(format!("{name} ends within a record, which was left out"));
                }
                Err(_) => {
                    let line = number + 1;
                    self.reading.intake.cut_short(format!(
                        "line {line} of {name} is no JSON, and was left out"
                    ));
                }
            }
        }
        Ok(())
    }

    fn malformed(&self, because: impl Into<String>) -> CollectError {
        CollectError::Malformed {
            service: self.name(),
            because: because.into(),
        }
    }
}

impl Source for ActivityBlobs {
    fn source(&self) -> SourceId {
        azure_activity()
    }

    fn name(&self) -> String {
        format!("the activity log that is exported to {}", self.place)
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(self.ask(gathered))
    }

    /// One file in the shape of the blobs, one record a line.
    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        let records = gathered.sorted();
        let mut text = String::new();
        for record in &records {
            // Records of the older form may span lines.
            text.push_str(&record.text.replace(['\r', '\n'], " "));
            text.push('\n');
        }
        vec![CollectedFile {
            name: "azure-activity.jsonl".to_owned(),
            bytes: text.into_bytes(),
            records: records.len() as u64,
        }]
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.reading.notes();
        notes.extend(self.reading.intake.cut.clone());
        notes
    }
}

impl Proving for ActivityBlobs {
    fn streams(&self) -> Vec<Stream> {
        self.reading.streams()
    }

    fn order(&self, stream: &Stream) -> Order {
        match self.stand_in {
            Some(delay) => Order::Unordered { delay },
            None => stream.documented_order(),
        }
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        self.reading.intake.seen.clone()
    }

    fn skew(&self, _: &Stream) -> Skew {
        match self.stand_in {
            Some(_) => Skew::NONE,
            None => self.reading.intake.skew,
        }
    }

    fn cut(&self, _: &Stream) -> Option<String> {
        self.reading.intake.cut.clone()
    }
}

/// A date as HTTP writes it; nothing can be said of years that it does not know.
fn http_date(time: Timestamp) -> String {
    rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .unwrap_or_default()
}
