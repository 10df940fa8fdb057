//! The source catalogue: which products log what, where, with which fields.
//!
//! Everything it knows is data beside this file, checked by
//! `tests/suite/catalogue.rs`:
//!
//! - `events/`: a table a provider with its channels, event ids, titles, and
//!   the fields and wire types of every version in the shared recordings; the
//!   few that are known from vendors' documents only have a comment that says
//!   so;
//! - `sources.yaml`: the logs that can be told apart, under short names;
//! - `log_sources.yaml`: which records a Sigma log source stands for;
//! - `views/`: the names under which a detection language knows the fields.

mod error;
mod log_source;
mod route;
mod schema;
mod source;
mod view;
mod wire_type;

pub use error::CatalogueError;
pub use log_source::LogSource;
pub use route::{FieldCondition, Route, Routing};
pub use schema::{EventEntry, EventSchema, FieldSchema, Provider};
pub use source::{OriginRef, Reach, Source, SourceId};
pub use view::{Blanks, Candidate, View, ViewLanguage};
pub use wire_type::WireType;

use include_dir::{Dir, include_dir};
use route::RouteTable;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

static EVENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/event/catalogue/events");
const SOURCES: &str = include_str!("sources.yaml");
const LOG_SOURCES: &str = include_str!("log_sources.yaml");
const SIGMA: &str = include_str!("views/sigma.yaml");
const SPLUNK: &str = include_str!("views/splunk.yaml");
const SUMO: &str = include_str!("views/sumo.yaml");

/// The name under which `events/` files the fields that any provider's
/// records have: those of `System` and of `ProcessingErrorData`.
const COMMON: &str = "*";

static BUNDLED: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::load()
        .unwrap_or_else(|problem| panic!("the bundled catalogue is damaged: {problem}"))
});

/// What is known about the logs of the world; see the [module](self).
#[derive(Debug)]
pub struct Catalogue {
    /// By name in lower case.
    providers: BTreeMap<String, Provider>,
    common: EventSchema,
    sources: Vec<Source>,
    routes: RouteTable,
    sigma: View,
    splunk: View,
    sumo: View,
}

impl Catalogue {
    /// The catalogue that is part of the program, read on first use.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Reads the data that is part of the program anew. For tests and
    /// measurements; everyone else wants [`bundled`](Self::bundled).
    ///
    /// # Errors
    /// The first fault of the data.
    pub fn load() -> Result<Self, CatalogueError> {
        let mut providers = BTreeMap::new();
        for file in EVENTS.files() {
            let name = file.path().display().to_string();
            let text = file.contents_utf8().ok_or_else(|| CatalogueError::Table {
                file: name.clone(),
                line: 1,
                problem: "not UTF-8".to_owned(),
            })?;
            let provider = schema::parse_table(&name, text)?;
            if let Some(twice) = providers.insert(provider.name.to_lowercase(), provider) {
                return Err(CatalogueError::Duplicate {
                    file: name,
                    name: twice.name.to_owned(),
                });
            }
        }
        let common = providers
            .remove(COMMON)
            .and_then(|mut provider| provider.events.remove(&0))
            .and_then(|entry| entry.schemas.into_iter().next())
            .ok_or_else(|| CatalogueError::Table {
                file: "events".to_owned(),
                line: 0,
                problem: "no table of the fields that every record may have".to_owned(),
            })?;
        let sources = source::parse_sources("sources.yaml", SOURCES)?;
        let routes = RouteTable::parse("log_sources.yaml", LOG_SOURCES, &sources)?;
        let wire_names = || {
            providers
                .values()
                .flat_map(|provider| provider.events.values())
                .flat_map(|event| &event.schemas)
                .flat_map(|schema| &schema.fields)
                .map(|field| field.name)
        };
        let sigma = View::parse("views/sigma.yaml", SIGMA, wire_names())?;
        let splunk = View::parse("views/splunk.yaml", SPLUNK, wire_names())?;
        let sumo = View::parse("views/sumo.yaml", SUMO, wire_names())?;
        if let Some(scope) = routes
            .routes()
            .filter_map(|route| route.scope.as_deref())
            .find(|scope| !sigma.has_scope(scope))
        {
            return Err(CatalogueError::UnknownScope {
                file: "log_sources.yaml".to_owned(),
                scope: scope.to_owned(),
            });
        }
        Ok(Self {
            providers,
            common,
            sources,
            routes,
            sigma,
            splunk,
            sumo,
        })
    }

    /// Where the records of a log source are to be found.
    ///
    /// A rule without a product means every product's records of its category
    /// or service; a rule with a category and a service means what both have
    /// in common.
    #[must_use]
    pub fn routes(&self, log_source: &LogSource) -> Routing<'_> {
        self.routes.routing(log_source)
    }

    /// Every log source that has an entry, those that cannot be read included.
    pub fn log_sources(&self) -> impl Iterator<Item = &LogSource> {
        self.routes.log_sources()
    }

    /// Every provider, in the order of their names.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.values()
    }

    /// The provider of that name; names are compared without regard to case.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.get(&name.to_lowercase())
    }

    /// The fields of a version of an event; where that version is not known,
    /// those of the nearest. `None` if no version's fields are known.
    #[must_use]
    pub fn event(&self, provider: &str, event_id: u32, version: u8) -> Option<&EventSchema> {
        self.provider(provider)?
            .events
            .get(&event_id)?
            .version(version)
    }

    /// The title of an event.
    #[must_use]
    pub fn title(&self, provider: &str, event_id: u32) -> Option<&'static str> {
        Some(self.provider(provider)?.events.get(&event_id)?.title)
    }

    /// The fields that a record of any provider may have: `System`'s, and
    /// those of a record that could not be rendered.
    #[must_use]
    pub fn common(&self) -> &EventSchema {
        &self.common
    }

    /// Every source, in the order of its file.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The source of that short name.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id.as_str() == id)
    }

    /// The source that a record from there belongs to.
    #[must_use]
    pub fn source_of(&self, origin: OriginRef<'_>) -> Option<&Source> {
        self.sources
            .iter()
            .find(|source| source.reach.covers(origin))
    }

    /// The names that a language has for the fields.
    #[must_use]
    pub fn view(&self, language: ViewLanguage) -> &View {
        match language {
            ViewLanguage::Sigma => &self.sigma,
            ViewLanguage::Splunk => &self.splunk,
            ViewLanguage::Sumo => &self.sumo,
        }
    }

    /// Every field name on the wire and in the views, once each; first those
    /// that any record may have, then those of each provider, then the views'.
    /// The order is the same at every start.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let recorded = self
            .providers
            .values()
            .flat_map(|provider| provider.events.values())
            .flat_map(|event| &event.schemas)
            .flat_map(|schema| &schema.fields);
        self.common
            .fields
            .iter()
            .chain(recorded)
            .map(|field| field.name)
            .chain(self.sigma.listed_names())
            .chain(self.splunk.listed_names())
            .filter(move |&name| seen.insert(name))
    }
}
