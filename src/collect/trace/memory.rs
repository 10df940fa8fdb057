//! Reads what a stopped task's arguments point at, within bounds.

use std::ffi::OsString;
use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

const PAGE: usize = 4096;
const LONGEST_PATH: usize = 4096;

/// The longest payload that is read, for a question to a name server.
const LONGEST_PAYLOAD: usize = 2_048;

/// The most parts of a message that are read.
const MOST_PARTS: u64 = 8;

/// A socket address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Internet(SocketAddr),
    /// A unix socket's path; an abstract one begins with `@`.
    Unix(OsString),
    Other,
}

/// Reads bytes; fewer come back where memory ends.
pub(super) fn bytes(task: Pid, address: u64, length: usize) -> nix::Result<Vec<u8>> {
    let mut read = vec![0; length];
    let base = usize::try_from(address).map_err(|_| Errno::EFAULT)?;
    let count = process_vm_readv(
        task,
        &mut [IoSliceMut::new(&mut read)],
        &[RemoteIoVec { base, len: length }],
    )?;
    read.truncate(count);
    Ok(read)
}

/// Reads a path up to its NUL. It is read page by page, since the next page need not be
/// there.
pub(super) fn path(task: Pid, address: u64) -> nix::Result<OsString> {
    let mut text = Vec::new();
    let mut at = usize::try_from(address).map_err(|_| Errno::EFAULT)?;
    while text.len() < LONGEST_PATH {
        let left_of_page = PAGE - at % PAGE;
        let part = bytes(task, at as u64, left_of_page.min(256))?;
        if part.is_empty() {
            return Err(Errno::EFAULT);
        }
        if let Some(end) = part.iter().position(|byte| *byte == 0) {
            text.extend_from_slice(part.get(..end).unwrap_or_default());
            return Ok(OsString::from_vec(text));
        }
        at += part.len();
        text.extend(part);
    }
    Err(Errno::ENAMETOOLONG)
}

/// Reads a number of 64 bits.
pub(super) fn number(task: Pid, address: u64) -> nix::Result<u64> {
    let read = bytes(task, address, 8)?;
    let read: [u8; 8] = read.try_into().map_err(|_| Errno::EFAULT)?;
    Ok(u64::from_ne_bytes(read))
}

/// Replaces a number of 64 bits.
pub(super) fn set_number(task: Pid, address: u64, value: u64) -> nix::Result<()> {
    let address = usize::try_from(address).map_err(|_| Errno::EFAULT)?;
    let value = libc::c_long::from_ne_bytes(value.to_ne_bytes());
    ptrace::write(task, std::ptr::without_provenance_mut(address), value)
}

/// Reads a socket address.
pub(super) fn socket_address(task: Pid, address: u64, length: u64) -> nix::Result<Address> {
    let length = usize::try_from(length & 0xffff_ffff).unwrap_or(0).min(128);
    Ok(parse_address(&bytes(task, address, length)?))
}

fn parse_address(raw: &[u8]) -> Address {
    let Some((family, rest)) = raw.split_first_chunk::<2>() else {
        return Address::Other;
    };
    let port = |rest: &[u8]| {
        rest.first_chunk::<2>()
            .map(|port| u16::from_be_bytes(*port))
    };
    let internet = match i32::from(u16::from_ne_bytes(*family)) {
        libc::AF_INET => {
            port(rest).zip(part::<4>(rest, 2).map(|ip| IpAddr::from(Ipv4Addr::from(ip))))
        }
        libc::AF_INET6 => {
            port(rest).zip(part::<16>(rest, 6).map(|ip| IpAddr::from(Ipv6Addr::from(ip))))
        }
        libc::AF_UNIX => return Address::Unix(unix_path(rest)),
        _ => None,
    };
    internet.map_or(Address::Other, |(port, ip)| {
        Address::Internet(SocketAddr::new(ip.to_canonical(), port))
    })
}

fn part<const N: usize>(raw: &[u8], from: usize) -> Option<[u8; N]> {
    raw.get(from..)?.first_chunk::<N>().copied()
}

fn unix_path(raw: &[u8]) -> OsString {
    match raw.split_first() {
        Some((0, name)) => {
            let mut text = vec![b'@'];
            text.extend_from_slice(name);
            OsString::from_vec(text)
        }
        _ => OsString::from_vec(raw.iter().copied().take_while(|byte| *byte != 0).collect()),
    }
}

/// A message of `sendmsg`: where it goes, and its first bytes.
pub(super) struct Message {
    pub(super) to: Option<Address>,
    pub(super) payload: Vec<u8>,
}

/// How far messages of `sendmmsg` stand apart: `struct mmsghdr`.
pub(super) const MESSAGE_STEP: u64 = 64;

/// Reads a `struct msghdr` with what it points at.
pub(super) fn message(task: Pid, address: u64) -> nix::Result<Message> {
    let field = |index: u64| number(task, address.wrapping_add(8 * index));
    let (name, name_length, parts, count) = (field(0)?, field(1)?, field(2)?, field(3)?);
    let to = match name {
        0 => None,
        name => Some(socket_address(task, name, name_length)?),
    };
    Ok(Message {
        to,
        payload: vector(task, parts, count)?,
    })
}

/// Reads what a list of `struct iovec` points at.
pub(super) fn vector(task: Pid, address: u64, count: u64) -> nix::Result<Vec<u8>> {
    let mut payload = Vec::new();
    for index in 0..count.min(MOST_PARTS) {
        let part = address.wrapping_add(16 * index);
        payload.extend(self::payload(
            task,
            number(task, part)?,
            number(task, part.wrapping_add(8))?,
        )?);
        if payload.len() >= LONGEST_PAYLOAD {
            break;
        }
    }
    Ok(payload)
}

/// Reads the first bytes of what is sent.
pub(super) fn payload(task: Pid, address: u64, length: u64) -> nix::Result<Vec<u8>> {
    bytes(
        task,
        address,
        usize::try_from(length)
            .unwrap_or(usize::MAX)
            .min(LONGEST_PAYLOAD),
    )
}
