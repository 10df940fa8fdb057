//! Which processes belong to a run, and how they are ended, all of them.
//!
//! A process belongs to a run if any of these holds:
//! - its environment carries the run's mark;
//! - its session is that of one of the run's commands, or of a process with the mark: a
//!   session in which one is was begun by the run;
//! - its parent belongs to it;
//! - it became this process's child without being of its session. Every command of a run
//!   has a session of its own, so no descendant of one can be of ours; and the kernel
//!   gives orphans to this process (`PR_SET_CHILD_SUBREAPER`). That catches a daemon that
//!   forked twice, called `setsid`, and threw its environment away;
//! - an earlier runner of the same run had found one of these, and noted it.
//!
//! The first command of each session stays unreaped until the tree ends: as long as it
//! does, the kernel cannot give its number to a stranger.

use std::collections::HashSet;
use std::io;
use std::process::{self, Child};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{Pid, getsid};

use super::proc::{self, Facts, Identity, Seen};
use crate::stage::execute::marker::RunId;
use crate::stage::execute::ports::{self, Listening};

/// How often it is looked whether processes have ended.
const GLANCE: Duration = Duration::from_millis(20);

/// For how long processes are killed over and over: those that fork as fast as they are
/// killed lose within it, and what is left after it cannot be killed at all.
const KILLING: Duration = Duration::from_secs(10);

/// For how long those that watch may go on telling after all others were killed.
const WATCHING: Duration = Duration::from_secs(12);

/// The processes of a run.
#[derive(Debug)]
pub(in crate::stage::execute) struct Tree {
    run: RunId,
    own: Facts,
    leaders: Vec<Child>,
    /// Those leaders that are not of the run, but watch what is.
    watchers: HashSet<i32>,
    strangers: HashSet<Identity>,
    known: HashSet<Identity>,
}

/// What became of processes that were to end.
#[derive(Debug, Default)]
pub(in crate::stage::execute) struct Ended {
    pub(in crate::stage::execute) survivors: Vec<Seen>,
}

impl Tree {
    /// A run without processes. From here on this process adopts orphans.
    pub(in crate::stage::execute) fn new(run: RunId) -> io::Result<Self> {
        prctl::set_child_subreaper(true)?;
        let pid = i32::try_from(process::id()).map_err(io::Error::other)?;
        let session = getsid(None)?.as_raw();
        let own = Facts {
            pid,
            parent: 0,
            session,
            start: 0,
            is_zombie: false,
        };
        let strangers = proc::all()?
            .into_iter()
            .filter(|facts| facts.parent == pid)
            .map(|facts| facts.identity())
            .collect();
        Ok(Self {
            run,
            own,
            leaders: Vec::new(),
            watchers: HashSet::new(),
            strangers,
            known: HashSet::new(),
        })
    }

    /// Takes in processes that an earlier runner knew to belong to it.
    pub(in crate::stage::execute) fn know(&mut self, known: impl IntoIterator<Item = Identity>) {
        self.known.extend(known);
    }

    /// Takes the first process of a new session in.
    pub(in crate::stage::execute) fn adopt(&mut self, leader: Child) {
        self.leaders.push(leader);
    }

    /// Takes the first process of a new session in, which watches what it starts. It ends
    /// by itself when nothing of that is left, and is given time to tell of it.
    pub(in crate::stage::execute) fn adopt_watcher(&mut self, leader: Child) {
        self.watchers.extend(i32::try_from(leader.id()));
        self.leaders.push(leader);
    }

    /// The members that have not ended, and those that are ours to reap.
    fn members(&self) -> io::Result<(Vec<Facts>, Vec<Facts>)> {
        let leaders: HashSet<i32> = self.leader_pids().collect();
        let mut rest = proc::all()?;
        rest.retain(|facts| facts.pid != self.own.pid && facts.pid != 1);
        let marked: HashSet<i32> = rest
            .iter()
            .filter(|facts| proc::carries(facts.pid, self.run))
            .map(|facts| facts.pid)
            .collect();
        let sessions: HashSet<i32> = rest
            .iter()
            .filter(|facts| marked.contains(&facts.pid) && facts.session != self.own.session)
            .map(|facts| facts.session)
            .chain(leaders.iter().copied())
            .collect();
        let mut members: Vec<Facts> = Vec::new();
        let mut pids: HashSet<i32> = leaders.clone();
        rest.retain(|facts| {
            let is_orphan = facts.parent == self.own.pid
                && facts.session != self.own.session
                && !self.strangers.contains(&facts.identity());
            let is_member = leaders.contains(&facts.pid)
                || sessions.contains(&facts.session)
                || is_orphan
                || marked.contains(&facts.pid)
                || self.known.contains(&facts.identity());
            if is_member {
                members.push(*facts);
                pids.insert(facts.pid);
            }
            !is_member
        });
        loop {
            let before = members.len();
            rest.retain(|facts| {
                let is_member = pids.contains(&facts.parent);
                if is_member {
                    members.push(*facts);
                    pids.insert(facts.pid);
                }
                !is_member
            });
            if members.len() == before {
                break;
            }
        }
        let (zombies, alive): (Vec<_>, Vec<_>) =
            members.into_iter().partition(|facts| facts.is_zombie);
        let ours = zombies
            .into_iter()
            .filter(|facts| facts.parent == self.own.pid && !leaders.contains(&facts.pid))
            .collect();
        Ok((alive, ours))
    }

    /// The members that run, once the dead are buried.
    fn alive(&self) -> io::Result<Vec<Facts>> {
        let (alive, dead) = self.members()?;
        for facts in dead {
            // Whoever else reaped it first is welcome.
            let _ = waitpid(Pid::from_raw(facts.pid), Some(WaitPidFlag::WNOHANG));
        }
        Ok(alive)
    }

    fn leader_pids(&self) -> impl Iterator<Item = i32> + '_ {
        self.leaders
            .iter()
            .filter_map(|leader| i32::try_from(leader.id()).ok())
    }

    /// Whether no member runs.
    pub(in crate::stage::execute) fn is_empty(&self) -> io::Result<bool> {
        Ok(self.alive()?.is_empty())
    }

    /// Whether no member runs, but for those that watch.
    pub(in crate::stage::execute) fn is_quiet(&self) -> io::Result<bool> {
        Ok(self.alive()?.iter().all(|facts| self.watches(facts)))
    }

    fn watches(&self, facts: &Facts) -> bool {
        self.watchers.contains(&facts.pid)
    }

    /// The members that run, but for those that watch.
    pub(in crate::stage::execute) fn seen(&self) -> io::Result<Vec<Seen>> {
        let alive = self.alive()?;
        Ok(alive
            .iter()
            .filter(|facts| !self.watches(facts))
            .map(|facts| proc::describe(facts.pid))
            .collect())
    }

    /// The ports on which members listen, but for those that watch.
    pub(in crate::stage::execute) fn listening(&self) -> io::Result<Vec<Listening>> {
        let mut found = Vec::new();
        for facts in self.alive()? {
            if self.watches(&facts) {
                continue;
            }
            let at = ports::of(facts.pid).into_iter();
            found.extend(at.map(|address| Listening {
                address,
                process: proc::describe(facts.pid),
            }));
        }
        Ok(found)
    }

    /// The members that only this process can tell, as they do not carry the mark.
    pub(in crate::stage::execute) fn unmarked(&self) -> io::Result<Vec<Identity>> {
        Ok(self
            .alive()?
            .iter()
            .filter(|facts| !proc::carries(facts.pid, self.run))
            .map(Facts::identity)
            .collect())
    }

    /// Ends every member: asks, waits for the grace, and then kills until none is left.
    pub(in crate::stage::execute) fn end(&self, grace: Duration) -> io::Result<Ended> {
        let mut asked: HashSet<Identity> = HashSet::new();
        let until = Instant::now() + grace;
        while Instant::now() < until {
            let alive = self.alive()?;
            if alive.is_empty() {
                return Ok(Ended::default());
            }
            for facts in alive {
                // A watcher ends when there is nothing left to watch.
                if !self.watches(&facts) && asked.insert(facts.identity()) {
                    send(&facts, Signal::SIGTERM);
                    // One that was stopped hears nothing until it goes on.
                    send(&facts, Signal::SIGCONT);
                }
            }
            thread::sleep(GLANCE);
        }
        let mut until = Instant::now() + KILLING;
        let mut patience = Some(Instant::now() + WATCHING);
        loop {
            let mut alive = self.alive()?;
            if alive.is_empty() {
                return Ok(Ended::default());
            }
            match patience {
                // Those that watch are the last to go, once all others have.
                Some(end) if Instant::now() < end => {
                    alive.retain(|facts| !self.watches(facts));
                }
                Some(_) => {
                    patience = None;
                    until = Instant::now() + KILLING;
                }
                None => {}
            }
            if Instant::now() >= until {
                return Ok(Ended {
                    survivors: alive
                        .iter()
                        .map(|facts| proc::describe(facts.pid))
                        .collect(),
                });
            }
            // What is stopped cannot fork while its siblings are killed.
            for facts in &alive {
                send(facts, Signal::SIGSTOP);
            }
            for facts in &alive {
                send(facts, Signal::SIGKILL);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Sends a signal to a process if it is still the one that was seen.
fn send(facts: &Facts, signal: Signal) {
    let is_same = proc::of(facts.pid).is_some_and(|now| now.start == facts.start);
    if is_same {
        match kill(Pid::from_raw(facts.pid), signal) {
            // It ended meanwhile, or it is not ours to end and will be a survivor.
            Ok(()) | Err(_) => {}
        }
    }
}

impl Drop for Tree {
    /// Whatever way a run is left, none of its processes stays.
    fn drop(&mut self) {
        let _ = self.end(Duration::ZERO);
        for leader in &mut self.leaders {
            // Never waits: one that cannot be killed must not hold us up.
            let _ = leader.try_wait();
        }
    }
}
