//! The key from which pseudonyms are derived.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Kind;

/// What pseudonyms are derived from, together with what they stand for.
///
/// The same key gives the same pseudonyms, in whatever order they are asked for.
/// Without it nobody can find out what one stands for, not even by trying every
/// account number: so a key is made for one recording, is never written, and is
/// forgotten with it.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key that nobody knows, from the operating system's random numbers.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        for half in bytes.chunks_mut(16) {
            half.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        }
        Self(bytes)
    }

    /// A key that is known, for tests.
    #[must_use]
    pub fn known(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Numbers that only depend on the key and on what is said here.
    pub(super) fn stream(&self, kind: Kind, text: &str, attempt: u32) -> Stream {
        let mut inner = Sha256::new();
        inner.update(self.0);
        inner.update(kind.as_str());
        inner.update([0]);
        inner.update(text);
        inner.update(attempt.to_le_bytes());
        let mut outer = Sha256::new();
        outer.update(self.0);
        outer.update(inner.finalize());
        Stream {
            seed: outer.finalize().into(),
            block: [0; 32],
            next: 32,
            counter: 0,
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Numbers that look random.
pub(super) struct Stream {
    seed: [u8; 32],
    block: [u8; 32],
    next: usize,
    counter: u64,
}

impl Stream {
    pub(super) fn byte(&mut self) -> u8 {
        if self.next == self.block.len() {
            let mut hasher = Sha256::new();
            hasher.update(self.seed);
            hasher.update(self.counter.to_le_bytes());
            self.block = hasher.finalize().into();
            self.counter += 1;
            self.next = 0;
        }
        let byte = self.block[self.next];
        self.next += 1;
        byte
    }

    pub(super) fn number(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    /// One of the signs; there is at least one.
    pub(super) fn pick(&mut self, signs: &[u8]) -> char {
        let place = self.number() as usize % signs.len().max(1);
        char::from(signs.get(place).copied().unwrap_or(b'x'))
    }

    pub(super) fn text(&mut self, length: usize, signs: &[u8]) -> String {
        (0..length).map(|_| self.pick(signs)).collect()
    }
}
