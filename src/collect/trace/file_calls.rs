//! Calls on files at their entry: what they mean to do, and what is there before.

use std::path::PathBuf;

use jiff::Timestamp;
use nix::libc;
use nix::unistd::Pid;

use super::calls::{FileCall, OpenFlags, PathAt};
use super::event::{FileType, ProcessKey};
use super::files::OpenWrites;
use super::memory;
use super::paths::{Stamp, TaskPath, file_type};
use super::problem::ProblemKind;
use super::recorder::Recorder;

/// What a call on files will have done if it succeeds.
#[derive(Debug)]
pub(super) enum FileIntent {
    Open {
        path: TaskPath,
        before: Option<Before>,
        empties: bool,
    },
    Truncate {
        path: TaskPath,
        empties: bool,
    },
    Create {
        path: TaskPath,
    },
    Remove {
        path: PathBuf,
        file_type: FileType,
    },
    Rename(Rename),
}

/// A file before it is opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    pub(super) stamp: Stamp,
    pub(super) is_empty: bool,
    pub(super) time: Timestamp,
}

#[derive(Debug)]
pub(super) struct Rename {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
    pub(super) file_type: FileType,
    pub(super) stamp: Stamp,
    /// What had the new name.
    pub(super) replaced: Option<FileType>,
    /// Both files live on, each under the other's name.
    pub(super) exchanges: bool,
}

/// Reads what a call means to do. None if nothing can come of it that is of interest,
/// or if it could not be read, which is told.
pub(super) fn begin(
    task: Pid,
    process: ProcessKey,
    call: FileCall,
    args: &[u64; 6],
    writes: &mut OpenWrites,
    recorder: &mut Recorder,
) -> Option<FileIntent> {
    let read = read(task, call, args);
    match read {
        Ok(Some(Begun::Intent(intent))) => {
            settle(&intent, writes, recorder);
            Some(intent)
        }
        Ok(Some(Begun::Nameless)) => {
            recorder.problem(
                ProblemKind::NamelessOpen,
                format!("process {} opened a file without a name (O_TMPFILE); it is seen only if it gets one", process.pid),
            );
            None
        }
        Ok(None) => None,
        // The kernel will refuse an address that is none, or a path that is too long.
        Err(nix::errno::Errno::EFAULT | nix::errno::Errno::ENAMETOOLONG) => None,
        Err(_) => {
            recorder.unreadable("an argument", process);
            None
        }
    }
}

/// What was written to a file is looked for before the file loses its name.
fn settle(intent: &FileIntent, writes: &mut OpenWrites, recorder: &mut Recorder) {
    match intent {
        FileIntent::Remove { path, .. } => writes.settle_file(path, recorder),
        FileIntent::Rename(rename) => {
            writes.settle_file(&rename.from, recorder);
            writes.settle_file(&rename.to, recorder);
        }
        _ => {}
    }
}

enum Begun {
    Intent(FileIntent),
    Nameless,
}

fn read(task: Pid, call: FileCall, args: &[u64; 6]) -> nix::Result<Option<Begun>> {
    let path = |place| path_of(task, place, args);
    let intent = match call {
        FileCall::Open(place, flags) => return open(task, place, flags, args),
        FileCall::Truncate(place) => Some(FileIntent::Truncate {
            path: path(place)?,
            empties: args[1] == 0,
        }),
        FileCall::MakeFolder(place) | FileCall::MakeNode(place) | FileCall::MakeLink(place) => {
            Some(FileIntent::Create { path: path(place)? })
        }
        FileCall::HardLink(_, to, _) => Some(FileIntent::Create { path: path(to)? }),
        FileCall::Remove(place) => {
            let path = path(place)?;
            path.is().map(|is| FileIntent::Remove {
                path: path.named(),
                file_type: file_type(&is),
            })
        }
        FileCall::Rename(from, to, flags) => {
            let flags = flags
                .and_then(|at| args.get(at))
                .map_or(0, |flags| *flags & 0xffff_ffff);
            rename(
                &path(from)?,
                &path(to)?,
                flags & u64::from(libc::RENAME_EXCHANGE) != 0,
            )
        }
    };
    Ok(intent.map(Begun::Intent))
}

fn path_of(task: Pid, place: PathAt, args: &[u64; 6]) -> nix::Result<TaskPath> {
    let argument = |at: usize| args.get(at).copied().unwrap_or_default();
    // The kernel takes the lower half, as a signed number.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the kernel truncates it too"
    )]
    let folder = place.folder.map(|at| argument(at) as i32);
    let text = memory::path(task, argument(place.path))?;
    Ok(TaskPath::new(task, folder, &text))
}

fn open(task: Pid, place: PathAt, flags: OpenFlags, args: &[u64; 6]) -> nix::Result<Option<Begun>> {
    let argument = |at: usize| args.get(at).copied().unwrap_or_default();
    let flags = match flags {
        OpenFlags::Argument(at) => argument(at),
        OpenFlags::Behind(at) => memory::number(task, argument(at))?,
        OpenFlags::Creat => (libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC)
            .cast_unsigned()
            .into(),
    };
    let has = |flag: i32| {
        let flag = u64::from(flag.cast_unsigned());
        flags & flag == flag
    };
    let changes =
        has(libc::O_CREAT) || has(libc::O_WRONLY) || has(libc::O_RDWR) || has(libc::O_TRUNC);
    if !changes || has(libc::O_PATH) {
        return Ok(None);
    }
    if has(libc::O_TMPFILE) {
        return Ok(Some(Begun::Nameless));
    }
    let path = path_of(task, place, args)?;
    let is = if has(libc::O_CREAT) && has(libc::O_EXCL) {
        None
    } else {
        path.leads_to()
    };
    // Devices, pipes, and folders; what is opened to be read and is there is no change.
    let is_uninteresting = is.as_ref().is_some_and(|is| {
        file_type(is) != FileType::Regular
            || !(has(libc::O_WRONLY) || has(libc::O_RDWR) || has(libc::O_TRUNC))
    });
    if is_uninteresting {
        return Ok(None);
    }
    let before = is.map(|is| Before {
        stamp: Stamp::of(&is),
        is_empty: is.len() == 0,
        time: Timestamp::now(),
    });
    Ok(Some(Begun::Intent(FileIntent::Open {
        path,
        before,
        empties: has(libc::O_TRUNC),
    })))
}

fn rename(from: &TaskPath, to: &TaskPath, exchanges: bool) -> Option<FileIntent> {
    let is = from.is()?;
    let stamp = Stamp::of(&is);
    let target = to.is();
    // Two names of one file: the kernel does nothing (rename(2)).
    if target
        .as_ref()
        .is_some_and(|target| Stamp::of(target).is_same_file(&stamp))
    {
        return None;
    }
    Some(FileIntent::Rename(Rename {
        from: from.named(),
        to: to.named(),
        file_type: file_type(&is),
        stamp,
        replaced: target.as_ref().map(file_type),
        exchanges,
    }))
}
