//! Kinds of records, and how telling they are: the table that drafts are made from.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

const TABLE: &str = include_str!("kinds.yaml");

static BUNDLED: LazyLock<Kinds> = LazyLock::new(|| {
    Kinds::parse(TABLE).unwrap_or_else(|problem| panic!("the table of kinds is damaged: {problem}"))
});

/// How a field's value becomes a part of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    /// The name of a program, without its folder.
    Program,
    /// A command line, without the program.
    Command,
    /// The end of a path.
    Path,
    /// A key of the registry.
    Key,
    /// A whole value.
    Text,
    /// A port, unless it was chosen by the system.
    Port,
    /// A number.
    Number,
    /// A truth value.
    Flag,
    /// A part of a script.
    Script,
}

/// A field that a signal asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Take {
    /// Its name in a signal.
    pub(super) field: String,
    /// Its names in records, if they are others.
    #[serde(default)]
    from: Vec<String>,
    /// How its value is taken.
    #[serde(rename = "as")]
    pub(super) how: How,
}

impl Take {
    /// The names of the field in records, best first.
    pub(super) fn names(&self) -> &[String] {
        if self.from.is_empty() {
            std::slice::from_ref(&self.field)
        } else {
            &self.from
        }
    }
}

/// Fields that hold identities of processes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ties {
    /// Of one that starts.
    pub(super) starts: Option<String>,
    /// Of the one that acts.
    pub(super) by: Option<String>,
}

/// A kind of records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    pub(super) source: String,
    #[serde(default)]
    pub(super) event_ids: Vec<u32>,
    pub(super) weight: u32,
    pub(super) noun: String,
    /// The field with the program that did it.
    pub(super) actor: Option<String>,
    /// The field with the program that started that one.
    pub(super) parent: Option<String>,
    /// The fields with whoever called, in a cloud; the first that is there.
    #[serde(default)]
    pub(super) callers: Vec<String>,
    /// The field that the signal is named by.
    pub(super) named_by: Option<String>,
    #[serde(default)]
    pub(super) ties: Ties,
    #[serde(default)]
    pub(super) takes: Vec<Take>,
    /// The starts of the names of fields that are asked for if they hold an argument.
    #[serde(default)]
    pub(super) arguments_in: Vec<String>,
    /// Values that mark a record as someone else's doing.
    #[serde(default)]
    pub(super) background: BTreeMap<String, Vec<String>>,
}

impl Kind {
    /// Whether a field is asked for if it holds an argument.
    pub(super) fn may_hold_argument(&self, field: &str) -> bool {
        self.arguments_in
            .iter()
            .any(|start| field.starts_with(start.as_str()))
    }
}

/// What runs and is left whatever is tested.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Noise {
    pub(super) programs: HashSet<String>,
    pub(super) parents: HashSet<String>,
    pub(super) paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    noise: Noise,
    kinds: Vec<Kind>,
}

/// The table.
#[derive(Debug)]
pub(super) struct Kinds {
    pub(super) noise: Noise,
    by_source: HashMap<String, BySource>,
}

#[derive(Debug, Default)]
struct BySource {
    any: Option<Kind>,
    by_event: HashMap<u32, Kind>,
}

impl Kinds {
    /// The table that is part of the program.
    pub(super) fn bundled() -> &'static Self {
        &BUNDLED
    }

    fn parse(text: &str) -> Result<Self, serde_yaml::Error> {
        let table: Table = serde_yaml::from_str(text)?;
        let mut by_source: HashMap<String, BySource> = HashMap::new();
        for kind in table.kinds {
            let source = by_source.entry(kind.source.clone()).or_default();
            if kind.event_ids.is_empty() {
                source.any = Some(kind);
                continue;
            }
            for id in &kind.event_ids {
                source.by_event.insert(*id, kind.clone());
            }
        }
        Ok(Self {
            noise: table.noise,
            by_source,
        })
    }

    /// The kind of records of a source, and of an event id where there are such.
    pub(super) fn of(&self, source: &str, event_id: Option<u32>) -> Option<&Kind> {
        let source = self.by_source.get(source)?;
        event_id
            .and_then(|id| source.by_event.get(&id))
            .or(source.any.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::{Kinds, TABLE, Table};
    use crate::event::catalogue::{Catalogue, Reach};

    #[test]
    fn every_kind_is_of_a_source_that_is_known_and_stands_once() {
        let table: Table = serde_yaml::from_str(TABLE).expect("a table");
        let mut seen = std::collections::HashSet::new();
        for kind in &table.kinds {
            let source = Catalogue::bundled()
                .source(&kind.source)
                .unwrap_or_else(|| panic!("{} is no source", kind.source));
            let is_stream = matches!(source.reach, Reach::Stream(_));
            assert_eq!(is_stream, kind.event_ids.is_empty(), "{kind:?}");
            assert!(kind.weight <= 100, "{kind:?}");
            for id in &kind.event_ids {
                assert!(seen.insert((kind.source.clone(), *id)), "{kind:?}");
            }
        }
        let noise = &table.noise;
        for name in noise
            .programs
            .iter()
            .chain(&noise.parents)
            .chain(&noise.paths)
        {
            assert_eq!(*name, name.to_lowercase());
        }
    }

    #[test]
    fn every_field_of_a_windows_kind_is_one_that_the_catalogue_knows() {
        let table: Table = serde_yaml::from_str(TABLE).expect("a table");
        let known: std::collections::HashSet<_> = Catalogue::bundled().field_names().collect();
        for kind in table.kinds.iter().filter(|kind| !kind.event_ids.is_empty()) {
            let taken = kind.takes.iter().flat_map(super::Take::names);
            let ties = [&kind.ties.starts, &kind.ties.by];
            let named = [&kind.actor, &kind.parent, &kind.named_by];
            for field in taken.chain(ties.into_iter().chain(named).flatten()) {
                assert!(known.contains(field.as_str()), "{field} of {kind:?}");
            }
        }
    }

    #[test]
    fn an_event_without_a_kind_of_its_own_has_none() {
        let kinds = Kinds::bundled();
        assert!(kinds.of("sysmon", Some(1)).is_some());
        assert!(kinds.of("sysmon", Some(9999)).is_none());
        assert!(kinds.of("cloudtrail", None).is_some());
        assert!(kinds.of("ntlm", Some(1)).is_none());
    }
}
