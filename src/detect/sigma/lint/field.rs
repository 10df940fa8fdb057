//! Fields and event IDs that the log source of a rule does not have.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::edits;
use super::rule::{Item, Part, Rule};
use super::rules::{EVENT_ID, FIELD_OF_OTHERS, UNKNOWN_FIELD};
use crate::detect::lint::{Finding, Remedy};
use crate::diagnostic::did_you_mean;
use crate::event::catalogue::{Catalogue, LogSource, Reach, Route, Routing, ViewLanguage};

/// Names of the fields elsewhere, and what Sigma calls them. The names are those of the
/// Elastic Common Schema, CrowdStrike's FDR, Microsoft's advanced hunting tables, and
/// Splunk's common information model.
const ELSEWHERE: [(&str, &str); 22] = [
    ("process.executable", "Image"),
    ("process.command_line", "CommandLine"),
    ("process.parent.executable", "ParentImage"),
    ("process.parent.command_line", "ParentCommandLine"),
    ("process.working_directory", "CurrentDirectory"),
    ("process.pe.original_file_name", "OriginalFileName"),
    ("file.path", "TargetFilename"),
    ("dns.question.name", "QueryName"),
    ("destination.ip", "DestinationIp"),
    ("destination.port", "DestinationPort"),
    ("ImageFileName", "Image"),
    ("ProcessCommandLine", "CommandLine"),
    ("InitiatingProcessCommandLine", "ParentCommandLine"),
    ("InitiatingProcessParentFileName", "ParentImage"),
    ("RemoteIP", "DestinationIp"),
    ("RemotePort", "DestinationPort"),
    ("RegistryKey", "TargetObject"),
    ("RegistryValueData", "Details"),
    ("process_path", "Image"),
    ("parent_process_path", "ParentImage"),
    ("ParentBaseFileName", "ParentImage"),
    ("original_file_name", "OriginalFileName"),
];

/// Fields that other sensors have, which SigmaHQ's rules use beside those of Sysmon.
const OTHERS: [&str; 23] = [
    "CallTraceExtended",
    "CommandLine",
    "GrandParentImage",
    "GrandparentCommandLine",
    "Imphash",
    "IntegrityLevel",
    "IsInitialThread",
    "MagicHeader",
    "ParentCommandLine",
    "ParentImage",
    "RemoteCreation",
    "SourceCommandLine",
    "SourceParentCommandLine",
    "SourceParentImage",
    "SourceParentProcessId",
    "TargetCommandLine",
    "TargetParentCommandLine",
    "TargetParentImage",
    "TargetParentProcessId",
    "imphash",
    "md5",
    "sha1",
    "sha256",
];

pub(super) fn check(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    let catalogue = Catalogue::bundled();
    let Routing::Routes(routes) = catalogue.routes(&rule.log_source) else {
        return;
    };
    for part in &rule.parts {
        for group in &part.groups {
            event_ids(rule, &routes, part, group, findings);
            let Some(known) = fields(&routes, &wanted_ids(group)) else {
                continue;
            };
            for item in group {
                unknown_field(rule, item, &known, findings);
            }
        }
    }
}

/// The event IDs that a mapping asks for; none if it does not say.
fn wanted_ids(group: &[Item<'_>]) -> Vec<u32> {
    let item = group.iter().find(|item| is_event_id(item));
    let values = item.into_iter().flat_map(|item| &item.values);
    values.filter_map(|value| id_of(*value)).collect()
}

fn is_event_id(item: &Item<'_>) -> bool {
    item.field == "EventID" && item.modifiers.is_empty()
}

fn id_of(value: crate::diagnostic::YamlNode<'_>) -> Option<u32> {
    match value.as_integer() {
        Some(number) => u32::try_from(number).ok(),
        None => value.as_str()?.parse().ok(),
    }
}

/// Every name under which a rule can ask for a field of these records. None where not
/// all of the records are known.
fn fields<'c>(routes: &[&'c Route], wanted: &[u32]) -> Option<BTreeSet<Cow<'c, str>>> {
    let catalogue = Catalogue::bundled();
    let view = catalogue.view(ViewLanguage::Sigma);
    let mut names: BTreeSet<Cow<'_, str>> = BTreeSet::new();
    let mut is_any = false;
    for route in routes {
        let of_route = &route.event_ids;
        let ids: Vec<u32> = if of_route.is_empty() {
            wanted.to_vec()
        } else {
            let is_wanted = |id: &&u32| wanted.is_empty() || wanted.contains(id);
            of_route.iter().filter(is_wanted).copied().collect()
        };
        if ids.is_empty() && of_route.is_empty() {
            return None;
        }
        for id in ids {
            let schemas = schemas(route, id)?;
            is_any = true;
            for field in schemas {
                names.insert(Cow::Borrowed(field));
                names.insert(view.blanks().apply(field));
                names.insert(Cow::Owned(field.replace(' ', "_")));
            }
        }
        if let Some(scope) = &route.scope {
            names.extend(view.renamed(scope).map(Cow::Borrowed));
        }
    }
    names.extend(
        catalogue
            .common()
            .fields
            .iter()
            .map(|field| Cow::Borrowed(field.name)),
    );
    // `Message` is the rendered text, and `EventLog` stands in the specification.
    names.extend(["Message", "EventLog"].map(Cow::Borrowed));
    is_any.then_some(names)
}

/// The fields of all versions of an event. None if an event of that number may be
/// another one that is not known.
fn schemas(route: &Route, id: u32) -> Option<Vec<&'static str>> {
    let Reach::Channels { channels, .. } = &route.reach else {
        return None;
    };
    // Whatever is installed writes to these.
    let is_shared = |channel: &String| ["System", "Application"].contains(&channel.as_str());
    if channels.iter().any(is_shared) {
        return None;
    }
    let writes_there = |known: &str| {
        channels
            .iter()
            .any(|channel| channel.eq_ignore_ascii_case(known))
    };
    let mut fields = Vec::new();
    for provider in Catalogue::bundled().providers() {
        if !provider.channels.iter().any(|known| writes_there(known)) {
            continue;
        }
        let schemas = provider.events.get(&id).map(|event| &event.schemas);
        let all = schemas.into_iter().flatten();
        fields.extend(
            all.flat_map(|schema| &schema.fields)
                .map(|field| field.name),
        );
    }
    (!fields.is_empty()).then_some(fields)
}

fn unknown_field(
    rule: &Rule<'_>,
    item: &Item<'_>,
    known: &BTreeSet<Cow<'_, str>>,
    findings: &mut Vec<Finding>,
) {
    let field = item.field;
    if known.contains(field) || field.contains(['[', '/', '\\', ':']) {
        return;
    }
    let bytes = 0..field.len();
    let place = edits::place_in(item.key, bytes.clone());
    let source = &rule.log_source;
    let having = categories_with(field);
    // A field of other events is no misspelling.
    let meant = elsewhere(field)
        .filter(|meant| known.contains(*meant))
        .or_else(|| {
            did_you_mean(field, known.iter().map(Cow::as_ref)).filter(|_| having.is_empty())
        });
    let finding = if OTHERS.contains(&field) {
        Finding::new(
            &FIELD_OF_OTHERS,
            format!("Windows and Sysmon log no `{field}` in events of {source}"),
            place,
        )
        .help(if is_hash(field) {
            "search `Hashes` for it, as in `Hashes|contains: 'SHA256=…'`"
        } else {
            "make sure that your sensor has it"
        })
    } else if let Some(meant) = meant {
        let edit = edits::part(item.key, bytes, meant);
        Finding::new(
            &UNKNOWN_FIELD,
            format!("no event of {source} has a field `{field}`"),
            place,
        )
        .fix(
            Remedy::Proposed,
            format!("did you mean `{meant}`?"),
            edit.into_iter().collect(),
        )
    } else if field.contains('.') {
        // Paths into records that a pipeline has made of the events.
        return;
    } else {
        let finding = Finding::new(
            &UNKNOWN_FIELD,
            format!("no event of {source} has a field `{field}`"),
            place,
        );
        if having.is_empty() {
            finding.help("name a field that the events have")
        } else {
            finding.help(format!("events of {} have it", having.join(", ")))
        }
    };
    findings.push(finding);
}

fn is_hash(field: &str) -> bool {
    ["imphash", "md5", "sha1", "sha256"]
        .iter()
        .any(|hash| field.eq_ignore_ascii_case(hash))
}

fn elsewhere(field: &str) -> Option<&'static str> {
    ELSEWHERE
        .iter()
        .find(|(name, _)| *name == field)
        .map(|(_, meant)| *meant)
}

/// The first few categories of Windows whose events have a field.
fn categories_with(field: &str) -> Vec<String> {
    const MOST: usize = 3;
    let catalogue = Catalogue::bundled();
    let has_it = |source: &&LogSource| {
        let Routing::Routes(routes) = catalogue.routes(source) else {
            return false;
        };
        fields(&routes, &[]).is_some_and(|known| known.contains(field))
    };
    let windows = catalogue
        .log_sources()
        .filter(|source| source.product.as_deref() == Some("windows"))
        .filter(|source| source.category.is_some());
    windows
        .filter(has_it)
        .take(MOST)
        .filter_map(|source| source.category.clone())
        .map(|category| format!("`{category}`"))
        .collect()
}

/// Event IDs that the routes of a category do not have.
fn event_ids(
    rule: &Rule<'_>,
    routes: &[&Route],
    part: &Part<'_>,
    group: &[Item<'_>],
    findings: &mut Vec<Finding>,
) {
    let Some(category) = rule.log_source.category.as_deref() else {
        return;
    };
    if routes.iter().any(|route| route.event_ids.is_empty()) {
        return;
    }
    for item in group.iter().filter(|item| is_event_id(item)) {
        let known = |id: u32| routes.iter().any(|route| route.event_ids.contains(&id));
        for value in &item.values {
            let Some(id) = id_of(*value).filter(|id| !known(*id)) else {
                continue;
            };
            let mut ids: Vec<u32> = routes
                .iter()
                .flat_map(|route| route.event_ids.clone())
                .collect();
            ids.sort_unstable();
            ids.dedup();
            let ids: Vec<_> = ids.iter().map(u32::to_string).collect();
            let mut finding = Finding::new(
                &EVENT_ID,
                format!("event {id} is none of `{category}`"),
                value.place(),
            )
            .help(format!(
                "remove it, or write the rule for a `service` ({} {})",
                if ids.len() == 1 {
                    "the category has only"
                } else {
                    "the category has"
                },
                ids.join(", ")
            ));
            // Beside others, or as an exclusion, it keeps nothing from matching.
            let is_harmless = item.values.len() > 1 || rule.is_only_excluded(part.name);
            if is_harmless || part.groups.len() > 1 {
                finding.diagnostic.severity = crate::diagnostic::Severity::Warning;
            }
            findings.push(finding);
        }
    }
}
