//! The log files that a trail puts into a bucket of S3.
//!
//! Facts: CloudTrail user guide, "Finding your CloudTrail log files" and "CloudTrail
//! log file examples": a file can hold what happened at any time before its delivery.
//! Digest files lie in a folder of their own, `CloudTrail-Digest`,
//! and are never looked at.

mod bucket;
mod content;
mod layout;

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use self::bucket::Bucket;
use self::content::records;
use self::layout::{Named, days, first_of_day, is_account};
use super::endpoint::is_region;
use super::record::{file, record, source};
use super::session::Session;
use crate::collect::{Boxed, CollectError, CollectedFile, Gathered, Source};
use crate::event::catalogue::SourceId;

/// How long after a window its records are looked for in files: CloudTrail delivers
/// within five minutes on average and promises nothing, so this is generous.
const LATE: Duration = Duration::from_secs(6 * 60 * 60);

/// Where a trail puts its log files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The bucket.
    pub bucket: String,
    /// The bucket's region, if it is not the session's; it is found out as well.
    pub bucket_region: Option<String>,
    /// What stands before `AWSLogs/`; empty for nothing.
    pub prefix: String,
    /// The accounts to read, 12 digits each; all that are there if empty.
    pub accounts: Vec<String>,
    /// The regions to read; all that are there if empty.
    pub regions: Vec<String>,
    /// How long after the window a file may have been delivered to be looked at.
    pub late: Duration,
}

impl Trail {
    /// A trail with all its accounts and regions.
    #[must_use]
    pub fn new(bucket: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            bucket_region: None,
            prefix: String::new(),
            accounts: Vec::new(),
            regions: Vec::new(),
            late: LATE,
        }
    }
}

/// The log files of a trail. A file never changes, so one that was read is not read
/// again when it is asked again.
#[derive(Debug)]
pub struct LogFiles {
    trail: Trail,
    bucket: Bucket,
    /// Files that are done with.
    read: HashSet<String>,
}

impl LogFiles {
    /// The log files of a trail.
    #[must_use]
    pub fn new(session: Session, trail: Trail) -> Self {
        let bucket = Bucket::new(session, &trail);
        Self {
            trail,
            bucket,
            read: HashSet::new(),
        }
    }

    /// The folders `…/AWSLogs/[o-…/]ACCOUNT/CloudTrail/REGION/` that are to be read.
    async fn folders(&mut self) -> Result<Vec<String>, CollectError> {
        let prefix = self.trail.prefix.trim_matches('/');
        let root = match prefix {
            "" => "AWSLogs/".to_owned(),
            prefix => format!("{prefix}/AWSLogs/"),
        };
        // An organization's trail has its accounts one folder further down.
        let mut accounts = Vec::new();
        let mut below = vec![root.clone()];
        while let Some(folder) = below.pop() {
            for found in self.bucket.folders(&folder).await? {
                let name = last(&found);
                if is_account(name) {
                    if self.trail.accounts.is_empty()
                        || self.trail.accounts.iter().any(|account| account == name)
                    {
                        accounts.push(found);
                    }
                } else if folder == root && name.starts_with("o-") {
                    below.push(found);
                }
            }
        }
        accounts.sort();
        let mut folders = Vec::new();
        for account in accounts {
            for found in self
                .bucket
                .folders(&format!("{account}CloudTrail/"))
                .await?
            {
                let name = last(&found);
                if is_region(name)
                    && (self.trail.regions.is_empty()
                        || self.trail.regions.iter().any(|region| region == name))
                {
                    folders.push(found);
                }
            }
        }
        if folders.is_empty() {
            // Nothing of the window can be told from a place where no trail writes.
            return Err(CollectError::Refused {
                service: self.name(),
                because: format!("there are no log files of these accounts and regions in {root}"),
            });
        }
        Ok(folders)
    }

    async fn read_folder(
        &mut self,
        folder: &str,
        gathered: &mut Gathered,
    ) -> Result<(), CollectError> {
        let window = *gathered.window();
        let now = self.bucket.now();
        let until = window
            .end
            .checked_add(self.trail.late)
            .unwrap_or(now)
            .min(now);
        let mut first = Ok(());
        for (place, day) in days(window.start, until.max(window.start))
            .into_iter()
            .enumerate()
        {
            let prefix = format!("{folder}{day}/");
            // Names begin with the time of delivery: what was delivered before the
            // window cannot hold what happened in it.
            let after = (place == 0).then(|| first_of_day(folder, &prefix, window.start));
            let keys = self
                .bucket
                .keys(&prefix, after.flatten().as_deref())
                .await?;
            for key in keys {
                let done = self.read_file(&key, window.start, until, gathered).await;
                // One damaged file does not keep the others from being read.
                first = first.and(done);
            }
        }
        first
    }

    async fn read_file(
        &mut self,
        key: &str,
        start: Timestamp,
        until: Timestamp,
        gathered: &mut Gathered,
    ) -> Result<(), CollectError> {
        let Some(named) = Named::of(last(key)) else {
            if !self.read.insert(key.to_owned()) {
                return Ok(());
            }
            gathered.note("a file that is named as no log file of CloudTrail was left out");
            return Ok(());
        };
        if !named.may_hold(start, until) || self.read.contains(key) {
            return Ok(());
        }
        let bytes = self.bucket.object(key).await?;
        let seen = self.bucket.now();
        let name = format!("{key} in {}", self.name());
        for text in records(&name, &bytes)? {
            let record = record(text, seen).ok_or_else(|| CollectError::Malformed {
                service: name.clone(),
                because: "an entry in it is no record of CloudTrail".to_owned(),
            })?;
            gathered.add(&name, record)?;
        }
        self.read.insert(key.to_owned());
        Ok(())
    }
}

/// The last part of a key or folder.
fn last(key: &str) -> &str {
    let key = key.trim_end_matches('/');
    key.rsplit('/').next().unwrap_or(key)
}

impl Source for LogFiles {
    fn source(&self) -> SourceId {
        source()
    }

    fn name(&self) -> String {
        format!("the bucket {}", self.trail.bucket)
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(async move {
            let mut first = Ok(());
            for folder in self.folders().await? {
                let done = self.read_folder(&folder, gathered).await;
                first = first.and(done);
            }
            first
        })
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        vec![file("cloudtrail-files.json", gathered)]
    }

    fn notes(&self) -> Vec<String> {
        self.bucket.notes()
    }
}
