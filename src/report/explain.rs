//! Why a detection fired or stayed silent.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::paint::Paint;
use super::words::{self, count};
use crate::detect::{
    Coverage, Detection, Explanation, GroupState, NearMiss, Outcome, Quantity, Seen, StageState,
};
use crate::diagnostic;
use crate::event::EventId;
use crate::run::ExplainOutcome;

/// How much of a value from a log is shown, in characters.
const VALUE_WIDTH: usize = 300;

/// How many of a predicate's values are shown.
const MOST_VALUES: usize = 8;

/// How many groups of a correlation are shown.
const MOST_GROUPS: usize = 5;

/// Writes explanations for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn explain_text(out: &mut dyn Write, outcome: &ExplainOutcome, paint: Paint) -> io::Result<()> {
    for (index, (detection, coverage, explanation)) in outcome.explanations.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let told = |text: &str| words::one_line(text, VALUE_WIDTH);
        writeln!(out, "{}", paint.bold(told(&detection.title)))?;
        let (id, source) = (told(detection.id.as_str()), told(&detection.log_source));
        writeln!(out, "{}", paint.faint(format_args!("{id}, {source}")))?;
        if let Coverage::Unsearchable(why) = coverage {
            writeln!(out, "{}: {why}", paint.bad("not searched"))?;
            continue;
        }
        explanation_text(out, explanation, &outcome.files, paint)?;
    }
    Ok(())
}

/// Writes one explanation.
pub(super) fn explanation_text(
    out: &mut dyn Write,
    explanation: &Explanation,
    files: &[PathBuf],
    paint: Paint,
) -> io::Result<()> {
    let searched = count(explanation.searched, "record");
    let read = words::grouped(explanation.records);
    if explanation.fired.is_empty() {
        writeln!(
            out,
            "{}: {searched} of its log source, of {read} read",
            paint.bad("did not fire"),
        )?;
    } else {
        writeln!(
            out,
            "{} on {} of {searched} of its log source, of {read} read",
            paint.good("fired"),
            words::grouped(explanation.fired.len() as u64),
        )?;
    }
    if let Some(limit) = explanation.limit {
        writeln!(out, "  {}: {limit}", paint.bad("not searched to the end"))?;
    }
    if explanation.searched == 0 {
        return writeln!(
            out,
            "  no record is of the log source that the detection searches"
        );
    }
    if let Some(nearest) = &explanation.nearest {
        nearest_text(out, nearest, files, paint)?;
    }
    stages_text(out, &explanation.stages)?;
    groups_text(out, &explanation.groups, paint)
}

/// Writes how many rows came to each stage, up to the one at which the last died.
fn stages_text(out: &mut dyn Write, stages: &[StageState]) -> io::Result<()> {
    if stages.is_empty() {
        return Ok(());
    }
    writeln!(out, "rows:")?;
    for stage in stages {
        let name = words::one_line(&stage.name, VALUE_WIDTH);
        let (before, after) = (words::grouped(stage.before), words::grouped(stage.after));
        writeln!(out, "  {name}: {before} came, {after} left")?;
        if stage.after == 0 {
            break;
        }
    }
    Ok(())
}

/// Writes the event that came closest.
pub(super) fn nearest_text(
    out: &mut dyn Write,
    nearest: &NearMiss,
    files: &[PathBuf],
    paint: Paint,
) -> io::Result<()> {
    let title = match nearest.distance {
        0 => "first match".to_owned(),
        1 => "closest, 1 predicate away".to_owned(),
        distance => format!("closest, {distance} predicates away"),
    };
    let time = nearest.time.map(|time| format!(", {time}"));
    writeln!(
        out,
        "{title}: {}{}",
        event_name(nearest.event, files),
        time.unwrap_or_default()
    )?;
    for outcome in &nearest.outcomes {
        outcome_text(out, outcome, paint)?;
    }
    Ok(())
}

fn outcome_text(out: &mut dyn Write, outcome: &Outcome, paint: Paint) -> io::Result<()> {
    let predicate = &outcome.predicate;
    let mark = if outcome.satisfied {
        paint.good("holds ")
    } else {
        paint.bad("fails ")
    };
    let field = predicate.field.as_deref().unwrap_or("any field");
    let not = if predicate.negated { "must not: " } else { "" };
    let field = words::one_line(field, VALUE_WIDTH);
    writeln!(
        out,
        "  {mark} {}: {not}{field} {} {}",
        words::one_line(&predicate.part, VALUE_WIDTH),
        predicate.operator,
        values(&predicate.values, predicate.quantity),
    )?;
    let seen = match &outcome.seen {
        Seen::WholeEvent => return Ok(()),
        Seen::Absent => "the event has no such field".to_owned(),
        Seen::Value(value) => words::value(value, VALUE_WIDTH),
    };
    writeln!(out, "           {} {seen}", paint.faint("seen:"))
}

fn values(values: &[String], quantity: Quantity) -> String {
    let shown: Vec<_> = values
        .iter()
        .take(MOST_VALUES)
        .map(|value| match value.as_str() {
            // What Sigma writes without quotes.
            "null" => value.clone(),
            _ => format!("'{}'", words::one_line(value, VALUE_WIDTH)),
        })
        .collect();
    let joint = match quantity {
        Quantity::Any => " or ",
        Quantity::All => " and ",
    };
    let mut text = shown.join(joint);
    if values.len() > MOST_VALUES {
        text.push_str(&format!("{joint}{} more", values.len() - MOST_VALUES));
    }
    text
}

/// Writes the groups that came closest.
pub(super) fn groups_text(
    out: &mut dyn Write,
    groups: &[GroupState],
    paint: Paint,
) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "closest groups:")?;
    for group in groups.iter().take(MOST_GROUPS) {
        let key: Vec<_> = group
            .key
            .iter()
            .map(|(field, value)| format!("{field}={}", words::one_line(value, VALUE_WIDTH)))
            .collect();
        let mark = if group.met {
            paint.good("met   ")
        } else {
            paint.bad("unmet ")
        };
        writeln!(
            out,
            "  {mark} {}: got {}, wanted {}",
            key.join(", "),
            group.got,
            group.wanted
        )?;
    }
    if groups.len() > MOST_GROUPS {
        writeln!(out, "  and {} more", groups.len() - MOST_GROUPS)?;
    }
    Ok(())
}

fn event_name(event: EventId, files: &[PathBuf]) -> String {
    let file = files
        .get(event.file.0 as usize)
        .map_or_else(String::new, |file| {
            format!("{}, ", words::one_line(&file.to_string_lossy(), usize::MAX))
        });
    format!("{file}record {}", event.record)
}

/// Writes explanations as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn explain_json(out: &mut dyn Write, outcome: &ExplainOutcome) -> io::Result<()> {
    let detections: Vec<_> = outcome
        .explanations
        .iter()
        .map(|(detection, coverage, explanation)| {
            one_json(detection, coverage, explanation, &outcome.files)
        })
        .collect();
    let problems = |problems: &[diagnostic::Diagnostic]| -> Vec<Json> {
        problems.iter().map(diagnostic::to_json).collect()
    };
    let document = json!({
        "detections": detections,
        "content_problems": problems(&outcome.content_problems),
        "log_problems": problems(&outcome.log_problems),
        "interrupted": outcome.interrupted,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn one_json(
    detection: &Detection,
    coverage: &Coverage,
    explanation: &Explanation,
    files: &[PathBuf],
) -> Json {
    let not_searched = match coverage {
        Coverage::Searchable => None,
        Coverage::Unsearchable(why) => Some(why),
    };
    json!({
        "detection": detection.id,
        "title": detection.title,
        "language": detection.language,
        "reading": detection.reading,
        "not_searched": not_searched,
        "explanation": explanation_document(explanation, files),
    })
}

/// One explanation as JSON.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExplanationDocument {
    /// How many records were read.
    records: u64,
    /// How many of them are of the detection's log source.
    searched: u64,
    /// The records that fired.
    fired: Vec<EventDocument>,
    /// Why this may not be the truth, if that is so.
    limit: Option<String>,
    /// The first that fired, or the one that came closest.
    nearest: Option<NearestDocument>,
    /// The groups of a correlation, those that came closest first.
    groups: Vec<GroupDocument>,
    /// How many rows came to each stage of a query, and how many it left.
    stages: Vec<StageDocument>,
}

/// How many rows a stage of a query took and left.
#[derive(Debug, Serialize, JsonSchema)]
struct StageDocument {
    /// The query's word for it.
    name: String,
    before: u64,
    after: u64,
}

/// An event, as explanations point to it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ExplainedEvent")]
struct EventDocument {
    file: String,
    /// The record's number in the file.
    record: u64,
}

/// An event and what became of each predicate on it.
#[derive(Debug, Serialize, JsonSchema)]
struct NearestDocument {
    event: EventDocument,
    time: Option<String>,
    /// How many predicates would have to turn out otherwise.
    distance: u32,
    predicates: Vec<PredicateDocument>,
}

/// A predicate and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
struct PredicateDocument {
    /// The part of the detection that holds it.
    part: String,
    /// The field; null looks through the whole event.
    field: Option<String>,
    /// What the records themselves call what the field is made of.
    reads: Vec<String>,
    operator: String,
    wanted: Vec<String>,
    /// Whether all of the values are wanted.
    wanted_all: bool,
    /// Whether it must not hold.
    negated: bool,
    /// The value of the field, as the log has it.
    seen: Json,
    seen_state: SeenState,
    /// Whether the detection got what it wants, negation counted in.
    satisfied: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum SeenState {
    Value,
    Absent,
    WholeEvent,
}

/// How far one group of a correlation came.
#[derive(Debug, Serialize, JsonSchema)]
struct GroupDocument {
    /// The values that the group has in common, by field.
    key: BTreeMap<String, String>,
    got: f64,
    wanted: String,
    /// Whether that was enough.
    met: bool,
    events: Vec<EventDocument>,
}

/// One explanation, to be written as JSON.
pub(super) fn explanation_document(
    explanation: &Explanation,
    files: &[PathBuf],
) -> ExplanationDocument {
    let event = |event: &EventId| event_document(*event, files);
    ExplanationDocument {
        records: explanation.records,
        searched: explanation.searched,
        fired: explanation.fired.iter().map(event).collect(),
        limit: explanation.limit.map(|limit| limit.to_string()),
        nearest: explanation.nearest.as_ref().map(|nearest| NearestDocument {
            event: event(&nearest.event),
            time: nearest.time.map(|time| time.to_string()),
            distance: nearest.distance,
            predicates: nearest.outcomes.iter().map(predicate_document).collect(),
        }),
        stages: explanation
            .stages
            .iter()
            .map(|stage| StageDocument {
                name: stage.name.clone(),
                before: stage.before,
                after: stage.after,
            })
            .collect(),
        groups: explanation
            .groups
            .iter()
            .map(|group| GroupDocument {
                key: group.key.iter().cloned().collect(),
                got: group.got,
                wanted: group.wanted.clone(),
                met: group.met,
                events: group.events.iter().map(event).collect(),
            })
            .collect(),
    }
}

fn event_document(event: EventId, files: &[PathBuf]) -> EventDocument {
    EventDocument {
        file: files
            .get(event.file.0 as usize)
            .map_or_else(String::new, |file| file.to_string_lossy().into_owned()),
        record: event.record,
    }
}

fn predicate_document(outcome: &Outcome) -> PredicateDocument {
    let predicate = &outcome.predicate;
    let (seen_state, seen) = match &outcome.seen {
        Seen::Absent => (SeenState::Absent, Json::Null),
        Seen::Value(value) => (SeenState::Value, words::json(value)),
        Seen::WholeEvent => (SeenState::WholeEvent, Json::Null),
    };
    PredicateDocument {
        part: predicate.part.clone(),
        field: predicate.field.clone(),
        reads: predicate.reads.clone(),
        operator: predicate.operator.clone(),
        wanted: predicate.values.clone(),
        wanted_all: predicate.quantity == Quantity::All,
        negated: predicate.negated,
        seen,
        seen_state,
        satisfied: outcome.satisfied,
    }
}
