//! Scrubbing a recording that is in memory.

use std::num::NonZero;
use std::path::PathBuf;

use super::{Key, ScrubLog, ScrubProof, ScrubRequest, scrub_proven};
use crate::content::fixture::{Fixture, FixtureFile, Subject};
use crate::content::{LoadedDetections, LogInput, PlannedTest};
use crate::diagnostic::Diagnostic;
use crate::log::scrub::Changes;
use crate::recording::Interrupt;

/// A recording without identities.
#[derive(Debug)]
pub struct ScrubbedFixture {
    /// It; what was executed is left out, since it names what was scrubbed.
    pub fixture: Fixture,
    /// What was replaced.
    pub changes: Changes,
    /// What is to be known: what was broken before and was left so.
    pub doubts: Vec<Diagnostic>,
}

/// Replaces the identities in a recording of a test, and proves that it is judged as
/// before.
///
/// # Errors
///
/// As [`scrub_proven`].
pub fn scrub_fixture(
    fixture: &Fixture,
    test: &PlannedTest,
    detections: &dyn Fn() -> LoadedDetections,
    threads: Option<NonZero<usize>>,
    interrupt: &Interrupt,
) -> Result<ScrubbedFixture, Vec<Diagnostic>> {
    let Subject::Atomic { guid, arguments } = &fixture.subject else {
        return Ok(ScrubbedFixture {
            fixture: fixture.clone(),
            changes: Changes::default(),
            doubts: Vec::new(),
        });
    };
    let defaults = test.atomic.arguments.iter();
    let defaults = defaults.filter(|(name, _)| !arguments.contains_key(*name));
    let defaults = defaults.filter_map(|(_, argument)| argument.default.clone());
    let marker = fixture.execution.iter();
    let marker = marker.map(|execution| execution.run.to_string());
    let request = ScrubRequest {
        logs: fixture
            .files
            .iter()
            .map(|file| ScrubLog {
                name: name_of(file),
                bytes: file.input.bytes.clone().unwrap_or_default(),
                sources: file.sources.clone(),
            })
            .collect(),
        host: fixture.host.clone(),
        arguments: arguments.clone(),
        content: defaults.chain(marker).collect(),
        texts: fixture.why_open.clone(),
        key: Key::random(),
    };
    let proof = ScrubProof {
        fixture,
        test: Some((
            std::sync::Arc::clone(&test.atomic),
            test.expectation.clone(),
        )),
        detections,
        threads,
        interrupt: interrupt.clone(),
    };
    let scrubbed = scrub_proven(&request, &proof)?;
    let files = fixture.files.iter().zip(scrubbed.logs);
    Ok(ScrubbedFixture {
        fixture: Fixture {
            subject: Subject::Atomic {
                guid: *guid,
                arguments: scrubbed.arguments,
            },
            host: scrubbed.host,
            files: files
                .map(|(file, log)| FixtureFile {
                    input: LogInput {
                        path: PathBuf::from(log.name),
                        bytes: Some(log.bytes),
                    },
                    ..file.clone()
                })
                .collect(),
            why_open: scrubbed.texts,
            scrubbed: scrubbed.notes,
            execution: None,
            ..fixture.clone()
        },
        changes: scrubbed.changes,
        doubts: scrubbed.doubts,
    })
}

fn name_of(file: &FixtureFile) -> String {
    let name = file.input.path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
