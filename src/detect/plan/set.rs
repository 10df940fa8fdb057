//! Plans on their way into an engine.

use std::sync::Arc;

use super::link::Slots;
use super::record::{LinkedKind, wire_names};
use super::stage::{Pipeline, Source as RowSource};
use super::view::{View, Wire};
use super::{Plan, walk};
use crate::detect::{Detection, Refusal};
use crate::diagnostic::SourceText;
use crate::event::NamesBuilder;

/// A detection and its plan; without one it cannot be evaluated.
#[derive(Debug)]
pub struct PlannedDetection {
    /// The detection.
    pub detection: Detection,
    /// Its plan, or why it has none.
    pub plan: Result<Plan, Refusal>,
    /// The file that it stands in.
    pub source: Arc<SourceText>,
}

/// Plans on their way into an engine.
#[derive(Debug, Default)]
pub struct PlanSet {
    /// The detections, in their order.
    pub planned: Vec<PlannedDetection>,
}

impl PlanSet {
    /// Adds every name on the wire that the plans may ask for to a table of names,
    /// which is then given to [`PlanEngine::new`](super::PlanEngine::new) and to the log readers.
    pub fn intern(&mut self, names: &mut NamesBuilder) {
        let (slots, _) = self.link();
        let mut wires: Vec<Wire> = Vec::new();
        for view in self.views() {
            for kind in &view.kinds {
                if !wires.contains(&kind.wire) {
                    wires.push(kind.wire);
                }
            }
        }
        for (_, name) in slots.names() {
            for wire in &wires {
                for wired in wire_names(*wire, name) {
                    names.intern(&wired);
                }
            }
        }
    }

    fn views(&mut self) -> Vec<Arc<View>> {
        let mut views: Vec<Arc<View>> = Vec::new();
        for planned in &mut self.planned {
            if let Ok(plan) = &mut planned.plan {
                views_of(&mut plan.pipeline, &mut views);
            }
        }
        views
    }

    /// Links plans and views; the linked kinds of each view, in order.
    pub(super) fn link(&mut self) -> (Slots, Vec<LinkedView>) {
        let mut slots = Slots::default();
        let views = self.views();
        for planned in &mut self.planned {
            if let Ok(plan) = &mut planned.plan {
                let mut next = 0;
                walk::number(&mut plan.pipeline, &mut next);
                slots.link_pipeline(&mut plan.pipeline);
            }
        }
        let linked = views
            .into_iter()
            .map(|view| {
                let kinds = view.kinds.iter();
                let kinds = kinds
                    .map(|kind| LinkedKind::new(kind, &mut slots))
                    .collect();
                (view, kinds)
            })
            .collect();
        (slots, linked)
    }
}

/// A view with its kinds, linked, in their order.
pub(super) type LinkedView = (Arc<View>, Vec<LinkedKind>);

fn views_of(pipeline: &mut Pipeline, views: &mut Vec<Arc<View>>) {
    if let RowSource::Records(view) = &pipeline.source
        && !views.iter().any(|known| Arc::ptr_eq(known, view))
    {
        views.push(Arc::clone(view));
    }
    for stage in &mut pipeline.stages {
        for inner in walk::inner_pipelines(stage) {
            views_of(inner, views);
        }
    }
}
