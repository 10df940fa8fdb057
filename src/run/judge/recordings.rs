//! Recordings, searched.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::foreign;
use super::kept::Kept;
use super::signals::Signals;
use crate::content::LogInput;
use crate::content::fixture::{Fixture, FixtureFile};
use crate::detect::{Engine, Explanation, Firing, Held, JointEngine, ProgramId, SearchTime};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::catalogue::{Catalogue, Source, SourceId};
use crate::event::{Batch, Event, EventId, Names, Origin, OwnedEvent};
use crate::log::ReadOptions;
use crate::recording::Closure;
use crate::run::event::{Interrupt, Silent};
use crate::run::explain::visit_batches;
use crate::run::repeated::Repeated;
use crate::run::search::{Correlate, FileOutcome, SearchRequest, search_with};
use crate::verdict::{EventRef, SourceFacts, SourceState};

/// Of a recording that is judged, so many bytes are kept decoded at most; larger ones
/// are read again for each question about them.
const MOST_KEPT: u64 = 64 << 20;

/// A benign recording that is searched by the first who asks for it.
type SearchedOnce = Arc<OnceLock<Option<Arc<Searched>>>>;

/// Searches recordings, each benign one only once.
pub(super) struct Recordings<'r> {
    engine: &'r JointEngine,
    options: ReadOptions,
    threads: NonZero<usize>,
    interrupt: Interrupt,
    controls: Mutex<HashMap<String, SearchedOnce>>,
    problems: Mutex<Vec<Diagnostic>>,
    records: AtomicU64,
}

/// A recording that was searched.
#[derive(Debug)]
pub(super) struct Searched {
    fixture: Fixture,
    inputs: Vec<LogInput>,
    files: Vec<FileOutcome>,
    /// Why a file cannot be trusted, by its place.
    damage: Vec<Option<String>>,
    /// Why nothing of the recording can be trusted, if that is so.
    whole_damage: Option<String>,
    /// Why none of its events is of the host that its manifest names, if that is so.
    pub(super) other_host: Option<String>,
    /// The firings of the detections.
    pub(super) firings: Vec<Firing>,
    /// The firings of the signals.
    pub(super) signals: Vec<Firing>,
    /// The detections that could not be searched to the end, and why.
    limits: BTreeMap<ProgramId, String>,
    /// What was held back for detections that look at several events, by the program
    /// that it is held for.
    held: HashMap<ProgramId, Vec<Held>>,
    kept: Kept,
    /// How many records inside the window programs of one reach look at, where that
    /// had to be counted.
    reached: Mutex<HashMap<Vec<usize>, u64>>,
}

impl<'r> Recordings<'r> {
    pub(super) fn new(
        engine: &'r JointEngine,
        names: Arc<Names>,
        threads: usize,
        interrupt: Interrupt,
    ) -> Self {
        Self {
            engine,
            options: ReadOptions {
                names,
                declared: None,
            },
            threads: NonZero::new(threads).unwrap_or(NonZero::<usize>::MIN),
            interrupt,
            controls: Mutex::default(),
            problems: Mutex::default(),
            records: AtomicU64::new(0),
        }
    }

    /// The table of names that everything is compiled with.
    pub(super) fn names(&self) -> &Arc<Names> {
        &self.options.names
    }

    /// What was wrong with the recordings so far.
    pub(super) fn problems(&self) -> Vec<Diagnostic> {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *problems)
    }

    /// How many records were read.
    pub(super) fn record_count(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Searches a benign recording, or remembers that it did; `None` if the run is
    /// to end.
    pub(super) fn control(&self, fixture: &Fixture) -> Option<Arc<Searched>> {
        let cell = {
            let mut controls = self.controls.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(controls.entry(fixture.name.clone()).or_default())
        };
        let search = || {
            let mut searched = self.search(fixture, None)?;
            // It stays for the whole run, and none of its firings is due to a signal.
            searched.held.clear();
            searched.kept = Kept::up_to(0);
            Some(Arc::new(searched))
        };
        cell.get_or_init(search).clone()
    }

    /// Searches a recording with the detections and with signals; `None` if the run
    /// is to end.
    pub(super) fn search(&self, fixture: &Fixture, signals: Option<&Signals>) -> Option<Searched> {
        let inputs: Vec<_> = fixture
            .files
            .iter()
            .map(|file| file.input.clone())
            .collect();
        let request = SearchRequest {
            inputs: &inputs,
            options: self.options.clone(),
            correlate: Correlate::Together,
            window: Some(fixture.window),
            threads: Some(self.threads),
            interrupt: self.interrupt.clone(),
        };
        let mut engines: Vec<&dyn Engine> = vec![self.engine];
        engines.extend(signals.map(|signals| &signals.engine as &dyn Engine));
        let (mut outcome, mut found) = search_with(&request, &engines, &Silent);
        if outcome.interrupted {
            return None;
        }
        self.records
            .fetch_add(outcome.record_count(), Ordering::Relaxed);
        let mut problems = std::mem::take(&mut outcome.problems);
        forgive_emptiness(fixture, &mut outcome.files, &mut problems);
        let damage = (fixture.files.iter().zip(&outcome.files))
            .map(|(file, outcome)| damage_of(fixture, file, outcome, &inputs, &mut problems))
            .collect();
        let strange = foreign::damage(fixture, &outcome.files, &mut problems);
        let whole_damage = fixture.damage.clone().or_else(|| strange.clone());
        self.problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(problems);
        let signals = match engines.len() {
            1 => Vec::new(),
            _ => found.pop().unwrap_or_default().firings,
        };
        let found = found.pop().unwrap_or_default();
        let mut held: HashMap<ProgramId, Vec<Held>> = HashMap::new();
        for one in found.held {
            held.entry(one.program).or_default().push(one);
        }
        Some(Searched {
            fixture: fixture.clone(),
            inputs,
            files: outcome.files,
            damage,
            whole_damage,
            other_host: strange,
            firings: found.firings,
            limits: found.limits,
            signals,
            held,
            kept: Kept::up_to(MOST_KEPT),
            reached: Mutex::default(),
        })
    }

    /// What the detections find in other bytes of the logs of a recording, record for
    /// record; `None` if they cannot be searched as the recording was.
    pub(super) fn firings_in(
        &self,
        searched: &Searched,
        inputs: &[LogInput],
    ) -> Option<Vec<Firing>> {
        let request = SearchRequest {
            inputs,
            options: self.options.clone(),
            correlate: Correlate::Together,
            window: Some(searched.fixture.window),
            threads: Some(self.threads),
            interrupt: self.interrupt.clone(),
        };
        let (outcome, mut found) = search_with(&request, &[self.engine], &Silent);
        let counts = |files: &[FileOutcome]| -> Vec<u64> {
            files.iter().map(FileOutcome::record_count).collect()
        };
        let is_alike = !outcome.interrupted && counts(&outcome.files) == counts(&searched.files);
        let found = found.pop().filter(|_| is_alike)?;
        Some(found.firings)
    }

    /// How many records inside the window a detection looks at.
    pub(super) fn looked_at(&self, program: ProgramId, searched: &Searched) -> u64 {
        let counted = searched.files.iter().flat_map(|file| &file.inside);
        let own =
            counted.filter(|(origin, count)| **count > 0 && self.engine.looks_at(program, origin));
        let own: Vec<_> = own.collect();
        if !own
            .iter()
            .any(|(origin, _)| self.engine.chooses(program, origin))
        {
            return own.into_iter().map(|(_, count)| count).sum();
        }
        let reach = self.engine.reach_of(program);
        let known = |reached: &HashMap<Vec<usize>, u64>| reached.get(&reach).copied();
        let reached = &searched.reached;
        if let Some(count) = known(&reached.lock().unwrap_or_else(PoisonError::into_inner)) {
            return count;
        }
        let mut count = 0;
        self.visit(searched, &mut |event| {
            let is_own =
                searched.fixture.window.holds(event.time()) && self.engine.reaches(program, event);
            count += u64::from(is_own);
        });
        let mut reached = reached.lock().unwrap_or_else(PoisonError::into_inner);
        reached.insert(reach, count);
        count
    }

    /// The log source of the first part of a detection that it cannot do without and
    /// that no record inside the window is for, if it has several.
    pub(super) fn unseen(&self, program: ProgramId, searched: &Searched) -> Option<String> {
        let needed = self.engine.needed(program).into_iter();
        let mut unseen = needed
            .filter(|part| *part != program && self.looked_at(*part, searched) == 0)
            .filter_map(|part| self.engine.programs().get(part.0 as usize))
            .map(|part| part.log_source.clone());
        let partners = self.engine.partners(program).into_iter();
        let mut alone = partners.filter(|partner| {
            let mut counted = searched.files.iter().flat_map(|file| &file.inside);
            !counted
                .any(|(origin, count)| *count > 0 && self.engine.partner_looks_at(partner, origin))
        });
        unseen
            .next()
            .or_else(|| alone.next().map(|partner| partner.log_source))
    }

    /// Explains a detection or signal on the events that `keep` accepts.
    pub(super) fn explain(
        &self,
        engine: &dyn Engine,
        program: ProgramId,
        searched: &Searched,
        keep: &dyn Fn(Event<'_>) -> bool,
    ) -> Explanation {
        let now = SearchTime(searched.fixture.window.end);
        engine.explain(program, Some(now), &mut |visit| {
            self.visit(searched, &mut |event| {
                if keep(event) {
                    visit(event);
                }
            });
        })
    }

    /// Visits every event of a recording.
    pub(super) fn visit(&self, searched: &Searched, visit: &mut dyn FnMut(Event<'_>)) {
        let mut read = |visit: &mut dyn FnMut(Batch, u64)| {
            // Its problems were told when it was searched.
            let mut told = Vec::new();
            visit_batches(
                &searched.inputs,
                &self.options,
                &self.interrupt,
                &mut told,
                visit,
            );
        };
        searched.kept.visit(&mut read, visit);
    }

    /// The event that came closest to a detection or signal, copied out.
    pub(super) fn nearest(
        &self,
        searched: &Searched,
        explanation: &Explanation,
    ) -> Option<OwnedEvent> {
        let wanted = explanation.nearest.as_ref()?.event;
        let mut found = None;
        self.visit(searched, &mut |event| {
            if event.id() == wanted {
                found.get_or_insert_with(|| OwnedEvent::from(event));
            }
        });
        found
    }

    /// The firings of a detection of several events on those that `keep` accepts;
    /// `None` if it could not be searched to the end.
    pub(super) fn again(
        &self,
        program: ProgramId,
        searched: &Searched,
        keep: impl Fn(EventId) -> bool,
    ) -> Option<Vec<Firing>> {
        let bases = self.engine.held_for(program);
        let held = bases.iter().filter_map(|base| searched.held.get(base));
        let held = held.flatten().filter(|held| keep(held.event)).cloned();
        let now = SearchTime(searched.fixture.window.end);
        self.engine.conclude_one(program, held.collect(), now)
    }
}

impl Searched {
    /// Why a detection could not be searched to the end, if that is so.
    pub(super) fn limit(&self, program: ProgramId) -> Option<&str> {
        self.limits.get(&program).map(String::as_str)
    }

    /// How many records the recording holds.
    pub(super) fn record_count(&self) -> u64 {
        self.files.iter().map(FileOutcome::record_count).sum()
    }

    /// What became of a log.
    pub(super) fn source(&self, source: &SourceId) -> SourceFacts {
        let files = self.fixture.files.iter().zip(&self.damage);
        let own: Vec<_> = files
            .filter(|(file, _)| file.sources.contains(source))
            .collect();
        let lost = self.fixture.lost.iter();
        let mut lost = lost.filter(|lost| lost.sources.contains(source));
        let is_collected = !own.is_empty() || self.fixture.looked_at.contains(source);
        let damage = lost
            .next()
            .map(|lost| lost.why.clone())
            .or_else(|| own.iter().find_map(|(_, damage)| (*damage).clone()))
            .or_else(|| self.whole_damage.clone().filter(|_| is_collected));
        let state = if let Some(damage) = damage {
            SourceState::Damaged(damage)
        } else if let Some((first, rest)) = own.split_first() {
            let is_open = std::iter::once(first)
                .chain(rest)
                .any(|(file, _)| file.closure == Closure::Open);
            SourceState::Read(if is_open {
                Closure::Open
            } else {
                Closure::Closed
            })
        } else if self.fixture.looked_at.contains(source) {
            SourceState::Read(self.fixture.window.closure)
        } else {
            SourceState::NotLookedAt
        };
        let why_open = match state {
            SourceState::Read(Closure::Open) => self.fixture.why_open.clone(),
            _ => Vec::new(),
        };
        SourceFacts {
            name: source.to_string(),
            state,
            why_open,
        }
    }

    /// Why nothing can be known of what is not there, as a fragment of a sentence: no log
    /// was looked at, one of them not to its end, or there is nothing in them. `None` if
    /// that is not so.
    pub(super) fn unseen(&self) -> Option<String> {
        let sources = self.sources_that(|_| true);
        if sources.is_empty() {
            let why = match self.fixture.why_open.as_slice() {
                [] => String::new(),
                why => format!(": {}", why.join("; ")),
            };
            return Some(format!("no log was looked at{why}"));
        }
        sources.iter().find_map(SourceFacts::doubt).or_else(|| {
            let is_empty = !self.holds_anything();
            is_empty.then(|| "the recording holds no record inside its window".to_owned())
        })
    }

    /// Whether an event of that time lies inside the window.
    pub(super) fn holds(&self, time: Option<jiff::Timestamp>) -> bool {
        self.fixture.window.holds(time)
    }

    /// The logs of the recording that a detection looks at, and the log sources that
    /// it cannot do without and that nobody looked at.
    pub(super) fn needed_sources(
        &self,
        engine: &dyn Engine,
        program: ProgramId,
    ) -> Vec<SourceFacts> {
        let needed = engine.needed(program).into_iter();
        let mut unseen: Vec<_> = needed
            .filter(|part| *part != program && self.sources_of(engine, *part).is_empty())
            .filter_map(|part| engine.programs().get(part.0 as usize))
            .map(|part| SourceFacts {
                name: part.log_source.clone(),
                state: SourceState::NotLookedAt,
                why_open: Vec::new(),
            })
            .collect();
        for partner in engine.partners(program) {
            let own = self.sources_that(|source| engine.partner_covers(&partner, source));
            if own.is_empty() {
                unseen.push(SourceFacts {
                    name: partner.log_source,
                    state: SourceState::NotLookedAt,
                    why_open: Vec::new(),
                });
            }
        }
        unseen.dedup();
        let mut sources = self.sources_of(engine, program);
        sources.append(&mut unseen);
        sources
    }

    /// The logs of the recording that a detection looks at.
    pub(super) fn sources_of(&self, engine: &dyn Engine, program: ProgramId) -> Vec<SourceFacts> {
        self.sources_that(|source| engine.covers(program, source))
    }

    /// The logs of the recording that pass a test.
    fn sources_that(&self, is_own: impl Fn(&Source) -> bool) -> Vec<SourceFacts> {
        let named = self.fixture.files.iter().flat_map(|file| &file.sources);
        let lost = self.fixture.lost.iter().flat_map(|file| &file.sources);
        let named: BTreeSet<_> = named.chain(lost).chain(&self.fixture.looked_at).collect();
        let known =
            |id: &SourceId| -> Option<&'static Source> { Catalogue::bundled().source(id.as_str()) };
        named
            .into_iter()
            .filter(|id| known(id).is_some_and(&is_own))
            .map(|id| self.source(id))
            .collect()
    }

    /// Whether any record lies inside the window.
    pub(super) fn holds_anything(&self) -> bool {
        let counted = self.files.iter().flat_map(|file| file.inside.values());
        counted.copied().any(|count| count > 0)
    }

    /// An event as reports name it.
    pub(super) fn event_ref(&self, event: EventId) -> Option<EventRef> {
        let input = self.inputs.get(event.file.0 as usize)?;
        Some(EventRef {
            file: input.path.clone(),
            record: event.record,
        })
    }

    /// Events as reports name them, in order, each once.
    pub(super) fn event_refs(&self, events: impl IntoIterator<Item = EventId>) -> Vec<EventRef> {
        let mut refs: Vec<_> = events
            .into_iter()
            .filter_map(|event| self.event_ref(event))
            .collect();
        refs.sort();
        refs.dedup();
        refs
    }

    pub(super) fn paths(&self) -> Vec<std::path::PathBuf> {
        self.inputs.iter().map(|input| input.path.clone()).collect()
    }
}

/// A log that is said to hold nothing, and does, is no damaged log.
fn forgive_emptiness(fixture: &Fixture, files: &mut [FileOutcome], problems: &mut Vec<Diagnostic>) {
    for (file, outcome) in fixture.files.iter().zip(files) {
        let is_about = |problem: &Diagnostic| {
            let place = problem.place.as_ref();
            place.is_some_and(|place| place.file == file.input.path)
        };
        let mut own = problems.iter().filter(|problem| is_about(problem));
        let is_only_empty = matches!(
            (own.next(), own.next()),
            (Some(problem), None) if problem.code == Code::LOG_EMPTY
        );
        if file.records == 0 && outcome.opened && outcome.record_count() == 0 && is_only_empty {
            outcome.problems = 0;
            problems.retain(|problem| !is_about(problem));
        }
    }
}

/// Why a log cannot be trusted; new reasons become problems.
fn damage_of(
    fixture: &Fixture,
    file: &FixtureFile,
    outcome: &FileOutcome,
    inputs: &[LogInput],
    problems: &mut Vec<Diagnostic>,
) -> Option<String> {
    if let Some(damage) = &fixture.damage {
        return Some(damage.clone());
    }
    let name = file.input.path.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    if !outcome.opened || outcome.problems > 0 {
        return Some(format!("`{name}` is damaged"));
    }
    let found = outcome.record_count();
    if found != file.records {
        problems.push(
            Diagnostic::error(
                Code::FIXTURE_RECORD_COUNT,
                format!(
                    "the manifest says that `{name}` holds {}, and it holds {found}",
                    records(file.records)
                ),
            )
            .at(fixture.place.clone())
            .help("restore the log, or correct `records` and `sha256`"),
        );
        return Some(format!(
            "`{name}` does not hold as many records as its manifest says"
        ));
    }
    if let Some(repeated) = outcome.repeated {
        problems.push(repetition(&name, repeated, inputs).at(fixture.place.clone()));
        return Some(format!("records of `{name}` cannot be told from others"));
    }
    let faults = other_sources(&name, file, &outcome.records);
    let are_other = !faults.is_empty();
    problems.extend(
        faults
            .into_iter()
            .map(|fault| fault.at(fixture.place.clone())),
    );
    are_other.then(|| format!("`{name}` does not hold what its manifest says"))
}

/// Says that an event may be taken for another, or counted twice.
fn repetition(name: &str, repeated: Repeated, inputs: &[LogInput]) -> Diagnostic {
    let (message, help) = match repeated {
        Repeated::Number(number) => (
            format!("two records of `{name}` have the number {number}"),
            "export the log anew, or number its records with `misfire convert`",
        ),
        Repeated::Event {
            record,
            input,
            first,
        } => {
            let other = inputs.get(input).and_then(|input| input.path.file_name());
            let other = other.unwrap_or_default().to_string_lossy();
            (
                format!(
                    "record {record} of `{name}` is the same event as record {first} of `{other}`"
                ),
                "an event happens once: leave out the copy",
            )
        }
    };
    Diagnostic::error(Code::FIXTURE_REPEATED_RECORD, message).help(help)
}

fn records(count: u64) -> String {
    match count {
        1 => "1 record".to_owned(),
        _ => format!("{count} records"),
    }
}

/// Where a log is not of the sources that its manifest says.
fn other_sources(
    name: &str,
    file: &FixtureFile,
    records: &BTreeMap<Origin, u64>,
) -> Vec<Diagnostic> {
    let held: BTreeSet<_> = records
        .keys()
        .filter_map(|origin| Catalogue::bundled().source_of(origin.borrowed()))
        .map(|source| &source.id)
        .collect();
    let fault = |message| Diagnostic::error(Code::FIXTURE_OTHER_SOURCE, message);
    let others = held.iter().filter(|source| !file.sources.contains(source));
    let others = others.map(|other| {
        fault(format!(
            "`{name}` holds records of `{other}`, which the manifest does not name"
        ))
        .help("add it to the `source` of the file, if all of it was collected")
    });
    let lacking = file.sources.iter().filter(|source| !held.contains(source));
    let lacking = lacking.map(|source| {
        fault(format!(
            "`{name}` holds no record of `{source}`, which the manifest names"
        ))
        .help("name it in `looked_at` instead, if it was collected and held nothing")
    });
    // A log that is said to hold nothing has no source to be compared.
    let lacking = lacking.filter(|_| file.records > 0);
    others.chain(lacking).collect()
}
