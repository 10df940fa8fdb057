//! Connections and names.

use std::net::IpAddr;

use crate::activity::{Connection, DnsQuestion, Protocol};
use crate::sensor::record::Data;

/// What the name service says of a name that does not exist (`DNS_ERROR_RCODE_NAME_ERROR`).
const NO_SUCH_NAME: &str = "9003";

/// Adds the fields of event 3 that follow the user; `own_name` is the host's.
pub(in crate::sensor) fn connection(data: Data, connection: &Connection, own_name: &str) -> Data {
    let Connection {
        protocol,
        initiated,
        source,
        source_port,
        destination,
        destination_name,
        destination_port,
    } = connection;
    // The names of addresses are looked up backwards; the host knows its own.
    let own_destination = *destination == *source || destination.is_loopback() || !initiated;
    let source_name = (*initiated || source == destination).then_some(own_name);
    let destination_name = match destination_name.as_deref() {
        None if own_destination => Some(own_name),
        name => name,
    };
    data.text(
        "Protocol",
        match protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        },
    )
    .truth("Initiated", *initiated)
    .truth("SourceIsIpv6", source.is_ipv6())
    .text("SourceIp", address(*source))
    .or_dash("SourceHostname", source_name)
    .number("SourcePort", *source_port)
    .or_dash("SourcePortName", port_name(*source_port))
    .truth("DestinationIsIpv6", destination.is_ipv6())
    .text("DestinationIp", address(*destination))
    .or_dash("DestinationHostname", destination_name)
    .number("DestinationPort", *destination_port)
    .or_dash("DestinationPortName", port_name(*destination_port))
}

/// Adds the fields of event 22 that follow the process.
pub(super) fn question(data: Data, question: &DnsQuestion) -> Data {
    let answers: String = question.answers.iter().map(answer).collect();
    let status = match question.answers.is_empty() {
        true => NO_SUCH_NAME,
        false => "0",
    };
    data.text("QueryName", &question.name)
        .text("QueryStatus", status)
        .or_dash("QueryResults", Some(&answers))
}

/// An answer: addresses of version 4 are written as mapped ones.
fn answer(answer: &IpAddr) -> String {
    match answer {
        IpAddr::V4(address) => format!("::ffff:{address};"),
        IpAddr::V6(address) => format!("{address};"),
    }
}

/// An address as event 3 has it: all groups of version 6, without leading zeros.
fn address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let groups = address.segments().map(|group| format!("{group:x}"));
            groups.join(":")
        }
    }
}

/// The services that Windows names in its `services` file, as far as they are met.
const PORTS: [(u16, &str); 24] = [
    (20, "ftp-data"),
    (21, "ftp"),
    (22, "ssh"),
    (23, "telnet"),
    (25, "smtp"),
    (53, "domain"),
    (67, "bootps"),
    (80, "http"),
    (88, "kerberos"),
    (110, "pop3"),
    (123, "ntp"),
    (135, "epmap"),
    (137, "netbios-ns"),
    (138, "netbios-dgm"),
    (139, "netbios-ssn"),
    (143, "imap"),
    (389, "ldap"),
    (443, "https"),
    (445, "microsoft-ds"),
    (636, "ldaps"),
    (993, "imaps"),
    (1433, "ms-sql-s"),
    (3268, "msft-gc"),
    (3389, "ms-wbt-server"),
];

fn port_name(port: u16) -> Option<&'static str> {
    let known = PORTS.iter().find(|(number, _)| *number == port);
    known.map(|(_, name)| *name)
}
