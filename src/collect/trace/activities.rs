//! What a watched program did, as activities.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;

use super::event::{Connection, ConnectionState, FileType, ProcessKey, Protocol};
use super::wire::{Watched, WatchedChange, WatchedEvent, WatchedKind, WatchedProcess};
use crate::activity::{
    self, Account, Activity, ActivityKind, DnsQuestion, FileChange, FileChangeKind, FileHashes,
    Integrity, LogonSession, Process, ProgramFile,
};

/// The activities of a watched program, by time. `runner` is the process that started it;
/// it is not told of, and the program itself has no parent.
///
/// A process that runs another program is told as a new one, as sensors tell it. One that
/// was only forked is no start of a program, and what it does is its own.
#[must_use]
pub fn activities(watched: &Watched, runner: &Process) -> Vec<Activity> {
    let mut telling = Telling {
        watched,
        programs: HashMap::new(),
        accounts: HashMap::new(),
        logon: Arc::clone(&runner.logon),
        serial: runner.serial,
        current: HashMap::new(),
        starters: HashMap::new(),
        told: Vec::new(),
    };
    for event in &watched.events {
        telling.take(event);
    }
    telling.told
}

struct Telling<'w> {
    watched: &'w Watched,
    programs: HashMap<usize, Arc<ProgramFile>>,
    accounts: HashMap<u32, Arc<Account>>,
    logon: Arc<LogonSession>,
    serial: u64,
    /// What each process is now.
    current: HashMap<ProcessKey, Running>,
    /// What each process was started by.
    starters: HashMap<ProcessKey, Arc<Process>>,
    told: Vec<Activity>,
}

struct Running {
    process: Arc<Process>,
    /// Whether it was told that it started.
    is_told: bool,
}

impl Telling<'_> {
    fn take(&mut self, event: &WatchedEvent) {
        let key = event.process;
        match &event.kind {
            WatchedKind::Forked { parent } => self.forked(key, *parent, event.time),
            WatchedKind::Executed(process) => self.executed(key, process, event.time),
            WatchedKind::Ended { code } => {
                if let Some(running) = self.current.remove(&key)
                    && running.is_told
                {
                    let kind = ActivityKind::ProcessEnded { exit_code: *code };
                    self.tell(event.time, running.process, kind);
                }
            }
            WatchedKind::Connection(connection) => {
                if let Some(connection) = established(connection) {
                    self.did(event, ActivityKind::Connection(connection));
                }
            }
            WatchedKind::DnsQuestion(question) => {
                let question = DnsQuestion {
                    name: question.name.clone(),
                    answers: Vec::new(),
                };
                self.did(event, ActivityKind::DnsQuestion(question));
            }
            WatchedKind::File {
                path,
                kind,
                file_type,
            } => {
                if *file_type == FileType::Regular {
                    self.file(event, path, kind);
                }
            }
        }
    }

    fn did(&mut self, event: &WatchedEvent, kind: ActivityKind) {
        let process = match self.current.get(&event.process) {
            Some(running) => Arc::clone(&running.process),
            // What it was is not known: its start was not seen.
            None => return,
        };
        self.tell(event.time, process, kind);
    }

    fn tell(&mut self, time: Timestamp, process: Arc<Process>, kind: ActivityKind) {
        self.told.push(Activity {
            time,
            process: Some(process),
            kind,
        });
    }

    fn file(&mut self, event: &WatchedEvent, path: &str, kind: &WatchedChange) {
        let mut change = |path: &str, kind| {
            self.did(
                event,
                ActivityKind::File(FileChange {
                    path: path.to_owned(),
                    kind,
                    is_executable: None,
                }),
            );
        };
        match kind {
            WatchedChange::Created => change(path, FileChangeKind::Created),
            WatchedChange::Overwritten => change(path, FileChangeKind::Overwritten),
            WatchedChange::Written => change(path, FileChangeKind::Written),
            WatchedChange::Deleted => change(path, FileChangeKind::Deleted),
            // A sensor that knows no renaming sees neither a creation nor a deletion.
            WatchedChange::Renamed { .. } => {}
        }
    }

    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn forked(&mut self, key: ProcessKey, parent: ProcessKey, time: Timestamp) {
        let Some(parent) = self.current.get(&parent).map(|it| Arc::clone(&it.process)) else {
            return;
        };
        let process = Process {
            id: key.pid,
            serial: self.next_serial(),
            parent: Some(Arc::clone(&parent)),
            started: time,
            ..(*parent).clone()
        };
        self.starters.insert(key, parent);
        self.current.insert(
            key,
            Running {
                process: Arc::new(process),
                is_told: false,
            },
        );
    }

    fn executed(&mut self, key: ProcessKey, started: &WatchedProcess, time: Timestamp) {
        // The runner is no part of what it runs: a rule that looks at the parent must not
        // fire, or stay silent, by where misfire happens to be installed.
        let parent = self.starters.get(&key).map(Arc::clone);
        let process = Arc::new(Process {
            id: key.pid,
            serial: self.next_serial(),
            parent,
            started: time,
            image: started.path.clone(),
            command_line: started.arguments.join(" "),
            directory: started.directory.clone(),
            account: self.account(started.user),
            logon: Arc::clone(&self.logon),
            integrity: Integrity::Medium,
            program: self.program(started.program),
        });
        self.current.insert(
            key,
            Running {
                process: Arc::clone(&process),
                is_told: true,
            },
        );
        self.tell(time, process, ActivityKind::ProcessStarted);
    }

    fn program(&mut self, number: usize) -> Arc<ProgramFile> {
        let watched = self.watched;
        let made = self.programs.entry(number).or_insert_with(|| {
            let hashes = watched
                .programs
                .get(number)
                .and_then(|it| it.hashes.as_ref());
            Arc::new(ProgramFile {
                hashes: hashes.map(|hashes| FileHashes {
                    md5: hashes.md5.clone(),
                    sha1: hashes.sha1.clone(),
                    sha256: hashes.sha256.clone(),
                }),
                ..ProgramFile::default()
            })
        });
        Arc::clone(made)
    }

    fn account(&mut self, user: u32) -> Arc<Account> {
        let account = self.accounts.entry(user).or_insert_with(|| account(user));
        Arc::clone(account)
    }
}

fn account(user: u32) -> Arc<Account> {
    let known = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(user));
    let name = match known {
        Ok(Some(user)) => user.name,
        // Without a name, tools show the number.
        Ok(None) | Err(_) => user.to_string(),
    };
    Arc::new(Account {
        domain: String::new(),
        name,
        sid: user.to_string(),
    })
}

/// A connection that stood; an attempt that failed is none.
fn established(connection: &Connection) -> Option<activity::Connection> {
    if connection.state != ConnectionState::Established {
        return None;
    }
    let protocol = match connection.protocol {
        Protocol::Tcp => activity::Protocol::Tcp,
        Protocol::Udp => activity::Protocol::Udp,
        Protocol::Other => return None,
    };
    let unknown = match connection.remote {
        SocketAddr::V4(_) => SocketAddr::from(([0, 0, 0, 0], 0)),
        SocketAddr::V6(_) => SocketAddr::from(([0_u16; 8], 0)),
    };
    let local = connection.local.unwrap_or(unknown);
    let (source, destination) = match connection.initiated {
        true => (local, connection.remote),
        false => (connection.remote, local),
    };
    Some(activity::Connection {
        protocol,
        initiated: connection.initiated,
        source: source.ip().to_canonical(),
        source_port: source.port(),
        destination: destination.ip().to_canonical(),
        destination_name: None,
        destination_port: destination.port(),
    })
}

/// This process, as the one that starts what is watched.
#[must_use]
pub fn this_runner() -> Arc<Process> {
    let image = std::env::current_exe().unwrap_or_default();
    let user = nix::unistd::getuid().as_raw();
    let session = std::fs::read_to_string("/proc/self/sessionid").unwrap_or_default();
    Arc::new(Process {
        id: std::process::id(),
        serial: 0,
        parent: None,
        started: Timestamp::now(),
        image: image.to_string_lossy().into_owned(),
        // What else stands there is about the run and not of it.
        command_line: "misfire".to_owned(),
        directory: std::env::current_dir()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        account: account(user),
        logon: Arc::new(LogonSession {
            id: u64::from(user),
            terminal: session.trim().parse().unwrap_or(u32::MAX),
        }),
        integrity: Integrity::Medium,
        program: Arc::new(ProgramFile::default()),
    })
}
