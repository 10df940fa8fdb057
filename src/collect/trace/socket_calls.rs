//! Calls on sockets at their entry: what they mean to do.

use std::net::SocketAddr;

use nix::unistd::Pid;

use super::calls::SocketCall;
use super::memory::{self, Address};
use super::sockets::Sockets;

/// What a call on sockets will have done if it succeeds.
#[derive(Debug)]
pub(super) enum SocketIntent {
    Connect {
        descriptor: i32,
        remote: SocketAddr,
    },
    /// A connection to a service that works for the program.
    AskService {
        service: &'static str,
    },
    Accept,
    Send {
        descriptor: i32,
        messages: Vec<Sent>,
    },
    /// The program will know how a connect ended.
    AskOutcome {
        descriptor: i32,
        answer_at: u64,
    },
    Close {
        descriptor: i32,
    },
}

/// A message that is sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) to: Option<SocketAddr>,
    pub(super) payload: Vec<u8>,
}

/// The most messages of one call that are read.
const MOST_MESSAGES: u64 = 16;

/// Services on unix sockets that do things for the program, out of our sight.
const SERVICES: &[(&str, &str)] = &[
    (
        "/run/nscd/socket",
        "the name service cache (nscd), which asks name servers itself",
    ),
    (
        "/run/systemd/resolve/",
        "systemd-resolved, which asks name servers itself",
    ),
    (
        "/run/dbus/system_bus_socket",
        "the system bus, whose services may start programs",
    ),
    ("/systemd/private", "systemd, which may start programs"),
    ("/docker.sock", "Docker, which may start programs"),
    ("/containerd.sock", "containerd, which may start programs"),
    ("/podman.sock", "Podman, which may start programs"),
    ("/snapd.socket", "snapd, which may start programs"),
    ("/bus", "a message bus, whose services may start programs"),
];

/// Reads what a call means to do. None if nothing can come of it that is of interest.
pub(super) fn begin(
    task: Pid,
    process: Pid,
    call: SocketCall,
    args: &[u64; 6],
    sockets: &Sockets,
) -> nix::Result<Option<SocketIntent>> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the kernel truncates it too"
    )]
    let descriptor = args[0] as i32;
    let is_watched = sockets.is_watched(process, descriptor);
    let sent = |messages: Vec<Sent>| {
        let matters = is_watched || messages.iter().any(|sent| sent.to.is_some());
        matters.then_some(SocketIntent::Send {
            descriptor,
            messages,
        })
    };
    Ok(match call {
        SocketCall::Connect => match memory::socket_address(task, args[1], args[2])? {
            Address::Internet(remote) => Some(SocketIntent::Connect { descriptor, remote }),
            Address::Unix(path) => {
                service(&path.to_string_lossy()).map(|service| SocketIntent::AskService { service })
            }
            Address::Other => None,
        },
        SocketCall::Accept => Some(SocketIntent::Accept),
        SocketCall::SendTo => {
            let to = match args[4] {
                0 => None,
                at => internet(memory::socket_address(task, at, args[5])?),
            };
            if to.is_none() && !is_watched {
                return Ok(None);
            }
            sent(vec![Sent {
                to,
                payload: memory::payload(task, args[1], args[2])?,
            }])
        }
        SocketCall::SendMessage => sent(vec![message(task, args[1])?]),
        SocketCall::SendMessages => {
            let count = (args[2] & 0xffff_ffff).min(MOST_MESSAGES);
            let messages = (0..count)
                .map(|index| message(task, args[1].wrapping_add(index * memory::MESSAGE_STEP)))
                .collect::<nix::Result<_>>()?;
            sent(messages)
        }
        SocketCall::AskOutcome => {
            sockets
                .is_unfinished(process, descriptor)
                .then_some(SocketIntent::AskOutcome {
                    descriptor,
                    answer_at: args[3],
                })
        }
        SocketCall::Write if is_watched => sent(vec![Sent {
            to: None,
            payload: memory::payload(task, args[1], args[2])?,
        }]),
        SocketCall::WriteVector if is_watched => sent(vec![Sent {
            to: None,
            payload: memory::vector(task, args[1], args[2])?,
        }]),
        SocketCall::Close if is_watched => Some(SocketIntent::Close { descriptor }),
        SocketCall::Write | SocketCall::WriteVector | SocketCall::Close => None,
    })
}

fn message(task: Pid, address: u64) -> nix::Result<Sent> {
    let message = memory::message(task, address)?;
    Ok(Sent {
        to: message.to.and_then(internet),
        payload: message.payload,
    })
}

fn internet(address: Address) -> Option<SocketAddr> {
    match address {
        Address::Internet(address) => Some(address),
        Address::Unix(_) | Address::Other => None,
    }
}

fn service(path: &str) -> Option<&'static str> {
    let path = path.strip_prefix("/var").unwrap_or(path);
    let is_it = |name: &str| match name {
        name if name.ends_with('/') => path.starts_with(name),
        "/bus" => path.starts_with("/run/user/") && path.ends_with(name),
        name => path.ends_with(name),
    };
    SERVICES
        .iter()
        .find(|(name, _)| is_it(name))
        .map(|(_, service)| *service)
}
