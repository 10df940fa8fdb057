//! What files of content say about each other, checked both ways.

mod placeholders;
pub(super) mod techniques;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use self::placeholders::{Placeholder, placeholders};
use super::atomic::{Atomic, AtomicGuid, Platform};
use super::attack::AttackTable;
use super::expectation::{Expectation, Presence, Signal};
use super::fixture::{Fixture, Subject};
use crate::detect::sigma::{Listed, Role};

use crate::diagnostic::{Code, Diagnostic, Place, Severity, SourceText, did_you_mean};
use crate::recording::Evidence;

/// Whether a kind of content is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wholeness {
    /// All that is there was loaded.
    Whole,
    /// Some of it is wrong, so it cannot be said what is not there.
    Partial,
}

/// Who a problem is told for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Whoever the content belongs to.
    User,
    /// It is content of others, or of another collection, and not to be mended.
    Nobody,
}

/// A kind of content, and what may be said of it.
#[derive(Debug)]
pub(super) struct Kind<T> {
    pub(super) items: T,
    pub(super) wholeness: Wholeness,
    pub(super) owner: Owner,
}

/// Everything that is loaded.
#[derive(Debug)]
pub(super) struct References<'c> {
    pub(super) atomics: Kind<&'c [Arc<Atomic>]>,
    pub(super) expectations: Kind<&'c [Arc<Expectation>]>,
    pub(super) detections: Kind<Vec<Listed<'c>>>,
    pub(super) fixtures: Kind<&'c BTreeMap<String, Arc<Fixture>>>,
    pub(super) attack: &'c AttackTable,
}

impl References<'_> {
    /// Everything that does not fit together.
    pub(super) fn problems(&self) -> Vec<Diagnostic> {
        let by_guid: HashMap<AtomicGuid, &Atomic> = self
            .atomics
            .items
            .iter()
            .filter_map(|atomic| Some((atomic.guid?, atomic.as_ref())))
            .collect();
        let mut problems = Vec::new();
        if self.expectations.owner == Owner::User {
            for expectation in self.expectations.items {
                self.expectation(expectation, &by_guid, &mut problems);
            }
        }
        if self.fixtures.owner == Owner::User {
            self.fixtures(&by_guid, &mut problems);
        }
        if self.detections.owner == Owner::User {
            self.detections(&mut problems);
        }
        if self.atomics.owner == Owner::User {
            self.techniques_of_atomics(&mut problems);
        }
        problems
    }

    fn expectation(
        &self,
        expectation: &Expectation,
        by_guid: &HashMap<AtomicGuid, &Atomic>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let atomic = by_guid.get(&expectation.atomic).copied();
        if atomic.is_none() && self.atomics.wholeness == Wholeness::Whole {
            problems
                .push(unknown_atomic(expectation.atomic, by_guid).at(expectation.place.clone()));
        }
        if let Some(atomic) = atomic {
            arguments(expectation, atomic, problems);
            if !self
                .attack
                .is_same(&atomic.technique, &expectation.technique)
            {
                problems.push(other_technique(expectation, atomic));
            }
        }
        let recordings: Vec<_> = self
            .fixtures
            .items
            .values()
            .filter(|fixture| is_recording_of(fixture, expectation.atomic))
            .collect();
        let is_known = atomic.is_some();
        if is_known && recordings.is_empty() && self.fixtures.wholeness == Wholeness::Whole {
            problems.push(
                Diagnostic::warning(
                    Code::REFERENCE_NO_RECORDING,
                    "there is no recording of the atomic, so the expectation cannot be replayed",
                )
                .at(expectation.place.clone())
                .help("record the atomic, or import a capture of it"),
            );
        }
        self.detections_of(expectation, problems);
        self.controls_of(expectation, problems);
        problems.extend(unused_signals(expectation));
    }

    fn detections_of(&self, expectation: &Expectation, problems: &mut Vec<Diagnostic>) {
        if self.detections.wholeness == Wholeness::Partial {
            return;
        }
        // An expectation that nobody is to mend is not judged by other detections.
        if self.detections.owner == Owner::Nobody {
            return;
        }
        let known: BTreeSet<_> = self
            .detections
            .items
            .iter()
            .map(|detection| detection.id.as_str())
            .collect();
        let mut told = BTreeSet::new();
        for expected in &expectation.detections {
            let id = expected.rule.as_str();
            if known.contains(id) || !told.insert(id) {
                continue;
            }
            let by_title = self.detections.items.iter();
            let by_title = by_title
                .clone()
                .find(|detection| detection.title.eq_ignore_ascii_case(id));
            let help = match (by_title, did_you_mean(id, known.iter().copied())) {
                (Some(detection), _) => {
                    format!("write the id of the detection, `{}`", detection.id)
                }
                (None, Some(meant)) => format!("did you mean `{meant}`?"),
                (None, None) => "correct the id, or load the detection".to_owned(),
            };
            problems.push(
                Diagnostic::error(
                    Code::REFERENCE_UNKNOWN_DETECTION,
                    format!("the detection `{id}` is not loaded"),
                )
                .at(expected.place.clone())
                .help(help),
            );
        }
    }

    fn controls_of(&self, expectation: &Expectation, problems: &mut Vec<Diagnostic>) {
        for control in &expectation.controls {
            let name = &control.fixture;
            let problem = match self.fixtures.items.get(name) {
                Some(fixture) => match fixture.subject {
                    Subject::Control { .. } => continue,
                    Subject::Atomic { .. } => Diagnostic::error(
                        Code::REFERENCE_UNKNOWN_FIXTURE,
                        format!("the fixture `{name}` is the recording of an atomic"),
                    )
                    .help("name a fixture that has `control`"),
                },
                None if self.fixtures.wholeness == Wholeness::Partial => continue,
                None => {
                    let controls = self.fixtures.items.iter();
                    let names = controls
                        .filter(|(_, fixture)| matches!(fixture.subject, Subject::Control { .. }))
                        .map(|(name, _)| name.as_str());
                    let help = match did_you_mean(name, names) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "write its path below the folder of fixtures, with `/`".to_owned(),
                    };
                    Diagnostic::error(
                        Code::REFERENCE_UNKNOWN_FIXTURE,
                        format!("there is no fixture `{name}`"),
                    )
                    .help(help)
                }
            };
            problems.push(problem.at(control.place.clone()));
        }
    }

    /// A recording that nobody judges is an error: whatever it proved, a shortened
    /// expectation would not be told from a green one.
    fn fixtures(&self, by_guid: &HashMap<AtomicGuid, &Atomic>, problems: &mut Vec<Diagnostic>) {
        let expectations: HashMap<AtomicGuid, &Expectation> = self
            .expectations
            .items
            .iter()
            .map(|expectation| (expectation.atomic, expectation.as_ref()))
            .collect();
        let is_whole = self.expectations.wholeness == Wholeness::Whole;
        let read: BTreeSet<_> = self
            .expectations
            .items
            .iter()
            .flat_map(|expectation| &expectation.controls)
            .map(|control| control.fixture.as_str())
            .collect();
        for fixture in self.fixtures.items.values() {
            match &fixture.subject {
                Subject::Control { .. } if is_whole && !read.contains(fixture.name.as_str()) => {
                    problems.push(
                        Diagnostic::error(
                            Code::REFERENCE_UNREAD_FIXTURE,
                            format!("no expectation has the control `{}`", fixture.name),
                        )
                        .at(fixture.place.clone())
                        .help("add it to the `controls` of the tests that it is the twin of"),
                    );
                }
                Subject::Control { .. } => {}
                Subject::Atomic { guid, arguments } => {
                    let Some(atomic) = by_guid.get(guid) else {
                        if self.atomics.wholeness == Wholeness::Whole {
                            problems.push(unknown_atomic(*guid, by_guid).at(fixture.place.clone()));
                        }
                        continue;
                    };
                    problems.extend(wrong_platform(fixture, atomic));
                    problems.extend(unknown_arguments(fixture, atomic, arguments));
                    match expectations.get(guid) {
                        Some(expectation) => {
                            problems.extend(unused_conditions(fixture, expectation));
                            problems.extend(unfilled(fixture, atomic, arguments, expectation));
                        }
                        None if is_whole => problems.push(
                            Diagnostic::error(
                                Code::REFERENCE_NO_EXPECTATION,
                                "nothing is expected of the atomic of this recording",
                            )
                            .at(fixture.place.clone())
                            .help(format!(
                                "write an expectation of {guid} in `{}.yaml`",
                                atomic.technique
                            )),
                        ),
                        None => {}
                    }
                }
            }
        }
    }

    fn detections(&self, problems: &mut Vec<Diagnostic>) {
        let expected: BTreeSet<_> = self
            .expectations
            .items
            .iter()
            .flat_map(|expectation| &expectation.detections)
            .map(|detection| detection.rule.as_str())
            .collect();
        let is_whole = self.expectations.wholeness == Wholeness::Whole;
        for detection in &self.detections.items {
            let id = detection.id.as_str();
            if is_whole && detection.role == Role::Alone && !expected.contains(id) {
                problems.push(
                    Diagnostic::warning(
                        Code::REFERENCE_UNEXPECTED_DETECTION,
                        format!(
                            "no test expects the detection `{}` to fire",
                            detection.title
                        ),
                    )
                    .at(place_of(detection.source, id))
                    .help("add it to the `detections` of a test that it must fire on"),
                );
            }
        }
        problems.extend(techniques::of_tags(&self.detections.items, self.attack));
    }

    fn techniques_of_atomics(&self, problems: &mut Vec<Diagnostic>) {
        let mut told = BTreeSet::new();
        for atomic in self.atomics.items {
            if !told.insert((&atomic.place.file, &atomic.technique)) {
                continue;
            }
            let Some(problem) = techniques::problem(&atomic.technique, self.attack) else {
                continue;
            };
            let place = match &atomic.place.at {
                crate::diagnostic::At::Span { source, .. } => {
                    place_of(source, atomic.technique.as_str())
                }
                _ => Place::file(&atomic.place.file),
            };
            problems.push(problem.at(place));
        }
    }
}

fn is_recording_of(fixture: &Fixture, atomic: AtomicGuid) -> bool {
    matches!(&fixture.subject, Subject::Atomic { guid, .. } if *guid == atomic)
}

fn other_technique(expectation: &Expectation, atomic: &Atomic) -> Diagnostic {
    Diagnostic::error(
        Code::EXPECTATION_WRONG_FILE,
        format!(
            "the atomic `{}` is one of {}, and its expectation stands with those of {}",
            atomic.name, atomic.technique, expectation.technique
        ),
    )
    .at(expectation.place.clone())
    .help(format!("move it to `{}.yaml`", atomic.technique))
}

fn unknown_atomic(guid: AtomicGuid, known: &HashMap<AtomicGuid, &Atomic>) -> Diagnostic {
    let names: BTreeMap<String, &Atomic> = known
        .iter()
        .map(|(guid, atomic)| (guid.to_string(), *atomic))
        .collect();
    let meant = did_you_mean(&guid.to_string(), names.keys().map(String::as_str));
    let help = match meant.and_then(|meant| Some((meant, names.get(meant)?))) {
        Some((meant, atomic)) => format!("did you mean {meant}, `{}`?", atomic.name),
        None => "correct the GUID, or load the atomic".to_owned(),
    };
    Diagnostic::error(
        Code::REFERENCE_UNKNOWN_ATOMIC,
        format!("there is no atomic {guid}"),
    )
    .help(help)
}

/// The arguments that signals ask for and the atomic does not have.
fn arguments(expectation: &Expectation, atomic: &Atomic, problems: &mut Vec<Diagnostic>) {
    for placeholder in placeholders(expectation) {
        let Placeholder::Argument { name, place } = placeholder else {
            continue;
        };
        if atomic.arguments.contains_key(&name) {
            continue;
        }
        let names = atomic.arguments.keys().map(String::as_str);
        let help = match (did_you_mean(&name, names), name.split_once('.')) {
            (Some(meant), _) => format!("did you mean `#{{{meant}}}`?"),
            (None, Some(_)) => "what the manifest knows of the host is `#{host.KEY}`".to_owned(),
            (None, None) => match atomic.arguments.len() {
                0 => "the atomic has no arguments; write the value".to_owned(),
                _ => {
                    let names: Vec<_> = atomic.arguments.keys().map(String::as_str).collect();
                    format!("the atomic has: {}", names.join(", "))
                }
            },
        };
        problems.push(
            Diagnostic::error(
                Code::EXPECTATION_UNKNOWN_ARGUMENT,
                format!("the atomic has no argument `{name}`"),
            )
            .at(place)
            .help(help),
        );
    }
}

/// Says that a recording was made on a platform that its atomic is not for.
fn wrong_platform(fixture: &Fixture, atomic: &Atomic) -> Option<Diagnostic> {
    let made_on = &fixture.host.platform;
    let made = Platform::parse(made_on)?;
    let platforms = atomic.platforms.iter();
    if platforms.clone().any(|platform| platform.is_of(made)) {
        return None;
    }
    let names: Vec<_> = platforms.map(|known| known.as_str()).collect();
    Some(
        Diagnostic::error(
            Code::REFERENCE_WRONG_PLATFORM,
            format!(
                "the recording was made on {made_on}, and its atomic is for {}",
                names.join(", ")
            ),
        )
        .at(place_in(&fixture.place, "platform:"))
        .help("correct the `platform` of the `host`, or the `atomic`"),
    )
}

/// The arguments of a recording that its atomic does not have.
fn unknown_arguments(
    fixture: &Fixture,
    atomic: &Atomic,
    arguments: &BTreeMap<String, String>,
) -> Vec<Diagnostic> {
    let unknown = arguments
        .keys()
        .filter(|name| !atomic.arguments.contains_key(*name));
    unknown
        .map(|name| {
            let names = atomic.arguments.keys().map(String::as_str);
            let help = match did_you_mean(name, names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "remove it".to_owned(),
            };
            Diagnostic::error(
                Code::REFERENCE_UNKNOWN_ARGUMENT,
                format!("the atomic has no argument `{name}`"),
            )
            .at(place_in(&fixture.place, &format!("{name}:")))
            .help(help)
        })
        .collect()
}

/// What signals ask for and neither the recording nor its atomic has a value for.
fn unfilled(
    fixture: &Fixture,
    atomic: &Atomic,
    arguments: &BTreeMap<String, String>,
    expectation: &Expectation,
) -> Vec<Diagnostic> {
    let mut missing = BTreeSet::new();
    for placeholder in placeholders(expectation) {
        match placeholder {
            Placeholder::Host { key, .. } if !fixture.host.facts.contains_key(&key) => {
                missing.insert((
                    format!("the signals use `#{{host.{key}}}`, which the recording does not have"),
                    format!("add `{key}` to `host`"),
                ));
            }
            Placeholder::Argument { name, .. } => {
                let has_default = atomic
                    .arguments
                    .get(&name)
                    // An argument that is not there at all is told of elsewhere.
                    .is_none_or(|argument| argument.default.is_some());
                if !has_default && !arguments.contains_key(&name) {
                    missing.insert((
                        format!(
                            "the signals use `#{{{name}}}`, which has no default and is not given"
                        ),
                        format!("add `{name}` to `arguments`"),
                    ));
                }
            }
            Placeholder::Host { .. } => {}
        }
    }
    let told = missing.into_iter().map(|(message, help)| {
        Diagnostic::error(Code::REFERENCE_UNKNOWN_ARGUMENT, message)
            .at(fixture.place.clone())
            .help(help)
    });
    told.collect()
}

/// The conditions that held and that no signal asks for. One that is nearly one which
/// a signal asks for is an error: that signal would not be due, and nobody would know.
fn unused_conditions(fixture: &Fixture, expectation: &Expectation) -> Vec<Diagnostic> {
    let asked: BTreeSet<_> = expectation
        .signals
        .iter()
        .filter_map(|signal| Some(signal.condition.as_ref()?.given.as_str()))
        .collect();
    let unused = fixture
        .given
        .iter()
        .filter(|name| !asked.contains(name.as_str()));
    // The profile of a modelled host says what many tests ask for.
    let is_modelled = fixture.evidence == Evidence::Simulated;
    unused
        .map(|name| {
            let unmet = asked
                .iter()
                .copied()
                .filter(|asked| !fixture.given.iter().any(|given| given == asked));
            let message = format!("no signal depends on the condition `{name}`");
            let code = Code::REFERENCE_UNUSED_CONDITION;
            match did_you_mean(name, unmet) {
                Some(meant) => {
                    Diagnostic::error(code, message).help(format!("did you mean `{meant}`?"))
                }
                None => Diagnostic::warning(code, message)
                    .help("remove it, or write `when` for the signals that depend on it"),
            }
            .at(place_in(&fixture.place, name))
        })
        .filter(|problem| !is_modelled || problem.severity == Severity::Error)
        .collect()
}

/// The signals that nothing uses.
fn unused_signals(expectation: &Expectation) -> Vec<Diagnostic> {
    // Without a detection, the signals themselves are what is proven.
    if expectation.detections.is_empty() {
        return Vec::new();
    }
    let is_default = expectation
        .detections
        .iter()
        .any(|detection| detection.fires_on.is_none());
    let fires_on = expectation
        .detections
        .iter()
        .flat_map(|detection| detection.fires_on.iter().flatten());
    let judged_by = expectation.claims.iter().flat_map(|claim| &claim.judged_by);
    let signals = || expectation.signals.iter();
    let same = signals().flat_map(|signal| signal.same.iter().map(|same| &same.signal));
    let after = signals().filter_map(|signal| signal.after.as_ref().map(|after| &after.signal));
    let used: BTreeSet<_> = fires_on.chain(judged_by).chain(same).chain(after).collect();
    let is_used = |signal: &Signal| {
        used.contains(&signal.id)
            || (is_default && signal.is_required())
            // That nothing happened is worth knowing by itself.
            || signal.presence == Presence::Absent
    };
    let unused: Vec<_> = signals().filter(|signal| !is_used(signal)).collect();
    let names: Vec<_> = unused
        .iter()
        .map(|signal| format!("`{}`", signal.id))
        .collect();
    let message = match names.as_slice() {
        [] => return Vec::new(),
        [name] => format!("no detection fires on the signal {name}, and nothing else uses it"),
        _ => format!(
            "no detection fires on these {} signals of the test, and nothing else uses them: {}",
            names.len(),
            names.join(", ")
        ),
    };
    vec![
        Diagnostic::note(Code::REFERENCE_UNUSED_SIGNAL, message)
            .at(unused[0].place.clone())
            .help("name what a detection should fire on in its `fires_on`, or leave it as a check of the telemetry"),
    ]
}

/// The place of a text in the file of another place, behind that.
fn place_in(place: &Place, text: &str) -> Place {
    match &place.at {
        crate::diagnostic::At::Span { source, bytes } => {
            let behind = source.text.get(bytes.end..).unwrap_or_default();
            let found = behind.match_indices(text).find(|(start, _)| {
                let before = behind[..*start].chars().next_back();
                before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
            });
            match found {
                Some((start, _)) => {
                    let start = bytes.end + start;
                    let length = text.trim_end_matches(':').len();
                    Place::span(source, start..start + length)
                }
                None => place.clone(),
            }
        }
        _ => place.clone(),
    }
}

/// The place of a text in a file.
fn place_of(source: &Arc<SourceText>, text: &str) -> Place {
    match source.text.find(text) {
        Some(start) => Place::span(source, start..start + text.len()),
        None => Place::file(&source.file),
    }
}
