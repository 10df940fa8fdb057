//! Internet addresses.
//!
//! Source: Splunk, "Comparison and Conditional functions", "Conversion functions".

use std::net::{IpAddr, Ipv4Addr};

use super::super::value::Value;
use super::text::each;

/// Whether a network holds any address of a value; null if there is no network or value.
pub(super) fn in_network(network: &Value, value: &Value) -> Value {
    let Some((address, bits)) = parse(&network.to_text()) else {
        return Value::Null;
    };
    if value.is_null() {
        return Value::Null;
    }
    let mut addresses = value
        .items()
        .filter_map(|item| item.to_text().trim().parse().ok());
    Value::Bool(addresses.any(|other| is_in(address, bits, other)))
}

/// A network as an address and how many of its bits count.
fn parse(text: &str) -> Option<(IpAddr, u32)> {
    let text = text.trim();
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address.parse().ok()?, Some(bits.parse().ok()?)),
        None => (text.parse().ok()?, None),
    };
    let all = match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    };
    let bits = bits.unwrap_or(all);
    (bits <= all).then_some((address, bits))
}

fn is_in(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let differ = network.to_bits() ^ address.to_bits();
            differ.leading_zeros() >= bits
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let differ = network.to_bits() ^ address.to_bits();
            differ.leading_zeros() >= bits
        }
        _ => false,
    }
}

/// An address under a mask.
pub(super) fn mask(mask: &Value, value: &Value) -> Value {
    let Ok(mask) = mask.to_text().trim().parse::<Ipv4Addr>() else {
        return Value::Null;
    };
    each(value, |text| match text.trim().parse::<Ipv4Addr>() {
        Ok(address) => {
            let masked = Ipv4Addr::from_bits(address.to_bits() & mask.to_bits());
            Value::text(&masked.to_string())
        }
        Err(_) => Value::Null,
    })
}

/// Whether a text is an address of a version, or of any; null is none.
pub(super) fn is_address(value: &Value, version: Option<&Value>) -> Value {
    let version = version.and_then(Value::as_number);
    let address = value.to_text().trim().parse::<IpAddr>().ok();
    Value::Bool(address.is_some_and(|address| match version {
        Some(4.0) => address.is_ipv4(),
        Some(6.0) => address.is_ipv6(),
        _ => true,
    }))
}

/// An address with so many of its leading bits.
pub(super) fn prefix(value: &Value, bits: &Value) -> Value {
    let bits: Option<u32> = bits.to_text().trim().parse().ok();
    let Some(bits) = bits.filter(|bits| *bits <= 32) else {
        return Value::Null;
    };
    let host = u32::MAX.checked_shr(bits).unwrap_or_default();
    each(value, |text| match text.trim().parse::<Ipv4Addr>() {
        Ok(address) => {
            let prefix = Ipv4Addr::from_bits(address.to_bits() & !host);
            Value::text(&prefix.to_string())
        }
        Err(_) => Value::Null,
    })
}

/// The number of an address.
pub(super) fn to_number(value: &Value) -> Value {
    each(value, |text| match text.trim().parse::<Ipv4Addr>() {
        Ok(address) => Value::Integer(i64::from(address.to_bits())),
        Err(_) => Value::Null,
    })
}
