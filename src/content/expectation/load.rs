//! Loading expectations from folders and texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;
use serde_json::Value;

use super::model::Expectation;
use super::raw::RawExpectations;
use super::refine::{Refined, refine};
use crate::content::atomic::AtomicGuid;
use crate::content::bounded::bounded;
use crate::content::files::{find_files, is_yaml, read_text};
use crate::content::structure::Form;
use crate::diagnostic::{Code, Diagnostic, Severity, SourceText};

static FORM: LazyLock<Form<RawExpectations>> = LazyLock::new(Form::new);

/// The JSON Schema of a file of expectations.
pub(in crate::content) fn schema() -> &'static Value {
    FORM.schema()
}

/// What was loaded, and what could not be.
#[derive(Debug, Default)]
pub struct LoadedExpectations {
    /// The expectations that are right, by technique and place in their file.
    pub expectations: Vec<Arc<Expectation>>,
    /// Everything that is wrong with the files.
    pub problems: Vec<Diagnostic>,
    /// How many files were read.
    pub files: usize,
    /// The atomics whose expectations are wrong.
    pub refused: BTreeSet<AtomicGuid>,
}

/// Loads every expectation below the given paths. In a folder, files whose names
/// do not end in `.yaml` or `.yml` are none.
#[must_use]
pub fn load_expectations(paths: &[PathBuf]) -> LoadedExpectations {
    let (mut found, mut problems) = find_files(paths);
    found.retain(|file| file.named || is_yaml(&file.path));
    for path in paths {
        let is_told = problems.iter().any(|problem| {
            let place = problem.place.as_ref();
            problem.severity == Severity::Error && place.is_some_and(|place| place.file == *path)
        });
        if !is_told && !found.iter().any(|file| file.path.starts_with(path)) {
            problems.push(
                Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no expectation here")
                    .in_file(path)
                    .help("expectations are files such as `T1219.001.yaml`"),
            );
        }
    }
    let texts = found
        .par_iter()
        .map(|file| read_text(&file.path))
        .collect::<Vec<_>>();
    let mut loaded = load_expectations_from(texts);
    loaded.problems.extend(problems);
    loaded.problems = bounded(loaded.problems);
    loaded
}

/// Loads expectations from texts.
#[must_use]
pub fn load_expectations_from(
    texts: Vec<Result<Arc<SourceText>, Box<Diagnostic>>>,
) -> LoadedExpectations {
    let mut loaded = LoadedExpectations {
        files: texts.len(),
        ..LoadedExpectations::default()
    };
    let read: Vec<_> = texts.into_par_iter().map(read_one).collect();
    let mut first: BTreeMap<AtomicGuid, String> = BTreeMap::new();
    for refined in read {
        loaded.problems.extend(refined.problems);
        loaded.refused.extend(refined.refused);
        for expectation in refined.expectations {
            let file = expectation.place.file.display().to_string();
            match first.get(&expectation.atomic) {
                Some(other) => loaded.problems.push(
                    Diagnostic::error(
                        Code::EXPECTATION_DUPLICATE_ATOMIC,
                        format!(
                            "the atomic {} has expectations in two files",
                            expectation.atomic
                        ),
                    )
                    .at(expectation.place.clone())
                    .help(format!("remove one of the two; the other is in `{other}`")),
                ),
                None => {
                    first.insert(expectation.atomic, file);
                    loaded.expectations.push(expectation);
                }
            }
        }
    }
    // The order in a file stays.
    loaded
        .expectations
        .sort_by(|left, right| left.technique.cmp(&right.technique));
    loaded.problems = bounded(loaded.problems);
    loaded
}

fn read_one(text: Result<Arc<SourceText>, Box<Diagnostic>>) -> Refined {
    let read = text
        .map_err(|problem| vec![*problem])
        .and_then(|source| FORM.read(&source, |raw, root| refine(&raw, root)));
    read.unwrap_or_else(|problems| Refined {
        problems,
        ..Refined::default()
    })
}
