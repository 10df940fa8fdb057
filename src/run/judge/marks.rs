//! The mark of a run in the records that a test is judged by.

use std::collections::{BTreeMap, BTreeSet};

use super::recordings::Searched;
use super::test::Bench;
use crate::content::LogInput;
use crate::content::fixture::Fixture;
use crate::detect::{Engine, Firing, ProgramId};
use crate::event::{Event, EventId, Origin, Value};
use crate::verdict::{MarkFacts, MarkReport, MarkedField, judge_mark};

/// The forms in which the number of a run comes into records, the longest first: as the
/// AWS SDKs put it into the user agent (AWS SDKs and Tools reference guide, "Application
/// ID"), as its value there, as a variable of the environment, and by itself.
const BEFORE: [&str; 4] = ["app/misfire-", "misfire-", "MISFIRE_RUN=", ""];

/// What of a recording carries the mark of its run.
pub(super) struct Marks {
    /// The fields that hold it, by the origin of their records.
    fields: BTreeMap<Origin, BTreeSet<MarkedField>>,
    /// What the detections find where it is taken away; `None` if that cannot be done.
    without: Option<Vec<Firing>>,
}

impl Marks {
    /// Looks for the mark in a recording; `None` if there is none in it.
    pub(super) fn find(bench: &Bench<'_>, fixture: &Fixture, searched: &Searched) -> Option<Self> {
        let run = fixture.execution.as_ref()?.run.to_string();
        let is_marked = |log: &LogInput| {
            let bytes = log.bytes.as_deref().unwrap_or_default();
            memchr::memmem::find(bytes, run.as_bytes()).is_some()
        };
        if !fixture.files.iter().any(|file| is_marked(&file.input)) {
            return None;
        }
        let forms = BEFORE.map(|before| format!("{before}{run}"));
        let mut fields: BTreeMap<Origin, BTreeSet<MarkedField>> = BTreeMap::new();
        bench.recordings.visit(searched, &mut |event| {
            for marked in marked_fields(event, &forms) {
                let own = fields.entry(event.origin().clone()).or_default();
                own.insert(marked);
            }
        });
        if fields.is_empty() {
            return None;
        }
        let inputs: Option<Vec<_>> = fixture
            .files
            .iter()
            .map(|file| unmarked(&file.input, &forms))
            .collect();
        Some(Self {
            fields,
            without: inputs.and_then(|inputs| bench.recordings.firings_in(searched, &inputs)),
        })
    }

    /// What the mark means for a detection, if it reads it or depends on it.
    pub(super) fn of(
        &self,
        engine: &dyn Engine,
        program: ProgramId,
        searched: &Searched,
    ) -> Option<MarkReport> {
        let own = self
            .fields
            .iter()
            .filter(|(origin, _)| engine.looks_at(program, origin));
        let marked: BTreeSet<_> = own.flat_map(|(_, fields)| fields).collect();
        if marked.is_empty() {
            return None;
        }
        let mut reads = BTreeSet::new();
        let mut reads_all = false;
        for predicate in engine.predicates(program) {
            reads_all |= predicate.field.is_none();
            reads.extend(predicate.reads.iter().map(|name| name.to_lowercase()));
        }
        let is_read = |field: &str| {
            let field = field.to_lowercase();
            let is_part = |name: &String| {
                let rest = name.strip_prefix(field.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            };
            reads_all || reads.iter().any(is_part)
        };
        let decided = |firings: &[Firing]| -> BTreeSet<EventId> {
            let own = firings.iter().filter(|firing| firing.program == program);
            own.filter_map(Firing::event).collect()
        };
        let whole = searched.limit(program).is_none();
        judge_mark(&MarkFacts {
            fields: marked
                .into_iter()
                .map(|marked| (marked.clone(), is_read(&marked.field)))
                .collect(),
            fired_on: decided(&searched.firings),
            without: self.without.as_deref().filter(|_| whole).map(decided),
        })
    }
}

/// The fields of an event that hold the mark, with what of their values it is.
fn marked_fields(event: Event<'_>, forms: &[String]) -> Vec<MarkedField> {
    event
        .fields()
        .filter_map(|field| {
            Some(MarkedField {
                field: field.name.to_owned(),
                added: mark_in(field.value, forms)?,
            })
        })
        .collect()
}

/// The mark in a value, in its longest form.
fn mark_in(value: Value<'_>, forms: &[String]) -> Option<String> {
    match value {
        Value::Text(text) | Value::Node(text) => {
            forms.iter().find(|form| text.contains(*form)).cloned()
        }
        Value::List(items) => items.iter().find_map(|item| mark_in(item, forms)),
        Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::Null => None,
    }
}

/// A log with the mark taken out of its text; `None` if it is no text in memory. A blank
/// before the mark was added with it, as user agents separate their parts by one.
fn unmarked(log: &LogInput, forms: &[String]) -> Option<LogInput> {
    let mut text = std::str::from_utf8(log.bytes.as_deref()?).ok()?.to_owned();
    if let Some(longest) = forms.first() {
        text = text.replace(&format!(" {longest}"), "");
    }
    for form in forms {
        text = text.replace(form, "");
    }
    Some(LogInput {
        path: log.path.clone(),
        bytes: Some(text.into_bytes().into()),
    })
}
