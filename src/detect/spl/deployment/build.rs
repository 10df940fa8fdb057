//! From the files of deployments to views.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::data::{EventData, Expression, FieldsData, ModelData, Profile, SourceData};
use super::{Data, Deployment, Elsewhere, SourceNames};
use crate::detect::plan::compare::{Case, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Beyond, Definition, Definitions, EventIds, Expr, ExprKind, Numbers, Predicate, PredicateKind,
    RecordKind, Span, Truth, Value, View, Wire,
};
use crate::detect::spl::lower;
use crate::event::catalogue::{Catalogue, Reach, SourceId, ViewLanguage};

/// The records of one event id of a source, or of the rest of it.
struct Kind<'d> {
    source: SourceId,
    reach: Reach,
    event_ids: EventIds,
    base: Arc<Definitions>,
    fields: Option<&'d FieldsData>,
    event: Option<&'d EventData>,
    wire: Wire,
}

/// The deployment of a profile.
pub(super) fn deployment(data: &Data, profile: &Profile, own: &[SourceNames]) -> Deployment {
    let kinds = kinds(data, profile, own);
    let mut datasets = BTreeMap::new();
    for (model, known) in &data.models.models {
        let mut all = Vec::new();
        for dataset in known.datasets.keys() {
            let view = dataset_view(model, known, dataset, &kinds);
            all.push((dataset, Arc::clone(&view)));
            datasets.insert(format!("{model}.{dataset}"), view);
        }
        let roots = known.datasets.iter();
        let roots = roots.filter(|(_, dataset)| dataset.parent.is_none());
        let roots: Vec<&str> = roots.map(|(name, _)| name.as_str()).collect();
        let whole = match roots.as_slice() {
            [root] => datasets.get(&format!("{model}.{root}")).cloned(),
            _ => None,
        };
        let whole = whole.unwrap_or_else(|| whole_view(model, known, &roots, &kinds));
        datasets.insert(model.clone(), whole);
    }
    let records = View {
        name: "records".to_owned(),
        kinds: kinds.iter().map(record_kind).collect(),
    };
    Deployment {
        name: profile.name.clone(),
        title: profile.title.clone(),
        records: Arc::new(records),
        datasets: Arc::new(datasets),
        elsewhere: Arc::new(elsewhere(data, profile, own)),
    }
}

/// What other deployments call the records of each log.
fn elsewhere(data: &Data, profile: &Profile, own: &[SourceNames]) -> Vec<Elsewhere> {
    let filled = |template: &Option<String>, channel: &str| {
        let template = template.as_deref()?;
        Some(template.replace("{Channel}", channel))
    };
    let mut found = Vec::new();
    for other in data.profiles.profiles.iter() {
        if other.name == profile.name {
            continue;
        }
        for source in Catalogue::bundled().sources() {
            let id = source.id.as_str();
            let here = names_of(id, &source.reach, profile, own);
            let there = names_of(id, &source.reach, other, &[]);
            let channels = match &source.reach {
                Reach::Channels { channels, .. } => channels.as_slice(),
                Reach::AnyChannelBut { .. } => &[],
                Reach::Stream(_) => &[String::new()][..],
            };
            for channel in channels {
                let Some(source) = filled(&here.source, channel) else {
                    continue;
                };
                for (field, value, own) in [
                    ("source", &there.source, &here.source),
                    ("sourcetype", &there.sourcetype, &here.sourcetype),
                ] {
                    let (value, own) = (filled(value, channel), filled(own, channel));
                    if let Some(value) = value.filter(|value| Some(value) != own.as_ref()) {
                        found.push(Elsewhere {
                            deployment: other.name.clone(),
                            field,
                            value,
                            source: source.clone(),
                        });
                    }
                }
            }
        }
    }
    found
}

fn record_kind(kind: &Kind<'_>) -> RecordKind {
    RecordKind {
        source: kind.source.clone(),
        reach: kind.reach.clone(),
        event_ids: kind.event_ids.clone(),
        condition: None,
        shown: Arc::default(),
        base: Arc::clone(&kind.base),
        beyond: Beyond::Everything,
        wire: kind.wire,
        numbers: Numbers::Numbers,
    }
}

fn kinds<'d>(data: &'d Data, profile: &'d Profile, own: &[SourceNames]) -> Vec<Kind<'d>> {
    let mut kinds = Vec::new();
    let named = || Wire::Named {
        view: Catalogue::bundled().view(ViewLanguage::Splunk),
        scope: None,
    };
    let of = |id: &str| data.fields.iter().find(|fields| fields.source == id);
    let mut add = |source: SourceId, reach: Reach, wire: Wire| {
        let names = names_of(source.as_str(), &reach, profile, own);
        let rest = match reach {
            Reach::Stream(_) => None,
            Reach::Channels { .. } | Reach::AnyChannelBut { .. } => of("*"),
        };
        let fields = of(source.as_str()).or(rest);
        let kind = |event_ids, event| Kind {
            source: source.clone(),
            reach: reach.clone(),
            event_ids,
            base: Arc::new(base(&names, fields, event)),
            fields,
            event,
            wire,
        };
        for (id, event) in fields.into_iter().flat_map(|fields| &fields.events) {
            kinds.push(kind(EventIds::OneOf(vec![*id]), Some(event)));
        }
        kinds.push(kind(EventIds::Any, None));
    };
    for source in Catalogue::bundled().sources() {
        let wire = match source.reach {
            Reach::Stream(_) => Wire::Paths(Case::Sensitive),
            Reach::Channels { .. } | Reach::AnyChannelBut { .. } => named(),
        };
        add(source.id.clone(), source.reach.clone(), wire);
    }
    // The records of event logs that are no source of their own.
    let rest = Reach::AnyChannelBut {
        channels: Vec::new(),
        providers: Vec::new(),
    };
    add(SourceId::any(), rest, named());
    kinds
}

/// What the records of a source are called.
fn names_of(id: &str, reach: &Reach, profile: &Profile, own: &[SourceNames]) -> SourceData {
    let is_event_log = !matches!(reach, Reach::Stream(_));
    let mut sources = profile.sources.iter();
    let known = sources
        .clone()
        .find(|known| known.id == id)
        .or_else(|| sources.find(|known| known.id == "*" && is_event_log));
    let mut names = known.cloned().unwrap_or(SourceData {
        id: id.to_owned(),
        index: None,
        source: None,
        sourcetype: None,
        host: None,
        eventtypes: Vec::new(),
    });
    if let Some(own) = own.iter().find(|own| own.id == id) {
        for (name, value) in [
            (&mut names.index, &own.index),
            (&mut names.source, &own.source),
            (&mut names.sourcetype, &own.sourcetype),
        ] {
            if value.is_some() {
                name.clone_from(value);
            }
        }
    }
    names
}

/// What is computed of the records of a source, or of one event id of it.
fn base(names: &SourceData, fields: Option<&FieldsData>, event: Option<&EventData>) -> Definitions {
    let mut base = Definitions::new();
    for (name, template) in [
        ("index", &names.index),
        ("source", &names.source),
        ("sourcetype", &names.sourcetype),
        ("host", &names.host),
    ] {
        if let Some(template) = template {
            base.insert(name.into(), Definition::Template(template.as_str().into()));
        }
    }
    let event_types = event.map(|event| &event.eventtypes);
    let event_types = names
        .eventtypes
        .iter()
        .chain(event_types.into_iter().flatten());
    let groups = || fields.into_iter().flat_map(|fields| &fields.groups);
    let of_groups = groups().map(|group| (&group.when, &group.eventtypes));
    if let Some(list) = list_of(event_types, of_groups) {
        base.insert("eventtype".into(), Definition::Computed(list));
    }
    let tags = event.into_iter().flat_map(|event| &event.tags);
    let of_groups = groups().map(|group| (&group.when, &group.tags));
    if let Some(list) = list_of(tags, of_groups) {
        base.insert("tag".into(), Definition::Computed(list));
    }
    let own = fields.into_iter().flat_map(|fields| &fields.fields);
    let of_event = event.into_iter().flat_map(|event| &event.fields);
    for (name, expression) in own.chain(of_event) {
        base.insert(
            name.as_str().into(),
            Definition::Computed(computed(name, expression)),
        );
    }
    base
}

/// Texts that are always there, and those that are there on a condition.
fn list_of<'d>(
    always: impl Iterator<Item = &'d String>,
    groups: impl Iterator<Item = (&'d Expression, &'d Vec<String>)>,
) -> Option<Expr> {
    let span = Span::default();
    let literal = |texts: &mut dyn Iterator<Item = &String>| {
        Expr::literal(
            Value::list(texts.map(|text| Value::text(text)).collect()),
            span,
        )
    };
    let mut always = always.peekable();
    let mut parts = Vec::new();
    if always.peek().is_some() {
        parts.push(literal(&mut always));
    }
    for (when, texts) in groups.filter(|(_, texts)| !texts.is_empty()) {
        let texts = literal(&mut texts.iter());
        parts.push(Expr::new(
            ExprKind::Case(vec![(condition(when), texts)]),
            span,
        ));
    }
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(Expr::new(
            ExprKind::Call {
                function: Function::ListOf,
                arguments: parts,
            },
            span,
        )),
    }
}

fn condition(expression: &Expression) -> Predicate {
    let holds = PredicateKind::Holds(computed("a condition", expression));
    Predicate::new(holds, Span::default())
}

fn computed(name: &str, expression: &Expression) -> Expr {
    let text = expression.text();
    lower::definition(&text)
        .unwrap_or_else(|problem| panic!("the bundled field `{name}`, {text}: {problem}"))
}

/// The records of a dataset, under the names of the model.
fn dataset_view(model: &str, known: &ModelData, dataset: &str, kinds: &[Kind<'_>]) -> Arc<View> {
    let shown = Arc::new(shown_of(known, dataset));
    Arc::new(View {
        name: format!("{model}.{dataset}"),
        kinds: kinds
            .iter()
            .filter_map(|kind| dataset_kind(kind, model, known, dataset, &shown))
            .collect(),
    })
}

/// The records of several datasets, each under its own names.
fn whole_view(model: &str, known: &ModelData, roots: &[&str], kinds: &[Kind<'_>]) -> Arc<View> {
    let shown: Vec<_> = roots
        .iter()
        .map(|root| Arc::new(shown_of(known, root)))
        .collect();
    let mut all = Vec::new();
    for kind in kinds {
        for (root, shown) in roots.iter().zip(&shown) {
            all.extend(dataset_kind(kind, model, known, root, shown));
        }
    }
    Arc::new(View {
        name: model.to_owned(),
        kinds: all,
    })
}

/// A dataset and those above it.
fn chain_of<'m>(known: &'m ModelData, dataset: &'m str) -> Vec<&'m str> {
    let mut chain = vec![dataset];
    while let Some(parent) = chain
        .last()
        .and_then(|name| known.datasets.get(*name))
        .and_then(|data| data.parent.as_deref())
        .filter(|parent| !chain.contains(parent))
    {
        chain.push(parent);
    }
    chain
}

/// The records of a kind as part of a dataset, if they are.
fn dataset_kind(
    kind: &Kind<'_>,
    model: &str,
    known: &ModelData,
    dataset: &str,
    shown: &Arc<Definitions>,
) -> Option<RecordKind> {
    let mut asked = Vec::new();
    for name in chain_of(known, dataset) {
        let data = known.datasets.get(name)?;
        let full = format!("{model}.{name}");
        asked.extend(membership(kind, &full, &data.tags)?);
        asked.extend(data.condition.as_ref().map(condition));
    }
    let condition = (!asked.is_empty()).then(|| Predicate::all(asked, Span::default()));
    Some(RecordKind {
        condition,
        shown: Arc::clone(shown),
        beyond: Beyond::Nothing,
        ..record_kind(kind)
    })
}

/// What must hold for records of a kind to be part of a dataset; none if they never
/// are.
fn membership(kind: &Kind<'_>, dataset: &str, tags: &[String]) -> Option<Vec<Predicate>> {
    let is_named = |models: &[String]| models.iter().any(|model| model == dataset);
    let is_tagged = |own: &[String]| !tags.is_empty() && tags.iter().all(|tag| own.contains(tag));
    if let Some(event) = kind.event
        && (is_named(&event.models) || is_tagged(&event.tags))
    {
        return Some(event.when.get(dataset).map(condition).into_iter().collect());
    }
    let groups = kind.fields.into_iter().flat_map(|fields| &fields.groups);
    let own: Vec<Predicate> = groups
        .filter(|group| is_named(&group.models) || is_tagged(&group.tags))
        .map(|group| condition(&group.when))
        .collect();
    if own.is_empty() {
        return None;
    }
    Some(vec![Predicate::any(own, Span::default())])
}

/// The names of a dataset's fields, those of its parents included: under the prefix
/// of each, and under its own.
fn shown_of(known: &ModelData, dataset: &str) -> Definitions {
    let mut shown = Definitions::new();
    for name in ["host", "source", "sourcetype", "index", "tag", "eventtype"] {
        let field = Expr::field(name, Span::default());
        shown.insert(name.into(), Definition::Computed(field));
    }
    let chain = chain_of(known, dataset);
    let prefixes: Vec<&str> = chain
        .iter()
        .filter_map(|name| known.datasets.get(*name))
        .map(|data| data.node.as_str())
        .chain(chain.iter().copied())
        .collect();
    for name in &chain {
        let Some(data) = known.datasets.get(*name) else {
            continue;
        };
        for (field, of) in &data.fields {
            let mut expr = match &of.calculation {
                Some(calculation) => computed(field, calculation),
                None => Expr::field(field, Span::default()),
            };
            if let Some(default) = &of.default {
                expr = or_default(expr, default);
            }
            for prefix in &prefixes {
                shown
                    .entry(format!("{prefix}.{field}").into())
                    .or_insert_with(|| Definition::Computed(expr.clone()));
            }
        }
    }
    shown
}

/// A value, or a default where it is null or empty.
fn or_default(own: Expr, default: &str) -> Expr {
    let span = Span::default();
    let is_full = Predicate::new(
        PredicateKind::Compare {
            left: own.clone(),
            operator: CompareOp::NotEqual,
            right: Expr::literal(Value::text(""), span),
            modes: lower::EVAL,
        },
        span,
    );
    let otherwise = Predicate::new(PredicateKind::Constant(Truth::True), span);
    let arms = vec![
        (is_full, own),
        (otherwise, Expr::literal(Value::text(default), span)),
    ];
    Expr::new(ExprKind::Case(arms), span)
}
