//! The signals of a test on a recording, as rules that search.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Job;
use super::arguments::{arguments_of, substituted};
use crate::content::expectation::{Expectation, SignalId};
use crate::detect::sigma::{SigmaEngine, SigmaRuleSet, SignalSelection};
use crate::detect::{Companion, Engine, ProgramId};
use crate::diagnostic::{At, Code, Diagnostic, Place, SourceText};
use crate::event::Names;

/// The signals of one test on one recording, before they are compiled.
#[derive(Debug, Default)]
pub(super) struct SignalSet {
    rules: SigmaRuleSet,
    /// Why a signal cannot be looked for, by its name.
    unusable: BTreeMap<SignalId, String>,
    /// The name of the recording.
    recording: String,
}

impl SignalSet {
    /// Prepares the signals of a job; those that cannot be looked for become
    /// problems.
    pub(super) fn of(job: &Job<'_>) -> (Self, Vec<Diagnostic>) {
        let mut set = Self::default();
        let mut problems = Vec::new();
        let (Some(expectation), Some(fixture)) = (&job.test.expectation, job.fixture()) else {
            return (set, problems);
        };
        set.recording.clone_from(&fixture.name);
        let arguments = arguments_of(&job.test.atomic, Some(fixture));
        for (number, signal) in expectation.signals.iter().enumerate() {
            for branch in &signal.branches {
                let fields = match substituted(&branch.fields, &arguments, &fixture.host.facts) {
                    Ok(fields) => fields,
                    Err(name) => {
                        let why = format!("nothing is known of `#{{{name}}}`");
                        problems.push(unresolved(&why, &branch.place, &fixture.name));
                        set.unusable.insert(signal.id.clone(), why);
                        continue;
                    }
                };
                let selection = SignalSelection {
                    source: &branch.source,
                    event_ids: &branch.event_ids,
                    fields: &fields,
                    text: &text_of(&branch.place),
                };
                if let Err(error) = set.rules.add_signal(selection, Companion(number)) {
                    let why = error.to_string();
                    problems.push(unresolved(&why, &branch.place, &fixture.name));
                    set.unusable.insert(signal.id.clone(), why);
                }
            }
        }
        set.rules.keep_fields(compared_fields(expectation));
        (set, problems)
    }

    /// The rules that the signals have become.
    pub(super) fn rules(&self) -> &SigmaRuleSet {
        &self.rules
    }

    /// The engine that looks for the signals; those that cannot be looked for become
    /// problems.
    pub(super) fn compiled(
        mut self,
        expectation: Option<&Expectation>,
        names: &Arc<Names>,
    ) -> Signals {
        let mut problems = Vec::new();
        // What the engine says of a rule speaks of a text that nobody wrote.
        let (engine, _) = SigmaEngine::new(self.rules, names);
        for (program, detection) in (0..).map(ProgramId).zip(engine.programs()) {
            let number = detection.companion.map(|Companion(number)| number);
            let signal = number.and_then(|number| expectation?.signals.get(number));
            let Some(signal) = signal.filter(|_| !engine.is_compiled(program)) else {
                continue;
            };
            let why = "a value does not fit its modifier".to_owned();
            problems.push(unresolved(&why, &signal.place, &self.recording));
            self.unusable.insert(signal.id.clone(), why);
        }
        Signals {
            engine,
            unusable: self.unusable,
            problems,
        }
    }
}

/// The signals of one test on one recording, ready to search.
#[derive(Debug)]
pub(super) struct Signals {
    pub(super) engine: SigmaEngine,
    pub(super) unusable: BTreeMap<SignalId, String>,
    pub(super) problems: Vec<Diagnostic>,
}

/// The fields that relations between signals compare.
pub(super) fn compared_fields(expectation: &Expectation) -> impl Iterator<Item = &str> {
    expectation.signals.iter().flat_map(|signal| {
        signal
            .same
            .iter()
            .flat_map(|same| [same.field.as_str(), same.other_field.as_str()])
    })
}

fn text_of(place: &Place) -> Arc<SourceText> {
    match &place.at {
        At::Span { source, .. } => Arc::clone(source),
        _ => SourceText::new(&place.file, String::new()),
    }
}

fn unresolved(why: &str, place: &Place, recording: &str) -> Diagnostic {
    Diagnostic::error(
        Code::EXPECTATION_UNRESOLVED,
        format!("the signal cannot be looked for in `{recording}`: {why}"),
    )
    .at(place.clone())
    .help("name an argument of the atomic, or `host.KEY` with a key of the manifest's `host`")
}
