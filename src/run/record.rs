//! Keeping what a stage has made as a fixture.

use std::path::{Path, PathBuf};

use super::convert::Existing;
use super::folder::PartialFolder;
use crate::content::fixture::{Manifest, Said, SaidFile, SaidSensor, manifest_text, sha256};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::catalogue::SourceId;
use crate::recording::{Evidence, Outcome};
use crate::stage::simulate::Simulated;

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

/// Writes what a simulated atomic leaves as a fixture: its logs and their manifest.
///
/// # Errors
/// It was not performed, or leaves nothing; or it cannot be written, and then nothing
/// is.
pub fn record_simulated(
    simulated: &Simulated,
    taken_for: RecordAs<'_>,
    stand_in: Option<&str>,
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
    let Some(guid) = simulated.atomic.guid else {
        return Err(refusal(
            "the atomic has no GUID, so that no fixture can name it".to_owned(),
            "give it an `auto_generated_guid`",
        ));
    };
    if let Outcome::NotRun { reason, because } = &simulated.outcome {
        return Err(refusal(
            format!("the atomic was not simulated: {reason}: {because}"),
            "`misfire simulate` shows what can be",
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
    let logs = simulated.logs().map_err(|error| unwritable(&error))?;
    if logs.is_empty() {
        return Err(refusal(
            "the atomic leaves nothing in the logs of this profile".to_owned(),
            "`misfire simulate` shows what became of its commands",
        ));
    }
    if existing == Existing::Keep && folder.symlink_metadata().is_ok() {
        return Err(Box::new(
            Diagnostic::error(Code::IMPORT_EXISTS, "the fixture is there already")
                .in_file(folder)
                .help("give another name, or replace it with `--force`"),
        ));
    }
    let partial = PartialFolder::create(folder).map_err(|error| unwritable(&error))?;
    let mut hashes = Vec::new();
    for log in &logs {
        std::fs::write(partial.path().join(&log.name), &log.bytes)
            .map_err(|error| unwritable(&error))?;
        hashes.push(sha256(&log.bytes));
    }
    let subject = match taken_for {
        RecordAs::Performance => Said::Atomic(
            guid,
            simulated
                .arguments
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
        ),
        RecordAs::Control(why) => Said::Control(why),
    };
    let text = manifest(simulated, subject, stand_in, &logs, &hashes);
    std::fs::write(partial.path().join("fixture.yaml"), text)
        .map_err(|error| unwritable(&error))?;
    partial
        .keep(folder, existing)
        .map_err(|error| unwritable(&error))?;
    Ok(RecordedFixture {
        folder: folder.to_owned(),
        files: logs
            .into_iter()
            .map(|log| (log.name, log.records))
            .collect(),
    })
}

fn manifest(
    simulated: &Simulated,
    subject: Said<'_>,
    stand_in: Option<&str>,
    logs: &[crate::stage::StagedLog],
    hashes: &[String],
) -> String {
    let looked_at: Vec<String> = simulated
        .sources
        .iter()
        .filter(|source| !logs.iter().any(|log| log.source == **source))
        .map(|source: &SourceId| source.as_str().to_owned())
        .collect();
    let host = simulated.profile.host.as_ref();
    let given = host.map(|host| host.given.clone()).unwrap_or_default();
    let facts = simulated.host.facts.iter();
    let unverified = simulated.unverified_shapes();
    let said = Manifest {
        made_by: "Made by `misfire record --stage simulate`.",
        subject,
        evidence: Evidence::Simulated,
        stand_in,
        host: &simulated.host.name,
        platform: &simulated.host.platform,
        facts: facts
            .filter(|(key, _)| !matches!(key.as_str(), "name" | "platform"))
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect(),
        sensors: simulated
            .sensors
            .iter()
            .map(|sensor| SaidSensor {
                name: &sensor.name,
                version: sensor.version.as_deref(),
                configuration: sensor.configuration.as_deref(),
            })
            .collect(),
        window: simulated.window,
        found_window: false,
        files: logs
            .iter()
            .zip(hashes)
            .map(|(log, hash)| SaidFile {
                path: &log.name,
                sources: vec![&log.source],
                sha256: hash,
                records: log.records,
            })
            .collect(),
        looked_at: &looked_at,
        given: &given,
        exit_code: match simulated.outcome {
            Outcome::Exited(code) => Some(code),
            _ => None,
        },
        unverified_shape: unverified
            .iter()
            .map(|shape| {
                let source = shape.source.as_str();
                (source, shape.kind.as_str(), shape.documentation.as_str())
            })
            .collect(),
        notes: None,
    };
    manifest_text(&said)
}
