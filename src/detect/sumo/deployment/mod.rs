//! Deployments: how Sumo Logic shows the records that its collectors take in.
//!
//! A deployment says which source category the records of a log have, and which fields
//! they have besides the keys of their JSON. All of it is data beside this file.

mod selects;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::detect::plan::compare::Case;
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Arithmetic, Beyond, Definition, Definitions, EventIds, Expr, ExprKind, Numbers, RecordKind,
    Span, TIME, TextOperands, Value, View, Wire,
};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::event::catalogue::{Catalogue, Reach, SourceId, ViewLanguage};

const PROFILES: &str = include_str!("profiles.yaml");

static DATA: LazyLock<Data> = LazyLock::new(|| {
    serde_yaml::from_str(PROFILES)
        .unwrap_or_else(|problem| panic!("the bundled deployments are damaged: {problem}"))
});

/// `profiles.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    profiles: Vec<Profile>,
    categories: Vec<SourceCategory>,
    /// The items that field extraction rules make fields of.
    extracted: Vec<String>,
    /// The keys of streams, by source.
    cloud: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    name: String,
    title: String,
    /// Whether there are field extraction rules.
    extraction: bool,
}

/// The source category of a source's records.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCategory {
    /// The source's short name; `*` for any other event log.
    pub id: String,
    /// The category. `{Channel}` and `{Computer}` stand for what a record says of itself.
    pub category: String,
}

/// How Sumo Logic shows records.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// All records.
    pub(super) records: Arc<View>,
    /// Every name that a field may have, by its lower case: names have no case.
    pub(super) known: Arc<BTreeMap<String, Arc<str>>>,
    /// The names that only field extraction rules make.
    pub(super) extracted: Arc<Vec<String>>,
    /// Whether the text of a message is at hand as Sumo Logic keeps it. That of Windows
    /// events is not.
    pub(super) messages_are_whole: bool,
}

/// What every message has, and what of a record it is.
///
/// Source: Sumo Logic, "Built-in Metadata".
const METADATA: [(&str, &str); 7] = [
    ("_collector", "{Computer}"),
    ("_index", "sumologic_default"),
    ("_source", "{Channel}"),
    ("_sourcehost", "{Computer}"),
    ("_sourcename", "{Channel}"),
    ("_view", "sumologic_default"),
    ("_format", "t"),
];

/// The spelling of the vendor's pages.
const SPELLED: [&str; 4] = ["_sourceHost", "_sourceName", "_messageTime", "_receiptTime"];

impl Default for Deployment {
    fn default() -> Self {
        static FIRST: LazyLock<Deployment> =
            LazyLock::new(|| deployment(&DATA, &DATA.profiles[0], &[]));
        FIRST.clone()
    }
}

impl Deployment {
    /// The deployments that are known.
    pub fn names() -> impl Iterator<Item = &'static str> {
        DATA.profiles.iter().map(|profile| profile.name.as_str())
    }

    /// The deployment of that name, or the first one; with a project's own source
    /// categories for some sources.
    ///
    /// # Errors
    ///
    /// A diagnostic: there is none of that name.
    pub fn named(name: Option<&str>, own: &[SourceCategory]) -> Result<Self, Box<Diagnostic>> {
        if name.is_none() && own.is_empty() {
            return Ok(Self::default());
        }
        let profiles = &DATA.profiles;
        let found = match name {
            None => profiles.first(),
            Some(name) => profiles.iter().find(|profile| profile.name == name),
        };
        found
            .map(|profile| deployment(&DATA, profile, own))
            .ok_or_else(|| {
                let name = name.unwrap_or_default();
                let help = match did_you_mean(name, Self::names()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!(
                        "there are: {}",
                        Self::names().collect::<Vec<_>>().join(", ")
                    ),
                };
                Box::new(
                    Diagnostic::error(
                        Code::CONFIG_UNKNOWN_DEPLOYMENT,
                        format!("there is no deployment `{name}` of Sumo Logic"),
                    )
                    .help(help),
                )
            })
    }

    /// The same for messages that are at hand as they were sent, of which nothing else is
    /// known.
    #[must_use]
    pub fn with_whole_messages(mut self) -> Self {
        self.messages_are_whole = true;
        let known = self.known.iter().filter(|(name, _)| name.starts_with('_'));
        let known = known.map(|(name, spelled)| (name.clone(), Arc::clone(spelled)));
        self.known = Arc::new(known.collect());
        self.extracted = Arc::default();
        self
    }

    /// The spelling of a name that a field may have.
    pub(super) fn spelled(&self, name: &str) -> Option<Arc<str>> {
        self.known.get(&name.to_lowercase()).cloned()
    }

    /// The spelling of a name that is below a key that is known; `None` if it is below none.
    pub(super) fn spelled_below(&self, name: &str) -> Option<String> {
        let key = name.split(['.', '[']).next().unwrap_or_default();
        let rest = name.get(key.len()..).filter(|rest| !rest.is_empty())?;
        if let Some(payload) = PAYLOADS
            .iter()
            .find(|payload| payload.eq_ignore_ascii_case(key))
        {
            // The items of a provider have the names that the catalogue knows, if it does.
            let (above, item) = rest.rsplit_once('.')?;
            let known = self.spelled(&format!("EventData.{item}"));
            let known = known
                .as_deref()
                .and_then(|known| known.strip_prefix("EventData."));
            let item = known.unwrap_or(item);
            return Some(format!("{payload}{above}.{item}"));
        }
        let above = self.spelled(key)?;
        Some(format!("{above}{rest}"))
    }

    /// Whether only field extraction rules make a field of that name.
    pub(super) fn is_extracted(&self, name: &str) -> bool {
        self.extracted.iter().any(|known| known == name)
    }
}

fn deployment(data: &Data, profile: &Profile, own: &[SourceCategory]) -> Deployment {
    let mut kinds: Vec<RecordKind> = Catalogue::bundled()
        .sources()
        .iter()
        .map(|source| kind(data, profile, own, source.id.clone(), source.reach.clone()))
        .collect();
    // The records of event logs that are no source of their own.
    let rest = Reach::AnyChannelBut {
        channels: Vec::new(),
        providers: Vec::new(),
    };
    kinds.push(kind(data, profile, own, SourceId::any(), rest));
    let mut known = BTreeMap::new();
    let mut knows = |name: &str| {
        known
            .entry(name.to_lowercase())
            .or_insert_with(|| Arc::from(name));
    };
    for name in kinds.iter().flat_map(|kind| kind.base.keys()) {
        knows(name);
    }
    for name in SYSTEM {
        knows(name);
    }
    for name in Catalogue::bundled().field_names() {
        knows(&format!("EventData.{}", name.replace(' ', "_")));
    }
    for name in data.cloud.values().flatten() {
        knows(name);
    }
    let extracted = match profile.extraction {
        true => data.extracted.clone(),
        false => Vec::new(),
    };
    Deployment {
        name: profile.name.clone(),
        title: profile.title.clone(),
        records: Arc::new(View {
            name: "messages".to_owned(),
            kinds,
        }),
        known: Arc::new(known),
        extracted: Arc::new(extracted),
        messages_are_whole: false,
    }
}

/// What holds the items of a Windows event.
const PAYLOADS: [&str; 2] = ["EventData", "UserData"];

/// What the collector's JSON says of a Windows event besides its items.
///
/// Source: the names that Sumo Logic's log mappers read.
const SYSTEM: [&str; 17] = [
    "Channel",
    "Computer",
    "Correlation.ActivityID",
    "EventID",
    "EventRecordID",
    "Execution.ProcessID",
    "Execution.ThreadID",
    "Keywords",
    "Level",
    "Opcode",
    "Provider.Guid",
    "Provider.Name",
    "Security.UserID",
    "Task",
    "TimeCreated",
    "TimeCreated.SystemTime",
    "Version",
];

fn kind(
    data: &Data,
    profile: &Profile,
    own: &[SourceCategory],
    source: SourceId,
    reach: Reach,
) -> RecordKind {
    let is_event_log = !matches!(reach, Reach::Stream(_));
    let categories = own.iter().chain(&data.categories);
    let category = categories.clone().find(|known| known.id == source.as_str());
    let category = category.or_else(|| {
        let mut rest = categories;
        rest.find(|known| known.id == "*" && is_event_log)
    });
    let mut base = Definitions::new();
    if let Some(category) = category {
        let text = Definition::Template(category.category.as_str().into());
        base.insert("_sourceCategory".into(), text);
    }
    for (name, template) in METADATA {
        let spelled = SPELLED
            .iter()
            .find(|spelled| spelled.eq_ignore_ascii_case(name));
        let template = match is_event_log || !template.contains('{') {
            true => template,
            false => source.as_str(),
        };
        base.insert(
            (*spelled.unwrap_or(&name)).into(),
            Definition::Template(template.into()),
        );
    }
    for name in ["_messageTime", "_receiptTime"] {
        base.insert(name.into(), Definition::Computed(milliseconds()));
    }
    if profile.extraction && is_event_log {
        for name in &data.extracted {
            let key = Expr::field(&format!("EventData.{name}"), Span::default());
            base.insert(name.as_str().into(), Definition::Computed(key));
        }
    }
    RecordKind {
        source,
        reach,
        event_ids: EventIds::Any,
        condition: None,
        shown: Arc::default(),
        base: Arc::new(base),
        beyond: Beyond::Everything,
        wire: match is_event_log {
            true => Wire::Named {
                view: Catalogue::bundled().view(ViewLanguage::Sumo),
                scope: None,
            },
            false => Wire::Paths(Case::Insensitive),
        },
        // "Casting Data to a Number or String": what is parsed is text.
        numbers: Numbers::Texts,
    }
}

/// The time of a record, in whole milliseconds since the epoch.
fn milliseconds() -> Expr {
    let span = Span::default();
    let exact = Expr::new(
        ExprKind::Arithmetic {
            operator: Arithmetic::Multiply,
            text: TextOperands::Null,
            left: Box::new(Expr::field(TIME, span)),
            right: Box::new(Expr::literal(Value::Integer(1000), span)),
        },
        span,
    );
    let whole = ExprKind::Call {
        function: Function::Floor,
        arguments: vec![exact],
    };
    Expr::new(whole, span)
}
