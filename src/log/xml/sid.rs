//! Security identifiers, as Windows stores and shows them.

use std::fmt;

/// A security identifier in its stored form (MS-DTYP 2.4.2.2): revision 1, the
/// number of sub-authorities, a big-endian authority, little-endian
/// sub-authorities.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sid(Box<[u8]>);

/// The most sub-authorities that Windows allows (`SID_MAX_SUB_AUTHORITIES`).
const MAX_SUB_AUTHORITIES: usize = 15;

impl Sid {
    /// Reads `S-1-5-18` and the like. Authorities of 2³² and more are refused:
    /// readers disagree on how to show them.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("S-1-")?.split('-');
        let authority: u32 = parts.next()?.parse().ok()?;
        let mut bytes = Vec::with_capacity(8 + 4 * 5);
        bytes.extend([1, 0, 0, 0]);
        bytes.extend(authority.to_be_bytes());
        for (index, part) in parts.enumerate() {
            if index == MAX_SUB_AUTHORITIES {
                return None;
            }
            bytes[1] += 1;
            bytes.extend(part.parse::<u32>().ok()?.to_le_bytes());
        }
        Some(Self(bytes.into()))
    }

    /// Reads the stored form, with the same bounds.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [1, count, 0, 0, _, _, _, _, parts @ ..] = bytes else {
            return None;
        };
        let count = usize::from(*count);
        (count <= MAX_SUB_AUTHORITIES && parts.len() == 4 * count).then(|| Self(bytes.into()))
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut authority = [0; 8];
        authority[2..].copy_from_slice(&self.0[2..8]);
        write!(f, "S-{}-{}", self.0[0], u64::from_be_bytes(authority))?;
        for part in self.0[8..].as_chunks::<4>().0 {
            write!(f, "-{}", u32::from_le_bytes(*part))?;
        }
        Ok(())
    }
}
