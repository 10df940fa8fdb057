//! Keeping what a stage has made as a fixture.

use std::path::{Path, PathBuf};

use super::convert::Existing;
use super::folder::PartialFolder;
use crate::content::atomic::AtomicGuid;
use crate::content::fixture::{
    Fixture, FixtureFile, Manifest, Said, SaidFile, SaidSensor, Subject, manifest_text, sha256,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::recording::Outcome;

/// A fixture that was written.
#[derive(Debug)]
pub struct RecordedFixture {
    /// Its folder.
    pub folder: PathBuf,
    /// Its logs, with how many records each holds.
    pub files: Vec<(String, u64)>,
}

/// What a fixture is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAs<'a> {
    /// The performance of the atomic.
    Performance,
    /// Something benign, with the reason.
    Control(&'a str),
}

/// Writes what a stage has made of an atomic as a fixture: its logs and their manifest.
/// `made_by` is what made it, as a sentence for the manifest.
///
/// # Errors
/// It was not performed, or leaves nothing; or it cannot be written, and then nothing
/// is.
pub fn record_fixture(
    fixture: &Fixture,
    made_by: &str,
    taken_for: RecordAs<'_>,
    folder: &Path,
    existing: Existing,
) -> Result<RecordedFixture, Box<Diagnostic>> {
    let refusal = |message: String, help: &str| {
        Box::new(
            Diagnostic::error(Code::RECORD_NOTHING, message)
                .in_file(folder)
                .help(help),
        )
    };
    let (guid, arguments) = match &fixture.subject {
        Subject::Atomic { guid, arguments } if *guid != AtomicGuid::nil() => (*guid, arguments),
        Subject::Atomic { .. } | Subject::Control { .. } => {
            return Err(refusal(
                "the atomic has no GUID, so that no fixture can name it".to_owned(),
                "give it an `auto_generated_guid`",
            ));
        }
    };
    if let Outcome::NotRun { reason, because } = &fixture.outcome {
        let why = match because.as_str() {
            "" => reason.to_string(),
            because => format!("{reason}: {because}"),
        };
        return Err(refusal(
            format!("the atomic was not performed: {why}"),
            "see to that, or choose another atomic",
        ));
    }
    let logs: Vec<(&FixtureFile, &str, &[u8])> = fixture
        .files
        .iter()
        .filter_map(|file| {
            let name = file.input.path.file_name()?.to_str()?;
            Some((file, name, file.input.bytes.as_deref()?))
        })
        .collect();
    if logs.is_empty() {
        return Err(refusal(
            "the atomic leaves nothing in the logs".to_owned(),
            "`misfire simulate` shows what becomes of its commands",
        ));
    }
    if existing == Existing::Keep && folder.symlink_metadata().is_ok() {
        return Err(Box::new(
            Diagnostic::error(Code::IMPORT_EXISTS, "the fixture is there already")
                .in_file(folder)
                .help("give another name, or replace it with `--force`"),
        ));
    }
    let unwritable = |error: &dyn std::fmt::Display| {
        Box::new(
            Diagnostic::error(
                Code::IO_UNWRITABLE,
                format!("it cannot be written: {error}"),
            )
            .in_file(folder)
            .help("check that the folder can be written to, and has room"),
        )
    };
    let partial = PartialFolder::create(folder).map_err(|error| unwritable(&error))?;
    let mut hashes = Vec::new();
    for (_, name, bytes) in &logs {
        std::fs::write(partial.path().join(name), bytes).map_err(|error| unwritable(&error))?;
        hashes.push(sha256(bytes));
    }
    let subject = match taken_for {
        RecordAs::Performance => {
            let arguments = arguments.iter();
            Said::Atomic(
                guid,
                arguments
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect(),
            )
        }
        RecordAs::Control(why) => Said::Control(why),
    };
    let text = manifest(fixture, made_by, subject, &logs, &hashes);
    std::fs::write(partial.path().join("fixture.yaml"), text)
        .map_err(|error| unwritable(&error))?;
    partial
        .keep(folder, existing)
        .map_err(|error| unwritable(&error))?;
    Ok(RecordedFixture {
        folder: folder.to_owned(),
        files: logs
            .into_iter()
            .map(|(file, name, _)| (name.to_owned(), file.records))
            .collect(),
    })
}

fn manifest(
    fixture: &Fixture,
    made_by: &str,
    subject: Said<'_>,
    logs: &[(&FixtureFile, &str, &[u8])],
    hashes: &[String],
) -> String {
    let looked_at: Vec<String> = fixture
        .looked_at
        .iter()
        .map(|source| source.as_str().to_owned())
        .collect();
    let facts = fixture.host.facts.iter();
    let shapes = fixture.unverified_shape.iter();
    let said = Manifest {
        made_by,
        subject,
        evidence: fixture.evidence,
        stand_in: fixture.stand_in.as_deref(),
        host: &fixture.host.name,
        platform: &fixture.host.platform,
        facts: facts
            .filter(|(key, _)| !matches!(key.as_str(), "name" | "platform"))
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect(),
        sensors: fixture
            .sensors
            .iter()
            .map(|sensor| SaidSensor {
                name: &sensor.name,
                version: sensor.version.as_deref(),
                configuration: sensor.configuration.as_deref(),
            })
            .collect(),
        window: fixture.window,
        why_open: &fixture.why_open,
        found_window: false,
        files: logs
            .iter()
            .zip(hashes)
            .map(|((file, name, _), hash)| SaidFile {
                path: name,
                sources: file.sources.iter().collect(),
                sha256: hash,
                records: file.records,
            })
            .collect(),
        looked_at: &looked_at,
        given: &fixture.given,
        exit_code: match fixture.outcome {
            Outcome::Exited(code) => Some(code),
            _ => None,
        },
        scrubbed: &fixture.scrubbed,
        unverified_shape: shapes
            .map(|shape| {
                let source = shape.source.as_str();
                (source, shape.kind.as_str(), shape.documentation.as_str())
            })
            .collect(),
        notes: None,
    };
    manifest_text(&said)
}
