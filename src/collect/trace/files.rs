//! Calls on files at their exit: what they did; and which opened files were written.
//!
//! Stopping each `write` would cost more than all the rest. A file that is opened to be
//! changed is looked at again when its process ends, or when it loses its name: if its
//! size or time is another, it was written. That also sees what is written through
//! memory, by `sendfile`, or by a child that inherited the open file.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use nix::unistd::Pid;

use super::event::{FileChange, FileChangeKind, FileType, ProcessKey, TraceEventKind};
use super::file_calls::{Before, FileIntent, Rename};
use super::paths::{Stamp, TaskPath, file_type};
use super::procfs;
use super::recorder::Recorder;

/// Old kernels (before 6.13) stamp files with a clock of up to this many nanoseconds.
const CLOCK_STEP: i128 = 10_000_000;

/// The most files that are looked at again.
const MOST: usize = 50_000;

/// Files that were opened to be changed, and are not known to have been.
#[derive(Debug, Default)]
pub(super) struct OpenWrites {
    /// By process, then by device and inode: once for each open file and process.
    open: HashMap<ProcessKey, HashMap<(u64, u64), Opened>>,
    count: usize,
}

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    before: Before,
}

impl OpenWrites {
    fn add(&mut self, process: ProcessKey, path: PathBuf, before: Before) -> bool {
        if self.count >= MOST {
            return false;
        }
        let place = (before.stamp.device, before.stamp.inode);
        let of_process = self.open.entry(process).or_default();
        if let std::collections::hash_map::Entry::Vacant(vacant) = of_process.entry(place) {
            vacant.insert(Opened { path, before });
            self.count += 1;
        }
        true
    }

    /// Reports what a process wrote, at its end.
    pub(super) fn settle_process(&mut self, process: ProcessKey, recorder: &mut Recorder) {
        for opened in self
            .open
            .remove(&process)
            .into_iter()
            .flat_map(HashMap::into_values)
        {
            self.count -= 1;
            if let Some(written) = opened.written() {
                report(process, &opened.path, written, recorder);
            }
        }
    }

    /// Reports what was written to a file, before it loses its name.
    pub(super) fn settle_file(&mut self, path: &Path, recorder: &mut Recorder) {
        if self.count == 0 {
            return;
        }
        let Ok(is) = fs::symlink_metadata(path) else {
            return;
        };
        let stamp = Stamp::of(&is);
        let place = (stamp.device, stamp.inode);
        for (process, files) in &mut self.open {
            let Some(written) = files.get(&place).and_then(Opened::written) else {
                continue;
            };
            if let Some(opened) = files.remove(&place) {
                self.count -= 1;
                report(*process, &opened.path, written, recorder);
            }
        }
    }

    fn renamed(&mut self, rename: &Rename) {
        let place = (rename.stamp.device, rename.stamp.inode);
        for opened in self
            .open
            .values_mut()
            .filter_map(|files| files.get_mut(&place))
        {
            opened.path.clone_from(&rename.to);
        }
    }
}

impl Opened {
    /// When the file was written, if it was.
    fn written(&self) -> Option<Timestamp> {
        let now = Stamp::of(&fs::metadata(&self.path).ok()?);
        let opened = self.before.time.as_nanosecond();
        let is_changed = now != self.before.stamp || now.modified() > opened - CLOCK_STEP;
        let is_written = now.is_same_file(&self.before.stamp) && is_changed;
        is_written.then(|| {
            let time = Timestamp::from_nanosecond(now.modified()).unwrap_or(self.before.time);
            time.clamp(self.before.time, Timestamp::now().max(self.before.time))
        })
    }
}

fn report(process: ProcessKey, path: &Path, time: Timestamp, recorder: &mut Recorder) {
    let change = FileChange {
        path: path.to_owned(),
        kind: FileChangeKind::Written,
        file_type: FileType::Regular,
    };
    recorder.event_at(time, process, TraceEventKind::File(change));
}

/// Reports what a call did that succeeded with this result.
pub(super) fn finish(
    task: Pid,
    process: ProcessKey,
    intent: FileIntent,
    result: i32,
    writes: &mut OpenWrites,
    recorder: &mut Recorder,
) {
    let mut changed = |path, kind, file_type| {
        recorder.event(
            process,
            TraceEventKind::File(FileChange {
                path,
                kind,
                file_type,
            }),
        );
    };
    match intent {
        FileIntent::Open {
            path, before: None, ..
        } => {
            changed(
                opened_path(task, result, &path),
                FileChangeKind::Created,
                FileType::Regular,
            );
        }
        FileIntent::Open {
            path,
            before: Some(before),
            empties,
        } => {
            let path = opened_path(task, result, &path);
            if empties && !before.is_empty {
                changed(path, FileChangeKind::Overwritten, FileType::Regular);
            } else if !writes.add(process, path, before) {
                recorder.problem(
                    super::ProblemKind::EventsDropped,
                    format!("more than {MOST} files were open to be written; writes to further ones are not seen"),
                );
            }
        }
        FileIntent::Truncate { path, empties } => {
            let kind = if empties {
                FileChangeKind::Overwritten
            } else {
                FileChangeKind::Written
            };
            changed(path.resolved(), kind, FileType::Regular);
        }
        FileIntent::Create { path } => {
            let file_type = path.is().as_ref().map_or(FileType::Other, file_type);
            changed(path.named(), FileChangeKind::Created, file_type);
        }
        FileIntent::Remove { path, file_type } => changed(path, FileChangeKind::Deleted, file_type),
        FileIntent::Rename(rename) => {
            writes.renamed(&rename);
            let Rename {
                from,
                to,
                file_type,
                replaced,
                exchanges,
                ..
            } = rename;
            let kind = |to: &PathBuf, replaced| FileChangeKind::Renamed {
                to: to.clone(),
                replaced,
            };
            if let (true, Some(other)) = (exchanges, replaced) {
                changed(to.clone(), kind(&from, false), other);
                changed(from, kind(&to, false), file_type);
            } else {
                changed(from, kind(&to, replaced.is_some()), file_type);
            }
        }
    }
}

/// The kernel's own name for the file that was opened; the call's if that is gone.
fn opened_path(task: Pid, descriptor: i32, asked: &TaskPath) -> PathBuf {
    procfs::descriptor(task, descriptor)
        .ok()
        .filter(|path| !path.as_os_str().as_encoded_bytes().ends_with(b" (deleted)"))
        .unwrap_or_else(|| asked.resolved())
}
