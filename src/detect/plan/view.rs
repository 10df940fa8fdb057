//! Views: which records a query sees, and under which names their fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compare::Case;
use super::expression::Expr;
use super::field::written;
use super::predicate::Predicate;
use crate::event::Origin;
use crate::event::catalogue::{self, OriginRef, Reach, SourceId};

/// Which records a query sees, and under which names their fields.
#[derive(Debug)]
pub struct View {
    /// What it shows, for people.
    pub name: String,
    /// The kinds of records, the first that covers a record is its kind.
    pub kinds: Vec<RecordKind>,
}

/// Records that are shown alike.
#[derive(Debug)]
pub struct RecordKind {
    /// The log.
    pub source: SourceId,
    /// The records of the log.
    pub reach: Reach,
    /// Their event ids.
    pub event_ids: EventIds,
    /// What else must hold for a record to be seen.
    pub condition: Option<Predicate>,
    /// The fields that the query may name.
    pub shown: Arc<Definitions>,
    /// The fields that definitions may name, besides those on the wire.
    pub base: Arc<Definitions>,
    /// Whether the query may name what is in `base` and on the wire as well.
    pub beyond: Beyond,
    /// How names lead to what is on the wire.
    pub wire: Wire,
    /// What numbers on the wire are.
    pub numbers: Numbers,
}

/// What the numbers of a record are to a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Numbers.
    Numbers,
    /// Text, until the query makes numbers of them.
    Texts,
}

/// Fields by their names.
pub type Definitions = BTreeMap<Arc<str>, Definition>;

/// What a field is.
#[derive(Debug, Clone)]
pub enum Definition {
    /// What is computed of other fields.
    Computed(Expr),
    /// A text in which `{Channel}`, `{Computer}`, `{EventID}`, and `{Provider}` stand for
    /// what the record says of itself.
    Template(Arc<str>),
}

/// The event ids of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventIds {
    /// Any.
    Any,
    /// One of these.
    OneOf(Vec<u32>),
}

/// What a query may name besides the fields of its view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Everything else that the record has.
    Everything,
    /// Nothing.
    Nothing,
}

impl PartialEq for Wire {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Paths(case), Self::Paths(other)) => case == other,
            (Self::Keys, Self::Keys) => true,
            (
                Self::Named { view, scope },
                Self::Named {
                    view: other,
                    scope: of_other,
                },
            ) => std::ptr::eq(*view, *other) && scope == of_other,
            _ => false,
        }
    }
}

/// How names lead to the fields of a record.
#[derive(Debug, Clone, Copy)]
pub enum Wire {
    /// As a view of the catalogue says.
    Named {
        /// The view.
        view: &'static catalogue::View,
        /// The scope of the view's renames that holds.
        scope: Option<&'static str>,
    },
    /// By paths, in which `{}` marks a list, and with or without regard to case.
    Paths(Case),
    /// By the keys of a map: `fields["EventData.Image"]`. Other names lead nowhere.
    Keys,
}

impl Wire {
    /// How a name is looked for, and the name itself: the case of some counts always.
    pub(super) fn regarding(self, name: &str) -> (Self, &str) {
        match (written(name), self) {
            (Some(name), Self::Paths(_)) => (Self::Paths(Case::Sensitive), name),
            (Some(name), other) => (other, name),
            (None, wire) => (wire, name),
        }
    }
}

impl RecordKind {
    /// Whether a record from there is of this kind.
    #[must_use]
    pub fn covers(&self, origin: &Origin) -> bool {
        let borrowed = origin.borrowed();
        let id_fits = match (&self.event_ids, borrowed) {
            (EventIds::Any, _) => true,
            (EventIds::OneOf(ids), OriginRef::EventLog { event_id, .. }) => ids.contains(&event_id),
            (EventIds::OneOf(_), OriginRef::Stream(_)) => false,
        };
        id_fits && self.reach.covers(borrowed)
    }
}

impl View {
    /// The kind that a record from there is of.
    #[must_use]
    pub fn kind_of(&self, origin: &Origin) -> Option<(usize, &RecordKind)> {
        let mut kinds = self.kinds.iter().enumerate();
        kinds.find(|(_, kind)| kind.covers(origin))
    }
}
