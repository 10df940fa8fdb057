//! Numbers that look random and are not: equal seeds give equal numbers.

use sha2::{Digest, Sha256};

/// Signs of Base64 that look the same everywhere.
pub const KEY_SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A source of numbers (SplitMix64, Steele et al. 2014).
#[derive(Debug, Clone)]
pub struct Numbers {
    state: u64,
}

impl Numbers {
    /// Starts at a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A seed that a text stands for.
    #[must_use]
    pub fn seed_of(text: &str) -> u64 {
        let digest = Sha256::digest(text.as_bytes());
        digest
            .iter()
            .take(8)
            .fold(0, |seed, byte| seed << 8 | u64::from(*byte))
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.draw() % end }
    }

    /// So many hexadecimal digits, in lower case.
    pub fn hex(&mut self, digits: usize) -> String {
        self.pick(digits, b"0123456789abcdef")
    }

    /// So many signs of an alphabet of ASCII.
    pub fn pick(&mut self, count: usize, alphabet: &[u8]) -> String {
        let length = alphabet.len() as u64;
        (0..count)
            .filter_map(|_| {
                let at = usize::try_from(self.below(length)).ok()?;
                alphabet.get(at).map(|byte| char::from(*byte))
            })
            .collect()
    }

    /// The line of a public key of Ed25519, without its comment, whose 32 bytes stand for a
    /// key and are none (RFC 8709, section 4; RFC 4253, section 6.6).
    pub fn ed25519_line(&mut self) -> String {
        // The length of the key reaches into its first sign, which has four bits of it.
        let first = self.pick(1, b"ABCDEFGHIJKLMNOP");
        let rest = self.pick(42, KEY_SIGNS);
        format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{first}{rest}")
    }

    /// A GUID of version 4, in lower case without braces.
    pub fn guid(&mut self) -> String {
        let bits = u128::from(self.draw()) << 64 | u128::from(self.draw());
        uuid::Builder::from_random_bytes(bits.to_be_bytes())
            .into_uuid()
            .hyphenated()
            .to_string()
    }
}
