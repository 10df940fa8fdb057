//! Replacing the identities in a recording by pseudonyms.
//!
//! A pseudonym is of the kind of what it stands for, and as valid: twelve digits for
//! an account, a private address for a private one. What is the same stays the same
//! throughout a recording, so that records still belong together; which program ran,
//! which service was asked, and in which region stays as it is, since that is what
//! detections read.
//!
//! [`Identities`] looks at everything first and [settles](Identities::settle);
//! [`Pseudonyms`] then replaces, and finds what is left.

mod address;
mod addresses;
mod base64;
mod fields;
mod identities;
mod json;
mod key;
mod keys;
mod kind;
mod known;
mod leak;
mod names;
mod nested;
mod pseudonym;
mod pseudonyms;
mod shapes;
mod spans;
mod text;
mod words;
mod xml;

pub use identities::Identities;
pub use key::Key;
pub use kind::Kind;
pub use pseudonyms::{Change, Changes, Pseudonyms};
pub use text::{note_text, rewrite_text};
