//! The events that rules look at, as the catalogue knows them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::event::Origin;
use crate::event::catalogue::{Catalogue, Reach};

/// An event that rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventRow {
    /// The provider of the event, or the log where records have no provider.
    pub provider: String,
    /// The event id; null for all of a provider's events, and for logs without ids.
    pub id: Option<u32>,
    /// Its title.
    pub title: String,
    /// How many rules look at it.
    pub rules: usize,
    /// How many recordings of attacks hold such a record; null where none was searched.
    pub recordings: Option<usize>,
}

/// The name of an event; events of one provider stand together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EventKey {
    pub(super) provider: String,
    pub(super) id: Option<u32>,
}

impl EventKey {
    /// Whether a record from there is such an event.
    pub(super) fn covers(&self, origin: &Origin) -> bool {
        if let Origin::EventLog {
            provider: Some(provider),
            event_id,
            ..
        } = origin
            && provider.eq_ignore_ascii_case(&self.provider)
        {
            return self.id.is_none() || self.id == *event_id;
        }
        let source = Catalogue::bundled().source_of(origin.borrowed());
        self.id.is_none() && source.is_some_and(|source| source.title == self.provider)
    }
}

/// The events of the catalogue, with the origins that their records have.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) origins: Vec<Origin>,
    /// The event of each origin.
    keys: Vec<EventKey>,
    /// How many events each provider has.
    counts: BTreeMap<String, usize>,
    titles: BTreeMap<EventKey, String>,
    /// The sources of each provider.
    sources: BTreeMap<String, BTreeSet<String>>,
}

impl Known {
    pub(super) fn new() -> Self {
        let catalogue = Catalogue::bundled();
        let mut known = Self {
            origins: Vec::new(),
            keys: Vec::new(),
            counts: BTreeMap::new(),
            titles: BTreeMap::new(),
            sources: BTreeMap::new(),
        };
        let mut channels = BTreeSet::new();
        for provider in catalogue.providers() {
            let count = provider.events.len();
            known.counts.insert(provider.name.to_owned(), count);
            for channel in &provider.channels {
                channels.insert(channel.to_lowercase());
                for (id, entry) in &provider.events {
                    let origin = Origin::EventLog {
                        provider: Some(provider.name.into()),
                        channel: Some((*channel).into()),
                        event_id: Some(*id),
                    };
                    known.add(origin, provider.name, Some(*id), entry.title);
                }
            }
        }
        // Of other logs no event is known by its id.
        for source in catalogue.sources() {
            match &source.reach {
                Reach::Stream(stream) => {
                    known.add(
                        Origin::Stream(stream.clone()),
                        &source.title,
                        None,
                        "any record",
                    );
                }
                Reach::Channels { channels: own, .. } => {
                    for channel in own {
                        if channels.insert(channel.to_lowercase()) {
                            let origin = Origin::EventLog {
                                provider: None,
                                channel: Some(channel.as_str().into()),
                                event_id: None,
                            };
                            known.add(origin, &source.title, None, "any event");
                        }
                    }
                }
                Reach::AnyChannelBut { .. } => {}
            }
        }
        known
    }

    fn add(&mut self, origin: Origin, provider: &str, id: Option<u32>, title: &str) {
        let key = EventKey {
            provider: provider.to_owned(),
            id,
        };
        if let Some(source) = Catalogue::bundled().source_of(origin.borrowed()) {
            let sources = self.sources.entry(provider.to_owned()).or_default();
            sources.insert(source.id.to_string());
        }
        self.origins.push(origin);
        self.titles.insert(key.clone(), title.to_owned());
        self.keys.push(key);
    }

    /// The events of origins; all events of a provider are one.
    pub(super) fn events_of(&self, places: &[usize]) -> BTreeSet<EventKey> {
        let keys = places.iter().filter_map(|place| self.keys.get(*place));
        let mut by_provider: BTreeMap<&str, BTreeSet<Option<u32>>> = BTreeMap::new();
        for key in keys {
            let ids = by_provider.entry(&key.provider).or_default();
            ids.insert(key.id);
        }
        let mut events = BTreeSet::new();
        for (provider, ids) in by_provider {
            let all = self.counts.get(provider).copied().unwrap_or(usize::MAX);
            let is_any = ids.len() > 1 && ids.len() == all;
            let key = |id| EventKey {
                provider: provider.to_owned(),
                id,
            };
            if is_any {
                events.insert(key(None));
            } else {
                events.extend(ids.into_iter().map(key));
            }
        }
        events
    }

    /// The sources whose records an event may be among.
    pub(super) fn sources(&self, key: &EventKey) -> impl Iterator<Item = &String> {
        self.sources.get(&key.provider).into_iter().flatten()
    }

    pub(super) fn title(&self, key: &EventKey) -> &str {
        self.titles.get(key).map_or("any event", String::as_str)
    }
}
