//! Addresses, and others of their class.
//!
//! Classes are those of the "IANA IPv4 Special-Purpose Address Registry", the
//! "IANA IPv6 Special-Purpose Address Registry", and RFC 1918, 4193, 5737, and 3849.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Kind;
use super::key::Key;

/// Resolvers that everyone uses, and Azure's own platform address ("What is IP
/// address 168.63.129.16?", Microsoft): they say nothing about who uses them.
const WELL_KNOWN: [Ipv4Addr; 7] = [
    Ipv4Addr::new(1, 1, 1, 1),
    Ipv4Addr::new(1, 0, 0, 1),
    Ipv4Addr::new(8, 8, 8, 8),
    Ipv4Addr::new(8, 8, 4, 4),
    Ipv4Addr::new(9, 9, 9, 9),
    Ipv4Addr::new(208, 67, 222, 222),
    Ipv4Addr::new(168, 63, 129, 16),
];

/// The networks for documentation.
const DOCUMENTATION: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// After so many attempts the networks for documentation are full, and the network
/// for benchmarks is taken.
const FULL: u32 = 48;

/// What becomes of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// It is nobody's, or everybody's.
    Kept,
    /// So many leading bits say what it is, and stay.
    Within(u32),
    /// It is someone's on the internet.
    Public,
}

fn class_of_v4(address: Ipv4Addr) -> Class {
    let [first, second, third, _] = address.octets();
    let bits = u32::from(address);
    let is_mask = bits.leading_ones() >= 8 && bits.leading_ones() + bits.trailing_zeros() >= 32;
    match (first, second) {
        _ if is_mask || WELL_KNOWN.contains(&address) => Class::Kept,
        _ if DOCUMENTATION.contains(&[first, second, third]) => Class::Kept,
        (0 | 127, _) | (169, 254) | (198, 18 | 19) | (224..=239, _) => Class::Kept,
        (192, 0) if third == 0 => Class::Kept,
        (10, _) => Class::Within(8),
        (172, 16..=31) => Class::Within(12),
        (192, 168) => Class::Within(16),
        (100, 64..=127) => Class::Within(10),
        (240..=255, _) => Class::Within(4),
        _ => Class::Public,
    }
}

fn class_of_v6(address: Ipv6Addr) -> Class {
    let first = address.segments()[0];
    let is_documentation = address.segments()[..2] == [0x2001, 0xdb8];
    let is_special = address.is_unspecified() || address.is_loopback() || address.is_multicast();
    if is_documentation || is_special {
        Class::Kept
    } else if first & 0xffc0 == 0xfe80 {
        // The second half is often made of the hardware address.
        Class::Within(64)
    } else if first & 0xfe00 == 0xfc00 {
        Class::Within(8)
    } else {
        Class::Public
    }
}

/// Whether an address says something about who has it.
pub(super) fn is_identity(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => class_of_v4(address) != Class::Kept,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inner) => class_of_v4(inner) != Class::Kept,
            None => class_of_v6(address) != Class::Kept,
        },
    }
}

/// Whether an address is of the internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => class_of_v4(address) == Class::Public,
        IpAddr::V6(address) => class_of_v6(address) == Class::Public,
    }
}

/// Another address of the same class. Private ones that share a network go on sharing
/// one of the same size.
pub(super) fn other(key: &Key, address: IpAddr, attempt: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => IpAddr::V4(other_v4(key, address, attempt)),
        IpAddr::V6(address) => IpAddr::V6(match address.to_ipv4_mapped() {
            Some(inner) => other_v4(key, inner, attempt).to_ipv6_mapped(),
            None => other_v6(key, address, attempt),
        }),
    }
}

fn other_v4(key: &Key, address: Ipv4Addr, attempt: u32) -> Ipv4Addr {
    match class_of_v4(address) {
        Class::Kept => address,
        Class::Public => {
            let mut numbers = key.stream(Kind::Address, &address.to_string(), attempt);
            let last = match address.octets()[3] {
                0 => 0,
                _ => 1 + (numbers.number() % 254) as u8,
            };
            if attempt < FULL {
                let place = numbers.number() as usize % DOCUMENTATION.len();
                let [first, second, third] = DOCUMENTATION[place];
                Ipv4Addr::new(first, second, third, last)
            } else {
                Ipv4Addr::new(198, 18 + (numbers.byte() & 1), numbers.byte(), last)
            }
        }
        Class::Within(fixed) => {
            let octets = address.octets();
            // The parts of a network's own address that are zero stay so.
            let zeros = octets.iter().rev().take_while(|octet| **octet == 0).count();
            let changed = 32 - (8 * zeros as u32).min(24);
            let network = flip(key, u32::from(address), fixed, changed.min(24), attempt);
            let last = match octets[3] {
                // The network itself, its usual router, and everyone in it.
                last @ (0 | 1 | 255) => last,
                _ => last_octet(key, network | u32::from(octets[3]), attempt),
            };
            Ipv4Addr::from((network & !0xff) | u32::from(last))
        }
    }
}

/// Flips bits behind the fixed ones, each by what stands before it, so that what is
/// equal up to a bit stays so.
fn flip(key: &Key, bits: u32, fixed: u32, until: u32, attempt: u32) -> u32 {
    let mut flipped = bits;
    for place in fixed..until {
        let before = if place == 0 { 0 } else { bits >> (32 - place) };
        let told = format!("{place}/{before}");
        if key.stream(Kind::Address, &told, attempt).byte() & 1 == 1 {
            flipped ^= 1 << (31 - place);
        }
    }
    flipped
}

/// Another last octet of the same network, from 2 to 254.
fn last_octet(key: &Key, address: u32, attempt: u32) -> u8 {
    let network = format!("last/{}", address >> 8);
    let mut octet = (address & 0xff) as u8;
    // A small Feistel network is a permutation of all octets; walking on until one is
    // allowed makes it a permutation of those that are.
    loop {
        for round in 0..4_u8 {
            let (high, low) = (octet >> 4, octet & 0xf);
            let told = format!("{network}/{round}/{low}");
            let mixed = high ^ (key.stream(Kind::Address, &told, attempt).byte() & 0xf);
            octet = (low << 4) | mixed;
        }
        if (2..=254).contains(&octet) {
            return octet;
        }
    }
}

fn other_v6(key: &Key, address: Ipv6Addr, attempt: u32) -> Ipv6Addr {
    let class = class_of_v6(address);
    let old = address.segments();
    let network = format!("{:x?}", &old[..4]);
    let mut of_network = key.stream(Kind::Address, &network, attempt);
    let mut of_host = key.stream(Kind::Address, &address.to_string(), attempt);
    let mut new = old;
    for (place, segment) in new.iter_mut().enumerate() {
        let numbers = if place < 4 {
            &mut of_network
        } else {
            &mut of_host
        };
        *segment = numbers.number() as u16;
    }
    match class {
        Class::Kept => return address,
        Class::Public => new[..2].copy_from_slice(&[0x2001, 0xdb8]),
        Class::Within(64) => new[..4].copy_from_slice(&old[..4]),
        Class::Within(_) => new[0] = (old[0] & 0xff00) | (new[0] & 0x00ff),
    }
    Ipv6Addr::from(new)
}

/// Another hardware address of the same maker, who stands in its first half.
pub(super) fn other_hardware(key: &Key, digits: &str, attempt: u32) -> String {
    let mut numbers = key.stream(Kind::HardwareAddress, digits, attempt);
    let kept: String = digits.chars().take(6).collect();
    kept + &numbers.text(6, b"0123456789abcdef")
}
