//! The normalised fields: what the mappers of Cloud SIEM make of the records of a log.
//!
//! All of it is data beside this file: one file for each source, in which every field
//! is an expression over what the parser of the log found (`fields["EventData.Image"]`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::lower::definition;
use crate::detect::plan::compare::Case;
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Beyond, Definition, Definitions, EventIds, Expr, ExprKind, Numbers, RecordKind, Span, View,
    Wire,
};
use crate::event::catalogue::{Catalogue, Reach, SourceId};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/detect/cse/fields/sources");

static NORMALISED: LazyLock<Normalised> = LazyLock::new(|| {
    Normalised::read().unwrap_or_else(|problem| panic!("the bundled fields are damaged: {problem}"))
});

/// Fields that hold what a tenant has set up, of which there is nothing here.
pub(super) const ALWAYS_EMPTY: [&str; 2] = ["listMatches", "fieldTags"];

/// Everything that the files say.
#[derive(Debug)]
struct Normalised {
    records: Arc<View>,
    names: BTreeSet<Arc<str>>,
}

/// A file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceData {
    /// The source; `*` for every event log of Windows.
    source: String,
    /// The fields of every record.
    fields: Fields,
    /// What event ids add; null takes a field away.
    #[serde(default)]
    events: BTreeMap<u32, Fields>,
}

type Fields = BTreeMap<String, Option<FieldData>>;

/// What a field is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum FieldData {
    Expression(String),
    Template(TemplateData),
    Capture(CaptureData),
}

/// What the group of a regular expression captures in a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaptureData {
    capture: String,
    of: String,
}

/// A text with `{Channel}`, `{Computer}`, `{EventID}`, or `{Provider}` in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateData {
    template: String,
}

/// The records of all logs, under normalised names.
pub(super) fn records() -> Arc<View> {
    Arc::clone(&NORMALISED.records)
}

/// The names of all fields.
pub(super) fn names() -> &'static BTreeSet<Arc<str>> {
    &NORMALISED.names
}

impl Normalised {
    fn read() -> Result<Self, String> {
        let mut files = Vec::new();
        for file in FILES.files() {
            let name = file.path().display();
            let text = file
                .contents_utf8()
                .ok_or_else(|| format!("{name}: not UTF-8"))?;
            let data: SourceData =
                serde_yaml::from_str(text).map_err(|error| format!("{name}: {error}"))?;
            files.push(data);
        }
        let kinds = kinds(&files)?;
        let defined = kinds.iter().flat_map(|kind| kind.base.keys());
        let names = defined.map(Arc::clone).collect();
        Ok(Self {
            records: Arc::new(View {
                name: "normalised records".to_owned(),
                kinds,
            }),
            names,
        })
    }
}

/// The records of each event id of each source, and of the rest of it.
fn kinds(files: &[SourceData]) -> Result<Vec<RecordKind>, String> {
    let of = |id: &str| files.iter().find(|file| file.source == id);
    let mut kinds = Vec::new();
    let mut add = |source: &SourceId, reach: &Reach, is_windows: bool| -> Result<(), String> {
        let shared = is_windows.then(|| of("*")).flatten();
        let own = of(source.as_str()).filter(|_| source.as_str() != "*");
        let layers: Vec<&Fields> = shared
            .into_iter()
            .chain(own)
            .map(|file| &file.fields)
            .collect();
        let kind = |event_ids, layers: &[&Fields]| -> Result<RecordKind, String> {
            Ok(RecordKind {
                source: source.clone(),
                reach: reach.clone(),
                event_ids,
                condition: None,
                shown: Arc::default(),
                base: Arc::new(definitions(layers)?),
                beyond: Beyond::Everything,
                wire: Wire::Keys,
                numbers: Numbers::Numbers,
            })
        };
        for (id, fields) in own.into_iter().flat_map(|file| &file.events) {
            let mut layers = layers.clone();
            layers.push(fields);
            kinds.push(kind(EventIds::OneOf(vec![*id]), &layers)?);
        }
        kinds.push(kind(EventIds::Any, &layers)?);
        Ok(())
    };
    for source in Catalogue::bundled().sources() {
        let is_windows = source.product == "windows";
        add(&source.id, &source.reach, is_windows)?;
    }
    // The records of event logs that are no source of their own.
    let rest = Reach::AnyChannelBut {
        channels: Vec::new(),
        providers: Vec::new(),
    };
    add(&SourceId::any(), &rest, true)?;
    Ok(kinds)
}

/// The fields of several layers, of which later ones win.
fn definitions(layers: &[&Fields]) -> Result<Definitions, String> {
    let mut definitions = Definitions::new();
    for (name, data) in layers.iter().copied().flatten() {
        let name: Arc<str> = name.as_str().into();
        let Some(data) = data else {
            definitions.remove(&name);
            continue;
        };
        let told = |problem: &dyn std::fmt::Display| format!("{name}: {problem}");
        let defined = match data {
            FieldData::Template(data) => Definition::Template(data.template.as_str().into()),
            FieldData::Expression(text) => {
                Definition::Computed(definition(text).map_err(|problem| told(&problem))?)
            }
            FieldData::Capture(data) => {
                let find = Anchoring::Find;
                let regex = Regex::new(&data.capture, Flavour::Re2, find, Case::Sensitive);
                let kind = ExprKind::Capture {
                    subject: Box::new(definition(&data.of).map_err(|problem| told(&problem))?),
                    regex: Box::new(regex.map_err(|problem| told(&problem))?),
                };
                Definition::Computed(Expr::new(kind, Span::default()))
            }
        };
        definitions.insert(name, defined);
    }
    Ok(definitions)
}
