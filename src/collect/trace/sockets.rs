//! Calls on sockets at their exit: what they did.

use std::collections::{HashMap, HashSet};
use std::net::{SocketAddr, UdpSocket};

use jiff::Timestamp;
use nix::errno::Errno;
use nix::sys::socket::{SockType, getsockopt, sockopt};
use nix::unistd::{Pid, gettid};

use super::dns;
use super::event::{
    Connection, ConnectionState, DnsQuestion, ProcessKey, Protocol, TraceEventKind,
};
use super::memory;
use super::problem::ProblemKind;
use super::procfs;
use super::recorder::Recorder;
use super::socket_calls::{Sent, SocketIntent};
use super::sys;
use super::watch::Watch;

const DNS: u16 = 53;

/// The most pairs of a process and a peer that are remembered, so that UDP is reported
/// once for each.
const MOST_PEERS: usize = 50_000;

/// Connections in the making, and sockets that are followed.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    unfinished: HashMap<(Pid, i32), Unfinished>,
    peers: HashSet<(ProcessKey, SocketAddr)>,
    watch: Watch,
}

#[derive(Debug)]
struct Unfinished {
    time: Timestamp,
    key: ProcessKey,
    connection: Connection,
}

/// Whose socket it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub(super) task: Pid,
    pub(super) process: Pid,
    pub(super) key: ProcessKey,
}

/// What the kernel tells of a socket.
struct Facts {
    protocol: Protocol,
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
}

impl Sockets {
    pub(super) fn is_watched(&self, process: Pid, descriptor: i32) -> bool {
        self.watch.get(process, descriptor).is_some()
    }

    pub(super) fn is_unfinished(&self, process: Pid, descriptor: i32) -> bool {
        self.unfinished.contains_key(&(process, descriptor))
    }

    /// Whether a process must stop at every call.
    pub(super) fn watches(&self, process: Pid) -> bool {
        self.watch.is_on(process)
    }

    /// Counts a stop at a call that only a watched process makes.
    pub(super) fn count_call(&mut self, process: Pid, recorder: &mut Recorder) {
        for remote in self.watch.count_call(process) {
            recorder.problem(
                ProblemKind::WatchEnded,
                format!("what process {process} sends to {remote} was waited for too long, and is not seen"),
            );
        }
    }

    /// A process ended, or runs another program.
    pub(super) fn forget(&mut self, process: Pid, recorder: &mut Recorder) {
        self.watch.stop_all(process);
        let left: Vec<_> = self
            .unfinished
            .extract_if(|(owner, _), _| *owner == process)
            .collect();
        for (_, unfinished) in left {
            unfinished.end(ConnectionState::Unfinished, None, recorder);
        }
    }

    /// Reports what a call did, given its result or its error.
    pub(super) fn finish(
        &mut self,
        owner: Owner,
        intent: SocketIntent,
        result: Result<i32, Errno>,
        recorder: &mut Recorder,
    ) {
        match (intent, result) {
            (SocketIntent::Connect { descriptor, remote }, result) => {
                self.connected(owner, descriptor, remote, result, recorder);
            }
            (
                SocketIntent::AskService {
                    descriptor,
                    service,
                },
                Ok(_),
            ) => {
                if !is_traced_at(owner, descriptor) {
                    recorder.problem(
                        ProblemKind::Service,
                        format!("the program asked {service}; what the service does is not seen"),
                    );
                }
            }
            (SocketIntent::Accept, Ok(descriptor)) => {
                if let Some((facts, remote)) =
                    facts(owner, descriptor, recorder).and_then(|facts| {
                        let peer = facts.peer?;
                        Some((facts, peer))
                    })
                {
                    let connection = Connection {
                        protocol: facts.protocol,
                        local: facts.local,
                        remote,
                        initiated: false,
                        state: ConnectionState::Established,
                    };
                    recorder.event(owner.key, TraceEventKind::Connection(connection));
                }
            }
            (
                SocketIntent::Send {
                    descriptor,
                    messages,
                },
                Ok(_),
            ) => {
                for sent in &messages {
                    self.sent(owner, descriptor, sent, recorder);
                }
            }
            (
                SocketIntent::AskOutcome {
                    descriptor,
                    answer_at,
                },
                Ok(_),
            ) => {
                self.outcome_known(owner, descriptor, answer_at, recorder);
            }
            (SocketIntent::Close { descriptor }, _) => self.watch.stop(owner.process, descriptor),
            (_, Err(_)) => {}
        }
    }

    fn connected(
        &mut self,
        owner: Owner,
        descriptor: i32,
        remote: SocketAddr,
        result: Result<i32, Errno>,
        recorder: &mut Recorder,
    ) {
        let place = (owner.process, descriptor);
        if matches!(
            result,
            Err(Errno::EALREADY | Errno::EBADF | Errno::ENOTSOCK | Errno::EFAULT)
        ) {
            return;
        }
        let facts = facts(owner, descriptor, recorder);
        let protocol = protocol(facts.as_ref(), remote);
        let local = facts.as_ref().and_then(|facts| facts.local);
        let peer = facts.as_ref().and_then(|facts| facts.peer);
        // A second connect asks how the first ended.
        if let Some(earlier) = self.unfinished.remove(&place) {
            if earlier.connection.remote == remote {
                let state = match result {
                    Ok(_) | Err(Errno::EISCONN) => ConnectionState::Established,
                    Err(error) => ConnectionState::Failed(error as i32),
                };
                earlier.end(state, local, recorder);
                return;
            }
            earlier.end(ConnectionState::Unfinished, None, recorder);
        }
        let state = match result {
            Ok(_) => ConnectionState::Established,
            Err(Errno::EINPROGRESS | Errno::EINTR) if peer.is_some() => {
                ConnectionState::Established
            }
            Err(Errno::EINPROGRESS | Errno::EINTR) => ConnectionState::Unfinished,
            Err(Errno::EISCONN) => return,
            Err(error) => ConnectionState::Failed(error as i32),
        };
        let succeeds = !matches!(state, ConnectionState::Failed(_));
        // The kernel's own word: another thread may have changed what we read.
        let remote = peer.filter(|_| succeeds).unwrap_or(remote);
        if succeeds && (protocol == Protocol::Udp || remote.port() == DNS) {
            self.watch
                .start(owner.process, descriptor, remote, protocol);
        }
        // A connect of UDP sends nothing; resolvers do it only to choose an address.
        if protocol == Protocol::Udp && succeeds {
            return;
        }
        let connection = Connection {
            protocol,
            local,
            remote,
            initiated: true,
            state,
        };
        if state == ConnectionState::Unfinished {
            let unfinished = Unfinished {
                time: Timestamp::now(),
                key: owner.key,
                connection,
            };
            self.unfinished.insert(place, unfinished);
        } else {
            recorder.event(owner.key, TraceEventKind::Connection(connection));
        }
    }

    fn outcome_known(
        &mut self,
        owner: Owner,
        descriptor: i32,
        answer_at: u64,
        recorder: &mut Recorder,
    ) {
        let answer = memory::bytes(owner.task, answer_at, 4)
            .ok()
            .and_then(|read| read.try_into().ok());
        let state = match answer.map(i32::from_ne_bytes) {
            Some(0) => ConnectionState::Established,
            Some(error) => ConnectionState::Failed(error),
            None => return,
        };
        let facts = facts(owner, descriptor, recorder);
        let is_connected = facts.as_ref().is_some_and(|facts| facts.peer.is_some());
        // No error yet, and no peer yet: it still goes on.
        if state == ConnectionState::Established && !is_connected {
            return;
        }
        if let Some(unfinished) = self.unfinished.remove(&(owner.process, descriptor)) {
            unfinished.end(state, facts.and_then(|facts| facts.local), recorder);
        }
    }

    fn sent(&mut self, owner: Owner, descriptor: i32, sent: &Sent, recorder: &mut Recorder) {
        let watched = self.watch.get(owner.process, descriptor).cloned();
        let Some(remote) = sent
            .to
            .or_else(|| watched.as_ref().map(|watched| watched.remote))
        else {
            return;
        };
        if self.peers.len() >= MOST_PEERS {
            recorder.problem(
                ProblemKind::EventsDropped,
                format!("the program sent to more than {MOST_PEERS} addresses; further ones are not seen"),
            );
        }
        let is_new = self.peers.len() < MOST_PEERS && self.peers.insert((owner.key, remote));
        if !is_new && remote.port() != DNS && watched.is_none() {
            return;
        }
        let facts = facts(owner, descriptor, recorder);
        let protocol = watched.map_or_else(
            || protocol(facts.as_ref(), remote),
            |watched| watched.protocol,
        );
        // TCP with data in its first packet is the one TCP that sends to an address.
        if is_new && (protocol != Protocol::Tcp || sent.to.is_some()) {
            let local = facts.and_then(|facts| facts.local);
            let state = ConnectionState::Established;
            let connection = Connection {
                protocol,
                local,
                remote,
                initiated: true,
                state,
            };
            recorder.event(owner.key, TraceEventKind::Connection(connection));
        }
        if remote.port() == DNS {
            self.asked(owner, protocol, remote, &sent.payload, recorder);
            self.watch.sent(owner.process, descriptor);
        } else {
            self.watch.stop(owner.process, descriptor);
        }
    }

    fn asked(
        &self,
        owner: Owner,
        protocol: Protocol,
        server: SocketAddr,
        payload: &[u8],
        recorder: &mut Recorder,
    ) {
        let questions = match protocol {
            Protocol::Tcp => dns::questions_in_stream(payload),
            Protocol::Udp | Protocol::Other => dns::questions(payload),
        };
        for (name, record_type) in questions {
            let question = DnsQuestion {
                name,
                record_type,
                server,
            };
            recorder.event(owner.key, TraceEventKind::DnsQuestion(question));
        }
    }
}

impl Unfinished {
    fn end(self, state: ConnectionState, local: Option<SocketAddr>, recorder: &mut Recorder) {
        let connection = Connection {
            state,
            local: local.or(self.connection.local),
            ..self.connection
        };
        recorder.event_at(self.time, self.key, TraceEventKind::Connection(connection));
    }
}

/// Whether who answers at a unix socket is traced here: a server that the program has
/// started itself.
fn is_traced_at(owner: Owner, descriptor: i32) -> bool {
    let Ok(descriptor) = sys::borrow_descriptor(owner.process, descriptor) else {
        return false;
    };
    let server = getsockopt(&descriptor, sockopt::PeerCredentials);
    server.is_ok_and(|server| {
        let tracer = procfs::tracer(Pid::from_raw(server.pid()));
        tracer.is_ok_and(|tracer| tracer == gettid())
    })
}

/// A ping's socket is one of datagrams too, but has no port.
fn protocol(facts: Option<&Facts>, remote: SocketAddr) -> Protocol {
    match facts.map(|facts| facts.protocol) {
        Some(Protocol::Udp) if remote.port() == 0 => Protocol::Other,
        Some(protocol) => protocol,
        None => Protocol::Other,
    }
}

/// Asks the kernel. None if the descriptor is no socket of the internet, or if it cannot
/// be lent (before Linux 5.6, or where that is denied), which is told.
fn facts(owner: Owner, descriptor: i32, recorder: &mut Recorder) -> Option<Facts> {
    let socket = match sys::borrow_descriptor(owner.process, descriptor) {
        Ok(descriptor) => UdpSocket::from(descriptor),
        // It was closed meanwhile, or its process is gone.
        Err(Errno::EBADF | Errno::ESRCH) => return None,
        Err(_) => {
            recorder.unreadable("a socket", owner.key);
            return None;
        }
    };
    let protocol = match getsockopt(&socket, sockopt::SockType).ok()? {
        SockType::Stream => Protocol::Tcp,
        SockType::Datagram => Protocol::Udp,
        _ => Protocol::Other,
    };
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    Some(Facts {
        protocol,
        local: socket.local_addr().ok().map(plain),
        peer: socket.peer_addr().ok().map(plain),
    })
}
