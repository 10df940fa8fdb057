//! What came closest, with what failed marked in the event.

use maud::{Markup, html};

use super::text::Telling;
use crate::detect::{GroupState, Outcome, Predicate, Quantity, Seen, StageState};
use crate::event::{OwnedEvent, OwnedValue, Section};
use crate::report::words::{count, value};
use crate::verdict::{NearMissReport, TestReport};

/// More values of a predicate are not shown.
const MOST_VALUES: usize = 12;

/// More fields of an event are not shown.
const MOST_FIELDS: usize = 150;

/// More groups of a correlation are not shown.
const MOST_GROUPS: usize = 5;

/// Nested data is taken apart so deep.
const DEEPEST: usize = 6;

/// The near miss: what would flip it, the predicates, and the event.
pub(super) fn near_miss(near: &NearMissReport, test: &TestReport, tell: &Telling) -> Markup {
    let explanation = &near.explanation;
    html! {
        div.near {
            @if let Some(nearest) = &explanation.nearest {
                p {
                    b { "Came closest: " }
                    @if let Some(file) = test.files.get(nearest.event.file.0 as usize) {
                        (tell.code(&file.to_string_lossy())) ", "
                    }
                    "record " (nearest.event.record)
                    @if let Some(time) = nearest.time { ", " time { (time) } }
                    @if nearest.distance > 0 {
                        ", " (count(u64::from(nearest.distance), "predicate")) " away"
                    }
                }
            } @else if explanation.groups.is_empty() {
                p {
                    b { "Nothing came close: " }
                    (count(explanation.searched, "record")) " of its log source, of "
                    (explanation.records) " read"
                }
            }
            @if let Some(relation) = &near.relation {
                p { b { "Relation: " } (tell.prose(relation)) }
            }
            @if let Some(limit) = &explanation.limit {
                p.faint { "This may not be all: " (limit) }
            }
            @if !near.change.is_empty() {
                p { b { "Smallest change that would flip it:" } }
                ul.changes {
                    @for change in &near.change { li { (tell.line(change)) } }
                }
            }
            @if let Some(nearest) = &explanation.nearest {
                (predicates(&nearest.outcomes, tell))
            }
            @if let Some(event) = &near.event {
                @let outcomes = explanation.nearest.as_ref().map_or(&[][..], |near| &near.outcomes);
                (fields(event, outcomes, tell))
            }
            @if !explanation.groups.is_empty() { (groups(&explanation.groups, tell)) }
            @if !explanation.stages.is_empty() { (stages(&explanation.stages, tell)) }
        }
    }
}

/// What is wanted and what was seen, what failed first.
fn predicates(outcomes: &[Outcome], tell: &Telling) -> Markup {
    if outcomes.is_empty() {
        return html! {};
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.satisfied);
    let held = outcomes.iter().filter(|outcome| outcome.satisfied);
    html! {
        div.wrap {
            table.plain.predicates {
                caption { "What it asks of the event" }
                thead {
                    tr {
                        th scope="col" { "Result" }
                        th scope="col" { "Field" }
                        th scope="col" { "Wanted" }
                        th scope="col" { "Seen" }
                        th scope="col" { "Part" }
                    }
                }
                tbody {
                    @for outcome in failed.chain(held) {
                        tr.failed[!outcome.satisfied] {
                            td { (result(outcome)) }
                            td { (field_name(&outcome.predicate, tell)) }
                            td { (wanted(&outcome.predicate, tell)) }
                            td { (seen(outcome, tell)) }
                            td { (tell.code(&outcome.predicate.part)) }
                        }
                    }
                }
            }
        }
    }
}

fn result(outcome: &Outcome) -> Markup {
    match outcome.satisfied {
        true => html! { span.mark.held { "holds" } },
        false => html! { span.mark.fails { "fails" } },
    }
}

fn field_name(predicate: &Predicate, tell: &Telling) -> Markup {
    match &predicate.field {
        Some(field) => tell.code(field),
        None => html! { "the whole event" },
    }
}

fn wanted(predicate: &Predicate, tell: &Telling) -> Markup {
    let quantity = match (predicate.quantity, predicate.values.len()) {
        (Quantity::All, 2..) => " all of",
        (Quantity::Any, 2..) => " one of",
        _ => "",
    };
    let more = predicate.values.len().saturating_sub(MOST_VALUES);
    html! {
        @if predicate.negated { b { "not " } }
        (tell.line(&predicate.operator)) (quantity)
        @for value in predicate.values.iter().take(MOST_VALUES) {
            " " (tell.code(value))
        }
        @if more > 0 { " and " (more) " more" }
    }
}

fn seen(outcome: &Outcome, tell: &Telling) -> Markup {
    match &outcome.seen {
        Seen::Absent => html! { span.faint { "absent" } },
        Seen::WholeEvent => html! { span.faint { "nothing in the event" } },
        Seen::Value(value) => {
            let name = outcome.predicate.field.as_deref().unwrap_or_default();
            tell.value(name, value)
        }
    }
}

/// What the predicates say of a field of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Fails,
    Holds,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Fails => "failed",
            Self::Holds => "holds",
        }
    }
}

/// The event as it was logged, the fields that matter marked.
fn fields(event: &OwnedEvent, outcomes: &[Outcome], tell: &Telling) -> Markup {
    let mut rows: Vec<(String, OwnedValue)> = Vec::new();
    // What the logging service itself notes down comes last.
    let (own, noted): (Vec<_>, Vec<_>) = event
        .fields
        .iter()
        .partition(|field| field.section != Section::System);
    for field in own.into_iter().chain(noted) {
        flatten(&field.name, &field.value, 0, &mut rows);
    }
    let more = rows.len().saturating_sub(MOST_FIELDS);
    html! {
        div.wrap {
            table.plain.event {
                caption { "The event, " (tell.line(&event.origin.to_string())) }
                thead {
                    tr { th scope="col" { "Field" } th scope="col" { "Value" } }
                }
                tbody {
                    @for (name, value) in rows.iter().take(MOST_FIELDS) {
                        @let mark = mark(name, outcomes);
                        tr class=[mark.map(Mark::class)] {
                            th scope="row" {
                                (tell.code(name))
                                @match mark {
                                    Some(Mark::Fails) => { " " span.mark.fails { "fails" } }
                                    Some(Mark::Holds) => { " " span.mark.held { "holds" } }
                                    None => {}
                                }
                            }
                            td { (tell.value(name, value)) }
                        }
                    }
                }
            }
        }
        @if more > 0 { p.faint { "And " (count(more as u64, "field")) " more." } }
    }
}

/// The worst that the predicates say of a field.
fn mark(name: &str, outcomes: &[Outcome]) -> Option<Mark> {
    outcomes
        .iter()
        .filter(|outcome| looks_at(&outcome.predicate, name))
        .map(|outcome| match outcome.satisfied {
            true => Mark::Holds,
            false => Mark::Fails,
        })
        .min()
}

/// Whether a predicate looks at a field, by the name that records have for it.
fn looks_at(predicate: &Predicate, name: &str) -> bool {
    let is_name = |known: &str| known.eq_ignore_ascii_case(name);
    match predicate.reads.as_slice() {
        [] => predicate.field.as_deref().is_some_and(is_name),
        names => names.iter().any(|known| is_name(known)),
    }
}

/// Nested data as one field a leaf, named by its path.
fn flatten(name: &str, value: &OwnedValue, depth: usize, rows: &mut Vec<(String, OwnedValue)>) {
    // Each is bounded, so that a hostile record cannot fill the page.
    if rows.len() > MOST_FIELDS * 4 {
        return;
    }
    let inner = match value {
        OwnedValue::Node(json) if depth < DEEPEST => serde_json::from_str(json).ok(),
        _ => None,
    };
    match inner {
        Some(serde_json::Value::Object(items)) if !items.is_empty() => {
            for (key, item) in items {
                let path = format!("{name}.{key}");
                flatten(&path, &owned(&item), depth + 1, rows);
            }
        }
        _ => rows.push((name.to_owned(), value.clone())),
    }
}

fn owned(value: &serde_json::Value) -> OwnedValue {
    use serde_json::Value as Json;
    match value {
        Json::Null => OwnedValue::Null,
        Json::Bool(truth) => OwnedValue::Bool(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => OwnedValue::Integer(whole),
            (None, Some(number)) => OwnedValue::Float(number),
            (None, None) => OwnedValue::Text(number.to_string().into()),
        },
        Json::String(text) => OwnedValue::Text(text.as_str().into()),
        Json::Array(_) | Json::Object(_) => OwnedValue::Node(value.to_string().into()),
    }
}

/// How far the groups of a correlation came.
fn groups(groups: &[GroupState], tell: &Telling) -> Markup {
    html! {
        div.wrap {
            table.plain {
                caption { "Groups, the nearest first" }
                thead {
                    tr {
                        th scope="col" { "Group" }
                        th.number scope="col" { "Got" }
                        th scope="col" { "Wanted" }
                        th scope="col" { "Result" }
                    }
                }
                tbody {
                    @for group in groups.iter().take(MOST_GROUPS) {
                        tr.failed[!group.met] {
                            td {
                                @for (place, (field, key)) in group.key.iter().enumerate() {
                                    @if place > 0 { ", " }
                                    (tell.code(field)) " "
                                    (tell.value(field, &OwnedValue::Text(key.as_str().into())))
                                }
                            }
                            td.number { (value(&OwnedValue::Float(group.got), 40)) }
                            td { (tell.line(&group.wanted)) }
                            td {
                                @if group.met {
                                    span.mark.held { "met" }
                                } @else {
                                    span.mark.fails { "not met" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How many rows came through the stages of a query.
fn stages(stages: &[StageState], tell: &Telling) -> Markup {
    html! {
        div.wrap {
            table.plain {
                caption { "Rows through the stages of the query" }
                thead {
                    tr {
                        th scope="col" { "Stage" }
                        th.number scope="col" { "Before" }
                        th.number scope="col" { "After" }
                    }
                }
                tbody {
                    @for stage in stages {
                        tr.failed[stage.before > 0 && stage.after == 0] {
                            td { (tell.code(&stage.name)) }
                            td.number { (stage.before) }
                            td.number { (stage.after) }
                        }
                    }
                }
            }
        }
    }
}
