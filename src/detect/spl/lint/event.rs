//! What a search says of the events that it looks at: their source type, and the fields
//! that only some of them have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::rules::{FIELD_CASE, NOT_EQUAL_DROPS, OBSOLETE_SOURCETYPE, UNKNOWN_FIELD};
use super::{Linter, Weight, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::plan::{Definition, EventIds};
use crate::detect::spl::Deployment;
use crate::detect::spl::syntax::{
    Field, SearchExpression, SearchExpressionKind, SearchOperator, SearchValue, Spanned,
};
use crate::diagnostic::{Severity, did_you_mean};
use crate::event::catalogue::{Catalogue, Provider, Reach};

/// The fields that every event has: those of Splunk, and those of the record itself.
const ALWAYS: &[&str] = &[
    "Channel",
    "Computer",
    "EventID",
    "EventRecordID",
    "Guid",
    "Keywords",
    "Level",
    "Name",
    "Opcode",
    "ProcessID",
    "SystemTime",
    "Task",
    "ThreadID",
    "UserID",
    "Version",
    "_indextime",
    "_raw",
    "_time",
    "_cd",
    "_bkt",
    "_serial",
    "_si",
    "_sourcetype",
    "date_hour",
    "date_mday",
    "date_minute",
    "date_month",
    "date_second",
    "date_wday",
    "date_year",
    "date_zone",
    "eventtype",
    "host",
    "index",
    "linecount",
    "punct",
    "source",
    "sourcetype",
    "splunk_server",
    "tag",
    "timeendpos",
    "timestamp",
    "timestartpos",
];

/// The fields that Sysmon writes into some event.
static WRITTEN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let events = providers().flat_map(|provider| provider.events.values());
    let schemas = events.flat_map(|event| &event.schemas);
    schemas
        .flat_map(|schema| &schema.fields)
        .map(|field| field.name)
        .collect()
});

fn providers() -> impl Iterator<Item = &'static Provider> {
    ["Microsoft-Windows-Sysmon", "Linux-Sysmon"]
        .iter()
        .filter_map(|name| Catalogue::bundled().provider(name))
}

/// The fields of Sysmon's events, by their ids.
static SYSMON: LazyLock<BTreeMap<u32, BTreeSet<String>>> = LazyLock::new(|| {
    let mut events: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    let catalogue = Catalogue::bundled();
    for provider in providers() {
        for (id, event) in &provider.events {
            let fields = event.schemas.iter().flat_map(|schema| &schema.fields);
            let names = events.entry(*id).or_default();
            names.extend(fields.map(|field| field.name.to_owned()));
        }
    }
    let deployment = Deployment::default();
    for kind in &deployment.records.kinds {
        if !matches!(kind.source.as_str(), "sysmon" | "sysmon-linux") {
            continue;
        }
        let shown = kind.base.keys().map(|name| name.to_string());
        match &kind.event_ids {
            EventIds::OneOf(ids) => {
                let shown: Vec<_> = shown.collect();
                for id in ids {
                    events.entry(*id).or_default().extend(shown.clone());
                }
            }
            EventIds::Any => {
                let shown: Vec<_> = shown.collect();
                for names in events.values_mut() {
                    names.extend(shown.clone());
                }
            }
        }
    }
    let common = catalogue.common().fields.iter();
    let common: Vec<_> = common
        .map(|field| field.name.to_owned())
        .chain(ALWAYS.iter().map(|name| (*name).to_owned()))
        .collect();
    for names in events.values_mut() {
        names.extend(common.clone());
    }
    events
});

/// Events of Sysmon with these ids.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    ids: Vec<u32>,
}

impl Scope {
    /// The ids of events that have a field.
    fn with(&self, field: &str) -> Vec<u32> {
        let has = |id: &&u32| SYSMON.get(id).is_some_and(|names| names.contains(field));
        self.ids.iter().filter(has).copied().collect()
    }

    fn told(&self) -> String {
        let ids: Vec<_> = self.ids.iter().map(u32::to_string).collect();
        match ids.as_slice() {
            [id] => format!("event {id} of Sysmon has"),
            ids if ids.len() <= 5 => format!("events {} of Sysmon have", ids.join(", ")),
            _ => "events of Sysmon have".to_owned(),
        }
    }
}

impl Linter<'_> {
    /// Source types that today's add-ons do not give.
    pub(super) fn sourcetypes(&mut self, condition: &SearchExpression) {
        let parts = parts_of(condition);
        let has_source = parts.iter().any(|part| {
            matches!(
                &part.node,
                SearchExpressionKind::Comparison { field, .. }
                    | SearchExpressionKind::In { field, .. } if field.node.text == "source"
            )
        });
        for part in parts {
            let SearchExpressionKind::Comparison {
                field,
                operator: SearchOperator::Equal,
                value,
            } = &part.node
            else {
                continue;
            };
            if field.node.text != "sourcetype" || value.node.has_wildcard() {
                continue;
            }
            let text = value.node.text();
            let Some((kind, channel)) = text.split_once(':') else {
                continue;
            };
            let is_event_log = ["XmlWinEventLog", "WinEventLog"]
                .iter()
                .any(|known| kind.eq_ignore_ascii_case(known));
            if !is_event_log || channel.is_empty() || self.is_given(&text) {
                continue;
            }
            let message =
                format!("today's add-ons name the channel `{channel}` in `source`, not here");
            let edits = match has_source {
                true => Vec::new(),
                false => self.replace(part.span, format!("source=\"XmlWinEventLog:{channel}\"")),
            };
            let label = "nothing is found where the add-ons are of today";
            self.tell(&OBSOLETE_SOURCETYPE, value.span, message, |_, finding| {
                finding.label(label).fix(
                    Remedy::Proposed,
                    format!("look for `source=\"XmlWinEventLog:{channel}\"`"),
                    edits,
                )
            });
        }
    }

    /// Whether the deployment has this source type.
    fn is_given(&self, sourcetype: &str) -> bool {
        self.environment
            .deployment
            .records
            .kinds
            .iter()
            .any(|kind| {
                let Some(Definition::Template(template)) = kind.base.get("sourcetype") else {
                    return false;
                };
                let is_same = |text: &str| text.eq_ignore_ascii_case(sourcetype);
                match &kind.reach {
                    Reach::Channels { channels, .. } if template.contains("{Channel}") => channels
                        .iter()
                        .any(|channel| is_same(&template.replace("{Channel}", channel))),
                    _ => match template.split_once("{Channel}") {
                        Some((before, _)) => sourcetype.starts_with(before),
                        None => is_same(template),
                    },
                }
            })
    }

    /// Fields of the events that a condition is about.
    pub(super) fn events(
        &mut self,
        condition: &SearchExpression,
        weight: Weight,
        scope: &mut Option<Scope>,
    ) {
        let is_joint = matches!(condition.node, SearchExpressionKind::And(_));
        if (is_joint || scope.is_none())
            && let Some(own) = scope_of(condition, scope.as_ref())
        {
            *scope = Some(own);
        }
        match &condition.node {
            SearchExpressionKind::And(parts) => {
                for part in parts {
                    self.events(part, weight, scope);
                }
            }
            SearchExpressionKind::Or(parts) => {
                for part in parts {
                    self.events(part, weight.in_alternatives(), &mut scope.clone());
                }
            }
            SearchExpressionKind::Not(part) => {
                self.events(part, weight.negated(), &mut scope.clone());
            }
            SearchExpressionKind::Comparison {
                field,
                operator,
                value,
            } => {
                if let Some(scope) = scope.as_ref() {
                    self.field_of_events(field, weight.of_never(), scope);
                    if *operator == SearchOperator::NotEqual && weight == Weight::Required {
                        self.not_equal(condition, field, value, scope);
                    }
                }
            }
            SearchExpressionKind::In { field, .. } => {
                if let Some(scope) = scope.as_ref() {
                    self.field_of_events(field, weight.of_never(), scope);
                }
            }
            _ => {}
        }
    }

    /// A field that none of the events has.
    pub(super) fn field_of_events(&mut self, field: &Field, severity: Severity, scope: &Scope) {
        let name = field.node.text.as_str();
        if name.contains(['*', ':']) || !scope.with(name).is_empty() {
            return;
        }
        let names: BTreeSet<&str> = scope
            .ids
            .iter()
            .filter_map(|id| SYSMON.get(id))
            .flatten()
            .map(String::as_str)
            .collect();
        if let Some(meant) = names.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            let message = format!("the name of the field is `{meant}`, and letter case counts");
            let edits = self.replace(field.span, *meant);
            self.tell(&FIELD_CASE, field.span, message, |_, finding| {
                as_bad_as(severity)(finding).fix(Remedy::Certain, format!("write `{meant}`"), edits)
            });
            return;
        }
        let near = did_you_mean(name, names.iter().copied())
            .filter(|near| name.len() > 5 && strsim::damerau_levenshtein(name, near) <= 2);
        // What add-ons compute besides is not known of every event.
        let is_of_others = WRITTEN.contains(name);
        if near.is_none() && !is_of_others {
            return;
        }
        let message = format!("{} no field `{name}`", scope.told());
        let edits = near.map(|near| self.replace(field.span, near));
        let near = near.map(str::to_owned);
        self.tell(&UNKNOWN_FIELD, field.span, message, |_, finding| {
            let severity = match is_of_others {
                true => severity,
                false => Severity::Warning,
            };
            let finding = as_bad_as(severity)(finding);
            match (near, edits) {
                (Some(near), Some(edits)) => {
                    finding.fix(Remedy::Proposed, format!("did you mean `{near}`?"), edits)
                }
                _ => finding,
            }
        });
    }

    /// `!=` on a field that only some of the events have.
    fn not_equal(
        &mut self,
        condition: &SearchExpression,
        field: &Field,
        value: &Spanned<SearchValue>,
        scope: &Scope,
    ) {
        let name = &field.node.text;
        let with = scope.with(name);
        let without: Vec<_> = scope
            .ids
            .iter()
            .filter(|id| !with.contains(id))
            .map(u32::to_string)
            .collect();
        if with.is_empty()
            || without.is_empty()
            || scope.ids.len() > 8
            || !WRITTEN.contains(name.as_str())
        {
            return;
        }
        let message = format!(
            "this leaves out every event {}, which has no `{name}`",
            without.join(" and ")
        );
        let own = self.source(value.span).map(str::to_owned);
        let edits = own.map(|own| self.replace(condition.span, format!("NOT {name}={own}")));
        self.tell(&NOT_EQUAL_DROPS, condition.span, message, |_, finding| {
            finding.fix(
                Remedy::Proposed,
                format!("write `NOT {name}=…`"),
                edits.unwrap_or_default(),
            )
        });
    }
}

/// The conditions that hold together.
fn parts_of(condition: &SearchExpression) -> &[SearchExpression] {
    match &condition.node {
        SearchExpressionKind::And(parts) => parts,
        _ => std::slice::from_ref(condition),
    }
}

/// The events of Sysmon that conditions choose, of those that are chosen already.
fn scope_of(condition: &SearchExpression, so_far: Option<&Scope>) -> Option<Scope> {
    let parts = parts_of(condition);
    if so_far.is_none() && !parts.iter().any(is_sysmon) {
        return None;
    }
    let own = parts.iter().find_map(event_ids);
    let ids = own.or_else(|| so_far.map(|scope| scope.ids.clone()));
    let ids = ids.unwrap_or_else(|| SYSMON.keys().copied().collect());
    let ids: Vec<_> = ids
        .into_iter()
        .filter(|id| SYSMON.contains_key(id))
        .collect();
    (!ids.is_empty()).then_some(Scope { ids })
}

/// Whether a condition holds for records of Sysmon only.
fn is_sysmon(part: &SearchExpression) -> bool {
    match &part.node {
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::Equal,
            value,
        } => {
            let text = value.node.text().to_lowercase();
            matches!(field.node.text.as_str(), "source" | "sourcetype")
                && text.ends_with("sysmon/operational")
        }
        SearchExpressionKind::Or(parts) => parts.iter().all(is_sysmon),
        _ => false,
    }
}

/// The event ids that a condition asks for.
fn event_ids(part: &SearchExpression) -> Option<Vec<u32>> {
    let is_id = |field: &Field| matches!(field.node.text.as_str(), "EventCode" | "EventID");
    let number = |value: &Spanned<SearchValue>| value.node.text().parse().ok();
    match &part.node {
        SearchExpressionKind::Comparison {
            field,
            operator: SearchOperator::Equal,
            value,
        } if is_id(field) => Some(vec![number(value)?]),
        SearchExpressionKind::In { field, values } if is_id(field) => {
            values.iter().map(number).collect()
        }
        SearchExpressionKind::Or(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(event_ids).collect();
            Some(all?.concat())
        }
        _ => None,
    }
}
