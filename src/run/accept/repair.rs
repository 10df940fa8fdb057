//! The smallest change of a detection that makes it fire, tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::columns::Variant;
use super::judged::{Judged, judged};
use super::outcome::{Acceptance, AcceptedTest, Mending, Repair, Step};
use super::widen::{Widening, widen};
use super::{Subject, Workplace, can_be_mended};
use crate::content::{LoadedDetections, load_detections_from, mend};
use crate::detect::Reading;
use crate::detect::lint::Finding;
use crate::diagnostic::{Code, SourceText};
use crate::verdict::{ControlOutcome, Verdict, VerdictReport};

/// How often a file is changed in a row: one change can make way for another.
const MOST_PASSES: usize = 6;

/// Changes one detection and tries it.
pub(super) struct Workshop<'w> {
    workplace: &'w Workplace<'w>,
    subject: &'w Subject,
    variants: &'w [Variant],
    /// What became of the texts that were tried, by variant.
    tried: BTreeMap<(usize, String), Arc<Judged>>,
}

/// A changed detection.
#[derive(Clone)]
struct Changed {
    text: String,
    steps: Vec<Step>,
}

impl<'w> Workshop<'w> {
    pub(super) fn new(
        workplace: &'w Workplace<'w>,
        subject: &'w Subject,
        variants: &'w [Variant],
    ) -> Self {
        Self {
            workplace,
            subject,
            variants,
            tried: BTreeMap::new(),
        }
    }

    /// Looks for a repair for every cell that its product would leave empty.
    pub(super) fn mend(&mut self, acceptance: &mut Acceptance) {
        let places = acceptance.columns.iter().enumerate();
        let strict: Vec<_> = places
            .filter(|(_, column)| column.reading == Reading::Strict)
            .map(|(place, column)| (place, column.deployment.clone()))
            .collect();
        for (place, deployment) in strict {
            let language = self.subject.language();
            let mut variants = self.variants.iter();
            let variant =
                variants.position(|variant| variant.deployment(language) == deployment.as_deref());
            let Some(variant) = variant else { continue };
            for test in &mut acceptance.tests {
                let wants = test
                    .cells
                    .get(place)
                    .is_some_and(|cell| can_be_mended(cell.verdict.verdict));
                if !wants || self.workplace.request.interrupt.is_set() {
                    continue;
                }
                let found = self.search(variant, test);
                if let Some(cell) = test.cells.get_mut(place) {
                    cell.repair = Some(found);
                }
            }
        }
    }

    fn search(&mut self, variant: usize, test: &AcceptedTest) -> Mending {
        let codes = self.codes(variant);
        let all = self.changed(variant, &codes);
        let fires = |this: &mut Self, text: &str| {
            let verdict = this.verdict(variant, text, test);
            verdict.is_some_and(|verdict| verdict.verdict == Verdict::Fired)
        };
        if fires(self, &all.text) {
            let codes = self.least(codes, |this, codes| {
                let changed = this.changed(variant, codes);
                fires(this, &changed.text)
            });
            let changed = self.changed(variant, &codes);
            return self.found(variant, changed);
        }
        let Some(verdict) = self.verdict(variant, &all.text, test) else {
            return Mending::NotFound("it could not be judged".to_owned());
        };
        let Some((_, widening)) = self.widened(variant, &codes, test) else {
            let why = match widen(self.subject.language(), &all.text, &verdict) {
                Ok(widening) => not_even(&verdict, &widening),
                Err(why) => why,
            };
            return Mending::NotFound(why);
        };
        let codes = self.least(codes, |this, codes| {
            this.widened(variant, codes, test).is_some()
        });
        let (changed, widening) = match self.widened(variant, &codes, test) {
            Some(found) => found,
            None => (all, widening),
        };
        let mut changed = changed;
        changed.steps.push(Step {
            code: None,
            title: widening.title(),
            places: widening.places(),
        });
        self.found(variant, changed)
    }

    /// The file with all that these rules propose, and with conditions that take in what
    /// came closest, if it fires then.
    fn widened(
        &mut self,
        variant: usize,
        codes: &BTreeSet<Code>,
        test: &AcceptedTest,
    ) -> Option<(Changed, Widening)> {
        let mut changed = self.changed(variant, codes);
        let verdict = self.verdict(variant, &changed.text, test)?;
        let widening = widen(self.subject.language(), &changed.text, &verdict).ok()?;
        changed.text = widening.applied(&changed.text)?;
        let verdict = self.verdict(variant, &changed.text, test)?;
        (verdict.verdict == Verdict::Fired).then_some((changed, widening))
    }

    /// The least of the codes with which it still fires.
    fn least(
        &mut self,
        mut codes: BTreeSet<Code>,
        mut fires: impl FnMut(&mut Self, &BTreeSet<Code>) -> bool,
    ) -> BTreeSet<Code> {
        for code in codes.clone() {
            let mut fewer = codes.clone();
            fewer.remove(&code);
            if fires(self, &fewer) {
                codes = fewer;
            }
        }
        codes
    }

    fn found(&mut self, variant: usize, changed: Changed) -> Mending {
        let alarms = |judged: &Judged, id| -> BTreeSet<String> {
            judged
                .controls_of(id)
                .filter(|control| control.outcome == ControlOutcome::FalseAlarm)
                .map(|control| control.name.clone())
                .collect()
        };
        let judged = self.judged(variant, &changed.text);
        Mending::Found(Repair {
            steps: changed.steps,
            false_alarms: alarms(&judged, &self.subject.wanted.id)
                .into_iter()
                .collect(),
            text: changed.text,
        })
    }

    /// The rules whose findings have changes to offer, also after changes.
    fn codes(&self, variant: usize) -> BTreeSet<Code> {
        let mut codes = BTreeSet::new();
        let mut text = self.subject.source.text.clone();
        for _ in 0..MOST_PASSES {
            let source = SourceText::new(&self.subject.source.file, text.clone());
            let findings = self.load(variant, &source).findings();
            let with_fix = findings.iter().filter(|finding| finding.fix.is_some());
            codes.extend(with_fix.map(|finding| finding.diagnostic.code));
            let mended = mended(&source, &findings, &|_| true);
            if mended.0 == text {
                break;
            }
            text = mended.0;
        }
        codes
    }

    /// The file with all that the rules of these codes propose.
    fn changed(&self, variant: usize, codes: &BTreeSet<Code>) -> Changed {
        let mut text = self.subject.source.text.clone();
        let mut steps: Vec<Step> = Vec::new();
        for _ in 0..MOST_PASSES {
            let source = SourceText::new(&self.subject.source.file, text.clone());
            let findings = self.load(variant, &source).findings();
            let (new, made) = mended(&source, &findings, &|finding| {
                codes.contains(&finding.diagnostic.code)
            });
            if new == text {
                break;
            }
            text = new;
            for finding in made {
                let code = finding.diagnostic.code;
                match steps.iter_mut().find(|step| step.code == Some(code)) {
                    Some(step) => step.places += 1,
                    None => steps.push(Step {
                        code: Some(code),
                        title: finding.fix.map(|fix| fix.title).unwrap_or_default(),
                        places: 1,
                    }),
                }
            }
        }
        Changed { text, steps }
    }

    fn load(&self, variant: usize, source: &Arc<SourceText>) -> LoadedDetections {
        let beside = &self.workplace.request.detections;
        let settings = match self.variants.get(variant) {
            Some(variant) => variant.settings(&self.workplace.base, Reading::Strict),
            None => self.workplace.base.clone(),
        };
        load_detections_from(vec![Ok(Arc::clone(source))], Some((beside, &settings)))
    }

    fn judged(&mut self, variant: usize, text: &str) -> Arc<Judged> {
        let key = (variant, text.to_owned());
        if let Some(known) = self.tried.get(&key) {
            return Arc::clone(known);
        }
        let source = SourceText::new(&self.subject.source.file, text);
        let loaded = self.load(variant, &source);
        let wanted = std::slice::from_ref(&self.subject.wanted);
        let deployments = self.variants.get(variant);
        let deployments = deployments.unwrap_or(&self.variants[0]);
        let found = judged(self.workplace, loaded, deployments, wanted, Reading::Strict);
        let found = Arc::new(found);
        self.tried.insert(key, Arc::clone(&found));
        found
    }

    fn verdict(
        &mut self,
        variant: usize,
        text: &str,
        test: &AcceptedTest,
    ) -> Option<VerdictReport> {
        let judged = self.judged(variant, text);
        judged.verdict(&test.test, &self.subject.wanted.id).cloned()
    }
}

/// A text with the fixes of the chosen findings, and the findings that it ends.
fn mended(
    source: &Arc<SourceText>,
    findings: &[Finding],
    is_chosen: &dyn Fn(&Finding) -> bool,
) -> (String, Vec<Finding>) {
    let chosen: Vec<_> = findings
        .iter()
        .filter(|finding| is_chosen(finding))
        .filter_map(|finding| Some((finding, finding.fix.as_ref()?)))
        .collect();
    let fixes: Vec<_> = chosen.iter().map(|(_, fix)| *fix).collect();
    let mended = mend(source, &fixes);
    let made = mended.made.iter().filter_map(|index| chosen.get(*index));
    (
        mended.text,
        made.map(|(finding, _)| (*finding).clone()).collect(),
    )
}

fn not_even(verdict: &VerdictReport, widening: &Widening) -> String {
    format!(
        "even with all that its linter proposes, and with {}, it does not: {}",
        widening.title(),
        verdict.reason
    )
}
