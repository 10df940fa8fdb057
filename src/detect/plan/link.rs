//! Giving the names of plans and views their places in an engine's tables.

use std::collections::HashMap;
use std::sync::Arc;

use super::field::{FieldRef, Slot};
use super::row::{RAW, TIME};
use super::walk;
use super::wanted::exact_names;
use super::{Expr, Pipeline, Predicate};

/// In whose words a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// The query's.
    Shown,
    /// The definitions' of a view.
    Base,
    /// Those of what is on the wire.
    Wire,
}

/// The places of names.
#[derive(Debug, Default)]
pub(super) struct Slots {
    places: HashMap<(Scope, Arc<str>), Slot, ahash::RandomState>,
    names: Vec<(Scope, Arc<str>)>,
}

impl Slots {
    /// The place of a name, which gets one if it has none.
    pub(super) fn intern(&mut self, scope: Scope, name: &Arc<str>) -> Slot {
        if let Some(slot) = self.places.get(&(scope, Arc::clone(name))) {
            return *slot;
        }
        let slot = Slot(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push((scope, Arc::clone(name)));
        self.places.insert((scope, Arc::clone(name)), slot);
        slot
    }

    /// The place of a name, if it has one.
    pub(super) fn get(&self, scope: Scope, name: &Arc<str>) -> Option<Slot> {
        self.places.get(&(scope, Arc::clone(name))).copied()
    }

    /// Every name that has a place, in their order.
    pub(super) fn names(&self) -> &[(Scope, Arc<str>)] {
        &self.names
    }

    /// Gives the names of a query their places.
    pub(super) fn link_pipeline(&mut self, pipeline: &mut Pipeline) {
        walk::fields_of_pipeline(pipeline, &mut |field: &mut FieldRef| {
            field.slot = self.intern(Scope::Shown, &field.name);
        });
        let mut names = vec![TIME.into(), RAW.into()];
        for part in walk::all_pipelines(pipeline) {
            exact_names(part, &mut names);
        }
        for name in names {
            self.intern(Scope::Shown, &name);
        }
    }

    /// Gives the names of a definition their places. Its own name means what is on
    /// the wire under it.
    pub(super) fn link_definition(&mut self, own: Option<&str>, expr: &mut Expr) {
        walk::fields_of_expr(expr, &mut |field: &mut FieldRef| {
            field.slot = self.base(own, &field.name);
        });
    }

    /// The same for the condition of a view.
    pub(super) fn link_condition(&mut self, predicate: &mut Predicate) {
        walk::fields_of_predicate(predicate, &mut |field: &mut FieldRef| {
            field.slot = self.base(None, &field.name);
        });
    }

    fn base(&mut self, own: Option<&str>, name: &Arc<str>) -> Slot {
        let scope = if own == Some(&**name) {
            Scope::Wire
        } else {
            Scope::Base
        };
        self.intern(scope, name)
    }
}
