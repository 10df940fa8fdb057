//! Everything that is to be proven and with what, from wherever it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::BenignList;
use super::atomic::{AtomicGuid, LoadedAtomics, load_atomics};
use super::attack::AttackTable;
use super::bounded::bounded;
use super::bundled::{bundled_atomics, bundled_detections, bundled_expectations, bundled_fixtures};
use super::config::{CONFIG_NAME, Config, Folders, Profile, find_config, load_config};
use super::detections::{LoadedDetections, load_detections_with, read_as_meant};
use super::expectation::{Expectation, LoadedExpectations, load_expectations};
use super::fixture::{Fixture, LoadedFixtures, Subject, load_fixtures};
use super::plan::{Plan, PlannedControl, PlannedTest, Unrecorded};
use super::query_settings::QuerySettings;
use super::references::{Kind, Owner, References, Wholeness};
use crate::detect::{DetectionId, Reading};
use crate::diagnostic::{Code, Diagnostic, Severity, has_error};

/// What is to be loaded.
#[derive(Debug, Clone, Default)]
pub struct ContentRequest {
    /// The folders that were asked for; the other kinds of content are those of
    /// the project, or the bundled ones where there is no project.
    pub folders: Folders,
    /// Where the project is.
    pub start: Start,
    /// The profile that was asked for.
    pub profile: Option<String>,
    /// What Splunk searches refer to, over what the project says.
    pub queries: QuerySettings,
}

/// Where a project is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// In this folder or above it, if there is a `misfire.toml`.
    At(PathBuf),
    /// In this folder, with or without a `misfire.toml`.
    Folder(PathBuf),
}

impl Default for Start {
    fn default() -> Self {
        Self::At(PathBuf::new())
    }
}

impl Start {
    /// The folder, as paths below it are written.
    fn place(&self) -> PathBuf {
        let (Self::At(folder) | Self::Folder(folder)) = self;
        folder.clone()
    }

    fn folder(&self) -> &Path {
        match self {
            Self::At(folder) if folder.as_os_str().is_empty() => Path::new("."),
            Self::At(folder) | Self::Folder(folder) => folder,
        }
    }
}

/// Where a kind of content is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Someone asked for it.
    Given,
    /// From the project's folders.
    Project,
    /// It is part of the program.
    Bundled,
}

/// How much was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadedCounts {
    /// Atomics.
    pub atomics: usize,
    /// Expectations.
    pub expectations: usize,
    /// Detections, and filters of detections.
    pub detections: usize,
    /// Fixtures.
    pub fixtures: usize,
}

/// Everything that is loaded.
#[derive(Debug, Default)]
pub struct Content {
    /// The project's configuration, if there is one.
    pub config: Option<Config>,
    /// The folder that is taken for a project without a configuration, if it is.
    laid_out: Option<PathBuf>,
    /// The profile that was asked for; an empty one if none was.
    pub profile: Profile,
    /// The project's list of hits that are known to be benign, if it has one.
    pub benign: Option<BenignList>,
    /// The atomics. Their problems are with the other problems.
    pub atomics: LoadedAtomics,
    /// The expectations. Their problems are with the other problems.
    pub expectations: LoadedExpectations,
    /// The detections. Their problems are with the other problems.
    pub detections: LoadedDetections,
    /// The fixtures. Their problems are with the other problems.
    pub fixtures: LoadedFixtures,
    /// The folders that the content is from; none where it is bundled.
    pub folders: Folders,
    /// What is judged against what.
    pub plan: Plan,
    /// Everything that is wrong with the content.
    pub problems: Vec<Diagnostic>,
}

/// Where each kind of content is from.
#[derive(Debug, Clone, Copy)]
struct Origins {
    atomics: Origin,
    expectations: Origin,
    detections: Origin,
    fixtures: Origin,
}

impl std::ops::AddAssign for LoadedCounts {
    fn add_assign(&mut self, other: Self) {
        self.atomics += other.atomics;
        self.expectations += other.expectations;
        self.detections += other.detections;
        self.fixtures += other.fixtures;
    }
}

impl Origins {
    fn all(self) -> [Origin; 4] {
        [
            self.atomics,
            self.expectations,
            self.detections,
            self.fixtures,
        ]
    }

    /// Who mends what is wrong with a kind of content. What is bundled fits to what
    /// is bundled, and need not fit to anything else.
    fn owner(self, of: Origin) -> Owner {
        let is_all_bundled = self.all().iter().all(|origin| *origin == Origin::Bundled);
        if of == Origin::Bundled && !is_all_bundled {
            Owner::Nobody
        } else {
            Owner::User
        }
    }
}

impl Content {
    /// Loads everything, joins it into a plan, and tells of everything that is
    /// wrong with it.
    #[must_use]
    pub fn load(request: &ContentRequest) -> Self {
        let mut content = Self::default();
        let path = match &request.start {
            Start::At(folder) => find_config(folder),
            Start::Folder(folder) => Some(folder.join(CONFIG_NAME)).filter(|path| path.is_file()),
        };
        if let Some(path) = path {
            match load_config(&path) {
                Ok(config) => content.config = Some(config),
                Err(problems) => {
                    content.problems = problems;
                    content.laid_out = path.parent().map(Path::to_owned);
                    return content.looked_over(request);
                }
            }
        }
        if let Some(name) = &request.profile
            && let Err(problem) = content.choose(name)
        {
            content.problems.push(*problem);
            return content.looked_over(request);
        }
        if let Some(config) = &content.config {
            content.problems = config.missing_folders(&request.folders, &content.profile);
            if has_error(&content.problems) {
                return content.looked_over(request);
            }
        } else if request.folders == Folders::default() {
            content.laid_out = laid_out(&request.start.place());
        }
        content.load_benign();
        let origins = content.load_kinds(request);
        content.join(origins, request);
        if content.problems.is_empty() && content.loaded() == LoadedCounts::default() {
            content.problems.push(
                Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no content here")
                    .in_file(request.start.folder())
                    .help("start a project with `misfire init`, or name the folders of content"),
            );
        }
        content.problems = bounded(content.problems);
        content
    }

    /// Tells what is wrong with each file of a project whose configuration is wrong.
    /// What of it belongs together is not known, so nothing of it is left to judge.
    fn looked_over(mut self, request: &ContentRequest) -> Self {
        let mut problems = std::mem::take(&mut self.problems);
        if self.config.is_some() || self.laid_out.is_some() {
            self.load_kinds(request);
            problems.append(&mut self.atomics.problems);
            problems.append(&mut self.expectations.problems);
            problems.append(&mut self.detections.problems);
            problems.append(&mut self.fixtures.problems);
        }
        Self {
            problems: bounded(problems),
            ..Self::default()
        }
    }

    fn choose(&mut self, name: &str) -> Result<(), Box<Diagnostic>> {
        let config = self.config.as_ref().ok_or_else(|| {
            Box::new(
                Diagnostic::error(
                    Code::CONFIG_UNKNOWN_PROFILE,
                    format!("there is no profile `{name}`, since there is no `misfire.toml`"),
                )
                .help("run it in the folder of a project"),
            )
        })?;
        self.profile = config.profile(name)?.clone();
        Ok(())
    }

    fn load_benign(&mut self) {
        let path = self
            .config
            .as_ref()
            .and_then(|config| config.benign.as_ref());
        match path.map(|path| BenignList::load(path)).transpose() {
            Ok(list) => self.benign = list,
            Err(problem) => self.problems.push(*problem),
        }
    }

    fn load_kinds(&mut self, request: &ContentRequest) -> Origins {
        let given = &request.folders.clone().distinct();
        let base = match (&self.config, &request.start) {
            (Some(config), _) => config.source.file.parent(),
            (None, Start::Folder(folder)) => Some(folder.as_path()),
            (None, Start::At(_)) => self.laid_out.as_deref(),
        };
        let of_project = base.map(|base| {
            let named = self.config.as_ref().map(|config| config.folders.clone());
            let chosen = self.profile.folders.clone();
            let said = chosen.or(named.unwrap_or_default());
            said.existing().distinct().or(usual(base))
        });
        let project = of_project.as_ref();
        let (atomics, folders) = choice(
            given.atomics.as_deref(),
            project.map(|folders| folders.atomics.as_deref()),
        );
        self.folders.atomics = (atomics != Origin::Bundled).then(|| folders.to_vec());
        self.atomics = match atomics {
            Origin::Bundled => bundled_atomics(),
            _ => all_atomics(folders),
        };
        let (expectations, folders) = choice(
            given.expectations.as_deref(),
            project.map(|folders| folders.expectations.as_deref()),
        );
        self.folders.expectations = (expectations != Origin::Bundled).then(|| folders.to_vec());
        self.expectations = match expectations {
            Origin::Bundled => bundled_expectations(),
            _ => load_expectations(folders),
        };
        let said = self.config.as_ref().map(|config| config.queries.clone());
        let queries = said.unwrap_or_default().overruled(&request.queries);
        let (detections, folders) = choice(
            given.detections.as_deref(),
            project.map(|folders| folders.detections.as_deref()),
        );
        self.folders.detections = (detections != Origin::Bundled).then(|| folders.to_vec());
        self.detections = match detections {
            Origin::Bundled => bundled_detections(),
            _ if folders.is_empty() => LoadedDetections::default(),
            _ => load_detections_with(folders, &queries),
        };
        if detections != Origin::Bundled {
            let expected = self.expectations.expectations.iter();
            let expected = expected.flat_map(|expectation| &expectation.detections);
            let meant = expected.filter(|expected| expected.reading == Some(Reading::Intent));
            let ids = meant.map(|expected| expected.rule.as_str()).collect();
            read_as_meant(&mut self.detections, folders, &queries, &ids);
        }
        let (fixtures, folders) = choice(
            given.fixtures.as_deref(),
            project.map(|folders| folders.fixtures.as_deref()),
        );
        self.folders.fixtures = (fixtures != Origin::Bundled).then(|| folders.to_vec());
        self.fixtures = match fixtures {
            Origin::Bundled => bundled_fixtures(),
            _ => load_fixtures(folders),
        };
        Origins {
            atomics,
            expectations,
            detections,
            fixtures,
        }
    }

    fn join(&mut self, origins: Origins, request: &ContentRequest) {
        let wholeness = |problems: &[Diagnostic]| {
            if has_error(problems) {
                Wholeness::Partial
            } else {
                Wholeness::Whole
            }
        };
        let references = References {
            atomics: Kind {
                items: &self.atomics.atomics,
                wholeness: wholeness(&self.atomics.problems),
                owner: origins.owner(origins.atomics),
            },
            expectations: Kind {
                items: &self.expectations.expectations,
                wholeness: wholeness(&self.expectations.problems),
                owner: origins.owner(origins.expectations),
            },
            detections: Kind {
                items: self.detections.listed(),
                wholeness: wholeness(&self.detections.problems),
                // Whoever brings detections along wants to see them judged, not
                // to hear that nobody has thought of them.
                owner: match origins.detections {
                    Origin::Given => Owner::Nobody,
                    origin => origins.owner(origin),
                },
            },
            fixtures: Kind {
                items: &self.fixtures.fixtures,
                wholeness: wholeness_of_fixtures(&self.fixtures),
                owner: origins.owner(origins.fixtures),
            },
            attack: AttackTable::bundled(),
        };
        let found = references.problems();
        self.plan = plan(
            &self.atomics,
            &self.expectations.expectations,
            &self.fixtures,
            wholeness_of_fixtures(&self.fixtures),
            &self.profile,
        );
        self.problems.extend(found);
        self.problems.append(&mut self.atomics.problems);
        self.problems.append(&mut self.expectations.problems);
        self.problems.append(&mut self.detections.problems);
        self.problems.append(&mut self.fixtures.problems);
        self.plan.excuse(&mut self.problems);
        self.problems.extend(self.unread(&request.start));
    }

    /// Says that the content is bundled although there are folders here that look
    /// like a project's.
    fn unread(&self, start: &Start) -> Option<Diagnostic> {
        let here = usual(&start.place());
        let both = here.kinds().into_iter().zip(self.folders.kinds());
        let unread: Vec<_> = both
            .filter(|((_, here), (_, read))| here.is_some() && read.is_none())
            .map(|((kind, _), _)| kind)
            .collect();
        let first = unread.first()?;
        let names: Vec<_> = unread.iter().map(|kind| format!("`{kind}`")).collect();
        Some(
            Diagnostic::warning(
                Code::CONTENT_UNREAD_FOLDER,
                format!(
                    "what is judged is bundled with misfire, and not in {} here",
                    names.join(", ")
                ),
            )
            .in_file(start.folder())
            .help(format!(
                "name the folder, as in `--{first} {first}`, or make this a project with an empty `misfire.toml`"
            )),
        )
    }

    /// How much was loaded.
    #[must_use]
    pub fn loaded(&self) -> LoadedCounts {
        LoadedCounts {
            atomics: self.atomics.atomics.len(),
            expectations: self.expectations.expectations.len(),
            detections: self.detections.len(),
            fixtures: self.fixtures.fixtures.len(),
        }
    }
}

/// Whether every fixture that is there was loaded; damaged ones are.
fn wholeness_of_fixtures(fixtures: &LoadedFixtures) -> Wholeness {
    let is_unreadable = fixtures
        .problems
        .iter()
        .any(|problem| problem.severity == Severity::Error && problem.code.is_about_input());
    if fixtures.refused.is_empty() && !is_unreadable {
        Wholeness::Whole
    } else {
        Wholeness::Partial
    }
}

/// The folder of a project without a configuration: expectations are nobody else's.
pub(crate) fn laid_out(folder: &Path) -> Option<PathBuf> {
    let is_one = folder.join("expectations").is_dir();
    is_one.then(|| folder.to_owned())
}

/// The folders that a project has unless its configuration names others.
fn usual(base: &Path) -> Folders {
    let there = |name: &str| {
        let folder = base.join(name);
        folder.is_dir().then(|| vec![folder])
    };
    Folders {
        atomics: there("atomics"),
        expectations: there("expectations"),
        detections: there("detections"),
        fixtures: there("fixtures"),
    }
}

/// Where a kind of content is from, and its folders.
fn choice<'f>(
    given: Option<&'f [PathBuf]>,
    project: Option<Option<&'f [PathBuf]>>,
) -> (Origin, &'f [PathBuf]) {
    match (given, project) {
        (Some(folders), _) => (Origin::Given, folders),
        (None, Some(folders)) => (Origin::Project, folders.unwrap_or_default()),
        (None, None) => (Origin::Bundled, &[]),
    }
}

fn all_atomics(folders: &[PathBuf]) -> LoadedAtomics {
    let mut all = LoadedAtomics::default();
    for folder in folders {
        let loaded = load_atomics(folder);
        all.atomics.extend(loaded.atomics);
        all.problems.extend(loaded.problems);
        all.files += loaded.files;
    }
    all
}

fn plan(
    atomics: &LoadedAtomics,
    expectations: &[Arc<Expectation>],
    fixtures: &LoadedFixtures,
    wholeness: Wholeness,
    profile: &Profile,
) -> Plan {
    let expectations: HashMap<_, _> = expectations
        .iter()
        .map(|expectation| (expectation.atomic, expectation))
        .collect();
    let mut recordings: HashMap<_, Vec<Arc<Fixture>>> = HashMap::new();
    let mut not_given = HashSet::new();
    for fixture in fixtures.fixtures.values() {
        let held = |condition| fixture.given.contains(condition);
        let Subject::Atomic { guid, .. } = &fixture.subject else {
            continue;
        };
        if profile.given.iter().all(held) {
            recordings
                .entry(*guid)
                .or_default()
                .push(Arc::clone(fixture));
        } else {
            not_given.insert(*guid);
        }
    }
    let unrecorded = |guid: AtomicGuid| {
        if fixtures.refused_atomics.contains(&guid) {
            Unrecorded::Refused
        } else if not_given.contains(&guid) {
            Unrecorded::NotGiven(profile.given.clone())
        } else {
            match wholeness {
                Wholeness::Whole => Unrecorded::Absent,
                Wholeness::Partial => Unrecorded::Unknown,
            }
        }
    };
    let mut tests: Vec<_> = atomics
        .atomics
        .iter()
        .map(|atomic| {
            let expectation = atomic
                .guid
                .and_then(|guid| expectations.get(&guid))
                .map(|expectation| Arc::clone(expectation));
            let controls = expectation.iter().flat_map(|expectation| {
                expectation.controls.iter().map(|expected| PlannedControl {
                    fixture: control_of(&expected.fixture, fixtures),
                    expected: expected.clone(),
                })
            });
            PlannedTest {
                atomic: Arc::clone(atomic),
                controls: controls.collect(),
                recordings: atomic
                    .guid
                    .and_then(|guid| recordings.remove(&guid))
                    .unwrap_or_default(),
                unrecorded: atomic.guid.map(unrecorded).unwrap_or_default(),
                expectation,
            }
        })
        .collect();
    tests.sort_by(|left, right| {
        let key = |test: &PlannedTest| (test.atomic.technique.clone(), test.atomic.number);
        key(left).cmp(&key(right))
    });
    Plan {
        tests,
        known_broken: known_broken(expectations.values().copied()),
    }
}

/// The control of that name, or why there is none.
fn control_of(name: &str, fixtures: &LoadedFixtures) -> Result<Arc<Fixture>, String> {
    match fixtures.fixtures.get(name) {
        Some(fixture) => match fixture.subject {
            Subject::Control { .. } => Ok(Arc::clone(fixture)),
            Subject::Atomic { .. } => Err(format!(
                "`{name}` is the recording of an atomic, and no control"
            )),
        },
        None if fixtures.refused.iter().any(|refused| refused == name) => {
            Err(format!("the manifest of `{name}` does not load"))
        }
        None => Err(format!("there is no fixture `{name}`")),
    }
}

/// The detections that every expectation which names them says to be broken.
fn known_broken<'e>(
    expectations: impl Iterator<Item = &'e Arc<Expectation>>,
) -> BTreeSet<DetectionId> {
    let mut known: BTreeMap<&DetectionId, bool> = BTreeMap::new();
    for expected in expectations.flat_map(|expectation| &expectation.detections) {
        *known.entry(&expected.rule).or_insert(true) &= expected.is_known_broken();
    }
    let broken = known.into_iter().filter(|(_, is_broken)| *is_broken);
    broken.map(|(id, _)| id.clone()).collect()
}
