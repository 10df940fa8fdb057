//! From the places that a user names to what is asked of AWS.

use std::sync::Arc;

use jiff::SignedDuration;

use super::STAND_IN_DELAY;
use crate::collect::aws::{
    LogFiles, LogGroup, LookupEvents, PerformedCanary, ProvenTrail, Service, Session, Streams,
    Trail,
};
use crate::collect::{Clock, Joined, Source};
use crate::event::catalogue::{Catalogue, SourceId};
use crate::recording::{RecordPlaces, TrailPlace, Window};

/// How long after an act lines of its commands may still be written.
pub(super) const LINES_LATE: SignedDuration = SignedDuration::from_mins(5);

/// The places that records of AWS are read from.
pub(super) struct Places<'a> {
    trail: &'a [TrailPlace],
    all: &'a RecordPlaces,
}

impl<'a> Places<'a> {
    /// Those that a user names; the event history if none is.
    pub(super) fn new(all: &'a RecordPlaces) -> Self {
        Self {
            trail: match all.cloudtrail.as_slice() {
                [] => &[TrailPlace::LookupEvents],
                named => named,
            },
            all,
        }
    }

    /// Whether something on this machine stands in for any place of CloudTrail.
    pub(super) fn ask_this_machine(&self, session: &Session, region: &str) -> bool {
        let mut places = self.trail.iter();
        places.any(|place| session.asks_this_machine(service(place), region))
    }

    /// All places of CloudTrail as one source. `home` are the regions that the acts are
    /// performed in, `regions` all that their records are of.
    pub(super) fn trail(
        &self,
        session: &Session,
        clock: &Arc<dyn Clock>,
        regions: &[String],
        home: &[String],
        account: Option<String>,
        canaries: &[PerformedCanary],
    ) -> Joined {
        let mut joined = Joined::new(|_| None);
        for place in self.trail {
            let source: Box<dyn Source> = match place {
                TrailPlace::LookupEvents => {
                    Box::new(LookupEvents::new(session.clone(), regions.to_vec()))
                }
                TrailPlace::LogFiles { bucket, prefix } => {
                    let trail = Trail {
                        bucket_region: home.first().cloned(),
                        prefix: prefix.clone(),
                        accounts: account.clone().into_iter().collect(),
                        regions: regions.to_vec(),
                        ..Trail::new(bucket)
                    };
                    Box::new(LogFiles::new(session.clone(), trail))
                }
                TrailPlace::LogGroup(group) => {
                    let region = group.region.clone().or_else(|| home.first().cloned());
                    Box::new(LogGroup::of_trail(
                        session.clone(),
                        group.name.clone(),
                        region,
                    ))
                }
            };
            let mut proven = ProvenTrail::new(source, Arc::clone(clock), &[]);
            let region = home.first().map_or("", String::as_str);
            if session.asks_this_machine(service(place), region) {
                proven = proven.stood_in_for(STAND_IN_DELAY);
            }
            for canary in canaries {
                proven = proven.canary(canary.clone());
            }
            joined.add(Box::new(proven));
        }
        joined
    }

    /// Asks the log groups of Systems Manager along with CloudTrail: each in its own
    /// region, or in each that an act is performed in. The regions are given back in
    /// that order, each group's once.
    pub(super) fn ask_lines(
        &self,
        joined: &mut Joined,
        session: &Session,
        home: &[String],
        window: Window,
    ) -> Vec<String> {
        let late = Window {
            end: window.end.saturating_add(LINES_LATE).unwrap_or(window.end),
            ..window
        };
        let mut regions = Vec::new();
        for group in &self.all.ssm_logs {
            let own = match &group.region {
                Some(region) => vec![region.clone()],
                None => home.to_vec(),
            };
            for region in own {
                let log = LogGroup::new(
                    session.clone(),
                    lines(),
                    group.name.clone(),
                    Streams::All,
                    Some(region.clone()),
                );
                joined.ask_beside(Box::new(log), late);
                regions.push(region);
            }
        }
        regions
    }
}

/// The service that is asked for a place.
fn service(place: &TrailPlace) -> Service {
    match place {
        TrailPlace::LookupEvents => Service::CloudTrail,
        TrailPlace::LogFiles { .. } => Service::S3,
        TrailPlace::LogGroup(_) => Service::Logs,
    }
}

/// The source that lines of log groups are of.
fn lines() -> SourceId {
    Catalogue::bundled()
        .source("cloudwatch-logs")
        .map_or_else(SourceId::any, |source| source.id.clone())
}
