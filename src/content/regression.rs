//! SigmaHQ's regression suites: an `info.yml` beside each recording says which
//! rule must match it, and how often.

use std::collections::{BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::FoundFile;
use super::files::{find_files, normal, read_text};
use super::info::{Info, place_of};
use super::log_input::LogInput;
use crate::detect::sigma::SigmaRuleSet;
use crate::diagnostic::{self, Code, Diagnostic, Place, SourceText};

/// The attribute with which a rule names its suite.
const RULE_ATTRIBUTE: &str = "regression_tests_path";

/// A suite's paths are relative to a folder at most this far above it.
const HIGHEST_ROOT: usize = 6;

/// The types of tests that are judged; a recording's format is recognised by its
/// content all the same.
const JUDGED_KINDS: [&str; 4] = ["evtx", "json", "jsonl", "ndjson"];

/// A suite: recordings, each with the rule that must match it.
#[derive(Debug, Default)]
pub struct Suite {
    /// The cases, sorted by recording and rule.
    pub cases: Vec<Case>,
    /// Benign recordings, sorted, each once.
    pub controls: Vec<Control>,
    /// What is wrong with the suite.
    pub problems: Vec<Diagnostic>,
    /// The rules, by id and file, whose suite folder is absent altogether.
    pub absent: Vec<(String, PathBuf)>,
    /// How many suites have their tests commented out.
    pub commented_out: usize,
}

/// One recording and a rule that must match it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The test's name.
    pub name: String,
    /// The id of the rule.
    pub rule: String,
    /// The rule's title as the suite knows it.
    pub title: String,
    /// The recording.
    pub recording: LogInput,
    /// How many records must match; without it, at least one.
    pub match_count: Option<u64>,
}

/// A benign recording, on which every rule of the suite must stay quiet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Control {
    /// The recording.
    pub recording: LogInput,
    /// Why it is benign.
    pub why: String,
    /// The ids of the rules that it is the benign twin of: it must say something
    /// about each of them.
    pub rules: Vec<String>,
}

/// What the `info.yml` of a folder says.
enum About {
    /// The rules that it is about.
    Rules(BTreeSet<String>),
    /// It is switched off, or cannot be read, which is a problem of its own.
    Nothing,
}

/// Loads every suite below a folder, and compares them with the rules that are
/// loaded.
#[must_use]
pub fn load_suite(folder: &Path, rules: &SigmaRuleSet) -> Suite {
    let mut suite = Suite::default();
    let (files, problems) = find_files(&[folder.to_owned()]);
    suite.problems.extend(problems);
    let infos: Vec<_> = files
        .par_iter()
        .map(|file| file.path.as_path())
        .filter(|path| path.file_name().is_some_and(|name| name == "info.yml"))
        .map(|path| (path, read_info(path)))
        .collect();
    let mut about = HashMap::new();
    for (path, info) in infos {
        let home = path.parent().unwrap_or(folder).to_owned();
        let said = match info {
            Ok((source, Some(info))) => {
                add(&mut suite, &source, &info, |path| {
                    find_recording(folder, &home, path)
                });
                About::Rules(
                    info.rule_metadata
                        .iter()
                        .map(|rule| rule.id.clone())
                        .collect(),
                )
            }
            Ok((_, None)) => {
                suite.commented_out += 1;
                About::Nothing
            }
            Err(problem) => {
                suite.problems.push(*problem);
                About::Nothing
            }
        };
        about.insert(normal(&home), said);
    }
    compare_with_rules(&mut suite, folder, rules, &about);
    report_orphans(&mut suite, &files, &about);
    report_unread(&mut suite, &files, &about);
    if suite.cases.is_empty() && suite.problems.is_empty() {
        suite.problems.push(
            Diagnostic::error(Code::SUITE_NO_CASES, "the suite holds no case")
                .in_file(folder)
                .help("give a folder with `info.yml` files, such as SigmaHQ's `regression_data`"),
        );
    }
    suite.sort();
    suite
}

fn read_info(path: &Path) -> Result<(Arc<SourceText>, Option<Info>), Box<Diagnostic>> {
    let source = read_text(path)?;
    let info = Info::parse(&source)?;
    Ok((source, info))
}

impl Suite {
    fn sort(&mut self) {
        self.cases.sort_by(|left, right| {
            (&left.recording, &left.rule).cmp(&(&right.recording, &right.rule))
        });
        self.controls.sort();
        self.controls.dedup();
        self.absent.sort();
        diagnostic::sort(&mut self.problems);
    }
}

/// Adds the cases of an `info.yml` to a suite; `find` finds a recording by the
/// path that is written there.
fn add(
    suite: &mut Suite,
    source: &Arc<SourceText>,
    info: &Info,
    find: impl Fn(&str) -> Option<LogInput>,
) {
    for test in info.regression_tests_info.iter().flatten() {
        let place = place_of(source, &test.path);
        if !JUDGED_KINDS.contains(&test.kind.as_str()) {
            suite.problems.push(
                Diagnostic::error(
                    Code::SUITE_UNSUPPORTED_CASE,
                    format!("a test of type `{}` cannot be judged", test.kind),
                )
                .at(place_of(source, &format!("type: {}", test.kind)))
                .help("tests of type `evtx` and `json` are judged; comment others out"),
            );
            continue;
        }
        let Some(recording) = find(&test.path) else {
            suite.problems.push(missing_file(&test.path, place));
            continue;
        };
        suite
            .cases
            .extend(info.rule_metadata.iter().map(|rule| Case {
                name: test.name.clone(),
                rule: rule.id.clone(),
                title: rule.title.clone(),
                recording: recording.clone(),
                match_count: test.match_count,
            }));
    }
    for control in &info.controls {
        match find(&control.path) {
            Some(recording) => suite.controls.push(Control {
                recording,
                why: control.why.clone(),
                rules: info
                    .rule_metadata
                    .iter()
                    .map(|rule| rule.id.clone())
                    .collect(),
            }),
            None => suite
                .problems
                .push(missing_file(&control.path, place_of(source, &control.path))),
        }
    }
}

fn missing_file(path: &str, place: Place) -> Diagnostic {
    Diagnostic::error(
        Code::CONTENT_MISSING_FILE,
        format!("the recording `{path}` is not there"),
    )
    .at(place)
    .help("restore the file, or comment the test out")
}

/// Finds a recording that an `info.yml` in `home` names. Paths are relative to
/// the repository, which holds the suite's folder at some height.
fn find_recording(folder: &Path, home: &Path, path: &str) -> Option<LogInput> {
    let path = Path::new(path);
    if !path
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let beside = path.file_name().map(|name| home.join(name));
    // Another copy of the suite, further up, has files of the same names.
    let inside = normal(folder);
    roots(folder)
        .map(|root| root.join(path))
        .chain(beside)
        .find(|candidate| candidate.is_file() && normal(candidate).starts_with(&inside))
        .map(LogInput::on_disk)
}

/// The folders that a suite's paths may be relative to, nearest first, written
/// as the user would write them.
fn roots(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::successors(Some(folder.to_owned()), |below| {
        let above = match below.components().next_back() {
            Some(Component::Normal(_)) => below.parent().map(Path::to_owned)?,
            Some(Component::RootDir | Component::Prefix(_)) => return None,
            _ => below.join(".."),
        };
        Some(above)
    })
    .take(HIGHEST_ROOT)
}

/// Compares the suites that rules name with those that are there.
fn compare_with_rules(
    suite: &mut Suite,
    folder: &Path,
    rules: &SigmaRuleSet,
    about: &HashMap<PathBuf, About>,
) {
    let folder = normal(folder);
    let roots: Vec<_> = roots(&folder).collect();
    for (id, source, named) in rules.attributes(RULE_ATTRIBUTE) {
        let Some(home) = Path::new(named).parent() else {
            continue;
        };
        let home = roots
            .iter()
            .map(|root| root.join(home))
            .find(|home| home.starts_with(&folder) && home.is_dir());
        let Some(home) = home else {
            suite.absent.push((id.to_owned(), source.file.clone()));
            continue;
        };
        let problem = match about.get(&normal(&home)) {
            None => Diagnostic::error(
                Code::CONTENT_MISSING_FILE,
                format!("the rule names `{named}`, which is not there, though its folder is"),
            )
            .help("restore the file, or remove the folder"),
            Some(About::Rules(ids)) if !ids.contains(id) => Diagnostic::error(
                Code::CONTENT_BAD_VALUE,
                format!("the rule names `{named}`, which is about another rule"),
            )
            .help("correct the path, or add the rule to its `rule_metadata`"),
            Some(_) => continue,
        };
        suite.problems.push(problem.at(place_of(source, named)));
    }
}

/// Reports folders that hold recordings and no `info.yml`.
fn report_orphans(suite: &mut Suite, files: &[FoundFile], about: &HashMap<PathBuf, About>) {
    let orphans: BTreeSet<_> = files
        .iter()
        .filter(|file| {
            let ending = file.path.extension().and_then(|ending| ending.to_str());
            ending
                .is_some_and(|ending| JUDGED_KINDS.contains(&ending.to_ascii_lowercase().as_str()))
        })
        .filter_map(|file| file.path.parent())
        .filter(|home| !about.contains_key(&normal(home)))
        .collect();
    suite.problems.extend(orphans.into_iter().map(|home| {
        Diagnostic::error(
            Code::CONTENT_MISSING_FILE,
            "the folder holds a recording and no `info.yml`, so nothing is judged there",
        )
        .in_file(home)
        .help("restore `info.yml`, or remove the recording")
    }));
}

/// Reports binary recordings that stand beside an `info.yml` and that no test
/// names.
fn report_unread(suite: &mut Suite, files: &[FoundFile], about: &HashMap<PathBuf, About>) {
    let read: BTreeSet<_> = suite
        .cases
        .iter()
        .map(|case| &case.recording)
        .chain(suite.controls.iter().map(|control| &control.recording))
        .map(|recording| normal(&recording.path))
        .collect();
    for file in files {
        let is_recording = file
            .path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("evtx"));
        let home = file.path.parent().map(normal).unwrap_or_default();
        let described = matches!(about.get(&home), Some(About::Rules(_)));
        if is_recording && described && !read.contains(&normal(&file.path)) {
            suite.problems.push(
                Diagnostic::warning(
                    Code::SUITE_UNREAD_RECORDING,
                    "no test of the `info.yml` beside it names this recording",
                )
                .in_file(&file.path)
                .help("add a test for it, or remove it"),
            );
        }
    }
}
