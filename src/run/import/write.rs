//! Writing a fixture and a draft.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::inputs::Inputs;
use super::known::Places;
use super::target::{Made, Target};
use super::{
    Draft, DraftTo, Effect, Existing, ImportRequest, ImportedFile, ImportedFixture, check,
};
use crate::content::fixture::Fixture;
use crate::diagnostic::{Code, Diagnostic};
use crate::run::folder::{PartialFolder, copy};

/// A fixture that is complete, and not in its place yet.
pub(super) struct Finished {
    folder: Scratch,
    /// It, as the project's loader reads it.
    pub(super) fixture: Arc<Fixture>,
    imported: ImportedFixture,
    file_of_technique: String,
}

/// Where the fixture is until it is in its place.
enum Scratch {
    Beside(PartialFolder),
    /// Nothing is to be written.
    Temporary(tempfile::TempDir),
}

/// Writes the fixture beside its place, and loads it; nothing, if that was
/// interrupted.
///
/// # Errors
///
/// It cannot be written, or the project's loader finds something wrong with it.
pub(super) fn write(
    request: &ImportRequest,
    target: &Target,
    inputs: &Inputs,
    made: Made,
) -> Result<Option<Finished>, Vec<Diagnostic>> {
    let unwritable = |error: &dyn std::fmt::Display| vec![unwritable(&target.folder, error)];
    let scratch = match request.effect {
        Effect::Write => PartialFolder::create(&target.folder)
            .map(Scratch::Beside)
            .map_err(|error| unwritable(&error))?,
        Effect::Nothing => tempfile::tempdir()
            .map(Scratch::Temporary)
            .map_err(|error| unwritable(&error))?,
    };
    let folder = match &scratch {
        Scratch::Beside(folder) => folder.path().to_owned(),
        Scratch::Temporary(folder) => folder.path().to_owned(),
    };
    let mut manifest = made.text;
    let mut files = Vec::new();
    for (place, ((log, name), held)) in inputs
        .logs
        .iter()
        .zip(&made.names)
        .zip(made.held)
        .enumerate()
    {
        let copied = copy(&log.path, &folder.join(name), &request.interrupt).map_err(|error| {
            vec![
                Diagnostic::error(
                    Code::IO_UNWRITABLE,
                    format!("the log cannot be copied into the fixture: {error}"),
                )
                .in_file(&log.path)
                .help("check that it can be read, and that there is room"),
            ]
        })?;
        let Some(sha256) = copied else {
            return Ok(None);
        };
        manifest = manifest.replace(&made.marks[place], &sha256);
        files.push(ImportedFile {
            from: log.path.clone(),
            name: name.clone(),
            format: held.format,
            unnamed: held.unnamed.values().sum(),
            sources: held.sources,
            sha256,
        });
    }
    std::fs::write(folder.join("fixture.yaml"), &manifest).map_err(|error| unwritable(&error))?;
    let fixture = check::fixture(&folder, &target.folder)?;
    Ok(Some(Finished {
        folder: scratch,
        fixture,
        imported: ImportedFixture {
            folder: target.folder.clone(),
            name: target.name.clone(),
            atomic: target.atomic().map(|(atomic, _)| Arc::clone(atomic)),
            manifest,
            files,
            host: made.host,
            platform: made.platform,
            window: made.window,
            outside: made.outside,
            scrubbed: None,
            loose: None,
            stray_atomic: None,
        },
        file_of_technique: format!("{}.yaml", target.technique),
    }))
}

impl Finished {
    /// Puts the fixture into its place, and the draft into its file. If the draft
    /// alone cannot be put there, that is told.
    ///
    /// # Errors
    ///
    /// The fixture cannot be written; then nothing is.
    pub(super) fn keep(
        mut self,
        request: &ImportRequest,
        draft: Option<&mut Draft>,
        places: &Places,
    ) -> Result<(ImportedFixture, Option<Diagnostic>), Vec<Diagnostic>> {
        self.imported.loose = places.loose();
        let atomic = self.imported.atomic.as_ref();
        self.imported.stray_atomic = atomic.and_then(|atomic| places.stray(atomic));
        let file = draft.and_then(|draft| {
            let file = self.place_of_draft(request, draft, places)?;
            Some((file, draft))
        });
        let Some((file, draft)) = file else {
            self.folder.keep(&self.imported.folder, request.existing)?;
            return Ok((self.imported, None));
        };
        draft.file = Some(file.clone());
        if request.effect == Effect::Nothing {
            return Ok((self.imported, None));
        }
        let pending = pending(&file, &(draft.head.clone() + &draft.test))
            .map_err(|error| vec![unwritable(&file, &error)])?;
        self.folder.keep(&self.imported.folder, request.existing)?;
        let kept = pending.persist_noclobber(&file);
        let failure = kept.err().map(|error| unwritable(&file, &error.error));
        if failure.is_some() {
            draft.belongs_to = draft.file.take();
        }
        Ok((self.imported, failure))
    }

    /// The file that the draft is written to; where it belongs, if it is to none.
    fn place_of_draft(
        &self,
        request: &ImportRequest,
        draft: &mut Draft,
        places: &Places,
    ) -> Option<PathBuf> {
        let of_technique = places.expectations.join(&self.file_of_technique);
        match &request.draft_to {
            DraftTo::File(file) => return Some(file.clone()),
            DraftTo::Stream => {}
            DraftTo::Project => {
                let guid = self.imported.atomic.as_ref().and_then(|atomic| atomic.guid);
                let known = guid.and_then(|guid| places.expectation_of(guid));
                if known.is_none() && of_technique.symlink_metadata().is_err() {
                    return Some(of_technique);
                }
                draft.belongs_to = Some(known.unwrap_or(of_technique));
                return None;
            }
        }
        draft.belongs_to = Some(of_technique);
        None
    }
}

impl Scratch {
    fn keep(self, target: &Path, existing: Existing) -> Result<(), Vec<Diagnostic>> {
        match self {
            Self::Beside(folder) => folder
                .keep(target, existing)
                .map_err(|error| vec![unwritable(target, &error)]),
            Self::Temporary(_) => Ok(()),
        }
    }
}

/// A file that only has to be given its name.
fn pending(file: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut pending = builder.tempfile_in(folder)?;
    pending.write_all(text.as_bytes())?;
    pending.flush()?;
    Ok(pending)
}

fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(
        Code::IO_UNWRITABLE,
        format!("it cannot be written: {error}"),
    )
    .in_file(path)
    .help("check that the folder can be written to, and has room")
}
