//! Rules, and what each looks at and asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::ask::{Ask, asks};
use super::events::{EventKey, Known};
use crate::content::atomic::TechniqueId;
use crate::detect::{Detection, Engine, ProgramId, Refusal};
use crate::diagnostic::SourceText;

/// A corpus of rules, surveyed.
#[derive(Debug)]
pub struct Corpus {
    /// The rules that are evaluated, in the order of their engine.
    pub rules: Vec<SurveyedRule>,
    /// The rules that are not, and why.
    pub unread: Vec<UnreadRule>,
    pub(super) known: Known,
}

/// A rule, and what it looks at and asks for.
#[derive(Debug)]
pub struct SurveyedRule {
    /// Its place in its engine.
    pub program: ProgramId,
    /// The rule.
    pub detection: Detection,
    /// The techniques that its tags name, as they are written there.
    pub techniques: Vec<TechniqueId>,
    pub(super) events: BTreeSet<EventKey>,
    pub(super) asks: Vec<Ask>,
}

/// A rule that is not evaluated.
#[derive(Debug, Clone)]
pub struct UnreadRule {
    /// The rule.
    pub detection: Detection,
    /// The techniques that its tags name.
    pub techniques: Vec<TechniqueId>,
    /// Why, as a fragment of a sentence.
    pub why: String,
}

impl Corpus {
    /// Surveys the rules of an engine, and lists those in languages that no engine
    /// evaluates.
    #[must_use]
    pub fn survey(engine: &dyn Engine, foreign: &[(Detection, Arc<SourceText>)]) -> Self {
        let known = Known::new();
        let programs: Vec<_> = (0..)
            .map(ProgramId)
            .zip(engine.programs())
            .filter(|(_, detection)| detection.companion.is_none())
            .collect();
        let surveyed: Vec<Result<SurveyedRule, Box<UnreadRule>>> = programs
            .into_par_iter()
            .map(|(program, detection)| survey_one(engine, program, detection, &known))
            .collect();
        let mut rules = Vec::with_capacity(surveyed.len());
        let mut unread = Vec::new();
        for one in surveyed {
            match one {
                Ok(rule) => rules.push(rule),
                Err(rule) => unread.push(*rule),
            }
        }
        unread.extend(foreign.iter().map(|(detection, _)| UnreadRule {
            techniques: techniques_of(detection),
            why: format!("its language, {}, is not evaluated", detection.language),
            detection: detection.clone(),
        }));
        Self {
            rules,
            unread,
            known,
        }
    }

    /// How many rules there are, those that are not evaluated included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len() + self.unread.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn survey_one(
    engine: &dyn Engine,
    program: ProgramId,
    detection: &Detection,
    known: &Known,
) -> Result<SurveyedRule, Box<UnreadRule>> {
    let techniques = techniques_of(detection);
    if let Some(Refusal::Invalid(why) | Refusal::Unsupported(why)) = engine.refusal(program) {
        return Err(Box::new(UnreadRule {
            detection: detection.clone(),
            techniques,
            why,
        }));
    }
    let places = engine.origins_asked(program, &known.origins);
    Ok(SurveyedRule {
        program,
        techniques,
        events: known.events_of(&places),
        asks: asks(detection.language, &engine.predicates(program)),
        detection: detection.clone(),
    })
}

/// The techniques that a rule's tags name.
fn techniques_of(detection: &Detection) -> Vec<TechniqueId> {
    let tags = detection.tags.iter();
    let mut techniques: Vec<_> = tags
        .filter_map(|tag| tag.strip_prefix("attack."))
        .filter_map(|name| TechniqueId::parse(&name.to_ascii_uppercase()))
        .collect();
    techniques.sort();
    techniques.dedup();
    techniques
}
