//! Bytes to a log of whatever format they look like.

#![no_main]

#[path = "../checks/cloudtrail.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
