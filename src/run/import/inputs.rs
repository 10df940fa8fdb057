//! The logs of a capture.

use std::path::PathBuf;

use super::survey::Survey;
use crate::content::fixture::LARGEST_LOG;
use crate::content::{FoundFile, LogInput, find_files};
use crate::diagnostic::{Code, Diagnostic, has_error};
use crate::run::scan::sort_out;

/// A fixture has at most so many logs.
const MOST_LOGS: usize = 1000;

/// Logs that were found.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) logs: Vec<LogInput>,
    found: Vec<FoundFile>,
    /// Files in a folder that are none.
    pub(super) not_logs: Vec<PathBuf>,
    pub(super) problems: Vec<Diagnostic>,
}

impl Inputs {
    /// Finds the logs below these paths.
    pub(super) fn find(paths: &[PathBuf]) -> Self {
        let (found, mut problems) = find_files(paths);
        if found.len() > MOST_LOGS {
            problems.push(
                Diagnostic::error(
                    Code::FIXTURE_LIMIT,
                    format!(
                        "there are {} files, and a fixture has at most {MOST_LOGS}",
                        found.len()
                    ),
                )
                .help("give the logs of one run only"),
            );
        }
        for file in &found {
            let bytes = std::fs::metadata(&file.path).map_or(0, |metadata| metadata.len());
            if bytes > LARGEST_LOG {
                problems.push(
                    Diagnostic::error(
                        Code::FIXTURE_LIMIT,
                        format!(
                            "the log has {bytes} bytes, and in a fixture at most {LARGEST_LOG}"
                        ),
                    )
                    .in_file(&file.path)
                    .help("cut the recording down to its window, or split it"),
                );
            }
        }
        Self {
            logs: found
                .iter()
                .map(|file| LogInput::on_disk(&file.path))
                .collect(),
            found,
            not_logs: Vec::new(),
            problems,
        }
    }

    /// Logs that are there, in that order.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        Self {
            logs: paths.iter().map(LogInput::on_disk).collect(),
            found: Vec::new(),
            not_logs: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Leaves out the files in a folder that are no logs, of what was read, too.
    pub(super) fn without_what_is_none(mut self, read: &mut Survey) -> Self {
        let told = std::mem::take(&mut read.problems);
        let (problems, not_logs) = sort_out(told, &self.found);
        read.problems = problems;
        let is_log: Vec<bool> = self
            .logs
            .iter()
            .map(|log| !not_logs.contains(&log.path))
            .collect();
        let mut keep = is_log.iter();
        self.logs.retain(|_| *keep.next().unwrap_or(&true));
        let mut keep = is_log.iter();
        read.files.retain(|_| *keep.next().unwrap_or(&true));
        self.not_logs = not_logs;
        if self.logs.is_empty() && !has_error(&read.problems) {
            read.problems.push(
                Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no log here")
                    .help("give logs, or folders that hold some"),
            );
        }
        self
    }

    /// The paths of the logs.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.logs.iter().map(|log| log.path.clone()).collect()
    }
}
