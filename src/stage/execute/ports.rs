//! Ports on which somebody listens, and who does.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use serde::Serialize;

use super::process::Seen;

/// A port on which a process of a run listened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listening {
    /// The port.
    pub address: SocketAddr,
    /// The process.
    pub process: Seen,
}

/// A socket that listens: where, and its number on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Socket {
    address: SocketAddr,
    inode: u64,
}

/// All ports on which somebody listens, as this process sees the network.
pub(super) fn all() -> BTreeSet<SocketAddr> {
    sockets(Path::new("/proc/net"))
        .map(|socket| socket.address)
        .collect()
}

/// The ports on which a process listens, in the network that it is in. Of a process of
/// another user nothing is seen without the rights of root.
pub(super) fn of(pid: i32) -> BTreeSet<SocketAddr> {
    let open: HashSet<u64> = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| socket_of(&fs::read_link(entry.path()).ok()?))
        .collect();
    if open.is_empty() {
        return BTreeSet::new();
    }
    sockets(Path::new(&format!("/proc/{pid}/net")))
        .filter(|socket| open.contains(&socket.inode))
        .map(|socket| socket.address)
        .collect()
}

/// The number in `socket:[4711]`.
fn socket_of(link: &Path) -> Option<u64> {
    let name = link.to_str()?.strip_prefix("socket:[")?;
    name.strip_suffix(']')?.parse().ok()
}

/// The sockets that listen by the tables in a folder (`proc_pid_net(5)`).
fn sockets(folder: &Path) -> impl Iterator<Item = Socket> {
    let tables = [
        ("tcp", address_v4 as fn(&str) -> Option<SocketAddr>),
        ("tcp6", address_v6),
    ];
    let folder = folder.to_owned();
    tables.into_iter().flat_map(move |(table, address)| {
        // A host without IPv6 has no such table.
        let text = fs::read_to_string(folder.join(table)).unwrap_or_default();
        listening(&text, address).collect::<Vec<_>>()
    })
}

/// The sockets of a table that listen (state `0A`).
fn listening(table: &str, address: fn(&str) -> Option<SocketAddr>) -> impl Iterator<Item = Socket> {
    table.lines().skip(1).filter_map(move |line| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let local = fields.next()?;
        let is_listening = fields.nth(1)? == "0A";
        let inode = fields.nth(5)?.parse().ok()?;
        is_listening.then_some(Socket {
            address: address(local)?,
            inode,
        })
    })
}

fn address_v4(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    // The kernel prints the number as this machine holds it in memory.
    let address = u32::from_str_radix(address, 16).ok()?.to_ne_bytes();
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(address)), port))
}

fn address_v6(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let mut bytes = [0; 16];
    for (index, into) in bytes.chunks_exact_mut(4).enumerate() {
        let word = address.get(index * 8..index * 8 + 8)?;
        into.copy_from_slice(&u32::from_str_radix(word, 16).ok()?.to_ne_bytes());
    }
    let port = u16::from_str_radix(port, 16).ok()?;
    Some(SocketAddr::new(IpAddr::V6(Ipv6Addr::from(bytes)), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_are_read_as_the_kernel_writes_them() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when \
            retrnsmt   uid  timeout inode\n   \
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        \
            0 4711 1 0000000000000000 100 0 0 10 0\n   \
            1: 0100007F:1F91 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        \
            0 4712 1 0000000000000000 100 0 0 10 0\n";
        let found: Vec<_> = listening(table, address_v4).collect();
        let expected = Socket {
            address: SocketAddr::from(([127, 0, 0, 1], 8080)),
            inode: 4711,
        };
        assert_eq!(found, [expected]);
        let six = address_v6("00000000000000000000000001000000:0050");
        assert_eq!(six, "[::1]:80".parse().ok());
    }

    #[test]
    fn a_short_line_is_passed_over() {
        let table = "head\n 0: 0100007F:1F90 00000000:0000 0A\n 1: x\n\n";
        assert_eq!(listening(table, address_v4).count(), 0);
    }
}
