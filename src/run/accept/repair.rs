//! The smallest change of a detection that makes it fire, tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::columns::Variant;
use super::judged::{Judged, judged};
use super::outcome::{Acceptance, AcceptedTest, Mending, Repair, Step};
use super::plan::{Recording, with_detections};
use super::widen::{Widening, widen};
use super::{Subject, Workplace, can_be_mended};
use crate::content::{LoadedDetections, load_detections_from, mend};
use crate::detect::Reading;
use crate::detect::lint::{Finding, Remedy};
use crate::diagnostic::{Code, SourceText};
use crate::verdict::{ControlOutcome, Verdict, VerdictReport};

/// How often a file is changed in a row: one change can make way for another.
const MOST_PASSES: usize = 6;

/// Changes one detection and tries it.
pub(super) struct Workshop<'w> {
    workplace: &'w Workplace<'w>,
    subject: &'w Subject,
    variants: &'w [Variant],
    /// What became of the texts that were tried, by variant and by recording; all
    /// recordings and benign ones where none is named.
    tried: BTreeMap<(usize, Option<Recording>, String), Arc<Judged>>,
    /// The files as rules of these codes make them, by variant.
    changes: BTreeMap<(usize, BTreeSet<Code>), Changed>,
}

/// Codes of rules, and the file that they make with conditions that take in more.
struct Widened {
    changed: Changed,
    widening: Widening,
}

/// What comes of taking in more.
enum Taken {
    /// It fires, and did not before.
    In(Box<Widened>),
    /// It does not, and why, as a fragment of a sentence.
    Out(String),
    /// It fires without.
    Needless,
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
            changes: BTreeMap::new(),
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
        let (all, certain) = self.codes(variant);
        // A change that narrows may undo one that is needed, so all together is but one
        // of the things to try.
        let mut choices = vec![certain.clone(), all.clone()];
        choices.extend(all.iter().map(|code| BTreeSet::from([*code])));
        choices.extend(all.iter().map(|code| without(&all, *code)));
        choices.extend(all.difference(&certain).map(|code| {
            let mut more = certain.clone();
            more.insert(*code);
            more
        }));
        for codes in choices {
            if self.fires(variant, &codes, test) {
                let codes = self.least(codes, |this, codes| this.fires(variant, codes, test));
                let changed = self.changed(variant, &codes);
                return self.found(variant, changed);
            }
        }
        let mut told = None;
        for codes in [&all, &certain] {
            match self.taken(variant, codes, test) {
                Taken::In(_) => {
                    let is_taken = |this: &mut Self, codes: &BTreeSet<Code>| {
                        matches!(this.taken(variant, codes, test), Taken::In(_))
                    };
                    let codes = self.least(codes.clone(), is_taken);
                    if let Taken::In(found) = self.taken(variant, &codes, test) {
                        return self.widened(variant, *found);
                    }
                }
                Taken::Out(why) => {
                    told.get_or_insert(why);
                }
                Taken::Needless => {}
            }
        }
        Mending::NotFound(told.unwrap_or_else(|| "it could not be judged".to_owned()))
    }

    /// A repair that takes in more, if that raises no alarm that was not there before.
    fn widened(&mut self, variant: usize, found: Widened) -> Mending {
        let Widened {
            mut changed,
            widening,
        } = found;
        let before = self.judged(variant, None, &changed.text);
        let Some(text) = widening.applied(&changed.text) else {
            return Mending::NotFound("it could not be changed".to_owned());
        };
        let known = self.alarms(&before);
        let now = self.judged(variant, None, &text);
        let new: Vec<_> = self.alarms(&now).difference(&known).cloned().collect();
        if !new.is_empty() {
            return Mending::NotFound(format!(
                "it would have to {}, and would then fire on what is benign: {}",
                widening.title(),
                new.join(", ")
            ));
        }
        changed.text = text;
        changed.steps.push(Step {
            code: None,
            title: widening.title(),
            places: widening.places(),
        });
        self.found(variant, changed)
    }

    fn fires(&mut self, variant: usize, codes: &BTreeSet<Code>, test: &AcceptedTest) -> bool {
        let changed = self.changed(variant, codes);
        let verdict = self.verdict(variant, &changed.text, test);
        verdict.is_some_and(|verdict| verdict.verdict == Verdict::Fired)
    }

    /// What comes of the conditions that failed on what came closest, made to take it in.
    fn taken(&mut self, variant: usize, codes: &BTreeSet<Code>, test: &AcceptedTest) -> Taken {
        let changed = self.changed(variant, codes);
        let Some(verdict) = self.verdict(variant, &changed.text, test) else {
            return Taken::Out("it could not be judged".to_owned());
        };
        if verdict.verdict == Verdict::Fired {
            return Taken::Needless;
        }
        let widening = match widen(self.subject.language(), &changed.text, &verdict) {
            Ok(widening) => widening,
            Err(why) => return Taken::Out(why),
        };
        let Some(text) = widening.applied(&changed.text) else {
            return Taken::Out(verdict.reason);
        };
        match self.verdict(variant, &text, test) {
            Some(verdict) if verdict.verdict == Verdict::Fired => {
                Taken::In(Box::new(Widened { changed, widening }))
            }
            Some(verdict) => Taken::Out(not_even(&verdict, &widening)),
            None => Taken::Out("it could not be judged".to_owned()),
        }
    }

    /// The least of the codes with which it still fires: none of them can go alone.
    fn least(
        &mut self,
        mut codes: BTreeSet<Code>,
        mut fires: impl FnMut(&mut Self, &BTreeSet<Code>) -> bool,
    ) -> BTreeSet<Code> {
        loop {
            let fewer = codes
                .iter()
                .map(|code| without(&codes, *code))
                .find(|fewer| fires(self, fewer));
            match fewer {
                Some(fewer) => codes = fewer,
                None => return codes,
            }
        }
    }

    fn found(&mut self, variant: usize, changed: Changed) -> Mending {
        let judged = self.judged(variant, None, &changed.text);
        Mending::Found(Repair {
            steps: changed.steps,
            false_alarms: self.alarms(&judged).into_iter().collect(),
            text: changed.text,
        })
    }

    /// The benign recordings that it fires on.
    fn alarms(&self, judged: &Judged) -> BTreeSet<String> {
        judged
            .controls_of(&self.subject.wanted.id)
            .filter(|control| control.outcome == ControlOutcome::FalseAlarm)
            .map(|control| control.name.clone())
            .collect()
    }

    /// The rules whose findings have changes to offer, also after changes; and those
    /// of them whose changes are all certain.
    fn codes(&self, variant: usize) -> (BTreeSet<Code>, BTreeSet<Code>) {
        let mut codes = BTreeSet::new();
        let mut uncertain = BTreeSet::new();
        let mut text = self.subject.source.text.clone();
        for _ in 0..MOST_PASSES {
            let source = SourceText::new(&self.subject.source.file, text.clone());
            let findings = self.load(variant, &source).findings();
            for finding in &findings {
                let Some(fix) = &finding.fix else { continue };
                codes.insert(finding.diagnostic.code);
                if fix.remedy != Remedy::Certain {
                    uncertain.insert(finding.diagnostic.code);
                }
            }
            let mended = mended(&source, &findings, &|_| true);
            if mended.0 == text {
                break;
            }
            text = mended.0;
        }
        let certain = codes.difference(&uncertain).copied().collect();
        (codes, certain)
    }

    /// The file with all that the rules of these codes propose.
    fn changed(&mut self, variant: usize, codes: &BTreeSet<Code>) -> Changed {
        let key = (variant, codes.clone());
        if let Some(known) = self.changes.get(&key) {
            return known.clone();
        }
        let changed = self.change(variant, codes);
        self.changes.insert(key, changed.clone());
        changed
    }

    fn change(&self, variant: usize, codes: &BTreeSet<Code>) -> Changed {
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

    /// What becomes of a text on one recording, or on all and on the benign ones.
    fn judged(&mut self, variant: usize, only: Option<&Recording>, text: &str) -> Arc<Judged> {
        let key = (variant, only.cloned(), text.to_owned());
        if let Some(known) = self.tried.get(&key) {
            return Arc::clone(known);
        }
        let source = SourceText::new(&self.subject.source.file, text);
        let loaded = self.load(variant, &source);
        let deployments = self.variants.get(variant);
        let deployments = deployments.unwrap_or(&self.variants[0]);
        let wanted = std::slice::from_ref(&self.subject.wanted);
        let plan = with_detections(&self.workplace.plan, wanted, Reading::Strict);
        let plan = match only {
            Some(only) => only.of(plan),
            None => plan,
        };
        let found = Arc::new(judged(self.workplace, loaded, deployments, plan));
        self.tried.insert(key, Arc::clone(&found));
        found
    }

    fn verdict(
        &mut self,
        variant: usize,
        text: &str,
        test: &AcceptedTest,
    ) -> Option<VerdictReport> {
        let only = Recording::of_test(&test.test);
        let judged = self.judged(variant, Some(&only), text);
        judged.verdict(&test.test, &self.subject.wanted.id).cloned()
    }
}

fn without(codes: &BTreeSet<Code>, code: Code) -> BTreeSet<Code> {
    codes
        .iter()
        .copied()
        .filter(|other| *other != code)
        .collect()
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
