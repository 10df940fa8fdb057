//! Finishing what a killed run left: its processes are ended, and its clean-up is run.
//!
//! It can be killed and repeated at any point: a run stays in the journal until its
//! clean-up has succeeded. What never will can be struck out with [`forget`].

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use super::consent::Consent;
use super::host::Host;
use super::journal::{self, Entry, Found, Reached, Unreadable};
use super::lock::{HostLock, LockError};
use super::marker::RunId;
use super::overlay::Overlay;
use super::plan::{undo, visible};
use super::process::Tree;
use super::state::{StateDir, StateError};
use super::step::Observer;
use super::undertaking::{CleanUp, CleanedUp, Scene, Undertaking};
use crate::recording::Outcome;

/// Why nothing could be recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The host is not ours.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The journal cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The journal does not have the run that is to be forgotten.
    #[error("the journal has no run {0}")]
    Unknown(RunId),
}

/// The runs that were not cleaned up.
#[derive(Debug)]
pub struct Leftovers {
    runs: Vec<(Entry, Reached)>,
    /// Files of the journal that cannot be read; they are left alone.
    pub unreadable: Vec<Unreadable>,
}

impl Leftovers {
    /// Reads the journal. A run that is still under way is in it, too.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn read(state: &StateDir) -> Result<Self, StateError> {
        let (found, unreadable) = journal::read(state)?;
        Ok(Self {
            runs: found
                .into_iter()
                .map(|run| (run.entry, run.reached))
                .collect(),
            unreadable,
        })
    }

    /// Whether there is nothing to recover.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The runs, the oldest first.
    pub fn runs(&self) -> impl Iterator<Item = &Entry> {
        self.runs.iter().map(|(entry, _)| entry)
    }
}

impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (entry, reached) in &self.runs {
            writeln!(
                f,
                "{} ({}), run {} of {:.0}",
                visible(&entry.name),
                entry.atomic,
                entry.run,
                entry.written
            )?;
            writeln!(f, "processes with its mark are ended")?;
            match &entry.clean_up {
                Some(clean_up) if *reached == Reached::Act => {
                    let directory = entry.directory.display();
                    let place = match entry.in_overlay {
                        true => " of a new overlay",
                        false => "",
                    };
                    let executor = clean_up.executor;
                    writeln!(f, "clean up, with {executor}, in {directory}{place}:")?;
                    for line in clean_up.script.lines() {
                        writeln!(f, "    {}", visible(line))?;
                    }
                }
                Some(_) => writeln!(f, "its act had not begun, so it needs no clean-up")?,
                None => writeln!(f, "it has no clean-up command")?,
            }
        }
        Ok(())
    }
}

/// What became of a run that was left.
#[derive(Debug)]
pub struct Recovered {
    /// The run.
    pub run: RunId,
    /// The atomic.
    pub atomic: Uuid,
    /// Its name.
    pub name: String,
    /// How it was cleaned up.
    pub cleaned_up: CleanedUp,
}

/// Finishes the runs that were agreed to, the youngest first, as undoing goes.
///
/// # Errors
/// A run is under way, or the journal cannot be read.
pub fn recover(
    consent: Consent<Leftovers>,
    state: &StateDir,
    host: &Host,
    grace: Duration,
    observer: Observer<'_>,
) -> Result<Vec<Recovered>, RecoverError> {
    let agreed = consent.into_inner().runs;
    let _lock = HostLock::take(state, "a recovery")?;
    journal::tidy(state);
    // Only under the lock is it sure that what the journal holds was left.
    let (found, _) = journal::read(state)?;
    Ok(found
        .into_iter()
        .rev()
        .filter(|run| agreed.contains(&(run.entry.clone(), run.reached)))
        .map(|run| finish(run, state, host, grace, observer))
        .collect())
}

fn finish(
    found: Found,
    state: &StateDir,
    host: &Host,
    grace: Duration,
    observer: Observer<'_>,
) -> Recovered {
    let Found {
        entry,
        reached,
        known,
        written,
    } = found;
    let recovered = |cleaned_up| Recovered {
        run: entry.run,
        atomic: entry.atomic,
        name: entry.name.clone(),
        cleaned_up,
    };
    let not_begun = |why: String| CleanedUp {
        clean_up: CleanUp::Failed(why.clone()),
        left_running: Vec::new(),
        listening: Vec::new(),
        survivors: Vec::new(),
        still_in_journal: Some(why),
    };
    let mut tree = match Tree::new(entry.run) {
        Ok(tree) => tree,
        Err(error) => return recovered(not_begun(error.to_string())),
    };
    tree.know(known);
    // A run that was killed goes on acting until it is ended; only then is undoing it
    // any use. What survives is reported after the clean-up.
    let ended = tree.seen().unwrap_or_default();
    let _ = tree.end(grace);
    let clean_up = match &entry.clean_up {
        None => None,
        Some(clean_up) => match undo(host, clean_up.executor, &clean_up.script) {
            Ok(undo) => Some(undo),
            Err(Outcome::NotRun { because, .. }) => return recovered(not_begun(because)),
            Err(_) => return recovered(not_begun("its executor is not there".to_owned())),
        },
    };
    // The files that it changed went with its overlay. On those of the host its clean-up
    // would undo what was never done.
    let overlay = match entry.in_overlay && clean_up.is_some() && reached == Reached::Act {
        false => None,
        true => match Overlay::lay(state) {
            Ok(overlay) => Some(overlay),
            Err(error) => return recovered(not_begun(format!("there can be no overlay: {error}"))),
        },
    };
    let scene = Scene {
        run: entry.run,
        directory: entry.directory.clone(),
        environment: entry.environment.clone(),
        clean_up,
        limit: Duration::from_millis(entry.limit_ms),
        grace,
        overlay,
    };
    let mut run = Undertaking::new(scene, state, tree, written);
    if reached == Reached::Act {
        run = run.owing();
    }
    let mut cleaned_up = run.clean_up(observer);
    cleaned_up.left_running.splice(0..0, ended);
    if let (true, Some(why)) = (entry.in_overlay, &mut cleaned_up.still_in_journal) {
        why.push_str(
            "; what it did to files went with its overlay, so if nothing else is left, \
             `--forget` strikes it out",
        );
    }
    recovered(cleaned_up)
}

/// Removes what a run has left that was killed before it had written its undo, and so
/// before it had done anything. A run that is under way is left alone.
pub fn tidy(state: &StateDir) {
    if let Ok(_lock) = HostLock::take(state, "a recovery") {
        journal::tidy(state);
    }
}

/// Strikes a run out of the journal whose clean-up will not succeed, as its user has
/// seen to it otherwise.
///
/// # Errors
/// A run is under way, the journal does not have it, or cannot be written.
pub fn forget(state: &StateDir, run: RunId) -> Result<(), RecoverError> {
    let _lock = HostLock::take(state, "a recovery")?;
    let (found, _) = journal::read(state)?;
    match found.iter().find(|found| found.entry.run == run) {
        Some(found) => Ok(found.written.remove()?),
        None => Err(RecoverError::Unknown(run)),
    }
}
