//! Looking detections over, and changing what can be changed.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::compile::compile;
use super::event::Interrupt;
use crate::content::{
    LoadedDetections, QuerySettings, is_allowed_in, is_code, load_detections_with, mend,
    replace_file, wrongly_allowed_in,
};
use crate::detect::lint::{Finding, Fix, Remedy};
use crate::diagnostic::{At, Code, Diagnostic, Place, SourceText};

/// How often files are changed in a row: one change can make way for another.
const MOST_PASSES: usize = 8;

/// What is to be looked over.
#[derive(Debug)]
pub struct LintRequest {
    /// Files and folders of detections.
    pub paths: Vec<PathBuf>,
    /// What queries refer to.
    pub settings: QuerySettings,
    /// The codes that are not told.
    pub allowed: Vec<String>,
    /// Whether files are changed.
    pub fixing: Fixing,
    /// The wish to end early.
    pub interrupt: Interrupt,
}

/// Whether files are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixing {
    /// They are left as they are.
    Never,
    /// Changes that are certain are looked for, but not written.
    Show,
    /// Changes that are certain are written.
    Write,
}

/// What was found.
#[derive(Debug, Default)]
pub struct LintOutcome {
    /// The findings that are left, in the order of files and places.
    pub findings: Vec<Finding>,
    /// How many findings were allowed, and so are not told.
    pub allowed: usize,
    /// The files that were changed.
    pub mended: Vec<MendedFile>,
    /// How many detections were looked over.
    pub detections: usize,
    /// How many files they stand in.
    pub files: usize,
    /// What is wrong with the paths, and what could not be written.
    pub problems: Vec<Diagnostic>,
    /// Whether it ended early.
    pub interrupted: bool,
}

/// A file that was changed, or would be.
#[derive(Debug)]
pub struct MendedFile {
    /// What it was.
    pub before: Arc<SourceText>,
    /// What it is now.
    pub after: String,
    /// What was found and changed, in the order in which it was.
    pub fixed: Vec<Finding>,
}

/// Looks detections over.
#[must_use]
pub fn lint(request: &LintRequest) -> LintOutcome {
    let mut outcome = look(request);
    if request.fixing == Fixing::Never {
        return outcome;
    }
    let mut mended: BTreeMap<PathBuf, MendedFile> = BTreeMap::new();
    for _ in 0..MOST_PASSES {
        if request.interrupt.is_set() {
            break;
        }
        let changed = change(&outcome.findings);
        if changed.is_empty() {
            break;
        }
        if request.fixing == Fixing::Show {
            // What further changes these would make way for is not known.
            mended = changed;
            break;
        }
        let mut problems = Vec::new();
        for (path, file) in changed {
            let text = file.before.with_mark_of_file(&file.after);
            match replace_file(&path, &text) {
                Ok(()) => merge(&mut mended, path, file),
                Err(error) => problems.push(
                    Diagnostic::error(Code::IO_UNWRITABLE, format!("not changed: {error}"))
                        .in_file(&path),
                ),
            }
        }
        let is_stuck = !problems.is_empty();
        outcome = look(request);
        outcome.problems.extend(problems);
        if is_stuck {
            break;
        }
    }
    outcome.mended = mended.into_values().collect();
    outcome
}

fn merge(all: &mut BTreeMap<PathBuf, MendedFile>, path: PathBuf, file: MendedFile) {
    match all.get_mut(&path) {
        Some(earlier) => {
            earlier.after = file.after;
            earlier.fixed.extend(file.fixed);
        }
        None => {
            all.insert(path, file);
        }
    }
}

fn look(request: &LintRequest) -> LintOutcome {
    let loaded = load_detections_with(&request.paths, &request.settings);
    let mut outcome = LintOutcome {
        detections: loaded.len(),
        files: loaded.files,
        interrupted: request.interrupt.is_set(),
        ..LintOutcome::default()
    };
    if outcome.interrupted {
        return outcome;
    }
    let sources = loaded.sources();
    let mut found = loaded.findings();
    let wrong = sources.values().flat_map(wrongly_allowed_in);
    found.extend(wrong.map(Finding::from));
    found.extend(loaded.unknown_techniques().into_iter().map(Finding::from));
    let LoadedDetections { sigma, plans, .. } = loaded;
    let (_, _, problems) = compile(sigma, plans);
    found.extend(problems.into_iter().map(Finding::from));
    let (problems, mut findings): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|finding| finding.diagnostic.code.is_about_input());
    outcome.problems = problems
        .into_iter()
        .map(|finding| finding.diagnostic)
        .collect();
    let before = findings.len();
    findings.retain(|finding| !is_allowed(finding, &request.allowed, &sources));
    withhold(&mut findings);
    outcome.allowed = before - findings.len();
    findings.sort_by(|left, right| key(left).cmp(&key(right)));
    let mut known = HashSet::new();
    findings.retain(|finding| {
        let place = finding.diagnostic.place.as_ref();
        let place = place.map(|place| (place.file.clone(), place.sort_key().1));
        let message = finding.diagnostic.message.clone();
        known.insert((place, finding.diagnostic.code, message))
    });
    outcome.findings = findings;
    outcome.interrupted = request.interrupt.is_set();
    outcome
}

fn key(finding: &Finding) -> (Option<(PathBuf, u64)>, Code, &str) {
    let place = finding.diagnostic.place.as_ref();
    let place = place.map(|place| {
        let (file, at) = place.sort_key();
        (file.to_owned(), at)
    });
    (place, finding.diagnostic.code, &finding.diagnostic.message)
}

fn is_allowed(
    finding: &Finding,
    allowed: &[String],
    sources: &BTreeMap<PathBuf, Arc<SourceText>>,
) -> bool {
    let code = finding.diagnostic.code;
    if allowed.iter().any(|word| is_code(word, code)) {
        return true;
    }
    let place = finding.diagnostic.place.as_ref();
    let source = place.and_then(|place| match &place.at {
        At::Span { source, .. } => Some(source),
        _ => sources.get(&place.file),
    });
    source.is_some_and(|source| is_allowed_in(source, code))
}

/// Findings with certain fixes, by file.
type Fixable = BTreeMap<PathBuf, (Arc<SourceText>, Vec<usize>)>;

/// Takes back what cannot be done in the form that a file has.
fn withhold(findings: &mut [Finding]) {
    for (source, places) in certain(findings).into_values() {
        let fixes: Vec<_> = places
            .iter()
            .filter_map(|place| findings.get(*place)?.fix.as_ref())
            .collect();
        let refused = mend(&source, &fixes).refused;
        for place in refused.into_iter().filter_map(|index| places.get(index)) {
            if let Some(finding) = findings.get_mut(*place) {
                finding.fix = None;
                finding.diagnostic.notes.push(
                    "--fix leaves it: the file's quotes, anchors, or keys would make something else of the change"
                        .to_owned(),
                );
            }
        }
    }
}

fn certain(findings: &[Finding]) -> Fixable {
    let mut files: Fixable = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let is_certain = |fix: &Fix| fix.remedy == Remedy::Certain;
        if !finding.fix.as_ref().is_some_and(is_certain) {
            continue;
        }
        if let Some(Place {
            file,
            at: At::Span { source, .. },
        }) = &finding.diagnostic.place
        {
            let entry = files
                .entry(file.clone())
                .or_insert_with(|| (Arc::clone(source), Vec::new()));
            entry.1.push(index);
        }
    }
    files
}

/// The files as the certain fixes make them.
fn change(findings: &[Finding]) -> BTreeMap<PathBuf, MendedFile> {
    let mut changed = BTreeMap::new();
    for (path, (before, places)) in certain(findings) {
        let own: Vec<_> = places
            .iter()
            .filter_map(|place| findings.get(*place))
            .collect();
        let fixes: Vec<_> = own
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .collect();
        let mended = mend(&before, &fixes);
        if mended.made.is_empty() {
            continue;
        }
        let fixed = mended
            .made
            .iter()
            .filter_map(|index| own.get(*index))
            .map(|finding| (*finding).clone())
            .collect();
        changed.insert(
            path,
            MendedFile {
                before,
                after: mended.text,
                fixed,
            },
        );
    }
    changed
}
