//! Routes: which records a log source stands for.

use super::source::{OriginRef, Reach, Source, SourceId};
use super::{CatalogueError, LogSource};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A condition on a field that a record must meet besides its event id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldCondition {
    /// The payload field's name on the wire.
    pub field: String,
    /// The values of which it must have one; compared without regard to case.
    pub one_of: Vec<String>,
}

/// One kind of record that a log source stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The source it draws on; none for a whole product.
    pub source: Option<SourceId>,
    /// The records it draws from.
    pub reach: Reach,
    /// The event ids; empty means any.
    pub event_ids: Vec<u32>,
    /// What else must hold; all of it.
    pub conditions: Vec<FieldCondition>,
    /// The scope of renames in the views for which these records count as the
    /// log source's: see [`View`](super::View).
    pub scope: Option<String>,
}

impl Route {
    /// Whether a record from there takes this route, provided that its
    /// [`conditions`](Self::conditions) hold.
    #[must_use]
    pub fn covers(&self, origin: OriginRef<'_>) -> bool {
        let id_fits = match origin {
            OriginRef::EventLog { event_id, .. } => {
                self.event_ids.is_empty() || self.event_ids.contains(&event_id)
            }
            OriginRef::Stream(_) => true,
        };
        id_fits && self.reach.covers(origin)
    }

    /// Whether any record of a source takes this route.
    #[must_use]
    pub fn draws_on(&self, source: &Source) -> bool {
        if let Some(own) = &self.source {
            return *own == source.id;
        }
        match &source.reach {
            Reach::Stream(stream) => self.reach.covers(OriginRef::Stream(stream)),
            Reach::Channels { channels, .. } => channels.iter().any(|channel| {
                self.reach.covers(OriginRef::EventLog {
                    provider: "",
                    channel: Some(channel),
                    event_id: 0,
                })
            }),
            Reach::AnyChannelBut { .. } => false,
        }
    }

    /// Whether everything that takes this route is also reached by `other`.
    fn lies_within(&self, other: &Self) -> bool {
        let ids = other.event_ids.is_empty()
            || (!self.event_ids.is_empty()
                && self.event_ids.iter().all(|id| other.event_ids.contains(id)));
        let reach = match (&self.reach, &other.reach) {
            (Reach::Channels { channels: own, .. }, Reach::Channels { channels, .. }) => own
                .iter()
                .all(|own| channels.iter().any(|known| known.eq_ignore_ascii_case(own))),
            (Reach::Stream(own), Reach::Stream(wider)) => wider.includes(own),
            _ => false,
        };
        ids && reach
    }
}

/// Where the records of a log source are to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routing<'c> {
    /// Records that take any of these routes.
    Routes(Vec<&'c Route>),
    /// The log source is known, but no format that misfire reads holds it.
    /// Only a stream that is declared to be of this log source serves it.
    NotReadable {
        /// Why, as a fragment of a sentence.
        why: &'c str,
    },
    /// The catalogue does not know the log source. As above, a declared
    /// stream serves it.
    Unknown,
}

/// What the catalogue says of one log source.
#[derive(Debug, Clone)]
enum Entry {
    Routes(Vec<Route>),
    NotReadable(String),
}

/// The log sources and their routes.
#[derive(Debug)]
pub(super) struct RouteTable {
    /// Keyed by product and one of category or service, or by product alone;
    /// entries for no particular product have none.
    entries: HashMap<LogSource, Entry>,
    /// The keys in the order of the data.
    order: Vec<LogSource>,
    /// Products of which nothing can be read.
    products: HashMap<String, String>,
}

const CONTRADICTION: &str = "its category and its service have no log in common";

impl RouteTable {
    pub(super) fn routing(&self, wanted: &LogSource) -> Routing<'_> {
        if let Some(why) = wanted
            .product
            .as_ref()
            .and_then(|product| self.products.get(product))
        {
            return Routing::NotReadable { why };
        }
        if wanted.is_empty() {
            return Routing::Unknown;
        }
        let (Some(category), Some(service)) = (&wanted.category, &wanted.service) else {
            return self.single(wanted);
        };
        let by_category = LogSource {
            category: Some(category.clone()),
            service: None,
            ..wanted.clone()
        };
        let by_service = LogSource {
            category: None,
            service: Some(service.clone()),
            ..wanted.clone()
        };
        match (self.single(&by_category), self.single(&by_service)) {
            (Routing::Routes(narrow), Routing::Routes(wide)) => {
                let both: Vec<_> = narrow
                    .into_iter()
                    .filter(|route| wide.iter().any(|other| route.lies_within(other)))
                    .collect();
                if both.is_empty() {
                    Routing::NotReadable { why: CONTRADICTION }
                } else {
                    Routing::Routes(both)
                }
            }
            (Routing::NotReadable { why }, _) | (_, Routing::NotReadable { why }) => {
                Routing::NotReadable { why }
            }
            _ => Routing::Unknown,
        }
    }

    /// The routing of a log source that does not name both a category and a
    /// service. Without a product, every product's entries count.
    fn single(&self, wanted: &LogSource) -> Routing<'_> {
        let entries: Vec<&Entry> = if wanted.product.is_some() {
            self.entries.get(wanted).into_iter().collect()
        } else {
            self.order
                .iter()
                .filter(|known| {
                    known.category == wanted.category && known.service == wanted.service
                })
                .map(|known| &self.entries[known])
                .collect()
        };
        let routes: Vec<_> = entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Routes(routes) => Some(routes),
                Entry::NotReadable(_) => None,
            })
            .flatten()
            .collect();
        if !routes.is_empty() {
            return Routing::Routes(routes);
        }
        match entries.first() {
            Some(Entry::NotReadable(why)) => Routing::NotReadable { why },
            _ => Routing::Unknown,
        }
    }

    pub(super) fn log_sources(&self) -> impl Iterator<Item = &LogSource> {
        self.order.iter()
    }

    pub(super) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.order.iter().flat_map(|key| match &self.entries[key] {
            Entry::Routes(routes) => routes.as_slice(),
            Entry::NotReadable(_) => &[],
        })
    }

    pub(super) fn parse(
        file: &str,
        text: &str,
        sources: &[Source],
    ) -> Result<Self, CatalogueError> {
        let data: BTreeMap<String, ProductData> =
            serde_yaml::from_str(text).map_err(|source| CatalogueError::Yaml {
                file: file.to_owned(),
                source,
            })?;
        let mut table = Self {
            entries: HashMap::new(),
            order: Vec::new(),
            products: HashMap::new(),
        };
        for (product, data) in data {
            let parts = match data {
                ProductData::NotReadable(why) => {
                    table.products.insert(product, why);
                    continue;
                }
                ProductData::Readable(parts) => parts,
            };
            let product = (product != ANY_PRODUCT).then_some(product);
            let product = product.as_deref();
            if let Some(alone) = parts.alone {
                table.insert(LogSource::new(product, None, None), alone, sources)?;
            }
            for (category, entry) in parts.category {
                let key = LogSource::new(product, Some(&category), None);
                table.insert(key, entry, sources)?;
            }
            for (service, entry) in parts.service {
                let key = LogSource::new(product, None, Some(&service));
                table.insert(key, entry, sources)?;
            }
        }
        Ok(table)
    }

    fn insert(
        &mut self,
        key: LogSource,
        data: EntryData,
        sources: &[Source],
    ) -> Result<(), CatalogueError> {
        let entry = match data {
            EntryData::NotReadable(why) => Entry::NotReadable(why),
            EntryData::Routes(routes) => {
                let mut all = Vec::new();
                for route in routes {
                    route.expand(&key, sources, &mut all)?;
                }
                Entry::Routes(all)
            }
        };
        self.order.push(key.clone());
        self.entries.insert(key, entry);
        Ok(())
    }
}

/// The product key for log sources that name no product.
const ANY_PRODUCT: &str = "*";
/// The source key for every source of the product.
const ANY_SOURCE: &str = "*";

#[derive(Deserialize)]
#[serde(untagged)]
enum ProductData {
    NotReadable(String),
    Readable(PartData),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartData {
    /// The routes of a rule that names the product only.
    alone: Option<EntryData>,
    #[serde(default)]
    category: BTreeMap<String, EntryData>,
    #[serde(default)]
    service: BTreeMap<String, EntryData>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum EntryData {
    NotReadable(String),
    Routes(Vec<RouteData>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteData {
    source: String,
    #[serde(default)]
    ids: Vec<u32>,
    #[serde(default, rename = "where")]
    conditions: BTreeMap<String, Vec<String>>,
    scope: Option<String>,
}

impl RouteData {
    fn expand(
        self,
        key: &LogSource,
        sources: &[Source],
        out: &mut Vec<Route>,
    ) -> Result<(), CatalogueError> {
        let conditions: Vec<_> = self
            .conditions
            .into_iter()
            .map(|(field, one_of)| FieldCondition { field, one_of })
            .collect();
        let mut push = |source: Option<&Source>, reach: Reach| {
            out.push(Route {
                source: source.map(|source| source.id.clone()),
                reach,
                event_ids: self.ids.clone(),
                conditions: conditions.clone(),
                scope: self.scope.clone(),
            });
        };
        if self.source != ANY_SOURCE {
            let source = sources
                .iter()
                .find(|source| source.id.as_str() == self.source)
                .ok_or_else(|| CatalogueError::UnknownSource {
                    log_source: key.clone(),
                    source_id: self.source.clone(),
                })?;
            push(Some(source), source.reach.clone());
        } else if key.product.as_deref() == Some("windows") {
            push(None, any_windows_channel(sources));
        } else {
            for source in sources
                .iter()
                .filter(|source| Some(&source.product) == key.product.as_ref())
            {
                push(Some(source), source.reach.clone());
            }
        }
        Ok(())
    }
}

fn any_windows_channel(sources: &[Source]) -> Reach {
    let mut but_channels = Vec::new();
    let mut but_providers = Vec::new();
    for source in sources.iter().filter(|source| source.product != "windows") {
        if let Reach::Channels {
            channels,
            providers,
        } = &source.reach
        {
            but_channels.extend_from_slice(channels);
            but_providers.extend_from_slice(providers);
        }
    }
    Reach::AnyChannelBut {
        channels: but_channels,
        providers: but_providers,
    }
}
