//! A log group of CloudWatch Logs: what Run Command and Session Manager of Systems
//! Manager write when their logging is on, or what a trail sends there.
//!
//! Facts: CloudWatch Logs API reference, FilterLogEvents: a page may be empty and not
//! the last one. CloudTrail user guide, "Sending CloudTrail events to CloudWatch Logs":
//! each event is a record of CloudTrail.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::endpoint::Service;
use super::pace::Pace;
use super::paging::{JsonCall, Pages};
use super::record::{file, record, source};
use super::session::Session;
use crate::collect::{Boxed, CollectError, CollectedFile, Gathered, Record, Source};
use crate::event::catalogue::SourceId;

/// Five requests a second. The quota differs by region; throttling is waited out.
const APART: Duration = Duration::from_millis(200);
const TARGET: &str = "Logs_20140328.FilterLogEvents";

/// Which streams of a log group are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Streams {
    /// All.
    All,
    /// Those whose names begin so: Run Command begins them with the id of the command,
    /// Session Manager names them for the session.
    Prefix(String),
    /// These, 100 at most.
    Named(Vec<String>),
}

/// What the lines of a log group are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lines {
    /// Anything, as records of this source.
    Texts(SourceId),
    /// Records of CloudTrail.
    Trail,
}

/// One log group in one region.
#[derive(Debug)]
pub struct LogGroup {
    session: Session,
    lines: Lines,
    group: String,
    streams: Streams,
    region: Option<String>,
    pace: Pace,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    log_group_name: &'a str,
    /// In milliseconds since 1970.
    start_time: i64,
    end_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_stream_name_prefix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_stream_names: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    events: Vec<Entry>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    event_id: Option<String>,
    log_stream_name: Option<String>,
    /// In milliseconds since 1970, as are all its times.
    timestamp: i64,
    ingestion_time: Option<i64>,
    message: String,
}

impl LogGroup {
    /// The streams of a log group, whose lines count as records of `source`, in a
    /// region, or in the session's own.
    #[must_use]
    pub fn new(
        session: Session,
        source: SourceId,
        group: String,
        streams: Streams,
        region: Option<String>,
    ) -> Self {
        Self {
            session,
            lines: Lines::Texts(source),
            group,
            streams,
            region,
            pace: Pace::new(APART),
        }
    }

    /// A log group that a trail sends its events to, in a region, or in the session's
    /// own. A line in it that is no record of CloudTrail is an error.
    #[must_use]
    pub fn of_trail(session: Session, group: String, region: Option<String>) -> Self {
        Self {
            session,
            lines: Lines::Trail,
            group,
            streams: Streams::All,
            region,
            pace: Pace::new(APART),
        }
    }

    async fn page(
        &self,
        name: &str,
        region: &str,
        gathered: &Gathered,
        token: Option<&str>,
    ) -> Result<Page, CollectError> {
        let window = gathered.window();
        let (prefix, names) = match &self.streams {
            Streams::All => (None, None),
            Streams::Prefix(prefix) => (Some(prefix.as_str()), None),
            Streams::Named(names) => (None, Some(names.as_slice())),
        };
        let question = Question {
            log_group_name: &self.group,
            start_time: window.start.as_millisecond(),
            end_time: window.end.as_millisecond(),
            log_stream_name_prefix: prefix,
            log_stream_names: names,
            next_token: token,
        };
        let call = JsonCall {
            service: Service::Logs,
            region,
            name,
            target: TARGET,
            answer: "page of log events",
        };
        let page = self.session.ask_json(&call, &question).await;
        page.map_err(|failed| failed.error)
    }

    fn record(&self, name: &str, entry: Entry, seen: Timestamp) -> Result<Record, CollectError> {
        if self.lines == Lines::Trail {
            return record(entry.message, seen).ok_or_else(|| CollectError::Malformed {
                service: name.to_owned(),
                because: "a line in it is no record of CloudTrail".to_owned(),
            });
        }
        let time = Timestamp::from_millisecond(entry.timestamp).ok();
        let text = |time: Option<Timestamp>| time.map(|time| format!("{time:.3}"));
        let ingested = entry
            .ingestion_time
            .and_then(|time| Timestamp::from_millisecond(time).ok());
        let line = json!({
            "timestamp": text(time),
            "ingestionTime": text(ingested),
            "logGroup": self.group,
            "logStream": entry.log_stream_name,
            "eventId": entry.event_id,
            "message": entry.message,
        });
        Ok(Record {
            id: entry.event_id,
            time,
            text: line.to_string(),
            seen,
        })
    }
}

impl Source for LogGroup {
    fn source(&self) -> SourceId {
        match &self.lines {
            Lines::Texts(source) => source.clone(),
            Lines::Trail => source(),
        }
    }

    fn name(&self) -> String {
        format!("the log group {}", self.group)
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(async move {
            let given = self.region.clone();
            let regions = self.session.regions(given.as_slice()).await?;
            let Some(region) = regions.first() else {
                return Ok(());
            };
            let name = format!("{} in {region}", self.name());
            let mut pages = Pages::default();
            let mut first = Ok(());
            loop {
                self.pace.wait(self.session.client().clock(), region).await;
                let page = self.page(&name, region, gathered, pages.token()).await?;
                let seen = self.session.now();
                for entry in page.events {
                    match self.record(&name, entry, seen) {
                        Ok(record) => {
                            gathered.add(&name, record)?;
                        }
                        // One line does not keep the others from being read.
                        Err(error) => first = first.and(Err(error)),
                    }
                }
                if pages.turn(&name, page.next_token)?.is_none() {
                    return first;
                }
            }
        })
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        if self.lines == Lines::Trail {
            return vec![file("cloudtrail-events.json", gathered)];
        }
        let mut bytes = Vec::new();
        for record in gathered.sorted() {
            bytes.extend_from_slice(record.text.as_bytes());
            bytes.push(b'\n');
        }
        vec![CollectedFile {
            name: "cloudwatch-logs.jsonl".to_owned(),
            bytes,
            records: gathered.records().len() as u64,
        }]
    }

    fn notes(&self) -> Vec<String> {
        self.session.notes()
    }
}
