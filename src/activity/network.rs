//! Connections and names.

use std::net::IpAddr;

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether the process opened it, and did not accept it.
    pub initiated: bool,
    /// The address of the side that opened it.
    pub source: IpAddr,
    /// The port of the side that opened it.
    pub source_port: u16,
    /// The address of the side that accepted it.
    pub destination: IpAddr,
    /// The reverse name of that address, where there is one. It is not the name that
    /// was asked for.
    pub destination_name: Option<String>,
    /// The port of the side that accepted it.
    pub destination_port: u16,
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A question to the domain name system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsQuestion {
    /// The name that was asked for.
    pub name: String,
    /// What was answered; empty if the name is not known.
    pub answers: Vec<IpAddr>,
}
