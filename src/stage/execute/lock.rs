//! One run at a time, and so one atomic.
//!
//! A run holds the lock from before anything is agreed to until its last atomic is
//! cleaned up. The lock is `flock` on a file: the kernel lets go of it when its holder ends, however
//! it ends, and children do not inherit it, as the file is closed when they start. The
//! file stays; its text names who holds it, or held it last.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::plan::visible;
use super::state::{StateDir, StateError};

/// Orphans of a run become children of this process, and all those belong to the one
/// run that there is; so there is one, whatever state folders are in use.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// Why the lock is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error("another run is under way on this host: {holder}")]
    Held {
        /// Who.
        holder: String,
    },
    /// The lock cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
}

/// The right to execute on this host, until it is dropped.
#[derive(Debug)]
pub struct HostLock {
    file: File,
    /// A name that one process of the host can have at a time, whoever its user is; the
    /// kernel takes it back when that ends.
    _host: Option<UnixListener>,
    _process: ProcessLock,
}

/// The name of the lock of the host, in the abstract namespace of sockets.
const HOST_NAME: &[u8] = b"misfire-execute";

#[derive(Debug)]
struct ProcessLock;

impl Drop for ProcessLock {
    fn drop(&mut self) {
        RUNNING.store(false, Ordering::Release);
    }
}

impl HostLock {
    /// Takes the lock, or says who has it; does not wait.
    ///
    /// # Errors
    /// It is held, or cannot be used.
    pub fn take(state: &StateDir, what: &str) -> Result<Self, LockError> {
        let path = state.lock();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(StateError::at(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    holder: holder(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(StateError::Io { path, source }.into());
            }
        }
        if RUNNING.swap(true, Ordering::AcqRel) {
            return Err(LockError::Held {
                holder: format!("process {}, with another state folder", process::id()),
            });
        }
        let process = ProcessLock;
        let host = match state.is_of_host.then(take_name) {
            None => None,
            Some(Ok(name)) => Some(name),
            Some(Err(error)) if error.kind() == ErrorKind::AddrInUse => {
                return Err(LockError::Held {
                    holder: "one of another user".to_owned(),
                });
            }
            // Where there is no such namespace, the file locks.
            Some(Err(_)) => None,
        };
        let lock = Self {
            file,
            _host: host,
            _process: process,
        };
        lock.is_for(what);
        Ok(lock)
    }

    /// Says what it is held for, for those who find it held.
    pub fn is_for(&self, what: &str) {
        // It is a courtesy: without it, on a full disk, the lock still locks.
        let _ = self.name_holder(what);
    }

    fn name_holder(&self, what: &str) -> std::io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        let (process, now) = (process::id(), Timestamp::now());
        write!(file, "process {process}, {} since {now:.0}", visible(what))
    }
}

fn take_name() -> std::io::Result<UnixListener> {
    UnixListener::bind_addr(&SocketAddr::from_abstract_name(HOST_NAME)?)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(512).read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => visible(text.trim()),
        _ => "its holder gave no name".to_owned(),
    }
}
