//! The table of techniques.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::tactic::Tactic;
use crate::content::atomic::TechniqueId;

static BUNDLED: LazyLock<AttackTable> = LazyLock::new(|| {
    AttackTable::parse(include_str!("attack.tsv"))
        .unwrap_or_else(|error| panic!("the table of ATT&CK is invalid: {error}"))
});

/// The techniques of one version of ATT&CK, and what became of older ids.
#[derive(Debug)]
pub struct AttackTable {
    version: u32,
    techniques: BTreeMap<TechniqueId, Technique>,
    /// What replaced an id that is gone.
    replaced: BTreeMap<TechniqueId, TechniqueId>,
    /// The ids that an id replaced.
    former: BTreeMap<TechniqueId, Vec<TechniqueId>>,
}

/// A technique or sub-technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Technique {
    /// Its id.
    pub id: TechniqueId,
    /// Its own name, without that of the technique that it belongs to.
    pub name: String,
    /// What it serves; never empty.
    pub tactics: Vec<Tactic>,
}

/// What the table says of an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It is a technique of this version.
    Current,
    /// Another id took its place.
    Replaced(TechniqueId),
    /// The table does not have it.
    Unknown,
}

impl AttackTable {
    /// The table that is part of the program.
    #[must_use]
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Reads a table: comments, one of which names the version, the names of the
    /// columns, and a line for each id.
    fn parse(text: &str) -> Result<Self, String> {
        let mut table = Self {
            version: 0,
            techniques: BTreeMap::new(),
            replaced: BTreeMap::new(),
            former: BTreeMap::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with("id\t")) {
            if let Some(comment) = line.strip_prefix('#') {
                let version = comment.trim().strip_prefix("version ");
                if let Some(version) = version.and_then(|number| number.parse().ok()) {
                    table.version = version;
                }
                continue;
            }
            table
                .add(line)
                .ok_or_else(|| format!("the line cannot be read: {line}"))?;
        }
        Ok(table)
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let columns: Vec<_> = line.split('\t').collect();
        let [id, name, tactics, replaced_by] = columns.as_slice() else {
            return None;
        };
        let id = TechniqueId::parse(id)?;
        if replaced_by.is_empty() {
            let tactics: Option<Vec<_>> = tactics.split(',').map(Tactic::parse).collect();
            let technique = Technique {
                id: id.clone(),
                name: (!name.is_empty()).then(|| (*name).to_owned())?,
                tactics: tactics?,
            };
            return self
                .techniques
                .insert(id, technique)
                .is_none()
                .then_some(());
        }
        let current = TechniqueId::parse(replaced_by)?;
        let former = self.former.entry(current.clone()).or_default();
        former.push(id.clone());
        self.replaced.insert(id, current).is_none().then_some(())
    }

    /// The version of ATT&CK that the table is of.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What became of an id.
    #[must_use]
    pub fn resolve(&self, id: &TechniqueId) -> Resolution {
        if self.techniques.contains_key(id) {
            return Resolution::Current;
        }
        match self.replaced.get(id) {
            Some(current) => Resolution::Replaced(current.clone()),
            None => Resolution::Unknown,
        }
    }

    /// The id that is used today; an id that the table does not have is its own.
    #[must_use]
    pub fn current<'i>(&'i self, id: &'i TechniqueId) -> &'i TechniqueId {
        self.replaced.get(id).unwrap_or(id)
    }

    /// The technique that an id, also a former one, stands for.
    #[must_use]
    pub fn technique(&self, id: &TechniqueId) -> Option<&Technique> {
        self.techniques.get(self.current(id))
    }

    /// The name of a technique, with that of the technique that it belongs to in
    /// front.
    #[must_use]
    pub fn name(&self, id: &TechniqueId) -> Option<String> {
        let technique = self.technique(id)?;
        let parent = technique.id.parent();
        if parent == technique.id {
            return Some(technique.name.clone());
        }
        match self.techniques.get(&parent) {
            Some(parent) => Some(format!("{}: {}", parent.name, technique.name)),
            None => Some(technique.name.clone()),
        }
    }

    /// The tactics of a technique; none for an id that the table does not have.
    #[must_use]
    pub fn tactics(&self, id: &TechniqueId) -> &[Tactic] {
        self.technique(id)
            .map_or(&[], |technique| technique.tactics.as_slice())
    }

    /// Every technique of this version, by id.
    pub fn techniques(&self) -> impl Iterator<Item = &Technique> {
        self.techniques.values()
    }

    /// Whether two ids stand for one technique, such as `T1562.001` and `T1685`.
    #[must_use]
    pub fn is_same(&self, left: &TechniqueId, right: &TechniqueId) -> bool {
        self.current(left) == self.current(right)
    }

    /// Whether someone who asks for `wanted` means `id` as well: they stand for
    /// one technique, or `id` is, or was, a sub-technique of `wanted`.
    #[must_use]
    pub fn covers(&self, wanted: &TechniqueId, id: &TechniqueId) -> bool {
        if self.is_same(wanted, id) {
            return true;
        }
        let current = self.current(id);
        let former = self.former.get(current).into_iter().flatten();
        [id, current]
            .into_iter()
            .chain(former)
            .any(|name| name != wanted && name.parent() == *wanted)
    }
}
