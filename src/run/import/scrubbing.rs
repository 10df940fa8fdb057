//! Scrubbing a capture before anything of it is written or drafted.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::ImportRequest;
use super::inputs::Inputs;
use super::survey::Survey;
use super::target::{Target, host, window};
use crate::content::atomic::Platform;
use crate::content::fixture::{FieldNote, Fixture, FixtureFile, Subject};
use crate::content::{Content, ContentRequest, LogInput, Start};
use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::log::scrub::{Changes, Key};
use crate::recording::{Host, Outcome};
use crate::run::folder;
use crate::run::scrub::{ScrubLog, ScrubProof, ScrubRequest, Scrubbed, scrub_proven};

/// A capture without identities, in a folder of its own.
pub(super) struct Clean {
    /// It is gone with this.
    folder: tempfile::TempDir,
    /// The logs in it.
    pub(super) inputs: Inputs,
    /// What they are copies of.
    originals: Vec<PathBuf>,
    said: Said,
}

impl Clean {
    /// The logs, what they are copies of, what the manifest says, and the folder.
    pub(super) fn into_parts(self) -> (Inputs, Vec<PathBuf>, Said, tempfile::TempDir) {
        (self.inputs, self.originals, self.said, self.folder)
    }
}

/// What a scrub changes in a manifest.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The host that was given, by its pseudonym.
    pub(super) host: Option<String>,
    pub(super) notes: Vec<FieldNote>,
    pub(super) changes: Changes,
    pub(super) doubts: Vec<Diagnostic>,
}

/// Scrubs a capture that was read, and proves that it is judged as before.
///
/// # Errors
///
/// As [`scrub_proven`]; or the project's content is wrong, so that nothing can be
/// proven, or the logs cannot be written to a temporary folder.
pub(super) fn scrubbed(
    request: &ImportRequest,
    target: &mut Target,
    inputs: &Inputs,
    read: &Survey,
) -> Result<Clean, Vec<Diagnostic>> {
    let content = content(request)?;
    let originals: Vec<_> = inputs.paths();
    let before = before(request, target, inputs, read)?;
    let names = folder::names(&originals);
    let mut logs = Vec::new();
    for ((input, name), file) in inputs.logs.iter().zip(names).zip(&before.files) {
        let bytes = std::fs::read(&input.path).map_err(|error| {
            vec![
                Diagnostic::error(
                    Code::IO_UNREADABLE,
                    format!("the log cannot be read: {error}"),
                )
                .in_file(&input.path)
                .help("check the permissions"),
            ]
        })?;
        logs.push(ScrubLog {
            name,
            bytes: bytes.into(),
            sources: file.sources.clone(),
        });
    }
    let given = target.given();
    let defaults = target.arguments().into_iter();
    let defaults = defaults.filter(|(name, _)| !given.contains_key(name));
    let work = ScrubRequest {
        logs,
        host: before.host.clone(),
        content: defaults.map(|(_, value)| value.to_owned()).collect(),
        arguments: given,
        texts: target.texts(),
        key: Key::random(),
    };
    let test = target.atomic().map(|(atomic, guid)| {
        let mut atomic = atomic.as_ref().clone();
        // A capture of another platform is told, and judged all the same.
        atomic
            .platforms
            .extend(Platform::parse(&before.host.platform));
        let mut expectations = content.expectations.expectations.iter();
        let expectation = expectations.find(|expectation| expectation.atomic == guid);
        (Arc::new(atomic), expectation.cloned())
    });
    let proof = ScrubProof {
        fixture: &before,
        test,
        detections: &|| {
            let content = Content::load(&content_request(request));
            content.detections
        },
        threads: request.threads,
        interrupt: request.interrupt.clone(),
    };
    let scrubbed = scrub_proven(&work, &proof)?;
    target.set_given(&scrubbed.arguments);
    if scrubbed.texts != work.texts {
        target.set_texts(&scrubbed.texts)?;
    }
    kept(request, originals, scrubbed)
}

/// Puts scrubbed logs where the import reads them.
fn kept(
    request: &ImportRequest,
    originals: Vec<PathBuf>,
    scrubbed: Scrubbed,
) -> Result<Clean, Vec<Diagnostic>> {
    let unwritable = |error: std::io::Error| {
        vec![
            Diagnostic::error(
                Code::IO_UNWRITABLE,
                format!("a temporary folder cannot be written: {error}"),
            )
            .help("check that there is room where temporary files go"),
        ]
    };
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let mut paths = Vec::new();
    for log in &scrubbed.logs {
        let path = folder.path().join(&log.name);
        std::fs::write(&path, &log.bytes).map_err(unwritable)?;
        paths.push(path);
    }
    Ok(Clean {
        inputs: Inputs::of(&paths),
        folder,
        originals,
        said: Said {
            host: request.host.is_some().then_some(scrubbed.host.name),
            notes: scrubbed.notes,
            changes: scrubbed.changes,
            doubts: scrubbed.doubts,
        },
    })
}

fn content_request(request: &ImportRequest) -> ContentRequest {
    ContentRequest {
        start: Start::At(request.start.clone()),
        ..ContentRequest::default()
    }
}

/// What the capture is judged by. Fixtures are not, and one that is broken may be the
/// very one that is to be replaced.
fn content(request: &ImportRequest) -> Result<Content, Vec<Diagnostic>> {
    let mut content = Content::load(&content_request(request));
    let problems: Vec<_> = std::mem::take(&mut content.problems)
        .into_iter()
        .filter(|problem| {
            let code = problem.code.as_str();
            problem.severity == Severity::Error
                && !code.starts_with("misfire::fixture::")
                && !code.starts_with("misfire::reference::")
                && problem.code != Code::IO_NOTHING_FOUND
        })
        .collect();
    if problems.is_empty() {
        Ok(content)
    } else {
        Err(problems)
    }
}

/// The capture as a recording, before.
fn before(
    request: &ImportRequest,
    target: &Target,
    inputs: &Inputs,
    read: &Survey,
) -> Result<Fixture, Vec<Diagnostic>> {
    // What is to be said of these is said of the scrubbed logs.
    let mut untold = Vec::new();
    let window = window(request, read, &mut untold).map_err(|problem| vec![*problem])?;
    let name = host(request, read, &mut untold).unwrap_or_default();
    let platform = request.platform.or_else(|| read.facts.platform());
    let platform = platform.map(|platform| platform.as_str().to_owned());
    let platform = platform.unwrap_or_default();
    let mut facts = read.facts.others();
    facts.insert("name".to_owned(), name.clone());
    facts.insert("platform".to_owned(), platform.clone());
    Ok(Fixture {
        execution: None,
        name: target.name.clone(),
        subject: match target.atomic() {
            Some((_, guid)) => Subject::Atomic {
                guid,
                arguments: target.given(),
            },
            None => Subject::Control { why: String::new() },
        },
        evidence: request.evidence,
        stand_in: None,
        host: Host {
            name,
            platform,
            facts,
        },
        sensors: Vec::new(),
        window,
        files: inputs
            .logs
            .iter()
            .zip(&read.files)
            .map(|(input, held)| FixtureFile {
                input: LogInput::clone(input),
                sources: held.sources.keys().cloned().collect(),
                records: held.records(),
                closure: request.closure,
            })
            .collect(),
        lost: Vec::new(),
        why_open: Vec::new(),
        looked_at: Vec::new(),
        given: request.given.clone(),
        outcome: Outcome::Performed,
        modelled: Vec::new(),
        scrubbed: Vec::new(),
        unverified_shape: Vec::new(),
        place: Place::file(&target.folder),
        damage: None,
    })
}

/// How often identities were replaced, by what they are of.
pub(super) fn counted(changes: &Changes) -> BTreeMap<&'static str, (usize, u64)> {
    let all = changes.iter();
    all.map(|(kind, change)| (kind.as_str(), (change.identities(), change.places)))
        .collect()
}
