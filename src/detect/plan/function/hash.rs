//! Digests.
//!
//! Source: Splunk, "Cryptographic functions".

use std::fmt::Write;

use sha1::Digest;

use super::super::value::Value;

fn hexadecimal(digest: &[u8]) -> Value {
    let mut text = String::with_capacity(digest.len() * 2);
    for byte in digest {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Value::text(&text)
}

pub(super) fn md5(text: &str) -> Value {
    hexadecimal(&md5::Md5::digest(text))
}

pub(super) fn sha1(text: &str) -> Value {
    hexadecimal(&sha1::Sha1::digest(text))
}

pub(super) fn sha256(text: &str) -> Value {
    hexadecimal(&sha2::Sha256::digest(text))
}

pub(super) fn sha512(text: &str) -> Value {
    hexadecimal(&sha2::Sha512::digest(text))
}
