//! Loading detections from folders.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::attack::AttackTable;
use super::cse_rule::CseRule;
use super::files::{find_files, is_toml, is_yaml, normal, read_text};
use super::foreign::{Foreign, foreign_detection};
use super::query_settings::QuerySettings;
use super::query_text::QueryText;
use super::references::techniques;
use super::splunk;
use super::sumo as sumo_content;
use crate::detect::plan::{PlanSet, PlannedDetection};
use crate::detect::sigma::{Listed, Role, SigmaRuleSet, parse};
use crate::detect::{Detection, DetectionId, Language, Query, Reading, cse, spl, sumo};
use crate::diagnostic::{self, Code, Diagnostic, Place, Severity, SourceText};

/// What was loaded, and what could not be.
#[derive(Debug, Default)]
pub struct LoadedDetections {
    /// The Sigma rules, correlations, and filters.
    pub sigma: SigmaRuleSet,
    /// The queries that have been lowered to plans, or refused.
    pub plans: PlanSet,
    /// The queries that are also read as their authors meant them, so lowered.
    pub intended: PlanSet,
    /// The deployment of Splunk that its searches are read in; none without any.
    pub deployment: Option<String>,
    /// The deployment of Sumo Logic that its queries are read in; none without any.
    pub sumo_deployment: Option<String>,
    /// Detections in languages that are not evaluated, each with its text.
    pub foreign: Vec<(Detection, Arc<SourceText>)>,
    /// The queries as they are written, and what they refer to.
    pub(super) written: WrittenQueries,
    /// Everything that is wrong with the files.
    pub problems: Vec<Diagnostic>,
    /// How many files were read as detections.
    pub files: usize,
}

/// Queries as they are written, and what they refer to.
#[derive(Debug, Default)]
pub(super) struct WrittenQueries {
    pub(super) queries: Vec<WrittenQuery>,
    pub(super) splunk: spl::Environment,
    pub(super) sumo: sumo::Environment,
}

/// A query as it is written.
#[derive(Debug)]
pub(super) struct WrittenQuery {
    pub(super) language: Language,
    pub(super) text: QueryText,
    pub(super) source: Arc<SourceText>,
}

impl WrittenQuery {
    /// The query as front ends take it.
    pub(super) fn query(&self) -> Query<'_> {
        Query {
            text: &self.text.text,
            source: &self.source,
            places: &self.text.places,
        }
    }
}

impl LoadedDetections {
    /// Every detection, in whatever language, without the filters.
    #[must_use]
    pub fn listed(&self) -> Vec<Listed<'_>> {
        let mut listed = self.sigma.listed();
        let planned = self.plans.planned.iter();
        let planned = planned.map(|planned| (&planned.detection, &planned.source));
        let foreign = self.foreign.iter();
        let foreign = foreign.map(|(detection, source)| (detection, source));
        listed.extend(planned.chain(foreign).map(|(detection, source)| Listed {
            id: detection.id.clone(),
            title: &detection.title,
            tags: &detection.tags,
            source,
            role: Role::Alone,
        }));
        listed
    }

    /// What is to be said of the techniques in their tags.
    #[must_use]
    pub fn unknown_techniques(&self) -> Vec<Diagnostic> {
        techniques::of_tags(&self.listed(), AttackTable::bundled())
    }

    /// The titles of the detections by their ids.
    pub fn titles(&self) -> impl Iterator<Item = (&str, &str)> {
        let foreign = self.foreign.iter().map(|(detection, _)| detection);
        let planned = self.plans.planned.iter().map(|planned| &planned.detection);
        let others = planned.chain(foreign);
        let others = others.map(|detection| (detection.id.as_str(), &*detection.title));
        self.sigma.titles().chain(others)
    }

    /// The ids, names, and titles of what can be searched with.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let planned = self.plans.planned.iter().map(|planned| &planned.detection);
        let planned =
            planned.flat_map(|detection| [detection.id.as_str(), detection.title.as_str()]);
        self.sigma.names().chain(planned)
    }

    /// How many there are, filters included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sigma.len() + self.plans.planned.len() + self.foreign.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Lowers the queries with these ids once more, as their authors meant them, and tells
/// how.
pub(super) fn read_as_meant(
    loaded: &mut LoadedDetections,
    paths: &[PathBuf],
    settings: &QuerySettings,
    ids: &BTreeSet<&str>,
) {
    let planned = loaded.plans.planned.iter();
    let mut planned = planned.map(|planned| planned.detection.id.as_str());
    if !planned.any(|id| ids.contains(id)) {
        return;
    }
    let settings = QuerySettings {
        reading: Some(Reading::Intent),
        ..settings.clone()
    };
    let mut meant = load_detections_with(paths, &settings);
    let is_asked = |planned: &PlannedDetection| ids.contains(planned.detection.id.as_str());
    meant.plans.planned.retain(is_asked);
    let is_of_one = |problem: &Diagnostic| {
        let place = problem.place.as_ref();
        let mut files = meant.plans.planned.iter();
        matches!(problem.code, Code::SPL_REPAIRED | Code::SUMO_REPAIRED)
            && place.is_some_and(|place| files.any(|own| own.detection.file == place.file))
    };
    loaded
        .problems
        .extend(meant.problems.into_iter().filter(is_of_one));
    loaded.intended = meant.plans;
}

/// Loads every detection below the given paths. In a folder, files whose names
/// do not end in `.yml`, `.yaml`, or `.toml` are no detections.
#[must_use]
pub fn load_detections(paths: &[PathBuf]) -> LoadedDetections {
    load_detections_with(paths, &QuerySettings::default())
}

/// The same, with what Splunk searches refer to besides what is found beside them.
#[must_use]
pub fn load_detections_with(paths: &[PathBuf], settings: &QuerySettings) -> LoadedDetections {
    let (mut found, problems) = find_files(paths);
    found.retain(|file| file.named || is_yaml(&file.path) || is_toml(&file.path));
    let parsed: Vec<_> = found
        .par_iter()
        .map(|file| parse_text(read_text(&file.path)))
        .collect();
    // What is a detection, and what was meant to be one.
    let told: BTreeSet<_> = found
        .iter()
        .zip(&parsed)
        .filter(|(_, parsed)| parsed.is_telling())
        .map(|(file, _)| normal(&file.path))
        .collect();
    let mut loaded = gathered(parsed, Some((paths, settings)));
    loaded.problems.extend(problems);
    for path in paths {
        // The same folder may have been given under another name.
        let folder = normal(path);
        let is_told = told.iter().any(|file| file.starts_with(&folder))
            || loaded.problems.iter().any(|problem| {
                let place = problem.place.as_ref();
                problem.severity == Severity::Error
                    && place.is_some_and(|place| place.file == *path)
            });
        if !is_told {
            loaded.problems.push(nothing_in(path));
        }
    }
    if !diagnostic::has_error(&loaded.problems)
        && !loaded.sigma.can_fire()
        && loaded.foreign.is_empty()
        && loaded.plans.planned.is_empty()
    {
        loaded.problems.extend(paths.iter().map(|path| {
            Diagnostic::error(
                Code::IO_NOTHING_FOUND,
                "there are only filters here, which never fire by themselves",
            )
            .in_file(path)
            .help("load the rules that they narrow as well")
        }));
    }
    diagnostic::sort(&mut loaded.problems);
    loaded
}

fn nothing_in(path: &Path) -> Diagnostic {
    let help = if path.is_dir() {
        "Sigma rules are files that end in `.yml` or `.yaml`"
    } else {
        "a Sigma rule has `title`, `logsource`, and `detection`"
    };
    Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no detection here")
        .in_file(path)
        .help(help)
}

/// Loads detections from texts, in their order. What Splunk searches refer to is
/// looked for beside these files.
#[must_use]
pub fn load_detections_from(
    texts: Vec<Result<Arc<SourceText>, Box<Diagnostic>>>,
    beside: Option<(&[PathBuf], &QuerySettings)>,
) -> LoadedDetections {
    let parsed = texts.into_par_iter().map(parse_text).collect();
    gathered(parsed, beside)
}

/// What one file holds, and what is wrong with it.
#[derive(Default)]
struct ParsedFile {
    sigma: SigmaRuleSet,
    foreign: Option<(Foreign, Arc<SourceText>)>,
    problems: Vec<Diagnostic>,
}

impl ParsedFile {
    /// Whether the file is a detection, or was meant to be one.
    fn is_telling(&self) -> bool {
        !self.sigma.is_empty() || self.foreign.is_some() || !self.problems.is_empty()
    }

    fn refused(problem: Diagnostic) -> Self {
        Self {
            problems: vec![problem],
            ..Self::default()
        }
    }
}

fn parse_text(text: Result<Arc<SourceText>, Box<Diagnostic>>) -> ParsedFile {
    let source = match text {
        Ok(source) => source,
        Err(problem) => return ParsedFile::refused(*problem),
    };
    match foreign_detection(&source) {
        Some(Ok(detection)) => ParsedFile {
            foreign: Some((detection, source)),
            ..ParsedFile::default()
        },
        Some(Err(problem)) => ParsedFile::refused(*problem),
        None if is_toml(&source.file) => ParsedFile::default(),
        None => {
            let (sigma, problems) = parse(&source);
            ParsedFile {
                sigma,
                problems,
                ..ParsedFile::default()
            }
        }
    }
}

/// Puts together what the files hold. What their queries refer to is looked for beside
/// these paths.
fn gathered(
    parsed: Vec<ParsedFile>,
    beside: Option<(&[PathBuf], &QuerySettings)>,
) -> LoadedDetections {
    let mut loaded = LoadedDetections {
        files: parsed.len(),
        ..LoadedDetections::default()
    };
    let mut queries = Vec::new();
    for file in parsed {
        loaded.sigma.append(file.sigma);
        loaded.problems.extend(file.problems);
        match file.foreign {
            Some((
                Foreign {
                    detection,
                    query: Some(query),
                    rule,
                },
                source,
            )) if matches!(
                detection.language,
                Language::Spl | Language::Sumo | Language::SumoCse
            ) =>
            {
                queries.push((detection, Written { query, rule }, source));
            }
            Some((foreign, source)) => loaded.foreign.push((foreign.detection, source)),
            None => {}
        }
    }
    let has = |language| {
        let mut queries = queries.iter();
        queries.any(|(detection, ..)| detection.language == language)
    };
    let (splunk, problems) = match beside {
        Some((paths, settings)) if has(Language::Spl) => {
            splunk::environment(paths, &settings.splunk, settings.read())
        }
        _ => Default::default(),
    };
    loaded.deployment = has(Language::Spl).then(|| splunk.deployment.name.clone());
    loaded.problems.extend(problems);
    let (sumo, problems) = match beside {
        Some((paths, settings)) if has(Language::Sumo) => {
            sumo_content::environment(paths, &settings.sumo, settings.read())
        }
        _ => Default::default(),
    };
    loaded.sumo_deployment = has(Language::Sumo).then(|| sumo.deployment.name.clone());
    loaded.problems.extend(problems);
    let planned: Vec<_> = queries
        .into_par_iter()
        .map(|query| planned(query, &splunk, &sumo))
        .collect();
    for (planned, written, problems) in planned {
        loaded.plans.planned.push(planned);
        loaded.written.queries.extend(written);
        loaded.problems.extend(problems);
    }
    loaded.written.splunk = splunk;
    loaded.written.sumo = sumo;
    let shared = shared_ids(&loaded);
    loaded.problems.extend(shared);
    loaded
}

/// The text of a detection, and what it says where it is a whole rule of Cloud SIEM.
struct Written {
    query: QueryText,
    rule: Option<CseRule>,
}

fn planned(
    (mut detection, written, source): (Detection, Written, Arc<SourceText>),
    splunk: &spl::Environment,
    sumo: &sumo::Environment,
) -> (PlannedDetection, Vec<WrittenQuery>, Vec<Diagnostic>) {
    let language = detection.language;
    let of = |text| WrittenQuery {
        language,
        text,
        source: Arc::clone(&source),
    };
    let whole = of(written.query);
    let text = whole.query();
    let (lowered, reading) = match (language, &written.rule) {
        (Language::Sumo, _) => (sumo::lower(text, sumo), sumo.reading),
        (Language::SumoCse, None) => (
            cse::lower(text, &cse::Environment::default()),
            Reading::Strict,
        ),
        (Language::SumoCse, Some(rule)) => (rule.lower(text), Reading::Strict),
        _ => (spl::lower(text, splunk), splunk.reading),
    };
    let queries = match &written.rule {
        Some(rule) => rule.queries().into_iter().map(of).collect(),
        None => vec![whole],
    };
    detection.log_source = lowered.log_source;
    detection.reading = reading;
    let planned = PlannedDetection {
        detection,
        plan: lowered.plan,
        source,
    };
    (planned, queries, lowered.problems)
}

/// Detections in languages that are not evaluated whose id an earlier detection has
/// as well; what two Sigma rules share is told when they are compiled.
fn shared_ids(loaded: &LoadedDetections) -> Vec<Diagnostic> {
    let planned = loaded.plans.planned.iter();
    let planned = planned.map(|planned| (&planned.detection, &planned.source));
    let foreign = loaded.foreign.iter();
    let foreign = foreign.map(|(detection, source)| (detection, source));
    let others: Vec<_> = planned.chain(foreign).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let sigma = loaded.sigma.listed().into_iter();
    let mut first: HashMap<DetectionId, (&str, &SourceText)> = sigma
        .map(|rule| (rule.id, (rule.title, &**rule.source)))
        .collect();
    let mut problems = Vec::new();
    for (detection, source) in others {
        match first.entry(detection.id.clone()) {
            Entry::Vacant(entry) => {
                entry.insert((&detection.title, source));
            }
            Entry::Occupied(entry) => {
                let (title, other) = entry.get();
                let id = &detection.id;
                problems.push(
                    Diagnostic::warning(
                        Code::SIGMA_DUPLICATE_ID,
                        format!(
                            "`{id}` is also the id of `{title}` in {}",
                            other.file.display()
                        ),
                    )
                    .at(place_of_id(source, id))
                    .help("give one of the rules a new id"),
                );
            }
        }
    }
    problems
}

/// Where a text first says an id.
fn place_of_id(source: &Arc<SourceText>, id: &DetectionId) -> Place {
    match source.text.find(id.as_str()) {
        Some(start) => Place::span(source, start..start + id.as_str().len()),
        None => Place::file(&source.file),
    }
}
