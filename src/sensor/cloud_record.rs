//! What the records of clouds have in common: they are JSON, and full of ids.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::event::{
    EventId, FileId, LogSource, Origin, OwnedEvent, OwnedField, OwnedValue, Section,
};

/// Ids that look random and are not: equal seeds give equal ids in equal order.
#[derive(Debug)]
pub(super) struct Ids {
    seed: u64,
    count: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    fn bytes(&mut self) -> [u8; 32] {
        self.count += 1;
        let mut hash = Sha256::new();
        hash.update(b"cloud record");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.count.to_be_bytes());
        hash.finalize().into()
    }

    /// A GUID of version 4, in lower case without braces.
    pub(super) fn guid(&mut self) -> String {
        let mut random = [0; 16];
        for (to, from) in random.iter_mut().zip(self.bytes()) {
            *to = from;
        }
        uuid::Builder::from_random_bytes(random)
            .into_uuid()
            .hyphenated()
            .to_string()
    }

    /// A number below `end`; 0 where there is none.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let number = self
            .bytes()
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        number.checked_rem(end).unwrap_or(0)
    }

    /// So many signs of the alphabet of Base64 for addresses.
    pub(super) fn token(&mut self, count: usize) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut token = String::with_capacity(count);
        while token.len() < count {
            let room = count - token.len();
            token.extend(
                self.bytes()
                    .iter()
                    .take(room)
                    .filter_map(|byte| ALPHABET.get(usize::from(*byte % 64)))
                    .map(|sign| char::from(*sign)),
            );
        }
        token
    }
}

/// A record with these members, in their order.
pub(super) fn record(
    product: &str,
    service: &str,
    number: u64,
    time: Timestamp,
    members: Map<String, Value>,
) -> OwnedEvent {
    OwnedEvent {
        id: EventId {
            file: FileId(0),
            record: number,
        },
        time: Some(time),
        origin: Origin::Stream(LogSource::new(Some(product), None, Some(service))),
        fields: members
            .into_iter()
            .map(|(name, value)| OwnedField {
                section: Section::Body,
                name: name.into(),
                value: owned(value),
            })
            .collect(),
    }
}

fn owned(value: Value) -> OwnedValue {
    match value {
        Value::Null => OwnedValue::Null,
        Value::Bool(truth) => OwnedValue::Bool(truth),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => OwnedValue::Integer(whole),
            (None, Some(number)) => OwnedValue::Float(number),
            (None, None) => OwnedValue::Text(number.to_string().into()),
        },
        Value::String(text) => OwnedValue::Text(text.into()),
        nested => OwnedValue::Node(nested.to_string().into()),
    }
}

/// An object with these members, in their order.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
