//! Starting and ending processes.

use std::sync::Arc;

use super::World;
use crate::activity::{Account, ActivityKind, Integrity, LogonSession, Process, ProgramFile};

/// What a process is started with. What is `None` comes from its parent.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The full path of the program.
    pub image: String,
    /// The command line.
    pub command_line: String,
    /// The current folder.
    pub directory: String,
    /// Another account, with its logon.
    pub account: Option<(Arc<Account>, Arc<LogonSession>)>,
    /// Another integrity level.
    pub integrity: Option<Integrity>,
}

impl World {
    /// Starts a process, as a child of `parent`.
    pub fn start_process(&mut self, parent: &Arc<Process>, start: Start) -> Arc<Process> {
        let (account, logon) = start
            .account
            .unwrap_or_else(|| (Arc::clone(&parent.account), Arc::clone(&parent.logon)));
        let directory = self.with_separator(start.directory);
        let process = self.new_process(
            Some(Arc::clone(parent)),
            start.image,
            start.command_line,
            directory,
            account,
            logon,
            start.integrity.unwrap_or(parent.integrity),
        );
        self.pause(4);
        let process = Arc::new(Process {
            started: self.now(),
            ..process
        });
        self.happen(Some(&process), ActivityKind::ProcessStarted);
        self.pause(6);
        process
    }

    /// Ends a process.
    pub fn end_process(&mut self, process: &Arc<Process>, exit_code: i32) {
        self.pause(8);
        self.happen(Some(process), ActivityKind::ProcessEnded { exit_code });
    }

    /// A process that was there before: nothing is logged of its start.
    #[expect(
        clippy::too_many_arguments,
        reason = "everything that a process is made of"
    )]
    pub fn existing_process(
        &mut self,
        parent: Option<Arc<Process>>,
        image: &str,
        command_line: &str,
        directory: &str,
        account: Arc<Account>,
        logon: Arc<LogonSession>,
        integrity: Integrity,
    ) -> Arc<Process> {
        let directory = self.with_separator(directory.to_owned());
        let mut process = self.new_process(
            parent,
            image.to_owned(),
            command_line.to_owned(),
            directory,
            account,
            logon,
            integrity,
        );
        let before = jiff::SignedDuration::from_secs(
            600 + i64::try_from(self.numbers.below(20_000)).unwrap_or(0),
        );
        process.started = self.now().checked_sub(before).unwrap_or(self.now());
        Arc::new(process)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "everything that a process is made of"
    )]
    fn new_process(
        &mut self,
        parent: Option<Arc<Process>>,
        image: String,
        command_line: String,
        directory: String,
        account: Arc<Account>,
        logon: Arc<LogonSession>,
        integrity: Integrity,
    ) -> Process {
        self.next_process += 1;
        // Ids of Windows are multiples of four.
        let id = 1_000 + 4 * self.numbers.below(4_000);
        let program = self.program_at(&image);
        Process {
            id: u32::try_from(id).unwrap_or(4),
            serial: self.next_process,
            parent,
            started: self.now(),
            image,
            command_line,
            directory,
            account,
            logon,
            integrity,
            program,
        }
    }

    /// What is in the program at a path: what the profile knows of it, or nothing but
    /// the path.
    #[must_use]
    pub fn program_at(&self, image: &str) -> Arc<ProgramFile> {
        let known = match self.content(image) {
            super::Content::Program(program) => Some(program),
            // What was downloaded under a program's name is taken to be it.
            super::Content::Unknown => crate::stage::simulate::program::likely_file(image),
            super::Content::Text(_) => None,
        };
        known.unwrap_or_else(|| {
            Arc::new(ProgramFile {
                content: image.to_lowercase(),
                ..ProgramFile::default()
            })
        })
    }

    fn with_separator(&self, mut directory: String) -> String {
        if self.is_windows() && !directory.ends_with('\\') {
            directory.push('\\');
        }
        directory
    }
}
