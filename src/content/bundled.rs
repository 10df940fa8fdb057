//! The content that is part of the program.

use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, File, include_dir};

use super::atomic::{LoadedAtomics, load_atomics_from};
use super::detections::{LoadedDetections, load_detections_from};
use super::expectation::{LoadedExpectations, load_expectations_from};
use super::files::is_yaml;
use super::fixture::{LoadedFixtures, load_fixtures_from};
use crate::diagnostic::{Code, Diagnostic, SourceText};

static ATOMICS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/atomics");
static EXPECTATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/expectations");
static DETECTIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/detections");
static FIXTURES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures");

/// The bundled atomics.
#[must_use]
pub fn bundled_atomics() -> LoadedAtomics {
    load_atomics_from(texts("atomics", &ATOMICS))
}

/// The bundled expectations.
#[must_use]
pub fn bundled_expectations() -> LoadedExpectations {
    load_expectations_from(texts("expectations", &EXPECTATIONS))
}

/// The bundled detections.
#[must_use]
pub fn bundled_detections() -> LoadedDetections {
    load_detections_from(texts("detections", &DETECTIONS), None)
}

/// The bundled fixtures.
#[must_use]
pub fn bundled_fixtures() -> LoadedFixtures {
    load_fixtures_from(&FIXTURES, "fixtures")
}

/// The YAML files of a folder.
fn texts(
    name: &str,
    folder: &'static Dir<'static>,
) -> Vec<Result<Arc<SourceText>, Box<Diagnostic>>> {
    let mut files = Vec::new();
    collect(folder, &mut files);
    let content = files.into_iter().filter(|file| is_yaml(file.path()));
    content.map(|file| text(name, file)).collect()
}

fn collect(folder: &'static Dir<'static>, files: &mut Vec<&'static File<'static>>) {
    files.extend(folder.files());
    for folder in folder.dirs() {
        collect(folder, files);
    }
    files.sort_by_key(|file| file.path());
}

fn text(folder: &str, file: &File<'static>) -> Result<Arc<SourceText>, Box<Diagnostic>> {
    let path = Path::new(folder).join(file.path());
    file.contents_utf8()
        .map(|text| SourceText::new(&path, text))
        .ok_or_else(|| {
            Box::new(
                Diagnostic::error(Code::YAML_SYNTAX, "the file is not UTF-8 text").in_file(&path),
            )
        })
}
