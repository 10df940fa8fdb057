//! Listing and reading a bucket.
//!
//! Facts: Amazon S3 API reference, ListObjectsV2 and GetObject; user guide, "Virtual
//! hosting of buckets" and "Making requests using the REST API" (a bucket in another
//! region answers with that region in `x-amz-bucket-region`).

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::endpoint::{self, Service, is_region};
use super::super::paging::Pages;
use super::super::refusal::resolved;
use super::super::session::{Call, Session, misconfigured};
use super::Trail;
use crate::collect::CollectError;
use crate::collect::http::{Answer, Outgoing};
use crate::recording::is_bucket;

/// What signatures want encoded in a query: all but the unreserved characters.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// In a path the slashes stay.
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');
/// The largest compressed log file that is read.
const MOST_BYTES: usize = 128 << 20;

/// One bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    session: Session,
    name: String,
    region: Option<String>,
}

/// One page of a listing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Page {
    keys: Vec<String>,
    folders: Vec<String>,
    next: Option<String>,
}

impl Bucket {
    pub(super) fn new(session: Session, trail: &Trail) -> Self {
        Self {
            session,
            name: trail.bucket.clone(),
            region: trail.bucket_region.clone(),
        }
    }

    /// The time by the service's clock.
    pub(super) fn now(&self) -> Timestamp {
        self.session.now()
    }

    pub(super) fn notes(&self) -> Vec<String> {
        self.session.notes()
    }

    /// The folders right below a folder, each with a slash at its end.
    pub(super) async fn folders(&mut self, prefix: &str) -> Result<Vec<String>, CollectError> {
        let mut folders = Vec::new();
        let mut pages = Pages::default();
        loop {
            let page = self.list(prefix, Some("/"), None, pages.token()).await?;
            folders.extend(page.folders);
            if pages.turn(&self.in_words(), page.next)?.is_none() {
                return Ok(folders);
            }
        }
    }

    /// The keys below a folder that come after another.
    pub(super) async fn keys(
        &mut self,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Vec<String>, CollectError> {
        let mut keys = Vec::new();
        let mut pages = Pages::default();
        loop {
            let page = self.list(prefix, None, after, pages.token()).await?;
            keys.extend(page.keys);
            if pages.turn(&self.in_words(), page.next)?.is_none() {
                return Ok(keys);
            }
        }
    }

    async fn list(
        &mut self,
        prefix: &str,
        delimiter: Option<&str>,
        after: Option<&str>,
        next: Option<&str>,
    ) -> Result<Page, CollectError> {
        let query: Vec<String> = [
            ("continuation-token", next),
            ("delimiter", delimiter),
            ("list-type", Some("2")),
            ("prefix", Some(prefix)),
            ("start-after", after),
        ]
        .into_iter()
        .filter_map(|(name, value)| {
            let value = utf8_percent_encode(value?, IN_QUERY);
            Some(format!("{name}={value}"))
        })
        .collect();
        let answer = self.get(&format!("/?{}", query.join("&")), None).await?;
        page(&answer.text())
            .ok_or_else(|| self.malformed(format!("it is no listing ({})", answer.in_words())))
    }

    /// The bytes of an object.
    pub(super) async fn object(&mut self, key: &str) -> Result<Vec<u8>, CollectError> {
        let path = format!("/{}", utf8_percent_encode(key, IN_PATH));
        Ok(self.get(&path, Some(MOST_BYTES)).await?.body)
    }

    /// Asks the bucket, in the region where it is.
    async fn get(&mut self, path: &str, most_bytes: Option<usize>) -> Result<Answer, CollectError> {
        if !is_bucket(&self.name) {
            return Err(misconfigured(format!("`{}` is no bucket", self.name)));
        }
        let mut moved = false;
        loop {
            let given: Vec<String> = self.region.iter().cloned().collect();
            let region = self.session.regions(&given).await?.swap_remove(0);
            let name = self.in_words();
            let mut outgoing = Outgoing::get(format!("{}{path}", self.base(&region)));
            outgoing.most_bytes = most_bytes;
            let call = Call {
                service: Service::S3,
                region: &region,
                name: &name,
                outgoing,
            };
            match self.session.call(&call).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => match failed.bucket_region {
                    Some(other) if !moved && other != region && is_region(&other) => {
                        moved = true;
                        self.region = Some(other);
                    }
                    _ => return Err(failed.error),
                },
            }
        }
    }

    fn base(&self, region: &str) -> String {
        match self.session.configured_endpoint(Service::S3) {
            Some(endpoint) => format!("{endpoint}/{}", self.name),
            None => endpoint::bucket(&self.name, region),
        }
    }

    fn in_words(&self) -> String {
        format!("the bucket {}", self.name)
    }

    fn malformed(&self, because: String) -> CollectError {
        CollectError::Malformed {
            service: self.in_words(),
            because,
        }
    }
}

/// Reads a `ListBucketResult`. Nothing, if it is none, or says that there is more and
/// not how to ask for it.
fn page(text: &str) -> Option<Page> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut page = Page::default();
    let (mut truncated, mut whole) = (false, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                if path.is_empty() && name != "ListBucketResult" {
                    return None;
                }
                path.push(name);
                value.clear();
            }
            Event::Text(part) => value.push_str(&part),
            Event::GeneralRef(part) => value.push_str(&resolved(&part)?),
            Event::End(_) => {
                let names: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
                match names.as_slice() {
                    ["Contents", "Key"] => page.keys.push(std::mem::take(&mut value)),
                    ["CommonPrefixes", "Prefix"] => page.folders.push(std::mem::take(&mut value)),
                    ["IsTruncated"] => truncated = value == "true",
                    ["NextContinuationToken"] => page.next = Some(std::mem::take(&mut value)),
                    [] => whole = true,
                    _ => {}
                }
                path.pop();
                value.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !whole || truncated != page.next.is_some() {
        return None;
    }
    Some(page)
}
