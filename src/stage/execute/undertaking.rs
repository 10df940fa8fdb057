//! A run that is under way, and the promise that it is undone whatever happens to it.
//!
//! Dropping an [`Undertaking`] cleans up if that is still owed: on an early return, on an
//! error, and on a panic. What even that cannot reach, a kill, is left to the journal.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::executor::Invocation;
use super::journal::Written;
use super::marker::RunId;
use super::overlay::Overlay;
use super::plan::{ExecutionPlan, Undo};
use super::ports::Listening;
use super::process::{
    Command, CommandResult, End, Ended, Identity, Seen, Setting, StartError, Tree, Wait,
};
use super::state::{StateDir, StateError};
use super::step::{Observer, Step};
use crate::content::atomic::Shell;
use crate::recording::{ExecutedStep, Interrupt};

/// What became of a clean-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CleanUp {
    /// Nothing had been done.
    NotOwed,
    /// The atomic has no clean-up command.
    NoCommand,
    /// It ran; whether it succeeded, its end says.
    Ran(Box<CommandResult>),
    /// It could not be run.
    Failed(String),
}

impl CleanUp {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        match self {
            Self::NotOwed | Self::NoCommand => true,
            Self::Ran(result) => result.end == End::Exited(0),
            Self::Failed(_) => false,
        }
    }
}

/// How a run was cleaned up.
#[derive(Debug, Clone)]
pub struct CleanedUp {
    /// What became of the clean-up command.
    pub clean_up: CleanUp,
    /// The processes that it left, which were then ended.
    pub left_running: Vec<Seen>,
    /// The ports on which they listened.
    pub listening: Vec<Listening>,
    /// The processes that could not be ended.
    pub survivors: Vec<Seen>,
    /// Why the journal still holds the run, if it does.
    pub still_in_journal: Option<String>,
}

/// Whether a clean-up is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owed {
    /// Nothing was done.
    Nothing,
    /// Something may have been done.
    CleanUp,
    /// The clean-up has been run.
    Settled,
}

/// What commands of a run need, and what undoes it.
pub(super) struct Scene {
    pub(super) run: RunId,
    pub(super) directory: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) clean_up: Option<Undo>,
    pub(super) limit: Duration,
    pub(super) grace: Duration,
    /// In what its commands run, if not on the files of this host.
    pub(super) overlay: Option<Overlay>,
}

impl Scene {
    pub(super) fn of(plan: &ExecutionPlan, overlay: Option<Overlay>) -> Self {
        Self {
            run: plan.run,
            directory: plan.directory.clone(),
            environment: plan.environment.clone(),
            clean_up: plan.clean_up.clone(),
            limit: plan.limits.clean_up,
            grace: plan.limits.grace,
            overlay,
        }
    }
}

/// A run that is under way.
pub(super) struct Undertaking {
    scene: Scene,
    scripts: PathBuf,
    pub(super) tree: Tree,
    written: Written,
    noted: HashSet<Identity>,
    /// Commands that are over, but whose background processes may still write.
    kept: Vec<Command>,
    owed: Owed,
    /// What was executed so far.
    pub(super) done: Vec<Done>,
    /// Whether it is in the journal no more.
    is_over: bool,
}

/// A command that was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What for.
    pub step: ExecutedStep,
    /// By which shell.
    pub shell: Shell,
    /// What.
    pub script: String,
    /// What became of it.
    pub result: CommandResult,
}

impl Undertaking {
    pub(super) fn new(scene: Scene, state: &StateDir, tree: Tree, written: Written) -> Self {
        Self {
            scene,
            scripts: state.scripts(),
            tree,
            written,
            noted: HashSet::new(),
            kept: Vec::new(),
            owed: Owed::Nothing,
            done: Vec::new(),
            is_over: false,
        }
    }

    /// The same for a run of which only the journal is left, and whose act had begun.
    pub(super) fn owing(mut self) -> Self {
        self.owed = Owed::CleanUp;
        self
    }

    /// Notes in the journal that the act begins; from here on a clean-up is owed.
    pub(super) fn begin_act(&mut self) -> Result<(), StateError> {
        // First the debt: if the note fails half-way, cleaning up once too often is
        // the lesser harm.
        self.owed = Owed::CleanUp;
        self.written.begin_act()
    }

    /// Starts a command of the run.
    pub(super) fn start(&mut self, invocation: &Invocation) -> Result<Command, StartError> {
        self.start_watched(invocation, &BTreeMap::new(), None)
    }

    /// Starts a command of the run that gets `more` variables and that `watcher` watches.
    pub(super) fn start_watched(
        &mut self,
        invocation: &Invocation,
        more: &BTreeMap<String, String>,
        watcher: Option<&Path>,
    ) -> Result<Command, StartError> {
        let mut environment = self.scene.environment.clone();
        environment.extend(more.clone());
        let setting = Setting {
            run: self.scene.run,
            directory: &self.scene.directory,
            environment: &environment,
            scripts: &self.scripts,
            overlay: self.scene.overlay.as_ref(),
            watcher,
        };
        Command::start(invocation, setting, &mut self.tree)
    }

    /// Waits for a command of the run, and notes meanwhile which processes are of the run
    /// although nothing about them says so: only while it lives can this process tell.
    pub(super) fn wait(
        &mut self,
        command: &Command,
        wait: Wait,
        interrupt: Option<&Interrupt>,
    ) -> std::io::Result<End> {
        let (written, noted) = (&self.written, &mut self.noted);
        command.wait(wait, interrupt, &self.tree, &mut |tree| {
            let mut unmarked = tree.unmarked().unwrap_or_default();
            unmarked.retain(|identity| noted.insert(*identity));
            if !unmarked.is_empty() {
                // On a full disk the run goes on: its undo is written.
                let _ = written.note(&unmarked);
            }
        })
    }

    /// Notes what was executed.
    pub(super) fn did(
        &mut self,
        step: ExecutedStep,
        shell: Shell,
        script: &str,
        result: &CommandResult,
    ) {
        self.done.push(Done {
            step,
            shell,
            script: script.to_owned(),
            result: result.clone(),
        });
    }

    /// Goes on listening to a command that is over, as long as the run lasts.
    pub(super) fn keep(&mut self, command: Command) {
        self.kept.push(command);
    }

    /// Undoes what was done, ends what is left, and strikes the run out.
    pub(super) fn clean_up(&mut self, tell: Observer<'_>) -> CleanedUp {
        let clean_up = match (self.owed, self.scene.clean_up.clone()) {
            (Owed::CleanUp, Some(undo)) => self
                .undo(&undo, tell)
                .map_or_else(CleanUp::Failed, |result| CleanUp::Ran(Box::new(result))),
            (Owed::CleanUp, None) => CleanUp::NoCommand,
            (Owed::Nothing | Owed::Settled, _) => CleanUp::NotOwed,
        };
        self.owed = Owed::Settled;
        let left_running = self.tree.seen().unwrap_or_default();
        let listening = self.tree.listening().unwrap_or_default();
        let ended = self.tree.end(self.scene.grace);
        if ended.is_ok() {
            tell(&Step::ProcessesEnded);
        }
        let (survivors, mut still_in_journal) = match ended {
            Ok(Ended { survivors }) if survivors.is_empty() => (survivors, None),
            Ok(Ended { survivors }) => (survivors, Some("processes of it are left".to_owned())),
            Err(why) => (
                Vec::new(),
                Some(format!("its processes cannot be seen: {why}")),
            ),
        };
        if !clean_up.is_done() {
            still_in_journal = Some("its clean-up did not succeed".to_owned());
        }
        if still_in_journal.is_none() {
            match self.written.remove() {
                Ok(()) => tell(&Step::StruckOut),
                Err(error) => still_in_journal = Some(error.to_string()),
            }
        }
        self.is_over = true;
        CleanedUp {
            clean_up,
            left_running,
            listening,
            survivors,
            still_in_journal,
        }
    }

    fn undo(&mut self, undo: &Undo, tell: Observer<'_>) -> Result<CommandResult, String> {
        let command = self
            .start(&undo.invocation)
            .map_err(|error| format!("{error}: {}", error.source))?;
        tell(&Step::CleanUpStarted);
        // It cannot be interrupted: its own limit is the longest that it can hold us.
        let end = self
            .wait(&command, Wait::Until(self.scene.limit), None)
            .map_err(|error| error.to_string())?;
        self.owed = Owed::Settled;
        tell(&Step::CleanUpEnded(end));
        let (result, _) = command.finish(end);
        self.did(ExecutedStep::CleanUp, undo.shell, &undo.script, &result);
        Ok(result)
    }
}

impl Drop for Undertaking {
    fn drop(&mut self) {
        if !self.is_over {
            // Its failure cannot be told from here, but the journal keeps the run.
            let _ = self.clean_up(&mut |_| {});
        }
    }
}
