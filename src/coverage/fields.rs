//! The names under which all languages' fields stand in one row.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::detect::{FieldOrigin, Language, Predicate};

static BUNDLED: LazyLock<Fields> = LazyLock::new(|| {
    Fields::parse(include_str!("fields.yaml"))
        .unwrap_or_else(|error| panic!("the table of fields is damaged: {error}"))
});

/// What a predicate is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A field of the record, in the row of that name.
    Field(String),
    /// The whole record.
    Anywhere,
    /// Something that the detection makes itself, such as a lookup's output.
    Computed(String),
    /// The log that is searched.
    Routing,
}

/// The families of names that languages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Family {
    Wire,
    Cim,
    Cse,
    Ecs,
}

/// The table of names.
#[derive(Debug)]
pub(super) struct Fields {
    rows: HashMap<(Family, String), String>,
    wire: HashMap<String, Vec<String>>,
    /// Names of fields that hold the last part of a path.
    base: HashSet<String>,
    /// Names of fields that hold another part.
    parts: HashSet<String>,
    routing: HashMap<Routing, HashSet<String>>,
}

/// How much of what stands in a row a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The last part of a path.
    Name,
    /// Another part.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Routing {
    Cim,
    Sumo,
    Cse,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableData {
    rows: Vec<RowData>,
    base: HashSet<String>,
    parts: HashSet<String>,
    routing: HashMap<Routing, HashSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowData {
    name: String,
    #[serde(default)]
    wire: Vec<String>,
    #[serde(default)]
    cim: Vec<String>,
    #[serde(default)]
    cse: Vec<String>,
    #[serde(default)]
    ecs: Vec<String>,
}

impl Fields {
    pub(super) fn bundled() -> &'static Self {
        &BUNDLED
    }

    fn parse(text: &str) -> Result<Self, String> {
        let data: TableData = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        let mut rows = HashMap::new();
        let mut wire = HashMap::new();
        for row in data.rows {
            let own = std::iter::once(row.name.clone()).chain(row.wire);
            let own: Vec<_> = own.collect();
            let named = own
                .iter()
                .map(|name| (Family::Wire, name.clone()))
                .chain(row.cim.into_iter().map(|name| (Family::Cim, name)))
                .chain(row.cse.into_iter().map(|name| (Family::Cse, name)))
                .chain(row.ecs.into_iter().map(|name| (Family::Ecs, name)));
            for (family, name) in named {
                let twice = rows.insert((family, name.clone()), row.name.clone());
                if let Some(other) = twice.filter(|other| *other != row.name) {
                    return Err(format!("`{name}` is in `{other}` and in `{}`", row.name));
                }
            }
            wire.insert(row.name, own);
        }
        Ok(Self {
            rows,
            wire,
            base: data.base,
            parts: data.parts,
            routing: data.routing,
        })
    }

    /// What a predicate of a detection in that language is about.
    pub(super) fn subject(&self, language: Language, predicate: &Predicate) -> Subject {
        let Some(written) = &predicate.field else {
            return Subject::Anywhere;
        };
        let name = bare(language, written);
        if self.is_routing(language, name) {
            return Subject::Routing;
        }
        if predicate.origin == FieldOrigin::Computed {
            return Subject::Computed(name.to_owned());
        }
        let families: &[Family] = match language {
            Language::Spl => &[Family::Cim, Family::Wire],
            Language::SumoCse => &[Family::Cse, Family::Wire],
            Language::Eql | Language::Kuery | Language::Esql | Language::Lucene => {
                &[Family::Ecs, Family::Wire]
            }
            Language::Sigma | Language::Sumo | Language::Kql => &[Family::Wire],
        };
        let by_name = families.iter().find_map(|family| self.row(*family, name));
        if let Some(row) = by_name {
            return Subject::Field(row.to_owned());
        }
        // A name of the rule's own stands in the row of what it is made of.
        let mut read = predicate
            .reads
            .iter()
            .map(|name| self.row(Family::Wire, name));
        match read.next().flatten() {
            Some(row) if read.all(|other| other == Some(row)) => Subject::Field(row.to_owned()),
            _ => Subject::Field(name.to_owned()),
        }
    }

    /// Whether a field of a detection holds a part only of what stands in its row, such
    /// as the name of a file without its folder.
    pub(super) fn part(&self, language: Language, written: &str) -> Part {
        let name = bare(language, written);
        if !matches!(
            language,
            Language::Spl | Language::Eql | Language::Kuery | Language::Esql
        ) {
            return Part::Whole;
        }
        if self.base.contains(name) {
            Part::Name
        } else if self.parts.contains(name) {
            Part::Other
        } else {
            Part::Whole
        }
    }

    /// The names that records may have for what stands in a row; none for one that
    /// the table does not have.
    pub(super) fn wire_names<'f>(&'f self, row: &str) -> &'f [String] {
        self.wire.get(row).map_or(&[], Vec::as_slice)
    }

    fn row(&self, family: Family, name: &str) -> Option<&str> {
        let found = self.rows.get(&(family, name.to_owned()))?;
        Some(found)
    }

    fn is_routing(&self, language: Language, name: &str) -> bool {
        let routing = match language {
            Language::Spl => Routing::Cim,
            Language::Sumo => Routing::Sumo,
            Language::SumoCse => Routing::Cse,
            _ => return false,
        };
        let names = self.routing.get(&routing);
        names.is_some_and(|names| names.contains(name))
    }
}

/// A name without what only says where it stands: the dataset of a data model, or the
/// section of a record.
fn bare(language: Language, name: &str) -> &str {
    match language {
        Language::Spl => match name.rsplit_once('.') {
            // Fields of JSON have paths as well, which begin with a small letter.
            Some((dataset, rest))
                if !rest.is_empty()
                    && dataset.starts_with(|first: char| first.is_ascii_uppercase()) =>
            {
                rest
            }
            _ => name,
        },
        Language::Sumo | Language::SumoCse => {
            let inside = name
                .strip_prefix("fields[")
                .and_then(|rest| rest.strip_suffix(']'))
                .map_or(name, |inside| inside.trim_matches(['"', '\'']));
            let sections = ["EventData.", "UserData.", "System."];
            sections
                .iter()
                .find_map(|section| inside.strip_prefix(section))
                .unwrap_or(inside)
        }
        _ => name,
    }
}
