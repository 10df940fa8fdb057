//! The network of a modelled host: every name resolves to an address of the ranges
//! that are reserved for documentation, unless the profile knows better.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::World;
use super::numbers::Numbers;
use crate::activity::{ActivityKind, Connection, DnsQuestion, Process, Protocol};

impl World {
    /// A process asks for a name, and is answered unless the profile says that the
    /// name is dead. An address is its own answer, and asks nobody.
    pub fn resolve(&mut self, process: &Arc<Process>, name: &str) -> Option<IpAddr> {
        let name = name.trim_matches(['[', ']']).trim_end_matches('.');
        if let Ok(address) = name.parse() {
            return Some(address);
        }
        let name = name.to_lowercase();
        if name == "localhost" {
            return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let answer = self.profile.address_of(&name).or_else(|| {
            let is_own = self.profile.is_own_name(&name);
            is_own.then(|| Some(self.profile.own_address()))
        });
        let answer = answer.unwrap_or_else(|| Some(documentation_address(&name)));
        self.pause(9);
        self.happen(
            Some(process),
            ActivityKind::DnsQuestion(DnsQuestion {
                name,
                answers: answer.into_iter().collect(),
            }),
        );
        answer
    }

    /// A process opens a connection to a host, whose name it asks for first; says
    /// whether it came about.
    pub fn connect(
        &mut self,
        process: &Arc<Process>,
        host: &str,
        port: u16,
        protocol: Protocol,
    ) -> bool {
        let Some(destination) = self.resolve(process, host) else {
            return false;
        };
        self.next_port = self.next_port.checked_add(1).unwrap_or(49_700);
        let own = match destination {
            address if address.is_loopback() => address,
            _ => self.profile.own_address(),
        };
        self.pause(20);
        self.happen(
            Some(process),
            ActivityKind::Connection(Connection {
                protocol,
                initiated: true,
                source: own,
                source_port: self.next_port,
                destination,
                destination_name: None,
                destination_port: port,
            }),
        );
        true
    }

    /// A process fetches an address (`https://host[:port]/…`); says whether anything
    /// answered.
    pub fn fetch(&mut self, process: &Arc<Process>, url: &str) -> bool {
        match host_and_port(url) {
            Some((host, port)) => self.connect(process, &host, port, Protocol::Tcp),
            None => false,
        }
    }
}

/// The host and port of a web address.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let authority = authority.rsplit('@').next()?;
    let default = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "ftp" => 21,
        _ => 80,
    };
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        let port = port.strip_prefix(':').and_then(|port| port.parse().ok());
        return Some((host.to_owned(), port.unwrap_or(default)));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, default),
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// An address of the documentation ranges (RFC 5737) that stands for a name.
fn documentation_address(name: &str) -> IpAddr {
    let seed = Numbers::seed_of(name);
    let last = u8::try_from(1 + seed % 254).unwrap_or(1);
    IpAddr::V4(match seed >> 32 & 1 {
        0 => Ipv4Addr::new(203, 0, 113, last),
        _ => Ipv4Addr::new(198, 51, 100, last),
    })
}
