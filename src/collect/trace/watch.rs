//! Sockets whose first payload is waited for.
//!
//! `write` is not stopped, since it is everywhere. But a socket that was connected to a
//! name server, or one of UDP, whose connect alone sends nothing, must be followed to
//! what is sent: until then, its process stops at every call, within a budget.

use std::collections::HashMap;
use std::net::SocketAddr;

use nix::unistd::Pid;

use super::event::Protocol;

/// How many calls of its process a socket is watched for.
const BUDGET: u32 = 4_096;

/// How many more once something was sent: a question is often followed by another.
const AFTER_SENDING: u32 = 64;

#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub(super) remote: SocketAddr,
    pub(super) protocol: Protocol,
    pub(super) has_sent: bool,
    left: u32,
}

/// The watched sockets of each process.
#[derive(Debug, Default)]
pub(super) struct Watch {
    sockets: HashMap<Pid, HashMap<i32, Watched>>,
}

impl Watch {
    pub(super) fn start(
        &mut self,
        process: Pid,
        descriptor: i32,
        remote: SocketAddr,
        protocol: Protocol,
    ) {
        let watched = Watched {
            remote,
            protocol,
            has_sent: false,
            left: BUDGET,
        };
        self.sockets
            .entry(process)
            .or_default()
            .insert(descriptor, watched);
    }

    pub(super) fn stop(&mut self, process: Pid, descriptor: i32) {
        if let Some(sockets) = self.sockets.get_mut(&process) {
            sockets.remove(&descriptor);
            if sockets.is_empty() {
                self.sockets.remove(&process);
            }
        }
    }

    pub(super) fn stop_all(&mut self, process: Pid) {
        self.sockets.remove(&process);
    }

    pub(super) fn is_on(&self, process: Pid) -> bool {
        self.sockets.contains_key(&process)
    }

    pub(super) fn get(&self, process: Pid, descriptor: i32) -> Option<&Watched> {
        self.sockets.get(&process)?.get(&descriptor)
    }

    /// Something was sent; the socket is watched a little longer.
    pub(super) fn sent(&mut self, process: Pid, descriptor: i32) {
        let socket = self
            .sockets
            .get_mut(&process)
            .and_then(|all| all.get_mut(&descriptor));
        if let Some(socket) = socket {
            socket.has_sent = true;
            socket.left = AFTER_SENDING;
        }
    }

    /// Counts a call of a process. Gives the sockets that were given up with nothing sent.
    pub(super) fn count_call(&mut self, process: Pid) -> Vec<SocketAddr> {
        let mut given_up = Vec::new();
        if let Some(sockets) = self.sockets.get_mut(&process) {
            sockets.retain(|_, socket| {
                socket.left = socket.left.saturating_sub(1);
                if socket.left == 0 && !socket.has_sent {
                    given_up.push(socket.remote);
                }
                socket.left > 0
            });
            if sockets.is_empty() {
                self.sockets.remove(&process);
            }
        }
        given_up
    }
}
