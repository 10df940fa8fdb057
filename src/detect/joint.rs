//! Engines of several languages as one.

use super::plan::PlanEngine;
use super::sigma::SigmaEngine;
use super::{
    Conclusion, Coverage, Detection, Engine, EventSource, Explanation, Firing, Held, Partner,
    Predicate, ProgramId, Refusal, Search, SearchTime, Tally,
};
use crate::event::catalogue::Source;
use crate::event::{Batch, Event, Origin};

/// The detections of all languages: Sigma rules first, then what is lowered to plans.
#[derive(Debug)]
pub struct JointEngine {
    sigma: SigmaEngine,
    plans: PlanEngine,
    detections: Vec<Detection>,
    /// The number of the first plan.
    first: u32,
}

/// In which engine a program is, and under which number.
enum Part {
    Sigma(ProgramId),
    Plan(ProgramId),
}

impl JointEngine {
    /// Joins two engines.
    #[must_use]
    pub fn new(sigma: SigmaEngine, plans: PlanEngine) -> Self {
        let mut detections = sigma.programs().to_vec();
        let first = u32::try_from(detections.len()).unwrap_or(u32::MAX);
        detections.extend(plans.programs().iter().cloned());
        Self {
            sigma,
            plans,
            detections,
            first,
        }
    }

    /// The engine of the Sigma rules. Its numbers are the same as here.
    #[must_use]
    pub fn sigma(&self) -> &SigmaEngine {
        &self.sigma
    }

    fn part(&self, program: ProgramId) -> Part {
        match program.0.checked_sub(self.first) {
            None => Part::Sigma(program),
            Some(number) => Part::Plan(ProgramId(number)),
        }
    }

    fn ask<T>(&self, program: ProgramId, of: impl FnOnce(&dyn Engine, ProgramId) -> T) -> T {
        match self.part(program) {
            Part::Sigma(program) => of(&self.sigma, program),
            Part::Plan(program) => of(&self.plans, program),
        }
    }

    /// The number here of a plan.
    fn outer(&self, program: ProgramId) -> ProgramId {
        ProgramId(program.0.saturating_add(self.first))
    }

    /// Numbers of a program's own engine, as they are here.
    fn all_outer(&self, asked: ProgramId, programs: Vec<ProgramId>) -> Vec<ProgramId> {
        match self.part(asked) {
            Part::Sigma(_) => programs,
            Part::Plan(_) => programs
                .into_iter()
                .map(|program| self.outer(program))
                .collect(),
        }
    }

    fn outer_firings(&self, firings: &mut [Firing]) {
        for firing in firings {
            firing.program = self.outer(firing.program);
        }
    }

    /// What was held back, for each engine under its own numbers.
    fn split(&self, held: Vec<Held>) -> (Vec<Held>, Vec<Held>) {
        let (mut sigma, mut plans) = (Vec::new(), Vec::new());
        for mut one in held {
            match self.part(one.program) {
                Part::Sigma(_) => sigma.push(one),
                Part::Plan(program) => {
                    one.program = program;
                    plans.push(one);
                }
            }
        }
        (sigma, plans)
    }
}

struct JointSearch<'e> {
    engine: &'e JointEngine,
    sigma: Box<dyn Search + 'e>,
    plans: Box<dyn Search + 'e>,
}

impl Search for JointSearch<'_> {
    fn feed(&mut self, batch: &Batch, out: &mut Vec<Firing>) {
        self.sigma.feed(batch, out);
        let first = out.len();
        self.plans.feed(batch, out);
        self.engine.outer_firings(&mut out[first..]);
    }

    fn feed_event(&mut self, event: Event<'_>, out: &mut Vec<Firing>) {
        self.sigma.feed_event(event, out);
        let first = out.len();
        self.plans.feed_event(event, out);
        self.engine.outer_firings(&mut out[first..]);
    }

    fn finish(self: Box<Self>) -> Tally {
        let mut tally = self.sigma.finish();
        let plans = self.plans.finish();
        // Both have seen the same records.
        for (file, time) in plans.latest {
            tally.saw(file, Some(time));
        }
        for mut held in plans.held {
            held.program = self.engine.outer(held.program);
            tally.held.push(held);
        }
        let exhausted = plans.exhausted.into_iter();
        tally
            .exhausted
            .extend(exhausted.map(|program| self.engine.outer(program)));
        let gave_up = plans.gave_up.into_iter();
        tally
            .gave_up
            .extend(gave_up.map(|(program, count)| (self.engine.outer(program), count)));
        tally
    }
}

impl Engine for JointEngine {
    fn programs(&self) -> &[Detection] {
        &self.detections
    }

    fn start(&self) -> Box<dyn Search + '_> {
        Box::new(JointSearch {
            engine: self,
            sigma: self.sigma.start(),
            plans: self.plans.start(),
        })
    }

    fn conclude(&self, held: Vec<Held>, now: SearchTime, out: &mut Vec<Firing>) -> Conclusion {
        let (sigma, plans) = self.split(held);
        let mut conclusion = self.sigma.conclude(sigma, now, out);
        let first = out.len();
        let of_plans = self.plans.conclude(plans, now, out);
        self.outer_firings(&mut out[first..]);
        conclusion.without_time += of_plans.without_time;
        let exhausted = of_plans.exhausted.into_iter();
        conclusion
            .exhausted
            .extend(exhausted.map(|program| self.outer(program)));
        let gave_up = of_plans.gave_up.into_iter();
        conclusion
            .gave_up
            .extend(gave_up.map(|(program, count)| (self.outer(program), count)));
        let causeless = of_plans.causeless.into_iter();
        conclusion
            .causeless
            .extend(causeless.map(|program| self.outer(program)));
        conclusion
    }

    fn conclude_one(
        &self,
        program: ProgramId,
        held: Vec<Held>,
        now: SearchTime,
    ) -> Option<Vec<Firing>> {
        let (sigma, plans) = self.split(held);
        match self.part(program) {
            Part::Sigma(program) => self.sigma.conclude_one(program, sigma, now),
            Part::Plan(program) => {
                let mut firings = self.plans.conclude_one(program, plans, now)?;
                self.outer_firings(&mut firings);
                Some(firings)
            }
        }
    }

    fn held_for(&self, program: ProgramId) -> Vec<ProgramId> {
        let held = self.ask(program, |engine, program| engine.held_for(program));
        self.all_outer(program, held)
    }

    fn is_compiled(&self, program: ProgramId) -> bool {
        self.ask(program, |engine, program| engine.is_compiled(program))
    }

    fn refusal(&self, program: ProgramId) -> Option<Refusal> {
        self.ask(program, |engine, program| engine.refusal(program))
    }

    fn caveat(&self, program: ProgramId) -> Option<String> {
        self.ask(program, |engine, program| engine.caveat(program))
    }

    fn fires_on_nothing(&self, program: ProgramId) -> bool {
        self.ask(program, |engine, program| engine.fires_on_nothing(program))
    }

    fn reach_of(&self, program: ProgramId) -> Vec<usize> {
        let mut reach = self.ask(program, |engine, program| engine.reach_of(program));
        // Numbers of different engines are no reach in common.
        if let Part::Plan(_) = self.part(program) {
            reach.push(usize::MAX);
        }
        reach
    }

    fn coverage(&self, program: ProgramId) -> Coverage {
        self.ask(program, |engine, program| engine.coverage(program))
    }

    fn looks_at(&self, program: ProgramId, origin: &Origin) -> bool {
        self.ask(program, |engine, program| engine.looks_at(program, origin))
    }

    fn chooses(&self, program: ProgramId, origin: &Origin) -> bool {
        self.ask(program, |engine, program| engine.chooses(program, origin))
    }

    fn reaches(&self, program: ProgramId, event: Event<'_>) -> bool {
        self.ask(program, |engine, program| engine.reaches(program, event))
    }

    fn needed(&self, program: ProgramId) -> Vec<ProgramId> {
        let needed = self.ask(program, |engine, program| engine.needed(program));
        self.all_outer(program, needed)
    }

    fn partners(&self, program: ProgramId) -> Vec<Partner> {
        let mut partners = self.ask(program, |engine, program| engine.partners(program));
        for partner in &mut partners {
            partner.program = program;
        }
        partners
    }

    fn partner_looks_at(&self, partner: &Partner, origin: &Origin) -> bool {
        self.ask(partner.program, |engine, program| {
            let partner = Partner {
                program,
                ..partner.clone()
            };
            engine.partner_looks_at(&partner, origin)
        })
    }

    fn partner_covers(&self, partner: &Partner, source: &Source) -> bool {
        self.ask(partner.program, |engine, program| {
            let partner = Partner {
                program,
                ..partner.clone()
            };
            engine.partner_covers(&partner, source)
        })
    }

    fn covers(&self, program: ProgramId, source: &Source) -> bool {
        self.ask(program, |engine, program| engine.covers(program, source))
    }

    fn combines(&self, program: ProgramId) -> bool {
        self.ask(program, |engine, program| engine.combines(program))
    }

    fn lacking(&self, program: ProgramId, event: Event<'_>) -> Vec<String> {
        self.ask(program, |engine, program| engine.lacking(program, event))
    }

    fn explain(
        &self,
        program: ProgramId,
        now: Option<SearchTime>,
        events: &mut EventSource<'_>,
    ) -> Explanation {
        self.ask(program, |engine, program| {
            engine.explain(program, now, events)
        })
    }

    fn predicates(&self, program: ProgramId) -> Vec<Predicate> {
        self.ask(program, |engine, program| engine.predicates(program))
    }

    fn origins_asked(&self, program: ProgramId, origins: &[Origin]) -> Vec<usize> {
        self.ask(program, |engine, program| {
            engine.origins_asked(program, origins)
        })
    }
}
