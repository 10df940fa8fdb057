//! Telling known benign hits from others.
//!
//! An entry with fields becomes a Sigma rule that goes along with the
//! detection: a firing is known where that rule matches the same event. So the
//! list's fields and patterns are Sigma's, and one evaluator serves both.

use std::collections::{HashMap, HashSet};

use crate::content::BenignList;
use crate::detect::sigma::{CompanionError, SigmaRuleSet};
use crate::detect::{Companion, Detection, Firing, ProgramId};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::event::EventId;

/// A list, once its rules are among those that search.
#[derive(Debug, Default)]
pub struct Known {
    /// For each entry, what it calls the detection that it is about, and whether
    /// a rule goes along; where none does, every firing is known.
    entries: Vec<(String, bool)>,
}

impl Known {
    /// Adds the list's rules to a set. Entries that cannot be used become
    /// problems.
    pub fn add(list: &BenignList, set: &mut SigmaRuleSet) -> (Self, Vec<Diagnostic>) {
        let mut known = Self::default();
        let mut problems = Vec::new();
        for (index, entry) in list.entries.iter().enumerate() {
            let mut selection = entry.fields.clone().unwrap_or_default();
            if let Some(host) = &entry.host {
                selection.insert("Computer".into(), host.as_str().into());
            }
            if selection.is_empty() {
                if !set.names().any(|name| name == entry.rule) {
                    let error = CompanionError::UnknownRule(entry.rule.clone());
                    problems.push(refused(&error, entry, set));
                }
                known.entries.push((entry.rule.clone(), false));
                continue;
            }
            if let Err(error) = set.add_companion(&entry.rule, Companion(index), &selection) {
                problems.push(refused(&error, entry, set));
            }
            known.entries.push((entry.rule.clone(), true));
        }
        (known, problems)
    }

    /// Splits firings into those that the list knows, by entry, and the others.
    /// Firings of the list's own rules are dropped.
    #[must_use]
    pub fn split(
        &self,
        firings: Vec<Firing>,
        programs: &[Detection],
    ) -> (Vec<Firing>, Vec<(usize, Firing)>) {
        let entry_of = |program: ProgramId| -> Option<usize> {
            let Companion(entry) = programs.get(program.0 as usize)?.companion?;
            Some(entry)
        };
        // Each entry's name is looked up once, not for every firing.
        let mut entries_of: HashMap<ProgramId, Vec<usize>> = HashMap::new();
        for (program, detection) in (0..).map(ProgramId).zip(programs) {
            let entries = self.entries.iter().enumerate();
            let about = entries.filter(|(_, (rule, _))| detection.is_called(rule));
            let about: Vec<_> = about.map(|(entry, _)| entry).collect();
            if !about.is_empty() {
                entries_of.insert(program, about);
            }
        }
        let mut marked: HashMap<usize, HashSet<EventId>> = HashMap::new();
        for firing in &firings {
            if let Some(entry) = entry_of(firing.program) {
                marked
                    .entry(entry)
                    .or_default()
                    .extend(firing.events.iter().copied());
            }
        }
        let mut others = Vec::new();
        let mut known = Vec::new();
        for firing in firings {
            if entry_of(firing.program).is_some() {
                continue;
            }
            let about = entries_of.get(&firing.program);
            let entry = about.into_iter().flatten().copied().find(|entry| {
                let (_, has_companion) = self.entries[*entry];
                !has_companion
                    || firing.event().is_some_and(|event| {
                        let events = marked.get(entry);
                        events.is_some_and(|events| events.contains(&event))
                    })
            });
            match entry {
                Some(entry) => known.push((entry, firing)),
                None => others.push(firing),
            }
        }
        (others, known)
    }

    /// Whether a program is one of the list's own rules.
    #[must_use]
    pub fn is_own(detection: &Detection) -> bool {
        detection.companion.is_some()
    }
}

fn refused(
    error: &CompanionError,
    entry: &crate::content::BenignEntry,
    set: &SigmaRuleSet,
) -> Diagnostic {
    let (code, help) = match error {
        CompanionError::UnknownRule(name) => (
            Code::CONTENT_UNKNOWN_DETECTION,
            did_you_mean(name, set.names()).map_or_else(
                || "remove the entry, or load the rule".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            ),
        ),
        CompanionError::Correlation(_) => (
            Code::CONTENT_BAD_VALUE,
            "list the correlation without `host` and `fields`".to_owned(),
        ),
        CompanionError::BadFields(_) | CompanionError::UnknownSource(_) => (
            Code::CONTENT_BAD_VALUE,
            "write the fields as a Sigma selection, such as `Image|endswith: '\\a.exe'`".to_owned(),
        ),
    };
    Diagnostic::error(code, format!("the entry cannot be used: {error}"))
        .at(entry.place.clone())
        .help(help)
}
