//! Calls on sockets at their entry: what they mean to do.

use std::ffi::OsStr;
use std::net::SocketAddr;

use nix::unistd::Pid;

use super::calls::SocketCall;
use super::memory::{self, Address};
use super::services;
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
        descriptor: i32,
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
                services::asked_at(&whole(task, &path)).map(|service| SocketIntent::AskService {
                    descriptor,
                    service,
                })
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

/// The path of a socket as the file system has it, if it is one of a file.
fn whole(task: Pid, path: &OsStr) -> String {
    let text = path.to_string_lossy();
    if text.starts_with(['/', '@']) {
        return text.into_owned();
    }
    let directory = std::fs::read_link(format!("/proc/{task}/cwd")).unwrap_or_default();
    directory.join(path).to_string_lossy().into_owned()
}
